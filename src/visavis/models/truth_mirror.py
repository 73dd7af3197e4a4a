"""Does an estimate of the other side follow the truth, one's own nation, or oneself?

A side's estimates are regressed, over items, on what the other side answered (truth) and on one's own side's mean
(the nation mirrored); the slope on a person's own deviation from that mean (the self projected) comes from within
people, so that a habit of high or low answers does not count. Means are themselves estimates: the noise that their
sampling adds to the moments is taken out, ``tr(V)/J - 1'V1/J^2`` for each pair of means that share people.
Source: West and Kenny (2011), Psychological Review 118(2), with the moment correction of METHODS section 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from visavis.models._perception import Columns, Figure, Side, enough
from visavis.models.fieller import Ratio, fieller
from visavis.models.replicates import Varied, vary

__all__ = [
    "FEWEST_ITEMS",
    "FEWEST_PEOPLE",
    "Ratio",
    "Refused",
    "TruthMirror",
    "differential_accuracy",
    "fieller",
    "truth_mirror",
]

Array = npt.NDArray[np.float64]
FEWEST_ITEMS, FEWEST_PEOPLE, WORST_CONDITION = 10, 6, 30.0


@dataclass(frozen=True, slots=True)
class TruthMirror:
    """What one side's estimates follow.

    Args:
        truth: t, slope on what the other side answered.
        mirror: p, slope on one's own side's mean.
        projection: slope on a person's deviation from that mean, within people.
        shift: how far estimates lie above the truth on average, what is mirrored apart.
        ratio: p / (p + t).
        condition: condition number of the cross-product matrix of truth and mirror, at unit variances.
        items: how many.
    """

    truth: Figure
    mirror: Figure
    projection: Figure
    shift: Figure
    ratio: Ratio
    condition: float
    items: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no estimate.

    Args:
        reason: ``few items`` (under 10), ``few people`` (a side under 6), ``alike`` (the items' means of a side differ
            no more than chance makes them differ), or ``collinear`` (truth and mirror cannot be told apart: condition
            number above 30).
        found: number of items or people, or the condition number; NaN for ``alike``.
    """

    reason: Literal["few items", "few people", "alike", "collinear"]
    found: float


def truth_mirror(side: Side, other: Side, *, level: float = 0.95) -> TruthMirror | Refused:
    """Truth and mirror weights of ``side``'s estimates of ``other``, people random and items fixed.

    Args:
        side: whose estimates.
        other: whose own views are the truth, same items in the same order.
        level: coverage that the ratio's interval aims at.

    Example:
        >>> from visavis.models.replicates import jackknife
        >>> rng = np.random.default_rng(1)
        >>> a, b = rng.uniform(0, 1, (2, 12))
        >>> own, truth = (np.clip(m + rng.normal(0, 0.05, (8, 12)), 0, 1) for m in (a, b))
        >>> guess = 0.1 + 0.3 * b + 0.5 * own
        >>> found = truth_mirror(Side(own, guess, jackknife(8)), Side(truth, truth, jackknife(8)))
        >>> round(found.truth.value, 1), round(found.mirror.value, 1)
        (0.3, 0.5)
    """
    items = np.flatnonzero(enough(side) & enough(other))
    refusal = _too_small(side, other, len(items))
    if refusal:
        return refusal
    judges, judged = _Judges(side, items), _Judges(other, items)
    moments = _moments(judges.summary(side.replicates.weights), judged.summary(other.replicates.weights))
    if min(moments.tt, moments.xx) <= 0:
        return Refused("alike", float("nan"))
    r = abs(moments.xt) / np.sqrt(moments.tt * moments.xx)
    condition = float((1 + r) / (1 - r)) if r < 1 else float("inf")
    if condition > WORST_CONDITION:
        return Refused("collinear", condition)
    varied = vary(
        lambda u, v: _slopes(judges.summary(u), judged.summary(v)),
        side.replicates,
        other.replicates,
    )
    n = len(side.replicates.weights) + len(other.replicates.weights)
    t, p, own, shift = _figures(varied, n)
    return TruthMirror(t, p, own, shift, _ratio(varied, level), condition, len(items))


def differential_accuracy(side: Side, other: Side) -> Figure | Refused:
    """Whether a side knows *where* the two differ: correlation over items of perceived and actual gaps.

    Both gaps share the side's own mean, whose noise alone would make them correlate; that part is taken out. The
    value is held within -1 and 1.

    Source: Cronbach (1955), Psychological Bulletin 52(3).

    Example:
        >>> from visavis.models.replicates import jackknife
        >>> rng = np.random.default_rng(1)
        >>> own, truth = rng.uniform(0, 1, (2, 8, 12))
        >>> differential_accuracy(Side(own[:5], truth[:5], jackknife(5)), Side(truth, own, jackknife(8)))
        Refused(reason='few people', found=5)
    """
    items = np.flatnonzero(enough(side) & enough(other))
    refusal = _too_small(side, other, len(items))
    if refusal:
        return refusal
    judges, judged = _Judges(side, items), _Judges(other, items)
    full = _moments(judges.summary(side.replicates.weights), judged.summary(other.replicates.weights))
    if min(full.gap, full.perceived) <= 0:
        return Refused("alike", float("nan"))
    varied = vary(
        lambda u, v: _correlation(_moments(judges.summary(u), judged.summary(v))), side.replicates, other.replicates
    )
    n = len(side.replicates.weights) + len(other.replicates.weights)
    return Figure(float(np.clip(varied.value[0], -1, 1)), float(varied.se()[0]), varied.df, n)


@dataclass(frozen=True, slots=True)
class _Summary:
    """Item means of own views and estimates, (items,), the noise of their moments, and the slope within people."""

    own: Array
    estimate: Array
    noise_oo: float
    noise_oe: float
    noise_ee: float
    within: float


@dataclass(frozen=True, slots=True)
class _Moments:
    """Moments over items, noise taken out: truth t, own mean x, estimate e; and of the two gaps."""

    tt: float
    xx: float
    xt: float
    te: float
    xe: float
    ee: float

    @property
    def gap(self) -> float:
        return self.tt - 2 * self.xt + self.xx

    @property
    def perceived(self) -> float:
        return self.ee - 2 * self.xe + self.xx

    @property
    def together(self) -> float:
        return self.te - self.xe - self.xt + self.xx


class _Judges:
    """One side's answers made ready for many weight vectors; the summary under the full weights is kept."""

    def __init__(self, side: Side, items: npt.NDArray[np.intp]) -> None:
        self.design = side.replicates
        self.own = Columns(side.own[:, items], side.replicates.weights)
        self.estimate = Columns(side.other[:, items], side.replicates.weights)
        self.effect = 1.0
        full = self._summary(side.replicates.weights)
        covariance = vary(self.own.means, side.replicates).covariance
        by_design = np.trace(covariance) / len(items) - covariance.sum() / len(items) ** 2
        # what strata, clusters and weights do to the noise, against people drawn one by one
        self.effect = float(by_design / full.noise_oo) if full.noise_oo > 1e-15 else 1.0
        self.full = self._summary(side.replicates.weights)

    def summary(self, weights: Array) -> _Summary:
        return self.full if weights is self.design.weights else self._summary(weights)

    def _summary(self, weights: Array) -> _Summary:
        own, estimate = self.own.means(weights), self.estimate.means(weights)
        x, e = (self.own.filled - own) * self.own.known, (self.estimate.filled - estimate) * self.estimate.known
        both = self.own.known * self.estimate.known
        answered = np.maximum(both.sum(axis=1, keepdims=True), 1.0)
        xb, eb = x * both, e * both
        xb -= both * (xb.sum(axis=1, keepdims=True) / answered)
        within = weights @ (xb * xb).sum(axis=1)
        slope = float(weights @ (xb * eb).sum(axis=1) / within) if within > 0 else 0.0
        total = weights.sum()
        factor = self.effect / max(1 - float(weights @ weights) / total**2, 1e-9)
        zx, ze = (
            weights[:, None] * part / np.maximum(weights @ columns.known, 1e-300)
            for part, columns in ((x, self.own), (e, self.estimate))
        )
        return _Summary(own, estimate, factor * _noise(zx, zx), factor * _noise(zx, ze), factor * _noise(ze, ze), slope)


def _noise(first: Array, second: Array) -> float:
    """``tr(V)/J - 1'V1/J^2`` of V = first' second, both (people, items), without making V."""
    items = first.shape[1]
    return float(np.vdot(first, second) / items - first.sum(axis=1) @ second.sum(axis=1) / items**2)


def _moments(judges: _Summary, judged: _Summary) -> _Moments:
    t, x, e = (v - v.mean() for v in (judged.own, judges.own, judges.estimate))
    items = len(t)
    return _Moments(
        tt=float(t @ t) / items - judged.noise_oo,
        xx=float(x @ x) / items - judges.noise_oo,
        xt=float(x @ t) / items,
        te=float(t @ e) / items,
        xe=float(x @ e) / items - judges.noise_oe,
        ee=float(e @ e) / items - judges.noise_ee,
    )


def _slopes(judges: _Summary, judged: _Summary) -> Array:
    m = _moments(judges, judged)
    determinant = m.tt * m.xx - m.xt**2
    t = (m.te * m.xx - m.xe * m.xt) / determinant
    p = (m.xe * m.tt - m.te * m.xt) / determinant
    truth = judged.own.mean()
    shift = judges.estimate.mean() - truth - p * (judges.own.mean() - truth)
    return np.array([t, p, judges.within, shift])


def _correlation(m: _Moments) -> Array:
    # a replicate in which noise outweighs the items counts as no correlation rather than as none at all
    size = m.gap * m.perceived
    return np.array([m.together / np.sqrt(size) if min(m.gap, m.perceived) > 0 else 0.0])


def _too_small(side: Side, other: Side, items: int) -> Refused | None:
    people = min(len(one.replicates.weights) for one in (side, other))
    if people < FEWEST_PEOPLE:
        return Refused("few people", people)
    return Refused("few items", items) if items < FEWEST_ITEMS else None


def _figures(varied: Varied, n: int) -> list[Figure]:
    return [Figure(float(v), float(s), varied.df, n) for v, s in zip(varied.value, varied.se(), strict=True)]


def _ratio(varied: Varied, level: float) -> Ratio:
    """p / (p + t)."""
    lift = np.array([[0.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]])
    return fieller(lift @ varied.value, lift @ varied.covariance @ lift.T, varied.df, level=level)
