"""Ties of third countries around the pair: what they do after it, and who moves with it or before."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from visavis.finding import Finding, Message, Number, Term, Verdict, bits
from visavis.findings._grid import Grid
from visavis.findings._shared import ALARM, countries, of_third, share_change, span
from visavis.findings._terms import kind_word, pair_terms, stream_term
from visavis.findings._view import View
from visavis.models.movers import BOUND, Mover, movers
from visavis.models.projection import (
    FEWEST_PERIODS,
    FEWEST_PLACEBOS,
    LEAST,
    Response,
    response,
    surprises,
    widest,
)

__all__ = ["Surprises", "moving", "responding", "surprises_of"]

_POINTS = 0.1  # effects are told per ten points of the pair's conflictual share
_TOLD = 4  # countries told with their figures
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Surprises:
    """Conflictual shares of all dyads, freed of their level and of what all share; rows of shape (periods,)."""

    rows: dict[tuple[str, str], Array]

    def tie(self, one: str, other: str) -> Array | None:
        """The row of two countries; None where there are no acts."""
        return self.rows.get((min(one, other), max(one, other)))

    def either(self, a: str, b: str, third: str) -> Array | None:
        """The third country's ties with the two, their mean where both are known."""
        both = [row for side in (a, b) if (row := self.tie(side, third)) is not None]
        if len(both) < 2:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a period in which neither is known is not known
            return np.asarray(np.nanmean(both, axis=0), np.float64)

    def apart(self, countries: set[str], *shared: int) -> list[Array]:
        """Dyads that have so many of these countries."""
        return [row for dyad, row in sorted(self.rows.items()) if len(countries & set(dyad)) in shared]


def surprises_of(grid: Grid) -> Surprises:
    """The surprises of all dyads of a grid."""
    dyads = grid.dyads()
    if not dyads:
        return Surprises({})
    k, n = (np.stack([grid.tie(*dyad)[i] for dyad in dyads]) for i in (0, 1))
    return Surprises(dict(zip(dyads, surprises(k, n), strict=True)))


def _reach(grid: Grid) -> int:
    return 3 if grid.kind == "month" else 4


def responding(view: View, grid: Grid, table: Surprises, third: str) -> Finding:
    """Whether the third country's ties with the two change after the pair's did."""
    reach = _reach(grid)
    pair, tie = table.tie(view.a, view.b), table.either(view.a, view.b, third)
    placebos = [table.apart({view.a, view.b, third}, *shared) for shared in ((0, 1), (1,))]
    found = None if pair is None or tie is None else _response(tie, pair, (1, reach), placebos)
    terms = {**of_third(view, third), **span(grid), "kind": kind_word(grid.kind), "stream": stream_term(grid.stream)}
    if pair is None or tie is None or found is None:
        return _no_response(view, grid, third, terms)
    clear = found[0].p <= ALARM
    way = ("follows" if found[0].effect.value > 0 else "opposite") if clear else "undecided"
    numbers = {
        "effect": share_change(found[0].effect, _POINTS),
        "steps": Number(reach, "steps"),
        "placebos": Number(found[1], "placebo pairs"),
        "widened": Number(found[2], "times"),
    }
    return Finding(
        id=f"company.after.{view.a}-{view.b}.{third}",
        chapter="company",
        message=Message(f"company.after.{way}", numbers, terms),
        verdict=Verdict.HOLDS if clear else Verdict.UNDECIDED,
        provenance=view.provenance([grid.stream], steps=f"1-{reach}", alarm=ALARM),
        details=(
            *_paths(view, table, pair, third, placebos, reach),
            Message("company.after.placebos", numbers, terms),
        ),
        caveats=(Message("company.near_is_not_because"),),
        basis="acts",
        bits=bits(found[0].p),
        would_change=Message(f"company.after.would.{'clear' if clear else 'undecided'}", terms=terms),
    )


def _response(
    tie: Array, pair: Array, steps: tuple[int, int], placebos: list[list[Array]]
) -> tuple[Response, int, float] | None:
    """The answer, how many placebos judge it and how far they widen its error."""
    widened = widest(tie, placebos, steps)
    found = None if widened is None else response(tie, pair, steps, widened)
    return None if found is None or widened is None else (found, widened.placebos, widened.factor)


def _paths(
    view: View, table: Surprises, pair: Array, third: str, placebos: list[list[Array]], reach: int
) -> tuple[Message, ...]:
    """The same period, later ones, and each of the two ties by itself."""
    tie = table.either(view.a, view.b, third)
    assert tie is not None
    said = []
    now, later = (_response(tie, pair, steps, placebos) for steps in ((0, 0), (reach + 1, 2 * reach)))
    if now is not None and later is not None:
        numbers = {"now": share_change(now[0].effect, _POINTS), "later": share_change(later[0].effect, _POINTS)}
        numbers |= {"from": Number(reach + 1, "steps"), "to": Number(2 * reach, "steps")}
        said.append(Message("company.after.path", numbers, {"third": Term("country", third)}))
    each = {}
    for side, end in ((view.a, "a"), (view.b, "b")):
        row = table.tie(side, third)
        found = None if row is None else _response(row, pair, (1, reach), placebos)
        if found is not None:
            each[f"effect_{end}"] = share_change(found[0].effect, _POINTS)
    if len(each) == 2:
        said.append(Message("company.after.each", each, of_third(view, third)))
    return tuple(said)


def _no_response(view: View, grid: Grid, third: str, terms: dict[str, Term]) -> Finding:
    numbers = {
        "least": Number(LEAST, "acts"),
        "needed": Number(FEWEST_PERIODS, "periods"),
        "placebos": Number(FEWEST_PLACEBOS, "placebo pairs"),
    }
    return Finding(
        id=f"company.after.{view.a}-{view.b}.{third}",
        chapter="company",
        message=Message("company.after.too_short", numbers, terms),
        verdict=Verdict.NO_DATA,
        provenance=view.provenance([grid.stream]),
        basis="acts",
    )


def moving(view: View, grid: Grid, table: Surprises, thirds: list[str]) -> list[Finding]:
    """Which third countries' ties with the two move with the pair, or before it."""
    pair = table.tie(view.a, view.b)
    held = {c: tie for c in thirds if (tie := table.either(view.a, view.b, c)) is not None}
    found = [] if pair is None else movers(pair, held, table.apart({view.a, view.b}, 0), reach=_reach(grid))
    if not found:
        return []  # what is missing is told where one third country is looked at
    same, ahead = ([m.country for m in found if getattr(m, name)] for name in ("moves_with", "moves_before"))
    way: Literal["both", "with", "before", "none"] = "none"
    if same or ahead:
        way = "both" if same and ahead else "with" if same else "before"
    numbers = {
        "asked": Number(len(found), "third parties"),
        "steps": Number(_reach(grid), "steps"),
        "bound": Number(BOUND, "share of third parties"),
        "same_period": share_change(found[0].same.effect, _POINTS),
        "next_ones": share_change(found[0].ahead.effect, _POINTS),
    }
    terms: dict[str, Term | tuple[Term, ...]] = {**pair_terms(view), "kind": kind_word(grid.kind), **span(grid)}
    terms |= {"clearest": Term("country", found[0].country), "same": countries(same), "ahead": countries(ahead)}
    surest = min(min(m.same_q, m.ahead_q) for m in found)
    return [
        Finding(
            id=f"company.movers.{view.a}-{view.b}",
            chapter="company",
            message=Message(f"company.movers.{way}", numbers, terms),
            verdict=Verdict.UNDECIDED if way == "none" else Verdict.HOLDS,
            provenance=view.provenance([grid.stream], bound=BOUND, steps=f"1-{_reach(grid)}"),
            details=(
                *(_mover(m) for m in [m for m in found if m.moves_with or m.moves_before][:_TOLD]),
                Message("company.movers.asked", terms={"asked_of": countries(m.country for m in found)}),
            ),
            caveats=(Message("company.near_is_not_because"), Message("company.movers.one_side")),
            headline=way != "none",
            basis="acts",
            bits=bits(surest),
            would_change=Message("company.movers.would", numbers),
        )
    ]


def _mover(found: Mover) -> Message:
    numbers = {name: share_change(getattr(found, name).effect, _POINTS) for name in ("same", "ahead")}
    return Message("company.movers.each", numbers, {"third": Term("country", found.country)})
