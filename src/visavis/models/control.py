"""How far a side pulls every percentage to the middle, and what its estimates miss beyond that.

People over-guess small shares and under-guess large ones of anything. Three or four neutral control items tell how
strongly, ``logit e = gamma logit T + (1 - gamma) logit pi0``, and so what would be guessed of the other items without
any view of the other side. The rest is the excess. Meant for items whose estimate is "how many of 100".
Source: Landy, Guay and Marghetis (2018), Psychonomic Bulletin & Review 25.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models._perception import FEWEST, Columns, Figure, Side
from visavis.models.fieller import Ratio, fieller
from visavis.models.replicates import vary

__all__ = ["FEWEST_CONTROLS", "Control", "Excess", "Uncontrolled", "control"]

Array = npt.NDArray[np.float64]
FEWEST_CONTROLS = 3
_MOST_NOISE = 0.1


@dataclass(frozen=True, slots=True)
class Excess:
    """One item beyond the pull to the middle.

    Args:
        item: its position among the items given.
        predicted: what the pull alone would make of the truth.
        excess: mean estimate minus ``predicted``; by as much the perceived gap exceeds the predicted one.
    """

    item: int
    predicted: float
    excess: Figure


@dataclass(frozen=True, slots=True)
class Control:
    """The pull to the middle of one side's estimates, and the other items beyond it.

    Intervals are for other people and for other control items, of which three or four are few: how far these miss the
    curve widens every interval, by Student's t with two df fewer than there are controls.

    Args:
        gamma: slope on the logit scale; 1 is no pull, 0 is the same guess of everything.
        middle: pi0, to where estimates are pulled, with its interval; None where gamma is not clear of 1, for then
            there is no such place.
        misfit: root mean square distance of the control items from the curve, in logits.
        items: items that are not controls, in order.
    """

    gamma: Figure
    middle: tuple[float, float, float] | None
    misfit: float
    items: tuple[Excess, ...]


@dataclass(frozen=True, slots=True)
class Uncontrolled:
    """Why there is no control.

    Args:
        reason: ``few controls`` (under 3 with answers), ``alike`` (their truths are too close together), or ``noisy``
            (their truths, from the other side's answers, are not sure enough; give known shares).
        found: number of controls; else the part of their scatter that is noise.
    """

    reason: Literal["few controls", "alike", "noisy"]
    found: float


def control(
    side: Side, other: Side, controls: Sequence[int], *, known: npt.ArrayLike | None = None, level: float = 0.95
) -> Control | Uncontrolled:
    """Fit the pull to the middle on the control items and take it out of the others.

    Args:
        side: whose estimates.
        other: whose own views are the truth.
        controls: positions of the neutral items.
        known: their true shares, where a register or census tells, (controls,); NaN where the other side's answers
            are to be taken. A delegation's own answers are too few for that.
        level: coverage that the interval of ``middle`` aims at.

    Raises:
        UsageError: known shares do not match the controls, or lie outside 0 to 1.

    Example:
        >>> from visavis.models.replicates import jackknife
        >>> truth = np.array([0.1, 0.3, 0.8, 0.2])
        >>> guess = np.tile(expit(0.5 * logit(truth)), (8, 1)) + np.linspace(-0.05, 0.05, 8)[:, None]
        >>> own = np.tile(np.array([[0.0], [1.0]]), (4, 4))
        >>> own[:, 3] = [1, 0, 0, 0, 0, 1, 0, 0]
        >>> side, other = Side(own, guess, jackknife(8)), Side(own, guess, jackknife(8))
        >>> found = control(side, other, [0, 1, 2], known=truth[:3])
        >>> round(found.gamma.value, 1), round(found.items[0].excess.value, 2)
        (0.5, -0.03)
    """
    shares = _shares(controls, known)
    asked = _answered(side.other)
    told = _answered(other.own)
    used = [k for k, item in enumerate(controls) if asked[item] and (told[item] or not np.isnan(shares[k]))]
    if len(used) < FEWEST_CONTROLS:
        return Uncontrolled("few controls", len(used))
    neutral, shares = np.asarray(controls, dtype=np.intp)[used], shares[used]
    rest = np.array([j for j in range(side.items) if j not in set(controls) and asked[j] and told[j]], dtype=np.intp)
    curve = _Curve(side, other, neutral, shares, rest)
    problem = curve.problem()
    if problem:
        return problem
    varied = vary(curve.fit, side.replicates, other.replicates)
    drawn = curve.drawn(*varied.value[:2])
    n = len(side.replicates.weights) + len(other.replicates.weights)
    figures = [
        Figure(float(v), *_both(float(s), float(d), varied.df, len(used) - 2), n)
        for v, s, d in zip(varied.value, np.diagonal(varied.covariance), np.diagonal(drawn), strict=True)
    ]
    start = _both(float(varied.covariance[1, 1]), float(drawn[1, 1]), varied.df, len(used) - 2)[1]
    lift = np.zeros((2, len(figures)))
    lift[0, 1], lift[1, 0] = 1.0, -1.0
    covariance = lift @ (varied.covariance + drawn) @ lift.T
    ratio = fieller(lift @ varied.value + np.array([0.0, 1.0]), covariance, min(figures[0].df, start), level=level)
    predicted = curve.predicted(*varied.value[:2])
    items = tuple(Excess(int(j), float(p), f) for j, p, f in zip(rest, predicted, figures[2:], strict=True))
    return Control(figures[0], _middle(ratio), curve.misfit(*varied.value[:2]), items)


def _both(people: float, items: float, df_people: float, df_items: float) -> tuple[float, float]:
    """Standard error from two variances, and the df with which its 95 % interval is as wide as both together.

    Widths add by their squares, each from Student's t with its own df: with few controls, chance makes their misfit
    small now and then, and an average of the df would take it at its word.
    Source: MOVER, Zou and Donner (2008), Statistics in Medicine 27(10).
    """
    se = float(np.sqrt(people + items))
    if se == 0:
        return 0.0, df_people
    widths = [float(student.ppf(0.975, df)) ** 2 * part for df, part in ((df_people, people), (df_items, items))]
    reach = float(np.sqrt(sum(widths))) / se
    ends = (float(min(df_items, df_people)), float(max(df_items, df_people)))
    wide, narrow = (float(student.ppf(0.975, df)) for df in ends)
    if not narrow < reach < wide:
        return se, ends[0] if reach >= wide else ends[1]
    return se, float(brentq(lambda df: float(student.ppf(0.975, df)) - reach, ends[0], ends[1]))


class _Curve:
    """Control items and the others, ready to be fitted under many weights."""

    def __init__(
        self, side: Side, other: Side, neutral: npt.NDArray[np.intp], shares: Array, rest: npt.NDArray[np.intp]
    ) -> None:
        self.side, self.other, self.shares, self.count = side, other, shares, len(neutral)
        self.unknown = np.isnan(shares)
        self.guesses = Columns(side.other[:, np.concatenate([neutral, rest])], side.replicates.weights)
        self.truths = Columns(other.own[:, np.concatenate([neutral[self.unknown], rest])], other.replicates.weights)
        self.noise = self._noise()

    def problem(self) -> Uncontrolled | None:
        x = self._logits(self.side.replicates.weights, self.other.replicates.weights)[1]
        scatter = float(x.var())
        if scatter < 0.1:
            return Uncontrolled("alike", scatter)
        part = self.noise / scatter
        return Uncontrolled("noisy", part) if part > _MOST_NOISE else None

    def fit(self, side_weights: Array, other_weights: Array) -> Array:
        """Gamma, intercept, and the excess of each other item."""
        guesses, x, truths = self._logits(side_weights, other_weights)
        y = logit(guesses[: self.count])
        gamma = float((x - x.mean()) @ (y - y.mean())) / self.count / (float(x.var()) - self.noise)
        start = float(y.mean()) - gamma * float(x.mean())
        return np.concatenate([[gamma, start], guesses[self.count :] - expit(gamma * logit(truths) + start)])

    def predicted(self, gamma: float, start: float) -> Array:
        """What the curve makes of the truth of the other items."""
        truths = self._logits(self.side.replicates.weights, self.other.replicates.weights)[2]
        return np.asarray(expit(gamma * logit(truths) + start), dtype=np.float64)

    def misfit(self, gamma: float, start: float) -> float:
        """Root mean square residual of the control items."""
        guesses, x, _ = self._logits(self.side.replicates.weights, self.other.replicates.weights)
        return float(np.sqrt(np.mean((logit(guesses[: self.count]) - gamma * x - start) ** 2)))

    def drawn(self, gamma: float, start: float) -> Array:
        """Covariance of what ``fit`` gives, were other items the controls, from how these miss the curve."""
        _, x, truths = self._logits(self.side.replicates.weights, self.other.replicates.weights)
        left = self.count / (self.count - 2) * self.misfit(gamma, start) ** 2
        width = self.count * (float(x.var()) - self.noise)
        middle = float(x.mean())
        curve = np.array([[1.0, -middle], [-middle, middle**2]]) / width
        curve[1, 1] += 1 / self.count
        places = np.asarray(logit(truths), dtype=np.float64)
        guess = self.predicted(gamma, start)
        lift = np.vstack(
            [np.eye(2), -(guess * (1 - guess))[:, None] * np.stack([places, np.ones_like(places)], axis=1)]
        )
        return np.asarray(left * lift @ curve @ lift.T, dtype=np.float64)

    def _logits(self, side_weights: Array, other_weights: Array) -> tuple[Array, Array, Array]:
        """Mean estimates (controls, then the rest), logits of the controls' truths, truths of the rest."""
        guesses = _inside(self.guesses.means(side_weights), len(side_weights))
        truths = _inside(self.truths.means(other_weights), len(other_weights))
        measured = int(self.unknown.sum())
        shares = self.shares.copy()
        shares[self.unknown] = truths[:measured]
        return guesses, np.asarray(logit(shares), dtype=np.float64), truths[measured:]

    def _noise(self) -> float:
        """Scatter of the controls' logits that sampling of the other side alone makes."""
        measured = int(self.unknown.sum())
        if not measured:
            return 0.0
        varied = vary(lambda w: _logit_of(self.truths.means(w)[:measured], len(w)), self.other.replicates)
        v = varied.covariance
        return float(np.trace(v) / self.count - v.sum() / self.count**2)


def _logit_of(shares: Array, people: int) -> Array:
    return np.asarray(logit(_inside(shares, people)), dtype=np.float64)


def _inside(shares: Array, people: int) -> Array:
    """Shares held half a person away from 0 and 1, where logits end."""
    return np.clip(shares, 0.5 / people, 1 - 0.5 / people)


def _shares(controls: Sequence[int], known: npt.ArrayLike | None) -> Array:
    if known is None:
        return np.full(len(controls), np.nan)
    shares = np.asarray(known, dtype=np.float64)
    told = shares[~np.isnan(shares)]
    if shares.shape != (len(controls),) or (told.size and (told.min() <= 0 or told.max() >= 1)):
        raise UsageError(
            f"Known shares {shares.tolist()} do not fit {len(controls)} controls: give one above 0 and "
            "below 1 for each, or NaN."
        )
    return shares


def _answered(answers: Array) -> npt.NDArray[np.bool_]:
    return np.asarray(np.sum(~np.isnan(answers), axis=0) >= FEWEST)


def _middle(ratio: Ratio) -> tuple[float, float, float] | None:
    if ratio.kind != "bounded" or ratio.value is None or ratio.low is None or ratio.high is None:
        return None
    value, low, high = (float(expit(end)) for end in (ratio.value, ratio.low, ratio.high))
    return value, low, high
