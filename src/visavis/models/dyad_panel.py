"""Counts of acts of many directed dyads over time, and what is known of each at any moment: running means, lags.

Everything a forecast starts from is a discounted mean of what came before, at the exposure of the moment: an act in a
month in which the stream holds twice as many acts counts half.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from visavis.errors import UsageError

__all__ = ["DISCOUNTS", "MASSES", "NAMES", "DyadPanel", "Known", "Target", "known_at", "walk"]

DISCOUNTS = (0.5, 0.8, 0.93, 0.99)
"""How much a period counts in each running mean, against the next one."""

MASSES = (0.2, 1.0, 5.0)
"""Acts a period that part thin dyads from busy ones; a class has its own coefficients, drawn toward the common ones."""

NAMES = (
    "constant", "last", "mean, discount .5", "mean, discount .8", "mean, discount .93", "mean of all",
    "other direction, discount .8", "all acts, discount .8", "all acts, discount .93",
)  # fmt: skip
"""Names of the covariates: logarithms of counts at the exposure to come, each with a little added."""

_PRIOR = 0.3  # acts that the mean of all periods counts for in a filter

RECENT = 3
"""Periods whose mean exposure stands for the exposure to come."""

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Target:
    """What is forecast: the sum over the periods from ``first`` to ``last`` after the last known one.

    >>> Target(1, 12).span, Target(3, 3).span
    (12, 1)
    """

    first: int
    last: int

    def __post_init__(self) -> None:
        if not 1 <= self.first <= self.last:
            raise UsageError(f"A forecast of periods {self.first} to {self.last}: give 1 or more, the first one first.")

    @property
    def span(self) -> int:
        """How many periods are added up."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class DyadPanel:
    """Counts by directed dyad and period.

    Args:
        y: the acts forecast (conflictual ones, cooperative ones, or all), shape (dyads, periods).
        total: all acts of the dyad, same shape.
        exposure: acts of the whole stream, shape (periods,); above 0 where known.
        reverse: row of the opposite direction, -1 where the panel has none, shape (dyads,).
        known: whether the record covers the period, shape (periods,). A gap is not a zero.
    """

    y: Counts
    total: Counts
    exposure: Array
    reverse: Counts
    known: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        dyads, periods = self.y.shape
        shapes = (self.total.shape, self.exposure.shape, self.reverse.shape, self.known.shape)
        if shapes != ((dyads, periods), (periods,), (dyads,), (periods,)):
            raise UsageError(f"A panel of {dyads} dyads and {periods} periods has parts of shapes {shapes}.")
        if not (self.exposure[self.known] > 0).all():
            raise UsageError("The stream holds no act in a period that counts as known.")

    @property
    def periods(self) -> int:
        """How many periods, known or not."""
        return int(self.y.shape[1])

    @property
    def of_all_acts(self) -> DyadPanel:
        """The same panel with all acts as what is forecast."""
        return replace(self, y=self.total)

    def until(self, period: int) -> DyadPanel:
        """The panel as it was before period ``period``."""
        cut = slice(0, period)
        return replace(
            self, y=self.y[:, cut], total=self.total[:, cut], exposure=self.exposure[cut], known=self.known[cut]
        )

    def only(self, rows: Counts) -> DyadPanel:
        """Some of the dyads; a direction whose opposite is left out has none."""
        at = np.full(len(self.y) + 1, -1, np.int64)
        at[rows] = np.arange(len(rows))
        return replace(self, y=self.y[rows], total=self.total[rows], reverse=at[self.reverse[rows]])

    def sums(self, target: Target) -> tuple[Counts, npt.NDArray[np.bool_]]:
        """What came after each period, shape (dyads, periods), and where all of it is known, shape (periods,)."""
        size = self.periods
        came, there = np.zeros_like(self.y), np.zeros(size, bool)
        whole = np.concatenate([np.zeros((len(self.y), 1), np.int64), np.cumsum(self.y, axis=1)], axis=1)
        seen = np.concatenate([[0], np.cumsum(self.known)])
        end = max(size - target.last, 0)
        low, high = np.arange(end) + target.first, np.arange(end) + target.last + 1
        came[:, :end] = whole[:, high] - whole[:, low]
        there[:end] = (seen[high] - seen[low] == target.span) & self.known[:end]
        return came, there


@dataclass(slots=True)
class Known:
    """What is known of each dyad after some period; ``step`` moves it on by one period.

    Args:
        last: the last count, at the exposure to come, shape (dyads,).
        sums: discounted sums of the counts, shape (discounts, dyads).
        totals: the same of all acts.
        weights: the same of exposure, shape (discounts,).
        since: all counts and all exposure so far: shape (dyads,) and a number.
        recent: exposure of the last known periods, newest last.
    """

    last: Array
    sums: Array
    totals: Array
    weights: Array
    since: Array
    so_far: float
    recent: tuple[float, ...]

    @classmethod
    def nothing(cls, dyads: int) -> Known:
        """Before the first period."""
        k = len(DISCOUNTS)
        zeros = np.zeros((k, dyads))
        return cls(np.zeros(dyads), zeros, zeros.copy(), np.zeros(k), np.zeros(dyads), 0.0, ())

    @property
    def exposure(self) -> float:
        """Exposure that the next periods are taken to have: the mean of the last ones."""
        return float(np.mean(self.recent)) if self.recent else 1.0

    def step(self, counts: Counts, total: Counts, exposure: float) -> None:
        """Take in one known period: counts and all acts by dyad, shape (dyads,), and the stream's acts."""
        keep, y = np.array(DISCOUNTS), counts.astype(np.float64)
        self.sums = keep[:, None] * self.sums + y
        self.totals = keep[:, None] * self.totals + total
        self.weights = keep * self.weights + exposure
        self.since = self.since + y
        self.so_far += exposure
        self.recent = (*self.recent, float(exposure))[-RECENT:]
        self.last = y * (self.exposure / exposure)

    def means(self) -> Array:
        """Discounted mean count of a period at the exposure to come, shape (discounts, dyads)."""
        return np.asarray(self.exposure * self.sums / np.maximum(self.weights, 1e-12)[:, None])

    def total_means(self) -> Array:
        """The same of all acts."""
        return np.asarray(self.exposure * self.totals / np.maximum(self.weights, 1e-12)[:, None])

    def mean(self) -> Array:
        """Mean count of all periods so far, at the exposure to come, shape (dyads,)."""
        return np.asarray(self.exposure * self.since / max(self.so_far, 1e-12))

    def filtered(self, i: int, target: Target, rows: Counts | slice = slice(None)) -> tuple[Array, Array]:
        """Mean and shape of a Gamma-Poisson discount filter's forecast, each of shape (rows,).

        The level of a dyad is gamma distributed; each period, what is known of it fades by ``DISCOUNTS[i]``, so that
        its shape is the discounted number of acts. A dyad without past has the shape ``_PRIOR`` about its mean so far.
        Source: Harvey & Fernandes (1989), J. Business & Economic Statistics 7(4).
        """
        about = self.mean()[rows] + 0.02
        seen = self.weights[i] / self.exposure
        shape = self.sums[i, rows] + _PRIOR
        mean = shape / (seen + _PRIOR / about)
        return target.span * mean, shape * DISCOUNTS[i] ** ((target.first + target.last) / 2)

    def covariates(self, reverse: Counts, rows: Counts | slice = slice(None)) -> Array:
        """What the autoregression reads, shape (rows, len(``NAMES``)).

        Args:
            reverse: row of the opposite direction of each dyad, -1 for none.
            rows: the dyads wanted.
        """
        means, totals = self.means(), self.total_means()
        other = np.append(means[1], 0.0)[reverse]
        return np.column_stack(
            [
                np.ones(len(self.last[rows])),
                np.log1p(self.last[rows]),
                *np.log(means[:3, rows] + 0.05),
                np.log(self.mean()[rows] + 0.02),
                np.log(other[rows] + 0.1),
                np.log(totals[1, rows] + 0.1),
                np.log(totals[2, rows] + 0.1),
            ]
        )

    def mass(self) -> Counts:
        """Class of each dyad by its acts a period (``MASSES``), shape (dyads,): 0 for the thinnest."""
        return np.asarray(np.searchsorted(MASSES, self.total_means()[2], side="right"), np.int64)


def walk(panel: DyadPanel) -> Iterator[tuple[int, Known]]:
    """Every known period in order, with what is known after it: one object, moved on by each step."""
    known = Known.nothing(len(panel.y))
    for t in np.flatnonzero(panel.known):
        known.step(panel.y[:, t], panel.total[:, t], float(panel.exposure[t]))
        yield int(t), known


def known_at(panel: DyadPanel) -> Known:
    """What is known after the panel's last known period."""
    known = Known.nothing(len(panel.y))
    for _, after in walk(panel):
        known = after
    return known
