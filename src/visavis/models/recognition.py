"""Shared problem, different answer? Recognition and conclusion of the same people, on both sides.

Recognition: is it a problem? Conclusion: what should be done? The claim holds only if recognition is the same and the
conclusion differs, each by its own test against the margin. With each person's pair of answers, the conclusion gap is
split into what comes from another view of the problem and what from another answer to the same view.
Source: Kitagawa (1955), J. American Statistical Association 50(272); Oaxaca (1973), Int. Economic Review 14(3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from visavis.errors import NoDataError, UsageError
from visavis.models._perception import FEWEST, Columns, Figure, unanimous
from visavis.models.decomposition import _kitagawa
from visavis.models.replicates import Replicates, vary
from visavis.models.states import state

__all__ = ["Paired", "Recognition", "recognition", "shared_problem"]

Array = npt.NDArray[np.float64]
Holds = Literal["holds", "does not hold", "undecided"]
MOST_CODES = 12


@dataclass(frozen=True, slots=True)
class Paired:
    """One side's answers to a pair of items, from 0 to 1, NaN where there is none.

    Args:
        recognition: (people,).
        conclusion: (people,).
        replicates: weights of the people.

    Raises:
        UsageError: the columns are not of one length.

    Example:
        >>> from visavis.models.replicates import jackknife
        >>> Paired(np.array([0.0, 1.0]), np.array([1.0, 1.0]), jackknife(2)).conclusion.sum()
        np.float64(2.0)
    """

    recognition: Array
    conclusion: Array
    replicates: Replicates

    def __post_init__(self) -> None:
        lengths = {len(self.recognition), len(self.conclusion), len(self.replicates.weights)}
        if len(lengths) > 1:
            raise UsageError(f"Recognition, conclusion and weights have lengths {sorted(lengths)}. Give one a person.")


@dataclass(frozen=True, slots=True)
class Recognition:
    """Gaps are the second side minus the first.

    Args:
        recognition: gap in whether it is a problem.
        conclusion: gap in what should be done.
        contrast: size of the conclusion gap minus size of the recognition gap, jointly.
        verdict: of "shared problem, different answer".
        composition: part of the conclusion gap from another distribution of recognition; None where it was answered
            in more than 12 ways, which makes no groups.
        mapping: part from another answer at the same recognition; the two add up to the conclusion gap among those
            who answered both.
        both: people who answered both, on either side.
    """

    recognition: Figure
    conclusion: Figure
    contrast: Figure
    verdict: Holds
    composition: Figure | None
    mapping: Figure | None
    both: tuple[int, int]


def shared_problem(recognition: Figure, conclusion: Figure | None, margin: float = 0.1) -> Holds:
    """Verdict of "shared problem, different answer" from two gaps; no conclusion gap is known when it is None.

    Example:
        >>> shared_problem(Figure(0.08, 0.0152, 2000, 2000), None)
        'undecided'
        >>> shared_problem(Figure(0.29, 0.0199, 2000, 2000), Figure(0.17, 0.02, 2000, 2000))
        'does not hold'
    """
    first = state(recognition.value, recognition.se, recognition.df, margin)
    second = state(conclusion.value, conclusion.se, conclusion.df, margin) if conclusion else "undecided"
    if first == "differs" or second == "same":
        return "does not hold"
    return "holds" if first == "same" and second == "differs" else "undecided"


def recognition(a: Paired, b: Paired, *, margin: float = 0.1) -> Recognition:
    """Compare two sides' recognition of a problem and their conclusion from it.

    Args:
        a: the first side in ISO order.
        b: the second.
        margin: differences up to it count as none.

    Raises:
        NoDataError: fewer than two people of a side answered one of the items.

    Example:
        >>> from visavis.models.replicates import jackknife
        >>> seen = np.tile([0.0, 1.0, 1.0, 1.0], 100)
        >>> found = recognition(Paired(seen, seen, jackknife(400)), Paired(seen, 1 - seen, jackknife(400)))
        >>> found.verdict, round(found.conclusion.value, 2), round(found.mapping.value, 2)
        ('holds', -0.5, -0.5)
    """
    sides = [_Answers(side) for side in (a, b)]
    codes = np.unique(np.concatenate([side.codes() for side in sides]))
    split = 0 < len(codes) <= MOST_CODES and all(len(side.codes()) >= FEWEST for side in sides)
    for side in sides:
        side.group(codes if split else codes[:0])
    first, second = (side.columns.full for side in sides)
    signs = np.where(second - first < 0, -1.0, 1.0)

    def gaps(u: Array, v: Array) -> Array:
        gap = sides[1].columns.means(v) - sides[0].columns.means(u)
        parts = _split(sides[0].groups(u), sides[1].groups(v)) if split else np.zeros(2)
        return np.concatenate([gap, parts])

    varied = vary(gaps, a.replicates, b.replicates)
    covariance = varied.covariance.copy()
    covariance[:2, :2] += np.diag(sides[0].floor + sides[1].floor)
    lift = np.vstack([np.eye(4), [-signs[0], signs[1], 0.0, 0.0]])
    value, se = lift @ varied.value, np.sqrt(np.diagonal(lift @ covariance @ lift.T))
    n = [side.n for side in sides]
    counts = [n[0][0] + n[1][0], n[0][1] + n[1][1], *(n[0][2] + n[1][2],) * 3]
    freedom = min(varied.df, *(min(people[:2]) - 1 for people in n))
    found = [Figure(float(x), float(s), freedom, int(c)) for x, s, c in zip(value, se, counts, strict=True)]
    verdict = shared_problem(found[0], found[1], margin)
    composition, mapping = (found[2], found[3]) if split else (None, None)
    return Recognition(found[0], found[1], found[4], verdict, composition, mapping, (n[0][2], n[1][2]))


class _Answers:
    """One side's pair of columns, ready for many weight vectors."""

    def __init__(self, side: Paired) -> None:
        answers = np.stack([side.recognition, side.conclusion], axis=1)
        known = ~np.isnan(answers)
        self.both: npt.NDArray[np.bool_] = np.asarray(known.all(axis=1))
        self.n = (int(known[:, 0].sum()), int(known[:, 1].sum()), int(self.both.sum()))
        if min(self.n[:2]) < FEWEST:
            raise NoDataError(
                f"{self.n[0]} people answered the recognition item and {self.n[1]} the conclusion item. "
                "Each needs two or more on both sides."
            )
        self.side, self.columns = side, Columns(answers, side.replicates.weights)
        self.floor = unanimous(answers, vary(self.columns.means, side.replicates), side.replicates.weights)
        self.inside = self.reached = np.zeros((len(answers), 0))

    def codes(self) -> Array:
        """Recognition of those who answered both."""
        return np.unique(self.side.recognition[self.both]) if self.both.sum() >= FEWEST else np.zeros(0)

    def group(self, codes: Array) -> None:
        """Sort people by their recognition."""
        self.inside = ((self.side.recognition[:, None] == codes) & self.both[:, None]).astype(np.float64)
        self.reached = self.inside * np.where(self.both, self.side.conclusion, 0.0)[:, None]

    def groups(self, weights: Array) -> tuple[Array, Array]:
        """Weight and weighted conclusion of each group, each (codes,)."""
        return weights @ self.inside, weights @ self.reached


def _split(first: tuple[Array, Array], second: tuple[Array, Array]) -> Array:
    """Composition and mapping; a code that one side never gave counts as composition alone."""
    (n0, k0), (n1, k1) = first, second
    own0, own1 = (np.divide(k, n, out=np.zeros_like(k), where=n > 0) for k, n in ((k0, n0), (k1, n1)))
    mean0, mean1 = np.where(n0 > 0, own0, own1), np.where(n1 > 0, own1, own0)
    return np.asarray(_kitagawa(n0 / n0.sum(), mean0, n1 / n1.sum(), mean1).sum(axis=0), dtype=np.float64)
