"""Turning points and pulses of every series that a page shows, under one bound on false alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from visavis.findings._series import Counts, Series, period_kind, series_of
from visavis.findings._view import View
from visavis.models import _series as models
from visavis.models.turning_points import Segmentation, counts, page, shares
from visavis.store.coverage import days_in

__all__ = [
    "ALARM", "ASSUMED", "FEWEST", "SHORTEST", "Cut", "What", "all_series", "cut", "cuts_of", "long_enough",
    "pooled_scatter", "scatter",
]  # fmt: skip

ALARM = 0.05
"""Chance that anything on the page is shown as a turn or a pulse when nothing changes in any series."""

SHORTEST = 48
"""Series with fewer full periods are shown, not cut: four years of months, or a year of weeks."""

_BLOCKS = 12
_TELLING = 12  # periods that tell how a share scatters

FEWEST = 100
"""So are series with fewer acts in those periods."""

ASSUMED = 1.5
"""Variance over that of independent acts where a series is too short to tell it."""

What = Literal["share", "rate"]


@dataclass(frozen=True)
class Cut:
    """One series, what is looked at in it (conflictual share, or acts per 10,000), and what was found."""

    series: Series
    what: What
    found: Segmentation

    def period(self, t: int) -> str:
        """Name of the period with index ``t``; of the next one there is, where that one is absent."""
        later = self.series.t >= t
        return self.series.periods[int(later.argmax())] if later.any() else self.series.periods[-1]

    def level(self, t: int) -> float:
        """Observed level in the period with index ``t``."""
        i = int((self.series.t == t).argmax())
        over = self.series.acts[i] if self.what == "share" else self.series.exposure[i] / 10_000
        return float((self.series.conflict if self.what == "share" else self.series.acts)[i] / over)


def all_series(view: View) -> list[Series]:
    """Both directions of every stream that has an act of the pair, streams by their first period."""
    found = []
    for stream in view.tables.streams:
        both = series_of(view, stream, period_kind(view, stream))
        if any(len(s) and s.acts.sum() for s in both):
            found += both
    return sorted(found, key=lambda s: (days_in(s.periods[0]), s.stream, s.source))


def long_enough(series: Series) -> bool:
    """Whether a series has enough full periods, and acts in them, to look for turns."""
    return int(series.full.sum()) >= SHORTEST and int(series.tested.acts.sum()) >= FEWEST


def scatter(series: Series, what: What) -> float:
    """Variance of a period's share or count over that of independent acts, at least 1; assumed where it is not told."""
    tested = series.tested
    if int((tested.acts > 0).sum()) < _TELLING:
        return ASSUMED
    return max(1.0, page([_ready(tested, what)])[0].dispersion)


def pooled_scatter(k: Counts, n: Counts) -> float:
    """Variance of a share pooled over a series, over that of independent acts: at least 1, assumed where short.

    From up to twelve blocks of neighbouring periods, so that slow change and memory count as what they are.

    Args:
        k: what the share is of, by period, shape (periods,).
        n: of how many, shape (periods,).
    """
    blocks = min(_BLOCKS, len(n) // 2)
    if blocks < _BLOCKS // 2 or not 0 < k.sum() < n.sum():
        return ASSUMED
    total = float(n.sum())
    share = float(k.sum()) / total
    off = np.array([part.sum() for part in np.array_split(k - share * n, blocks)])
    variance = blocks / (blocks - 1) * float((off**2).sum()) / total**2
    return max(1.0, variance * total / (share * (1 - share)))


def _ready(s: Series, what: What) -> models.Series:
    return shares(s.t, s.conflict, s.acts) if what == "share" else counts(s.t, s.acts, s.exposure / 10_000)


def cuts_of(view: View) -> list[Cut]:
    """The cuts of all series of a pair and span, made once."""
    name = f"cuts {view.a} {view.b} {view.since} {view.until}"
    return view.tables.once(name, lambda: cut(all_series(view)))


def cut(series: list[Series]) -> list[Cut]:
    """Cut all series that are long enough into regimes, together."""
    tested = [s.tested for s in series if long_enough(s)]
    ready: list[tuple[Series, What]] = [(s, what) for s in tested for what in ("share", "rate")]
    found = page([_ready(s, what) for s, what in ready], ALARM)
    return [Cut(s, what, one) for (s, what), one in zip(ready, found, strict=True)]
