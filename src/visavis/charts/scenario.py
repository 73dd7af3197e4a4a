"""Chart: a stated path beside no change, as fans, with the band that placebo paths show; both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.series import directions
from visavis.charts.telling import Lines, direction
from visavis.charts.theme import FAINT, GREY, INK, SIDES, WIDTH, side, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["scenario"]

_COLUMNS = ("source", "target", "period", "usual", "usual_low", "usual_high", "value", "low", "high")
_HEIGHT, _GAP, _AXIS, _LINE = 190, 30, 40, 16
_HALO = {"stroke": "#ffffff", "strokeWidth": 3, "strokeJoin": "round", "opacity": 0.9}
Row = Mapping[str, Any]


def scenario(rows: Sequence[Row], *, watch: str, name: Term, now: str) -> Chart:
    """Two panels on one scale: past counts, then no change (grey) and the path (colour) with 80 % bands.

    Args:
        rows: ``source, target, period, step`` (months from the last of the record; 0 is that month). Past rows have
            ``was``; later ones ``usual, usual_low, usual_high`` (no change), ``value, low, high`` (the path) and
            ``placebo_low, placebo_high``.
        watch: ``conflict`` or ``cooperation``.
        name: what the path is called.
        now: the last month of the record.

    >>> past = {"source": "KOR", "target": "JPN", "period": "2015-12", "step": 0, "was": 4}
    >>> come = {**past, "period": "2016-01", "step": 1, "usual": 4, "usual_low": 2, "usual_high": 7, "value": 3,
    ...         "low": 1, "high": 6, "placebo_low": 3.8, "placebo_high": 4.2}
    >>> scenario([past, come], watch="conflict", name=Term("outside", "Summits"), now="2015-12").name
    'scenario'
    """
    ways = directions(rows)
    width = (WIDTH - _AXIS - _GAP) // 2
    top = 1.3 * max([1.0, *(max(r.get("was", 0), r.get("high", 0), r.get("usual_high", 0)) for r in rows)])
    cells = []
    for i, (source, target) in enumerate(ways):
        here = [r for r in rows if (r["source"], r["target"]) == (source, target)]
        cells.append({"width": width, "height": _HEIGHT, **_cell(here, ways, i, top, width)})
    table = [{c: r[c] for c in _COLUMNS} for r in rows if "usual" in r]
    terms = {"name": name, "watch": Term("word", f"ahead.scenario.watch.{watch}"), "now": Term("period", now)}
    units = dict.fromkeys(_COLUMNS[3:], "acts")
    numbers = {"months": Number(max(r["step"] for r in rows), "periods")}
    return Chart(
        name="scenario",
        spec=themed("scenario", {"hconcat": cells, "spacing": _GAP, "bounds": "flush"}, table, units),
        title=Message("ahead.scenario.chart.title", terms=terms),
        alt=Message("ahead.scenario.chart.alt", numbers, terms),
        columns={c: f"ahead.scenario.column.{c}" if c in _COLUMNS[3:] else f"column.{c}" for c in _COLUMNS},
    )


def _cell(rows: Sequence[Row], ways: Sequence[tuple[str, str]], i: int, top: float, width: int) -> dict[str, Any]:
    source, target = ways[i]
    ink = SIDES[side(source, (source, target))]
    past, come = [r for r in rows if "was" in r], [r for r in rows if "usual" in r]
    steps = [r["step"] for r in rows]
    x = {
        "field": "step", "type": "quantitative", "title": Term("word", "ahead.scenario.axis"),
        "scale": {"domain": [min(steps), max(steps) + 0.3], "nice": False},
        "axis": {"values": [s for s in range(-24, 25, 6) if min(steps) <= s <= max(steps)], "format": "d"},
    }  # fmt: skip
    y = {"type": "quantitative", "title": None, "scale": {"domain": [0, top], "nice": False, "zero": True},
         "axis": {"tickCount": 4, "labels": i == 0, "minExtent": _AXIS - 4 if i == 0 else 0}}  # fmt: skip
    band, line = {"type": "area", "clip": True}, {"type": "line", "clip": True}

    def layer(values: Sequence[Row], mark: dict[str, Any], low: str, high: str = "") -> dict[str, Any]:
        kept = [{k: float(r[k]) for k in ("step", low, high) if k} for r in values]
        encoding = {"x": x, "y": {**y, "field": low}} | ({"y2": {"field": high}} if high else {})
        return {"data": {"values": kept}, "mark": mark, "encoding": encoding}

    layers = [
        layer(come, {**band, "color": FAINT, "opacity": 0.3}, "usual_low", "usual_high"),
        *(layer(come, {**line, "color": ink, "strokeWidth": 1, "opacity": 0.8}, end) for end in ("low", "high")),
        layer(past, {**line, "color": INK, "strokeWidth": 1.2}, "was"),
        *(layer(come, {**line, "color": INK, "strokeWidth": 1, "strokeDash": [1, 3]}, end)
          for end in ("placebo_low", "placebo_high")),
        layer(come, {**line, "color": GREY, "strokeWidth": 2, "strokeDash": [6, 3]}, "usual"),
        layer(come, {**line, "color": ink, "strokeWidth": 2.4, "point": {"color": ink, "size": 26}}, "value"),
        *_names(come, ink, width if i == 0 else 0, x, y),
    ]  # fmt: skip
    return {"title": {"text": direction(source, target), "color": ink}, "layer": layers, "view": {"stroke": FAINT}}


def _names(come: Sequence[Row], ink: str, width: int, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """What the lines are, in the first panel's upper left, each in the form of its line."""
    if not width:
        return []
    made = []
    keys = (("along", ink), ("no_change", GREY), ("placebo", INK))
    for n, (key, color) in enumerate(keys):
        text = Lines(Term("word", f"ahead.scenario.line.{key}"), width - 60)
        dash = {"along": [], "no_change": [6, 3], "placebo": [1, 3]}[key]
        high = 12 + n * (_LINE + 2)
        rule = {"type": "rule", "color": color, "strokeDash": dash, "strokeWidth": 2 if n < 2 else 1.2}
        at = {"x": {"value": 8}, "x2": {"value": 36}, "y": {"value": high}}
        word = {"type": "text", "align": "left", "baseline": "middle", "x": 42, "y": high, "lineHeight": _LINE}
        made.append({"data": {"values": [{}]}, "mark": rule, "encoding": at})
        for mark in ({**word, **_HALO}, {**word, "color": color}):
            encoding = {"text": {"field": "name"}}
            made.append({"data": {"values": [{"name": text}]}, "mark": mark, "encoding": encoding})
    return made
