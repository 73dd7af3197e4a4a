"""Chart: how the tone of one side's acts goes with the other's, after one period, after two, and so on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.theme import FAINT, INK, SHAPES, SIDES, WIDTH, side, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["response"]

_COLUMNS = ("source", "target", "step", "change", "low", "high", "n")
_HEADINGS = {"step": "reaction.column.step", "change": "reaction.column.change", "n": "reaction.column.n"}
_PERCENT = "datum.value == 1 ? '0%' : format(datum.value - 1, '+.0%')"
_HEIGHT, _GAP, _AXIS = 170, 30, 60


def response(rows: Sequence[Mapping[str, Any]], kind: str) -> Chart:
    """Two panels on one scale, one for each acting side: points with their intervals, over the steps.

    Args:
        rows: ``source`` (who answers, ISO alpha-3), ``target``, ``step`` (periods later), ``change, low, high`` (of
            the conflictual share of its acts, 0.1 is 10 % more), ``n`` (periods).
        kind: ``months`` or ``weeks``.

    >>> row = {"source": "KOR", "target": "JPN", "step": 1, "change": 0.1, "low": -0.1, "high": 0.4, "n": 130}
    >>> response([row, {**row, "source": "JPN", "target": "KOR"}], "months").name
    'response'
    """
    pair = sorted({row["source"] for row in rows} | {row["target"] for row in rows})
    table = [{name: row[name] for name in _COLUMNS} for row in rows]
    ends = _ends(rows)
    body = {
        "spacing": _GAP,
        "hconcat": [_panel([r for r in rows if r["source"] == c], c, pair, ends, kind) for c in pair],
    }
    clear = sum(1 for row in rows if row["low"] > 0 or row["high"] < 0)
    units = {"change": "change in share", "low": "change in share", "high": "change in share", "n": "periods"}
    return Chart(
        name="response",
        spec=themed("response", body, table, units),
        title=Message("reaction.chart.title", terms=_kinds(kind)),
        alt=Message(
            "reaction.chart.alt",
            {"points": Number(len(rows), "points"), "clear": Number(clear, "points")},
            {**_kinds(kind), "a": Term("country", pair[0]), "b": Term("country", pair[1])},
        ),
        columns={name: _HEADINGS.get(name, f"column.{name}") for name in _COLUMNS},
    )


def _kinds(kind: str) -> dict[str, Term]:
    return {"kind": Term("word", f"kind.{kind}"), "time": Term("word", f"reaction.time.{kind}")}


def _ends(rows: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """One scale for both sides, as far down as up; what lies beyond an eighth or eightfold is cut at the edge."""
    reach = max(max(1 + row["high"], 1 / max(0.01, 1 + row["low"])) for row in rows)
    top = min(8.0, max(1.6, 1.05 * reach))
    return 1 / top, top


def _panel(
    rows: Sequence[Mapping[str, Any]], country: str, pair: Sequence[str], ends: tuple[float, float], kind: str
) -> dict[str, Any]:
    which = side(country, pair)
    y = {"type": "quantitative", "scale": {"type": "log", "base": 2, "domain": list(ends), "nice": False}}
    ticks = [v for v in (0.125, 0.25, 0.5, 1, 2, 4, 8) if ends[0] <= v <= ends[1]]
    axis = {"values": ticks, "labels": country == pair[0], "labelExpr": _PERCENT}
    x = {
        "field": "step",
        "type": "quantitative",
        "scale": {"domain": [0.4, max(12, *(r["step"] for r in rows)) + 0.6], "nice": False},
        "axis": {"values": list(range(1, 13)), "format": "d"},
        "title": Term("word", f"reaction.axis.{kind}"),
    }
    drawn = [
        {"step": r["step"]} | {n: min(max(1 + r[n], ends[0]), ends[1]) for n in ("change", "low", "high")} for r in rows
    ]
    names = {"answers": Term("country", country), "other": Term("country", pair[1 - which])}
    point = {"type": "point", "filled": True, "size": 60, "opacity": 1, "shape": SHAPES[which], "color": SIDES[which]}
    return {
        "width": (WIDTH - _AXIS - _GAP) // 2,
        "height": _HEIGHT,
        "title": {"text": Message("reaction.chart.panel", terms=names), "color": SIDES[which]},
        "layer": [
            {
                "data": {"values": [{"same": 1}]},
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
                "encoding": {"y": {**y, "field": "same", "axis": axis, "title": None}},
            },
            {
                "data": {"values": drawn},
                "mark": {"type": "rule", "strokeWidth": 2, "color": SIDES[which], "opacity": 0.55},
                "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {"data": {"values": drawn}, "mark": point, "encoding": {"x": x, "y": {**y, "field": "change"}}},
        ],
        "view": {"stroke": FAINT},
    }
