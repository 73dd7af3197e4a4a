"""Who else moves? The two sides toward third countries, and third countries around the two."""

from __future__ import annotations

from visavis.finding import Finding, Message, Number, Verdict
from visavis.findings._converging import converging
from visavis.findings._grid import Grid, grid_of
from visavis.findings._responding import Surprises, moving, responding, surprises_of
from visavis.findings._terms import pair_terms
from visavis.findings._triangle import triangle_finding
from visavis.findings._view import View
from visavis.findings._without import taken_out

__all__ = ["company", "corner"]

_SHARED = 120
"""Acts that a third country needs with either of the two."""

_OTHERS = 8  # further third countries that are compared and told by name


def company(view: View) -> list[Finding]:
    """The third country that both have most to do with in full; all others where many are asked at once."""
    grid = grid_of(view, (view.a, view.b))
    thirds = [] if grid is None else grid.third(view.a, view.b, _SHARED)
    if grid is None or not thirds:
        return [_nobody(view)]
    table = surprises_of(grid)
    told = corner(view, grid, table, thirds[0], thirds[1 : _OTHERS + 1])
    return [*told, *moving(view, grid, table, thirds), triangle_finding(view, grid, (view.a, view.b, thirds[0]))]


def corner(view: View, grid: Grid, table: Surprises, third: str, others: list[str]) -> list[Finding]:
    """A pair and one third country: its ways with it, what its ties do after the pair, the pair without it."""
    return [
        *converging(view, grid, third, others),
        responding(view, grid, table, third),
        taken_out(view, grid, third),
    ]


def _nobody(view: View) -> Finding:
    numbers = {"acts": Number(_SHARED, "acts")}
    message = Message("company.nobody", numbers, pair_terms(view))
    return Finding("company.nobody", "company", message, Verdict.NO_DATA, view.provenance(()), basis="acts")
