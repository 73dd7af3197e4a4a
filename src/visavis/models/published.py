"""What published percentages alone can say of two publics, and what they cannot.

Only the percentages of an answer table and the number of people are known: no weights, no strata, no answers of one
person. So a design effect is assumed and shown at several values, rounding is added, and what is missing to 100 stays
"don't know". Everything here is to be labelled with ``BASIS``. METHODS sections 6, 9 and 10 are the specification;
the margin rule is two one-sided tests. Source: Schuirmann (1987), J. Pharmacokinetics and Biopharmaceutics 15(6).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models.intervals import Estimate
from visavis.models.replicates import Varied
from visavis.models.survey import korn_graubard

__all__ = ["BASIS", "CANNOT_BE_HAD", "DEFFS", "Poll", "State", "draws", "gap", "gaps", "share", "state", "two_polls"]

_Array = npt.NDArray[np.float64]
State = Literal["differs", "same", "undecided"]

BASIS = "published margins"
"""Label of every result of this module."""
DEFFS = (1.0, 1.5, 2.5)
"""Design effects at which results are shown; the middle one is the default."""
CANNOT_BE_HAD = ("congruency", "projection", "accuracy of a person", "answers given another answer", "item nonresponse")
"""What needs the answers of single people; to be said wherever a result of this module is shown."""
_LEAST_EXPECTED = 10


@dataclass(frozen=True, slots=True)
class Poll:
    """Published percentages of the answers to one question.

    Args:
        percent: of each answer, 0 to 100, (k,); the remainder to 100 is "don't know", with any answer that
            was not printed, and is never spread over the others.
        n: people asked.
        rounding: half a step of the last printed digit: 0.05 for 76.7, 0.5 for 53.

    Raises:
        UsageError: a percentage out of range, more than 100 in all, under 2 people, or a negative rounding.

    Example:
        >>> Poll((50.5, 38.2), n=1000).shares().round(3).tolist()
        [0.505, 0.382, 0.113]
    """

    percent: tuple[float, ...]
    n: int
    rounding: float = 0.05

    def __post_init__(self) -> None:
        """Check at the edge, then trust."""
        bad = [value for value in self.percent if not 0 <= value <= 100]
        if bad or not self.percent:
            raise UsageError(f"Percentages {self.percent}: give one or more, each from 0 to 100.")
        if sum(self.percent) > 100 + (len(self.percent) + 1) * self.rounding + 1e-9:
            raise UsageError(
                f"Percentages {self.percent} add up to {sum(self.percent):g}. One person gives one answer."
            )
        if self.n < 2 or not self.rounding >= 0:
            raise UsageError(
                f"A poll of {self.n} people rounded by {self.rounding:g}: n is 2 or more, rounding 0 or more."
            )

    def shares(self) -> _Array:
        """Shares of the answers and of "don't know" as the last one, (k + 1,), summing to 1."""
        return _closed(np.array(self.percent))


def share(poll: Poll, answer: int = 0, *, deff: float = 1.5, level: float = 0.95) -> Estimate:
    """Share of one answer with its interval, rounding included; ``n`` is the published number of people.

    Normal where 10 effective people are expected on both sides, else Korn-Graubard.

    Example:
        >>> found = share(Poll((50,), n=1000), deff=1.5)
        >>> round(100 * (found.high - found.value), 1)
        3.8
    """
    p, n_eff = poll.percent[answer] / 100, _n_eff(poll, deff)
    if n_eff * min(p, 1 - p) >= _LEAST_EXPECTED:
        reach = float(student.ppf((1 + level) / 2, n_eff - 1)) * _variance(poll, answer, deff) ** 0.5
        return Estimate(p, p - reach, p + reach, poll.n, level)
    low, high = korn_graubard(p, n_eff, poll.n, df=poll.n - 1, level=level)
    blur = poll.rounding / 100
    return Estimate(p, max(low - blur, 0.0), min(high + blur, 1.0), poll.n, level)


def gap(a: Poll, b: Poll, answer: int = 0, *, deff: float = 1.5) -> Varied:
    """Gap ``b - a`` of the shares of one answer, 0 to 1, (1,); rounding is in its variance as a uniform error.

    Example:
        >>> found = gap(Poll((76.7,), n=1000), Poll((84.7,), n=2120), deff=1)
        >>> round(100 * float(found.value[0]), 1), round(100 * float(found.value[0] - found.interval()[0][0]), 1)
        (8.0, 3.0)
    """
    variance = _variance(a, answer, deff) + _variance(b, answer, deff)
    value = (b.percent[answer] - a.percent[answer]) / 100
    return Varied(np.array([value]), np.array([[variance]]), min(_n_eff(a, deff), _n_eff(b, deff)) - 1)


def gaps(a: Poll, b: Poll, answer: int = 0) -> dict[float, Varied]:
    """The gap at each design effect of ``DEFFS``.

    Example:
        >>> found = gaps(Poll((53,), n=1000), Poll((82,), n=1000))
        >>> {deff: state(float(g.value[0]), float(g.se()[0]), df=g.df) for deff, g in found.items()}
        {1.0: 'differs', 1.5: 'differs', 2.5: 'differs'}
    """
    return {deff: gap(a, b, answer, deff=deff) for deff in DEFFS}


def state(value: float, se: float, *, margin: float = 0.1, df: float = np.inf) -> State:
    """Whether a gap differs by more than a margin, is the same within it, or neither can be said (5 % each).

    Example:
        >>> state(0.29, 0.02), state(0.01, 0.02), state(0.08, 0.0155)
        ('differs', 'same', 'undecided')
    """
    reach = float(student.ppf(0.95, df)) * se
    if abs(value) - reach > margin:
        return "differs"
    return "same" if abs(value) + reach < margin else "undecided"


def draws(poll: Poll, *, deff: float = 1.5, rng: np.random.Generator, size: int = 4000) -> _Array:
    """Shares that other samples could have given, "don't know" last, (size, k + 1); each row sums to 1.

    Multinomial with ``n / deff`` people around the published shares, each moved within its rounding first.

    Example:
        >>> found = draws(Poll((76.7,), n=1000), deff=1.5, rng=np.random.default_rng(1))
        >>> found.shape, round(100 * float(found[:, 0].std()), 1)
        ((4000, 2), 1.6)
    """
    moved = np.array(poll.percent) + rng.uniform(-poll.rounding, poll.rounding, (size, len(poll.percent)))
    people = max(round(_n_eff(poll, deff)), 1)
    return np.asarray(rng.multinomial(people, _closed(moved)) / people)


def two_polls(
    statistic: Callable[[_Array, _Array], float],
    a: Poll,
    b: Poll,
    *,
    rng: np.random.Generator,
    deffs: Sequence[float] = DEFFS,
    level: float = 0.95,
    size: int = 4000,
) -> dict[float, Estimate]:
    """Any statistic of two published distributions at each design effect, with its interval from draws.

    Args:
        statistic: takes the shares of each side with "don't know" last, each (k + 1,).
        a: one side; ``b``: the other, with the same answers in the same order.
        rng: source of the draws.
        deffs: design effects to show.
        level: of the interval, which is the basic one: draws lean as the statistic itself does. It may reach past
            the ends of what the statistic can be.
        size: number of draws.

    Example:
        >>> from visavis.models.ordinal import total_variation
        >>> a, b = Poll((50, 40), n=1000), Poll((30, 62), n=1000)
        >>> found = two_polls(total_variation, a, b, rng=np.random.default_rng(1))
        >>> [(deff, round(e.value, 2), round(e.low, 2), round(e.high, 2)) for deff, e in found.items()]
        [(1.0, 0.22, 0.18, 0.26), (1.5, 0.22, 0.17, 0.27), (2.5, 0.22, 0.15, 0.29)]
    """
    if len(a.percent) != len(b.percent):
        raise UsageError(f"{len(a.percent)} answers on one side and {len(b.percent)} on the other. Give the same ones.")
    value = statistic(a.shares(), b.shares())
    found = {}
    for deff in deffs:
        pairs = zip(draws(a, deff=deff, rng=rng, size=size), draws(b, deff=deff, rng=rng, size=size), strict=True)
        drawn = np.array([statistic(p, q) for p, q in pairs])
        low, high = 2 * value - np.quantile(drawn, [(1 + level) / 2, (1 - level) / 2])
        found[deff] = Estimate(float(value), float(low), float(high), a.n + b.n, level)
    return found


def _closed(percent: _Array) -> _Array:
    """Shares with the remainder to 100 as the last one; percentages that rounding took over 100 are scaled to it."""
    known = np.maximum(percent, 0.0)
    whole = np.maximum(known.sum(axis=-1, keepdims=True), 100.0)
    rest = np.maximum(whole - known.sum(axis=-1, keepdims=True), 0.0)
    return np.asarray(np.concatenate([known, rest], axis=-1) / whole)


def _n_eff(poll: Poll, deff: float) -> float:
    if not deff >= 1:
        raise UsageError(f"A design effect of {deff:g} is under 1. Published polls are shown at 1.0, 1.5 and 2.5.")
    return poll.n / deff


def _variance(poll: Poll, answer: int, deff: float) -> float:
    """Of the share of one answer: sampling, and rounding as a uniform error.

    Under 10 expected people one more of each answer is counted, so that 0 % is not held for sure.
    Source: Agresti and Caffo (2000), American Statistician 54(4).
    """
    p, n_eff = poll.percent[answer] / 100, _n_eff(poll, deff)
    if n_eff * min(p, 1 - p) < _LEAST_EXPECTED:
        p, n_eff = (p * n_eff + 1) / (n_eff + 2), n_eff + 2
    return p * (1 - p) / n_eff + (poll.rounding / 100) ** 2 / 3
