"""Means and shares over cases of pairs that share countries and windows of time.

Sources: Aronow, Samii and Assenova (2015), Political Analysis 23(4), for dyads; Cameron, Gelbach and Miller (2011),
J. Business & Economic Statistics 29(2), for clusters of two kinds.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.models.intervals import Estimate, share_interval

__all__ = ["beyond_half", "clustered", "share_of"]

_Array = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


def share_of(of: npt.NDArray[np.bool_], first: _Ints, second: _Ints, window: _Ints, *, level: float = 0.9) -> Estimate:
    """A share with its interval on the scale of log odds; of none or all, that of so many countries."""
    value, se, df = clustered(of.astype(np.float64), first, second, window)
    if not 0 < value < 1:
        countries = len(np.union1d(first, second))
        found = share_interval(value * countries, countries, level=level)
        low, high = (found.low, found.high) if found else (0.0, 1.0)
        return Estimate(value, low, high, len(of), level)
    off = float(student.ppf((1 + level) / 2, df)) * se / (value * (1 - value))
    odds = np.log(value / (1 - value))
    low, high = (float(1 / (1 + np.exp(-x))) for x in (odds - off, odds + off))
    return Estimate(value, low, high, len(of), level)


def beyond_half(of: npt.NDArray[np.bool_], first: _Ints, second: _Ints, window: _Ints) -> float:
    """Chance of a share this far from half, on its side, if it were half: by log odds, as its interval."""
    value, se, df = clustered(of.astype(np.float64), first, second, window)
    if not 0 < value < 1:
        return float(0.5 ** len(np.union1d(first, second)))
    return float(student.sf(abs(np.log(value / (1 - value))) * value * (1 - value) / se, df)) if se > 0 else 0.0


def clustered(values: _Array, first: _Ints, second: _Ints, window: _Ints) -> tuple[float, float, int]:
    """Mean, its standard error and degrees of freedom, with clusters by country and by window; (n,) each.

    Cases that share a country, or a window, may go together in any way. With one window only countries count.

    Example:
        >>> ends = np.array([0, 0, 1]), np.array([1, 2, 2])
        >>> round(clustered(np.array([1.0, 0.0, 1.0]), *ends, np.zeros(3, int))[0], 2)
        0.67
    """
    n, off = len(values), values - values.mean()
    size = int(max(first.max(), second.max())) + 1
    _, place = np.unique(window, return_inverse=True)
    windows, countries = int(place.max()) + 1, len(np.union1d(first, second))

    def squares(key: _Ints, weight: _Array) -> float:
        return float((np.bincount(key, weight) ** 2).sum())

    def by_country(within: _Ints) -> float:
        keys = np.concatenate([within * size + first, within * size + second])
        return squares(keys, np.concatenate([off, off]))

    whole = np.zeros(n, np.int64)
    alone = float((off**2).sum())
    pairs = np.unique(first * size + second, return_inverse=True)[1]
    of_country = (by_country(whole) - squares(pairs, off)) * countries / max(countries - 1, 1)
    of_window = squares(place, off) * windows / (windows - 1) if windows > 1 else 0.0
    both = by_country(place) - alone
    variance = max(of_country + of_window - both, of_country, of_window, alone) if windows > 1 else max(
        of_country, alone
    )  # fmt: skip
    df = min(countries, windows) - 1 if windows > 1 else countries - 1
    return float(values.mean()), float(np.sqrt(variance)) / n, max(df, 1)
