"""Chart: what both sides do toward third countries: shares of dialogue and of pressure, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.theme import INK, SHAPES, SIDES, WIDTH, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["toward"]

_COLUMNS = ("third", "stream", "since", "until", "country", "acts", "attention", "dialogue", "dialogue_low",
            "dialogue_high", "pressure", "pressure_low", "pressure_high", "received")  # fmt: skip
_SHARES = ("attention", *(f"{kind}{end}" for kind in ("dialogue", "pressure") for end in ("", "_low", "_high")))
_LABELS, _GAP, _STEP, _AIR = 190, 26, 13, 9
_OWN = frozenset({"third", "attention", "dialogue", "dialogue_low", "dialogue_high", "pressure", "pressure_low",
                  "pressure_high", "received"})  # fmt: skip


def toward(rows: Sequence[Mapping[str, Any]], *, drawn: int) -> Chart:
    """Two panels on one list of third countries; the table holds all rows, with attention and what is received.

    Args:
        rows: ``third`` and ``country`` (ISO alpha-3), ``stream``, ``since, until`` (periods), ``acts``, ``attention``,
            ``dialogue, pressure`` with ``_low`` and ``_high``, ``received`` (shares, 0 to 1, or None). Both sides' rows
            of a third country stand next to each other.
        drawn: how many third countries are drawn: the first ones.

    >>> share = {"dialogue": 0.5, "dialogue_low": 0.4, "dialogue_high": 0.6, "attention": 0.1, "received": None}
    >>> share |= {"pressure": 0.1, "pressure_low": 0.05, "pressure_high": 0.2, "stream": "toy", "acts": 90}
    >>> when = {"third": "CHN", "since": "2018-01", "until": "2018-09"}
    >>> toward([{**share, **when, "country": c} for c in ("JPN", "KOR")], drawn=1).name
    'toward'
    """
    pair = sorted({row["country"] for row in rows})
    points = [_point(i, row) for i, row in enumerate(rows[: 2 * drawn])]
    height = len(points) // 2 * (2 * _STEP + _AIR)
    top = min(1.0, 1.05 * max(row["pressure_high"] for row in points))
    least = max(0.0, 0.95 * min(row["dialogue_low"] for row in points))
    width = (WIDTH - _LABELS - _GAP - 40) // 2
    panels = [
        _panel("dialogue", points, pair, (least, 1.0), height, width),
        _panel("pressure", points, pair, (0.0, top), height, width),
    ]
    panels[0]["layer"].append(_labels(height))
    body = {"hconcat": panels, "spacing": _GAP, "bounds": "flush", "padding": {"left": 2, "right": 30, "top": 2}}
    table = [{**{name: row.get(name) for name in _COLUMNS}, "third": Term("country", row["third"])} for row in rows]
    units = dict.fromkeys((*_SHARES, "received"), "share of acts") | {"acts": "acts"}
    return Chart(
        name="toward",
        spec=themed("toward", body, table, units),
        title=Message("answers.chart.toward.title"),
        alt=Message("answers.chart.toward.alt", {"thirds": Number(len(points) // 2, "countries")}),
        columns={name: f"answers.column.{name}" if name in _OWN else f"column.{name}" for name in _COLUMNS},
    )


def _point(i: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its place from the top; the name stands beside the first of two."""
    place, line = divmod(i, 2)
    head = place * (2 * _STEP + _AIR) + _STEP
    years = sorted({row["since"][:4], row["until"][:4]})
    ends = {"first": Term("period", years[0]), "last": Term("period", years[-1])}
    key = "answers.chart.years" if len(years) > 1 else "answers.chart.year"
    label: Message | str = Message(key, terms={"third": Term("country", row["third"]), **ends}) if line == 0 else ""
    shares = {name: row[name] for name in _SHARES}
    return {**shares, "place": head + (line - 0.5) * _STEP, "head": head, "name": Term("country", row["country"])} | {
        "label": label
    }


def _y(field: str, height: int) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "axis": None, "scale": {"domain": [height, 0], "nice": False}}


def _panel(
    kind: str, points: Sequence[Mapping[str, Any]], pair: Sequence[str], ends: tuple[float, float],
    height: int, width: int,
) -> dict[str, Any]:  # fmt: skip
    """One share of both sides, with its interval."""
    x = {"field": kind, "type": "quantitative", "scale": {"domain": list(ends), "nice": False}}
    axis = {"format": ".0%", "grid": True, "tickCount": 5, "orient": "top"}
    looks = {"field": "name", "type": "nominal"}
    names = [Term("country", c) for c in pair]
    color = {**looks, "scale": {"domain": names, "range": list(SIDES)}}
    shape = {**looks, "scale": {"domain": names, "range": list(SHAPES)}}
    span = {"x": {**x, "field": f"{kind}_low"}, "x2": {"field": f"{kind}_high"}}
    known = {"values": [row for row in points if row[kind] is not None]}
    return {
        "width": width,
        "height": height,
        "data": known,
        "encoding": {"y": _y("place", height)},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": {**span, "color": color}},
            {
                "mark": {"type": "point", "filled": True, "size": 62, "opacity": 1},
                "encoding": {
                    "x": {**x, "axis": axis, "title": Term("word", f"answers.column.{kind}")},
                    "color": color,
                    "shape": shape,
                },
            },
        ],
    }


def _labels(height: int) -> dict[str, Any]:
    """The third countries' names, left of the panels."""
    mark = {"type": "text", "align": "right", "x": -10, "color": INK, "baseline": "middle"}
    return {"mark": mark, "encoding": {"text": {"field": "label"}, "x": None, "y": _y("head", height)}}
