"""How far two publics stand apart on an answer scale: whole distributions, not means alone.

Everything starts from the weighted shares of the answer codes, so it can be varied over replicate weights, and works
from published percentages too. Distances are never negative, so noise alone keeps them above 0: :func:`noise` says by
how much. Cliff's delta has a sign and no such lean. Sources: Cliff (1993), Psychological Bulletin 114(3); for
distances of ordered shares Mallows (1972), Annals of Mathematical Statistics 43(2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from visavis.errors import NoDataError, UsageError
from visavis.models.replicates import Replicates, Varied, vary

__all__ = ["category_shares", "cliffs_delta", "noise", "ordinal_gap", "total_variation", "wasserstein"]

_Array = npt.NDArray[np.float64]


def category_shares(weights: _Array, codes: _Array, scale: Sequence[float]) -> _Array:
    """Weighted share of each answer code among those who answered, (K,), summing to 1.

    Args:
        weights: 0 or above, (n,).
        codes: answers as given, NaN where there is none, (n,).
        scale: the K codes in order, from the least to the most agreeing.

    Raises:
        UsageError: an answer that is not on the scale, or a scale of fewer than 2 codes.
        NoDataError: nobody with a weight above 0 answered.

    Example:
        >>> category_shares(np.array([1.0, 1, 2, 5]), np.array([1, 1, 3, np.nan]), (1, 2, 3)).tolist()
        [0.5, 0.0, 0.5]
    """
    if len(scale) < 2:
        raise UsageError(f"A scale needs 2 codes or more, and this one has {len(scale)}.")
    told = ~np.isnan(codes)
    on = codes[told, None] == np.asarray(scale, dtype=np.float64)
    off = np.flatnonzero(~on.any(axis=1))
    if off.size:
        raise UsageError(f"Answer {codes[told][off[0]]:g} is not on the scale {tuple(scale)}. Correct it or the scale.")
    totals = weights[told] @ on
    if totals.sum() <= 0:
        raise NoDataError("Nobody answered this item. Leave it out.")
    return np.asarray(totals / totals.sum())


def wasserstein(a: _Array, b: _Array) -> float:
    """Distance W1 between two distributions over ordered categories one step apart, 0 to 1.

    The share of people times the part of the scale that each would have to move; 1 where all of one side stand at one
    end and all of the other at the other end.

    Args:
        a: shares of the categories in order, (K,); ``b``: the same of the other side.

    Example:
        >>> wasserstein(np.array([1.0, 0, 0]), np.array([0, 1.0, 0]))
        0.5
    """
    return float(np.abs(np.cumsum(a - b)[:-1]).sum() / (len(a) - 1))


def total_variation(a: _Array, b: _Array) -> float:
    """Share of one side that would have to give another answer to match the other side, 0 to 1; order is ignored.

    Example:
        >>> total_variation(np.array([0.5, 0.5, 0]), np.array([0, 0.5, 0.5]))
        0.5
    """
    return float(np.abs(a - b).sum() / 2)


def cliffs_delta(a: _Array, b: _Array) -> float:
    """Chance that one of B stands higher than one of A, less the chance of the reverse: -1 to 1.

    Example:
        >>> cliffs_delta(np.array([0.5, 0.5, 0]), np.array([0, 0.5, 0.5]))
        0.75
    """
    below = np.cumsum(a) - a
    above = 1 - np.cumsum(a)
    return float(b @ (below - above))


def ordinal_gap(a: Replicates, codes_a: _Array, b: Replicates, codes_b: _Array, *, scale: Sequence[float]) -> Varied:
    """W1, total variation and Cliff's delta of two publics, in this order, with their covariance.

    Args:
        a: replicate weights of one side; ``codes_a``: its answers, NaN where there is none, (n,).
        b: replicate weights of the other; ``codes_b``: its answers.
        scale: the codes in order.

    Example:
        >>> from visavis.models.replicates import jackknife
        >>> gap = ordinal_gap(
        ...     jackknife(4), np.array([1.0, 1, 2, 2]), jackknife(4), np.array([2.0, 2, 3, 3]), scale=(1, 2, 3)
        ... )
        >>> gap.value.tolist()
        [0.5, 0.5, 0.75]
    """

    def apart(u: _Array, v: _Array) -> _Array:
        one, two = category_shares(u, codes_a, scale), category_shares(v, codes_b, scale)
        return np.array([wasserstein(one, two), total_variation(one, two), cliffs_delta(one, two)])

    return vary(apart, a, b)


def noise(
    distance: Callable[[_Array, _Array], float],
    pooled: _Array,
    n_a: float,
    n_b: float,
    *,
    rng: np.random.Generator,
    draws: int = 2000,
    level: float = 0.95,
) -> tuple[float, float]:
    """What a distance would be if both sides had the same distribution: its mean, and what it exceeds in 1 of 20.

    Not to be subtracted: that is right only if nothing differs. It is printed beside the distance.

    Args:
        distance: of two share vectors, such as ``wasserstein``.
        pooled: shares of both sides together, (K,).
        n_a: effective people of one side; ``n_b``: of the other.
        rng: source of the draws.
        draws: how many.
        level: of the upper value.

    Example:
        >>> mean, upper = noise(wasserstein, np.full(4, 0.25), 600, 600, rng=np.random.default_rng(1))
        >>> round(mean, 2), round(upper, 2)
        (0.02, 0.04)
    """
    one, two = (rng.multinomial(max(round(n), 1), pooled, size=draws) / max(round(n), 1) for n in (n_a, n_b))
    found = np.array([distance(p, q) for p, q in zip(one, two, strict=True)])
    return float(found.mean()), float(np.quantile(found, level))
