"""Chart: what assuming likeness would have cost, toward all third countries and toward each with enough acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.theme import GREY, INK, SHAPES, SIDES, WIDTH, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["likeness_cost"]

_COLUMNS = ("toward", "country", "gap", "low", "high", "n", "mirror", "own", "pooled", "base", "uniform")
_LABELS, _STEP, _AIR, _MOST = 190, 17, 12, 9


def likeness_cost(rows: Sequence[Mapping[str, Any]]) -> Chart:
    """A line a side with its interval, beneath each other for each country acted toward; right of 0: it would cost.

    Args:
        rows: ``toward`` (a ``Term``), ``country`` (whose acts were foretold, ISO alpha-3), ``gap, low, high`` (bits per
            act), ``n`` (acts), ``mirror, own, pooled, base, uniform`` (surprise, bits per act). Rows that share
            ``toward`` stand next to each other; the first nine of these are drawn, the table holds all.

    >>> row = {"toward": Term("country", "CHN"), "gap": 0.2, "low": 0.1, "high": 0.3, "n": 400, "mirror": 2.4}
    >>> row |= {"own": 2.2, "pooled": 2.3, "base": 2.5, "uniform": 3.8}
    >>> likeness_cost([{**row, "country": c} for c in ("JPN", "KOR")]).name
    'likeness_cost'
    """
    pair = sorted({row["country"] for row in rows})
    drawn, labels, height = _placed(rows, pair)
    bits = "bits per act"
    units = {name: bits for name in _COLUMNS[2:] if name != "n"} | {"n": "acts"}
    ends = [float(f(row[end] for row in rows)) for f, end in ((min, "low"), (max, "high"))]
    return Chart(
        name="likeness_cost",
        spec=themed(
            "likeness_cost",
            _body(drawn, labels, height, pair),
            [{name: row[name] for name in _COLUMNS} for row in rows],
            units,
        ),
        title=Message("assumed.chart.cost.title"),
        alt=Message(
            "assumed.chart.cost.alt",
            {"rows": Number(len(rows), "rows"), "lowest": Number(ends[0], bits), "highest": Number(ends[1], bits)},
        ),
        columns={name: f"assumed.column.{name}" for name in _COLUMNS},
    )


def _placed(
    rows: Sequence[Mapping[str, Any]], pair: Sequence[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    """What is drawn, the names to its left, and the height of all."""
    drawn: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    top, before = 0.0, None
    for row in rows:
        if row["toward"] != before:
            if len(labels) == _MOST:
                break
            top, before = top + _AIR, row["toward"]
            labels.append({"place": top + _STEP / 2, "label": row["toward"]})
        at = {name: row[name] for name in ("gap", "low", "high")}
        drawn.append({**at, "place": top + _STEP / 2, "holder": Term("country", row["country"])})
        top += _STEP
    return drawn, labels, top + _AIR / 2


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
    return {
        "width": WIDTH - _LABELS - 20,
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
                "encoding": {
                    "x": {**x, "field": "gap", "axis": axis, "title": Term("word", "assumed.axis.cost")},
                    "color": color,
                    "shape": shape,
                },
            },
            {"data": {"values": list(labels)}, "mark": text, "encoding": {"text": {"field": "label"}}},
        ],
    }
