"""Chart: what was and what is forecast, as a fan: both directions on one scale, one column for each kind of acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.bands import INNER, OUTER, band_names
from visavis.charts.periods import middle, runs
from visavis.charts.series import directions
from visavis.charts.telling import Lines
from visavis.charts.theme import GREY, SHAPES, SIDES, WIDTH, side, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["fan"]

_COLUMNS = ("outcome", "source", "target", "period", "value", "low", "high")
_HEIGHT, _GAP, _AXIS, _LINE = 104, 30, 34, 16
_OUTCOMES = ("conflict", "cooperation")


def fan(rows: Sequence[Mapping[str, Any]], *, now: str, held: float, forecasts: int) -> Chart:
    """Past counts as a line, forecasts as bands of 80 and 90 % about their middle.

    Args:
        rows: ``outcome`` (``conflict``, ``cooperation``), ``source, target, period, value``; forecasts also have
            ``low, high`` (90 %) and ``low80, high80``, past periods have None there.
        now: the last period of the record that is full.
        held: how often such 90 % intervals held what came, 0 to 1.
        forecasts: over how many past forecasts.

    >>> past = {"outcome": "conflict", "source": "KOR", "target": "JPN", "period": "2019-01", "value": 4}
    >>> past |= {"low": None, "high": None, "low80": None, "high80": None}
    >>> come = past | {"period": "2019-02", "low": 1, "high": 9, "low80": 2, "high80": 7}
    >>> fan([past, come], now="2019-01", held=0.9, forecasts=1000).name
    'fan'
    """
    outcomes = [o for o in _OUTCOMES if any(r["outcome"] == o for r in rows)]
    width = (WIDTH - _AXIS - (len(outcomes) - 1) * (_GAP + _AXIS)) // len(outcomes)
    ways = directions(rows)
    lines = []
    for i, (source, target) in enumerate(ways):
        cells = []
        for outcome in outcomes:
            of = [r for r in rows if r["outcome"] == outcome]
            top = 1.05 * max([1, *(max(r["value"], r["high"] or 0) for r in of)])
            here = [r for r in of if (r["source"], r["target"]) == (source, target)]
            cell = _cell(here, now, top, side(source, (source, target)), labels=i == len(ways) - 1)
            cells.append({**cell, "width": width, "height": _HEIGHT})
        for outcome, cell in zip(outcomes, cells, strict=True):
            cell["layer"].append(_heading(source, target, outcome, width))
        lines.append({"hconcat": cells, "spacing": _GAP + _AXIS, "bounds": "flush"})
    names = band_names(("middle", "80", "90"), WIDTH - _AXIS)
    body = {"vconcat": [names, {"vconcat": lines, "spacing": 40}], "spacing": 12}
    table = [{**{c: r[c] for c in _COLUMNS}, "outcome": _word(r["outcome"])} for r in rows]
    terms = {"now": Term("period", now)}
    return Chart(
        name="fan",
        spec=themed("fan", body, table, dict.fromkeys(("value", "low", "high"), "acts")),
        title=Message("ahead.forecast.fan.title", terms=terms),
        alt=_alt(rows, held, forecasts, terms),
        columns={c: f"ahead.forecast.column.{c}" if c == "outcome" else f"column.{c}" for c in _COLUMNS},
    )


def _cell(rows: Sequence[Mapping[str, Any]], now: str, top: float, which: int, *, labels: bool) -> dict[str, Any]:
    names = ("value", "low", "high", "low80", "high80")
    past = [{k: r[k] for k in ("at", "value", "run")} for r in runs(r for r in rows if r["low"] is None)]
    come = [{"at": _at(r), **{k: r[k] for k in names}} for r in rows if r["low"] is not None]
    ink = SIDES[which]
    y = {"type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "title": None}
    axis = {"tickCount": 3, "format": ",.0f", "minExtent": _AXIS - 4}
    layers = [
        _layer(
            come,
            {"type": "area", "fill": ink, "fillOpacity": OUTER, "opacity": 1},
            {"y": {**y, "field": "low"}, "y2": _end("high")},
        ),
        _layer(
            come,
            {"type": "area", "fill": ink, "fillOpacity": INNER, "opacity": 1},
            {"y": {**y, "field": "low80"}, "y2": _end("high80")},
        ),
        _layer(
            come,
            {"type": "line", "color": ink, "strokeDash": [5, 3], "strokeWidth": 1.6},
            {"y": {**y, "field": "value"}},
        ),
        _layer(
            come,
            {"type": "point", "shape": SHAPES[which], "size": 34, "fill": "#ffffff", "stroke": ink, "strokeWidth": 1.4},
            {"y": {**y, "field": "value"}},
        ),
        _layer(
            past,
            {"type": "line", "color": ink, "strokeWidth": 1.6, "point": {"size": 8, "color": ink}},
            {"y": {**y, "field": "value", "axis": axis}, "detail": {"field": "run"}},
        ),
        _layer([{"at": middle(now).isoformat()}], {"type": "rule", "color": GREY, "strokeDash": [2, 3]}, {}),
    ]
    x_axis = {"labels": labels, "ticks": labels, "tickCount": 5, "labelOverlap": True}
    x = {"field": "at", "type": "temporal", "title": None, "axis": x_axis}
    return {"encoding": {"x": x}, "layer": [layer for layer in layers if layer]}


def _word(outcome: str) -> Term:
    return Term("word", f"ahead.forecast.outcome.{outcome}")


def _at(row: Mapping[str, Any]) -> str:
    return middle(row["period"]).isoformat()


def _end(field: str) -> dict[str, str]:
    return {"field": field}


def _layer(values: Sequence[Mapping[str, Any]], mark: Mapping[str, Any], encoding: Mapping[str, Any]) -> dict[str, Any]:
    return {"data": {"values": list(values)}, "mark": dict(mark), "encoding": dict(encoding)} if values else {}


def _heading(source: str, target: str, outcome: str, width: int) -> dict[str, Any]:
    """Who toward whom, and which acts, over its panel."""
    which = side(source, (source, target))
    mark = {"type": "text", "align": "left", "baseline": "bottom", "fontWeight": 600, "color": SIDES[which]}
    words = Message(
        f"ahead.forecast.fan.{outcome}", terms={"source": Term("country", source), "target": Term("country", target)}
    )
    return {
        "data": {"values": [{"name": Lines(words, width)}]},
        "transform": [{"calculate": f"-6 - {_LINE} * (length(datum.name) - 1)", "as": "up"}],
        "mark": {**mark, "lineHeight": _LINE, "x": 0},
        "encoding": {"text": {"field": "name"}, "x": None, "y": {"field": "up", "type": "quantitative", "scale": None}},
    }


def _alt(rows: Sequence[Mapping[str, Any]], held: float, forecasts: int, terms: Mapping[str, Term]) -> Message:
    come = [r for r in rows if r["low"] is not None]
    numbers = {
        "past": Number(len({r["period"] for r in rows if r["low"] is None}), "periods"),
        "lowest": Number(min((r["low"] for r in come), default=0), "acts"),
        "highest": Number(max((r["high"] for r in come), default=0), "acts"),
        "held": Number(held, "share of forecasts", n=forecasts),
        "forecasts": Number(forecasts, "forecasts"),
    }
    return Message("ahead.forecast.fan.alt", numbers, terms)
