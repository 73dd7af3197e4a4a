"""A ratio of two estimates, with an interval that may have no ends.

Where the divisor is not clear of 0, any ratio beyond some stretch, or any at all, fits the data; an interval that
always has two ends hides that. Source: Fieller (1954), J. Royal Statistical Society B 16(2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

__all__ = ["Ratio", "fieller"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio with its Fieller interval, which need not be bounded.

    Args:
        value: the ratio; None where its divisor is 0.
        low: lower end of a bounded interval; of ``outside``, where the excluded stretch begins.
        high: upper end of a bounded interval; of ``outside``, where the excluded stretch ends.
        kind: ``bounded``; ``outside``, all values but those between the ends; ``everything``, the data exclude none.
        level: coverage the interval aims at.

    Example:
        >>> Ratio(0.5, None, None, "everything", 0.95).kind
        'everything'
    """

    value: float | None
    low: float | None
    high: float | None
    kind: Literal["bounded", "outside", "everything"]
    level: float


def fieller(value: Array, covariance: Array, df: float, *, level: float = 0.95) -> Ratio:
    """Ratio of two estimates: all r for which the first minus r times the second is not clear of 0.

    Args:
        value: the two, (2,).
        covariance: of both, (2, 2).
        df: degrees of freedom of the covariance.
        level: coverage that the interval aims at.

    Example:
        >>> fieller(np.array([1.0, 2.0]), np.eye(2) * 4, 20).kind
        'everything'
    """
    top, whole = (float(part) for part in value)
    reach = float(student.ppf((1 + level) / 2, df)) ** 2
    a = whole**2 - reach * float(covariance[1, 1])
    b = -2 * (top * whole - reach * float(covariance[0, 1]))
    c = top**2 - reach * float(covariance[0, 0])
    root = b * b - 4 * a * c
    ratio = top / whole if whole else None
    if a == 0 or (a < 0 and root <= 0):
        return Ratio(ratio, None, None, "everything", level)
    ends = sorted((-b + sign * float(np.sqrt(max(root, 0.0)))) / (2 * a) for sign in (-1, 1))
    return Ratio(ratio, ends[0], ends[1], "bounded" if a > 0 else "outside", level)
