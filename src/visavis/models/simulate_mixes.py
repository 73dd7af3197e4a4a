"""Two made-up countries toward a third one, week by week, with known mixes of means, to test what recovers them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["EQUAL", "shuffled_shares", "two_mixes"]

_Counts = npt.NDArray[np.int64]

EQUAL = (0.15, 0.05, 0.40, 0.25, 0.05, 0.04, 0.03, 0.03)
"""A mix of eight means like those on record: statements, appeals, dialogue, cooperation, four kinds of pressure."""


def two_mixes(
    mixes: tuple[Sequence[float], Sequence[float]] = (EQUAL, EQUAL),
    *,
    acts: tuple[float, float] = (30.0, 7.5),
    weeks: int = 40,
    months: int = 9,
    bursts: tuple[float, float] = (10.0, 10.0),
    drift: float = 30.0,
    rng: np.random.Generator,
) -> tuple[_Counts, _Counts, _Counts]:
    """Counts of both sides, (weeks, K) each, and the month of each week, (weeks,).

    Weeks vary in number (negative-binomial) and in mix (Dirichlet); months move the mixes of both sides alike and
    their numbers apart. So weeks are bursts, and equal mixes are equal in every month.

    Args:
        mixes: expected shares of each side.
        acts: expected acts a week of each side.
        weeks, months: length.
        bursts: how alike the acts of a week are, by side; lower is burstier.
        drift: how far months move the mixes; lower is farther.
        rng: source of the draws.

    Example:
        >>> a, b, month = two_mixes(rng=np.random.default_rng(1))
        >>> a.shape, b.shape, int(month.max())
        ((40, 8), (40, 8), 8)
    """
    month = np.arange(weeks) * months // weeks
    moved = rng.gamma(drift, 1 / drift, (months, len(mixes[0])))
    made = []
    for mix, mean, burst in zip(mixes, acts, bursts, strict=True):
        expected = np.asarray(mix, dtype=np.float64) * moved
        expected /= expected.sum(axis=1, keepdims=True)
        busy = rng.gamma(3, 1 / 3, months)
        number = rng.negative_binomial(2, 2 / (2 + mean * busy[month]))
        shares = np.array([rng.dirichlet(expected[m] * burst + 1e-3) for m in month])
        made.append(np.array([rng.multinomial(n, p) for n, p in zip(number, shares, strict=True)]))
    return made[0], made[1], month


def shuffled_shares(acts: int, share: float, *, blocks: int, rng: np.random.Generator) -> _Counts:
    """A side's acts and those of one kind by block, (blocks, 2), with exactly the share given, dealt at random.

    Example:
        >>> shuffled_shares(200, 0.2, blocks=60, rng=np.random.default_rng(1)).sum(axis=0).tolist()
        [200, 40]
    """
    of_kind = round(acts * share)
    found = np.zeros((blocks, 2), dtype=np.int64)
    where = rng.integers(0, blocks, acts)
    np.add.at(found[:, 0], where, 1)
    np.add.at(found[:, 1], where[:of_kind], 1)
    return found
