"""The figure of mutual impressions: a panel for each question that asked one public at least twice."""

from __future__ import annotations

from visavis.charts.impressions import impressions
from visavis.finding import Chart, Message, Term
from visavis.findings._chronology import rows_of
from visavis.findings._polls import Question, Wave, interval, poll_word, question_words
from visavis.findings._view import View

__all__ = ["impressions_charts"]

_PANELS = 4


def impressions_charts(view: View, asked: list[Question]) -> tuple[Chart, ...]:
    """A panel for each question that asked one public at least twice; none where there is no such question."""
    drawn = [q for q in asked if q.unit == "percent" and max(map(len, q.waves.values())) > 1][:_PANELS]
    rows = []
    for panel, question in enumerate(drawn):
        for side, waves in sorted(question.waves.items()):
            rows += [
                {"panel": panel, "question": _heading(question), "country": side, "date": wave.date, **point}
                | {"mode": poll_word("mode", wave.mode) if wave.mode else "", "segment": wave.segment, "run": wave.run}
                for wave in waves
                for point in _points(question, wave)
            ]
    return (impressions(rows, rows_of(view), (view.a, view.b)),) if rows else ()


def _points(question: Question, wave: Wave) -> list[dict[str, object]]:
    """A point for each figure that some source prints of a wave."""
    found: list[dict[str, object]] = []
    polls = question.polls(wave)
    for i, value in enumerate(wave.values):
        ends = interval([polls[i]]) if polls else (None, None)
        source = next(str(row["source"]) for row in wave.rows if row["value"] == value)
        found.append(
            {"value": value / 100, "low": ends[0], "high": ends[1], "n": wave.n, "told_in": source, "again": i > 0}
        )
    return found


def _heading(question: Question) -> Message:
    terms = question_words(question)
    if len(question.waves) == 1:
        (asked,) = question.waves
        return Message("impressions.chart.question.one", terms=terms | {"country": Term("country", asked)})
    return Message("impressions.chart.question", terms=terms)
