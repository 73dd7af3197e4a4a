"""Poisson pseudo-maximum likelihood of counts with a level for each series, freed of its bias by the split panel.

Sources: Santos Silva and Tenreyro (2006), Review of Economics and Statistics 88(4); Dhaene and Jochmans (2015), Review
of Economic Studies 82(3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Rows", "fitted", "jackknifed"]

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
_ROUNDS, _ENOUGH = 50, 1e-9


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a regression: outcome, exposure, regressors, way and period of each."""

    y: Array
    exposure: Array
    x: Array
    way: Counts
    at: Counts


def jackknifed(rows: Rows) -> tuple[Array, Array] | None:
    """Coefficients without their bias of order 1/T, and each row's influence on them, (rows, regressors)."""
    if not len(rows.y):
        return None
    whole = fitted(rows, np.ones(len(rows.y), bool))
    early = rows.at < np.median(np.unique(rows.at))
    halves = [fitted(rows, part) for part in (early, ~early)]
    if whole is None or halves[0] is None or halves[1] is None:
        return None
    beta = 2 * whole[0] - (halves[0][0] + halves[1][0]) / 2
    return beta, 2 * whole[1] - (halves[0][1] + halves[1][1]) / 2


def fitted(rows: Rows, use: npt.NDArray[np.bool_]) -> tuple[Array, Array] | None:
    """Coefficients of some of the rows, and the influence of all rows on them; None where they cannot be told."""
    y, x, exposure = rows.y[use], rows.x[use], rows.exposure[use]
    _, group = np.unique(rows.way[use], return_inverse=True)
    total: Array = np.asarray(np.bincount(group, y), np.float64)
    beta = np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        away, mu = _residual_regressors(x, exposure, group, total, beta)
        hessian = (away * mu[:, None]).T @ away
        if not np.all(np.isfinite(hessian)) or np.linalg.cond(hessian) > 1e10:
            return None
        change = np.linalg.solve(hessian, away.T @ (y - mu))
        change *= min(1.0, 1.0 / max(1e-300, float(np.abs(change).max())))  # never more than e-fold at once
        beta = beta + change
        if float(np.abs(change).max()) < _ENOUGH:
            break
    else:
        return None
    away, mu = _residual_regressors(x, exposure, group, total, beta)
    influence = np.zeros(rows.x.shape)
    influence[use] = np.linalg.solve((away * mu[:, None]).T @ away, (away * (y - mu)[:, None]).T).T
    return beta, influence


def _residual_regressors(x: Array, exposure: Array, group: Counts, total: Array, beta: Array) -> tuple[Array, Array]:
    """Regressors less their weighted mean in each group, and expected counts that add up to each group's total."""
    mu = exposure * np.exp(np.clip(x @ beta, -30, 30))
    mu *= (total / np.bincount(group, mu))[group]
    weight = np.maximum(total, 1e-300)
    means = np.stack([np.bincount(group, mu * column) / weight for column in x.T], axis=-1)
    return x - means[group], mu
