"""What became of pairs that stood where a pair stands: reference classes over annual figures of pairs.

A figure that says how far apart two countries are is told as a *place*: the share of all pairs of that year that are
closer. Places of different decades can be compared where bare figures, whose scale drifts, cannot. A pair's standing in
a year is its mean place over three years. The classes are fixed beforehand, by constants, and were not chosen by
looking at what became of anyone: fifths of the standing; what it did over the five years before; then whatever other
classes come with the panel. The finest class is taken that holds enough; where none does, nothing is said.

Windows of one length do not overlap: they end at the year asked from, one before the other. Pairs that share a country
are not independent, nor are pairs of one window; intervals count both kinds of clusters.
Source: Kahneman and Tversky (1979), TIMS Studies in Management Science 12, for reference classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.models._annual_panel import BACK, LEVELS, MOVED, SPAN, Panel, panel_of, panel_of_positions
from visavis.models._dyad_clusters import beyond_half, clustered, share_of
from visavis.models.intervals import Estimate

__all__ = [
    "BACK", "BAND", "FEWEST", "HORIZONS", "LEVELS", "MOVED", "SPAN", "Fate", "Panel", "Track", "fate", "panel_of",
    "panel_of_positions", "track",
]  # fmt: skip

HORIZONS = (5, 10, 20)
"""Years ahead."""
BAND = 0.8
"""Share of a class that its band of standings afterwards holds."""
FEWEST: Mapping[str, int] = {"countries": 30, "windows": 3, "cases": 100}
"""What a class must hold, or the next coarser one is taken."""

_Array = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]
_Mask = npt.NDArray[np.bool_]
_EARLY = {**FEWEST, "windows": 2}  # of a call made from an earlier year, of which the outcome is judged


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the pairs of a class; shares and places from 0 to 1.

    Args:
        horizon: years.
        as_of: the year asked from; windows end no later.
        standing: of the pair asked about, in that year.
        names: the classes that it was put into, the weightiest first.
        klass: its number in each.
        cases: windows of pairs of the class.
        pairs, countries, windows: different ones among them.
        closer, same, apart: share that stood closer, about where they had stood, farther apart.
        p: chance of a share ``same`` this far from half, on its side, if it were half.
        after: lower end, middle and upper end of the narrowest band that holds ``BAND`` of the standings afterwards.
        of_all: closer, same and apart of all pairs of those windows.
        by_window: first year, cases, and the shares closer, same and apart of each window, earliest first.
        came: the pair's standing at the end of the horizon; None where that has not come or is not known.
    """

    horizon: int
    as_of: int
    standing: float
    names: tuple[str, ...]
    klass: tuple[int, ...]
    cases: int
    pairs: int
    countries: int
    windows: int
    closer: Estimate
    same: Estimate
    apart: Estimate
    p: float
    after: tuple[float, float, float]
    of_all: tuple[float, float, float]
    by_window: tuple[tuple[int, int, float, float, float], ...]
    came: float | None


@dataclass(frozen=True, slots=True)
class Track:
    """What calls of the same method, made from earlier years for all pairs, were worth.

    Args:
        horizon: years.
        years: the years from which calls were made, latest first.
        calls: pairs and years.
        held: share of them in which the standing that came lay in the band.
        gain: Brier score (three outcomes) of the shares of all pairs less that of the class's: above 0 the class is
            the better guide.
    """

    horizon: int
    years: tuple[int, ...]
    calls: int
    held: Estimate
    gain: Estimate


@dataclass(frozen=True)
class _Cases:
    """Windows of one length that had ended by a year; (n,) each."""

    panel: Panel
    origin: _Ints
    pair: _Ints
    before: _Array
    after: _Array

    @cached_property
    def outcome(self) -> _Ints:
        """0 closer, 1 about the same, 2 farther apart."""
        return _outcome(self.after - self.before)

    @cached_property
    def shares(self) -> tuple[float, float, float]:
        """Closer, same and apart of all of them."""
        return _shares(self.outcome)

    def codes(self, depth: int) -> _Ints:
        """The class of each case by the first ``depth`` kinds of class."""
        return self.panel.codes(depth)[self.origin, self.pair]

    def enough(self, rows: _Ints, fewest: Mapping[str, int]) -> bool:
        """Whether some of the cases are enough to speak of."""
        if len(rows) < fewest["cases"] or len(np.unique(self.origin[rows])) < fewest["windows"]:
            return False
        pairs = self.pair[rows]
        return len(np.union1d(self.panel.first[pairs], self.panel.second[pairs])) >= fewest["countries"]


def fate(panel: Panel, pair: int, horizon: int, *, as_of: int | None = None, level: float = 0.9) -> Fate | None:
    """What became of pairs that stood where this one stands; None where it has no standing or no class holds enough.

    Args:
        panel: the figure.
        pair: its number, see ``Panel.pair``.
        horizon: years ahead.
        as_of: the year to ask from, using only what was known then; the pair's last one when None. Of an earlier year
            two windows are enough.
        level: of the intervals.
    """
    year = panel.last(pair) if as_of is None else as_of
    if year is None or not panel.years[0] <= year <= panel.years[-1]:
        return None
    now = year - panel.years[0]
    held = _cases(panel, now, horizon)
    for depth in range(len(panel.bins), 0, -1):
        code = panel.codes(depth)[now, pair]
        rows = np.flatnonzero(held.codes(depth) == code)
        if code >= 0 and held.enough(rows, FEWEST if as_of is None else _EARLY):
            return _fate(held, pair, (now, horizon, depth), rows, level)
    return None


def track(panel: Panel, horizon: int, *, level: float = 0.9) -> Track | None:
    """Calls made from earlier years for all pairs, each from what had ended by then, against what came.

    Args:
        panel: the figure.
        horizon: years ahead.
        level: of the intervals.

    Returns None where no year has two windows behind it and one before it.
    """
    years, parts = [], []
    for now in range(len(panel.years) - 1 - horizon, 0, -horizon):
        found = _called(panel, now, horizon)
        if found is None:
            break
        years.append(panel.years[now])
        parts.append(found)
    if not parts:
        return None
    pair, within, gain, when = (np.concatenate([p[k] for p in parts]) for k in range(4))
    ends = (panel.first[pair], panel.second[pair], when)
    mean, se, df = clustered(gain, *ends)
    reach = float(student.ppf((1 + level) / 2, df)) * se
    held = share_of(within > 0, *ends, level=level)
    return Track(horizon, tuple(years), len(pair), held, Estimate(mean, mean - reach, mean + reach, len(pair), level))


def _outcome(moved: _Array) -> _Ints:
    return np.digitize(moved, [-MOVED, MOVED]).astype(np.int64)


def _cases(panel: Panel, now: int, horizon: int) -> _Cases:
    """All windows of all pairs that had ended by a year, one before the other."""
    none = np.array([], np.int64)
    origins, pairs = [none], [none]
    for begun in range(now - horizon, -1, -horizon):
        known = np.flatnonzero(~np.isnan(panel.standing[begun] + panel.standing[begun + horizon]))
        origins.append(np.full(len(known), begun, np.int64))
        pairs.append(known.astype(np.int64))
    origin, pair = np.concatenate(origins), np.concatenate(pairs)
    return _Cases(panel, origin, pair, panel.standing[origin, pair], panel.standing[origin + horizon, pair])


def _fate(held: _Cases, pair: int, at: tuple[int, int, int], rows: _Ints, level: float) -> Fate:
    now, horizon, depth = at
    panel, pairs, origin, outcome = held.panel, held.pair[rows], held.origin[rows], held.outcome[rows]
    ends = (panel.first[pairs], panel.second[pairs], origin)
    closer, same, apart = (share_of(outcome == kind, *ends, level=level) for kind in (0, 1, 2))
    then = now + horizon
    came = float(panel.standing[then, pair]) if then < len(panel.years) else np.nan
    windows = [(w, outcome[origin == w]) for w in np.unique(origin)]
    return Fate(
        horizon=horizon,
        as_of=panel.years[now],
        standing=float(panel.standing[now, pair]),
        names=panel.names[:depth],
        klass=tuple(int(bins[now, pair]) for bins in panel.bins[:depth]),
        cases=len(rows),
        pairs=len(np.unique(pairs)),
        countries=len(np.union1d(ends[0], ends[1])),
        windows=len(windows),
        closer=closer,
        same=same,
        apart=apart,
        p=beyond_half(outcome == 1, *ends),
        after=_band(held.after[rows]),
        of_all=held.shares,
        by_window=tuple((panel.years[int(w)], len(found), *_shares(found)) for w, found in windows),
        came=None if np.isnan(came) else came,
    )


def _shares(outcome: _Ints) -> tuple[float, float, float]:
    closer, same, apart = np.bincount(outcome, minlength=3) / max(len(outcome), 1)
    return float(closer), float(same), float(apart)


def _band(after: _Array) -> tuple[float, float, float]:
    """The narrowest band that holds its share, and the middle: pairs at an end of the scale mostly stay at it."""
    rising, inside = np.sort(after), int(np.ceil(BAND * len(after)))
    first = int(np.argmin(rising[inside - 1 :] - rising[: len(rising) - inside + 1]))
    return float(rising[first]), float(np.median(rising)), float(rising[first + inside - 1])


def _called(panel: Panel, now: int, horizon: int) -> tuple[_Ints, _Array, _Array, _Ints] | None:
    """Calls of all pairs from one year: the pair, whether the band held, what the class gained, the year."""
    held = _cases(panel, now, horizon)
    if len(np.unique(held.origin)) < _EARLY["windows"]:
        return None
    came = panel.standing[now + horizon]
    asked = np.flatnonzero(~np.isnan(panel.standing[now] + came))
    todo, found = np.ones(len(asked), bool), []
    for depth in range(len(panel.bins), 0, -1):
        here, there = panel.codes(depth)[now, asked], held.codes(depth)
        order = np.argsort(there, kind="stable")
        for code in np.unique(here[todo & (here >= 0)]):
            ends = np.searchsorted(there[order], [code, code + 1])
            rows = order[ends[0] : ends[1]]
            if held.enough(rows, _EARLY):
                mine = todo & (here == code)
                found.append(_judged(held, rows, asked[mine], (now, horizon)))
                todo &= ~mine
    if not found:
        return None
    pair, within, gain = (np.concatenate([f[k] for f in found]) for k in range(3))
    return pair.astype(np.int64), within, gain, np.full(len(pair), now, np.int64)


def _judged(held: _Cases, rows: _Ints, asked: _Ints, at: tuple[int, int]) -> tuple[_Ints, _Array, _Array]:
    """Pairs of one class: whether the band held, and the Brier score of all pairs' shares less the class's."""
    before, came = (held.panel.standing[year, asked] for year in (at[0], sum(at)))
    low, _, high = _band(held.after[rows])
    was = np.eye(3)[_outcome(came - before)]
    of_all, own = (((np.array(x) - was) ** 2).sum(axis=1) for x in (held.shares, _shares(held.outcome[rows])))
    return asked, ((came >= low) & (came <= high)).astype(np.float64), of_all - own
