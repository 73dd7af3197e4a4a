"""Pulses: single periods far off their regime, kept apart from turning points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtr

from visavis.models._series import Mask, Series

__all__ = ["Pulse", "sharpest"]


@dataclass(frozen=True, slots=True)
class Pulse:
    """One period far off its regime.

    Args:
        index: the period.
        observed: its level.
        expected: level of its regime without it.
        low: lower end of the 90 % interval for the level of one such period.
        high: upper end.
        p: chance of anything as far off in any period of the series.
    """

    index: int
    observed: float
    expected: float
    low: float
    high: float
    p: float


def sharpest(series: Series, use: Mask, best: list[int]) -> tuple[int, Pulse]:
    """The period least likely under its regime, with that regime and the noise estimated without it.

    Args:
        series: the series, of 8 periods or more in ``use``.
        use: periods not yet set aside as pulses, shape (n,).
        best: first periods of the regimes after the first.

    Returns:
        Its position in the series, and what it would be as a pulse.
    """
    level = series.levels(best, use)
    far = np.abs(series.y - level * series.size) / np.sqrt(series.variance(level) * (1 + series.spread))
    tried = [_pulse(series, use, best, int(i)) for i in np.argsort(-np.where(use, far, -1.0), kind="stable")[:3]]
    return min(tried, key=lambda x: x[1].p)


def _pulse(series: Series, use: Mask, best: list[int], i: int) -> tuple[int, Pulse]:
    others = use.copy()
    others[i] = False
    noise = series.noise(best, others)
    level = float(series.levels(best, others)[i])
    odds, y = series.chances(level, i, noise), round(series.y[i])
    tail = float(np.clip(min(odds[: y + 1].sum(), odds[y:].sum()), 1e-300, 0.5))
    # the noise is estimated too: a normal tail becomes that of Student's t, with as many degrees of freedom as
    # autocorrelated squares are worth
    free = max(1.0, (others.sum() - len(best) - 1) * (1 - noise.ar**2) / (1 + noise.ar**2))
    p = min(1.0, 2 * len(series.t) * float(stdtr(free, ndtri(tail))))
    low, high = np.searchsorted(np.cumsum(odds), [0.05, 0.95]) / series.size[i]
    return i, Pulse(int(series.t[i]), float(series.y[i] / series.size[i]), level, float(low), float(high), p)
