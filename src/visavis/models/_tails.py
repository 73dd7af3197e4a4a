"""What the past leads one to expect of one more period: predictive distributions of a count and of a share.

Each is a mixture over how much such counts scatter, because a short past does not tell that well; leaving this out
makes intervals too narrow. Shared by the models that ask whether a period is unusual.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaln, gammaincinv, gammaln

__all__ = ["AtMost", "change_chances", "count_chances", "share_chances", "smallest"]

_Array = npt.NDArray[np.float64]
AtMost = Callable[[int], float]
_GRID = (np.arange(16) + 0.5) / 16


def count_chances(counts: _Array, exposure: _Array, weights: _Array, now: float) -> tuple[float, AtMost]:
    """Expected count at exposure ``now``, and the chance of at most so many.

    Negative binomial whose mean is proportional to exposure and whose variance is a multiple of the mean.

    Args:
        counts: past counts, (n,).
        exposure: what they are counted against, (n,), each above 0.
        weights: weight of each past period, (n,).
        now: exposure of the period in question.
    """
    total = weights @ exposure
    rate = (weights @ counts + 0.5) / total
    scatter = (counts - rate * exposure) ** 2 / (rate * exposure)
    ratios = np.maximum(_scatter_grid(scatter, weights), 1.02)
    mean = rate * now
    ratios = ratios * (1 + now * (weights**2 @ exposure) / total**2)
    size, below = mean / (ratios - 1), 1 / ratios
    return float(mean), lambda k: float(betainc(size, k + 1.0, below).mean())


def share_chances(k: _Array, n: _Array, weights: _Array, now: int) -> tuple[float, AtMost]:
    """Expected share, and the chance of at most so many of ``now``: beta-binomial.

    Args:
        k: past counts of what the share is of, (n_periods,).
        n: past counts it is a share in, (n_periods,), each above 0.
        weights: weight of each past period, (n_periods,).
        now: how many there are in the period in question, above 0.
    """
    share = (weights @ k + 0.5) / (weights @ n + 1)
    spread = share * (1 - share)
    ratios = _scatter_grid((k - n * share) ** 2 / (n * spread), weights)
    alike = np.clip((ratios - 1) * weights.sum() / max(float(weights @ (n - 1)), 1e-9), 0.0, 0.9)
    level = (weights**2 @ n + alike * (weights**2 @ (n * (n - 1)))) / (weights @ n + 1) ** 2
    alike = np.clip(alike + level, 1e-6, 0.95)[:, None]
    a, b = share * (1 / alike - 1), (1 - share) * (1 / alike - 1)
    j = np.arange(now + 1.0)
    ways = gammaln(now + 1) - gammaln(j + 1) - gammaln(now - j + 1)
    chance = np.exp(ways + betaln(j + a, now - j + b) - betaln(a, b))
    table = np.append(chance.mean(axis=0).cumsum()[:-1], 1.0)
    return float(share), lambda k: float(table[min(k, now)])


def smallest(at_most: AtMost, chance: float) -> int:
    """The smallest count that is not exceeded with at least the given chance."""
    low, high = -1, 1
    while at_most(high) < chance:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at_most(middle) >= chance else (middle, high)
    return high


def change_chances(before: float, scale: float, observed: float, dispersion: float) -> float:
    """Chance, to both sides, of a count at least as far out as ``observed`` when nothing but exposure changed.

    Args:
        before: count of the baseline; half of ``dispersion`` is added, so that a new cell has an expectation.
        scale: exposure of the period divided by exposure of the baseline.
        observed: count of the period.
        dispersion: variance divided by mean of such counts.
    """
    phi = max(dispersion, 1.02)
    mean, ratio = (before + phi / 2) * scale, phi * (1 + scale)
    size, below = mean / (ratio - 1), 1 / ratio
    at_most = betainc(size, observed + 1, below)
    at_least = 1 - betainc(size, observed, below) if observed > 0 else 1.0
    return float(min(1.0, 2 * min(at_most, at_least)))


def _scatter_grid(scatter: _Array, weights: _Array) -> _Array:
    """Sixteen equally likely values of the variance ratio, from squared Pearson residuals ``scatter`` (n,)."""
    effective = weights.sum() ** 2 / (weights @ weights)
    freedom = max(float(effective) - 1, 1.0)
    ratio = (weights @ scatter) / weights.sum() * effective / freedom
    return np.asarray(ratio * freedom / (2 * gammaincinv(freedom / 2, 1 - _GRID)), dtype=np.float64)
