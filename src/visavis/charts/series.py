"""A series in both directions: a row of panels for each direction, a panel for each stream. For shares and levels.

Both directions of a stream are on one scale. Lines break where a period is absent; a period that is only partly
covered is a hollow point outside the line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from visavis.charts.panels import Panel, panels, time_axis
from visavis.charts.periods import following, middle, runs, start
from visavis.charts.telling import Lines, direction, of_stream
from visavis.charts.theme import FAINT, GREY, INK, SHAPES, SIDES, SIZE, side
from visavis.finding import Message, Term

__all__ = ["Marks", "directions", "series"]

Rows = Sequence[Mapping[str, Any]]
_HEIGHT, _AXIS, _EACH_AXIS, _LINE = 112, 44, 34, 16
_HALO = {"stroke": "#ffffff", "strokeWidth": 3, "strokeJoin": "round", "opacity": 0.85}


@dataclass(frozen=True, slots=True)
class Marks:
    """What is drawn over a series; rows as described in ``shares``."""

    regimes: Rows = ()
    turning_points: Rows = ()
    unusual: Rows = ()


def directions(rows: Rows) -> list[tuple[str, str]]:
    """The directed pairs in the rows, the acting side in ISO order."""
    return sorted({(row["source"], row["target"]) for row in rows})


def series(rows: Rows, marks: Marks, y: Mapping[str, Any], *, tops: Mapping[str, float]) -> dict[str, Any]:
    """The body of a specification.

    Args:
        rows: ``stream, period, source, target, value, low, high, partial``.
        marks: regimes, turning points and unusual periods.
        y: the vertical axis: its ``format``.
        tops: the upper end of each stream's scale; where all are equal the axis is labelled once.
    """
    shared = len(set(tops.values())) == 1
    lines = []
    for line in panels(rows, _AXIS, 0 if shared else _EACH_AXIS):
        for i, (source, target) in enumerate(directions(rows)):
            cells = []
            for j, panel in enumerate(line):
                here = [_only(part, panel.stream, source, target) for part in (rows, marks.regimes)]
                over = [_only(part, panel.stream, source, target) for part in (marks.turning_points, marks.unusual)]
                cell = _cell(panel, *here, *over, color=side(source, (source, target)), top=tops[panel.stream])
                cell["encoding"]["x"] = time_axis(panel, labels=i == len(directions(rows)) - 1)
                cell["encoding"]["y"] = _y_axis(y, top=tops[panel.stream], labels=j == 0 or not shared)
                if i == 0:
                    cell["layer"].append(_heading(panel))
                if j == 0:
                    cell["layer"].append(_name(source, target))
                cells.append(cell)
            lines.append({"hconcat": cells, "spacing": 22 if shared else 22 + _EACH_AXIS, "bounds": "flush"})
    return {"vconcat": lines, "spacing": 14}


def _only(rows: Rows, stream: str, source: str, target: str) -> list[Mapping[str, Any]]:
    return [r for r in rows if (r["stream"], r["source"], r["target"]) == (stream, source, target)]


def _y_axis(y: Mapping[str, Any], *, top: float, labels: bool) -> dict[str, Any]:
    """The vertical axis. It has no title: the chart's own title says what is measured."""
    return {
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "title": None,
        "axis": {"format": y["format"], "tickCount": 3, "labels": labels, "minExtent": _AXIS - 4 if labels else 0},
    }


def _heading(panel: Panel) -> dict[str, Any]:
    """The stream's name over its panel; further lines push the first one up."""
    mark = {"type": "text", "align": "left", "baseline": "bottom", "color": GREY, "lineHeight": _LINE, "x": 0}
    return {
        "data": {"values": [{"name": Lines(of_stream(panel.stream), panel.width)}]},
        "transform": [{"calculate": f"-8 - {_LINE} * (length(datum.name) - 1)", "as": "up"}],
        "mark": mark,
        "encoding": {"text": {"field": "name"}, "x": None, "y": {"field": "up", "type": "quantitative", "scale": None}},
    }


def _name(source: str, target: str) -> dict[str, Any]:
    """The direction's name in its colour, at the upper left of its first panel."""
    color = SIDES[side(source, (source, target))]
    mark = {"type": "text", "align": "left", "baseline": "top", "fontWeight": 600, "color": color, "x": 4, "y": 0}
    return {
        "data": {"values": [{"name": direction(source, target)}]},
        "layer": [{"mark": {**mark, **_HALO}}, {"mark": mark}],
        "encoding": {"text": {"field": "name"}, "x": None, "y": None},
    }


def _cell(
    panel: Panel, rows: Rows, regimes: Rows, turns: Rows, unusual: Rows, *, color: int, top: float
) -> dict[str, Any]:
    """One panel's layers, from the ground up."""
    ink = SIDES[color]
    whole = runs([r for r in rows if not r["partial"]])
    alone = [r for r in whole if [q["run"] for q in whole].count(r["run"]) == 1]
    partial = runs([r for r in rows if r["partial"]])
    band = {"y": {"field": "low"}, "y2": {"field": "high"}, "detail": {"field": "run", "type": "nominal"}}
    value = {"y": {"field": "value"}}
    small: dict[str, Any] = {"type": "point", "shape": SHAPES[color], "size": 22, "strokeWidth": 1.2, "color": ink}
    layers = [
        *_turns(turns),
        _layer(whole, {"type": "area", "color": ink, "opacity": 0.16, "clip": True}, band),
        _layer(
            whole,
            {"type": "line", "color": ink, "strokeWidth": 0.9, "opacity": 0.8, "clip": True},
            value | {"detail": band["detail"]},
        ),
        _layer(
            alone + partial,
            {"type": "rule", "color": ink, "opacity": 0.5, "clip": True},
            {"y": band["y"], "y2": band["y2"]},
        ),
        _layer(_inside(alone, top), {**small, "filled": True}, value),
        _layer(_inside(partial, top), {**small, "fill": "#ffffff", "filled": False}, value),
        _layer(_beyond(whole + partial, top), {**small, "shape": "triangle-up", "filled": True}, value),
        *_regimes(regimes, ink),
        *_unusual(panel, unusual, {**small, "size": 42, "stroke": INK, "fill": ink}, top),
    ]
    return {"width": panel.width, "height": _HEIGHT, "encoding": {}, "layer": [layer for layer in layers if layer]}


def _inside(rows: Rows, top: float) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["value"] <= top]


def _beyond(rows: Rows, top: float) -> list[dict[str, Any]]:
    """Values over the end of the scale, put at its end."""
    return [{**row, "value": top} for row in rows if row["value"] > top]


def _layer(values: Rows, mark: dict[str, Any], encoding: Mapping[str, Any]) -> dict[str, Any]:
    """One layer, or nothing where there is nothing to draw."""
    if not values:
        return {}
    # A span is drawn from its first day, a point in the middle of its period.
    x = {} if "start" in values[0] else {"x": {"field": "at"}}
    kept = {"at", "start", "end", "value", "low", "high", "run", "label", "align"}
    return {
        "data": {"values": [{k: v for k, v in row.items() if k in kept} for row in values]},
        "mark": mark,
        "encoding": {**x, **encoding},
    }


def _regimes(regimes: Rows, ink: str) -> list[dict[str, Any]]:
    """Levels between turning points, as thick steps with a white edge that lifts them off the line."""
    spans = [
        {"start": start(r["since"]).isoformat(), "end": start(following(r["until"])).isoformat(), "value": r["level"]}
        for r in regimes
    ]
    encoding = {"x2": {"field": "end"}, "y": {"field": "value"}}
    edge = _layer(spans, {"type": "rule", "color": "#ffffff", "strokeWidth": 5, "opacity": 0.8}, encoding)
    return [edge, _layer(spans, {"type": "rule", "color": ink, "strokeWidth": 2.6}, encoding)]


def _turns(turns: Rows) -> list[dict[str, Any]]:
    """Turning points: a dashed line at the likeliest start, over the span that the date's interval covers."""
    spans = [{"start": start(t["low"]).isoformat(), "end": start(following(t["high"])).isoformat()} for t in turns]
    dates = [{"start": start(t["period"]).isoformat()} for t in turns]
    rule = {"type": "rule", "color": INK, "strokeDash": [3, 3], "strokeWidth": 1.1}
    return [
        _layer(spans, {"type": "rect", "color": FAINT, "opacity": 0.2}, {"x2": {"field": "end"}}),
        _layer(dates, rule, {}),
    ]


def _unusual(panel: Panel, unusual: Rows, mark: dict[str, Any], top: float) -> list[dict[str, Any]]:
    """Unusual periods, each with its name where there is room; the highest are named first."""
    points: list[dict[str, Any]] = []
    taken: list[tuple[float, float]] = []
    for row in sorted(unusual, key=lambda r: (-r["value"], r["period"])):
        x, y = panel.at(middle(row["period"])), _HEIGHT * (1 - row["value"] / top)
        align = "left" if x < panel.width / 2 else "right"
        room = (x, y) if align == "left" else (x - 7.2 * SIZE, y)
        free = panel.width > 9 * SIZE and all(abs(room[0] - a) > 9 * SIZE or abs(y - b) > 1.3 * SIZE for a, b in taken)
        label = Term("period", row["period"]) if free else ""
        taken += [room] if free else []
        points.append({"at": middle(row["period"]).isoformat(), "value": row["value"], "label": label, "align": align})
    layers = [_layer(points, mark, {"y": {"field": "value"}})]
    for align, shift in (("left", 7), ("right", -7)):
        named = [p for p in points if p["label"] and p["align"] == align]
        text = {"type": "text", "align": align, "dx": shift, "baseline": "middle", "color": INK}
        layers += [
            _layer(named, m, {"y": {"field": "value"}, "text": {"field": "label"}}) for m in ({**text, **_HALO}, text)
        ]
    return layers


def first_and_last(rows: Rows) -> dict[str, Term]:
    """Terms ``first`` and ``last``: the span of the rows."""
    order = sorted((row["period"] for row in rows), key=start)
    return {"first": Term("period", order[0]), "last": Term("period", order[-1])}


def titled(key: str, rows: Rows) -> Message:
    """A message about a pair and a span: its key, with ``a``, ``b``, ``first`` and ``last``."""
    a, b = sorted({row["source"] for row in rows} | {row["target"] for row in rows})
    return Message(key, terms={"a": Term("country", a), "b": Term("country", b), **first_and_last(rows)})
