"""Periods on an axis: where one starts, which comes next, where a run of them breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

__all__ = ["following", "middle", "runs", "start"]


def start(period: str) -> date:
    """First day of a period: ``2012-08``, ``2012-W31`` or ``2012``; a day is its own start.

    >>> start("2019-W01").isoformat()
    '2018-12-31'
    """
    if "W" in period:
        year, week = period.split("-W")
        return date.fromisocalendar(int(year), int(week), 1)
    return date.fromisoformat((period + "-01-01")[:10])


def following(period: str) -> str:
    """The period after this one, of the same kind.

    >>> following("2012-12"), following("2020-W53"), following("2012")
    ('2013-01', '2021-W01', '2013')
    """
    if "W" in period:
        year, week, _ = (start(period) + timedelta(days=7)).isocalendar()
        return f"{year}-W{week:02d}"
    if len(period) == 4:
        return str(int(period) + 1)
    if len(period) == 10:
        return (start(period) + timedelta(days=1)).isoformat()
    months = int(period[:4]) * 12 + int(period[5:7])
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def middle(period: str) -> date:
    """The day in the middle of a period: where its point stands on an axis of time.

    >>> middle("2012-08").isoformat()
    '2012-08-16'
    """
    return start(period) + (start(following(period)) - start(period)) / 2


def runs(rows: Iterable[Mapping[str, Any]], *keys: str) -> list[dict[str, Any]]:
    """The rows sorted by ``keys`` and period, each with the number of its unbroken ``run`` and its middle day ``at``.

    A line drawn within a run never crosses a period that is absent.

    >>> [row["run"] for row in runs([{"period": "2012-01"}, {"period": "2012-02"}, {"period": "2012-04"}])]
    [0, 0, 1]
    """
    numbered: list[dict[str, Any]] = []
    run, awaited = -1, None
    for row in sorted(rows, key=lambda r: (*(r[key] for key in keys), start(r["period"]))):
        here = (*(row[key] for key in keys), row["period"])
        run += here != awaited
        awaited = (*here[:-1], following(row["period"]))
        numbered.append({**row, "run": run, "at": middle(row["period"]).isoformat()})
    return numbered
