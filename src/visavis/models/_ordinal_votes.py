"""Derivatives of the chance of a yes, an abstention or a no, ballot by ballot, summed over roll calls or positions.

A ballot says yes below the first cut point, abstains up to the second and says no above: with x = slope * position, the
chances are F(g1 - x), F(g2 - x) - F(g1 - x) and 1 - F(g2 - x) for the normal distribution F.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.special import log_ndtr, ndtr

__all__ = ["Group", "Pull", "cast", "groups_of", "over_items", "over_places", "pulls"]

_Array = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]
_LOW, _HIGH, _PER_UNIT = -60.0, 12.0, 200
_NEAR = 6.0  # of the bound: nearer than this, some latent votes lie beyond it
_AT = np.arange(_LOW * _PER_UNIT, _HIGH * _PER_UNIT + 2) / _PER_UNIT
_MILLS = np.exp(-0.5 * _AT**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(_AT))
_BEND = _MILLS * (_MILLS + _AT)


@dataclass(frozen=True, slots=True)
class Group:
    """All ballots of one choice, sorted by item.

    Args:
        choice: 1 yes, 2 abstain, 3 no.
        item: row among the items, (n_ballots,).
        place: row among the positions, (n_ballots,).
        starts: where each item's ballots start, (n_items + 1,).
        shape: numbers of items and positions.
    """

    choice: int
    item: _Ints
    place: _Ints
    starts: _Ints
    shape: tuple[int, int]

    def sums(self, values: _Array) -> csr_array:
        """The values as a sparse table of items by positions."""
        return csr_array((values, self.place, self.starts), shape=self.shape)


@dataclass(frozen=True, slots=True)
class Pull:
    """First and second derivatives of the log-likelihood, one of each a ballot, (n_ballots,).

    ``score`` is by x; ``weight`` is minus the second derivative by x; ``first`` and ``second`` are the mixed ones by x
    and a cut point; ``cuts`` are the gradients by the cut points and minus their second derivatives, where a group
    needs more than ``score`` and ``weight``.
    """

    score: _Array
    weight: _Array
    first: _Array | None
    second: _Array | None
    cuts: tuple[_Array, ...] = ()


def groups_of(item: _Ints, place: _Ints, choice: _Ints, *, shape: tuple[int, int]) -> tuple[Group, ...]:
    """Ballots, each (n_ballots,), dealt to the three choices."""
    order = np.argsort(item, kind="stable")
    out = []
    for kind in (1, 2, 3):
        rows = order[choice[order] == kind]
        starts = np.concatenate([[0], np.cumsum(np.bincount(item[rows], minlength=shape[0]))])
        out.append(Group(kind, item[rows], place[rows].astype(np.int32), starts.astype(np.int32), shape))
    return tuple(out)


def cast(groups: Sequence[Group]) -> csr_array:
    """How many ballots each item has of each position."""
    first, *others = (group.sums(np.ones(len(group.item))) for group in groups)
    for other in others:
        first = first + other
    return csr_array(first)


def pulls(group: Group, items: _Array, position: _Array, doubt: tuple[_Array, _Array], bound: float) -> Pull:
    """Derivatives at items (n_items, 3) of slope and cut points, and positions (n_places,); latent votes in bound.

    ``doubt`` is the variance of slopes and of positions, (n_items,) and (n_places,).
    """
    slope, low, high = (np.repeat(items[:, k], np.diff(group.starts)) for k in range(3))
    x = slope * position[group.place]
    if group.choice == 2:
        return _between(low - x, high - x)
    side = 1.0 if group.choice == 3 else -1.0
    at = x - high if group.choice == 3 else low - x
    score, weight = _mills(at)
    first, second = (weight, None) if group.choice == 1 else (None, weight)
    pull = Pull(side * score, weight, first, second, (-side * score, weight))
    far = np.flatnonzero(side * x > bound - _NEAR)
    if not far.size:
        return pull
    loose, unsure = doubt[0][group.item[far]], doubt[1][group.place[far]]
    spread = 1 + loose * position[group.place[far]] ** 2 + unsure * slope[far] ** 2 + loose * unsure
    return _held_back(pull, far, side * x[far] - bound, np.sqrt(spread), side)


def _held_back(pull: Pull, far: _Ints, beyond: _Array, spread: _Array, side: float) -> Pull:
    """With latent votes cut off at the bound, as the published program does: their mean is moved back by the excess.

    How far votes reach beyond the bound is averaged over what is not known of slope and position as well.
    """
    scaled = beyond / spread
    share = ndtr(scaled)
    excess = spread * (np.exp(-0.5 * scaled**2) / np.sqrt(2 * np.pi) + scaled * share)
    score, weight = pull.score.copy(), pull.weight.copy()
    score[far] -= side * excess
    weight[far] += share
    return Pull(score, weight, pull.first, pull.second, pull.cuts)


def _mills(at: _Array) -> tuple[_Array, _Array]:
    """Density over distribution of the normal, and minus its slope, by linear interpolation (error under 1e-5)."""
    scaled = np.clip((at - _LOW) * _PER_UNIT, 0, len(_AT) - 2.001)
    index = scaled.astype(np.int32)
    part = scaled - index
    value, bend = _MILLS[index], _BEND[index]
    return value + part * (_MILLS[index + 1] - value), bend + part * (_BEND[index + 1] - bend)


def _between(low: _Array, high: _Array) -> Pull:
    """Derivatives of the log chance of an abstention at cut points relative to x."""
    flip = low > 0
    below, above = np.where(flip, -high, low), np.where(flip, -low, high)
    chance = np.maximum(ndtr(above) - ndtr(below), 1e-280)
    root = 1 / (chance * np.sqrt(2 * np.pi))
    at_low, at_high = np.exp(-0.5 * low**2) * root, np.exp(-0.5 * high**2) * root
    by_low, by_high = at_low**2 - low * at_low, at_high**2 + high * at_high  # minus second derivatives
    cross = -at_low * at_high
    first, second = by_low + cross, by_high + cross
    score, weight = at_low - at_high, np.maximum(first + second, 1e-9)
    return Pull(score, weight, first, second, (-at_low, at_high, by_low, cross, by_high))


def over_items(
    groups: Sequence[Group], items: _Array, position: _Array, doubt: tuple[_Array, _Array], *, bound: float
) -> tuple[_Array, _Array]:
    """Gradient (n_items, 3) and minus the Hessian (n_items, 3, 3) of the ballots by slope and cut points.

    ``doubt`` is the variance of slopes and of positions, (n_items,) and (n_places,).
    """
    variance = doubt[1]
    n = len(items)
    gradient, curve = np.zeros((n, 3)), np.zeros((n, 3, 3))
    ones = np.ones_like(position)
    squares = np.column_stack([position**2 + variance, variance])
    for group in groups:
        pull = pulls(group, items, position, doubt, bound)
        by_square = group.sums(pull.weight) @ squares
        gradient[:, 0] += group.sums(pull.score) @ position - items[:, 0] * by_square[:, 1]
        curve[:, 0, 0] += by_square[:, 0]
        for k, mixed in ((1, pull.first), (2, pull.second)):
            if mixed is not None:
                curve[:, 0, k] -= group.sums(mixed) @ position
        _add_cuts(gradient, curve, group, pull, ones)
    curve[:, 1, 0], curve[:, 2, 0], curve[:, 2, 1] = curve[:, 0, 1], curve[:, 0, 2], curve[:, 1, 2]
    return gradient, curve


def _add_cuts(gradient: _Array, curve: _Array, group: Group, pull: Pull, ones: _Array) -> None:
    def total(values: _Array) -> _Array:
        return np.asarray(group.sums(values) @ ones)

    if group.choice == 2:
        gradient[:, 1] += total(pull.cuts[0])
        gradient[:, 2] += total(pull.cuts[1])
        curve[:, 1, 1] += total(pull.cuts[2])
        curve[:, 1, 2] += total(pull.cuts[3])
        curve[:, 2, 2] += total(pull.cuts[4])
    else:
        k = 1 if group.choice == 1 else 2
        gradient[:, k] += total(pull.cuts[0])
        curve[:, k, k] += total(pull.cuts[1])


def over_places(
    groups: Sequence[Group], items: _Array, position: _Array, variance: _Array, spread: _Array, *, bound: float
) -> tuple[_Array, _Array]:
    """Gradient and minus the second derivative by each position, (n_places,), items known up to ``spread``.

    ``variance`` is of the positions, (n_places,); ``spread`` is (n_items, 3, 3), the covariance of each item's slope
    and cut points.
    """
    gradient, curve = np.zeros(len(position)), np.zeros(len(position))
    slope, loose = items[:, 0], spread[:, 0, 0]
    squares = np.column_stack([slope**2 + loose, loose])
    for group in groups:
        pull = pulls(group, items, position, (loose, variance), bound)
        by_square = group.sums(pull.weight).T @ squares
        gradient += group.sums(pull.score).T @ slope - position * by_square[:, 1]
        curve += by_square[:, 0]
        for k, mixed in ((1, pull.first), (2, pull.second)):
            if mixed is not None:
                gradient += group.sums(mixed).T @ spread[:, 0, k]
    return gradient, curve
