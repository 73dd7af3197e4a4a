"""Two countries over some sessions: how alike they vote, among all pairs, and whether more or less than before.

Counts of sessions are added up, and the four measures are those of the sums. A resolution that comes again within the
sessions is voted on much as before, so that a roll call is worth (different items) / (roll calls) in the bootstrap.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from visavis.models.intervals import Estimate
from visavis.models.vote_figures import ALL, SPAN
from visavis.models.vote_similarity import LEAST, MEASURES, drawn_measures, estimate_of, measures_of
from visavis.schema_votes import CHOICES

__all__ = ["DRAWS", "TOLD", "Alike", "PairFigures", "beyond", "change", "endings", "issues", "lowest", "window"]

TOLD = ("agreement", "kappa", "pi")
"""Measures that a claim has to hold by: raw agreement, and two that take out agreement by chance."""

DRAWS = 2000

_Array = npt.NDArray[np.float64]
_Row = Mapping[str, Any]


@dataclass(frozen=True)
class PairFigures:
    """Rows of ``schema_votes.FIGURES`` on one pair, in ISO order.

    Args:
        pair: the two.
        joint: rows of ``joint_votes`` of the two.
        cast: rows of ``votes_cast`` of either.
        field_rows: rows of ``vote_field``.
        positions: rows of ``positions`` of either and of all countries.
        gaps: rows of ``position_gaps`` of the two.
    """

    pair: tuple[str, str]
    joint: Sequence[_Row]
    cast: Sequence[_Row]
    field_rows: Sequence[_Row]
    positions: Sequence[_Row] = ()
    gaps: Sequence[_Row] = ()

    def sessions(self, issue: str = ALL) -> list[int]:
        """Sessions in which both voted on a contested roll call of the issue, sorted."""
        return sorted({row["session"] for row in self.joint if _of(row, issue)})


@dataclass(frozen=True)
class Alike:
    """How alike two countries vote on one issue in sessions ``since`` to ``until``.

    Args:
        issue: label; empty for all votes.
        since, until: first and last session.
        n: contested roll calls on which both voted.
        calls: contested roll calls on which they could have.
        took: share of ``calls`` on which the first voted, and the second.
        values: by measure, with an interval; None where not defined.
        middle: by measure, what half of all pairs lie under.
        below: by measure, share of all pairs that are less alike; its ends are those of the value's interval.
        pairs: pairs of countries that were compared, these two among them.
        opposed: share of ``n`` on which one said yes and the other no.
        alone: contested roll calls on which one of the two voted and the other did not.
        if_abstained: by measure, the value if, where one of the two voted, the other had abstained and not been away.
        drawn: by measure, the draws of the bootstrap.
    """

    issue: str
    since: int
    until: int
    n: int
    calls: int
    took: tuple[float, float]
    values: Mapping[str, Estimate | None]
    middle: Mapping[str, float]
    below: Mapping[str, Estimate]
    pairs: int
    opposed: float
    alone: int
    if_abstained: Mapping[str, float | None]
    drawn: Mapping[str, _Array] = field(repr=False, compare=False)

    @property
    def absence_matters(self) -> bool:
        """Whether counting absence as abstention moves a measure out of its interval."""
        return any(
            x is not None and (e := self.values[name]) is not None and not e.low <= x <= e.high
            for name, x in self.if_abstained.items()
            if name in TOLD
        )

    def more_than_half(self, name: str) -> bool | None:
        """Whether they are surely more (True) or less (False) alike than half of all pairs; None if neither."""
        found = self.values[name]
        if found is None or name not in self.middle:
            return None
        return True if found.low > self.middle[name] else False if found.high < self.middle[name] else None

    def p_other_side(self, name: str, line: float) -> float:
        """Share of draws that lie on the other side of a line than the value does."""
        found, drawn = self.values[name], self.drawn[name]
        if found is None:
            return 1.0
        return float((beyond(drawn, line, found.value) + 1) / (np.isfinite(drawn).sum() + 1))


def endings(figures: PairFigures, issue: str = ALL) -> list[int]:
    """Last sessions of the spans of ``SPAN`` sessions in each of which both voted on the issue or, for labels that
    are rare, in the first and the last of which they voted on anything.
    """
    there, anything = set(figures.sessions(issue)), set(figures.sessions())
    known = {row["until"]: row["since"] for row in figures.field_rows
             if row["issue"] == issue and row["until"] > row["since"]}  # fmt: skip
    return sorted(until for until, since in known.items() if until in there and since in anything)


def issues(figures: PairFigures) -> dict[str, Alike]:
    """By issue, the latest span that can be told, if it ends no more than ``SPAN`` sessions before the last one."""
    labels = sorted({row["issue"] for row in figures.field_rows} - {ALL})
    last = max(figures.sessions(), default=0)
    latest = {issue: ends[-1] for issue in labels if (ends := endings(figures, issue)) and ends[-1] >= last - SPAN}
    return {issue: found for issue, until in latest.items() if (found := window(figures, until, issue)) is not None}


def window(figures: PairFigures, until: int, issue: str = ALL) -> Alike | None:
    """The ``SPAN`` sessions that end with ``until``; None where fewer than ten roll calls were voted on by both."""
    held = {row["measure"]: row for row in figures.field_rows
            if (row["issue"], row["until"]) == (issue, until) and row["since"] < until}  # fmt: skip
    if not held:
        return None
    about = next(iter(held.values()))
    meant = [row for row in figures.joint if about["since"] <= row["session"] <= until and _of(row, issue)]
    table = np.array([[[row[f"{x}_{y}"] for y in CHOICES] for x in CHOICES] for row in meant], float).sum(axis=0)
    n = int(table.sum())
    if n < LEAST:
        return None
    calls, chosen = _cast(figures, {row["session"] for row in meant}, issue)
    rng = np.random.default_rng(zlib.crc32(f"{'-'.join(figures.pair)} {issue} {until}".encode()))
    drawn = drawn_measures(table.ravel(), calls - n, rng, DRAWS, weight=about["items"] / about["calls"])
    value = _plain(table)
    values = {name: estimate_of(value[name], drawn[name], n, 0.9) for name in MEASURES}
    alone = [chosen[0] - table.sum(axis=1), chosen[1] - table.sum(axis=0)]
    filled = table.copy()
    filled[:, 1] += alone[0]
    filled[1, :] += alone[1]
    return Alike(
        issue, about["since"], until, n, calls,
        took=(float(chosen[0].sum() / calls), float(chosen[1].sum() / calls)),
        values=values,
        middle={name: row["quantiles"][len(row["quantiles"]) // 2] for name, row in held.items()},
        below={name: _place(e, row["quantiles"], row["pairs"])
               for name, row in held.items() if (e := values[name]) is not None},
        pairs=max(row["pairs"] for row in held.values()),
        opposed=float(table[0, 2] + table[2, 0]) / n,
        alone=int(sum(one.sum() for one in alone)),
        if_abstained=_plain(filled),
        drawn=drawn,
    )  # fmt: skip


def beyond(drawn: _Array, line: float, value: float) -> int:
    """How many draws lie on the other side of a line than a value does, or on it."""
    known = drawn[np.isfinite(drawn)]
    return int((known <= line).sum() if value > line else (known >= line).sum())


def lowest(found: Sequence[Alike]) -> tuple[Alike, float]:
    """The one with the lowest raw agreement, and in which share of draws it is the lowest."""
    least = min(found, key=lambda one: (_agreed(one), one.issue))
    others = [one.drawn["agreement"] for one in found if one is not least]
    sure = np.all([least.drawn["agreement"] <= drawn for drawn in others], axis=0) if others else np.ones(1)
    return least, float(np.mean(sure))


def _agreed(one: Alike) -> float:
    agreement = one.values["agreement"]
    return 1.0 if agreement is None else agreement.value


def change(before: Alike, after: Alike) -> dict[str, Estimate | None]:
    """By measure, how much more alike they vote in the later span than in the earlier one; other roll calls."""
    found: dict[str, Estimate | None] = {}
    for name in TOLD:
        then, now = before.values[name], after.values[name]
        value = None if then is None or now is None else now.value - then.value
        found[name] = estimate_of(value, after.drawn[name] - before.drawn[name], min(before.n, after.n), 0.9)
    return found


def _of(row: _Row, issue: str) -> bool:
    return issue == ALL or issue in row["issues"].split("|")


def _cast(figures: PairFigures, sessions: Iterable[int], issue: str) -> tuple[int, tuple[_Array, _Array]]:
    """Contested roll calls of the sessions, and what each of the two chose on them, (3,)."""
    there = set(sessions)
    calls: dict[tuple[int, str], int] = {}
    chosen = (np.zeros(3), np.zeros(3))
    for row in figures.cast:
        if row["session"] in there and _of(row, issue):
            calls[row["session"], row["issues"]] = row["calls"]
            chosen[figures.pair.index(row["country"])][:] += [row[name] for name in CHOICES]
    return sum(calls.values()), chosen


def _plain(table: _Array) -> dict[str, float | None]:
    return {name: None if np.isnan(x) else float(x) for name, x in measures_of(table).items()}


def _place(found: Estimate, quantiles: Sequence[float], pairs: int) -> Estimate:
    """Share of all pairs that lie under a value, equals counted half, read off the percentiles to one in a hundred."""
    known = np.asarray(quantiles)
    grid = np.linspace(0, 1, len(known))

    def under(x: float) -> float:
        low, high = np.searchsorted(known, x, "left"), np.searchsorted(known, x, "right")
        if high > low:
            return round(float((grid[low] + grid[high - 1]) / 2), 2)
        return round(float(np.interp(x, known, grid)), 2)

    return Estimate(under(found.value), under(found.low), under(found.high), pairs, found.level)
