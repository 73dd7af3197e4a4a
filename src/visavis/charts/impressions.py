"""Chart: what each public thinks of the other, wave by wave: a panel for each question, dated events below.

A line joins waves that asked in the same way and are near in time. A point is filled where the number of people is
known, with its interval, and hollow where it is not. Where sources print two figures of a wave, both are points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from math import ceil
from typing import Any

from visavis.charts.panels import Panel, time_axis
from visavis.charts.periods import middle
from visavis.charts.telling import Lines
from visavis.charts.theme import FAINT, GREY, INK, SHAPES, SIDES, WIDTH, side, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["impressions"]

_COLUMNS = ("question", "country", "date", "value", "low", "high", "n", "mode", "told_in")
_AXIS, _RIGHT, _LINE, _STRIP = 44, 14, 16, 12
_FIRST_HEIGHT, _HEIGHT, _BESIDE = 100, 50, 3

Rows = Sequence[Mapping[str, Any]]


def impressions(rows: Rows, events: Rows, pair: tuple[str, str]) -> Chart:
    """Panels below each other on one axis of time.

    Args:
        rows: ``panel`` (0, 1 ...), ``question`` (words over the panel), ``country`` (asked), ``date``, ``value`` (0 to
            1), ``low, high`` and ``n`` (None where the number of people is not known), ``mode`` (words or empty),
            ``segment`` (asked in the same way), ``run`` (joined by a line), ``told_in`` (from outside), ``again``
            (whether it is a further figure of the same wave).
        events: ``date`` (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``) of dated rows; each is a stroke, and none is a cause.
        pair: both countries.

    >>> row = {"panel": 0, "question": Term("outside", "A poll"), "country": "KOR", "date": "2019", "value": 0.3}
    >>> row |= {"low": 0.27, "high": 0.33, "n": 1000, "mode": "", "segment": 0, "run": 0, "told_in": "", "again": False}
    >>> impressions([row], [], ("KOR", "JPN")).name
    'impressions'
    """
    days = [middle(row["date"]) for row in rows]
    first, last = date(min(days).year, 1, 1), date(max(days).year + 1, 1, 1)
    panel = Panel("", first, last, WIDTH - _AXIS - _RIGHT)
    numbers = sorted({row["panel"] for row in rows})
    shown = [e for e in events if first <= middle(e["date"]) < last]
    cells = [
        _cell([r for r in rows if r["panel"] == number], panel, pair, last=number == numbers[-1] and not shown)
        for number in numbers
    ]
    body = {
        "vconcat": [*cells, *([_strip(shown, panel)] if shown else [])],
        "spacing": 26,
        "bounds": "flush",
        "padding": {"left": 2, "right": _RIGHT, "top": 2, "bottom": 2},
        "resolve": {"scale": {"color": "shared", "shape": "shared"}},
    }
    table = [{name: row.get(name) for name in _COLUMNS} for row in rows]
    units = dict.fromkeys(("value", "low", "high"), "share of people") | {"n": "people"}
    a, b = sorted(pair)
    terms = {"a": Term("country", a), "b": Term("country", b)}
    span = {"first": Term("period", f"{first.year}"), "last": Term("period", f"{max(days).year}")}
    counts = {"panels": Number(len(numbers), "panels"), "events": Number(len(shown), "rows")}
    return Chart(
        name="impressions",
        spec=themed("impressions", body, table, units),
        title=Message("impressions.chart.title", terms=terms),
        alt=Message("impressions.chart.alt", counts, {**terms, **span}),
        columns={"question": "impressions.column.question", "country": "impressions.column.country"}
        | {name: f"column.{name}" for name in ("date", "value", "low", "high")}
        | {"n": "column.people", "mode": "impressions.column.mode", "told_in": "column.told_in"},
    )


def _asked(country: str) -> Message:
    return Message("impressions.chart.asked", terms={"country": Term("country", country)})


def _looks(pair: Sequence[str], channel: str) -> dict[str, Any]:
    looks = SIDES if channel == "color" else SHAPES
    order = sorted(pair)
    scale = {"domain": [_asked(c) for c in order], "range": [looks[side(c, pair)] for c in order]}
    return {channel: {"field": "asked", "type": "nominal", "scale": scale}}


def _cell(rows: Rows, panel: Panel, pair: tuple[str, str], *, last: bool) -> dict[str, Any]:
    """One question's panel, with a scale of its own: questions are not compared."""
    top = min(1.0, ceil(11 * max(row["high"] or row["value"] for row in rows)) / 10)
    drawn = [
        {k: r[k] for k in ("value", "low", "high")}
        | {"start": _at(r, panel, pair), "line": f"{r['country']} {r['run']}", "asked": _asked(r["country"])}
        | {"known": r["low"] is not None, "again": bool(r["again"])}
        for r in rows
    ]
    known, unknown = [d for d in drawn if d["known"]], [d for d in drawn if not d["known"]]
    color, shape = _looks(pair, "color"), _looks(pair, "shape")
    y = {"field": "value", "type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "title": None}
    y["axis"] = {"format": ".0%", "tickCount": 4 if rows[0]["panel"] == 0 else 2, "minExtent": _AXIS - 4}
    point = {"type": "point", "size": 34, "opacity": 1, "strokeWidth": 1.4}
    line = {"type": "line", "strokeWidth": 1.6, "strokeOpacity": 0.75}
    ends = {"y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}}
    layers = [
        *_breaks(rows, pair),
        _layer([d for d in drawn if not d["again"]], line, {"y": y, **color, "detail": {"field": "line"}}),
        _layer(known, {"type": "rule", "strokeWidth": 1.4, "strokeOpacity": 0.65}, {**ends, **color}),
        _layer(known, {**point, "filled": True}, {"y": y, **color, **shape}),
        _layer(unknown, {**point, "filled": False, "fill": "#ffffff"}, {"y": y, **color, **shape}),
        _heading(rows[0]["question"], panel),
    ]
    height = _FIRST_HEIGHT if rows[0]["panel"] == 0 else _HEIGHT
    x = time_axis(panel, labels=last)
    return {"width": panel.width, "height": height, "encoding": {"x": x}, "layer": [one for one in layers if one]}


def _at(row: Mapping[str, Any], panel: Panel, pair: Sequence[str]) -> str:
    """Where a point stands: the two sides a little apart, so that none lies on the other."""
    days = (panel.last - panel.first).days * _BESIDE / panel.width
    at = datetime.combine(middle(row["date"]), time())
    return (at + timedelta(days=days if side(row["country"], pair) else -days)).isoformat(timespec="seconds")


def _layer(values: Sequence[Mapping[str, Any]], mark: dict[str, Any], encoding: Mapping[str, Any]) -> dict[str, Any]:
    return {"data": {"values": [dict(v) for v in values]}, "mark": mark, "encoding": dict(encoding)} if values else {}


def _heading(words: Message | Term, panel: Panel) -> dict[str, Any]:
    """What the panel shows, above it; further lines push the first one up."""
    mark = {"type": "text", "align": "left", "baseline": "bottom", "color": INK, "lineHeight": _LINE, "x": 0}
    return {
        "data": {"values": [{"name": Lines(words, panel.width)}]},
        "transform": [{"calculate": f"-5 - {_LINE} * (length(datum.name) - 1)", "as": "up"}],
        "mark": mark,
        "encoding": {"text": {"field": "name"}, "x": None, "y": {"field": "up", "type": "quantitative", "scale": None}},
    }


def _breaks(rows: Rows, pair: Sequence[str]) -> list[dict[str, Any]]:
    """Where the way of asking changed: a dashed line half way between the two waves, with the way on either side.

    In the colour of the side asked; grey where both sides changed alike.
    """
    found: dict[tuple[str, Any, Any], list[str]] = {}
    for country in sorted({r["country"] for r in rows}):
        mine = sorted((r for r in rows if r["country"] == country), key=lambda r: middle(r["date"]))
        for one, two in pairwise(mine):
            if one["segment"] != two["segment"]:
                day = middle(one["date"]) + (middle(two["date"]) - middle(one["date"])) / 2
                found.setdefault((day.isoformat(), one["mode"], two["mode"]), []).append(country)
    layers = []
    for line, ((at, before, after), countries) in enumerate(found.items()):
        ink = GREY if len(countries) > 1 else SIDES[side(countries[0], pair)]
        values = [{"start": at, "before": before, "after": after}]
        text = {"type": "text", "baseline": "top", "color": ink, "y": 2 + _LINE * line}
        rule = {"type": "rule", "color": ink, "strokeDash": [3, 3], "strokeWidth": 1.1}
        layers += [
            _layer(values, rule, {}),
            _layer(values, {**text, "align": "right", "dx": -5}, {"text": {"field": "before"}}),
            _layer(values, {**text, "align": "left", "dx": 5}, {"text": {"field": "after"}}),
        ]
    return layers


def _strip(events: Rows, panel: Panel) -> dict[str, Any]:
    """A stroke for each dated row, below all panels and joined to none."""
    strokes = [{"start": middle(e["date"]).isoformat()} for e in events]
    mark = {"type": "rule", "color": FAINT, "strokeWidth": 1.3}
    return {
        "width": panel.width,
        "height": _STRIP,
        "encoding": {"x": time_axis(panel, labels=True)},
        "layer": [
            {"data": {"values": strokes}, "mark": mark, "encoding": {}},
            _heading(Term("word", "impressions.chart.events"), panel),
        ],
    }
