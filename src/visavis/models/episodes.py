"""How often paths like a stated one occurred between any two countries, how long they lasted, and what came after.

The rule is fixed beforehand: an episode begins where the acts of each side that the path names are, on the mean of as
many months as the path lasts, at least as many of the side's own usual swings above (or below) the twelve months before
as the path states. Episodes of a pair do not overlap. What came after is held against the pair's other months, given
what went before; errors are clustered by pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.models.intervals import Estimate

__all__ = ["AFTER", "BEFORE", "FEWEST", "Episode", "Episodes", "Rise", "episodes"]

BEFORE = 12
"""Months before an episode that it is held against."""
AFTER = (3, 6, 12)
FEWEST = 8
"""Pairs with an episode, below which nothing is said of what came after."""
_LEAST = 1.0  # mean acts a month of a side, below which a pair is not searched
_YEARS = 36
_LEVEL = 0.9
Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rise:
    """A part of the path: acts of a kind by one side of a pair.

    Args:
        side: 0 or 1.
        kind: 0 conflictual, 1 cooperative.
        swings: usual swings that they rise, or fall (below 0).
        months: for how long.
    """

    side: int
    kind: int
    swings: float
    months: int


@dataclass(frozen=True, slots=True)
class Episode:
    """A path like the stated one.

    Args:
        pair: which, as a row.
        swapped: whether the sides stand the other way round.
        start: its first month.
        lasted: months until half of the change was gone, or the record ended.
        ended: whether it was gone within the record.
    """

    pair: int
    swapped: bool
    start: int
    lasted: int
    ended: bool


@dataclass(frozen=True, slots=True)
class Episodes:
    """What was found.

    Args:
        found: by start.
        searched: pairs with enough acts.
        years: pair-years searched.
        after: for each of ``AFTER``, change of the conflictual share of both sides' acts beyond the pairs' other
            months; None where too few pairs had an episode.
    """

    found: tuple[Episode, ...]
    searched: int
    years: float
    after: tuple[Estimate | None, ...]


def episodes(acts: npt.NDArray[np.int64], known: Mask, rises: Sequence[Rise]) -> Episodes:
    """Search all pairs of a pool.

    Args:
        acts: conflictual, cooperative and all acts, shape (3, ways, months); the reverse of way ``w`` is ``w ^ 1``.
        known: whether a month is covered, shape (months,).
        rises: the path.
    """
    months = acts.shape[-1]
    volume = np.maximum(acts[2].sum(axis=0), 1)
    level = np.where(known, volume[known].mean() / volume if known.any() else np.nan, np.nan)
    rate: Array = np.asarray(acts[:2] * level, np.float64)
    one = all(Rise(1 - r.side, r.kind, r.swings, r.months) in rises for r in rises)
    turns = (False,) if one else (False, True)
    shares = _Shares.of(acts, known)
    length = max((rise.months for rise in rises), default=1)
    found: list[Episode] = []
    searched, looked = np.zeros(acts.shape[1] // 2, bool), 0
    for swapped in turns:
        size = _sizes(rate, rises, swapped)
        searched |= np.isfinite(size).any(axis=1)
        looked += int(np.isfinite(size).sum())
        for pair in np.flatnonzero((np.nan_to_num(size) >= 1).any(axis=1)):
            taken = [one.start for one in found if one.pair == pair]
            starts = [s for s in _apart(np.nan_to_num(size[pair]), length) if all(abs(s - t) >= length for t in taken)]
            found += [Episode(int(pair), swapped, at, *_lasted(rate, rises, int(pair), swapped, at)) for at in starts]
    after = tuple(_after(shares, found, searched, length, h) for h in AFTER) if months else (None,) * len(AFTER)
    order = sorted(found, key=lambda e: (e.start, e.pair, e.swapped))
    return Episodes(tuple(order), int(searched.sum()), looked / 12 / len(turns), after)


def _sizes(rate: Array, rises: Sequence[Rise], swapped: bool) -> Array:
    """How large a change begins in each month, against that of the path: 1 or more is an episode; (pairs, months).

    It is the least of the path's parts; NaN where it cannot be told.
    """
    size = np.full((rate.shape[1] // 2, rate.shape[2]), np.inf)
    for rise in rises:
        series = rate[rise.kind, (rise.side ^ int(swapped)) :: 2]
        before, ahead = _mean_before(series, BEFORE), _mean_ahead(series, rise.months)
        swing = np.sqrt(np.maximum(_mean_before(series**2, _YEARS) - _mean_before(series, _YEARS) ** 2, 0.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            change = (ahead - before) / (rise.swings * swing)
            size = np.minimum(size, np.where((before >= _LEAST) & (swing > 0), change, np.nan))
    return size


def _mean_before(series: Array, size: int) -> Array:
    """Mean of the months before each; NaN where not all are known (of three years, two thirds suffice)."""
    least = size if size <= BEFORE else 2 * size // 3
    there = np.isfinite(series)
    sums, counts = (_running(part, size) for part in (np.where(there, series, 0.0), there.astype(float)))
    made = np.full(series.shape, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        made[:, 1:] = np.where(counts >= least, sums / counts, np.nan)[:, :-1]
    return made


def _running(series: Array, size: int) -> Array:
    """Sum of the last ``size`` months, that month included; fewer at the start."""
    total = np.cumsum(series, axis=1)
    total[:, size:] -= total[:, :-size].copy()
    return total


def _mean_ahead(series: Array, size: int) -> Array:
    """Mean of a month and those after it; NaN where not all are known."""
    made = np.full(series.shape, np.nan)
    if series.shape[1] >= size:
        made[:, : series.shape[1] - size + 1] = np.lib.stride_tricks.sliding_window_view(series, size, axis=1).mean(-1)
    return made


def _apart(size: Array, length: int) -> list[int]:
    """First months of episodes that do not overlap: of those that would, the one with the largest change."""
    made: list[int] = []
    at = 0
    while at < len(size):
        if size[at] >= 1:
            best = at + int(np.argmax(size[at : at + length]))
            made.append(best)
            at = best + length
        else:
            at += 1
    return made


def _lasted(rate: Array, rises: Sequence[Rise], pair: int, swapped: bool, start: int) -> tuple[int, bool]:
    """Months until the mean of three is back by half the change, on the side where it comes first."""
    months = rate.shape[2]
    ends = []
    for rise in rises:
        series = rate[rise.kind, 2 * pair + (rise.side ^ int(swapped))]
        before, there = series[start - BEFORE : start].mean(), series[start : start + rise.months].mean()
        half, sign = (before + there) / 2, np.sign(rise.swings)
        gone = months
        for t in range(start + 1, months - 2):
            window = series[t : t + 3]
            if np.isfinite(window).all() and (window.mean() - half) * sign < 0:
                gone = t
                break
        ends.append(gone)
    first = min(ends)
    return first - start, first < months


@dataclass(frozen=True, slots=True)
class _Shares:
    """Running sums of conflictual and all acts of each pair, both ways, and of known months."""

    k: Array
    n: Array
    known: Array

    @classmethod
    def of(cls, acts: npt.NDArray[np.int64], known: Mask) -> _Shares:
        both = (acts[:, ::2] + acts[:, 1::2]) * known
        sums = np.concatenate([np.zeros((3, both.shape[1], 1)), np.cumsum(both, axis=2)], axis=2)
        return cls(sums[0], sums[2], np.concatenate([[0], np.cumsum(known)]))

    def between(self, low: npt.NDArray[np.int64], high: npt.NDArray[np.int64]) -> tuple[Array, Array]:
        """Share and acts of months from ``low`` to before ``high``, (pairs, len); NaN where not all are known."""
        k, n = self.k[:, high] - self.k[:, low], self.n[:, high] - self.n[:, low]
        whole = (self.known[high] - self.known[low] == high - low) & (n > 0)
        return np.divide(k, n, out=np.full(k.shape, np.nan), where=whole), n


def _after(shares: _Shares, found: Sequence[Episode], searched: Mask, length: int, ahead: int) -> Estimate | None:
    """Change of the conflictual share after an episode, beyond other months of the pairs with the same before."""
    months = shares.k.shape[1] - 1
    at = np.arange(BEFORE, months - length - ahead + 1)
    if not len(at):
        return None
    before, n = shares.between(at - BEFORE, at)
    after, m = shares.between(at + length, at + length + ahead)
    dummy, near = np.zeros(before.shape), np.zeros(before.shape, bool)
    for one in found:
        near[one.pair, max(0, one.start - 2 * length - BEFORE) : max(0, one.start - BEFORE + length + 2 * ahead)] = True
        if BEFORE <= one.start < BEFORE + len(at):
            dummy[one.pair, one.start - BEFORE] = 1.0
    use = np.isfinite(before) & np.isfinite(after) & searched[:, None] & (~near | (dummy > 0))
    if np.count_nonzero((dummy * use).any(axis=1)) < FEWEST:
        return None
    weight = np.where(use, 1 / (1 / np.maximum(n, 1) + 1 / np.maximum(m, 1) + 0.02), 0.0)
    return _slope(np.where(use, after, 0.0), [dummy, np.where(use, before, 0.0)], weight, int((dummy * use).sum()))


def _slope(y: Array, regressors: Sequence[Array], weight: Array, n: int) -> Estimate | None:
    """Coefficient of the first regressor, each pair at its own level, with errors clustered by pair."""

    def apart(values: Array) -> Array:
        total = weight.sum(axis=1, keepdims=True)
        mean = (values * weight).sum(axis=1, keepdims=True) / np.maximum(total, 1e-12)
        return np.asarray(values - mean)

    x, out = np.stack([apart(one) for one in regressors], axis=-1), apart(y)
    inverse = np.linalg.pinv(np.einsum("pt,pta,ptb->ab", weight, x, x))
    slope = inverse @ np.einsum("pt,pta,pt->a", weight, x, out)
    scores = np.einsum("pt,pta,pt->pa", weight, x, out - x @ slope)
    pairs = int(np.count_nonzero((regressors[0] * (weight > 0)).any(axis=1)))
    if pairs < FEWEST:
        return None
    error = float(np.sqrt((inverse @ (scores.T @ scores) @ inverse)[0, 0] * pairs / (pairs - 1)))
    reach = float(student.ppf((1 + _LEVEL) / 2, pairs - 1)) * error
    return Estimate(float(slope[0]), float(slope[0]) - reach, float(slope[0]) + reach, n, _LEVEL)
