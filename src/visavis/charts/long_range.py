"""Chart: where a pair stood among all pairs year by year, and bands of where such pairs stood later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.theme import FAINT, GREY, INK, WIDTH, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["long_range"]

_COLUMNS = {
    "asked": "ahead.column.asked", "year": "ahead.column.year", "low": "column.low", "middle": "ahead.column.middle",
    "high": "column.high", "came": "ahead.column.came",
}  # fmt: skip


def long_range(
    pair: tuple[str, str], figure: Term, standing: Sequence[tuple[int, float]], calls: Sequence[Mapping[str, Any]]
) -> Chart:
    """A line of standings; a bar for each call, grey where its time has come.

    Args:
        pair: the two sides, in ISO order.
        figure: what they are compared on.
        standing: year and share of pairs that are closer, 0 to 1.
        calls: ``asked`` and ``year`` (years), ``low, middle, high`` (shares), ``came`` (a share or None).

    >>> call = {"asked": 2010, "year": 2020, "low": 0.1, "middle": 0.2, "high": 0.4, "came": 0.15}
    >>> long_range(("JPN", "KOR"), Term("outside", "votes"), [(2010, 0.1), (2020, 0.15)], [call]).name
    'long_range'
    """
    terms = {"a": Term("country", pair[0]), "b": Term("country", pair[1]), "figure": figure}
    ends = {"first": Term("period", str(standing[0][0])), "last": Term("period", str(standing[-1][0]))}
    now = Number(standing[-1][1], "share of pairs")
    table = [{**call, "asked": Term("period", str(call["asked"])), "year": Term("period", str(call["year"]))}
             for call in calls]  # fmt: skip
    units = dict.fromkeys(("low", "middle", "high", "came"), "share of pairs")
    return Chart(
        name="long_range",
        spec=themed("long_range", _body(standing, calls), table, units),
        title=Message("ahead.chart.long_range.title", terms=terms),
        alt=Message("ahead.chart.long_range.alt", {"now": now}, {**terms, **ends}),
        columns=_COLUMNS,
    )


def _body(standing: Sequence[tuple[int, float]], calls: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Bars behind, the line before them; bars of calls whose time has not come are in ink."""
    years = [year for year, _ in standing] + [int(call["year"]) for call in calls]
    x = {"type": "quantitative", "scale": {"domain": [min(years), max(years) + 1], "nice": False}}
    axis = {"format": "d", "grid": False, "tickCount": 8, "title": None}
    y = {"type": "quantitative", "scale": {"domain": [0, 1]}}
    title = {"title": Term("word", "ahead.axis.closer"), "axis": {"format": ".0%", "grid": True, "tickCount": 5}}
    bars = []
    # Several calls for one year stand beside each other, the earlier asked to the left.
    for year in sorted({int(call["year"]) for call in calls}):
        own = sorted((call for call in calls if int(call["year"]) == year), key=lambda call: call["asked"])
        for place, call in enumerate(own):
            shift = 0.9 * (place - (len(own) - 1) / 2)
            bars.append({"at": year + shift, "low": call["low"], "middle": call["middle"], "high": call["high"],
                         "open": call["came"] is None})  # fmt: skip
    colour = {"condition": {"test": "datum.open", "value": INK}, "value": FAINT}
    at = {**x, "field": "at", "axis": axis}
    return {
        "width": WIDTH - 60,
        "height": 150,
        "layer": [
            {
                "data": {"values": bars},
                "mark": {"type": "rule", "strokeWidth": 4},
                "encoding": {"x": at, "y": {**y, "field": "low", **title}, "y2": {"field": "high"}, "color": colour},
            },
            {
                "data": {"values": bars},
                "mark": {"type": "point", "shape": "stroke", "size": 160, "strokeWidth": 2},
                "encoding": {"x": at, "y": {**y, "field": "middle"}, "color": colour},
            },
            {
                "data": {"values": [{"year": year, "standing": value} for year, value in standing]},
                "mark": {"type": "line", "color": GREY, "strokeWidth": 2},
                "encoding": {"x": {**x, "field": "year", "axis": axis}, "y": {**y, "field": "standing"}},
            },
        ],
    }
