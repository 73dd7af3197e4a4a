"""Intervals for shares and rates, and for how two of them differ.

Bayesian intervals with Jeffreys priors, computed without random draws: a share has a Beta posterior (Brown, Cai and
DasGupta 2001, Statistical Science 16(2)), a rate a Gamma posterior. News counts scatter more than coins and Poisson
counts do: ``dispersion`` is the variance divided by what the plain model would give, and it divides the counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, gammaincinv

__all__ = [
    "Estimate",
    "part_interval",
    "rate_difference",
    "rate_interval",
    "rate_quantiles",
    "rate_ratio",
    "share_difference",
    "share_interval",
    "share_quantiles",
    "share_ratio",
]

_POINTS = 200
_GRID = (np.arange(_POINTS) + 0.5) / _POINTS
_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval, the count ``n`` it rests on, and the coverage the interval aims at."""

    value: float
    low: float
    high: float
    n: int
    level: float = 0.9


def share_interval(k: float, n: float, *, level: float = 0.9, dispersion: float = 1.0) -> Estimate | None:
    """Share ``k`` of ``n`` with its Jeffreys interval; None where ``n`` is 0: a share of nothing says nothing.

    Example:
        >>> share_interval(102, 232)  # doctest: +ELLIPSIS
        Estimate(value=0.439..., low=0.386..., high=0.493..., n=232, level=0.9)
    """
    if n <= 0:
        return None
    low, high = betaincinv(*_beta(k, n, dispersion), _tails(level))
    return Estimate(k / n, 0.0 if k <= 0 else float(low), 1.0 if k >= n else float(high), round(n), level)


def rate_interval(
    count: float, exposure: float, *, per: float = 1.0, level: float = 0.9, dispersion: float = 1.0
) -> Estimate | None:
    """Rate ``per * count / exposure`` with its interval; None without exposure.

    Args:
        count: what was counted.
        exposure: what it is counted against, above 0, e.g. all acts of the stream in the same period.
        per: the unit, e.g. 10,000 for "per 10,000 acts".
        level: coverage the interval aims at.
        dispersion: variance divided by mean of such counts; 1 is Poisson.

    Example:
        >>> rate_interval(30, 60_000, per=10_000, dispersion=3)  # doctest: +ELLIPSIS
        Estimate(value=5.0, low=2.8..., high=8.1..., n=30, level=0.9)
    """
    if exposure <= 0:
        return None
    scale = per / exposure
    low, high = gammaincinv(count / max(dispersion, 1.0) + 0.5, _tails(level)) * max(dispersion, 1.0) * scale
    return Estimate(count * scale, 0.0 if count <= 0 else float(low), float(high), round(count), level)


def part_interval(
    count: float, whole: float, *, per: float, level: float = 0.9, dispersion: float = 1.0
) -> Estimate | None:
    """The same rate where what is counted is part of ``whole``: never above ``per``.

    Example:
        >>> part_interval(2, 3, per=10_000).high
        10000.0
    """
    found = rate_interval(count, whole, per=per, level=level, dispersion=dispersion)
    return found and replace(found, high=min(found.high, float(per)))


def share_quantiles(k: float, n: float, *, dispersion: float = 1.0) -> _Array:
    """The posterior of a share as 200 equally likely values, shape (200,), rising; ``n`` may be 0."""
    return np.asarray(betaincinv(*_beta(k, n, dispersion), _GRID), dtype=np.float64)


def rate_quantiles(count: float, exposure: float, *, dispersion: float = 1.0) -> _Array:
    """The posterior of a rate as 200 equally likely values, shape (200,), rising; ``exposure`` above 0."""
    phi = max(dispersion, 1.0)
    return np.asarray(gammaincinv(count / phi + 0.5, _GRID) * phi / exposure, dtype=np.float64)


def share_difference(
    k: float, n: float, other_k: float, other_n: float, *, level: float = 0.9, dispersion: float = 1.0
) -> Estimate | None:
    """Share ``k / n`` minus share ``other_k / other_n``; None where either rests on nothing.

    Example:
        >>> share_difference(50, 100, 30, 100)  # doctest: +ELLIPSIS
        Estimate(value=0.2, low=0.08..., high=0.30..., n=200, level=0.9)
    """
    if min(n, other_n) <= 0:
        return None
    spread = np.subtract.outer(
        share_quantiles(k, n, dispersion=dispersion), share_quantiles(other_k, other_n, dispersion=dispersion)
    )
    return _estimate(k / n - other_k / other_n, spread, n + other_n, level)


def share_ratio(
    k: float, n: float, other_k: float, other_n: float, *, level: float = 0.9, dispersion: float = 1.0
) -> Estimate | None:
    """Share ``k / n`` divided by share ``other_k / other_n``; None where the divisor is 0 or rests on nothing."""
    if min(n, other_n, other_k) <= 0:
        return None
    spread = np.divide.outer(
        share_quantiles(k, n, dispersion=dispersion), share_quantiles(other_k, other_n, dispersion=dispersion)
    )
    return _estimate(k / n / (other_k / other_n), spread, n + other_n, level)


def rate_difference(
    count: float,
    exposure: float,
    other_count: float,
    other_exposure: float,
    *,
    level: float = 0.9,
    dispersion: float = 1.0,
) -> Estimate | None:
    """Rate ``count / exposure`` minus the other rate, in counts per unit of exposure; None without exposure."""
    if min(exposure, other_exposure) <= 0:
        return None
    spread = np.subtract.outer(
        rate_quantiles(count, exposure, dispersion=dispersion),
        rate_quantiles(other_count, other_exposure, dispersion=dispersion),
    )
    return _estimate(count / exposure - other_count / other_exposure, spread, count + other_count, level)


def rate_ratio(
    count: float,
    exposure: float,
    other_count: float,
    other_exposure: float,
    *,
    level: float = 0.9,
    dispersion: float = 1.0,
) -> Estimate | None:
    """Rate ``count / exposure`` divided by the other rate; None where the divisor is 0 or has no exposure.

    Example:
        >>> rate_ratio(60, 1000, 300, 10_000)  # doctest: +ELLIPSIS
        Estimate(value=2.0, low=1.57..., high=2.51..., n=360, level=0.9)
    """
    if min(exposure, other_exposure, other_count) <= 0:
        return None
    spread = np.divide.outer(
        rate_quantiles(count, exposure, dispersion=dispersion),
        rate_quantiles(other_count, other_exposure, dispersion=dispersion),
    )
    return _estimate(count / exposure / (other_count / other_exposure), spread, count + other_count, level)


def _beta(k: float, n: float, dispersion: float) -> tuple[float, float]:
    phi = max(dispersion, 1.0)
    return k / phi + 0.5, (n - k) / phi + 0.5


def _tails(level: float) -> _Array:
    return np.array([(1 - level) / 2, (1 + level) / 2])


def _estimate(value: float, spread: _Array, n: float, level: float) -> Estimate:
    """Interval from all pairings of two posteriors' equally likely values, shape (200, 200)."""
    low, high = np.quantile(spread, _tails(level))
    return Estimate(float(value), float(low), float(high), round(n), level)
