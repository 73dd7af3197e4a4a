"""What the findings about third countries have in common."""

from __future__ import annotations

from collections.abc import Iterable

from visavis.finding import Number, Term
from visavis.findings._grid import Grid
from visavis.findings._terms import pair_terms
from visavis.findings._view import View
from visavis.models.intervals import Estimate

__all__ = ["ALARM", "countries", "of_third", "share_change", "span"]

ALARM = 0.05
"""Chance that one of these findings is told as clear where there is nothing."""


def of_third(view: View, third: str) -> dict[str, Term]:
    """The pair as ``a`` and ``b``, and the ``third`` country."""
    return {**pair_terms(view), "third": Term("country", third)}


def countries(codes: Iterable[str]) -> tuple[Term, ...]:
    """Countries as a term with several members, in ISO order."""
    return tuple(Term("country", code) for code in sorted(codes))


def span(grid: Grid) -> dict[str, Term]:
    """First and last full period."""
    return {"first": Term("period", grid.periods[0]), "last": Term("period", grid.periods[-1])}


def share_change(found: Estimate, per: float = 1.0) -> Number:
    """A change of a share, or ``per`` times it."""
    ends = (found.low * per, found.high * per)
    return Number(found.value * per, "change in share of acts", *ends, found.n, found.level)
