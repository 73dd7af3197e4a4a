"""Forecasts of counts: the pooled autoregression, discount filters and the last twelve values in one pool.

The members are a negative-binomial autoregression over all dyads (``count_ar``), Gamma-Poisson discount filters
(Harvey & Fernandes 1989), and the empirical distribution of the last twelve values; ``pooling`` weighs and bends them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.models._negative_binomial import cdf as nb_cdf
from visavis.models.count_ar import CLASSES, CountAR, fit_count_ar, training_rows
from visavis.models.dyad_panel import DISCOUNTS, DyadPanel, Known, Target, known_at, walk
from visavis.models.naive_forecasts import LAST, Windows, empirical
from visavis.models.pooling import Mix, learn_mix, pooled, some_of_each
from visavis.models.predictive import Predictive

__all__ = ["MEMBERS", "ForecastPool", "Origin", "fit_pool", "forecast"]

_FILTERS = (1, 2, 3)
MEMBERS = ("autoregression", *(f"filter {DISCOUNTS[i]:g}" for i in _FILTERS), f"last {LAST}")
_MOST = 8_000  # rows of a class that the autoregression learns from
Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ForecastPool:
    """What was learned: the autoregression, and how to pool it with the other members."""

    ar: CountAR
    mix: Mix

    @property
    def target(self) -> Target:
        """What it forecasts."""
        return self.ar.target


@dataclass(frozen=True, slots=True)
class Origin:
    """A moment from which is forecast: what is known after period ``t``, and past values up to it at least."""

    t: int
    known: Known
    windows: Windows

    @classmethod
    def last(cls, panel: DyadPanel, target: Target) -> Origin:
        """After the panel's last known period."""
        return cls(int(np.flatnonzero(panel.known)[-1]), known_at(panel), Windows.of(panel, target))


@dataclass(frozen=True, slots=True)
class _Said:
    """What the members say: means and sizes, (members - 1, rows), and the last values, (rows, 12)."""

    mean: Array
    size: Array
    last: Counts

    def tops(self, least: Counts) -> Counts:
        reach = (self.mean + 9 * np.sqrt(self.mean + self.mean**2 / self.size)).max(axis=0)
        return np.asarray(np.maximum(np.maximum(reach, self.last.max(axis=1)), least), np.int64) + 8

    def cdfs(self, rows: Counts, top: int) -> Array:
        parts = [nb_cdf(m, s, top) for m, s in zip(self.mean[:, rows], self.size[:, rows], strict=True)]
        return np.stack([*parts, empirical(self.last[rows], top)])


def _said(ar: CountAR, origin: Origin, reverse: Counts, rows: Counts) -> _Said:
    known = origin.known
    mass = known.mass()[rows]
    mean = ar.mean(known.covariates(reverse, rows), mass)
    filters = [known.filtered(i, ar.target, rows) for i in _FILTERS]
    return _Said(
        np.stack([mean, *(m for m, _ in filters)]),
        np.stack([ar.size(mean, mass), *(s for _, s in filters)]),
        origin.windows.last(origin.t, rows),
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

    Example:
        >>> from visavis.models.simulate_panel import simulated_panel
        >>> made = simulated_panel(60, 80, rng=np.random.default_rng(1))
        >>> pool = fit_pool(made.panel, Target(1, 1), rng=np.random.default_rng(1))
        >>> forecast(pool, made.panel).interval(0.9)[1].shape
        (60,)
    """
    rows = training_rows(panel, target, most=most, rng=rng)
    ar = fit_count_ar(rows, target)
    picked = some_of_each(rows.mass, rng)
    at, windows, parts, order = rows.at[picked], Windows.of(panel, target), [], []
    for t, known in walk(panel):
        here = np.flatnonzero(at[:, 1] == t)
        if len(here):
            parts.append(_said(ar, Origin(t, known, windows), panel.reverse, at[here, 0]))
            order.append(here)
    keep = picked[np.concatenate(order)]
    said = _Said(
        np.concatenate([p.mean for p in parts], axis=1),
        np.concatenate([p.size for p in parts], axis=1),
        np.concatenate([p.last for p in parts]),
    )
    y = rows.y[keep].astype(np.int64)
    mix = learn_mix(said, y, rows.mass[keep], scale=1 + np.sqrt(said.mean[0]), classes=CLASSES)
    return ForecastPool(ar, mix)


def forecast(
    pool: ForecastPool, panel: DyadPanel, origin: Origin | None = None, *, rows: Counts | None = None, least: int = 0
) -> Predictive:
    """Forecast some dyads (all when None) from an origin (after the panel's last known period when None).

    Args:
        pool: what was learned.
        panel: the past.
        origin: the moment.
        rows: the dyads.
        least: a count that the distributions reach at least.
    """
    origin = origin or Origin.last(panel, pool.target)
    rows = np.arange(len(panel.y)) if rows is None else rows
    said = _said(pool.ar, origin, panel.reverse, rows)
    return pooled(pool.mix, said, origin.known.mass()[rows], np.full(len(rows), least))
