"""Made-up series with a known answer: over-dispersed, autocorrelated counts and shares, with or without a shift.

The margins are exact: negative binomial counts, beta-binomial shares. Autocorrelation comes from a Gaussian copula: a
latent AR(1) series is turned into uniforms and these into counts by the margin's quantile function. The latent
correlation is chosen so that the *counts* have the wanted lag-1 correlation, by the Hermite expansion of the
quantile function. Source: Cario & Nelson (1996), Operations Research Letters 19(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln, ndtr

from visavis.errors import UsageError

__all__ = ["Shifted", "plain_counts", "plain_shares", "shifted_counts", "shifted_shares"]

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shifted:
    """A made-up series and the truth about it.

    Args:
        t: period index, 0 to months - 1, shape (months,).
        y: counts, or conflictual acts of a share, shape (months,).
        n: exposure of the counts, or all acts of a share, shape (months,).
        at: first period of the new level; None without a shift.
        before: mean count per month, or share, before the shift.
        after: the same from the shift on.
    """

    t: Counts
    y: Counts
    n: Counts
    at: int | None
    before: float
    after: float


def shifted_counts(
    months: int,
    mean: float,
    ratio: float,
    *,
    dispersion: float,
    ar: float,
    rng: np.random.Generator,
    margin: float = 0.2,
) -> Shifted:
    """Negative binomial counts whose mean is multiplied by ``ratio`` at a random month.

    Args:
        months: length of the series.
        mean: mean count per month before the shift.
        ratio: mean after the shift over mean before.
        dispersion: variance over mean of the margin, above 1, the same before and after.
        ar: lag-1 correlation of the counts within a level, 0 to .95.
        rng: source of chance.
        margin: share of the series at each end where no shift is put.

    Example:
        >>> made = shifted_counts(120, 20, 2, dispersion=3, ar=0.6, rng=np.random.default_rng(1))
        >>> bool(made.y[made.at:].mean() > made.y[:made.at].mean())
        True
    """
    at = _somewhere(months, margin, rng)
    tables = [_negative_binomial(mean, dispersion), _negative_binomial(mean * ratio, dispersion)]
    y = _through_copula(tables, np.repeat([0, 1], [at, months - at]), ar, rng)
    return Shifted(np.arange(months), y, np.ones(months, dtype=np.int64), at, mean, mean * ratio)


def plain_counts(months: int, mean: float, *, dispersion: float, ar: float, rng: np.random.Generator) -> Shifted:
    """Negative binomial counts in which nothing changes; arguments as ``shifted_counts``.

    Example:
        >>> plain_counts(120, 20, dispersion=3, ar=0.6, rng=np.random.default_rng(1)).at is None
        True
    """
    y = _through_copula([_negative_binomial(mean, dispersion)], np.zeros(months, dtype=np.int64), ar, rng)
    return Shifted(np.arange(months), y, np.ones(months, dtype=np.int64), None, mean, mean)


def shifted_shares(
    months: int,
    share: float,
    ratio: float,
    *,
    acts: int,
    dispersion: float,
    ar: float,
    rng: np.random.Generator,
    margin: float = 0.2,
) -> Shifted:
    """Beta-binomial counts out of ``acts`` a month whose share is multiplied by ``ratio`` at a random month.

    Args:
        months: length of the series.
        share: share before the shift.
        ratio: share after the shift over share before; the product stays under 1.
        acts: acts a month, at least 2.
        dispersion: variance over that of a binomial, at least 1, under ``acts``.
        ar: lag-1 correlation of the counts within a level, 0 to .95.
        rng: source of chance.
        margin: share of the series at each end where no shift is put.

    Example:
        >>> made = shifted_shares(120, 0.2, 2, acts=30, dispersion=2, ar=0.3, rng=np.random.default_rng(1))
        >>> bool((made.y <= made.n).all())
        True
    """
    at = _somewhere(months, margin, rng)
    tables = [_beta_binomial(share, acts, dispersion), _beta_binomial(share * ratio, acts, dispersion)]
    y = _through_copula(tables, np.repeat([0, 1], [at, months - at]), ar, rng)
    return Shifted(np.arange(months), y, np.full(months, acts), at, share, share * ratio)


def plain_shares(
    months: int, share: float, *, acts: int, dispersion: float, ar: float, rng: np.random.Generator
) -> Shifted:
    """Beta-binomial counts in which nothing changes; arguments as ``shifted_shares``.

    Example:
        >>> plain_shares(120, 0.2, acts=30, dispersion=2, ar=0.3, rng=np.random.default_rng(1)).at is None
        True
    """
    y = _through_copula([_beta_binomial(share, acts, dispersion)], np.zeros(months, dtype=np.int64), ar, rng)
    return Shifted(np.arange(months), y, np.full(months, acts), None, share, share)


def _somewhere(months: int, margin: float, rng: np.random.Generator) -> int:
    edge = round(months * margin)
    return int(rng.integers(edge, months - edge + 1))


def _negative_binomial(mean: float, dispersion: float) -> Array:
    """Distribution function at 0, 1, 2, ... of a negative binomial with variance dispersion * mean."""
    if mean <= 0 or dispersion <= 1:
        raise UsageError(f"A mean above 0 and a dispersion above 1 are needed, got {mean} and {dispersion}.")
    size = mean / (dispersion - 1)
    y = np.arange(int(mean + 15 * np.sqrt(dispersion * mean) + 20 * dispersion))
    log = gammaln(y + size) - gammaln(size) - gammaln(y + 1) + y * np.log1p(-1 / dispersion) - size * np.log(dispersion)
    return np.cumsum(np.exp(log))


def _beta_binomial(share: float, acts: int, dispersion: float) -> Array:
    """Distribution function at 0, ..., acts of a beta-binomial with dispersion times the variance of a binomial."""
    if not 0 < share < 1 or not 1 <= dispersion < acts:
        raise UsageError(f"A share in (0, 1) and a dispersion in [1, acts) are needed, got {share} and {dispersion}.")
    within = max((dispersion - 1) / (acts - 1), 1e-6)
    a, b = share * (1 / within - 1), (1 - share) * (1 / within - 1)
    k = np.arange(acts + 1)
    ways = gammaln(acts + 1) - gammaln(k + 1) - gammaln(acts - k + 1)
    return np.cumsum(np.exp(ways + betaln(k + a, acts - k + b) - betaln(a, b)))


def _through_copula(tables: list[Array], level: Counts, ar: float, rng: np.random.Generator) -> Counts:
    """Counts with margin ``tables[level]`` in each month and lag-1 correlation ``ar`` under the first margin."""
    if not 0 <= ar <= 0.95:
        raise UsageError(f"An autocorrelation from 0 to .95 is needed, got {ar}.")
    latent = _latent_correlation(tuple(tables[0].tolist()), ar)
    noise = rng.standard_normal(len(level))
    z = np.empty(len(level))
    z[0] = noise[0]
    for i in range(1, len(level)):
        z[i] = latent * z[i - 1] + np.sqrt(1 - latent**2) * noise[i]
    u = ndtr(z)
    y = np.empty(len(level), dtype=np.int64)
    for which, table in enumerate(tables):
        here = level == which
        y[here] = np.minimum(np.searchsorted(table, u[here]), len(table) - 1)
    return y


@lru_cache(maxsize=64)
def _latent_correlation(table: tuple[float, ...], ar: float) -> float:
    """Correlation of the latent series that gives the counts the lag-1 correlation ``ar``."""
    z, weight = np.polynomial.hermite_e.hermegauss(180)
    value = np.minimum(np.searchsorted(table, ndtr(z)), len(table) - 1).astype(float)
    parts, before, now = [], np.zeros_like(z), np.ones_like(z)
    for order in range(1, 25):
        # normalised Hermite polynomials, by their three-term recurrence
        before, now = now, (z * now - np.sqrt(order - 1) * before) / np.sqrt(order)
        parts.append((weight @ (value * now) / weight.sum()) ** 2)
    power = np.array(parts) / np.sum(parts)
    grid = np.linspace(0, 0.99, 400)
    given = (power * grid[:, None] ** np.arange(1, 25)).sum(axis=1)
    return float(np.interp(ar, given, grid))
