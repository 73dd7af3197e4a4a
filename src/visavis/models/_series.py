"""The two kinds of series that turning_points cuts into regimes, and the noise each kind has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, betaln, gammaincinv, gammaln

from visavis.errors import NoDataError, UsageError
from visavis.models._segments import Array, beta_evidence, gamma_evidence

__all__ = ["Counts", "Mask", "Noise", "Series", "Shares", "counts", "shares"]

Mask = NDArray[np.bool_]
_UPPER = 1.645  # one-sided 95 % limit
_MOST_AR = 0.9  # above this, regimes and a wandering level cannot be told apart in 132 periods


@dataclass(frozen=True, slots=True)
class Noise:
    """How a series scatters within its regimes.

    Args:
        extra: a period's variance is 1 + extra * spread times that of independent acts; at least 0.
        ar: correlation of neighbouring periods, 0 to .9.
        ar_up: its upper limit, the one-sided 95 % one, which the weights go by, 0 to .9.
    """

    extra: float
    ar: float
    ar_up: float

    @property
    def stretch(self) -> float:
        """How many periods tell as much as one independent period."""
        return (1 + self.ar_up) / (1 - self.ar_up)


@dataclass(frozen=True, slots=True, eq=False)
class Series(ABC):
    """Counts out of something, one a period; made by ``counts`` and ``shares``.

    Args:
        t: period index, increasing; absent periods are skipped, shape (n,).
        y: what is counted, shape (n,).
        size: exposure, or all acts of a share, above 0, shape (n,).
        unit: unit of the level ``y / size``.
    """

    t: NDArray[np.int64]
    y: Array
    size: Array
    unit: str

    def level(self, use: Mask) -> float:
        """Pooled level of the periods in ``use``, shape (n,)."""
        return float(self.y[use].sum() / self.size[use].sum())

    def levels(self, cuts: list[int], use: Mask) -> Array:
        """Level of each period's regime, shape (n,); only periods in ``use`` shape it."""
        out = np.empty(len(self.y))
        for start, end in zip([0, *cuts], [*cuts, len(self.y)], strict=True):
            here = np.zeros(len(self.y), dtype=bool)
            here[start:end] = True
            out[here] = self.level(here & use) if (here & use).any() else self.level(use)
        return out

    def noise(self, cuts: list[int], use: Mask) -> Noise:
        """Noise left within the regimes that ``cuts`` makes, over the periods in ``use``.

        Both figures are corrected for the levels having been estimated; for the correlation, whose raw figure each
        level pulls down by (1 + 3 ar) / n: Marriott & Pope (1954), Biometrika 41(3/4).
        """
        level = self.levels(cuts, use)
        alone, n, spent = self.variance(level), int(use.sum()), len(cuts) + 1
        gap = self.y - level * self.size
        # sums before the ratio: a regime of nothing but zeros must not make the others look calm
        beyond = float((gap[use] ** 2).sum() * n / max(n - spent, 1) - alone[use].sum())
        extra = max(0.0, beyond / max(float((alone * self.spread)[use].sum()), 1e-9))
        gap = gap / np.sqrt(alone)
        gap = gap / np.sqrt(1 + extra * self.spread)
        pair = use[1:] & use[:-1] & (np.diff(self.t) == 1)
        power = float((gap[use] ** 2).mean())
        if pair.sum() < 4 or power <= 0:
            return Noise(extra, 0.0, 0.0)
        raw = float((gap[1:] * gap[:-1])[pair].mean()) / power
        ar = (raw + spent / n) / max(1 - 3 * spent / n, 0.25)
        ar = float(np.clip(ar, 0.0, _MOST_AR))
        return Noise(extra, ar, min(_MOST_AR, ar + _UPPER * float(np.sqrt((1 - ar**2) / n))))

    def weights(self, noise: Noise, use: Mask) -> Array:
        """How many independent acts one act of each period is worth, 0 to 1, shape (n,)."""
        return use / (1 + noise.extra * self.spread) / noise.stretch

    @property
    @abstractmethod
    def spread(self) -> Array:
        """How the extra variance grows with a period's size, shape (n,)."""

    @abstractmethod
    def acts(self, use: Mask) -> int:
        """How many acts the periods in ``use`` rest on."""

    @abstractmethod
    def variance(self, level: Array) -> Array:
        """Variance of each period's count were its acts independent, above 0, shape (n,)."""

    @abstractmethod
    def evidence(self, noise: Noise, use: Mask) -> Array:
        """Log evidence of every stretch, prior worth one independent period, shape (n + 1, n + 1)."""

    @abstractmethod
    def bounds(self, noise: Noise, use: Mask) -> tuple[float, float]:
        """90 % interval of the one level of the periods in ``use``, from a Jeffreys prior."""

    @abstractmethod
    def chances(self, level: float, i: int, noise: Noise) -> Array:
        """Probability of 0, 1, 2, ... in period ``i`` at this level, beyond any count that matters."""


class Counts(Series):
    """Counts with exposure: over-dispersed Poisson."""

    __slots__ = ()

    @property
    def spread(self) -> Array:
        return np.ones(len(self.y))

    def acts(self, use: Mask) -> int:
        return round(float(self.y[use].sum()))

    def variance(self, level: Array) -> Array:
        return np.maximum(level * self.size, 1e-3)

    def evidence(self, noise: Noise, use: Mask) -> Array:
        w = self.weights(noise, use)
        shape = max(0.5, float((w * self.y)[use].mean()) * noise.stretch)
        return gamma_evidence(w * self.y, w * self.size, shape, shape / max(self.level(use), 1e-12))

    def bounds(self, noise: Noise, use: Mask) -> tuple[float, float]:
        w = self.weights(noise, use)
        shape, rate = 0.5 + (w * self.y).sum(), (w * self.size).sum()
        low, high = gammaincinv(shape, [0.05, 0.95]) / rate
        return float(low), float(high)

    def chances(self, level: float, i: int, noise: Noise) -> Array:
        mean, phi = max(level * self.size[i], 1e-3), 1 + max(noise.extra, 1e-3)
        size = mean / (phi - 1)
        y = np.arange(int(max(self.y[i], mean) + 12 * np.sqrt(phi * mean) + 40 * phi))
        log = gammaln(y + size) - gammaln(size) - gammaln(y + 1) + y * np.log1p(-1 / phi) - size * np.log(phi)
        return np.asarray(np.exp(log))


class Shares(Series):
    """Shares of acts: over-dispersed binomial."""

    __slots__ = ()

    @property
    def spread(self) -> Array:
        return self.size - 1

    def acts(self, use: Mask) -> int:
        return round(float(self.size[use].sum()))

    def variance(self, level: Array) -> Array:
        return np.maximum(level * (1 - level), 1e-3) * self.size

    def evidence(self, noise: Noise, use: Mask) -> Array:
        w = self.weights(noise, use)
        worth = max(1.0, float((w * self.size)[use].mean()) * noise.stretch)
        level = float(np.clip(self.level(use), 1e-3, 1 - 1e-3))
        return beta_evidence(w * self.y, w * (self.size - self.y), worth * level, worth * (1 - level))

    def bounds(self, noise: Noise, use: Mask) -> tuple[float, float]:
        w = self.weights(noise, use)
        low, high = betaincinv(0.5 + (w * self.y).sum(), 0.5 + (w * (self.size - self.y)).sum(), [0.05, 0.95])
        return float(low), float(high)

    def chances(self, level: float, i: int, noise: Noise) -> Array:
        level, within = float(np.clip(level, 1e-4, 1 - 1e-4)), float(np.clip(noise.extra, 1e-4, 0.95))
        n, a, b = self.size[i], level * (1 / within - 1), (1 - level) * (1 / within - 1)
        k = np.arange(int(n) + 1)
        ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
        return np.asarray(np.exp(ways + betaln(k + a, n - k + b) - betaln(a, b)))


def counts(t: ArrayLike, y: ArrayLike, exposure: ArrayLike, unit: str = "acts per unit of exposure") -> Counts:
    """A series of counts with exposure, for ``turning_points.page``.

    Args:
        t: period index, increasing integers; absent periods are left out, shape (n,).
        y: counts, 0 or more, shape (n,).
        exposure: what the counts are out of, in the unit the level shall have; 0 says nothing, shape (n,).
        unit: unit of the level.

    Example:
        >>> counts([0, 1, 3], [4, 6, 5], [1.0, 1.0, 2.0]).y
        array([4., 6., 5.])
    """
    return Counts(*_checked(t, y, exposure), unit)


def shares(t: ArrayLike, k: ArrayLike, n: ArrayLike, unit: str = "share of acts") -> Shares:
    """A series of shares, for ``turning_points.page``.

    Args:
        t: period index, increasing integers; absent periods are left out, shape (n,).
        k: acts of the kind looked for, 0 to ``n``, shape (n,).
        n: all acts; 0 says nothing, shape (n,).
        unit: unit of the level.

    Example:
        >>> shares([0, 1, 2], [1, 0, 2], [4, 0, 5]).t
        array([0, 2])
    """
    made = Shares(*_checked(t, k, n), unit)
    if (made.y > made.size).any():
        i = int(np.argmax(made.y > made.size))
        raise UsageError(f"A share above 1: {made.y[i]:g} of {made.size[i]:g} acts in period {made.t[i]}.")
    return made


def _checked(t: ArrayLike, y: ArrayLike, size: ArrayLike) -> tuple[NDArray[np.int64], Array, Array]:
    when, what, out_of = np.asarray(t, dtype=np.int64), np.asarray(y, dtype=float), np.asarray(size, dtype=float)
    if not when.shape == what.shape == out_of.shape or when.ndim != 1:
        raise UsageError(f"Three arrays of one length are needed, got {when.shape}, {what.shape}, {out_of.shape}.")
    if (np.diff(when) <= 0).any():
        raise UsageError("Periods have to increase; sort them and add up repeated ones.")
    if not (np.isfinite(what) & np.isfinite(out_of) & (what >= 0) & (out_of >= 0)).all():
        raise UsageError("Counts and exposures have to be finite and at least 0; leave absent periods out.")
    tells = out_of > 0
    if not tells.any():
        raise NoDataError("No period of this series says anything: every exposure is 0.")
    return when[tells], what[tells], out_of[tells]
