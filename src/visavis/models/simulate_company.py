"""Made-up third countries with a known answer: mixes of means at a known distance, and panels of dyads.

Acts of a month hang together, so mixes scatter more than independent acts would (Dirichlet-multinomial), and shares
follow their own past, the month and the two countries.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from visavis.models.convergence import divergence

__all__ = ["MadeMixes", "MadePanel", "made_mixes", "made_panel"]

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

_ONE = np.array([0.55, 0.2, 0.05, 0.04, 0.03, 0.05, 0.02, 0.02, 0.01, 0.01, 0.01, 0.01])
_OTHER = np.array([0.3, 0.15, 0.05, 0.06, 0.1, 0.12, 0.08, 0.06, 0.02, 0.02, 0.02, 0.02])


@dataclass(frozen=True, slots=True)
class MadeMixes:
    """Acts of two countries toward a third one, and the truth.

    Args:
        a, b: counts by period and means, shape (periods, 12).
        early, late: true distance in each half, bits.
    """

    a: Counts
    b: Counts
    early: float
    late: float


def made_mixes(
    periods: int,
    acts: float,
    apart: tuple[float, float],
    *,
    rng: np.random.Generator,
    clump: float = 60.0,
    ar: float = 0.0,
) -> MadeMixes:
    """Mixes of two sides over time.

    Args:
        periods: how many, an even number.
        acts: mean acts of either side in a period.
        apart: how far the second side's mix lies from the first's in each half, 0 (equal) to 1.
        rng: source of chance.
        clump: the smaller, the more the acts of a period hang together; above 0.
        ar: how much a period's mix resembles the last one's, 0 to .95. Above 0 shares swing about the mixes whose
            distance is given, by factors, so that only a change of 0 is exact.

    Example:
        >>> made = made_mixes(24, 10, (0, 1), rng=np.random.default_rng(1))
        >>> made.a.shape, round(made.early, 3), round(made.late, 3)
        ((24, 12), 0.0, 0.082)
    """
    weight = np.repeat(apart, periods // 2)
    mixes = (1 - weight)[:, None] * _ONE + weight[:, None] * _OTHER
    sides = []
    for mix in (np.tile(_ONE, (len(mixes), 1)), mixes):
        shares = np.stack([rng.dirichlet(clump * row) for row in mix])
        if ar > 0:
            swung = mix * np.exp(0.6 * _autocorrelated(rng, np.full(mix.shape[1], ar), len(mix)).T)
            shares = swung / swung.sum(axis=1, keepdims=True)
        sides.append(
            np.stack([rng.multinomial(n, p) for n, p in zip(rng.poisson(acts, len(mix)), shares, strict=True)])
        )
    early, late = (divergence(_ONE, (1 - w) * _ONE + w * _OTHER) for w in apart)
    return MadeMixes(sides[0], sides[1], early, late)


@dataclass(frozen=True, slots=True)
class MadePanel:
    """A panel of dyads; country 0 and 1 are the pair, country 2 the third one.

    Args:
        dyads: numbers of the two countries, each pair once.
        k, n: conflictual and all acts, shape (dyads, periods).
        effect: how far the third country's shares follow the pair's recorded share over the next three periods.
    """

    dyads: tuple[tuple[int, int], ...]
    k: Counts
    n: Counts
    effect: float


def made_panel(
    countries: int,
    periods: int,
    acts: float,
    *,
    rng: np.random.Generator,
    effect: float = 0.0,
    together: float = 0.0,
    ar: float = 0.5,
    month: float = 0.3,
    actor: float = 0.0,
    noise: float = 0.5,
) -> MadePanel:
    """Conflictual and all acts of every dyad.

    Args:
        countries: how many, 4 or more.
        periods: how many.
        acts: mean acts of a dyad in a period; dyads differ in it by a factor of up to four.
        rng: source of chance.
        effect: ties of country 2 with 0 and 1: change of the true share per change of the pair's recorded share in
            each of the three periods before.
        together: the same within the period.
        ar: autocorrelation of each dyad's own noise, 0 to .95; 0 for the pair where an effect is planted.
        month, actor, noise: spread of what all dyads share, of what all ties of a country share (lasting by ``ar``),
            and of a dyad's own noise, in logits.

    Example:
        >>> made = made_panel(5, 40, 20, rng=np.random.default_rng(1))
        >>> made.k.shape, made.dyads[0]
        ((10, 40), (0, 1))
    """
    dyads = tuple(combinations(range(countries), 2))
    planted = effect != 0 or together != 0
    lasting = np.where(np.arange(len(dyads)) == 0, 0.0 if planted else ar, ar)
    own = _autocorrelated(rng, lasting, periods) * noise
    countrywide = _autocorrelated(rng, np.full(countries, ar), periods) * actor
    level = rng.normal(-1.0, 0.4, len(dyads))[:, None] + rng.normal(0, month, periods)
    ends = np.array(dyads)
    p = 1 / (1 + np.exp(-(level + own + countrywide[ends[:, 0]] + countrywide[ends[:, 1]])))
    n = rng.poisson(acts * rng.uniform(0.5, 2.0, len(dyads))[:, None], (len(dyads), periods))
    k = rng.binomial(n, p)
    if planted:
        recorded = k[0] / np.maximum(n[0], 1)
        swing = np.where(n[0] > 0, recorded - p[0].mean(), 0.0)
        pull = together * swing + effect * sum(np.concatenate([np.zeros(i), swing[:-i]]) for i in (1, 2, 3))
        for i, dyad in enumerate(dyads):
            if dyad in ((0, 2), (1, 2)):
                k[i] = rng.binomial(n[i], np.clip(p[i] + pull, 0.01, 0.99))
    return MadePanel(dyads, k, n, effect)


def _autocorrelated(rng: np.random.Generator, ar: Array, periods: int) -> Array:
    """Series with unit variance and their own autocorrelation, shape (series, periods)."""
    made = rng.normal(size=(len(ar), periods))
    for t in range(1, periods):
        made[:, t] = ar * made[:, t - 1] + np.sqrt(1 - ar**2) * made[:, t]
    return made
