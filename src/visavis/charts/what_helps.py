"""Chart: how much each part of the record helps to foretell what either side does next, by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.theme import GREY, INK, SHAPES, SIDES, WIDTH, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["what_helps"]

_COLUMNS = ("part", "country", "saved", "low", "high", "last", "n")
_LABELS, _STEP, _AIR = 330, 17, 10


def what_helps(rows: Sequence[Mapping[str, Any]]) -> Chart:
    """A line a side with its interval, for each part of the record; right of 0 it helps.

    Args:
        rows: ``part`` (a ``Term``), ``country`` (whose acts were foretold, ISO alpha-3), ``saved, low, high`` (bits per
            act that the part saves by itself), ``last`` (what it saves beyond all others), ``n`` (acts). Both sides'
            rows of a part stand next to each other.

    >>> row = {"part": Term("word", "ahead.next.part.own"), "saved": 0.1, "low": 0.05, "high": 0.15}
    >>> row |= {"last": 0.0, "n": 90}
    >>> what_helps([{**row, "country": c} for c in ("JPN", "KOR")]).name
    'what_helps'
    """
    pair = sorted({row["country"] for row in rows})
    drawn: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for i, row in enumerate(rows):
        place = (i // 2 + 1) * _AIR + i * _STEP + _STEP / 2
        if i % 2 == 0:
            labels.append({"place": place + _STEP / 2, "label": row["part"]})
        ends = {name: row[name] for name in ("saved", "low", "high")}
        drawn.append({**ends, "place": place, "holder": Term("country", row["country"])})
    height = len(rows) * _STEP + (len(rows) // 2 + 1) * _AIR
    bits = "bits per act"
    ends = {"lowest": min(r["low"] for r in rows), "highest": max(r["high"] for r in rows)}
    numbers = {"parts": Number(len(rows) // 2, "parts"), **{k: Number(float(v), bits) for k, v in ends.items()}}
    table = [{name: row[name] for name in _COLUMNS} for row in rows]
    units = {**dict.fromkeys(("saved", "low", "high", "last"), bits), "n": "acts"}
    return Chart(
        name="what_helps",
        spec=themed("what_helps", _body(drawn, labels, height, pair), table, units),
        title=Message("ahead.next.chart.title"),
        alt=Message("ahead.next.chart.alt", numbers),
        columns={name: f"ahead.next.column.{name}" for name in _COLUMNS},
    )


def _body(
    drawn: Sequence[Mapping[str, Any]], labels: Sequence[Mapping[str, Any]], height: float, pair: Sequence[str]
) -> dict[str, Any]:
    low, high = min(0.0, *(row["low"] for row in drawn)), max(0.05, *(row["high"] for row in drawn))
    air = 0.04 * (high - low)
    y = {"field": "place", "type": "quantitative", "axis": None, "scale": {"domain": [height, 0], "nice": False}}
    x = {"type": "quantitative", "scale": {"domain": [low - air, high + air], "nice": False}}
    axis = {"format": ".2~f", "grid": True, "tickCount": 5}
    names = [Term("country", c) for c in pair]
    color = {"field": "holder", "type": "nominal", "scale": {"domain": names, "range": list(SIDES)}}
    shape = {"field": "holder", "type": "nominal", "scale": {"domain": names, "range": list(SHAPES)}}
    text = {"type": "text", "align": "left", "baseline": "middle", "x": -_LABELS, "color": INK}
    point = {"field": "saved", "axis": axis, "title": Term("word", "ahead.next.axis")}
    zero = {"mark": {"type": "rule", "color": GREY}, "encoding": {"x": {**x, "field": "zero"}, "y": None}}
    return {
        "width": WIDTH - _LABELS - 20,
        "height": height,
        "data": {"values": list(drawn)},
        "encoding": {"y": y},
        "layer": [
            {"data": {"values": [{"zero": 0}]}, **zero},
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": color},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
                "encoding": {"x": {**x, **point}, "color": color, "shape": shape},
            },
            {"data": {"values": list(labels)}, "mark": text, "encoding": {"text": {"field": "label"}}},
        ],
    }
