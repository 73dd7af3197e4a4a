"""What it would have cost to assume that the other side does what one's own side does: from acts, as context.

Acts show what was done. Nobody's expectation is in an event file, so nothing here says that a side was wrong about the
other; it says what a forecast by likeness would have been worth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from visavis.charts.likeness_cost import likeness_cost
from visavis.charts.score_line import score_line
from visavis.finding import Finding, Message, Number, Term, Verdict, bits
from visavis.findings._assumed_charts import cost_rows, line_rows, marked
from visavis.findings._dear import dear_evidence
from visavis.findings._doings import KINDS, Doings, doings
from visavis.findings._foretold import Foretold, each_other, third_countries
from visavis.findings._terms import pair_terms, stream_term, word
from visavis.findings._together import SIDES
from visavis.findings._view import View
from visavis.models.assumed_likeness import FORECASTS, RECORD
from visavis.models.intervals import Estimate
from visavis.models.likeness_cost import FEWEST, MARGIN, Cost
from visavis.store.coverage import days_in

__all__ = ["VERDICTS", "assumed", "bits", "number"]

VERDICTS = {
    "costs": Verdict.HOLDS,
    "costs nothing": Verdict.DOES_NOT_HOLD,
    "undecided": Verdict.UNDECIDED,
    "cannot tell": Verdict.NO_DATA,
}
_KEY = "understanding.assumed"
_EVIDENCE = 3  # costliest acts of a side, as evidence


def assumed(view: View) -> list[Finding]:
    """The cost toward third countries, and toward each other; each from the stream in which most acts were foretold."""
    read = [doings(view.tables, s, view.asked, sources=(view.a, view.b), fewest=RECORD) for s in view.tables.streams]
    third, each = _told(view, "third", read, third_countries), _told(view, "each", read, each_other)
    return [third] if each.verdict is Verdict.NO_DATA else [third, each]


def number(estimate: Estimate, unit: str = "bits per act") -> Number:
    """An estimate as a number with its interval."""
    return Number(estimate.value, unit, estimate.low, estimate.high, estimate.n, estimate.level)


def bits_of(cost: Cost) -> float:
    """``-log2(p)`` of a decided verdict, at most 20."""
    decided = cost.verdict in ("costs", "costs nothing")
    return bits(cost.p) if decided else 0.0


def _told(view: View, kind: str, read: list[Doings], ask: Callable[[Doings, str, str], Foretold]) -> Finding:
    asked = [ask(one, view.a, view.b) for one in read if len(one.periods) > 1]
    if not asked:
        return _cannot_tell(view, kind, (0, 0), ())
    order = sorted(asked, key=lambda f: (min(s.n for s in f.sides) < FEWEST, -f.cost.n, f.doings.stream))
    best, others = order[0], [f for f in order[1:] if f.cost.verdict != "cannot tell"]
    if best.cost.gap is None or best.cost.verdict == "cannot tell":
        return _cannot_tell(view, kind, (best.sides[0].n, best.sides[1].n), [f.doings.stream for f in order])
    return _finding(view, kind, best, others)


def _cannot_tell(view: View, kind: str, acts: tuple[int, int], streams: Sequence[str]) -> Finding:
    ends = zip(("acts_a", "acts_b"), acts, strict=True)
    fewest = {"fewest": Number(FEWEST, "acts")}
    terms = {**pair_terms(view), "importer": Term("outside", view.importer)}
    return Finding(
        id=f"{_KEY}.{kind}",
        chapter="understanding",
        message=Message(f"{_KEY}.{kind}.cannot_tell", {k: Number(n, "acts") for k, n in ends} | fewest, terms),
        verdict=Verdict.NO_DATA,
        provenance=view.provenance(streams),
        basis="acts",
        would_change=Message(f"{_KEY}.change.cannot_tell", fewest),
    )


def _finding(view: View, kind: str, best: Foretold, others: list[Foretold]) -> Finding:
    cost, place = best.cost, best.doings
    assert cost.gap is not None
    key = cost.verdict.replace(" ", "_")
    told = "no_guide" if cost.verdict == "undecided" and cost.gap.low > 0 else key
    settings = {"periods": place.kind, "fewest": FEWEST, "margin": MARGIN, "record": RECORD, "kinds": len(KINDS)}
    numbers = {"gap": number(cost.gap), "less": _less(cost.gap), **_beside(best)}
    mirrored = (Message(f"{_KEY}.mirrored"),) if kind == "each" else ()
    return Finding(
        id=f"{_KEY}.{kind}",
        chapter="understanding",
        message=Message(f"{_KEY}.{kind}.{told}", numbers, pair_terms(view)),
        verdict=VERDICTS[cost.verdict],
        provenance=view.provenance([place.stream], **settings),
        charts=(likeness_cost(cost_rows(best)), score_line(line_rows(best), marked(best))) if kind == "third" else (),
        evidence=dear_evidence(view, best, _EVIDENCE),
        details=tuple(m for both in zip(_sides(best, 0), _sides(best, 1), strict=True) for m in both),
        caveats=(_not_minds(best), _how_to_read(best), *mirrored, *(_elsewhere(one) for one in others)),
        headline=kind == "third" and cost.verdict != "undecided" and not (view.sheets or view.polls),
        group=SIDES,
        basis="acts",
        bits=bits_of(cost),
        would_change=Message(f"{_KEY}.change.{key}", {"margin": Number(MARGIN, "bits per act")}),
    )


def _less(gap: Estimate) -> Number:
    """How much less probability what came was given: half of it at one bit."""
    value, low, high = (1 - 2.0**-x for x in (gap.value, gap.low, gap.high))
    return Number(value, "share of probability", low, high, gap.n, gap.level)


def _beside(best: Foretold) -> dict[str, Number]:
    """The surprise by each of the forecasts, for either side."""
    ends = zip("ab", best.sides, strict=True)
    return {f"{name}_{end}": Number(c.bits[name], "bits per act", n=c.n) for end, c in ends for name in FORECASTS}


def _sides(best: Foretold, side: int) -> list[Message]:
    """What is said of the acts of one side: guide or not; of third countries more."""
    cost, (source, other) = best.sides[side], (best.a, best.b) if side == 0 else (best.b, best.a)
    terms = {"source": Term("country", source), "other": Term("country", other)}
    assert cost.gap is not None
    assert cost.against_base is not None
    base = cost.against_base
    guide = "worse" if base.low > 0 else "better" if base.high < 0 else "unclear"
    told = [Message(f"{_KEY}.side.{guide}", {"gap": number(cost.gap), "against_base": number(base)}, terms)]
    if best.targets[0] == best.targets[1]:
        five = {name: Number(cost.bits[name], "bits per act", n=cost.n) for name in FORECASTS}
        five["acts"] = Number(cost.n, "acts")
        told = [_where(best, side, terms), *told, Message(f"{_KEY}.bits", five, terms), _dear(best, side, terms)]
    return told


def _where(best: Foretold, side: int, terms: dict[str, Term]) -> Message:
    held = [(z, cost.verdict) for z, cost in best.toward(side) if cost.n >= FEWEST]
    clear = tuple(Term("country", z) for z, verdict in held if verdict == "costs")
    unclear = tuple(Term("country", z) for z, verdict in held if verdict != "costs")
    key = "both" if clear and unclear else "clear" if clear else "unclear" if unclear else "few"
    return Message(
        f"{_KEY}.where.{key}", {"fewest": Number(FEWEST, "acts")}, {**terms, "clear": clear, "unclear": unclear}
    )


def _dear(best: Foretold, side: int, terms: dict[str, Term]) -> Message:
    """The acts of one side that cost most."""
    for one in best.dearest(side, 1):
        where = {"target": Term("country", one.target), "period": Term("period", best.doings.periods[one.period])}
        kind = {"kind": word("means", KINDS[one.kind])}
        return Message(f"{_KEY}.dear", {"acts": Number(one.acts, "acts")}, {**terms, **where, **kind})
    return Message(f"{_KEY}.dear.none", {}, terms)


def _span(found: Foretold) -> dict[str, Term]:
    first, last = days_in(found.doings.periods[0])[0], days_in(found.doings.periods[-1])[1]
    return {"first": Term("date", str(first)), "last": Term("date", str(last))}


def _not_minds(best: Foretold) -> Message:
    return Message(f"{_KEY}.not_minds", {}, _span(best))


def _how_to_read(best: Foretold) -> Message:
    gap = best.cost.gap
    assert gap is not None
    kind = {"kind": Term("word", f"{_KEY}.kind.{best.doings.kind}")}
    return Message(f"{_KEY}.read", {"level": Number(gap.level, "share of intervals")}, kind)


def _elsewhere(found: Foretold) -> Message:
    """Another stream's answer, beside."""
    assert found.cost.gap is not None
    verdict = Term("word", f"{_KEY}.verdict.{found.cost.verdict.replace(' ', '_')}")
    terms = {"stream": stream_term(found.doings.stream), **_span(found), "verdict": verdict}
    return Message(f"{_KEY}.stream", {"gap": number(found.cost.gap)}, terms)
