"""The same pair as told by two tellers: does one of them show one side as the hostile one more often?

Stories are the units. Only a story that shows exactly one side as acting in a conflictual way says who is shown as the
hostile one; the odds of its being the *other* side rather than the teller's own are compared between the press of one
side and third parties. Stories of one week tell of the same incidents and are not independent, so weeks are the blocks
of both the interval and the permutation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models.intervals import Estimate

__all__ = ["FEWEST_STORIES", "FEWEST_WEEKS", "Tilt", "scatter", "tilt"]

Counts = npt.NDArray[np.int64]
_Array = npt.NDArray[np.float64]

FEWEST_STORIES = 10
"""Stories of either teller that show one side alone as the hostile one, below which nothing is compared."""
FEWEST_WEEKS = 8
"""Weeks that hold such a story, below which nothing is compared."""
_MOST_BLOCKS = 130  # longer records are cut into this many runs of weeks: more would change nothing but the time taken


@dataclass(frozen=True, slots=True)
class Tilt:
    """How much more often one teller shows the other side as the hostile one than a second teller does.

    Args:
        ratio: odds ratio; above 1 the first teller shows it more often. ``n`` counts stories of both tellers.
        p: chance of a ratio at least so far from 1, either way, if in each week the two tellers' stories were told by
            either of them with equal chance; one of ``permutations + 1``.
        weeks: weeks that hold any of these stories.
    """

    ratio: Estimate
    p: float
    weeks: int

    @property
    def more(self) -> bool:
        """Whether the first teller clearly shows it more often: by the interval and by the permutations."""
        return self.ratio.low > 1 and self.p <= 1 - self.ratio.level

    @property
    def less(self) -> bool:
        """Whether the first teller clearly shows it less often."""
        return self.ratio.high < 1 and self.p <= 1 - self.ratio.level


def tilt(
    here: Counts, there: Counts, *, rng: np.random.Generator, level: float = 0.95, permutations: int = 1999
) -> Tilt | None:
    """Odds ratio of two tellers; None where either has too few stories, or too few weeks have any.

    The odds have half a story added to each count. The interval is Student's on the logarithm with the jackknife's
    variance, one week left out at a time (both tellers at once, so that what moves both in a week cancels). For p the
    two tellers change places in weeks drawn at random, and the ratio divided by its own jackknife error is held against
    the ratios so made.
    Sources: Haldane (1956) and Anscombe (1956) for the half; Efron and Stein (1981), Annals of Statistics 9(3);
    Janssen (1997), Statistics and Probability Letters 36(1), for permuting a studentised ratio.

    Args:
        here: stories of the first teller by week, that show the other side and its own as the only hostile one,
            (weeks, 2).
        there: stories of the second teller that show the same two sides, (weeks, 2).
        rng: source of the permutations.
        level: coverage the interval aims at.
        permutations: how many are drawn.

    Raises:
        UsageError: the two are not of the same shape (weeks, 2).

    Example:
        >>> weeks = np.tile([[2, 1], [1, 1]], (10, 1))
        >>> found = tilt(weeks, weeks[:, ::-1], rng=np.random.default_rng(1))
        >>> round(found.ratio.value, 2), found.ratio.n, found.more
        (2.21, 100, True)
    """
    if here.shape != there.shape or here.shape[1:] != (2,):
        raise UsageError(f"Two tellers have stories of shape {here.shape} and {there.shape}; both must be (weeks, 2).")
    cells = np.stack([here, there], axis=1)
    cells = cells[cells.sum(axis=(1, 2)) > 0]
    weeks = len(cells)
    if weeks < FEWEST_WEEKS or cells.sum(axis=(0, 2)).min() < FEWEST_STORIES:
        return None
    cells = np.add.reduceat(cells, np.arange(0, weeks, -(-weeks // _MOST_BLOCKS)), axis=0)
    value, error = _log_odds(cells[np.newaxis])
    reach = float(student.ppf((1 + level) / 2, len(cells) - 1) * error[0])
    odds, low, high = (float(one) for one in np.exp([value[0], value[0] - reach, value[0] + reach]))
    swapped = rng.integers(0, 2, (permutations, len(cells))).astype(bool)
    made, errors = _log_odds(np.where(swapped[..., np.newaxis, np.newaxis], cells[:, ::-1], cells))
    seen = abs(value[0]) / error[0]
    p = (1 + int((np.abs(made) >= (seen - 1e-9) * errors).sum())) / (1 + permutations)
    return Tilt(Estimate(odds, low, high, int(cells.sum()), level), p, weeks)


def _log_odds(cells: npt.NDArray[np.int64]) -> tuple[_Array, _Array]:
    """Logarithm of the odds ratio and its jackknife error over weeks; ``cells`` (sets, weeks, tellers, sides)."""
    total = cells.sum(axis=1)
    without = _log_ratio(total[:, np.newaxis] - cells)
    weeks = cells.shape[1]
    spread = ((without - without.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    return _log_ratio(total), np.sqrt(np.maximum((weeks - 1) / weeks * spread, 1e-12))


def _log_ratio(cells: npt.NDArray[np.int64]) -> _Array:
    logs = np.log(cells + 0.5)
    return np.asarray(logs[..., 0, 0] - logs[..., 0, 1] - logs[..., 1, 0] + logs[..., 1, 1])


def scatter(k: Counts, n: Counts) -> float:
    """Variance of weekly shares ``k / n`` divided by what independent stories would give; at least 1. Both (weeks,).

    Pearson's statistic by its degrees of freedom. Source: McCullagh and Nelder (1989), section 4.5.

    Example:
        >>> round(scatter(np.array([8, 0, 8, 0]), np.array([10, 10, 10, 10])), 1)
        8.9
    """
    k, n = k[n > 0], n[n > 0]
    if len(n) < 2 or not 0 < (share := k.sum() / n.sum()) < 1:
        return 1.0
    return max(1.0, float(((k - n * share) ** 2 / (n * share * (1 - share))).sum() / (len(n) - 1)))
