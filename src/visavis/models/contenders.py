"""The pool and the naive rules side by side, at the same origins: for counts, and for the conflictual share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from visavis.models.dyad_panel import DyadPanel, Known, Target
from visavis.models.forecast_pool import ForecastPool, Origin, fit_pool, forecast
from visavis.models.naive_forecasts import Windows, naive
from visavis.models.predictive import Predictive
from visavis.models.share_pool import SharePool, acts_windows, fit_share_pool, forecast_share, naive_share

__all__ = ["POOL", "Contenders", "CountContenders", "ShareContenders"]

POOL = "pool"
Counts = npt.NDArray[np.int64]


class Contenders(Protocol):
    """Methods that forecast the same thing."""

    panel: DyadPanel
    target: Target

    def learn(self, until: int, rng: np.random.Generator) -> None:
        """Fit the pool to the periods before ``until``."""
        ...

    def rows(self, known: Known, t: int) -> Counts:
        """Dyads with enough mass to be counted: known at the time, not in hindsight."""
        ...

    def came(self, rows: Counts, t: int) -> tuple[Counts, npt.NDArray[np.float64]]:
        """What came after period ``t``, and what its CRPS is divided by, each of shape (rows,)."""
        ...

    def said(self, method: str, known: Known, t: int, rows: Counts) -> Predictive | None:
        """What a method says after period ``t``; None where it cannot say anything."""
        ...


@dataclass
class CountContenders:
    """Of counts.

    Args:
        panel: all periods; what each method sees is cut at the origin.
        target: what is forecast.
        season: periods of a year.
    """

    panel: DyadPanel
    target: Target
    season: int
    pool: ForecastPool | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._windows = Windows.of(self.panel, self.target)
        self._came, _ = self.panel.sums(self.target)

    def learn(self, until: int, rng: np.random.Generator) -> None:
        self.pool = fit_pool(self.panel.until(until), self.target, rng=rng)

    def rows(self, known: Known, t: int) -> Counts:
        return np.flatnonzero(known.mass() > 0)

    def came(self, rows: Counts, t: int) -> tuple[Counts, npt.NDArray[np.float64]]:
        return self._came[rows, t], np.ones(len(rows))

    def said(self, method: str, known: Known, t: int, rows: Counts) -> Predictive | None:
        if method == POOL and self.pool is not None:
            return forecast(self.pool, self.panel, Origin(t, known, self._windows), rows=rows)
        least = np.zeros(len(rows), np.int64)
        return naive(method, self._windows, t, rows, target=self.target, season=self.season, least=least)


@dataclass
class ShareContenders:
    """Of the conflictual share, given how many acts come; only where some do. ``panel.y`` are conflictual acts."""

    panel: DyadPanel
    target: Target
    pool: SharePool | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._windows, self._acts = Windows.of(self.panel, self.target), acts_windows(self.panel, self.target)
        self._k, _ = self.panel.sums(self.target)
        self._n, _ = self.panel.of_all_acts.sums(self.target)

    def learn(self, until: int, rng: np.random.Generator) -> None:
        self.pool = fit_share_pool(self.panel.until(until), self.target, rng=rng)

    def rows(self, known: Known, t: int) -> Counts:
        return np.flatnonzero((known.mass() > 0) & (self._n[:, t] > 0))

    def came(self, rows: Counts, t: int) -> tuple[Counts, npt.NDArray[np.float64]]:
        return self._k[rows, t], self._n[rows, t].astype(float)

    def said(self, method: str, known: Known, t: int, rows: Counts) -> Predictive | None:
        origin, n = Origin(t, known, self._windows), self._n[rows, t]
        if method == POOL and self.pool is not None:
            return forecast_share(self.pool, self.panel, origin, self._acts, rows=rows, n=n)
        return naive_share(method, origin, self._acts, rows=rows, n=n)
