"""How much a statistic would move with other weeks or months: it is computed again with each left out.

Acts come in bursts, so an act is no independent observation; a block of time nearly is. Blocks are weeks, or months
where there are at least ``LONG`` of them, for weeks of one month resemble each other.
Source: Tukey (1958), Annals of Mathematical Statistics 29; Kuensch (1989), Annals of Statistics 17(3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.models.intervals import Estimate

__all__ = ["LONG", "LeftOut", "left_out", "longer_blocks"]

_Array = npt.NDArray[np.float64]
_Counts = npt.NDArray[np.int64]

LONG = 24
"""From so many strata on, a stratum is one block."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A statistic with what leaving out one block at a time tells of it.

    Args:
        value: from all blocks, (s,).
        corrected: without the bias of first order, (s,).
        se: standard errors, (s,).
        df: degrees of freedom, blocks with anything in them less one.
    """

    value: _Array
    corrected: _Array
    se: _Array
    df: int

    def reach(self, level: float) -> _Array:
        """Half the length of the interval of each part, from Student's t."""
        return np.asarray(student.ppf((1 + level) / 2, self.df) * self.se)

    def estimate(self, i: int, n: int, *, level: float, low: float = -np.inf, high: float = np.inf) -> Estimate:
        """One part, corrected, with its interval; both within ``low`` and ``high``."""
        value, reach = float(self.corrected[i]), float(self.reach(level)[i])
        middle, lower, upper = (min(max(end, low), high) for end in (value, value - reach, value + reach))
        return Estimate(middle, lower, upper, n, level)


def left_out(statistic: Callable[[_Array], _Array], counts: npt.ArrayLike) -> LeftOut | None:
    """Delete-one jackknife of a statistic of summed counts; None where it cannot be had without some block.

    Args:
        statistic: takes sums, (..., m), gives (..., s).
        counts: one row a block, (blocks, m).

    Example:
        >>> found = left_out(lambda sums: sums[..., :1] / sums[..., 1:], [[1, 10], [3, 10], [2, 10]])
        >>> round(float(found.value[0]), 3), round(float(found.se[0]), 3), found.df
        (0.2, 0.058, 2)
    """
    rows = np.asarray(counts, dtype=np.float64)
    rows = rows[rows.any(axis=1)]
    blocks = len(rows)
    if blocks < 2:
        return None
    whole = rows.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value, without = statistic(whole), statistic(whole - rows)
    if not (np.isfinite(value).all() and np.isfinite(without).all()):
        return None
    mean = without.mean(axis=0)
    se = np.sqrt((blocks - 1) / blocks * ((without - mean) ** 2).sum(axis=0))
    return LeftOut(value, blocks * value - (blocks - 1) * mean, se, blocks - 1)


def longer_blocks(counts: npt.ArrayLike, strata: npt.ArrayLike) -> _Counts:
    """The same counts summed by stratum where there are at least ``LONG`` strata, else as they are."""
    rows, names = np.asarray(counts, dtype=np.int64), np.unique(np.asarray(strata), return_inverse=True)
    if len(names[0]) < LONG:
        return rows
    summed = np.zeros((len(names[0]), rows.shape[1]), dtype=np.int64)
    np.add.at(summed, names[1], rows)
    return summed
