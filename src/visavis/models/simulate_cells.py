"""Made-up counts with known truth, to measure how well the models recover it. All draws come from ``rng``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, ndtr

__all__ = ["autocorrelated_counts", "overdispersed_counts", "rising_cells"]

_Counts = npt.NDArray[np.int64]
_Array = npt.NDArray[np.float64]


def overdispersed_counts(mean: npt.ArrayLike, ratio: float, *, rng: np.random.Generator) -> _Counts:
    """Negative-binomial counts of the given means, variance ``ratio`` (above 1) times the mean; shape of ``mean``.

    Example:
        >>> overdispersed_counts([0.0, 20.0], 3, rng=np.random.default_rng(1)).shape
        (2,)
    """
    size = np.asarray(mean, dtype=np.float64) / (ratio - 1)
    return rng.poisson(np.where(size > 0, rng.gamma(np.maximum(size, 1e-12), ratio - 1), 0.0))


def autocorrelated_counts(mean: float, n: int, *, ratio: float, ar: float, rng: np.random.Generator) -> _Counts:
    """A steady series of negative-binomial counts whose neighbours resemble each other, shape (n,).

    A Gaussian autoregression with coefficient ``ar`` is turned into counts quantile by quantile, so every count has
    exactly the stated mean and variance ``ratio`` times the mean.

    Example:
        >>> autocorrelated_counts(20, 120, ratio=3, ar=0.6, rng=np.random.default_rng(1)).shape
        (120,)
    """
    noise = rng.standard_normal(n)
    level = np.empty(n)
    level[0] = noise[0]
    for t in range(1, n):
        level[t] = ar * level[t - 1] + np.sqrt(1 - ar * ar) * noise[t]
    reach = int(mean + 12 * np.sqrt(ratio * mean) + 30)
    at_most = betainc(mean / (ratio - 1), np.arange(reach) + 1.0, 1 / ratio)
    return np.searchsorted(at_most, ndtr(level)).astype(np.int64)


def rising_cells(
    *, cells: int, rising: int, growth: float, sizes: tuple[float, float], periods: int, rng: np.random.Generator
) -> tuple[_Array, _Array]:
    """Expected counts before and now, each (cells,): log-uniform sizes, of which ``rising`` at random grow.

    Args:
        cells: number of cells.
        rising: how many of them rise.
        growth: factor by which these rise.
        sizes: smallest and largest expected count of a cell in one period.
        periods: length of the baseline; the first array is the sum over it.
        rng: source of the draws.
    """
    now = np.exp(rng.uniform(np.log(sizes[0]), np.log(sizes[1]), cells))
    before = now * periods
    now[rng.permutation(cells)[:rising]] *= growth
    return before, now
