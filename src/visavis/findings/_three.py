"""Three countries: the triangle, and each of its corners. Nothing depends on the order in which they are named."""

from __future__ import annotations

from dataclasses import replace

from visavis.finding import Finding, Message, Term, Verdict
from visavis.findings._grid import grid_of
from visavis.findings._order import named_first
from visavis.findings._responding import surprises_of
from visavis.findings._triangle import triangle_finding
from visavis.findings._view import View
from visavis.findings.company import corner

__all__ = ["three"]

Named = tuple[str, str, str]


def three(view: View, named: Named) -> list[tuple[Named, list[Finding]]]:
    """What the record says of three countries: first the triangle, then each corner.

    Args:
        view: any two of them, with the record and the span.
        named: the three in the order in which they are said.

    Returns:
        Parts with the countries each is about: the triangle, then the pair and its third country of each corner.
    """
    trio = sorted(named)
    two = replace(view, a=trio[0], b=trio[1])
    grid = grid_of(two, trio)
    if grid is None:
        message = Message("company.triangle.nothing", terms=_terms(named))
        nothing = Finding("company.triangle", "company", message, Verdict.NO_DATA, two.provenance(()), basis="acts")
        return [(named, [nothing])]
    table = surprises_of(grid)
    parts: list[tuple[Named, list[Finding]]] = [(named, [replace(triangle_finding(two, grid, named), headline=True)])]
    x, y, z = named
    for first, second, third in ((x, y, z), (x, z, y), (y, z, x)):
        a, b = sorted((first, second))
        found = corner(replace(view, a=a, b=b), grid, table, third, [])
        parts.append(((first, second, third), named_first(found, first, a)))
    return parts


def _terms(named: Named) -> dict[str, Term]:
    return {slot: Term("country", code) for slot, code in zip(("a", "b", "third"), named, strict=True)}
