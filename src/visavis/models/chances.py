"""Whether what was said to have some chance came as often: Brier score, and how often it came by what was said.

Of a forecast "the conflictual share will be larger than in the last equal time, with a chance of p", what came is yes
or no. The Brier score is the mean of (p - what came)^2 (Brier 1950); it is set against always saying how often it came
in all, known in hindsight. Chances are put in bands; of each, how often it came is told with an interval over pairs of
countries, since forecasts of one pair are not independent (reliability: Murphy 1973).

A distribution can be right over all and yet give wrong chances of what is measured against its own past: a last share
that was high may have been so by chance, or for a reason. So chances are bent by a logistic line, logit(p) -> a + b
logit(p) (Platt 1999), learned from what had come by then; what is scored was bent with the past of each forecast alone.
The method that says them was chosen on all that was tried. What cannot come is neither said nor scored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from visavis.models.intervals import Estimate, share_interval

__all__ = ["EDGES", "Band", "Chances", "Line", "band_of", "bent", "bent_in_time", "learn_line", "ratio_of_sums",
           "score_chances"]  # fmt: skip

EDGES = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
"""Ends of the bands; the outer two are those from which a larger, or a smaller, share is said to be sure."""

_LEAST = 0.002  # what a chance is taken to be at least, and at most but for as much
_FEW_PAIRS = 30  # below so many pairs in a band, its interval is at least that of as many single forecasts
_FEWEST = 200  # forecasts that a line is learned from
_STIFF = 2_000.0  # forecasts that the line which changes nothing counts for, about: few pairs bend little
_GROWN = 1.25  # the line is learned anew when so many times as many forecasts have come
Line = tuple[float, float]
Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Band:
    """Forecasts that said a chance within a band.

    Args:
        first, last: its ends.
        n: forecasts.
        dyads: directed dyads among them.
        said: mean chance said.
        came: how often it came, with a 90 % interval clustered by pair.
    """

    first: float
    last: float
    n: int
    dyads: int
    said: float
    came: Estimate


@dataclass(frozen=True, slots=True)
class Chances:
    """How chances did.

    Args:
        n: forecasts.
        dyads: directed dyads among them.
        rate: how often it came, of all.
        brier: mean squared error of the chance.
        ratio: that over the error of always saying ``rate``, with a 90 % interval clustered by pair.
        bands: by what was said; bands in which nothing was said are left out.
        line: how chances are to be bent from now on; (0, 1) changes nothing.
    """

    n: int
    dyads: int
    rate: float
    brier: float
    ratio: Estimate
    bands: tuple[Band, ...]
    line: Line = (0.0, 1.0)


def band_of(chance: float) -> tuple[float, float]:
    """Ends of the band that a chance lies in; 5 and 95 % belong to the outer bands.

    >>> band_of(0.12), band_of(0.05), band_of(0.95), band_of(1.0)
    ((0.05, 0.2), (0.0, 0.05), (0.95, 1.0), (0.95, 1.0))
    """
    i = int(_band(np.array([chance]))[0])
    return EDGES[i], EDGES[i + 1]


def _band(chances: Array) -> Counts:
    """Number of the band, shape (chances,)."""
    found = np.clip(np.searchsorted(EDGES, chances, side="right") - 1, 0, len(EDGES) - 2)
    return np.asarray(np.where(chances <= EDGES[1], 0, found), np.int64)


def bent(chances: Array, line: Line) -> Array:
    """Chances of what can come, bent by a logistic line, shape (chances,); none is nought or one.

    >>> bent(np.array([0.1, 0.5]), (0.0, 1.0)).round(3), bent(np.array([0.1, 0.5]), (0.0, 0.5)).round(3)
    (array([0.1, 0.5]), array([0.25, 0.5 ]))
    """
    a, b = line
    return np.asarray(expit(a + b * logit(np.clip(chances, _LEAST, 1 - _LEAST))))


def learn_line(said: Array, came: npt.NDArray[np.bool_]) -> Line:
    """The line by maximum likelihood, drawn a little toward the one that changes nothing; that one where few came."""
    if len(said) < _FEWEST:
        return 0.0, 1.0
    x = np.column_stack([np.ones(len(said)), logit(np.clip(said, _LEAST, 1 - _LEAST))])
    plain = np.array([0.0, 1.0])
    line, stiff = plain.copy(), _STIFF / 4 * np.eye(2)
    for _ in range(12):
        share = expit(x @ line)
        slope = x.T @ (came - share) - stiff @ (line - plain)
        curve = (x * (share * (1 - share))[:, None]).T @ x + stiff
        step = np.linalg.solve(curve, slope)
        line = line + step * min(1.0, 1.0 / float(np.abs(step).max() + 1e-12))
    return float(line[0]), float(max(line[1], 0.0))


def bent_in_time(at: Counts, said: Array, came: npt.NDArray[np.bool_], last: int) -> Array:
    """Chances bent by what had come when each was said, shape (n,).

    Args:
        at: period after which each was said, in order, shape (n,).
        said, came: the chance and whether it came.
        last: periods until that is known.
    """
    out, line, learned = said.copy(), (0.0, 1.0), 0
    for t in np.unique(at).tolist():
        known = int(np.searchsorted(at, t - last, side="right"))
        if known >= max(_FEWEST, _GROWN * learned):
            line, learned = learn_line(said[:known], came[:known]), known
        here = slice(*np.searchsorted(at, [t, t + 1]))
        out[here] = bent(said[here], line)
    return out


def score_chances(rows: Counts, said: Array, came: npt.NDArray[np.bool_], cluster: Counts) -> Chances | None:
    """Score chances of something that came or did not; None where none was said.

    Args:
        rows: directed dyad of each forecast, shape (n,).
        said: its chance, 0 to 1.
        came: whether it came.
        cluster: number of the pair that each dyad belongs to, shape (dyads,).

    Example:
        >>> rng = np.random.default_rng(1)
        >>> said, rows = rng.random(4000), np.arange(4000) % 100
        >>> found = score_chances(rows, said, rng.random(4000) < said, np.arange(100) // 2)
        >>> round(found.ratio.value, 1), [round(band.came.value - band.said, 1) + 0.0 for band in found.bands]
        (0.7, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    """
    if not len(rows):
        return None
    happened = came.astype(np.float64)
    rate, error, pair = float(happened.mean()), (said - happened) ** 2, cluster[rows]
    bands, at = [], _band(said)
    for i in np.unique(at).tolist():
        here = at == i
        share, pairs = ratio_of_sums(happened[here], np.ones(int(here.sum())), pair[here], int(here.sum()))
        few = share_interval(share.value * pairs, pairs) if pairs < _FEW_PAIRS else None  # their scatter tells little
        low, high = (share.low, share.high) if few is None else (min(share.low, few.low), max(share.high, few.high))
        ends = Estimate(share.value, max(low, 0.0), min(high, 1.0), share.n, share.level)
        dyads = len(np.unique(rows[here]))
        bands.append(Band(EDGES[i], EDGES[i + 1], share.n, dyads, float(said[here].mean()), ends))
    ratio, _ = ratio_of_sums(error, (rate - happened) ** 2, pair, len(rows))
    return Chances(len(rows), len(np.unique(rows)), rate, float(error.mean()), ratio, tuple(bands))


def ratio_of_sums(over: Array, under: Array, cluster: Counts, n: int) -> tuple[Estimate, int]:
    """Sum over sum with a 90 % interval by the scatter of clusters, and how many clusters hold anything.

    Args:
        over, under: what is added up, each of shape (k,).
        cluster: whole numbers from 0, shape (k,).
        n: the count that it rests on.
    """
    together = [np.bincount(cluster, x) for x in (over, under)]
    whole = max(float(under.sum()), 1e-12)
    value = float(over.sum()) / whole
    clusters = int((together[1] > 0).sum())
    off = ((together[0] - value * together[1]) ** 2).sum()
    reach = 1.6449 * float(np.sqrt(clusters / max(clusters - 1, 1) * off)) / whole
    return Estimate(value, value - reach, value + reach, n, 0.9), clusters
