"""The rules that a forecast has to beat: persistence, the last twelve, the same season, all of the past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.models._negative_binomial import cdf as nb_cdf
from visavis.models.dyad_panel import DyadPanel, Target
from visavis.models.predictive import Predictive, buckets

__all__ = ["LAST", "RULES", "Windows", "empirical", "naive"]

LAST = 12
"""Past values that the rule to beat takes together."""

RULES = ("persistence", f"last {LAST}", "seasonal", "all history")

_FLOOR = 0.05  # mean of a Poisson forecast after a period without acts
_POISSON = 1e9
Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Windows:
    """Past values of what is forecast: sums of as many periods as the target has.

    Args:
        sums: value of the window that ends with each period, shape (dyads, periods).
        ends: periods in which a window ends of which all is known, in order.
        rows: the panel's rows that are held, shape (dyads,); all when None.
    """

    sums: Counts
    ends: Counts
    rows: Counts | None = None

    @classmethod
    def of(cls, panel: DyadPanel, target: Target, rows: Counts | None = None) -> Windows:
        """The windows of a panel, or of some of its rows."""
        span = target.span
        y = panel.y if rows is None else panel.y[rows]
        whole = np.concatenate([np.zeros((len(y), 1), np.int64), np.cumsum(y, axis=1)], axis=1)
        seen = np.concatenate([[0], np.cumsum(panel.known)])
        sums = np.zeros_like(y)
        sums[:, span - 1 :] = whole[:, span:] - whole[:, :-span]
        there = np.zeros(panel.periods, bool)
        there[span - 1 :] = seen[span:] - seen[:-span] == span
        return cls(sums, np.flatnonzero(there), rows)

    def until(self, t: int) -> Counts:
        """Ends of the windows that are known after period ``t``; at least one, a window of zeros, where none is."""
        found = self.ends[self.ends <= t]
        return found if len(found) else np.array([0])

    def last(self, t: int, rows: Counts) -> Counts:
        """The last values, always twelve columns: where fewer are known they are repeated, shape (rows, 12)."""
        ends = self.until(t)[-LAST:]
        at = ends[np.arange(LAST) % len(ends)]
        held = rows if self.rows is None else np.searchsorted(self.rows, rows)
        return self.sums[held[:, None], at]


def empirical(values: Counts, top: int) -> Array:
    """Distribution functions of past values, (rows, values), at 0 to ``top``: shape (rows, top + 1).

    >>> empirical(np.array([[0, 0, 2]]), 2).round(2)
    array([[0.67, 0.67, 1.  ]])
    """
    rows, many = values.shape
    flat = np.arange(rows)[:, None] * (top + 1) + np.minimum(values, top)
    counted = np.bincount(flat.ravel(), minlength=rows * (top + 1)).reshape(rows, top + 1)
    return np.asarray(np.cumsum(counted, axis=1) / many)


def naive(
    rule: str, windows: Windows, t: int, rows: Counts, *, target: Target, season: int, least: Counts
) -> Predictive | None:
    """What a rule says of some dyads after period ``t``; None where the past is too short for it.

    Args:
        rule: one of ``RULES``. Persistence and the same season are Poisson about the one value they look at.
        windows: past values.
        t: the origin.
        rows: the dyads, in order.
        target: what is forecast.
        season: periods of a year.
        least: counts that the distributions reach at least, shape (rows,).
    """
    ends = windows.until(t)
    held = rows if windows.rows is None else np.searchsorted(windows.rows, rows)
    if rule in (f"last {LAST}", "all history"):
        values = windows.last(t, rows) if rule != "all history" else windows.sums[held[:, None], ends]
        tops = np.maximum(values.max(axis=1), least) + 1
        blocks = [(some, empirical(values[some], top)) for some, top in buckets(tops)]
        return Predictive(tuple(blocks), len(rows))
    end = int(ends[-1]) if rule == "persistence" else t + target.last - season * -(-target.last // season)
    if end not in ends:
        return None
    mean = np.maximum(windows.sums[held, end], _FLOOR)
    tops = np.maximum(mean + 9 * np.sqrt(mean), least).astype(np.int64) + 8
    size = np.full(len(rows), _POISSON)
    return Predictive(tuple((some, nb_cdf(mean[some], size[some], top)) for some, top in buckets(tops)), len(rows))
