"""Cooler where more was expected by likeness, beyond what came? On moods that were asked again and again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._panel import Counted, counted
from visavis.findings._terms import pair_terms
from visavis.findings._together import SIDES
from visavis.findings._view import View
from visavis.models.disappointment import SHORTEST, Coefficient, Disappointment, disappointment

__all__ = ["WARM", "disappointment_finding"]

WARM = ("good or somewhat good", "feels affinity", "favourable", "likes")
"""Answers that mean a warm mood; a mean of a scale has no answer and counts as warmer when it is higher."""

_WAVES = "waves asked of both"

Array = npt.NDArray[np.float64]
Wave = tuple[str, str]  # date, mode


def disappointment_finding(view: View) -> Finding:
    """What moods of both sides say, or that there are none, or how many more are needed."""
    moods = _moods(view)
    if not moods:
        return _finding(view, Message("reaction.mood.none", _needed(), pair_terms(view)))
    tried = [(name, waves, *_series(view, waves)) for name, waves in sorted(moods.items())]
    name, _, dates, columns = max(tried, key=lambda t: (int(np.isfinite(t[3]).all(axis=0).sum()), len(t[1]), t[0]))
    covered = int(np.isfinite(columns).all(axis=0).sum())
    numbers = {
        **_needed(),
        "waves": Number(len(dates), _WAVES),
        "covered": Number(covered, _WAVES),
    }
    terms = {**pair_terms(view), "series": Term("outside", name[0])}
    found = [disappointment(*(columns[i] for i in order)) for order in ((0, 1, 2, 3), (1, 0, 3, 2))]
    if found[0] is None or found[1] is None:
        return _finding(view, Message("reaction.mood.too_short", numbers, terms))
    return _told(view, (found[0], found[1]), {**numbers, "waves": Number(found[0].n, _WAVES)}, terms, dates)


def _needed() -> dict[str, Number]:
    return {"needed": Number(SHORTEST, _WAVES)}


def _moods(view: View) -> dict[tuple[str, str, str], dict[Wave, dict[str, float]]]:
    """Waves in which both sides were asked the same question about each other, by series, question and answer."""
    found: dict[tuple[str, str, str], dict[Wave, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for row in view.tables.facts("polls"):
        warm = row["response"] in WARM or (row["response"] == "" and row["unit"].startswith("mean"))
        if row["kind"] in ("impression", "affinity") and warm and {row["country"], row["about"]} == {view.a, view.b}:
            at = (row["date"], row["mode"])
            found[row["series"], row["item"], row["response"]][at].setdefault(row["country"], row["value"])
    both = {name: {at: v for at, v in waves.items() if len(v) == 2} for name, waves in found.items()}
    return {name: waves for name, waves in both.items() if waves}


def _series(view: View, waves: Mapping[Wave, Mapping[str, float]]) -> tuple[list[Wave], Array]:
    """Mood of either side, and the cooperative share of what either did since the wave before, (4, waves).

    What a side did itself is what it would expect by likeness; what the other did is what came. NaN where the record
    does not cover the time between; a wave asked in another way than the one before begins a new line.
    """
    streams = [c for s in view.tables.streams if (c := counted(view, s, "month", "cooperation")) is not None]
    dates = sorted(w for w in waves if _asked(view, w[0]))
    rows: list[list[float]] = []
    line: list[Wave] = []
    for i, wave in enumerate(dates):
        since = None if i == 0 or dates[i - 1][1] != wave[1] else dates[i - 1][0]
        if i and since is None:
            rows.append([np.nan] * 4)
            line.append(("", ""))
        done = _done(streams, since, wave[0])
        rows.append([waves[wave][view.a], waves[wave][view.b], *done])
        line.append(wave)
    shape = (4, len(rows))
    return dates, np.array(rows, np.float64).T.reshape(shape) if rows else np.zeros(shape)


def _asked(view: View, date: str) -> bool:
    return view.asked(date[:7]) if len(date) >= 7 else view.asked(date)


def _done(streams: Sequence[Counted], since: str | None, until: str) -> tuple[float, float]:
    """Cooperative share of either side's acts in whole months between two waves: at most a year, all of them known.

    Nothing counts that may have come after people were asked: the month of a wave does not, nor the year of one that is
    dated by its year.
    """
    last = _month_before(until)
    earliest = f"{int(last[:4]) - 1}{last[4:]}"
    begin = max(earliest, earliest if since is None else _month_before(since))
    for one in streams:
        at = [i for i, p in enumerate(one.periods) if begin < p <= last]
        months = (int(last[:4]) - int(begin[:4])) * 12 + int(last[5:7]) - int(begin[5:7])
        panel = one.panel if one.unmirrored is None else one.unmirrored  # a mirrored act is both expected and came
        n = panel.n[:2, at].sum(axis=1)
        if len(at) == months and panel.known[at].all() and n.min(initial=1) > 0 and months:
            share = panel.k[:2, at].sum(axis=1) / n
            return float(share[0]), float(share[1])
    return np.nan, np.nan


def _month_before(date: str) -> str:
    """The last month that lies wholly before a date."""
    count = int(date[:4]) * 12 + (int(date[5:7]) - 1 if len(date) >= 7 else 0) - 1
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def _told(
    view: View,
    found: tuple[Disappointment, Disappointment],
    numbers: Mapping[str, Number],
    terms: Mapping[str, Any],
    dates: Sequence[Wave],
) -> Finding:
    states = {f.told for f in found}
    state = "clear" if "disappointment" in states else "news" if states == {"news"} else "unclear"
    verdict = {"clear": Verdict.HOLDS, "news": Verdict.UNDECIDED}.get(state, Verdict.UNDECIDED)
    details = tuple(_side(view, i, f) for i, f in enumerate(found))
    p = min(1.0, 2 * min(f.expected.p for f in found))
    message = Message(f"reaction.mood.{state}", numbers, {**terms, **_span(dates)})
    changed = Message(f"reaction.mood.would_change.{'clear' if state == 'clear' else 'unclear'}", terms=dict(terms))
    one = _finding(view, message, verdict)
    return replace(one, details=details, group=SIDES, bits=bits(p), would_change=changed, basis="polls")


def _span(dates: Sequence[Wave]) -> dict[str, Term]:
    return {"first": Term("period", dates[0][0][:7]), "last": Term("period", dates[-1][0][:7])}


def _side(view: View, i: int, found: Disappointment) -> Message:
    """Both coefficients of one side, and the placebo."""
    source, target = view.directions[i]
    numbers = {
        "expected": _points(found.expected, found.n),
        "came": _points(found.came, found.n),
        "placebo": _points(found.placebo, found.n),
    }
    terms = {"source": Term("country", source), "target": Term("country", target)}
    return Message(f"reaction.mood.side.{found.told.replace(' ', '_')}", numbers, terms)


def _points(one: Coefficient, n: int) -> Number:
    return Number(one.value, "change in points of the mood", one.low, one.high, n)


def _finding(view: View, message: Message, verdict: Verdict = Verdict.NO_DATA) -> Finding:
    polls = [r for r in view.tables.facts("polls") if {r["country"], r["about"]} == {view.a, view.b}]
    evidence = (Evidence("polls", {"pair": f"{view.a}-{view.b}"}, len(polls)),) if polls else ()
    return Finding(
        "reaction.disappointment", "reaction", message, verdict, view.provenance(()), evidence=evidence,
        caveats=(Message("reaction.mood.what_it_is"),) if verdict is not Verdict.NO_DATA else (), basis="polls",
        claim=True,
    )  # fmt: skip
