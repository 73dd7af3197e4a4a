"""Do two sides agree, do they know it, and are they right about each other? Item by item, with intervals.

Each side has its own view and its estimate of the other; everything here is read from where a side stands: a gap is
the other side minus its own. Delegations and publics take the same way and differ in their replicate weights alone.
Control items do not belong here; see ``control``.
Source: McLeod and Chaffee (1973), American Behavioral Scientist 16; Scheff (1967), American Sociological Review 32.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from visavis.errors import NoDataError
from visavis.models._perception import Array, Both, Figure, Form, Side, enough, side_means, weighted_means
from visavis.models.intervals import Estimate
from visavis.models.states import (
    STATES,
    Compared,
    Odds,
    State,
    posterior_states,
    share_of_items,
    state,
    state_of,
)

__all__ = ["STATES", "Coorientation", "Figure", "ItemView", "Perspective", "Side", "coorientation", "state"]

Holds = Literal["holds", "does not hold", "undecided"]


@dataclass(frozen=True, slots=True)
class Perspective:
    """One item from where one side stands; differences are the other side minus this one.

    Args:
        own: mean own view.
        estimate: mean estimate of the other side.
        gap: mean own view of the other side minus ``own``.
        perceived: ``estimate`` minus ``own_people`` where that was asked, else minus ``own``.
        against: which of the two it was.
        bias: ``estimate`` minus what the other side answers.
        exaggeration: ``perceived`` minus ``gap``, above 0 where the difference is overdrawn; None where the sign of
            the gap is not clear of 0.
        congruency: 1 minus the mean distance of own view and estimate; None where fewer than two gave both.
        accuracy: 1 minus the mean distance of estimates from what the other side answers.
        mse: mean squared error, ``bias_squared`` plus ``spread``, free of sampling noise and so now and then below 0.
        bias_squared: squared bias without the part that sampling makes.
        spread: variance of the estimates between people.
        ignorance: estimate of one's own people minus their mean view (pluralistic ignorance).
        being_understood: the other side's estimate of this one minus ``own``.
        feeling_understood: what the other is thought to answer for this side, minus ``own``.
        realised: the same minus what the other did answer.
        state: by the margin.
    """

    own: Figure
    estimate: Figure
    gap: Figure
    perceived: Figure
    against: Literal["own people", "own view"]
    bias: Figure
    exaggeration: Figure | None
    congruency: Figure | None
    accuracy: Figure
    mse: Figure
    bias_squared: float
    spread: float
    ignorance: Figure | None
    being_understood: Figure
    feeling_understood: Figure | None
    realised: Figure | None
    state: State


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item, both sides.

    Args:
        item: its position among the items given.
        gap: second side's mean own view minus the first's.
        compared: ``gap`` against the margin.
        agreement: 1 minus the size of the gap.
        a: as the first side sees it.
        b: as the second side sees it.
        understood: whether the difference is understood: the gap differs, both perceived gaps have its sign, both
            biases are the same as 0 within the margin; each by a test at 5 %.
        covariance: of gap, perceived gaps and biases of both sides (``states.PARTS``), (5, 5).
        fewest: people behind the smallest mean used; what may be shown depends on it.
    """

    item: int
    gap: Figure
    compared: Compared
    agreement: Estimate
    a: Perspective
    b: Perspective
    understood: Holds
    covariance: Array
    fewest: int


@dataclass(frozen=True, slots=True)
class Coorientation:
    """All items, and what they say together.

    Args:
        items: items with enough answers, in order.
        left_out: positions of the items that fewer than two people of a side answered.
        odds: how likely each state of each of ``items`` is.
        headline: expected share of ``items`` with an understood difference.
        margin: what counts as a difference.
    """

    items: tuple[ItemView, ...]
    left_out: tuple[int, ...]
    odds: Odds
    headline: Estimate
    margin: float


def coorientation(
    a: Side, b: Side, *, rng: np.random.Generator, margin: float = 0.1, level: float = 0.95, draws: int = 16384
) -> Coorientation:
    """Compare two sides' own views with what each thinks of the other.

    Args:
        a: the first side in ISO order.
        b: the second, asked the same items in the same order.
        rng: source of the draws behind probabilities.
        margin: differences up to it count as none; 0.1 is ten points of 100.
        level: coverage that the headline's interval aims at.
        draws: how many, at least 100.

    Raises:
        NoDataError: no item has two answers to both questions on both sides.

    Example:
        >>> from visavis.models.replicates import jackknife
        >>> rng = np.random.default_rng(1)
        >>> low, high = rng.uniform(0.1, 0.2, (9, 3)), rng.uniform(0.8, 0.9, (9, 3))
        >>> found = coorientation(Side(low, high, jackknife(9)), Side(high, high, jackknife(9)), rng=rng)
        >>> [(view.a.state, view.b.state, view.understood) for view in found.items][0]
        ('dissensus', 'false consensus', 'does not hold')
    """
    usable = enough(a) & enough(b)
    items = np.flatnonzero(usable)
    if not items.size:
        raise NoDataError("No item has two own views and two estimates on both sides. List the answers instead.")
    truths = [np.full(a.items, np.nan) for _ in (a, b)]
    for truth, side in zip(truths, (a, b), strict=True):
        truth[items] = weighted_means(side.replicates.weights, side.own[:, items])
    pair = Both(side_means(a, truths[1], items), side_means(b, truths[0], items))
    views = tuple(_view(pair, int(item), margin) for item in items)
    value, covariance, df = pair.joint([view.item for view in views])
    odds = posterior_states(value, covariance, df, margin, rng=rng, draws=draws)
    n = len(a.replicates.weights) + len(b.replicates.weights)
    out = tuple(int(item) for item in np.flatnonzero(~usable))
    return Coorientation(views, out, odds, share_of_items(odds, n, level=level), margin)


def _view(pair: Both, item: int, margin: float) -> ItemView:
    gap = pair.figure(pair.parts(item)[0], item)
    a, b = (_perspective(pair, me, you, item, margin) for me, you in ("ab", "ba"))
    _, covariance, _ = pair.joint([item])
    ends = gap.estimate()
    nearest = 0.0 if ends.low <= 0 <= ends.high else min(abs(ends.low), abs(ends.high))
    farthest = max(abs(ends.low), abs(ends.high))
    agreement = Estimate(1 - abs(gap.value), max(0.0, 1 - farthest), 1 - nearest, gap.n, ends.level)
    fewest = min(means.answered(name, item) for means in pair.sides.values() for name in ("own", "other"))
    held = _understood((a, b), margin)
    return ItemView(item, gap, _compare(gap, margin), agreement, a, b, held, covariance, fewest)


def _compare(figure: Figure, margin: float) -> Compared:
    return state(figure.value, figure.se, figure.df, margin)


def _understood(sides: tuple[Perspective, Perspective], margin: float) -> Holds:
    gap = _compare(sides[0].gap, margin)
    biases = [_compare(side.bias, margin) for side in sides]
    signs = [_sign(side.perceived) * _sign(side.gap) for side in sides]
    if gap == "differs" and all(bias == "same" for bias in biases) and min(signs) > 0:
        return "holds"
    return "does not hold" if gap == "same" or "differs" in biases or min(signs) < 0 else "undecided"


def _sign(figure: Figure) -> int:
    """1 or -1 where clear of 0 by a one-sided test at 5 %, else 0."""
    ends = figure.estimate(0.9)
    return int(ends.low > 0) - int(ends.high < 0)


def _perspective(pair: Both, me: str, you: str, item: int, margin: float) -> Perspective:
    def figure(form: Form) -> Figure:
        return pair.figure(form, item)

    perceived_form = pair.perceived(me, item)
    gap_form: Form = {(you, "own"): 1.0, (me, "own"): -1.0}
    gap, perceived = figure(gap_form), figure(perceived_form)
    asked = (pair.sides[me].has(name, item) for name in ("own_people", "felt", "distance"))
    own_asked, felt_asked, both_answered = asked
    bias = figure({(me, "other"): 1.0, (you, "own"): -1.0})
    mse, bias_squared, spread = _squared(pair, me, you, item, bias)
    return Perspective(
        own=figure({(me, "own"): 1.0}),
        estimate=figure({(me, "other"): 1.0}),
        gap=gap,
        perceived=perceived,
        against="own people" if own_asked else "own view",
        bias=bias,
        exaggeration=_exaggeration(gap, perceived_form, gap_form, figure),
        congruency=pair.figure({(me, "distance"): -1.0}, item, plus=1.0) if both_answered else None,
        accuracy=_accuracy(pair, me, you, item),
        mse=mse,
        bias_squared=bias_squared,
        spread=spread,
        ignorance=figure({(me, "own_people"): 1.0, (me, "own"): -1.0}) if own_asked else None,
        being_understood=figure({(you, "other"): 1.0, (me, "own"): -1.0}),
        feeling_understood=figure({(me, "felt"): 1.0, (me, "own"): -1.0}) if felt_asked else None,
        realised=figure({(me, "felt"): 1.0, (you, "other"): -1.0}) if felt_asked else None,
        state=state_of(_compare(gap, margin), _compare(perceived, margin)),
    )


def _exaggeration(gap: Figure, perceived: Form, actual: Form, figure: Callable[[Form], Figure]) -> Figure | None:
    ends = gap.estimate()
    if ends.low <= 0 <= ends.high:
        return None
    sign = 1.0 if gap.value > 0 else -1.0
    form = {key: sign * weight for key, weight in perceived.items()}
    for key, weight in actual.items():
        form[key] = form.get(key, 0.0) - sign * weight
    return figure({key: weight for key, weight in form.items() if weight})


def _accuracy(pair: Both, me: str, you: str, item: int) -> Figure:
    """1 minus the mean distance of the estimates from the truth, whose own noise counts too."""
    means = pair.sides[me]
    moves = means.of("above", item)
    value = 1 - means.of("error", item)
    return pair.figure({(me, "error"): -1.0, (you, "own"): moves}, item, value=value)


def _squared(pair: Both, me: str, you: str, item: int, bias: Figure) -> tuple[Figure, float, float]:
    """Mean squared error, squared bias and spread, each without sampling noise."""
    means, truth = pair.sides[me], pair.sides[you].of("own", item)
    estimate, n = means.of("other", item), means.answered("other", item)
    squared = bias.value**2 - bias.se**2
    spread = max(0.0, (means.of("square", item) - estimate**2)) * n / (n - 1)
    gradient: Form = {(me, "square"): 1.0, (me, "other"): -2 * truth, (you, "own"): 2 * (truth - estimate)}
    return pair.figure(gradient, item, value=squared + spread), squared, spread
