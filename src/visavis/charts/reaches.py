"""Chart: the conflictual share by how far ahead, with intervals, what was before, and how often such intervals held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.bands import INNER, OUTER, band_names
from visavis.charts.series import directions
from visavis.charts.telling import Lines, direction
from visavis.charts.theme import GREY, INK, SHAPES, SIDES, WIDTH, side, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["reaches"]

_COLUMNS = {
    "source": "column.source", "target": "column.target", "ahead": "ahead.forecast.column.ahead",
    "outcome": "ahead.forecast.column.what", "value": "column.value", "low80": "ahead.forecast.column.low80",
    "high80": "ahead.forecast.column.high80", "low": "ahead.forecast.column.low90",
    "high": "ahead.forecast.column.high90", "past": "ahead.forecast.column.past",
    "tried": "ahead.forecast.column.tried", "held80": "ahead.forecast.column.held80",
    "held": "ahead.forecast.column.held90", "method": "ahead.forecast.column.method",
}  # fmt: skip
_HEIGHT, _GAP, _AXIS, _LINE, _BAR = 110, 24, 40, 16, 26
_POINT = {"type": "point", "size": 44, "fill": "#ffffff", "opacity": 1, "strokeWidth": 1.4}
_TICK = {"type": "tick", "orient": "horizontal", "color": INK, "size": _BAR + 8, "thickness": 2}
Row = Mapping[str, Any]


def reaches(rows: Sequence[Row], *, kind: str, now: str) -> Chart:
    """A panel for each direction; the table holds the counts too.

    Args:
        rows: ``source, target, ahead`` (periods), ``outcome`` (``share``, ``conflict``, ``cooperation``, ``acts``),
            ``unit``, ``value, low80, high80, low, high, past`` (the last equal time), ``tried`` (past forecasts),
            ``held80, held`` (how often such intervals held), ``method`` (a term).
        kind: month or week.
        now: the last period of the record that is full.

    >>> row = {"source": "KOR", "target": "JPN", "ahead": 3, "outcome": "share", "unit": "share of acts", "value": 0.2,
    ...        "low80": 0.1, "high80": 0.3, "low": 0.05, "high": 0.4, "past": 0.25, "tried": 900, "held80": 0.8,
    ...        "held": 0.9, "method": Term("word", "ahead.forecast.method.pool")}
    >>> reaches([row], kind="month", now="2015-12").name
    'reaches'
    """
    shares = [r for r in rows if r["outcome"] == "share" and r["value"] is not None]
    top = min(1.0, 1.1 * max([0.05, *(max(r["high"], r["past"] or 0) for r in shares)]))
    ways = directions(rows)
    width = (WIDTH - _AXIS - _GAP) // 2
    cells = [_cell([r for r in shares if r["source"] == way[0]], way, kind, (top, width, i))
             for i, way in enumerate(ways)]  # fmt: skip
    keys = ("middle", "80", "90", *(("past",) if any(r["past"] is not None for r in shares) else ()))
    lines = [band_names(keys, WIDTH - _AXIS), {"hconcat": cells, "spacing": _GAP, "bounds": "flush"}]
    table = [{**r, "outcome": Term("word", f"ahead.forecast.outcome.{r['outcome']}")} for r in rows]
    held = [r["held"] for r in shares]
    numbers = {
        "least": Number(min(held, default=None), "share of forecasts"),
        "most": Number(max(held, default=None), "share of forecasts"),
        "lowest": Number(min((r["low"] for r in shares), default=None), "share of acts"),
        "highest": Number(max((r["high"] for r in shares), default=None), "share of acts"),
    }
    units = {"ahead": f"{kind}s_ahead", "tried": "forecasts", **dict.fromkeys(("held80", "held"), "share of forecasts")}
    terms = {"now": Term("period", now)}
    return Chart(
        name="reaches",
        spec=themed("reaches", {"vconcat": lines, "spacing": 12}, table, units),
        title=Message("ahead.forecast.reaches.title", terms=terms),
        alt=Message("ahead.forecast.reaches.alt", numbers, terms),
        columns=_COLUMNS,
    )


def _cell(rows: Sequence[Row], way: tuple[str, str], kind: str, room: tuple[float, int, int]) -> dict[str, Any]:
    top, width, place = room
    which = side(way[0], way)
    ink, step = SIDES[which], width / max(len(rows), 1)
    drawn = [
        {**{k: r[k] for k in ("value", "low80", "high80", "low", "high", "past")}, "at": (i + 0.5) * step}
        for i, r in enumerate(rows)
    ]
    x = {"field": "at", "type": "quantitative", "axis": None, "scale": {"domain": [0, width], "nice": False}}
    scale = {"type": "quantitative", "title": None, "scale": {"domain": [0, top], "nice": False}}
    axis = {"format": ".0%", "tickCount": 4, "labels": place == 0, "minExtent": _AXIS - 4 if place == 0 else 0}
    y = {**scale, "axis": axis}
    bar = {"type": "bar", "size": _BAR, "fill": ink, "opacity": 1}
    layers = [
        _layer(drawn, {**bar, "fillOpacity": OUTER}, {"y": {**y, "field": "low"}, "y2": {"field": "high"}}),
        _layer(drawn, {**bar, "fillOpacity": INNER}, {"y": {**y, "field": "low80"}, "y2": {"field": "high80"}}),
        _layer(drawn, {**_POINT, "shape": SHAPES[which], "stroke": ink}, {"y": {**y, "field": "value"}}),
        _layer([d for d in drawn if d["past"] is not None], _TICK, {"y": {**y, "field": "past"}}),
    ]
    return {
        "width": width, "height": _HEIGHT, "encoding": {"x": x},
        "layer": [*(one for one in layers if one), *_beneath(rows, kind, step), _over(way, ink, width)],
    }  # fmt: skip


def _layer(values: Sequence[Row], mark: Mapping[str, Any], encoding: Mapping[str, Any]) -> dict[str, Any]:
    return {"data": {"values": list(values)}, "mark": dict(mark), "encoding": dict(encoding)} if values else {}


def _over(way: tuple[str, str], ink: str, width: int) -> dict[str, Any]:
    """Who toward whom, over its panel."""
    return _text(Lines(direction(*way), width), {"align": "left", "baseline": "bottom", "fontWeight": 600,
                                                 "color": ink, "x": 0, "y": -8})  # fmt: skip


def _text(words: Lines, mark: Mapping[str, Any]) -> dict[str, Any]:
    encoding = {"text": {"field": "name"}, "x": None, "y": None}
    return {"data": {"values": [{"name": words}]}, "mark": {"type": "text", "lineHeight": _LINE, **mark},
            "encoding": encoding}  # fmt: skip


def _beneath(rows: Sequence[Row], kind: str, step: float) -> list[dict[str, Any]]:
    """How far ahead, and how often the 90 % interval of such forecasts held, under each."""
    made = []
    for i, r in enumerate(rows):
        ahead = {"ahead": Number(r["ahead"], f"{kind}s_ahead")}
        held = {"held": Number(r["held"], "share of forecasts"), "tried": Number(r["tried"], "forecasts")}
        told = (("ahead", ahead, INK), ("held", held, GREY))
        high = _HEIGHT + 6
        for what, numbers, color in told:
            mark = {"align": "center", "baseline": "top", "color": color, "x": (i + 0.5) * step, "y": high}
            words = Message(f"ahead.forecast.reaches.{what}", numbers)
            made.append(_text(Lines(words, int(step)), mark))
            high += _LINE + 2
    return made
