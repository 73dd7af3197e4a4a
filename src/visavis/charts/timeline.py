"""Chart: dated rows of the timeline beside the turning points, on one axis of time. Near is not because."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.panels import Panel, time_axis
from visavis.charts.periods import following, middle, start
from visavis.charts.telling import direction
from visavis.charts.theme import FAINT, GREY, INK, SHAPES, SIDES, SIZE, WIDTH, side, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["timeline"]

_COLUMNS = ("number", "date", "description", "told_in")
_LABELS, _LANE, _MARK = 190, 20, 9


def timeline(
    rows: Sequence[Mapping[str, Any]], turning_points: Sequence[Mapping[str, Any]], *, since: str, until: str
) -> Chart:
    """Numbered marks for dated rows; above them a lane for each direction with the interval of each turning point.

    Args:
        rows: ``date`` (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``), ``description``, ``source`` (from outside); they are
            numbered by date.
        turning_points: ``source, target, period, low, high`` (periods).
        since: first period of the axis.
        until: last period of the axis.

    >>> row = {"date": "2012-08-10", "description": "a visit", "source": "a paper"}
    >>> timeline([row], [], since="2012-01", until="2012-12").name
    'timeline'
    """
    panel = Panel("", start(since), start(following(until)), WIDTH - _LABELS - 14)
    order = sorted(rows, key=lambda row: (start(row["date"]), row["description"]))
    ways = sorted({(t["source"], t["target"]) for t in turning_points})
    wide = max(0, len(str(len(order))) - 2) * 3  # a circle for each further digit than two is wider
    marks, lanes = _marks(order, panel, _MARK + wide)
    height = _LANE * len(ways) + (_LANE + wide) * lanes + 10
    middle_lane = len(ways) + ((_LANE + wide) * lanes / _LANE - 1) / 2
    layers = [*_turns(turning_points, ways), *_names(ways, middle_lane), *_dots(marks, len(ways), _MARK + wide)]
    body = {
        "width": panel.width,
        "height": height,
        "encoding": {"x": time_axis(panel, labels=True)},
        "layer": layers,
    }
    table = [
        {"number": i, **{name: row[name] for name in ("date", "description")}, "told_in": row["source"]}
        for i, row in enumerate(order, start=1)
    ]
    numbers = {"rows": Number(len(rows), "rows"), "turns": Number(len(turning_points), "turning points")}
    return Chart(
        name="timeline",
        spec=themed("timeline", body, table, {"number": "rows"}),
        title=Message("charts.timeline.title"),
        alt=Message("charts.timeline.alt", numbers, {"first": Term("period", since), "last": Term("period", until)}),
        columns={name: f"column.{name}" for name in _COLUMNS},
    )


def _marks(rows: Sequence[Mapping[str, Any]], panel: Panel, radius: int) -> tuple[list[dict[str, Any]], int]:
    """A number and a lane for each row, so that no mark lies on another; and how many lanes that takes."""
    ends: list[float] = []
    marks = []
    for number, row in enumerate(rows, start=1):
        day = start(row["date"]) if len(row["date"]) == 10 else middle(row["date"])
        x = panel.at(day)
        lane = next((i for i, end in enumerate(ends) if x - end > 2 * radius + 2), len(ends))
        ends[lane : lane + 1] = [x]
        marks.append({"start": day.isoformat(), "number": str(number), "lane": lane})
    return marks, max(1, len(ends))


def _y(lane: float) -> dict[str, Any]:
    return {"value": _LANE * (lane + 0.5)}


def _turns(turns: Sequence[Mapping[str, Any]], ways: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """The interval of each turning point as a bar, its likeliest date as a mark."""
    layers: list[dict[str, Any]] = []
    for lane, way in enumerate(ways):
        here = [t for t in turns if (t["source"], t["target"]) == way]
        which = side(way[0], way)
        spans = [{"start": start(t["low"]).isoformat(), "end": start(following(t["high"])).isoformat()} for t in here]
        dates = [{"start": start(t["period"]).isoformat()} for t in here]
        bar = {"type": "rule", "strokeWidth": 9, "color": SIDES[which], "opacity": 0.28}
        point = {
            "type": "point",
            "filled": True,
            "size": 70,
            "opacity": 1,
            "color": SIDES[which],
            "shape": SHAPES[which],
        }
        layers += [
            {"data": {"values": spans}, "mark": bar, "encoding": {"x2": {"field": "end"}, "y": _y(lane)}},
            {"data": {"values": dates}, "mark": point, "encoding": {"y": _y(lane)}},
        ]
    return layers


def _names(ways: Sequence[tuple[str, str]], rows_lane: float) -> list[dict[str, Any]]:
    """What each lane holds, to its left; the dated rows have theirs in the middle of ``rows_lane``."""
    text = {"type": "text", "align": "left", "baseline": "middle", "x": 4 - _LABELS, "fontSize": SIZE}
    layers = []
    for lane, way in enumerate(ways):
        mark = {**text, "color": SIDES[side(way[0], way)], "fontWeight": 600}
        layers.append(_text(direction(*way), mark, lane))
    return [*layers, _text(Term("word", "charts.timeline.rows"), {**text, "color": GREY}, rows_lane)]


def _text(name: Message | Term, mark: dict[str, Any], lane: float) -> dict[str, Any]:
    return {
        "data": {"values": [{"name": name}]},
        "mark": mark,
        "encoding": {"text": {"field": "name"}, "x": None, "y": _y(lane)},
    }


def _dots(marks: Sequence[Mapping[str, Any]], above: int, radius: int) -> list[dict[str, Any]]:
    """Numbered circles."""
    layers: list[dict[str, Any]] = []
    for lane in sorted({mark["lane"] for mark in marks}):
        values = [{k: m[k] for k in ("start", "number")} for m in marks if m["lane"] == lane]
        y = {"y": {"value": _LANE * above + (_LANE + radius - _MARK) * (lane + 0.5)}}
        circle = {
            "type": "point",
            "size": 4 * radius * radius,
            "fill": "#ffffff",
            "stroke": FAINT,
            "strokeWidth": 1,
            "opacity": 1,
        }
        text = {"type": "text", "color": INK, "fontSize": SIZE, "baseline": "middle", "align": "center", "dy": 1}
        layers.append({"data": {"values": values}, "mark": circle, "encoding": y})
        layers.append({"data": {"values": values}, "mark": text, "encoding": {**y, "text": {"field": "number"}}})
    return layers
