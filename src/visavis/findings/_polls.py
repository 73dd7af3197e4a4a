"""What each public was asked about the other, read from the table of polls: one question of one series at a time.

Series are never mixed, nor two questions of one series. Figures that sources print differently are kept, all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from visavis.charts.periods import middle
from visavis.finding import Evidence, Term
from visavis.findings._view import View
from visavis.models.published import Poll, share
from visavis.names.messages import message_keys

__all__ = [
    "DEFF", "Question", "Wave", "interval", "poll_date", "poll_word", "question_words",
    "questions", "wave_evidence",
]  # fmt: skip

DEFF = 1.5
FEWEST = 150
"""People asked, under which no share of a public is estimated: 100 at the design effect assumed."""
_KINDS = ("impression", "affinity")
_FAVOURABLE = ("good or somewhat good", "good", "favourable", "feels affinity", "likes", "positive")
_APART = 1.6  # years between waves, beyond which no line joins them
Row = dict[str, Any]


@dataclass(frozen=True)
class Wave:
    """What one public answered in one wave.

    Args:
        country: who was asked.
        date: of the wave, as far as it is known.
        rows: one for each figure that some source prints, in the order of their identifiers.
        segment: waves of one number were asked in the same way and may be compared; a change of mode begins the next.
        run: waves of one number are near enough in time, too, to be joined by a line.
    """

    country: str
    date: str
    rows: tuple[Row, ...]
    segment: int
    run: int

    @property
    def name(self) -> str:
        """Its number, or its year where it has none: by it the two sides' waves are matched."""
        return str(self.rows[0]["wave"] or self.date[:4])

    @property
    def values(self) -> tuple[float, ...]:
        """The figures, each once, the first row's first."""
        return tuple(dict.fromkeys(float(row["value"]) for row in self.rows))

    @property
    def n(self) -> int | None:
        """People asked; the fewest where sources differ, None where none gives a number."""
        return min((row["n"] for row in self.rows if row["n"]), default=None)

    @property
    def mode(self) -> str:
        """How they were asked; empty when not stated."""
        return next((row["mode"] for row in self.rows if row["mode"]), "")

    @property
    def notes(self) -> tuple[str, ...]:
        """What the sources say beside it."""
        return tuple(dict.fromkeys(row["note"] for row in self.rows if row["note"]))


@dataclass(frozen=True)
class Question:
    """One answer to one question of one series, asked of one or both publics about the other.

    Args:
        series: who asks.
        item: the question.
        response: the answer whose share the figures are; empty for a mean.
        unit: ``percent``, or the scale of a mean.
        waves: by country asked, in order of time.
    """

    series: str
    item: str
    response: str
    unit: str
    waves: Mapping[str, tuple[Wave, ...]]

    @property
    def name(self) -> str:
        """Its series, as a part of an identifier."""
        return _slug(self.series)

    @cached_property
    def rounding(self) -> float:
        """Half a step of the last digit that the series prints."""
        whole = all(v == int(v) for waves in self.waves.values() for wave in waves for v in wave.values)
        return 0.5 if whole else 0.05

    def polls(self, wave: Wave) -> list[Poll]:
        """The figures of a wave with the number of people; none where that is not known, or under ``FEWEST``."""
        enough = wave.n is not None and wave.n >= FEWEST and self.unit == "percent"
        return [Poll((v,), wave.n or 0, self.rounding) for v in wave.values] if enough else []

    @property
    def rows(self) -> list[Row]:
        """All its rows."""
        return [row for waves in self.waves.values() for wave in waves for row in wave.rows]

    def both(self, a: str, b: str) -> list[tuple[Wave, Wave]]:
        """Waves that asked both publics, in the way of the last of them, in order of time."""
        there: dict[str, list[Wave]] = {}
        for wave in self.waves.get(b, ()):
            there.setdefault(wave.name, []).append(wave)
        pairs = [(wave, there[wave.name].pop(0)) for wave in self.waves.get(a, ()) if there.get(wave.name)]
        return [(x, y) for x, y in pairs if (x.segment, y.segment) == (pairs[-1][0].segment, pairs[-1][1].segment)]


def questions(view: View) -> list[Question]:
    """Questions on what one public thinks of the other, those first that asked both most often."""
    asked: dict[tuple[str, str, str], list[Row]] = {}
    for row in view.tables.facts("polls"):
        if {row["country"], row["about"]} == {view.a, view.b} and row["kind"] in _KINDS and view.asked(_period(row)):
            asked.setdefault((row["series"], row["item"], row["unit"]), []).append(row)
    found = [_question(*key, rows) for key, rows in asked.items()]
    return sorted(found, key=lambda q: (-len(q.both(view.a, view.b)), -len(q.rows), q.series, q.item))


def _period(row: Row) -> str:
    return str(row["date"])[:7]


def _question(series: str, item: str, unit: str, rows: list[Row]) -> Question:
    """The favourable answer where it is known which that is, else the one printed most often."""
    counted = Counter(row["response"] for row in rows)
    known = [response for response in _FAVOURABLE if response in counted]
    response = known[0] if known else max(counted, key=lambda r: (counted[r], r))
    kept = [row for row in rows if row["response"] == response]
    waves = {c: _waves([row for row in kept if row["country"] == c]) for c in sorted({row["country"] for row in kept})}
    return Question(series, item, response, unit, waves)


def _waves(rows: list[Row]) -> tuple[Wave, ...]:
    """A public's waves; the mode that is not stated is taken to be the one before."""
    by_date: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (middle(row["date"]), row["id"])):
        by_date.setdefault(row["date"], []).append(row)
    found: list[Wave] = []
    segment, run, mode = 0, 0, ""
    for date, same in by_date.items():
        stated = next((row["mode"] for row in same if row["mode"]), "")
        broken = bool(mode and stated and stated != mode)
        mode = stated or mode
        segment += broken
        apart = bool(found) and (middle(date) - middle(found[-1].date)).days > 365.25 * _APART
        run += broken or apart
        found.append(Wave(same[0]["country"], date, tuple(same), segment, run))
    return tuple(found)


def question_words(question: Question) -> dict[str, Term]:
    """Who asks, and the answer that the figures are the share of."""
    return {"series": poll_word("series", question.series), "answer": poll_word("answer", question.response)}


def _slug(text: str) -> str:
    return "_".join(text.casefold().split())


def poll_word(family: str, text: str) -> Term:
    """A word of the catalogues where they have it, else the text of the file."""
    key = f"impressions.{family}.{_slug(text)}"
    return Term("word", key) if key in message_keys() else Term("outside", text)


def poll_date(date: str) -> Term:
    """A day, or a month or year where no more is known."""
    return Term("date" if len(date) == 10 else "period", date)


def interval(polls: list[Poll]) -> tuple[float, float]:
    """An interval of a share that holds for every figure printed of a wave."""
    found = [share(poll, deff=DEFF) for poll in polls]
    return max(0.0, min(e.low for e in found)), min(1.0, max(e.high for e in found))


def wave_evidence(question: Question, *waves: Wave) -> tuple[Evidence, ...]:
    """The rows of some waves as evidence."""
    return tuple(
        Evidence("polls", {"id": row["id"], "series": question.series, "date": row["date"]}, 1, None, row["source"])
        for wave in waves
        for row in wave.rows
    )
