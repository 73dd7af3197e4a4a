"""What can be said without assuming anything about those who did not answer an item.

The worst cases: all of them would have answered at one end, or at the other. Source: Manski (1989), Journal of Human
Resources 24(3). The interval covers the *true value*, wherever it lies between the bounds, with the level named.
Source: Imbens and Manski (2004), Econometrica 72(6). People who were not asked by design are no case for this: leave
them out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models.survey import Design, means

__all__ = ["Bounds", "gap_bounds", "mean_bounds", "share_bounds"]

_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lowest and highest value that the answers allow, with their standard errors.

    Args:
        low: value if every missing answer stood at the lower end.
        high: value if every missing answer stood at the upper end.
        se_low: standard error of ``low``; ``se_high``: of ``high``.
        df: degrees of freedom of both.
        n: people asked.
        answered: weighted share of them who answered, 0 to 1; of a gap, of the side where fewer did.

    Example:
        >>> [round(end, 3) for end in Bounds(0.4, 0.6, 0.02, 0.02, df=500, n=600, answered=0.8).interval()]
        [0.367, 0.633]
    """

    low: float
    high: float
    se_low: float
    se_high: float
    df: float
    n: int
    answered: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Ends of the Imbens-Manski interval, not wider than two-sided at the bounds, not narrower than one-sided."""
        width, widest = self.high - self.low, max(self.se_low, self.se_high)
        if widest == 0:
            return self.low, self.high
        most, least = student.ppf((1 + level) / 2, self.df), student.ppf(level, self.df)

        def over(reach: float) -> float:
            return float(student.cdf(reach + width / widest, self.df) - student.cdf(-reach, self.df)) - level

        reach = float(most) if width <= 0 else float(brentq(over, least - 1e-9, most + 1e-9))
        return self.low - reach * self.se_low, self.high + reach * self.se_high


def mean_bounds(answers: _Array, design: Design, *, low: float = 0.0, high: float = 1.0) -> Bounds:
    """Bounds of the weighted mean, or share, of everyone asked.

    Args:
        answers: between ``low`` and ``high``, NaN where a person was asked and gave none, (n,).
        design: of the n people.
        low: lower end of the scale; ``high``: upper end.

    Raises:
        UsageError: an answer outside the scale.

    Example:
        >>> x = np.array([0.0] * 40 + [1.0] * 40 + [np.nan] * 20)
        >>> found = mean_bounds(x, Design(np.ones(100), np.zeros(100), np.arange(100)))
        >>> round(found.low, 3), round(found.high, 3), round(found.answered, 3)
        (0.4, 0.6, 0.8)
    """
    told = ~np.isnan(answers)
    outside = np.flatnonzero(told & ((answers < low) | (answers > high)))
    if outside.size:
        at = outside[0]
        raise UsageError(f"Answer {answers[at]:g} of person {at + 1} is not between {low:g} and {high:g}. Recode it.")
    filled = [np.where(told, answers, end) for end in (low, high)]
    both = means(np.column_stack([*filled, told.astype(np.float64)]), design)
    se = both.se()
    return Bounds(
        float(both.value[0]),
        float(both.value[1]),
        float(se[0]),
        float(se[1]),
        both.df,
        len(answers),
        float(both.value[2]),
    )


def share_bounds(share: float, answered: float, n: int, *, deff: float = 1.5) -> Bounds:
    """Bounds of a published share among those who answered, when it is known how many did.

    Args:
        share: of those who answered, 0 to 1.
        answered: share of those asked who answered, 0 to 1.
        n: people asked; the sample counts as ``n / deff``.
        deff: design effect, 1 or above.

    Example:
        >>> found = share_bounds(0.6, 0.9, 1000)
        >>> round(found.low, 2), round(found.high, 2), [round(end, 3) for end in found.interval()]
        (0.54, 0.64, [0.508, 0.671])
    """
    if not (0 <= share <= 1 and 0 <= answered <= 1 and n > 1 and deff >= 1):
        raise UsageError(
            f"Share {share:g}, answered {answered:g}, n {n}, deff {deff:g}: shares are 0 to 1, deff from 1."
        )
    low, high = share * answered, share * answered + 1 - answered
    se_low, se_high = (float(np.sqrt(p * (1 - p) * deff / n)) for p in (low, high))
    return Bounds(low, high, se_low, se_high, n / deff - 1, n, answered)


def gap_bounds(a: Bounds, b: Bounds) -> Bounds:
    """Bounds of ``b - a`` of two independent sides.

    Example:
        >>> gap = gap_bounds(share_bounds(0.6, 0.9, 1000), share_bounds(0.8, 0.95, 1000))
        >>> round(gap.low, 2), round(gap.high, 2)
        (0.12, 0.27)
    """
    return Bounds(
        b.low - a.high,
        b.high - a.low,
        float(np.hypot(b.se_low, a.se_high)),
        float(np.hypot(b.se_high, a.se_low)),
        min(a.df, b.df),
        a.n + b.n,
        min(a.answered, b.answered),
    )
