"""Do two sides reach for the same means? How far their mixes are apart, in which means, and whether by chance.

The distance is the Jensen-Shannon divergence in bits: 0 where the mixes are the same, 1 where they have nothing in
common. Computed plainly it is too high, the more so the fewer the acts; so it is corrected by leaving out one block of
time at a time. Whether there is any difference at all is asked apart from that, by exchanging blocks of time between
the sides. Sources: Lin (1991), IEEE Transactions on Information Theory 37(1); Quenouille (1956), Biometrika 43;
Chung and Romano (2013), Annals of Statistics 41(2), on why a permuted statistic is to be studentised.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models._left_out import left_out, longer_blocks
from visavis.models.intervals import Estimate

__all__ = ["MixGap", "Trend", "compare_mixes", "divergence", "exchanged", "trend"]

_Array = npt.NDArray[np.float64]
_AT_ONCE = 100  # permutations held in memory
_ENOUGH = 50  # as many differences as large, and it is chance: Besag and Clifford (1991), Biometrika 78(2)


@dataclass(frozen=True, slots=True)
class MixGap:
    """How far two mixes are apart.

    Args:
        divergence: Jensen-Shannon divergence in bits, corrected, 0 to 1; None where leaving out one block leaves a
            side without acts.
        parts: what each class adds to it, in bits, corrected, (K,).
        p: how often exchanging blocks gives a difference at least as large, within the same months.
        n: acts of either side.
    """

    divergence: Estimate | None
    parts: tuple[Estimate, ...]
    p: float
    n: tuple[int, int]


def divergence(p: npt.ArrayLike, q: npt.ArrayLike) -> _Array:
    """Jensen-Shannon divergence of two mixes, in bits, by class: (..., K); their sum is the divergence.

    No part is below 0. Plain: too high for few acts, by about (K - 1) / (8 ln 2) * (1 / n1 + 1 / n2).

    Example:
        >>> divergence([1.0, 0.0], [0.0, 1.0]).tolist(), float(divergence([0.3, 0.7], [0.3, 0.7]).sum())
        ([0.5, 0.5], 0.0)
    """
    first, second = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    middle = (first + second) / 2
    parts = [
        np.where(one > 0, one * np.log2(np.where(one > 0, one, 1) / np.where(middle > 0, middle, 1)), 0.0)
        for one in (first, second)
    ]
    return np.asarray((parts[0] + parts[1]) / 2)


def compare_mixes(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    strata: npt.ArrayLike,
    *,
    seed: int,
    permutations: int = 999,
    level: float = 0.9,
) -> MixGap:
    """Compare what two sides did, class by class.

    Args:
        a: acts of the first side by block of time and class, (blocks, K).
        b: acts of the second side in the same blocks.
        strata: which month a block lies in, (blocks,).
        seed, permutations: of the test, and how many.
        level: coverage of the intervals.

    Raises:
        UsageError: the arrays do not match, or a side has no acts.

    Example:
        >>> week = np.tile([8, 2], (40, 1))
        >>> round(compare_mixes(week, week[:, ::-1], np.arange(40) // 4, seed=1).divergence.value, 2)
        0.28
    """
    first, second = (np.asarray(one, dtype=np.int64) for one in (a, b))
    months = np.unique(np.asarray(strata), return_inverse=True)[1]
    if first.ndim != 2 or first.shape != second.shape or len(months) != len(first):
        raise UsageError(f"Two sides of {first.shape} and {second.shape} in {len(months)} blocks do not match.")
    n = (int(first.sum()), int(second.sum()))
    if min(n) == 0:
        raise UsageError(f"A side without acts has no mix; the sides have {n[0]} and {n[1]}.")
    classes = first.shape[1]
    found = left_out(_whole_and_parts, longer_blocks(np.hstack([first, second]), months))
    p = exchanged(first, second, months, seed=seed, permutations=permutations)
    if found is None:
        return MixGap(None, (), p, n)
    whole = found.estimate(0, sum(n), level=level, low=0.0, high=1.0)
    return MixGap(whole, tuple(found.estimate(k + 1, sum(n), level=level) for k in range(classes)), p, n)


def _whole_and_parts(sums: _Array) -> _Array:
    """Divergence, then what each class adds to it, from sums of the first side's classes and of the second's.

    NaN where a side has no acts.
    """
    own, other = np.split(sums, 2, axis=-1)
    n = own.sum(axis=-1, keepdims=True), other.sum(axis=-1, keepdims=True)
    each = np.where(np.minimum(*n) > 0, divergence(own / n[0], other / n[1]), np.nan)
    return np.concatenate([each.sum(axis=-1, keepdims=True), each], axis=-1)


def exchanged(a: npt.ArrayLike, b: npt.ArrayLike, strata: npt.ArrayLike, *, seed: int, permutations: int) -> float:
    """How often two sides differ as much when blocks of a month are dealt to them anew: a p-value.

    What is compared are the sides' mixes in the same months, weighted as Mantel and Haenszel do, so that dealing with
    a third country at other times is no other mix. The squared distance is divided by its own variance: without that,
    a side with few acts is called different nearly a third of the time where there is no difference.

    Example:
        >>> week = np.array([[3, 1], [1, 2], [4, 0], [2, 2]] * 6)
        >>> exchanged(week, week[::-1], np.arange(24) // 4, seed=1, permutations=199) > 0.05
        True
    """
    sides = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    months = np.unique(np.asarray(strata), return_inverse=True)[1]
    order = np.argsort(np.concatenate([months, months]), kind="stable")
    blocks, places = _Blocks.of(np.concatenate(sides)[order]), np.concatenate([months, months])[order]
    starts = np.flatnonzero(np.r_[True, np.diff(places) > 0])
    first = np.flatnonzero(order < len(months)).astype(np.int64)  # places of the first side's blocks
    seen = float(blocks.apart(first[None], starts, np.arange(len(places))[None])[0])
    rng, at_least, done = np.random.default_rng(seed), 0, 0
    while done < permutations and at_least < _ENOUGH:
        size = min(_AT_ONCE, permutations - done)
        dealt = np.argsort(places + rng.random((size, len(places))), axis=1)
        new = blocks.apart(np.broadcast_to(first, (size, len(first))), starts, dealt)
        at_least += int((new >= seen * (1 - 1e-9)).sum())
        done += size
    return (1 + at_least) / (done + 1)


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Blocks of both sides by month, with what sums and variances need of each: counts, number, and their products."""

    columns: _Array
    classes: int

    @classmethod
    def of(cls, counts: _Array) -> _Blocks:
        n = counts.sum(axis=1, keepdims=True)
        square = (counts**2).sum(axis=1, keepdims=True)
        return cls(np.hstack([counts, n * counts, n, n**2, square, np.ones_like(n)]), counts.shape[1])

    def apart(self, first: npt.NDArray[np.int64], starts: npt.NDArray[np.intp], dealt: npt.NDArray[np.intp]) -> _Array:
        """Squared distance of the mixes in the same months over its variance, (R,).

        Args:
            first: places that hold the first side's blocks, (R, blocks).
            starts: where each month begins among all places.
            dealt: which block lies at which place, (R, 2 * blocks).
        """
        inside = np.zeros(dealt.shape, dtype=bool)
        np.put_along_axis(inside, first, True, axis=1)
        whole = np.add.reduceat(self.columns, starts, axis=0)
        own = np.add.reduceat(self.columns[dealt] * inside[..., None], starts, axis=1)
        return _studentised(own, whole - own, self.classes)


def _studentised(a: _Array, b: _Array, classes: int) -> _Array:
    """From sums by month, (R, months, columns): 0 where no month has acts of both sides."""
    n = [side[..., 2 * classes] for side in (a, b)]
    both = n[0] + n[1]
    weight = np.divide(n[0] * n[1], both, out=np.zeros_like(both), where=both > 0)
    total = weight.sum(axis=1, keepdims=True)
    weight = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    mixes = [side[..., :classes] / np.maximum(k, 1)[..., None] for side, k in zip((a, b), n, strict=True)]
    distance = ((weight[..., None] * (mixes[0] - mixes[1])).sum(axis=1) ** 2).sum(axis=-1)
    variance = np.zeros(len(a))
    for side, mix, k in zip((a, b), mixes, n, strict=True):
        cross = (mix * side[..., classes : 2 * classes]).sum(axis=-1)
        squares, blocks = side[..., 2 * classes + 2], side[..., 2 * classes + 3]
        spread = squares - 2 * cross + (mix**2).sum(axis=-1) * side[..., 2 * classes + 1]
        spread = np.maximum(spread, 0.0) * blocks / np.maximum(blocks - 1, 1)
        variance += (weight**2 * spread / np.maximum(k, 1) ** 2).sum(axis=1)
    nothing = np.where(distance > 1e-12, np.inf, 0.0)
    return np.asarray(np.divide(distance, variance, out=nothing, where=variance > 1e-15))


@dataclass(frozen=True, slots=True)
class Trend:
    """Whether two sides' mixes come closer from one span of time to the next.

    Args:
        spans: names of the spans, in order.
        divergences: of each span, corrected, in bits.
        slope: change of the divergence in one year, or whatever spans are counted in.
        p: of there being no such change, two-sided.
    """

    spans: tuple[str, ...]
    divergences: tuple[Estimate, ...]
    slope: Estimate
    p: float


def trend(a: npt.ArrayLike, b: npt.ArrayLike, spans: npt.ArrayLike, *, level: float = 0.9) -> Trend | None:
    """The divergence span by span and the straight line through it; None with fewer than three spans.

    The line's interval rests on how far spans lie from it or on how far blocks move each span, whichever is more.

    Args:
        a: acts of the first side by block of time and class, (blocks, K).
        b: acts of the second side in the same blocks.
        spans: the year, or other number, of the span that a block lies in, (blocks,).
        level: coverage of the intervals.

    Example:
        >>> talk, other = np.tile([8, 2], (40, 1)), np.array([[8 - i // 10, 2 + i // 10] for i in range(40)])
        >>> found = trend(talk, other, np.arange(40) // 10)
        >>> found.slope.low > 0
        True
    """
    first, second = (np.asarray(one, dtype=np.int64) for one in (a, b))
    names, inside = np.unique(np.asarray(spans), return_inverse=True)
    both = np.hstack([first, second])
    found = [
        (name, left_out(_whole_and_parts, both[inside == i]), int(both[inside == i].sum()))
        for i, name in enumerate(names)
    ]
    known = [(str(name), one, n) for name, one, n in found if one is not None]
    if len(known) < 3:
        return None
    at = np.array([name for name, one, _ in found if one is not None], dtype=np.float64)
    y, spread = (np.array(v) for v in zip(*[(o.corrected[0], o.se[0]) for _, o, _ in known], strict=True))
    off = at - at.mean()
    slope = float(off @ y / (off @ off))
    left = y - y.mean() - slope * off
    scatter = float(left @ left) / (len(y) - 2) / float(off @ off)
    sampling = float((off**2 * spread**2).sum()) / float(off @ off) ** 2
    se, df = max(scatter, sampling) ** 0.5, len(y) - 2
    reach, p = float(student.ppf((1 + level) / 2, df)) * se, float(2 * student.sf(abs(slope) / se, df)) if se else 0.0
    total = sum(n for _, _, n in known)
    each = tuple(one.estimate(0, n, level=level, low=0.0, high=1.0) for _, one, n in known)
    return Trend(tuple(n for n, _, _ in known), each, Estimate(slope, slope - reach, slope + reach, total, level), p)
