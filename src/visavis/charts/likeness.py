"""Chart: each indicator in a small panel of its own, both countries on one scale, by year."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.theme import GREY, INK, SIDES, SIZE, WIDTH, side, themed
from visavis.finding import Chart, Message, Number, Term
from visavis.names.messages import message_keys

__all__ = ["likeness"]

_COLUMNS = ("indicator", "year", "country", "value", "unit_of", "told_in")
_ACROSS, _HIGH, _AXIS, _GAP = 3, 76, 44, 18
_EDGE = 36  # what subtitles and the last label may take beyond the panels
_DASHES: tuple[list[int], list[int]] = ([1, 0], [5, 2])


def likeness(panels: Sequence[Mapping[str, Any]], more: Sequence[Mapping[str, Any]] = ()) -> Chart:
    """Small multiples: a line a country; amounts on a scale of equal ratios, so that equal steps are equal shares.

    Args:
        panels: ``indicator`` (``Term``), ``unit_of`` (its unit, a ``Term``), ``ratio`` (whether amounts), ``rows``:
            ``year, country`` (ISO alpha-3), ``value``, ``told_in`` (source, from outside).
        more: panels for the table, where it is to hold more than is drawn.

    >>> rows = [{"year": y, "country": c, "value": 2.0 + y % 7, "told_in": "a book"} for y in (2000, 2001)
    ...         for c in ("JPN", "KOR")]
    >>> words = {"indicator": Term("outside", "income"), "unit_of": Term("outside", "dollars")}
    >>> likeness([{**words, "ratio": True, "rows": rows}]).name
    'likeness'
    """
    pair = sorted({row["country"] for panel in panels for row in panel["rows"]})
    years = [row["year"] for panel in panels for row in panel["rows"]]
    across = min(_ACROSS, len(panels))
    width = (WIDTH - _EDGE - _ACROSS * _AXIS - (_ACROSS - 1) * _GAP) // _ACROSS
    drawn = [_panel(panel, pair, (min(years), max(years)), width) for panel in panels]
    table = [
        {**row, "indicator": panel["indicator"], "unit_of": panel["unit_of"], "year": str(row["year"])}
        for panel in more or panels
        for row in panel["rows"]
    ]
    numbers = {"panels": Number(len(panels), "panels")}
    ends = {"first": Term("period", str(min(years))), "last": Term("period", str(max(years)))}
    return Chart(
        name="likeness",
        spec=themed(
            "likeness",
            {"vconcat": [_key(pair), {"concat": drawn, "columns": across, "spacing": _GAP}], "spacing": 8},
            table,
            {"value": "value"},
        ),
        title=Message("charts.likeness.title", terms={"a": Term("country", pair[0]), "b": Term("country", pair[-1])}),
        alt=Message("charts.likeness.alt", numbers, ends),
        columns={c: f"column.likeness.{c}" for c in _COLUMNS},
    )


def _key(pair: Sequence[str]) -> dict[str, Any]:
    """Which line is whose."""
    layers = []
    for i, country in enumerate(pair):
        color = SIDES[side(country, pair)]
        line = {"type": "rule", "x": 180 * i, "x2": 180 * i + 26, "color": color, "strokeWidth": 2.5}
        word = {"type": "text", "align": "left", "baseline": "middle", "x": 180 * i + 32, "color": color,
                "fontSize": SIZE, "fontWeight": 600}  # fmt: skip
        data = {"data": {"values": [{"name": Term("country", country)}]}}
        layers.append({**data, "mark": {**line, "strokeDash": _DASHES[i]}, "encoding": {"y": {"value": 8}}})
        layers.append({**data, "mark": word, "encoding": {"text": {"field": "name"}, "y": {"value": 8}}})
    return {"width": WIDTH - 20, "height": 16, "layer": layers}


def _panel(panel: Mapping[str, Any], pair: Sequence[str], years: tuple[int, int], width: int) -> dict[str, Any]:
    values = [{k: row[k] for k in ("year", "value", "country")} for row in panel["rows"]]
    known = {(v["country"], v["year"]) for v in values}
    gaps = [{"year": y, "value": None, "country": c} for c in pair for y in range(*years) if (c, y) not in known]
    title = {"text": panel["indicator"], "fontSize": SIZE, "offset": 4, "color": INK, "anchor": "start",
             "subtitle": panel["unit_of"], "subtitleFontSize": SIZE, "subtitleColor": GREY}  # fmt: skip
    top, low = max(v["value"] for v in values), min(v["value"] for v in values)
    scale: dict[str, Any] = {"type": "log"} if panel["ratio"] else {"zero": low >= 0, "nice": True}
    if panel["ratio"]:
        scale["domain"] = [low / 1.15, top * 1.15]
    x = {
        "field": "year",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": list(years), "nice": False},
        "axis": {"format": "d", "values": _ticks(*years), "labelFlush": False},
    }
    axis: dict[str, Any] = {"grid": True, "minExtent": _AXIS, "maxExtent": _AXIS, "tickCount": 3, "format": "~f"}
    steps = _steps(low, top) if panel["ratio"] else []
    if panel["ratio"]:
        axis |= {"values": [n * 10.0**power for n, power in steps], "labels": False}
    y = {"field": "value", "type": "quantitative", "scale": scale, "title": None, "axis": axis}
    color = {"field": "country", "type": "nominal", "legend": None,
             "scale": {"domain": list(pair), "range": [SIDES[side(c, pair)] for c in pair]}}  # fmt: skip
    dash = {**color, "scale": {"domain": list(pair), "range": list(_DASHES)}}
    return {
        "title": title,
        "width": width,
        "height": _HIGH,
        "layer": [
            {
                "data": {"values": sorted([*values, *gaps], key=lambda v: (v["country"], v["year"]))},
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"x": x, "y": y, "color": color, "strokeDash": dash},
            },
            *([_amounts(steps, y)] if steps else []),
        ],
    }


def _amounts(steps: Sequence[tuple[int, int]], y: Mapping[str, Any]) -> dict[str, Any]:
    """Labels of the axis, in words of the reader's language: 1 bn is ten times a hundred million in others."""
    values = [{"value": n * 10.0**power, "label": _amount(n, power)} for n, power in steps]
    mark = {"type": "text", "align": "right", "baseline": "middle", "x": -6, "color": GREY, "fontSize": SIZE}
    return {"data": {"values": values}, "mark": mark, "encoding": {"y": y, "text": {"field": "label"}}}


def _amount(n: int, power: int) -> Message | Term:
    key = f"likeness.ten.{power}"
    if key in message_keys():
        return Message(key, {"n": Number(n, "")})
    return Term("outside", f"{n * 10.0**power:g}")


def _ticks(first: int, last: int) -> list[int]:
    """Few round years within the span."""
    step = next(s for s in (1, 2, 5, 10, 20, 25, 50, 100) if (last - first) / s <= 4)
    return list(range(-(-first // step) * step, last + 1, step))


def _steps(low: float, top: float) -> list[tuple[int, int]]:
    """Powers of ten within the scale, as ``(1, power)``; with under two of them some of their multiples as well."""
    tens = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(top)) + 1)
    found: list[tuple[int, int]] = []
    for multiples in ((1,), (1, 3), (1, 2, 5), tuple(range(1, 10))):
        found = [(n, t) for t in tens for n in multiples if low / 1.15 <= n * 10.0**t <= top * 1.15]
        if len(found) >= 2:
            break
    return found[:: max(1, -(-len(found) // 4))]
