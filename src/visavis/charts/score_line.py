"""Chart: what assuming likeness would have cost so far, act after act: a line a side, with the costliest acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.panels import Panel, time_axis
from visavis.charts.periods import following, middle, start
from visavis.charts.theme import GREY, INK, SHAPES, SIDES, WIDTH, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["score_line"]

_COLUMNS = ("period", "country", "acts", "bits", "sum")
_AXIS, _HEIGHT = 44, 190
_ROOM = 230  # pixels that the words of a mark may need
_PLACES: dict[str, dict[str, Any]] = {
    "above": {"align": "right", "dx": -8, "dy": -5, "baseline": "bottom"},
    "right": {"align": "left", "dx": 9, "dy": 3, "baseline": "top"},
    "below left": {"align": "right", "dx": 4, "dy": 8, "baseline": "top"},
    "below right": {"align": "left", "dx": -4, "dy": 8, "baseline": "top"},
}
_HALO = {"fill": "#ffffff", "stroke": "#ffffff", "strokeWidth": 3, "strokeJoin": "round", "opacity": 0.85}


def score_line(rows: Sequence[Mapping[str, Any]], dear: Sequence[Mapping[str, Any]] = ()) -> Chart:
    """Rising: the other side's record foretold worse than the own one; falling: better; level: as well.

    Args:
        rows: ``period``, ``country`` (whose acts were foretold), ``acts``, ``bits`` (what they cost), ``sum`` (what all
            acts cost up to then), by side in order of time.
        dear: ``period``, ``country``, ``label`` (a ``Message`` or ``Term``): the costliest acts, at most one a side.

    >>> row = {"acts": 4, "bits": 0.5, "sum": 0.5}
    >>> score_line([{**row, "period": "2018-W10", "country": c} for c in ("JPN", "KOR")]).name
    'score_line'
    """
    pair = sorted({row["country"] for row in rows})
    days = sorted((row["period"] for row in rows), key=start)
    panel = Panel("", start(days[0]), start(following(days[-1])), WIDTH - _AXIS)
    last = {country: [row for row in rows if row["country"] == country][-1]["sum"] for country in pair}
    bits = "bits"
    return Chart(
        name="score_line",
        spec=themed(
            "score_line",
            _body(panel, rows, _marked(panel, rows, dear), pair),
            [{name: row[name] for name in _COLUMNS} for row in rows],
            {"acts": "acts", "bits": bits, "sum": bits},
        ),
        title=Message("assumed.chart.line.title"),
        alt=Message(
            "assumed.chart.line.alt",
            {"end_a": Number(last[pair[0]], bits), "end_b": Number(last[pair[-1]], bits)},
            {"a": Term("country", pair[0]), "b": Term("country", pair[-1]), "first": Term("period", days[0])}
            | {"last": Term("period", days[-1])},
        ),
        columns={name: f"assumed.column.{name}" for name in _COLUMNS},
    )


def _marked(panel: Panel, rows: Sequence[Mapping[str, Any]], dear: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Points on the lines for the costliest acts, with their words: above the upper line, below the lower one."""
    height = {(row["country"], row["period"]): row["sum"] for row in rows}
    upper = max(rows, key=lambda row: row["sum"])["country"]
    found = []
    for one in dear:
        at = panel.at(middle(one["period"]))
        where = "below left" if at > panel.width / 2 else "below right"
        if one["country"] == upper:  # a line that costs rises, so that the room is to the left of it
            where = "above" if at > _ROOM else "right"
        words: dict[str, Any] = {"label": one["label"], "where": where, "holder": Term("country", one["country"])}
        day = middle(one["period"]).isoformat()
        found.append({"start": day, "sum": height[one["country"], one["period"]], **words})
    return found


def _body(
    panel: Panel, rows: Sequence[Mapping[str, Any]], stars: Sequence[Mapping[str, Any]], pair: Sequence[str]
) -> dict[str, Any]:
    points = [
        {"start": middle(r["period"]).isoformat(), "sum": r["sum"], "holder": Term("country", r["country"])}
        for r in rows
    ]
    names = [Term("country", c) for c in pair]
    color = {"field": "holder", "type": "nominal", "scale": {"domain": names, "range": list(SIDES)}}
    shape = {"field": "holder", "type": "nominal", "scale": {"domain": names, "range": list(SHAPES)}}
    y = {"field": "sum", "type": "quantitative", "title": Term("word", "assumed.axis.sum"), "axis": {"tickCount": 5}}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{"zero": 0}]},
            "mark": {"type": "rule", "color": GREY},
            "encoding": {"y": {"field": "zero", "type": "quantitative"}, "x": None},
        },
        {"data": {"values": points}, "mark": {"type": "line", "strokeWidth": 2}, "encoding": {"color": color}},
        {
            "data": {"values": stars},
            "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
            "encoding": {"color": color, "shape": shape},
        },
    ]
    for place in sorted({star["where"] for star in stars}):
        words = {
            "data": {"values": [star for star in stars if star["where"] == place]},
            "encoding": {"text": {"field": "label"}},
        }
        layers += [{**words, "mark": {"type": "text", **_PLACES[place], **ink}} for ink in (_HALO, {"color": INK})]
    x = time_axis(panel, labels=True)
    return {"width": panel.width, "height": _HEIGHT, "encoding": {"x": x, "y": y}, "layer": layers}
