"""What each public says of the other over the years, from published polls; events near in time are not reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from visavis.charts.periods import middle, start
from visavis.finding import Chart, Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._chronology import evidence_of, rows_of
from visavis.findings._cited import cited
from visavis.findings._impressions_chart import impressions_charts
from visavis.findings._polls import (
    DEFF,
    Question,
    Wave,
    interval,
    poll_date,
    poll_word,
    question_words,
    questions,
    wave_evidence,
)
from visavis.findings._terms import pair_terms
from visavis.findings._together import SIDES
from visavis.findings._view import View
from visavis.models.published import BASIS
from visavis.models.published_change import Change, change

__all__ = ["impressions"]

_NEAR = 6  # dated rows named with the widest step of one side
_OTHER_DEFFS = {"narrow": 1.0, "wide": 2.5}


def impressions(view: View) -> list[Finding]:
    """The series that asked both publics most often, then all others, each by itself."""
    asked = questions(view)
    if not asked:
        message = Message("impressions.none", terms=pair_terms(view))
        return [_finding(view, asked, "none", message, Verdict.NO_DATA)]
    chart = impressions_charts(view, asked)
    main = asked[0].both(view.a, view.b)
    if len(main) < 2:
        message = Message("impressions.one_sided", terms=pair_terms(view))
        first = _finding(view, asked, "one_sided", message, Verdict.NO_DATA, charts=chart)
        return [first, *_others(view, asked, asked, {})]
    told = {view.a: main[-1][0], view.b: main[-1][1]}
    return [_both(view, asked, main, chart), *_others(view, asked, asked, {asked[0].series: told})]


def _finding(
    view: View, asked: list[Question], name: str, message: Message, verdict: Verdict, *, charts: tuple[Chart, ...] = ()
) -> Finding:
    provenance = cited(view, "polls", basis=BASIS, design_effect=f"{DEFF:g}")
    return Finding(f"history.impressions.{name}", "history", message, verdict, provenance, charts=charts, basis="polls")


def _both(view: View, asked: list[Question], main: list[tuple[Wave, Wave]], charts: tuple[Chart, ...]) -> Finding:
    """Both publics in one series: the first wave that asked both, and the last one asked in the same way."""
    question, ends = asked[0], _ends(asked[0], main)
    terms = {**pair_terms(view), **question_words(question)}
    numbers: dict[str, Number] = {}
    changes: list[Change] = []
    for end, (then, now) in zip("ab", ends, strict=True):
        numbers |= {f"then_{end}": _share(question, then), f"now_{end}": _share(question, now)}
        numbers |= {f"{name}_{end}": n for name, n in _changes(question, then, now).items()}
        terms |= {f"first_{end}": poll_date(then.date), f"last_{end}": poll_date(now.date)}
        moved = _change(question, then, now)
        if moved is not None:
            changes.append(moved)
            terms[f"state_{end}"] = Term("word", f"impressions.state.{moved.direction}")
    verdict, bits = _verdict(changes)
    steps = [_step(view, question, side) for side in (view.a, view.b)]
    waves = [wave for pair in ends for wave in pair]
    named = [w for both in question.waves.values() for w in both if w in waves or len(w.values) > 1]
    return Finding(
        id=f"history.impressions.{question.name}",
        chapter="history",
        message=Message("impressions.both" if len(changes) == 2 else "impressions.both.untested", numbers, terms),
        verdict=verdict,
        provenance=cited(view, "polls", basis=BASIS, design_effect=f"{DEFF:g}"),
        charts=charts,
        evidence=(*wave_evidence(question, *waves), *(e for _, found in steps for e in found)),
        caveats=(
            *_said_beside([question], named),
            Message("impressions.margins"), Message("impressions.breaks"), Message("impressions.near"),
        ),
        details=(
            *(message for message, _ in steps),
            *([Message("impressions.deff", numbers, pair_terms(view))] if len(changes) == 2 else []),
        ),
        headline=verdict is Verdict.HOLDS,
        basis="polls",
        bits=bits,
        would_change=Message(f"impressions.would_change{'' if verdict is Verdict.HOLDS else '.open'}"),
        group=SIDES,
    )  # fmt: skip


def _ends(question: Question, main: list[tuple[Wave, Wave]]) -> tuple[tuple[Wave, Wave], tuple[Wave, Wave]]:
    """First and last wave of each side; those with a known number of people, where there are two such."""
    counted = [pair for pair in main if all(question.polls(wave) for wave in pair)]
    used = counted if len(counted) > 1 else main
    return (used[0][0], used[-1][0]), (used[0][1], used[-1][1])


def _verdict(changes: list[Change]) -> tuple[Verdict, float]:
    """The claim is that the share changed on both sides by more than sampling allows."""
    if len(changes) < 2:
        return Verdict.NO_DATA, 0.0
    if all(one.direction in ("rose", "fell") for one in changes):
        return Verdict.HOLDS, bits(max(one.p for one in changes))
    return (Verdict.DOES_NOT_HOLD if all(c.direction == "same" for c in changes) else Verdict.UNDECIDED), 0.0


def _change(question: Question, then: Wave, now: Wave, deff: float = DEFF) -> Change | None:
    """None where the number of people of either wave is not known."""
    earlier, later = question.polls(then), question.polls(now)
    return change(earlier, later, deff=deff) if earlier and later else None


def _changes(question: Question, then: Wave, now: Wave) -> dict[str, Number]:
    """The change at the design effect that is assumed, and at the two others."""
    found = {}
    for name, deff in {"change": DEFF, **_OTHER_DEFFS}.items():
        moved = _change(question, then, now, deff)
        if moved is not None:
            e = moved.estimate
            found[name] = Number(e.value, "change in share of people", e.low, e.high, e.n, e.level)
    return found


def _share(question: Question, wave: Wave) -> Number:
    """The share that the first source prints; its interval holds for all figures printed."""
    polls = question.polls(wave)
    if not polls:
        return replace(_plain(question, wave.values[0]), n=wave.n)
    low, high = interval(polls)
    return Number(wave.values[0] / 100, "share of people", low, high, wave.n, 0.95)


def _step(view: View, question: Question, side: str) -> tuple[Message, tuple[Evidence, ...]]:
    """The widest step between neighbouring waves asked in the same way, and the dated rows between the two."""
    waves = question.waves[side]
    steps = [(x, y) for x, y in pairwise(waves) if x.segment == y.segment]
    then, now = max(steps, key=lambda s: (abs(s[1].values[0] - s[0].values[0]), s[0].date))
    rows = [row for row in rows_of(view) if _middle(then.date) <= _middle(row["date"]) <= _middle(now.date)]
    numbers = {"then": _share(question, then), "now": _share(question, now), "rows": Number(len(rows), "rows")}
    terms = {"country": Term("country", side), "first": poll_date(then.date), "last": poll_date(now.date)}
    key = "impressions.step" if rows else "impressions.step.none"
    return Message(key, numbers, terms), tuple(evidence_of(row) for row in rows[:_NEAR])


def _middle(date: str) -> dt.date:
    return start(date) if len(date) == 10 else middle(date)


def _others(
    view: View, asked: list[Question], told: list[Question], done: Mapping[str, Mapping[str, Wave]]
) -> list[Finding]:
    """Every other question, side and way of asking, each by itself."""
    lines, alone = [], []
    for question in told:
        sides = sorted(question.waves)
        if question.series in done and question is told[0]:
            lines += [_line(question, (wave,)) for side in sides for wave in _after(question, side, done)]
            continue
        lines += [_line(question, part) for side in sides for part in _parts(question.waves[side])]
        alone += [_alone(question, sides[0])] if len(sides) == 1 else []
    if not lines:
        return []
    message = Message("impressions.others", {"series": Number(len(lines), "series")})
    rest = [question for question in told if question.series not in done]
    waves = [wave for question in rest for waves in question.waves.values() for wave in waves]
    later = [w for q in told if q not in rest for side in sorted(q.waves) for w in _after(q, side, done)]
    return [
        replace(
            _finding(view, asked, "others", message, Verdict.HOLDS),
            details=tuple(lines),
            caveats=(*alone, *_said_beside(told, [*waves, *later])),
            evidence=tuple(e for q in rest for waves in q.waves.values() for e in wave_evidence(q, *waves)),
            claim=False,
        )
    ]


def _parts(waves: tuple[Wave, ...]) -> list[tuple[Wave, ...]]:
    """Waves by the way of asking."""
    segments = sorted({wave.segment for wave in waves})
    return [tuple(wave for wave in waves if wave.segment == segment) for segment in segments]


def _after(question: Question, side: str, done: Mapping[str, Mapping[str, Wave]]) -> list[Wave]:
    """Waves after the last one that asked both publics."""
    last = done.get(question.series, {}).get(side)
    return [wave for wave in question.waves[side] if last and middle(wave.date) > middle(last.date)]


def _line(question: Question, waves: tuple[Wave, ...]) -> Message:
    """One way of asking one public: first and last wave, of those with a known number of people where there are two."""
    counted = [wave for wave in waves if question.polls(wave)]
    used = counted if len(counted) > 1 else list(waves)
    then, now = used[0], used[-1]
    terms = {
        **question_words(question),
        "country": Term("country", now.country), "mode": poll_word("mode", now.mode or "unknown"),
        "item": Term("outside", question.item), "unit": Term("outside", question.unit),
        "first": poll_date(then.date), "last": poll_date(now.date),
    }  # fmt: skip
    numbers = {"then": _share(question, then), "now": _share(question, now)}
    if question.unit != "percent":
        return Message("impressions.mean", numbers, terms)
    moved = _change(question, then, now) if then is not now else None
    if moved is None:
        return Message("impressions.single" if then is now else "impressions.line.untested", numbers, terms)
    state = {"state": Term("word", f"impressions.state.{moved.direction}")}
    return Message("impressions.line", numbers, terms | state)


def _alone(question: Question, country: str) -> Message:
    terms = {"series": poll_word("series", question.series), "country": Term("country", country)}
    return Message("impressions.alone", terms=terms)


def _said_beside(asked: list[Question], noted: list[Wave]) -> list[Message]:
    """Figures that sources print differently, and what they say beside some waves."""
    found = []
    for question in asked:
        for wave in (wave for waves in question.waves.values() for wave in waves):
            terms = {
                "series": poll_word("series", question.series),
                "country": Term("country", wave.country),
                "last": poll_date(wave.date),
            }
            if wave not in noted:
                continue
            if len(wave.values) > 1:
                low, high = _plain(question, min(wave.values)), _plain(question, max(wave.values))
                count = Number(len(wave.values), "figures")
                found.append(Message("impressions.two", {"low": low, "high": high, "figures": count}, terms))
            found += [
                Message("impressions.noted", terms=terms | {"note": Term("outside", note)}) for note in wave.notes
            ]
    return found


def _plain(question: Question, value: float) -> Number:
    """A figure without its interval."""
    percent = question.unit == "percent"
    return Number(value / 100 if percent else value, "share of people" if percent else "points of the scale")
