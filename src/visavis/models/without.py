"""What is left of a pair's change when a third country's share is taken out of the record.

The change of a conflictual share from the first half of a span to the second is computed twice, from the whole record
and from what is left of it. Both rest on the same acts, so their difference is judged as one figure, by leaving out
blocks of periods in turn (Efron & Stein 1981).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.models.convergence import lasting
from visavis.models.intervals import Estimate

__all__ = ["FEWEST_ACTS", "Without", "hottest", "without"]

FEWEST_ACTS = 40
"""Acts that must be left in either half."""

_FEWEST_BLOCKS = 6
Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Without:
    """A change, and what is left of it.

    Args:
        all: change of the conflictual share, all acts.
        left: the same, without the third country's share.
        gap: ``left`` minus ``all``.
        p: two-sided, of no change in all acts.
        gap_p: two-sided, of no gap.
        removed: acts taken out.
    """

    all: Estimate
    left: Estimate
    gap: Estimate
    p: float
    gap_p: float
    removed: int


def hottest(k: Counts, n: Counts, *, part: float = 0.25) -> npt.NDArray[np.bool_]:
    """The periods, a quarter of those with acts, in which the third country's own ties were most conflictual.

    Args:
        k: its conflictual acts with the two, both directions, shape (periods,).
        n: all its acts with them.
        part: share of the periods.

    Example:
        >>> hottest(np.array([1, 5, 2, 0]), np.array([10, 10, 10, 10])).tolist()
        [False, True, False, False]
    """
    share = (k + 0.5) / (n + 1.0)
    there = np.flatnonzero(n > 0)
    order = there[np.argsort(-share[there], kind="stable")]
    found = np.zeros(len(n), bool)
    found[order[: int(part * len(there))]] = True
    return found


def without(k: Counts, n: Counts, k_left: Counts, n_left: Counts, *, block: int, level: float = 0.95) -> Without | None:
    """The change from the first half to the second, of all acts and of those that are left.

    Args:
        k, n: conflictual and all acts of the pair by period, in order of time, shape (periods,).
        k_left, n_left: the same without the third country's share; 0 where a period is taken out.
        block: periods left out together.
        level: coverage of the intervals.

    Returns:
        None where too little is left in either half.

    Example:
        >>> k, n = np.array([6, 2] * 12 + [2, 2] * 12), np.full(48, 10)
        >>> cool = np.arange(48) % 2 == 1
        >>> found = without(k, n, k * cool, n * cool, block=4)
        >>> round(found.all.value, 2), round(found.left.value, 2)
        (-0.2, 0.0)
    """
    blocks, half = len(k) // block, len(k) // block // 2 * block
    late = np.arange(len(k)) >= half
    if blocks < 2 * _FEWEST_BLOCKS or any(n_left[part].sum() < FEWEST_ACTS for part in (late, ~late)):
        return None
    part = np.minimum(np.arange(len(k)) // block, blocks - 1)
    parts = np.stack([[x[part == i].sum() for x in (k, n, k_left, n_left)] for i in range(blocks)]).astype(float)
    of_late = np.array([bool(late[part == i].all()) for i in range(blocks)])

    def change(rows: Array, column: int) -> float:
        return _share(rows[of_late], column) - _share(rows[~of_late], column)

    figures = (lambda x: change(x, 0), lambda x: change(x, 2), lambda x: change(x, 2) - change(x, 0))
    counts = (int(n.sum()), int(n_left.sum()), int(n_left.sum()))
    (whole, p), (left, _), (gap, gap_p) = (
        _jackknife(parts, of_late, figure, count, level) for figure, count in zip(figures, counts, strict=True)
    )
    return Without(whole, left, gap, p, gap_p, int(n.sum() - n_left.sum()))


def _share(rows: Array, column: int) -> float:
    total = rows[:, column + 1].sum()
    return float(rows[:, column].sum() / total) if total > 0 else float("nan")


def _jackknife(
    parts: Array, late: npt.NDArray[np.bool_], of: Callable[[Array], float], n: int, level: float
) -> tuple[Estimate, float]:
    """A figure with its interval and p, blocks of either half left out in turn: the halves are two samples."""
    value, variance, pulls = of(parts), 0.0, []
    for side in (late, ~late):
        rows = np.flatnonzero(side)
        without = np.empty(len(rows))
        for i, row in enumerate(rows):
            less = parts.copy()
            less[row] = 0
            without[i] = of(less)
        kept = without[np.isfinite(without)]
        variance += (len(kept) - 1) / len(kept) * float(np.sum((kept - kept.mean()) ** 2))
        pulls.append(kept - kept.mean())
    error, df = float(np.sqrt(variance * lasting(pulls))), len(parts) - 2
    reach = float(student.ppf((1 + level) / 2, df)) * error
    p = float(2 * student.sf(abs(value) / error, df)) if error > 0 else 1.0
    return Estimate(value, value - reach, value + reach, n, level), p
