"""The Brier score of one side's ballots, with a jackknife over its people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.models.replicates import jackknife, vary
from visavis.sheets._questions import Ballots, Question

__all__ = ["FEWEST", "Held", "Measured", "Score", "score"]

FEWEST = 6
"""People a side below which no interval is given."""

_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with its interval; without ends where fewer than six people are behind it."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How one side forecast one question.

    Args:
        side: ISO alpha-3.
        question: id; empty for the mean over all questions that have come due.
        n: people of the side who gave a probability.
        questions: number of questions behind it.
        brier: mean over people of half the summed squared distance from what came; 0 is certain and right, 1 certain
            and wrong, and with two outcomes 0.25 is saying 0.5. Source: Brier (1950), Monthly Weather Review 78(1).
        of_mean: the Brier score of the side's mean probabilities.
        over_nothing: 1 - brier / (score of holding all outcomes equally likely): above 0 is better than that.
        over_both: 1 - of_mean / (score of the mean of both sides' mean probabilities), on questions that both
            forecast; None where that score is 0 or there are none.
    """

    side: str
    question: str
    n: int
    questions: int
    brier: Measured
    of_mean: float
    over_nothing: Measured
    over_both: Measured | None


@dataclass(frozen=True, slots=True)
class Held:
    """One side's probabilities: ``p`` one array (n, K) a question, ``gave`` (n, questions), ``at`` their numbers."""

    side: str
    p: list[_Array]
    gave: npt.NDArray[np.bool_]
    at: list[int]

    @classmethod
    def of(cls, ballots: Ballots, questions: Sequence[Question]) -> Held:
        """A side's ballots on these questions."""
        rows = [ballots.given[person] for person in sorted(ballots.given)]
        gave = np.array([[q.id in row for q in questions] for row in rows], dtype=bool).reshape(
            len(rows), len(questions)
        )
        p = [
            np.array([row.get(q.id, (0.0,) * len(q.outcomes)) for row in rows]).reshape(len(rows), len(q.outcomes))
            for q in questions
        ]
        return cls(ballots.side, p, gave, list(range(len(questions))))

    def only(self, asked: list[int]) -> Held:
        """Those questions, and the people who gave a probability for one of them."""
        people = self.gave[:, asked].any(axis=1)
        return Held(self.side, [self.p[j][people] for j in asked], self.gave[people][:, asked], asked)

    def means(self, w: _Array) -> list[_Array | None]:
        """Mean probabilities of each question under weights (n,); None where nobody with weight gave any."""
        held = [w * self.gave[:, j] for j in range(len(self.p))]
        return [g @ p / g.sum() if g.sum() > 0 else None for g, p in zip(held, self.p, strict=True)]

    def briers(self, came: list[_Array], w: _Array) -> _Array:
        """Mean Brier score of people, one a question, NaN where nobody with weight gave a probability."""
        out = np.full(len(self.p), np.nan)
        for j, p in enumerate(self.p):
            g = w * self.gave[:, j]
            if g.sum() > 0:
                out[j] = g @ _brier(p, came[self.at[j]]) / g.sum()
        return out


def _brier(p: _Array, came: _Array) -> _Array:
    """Half the summed squared distance, over the last axis."""
    return np.asarray(((p - came) ** 2).sum(axis=-1) / 2)


def score(name: str, side: Held, other: Held | None, came: list[_Array], level: float) -> Score:
    """Score of a side on some questions; ``came`` holds 1 for what came true, (K,), by question number.

    >>> held = Held("JPN", [np.array([[0.9, 0.1]])], np.array([[True]]), [0])
    >>> round(score("visit", held, None, [np.array([1.0, 0.0])], 0.95).brier.value, 3)
    0.01
    """
    nothing = np.array([(1 - 1 / len(came[j])) / 2 for j in side.at])

    def mean(w: _Array) -> _Array:
        return np.array([np.nanmean(side.briers(came, w))])

    def over_nothing(w: _Array) -> _Array:
        found = side.briers(came, w)
        return np.array([1 - np.nansum(found) / nothing[~np.isnan(found)].sum()])

    def over_both(w: _Array, v: _Array) -> _Array:
        return np.array([_against_both(side, other, came, (w, v))]) if other else np.array([np.nan])

    ones, theirs = np.ones(len(side.gave)), np.ones(len(other.gave) if other else 0)
    crowd = [_brier(p, came[j]) for p, j in zip(side.means(ones), side.at, strict=True) if p is not None]
    return Score(
        side.side,
        name,
        len(ones),
        len(side.at),
        _measured(mean, (side,), level, least=0.0),
        float(np.mean(crowd)),
        _measured(over_nothing, (side,), level),
        _measured(over_both, (side, other), level) if other and np.isfinite(over_both(ones, theirs)[0]) else None,
    )


def _against_both(side: Held, other: Held, came: list[_Array], weights: tuple[_Array, _Array]) -> float:
    """Skill of a side's mean over the mean of both sides' means, on questions of both; NaN where it has none."""
    own, joint = [], []
    for a, b, j in zip(side.means(weights[0]), other.means(weights[1]), side.at, strict=True):
        if a is not None and b is not None:
            own.append(float(_brier(a, came[j])))
            joint.append(float(_brier((a + b) / 2, came[j])))
    return 1 - sum(own) / sum(joint) if sum(joint) > 0 else np.nan


def _measured(
    statistic: Callable[..., _Array], sides: tuple[Held, ...], level: float, least: float = -np.inf
) -> Measured:
    """With the interval of a jackknife over the people of each side, where each has six or more."""
    counts = [len(side.gave) for side in sides]
    full = [np.ones(n) for n in counts]
    value = float(statistic(*full)[0])
    if min(counts) < FEWEST:
        return Measured(value)
    without = [
        statistic(*full[:at], row, *full[at + 1 :]) for at, n in enumerate(counts) for row in jackknife(n).replicates
    ]
    if not np.isfinite(without).all():  # without one of the people there is nothing to compare with
        return Measured(value)
    low, high = vary(statistic, *(jackknife(n) for n in counts)).interval(level)
    return Measured(value, max(least, float(low[0])), min(1.0, float(high[0])))
