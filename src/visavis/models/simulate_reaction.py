"""Made-up pairs that answer each other, or do not, with a known truth: shared attention, double coding, moods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.errors import UsageError
from visavis.models.reciprocity import Panel

__all__ = ["Answering", "Moods", "answering", "moods"]

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
_DAYS, _KINDS = 30, 8  # places of an act within a period: a day and a root, on which double coding puts the copy too


@dataclass(frozen=True, slots=True)
class Answering:
    """Made-up pairs and the truth about them.

    Args:
        panel: the counts as recorded, copies and all.
        unmirrored: the same without conflictual acts that have one of the same root in the other direction that day.
        other: the true slope on the other's acts.
        own: the true slope on a side's own acts.
    """

    panel: Panel
    unmirrored: Panel
    other: float
    own: float


def answering(
    periods: int,
    *,
    rng: np.random.Generator,
    other: float = 0.0,
    back: float | None = None,
    own: float = 0.3,
    pairs: int = 1,
    acts: float = 40.0,
    share: float = 0.15,
    attention: float = 0.5,
    ar: float = 0.7,
    mood: float = 0.0,
    doubled: float = 0.0,
) -> Answering:
    """Pairs whose news attention rises and falls for both sides at once, and whose tone follows what was done before.

    Acts of any kind are Poisson at a level that both sides share; each is conflictual with a chance that follows, one
    period later, the conflictual share of a side's own acts and of the other's.

    Args:
        periods: how many, after a start that is thrown away.
        rng: source of chance.
        other: slope on the other's share; 0 is no answer.
        back: the same for the second way of each pair; as ``other`` when None.
        own: slope on a side's own share.
        pairs: how many; they differ in size when more than one.
        acts: mean acts a period from one to the other.
        share: usual conflictual share.
        attention: standard deviation of log attention, shared by the two.
        ar: how much of attention, and of each side's mood, stays from one period to the next.
        mood: standard deviation of each side's own log mood, which the other does not share.
        doubled: share of acts that are also recorded in the other direction, on the same day with the same root.

    >>> made = answering(100, doubled=0.3, rng=np.random.default_rng(1))
    >>> made.panel.k.shape, bool(made.panel.k.sum() > made.unmirrored.k.sum())
    ((2, 100), True)
    """
    if periods < 2 or not 0 <= doubled < 1 or not 0 <= ar < 1:
        raise UsageError(f"At least 2 periods, doubled and ar in [0, 1); got {periods}, {doubled}, {ar}.")
    start, ways = 20, 2 * pairs
    slopes = np.tile([other, other if back is None else back], pairs)
    reverse = np.arange(ways) ^ 1
    size = acts * (np.exp(rng.normal(0, 1, pairs)) if pairs > 1 else np.ones(1))
    shared = np.exp(_autoregressive((pairs, periods + start), attention, ar, rng) - attention**2 / 2)
    moods_ = _autoregressive((ways, periods + start), mood, ar, rng)
    level = np.repeat(size[:, None] * shared, 2, axis=0)
    seen, calm, kept = np.zeros((3, ways, periods + start), np.int64)
    before = np.zeros(ways)
    for t in range(periods + start):
        chance = share * np.exp(own * before + slopes * before[reverse] + moods_[:, t])
        n = rng.poisson(level[:, t])
        k = rng.binomial(n, np.minimum(chance, 0.9))
        before = np.log((1 + k) / (1 + n) / share) * (n > 0)
        seen[:, t], calm[:, t], kept[:, t] = _recorded(k, n - k, reverse, doubled, rng)
    seen, calm, kept = (part[:, start:] for part in (seen, calm, kept))
    known = np.ones(periods, bool)
    return Answering(Panel(seen, seen + calm, reverse, known), Panel(kept, kept + calm, reverse, known), other, own)


def _recorded(
    k: Counts, calm: Counts, reverse: Counts, doubled: float, rng: np.random.Generator
) -> tuple[Counts, Counts, Counts]:
    """Conflictual acts and others as recorded, copies included, and conflictual ones without a mirror."""
    cells = np.stack([np.bincount(rng.integers(0, _DAYS * _KINDS, c), minlength=_DAYS * _KINDS) for c in k])
    cells = cells + rng.binomial(cells, doubled)[reverse]
    unmirrored = np.where(cells[reverse] > 0, 0, cells)
    return cells.sum(axis=1), calm + rng.binomial(calm, doubled)[reverse], unmirrored.sum(axis=1)


def _autoregressive(shape: tuple[int, int], sd: float, ar: float, rng: np.random.Generator) -> Array:
    """Gaussian AR(1) series with this standard deviation, one a row."""
    noise = rng.standard_normal(shape)
    made = np.empty(shape)
    made[:, 0] = noise[:, 0]
    for t in range(1, shape[1]):
        made[:, t] = ar * made[:, t - 1] + np.sqrt(1 - ar**2) * noise[:, t]
    return sd * made


@dataclass(frozen=True, slots=True)
class Moods:
    """Made-up mood of both sides, with what each expected and what came.

    Args:
        mood: of the side looked at, (n,).
        placebo: mood of the other side, (n,).
        expected: what the side expected of the other, (n,).
        came: what the other did, (n,).
    """

    mood: Array
    placebo: Array
    expected: Array
    came: Array


def moods(
    periods: int,
    *,
    rng: np.random.Generator,
    expectation: float = 0.0,
    news: float = 0.3,
    ar: float = 0.5,
    both: bool = False,
) -> Moods:
    """Moods that follow what came, and what was expected where ``expectation`` is not 0.

    What is expected follows what came before, as expectations do; without any disappointment the difference between
    the two is nevertheless related to every autocorrelated mood.

    Args:
        periods: how many.
        rng: source of chance.
        expectation: effect of one standard deviation more expected; below 0 is disappointment.
        news: effect of what came.
        ar: how much of every series stays from one period to the next.
        both: whether the other side's mood follows the same expectation, so that it is no disappointment of one side.

    >>> moods(40, rng=np.random.default_rng(1)).mood.shape
    (40,)
    """
    start = 20
    came, own, theirs, guess = _autoregressive((4, periods + start), 1.0, ar, rng)
    expected = np.concatenate([[0.0], came[:-1]]) * 0.6 + 0.8 * guess
    mood, placebo = np.zeros(periods + start), np.zeros(periods + start)
    for t in range(1, periods + start):
        felt = expectation * expected[t]
        mood[t] = ar * mood[t - 1] + news * came[t] + felt + own[t] * 0.8
        placebo[t] = ar * placebo[t - 1] + (felt if both else 0.0) + 0.8 * theirs[t]
    return Moods(*(series[start:] for series in (mood, placebo, expected, came)))
