"""Do two countries' ways of dealing with a third one come closer, and what follows over years?

The distance of two mixes of means is the Jensen-Shannon divergence in bits: 0 where both reach for the same means
equally often, 1 where nothing is in common. A count of few acts makes mixes look apart; the jackknife over blocks of
periods takes most of that away, and gives the error. Both sides of a block are left out together, for what happens in
a month moves both; blocks that resemble their neighbours widen the error. Source: Lin (1991), IEEE Trans. Inf. Theory
37(1); Efron & Stein (1981), Ann. Statist. 9(3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.models.intervals import Estimate

__all__ = [
    "FEWEST_ACTS",
    "FEWEST_BLOCKS",
    "YEARS",
    "Convergence",
    "Followed",
    "convergence",
    "distance",
    "followed",
    "lasting",
]

FEWEST_ACTS = 60
"""Acts of either side in a stretch, below which its mix is not compared."""

FEWEST_BLOCKS = 6
"""Blocks of periods that a stretch needs."""

YEARS = 20
"""Pairs of a year and the next, below which "what followed" is too short to tell."""

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Convergence:
    """How far apart two mixes were in two stretches of time.

    Args:
        early, late: distance in each stretch, bits.
        change: late minus early, bits; below 0 is closer.
        p: two-sided, of no change.
    """

    early: Estimate
    late: Estimate
    change: Estimate
    p: float


@dataclass(frozen=True, slots=True)
class Followed:
    """How a year's distance goes with the pair's conflictual share in the next.

    Args:
        effect: change of that share per bit of distance, given the share of the year itself.
        p: from moving one series against the other in time.
        years: pairs of years used.
    """

    effect: Estimate
    p: float
    years: int


def divergence(a: Array | Counts, b: Array | Counts) -> float:
    """Jensen-Shannon divergence of two mixes in bits; not corrected for few acts.

    Args:
        a, b: counts by means, shape (means,), each with a sum above 0.
    """
    p, q = a / a.sum(), b / b.sum()
    m = (p + q) / 2
    return float(sum(0.5 * np.sum(x[x > 0] * np.log2(x[x > 0] / m[x > 0])) for x in (p, q)))


def distance(a: Counts, b: Counts, *, block: int, level: float = 0.95) -> Estimate | None:
    """Distance of two mixes over a stretch of time, by jackknife; None with too few acts or blocks.

    Args:
        a, b: counts of either side by period and means, shape (periods, means).
        block: periods left out together.
        level: coverage the interval aims at.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> a, b = rng.multinomial(20, [0.8, 0.2], 24), rng.multinomial(20, [0.5, 0.5], 24)
        >>> found = distance(a, b, block=3)
        >>> found.low < 0.0729 < found.high
        True
    """
    found = _jackknife(a, b, block)
    if found is None:
        return None
    value, error, blocks = found
    reach = float(student.ppf((1 + level) / 2, blocks - 1)) * error
    return Estimate(max(0.0, value), max(0.0, value - reach), min(1.0, value + reach), int(a.sum() + b.sum()), level)


def convergence(a: Counts, b: Counts, *, block: int, level: float = 0.95) -> Convergence | None:
    """The distance in the second half of a span against the first.

    The halves are fixed by the span, not chosen by what they show.

    Args:
        a, b: counts of either side by period and means, in order of time, shape (periods, means).
        block: periods left out together.
        level: coverage of the intervals.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> a = rng.multinomial(30, [0.8, 0.2], 96)
        >>> b = np.concatenate([rng.multinomial(30, [0.4, 0.6], 48), rng.multinomial(30, [0.8, 0.2], 48)])
        >>> convergence(a, b, block=3).change.high < 0
        True
    """
    half = len(a) // 2
    stretches = [_jackknife(a[part], b[part], block) for part in (slice(0, half), slice(half, None))]
    told = [distance(a[part], b[part], block=block, level=level) for part in (slice(0, half), slice(half, None))]
    if stretches[0] is None or stretches[1] is None or told[0] is None or told[1] is None:
        return None
    (first, e1, m1), (second, e2, m2) = stretches[0], stretches[1]
    value, error, df = second - first, float(np.hypot(e1, e2)), m1 + m2 - 2
    reach = float(student.ppf((1 + level) / 2, df)) * error
    p = float(2 * student.sf(abs(value) / error, df)) if error > 0 else 1.0
    change = Estimate(value, value - reach, value + reach, told[0].n + told[1].n, level)
    return Convergence(told[0], told[1], change, p)


def lasting(pulls: Sequence[Array]) -> float:
    """By how much blocks that resemble their neighbours widen a variance: 1 where they do not.

    Args:
        pulls: by stretch, how far each block in turn pulls the figure, centred, in order of time.

    Example:
        >>> lasting([np.array([1.0, -1, 1, -1])]), lasting([np.array([1.0, 1, 1, -1, -1, -1])]) > 1.5
        (1.0, True)
    """
    square = sum(float(x @ x) for x in pulls)
    if square <= 0:
        return 1.0
    correlation = sum(float(x[1:] @ x[:-1]) for x in pulls) / square
    correlation += len(pulls) / sum(len(x) for x in pulls)  # a short stretch tells it too low
    return float((1 + (r := min(max(correlation, 0.0), 0.6))) / (1 - r))


def _jackknife(a: Counts, b: Counts, block: int) -> tuple[float, float, int] | None:
    """Corrected divergence, its error, and the number of blocks; None where there is too little."""
    blocks = len(a) // block
    if blocks < FEWEST_BLOCKS or min(a.sum(), b.sum()) < FEWEST_ACTS:
        return None
    part = np.minimum(np.arange(len(a)) // block, blocks - 1)
    sums = [np.stack([side[part == i].sum(axis=0) for i in range(blocks)]).astype(float) for side in (a, b)]
    totals = [s.sum(axis=0) for s in sums]
    if any(np.any(t.sum() - s.sum(axis=1) <= 0) for t, s in zip(totals, sums, strict=True)):
        return None
    whole = divergence(totals[0], totals[1])
    without = np.array([divergence(totals[0] - x, totals[1] - y) for x, y in zip(*sums, strict=True)])
    value = blocks * whole - (blocks - 1) * float(without.mean())
    pulls = without - without.mean()
    error = float(np.sqrt((blocks - 1) / blocks * np.sum(pulls**2) * lasting([pulls])))
    return value, error, blocks


def followed(distances: Array, shares: Array, *, level: float = 0.95) -> Followed | None:
    """Whether a year in which the mixes lie closer is followed by one with a lower conflictual share.

    The share of the next year is regressed on the distance and the share of this one. Years follow each other, so
    the p-value does not come from counting them as independent: one series is moved against the other by every
    number of years, ends joined.

    Args:
        distances: by year, shape (years,); NaN where a year cannot tell.
        shares: the pair's conflictual share by year, shape (years,); NaN likewise.
        level: coverage of the interval.

    Returns:
        None with fewer than ``YEARS`` pairs of years.

    Example:
        >>> followed(np.linspace(0.1, 0, 11), np.linspace(0.4, 0.2, 11)) is None
        True
    """
    years = np.arange(len(shares) - 1)
    usable = np.isfinite(distances[years]) & np.isfinite(shares[years]) & np.isfinite(shares[years + 1])
    if usable.sum() < YEARS:
        return None
    d, now, after = distances[:-1][usable], shares[:-1][usable], shares[1:][usable]
    n = len(d)
    moved = np.array([_slope(np.roll(d, i), now, after) for i in range(n)])
    t = np.abs(moved[:, 0] / np.where(moved[:, 1] > 0, moved[:, 1], np.inf))
    p = float(np.mean(t >= t[0] - 1e-12))
    value, error = moved[0]
    reach = float(student.ppf((1 + level) / 2, n - 3)) * error
    return Followed(Estimate(value, value - reach, value + reach, n, level), p, n)


def _slope(d: Array, now: Array, after: Array) -> tuple[float, float]:
    x = np.column_stack([d, now, np.ones(len(d))])
    inverse = np.linalg.pinv(x.T @ x)
    beta = inverse @ x.T @ after
    left = after - x @ beta
    return float(beta[0]), float(np.sqrt(max(0.0, left @ left / (len(d) - 3) * inverse[0, 0])))
