"""How much of each period a stream has files for. A gap is not a zero."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

__all__ = ["FULL", "PeriodCoverage", "days_in", "period_coverage", "period_of", "period_range"]

FULL = 0.9
"""A period with files for at least this share of its days is full; below it is partial, shown and never tested."""

Period = Literal["month", "week"]


@dataclass(frozen=True, slots=True)
class PeriodCoverage:
    """One period of one stream.

    Args:
        stream: the stream.
        period: ``2012-08`` or ``2012-W31``.
        covered: share of the period's days for which files are there, 0 to 1.
        settled: whether enough later days are there that late rows have come in.
    """

    stream: str
    period: str
    covered: float
    settled: bool

    @property
    def full(self) -> bool:
        """Covered well enough to be tested."""
        return self.covered >= FULL


def period_of(day: dt.date, period: Period) -> str:
    """The month or ISO week of a day.

    >>> period_of(dt.date(2012, 12, 31), "week")
    '2013-W01'
    """
    if period == "month":
        return f"{day:%Y-%m}"
    iso = day.isocalendar()
    return f"{iso.year:04d}-W{iso.week:02d}"


def days_in(period: str) -> tuple[dt.date, dt.date]:
    """First and last day of a month, an ISO week, or a year.

    >>> days_in("2019-W11")
    (datetime.date(2019, 3, 11), datetime.date(2019, 3, 17))
    """
    if "W" in period:
        first = dt.date.fromisocalendar(int(period[:4]), int(period[6:]), 1)
        return first, first + dt.timedelta(days=6)
    if len(period) == 4:
        return dt.date(int(period), 1, 1), dt.date(int(period), 12, 31)
    year, month = int(period[:4]), int(period[5:7])
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def period_range(first: dt.date, last: dt.date, period: Period) -> list[str]:
    """All periods that touch the span, in order."""
    found, day = [], first
    while day <= last:
        found.append(period_of(day, period))
        day = days_in(found[-1])[1] + dt.timedelta(days=1)
    return found


def period_coverage(coverage: pa.Table, lag_days: dict[str, int], period: Period) -> list[PeriodCoverage]:
    """Coverage of every period from each stream's first day to its last, by stream and time.

    Args:
        coverage: the table ``coverage``.
        lag_days: for each stream, how many days later its last rows for a day arrive.
        period: month or week.
    """
    shares: dict[str, dict[dt.date, float]] = defaultdict(dict)
    for row in coverage.select(["stream", "day", "files_expected", "files_got"]).to_pylist():
        shares[row["stream"]][row["day"]] = min(1.0, row["files_got"] / row["files_expected"])
    found = []
    for stream, days in sorted(shares.items()):
        first, last = min(days), max(days)
        sums: dict[str, float] = defaultdict(float)
        for day, share in days.items():
            sums[period_of(day, period)] += share
        settled_until = last - dt.timedelta(days=lag_days.get(stream, 0))
        for name in period_range(first, last, period):
            start, end = days_in(name)
            length = (end - start).days + 1
            found.append(PeriodCoverage(stream, name, sums.get(name, 0.0) / length, end <= settled_until))
    return found
