"""Who answers whom: does the tone of one side's acts follow what the other did some periods before?

Poisson pseudo-maximum likelihood of the acts of a kind (conflictual, say) that a country does toward another, given
how many acts of any kind it does toward it in that period. Attention that the news pay to both sides lifts acts of
every kind alike, so it is in the exposure and cancels: shared attention is not taken for an answer. Regressors are
log(1 + count) some periods before: own acts of the kind, the other's acts of the kind, all own acts, all acts of the
other. Each directed pair has a level of its own, which is concentrated out.

A level of its own and lagged outcomes give a bias of order 1/T; it is taken out by the split-panel jackknife. Many
pairs: clusters by undirected pair. One pair: the long-run variance of its scores, by equally weighted cosines.

Sources: Santos Silva and Tenreyro (2006), Review of Economics and Statistics 88(4); Dhaene and Jochmans (2015), Review
of Economic Studies 82(3); Jordà (2005), American Economic Review 95(1); Lazarus, Lewis, Stock and Watson (2018),
Journal of Business & Economic Statistics 36(4); Carter, Schnepel and Steigerwald (2017), Review of Economics and
Statistics 99(4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models._ppml import Rows, jackknifed

__all__ = ["FEWEST_ACTS", "LEVEL", "SHORTEST", "Panel", "Slope", "answer", "answers", "curve", "long_run"]

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
SHORTEST = 36
"""Periods with a known period before them that a pair needs."""
FEWEST_ACTS = 60
"""Acts of the kind that each direction of a pair needs."""
LEVEL = 0.95
"""What intervals aim at."""
_OTHER = 1  # the other's acts of the kind, among the regressors


@dataclass(frozen=True, slots=True)
class Panel:
    """Counts of many directed pairs over time.

    Args:
        k: acts of the kind looked at, shape (ways, periods).
        n: acts of any kind, shape (ways, periods).
        other: for each way its reverse, shape (ways,).
        known: whether a period is covered, shape (periods,).
    """

    k: Counts
    n: Counts
    other: Counts
    known: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        if self.k.shape != self.n.shape or self.known.shape != self.k.shape[1:] or self.other.shape != self.k.shape[:1]:
            raise UsageError(f"Counts of {self.k.shape} and {self.n.shape} and {self.known.shape} periods do not fit.")
        if np.any(self.k > self.n) or np.any(self.k < 0):
            raise UsageError("Acts of a kind are among all acts: k must lie between 0 and n.")


@dataclass(frozen=True, slots=True)
class Slope:
    """How acts go with the other's before: by what factor their share changes when (1 + the other's acts) doubles.

    Args:
        change: the factor less one; 0.12 is 12 % more.
        low, high: its interval at ``LEVEL``; above 0 it is one-sided evidence at 2.5 %, so two directions share 5 %.
        p: two-sided p of no change.
        slope: the coefficient itself.
        se: its standard error.
        df: degrees of freedom of its t.
        own: the coefficient of the side's own acts before.
        n: periods (one pair) or pairs (many) it rests on.
    """

    change: float
    low: float
    high: float
    p: float
    slope: float
    se: float
    df: float
    own: float
    n: int

    def p_beyond(self, margin: float) -> float:
        """One-sided p of a change of at least ``margin``: small where it can be ruled out."""
        return float(student.sf((np.log2(1 + margin) - self.slope) / self.se, self.df)) if self.se > 0 else 1.0


def answer(panel: Panel, way: int, *, step: int = 1) -> Slope | None:
    """How one country answers one other ``step`` periods later; None where there is too little to tell.

    >>> from visavis.models.simulate_reaction import answering
    >>> made = answering(200, other=0.5, rng=np.random.default_rng(1))
    >>> found = answer(made.panel, 0)
    >>> found.low < 2**0.5 - 1 < found.high
    True
    """
    rows = _rows(panel, np.array([way]), step)
    if len(rows.y) < SHORTEST or rows.y.sum() < FEWEST_ACTS or panel.k[panel.other[way]].sum() < FEWEST_ACTS:
        return None
    fit = jackknifed(rows)
    if fit is None:
        return None
    beta, influence = fit
    variance, df = long_run(influence[:, _OTHER])
    return _slope(beta, variance, df, len(rows.y))


def answers(panel: Panel, *, step: int = 1) -> Slope | None:
    """The same over all pairs of the panel, as one slope; not that of any one pair. None where there is too little."""
    rows = _rows(panel, np.arange(len(panel.k)), step)
    fit = jackknifed(rows)
    if fit is None:
        return None
    beta, influence = fit
    pair = np.minimum(rows.way, panel.other[rows.way])
    sums = np.bincount(pair, influence[:, _OTHER])
    sums = sums[np.bincount(pair) > 0]
    squares = sums**2
    # pairs differ much in size: as many degrees of freedom as equal pairs would give
    effective = float(squares.sum() ** 2 / np.maximum((squares**2).sum(), 1e-300))
    if len(sums) < 10:
        return None
    variance = float(squares.sum()) * len(sums) / (len(sums) - 1)
    return _slope(beta, variance, max(2.0, effective - 1), len(sums))


def curve(panel: Panel, way: int, steps: Sequence[int]) -> list[Slope | None]:
    """The answer after each of several steps, each by a projection of its own."""
    return [answer(panel, way, step=step) for step in steps]


def long_run(parts: Array) -> tuple[float, float]:
    """Variance of the sum of an autocorrelated series, (n,), and the degrees of freedom of its t."""
    n = len(parts)
    df = max(4, int(0.4 * n ** (2 / 3)))
    at = np.pi * np.outer(np.arange(1, df + 1), np.arange(n) + 0.5) / n
    weights = np.sqrt(2 / n) * np.cos(at) @ parts
    return float(n * np.mean(weights**2)), float(df)


def _slope(beta: Array, variance: float, df: float, n: int) -> Slope:
    slope, se = float(beta[_OTHER]), float(np.sqrt(variance))
    reach = float(student.ppf((1 + LEVEL) / 2, df)) * se
    p = float(2 * student.sf(abs(slope) / se, df)) if se > 0 else 1.0
    change, low, high = (float(np.expm1(np.log(2) * v)) for v in (slope, slope - reach, slope + reach))
    return Slope(change, low, high, p, slope, se, df, float(beta[0]), n)


def _rows(panel: Panel, ways: Counts, step: int) -> Rows:
    """One row for each way and period with acts, whose period ``step`` before is known; by way, then time."""
    if step < 1:
        raise UsageError(f"An answer comes at least one period later, not {step}.")
    now = np.flatnonzero(panel.known[step:] & panel.known[: len(panel.known) - step]) + step
    k, n, other = panel.k, panel.n, panel.other[ways]
    keep = n[ways][:, now] > 0
    keep &= (k[ways][:, now].sum(axis=1) > 0)[:, None]
    x = np.stack([np.log1p(part[:, now - step]) for part in (k[ways], k[other], n[ways], n[other])], axis=-1)
    way, at = np.nonzero(keep)
    return Rows(
        k[ways][:, now][keep].astype(np.float64),
        n[ways][:, now][keep].astype(np.float64),
        x[keep].astype(np.float64),
        ways[way],
        now[at],
    )
