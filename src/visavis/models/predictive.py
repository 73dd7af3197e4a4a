"""Forecasts of counts as full distributions, and how they are scored: CRPS, log score, PIT, coverage.

Counts are whole numbers: a 90 % interval of whole numbers holds more than 90 % where counts are small. Coverage is
therefore taken by the randomised probability integral transform, in its expected form: an observation counts by the
part of its step of the distribution function that lies within the interval. Sources: Gneiting & Raftery (2007), J.
American Statistical Association 102(477); Czado, Gneiting & Held (2009), Biometrics 65(4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Predictive", "buckets", "coverage", "crps", "log_score", "steps"]

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
_CELLS = 1 << 20  # rows times counts held at once
_LEAST_CHANCE = 1e-6  # what an observation is given at least, for the log score


@dataclass(frozen=True, slots=True)
class Predictive:
    """Distributions of counts, one a row.

    Args:
        blocks: rows and their distribution functions at 0, 1, ..., each (rows of the block,) and (rows, counts).
        size: how many rows in all.
    """

    blocks: tuple[tuple[Counts, Array], ...]
    size: int

    def quantile(self, level: float) -> Counts:
        """The least count with a chance of at least ``level`` of not being exceeded, shape (rows,)."""
        return self._each(lambda cdf: (cdf < level - 1e-9).sum(axis=1)).astype(np.int64)

    def interval(self, level: float) -> tuple[Counts, Counts]:
        """The central interval of whole numbers: ends of shape (rows,)."""
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    def mean(self) -> Array:
        """Expected counts, shape (rows,)."""
        return self._each(lambda cdf: (1 - cdf).sum(axis=1))

    def above(self, count: Array) -> Array:
        """Chance of more than ``count``, shape (rows,)."""
        return 1 - self._of(count, lambda cdf, k: _at(cdf, np.floor(k).astype(np.int64)))

    def draws(self, size: int, rng: np.random.Generator) -> Counts:
        """Counts drawn, shape (size, rows)."""
        out = np.empty((size, self.size), np.int64)
        for rows, cdf in self.blocks:
            u = rng.random((len(rows), size))
            for i, row in enumerate(rows):
                out[:, row] = np.searchsorted(cdf[i], u[i] * cdf[i, -1])
        return out

    def crps(self, y: Counts) -> Array:
        """Continuous ranked probability score of what came, shape (rows,); 0 is best."""
        return self._of(y, crps)

    def steps(self, y: Counts) -> Array:
        """Distribution function just before and at what came, shape (rows, 2): the PIT lies between."""
        out = np.empty((self.size, 2))
        for rows, cdf in self.blocks:
            out[rows] = steps(cdf, y[rows])
        return out

    def _each(self, of: Callable[[Array], npt.NDArray[np.number]]) -> Array:
        out = np.empty(self.size)
        for rows, cdf in self.blocks:
            out[rows] = of(cdf)
        return out

    def _of(self, y: npt.NDArray[np.number], of: Callable[[Array, npt.NDArray[np.number]], Array]) -> Array:
        out = np.empty(self.size)
        for rows, cdf in self.blocks:
            out[rows] = of(cdf, y[rows])
        return out


def buckets(tops: Counts, cells: int = _CELLS) -> Iterator[tuple[Counts, int]]:
    """Rows whose distributions reach about equally far, and how far; no more than ``cells`` numbers at once.

    >>> [(rows.tolist(), top) for rows, top in buckets(np.array([3, 100, 5]))]
    [([0, 2], 15), ([1], 127)]
    """
    sizes = np.maximum(np.ceil(np.log2(tops + 1.0)), 4).astype(np.int64)
    for size in np.unique(sizes):
        rows, many = np.flatnonzero(sizes == size), max(cells >> int(size), 1)
        for i in range(0, len(rows), many):
            yield rows[i : i + many], (1 << int(size)) - 1


def crps(cdf: Array, y: npt.NDArray[np.number]) -> Array:
    """Score of distribution functions on 0, 1, ..., (rows, counts), against what came, (rows,); in counts.

    >>> crps(np.array([[0.5, 1.0]]), np.array([0]))
    array([0.25])
    """
    counts = np.arange(cdf.shape[1])
    beyond = np.maximum(y - counts[-1] - 1, 0.0)
    return np.asarray(((cdf - (counts >= y[:, None])) ** 2).sum(axis=1) + beyond)


def steps(cdf: Array, y: Counts) -> Array:
    """Distribution function just before and at what came, shape (rows, 2)."""
    return np.column_stack([_at(cdf, y - 1), _at(cdf, y)])


def _at(cdf: Array, y: Counts) -> Array:
    found = np.take_along_axis(cdf, np.clip(y, 0, cdf.shape[1] - 1)[:, None], axis=1)[:, 0]
    return np.where(y < 0, 0.0, np.where(y >= cdf.shape[1], 1.0, found))


def log_score(between: Array) -> Array:
    """Minus the logarithm of the chance given to what came, in nats, (rows,), from ``steps``; at most 13.8."""
    return np.asarray(-np.log(np.maximum(between[:, 1] - between[:, 0], _LEAST_CHANCE)))


def coverage(between: Array, level: float) -> Array:
    """How far each observation counts as within the central interval, 0 to 1, (rows,), from ``steps``.

    >>> coverage(np.array([[0.0, 0.1], [0.5, 0.6], [0.96, 1.0]]), 0.9)
    array([0.5, 1. , 0. ])
    """
    low, high = between.T
    inside = np.minimum(high, (1 + level) / 2) - np.maximum(low, (1 - level) / 2)
    return np.asarray(np.clip(inside, 0, None) / np.maximum(high - low, 1e-12))
