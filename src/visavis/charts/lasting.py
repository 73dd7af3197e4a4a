"""Chart: the share of spells still running by age, with its interval and how many were under observation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.theme import FAINT, GREY, INK, SIZE, WIDTH, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["lasting"]

_COLUMNS = ("kind", "age", "share", "low", "high", "at_risk")
_UNITS = {"age": "years", "share": "share of spells", "low": "share of spells", "high": "share of spells",
          "at_risk": "spells"}  # fmt: skip
_WIDE, _HIGH, _NAMES = 270, 150, 60


def lasting(rows: Sequence[Mapping[str, Any]], at_risk: Sequence[Mapping[str, Any]]) -> Chart:
    """Steps with a band, a panel for each kind of mechanism; under them how many spells were at risk at some ages.

    Args:
        rows: steps by kind and age: ``kind`` (``Term``), ``age`` (years), ``share, low, high`` (0 to 1), ``at_risk``.
        at_risk: ``kind, age, at_risk`` at the ages to print.

    >>> row = {"kind": Term("outside", "all"), "age": 0.0, "share": 1.0, "low": 0.8, "high": 1.0, "at_risk": 12}
    >>> lasting([row, {**row, "age": 5.0, "share": 0.7}], [{"kind": row["kind"], "age": 5, "at_risk": 12}]).name
    'lasting'
    """
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    last = max(row["age"] for row in rows)
    wide = WIDTH - _NAMES if len(kinds) == 1 else _WIDE
    panels = [
        _panel(kind, [r for r in rows if r["kind"] == kind], [r for r in at_risk if r["kind"] == kind], last, wide)
        for kind in kinds
    ]
    body = {"concat": panels, "columns": 1 if len(kinds) == 1 else 2} if len(kinds) > 1 else panels[0]
    numbers = {
        "kinds": Number(len(kinds), "kinds"),
        "lowest": Number(min(row["share"] for row in rows), "share of spells"),
        "last": Number(float(last), "years"),
    }
    return Chart(
        name="lasting",
        spec=themed("lasting", body, [{c: row[c] for c in _COLUMNS} for row in rows], _UNITS),
        title=Message("charts.lasting.title"),
        alt=Message("charts.lasting.alt", numbers),
        columns={c: f"column.lasting.{c}" if c in ("kind", "age", "at_risk") else f"column.{c}" for c in _COLUMNS},
    )


def _panel(
    kind: Term, rows: Sequence[Mapping[str, Any]], counts: Sequence[Mapping[str, Any]], last: float, wide: int
) -> dict[str, Any]:
    steps = [{c: row[c] for c in ("age", "share", "low", "high")} for row in rows]
    x = {"field": "age", "type": "quantitative", "scale": {"domain": [0, last], "nice": False}}
    y = {"type": "quantitative", "scale": {"domain": [0, 1]}}
    axis = {"format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1], "grid": True}
    text = {"type": "text", "y": _HIGH + 40, "baseline": "middle", "color": GREY, "fontSize": SIZE}
    numbers = [{"age": c["age"], "count": str(c["at_risk"])} for c in counts]
    return {
        "title": {"text": kind, "fontSize": SIZE},
        "width": wide,
        "height": _HIGH,
        "data": {"values": steps},
        "encoding": {"x": {**x, "title": Term("word", "charts.lasting.age"), "axis": {"titlePadding": 26}}},
        "layer": [
            {
                "mark": {"type": "area", "interpolate": "step-after", "color": FAINT, "opacity": 0.35},
                "encoding": {"y": {**y, "field": "low", "axis": axis, "title": None}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "interpolate": "step-after", "color": INK, "strokeWidth": 2},
                "encoding": {"y": {**y, "field": "share"}},
            },
            {"data": {"values": numbers}, "mark": text, "encoding": {"text": {"field": "count"}}},
        ],
    }
