"""Part of a chart: lines of the two sides with intervals, beneath each other, and a name for each two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.theme import GREY, INK, SHAPES, SIDES, WIDTH
from visavis.finding import Term

__all__ = ["side_lines"]


def side_lines(
    drawn: Sequence[Mapping[str, Any]],
    labels: Sequence[Mapping[str, Any]],
    pair: Sequence[str],
    *,
    value: str,
    title: str,
    height: float,
    names: int,
) -> dict[str, Any]:
    """Points with intervals on one scale that holds 0, in the colours and shapes of the sides.

    Args:
        drawn: ``place`` (pixels from the top), ``holder`` (the side, a ``Term``), ``low``, ``high`` and the value.
        labels: ``place`` and ``label`` (a ``Term``), to the left.
        pair: ISO alpha-3 of the two sides, in order.
        value: name of the field with the value.
        title: key of the scale's title.
        height: of all, in pixels.
        names: room for the labels, in pixels.
    """
    low, high = min(0.0, *(row["low"] for row in drawn)), max(0.05, *(row["high"] for row in drawn))
    air = 0.04 * (high - low)
    y = {"field": "place", "type": "quantitative", "axis": None, "scale": {"domain": [height, 0], "nice": False}}
    x = {"type": "quantitative", "scale": {"domain": [low - air, high + air], "nice": False}}
    axis = {"format": ".2~f", "grid": True, "tickCount": 5}
    sides = [Term("country", c) for c in pair]
    color = {"field": "holder", "type": "nominal", "scale": {"domain": sides, "range": list(SIDES)}}
    shape = {"field": "holder", "type": "nominal", "scale": {"domain": sides, "range": list(SHAPES)}}
    text = {"type": "text", "align": "left", "baseline": "middle", "x": -names, "color": INK}
    point = {**x, "field": value, "axis": axis, "title": Term("word", title)}
    return {
        "width": WIDTH - names - 20,
        "height": height,
        "data": {"values": list(drawn)},
        "encoding": {"y": y},
        "layer": [
            {
                "data": {"values": [{"zero": 0}]},
                "mark": {"type": "rule", "color": GREY},
                "encoding": {"x": {**x, "field": "zero"}, "y": None},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": color},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
                "encoding": {"x": point, "color": color, "shape": shape},
            },
            {"data": {"values": list(labels)}, "mark": text, "encoding": {"text": {"field": "label"}}},
        ],
    }
