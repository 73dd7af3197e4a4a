"""Chart: what each side holds, and what the other thinks it holds: filled is the view, hollow the estimate of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.telling import Lines, depth
from visavis.charts.theme import FAINT, INK, SHAPES, SIDES, WIDTH, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["estimates"]

_COLUMNS = ("item", "country", "view", "low", "high", "n", "estimate", "estimate_low", "estimate_high", "estimate_n")
_LABELS, _STEP, _AIR, _LINE = 330, 20, 18, 16
_UNITS = {"view": "share of the scale", "low": "share of the scale", "high": "share of the scale", "n": "people",
          "estimate": "share of the scale", "estimate_low": "share of the scale", "estimate_high": "share of the scale",
          "estimate_n": "people"}  # fmt: skip


def estimates(rows: Sequence[Mapping[str, Any]]) -> Chart:
    """Two lines an item, one a side: the side's mean view, and the other side's mean estimate of it.

    Args:
        rows: ``item`` (its wording, a ``Term`` or ``Message``), ``country`` (whose view it is, ISO alpha-3), ``view,
            low, high`` (0 to 1, with its interval), ``n`` (people), ``estimate, estimate_low, estimate_high,
            estimate_n`` (what the other side thinks that it is; None where that was not asked). Both sides' rows of an
            item stand next to each other.

    >>> side = {"item": Term("outside", "Talks help."), "view": 0.4, "low": 0.3, "high": 0.5, "n": 8}
    >>> guess = {"estimate": 0.6, "estimate_low": 0.5, "estimate_high": 0.7, "estimate_n": 8}
    >>> estimates([{**side, **guess, "country": c} for c in ("JPN", "KOR")]).name
    'estimates'
    """
    pair = sorted({row["country"] for row in rows})
    drawn, height = _placed(rows, pair)
    table = [{name: row.get(name) for name in _COLUMNS} for row in rows]
    return Chart(
        name="estimates",
        spec=themed("estimates", _body(drawn, height, pair), table, _UNITS),
        title=Message("charts.estimates.title"),
        alt=Message("charts.estimates.alt", {"items": Number(len(rows) // 2, "items")}),
        columns={name: "column.people" if name == "n" else f"column.{name}" for name in _COLUMNS},
    )


def _placed(rows: Sequence[Mapping[str, Any]], pair: Sequence[str]) -> tuple[list[dict[str, Any]], int]:
    """Rows with their places from the top, and the height of all; an item is as high as its wording needs."""
    drawn, top = [], 0
    for first in range(0, len(rows), 2):
        label = Lines(rows[first]["item"], _LABELS - 30)
        lines = depth(label)
        height = max(2 * _STEP, _LINE * lines)
        for line, row in enumerate(rows[first : first + 2]):
            middle = top + height / 2
            words: dict[str, Any] = {"label": label if line == 0 else ""}
            head = middle - _LINE * (lines - 1) / 2  # of the first line of the wording
            drawn.append(_row(row, pair, words, middle + (line - 0.5) * _STEP, head))
        top += height + _AIR
    return drawn, top


def _row(
    row: Mapping[str, Any], pair: Sequence[str], words: Mapping[str, Any], place: float, head: float
) -> dict[str, Any]:
    """What is drawn of a row. The estimate of a side's view has the colour of the side that estimates."""
    other = pair[1 - pair.index(row["country"])]
    names = {"holder": Term("country", row["country"]), "guesser": Term("country", other)}
    return {**{name: row.get(name) for name in _COLUMNS[2:]}, "place": place, "head": head, **names, **words}


def _body(drawn: Sequence[Mapping[str, Any]], height: int, pair: Sequence[str]) -> dict[str, Any]:
    y = {"field": "place", "type": "quantitative", "axis": None, "scale": {"domain": [height, 0], "nice": False}}
    x = {"type": "quantitative", "scale": {"domain": [0, 1], "nice": False}}
    axis = {"format": ".0%", "grid": True, "tickCount": 5, "orient": "top"}
    scale = {"domain": [Term("country", c) for c in pair], "range": list(SIDES)}
    shapes = {"domain": [Term("country", c) for c in pair], "range": list(SHAPES)}
    guessed = {"values": [row for row in drawn if row["estimate"] is not None]}
    color = {"field": "holder", "type": "nominal", "scale": scale}
    shape = {"field": "holder", "type": "nominal", "scale": shapes}
    by_guesser = {"color": {**color, "field": "guesser"}, "shape": {**shape, "field": "guesser"}}
    label = {"type": "text", "align": "left", "baseline": "middle", "x": -_LABELS, "color": INK, "lineHeight": _LINE}
    head = {**y, "field": "head"}
    return {
        "width": WIDTH - _LABELS - 20,
        "height": height,
        "data": {"values": list(drawn)},
        "encoding": {"y": y},
        "layer": [
            {
                "data": guessed,
                "mark": {"type": "rule", "strokeDash": [2, 3], "color": FAINT, "strokeWidth": 1.5},
                "encoding": {"x": {**x, "field": "view"}, "x2": {"field": "estimate"}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": color},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
                "encoding": {
                    "x": {**x, "field": "view", "axis": axis, "title": Term("word", "charts.axis.scale")},
                    "color": color,
                    "shape": shape,
                },
            },
            {
                "data": guessed,
                "mark": {"type": "point", "filled": False, "size": 70, "strokeWidth": 2, "opacity": 1},
                "encoding": {"x": {**x, "field": "estimate"}, **by_guesser},
            },
            {"mark": label, "encoding": {"text": {"field": "label"}, "y": head}},
        ],
    }
