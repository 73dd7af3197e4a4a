"""Turning points and pulses of every series that a page shows, under one bound on false alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from visavis.findings._series import Series, period_kind, series_of
from visavis.findings._view import View
from visavis.models.turning_points import Segmentation, counts, page, shares
from visavis.store.coverage import days_in

__all__ = ["ALARM", "ASSUMED", "FEWEST", "SHORTEST", "Cut", "all_series", "cut", "long_enough", "scatter"]

ALARM = 0.05
"""Chance that anything on the page is shown as a turn or a pulse when nothing changes in any series."""

SHORTEST = 48
"""Series with fewer full periods are shown, not cut: four years of months, or a year of weeks."""

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


def scatter(series: Series) -> float:
    """Variance of the conflictual share over that of independent acts, at least 1; assumed where it cannot be told."""
    tested = series.tested
    if int((tested.acts > 0).sum()) < _TELLING:
        return ASSUMED
    return max(1.0, page([shares(tested.t, tested.conflict, tested.acts)])[0].dispersion)


def cut(series: list[Series]) -> list[Cut]:
    """Cut all series that are long enough into regimes, together."""
    tested = [s.tested for s in series if long_enough(s)]
    ready: list[tuple[Series, What]] = [(s, what) for s in tested for what in ("share", "rate")]
    arrays = [
        shares(s.t, s.conflict, s.acts) if what == "share" else counts(s.t, s.acts, s.exposure / 10_000)
        for s, what in ready
    ]
    found = page(arrays, ALARM)
    return [Cut(s, what, one) for (s, what), one in zip(ready, found, strict=True)]
