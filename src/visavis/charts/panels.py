"""One panel a stream, side by side, each as wide as its span is long; the time axis of a panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from visavis.charts.periods import following, start
from visavis.charts.theme import SIZE, WIDTH

__all__ = ["Panel", "panels", "time_axis"]

_NARROWEST, _GAP = 96, 22


@dataclass(frozen=True, slots=True)
class Panel:
    """One stream's place: from the first day of its first period to the day after its last, in ``width`` pixels."""

    stream: str
    first: date
    last: date
    width: int

    def at(self, day: date) -> float:
        """How many pixels from the panel's left edge a day lies."""
        return self.width * (day - self.first).days / max(1, (self.last - self.first).days)


def panels(rows: Iterable[Mapping[str, Any]], axis: int, every_axis: int = 0) -> list[list[Panel]]:
    """Panels by line of the page, in order of time.

    Args:
        rows: mappings with ``stream`` and ``period``.
        axis: pixels that the first panel of a line needs for the labels of its vertical axis.
        every_axis: the same for each further panel, where each has a scale of its own.
    """
    spans: dict[str, tuple[date, date]] = {}
    for row in rows:
        first, last = start(row["period"]), start(following(row["period"]))
        known = spans.get(row["stream"], (first, last))
        spans[row["stream"]] = (min(first, known[0]), max(last, known[1]))
    order = sorted(spans, key=lambda stream: (*spans[stream], stream))
    most = max(1, (WIDTH - axis + every_axis + _GAP) // (_NARROWEST + every_axis + _GAP))
    lines = [order[i : i + most] for i in range(0, len(order), most)]
    return [_line({s: spans[s] for s in line}, WIDTH - axis - (len(line) - 1) * (_GAP + every_axis)) for line in lines]


def _line(spans: Mapping[str, tuple[date, date]], width: int) -> list[Panel]:
    """Shares ``width`` among panels by their days; none is narrower than can carry a label."""
    days = {stream: (last - first).days for stream, (first, last) in spans.items()}
    narrow: set[str] = set()
    while True:
        left = width - _NARROWEST * len(narrow)
        per_day = left / max(1, sum(d for s, d in days.items() if s not in narrow))
        small = {s for s, d in days.items() if s not in narrow and d * per_day < _NARROWEST}
        if not small or len(narrow | small) == len(days):
            break
        narrow |= small
    widths = {s: _NARROWEST if s in narrow else int(d * per_day) for s, d in days.items()}
    return [Panel(stream, *spans[stream], max(widths[stream], _NARROWEST)) for stream in spans]


def time_axis(panel: Panel, *, labels: bool) -> dict[str, Any]:
    """The ``x`` channel of a panel: years where it is long, months where it is short; data come as ``start``."""
    months = [m for m in _months(panel) if panel.first <= m < panel.last] or [panel.first]
    years = [m for m in months if m.month == 1]
    # On a long axis a label is a year, on a short one the name of a month over its year.
    ticks, expression = (years, "utcFormat(datum.value, '%Y')")
    if len(months) <= 36 or len(years) < 2:
        ticks, expression = months, _MONTH
    if len(months) == 1:  # the only points stand in the middle of the panel, and so does their label
        ticks = [panel.first + (panel.last - panel.first) / 2]
    step = _step(len(ticks), panel.width)
    return {
        "field": "start",
        "type": "temporal",
        "scale": {"type": "utc", "domain": [panel.first.isoformat(), panel.last.isoformat()]},
        "title": None,
        "axis": {
            "values": [{"expr": f"utc({m.year}, {m.month - 1}, {m.day})"} for m in ticks[::step]],
            "labelExpr": expression,
            "labels": labels,
            "labelFlush": False,
            "labelOverlap": False,
        },
    }


_MONTH = (
    "[utcFormat(datum.value, '%b'), datum.index == 0 || utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : '']"
)


def _months(panel: Panel) -> list[date]:
    """First days of the months that a panel touches."""
    begin, end = panel.first.year * 12 + panel.first.month - 1, panel.last.year * 12 + panel.last.month - 1
    return [date(m // 12, m % 12 + 1, 1) for m in range(begin, end + 1)]


def _step(ticks: int, width: int) -> int:
    """Label every how many ticks, so that labels stay a letter apart."""
    fits = max(1, int(width / (3.1 * SIZE)))
    return next((step for step in (1, 2, 3, 4, 5, 6, 10, 12, 20) if ticks / step <= fits), 25)
