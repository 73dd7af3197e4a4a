"""Latent votes behind the ballots: how likely a ballot is, and draws of what lies behind it.

With x = slope * position the latent vote is normal around x, below the first cut point for a yes, between the two for
an abstention, above the second for a no.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtr, ndtri, ndtri_exp

__all__ = ["below", "between", "chance_between", "log_chance"]

_Array = npt.NDArray[np.float64]
_LOW, _HIGH, _PER_UNIT = -60.0, 12.0, 400
_LOG = log_ndtr(np.arange(_LOW * _PER_UNIT, _HIGH * _PER_UNIT + 2) / _PER_UNIT)
_FINE, _LEAST, _MOST = 800, 0.1, 45.0  # of the roots of minus the logarithms of chances
_ROOTS = np.arange(_LEAST * _FINE, _MOST * _FINE + 2) / _FINE
_QUANTILE = ndtri_exp(-(_ROOTS**2))
_TINY = 1e-280


def log_chance(at: _Array) -> _Array:
    """Logarithm of the normal distribution, by linear interpolation (error under 1e-6)."""
    scaled = np.clip((at - _LOW) * _PER_UNIT, 0, len(_LOG) - 2.001)
    index = scaled.astype(np.int32)
    value = _LOG[index]
    scaled -= index
    index += 1
    scaled *= _LOG[index] - value
    return np.asarray(value + scaled)


def below(log_chances: _Array, rng: np.random.Generator) -> _Array:
    """Standard normal draws cut off above, where these are the logarithms of the chances of lying below the cuts.

    The logarithm of the distribution at such a draw lies below that at the cut by an exponential draw.
    """
    wanted = rng.standard_exponential(len(log_chances))
    wanted -= log_chances
    root = np.sqrt(wanted)
    scaled = np.clip((root - _LEAST) * _FINE, 0, len(_ROOTS) - 2.001)
    index = scaled.astype(np.int32)
    value = _QUANTILE[index]
    scaled -= index
    index += 1
    scaled *= _QUANTILE[index] - value
    value += scaled
    high = np.flatnonzero(root < _LEAST)
    value[high] = ndtri_exp(-np.maximum(wanted[high], _TINY))
    return value


def chance_between(low: _Array, high: _Array) -> tuple[_Array, _Array, npt.NDArray[np.bool_]]:
    """Chance below, chance between, and where both ends were mirrored to keep the smaller tail exact."""
    mirrored = low + high > 0
    start = ndtr(np.where(mirrored, -high, low))
    return start, np.maximum(ndtr(np.where(mirrored, -low, high)) - start, _TINY), mirrored


def between(told: tuple[npt.NDArray[Any], ...], rng: np.random.Generator) -> _Array:
    """Standard normal draws between two ends, from what ``chance_between`` told of them."""
    start, chance, mirrored = told
    drawn = ndtri(np.maximum(start + chance * rng.random(len(start)), _TINY))
    return np.where(mirrored, -drawn, drawn)
