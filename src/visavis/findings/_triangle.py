"""The triangle of a pair and a third country: the signs of its three ties over time, and whether they are balanced."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from visavis.charts.triangle import triangle_chart
from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict
from visavis.findings._grid import Grid
from visavis.findings._shared import span
from visavis.findings._terms import stream_term
from visavis.findings._view import View
from visavis.models.balance import Tie, balanced, ties

__all__ = ["triangle_finding"]

_LEVEL = 0.95
_HALF = 0.5


def triangle_finding(view: View, grid: Grid, named: tuple[str, str, str]) -> Finding:
    """Signs by stretch against the middle of all, and against what is usual between countries at the time.

    Args:
        view: two of the three; only its provenance is used.
        grid: acts that hold the three.
        named: the three in the order in which they are said; nothing else depends on it.
    """
    trio = sorted(named)
    usual = [grid.usual_share(start, stop) for start, stop in _stretches(grid)]
    half, against = (_signs(grid, trio, middles) for middles in ([_HALF] * len(usual), usual))
    decided = [s for s in _products(half, trio) if s is not None]
    stretch = Term("word", f"company.stretch.{grid.kind}")
    numbers = {
        "stretches": Number(len(usual), "stretches"),
        "decided": Number(len(decided), "stretches"),
        "balanced": Number(sum(decided), "stretches"),
        "all_cooperative": Number(sum(_all_cooperative(half, trio)), "stretches"),
    }
    way = "balance" if decided else "undecided" if usual else "too_short"
    terms = {**_names(named), **span(grid), "stretch": stretch, "stream": stream_term(grid.stream)}
    dyads = list(combinations(trio, 2))
    return Finding(
        id=f"company.triangle.{'-'.join(trio)}",
        chapter="company",
        message=Message(f"company.triangle.{way}", numbers, terms),
        verdict=Verdict.HOLDS if decided else Verdict.NO_DATA,
        claim=not decided,
        provenance=view.provenance([grid.stream], level=_LEVEL, stretch=f"{grid.year} {grid.kind}s"),
        charts=(triangle_chart(_rows(grid, half, usual), trio),) if decided else (),
        evidence=tuple(_evidence(grid, *dyad) for dyad in dyads) if decided else (),
        details=(*_by_tie(half, named, stretch), *_usual(against, named, stretch)) if usual else (),
        caveats=(Message("company.triangle.what"),) if decided else (),
        basis="acts",
    )


def _evidence(grid: Grid, one: str, other: str) -> Evidence:
    return Evidence("acts", {"stream": grid.stream, "pair": f"{one}-{other}"}, int(grid.tie(one, other)[1].sum()))


def _names(named: tuple[str, str, str]) -> dict[str, Term]:
    return {slot: Term("country", code) for slot, code in zip(("a", "b", "third"), named, strict=True)}


def _stretches(grid: Grid) -> Iterator[tuple[int, int]]:
    """Ends of the years or quarters; one that the record covers by less than a half is left out."""
    for start in range(0, len(grid.periods) - grid.year + 1, grid.year):
        if 2 * grid.full[start : start + grid.year].sum() >= grid.year:
            yield start, start + grid.year


def _signs(grid: Grid, trio: list[str], middles: list[float]) -> dict[tuple[str, str], list[Tie]]:
    """The tie of each two of them in each stretch."""
    rows = np.concatenate([np.arange(*ends) for ends in _stretches(grid)] or [np.arange(0)])
    found = {}
    for one, other in combinations(trio, 2):
        k, n = grid.signed(one, other)
        found[one, other] = ties(k[rows], n[rows], middles, per=grid.year, level=_LEVEL)
    return found


def _products(signs: dict[tuple[str, str], list[Tie]], trio: list[str]) -> list[bool | None]:
    """By stretch, whether the triangle is balanced; None where a sign is undecided."""
    rows = zip(*(signs[dyad] for dyad in combinations(trio, 2)), strict=True)
    return [balanced([tie.sign for tie in row]) for row in rows]


def _all_cooperative(signs: dict[tuple[str, str], list[Tie]], trio: list[str]) -> list[bool]:
    rows = zip(*(signs[dyad] for dyad in combinations(trio, 2)), strict=True)
    return [all(tie.sign > 0 for tie in row) for row in rows]


def _by_tie(signs: dict[tuple[str, str], list[Tie]], named: tuple[str, str, str], stretch: Term) -> tuple[Message, ...]:
    """Of each tie, how often it was more cooperative and how often more conflictual."""
    a, b, third = named
    numbers = {}
    for (stem, tail), dyad in zip((("pair", ""), ("with", "_a"), ("with", "_b")), ((a, b), (a, third), (b, third)),
                                  strict=True):  # fmt: skip
        found = signs[min(dyad), max(dyad)]
        for word, sign in (("plus", 1), ("minus", -1)):
            numbers[f"{stem}_{word}{tail}"] = Number(sum(tie.sign == sign for tie in found), "stretches")
        numbers["stretches"] = Number(len(found), "stretches")
    return (Message("company.triangle.ties", numbers, {**_names(named), "stretch": stretch}),)


def _usual(signs: dict[tuple[str, str], list[Tie]], named: tuple[str, str, str], stretch: Term) -> tuple[Message, ...]:
    """The same against what is usual between the countries of the record at the time."""
    trio = sorted(named)
    decided = [s for s in _products(signs, trio) if s is not None]
    numbers = {
        "decided": Number(len(decided), "stretches"),
        "balanced": Number(sum(decided), "stretches"),
        "stretches": Number(len(signs[trio[0], trio[1]]), "stretches"),
    }
    told = _by_tie(signs, named, stretch)
    each = tuple(Message("company.triangle.ties.usual", m.numbers, m.terms) for m in told)
    return (Message("company.triangle.usual", numbers, {"stretch": stretch}), *each)


def _rows(grid: Grid, signs: dict[tuple[str, str], list[Tie]], usual: list[float]) -> list[dict[str, object]]:
    """What the chart draws: a row a tie and stretch."""
    rows: list[dict[str, object]] = []
    ends = list(_stretches(grid))
    for (one, other), found in signs.items():
        for i, tie in enumerate(found):
            if tie.share is not None and tie.share.n:
                first, last = grid.periods[ends[i][0]], grid.periods[ends[i][1] - 1]
                rows.append(
                    {"a": one, "b": other, "since": first, "until": last, "share": tie.share.value}
                    | {"low": tie.share.low, "high": tie.share.high, "acts": tie.share.n}
                    | {"sign": ("conflictual", "undecided", "cooperative")[tie.sign + 1], "usual": usual[i]}
                )
    return rows
