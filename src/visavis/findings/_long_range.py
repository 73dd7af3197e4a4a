"""Five, ten and twenty years ahead: what became of pairs that stood where this pair stands, and how that served before.

Nothing is drawn on into the future. What is told is a base rate: of all pairs that stood there, so many stood about
there later. Beside it stands what the same method said of this pair ten and twenty years ago, and of all pairs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from visavis.charts.long_range import long_range as chart_of
from visavis.finding import Chart, Evidence, Finding, Message, Number, Provenance, Term, Verdict, bits
from visavis.findings._annual import Figure, figures_of
from visavis.findings._terms import pair_terms
from visavis.findings._view import View
from visavis.models.intervals import Estimate
from visavis.models.reference_classes import BACK, BAND, FEWEST, HORIZONS, MOVED, SPAN, Fate, Track, fate, track

__all__ = ["long_range"]

_MAIN = 10
_AGO = (10, 20)
_HALF = 0.5


def long_range(view: View) -> list[Finding]:
    """One finding a figure; where there is none, what is missing and how to bring it."""
    found = [finding for figure in figures_of(view) if (finding := _of_figure(view, figure)) is not None]
    return found or [_nothing(view)]


def _nothing(view: View) -> Finding:
    numbers = _needed()
    return Finding(
        "ahead.long_range", "ahead", Message("ahead.long_range.none", numbers, pair_terms(view)), Verdict.NO_DATA,
        view.provenance(()), would_change=Message("ahead.long_range.none.change", numbers),
    )  # fmt: skip


def _needed() -> dict[str, Number]:
    units = {"countries": "countries", "windows": "windows", "cases": "cases"}
    return {name: Number(least, units[name]) for name, least in FEWEST.items()}


def _of_figure(view: View, figure: Figure) -> Finding | None:
    """None where the figure does not hold the pair."""
    panel, pair = figure.panel, figure.panel.pair(view.a, view.b)
    if pair is None or (last := panel.last(pair)) is None:
        return None
    if last < panel.years[-1] - SPAN:
        return _ended(view, figure, last)
    found = {h: fate(panel, pair, h) for h in HORIZONS}
    main = found[_MAIN]
    if main is None:
        return _thin(view, figure)
    years = [last - ago for ago in _AGO]
    earlier = [call for year in years for h in _AGO if (call := fate(panel, pair, h, as_of=year)) is not None]
    key = f"track {figure.told.value} {panel.years[0]} {panel.years[-1]}"
    past = view.tables.once(key, lambda: {h: track(panel, h) for h in HORIZONS})
    return _told(view, figure, found, earlier, past)


def _ended(view: View, figure: Figure, last: int) -> Finding:
    """One of the two is no longer there: what it stood for then is no ground for what is to come."""
    terms = {**pair_terms(view), "figure": figure.told, "last": Term("period", str(last))}
    return Finding(
        f"ahead.long_range.{figure.name}", "ahead", Message("ahead.long_range.ended", terms=terms), Verdict.NO_DATA,
        figure.provenance, basis=figure.basis, would_change=Message("ahead.long_range.none.change", _needed()),
    )  # fmt: skip


def _thin(view: View, figure: Figure) -> Finding:
    """The pair is there, but no class holds enough."""
    panel = figure.panel
    numbers = _needed() | {
        "held": Number(len(panel.countries), "countries"),
        "pairs": Number(len(panel.first), "pairs"),
    }
    ends = {"first": Term("period", str(panel.years[0])), "last": Term("period", str(panel.years[-1]))}
    terms = {**pair_terms(view), "figure": figure.told, **ends}
    return Finding(
        f"ahead.long_range.{figure.name}", "ahead", Message("ahead.long_range.thin", numbers, terms), Verdict.NO_DATA,
        figure.provenance, basis=figure.basis, would_change=Message("ahead.long_range.none.change", numbers),
    )  # fmt: skip


def _told(
    view: View, figure: Figure, found: dict[int, Fate | None], earlier: list[Fate], past: dict[int, Track | None]
) -> Finding:
    """The claim that such pairs mostly stand about there ten years later, and everything that goes beside it."""
    main = found[_MAIN]
    assert main is not None
    same = main.same
    verdict = Verdict.HOLDS if same.low > _HALF else Verdict.DOES_NOT_HOLD if same.high < _HALF else Verdict.UNDECIDED
    told = verdict.value.replace(" ", "_")
    terms = {**pair_terms(view), "figure": figure.told, "year": Term("period", str(main.as_of))}
    numbers = _shares(main) | {"standing": Number(main.standing, "share of pairs"), "years": Number(_MAIN, "years")}
    others = [one for h, one in found.items() if h != _MAIN and one is not None]
    parameters = {"band": BAND, "moved": MOVED, "standing": f"{SPAN} years", "course": f"{BACK} years", **FEWEST}
    return Finding(
        id=f"ahead.long_range.{figure.name}",
        chapter="ahead",
        message=Message(f"ahead.long_range.{told}", numbers, terms),
        verdict=verdict,
        provenance=_with(figure, parameters),
        charts=(_chart(view, figure, found, earlier),),
        evidence=_evidence(figure, main),
        details=(
            *(_record(one) for h, one in past.items() if h == _MAIN and one is not None),
            *(_came(one) for one in earlier if one.came is not None),
            *(_other(one) for one in others),
            *(_record(one) for h, one in past.items() if h != _MAIN and one is not None),
            _of_all(main),
            _windows(main),
            _class(main),
        ),
        caveats=_caveats(figure, main),
        basis=figure.basis,
        bits=bits(main.p) if verdict is not Verdict.UNDECIDED else 0.0,
        would_change=Message("ahead.long_range.change"),
    )


def _with(figure: Figure, parameters: dict[str, Any]) -> Provenance:
    return replace(
        figure.provenance, parameters=dict(figure.provenance.parameters) | {k: str(v) for k, v in parameters.items()}
    )


def _share(found: Estimate) -> Number:
    return Number(found.value, "share of pairs", found.low, found.high, found.n, found.level)


def _shares(found: Fate) -> dict[str, Number]:
    numbers = {name: _share(getattr(found, name)) for name in ("closer", "same", "apart")}
    numbers |= {"cases": Number(found.cases, "cases"), "pairs": Number(found.pairs, "pairs")}
    return numbers | {"windows": Number(found.windows, "windows"), "countries": Number(found.countries, "countries")}


def _other(found: Fate) -> Message:
    numbers = _shares(found) | {"years": Number(found.horizon, "years")}
    return Message("ahead.long_range.other", numbers)


def _of_all(found: Fate) -> Message:
    names = ("closer", "same", "apart")
    numbers = {name: Number(one, "share of pairs") for name, one in zip(names, found.of_all, strict=True)}
    return Message("ahead.long_range.of_all", numbers | {"years": Number(found.horizon, "years")})


def _windows(found: Fate) -> Message:
    """How much the windows differ: what no interval of one share tells."""
    least, most = (pick(found.by_window, key=lambda w: w[3]) for pick in (min, max))
    numbers = {"least": Number(least[3], "share of pairs"), "most": Number(most[3], "share of pairs")}
    terms = {"least_from": Term("period", str(least[0])), "most_from": Term("period", str(most[0]))}
    return Message("ahead.long_range.windows", numbers | {"windows": Number(found.windows, "windows")}, terms)


def _class(found: Fate) -> Message:
    """Which class it is, in words; classes of the user's own by name and number."""
    words = [Term("word", f"ahead.class.standing.{found.klass[0]}")]
    for name, number in zip(found.names[1:], found.klass[1:], strict=True):
        known = name in ("course", "sides")
        words.append(Term("word", f"ahead.class.{name}.{number}") if known else Term("outside", f"{name} {number}"))
    numbers = {"back": Number(BACK, "years"), "span": Number(SPAN, "years"), "moved": Number(MOVED, "share of pairs")}
    return Message("ahead.long_range.class", numbers, {"classes": tuple(words)})


def _came(found: Fate) -> Message:
    """What the same method said of this pair then, and what came."""
    low, _, high = found.after
    came = found.came if found.came is not None else 0.0
    numbers = {
        "years": Number(found.horizon, "years"), "came": Number(came, "share of pairs"),
        "said": Number(found.after[1], "share of pairs", low, high, found.cases, BAND),
        "was": Number(found.standing, "share of pairs"),
    }  # fmt: skip
    inside = "in" if low <= came <= high else "out"
    ends = {"year": Term("period", str(found.as_of)), "then": Term("period", str(found.as_of + found.horizon))}
    return Message(f"ahead.long_range.came.{inside}", numbers, ends)


def _record(found: Track) -> Message:
    """How past calls of all pairs came out, and whether the class was the better guide; one year decides nothing."""
    gain = found.gain
    key = "better" if gain.low > 0 else "worse" if gain.high < 0 else "unclear"
    key = key if len(found.years) > 1 else "once"
    numbers = {
        "years": Number(found.horizon, "years"), "calls": Number(found.calls, "calls"),
        "held": _share(found.held), "band": Number(BAND, "share of calls"),
        "gain": Number(gain.value, "Brier score", gain.low, gain.high, gain.n, gain.level),
    }  # fmt: skip
    ends = {"first": Term("period", str(found.years[-1])), "last": Term("period", str(found.years[0]))}
    return Message(f"ahead.long_range.record.{key}", numbers, ends)


def _caveats(figure: Figure, main: Fate) -> tuple[Message, ...]:
    told = [Message("ahead.long_range.base_rate"), Message("ahead.long_range.ends")]
    if figure.basis == "votes":
        told.append(Message("ahead.long_range.votes"))
    if set(main.names) <= {"standing", "course", "sides"}:
        told.append(Message("ahead.long_range.no_likeness"))
    return tuple(told)


def _evidence(figure: Figure, main: Fate) -> tuple[Evidence, ...]:
    return tuple(
        Evidence("windows", {"figure": figure.name, "from": str(first), "to": str(first + main.horizon)}, cases)
        for first, cases, *_ in main.by_window
    )


def _chart(view: View, figure: Figure, found: dict[int, Fate | None], earlier: list[Fate]) -> Chart:
    """The pair's standing year by year, with what was said of it then and what is said now."""
    panel = figure.panel
    pair = panel.pair(view.a, view.b)
    standing = [(year, float(x)) for year, x in zip(panel.years, panel.standing[:, pair], strict=True) if x == x]
    calls = [*(one for one in earlier if one.came is not None), *(one for one in found.values() if one is not None)]
    rows: list[dict[str, Any]] = [
        {"asked": one.as_of, "year": one.as_of + one.horizon, "low": one.after[0], "middle": one.after[1]}
        | {"high": one.after[2], "came": one.came}
        for one in calls
    ]
    return chart_of((view.a, view.b), figure.told, standing, rows)
