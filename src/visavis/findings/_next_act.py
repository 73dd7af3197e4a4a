"""What helps to foretell what either of the two does next toward the other, and whether likeness does.

Acts show what was done. What is told is the worth of each part of the record as a guide, not what anybody expected.
"""

from __future__ import annotations

from dataclasses import dataclass

from visavis.charts.what_helps import what_helps as chart
from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._doings import BLOCK, KINDS, Listed, listed
from visavis.findings._terms import pair_terms, stream_term
from visavis.findings._together import SIDES
from visavis.findings._view import View
from visavis.models.intervals import Estimate
from visavis.models.next_act import COMPONENTS, FEWEST
from visavis.models.what_helps import MARGIN, Helped, Learned, WhatHelps, learned, toward_others, what_helps
from visavis.store.coverage import days_in

__all__ = ["next_act"]

_KEY = "ahead.next"
_VERDICTS = {
    "adds": Verdict.HOLDS,
    "adds nothing": Verdict.DOES_NOT_HOLD,
    "undecided": Verdict.UNDECIDED,
    "cannot tell": Verdict.NO_DATA,
}
_SLOTS = {name: "received" if name == "target" else name for name in COMPONENTS}  # ``target`` names a country


@dataclass(frozen=True)
class _Read:
    """One stream, what was learned from it, and what that says of the pair."""

    place: Listed
    learned: Learned
    found: WhatHelps


def next_act(view: View) -> list[Finding]:
    """One finding: what helps to foretell either side, from the stream in which most acts were foretold."""
    read = [one for stream in sorted(view.tables.streams) if (one := _read(view, stream)) is not None]
    best = max(read, key=lambda r: (r.found.said != "cannot tell", sum(r.found.acts)), default=None)
    if best is None or best.found.said == "cannot tell":
        return [_cannot_tell(view, best)]
    return [_finding(view, best)]


def _read(view: View, stream: str) -> _Read | None:
    key = f"next act {stream} {view.since} {view.until}"
    place, found = view.tables.once(key, lambda: _learned(view, stream))
    if found is None or not {view.a, view.b} <= set(place.countries):
        return None
    a, b = (place.countries.index(side) for side in (view.a, view.b))
    return _Read(place, found, what_helps(found, a, b, block=BLOCK[place.kind]))


def _learned(view: View, stream: str) -> tuple[Listed, Learned | None]:
    place = listed(view.tables, stream, view.asked)
    return place, learned(place.acts, len(place.periods))


def _number(estimate: Estimate) -> Number:
    return Number(estimate.value, "bits per act", estimate.low, estimate.high, estimate.n, estimate.level)


def _cannot_tell(view: View, best: _Read | None) -> Finding:
    acts = (0, 0) if best is None else best.found.acts
    numbers = {f"acts_{end}": Number(n, "acts") for end, n in zip("ab", acts, strict=True)}
    numbers["fewest"] = Number(FEWEST, "acts")
    terms = {**pair_terms(view), "importer": Term("outside", view.importer)}
    return Finding(
        id="ahead.next_act",
        chapter="ahead",
        message=Message(f"{_KEY}.cannot_tell", numbers, terms),
        verdict=Verdict.NO_DATA,
        provenance=view.provenance([] if best is None else [best.place.stream]),
        basis="acts",
        would_change=Message(f"{_KEY}.change.cannot_tell", {"fewest": numbers["fewest"]}),
    )


def _finding(view: View, best: _Read) -> Finding:
    found, place = best.found, best.place
    assert found.mirror is not None
    assert found.a is not None
    assert found.b is not None
    sides = (found.a, found.b)
    key = found.said.replace(" ", "_")
    numbers = {"mirror": _number(found.mirror), "margin": Number(MARGIN, "bits per act")}
    terms: dict[str, Term | tuple[Term, ...]] = {**pair_terms(view), "stream": stream_term(place.stream), **_span(best)}
    details = [_side(view, best, i, sides[i]) for i in (0, 1)]
    settings = {"periods": place.kind, "kinds": len(KINDS), "fewest": FEWEST, "margin": MARGIN}
    return Finding(
        id="ahead.next_act",
        chapter="ahead",
        message=Message(f"{_KEY}.{key}", numbers, terms),
        verdict=_VERDICTS[found.said],
        provenance=view.provenance([place.stream], **settings),
        charts=(chart(_rows(view, sides)),),
        evidence=tuple(
            Evidence("acts", {"stream": place.stream, "source": s, "target": t}, h.acts)
            for (s, t), h in zip(view.directions, sides, strict=True)
        ),
        details=tuple(m for both in zip(*details, strict=True) for m in both),
        caveats=(
            Message(f"{_KEY}.not_minds"),
            Message(f"{_KEY}.read", {"kinds": Number(len(KINDS), "kinds")}, {"kind": _kind(best)}),
        ),
        headline=found.said == "adds",
        group=SIDES,
        basis="acts",
        bits=bits(found.p) if found.said in ("adds", "adds nothing") else 0.0,
        would_change=Message(f"{_KEY}.change.{key}", {"margin": Number(MARGIN, "bits per act")}),
    )


def _span(best: _Read) -> dict[str, Term]:
    """First and last day of the acts that were foretold."""
    first = best.place.periods[best.learned.spells[0][0]]
    return {
        "first": Term("date", str(days_in(first)[0])),
        "last": Term("date", str(days_in(best.place.periods[-1])[1])),
    }


def _kind(best: _Read) -> Term:
    return Term("word", f"{_KEY}.kind.{best.place.kind}")


def _side(view: View, best: _Read, i: int, told: Helped) -> list[Message]:
    """What is said of the acts of one side: all parts together, each alone, each beyond the others, third countries."""
    source, target = view.directions[i]
    terms: dict[str, Term | tuple[Term, ...]] = {"source": Term("country", source), "target": Term("country", target)}
    acts = Number(told.acts, "acts")
    whole = {
        "acts": acts,
        "base": Number(told.base, "bits per act"),
        "full": Number(told.full, "bits per act"),
        "together": _number(told.together),
    }
    each = {_SLOTS[name]: _number(one) for name, one in told.alone.items()}
    helps = [name for name, one in told.last.items() if one.low > 0 and one.high >= MARGIN]
    kept = tuple(Term("word", f"{_KEY}.part.{name}") for name in helps)
    said = [
        Message(f"{_KEY}.whole", whole, terms),
        Message(f"{_KEY}.each", each, terms),
        Message(f"{_KEY}.last" if kept else f"{_KEY}.last.none", {}, {**terms, **({"parts": kept} if kept else {})}),
    ]
    at = [best.place.countries.index(side) for side in (source, target)]
    others = toward_others(best.learned, at[0], at[1], block=BLOCK[best.place.kind])
    if others is None:
        return [*said, Message(f"{_KEY}.others.few", {"fewest": Number(FEWEST, "acts")}, terms)]
    numbers = {"acts": Number(others.acts, "acts"), "together": _number(others.together)}
    return [*said, Message(f"{_KEY}.others", numbers | {"own": _number(others.alone["own"])}, terms)]


def _rows(view: View, sides: tuple[Helped, Helped]) -> list[dict[str, object]]:
    """Rows of the chart, the part that helps most first."""
    order = sorted(COMPONENTS, key=lambda name: -sum(side.alone[name].value for side in sides))
    return [
        {"part": Term("word", f"{_KEY}.part.{name}"), "country": country}
        | {"saved": side.alone[name].value, "low": side.alone[name].low, "high": side.alone[name].high}
        | {"last": side.last[name].value, "n": side.acts}
        for name in order
        for country, side in zip((view.a, view.b), sides, strict=True)
    ]
