"""Chart: the three ties of a triangle over time, each against the middle and against what is usual at the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from visavis.charts.panels import Panel, time_axis
from visavis.charts.periods import following, start
from visavis.charts.theme import FAINT, GREY, INK, WIDTH, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["triangle_chart"]

_AXIS, _HEIGHT, _GAP, _LINE = 44, 110, 24, 16
_COLUMNS = ("a", "b", "since", "until", "share", "low", "high", "acts", "sign", "usual")
_HEADINGS = {"a": "column.company.one", "b": "column.company.other", "since": "column.since", "until": "column.until",
             "share": "column.share", "low": "column.low", "high": "column.high", "acts": "column.acts",
             "sign": "column.company.sign", "usual": "column.company.usual"}  # fmt: skip
_UNITS = dict.fromkeys(("share", "low", "high", "usual"), "share of acts") | {"acts": "acts"}


def triangle_chart(rows: Sequence[Mapping[str, Any]], trio: Sequence[str]) -> Chart:
    """Three panels, one a tie: conflictual share of conflictual and cooperative acts, with its interval.

    Filled points are decided, hollow ones lie across the middle. All ties have one ink: no side has a colour here.

    Args:
        rows: ``a, b`` (a tie, in ISO order), ``since, until`` (a stretch of time), ``share, low, high, usual`` (0 to
            1), ``acts``, ``sign`` (``cooperative``, ``conflictual``, ``undecided``).
        trio: the three countries, in ISO order.

    >>> row = {"a": "CHN", "b": "JPN", "since": "2012-01", "until": "2012-12", "share": 0.4, "low": 0.3, "high": 0.5}
    >>> triangle_chart([{**row, "usual": 0.2, "acts": 90, "sign": "undecided"}], ("CHN", "JPN", "KOR")).name
    'triangle'
    """
    first, last = min(row["since"] for row in rows), max(row["until"] for row in rows)
    width = (WIDTH - _AXIS - 2 * _GAP) // 3
    panel = Panel("", start(first), start(following(last)), width)
    cells = [
        _cell(panel, [r for r in rows if (r["a"], r["b"]) == d], d, i) for i, d in enumerate(combinations(trio, 2))
    ]
    table = [
        {name: row[name] for name in _COLUMNS}
        | {"a": Term("country", row["a"]), "b": Term("country", row["b"])}
        | {"sign": Term("word", f"company.sign.{row['sign']}")}
        for row in rows
    ]
    numbers = {
        "lowest": Number(min(row["share"] for row in rows), "share of acts"),
        "highest": Number(max(row["share"] for row in rows), "share of acts"),
    }
    terms = {"from": Term("period", first), "until": Term("period", last)}
    return Chart(
        name="triangle",
        spec=themed("triangle", {"hconcat": cells, "spacing": _GAP, "bounds": "flush"}, table, _UNITS),
        title=Message("charts.triangle.title"),
        alt=Message("charts.triangle.alt", numbers, terms),
        columns=_HEADINGS,
    )


def _cell(panel: Panel, rows: Sequence[Mapping[str, Any]], tie: tuple[str, str], place: int) -> dict[str, Any]:
    """One tie: the middle as a rule, the usual as a grey line, shares with their intervals."""
    y: dict[str, Any] = {"type": "quantitative", "scale": {"domain": [0, 1], "nice": False}, "title": None}
    axis = {"format": ".0%", "values": [0, 0.5, 1], "labels": place == 0, "minExtent": _AXIS - 4 if place == 0 else 0}
    names = {"a": Term("country", tie[0]), "b": Term("country", tie[1])}
    drawn = [{**row, "start": _middle(row), "a": None, "b": None} for row in rows]
    ink = {"color": INK, "opacity": 1}
    heading = {"type": "text", "align": "left", "baseline": "bottom", "fontWeight": 600, "color": INK, "x": 0, "y": -4}
    return {
        "width": panel.width,
        "height": _HEIGHT,
        "data": {"values": drawn},
        "encoding": {"x": time_axis(panel, labels=True), "y": {**y, "field": "share", "axis": axis}},
        "layer": [
            {"data": {"values": [{"mid": 0.5}]}, "mark": {"type": "rule", "color": FAINT},
             "encoding": {"x": None, "y": {**y, "field": "mid", "axis": axis}}},
            {"mark": {"type": "line", "color": GREY, "strokeDash": [2, 3], "strokeWidth": 1.4},
             "encoding": {"y": {**y, "field": "usual", "axis": axis}}},
            {"mark": {"type": "rule", "strokeWidth": 1.6, **ink},
             "encoding": {"y": {**y, "field": "low", "axis": axis}, "y2": {"field": "high"}}},
            {"transform": [{"filter": "datum.sign != 'undecided'"}], "mark": {"type": "point", "filled": True,
             "size": 42, **ink}},
            {"transform": [{"filter": "datum.sign == 'undecided'"}], "mark": {"type": "point", "filled": True,
             "fill": "#ffffff", "size": 42, "strokeWidth": 1.6, "stroke": INK, "opacity": 1}},
            {"data": {"values": [{"name": Message("brief.pair", terms=names)}]}, "mark": heading,
             "encoding": {"text": {"field": "name"}, "x": None, "y": None}},
        ],
    }  # fmt: skip


def _middle(row: Mapping[str, Any]) -> str:
    first, last = start(row["since"]), start(following(row["until"]))
    return (first + (last - first) / 2).isoformat()
