"""How much a statistic would move with other people: replicate weights, one side at a time.

Any statistic of the weights gets its covariance by being computed again under each row of replicate weights:
``scale * sum_r (theta_r - theta)(theta_r - theta)'``. Deviations are taken from the statistic under the full weights,
never from the mean of the replicates, for both kinds: that adds the bias squared and so errs on the wide side.
The sides are independent samples: one side is varied while the others keep their full weights, and variances add.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.errors import UsageError

__all__ = ["Replicates", "Varied", "jackknife", "raked", "rao_wu", "vary"]

_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Replicates:
    """Weights of the people of one side, and the weights they would have in other samples.

    Args:
        weights: full weights, (n,).
        replicates: one row a replicate, (R, n).
        scale: what the sum of squared deviations from the full statistic is multiplied by.
        df: degrees of freedom of the variance.

    Example:
        >>> jackknife(3).replicates.tolist()
        [[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    """

    weights: _Array
    replicates: _Array
    scale: float
    df: float


@dataclass(frozen=True, slots=True)
class Varied:
    """A statistic with its covariance.

    Args:
        value: under the full weights, (k,).
        covariance: (k, k).
        df: degrees of freedom of the covariance.

    Example:
        >>> varied = Varied(np.array([0.5]), np.array([[0.01]]), df=9)
        >>> [round(float(end[0]), 3) for end in varied.interval()]
        [0.274, 0.726]
    """

    value: _Array
    covariance: _Array
    df: float

    def se(self) -> _Array:
        """Standard errors, (k,)."""
        return np.sqrt(np.diagonal(self.covariance))

    def interval(self, level: float = 0.95) -> tuple[_Array, _Array]:
        """Ends of the interval of each part, from Student's t with ``df`` degrees of freedom, each (k,)."""
        reach = student.ppf((1 + level) / 2, self.df) * self.se()
        return self.value - reach, self.value + reach


def jackknife(n: int) -> Replicates:
    """Replicates that leave out one person at a time; every person has weight 1.

    For delegations: people random, items fixed. Source: Tukey (1958), Annals of Mathematical Statistics 29.

    Raises:
        UsageError: fewer than 2 people.

    Example:
        >>> x = np.array([1.0, 2.0, 3.0, 6.0])
        >>> mean = vary(lambda w: np.array([w @ x / w.sum()]), jackknife(4))
        >>> bool(np.isclose(mean.se()[0], x.std(ddof=1) / 2))
        True
    """
    if n < 2:
        raise UsageError(f"A jackknife needs 2 people or more, and there are {n}. List the answers instead.")
    return Replicates(np.ones(n), 1 - np.eye(n), (n - 1) / n, n - 1)


def rao_wu(
    weights: npt.ArrayLike,
    strata: npt.ArrayLike,
    psus: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    replicates: int = 1000,
) -> Replicates:
    """Rescaling bootstrap of a survey: in each stratum one PSU fewer than it has is drawn, with replacement.

    A person's weight becomes ``w * m / (m - 1) * hits``, with m PSUs in the stratum and ``hits`` the number of times
    that the person's PSU was drawn. Source: Rao, Wu and Yue (1992), Survey Methodology 18(2).

    Args:
        weights: above 0, (n,).
        strata: stratum of each person, (n,); one value for all where there are none.
        psus: primary sampling unit of each person, (n,); the same name in two strata means two units. A different
            value for each person where people were drawn one by one.
        rng: source of the draws.
        replicates: how many.

    Raises:
        UsageError: a stratum with one PSU, a weight that is not above 0, or columns of different lengths.

    Example:
        >>> design = rao_wu(np.ones(6), np.zeros(6), np.arange(6), rng=np.random.default_rng(1), replicates=50)
        >>> design.replicates.shape, design.df
        ((50, 6), 5.0)
    """
    w, stratum, unit = np.asarray(weights, dtype=np.float64), np.asarray(strata), np.asarray(psus)
    _check(w, stratum, unit, replicates)
    names, of_stratum = np.unique(stratum, return_inverse=True)
    hits = np.empty((replicates, len(w)))
    units = 0
    for h, name in enumerate(names):
        inside = np.flatnonzero(of_stratum == h)
        m, of_unit = _units(unit[inside])
        if m < 2:
            raise UsageError(
                f"Stratum '{name}' has one PSU, so its variance cannot be had. Merge it with another stratum."
            )
        drawn = rng.multinomial(m - 1, np.full(m, 1 / m), size=replicates)
        hits[:, inside] = drawn[:, of_unit] * (m / (m - 1))
        units += m
    return Replicates(w, hits * w, 1 / replicates, float(units - len(names)))


def raked(
    side: Replicates, margins: Sequence[tuple[npt.ArrayLike, Mapping[str, float]]], *, rounds: int = 200
) -> Replicates:
    """Weights that meet known margins of the population, raked again within every replicate.

    Source: Deming and Stephan (1940), Annals of Mathematical Statistics 11(4).

    Args:
        side: replicates before raking; the weights before, not those that were raked already.
        margins: for each margin the group of every person, (n,), and the share of each group in the population.
        rounds: how often all margins are met in turn before it is given up.

    Raises:
        UsageError: groups and shares that do not match, a group without people in some replicate, or no convergence.

    Example:
        >>> side = raked(jackknife(6), [(list("wwwwmm"), {"m": 0.5, "w": 0.5})])
        >>> side.weights.tolist()
        [0.75, 0.75, 0.75, 0.75, 1.5, 1.5]
    """
    every = np.vstack([side.weights, side.replicates])
    known = [_margin(groups, shares, every.shape[1]) for groups, shares in margins]
    for _ in range(rounds):
        worst = 0.0
        for member, target in known:
            held = every @ member
            if (held <= 0).any():
                raise UsageError("A group of a margin has no people in some replicate. Merge it with another group.")
            factor = target * held.sum(axis=1, keepdims=True) / held
            worst = max(worst, float(np.abs(factor - 1).max()))
            every = every * (factor @ member.T)
        if worst < 1e-10:
            return Replicates(every[0], every[1:], side.scale, side.df)
    raise UsageError(f"Raking did not meet its margins in {rounds} rounds. Check that they agree with each other.")


def vary(statistic: Callable[..., _Array], *sides: Replicates) -> Varied:
    """A statistic of one weight vector a side, with its covariance over the independent sides.

    Args:
        statistic: takes one weight vector a side, each (n_side,), and returns (k,), all of it finite.
        sides: replicates of each side.

    Returns:
        Value (k,), covariance (k, k) and the df of the side with the fewest.

    Raises:
        UsageError: no side, or the statistic is not finite under some replicate (a part of it rests on too few people).

    Example:
        >>> a, b = np.array([0.2, 0.4, 0.6]), np.array([0.5, 0.9])
        >>> gap = vary(lambda u, v: np.array([v @ b / v.sum() - u @ a / u.sum()]), jackknife(3), jackknife(2))
        >>> round(float(gap.value[0]), 3), gap.df
        (0.3, 1)
    """
    if not sides:
        raise UsageError("There is no side to vary. Give the replicate weights of at least one.")
    full = [side.weights for side in sides]
    value = np.atleast_1d(np.asarray(statistic(*full), dtype=np.float64))
    covariance = np.zeros((len(value), len(value)))
    for at, side in enumerate(sides):
        rows = [statistic(*full[:at], row, *full[at + 1 :]) for row in side.replicates]
        away = np.asarray(rows, dtype=np.float64).reshape(len(rows), -1) - value
        covariance += side.scale * away.T @ away
    if not (np.isfinite(value).all() and np.isfinite(covariance).all()):
        raise UsageError("The statistic has no value under some replicate: a part of it rests on too few people.")
    return Varied(value, covariance, min(side.df for side in sides))


def _margin(groups: npt.ArrayLike, shares: Mapping[str, float], n: int) -> tuple[_Array, _Array]:
    """Who is in which group, (n, groups), and the shares of the groups, (groups,)."""
    names, of = np.unique(np.asarray(groups), return_inverse=True)
    if len(of) != n or set(names.tolist()) != set(shares) or min(shares.values()) <= 0:
        said = f"{len(of)} people in {sorted(names.tolist())}, shares for {sorted(shares)}"
        raise UsageError(f"A margin does not fit {n} people: {said}. Give every group of people a share above 0.")
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise UsageError(f"Shares of a margin add up to {sum(shares.values()):g}, not 1. Correct them.")
    return np.eye(len(names))[of], np.array([shares[str(name)] for name in names])


def _units(unit: npt.NDArray[np.generic]) -> tuple[int, npt.NDArray[np.intp]]:
    names, of_unit = np.unique(unit, return_inverse=True)
    return len(names), of_unit


def _check(w: _Array, stratum: npt.NDArray[np.generic], unit: npt.NDArray[np.generic], replicates: int) -> None:
    if not len(w) == len(stratum) == len(unit):
        raise UsageError(f"{len(w)} weights, {len(stratum)} strata and {len(unit)} PSUs: give one of each a person.")
    bad = np.flatnonzero(~(np.isfinite(w) & (w > 0)))
    if bad.size:
        raise UsageError(
            f"Weight {w[bad[0]]} of person {bad[0] + 1} is not above 0. Leave out people without a weight."
        )
    if replicates < 2:
        raise UsageError(f"{replicates} replicates are too few. Ask for 2 or more, better 1000.")
