"""The negative binomial by mean and size: its distribution function on a grid, and its dispersion from data."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, psi

__all__ = ["cdf", "dispersion"]

Array = npt.NDArray[np.float64]
_FLOOR = 1e-6
_DEEP = -600.0  # logarithm of P(0) below which products of ratios would start from nothing


def cdf(mean: Array, size: Array, top: int) -> Array:
    """P(Y <= 0), ..., P(Y <= top), shape (rows, top + 1); variance mean + mean^2 / size.

    Args:
        mean: shape (rows,), above 0.
        size: shape (rows,), above 0; large for a Poisson distribution.
        top: the last count.

    Example:
        >>> cdf(np.array([2.0]), np.array([1e9]), 1).round(3)
        array([[0.135, 0.406]])
    """
    mean = np.maximum(mean, _FLOOR)
    p = size / (size + mean)
    start = -size * np.log1p(mean / size)
    k = np.arange(top + 1)
    out = np.empty((len(mean), top + 1))
    deep = start < _DEEP
    if deep.any():
        out[deep] = betainc(size[deep, None], k + 1.0, p[deep, None])
    if not deep.all():
        near = ~deep
        out[near, 0] = np.exp(start[near])
        np.divide(k[1:] - 1 + size[near, None], k[1:], out=(ratio := np.empty((int(near.sum()), top))))
        ratio *= (mean / (size + mean))[near, None]
        mass = np.concatenate([out[near, :1], ratio], axis=1)
        np.cumprod(mass, axis=1, out=mass)
        out[near] = np.minimum(np.cumsum(mass, axis=1), 1.0)
    return out


def dispersion(y: Array, mean: Array, start: Array, *, prior: float = 4.0) -> Array:
    """How 1 / size depends on the mean: (a, b) of log(1 / size) = a + b log(mean), by scoring.

    Args:
        y: counts, shape (rows,).
        mean: their means, same shape.
        start: where to begin and what few rows are drawn toward, shape (2,).
        prior: how many rows' worth of information the start has.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> mean = np.full(4000, 5.0)
        >>> y = rng.negative_binomial(2, 2 / 7, 4000).astype(float)
        >>> a, b = dispersion(y, mean, np.zeros(2))
        >>> round(float(np.exp(-(a + b * np.log(5)))), 0)
        2.0
    """
    log_mean = np.log(np.maximum(mean, _FLOOR))
    found = start.copy()
    for _ in range(12):
        size = np.exp(-np.clip(found[0] + found[1] * log_mean, -9, 6))
        slope = -size * (psi(y + size) - psi(size) + np.log(size / (size + mean)) + (mean - y) / (size + mean))
        gradient = np.array([slope.sum(), slope @ log_mean]) - prior * (found - start)
        square = slope**2
        cross = square @ log_mean
        curve = np.array([[square.sum(), cross], [cross, square @ log_mean**2]]) + prior * np.eye(2)
        step = np.linalg.solve(curve, gradient)
        found = found + np.clip(step, -0.7, 0.7)
        if np.abs(step).max() < 1e-4:
            break
    return np.asarray(found)
