"""A linear pool of forecasts with weights learned on earlier forecasts, bent so that intervals hold as often as said.

Members: the pooled autoregression, Gamma-Poisson discount filters, and the empirical distribution of the last twelve
periods. The CRPS of a pool is a quadratic function of its weights, so the best ones are found exactly, for each class
of dyads by itself. A linear pool is too wide even where its members are right, so its distribution function is bent by
that of a beta distribution fitted to earlier forecasts. Sources: Gneiting & Ranjan (2013), Electronic J. Statistics 7;
Ranjan & Gneiting (2010), J. Royal Statistical Society B 72(1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, nnls
from scipy.special import betainc

from visavis.models._negative_binomial import cdf as nb_cdf
from visavis.models.count_ar import CLASSES, CountAR, Rows, fit_count_ar, training_rows
from visavis.models.dyad_panel import DISCOUNTS, DyadPanel, Known, Target, known_at, walk
from visavis.models.naive_forecasts import LAST, Windows, empirical
from visavis.models.predictive import Predictive, buckets, steps

__all__ = ["MEMBERS", "ForecastPool", "fit_pool", "forecast"]

_FILTERS = (1, 2, 3)
MEMBERS = ("autoregression", *(f"filter {DISCOUNTS[i]:g}" for i in _FILTERS), f"last {LAST}")
_MOST = 20_000  # rows of a class that the autoregression learns from
_MOST_POOLED = 4_000  # and those that the weights and the bend learn from
Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ForecastPool:
    """What was learned.

    Args:
        ar: the autoregression.
        weights: of the members, by class, shape (classes, members); each row sums to 1.
        bend: the two parameters of the beta distribution by class, shape (classes, 2); (1, 1) leaves all as it is.
    """

    ar: CountAR
    weights: Array
    bend: Array

    @property
    def target(self) -> Target:
        """What it forecasts."""
        return self.ar.target


@dataclass(frozen=True, slots=True)
class _Members:
    """Means and sizes of the parametric members, (members - 1, rows), and the last values, (rows, up to twelve)."""

    mean: Array
    size: Array
    last: Counts

    def tops(self, least: Counts) -> Counts:
        reach = (self.mean + 9 * np.sqrt(self.mean + self.mean**2 / self.size)).max(axis=0)
        return np.maximum(np.maximum(reach, self.last.max(axis=1)), least).astype(np.int64) + 8

    def cdfs(self, rows: Counts, top: int) -> Array:
        """Shape (members, rows, top + 1)."""
        parts = [nb_cdf(m, s, top) for m, s in zip(self.mean[:, rows], self.size[:, rows], strict=True)]
        return np.stack([*parts, empirical(self.last[rows], top)])


def _members(ar: CountAR, known: Known, reverse: Counts, windows: Windows, t: int, rows: Counts) -> _Members:
    x, mass = known.covariates(reverse, rows), known.mass()[rows]
    mean = ar.mean(x, mass)
    filters = [known.filtered(i, ar.target, rows) for i in _FILTERS]
    return _Members(
        np.stack([mean, *(m for m, _ in filters)]),
        np.stack([ar.size(mean, mass), *(s for _, s in filters)]),
        windows.last(t, rows),
    )


def fit_pool(panel: DyadPanel, target: Target, *, rng: np.random.Generator, most: int = _MOST) -> ForecastPool:
    """Learn the autoregression, the weights and the bend from a panel's past.

    Args:
        panel: the past; nothing after its last period is used.
        target: what to forecast.
        rng: which rows are learned from, where there are more than needed.
        most: rows of a class.

    Raises:
        NoDataError: the past is too short.
    """
    rows = training_rows(panel, target, most=most, rng=rng)
    ar = fit_count_ar(rows, target)
    return _pooled(panel, ar, rows, rng)


def _pooled(panel: DyadPanel, ar: CountAR, rows: Rows, rng: np.random.Generator) -> ForecastPool:
    picked = _some_of_each(rows.mass, rng)
    made, y, mass = _past_members(panel, ar, rows.at[picked], rows.y[picked].astype(np.int64), rows.mass[picked])
    m = len(MEMBERS)
    a, b = np.zeros((CLASSES, m, m)), np.zeros((CLASSES, m))
    for some, top in buckets(made.tops(y)):
        cdfs = made.cdfs(some, top)
        came = np.arange(top + 1) >= y[some, None]
        per = 1 / (1 + np.sqrt(made.mean[0, some]))  # else the busiest few dyads would decide alone
        squares = np.einsum("mrk,nrk->rmn", cdfs, cdfs)
        crosses = np.einsum("mrk,rk->rm", cdfs, came)
        np.add.at(a, mass[some], squares * per[:, None, None])
        np.add.at(b, mass[some], crosses * per[:, None])
    common = _weights(a.sum(axis=0), b.sum(axis=0))
    counts = np.bincount(mass, minlength=CLASSES)
    weights = np.stack([_weights(a[c], b[c]) if counts[c] >= 100 else common for c in range(CLASSES)])
    between = np.empty((len(y), 2))
    for some, top in buckets(made.tops(y)):
        mixed = np.einsum("mrk,rm->rk", made.cdfs(some, top), weights[mass[some]])
        between[some] = steps(mixed, y[some])
    bend = np.stack([_bend(between[mass == c]) for c in range(CLASSES)])
    return ForecastPool(ar, weights, bend)


def _some_of_each(mass: Counts, rng: np.random.Generator) -> Counts:
    found = []
    for c in range(CLASSES):
        rows = np.flatnonzero(mass == c)
        found.append(rows if len(rows) <= _MOST_POOLED else np.sort(rng.choice(rows, _MOST_POOLED, replace=False)))
    return np.concatenate(found)


def _past_members(
    panel: DyadPanel, ar: CountAR, at: Counts, y: Counts, mass: Counts
) -> tuple[_Members, Counts, Counts]:
    """What each member would have said at past origins; rows in order of time."""
    windows, parts, order = Windows.of(panel, ar.target), [], []
    for t, known in walk(panel):
        here = np.flatnonzero(at[:, 1] == t)
        if len(here):
            parts.append(_members(ar, known, panel.reverse, windows, t, at[here, 0]))
            order.append(here)
    keep = np.concatenate(order)
    made = _Members(
        np.concatenate([p.mean for p in parts], axis=1),
        np.concatenate([p.size for p in parts], axis=1),
        np.concatenate([p.last for p in parts]),
    )
    return made, y[keep], mass[keep]


def _weights(a: Array, b: Array) -> Array:
    """Weights from 0 to 1 that sum to 1 and make w'Aw - 2b'w least, by non-negative least squares."""
    size = len(b)
    scale = np.trace(a) / size if np.trace(a) > 0 else 1.0
    root = np.linalg.cholesky(a / scale + 1e-6 * np.eye(size)).T
    wanted = np.linalg.solve(root.T, b / scale)
    heavy = 1e3
    found, _ = nnls(np.vstack([root, heavy * np.ones(size)]), np.append(wanted, heavy))
    return np.asarray(found / found.sum())


def _bend(between: Array) -> Array:
    """The beta distribution that makes what came most likely; (1, 1) where there is too little to learn from."""
    if len(between) < 100:
        return np.ones(2)

    def unlikely(logs: Array) -> float:
        low, high = betainc(*np.exp(logs), np.clip(between, 0, 1)).T
        return float(-np.log(np.maximum(high - low, 1e-9)).sum() + 10 * (logs**2).sum())

    found = minimize(unlikely, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-2})
    return np.asarray(np.exp(np.clip(found.x, -1.5, 1.5)))


def forecast(
    pool: ForecastPool,
    panel: DyadPanel,
    *,
    known: Known | None = None,
    rows: Counts | None = None,
    t: int | None = None,
    least: Counts | None = None,
) -> Predictive:
    """Forecast some dyads (all when None) from the panel's last known period.

    Args:
        pool: what was learned.
        panel: the past.
        known: what is known after period ``t``, where that is at hand already; else after the last known one.
        rows: the dyads.
        t: the origin, where ``known`` is given.
        least: counts that the distributions reach at least, shape (rows,).
    """
    if known is None or t is None:
        known, t = known_at(panel), int(np.flatnonzero(panel.known)[-1])
    rows = np.arange(len(panel.y)) if rows is None else rows
    windows = Windows.of(panel, pool.target, rows)
    least = np.zeros(len(rows), np.int64) if least is None else least
    made = _members(pool.ar, known, panel.reverse, windows, t, rows)
    mass = known.mass()[rows]
    blocks = []
    for some, top in buckets(made.tops(least)):
        mixed = np.einsum("mrk,rm->rk", made.cdfs(some, top), pool.weights[mass[some]])
        alpha, beta = pool.bend[mass[some]].T
        blocks.append((some, betainc(alpha[:, None], beta[:, None], np.clip(mixed, 0, 1))))
    return Predictive(tuple(blocks), len(rows))
