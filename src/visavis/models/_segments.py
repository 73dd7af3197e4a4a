"""Exact sums over all ways to cut a series into regimes: the core of turning_points.

A series of n periods is cut at k places into k + 1 regimes; every cut that leaves each regime long enough is equally
likely. Regimes do not share a level, so the weight of a cut is a product over regimes, and sums over all cuts need
no sampling. Source: Fearnhead (2006), Statistics and Computing 16(2), with the number of cuts kept as an index.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln

__all__ = ["Cuts", "all_cuts", "beta_evidence", "gamma_evidence"]

Array = NDArray[np.float64]


def gamma_evidence(y: Array, exposure: Array, shape: float, rate: float) -> Array:
    """Log evidence of every stretch of counts with one rate per exposure, prior Gamma(shape, rate).

    Args:
        y: counts, weighted by how much each period tells, shape (n,).
        exposure: exposures, weighted alike, shape (n,).
        shape: shape of the prior, above 0.
        rate: rate of the prior, above 0, in units of exposure.

    Returns:
        Shape (n + 1, n + 1); entry (i, j), i < j, is the stretch i, ..., j - 1, up to a term that no cut changes.
        The rest is -inf.
    """
    i, j, out = _stretches(len(y))
    ys, es = _sums(y), _sums(exposure)
    a = shape + ys[j] - ys[i]
    out[i, j] = gammaln(a) - a * np.log(rate + es[j] - es[i]) + shape * np.log(rate) - gammaln(shape)
    return out


def beta_evidence(k: Array, rest: Array, a: float, b: float) -> Array:
    """Log evidence of every stretch of shares with one probability, prior Beta(a, b).

    Args:
        k: weighted counts of what is looked for, shape (n,).
        rest: weighted counts of all else, shape (n,).
        a: first parameter of the prior, above 0.
        b: second parameter of the prior, above 0.

    Returns:
        As ``gamma_evidence``.
    """
    i, j, out = _stretches(len(k))
    ks, rs = _sums(k), _sums(rest)
    out[i, j] = betaln(a + ks[j] - ks[i], b + rs[j] - rs[i]) - betaln(a, b)
    return out


def _stretches(n: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    i, j = np.triu_indices(n + 1, 1)
    return i, j, np.full((n + 1, n + 1), -np.inf)


def _sums(x: Array) -> Array:
    return np.concatenate(([0.0], np.cumsum(x)))


@dataclass(frozen=True, slots=True)
class Cuts:
    """All ways to cut a series, summed.

    Args:
        evidence: log evidence of each stretch, -inf where too short, shape (n + 1, n + 1).
        first: log sum over cuts of the first j periods at k places, shape (most + 1, n + 1).
        last: log sum over cuts of the periods from i on at k places, shape (most + 1, n + 1).
        log_factor: log Bayes factor of k cuts against none, shape (most + 1,); -inf where k cuts do not fit.
    """

    evidence: Array
    first: Array
    last: Array
    log_factor: Array

    @property
    def any_fit(self) -> bool:
        """Whether the series is long enough for two regimes."""
        return len(self.log_factor) > 1

    @property
    def log_any(self) -> float:
        """Log Bayes factor of at least one cut against none; each further cut is half as likely beforehand.

        0 where no cut fits: nothing speaks for or against one.
        """
        k = np.arange(1, len(self.log_factor))
        if not self.any_fit:
            return 0.0
        weight = 0.5**k
        return float(np.logaddexp.reduce(self.log_factor[1:] + np.log(weight / weight.sum())))

    @property
    def likeliest(self) -> int:
        """The likeliest number of cuts, given that there is at least one."""
        k = np.arange(1, len(self.log_factor))
        return int(k[np.argmax(self.log_factor[1:] + k * np.log(0.5))])

    def dates(self, k: int) -> Array:
        """Probability that the j-th of k cuts is before period i, shape (k, n + 1)."""
        log = np.stack([self.first[j] + self.last[k - 1 - j] for j in range(k)])
        weight: Array = np.exp(log - log.max(axis=1, keepdims=True))
        return np.asarray(weight / weight.sum(axis=1, keepdims=True))

    def best(self, k: int) -> list[int]:
        """The single likeliest cut at k places: first periods of the new regimes."""
        n = len(self.evidence) - 1
        score, back = self.evidence[0], []
        for _ in range(k):
            total = score[:, None] + self.evidence
            back.append(total.argmax(axis=0))
            score = total.max(axis=0)
        ends = [n]
        for step in reversed(back):
            ends.append(int(step[ends[-1]]))
        return ends[:0:-1]


def all_cuts(evidence: Array, shortest: int, most: int) -> Cuts:
    """Sum over all cuts of a series at up to ``most`` places into regimes of at least ``shortest`` periods.

    Args:
        evidence: from ``gamma_evidence`` or ``beta_evidence``, shape (n + 1, n + 1).
        shortest: fewest periods of a regime.
        most: largest number of cuts.

    Example:
        >>> flat = np.zeros(20)
        >>> flat[10:] = 30.0
        >>> cuts = all_cuts(gamma_evidence(flat, np.ones(20), 1.0, 1.0), shortest=3, most=2)
        >>> cuts.best(1), cuts.log_any > 10
        ([10], True)
    """
    n = len(evidence) - 1
    i, j = np.ogrid[: n + 1, : n + 1]
    long = np.where(j - i >= shortest, evidence, -np.inf)
    most = max(0, min(most, n // shortest - 1))
    first, last = np.empty((most + 1, n + 1)), np.empty((most + 1, n + 1))
    first[0], last[0] = long[0], long[:, n]
    for k in range(1, most + 1):
        first[k] = _log_sum(first[k - 1][:, None] + long, axis=0)
        last[k] = _log_sum(long + last[k - 1][None, :], axis=1)
    spare = n - shortest * (np.arange(most + 1) + 1)
    number = np.arange(most + 1)
    ways = gammaln(spare + number + 1) - gammaln(number + 1) - gammaln(spare + 1)
    return Cuts(long, first, last, first[:, n] - ways - evidence[0, n])


def _log_sum(x: Array, axis: int) -> Array:
    top = x.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        out: Array = np.log(np.exp(x - top).sum(axis=axis)) + top.squeeze(axis)
    return out
