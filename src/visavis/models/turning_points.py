"""Regimes, turning points and pulses of counts and shares, with dates, intervals and a bound on false alarms.

A series is cut into regimes of at least six periods, exactly and over all cuts (Fearnhead 2006, Statistics and
Computing 16(2)). Real series scatter more than independent acts would and remember the period before, so the likelihood
is tempered: a period counts for as much as the variance and correlation *left within the regimes* allow. A pulse, one
period far off its regime, is found first and then says nothing about regimes. Why so: docs/adr/0003-turning-points.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import expit

from visavis.errors import UsageError
from visavis.finding import Number
from visavis.models._pulses import Pulse, sharpest
from visavis.models._segments import Cuts, all_cuts
from visavis.models._series import Mask, Noise, Series, counts, shares

__all__ = ["Pulse", "Regime", "Segmentation", "TurningPoint", "counts", "page", "shares"]

SHORTEST = 6  # periods of a regime; anything shorter is a pulse or nothing
_MOST = 5  # cuts of one series
_MOST_PULSES = SHORTEST - 1  # so that every regime keeps a period
_PRICE = 3.0  # log n asked of the innovations for one more cut: its level, its date, its choice
_LOOSE, _WELL_KNOWN = 4.0, 60  # see _p


@dataclass(frozen=True, slots=True)
class Regime:
    """A stretch of one level.

    Args:
        start: first period.
        end: last period.
        level: pooled level, pulses left out.
        low: lower end of its 90 % interval.
        high: upper end.
        periods: periods it rests on, pulses and absent ones left out.
        n: acts it rests on: the counts, or all acts of a share.
    """

    start: int
    end: int
    level: float
    low: float
    high: float
    periods: int
    n: int


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """A lasting change of level.

    Args:
        index: first period of the new regime, at its likeliest.
        low: earliest first period of the 90 % interval on the date.
        high: latest.
        probability: that there is a change between the neighbouring turning points at all, from even odds.
        p: chance of such evidence for one if nothing changed there.
        before: level before.
        after: level after.
        change: after less before.
    """

    index: int
    low: int
    high: int
    probability: float
    p: float
    before: Number
    after: Number
    change: Number


@dataclass(frozen=True, slots=True)
class Segmentation:
    """What was found in one series of a page.

    Args:
        points: turning points shown, by date.
        regimes: one more than points.
        pulses: single periods far off, by date.
        probability_any: that there is a turning point at all, from even odds; .5 where a series is too short to tell.
        p: chance of such evidence if nothing changed.
        threshold: largest ``p`` at which this page shows a turning point of this series.
        dispersion: variance within the regimes shown over that of independent acts, at a period of mean size.
        autocorrelation: correlation of neighbouring periods within the regimes shown, 0 to .9.
        periods: periods that carry information.
    """

    points: tuple[TurningPoint, ...]
    regimes: tuple[Regime, ...]
    pulses: tuple[Pulse, ...]
    probability_any: float
    p: float
    threshold: float
    dispersion: float
    autocorrelation: float
    periods: int


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    series: Series
    use: Mask
    noise: Noise
    cuts: Cuts
    pulses: tuple[Pulse, ...]
    log_any: float

    @property
    def p(self) -> float:
        return _p(self.log_any, self.noise, int(self.use.sum()))


def page(series: Sequence[Series], alarm: float = 0.05) -> tuple[Segmentation, ...]:
    """Turning points and pulses of all series that are shown together.

    If nothing changes in any of them, the chance that any shows a turning point or a pulse is at most ``alarm``: half
    of it is for turning points (Holm's rule over the series), half for pulses (Bonferroni over series and periods).
    In a series that did change, each of several turning points stands out between its neighbours at half of ``alarm``.

    Args:
        series: from ``counts`` and ``shares``.
        alarm: chance of any false alarm on the page, above 0 and under 1.

    Returns:
        One result a series, in order.

    Example:
        >>> y = [4, 6, 5, 3, 5, 4, 6, 5, 4, 5, 6, 4] * 2 + [12, 15, 13, 16, 12, 14, 11, 15, 13, 12, 14, 13] * 2
        >>> found = page([counts(range(48), y, [1.0] * 48)])[0]
        >>> [(point.index, point.low, point.high) for point in found.points]
        [(24, 23, 25)]
    """
    if not 0 < alarm < 1:
        raise UsageError(f"The chance of a false alarm has to be between 0 and 1, got {alarm}.")
    if not series:
        return ()
    fits = [_fit(one, alarm / 2 / len(series)) for one in series]
    limits = _holm([f.p for f in fits], alarm / 2)
    return tuple(_tell(fit, limit, alarm / 2) for fit, limit in zip(fits, limits, strict=True))


def _holm(p: Sequence[float], alarm: float) -> list[float]:
    """Largest p at which each is shown, by Holm (1979), Scandinavian J. of Statistics 6(2)."""
    out, limit, passing = [0.0] * len(p), alarm / len(p), True
    for rank, i in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        limit = alarm / (len(p) - rank) if passing else limit
        passing = passing and p[i] <= limit
        out[i] = limit
    return out


def _fit(series: Series, pulse_alarm: float) -> _Fit:
    """Find pulses one by one, each time with regimes and noise fitted anew without those found."""
    use = np.ones(len(series.t), dtype=bool)
    pulses: list[Pulse] = []
    while True:
        noise, cuts = _settle(series, use)
        best = cuts.best(cuts.likeliest) if cuts.any_fit else []
        found = sharpest(series, use, best) if use.sum() >= 2 * SHORTEST else None
        if found is None or found[1].p > pulse_alarm or len(pulses) == _MOST_PULSES:
            break
        use[found[0]] = False
        pulses.append(found[1])
    return _Fit(series, use, noise, cuts, tuple(sorted(pulses, key=lambda x: x.index)), cuts.log_any)


def _settle(series: Series, use: Mask) -> tuple[Noise, Cuts]:
    """Noise within regimes, and the cuts under it.

    A shift left in the residuals passes for noise, a cut too many hides noise. So the noise is taken at the number of
    cuts, one or more, whose residuals leave the least unexplained from one period to the next, at a price per cut.
    """
    noise = series.noise([], use)
    cuts = all_cuts(series.evidence(noise, use), SHORTEST, _MOST)
    n, least = use.sum(), np.inf
    for k in range(1, len(cuts.log_factor)):
        tried = series.noise(cuts.best(k), use)
        left = np.log((1 + tried.extra * series.spread.mean()) * (1 - tried.ar**2)) * n + _PRICE * k * np.log(n)
        if left < least:
            noise, least = tried, left
    return noise, all_cuts(series.evidence(noise, use), SHORTEST, _MOST)


def _tell(fit: _Fit, limit: float, further: float) -> Segmentation:
    best = _shown(fit, further) if fit.p <= limit else []
    ends = [0, *best, len(fit.series.t)]
    # what is told rests on the noise around the regimes that are told
    noise = fit.series.noise(best, fit.use)
    regimes = tuple(_regime(fit, noise, a, b) for a, b in pairwise(ends))
    points = tuple(_point(fit, ends, j, regimes) for j in range(len(best)))
    dispersion = 1 + noise.extra * float(fit.series.spread.mean())
    chance, periods = float(expit(fit.log_any)), len(fit.series.t)
    return Segmentation(points, regimes, fit.pulses, chance, fit.p, limit, dispersion, noise.ar, periods)


def _shown(fit: _Fit, further: float) -> list[int]:
    """The most cuts of which each still stands out between its neighbours."""
    for k in range(fit.cuts.likeliest, 1, -1):
        best = fit.cuts.best(k)
        ends = [0, *best, len(fit.series.t)]
        if all(_local_p(fit, ends, j) <= further for j in range(k)):
            return best
    return fit.cuts.best(1)


def _local(fit: _Fit, ends: list[int], j: int) -> float:
    """Log Bayes factor of a cut between the neighbours of the j-th against none."""
    if len(ends) == 3:
        return fit.log_any
    here = slice(ends[j], ends[j + 2] + 1)
    return all_cuts(fit.cuts.evidence[here, here], SHORTEST, 1).log_any


def _local_p(fit: _Fit, ends: list[int], j: int) -> float:
    return _p(_local(fit, ends, j), fit.noise, int(fit.use[ends[j] : ends[j + 2]].sum()))


def _p(log_factor: float, noise: Noise, periods: int) -> float:
    """Bound on the chance of so large a Bayes factor if nothing changed: its inverse (Ville 1939, Markov).

    Where the noise is known well the bound is loose; what may be taken off was found by simulation.
    """
    loose = _LOOSE * max(0.0, 0.6 - noise.ar_up) if periods >= _WELL_KNOWN else 0.0
    return float(np.exp(-max(log_factor + loose, 0.0)))


def _point(fit: _Fit, ends: list[int], j: int, regimes: tuple[Regime, ...]) -> TurningPoint:
    t, at, before, after = fit.series.t, ends[j + 1], regimes[j], regimes[j + 1]
    low, high = np.searchsorted(np.cumsum(fit.cuts.dates(len(regimes) - 1)[j]), [0.05, 0.95])
    change = after.level - before.level
    # interval of a difference from the intervals of its parts: Zou & Donner (2008), Statistics in Medicine 27(10)
    down = float(np.hypot(after.level - after.low, before.high - before.level))
    up = float(np.hypot(after.high - after.level, before.level - before.low))
    unit = fit.series.unit
    return TurningPoint(
        index=int(t[at]),
        low=int(t[min(low, at)]),
        high=int(t[max(high, at)]),
        probability=float(expit(_local(fit, ends, j))),
        p=_local_p(fit, ends, j),
        before=Number(before.level, unit, before.low, before.high, before.n),
        after=Number(after.level, unit, after.low, after.high, after.n),
        change=Number(change, unit, change - down, change + up, before.n + after.n),
    )


def _regime(fit: _Fit, noise: Noise, a: int, b: int) -> Regime:
    here = fit.use & (np.arange(len(fit.use)) >= a) & (np.arange(len(fit.use)) < b)
    low, high = fit.series.bounds(noise, here)
    t, level, n = fit.series.t, fit.series.level(here), fit.series.acts(here)
    return Regime(int(t[a]), int(t[b - 1]), level, min(low, level), max(high, level), int(here.sum()), n)
