"""Same problem, different answer? One rule for acts and for polls: each part against a margin, then both together.

A part is the same, differs, or is undecided, by two one-sided tests at 5 % (``models.states.state``). "Same problem,
different answer" is claimed only where the problem is the same and the answer differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import t as student

from visavis.models.intervals import Estimate
from visavis.models.published import Poll, gap
from visavis.models.states import Compared, state

__all__ = ["PolledGap", "PolledProblem", "Said", "all_of", "polled_problem", "said"]

Said = Literal["same problem, different answer", "not the same problem", "same answer", "undecided"]


def said(problem: Compared | None, answer: Compared | None) -> Said:
    """What is to be said of both; None where a part was not asked or cannot be had.

    Example:
        >>> said("same", "differs"), said("differs", "differs"), said(None, "differs"), said("undecided", "same")
        ('same problem, different answer', 'not the same problem', 'undecided', 'same answer')
    """
    if problem == "differs":
        return "not the same problem"
    if answer == "same":
        return "same answer"
    return "same problem, different answer" if (problem, answer) == ("same", "differs") else "undecided"


def all_of(parts: Sequence[Compared]) -> Compared | None:
    """Several parts as one: differs where one differs, the same only where all are; None without any.

    Example:
        >>> all_of(["same", "differs"]), all_of(["same", "undecided"]), all_of([])
        ('differs', 'undecided', None)
    """
    if not parts:
        return None
    if "differs" in parts:
        return "differs"
    return "same" if set(parts) == {"same"} else "undecided"


@dataclass(frozen=True, slots=True)
class PolledGap:
    """The gap of one answer of two published polls.

    Args:
        gap: second side minus first, 0 to 1 as a part of the people.
        se: its standard error.
        df: degrees of freedom.
        state: against the margin.
    """

    gap: Estimate
    se: float
    df: float
    state: Compared


@dataclass(frozen=True, slots=True)
class PolledProblem:
    """What two polls' published figures say of one problem.

    Args:
        recognition: gaps in whether it is a problem, one an item.
        conclusion: gaps in what should be done.
        said: the verdict on both.
        contrast: mean size of the conclusion gaps less that of the recognition gaps; None where either is missing.
            The same people answered both, and how their answers go together is not published: its interval holds
            whatever that is.
        deff: the design effect assumed.
    """

    recognition: tuple[PolledGap, ...]
    conclusion: tuple[PolledGap, ...]
    said: Said
    contrast: Estimate | None
    deff: float


def polled_problem(
    recognition: Sequence[tuple[Poll, Poll]],
    conclusion: Sequence[tuple[Poll, Poll]],
    *,
    deff: float = 1.5,
    margin: float = 0.1,
    level: float = 0.9,
) -> PolledProblem:
    """Compare two sides' published answers on one problem.

    Args:
        recognition: for each item on the problem, both sides' polls.
        conclusion: for each item on what should be done.
        deff: design effect of the surveys.
        margin: differences up to it count as none.
        level: coverage of the intervals; at 0.9 a verdict can be read off them.

    Example:
        >>> june_2018 = polled_problem([(Poll((82,), 1000, 0.5), Poll((53,), 1000, 0.5))],
        ...                            [(Poll((71,), 1000, 0.5), Poll((55,), 1000, 0.5))])
        >>> june_2018.said, round(june_2018.contrast.value, 2)
        ('not the same problem', -0.13)
    """
    found = [[_gap(a, b, deff, margin, level) for a, b in items] for items in (recognition, conclusion)]
    states = [all_of([one.state for one in gaps]) for gaps in found]
    return PolledProblem(tuple(found[0]), tuple(found[1]), said(*states), _contrast(found, level), deff)


def _gap(a: Poll, b: Poll, deff: float, margin: float, level: float) -> PolledGap:
    varied = gap(a, b, deff=deff)
    value, se = float(varied.value[0]), float(varied.se()[0])
    low, high = (float(end[0]) for end in varied.interval(level))
    return PolledGap(Estimate(value, low, high, a.n + b.n, level), se, varied.df, state(value, se, varied.df, margin))


def _contrast(found: Sequence[Sequence[PolledGap]], level: float) -> Estimate | None:
    if not all(found):
        return None
    sizes = [float(np.mean([abs(one.gap.value) for one in gaps])) for gaps in found]
    se = sum(float(np.mean([one.se for one in gaps])) for gaps in found)  # the most it can be, whatever goes with what
    df = min(one.df for gaps in found for one in gaps)
    value, reach = sizes[1] - sizes[0], float(student.ppf((1 + level) / 2, df)) * se
    return Estimate(value, value - reach, value + reach, min(one.gap.n for gaps in found for one in gaps), level)
