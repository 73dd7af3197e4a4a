"""The pool and the naive rules side by side, at the same origins: for counts, and for the conflictual share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from visavis.models.dyad_panel import DyadPanel, Known, Target
from visavis.models.forecast_pool import ForecastPool, Origin, fit_pool, forecast
from visavis.models.naive_forecasts import Windows, naive
from visavis.models.predictive import Predictive
from visavis.models.share_pool import SharePool, acts_windows, fit_share_pool, forecast_share, naive_share

__all__ = ["POOL", "Compared", "Contenders", "CountContenders", "ShareContenders", "by_pool"]

POOL = "pool"
_MANY = (0.1, 0.3, 0.5, 0.7, 0.9)  # quantiles of how many acts come, which stand for all of them
Counts = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]


class Compared(NamedTuple):
    """Shares to come against those of the last equal time; each of shape (rows,).

    Args:
        rows: the dyads.
        larger, smaller: the chance of a larger one, and of a smaller one.
        grew, shrank: whether it came larger, or smaller.
        may_grow, may_shrink: whether it could: not above a last share of all, nor below one of none.
    """

    rows: Counts
    larger: Array
    smaller: Array
    grew: npt.NDArray[np.bool_]
    shrank: npt.NDArray[np.bool_]
    may_grow: npt.NDArray[np.bool_]
    may_shrink: npt.NDArray[np.bool_]


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

    def compared(self, method: str, known: Known, t: int, rows: Counts) -> Compared | None:
        """The share against that of the last equal time, of dyads that then had acts; None for counts."""
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

    def compared(self, method: str, known: Known, t: int, rows: Counts) -> Compared | None:
        return None


@dataclass
class ShareContenders:
    """Of the conflictual share, given how many acts come; only where some do. ``panel.y`` are conflictual acts.

    Args:
        panel, target: as for counts.
        acts: who forecasts how many acts come, for chances that are said before that is known; none without it.
        acts_by: the method that does.
    """

    panel: DyadPanel
    target: Target
    acts: CountContenders | None = None
    acts_by: str = POOL
    pool: SharePool | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._windows, self._acts = Windows.of(self.panel, self.target), acts_windows(self.panel, self.target)
        self._k, _ = self.panel.sums(self.target)
        self._n, _ = self.panel.of_all_acts.sums(self.target)

    def learn(self, until: int, rng: np.random.Generator) -> None:
        self.pool = fit_share_pool(self.panel.until(until), self.target, rng=rng)
        if self.acts is not None:
            self.acts.learn(until, np.random.default_rng(until))

    def rows(self, known: Known, t: int) -> Counts:
        return np.flatnonzero((known.mass() > 0) & (self._n[:, t] > 0))

    def came(self, rows: Counts, t: int) -> tuple[Counts, npt.NDArray[np.float64]]:
        return self._k[rows, t], self._n[rows, t].astype(float)

    def said(self, method: str, known: Known, t: int, rows: Counts) -> Predictive | None:
        origin, n = Origin(t, known, self._windows), self._n[rows, t]
        if method == POOL and self.pool is not None:
            return forecast_share(self.pool, self.panel, origin, self._acts, rows=rows, n=n)
        return naive_share(method, origin, self._acts, rows=rows, n=n)

    def compared(self, method: str, known: Known, t: int, rows: Counts) -> Compared | None:
        if self.acts is None:
            return None
        origin, end = Origin(t, known, self._windows), self._windows.until(t)[-1]
        k, n = self._windows.sums[rows, end], self._acts.sums[rows, end]
        rows, past = rows[n > 0], (k[n > 0], n[n > 0])
        change = self._k[rows, t] * past[1] - past[0] * self._n[rows, t]
        came = (change > 0, change < 0, past[0] < past[1], past[0] > 0)
        if method != POOL or self.pool is None:
            return Compared(rows, *_by_last(origin, self._acts, rows, past), *came)
        many = self.acts.said(self.acts_by, known, t, rows)
        assert many is not None, "the pool and the last twelve always say something"
        acts = np.stack([many.quantile(level) for level in _MANY])
        said = by_pool(self.pool, self.panel, origin, self._acts, rows=rows, acts=acts, past=past)
        return Compared(rows, *said, *came)


def by_pool(
    pool: SharePool,
    panel: DyadPanel,
    origin: Origin,
    windows: Windows,
    *,
    rows: Counts,
    acts: Counts,
    past: tuple[Counts, Counts],
) -> tuple[Array, Array]:
    """The pool's chances of a larger and of a smaller share than in the last equal time, of futures with any act.

    Args:
        pool, panel, origin: as for ``forecast_share``.
        windows: past sums of all acts.
        rows: the dyads.
        acts: numbers of acts that may come, each as likely, shape (numbers, rows); one act where none may.
        past: conflictual and all acts of the last equal time, each (rows,); the latter above 0.
    """  # fmt: skip
    k, n = past
    acts = np.where(acts.max(axis=0) > 0, acts, 1)
    larger, smaller, counted = np.zeros(len(rows)), np.zeros(len(rows)), np.zeros(len(rows))
    for here in acts:
        at = np.flatnonzero(here > 0)
        said = forecast_share(pool, panel, origin, windows, rows=rows[at], n=here[at])
        larger[at] += said.above((k[at] * here[at] // n[at]).astype(np.float64))
        smaller[at] += 1 - said.above((-(-k[at] * here[at] // n[at]) - 1).astype(np.float64))
        counted[at] += 1
    return larger / counted, smaller / counted


def _by_last(origin: Origin, windows: Windows, rows: Counts, past: tuple[Counts, Counts]) -> tuple[Array, Array]:
    """The same by the last twelve shares: how many of those with acts were larger, or smaller, than the last one."""
    k, n = (w.last(origin.t, rows) for w in (origin.windows, windows))
    change, held = k * past[1][:, None] - past[0][:, None] * n, np.maximum((n > 0).sum(axis=1), 1)
    return tuple((found & (n > 0)).sum(axis=1) / held for found in (change > 0, change < 0))
