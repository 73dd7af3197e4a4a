"""Rows of the two charts on the cost of assuming likeness."""

from __future__ import annotations

from visavis.finding import Message, Term
from visavis.findings._doings import KINDS
from visavis.findings._foretold import Foretold
from visavis.findings._terms import word
from visavis.models.likeness_cost import FEWEST, Cost

__all__ = ["cost_rows", "line_rows", "marked"]


def cost_rows(best: Foretold) -> list[dict[str, object]]:
    """All third countries first, then each with enough acts of a side, those with most acts first."""
    sides = (best.a, best.b)
    rows = [_row(Term("word", "assumed.all"), sides[i], best.sides[i]) for i in (0, 1)]
    each = [dict(best.toward(i)) for i in (0, 1)]
    enough = {z for one in each for z, cost in one.items() if cost.n >= FEWEST}
    for z in sorted(enough, key=lambda z: (-sum(one[z].n for one in each), z)):
        rows += [_row(Term("country", z), sides[i], each[i][z]) for i in (0, 1) if each[i][z].n >= FEWEST]
    return rows


def _row(toward: Term, country: str, cost: Cost) -> dict[str, object]:
    assert cost.gap is not None
    gap = {"gap": cost.gap.value, "low": cost.gap.low, "high": cost.gap.high, "n": cost.n}
    return {"toward": toward, "country": country, **gap, **cost.bits}


def line_rows(best: Foretold) -> list[dict[str, object]]:
    """What the acts of either side cost, by period and added up, from the first that was foretold."""
    rows: list[dict[str, object]] = []
    for country, found in zip((best.a, best.b), best.found, strict=True):
        total = 0.0
        costs, acts = (found.bits[0] - found.bits[1]).sum(0), found.acts.sum(0)
        first = int((acts > 0).argmax())
        for t in range(first, len(acts)):
            total += float(costs[t])
            rows.append(
                {"period": best.doings.periods[t], "country": country, "acts": int(acts[t]), "bits": float(costs[t])}
                | {"sum": total}
            )
    return rows


def marked(best: Foretold) -> list[dict[str, object]]:
    """The costliest acts of either side, to be named on the line."""
    found: list[dict[str, object]] = []
    for side, country in enumerate((best.a, best.b)):
        for one in best.dearest(side, 1):
            terms = {"kind": word("means", KINDS[one.kind]), "target": Term("country", one.target)}
            label = Message("assumed.chart.dear", {}, terms)
            found.append({"period": best.doings.periods[one.period], "country": country, "label": label})
    return found
