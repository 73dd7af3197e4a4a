"""Weighted means and shares of a survey, with the variance that its sample design gives.

Means are Hajek's: ``sum w x / sum w`` over those who answered. Their covariance is linearised, with the totals of the
primary sampling units (PSUs) within strata as the independent pieces, as if PSUs had been drawn with replacement
(METHODS section 6). A group of people, and those who answered an item, are domains: everyone else stays in the design
with a contribution of 0. Source: Binder (1983), International Statistical Review 51(3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv
from scipy.stats import t as student

from visavis.asked import Person
from visavis.errors import NoDataError, UsageError
from visavis.models.replicates import Varied

__all__ = ["Design", "Means", "contrast", "design_of", "difference", "domain_means", "korn_graubard", "means"]

_Array = npt.NDArray[np.float64]
LEAST_EFFECTIVE = 100  # respondents; a public with fewer is treated as a delegation (METHODS section 6)
_LEAST_EXPECTED = 10  # counts, below which no interval of a share leans on the normal curve


@dataclass(frozen=True)
class Design:
    """How the people of one side were drawn.

    Args:
        weights: above 0, (n,).
        strata: stratum of each person, (n,); one value for all where there are none.
        psus: primary sampling unit of each person, (n,); a different value for each person where people were drawn
            one by one. The same name in two strata means two units.

    Raises:
        UsageError: columns of different lengths, a weight that is not above 0, or a stratum with one PSU.

    Example:
        >>> Design(np.ones(6), np.array(list("aaabbb")), np.array([1, 1, 2, 1, 2, 3])).units
        5
    """

    weights: _Array
    strata: npt.NDArray[np.generic]
    psus: npt.NDArray[np.generic]

    def __post_init__(self) -> None:
        """Check at the edge, then trust."""
        lengths = (len(self.weights), len(self.strata), len(self.psus))
        if len(set(lengths)) > 1:
            raise UsageError("{} weights, {} strata and {} PSUs: give one of each a person.".format(*lengths))
        bad = np.flatnonzero(~(np.isfinite(self.weights) & (self.weights > 0)))
        if bad.size:
            at = bad[0]
            raise UsageError(f"Weight {self.weights[at]} of person {at + 1} is not above 0. Leave such people out.")
        sizes = np.bincount(self._stratum_of_unit)
        if (sizes == 1).any():
            alone = np.unique(self.strata)[np.flatnonzero(sizes == 1)[0]]
            raise UsageError(f"Stratum '{alone}' has one PSU, so it shows no variance. Merge it with another stratum.")

    @property
    def units(self) -> int:
        """Number of PSUs."""
        return len(self._stratum_of_unit)

    @property
    def plain(self) -> bool:
        """Whether there are neither strata nor PSUs of several people: weights alone, or nothing."""
        return self.units == len(self.weights) and int(self._stratum_of_unit.max()) == 0

    def spread(self, pieces: _Array) -> _Array:
        """Covariance of column totals: each PSU's total against the mean of its stratum, (n, k) -> (k, k)."""
        totals = np.zeros((self.units, pieces.shape[1]))
        np.add.at(totals, self._unit, pieces)
        stratum = self._stratum_of_unit
        m = np.bincount(stratum).astype(np.float64)
        centre = np.zeros((len(m), pieces.shape[1]))
        np.add.at(centre, stratum, totals)
        away = (totals - (centre / m[:, None])[stratum]) * np.sqrt(m / (m - 1))[stratum, None]
        return np.asarray(away.T @ away)

    def df(self, people: npt.NDArray[np.bool_]) -> int:
        """PSUs less strata among these people, mask of (n,)."""
        inside = np.unique(self._unit[people])
        return len(inside) - len(np.unique(self._stratum_of_unit[inside]))

    @cached_property
    def _unit(self) -> npt.NDArray[np.intp]:
        return self._units[0]

    @cached_property
    def _stratum_of_unit(self) -> npt.NDArray[np.intp]:
        return self._units[1]

    @cached_property
    def _units(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Unit of each person, (n,), and stratum of each unit, (units,), both as numbers from 0."""
        stratum = np.unique(self.strata, return_inverse=True)[1]
        names, psu = np.unique(self.psus, return_inverse=True)
        both, unit = np.unique(stratum * len(names) + psu, return_inverse=True)
        return unit, both // len(names)


@dataclass(frozen=True, slots=True)
class Means(Varied):
    """Weighted means of k items with their covariance.

    Args:
        value: (k,).
        covariance: (k, k).
        df: PSUs less strata, of the item with the fewest among those who answered it.
        n: people who answered, (k,).
        n_eff: people of a simple sample who would tell as much, (k,): ``n / deff``, at most n. Without a design deff is
            Kish's ``1 + CV^2`` of the weights; with one, the variance over that of a simple sample.

    Example:
        >>> design = Design(np.array([1.0, 2, 1, 2]), np.zeros(4), np.arange(4))
        >>> found = means(np.array([0.0, 1, 1, np.nan]), design)
        >>> found.value.tolist(), found.n.tolist(), found.n_eff.round(2).tolist()
        ([0.75], [3], [2.67])
    """

    n: npt.NDArray[np.int64]
    n_eff: _Array

    def enough(self) -> npt.NDArray[np.bool_]:
        """Whether at least 100 effective people answered each item, (k,); with fewer a public is shown no estimate."""
        return self.n_eff >= LEAST_EFFECTIVE

    def share_interval(self, level: float = 0.95) -> tuple[_Array, _Array]:
        """Ends of the intervals of k shares, each (k,).

        Student's t where at least 10 effective people are expected on both sides of the share, else Korn-Graubard,
        whose effective n is ``share (1 - share) / variance``, at most n.
        """
        low, high = self.interval(level)
        both = self.value * (1 - self.value)
        variance = np.diagonal(self.covariance)
        kept = np.minimum(self.n, np.divide(both, variance, out=self.n_eff.copy(), where=variance > 0))
        for at in np.flatnonzero(kept * np.minimum(self.value, 1 - self.value) < _LEAST_EXPECTED):
            share, n_eff = float(self.value[at]), float(kept[at])
            low[at], high[at] = korn_graubard(share, n_eff, int(self.n[at]), df=self.df, level=level)
        return low, high


def design_of(people: Sequence[Person]) -> Design:
    """The design of a side's people; who has no PSU is one.

    Example:
        >>> design_of([Person("1", "JPN", weight=0.8), Person("2", "JPN", weight=1.2)]).plain
        True
    """
    return Design(
        np.array([person.weight for person in people]),
        np.array([person.stratum for person in people]),
        np.array([f"of {person.psu}" if person.psu else f"is {person.id}" for person in people]),
    )


def means(answers: _Array, design: Design, *, among: npt.NDArray[np.bool_] | None = None) -> Means:
    """Weighted means of one or several items over those who answered.

    Args:
        answers: NaN where there is none, (n,) or (n, k).
        design: of the n people.
        among: only of these people, (n,); the others stay in the design.

    Raises:
        NoDataError: nobody answered an item, or so few that their answers have no variance.

    Example:
        >>> design = Design(np.ones(4), np.array([1, 1, 2, 2]), np.arange(4))
        >>> found = means(np.array([0.2, 0.4, 0.6, 0.8]), design)
        >>> found.value.round(3).tolist(), found.se().round(4).tolist(), found.df
        ([0.5], [0.0707], 2)
    """
    x = answers[:, None] if answers.ndim == 1 else answers
    told = ~np.isnan(x)
    if among is not None:
        told &= among[:, None]
    n = told.sum(axis=0)
    if (n == 0).any():
        raise NoDataError(f"Nobody answered item {np.flatnonzero(n == 0)[0] + 1} of {len(n)}. Leave it out.")
    share = design.weights[:, None] * told
    share = share / share.sum(axis=0)
    filled = np.where(told, x, 0.0)
    value = (share * filled).sum(axis=0)
    away = np.where(told, filled - value, 0.0)
    covariance = design.spread(share * away)
    df = [design.df(column) for column in told.T]
    if min(df) < 1:
        at = df.index(min(df))
        raise NoDataError(
            f"Item {at + 1} of {len(n)} has {n[at]} answers, one PSU a stratum: no interval. Leave it out."
        )
    return Means(value, covariance, min(df), n, _n_eff(share, away, np.diagonal(covariance), n, design.plain))


def domain_means(answers: _Array, groups: npt.NDArray[np.generic], design: Design) -> tuple[list[str], Means]:
    """Means of one item in each group of people, with the covariance between groups.

    Args:
        answers: NaN where there is none, (n,).
        groups: of each person, (n,).
        design: of the n people.

    Returns:
        Names of the groups in order, and their means, (groups,).

    Example:
        >>> design = Design(np.ones(4), np.zeros(4), np.array([1, 2, 3, 3]))
        >>> names, found = domain_means(np.array([0.0, 1, 1, 1]), np.array(["men", "women", "men", "women"]), design)
        >>> names, found.value.tolist(), bool(found.covariance[0, 1] != 0)
        (['men', 'women'], [0.5, 1.0], False)
    """
    names, of = np.unique(groups, return_inverse=True)
    spread = np.where(of[:, None] == np.arange(len(names)), answers[:, None], np.nan)
    return [str(name) for name in names], means(spread, design)


def difference(a: Varied, b: Varied) -> Varied:
    """``b - a`` of two independent sides, item by item; the df of the side with fewer.

    Example:
        >>> a, b = Varied(np.array([0.4]), np.eye(1) * 3e-4, 90), Varied(np.array([0.5]), np.eye(1) * 1e-4, 60)
        >>> apart = difference(a, b)
        >>> apart.value.round(2).tolist(), apart.se().round(3).tolist(), apart.df
        ([0.1], [0.02], 60)
    """
    return Varied(b.value - a.value, a.covariance + b.covariance, min(a.df, b.df))


def contrast(varied: Varied, rows: npt.ArrayLike) -> Varied:
    """Weighted sums of the parts of one statistic: ``rows`` is (r, k).

    Example:
        >>> own_and_estimate = Varied(np.array([0.4, 0.7]), np.array([[4e-4, 1e-4], [1e-4, 4e-4]]), 99)
        >>> contrast(own_and_estimate, [[-1, 1]]).value.round(2).tolist()
        [0.3]
    """
    by = np.atleast_2d(np.asarray(rows, dtype=np.float64))
    return Varied(by @ varied.value, by @ varied.covariance @ by.T, varied.df)


def korn_graubard(share: float, n_eff: float, n: int, *, df: float, level: float = 0.95) -> tuple[float, float]:
    """Exact-type interval of a share from its effective n, for small or extreme shares.

    Clopper-Pearson with ``n_eff`` made smaller for the few degrees of freedom of the design.
    Source: Korn and Graubard (1998), Survey Methodology 24(2).

    Args:
        share: 0 to 1; ``n_eff``: effective people; ``n``: people who answered.
        df: degrees of freedom of the share's variance.

    Example:
        >>> [round(end, 4) for end in korn_graubard(0.0, 400, 600, df=599)]
        [0.0, 0.0092]
    """
    tail = (1 - level) / 2
    fewer = n_eff * float(student.ppf(tail, n - 1) / student.ppf(tail, df)) ** 2
    k = fewer * share
    low = 0.0 if share <= 0 else float(betaincinv(k, fewer - k + 1, tail))
    return low, 1.0 if share >= 1 else float(betaincinv(k + 1, fewer - k, 1 - tail))


def _n_eff(share: _Array, away: _Array, variance: _Array, n: npt.NDArray[np.int64], plain: bool) -> _Array:
    """``n / deff`` of each item, (k,), from normalised weights and distances to the mean, (n, k)."""
    kish = 1 / (share**2).sum(axis=0)
    if plain:
        return np.asarray(kish)
    simple = (share * away**2).sum(axis=0) / np.maximum(n - 1, 1)  # variance of the mean of a simple sample
    some = (simple > 0) & (variance > 0)
    told = n * np.divide(simple, variance, out=np.ones(len(n)), where=some)
    return np.asarray(np.where(some, np.minimum(told, n), kish))
