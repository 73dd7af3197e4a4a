"""The fit of the ideal points: roll calls and positions in turn by Newton steps, sped up by Anderson's method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.models._ordinal_votes import Group, over_items, over_places

__all__ = ["FARTHEST", "REACH", "Chain", "Fit", "fit"]

_Array = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]
REACH = 7.0  # cut points lie between -7 and 7
FARTHEST = 5.0  # of a position, as in the published program
_MEMORY = 8


@dataclass(frozen=True, slots=True)
class Chain:
    """Which position each one starts from, and how far it may move.

    Args:
        before: row of the same member's last session, -1 for none, (n_places,).
        variance: of the step from there, (n_places,).
        by_session: rows of each session in order.
        first: rows of first sessions, which take the second as their centre.
        second: rows of these second sessions.
    """

    before: _Ints
    variance: _Array
    by_session: tuple[_Ints, ...]
    first: _Ints
    second: _Ints


@dataclass(frozen=True, slots=True)
class Fit:
    """Positions (n_places,), items (n_items, 3), variance of both, and how it went."""

    position: _Array
    variance: _Array
    items: _Array
    spread: _Array
    steps: int
    last_change: float

    def turned(self, sign: float) -> Fit:
        """The same with the ends of the line exchanged where ``sign`` is -1."""
        turn = np.array([sign, 1.0, 1.0])
        spread = self.spread * np.outer(turn, turn)
        return Fit(sign * self.position, self.variance, self.items * turn, spread, self.steps, self.last_change)


def fit(
    groups: Sequence[Group],
    chain: Chain,
    position: _Array,
    items: _Array,
    *,
    bound: float,
    tolerance: float,
    most: int,
) -> Fit:
    """Repeat until no position moves by more than ``tolerance`` in root mean square, at most ``most`` times."""
    variance, spread = np.full(len(position), 0.02), np.zeros((len(items), 3, 3))
    past: list[tuple[_Array, _Array]] = []
    change, steps = np.inf, 0
    while change >= tolerance and steps < most:
        steps += 1
        items, spread = _better_items(groups, items, position, (spread[:, 0, 0], variance), bound)
        moved, variance = _better_positions(groups, chain, items, position, variance, spread, bound)
        change = float(np.sqrt(np.mean((moved - position) ** 2)))
        past = [*past[-_MEMORY:], (position, moved)]
        position = _mixed(past) if change < 0.01 else moved
    return Fit(moved, variance, items, spread, steps, change)


def _better_items(
    groups: Sequence[Group], items: _Array, position: _Array, doubt: tuple[_Array, _Array], bound: float
) -> tuple[_Array, _Array]:
    """One Newton step of slopes and cut points, and their covariance.

    Cut points have a flat prior between -7 and 7 in order. What is looked for is the highest point on the scale of the
    logarithms of the three gaps, which lies inside where nobody abstained or nobody said no.
    """
    gradient, curve = over_items(groups, items, position, doubt, bound=bound)
    gradient[:, 0] -= items[:, 0]
    curve[:, 0, 0] += 1
    low, gap, high = items[:, 1] + REACH, items[:, 2] - items[:, 1], REACH - items[:, 2]
    gradient[:, 1] += 1 / low - 1 / gap
    gradient[:, 2] += 1 / gap - 1 / high
    curve[:, 1, 1] += 1 / low**2 + 1 / gap**2
    curve[:, 2, 2] += 1 / high**2 + 1 / gap**2
    curve[:, 1, 2] -= 1 / gap**2
    curve[:, 2, 1] -= 1 / gap**2
    spread = np.linalg.inv(curve)
    step = np.einsum("ijk,ik->ij", spread, gradient)
    step /= np.maximum(np.abs(step).max(axis=1, keepdims=True) / 2, 1)
    shrink = np.maximum.reduce([-step[:, 1] / low, (step[:, 1] - step[:, 2]) / gap, step[:, 2] / high])
    shorter = np.minimum(1, 0.8 / np.maximum(shrink, 0.1))
    return items + step * shorter[:, None], np.asarray(spread, dtype=np.float64)


def _better_positions(
    groups: Sequence[Group],
    chain: Chain,
    items: _Array,
    position: _Array,
    variance: _Array,
    spread: _Array,
    bound: float,
) -> tuple[_Array, _Array]:
    """One Newton step of all positions, each drawn toward the same member's session before, then standardised."""
    gradient, curve = over_places(groups, items, position, variance, spread, bound=bound)
    step = np.clip(gradient / np.maximum(curve, 1e-3), -1, 1)
    target = (curve * (position + step)) * chain.variance
    total = curve * chain.variance + 1
    moved = position.copy()
    for rows in chain.by_session:
        centre = np.where(chain.before[rows] >= 0, moved[chain.before[rows]], 0.0)
        moved[rows] = (target[rows] + centre) / total[rows]
    moved[chain.first] = (target[chain.first] + moved[chain.second]) / total[chain.first]
    known = chain.variance / total
    scale = np.sqrt(moved.var() + known.mean())
    return np.clip((moved - moved.mean()) / scale, -FARTHEST, FARTHEST), known / scale**2


def _mixed(past: Sequence[tuple[_Array, _Array]]) -> _Array:
    """Anderson's mix of the steps taken so far: the one that would have moved least."""
    went = np.array([after - before for before, after in past])
    latest = past[-1][1]
    if len(past) < 3:
        return latest
    steps = np.diff(went, axis=0)
    square = steps @ steps.T
    square[np.diag_indices_from(square)] *= 1 + 1e-8
    share = np.linalg.solve(square, steps @ went[-1])
    return np.asarray(latest - share @ np.diff(np.array([after for _, after in past]), axis=0))
