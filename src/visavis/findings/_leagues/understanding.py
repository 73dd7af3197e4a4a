"""Pairs by what assuming likeness toward third countries would have cost, if one did."""

from __future__ import annotations

from visavis.finding import Message, Number, Term
from visavis.findings._assumed import VERDICTS, number
from visavis.findings._doings import doings
from visavis.findings._foretold import Foretold, third_countries
from visavis.findings._league import League, Look, Place
from visavis.models.assumed_likeness import FORECASTS, RECORD
from visavis.models.likeness_cost import FEWEST, MARGIN
from visavis.store.coverage import days_in

__all__ = ["understanding"]


def understanding(look: Look) -> League:
    """Every pair with enough foretold acts of either side, by the lower end of the cost's interval."""
    read = doings(look.tables, look.stream, look.asked, fewest=RECORD)
    pairs, told = look.pairs(), list[tuple[Place, Foretold]]()
    for done, (a, b) in enumerate(pairs):
        look.step(done, pairs)
        found = third_countries(read, a, b) if len(read.periods) > 1 else None
        if found is not None and found.cost.verdict != "cannot tell":
            told.append((_place(found), found))
    told.sort(key=lambda one: (-one[0].order, one[0].a, one[0].b))
    return League(
        by="understanding",
        stream=look.stream,
        places=tuple(place for place, _ in told),
        columns=("gap", "gap_a", "gap_b", "against_base", *FORECASTS, "acts"),
        said=_said(len(pairs), [found for _, found in told]),
        caveats=_caveats(read.periods, len(told)),
        provenance=look.provenance(periods=read.kind, fewest=FEWEST, margin=MARGIN, record=RECORD),
        basis="acts",
    )


def _place(found: Foretold) -> Place:
    cost, sides = found.cost, found.sides
    estimates = {"gap": cost.gap, "gap_a": sides[0].gap, "gap_b": sides[1].gap, "against_base": cost.against_base}
    numbers = {name: number(one) for name, one in estimates.items() if one is not None}
    numbers |= {name: Number(cost.bits[name], "bits per act", n=cost.n) for name in FORECASTS}
    numbers |= {"acts": Number(cost.n, "acts")}
    return Place(found.a, found.b, numbers, cost.gap.low if cost.gap else 0.0, VERDICTS[cost.verdict])


def _said(pairs: int, told: list[Foretold]) -> tuple[Message, ...]:
    counts = {"pairs": pairs, "told": len(told)}
    for verdict in ("costs", "costs nothing", "undecided"):
        counts[verdict.replace(" ", "_")] = sum(found.cost.verdict == verdict for found in told)
    sides = [side.against_base for found in told for side in found.sides if side.against_base is not None]
    guides = {"sides": len(sides), "better": sum(s.high < 0 for s in sides), "worse": sum(s.low > 0 for s in sides)}
    fewest = {"fewest": Number(FEWEST, "acts")}
    return (
        Message("pairs.understanding.guides", {name: Number(n, "sides") for name, n in guides.items()}),
        Message("pairs.understanding.told", {name: Number(n, "pairs") for name, n in counts.items()} | fewest),
    )


def _caveats(periods: tuple[str, ...], told: int) -> tuple[Message, ...]:
    if not periods:
        return ()
    days = {"first": days_in(periods[0])[0], "last": days_in(periods[-1])[1]}
    span = {end: Term("date", str(day)) for end, day in days.items()}
    missed = {"told": Number(told, "pairs"), "missed": Number(round(0.025 * told), "pairs")}
    order = Message("pairs.understanding.order", missed)
    return Message("pairs.understanding.not_minds", {}, span), order, Message("pairs.understanding.read")
