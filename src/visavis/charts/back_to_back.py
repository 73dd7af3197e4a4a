"""Chart: how the people of both sides are spread over the answers of an item, back to back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.telling import Lines, depth
from visavis.charts.theme import GREY, INK, SIDES, WIDTH, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["back_to_back"]

_COLUMNS = ("item", "answer", "country", "share", "n")
_LABELS, _STEP, _HEAD, _AIR, _LINE = 170, 17, 26, 14, 16


def back_to_back(rows: Sequence[Mapping[str, Any]]) -> Chart:
    """Bars to the left for the first side in ISO order, to the right for the second; answers below each other.

    Args:
        rows: ``item`` (its wording, a ``Term`` or ``Message``), ``answer`` (label of the answer, a ``Term`` or
            ``Message``), ``country`` (ISO alpha-3), ``share`` (0 to 1; None where fewer than five people stand behind
            it), ``n`` (people who answered the item). Rows of an item stand next to each other.

    >>> row = {"item": Term("outside", "Talks help."), "answer": Term("outside", "yes"), "share": 0.4, "n": 40}
    >>> back_to_back([{**row, "country": c} for c in ("JPN", "KOR")]).name
    'back_to_back'
    """
    pair = sorted({row["country"] for row in rows})
    drawn, heads, height = _placed(rows, pair)
    table = [{name: row[name] for name in _COLUMNS} for row in rows]
    return Chart(
        name="back_to_back",
        spec=themed(
            "back_to_back", _body(drawn, heads, height, pair), table, {"share": "share of people", "n": "people"}
        ),
        title=Message("charts.back_to_back.title"),
        alt=Message(
            "charts.back_to_back.alt",
            {"items": Number(len(heads), "items")},
            {"a": Term("country", pair[0]), "b": Term("country", pair[-1])},
        ),
        columns={name: "column.people" if name == "n" else f"column.{name}" for name in _COLUMNS},
    )


def _placed(
    rows: Sequence[Mapping[str, Any]], pair: Sequence[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """Bars and headings with their places from the top, and the height of all."""
    drawn: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    place, item, answer = 0, None, None
    for row in rows:
        if row["item"] != item:
            place += _AIR if heads else 0
            label = Lines(row["item"], WIDTH - 40)
            heads.append({"head": place + _HEAD / 2, "label": label})
            item, answer, place = row["item"], None, place + _HEAD + _LINE * (depth(label) - 1)
        if row["answer"] != answer:
            answer, place = row["answer"], place + _STEP
            words: dict[str, Any] = {"label": row["answer"]}
            drawn.append({"place": place - _STEP / 2, "left": 0.0, "right": 0.0, "side": None, **words})
        side = pair.index(row["country"])
        share = row["share"]
        figure = Term("word", "charts.hidden") if share is None else Term("outside", f"{share:.0%}")
        end = (share or 0.0) * (-1 if side == 0 else 1)
        told: dict[str, Any] = {"text": figure}
        drawn.append({"place": place - _STEP / 2, "end": end, "zero": 0, "side": side, "color": SIDES[side], **told})
    return drawn, heads, place


def _body(
    drawn: Sequence[Mapping[str, Any]], heads: Sequence[Mapping[str, Any]], height: int, pair: Sequence[str]
) -> dict[str, Any]:
    y = {"field": "place", "type": "quantitative", "axis": None, "scale": {"domain": [height, 0], "nice": False}}
    bars = [row for row in drawn if row["side"] is not None]
    top = max((abs(row["end"]) for row in bars), default=0.0) or 1.0
    x = {
        "field": "end",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [-1.25 * top, 1.25 * top], "nice": False},
    }
    color = {"field": "color", "type": "nominal", "scale": None}
    names = [
        {"at": (-0.05 if i == 0 else 0.05) * top, "name": Term("country", c), "color": SIDES[i]}
        for i, c in enumerate(pair)
    ]
    text = {"type": "text", "baseline": "middle"}
    left = {**text, "align": "left", "x": -_LABELS}
    by_color = {"color": color}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": bars},
            "mark": {"type": "bar", "height": 11, "opacity": 0.85},
            "encoding": {"x": x, "x2": {"field": "zero"}, **by_color},
        },
        {
            "data": {"values": [row for row in drawn if row["side"] is None]},
            "mark": {**left, "color": GREY},
            "encoding": {"text": {"field": "label"}},
        },
        {
            "data": {"values": list(heads)},
            "mark": {**left, "color": INK, "fontWeight": 600, "lineHeight": _LINE},
            "encoding": {"y": {**y, "field": "head"}, "text": {"field": "label"}},
        },
    ]
    for i, name in enumerate(names):
        toward = {"align": ("right", "left")[i], "dx": (-5, 5)[i]}
        layers += [
            {
                "data": {"values": [row for row in bars if row["side"] == i]},
                "mark": {**text, **toward, "color": GREY},
                "encoding": {"x": x, "text": {"field": "text"}},
            },
            {
                "data": {"values": [name]},
                "mark": {**text, **toward, "baseline": "bottom", "y": -4, "fontWeight": 600},
                "encoding": {"x": {**x, "field": "at"}, "y": None, "text": {"field": "name"}, **by_color},
            },
        ]
    return {
        "width": WIDTH - _LABELS,
        "height": height,
        "padding": {"left": 2, "right": 10, "top": 26, "bottom": 4},
        "encoding": {"y": y},
        "layer": layers,
    }
