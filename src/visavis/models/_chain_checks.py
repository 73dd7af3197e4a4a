"""Whether chains of a sampler agree, and how many independent draws theirs are worth.

Both are computed from ranks turned into normal scores and from chains cut in half, so that neither heavy tails nor a
chain that wanders slowly hides: R-hat near 1 where the halves of all chains tell the same, in location and in spread.

Source: Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), Bayesian Analysis 16(2); Geyer (1992), Statistical
Science 7(4) for where the sum of the autocorrelations ends.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy import fft
from scipy.special import ndtri
from scipy.stats import rankdata

__all__ = ["agreement_of_chains"]

_Array = npt.NDArray[np.float64]
_AT_ONCE = 256  # series: keeps the memory small


def agreement_of_chains(draws: npt.NDArray[np.floating]) -> tuple[_Array, _Array]:
    """R-hat and effective sample size (bulk) of each series, (n_series,) both; NaN where no draw differs.

    Args:
        draws: (chains, draws, n_series), at least four draws a chain.

    Example:
        >>> r_hat, ess = agreement_of_chains(np.random.default_rng(1).standard_normal((2, 500, 3)))
        >>> bool((r_hat < 1.02).all() and (ess > 400).all())
        True
    """
    told = [_of_some(some) for some in _halves(draws)]
    return np.concatenate([r_hat for r_hat, _ in told]), np.concatenate([ess for _, ess in told])


def _halves(draws: npt.NDArray[np.floating]) -> Iterator[_Array]:
    """Some series at a time, (series, half chains, draws); a last odd draw is left out."""
    chains, n, series = draws.shape
    for first in range(0, series, _AT_ONCE):
        some = draws[:, : n - n % 2, first : first + _AT_ONCE].astype(np.float64)
        yield np.ascontiguousarray(some.transpose(2, 0, 1)).reshape(-1, 2 * chains, n // 2)


def _of_some(halves: _Array) -> tuple[_Array, _Array]:
    scores = _normal_scores(halves)
    folded = np.abs(halves - np.median(halves, axis=(1, 2), keepdims=True))
    return np.maximum(_r_hat(scores), _r_hat(_normal_scores(folded))), _ess(scores)


def _normal_scores(halves: _Array) -> _Array:
    """Ranks among all draws of a series, turned into quantiles of the normal distribution."""
    ranks = rankdata(halves.reshape(len(halves), -1), axis=1)
    return np.asarray(ndtri((ranks - 0.375) / (ranks.shape[1] + 0.25))).reshape(halves.shape)


def _variances(halves: _Array) -> tuple[_Array, _Array]:
    """Variance within half chains, and of the whole as far as they tell it."""
    n = halves.shape[2]
    within = halves.var(axis=2, ddof=1).mean(axis=1)
    return within, within * (n - 1) / n + halves.mean(axis=2).var(axis=1, ddof=1)


def _r_hat(halves: _Array) -> _Array:
    within, whole = _variances(halves)
    return np.sqrt(whole / np.where(within > 0, within, np.nan))


def _ess(halves: _Array) -> _Array:
    """Draws over the sum of their autocorrelations, summed as far as pairs of them are positive and falling."""
    _, chains, n = halves.shape
    within, whole = _variances(halves)
    size = fft.next_fast_len(2 * n, real=True)
    power = np.abs(fft.rfft(halves - halves.mean(axis=2, keepdims=True), size, axis=2)) ** 2
    together = fft.irfft(power.mean(axis=1), size, axis=1)[:, :n] / n
    lagged = 1 - (within[:, None] - together) / np.where(whole > 0, whole, np.nan)[:, None]
    lagged[:, 0] = 1
    pairs = lagged[:, : n - n % 2].reshape(len(lagged), -1, 2).sum(axis=2)
    positive = np.logical_and.accumulate(pairs > 0, axis=1)
    falling = np.where(positive, np.minimum.accumulate(pairs, axis=1), 0.0)
    total = chains * n
    found = total / np.maximum(2 * falling.sum(axis=1) - 1, 1 / np.log10(total))
    return np.where(whole > 0, found, np.nan)
