"""What a tie does after another tie has changed: local projections, judged by placebo dyads.

The conflictual share of each dyad and period is freed of the dyad's own level and of what all dyads share in that
period. The tie looked at, over the next periods, is then regressed on the other tie now, given the past of both.
Source: Jorda (2005), American Economic Review 95(1). The usual standard errors (Newey & West 1987) are too small for
such series: on real ones 11 % of dyads that have nothing to do with each other lie beyond 1.96. So the same is computed
for placebo dyads, and errors are widened by how far those scatter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.models.intervals import Estimate

__all__ = [
    "FEWEST_PERIODS", "FEWEST_PLACEBOS", "LEAST", "Inflation", "Response", "inflation", "response", "surprises",
    "widest",
]  # fmt: skip

LEAST = 3
"""Acts of a dyad in a period, below which its share is taken for not known."""

FEWEST_PERIODS = 40
"""Periods with both ties known that a projection needs."""

FEWEST_PLACEBOS = 10
"""Placebo dyads that an interval needs."""

_LAGS = 3
_BANDWIDTH = 6
Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Inflation:
    """How far ``t`` of placebo dyads scatters, 1 or more, over ``placebos`` of them."""

    factor: float
    placebos: int


@dataclass(frozen=True, slots=True)
class Response:
    """How a tie answers to another.

    Args:
        effect: change of its conflictual share per change of the other's, with the interval that placebos allow.
        p: two-sided, by the same.
        plain_t: effect over its usual standard error, before placebos are asked.
    """

    effect: Estimate
    p: float
    plain_t: float


def surprises(k: Counts, n: Counts) -> Array:
    """Conflictual shares freed of the dyad's level and of the period's; NaN where a share is not known.

    Args:
        k: conflictual acts by dyad and period, shape (dyads, periods).
        n: all acts, same shape; 0 where the record does not cover the period.

    Returns:
        Shape (dyads, periods), in share of acts.

    Example:
        >>> k, n = np.tile([[2], [6]], (1, 30)), np.full((2, 30), 10)
        >>> bool(np.allclose(surprises(k, n), 0))
        True
    """
    known = n >= LEAST
    share = np.divide(k, n, out=np.zeros(k.shape), where=known)
    weight = np.where(known, n / (1 + 0.05 * n), 0.0)  # a share of many acts is no surer than its month
    rest = share.copy()
    for _ in range(30):
        rest = rest - _mean(rest, weight, 1)
        rest = rest - _mean(rest, weight, 0)
    return np.where(known, rest, np.nan)


def _mean(values: Array, weight: Array, axis: int) -> Array:
    total = weight.sum(axis=axis, keepdims=True)
    summed = (values * weight).sum(axis=axis, keepdims=True)
    return np.asarray(np.divide(summed, total, out=np.zeros_like(summed), where=total > 0), np.float64)


def plain(
    outcome: Array, exposure: Array, steps: tuple[int, int], *, given: Sequence[Array] = ()
) -> tuple[float, float, int] | None:
    """Coefficient, its usual standard error and the periods used; None where there are too few.

    Args:
        outcome: the tie that may answer, shape (periods,), NaN where not known.
        exposure: the tie that it may answer to, likewise.
        steps: first and last step ahead over which the outcome is averaged; (0, 0) is the same period.
        given: what else is held equal beside the past of both, likewise; 0 where not known.
    """
    size = len(outcome) - steps[1]
    if size < FEWEST_PERIODS:
        return None
    ahead = np.stack([outcome[h : h + size] for h in range(steps[0], steps[1] + 1)])
    there = np.isfinite(ahead)
    y = np.where(there, ahead, 0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    keep = there.any(axis=0) & np.isfinite(exposure[:size])
    keep[:_LAGS] = False
    if keep.sum() < FEWEST_PERIODS:
        return None
    own = [np.nan_to_num(_lagged(outcome, i, size)) for i in range(1, _LAGS + 1)]
    other = [np.nan_to_num(_lagged(exposure, i, size)) for i in range(1, _LAGS + 1)]
    held = [np.nan_to_num(one[:size]) for one in given]
    x = np.column_stack([exposure[:size], np.ones(size), *own, *other, *held])[keep]
    return _newey_west(y[keep], x)


def _lagged(series: Array, lag: int, size: int) -> Array:
    return np.concatenate([np.full(lag, np.nan), series[: size - lag]])


def _newey_west(y: Array, x: Array) -> tuple[float, float, int] | None:
    """First coefficient and its standard error under autocorrelation."""
    n, columns = x.shape
    inverse = np.linalg.pinv(x.T @ x)
    beta = inverse @ (x.T @ y)
    scores = x * (y - x @ beta)[:, None]
    meat = scores.T @ scores
    for lag in range(1, _BANDWIDTH + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (_BANDWIDTH + 1)) * (cross + cross.T)
    variance = (inverse @ meat @ inverse)[0, 0] * n / (n - columns)
    if not variance > 0:
        return None
    return float(beta[0]), float(np.sqrt(variance)), n


def inflation(outcome: Array, placebos: Sequence[Array], steps: tuple[int, int]) -> Inflation | None:
    """How far t scatters where nothing should be: the same outcome on dyads that have no part in it.

    Returns:
        None with fewer than ``FEWEST_PLACEBOS`` dyads that are long enough.
    """
    found = [one for one in (plain(outcome, series, steps) for series in placebos) if one is not None]
    if len(found) < FEWEST_PLACEBOS:
        return None
    t = np.array([beta / error for beta, error, _ in found])
    return Inflation(max(1.0, float(np.sqrt(np.mean(t**2)))), len(found))


def widest(outcome: Array, families: Sequence[Sequence[Array]], steps: tuple[int, int]) -> Inflation | None:
    """The largest of what several families of placebos say; a family that is too small says nothing.

    Ties of a country have something in common, so dyads that share one with the outcome are asked by themselves.
    """
    found = [one for one in (inflation(outcome, family, steps) for family in families) if one is not None]
    return max(found, key=lambda one: (one.factor, one.placebos)) if found else None


def response(
    outcome: Array, exposure: Array, steps: tuple[int, int], widened: Inflation, *, level: float = 0.95
) -> Response | None:
    """The answer of one tie to another; None where there are too few periods.

    Args:
        outcome: the tie that may answer: a row of ``surprises``, or a mean of rows, shape (periods,).
        exposure: the tie that it may answer to.
        steps: first and last step ahead, over which the outcome is averaged.
        widened: what placebos say of this outcome and these steps.
        level: coverage the interval aims at.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> x = rng.normal(0, 0.1, 130)
        >>> y = 0.5 * np.concatenate([[0], x[:-1]]) + rng.normal(0, 0.1, 130)
        >>> placebos = inflation(y, [rng.normal(size=130) for _ in range(30)], (1, 1))
        >>> found = response(y, x, (1, 1), placebos)
        >>> found.effect.low < 0.5 < found.effect.high, found.p < 0.01
        (True, True)
    """
    found = plain(outcome, exposure, steps)
    if found is None:
        return None
    beta, error, n = found
    error *= widened.factor
    reach = float(student.ppf((1 + level) / 2, widened.placebos)) * error
    p = float(2 * student.sf(abs(beta) / error, widened.placebos))
    return Response(Estimate(beta, beta - reach, beta + reach, n, level), p, beta / found[1])
