"""Which period a reader means by "these days", and which past it is held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visavis.errors import NoDataError, UsageError
from visavis.findings._series import FEW, Series, series_of
from visavis.findings._view import View
from visavis.store.coverage import Period, days_in, period_of, period_range

__all__ = ["STALE", "Window", "window_of"]

STALE = 3
"""When the last full period lies more than this many periods back, it is no longer "these days"."""

_PAST: dict[Period, int] = {"month": 60, "week": 104}  # the farther back a period, the less it counts
_BASELINE: dict[Period, int] = {"month": 24, "week": 52}  # all periods count alike


@dataclass(frozen=True)
class Window:
    """The periods looked at, in one stream, and the pair's two series there.

    Args:
        stream: the stream.
        kind: month or week.
        asked: the period the reader asked for; None for the last full one.
        periods: the periods looked at: one, or the weeks of a month that was asked for.
        series: both directions, in ISO order; all periods up to the last one looked at.
        age: how many periods lie between the last one looked at and today.
    """

    stream: str
    kind: Period
    asked: str | None
    periods: tuple[str, ...]
    series: tuple[Series, Series]
    age: int

    @property
    def label(self) -> str:
        """The period as the reader would call it."""
        return self.asked if self.asked is not None else self.periods[-1]

    @property
    def full(self) -> bool:
        """Whether every period looked at is covered well enough to be tested."""
        one = self.series[0]
        return all(bool(one.full[one.periods.index(p)]) for p in self.periods)

    @property
    def past(self) -> tuple[str, ...]:
        """The baseline of a change: at most two years of full months, or one of full weeks, before the window."""
        return self.before(self.periods[0])[-_BASELINE[self.kind] :]

    def before(self, period: str) -> tuple[str, ...]:
        """Full periods before one, at most five years of months or two of weeks."""
        one = self.series[0]
        earlier = [p for p, full in zip(one.periods, one.full, strict=True) if full and p < period]
        return tuple(earlier[-_PAST[self.kind] :])

    def rows(self, series: Series, periods: tuple[str, ...]) -> np.ndarray:
        """Positions of some periods in a series."""
        return np.array([series.periods.index(p) for p in periods], dtype=np.int64)


def window_of(view: View) -> Window:
    """The window for ``view.at``, or for the last full period of the stream that reaches furthest.

    Raises:
        NoDataError: no stream has a full period there.
    """
    if view.at is not None:
        return _asked(view, view.at)
    last: dict[str, tuple[str, Period]] = {}
    for stream in view.tables.streams:
        months = _whole(view, stream, "month")
        kind: Period = "month" if len(months) > FEW else "week"
        full = _whole(view, stream, kind)
        if full:
            last[stream] = (full[-1], kind)
    if not last:
        raise NoDataError("No stream of the record has a full month or week in this span. Import more files.")
    stream = max(last, key=lambda s: (days_in(last[s][0])[1], s))
    period, kind = last[stream]
    return _window(view, stream, kind, None, (period,))


def _whole(view: View, stream: str, kind: Period) -> list[str]:
    """Periods of a stream that are full, have their late reports, and lie wholly within the span asked for."""
    held = (c for c in view.coverage(kind) if c.stream == stream and c.full and c.settled)
    return [c.period for c in held if view.within(c.period)]


def _asked(view: View, at: str) -> Window:
    if len(at) not in (7, 8):
        raise UsageError(f"{at!r} is no month or week. Write 2019-01 or 2019-W03.")
    kind: Period = "week" if "W" in at else "month"
    having = [c for c in view.coverage(kind) if c.period == at and c.covered > 0]
    if not having:
        spans = ", ".join(f"{s.first_day} to {s.last_day}" for s in view.tables.streams.values())
        raise NoDataError(f"The record has no files for {at}. It covers {spans}.")
    best = max(having, key=lambda c: (c.covered, c.stream))
    before = [c for c in view.tables.coverage("month") if c.stream == best.stream and c.full and c.period < at[:7]]
    if kind == "month" and len(before) < FEW:
        first, last = days_in(at)
        weeks = [w for w in period_range(first, last, "week") if _mostly_in(w, at)]
        full = {c.period for c in view.coverage("week") if c.stream == best.stream and c.full}
        if weeks and full.issuperset(weeks):
            return _window(view, best.stream, "week", at, tuple(weeks))
    return _window(view, best.stream, kind, at, (at,))


def _mostly_in(week: str, month: str) -> bool:
    """Whether the week's Thursday, which ISO counts by, lies in the month."""
    from datetime import timedelta

    return period_of(days_in(week)[0] + timedelta(days=3), "month") == month


def _window(view: View, stream: str, kind: Period, asked: str | None, periods: tuple[str, ...]) -> Window:
    both = [s.where(np.array([p <= periods[-1] for p in s.periods], bool)) for s in series_of(view, stream, kind)]
    ahead = period_range(days_in(periods[-1])[0], max(view.today, days_in(periods[-1])[0]), kind)
    return Window(stream, kind, asked, periods, (both[0], both[1]), len(ahead) - 2)
