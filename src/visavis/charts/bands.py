"""Part of a chart: what its bands are, each word beside a piece of its band. Grey: it is of both sides."""

from __future__ import annotations

from typing import Any

from visavis.charts.telling import Lines, depth
from visavis.charts.theme import GREY, INK
from visavis.finding import Term

__all__ = ["INNER", "OUTER", "band_names"]

OUTER = 0.18
"""How opaque the 90 % band is."""

INNER = 0.22
"""How opaque the 80 % band is drawn upon the other."""

_LINE, _SWATCH, _AIR = 16, 26, 6


def band_names(keys: tuple[str, ...], width: int) -> dict[str, Any]:
    """A row of words over the panels.

    Args:
        keys: of ``band.middle``, ``band.80``, ``band.90``, ``band.past``: what is drawn.
        width: of the row, in pixels.
    """
    each = width // len(keys)
    words = [Lines(Term("word", f"band.{key}"), each - _SWATCH - 2 * _AIR) for key in keys]
    height = _LINE * max(depth(word) for word in words)
    layers = []
    for i, (key, word) in enumerate(zip(keys, words, strict=True)):
        at = i * each
        layers += [_layer(mark, at) for mark in _pieces(key)]
        text = {"type": "text", "align": "left", "baseline": "middle", "color": INK, "lineHeight": _LINE}
        layers.append({
            "data": {"values": [{"name": word}]},
            "mark": {**text, "x": at + _SWATCH + _AIR, "y": _LINE / 2},
            "encoding": {"text": {"field": "name"}},
        })  # fmt: skip
    return {"width": width, "height": height, "layer": layers}


def _pieces(key: str) -> list[dict[str, Any]]:
    """What stands beside the word, drawn as in the panels."""
    middle = (_LINE / 2, None)
    piece = {"type": "rect", "color": GREY, "opacity": 1}
    outer = ({**piece, "fillOpacity": OUTER}, (1, _LINE - 1))
    line = ({"type": "rule", "color": GREY, "strokeDash": [5, 3], "strokeWidth": 1.6}, middle)
    point = ({"type": "point", "color": GREY, "size": 34, "fill": "#ffffff", "opacity": 1}, middle)
    shapes: dict[str, list[tuple[dict[str, Any], tuple[float, float | None]]]] = {
        "middle": [line, point],
        "80": [outer, ({**piece, "fillOpacity": INNER}, (4, _LINE - 4))],
        "90": [outer],
        "past": [({"type": "rule", "color": INK, "strokeWidth": 2}, middle)],
    }
    return [{"mark": mark, "high": high} for mark, high in shapes[key]]


def _layer(piece: dict[str, Any], at: int) -> dict[str, Any]:
    mark, (y, y2) = piece["mark"], piece["high"]
    ends = {"x": at + _SWATCH / 2} if mark["type"] == "point" else {"x": at, "x2": at + _SWATCH}
    places = {**ends, "y": y, **({} if y2 is None else {"y2": y2})}
    return {"data": {"values": [{}]}, "mark": mark, "encoding": {k: {"value": v} for k, v in places.items()}}
