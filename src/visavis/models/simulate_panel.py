"""Made-up panels of directed dyads with known dynamics: negative-binomial counts that follow their own past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.models.dyad_panel import DyadPanel

__all__ = ["MadeCounts", "simulated_panel"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MadeCounts:
    """A panel and the truth about it.

    Args:
        panel: the counts.
        mean: true expected count of each dyad and period, given all before, shape (dyads, periods).
        size: true size of the negative binomial.
    """

    panel: DyadPanel
    mean: Array
    size: float


def simulated_panel(
    dyads: int,
    periods: int,
    *,
    rng: np.random.Generator,
    level: float = 1.0,
    spread: float = 1.2,
    own: float = 0.3,
    lasting: float = 0.4,
    other: float = 0.1,
    size: float = 2.0,
    busy: float = 0.2,
    missing: float = 0.0,
) -> MadeCounts:
    """Counts of an autoregression in which a dyad's mean follows its level, its last count, its running mean and the
    other direction's last count; all at the stream's exposure, which wanders.

    Args:
        dyads: how many, an even number: rows 2i and 2i + 1 are the two directions of a pair.
        periods: how many.
        rng: source of chance.
        level: median expected count of a dyad.
        spread: standard deviation of the logarithm of levels.
        own, lasting, other: weights of the last count, of the mean discounted by .8 and of the other direction's last
            count; their sum is under 1, and what is left goes to the level.
        size: of the negative binomial; small for bursts.
        busy: how far the stream's volume wanders, sd of the logarithm a year.
        missing: share of periods that the record does not cover.

    Example:
        >>> made = simulated_panel(40, 60, rng=np.random.default_rng(1))
        >>> made.panel.y.shape, bool(made.mean.min() > 0)
        ((40, 60), True)
    """
    levels = level * np.exp(rng.normal(0, spread, dyads // 2)).repeat(2)
    volume = np.exp(np.cumsum(rng.normal(0, busy / 12**0.5, periods)))
    reverse = np.arange(dyads) ^ 1
    rest = 1 - own - lasting - other
    y, mean = np.zeros((dyads, periods), np.int64), np.zeros((dyads, periods))
    last, running = levels.copy(), levels.copy()
    for t in range(periods):
        rate = rest * levels + own * last + lasting * running + other * last[reverse]
        mean[:, t] = volume[t] * rate
        y[:, t] = rng.negative_binomial(size, size / (size + mean[:, t]))
        last = y[:, t] / volume[t]
        running = 0.8 * running + 0.2 * last
    known = rng.random(periods) >= missing
    rest_acts = rng.poisson(2 * volume * levels[:, None])
    exposure = volume * (1000.0 + 3 * levels.sum())
    return MadeCounts(DyadPanel(y, y + rest_acts, exposure, reverse, known), mean, size)
