"""A linear pool of forecasts with weights learned on earlier forecasts, bent so that intervals hold as often as said.

The CRPS of a pool is a quadratic function of its weights, so the best ones are found exactly, for each class of dyads
by itself. A linear pool is too wide even where its members are right, so its distribution function is bent by that of
a beta distribution fitted to earlier forecasts. Sources: Gneiting & Ranjan (2013), Electronic J. Statistics 7; Ranjan
& Gneiting (2010), J. Royal Statistical Society B 72(1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, nnls
from scipy.special import betainc

from visavis.models.predictive import Predictive, buckets, steps

__all__ = ["Members", "Mix", "learn_mix", "pooled", "some_of_each"]

_MOST = 3_000  # past forecasts of a class that weights and bend are learned from
_MOST_BENT = 1_200  # and of these, those that a bend is learned from
_FEWEST = 100
Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


class Members(Protocol):
    """Forecasts of several methods for the same rows."""

    def tops(self, least: Counts) -> Counts:
        """How far the distributions reach, at least ``least``, shape (rows,)."""
        ...

    def cdfs(self, rows: Counts, top: int) -> Array:
        """Distribution functions of some rows at 0 to ``top``, shape (members, rows, top + 1)."""
        ...


@dataclass(frozen=True, slots=True)
class Mix:
    """What was learned of how to pool.

    Args:
        weights: of the members, by class, shape (classes, members); each row sums to 1.
        bend: the two parameters of the beta distribution by class, shape (classes, 2); (1, 1) leaves all as it is.
    """

    weights: Array
    bend: Array


def pooled(mix: Mix, members: Members, mass: Counts, least: Counts) -> Predictive:
    """The pool's distributions.

    Args:
        mix: what was learned.
        members: what each method says.
        mass: class of each row, shape (rows,).
        least: counts that the distributions reach at least, shape (rows,).
    """
    blocks = []
    for some, top in buckets(members.tops(least)):
        mixed = np.einsum("mrk,rm->rk", members.cdfs(some, top), mix.weights[mass[some]])
        alpha, beta = mix.bend[mass[some]].T
        blocks.append((some, betainc(alpha[:, None], beta[:, None], np.clip(mixed, 0, 1))))
    return Predictive(tuple(blocks), len(mass))


def some_of_each(mass: Counts, rng: np.random.Generator, *, most: int = _MOST) -> Counts:
    """Rows to learn from: at most ``most`` of each class."""
    found = []
    for c in np.unique(mass):
        rows = np.flatnonzero(mass == c)
        found.append(rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False)))
    return np.concatenate(found)


def learn_mix(members: Members, y: Counts, mass: Counts, *, scale: Array, classes: int) -> Mix:
    """Weights and bend from past forecasts.

    Args:
        members: what each method said.
        y: what came, shape (rows,).
        mass: class of each row, shape (rows,).
        scale: the CRPS of a row is divided by this: else the busiest few dyads would decide alone.
        classes: how many classes there are.
    """
    a, b = _squares(members, y, mass, scale, classes)
    common = _weights(a.sum(axis=0), b.sum(axis=0))
    counts = np.bincount(mass, minlength=classes)
    weights = np.stack([_weights(a[c], b[c]) if counts[c] >= _FEWEST else common for c in range(classes)])
    between = np.empty((len(y), 2))
    for some, top in buckets(members.tops(y)):
        mixed = np.einsum("mrk,rm->rk", members.cdfs(some, top), weights[mass[some]])
        between[some] = steps(mixed, y[some])
    everything = _bend(between, np.zeros(2))
    bend = np.stack([_bend(between[mass == c], everything) for c in range(classes)])
    return Mix(weights, np.exp(bend))


def _squares(members: Members, y: Counts, mass: Counts, scale: Array, classes: int) -> tuple[Array, Array]:
    """By class, the matrix A and the vector b of CRPS = w'Aw - 2b'w + what does not depend on w."""
    a, b = [], []
    at: list[Counts] = []
    for some, top in buckets(members.tops(y)):
        cdfs = members.cdfs(some, top)
        came = (np.arange(top + 1) >= y[some, None]).astype(float)
        a.append(np.einsum("mrk,nrk->rmn", cdfs, cdfs) / scale[some, None, None])
        b.append(np.einsum("mrk,rk->rm", cdfs, came) / scale[some, None])
        at.append(mass[some])
    where, quadratic, linear = np.concatenate(at), np.concatenate(a), np.concatenate(b)
    return (
        np.stack([quadratic[where == c].sum(axis=0) for c in range(classes)]),
        np.stack([linear[where == c].sum(axis=0) for c in range(classes)]),
    )


def _weights(a: Array, b: Array) -> Array:
    """Weights from 0 to 1 that sum to 1 and make w'Aw - 2b'w least, by non-negative least squares."""
    size = len(b)
    scale = np.trace(a) / size if np.trace(a) > 0 else 1.0
    root = np.linalg.cholesky(a / scale + 1e-6 * np.eye(size)).T
    wanted = np.linalg.solve(root.T, b / scale)
    heavy = 1e3
    found, _ = nnls(np.vstack([root, heavy * np.ones(size)]), np.append(wanted, heavy))
    return np.asarray(found / found.sum())


def _bend(between: Array, toward: Array) -> Array:
    """Logarithms of the beta distribution's parameters that make what came most likely, drawn toward some."""
    if len(between) < _FEWEST:
        return toward
    between = between[:: -(-len(between) // _MOST_BENT)]

    def unlikely(logs: Array) -> float:
        alpha, beta = np.exp(logs).tolist()
        low, high = betainc(alpha, beta, np.clip(between, 0, 1)).T
        return float(-np.log(np.maximum(high - low, 1e-9)).sum() + 20 * ((logs - toward) ** 2).sum())

    simplex = toward + np.array([[0.0, 0.0], [0.2, 0.2], [0.2, -0.2]])
    settings: Any = {"xatol": 1e-3, "fatol": 1e-2, "initial_simplex": simplex, "maxfev": 60}
    found = minimize(unlikely, toward, method="Nelder-Mead", options=settings)
    return np.asarray(np.clip(found.x, -1.5, 1.5))
