"""Chart: how far apart two countries' ways of dealing with a third one lie, over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from visavis.charts.panels import Panel, time_axis
from visavis.charts.periods import following, start
from visavis.charts.theme import FAINT, INK, WIDTH, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["distances"]

_AXIS, _HEIGHT = 44, 130
_COLUMNS = ("since", "until", "value", "low", "high", "acts")
_HEADINGS = {"since": "column.since", "until": "column.until", "value": "column.company.distance", "low": "column.low",
             "high": "column.high", "acts": "column.acts"}  # fmt: skip
_UNITS = {"value": "distance", "low": "distance", "high": "distance", "acts": "acts"}


def distances(rows: Sequence[Mapping[str, Any]], pair: tuple[str, str], third: str) -> Chart:
    """A line with its band; a window of time stands in its middle. The line breaks where a window is absent.

    Args:
        rows: ``since, until`` (first and last period of a window), ``value, low, high`` (0 to 100), ``acts``, in order
            of time.
        pair: the two, in ISO order.
        third: the country they deal with.

    >>> row = {"since": "2012-01", "until": "2012-12", "value": 8.0, "low": 5.0, "high": 12.0, "acts": 300}
    >>> distances([row], ("JPN", "KOR"), "CHN").name
    'distances'
    """
    panel = Panel("", start(rows[0]["since"]), start(following(rows[-1]["until"])), WIDTH - _AXIS)
    drawn = [{**row, "start": _middle(row), "run": run} for row, run in zip(rows, _runs(rows), strict=True)]
    top = min(100.0, 1.1 * max(row["high"] for row in rows))
    x = {**time_axis(panel, labels=True)}
    y = {"type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "title": None}
    band = {"mark": {"type": "area", "opacity": 0.18, "color": INK, "line": False}}
    terms = {"a": Term("country", pair[0]), "b": Term("country", pair[1]), "third": Term("country", third)}
    body = {
        "width": panel.width,
        "height": _HEIGHT,
        "data": {"values": drawn},
        "encoding": {"x": x, "detail": {"field": "run", "type": "nominal"}},
        "layer": [
            {**band, "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}}},
            {"mark": {"type": "line", "color": INK, "strokeWidth": 1.8}, "encoding": {"y": {**y, "field": "value"}}},
            {
                "mark": {"type": "point", "filled": True, "color": INK, "size": 16, "opacity": 1},
                "encoding": {"y": {**y, "field": "value", "axis": {"tickCount": 3, "minExtent": _AXIS - 4}}},
            },
            {"data": {"values": [{}]}, "mark": {"type": "rule", "color": FAINT}, "encoding": {
                "y": {"datum": 0}, "x": None, "detail": None}},
        ],
    }  # fmt: skip
    numbers = {
        "lowest": Number(float(min(row["value"] for row in rows)), "distance"),
        "highest": Number(float(max(row["value"] for row in rows)), "distance"),
    }
    ends = {"from": Term("period", rows[0]["since"]), "until": Term("period", rows[-1]["until"])}
    return Chart(
        name="distances",
        spec=themed("distances", body, [{name: row[name] for name in _COLUMNS} for row in rows], _UNITS),
        title=Message("charts.distances.title", terms=terms),
        alt=Message("charts.distances.alt", numbers, {**terms, **ends}),
        columns=_HEADINGS,
    )


def _middle(row: Mapping[str, Any]) -> str:
    first, last = start(row["since"]), start(following(row["until"]))
    return (first + (last - first) / 2).isoformat()


def _runs(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """A number for each unbroken run: windows that touch or overlap belong together."""
    found = [0] if rows else []
    for before, row in pairwise(rows):
        found.append(found[-1] + (start(row["since"]) > start(following(before["until"]))))
    return found
