"""Did the same country change toward its other partners as well? Then it is the actor, not the pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from visavis.models.intervals import Estimate, rate_quantiles, share_quantiles

__all__ = ["MINIMUM_COUNT", "Elsewhere", "rates_elsewhere", "shares_elsewhere"]

MINIMUM_COUNT = 10
Verdict = Literal["the pair", "the actor", "undecided", "too few"]
_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """How one country changed toward a partner and toward all others.

    Args:
        partner: change toward the partner: a ratio of rates, or a difference of shares. Where a
            count is 0, half a count is added so that the ratio exists.
        others: the same toward all other countries.
        contrast: the one set against the other: a ratio of ratios, or a difference of differences.
        verdict: ``the pair``: the change toward the partner is clear, clearly stronger than toward others, and at
            most half of it is seen there; ``the actor``: clear on both, and more than half of it is seen toward
            others; ``too few``: under ten counts, baseline and period together; else ``undecided``.
    """

    partner: Estimate | None
    others: Estimate | None
    contrast: Estimate | None
    verdict: Verdict


def rates_elsewhere(
    partner: tuple[float, float],
    others: tuple[float, float],
    exposure: tuple[float, float],
    *,
    dispersion: float,
    level: float = 0.9,
) -> Elsewhere:
    """Compare the change of two rates; each argument holds the baseline's and the period's figure.

    Args:
        partner: counts toward the partner, baseline and period.
        others: counts toward all other countries.
        exposure: what both are counted against, e.g. all acts of the stream, above 0.
        dispersion: variance divided by mean of such counts.
        level: coverage of the intervals.

    Example:
        >>> rates_elsewhere((240, 50), (2400, 104), (24, 1), dispersion=3).verdict
        'the pair'
        >>> rates_elsewhere((240, 50), (2400, 510), (24, 1), dispersion=3).verdict
        'the actor'
    """
    scale = exposure[1] / exposure[0]
    if any(sum(count) < MINIMUM_COUNT for count in (partner, others)):
        return _TOO_FEW
    logs = [_log_growth(count, exposure, dispersion) for count in (partner, others)]
    points = [_plain_growth(count, scale) for count in (partner, others)]
    changes = [
        _estimate(np.exp(point), np.exp(log), count, level)
        for point, log, count in zip(points, logs, (partner, others), strict=True)
    ]
    apart = np.subtract.outer(logs[0], logs[1]).ravel()
    contrast = _estimate(np.exp(points[0] - points[1]), np.exp(apart), (*partner, *others), level)
    return Elsewhere(changes[0], changes[1], contrast, _verdict(changes[0], changes[1], contrast, 1.0))


def shares_elsewhere(
    partner: tuple[tuple[float, float], tuple[float, float]],
    others: tuple[tuple[float, float], tuple[float, float]],
    *,
    dispersion: float,
    level: float = 0.9,
) -> Elsewhere:
    """Compare the change of two shares, e.g. the conflictual share of acts.

    Args:
        partner: ``(k, n)`` toward the partner, in the baseline and in the period.
        others: the same toward all other countries.
        dispersion: variance divided by that of a binomial.
        level: coverage of the intervals.

    Example:
        >>> shares_elsewhere(((48, 480), (40, 100)), ((480, 4800), (100, 1000)), dispersion=2).verdict
        'the pair'
    """
    if any(n < MINIMUM_COUNT for side in (partner, others) for _, n in side):
        return _TOO_FEW
    drawn = [_share_change(side, dispersion) for side in (partner, others)]
    points = [now[0] / now[1] - before[0] / before[1] for before, now in (partner, others)]
    changes = [
        _estimate(point, change, (side[0][1], side[1][1]), level)
        for point, change, side in zip(points, drawn, (partner, others), strict=True)
    ]
    apart = np.subtract.outer(drawn[0], drawn[1]).ravel()
    contrast = _estimate(points[0] - points[1], apart, tuple(n for side in (partner, others) for _, n in side), level)
    return Elsewhere(changes[0], changes[1], contrast, _verdict(changes[0], changes[1], contrast, 0.0))


def _plain_growth(count: tuple[float, float], scale: float) -> float:
    """Logarithm of a rate's growth; half a count is added to both sides only where one of them is 0."""
    half = 0.5 if min(count) <= 0 else 0.0
    return float(np.log((count[1] + half) / ((count[0] + half) * scale)))


def _log_growth(count: tuple[float, float], exposure: tuple[float, float], dispersion: float) -> _Array:
    """Two hundred equally likely values of the logarithm of a rate's growth, rising."""
    before, now = (np.log(rate_quantiles(c, e, dispersion=dispersion)) for c, e in zip(count, exposure, strict=True))
    return _thin(np.subtract.outer(now, before))


def _share_change(side: tuple[tuple[float, float], tuple[float, float]], dispersion: float) -> _Array:
    """Two hundred equally likely values of the change of a share, rising."""
    before, now = (share_quantiles(k, n, dispersion=dispersion) for k, n in side)
    return _thin(np.subtract.outer(now, before))


def _thin(pairings: _Array) -> _Array:
    return np.asarray(np.quantile(pairings, (np.arange(200) + 0.5) / 200), dtype=np.float64)


def _estimate(value: float, sample: _Array, counts: tuple[float, ...], level: float) -> Estimate:
    low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(value), float(low), float(high), round(sum(counts)), level)


def _verdict(partner: Estimate, others: Estimate, contrast: Estimate, same: float) -> Verdict:
    """``same`` is what no change looks like: 1 for ratios, which are compared in logarithms, 0 for differences."""
    rising = partner.low > same
    if not rising and partner.high >= same:
        return "undecided"
    own, shared = (np.log(e.value) if same else e.value for e in (partner, others))
    mostly_own = abs(own) >= 2 * np.sign(own) * shared
    apart = contrast.low > same if rising else contrast.high < same
    along = others.low > same if rising else others.high < same
    if mostly_own and apart:
        return "the pair"
    return "the actor" if along and not mostly_own else "undecided"


_TOO_FEW = Elsewhere(None, None, None, "too few")
