"""How two sides deal with one third country: attention, what comes from there, and what they reach for.

The problem is the same where the third country takes a like place in what both do (neither gives it more than
``FACTOR`` times the other's share) and as much of what comes from it is hostile to either (within the margin). The
answer is the same where the shares of dialogue and of pressure are, within the margin. All intervals come from
leaving out one block of time, of both sides at once: what moved both moves no difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models._left_out import LeftOut, left_out, longer_blocks
from visavis.models.intervals import Estimate, share_interval
from visavis.models.same_problem import Said, all_of, said
from visavis.models.states import Compared, state

__all__ = ["FACTOR", "MARGIN", "Both", "Toward", "toward"]

_Array = npt.NDArray[np.float64]
_Counts = npt.NDArray[np.int64]

FACTOR = 2.0
"""Attention differs where one side gives more than this many times the other's share."""
MARGIN = 0.1
"""Shares differ where they are more than this apart."""
_PARTS = ("attention", "received", "dialogue", "pressure")


@dataclass(frozen=True, slots=True)
class Both:
    """One share of each side.

    Args:
        a, b: the shares with their intervals.
        gap: second minus first, or None where a side has too little.
        state: against the margin; attention against the factor.
        p: of there being no difference, two-sided.
        p_apart: of a difference as large as the margin, one-sided: small where "same" is sure.
        p_within: of a difference no larger than the margin, one-sided: small where "differs" is sure.
    """

    a: Estimate | None
    b: Estimate | None
    gap: Estimate | None
    state: Compared
    p: float
    p_apart: float
    p_within: float = 1.0


@dataclass(frozen=True, slots=True)
class Toward:
    """Both sides toward one third country.

    Args:
        attention: share of the third country in what a side does toward all others; ``gap`` is the logarithm of the
            second side's share over the first's.
        received: conflictual share of what comes from it.
        dialogue: share of dialogue and cooperation in what a side does toward it.
        pressure: share of pressure.
        problem: whether attention and what is received are the same.
        answer: whether dialogue and pressure are.
        said: the verdict on both.
        blocks: blocks of time it rests on.
    """

    attention: Both
    received: Both
    dialogue: Both
    pressure: Both
    problem: Compared | None
    answer: Compared | None
    said: Said
    blocks: int


def toward(a: npt.ArrayLike, b: npt.ArrayLike, strata: npt.ArrayLike, *, level: float = 0.9) -> Toward:
    """Compare two sides.

    Args:
        a: of the first side by block, (blocks, 6): its acts toward the third country, those toward all others, what
            it received from the third country, how much of that was conflictual, and of its own acts toward it
            dialogue, and pressure.
        b: of the second side, the same.
        strata: month of each block, (blocks,).
        level: coverage of the intervals; at 0.9 a verdict can be read off them.

    Raises:
        UsageError: the arrays do not match.

    Example:
        >>> talks, presses = np.tile([10, 40, 8, 2, 8, 1], (40, 1)), np.tile([10, 40, 8, 2, 4, 5], (40, 1))
        >>> found = toward(talks, presses, np.arange(40) // 4)
        >>> found.problem, found.answer, found.said
        ('same', 'differs', 'same problem, different answer')
    """
    sides = [np.asarray(one, dtype=np.int64) for one in (a, b)]
    if sides[0].shape != sides[1].shape or sides[0].shape[1:] != (6,) or len(sides[0]) != len(np.asarray(strata)):
        raise UsageError(f"Two sides of {sides[0].shape} and {sides[1].shape} do not match; each is (blocks, 6).")
    rows = longer_blocks(np.hstack(sides), strata)
    parts = {name: _both(name, rows, level) for name in _PARTS}
    problem = all_of([parts["attention"].state, parts["received"].state])
    answer = all_of([parts["dialogue"].state, parts["pressure"].state])
    return Toward(**parts, problem=problem, answer=answer, said=said(problem, answer), blocks=len(rows))


_COLUMNS = {"attention": (0, 1), "received": (3, 2), "dialogue": (4, 0), "pressure": (5, 0)}


def _both(name: str, rows: _Counts, level: float) -> Both:
    """One share of both sides, its gap, and what that says."""
    k, n = _COLUMNS[name]
    picked = rows[:, [k, n, k + 6, n + 6]]
    counts = [int(x) for x in picked.sum(axis=0)]
    if min(counts[1], counts[3]) == 0:
        return Both(None, None, None, "undecided", 1.0, 1.0)
    found = left_out(_shares_and_logs if name == "attention" else _shares, picked)
    if found is None or (name == "attention" and min(counts[0], counts[2]) == 0):
        alone = [share_interval(counts[i], counts[i + 1], level=level) for i in (0, 2)]
        return Both(alone[0], alone[1], None, "undecided", 1.0, 1.0)
    shares = [_share(counts[i], counts[i + 1], float(found.se[j]), level) for i, j in ((0, 0), (2, 1))]
    value, se = float(found.value[2]), _at_least(found, counts, logs=name == "attention")
    reach = float(student.ppf((1 + level) / 2, found.df)) * se
    margin = float(np.log(FACTOR)) if name == "attention" else MARGIN
    decided = state(value, se, found.df, margin)
    far = abs(value)
    p, p_apart, p_within = (float(student.sf(x / se, found.df)) for x in (far, margin - far, far - margin))
    gap = Estimate(value, value - reach, value + reach, counts[1] + counts[3], level)
    return Both(shares[0], shares[1], gap, decided, min(2 * p, 1.0), p_apart, p_within)


def _shares(sums: _Array) -> _Array:
    first, second = sums[..., 0] / sums[..., 1], sums[..., 2] / sums[..., 3]
    return np.stack([first, second, second - first], axis=-1)


def _shares_and_logs(sums: _Array) -> _Array:
    first, second = sums[..., 0] / sums[..., 1], sums[..., 2] / sums[..., 3]
    return np.stack([first, second, np.log(second) - np.log(first)], axis=-1)


def _at_least(found: LeftOut, counts: list[int], *, logs: bool) -> float:
    """Standard error of the gap: never below that of acts drawn one by one, so that 0 of 60 is not held for sure.

    One more of each kind is counted. Source: Agresti and Caffo (2000), American Statistician 54(4).
    """
    shares = [((counts[i] + 1) / (counts[i + 1] + 2), counts[i + 1] + 2) for i in (0, 2)]
    plain = sum(((1 - p) / (p * n)) if logs else (p * (1 - p) / n) for p, n in shares)
    return float(max(float(found.se[2]), plain**0.5))


def _share(k: int, n: int, se: float, level: float) -> Estimate | None:
    """A share with the scatter of its blocks."""
    p = (k + 1) / (n + 2)
    return share_interval(k, n, level=level, dispersion=max(1.0, se**2 * n / (p * (1 - p))))
