"""The means behind every co-orientation figure: one side's answers, their weighted means, and how sure they are.

Every figure of co-orientation is a mean of one side's answers, or a combination of such means of both sides. So each
side's means are varied once, and the rest is arithmetic on their covariance. The sides are independent samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models.intervals import Estimate
from visavis.models.replicates import Replicates, Varied, vary

Array = npt.NDArray[np.float64]

Form = dict[tuple[str, str], float]
"""Weights of means, by (side ``a`` or ``b``, column name): a figure made of means."""
FEWEST = 2
"""Answers without which a mean has no variance."""
_ASKED = ("own", "other", "own_people", "felt")


@dataclass(frozen=True, slots=True)
class Side:
    """Answers of one side from 0 to 1, NaN where there is none, and its replicate weights.

    Args:
        own: own view, (people, items).
        other: estimate of the other side, (people, items).
        replicates: weights of the people, full and replicated; ``jackknife`` for a delegation, ``rao_wu`` for a public.
        own_people: estimate of one's own side, (people, items), where it was asked.
        felt: what the other side is thought to answer for one's own, (people, items), where it was asked.

    Raises:
        UsageError: the arrays do not fit each other, or hold a number outside 0 to 1.

    Example:
        >>> from visavis.models.replicates import jackknife
        >>> Side(np.array([[0.2], [0.6]]), np.array([[0.5], [np.nan]]), jackknife(2)).items
        1
    """

    own: Array
    other: Array
    replicates: Replicates
    own_people: Array | None = None
    felt: Array | None = None

    def __post_init__(self) -> None:
        for name, answers in self.asked():
            if answers.shape != (len(self.replicates.weights), self.items):
                raise UsageError(
                    f"'{name}' has shape {answers.shape}, but there are {len(self.replicates.weights)} weights and "
                    f"{self.items} items. Give one row a person and one column an item."
                )
            known = answers[~np.isnan(answers)]
            if known.size and (known.min() < 0 or known.max() > 1):
                raise UsageError(
                    f"'{name}' holds {known.min():g} to {known.max():g}. Answers are recoded to 0 to 1 first."
                )

    @property
    def items(self) -> int:
        """Number of items."""
        return int(self.own.shape[1])

    def asked(self) -> Iterator[tuple[str, Array]]:
        """Questions that were asked, with their answers."""
        for name in _ASKED:
            answers = getattr(self, name)
            if answers is not None:
                yield name, answers


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its standard error, degrees of freedom and the number of people whose answers it rests on.

    Example:
        >>> Figure(0.1, 0.02, 30, 60).estimate()  # doctest: +ELLIPSIS
        Estimate(value=0.1, low=0.05..., high=0.14..., n=60, level=0.95)
    """

    value: float
    se: float
    df: float
    n: int

    def estimate(self, level: float = 0.95) -> Estimate:
        """The value with the ends of its interval, by Student's t."""
        reach = float(student.ppf((1 + level) / 2, self.df)) * self.se
        return Estimate(self.value, self.value - reach, self.value + reach, self.n, level)


@dataclass(frozen=True, slots=True)
class Means:
    """Weighted means of one side's columns, with their covariance.

    Args:
        at: position of (column name, item).
        value: (k,).
        covariance: (k, k).
        n: people who answered, (k,).
        df: of the covariance.
    """

    at: dict[tuple[str, int], int]
    value: Array
    covariance: Array
    n: npt.NDArray[np.int64]
    df: float

    def has(self, name: str, item: int) -> bool:
        """Whether enough people answered this for a mean."""
        return (name, item) in self.at

    def of(self, name: str, item: int) -> float:
        """One mean."""
        return float(self.value[self.at[name, item]])

    def answered(self, name: str, item: int) -> int:
        """How many people a mean rests on."""
        return int(self.n[self.at[name, item]])


def enough(side: Side) -> npt.NDArray[np.bool_]:
    """Items with two or more own views and estimates of the other, (items,)."""
    counts = [np.sum(~np.isnan(answers), axis=0) >= FEWEST for answers in (side.own, side.other)]
    return np.asarray(counts[0] & counts[1])


def weighted_means(weights: Array, answers: Array) -> Array:
    """Weighted mean of each column over those who answered, (items,); each column has an answer of weight above 0."""
    known = ~np.isnan(answers)
    return np.asarray((weights @ np.where(known, answers, 0.0)) / (weights @ known), dtype=np.float64)


class Columns:
    """Columns of answers made ready, so that their weighted means cost one product a call.

    A replicate in which nobody who answered a column is left keeps the column's full mean.
    """

    def __init__(self, answers: Array, weights: Array) -> None:
        self.known = (~np.isnan(answers)).astype(np.float64)
        self.filled = np.where(self.known > 0, answers, 0.0)
        self.complete = bool(self.known.all())
        self.full = (weights @ self.filled) / (weights @ self.known)

    def means(self, weights: Array) -> Array:
        """Weighted means, (columns,)."""
        if self.complete:
            return np.asarray((weights @ self.filled) / weights.sum(), dtype=np.float64)
        room = weights @ self.known
        return np.where(room > 0, (weights @ self.filled) / np.where(room > 0, room, 1.0), self.full)


def side_means(side: Side, others_truth: Array, items: npt.NDArray[np.intp]) -> Means:
    """Means of all that one side was asked, and of what its accuracy is made of.

    Besides the questions there are, by item: ``distance`` (of own view and estimate), ``square`` (of the estimate),
    ``error`` (distance of the estimate from ``others_truth``) and ``above`` (1 where the estimate lies above it, -1
    below: how ``error`` moves when the truth does).

    Args:
        side: one side.
        others_truth: mean own view of the other side, (items,).
        items: which items to take.
    """
    table = dict(side.asked())
    table |= {
        "distance": np.abs(side.own - side.other),
        "square": side.other**2,
        "error": np.abs(side.other - others_truth),
        "above": np.sign(side.other - others_truth),
    }
    at: dict[tuple[str, int], int] = {}
    parts: list[Array] = []
    for name, answers in table.items():
        for item in items:
            if np.sum(~np.isnan(answers[:, item])) >= FEWEST:
                at[name, int(item)] = len(parts)
                parts.append(answers[:, item])
    answers = np.stack(parts, axis=1)
    columns = Columns(answers, side.replicates.weights)
    varied = vary(columns.means, side.replicates)
    asked = np.array([name in _ASKED for name, _ in at])
    floors = [least(answers, varied, side.replicates.weights) for least in (unanimous, yes_or_no)]
    floor = np.where(asked, np.maximum(*floors), 0.0)
    counts = columns.known.sum(axis=0).astype(np.int64)
    return Means(at, varied.value, varied.covariance + np.diag(floor), counts, varied.df)


def unanimous(answers: Array, varied: Varied, weights: Array) -> Array:
    """Variance of columns in which all agree, which replicates put at 0: as with one more answer at either end.

    Source: the added answers of Agresti and Caffo (2000), The American Statistician 54(4).
    """
    known = ~np.isnan(answers)
    size = (weights @ known) ** 2 / (weights**2 @ known) + 2
    mean = ((size - 2) * varied.value + 1) / size
    spread = ((size - 2) * (varied.value - mean) ** 2 + mean**2 + (1 - mean) ** 2) / size
    return np.where(np.diagonal(varied.covariance) < 1e-14, spread / size, 0.0)


def yes_or_no(answers: Array, varied: Varied, weights: Array) -> Array:
    """What the variance of a yes-or-no column lacks to that with two more yes and two more no.

    A share of few people near 0 or 1 seems surer than it is. The share itself stays as it was answered.
    Source: the added answers of Agresti and Coull (1998), The American Statistician 52(2).
    """
    known = ~np.isnan(answers)
    size = (weights @ known) ** 2 / (weights**2 @ known) + 4
    mean = ((size - 4) * varied.value + 2) / size
    binary = np.all(~known | (answers == 0) | (answers == 1), axis=0)
    return np.where(binary, np.maximum(mean * (1 - mean) / size - np.diagonal(varied.covariance), 0.0), 0.0)


class Both:
    """Means of both sides, and figures made of them."""

    def __init__(self, a: Means, b: Means) -> None:
        self.sides = {"a": a, "b": b}

    def figure(self, form: Form, item: int, *, plus: float = 0.0, value: float | None = None) -> Figure:
        """``form`` applied to the means of an item, plus a constant; ``value`` replaces it where form is a gradient."""
        total, variance, people, df = plus, 0.0, 0, np.inf
        for name, means in self.sides.items():
            parts = {means.at[column, item]: weight for (side, column), weight in form.items() if side == name}
            if parts:
                at, weights = list(parts), np.array(list(parts.values()))
                total += float(weights @ means.value[at])
                variance += float(weights @ means.covariance[np.ix_(at, at)] @ weights)
                fewest = int(means.n[at].min())
                people += fewest
                df = min(df, means.df, fewest - 1)
        return Figure(total if value is None else value, float(np.sqrt(max(variance, 0.0))), df, people)

    def perceived(self, me: str, item: int) -> Form:
        """The gap that a side perceives: its estimate minus that of its own people where asked, else its own view."""
        own = "own_people" if self.sides[me].has("own_people", item) else "own"
        return {(me, "other"): 1.0, (me, own): -1.0}

    def parts(self, item: int) -> tuple[Form, ...]:
        """Forms of gap, perceived gaps and biases, in the order of ``states.PARTS``."""
        biases: list[Form] = [{(me, "other"): 1.0, (you, "own"): -1.0} for me, you in ("ab", "ba")]
        gap: Form = {("b", "own"): 1.0, ("a", "own"): -1.0}
        return (gap, self.perceived("a", item), self.perceived("b", item), biases[0], biases[1])

    def joint(self, items: list[int]) -> tuple[Array, Array, Array]:
        """Values (items, 5), covariance over all of them (5 items, 5 items) and df (items,)."""
        forms = [(form, item) for item in items for form in self.parts(item)]
        covariance, value = np.zeros((len(forms), len(forms))), np.zeros(len(forms))
        for name, means in self.sides.items():
            lift = np.zeros((len(forms), len(means.value)))
            for row, (form, item) in enumerate(forms):
                for (side, column), weight in form.items():
                    if side == name:
                        lift[row, means.at[column, item]] = weight
            covariance += lift @ means.covariance @ lift.T
            value += lift @ means.value
        df = [min(self.figure(form, item).df for form in self.parts(item)) for item in items]
        return value.reshape(len(items), -1), covariance, np.array(df, dtype=np.float64)
