"""The signs of three ties, and whether the triangle they make is balanced.

A tie is more cooperative than conflictual, more conflictual than cooperative, or undecided: where the interval of the
conflictual share among both kinds of act spans the middle. A triangle is balanced when an even number of its ties is
conflictual. Source: Heider (1946), J. Psychology 21; Cartwright & Harary (1956), Psychological Review 63(5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.models.intervals import Estimate, share_interval

__all__ = ["LEAST", "Tie", "balanced", "ties"]

LEAST = 10
"""Conflictual and cooperative acts, below which a tie has no sign."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tie:
    """One tie in one stretch of time.

    Args:
        share: conflictual share of conflictual and cooperative acts; None without any.
        sign: 1 more cooperative, -1 more conflictual, 0 undecided or too few acts.
    """

    share: Estimate | None
    sign: int


def ties(k: Counts, n: Counts, middle: Sequence[float], *, per: int, level: float = 0.95) -> list[Tie]:
    """The tie in each stretch of ``per`` periods.

    Args:
        k: conflictual acts by period, both directions, shape (periods,).
        n: conflictual and cooperative acts.
        middle: for each stretch, the share above which a tie counts as conflictual.
        per: periods in a stretch; a last one that is shorter is left out.
        level: coverage of the intervals; they are widened by how much months scatter within stretches.

    Example:
        >>> [tie.sign for tie in ties(np.array([1, 19, 5]), np.array([30, 22, 10]), [0.5] * 3, per=1)]
        [1, -1, 0]
    """
    found = []
    spread = _scatter(k, n, per)
    for i, mid in enumerate(middle):
        part = slice(i * per, (i + 1) * per)
        conflict, both = int(k[part].sum()), int(n[part].sum())
        share = share_interval(conflict, both, level=level, dispersion=spread)
        sign = 0
        if share is not None and both >= LEAST:
            sign = 1 if share.high < mid else -1 if share.low > mid else 0
        found.append(Tie(share, sign))
    return found


def _scatter(k: Counts, n: Counts, per: int) -> float:
    """Variance of the periods' shares within stretches over that of independent acts, 1 or more."""
    squares, freedom = 0.0, 0
    for i in range(len(k) // per):
        ki, ni = k[i * per : (i + 1) * per], n[i * per : (i + 1) * per]
        there = ni > 0
        total = ni.sum()
        p = ki.sum() / total if total else 0.0
        if there.sum() > 1 and 0 < p < 1:
            squares += float(np.sum((ki[there] - ni[there] * p) ** 2 / (ni[there] * p * (1 - p))))
            freedom += int(there.sum()) - 1
    return max(1.0, squares / freedom) if freedom else 1.5


def balanced(signs: Sequence[int]) -> bool | None:
    """Whether three signs are balanced; None where one is undecided.

    >>> balanced([1, 1, 1]), balanced([1, -1, -1]), balanced([1, 1, -1]), balanced([1, 0, -1])
    (True, True, False, None)
    """
    product = int(np.prod(signs))
    return None if product == 0 else product > 0
