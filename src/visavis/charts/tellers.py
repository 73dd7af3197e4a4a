"""Chart: who tells it: how many reports each side's press and third parties hold, and whom they show acting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.series import directions
from visavis.charts.telling import direction
from visavis.charts.theme import GREY, INK, SHAPES, SIDES, WIDTH, side, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["tellers"]

_COLUMNS = ("teller", "source", "target", "reports", "share", "low", "high")
_LABELS, _COUNTS, _GAP, _STEP = 150, 170, 34, 19


def tellers(rows: Sequence[Mapping[str, Any]]) -> Chart:
    """Two columns on one list of tellers: the conflictual share with its interval, and the number of reports.

    Args:
        rows: ``told_by`` (ISO alpha-3, ``others`` or ``unknown``), ``source, target``, ``reports`` (a count), ``share,
            low, high`` (conflictual share of those reports, 0 to 1; None where there are none, or too few to tell).

    >>> row = {"told_by": "JPN", "source": "KOR", "target": "JPN", "reports": 90, "share": 0.4, "low": 0.3, "high": 0.5}
    >>> tellers([row]).name
    'tellers'
    """
    pair = directions(rows)
    order = sorted({row["told_by"] for row in rows}, key=lambda t: (t == "unknown", t == "others", t))
    drawn = [_point(row, order, pair) for row in rows]
    height = len(order) * (_STEP * len(pair) + 10)
    few = all(row["share"] is None for row in drawn)
    shares = {**_shares(drawn, height, pair), "width": WIDTH - _LABELS - _COUNTS - _GAP - 42}
    counts = _counts(drawn, height, pair)
    if few:  # a panel of shares would be empty: the names stand beside the counts
        counts["layer"].append(_labels(height))
    body = {
        "padding": {"left": _LABELS if few else 2, "right": 30, "top": 2},
        "hconcat": [counts] if few else [shares, counts],
        "spacing": _GAP,
        "bounds": "flush",
    }
    table = [{**{name: row.get(name) for name in _COLUMNS}, "teller": row["told_by"]} for row in rows]
    units = {"reports": "reports", "share": "share of reports", "low": "share of reports", "high": "share of reports"}
    total = Number(sum(row["reports"] for row in rows), "reports")
    return Chart(
        name="tellers",
        spec=themed("tellers", body, table, units),
        title=Message("charts.tellers.counts" if few else "charts.tellers.title"),
        alt=Message(
            "charts.tellers.counts.alt" if few else "charts.tellers.alt",
            {"reports": total, "tellers": Number(len(order), "groups")},
        ),
        columns={name: f"column.{name}" for name in _COLUMNS},
    )


def _teller(told_by: str) -> Message | Term:
    """A group of tellers as a label."""
    if told_by in ("others", "unknown"):
        return Term("word", f"teller.{told_by}")
    return Message("teller.press", terms={"country": Term("country", told_by)})


def _point(row: Mapping[str, Any], order: Sequence[str], pair: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A row with its place on the page: tellers below each other, both directions inside a teller."""
    way = pair.index((row["source"], row["target"]))
    place = order.index(row["told_by"]) * (_STEP * len(pair) + 10) + _STEP * (way + 0.5)
    head = order.index(row["told_by"]) * (_STEP * len(pair) + 10) + _STEP * len(pair) / 2
    words = {"name": direction(row["source"], row["target"]), "label": _teller(row["told_by"]) if way == 0 else ""}
    return {**{k: row.get(k) for k in ("reports", "share", "low", "high")}, "place": place, "head": head, **words}


def _y(field: str, height: int) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "axis": None, "scale": {"domain": [height, 0], "nice": False}}


def _looks(pair: Sequence[tuple[str, str]], channel: str) -> dict[str, Any]:
    """Colour or shape of each direction; the same names on both make one legend."""
    looks = SIDES if channel == "color" else SHAPES
    scale = {"domain": [direction(*way) for way in pair], "range": [looks[side(way[0], way)] for way in pair]}
    return {channel: {"field": "name", "type": "nominal", "scale": scale}}


def _shares(drawn: Sequence[Mapping[str, Any]], height: int, pair: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Point and interval for each direction that has a share, beside the name of every teller."""
    shown = {"values": [d for d in drawn if d["share"] is not None]}
    top = max([d["high"] if d["high"] is not None else d["share"] for d in shown["values"]] or [1.0])
    x = {"field": "share", "type": "quantitative", "scale": {"domain": [0, min(1.0, 1.05 * top)], "nice": False}}
    axis = {"format": ".0%", "grid": True, "tickCount": 5}
    color, shape = _looks(pair, "color"), _looks(pair, "shape")
    span = {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}}
    return {
        "height": height,
        "data": {"values": list(drawn)},
        "encoding": {"y": _y("place", height)},
        "layer": [
            {"data": shown, "mark": {"type": "rule", "strokeWidth": 2}, "encoding": {**span, **color}},
            {
                "data": shown,
                "mark": {"type": "point", "filled": True, "size": 62, "opacity": 1},
                "encoding": {
                    "x": {**x, "axis": axis, "title": Term("word", "charts.axis.conflictual")},
                    **shape,
                    **color,
                },
            },
            _labels(height),
        ],
    }


def _labels(height: int) -> dict[str, Any]:
    """The tellers' names, left of the panel."""
    mark = {"type": "text", "align": "right", "x": -10, "color": INK, "baseline": "middle"}
    return {"mark": mark, "encoding": {"text": {"field": "label"}, "x": None, "y": _y("head", height)}}


def _counts(drawn: Sequence[Mapping[str, Any]], height: int, pair: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Bars of the number of reports, with the number at their end."""
    x = {"field": "reports", "type": "quantitative", "axis": {"labels": False, "ticks": False, "domain": False}}
    text = {"type": "text", "align": "left", "dx": 5, "color": GREY}
    return {
        "width": _COUNTS,
        "height": height,
        "data": {"values": list(drawn)},
        "encoding": {"y": _y("place", height), "x": {**x, "title": Term("word", "charts.axis.reports")}},
        "layer": [
            {
                "mark": {"type": "bar", "height": 11, "opacity": 0.85, "orient": "horizontal"},
                "encoding": _looks(pair, "color"),
            },
            {"mark": text, "encoding": {"text": {"field": "reports", "format": ","}}},
        ],
    }
