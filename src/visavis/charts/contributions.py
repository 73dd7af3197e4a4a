"""Chart: what carries a change: one bar a cell, to the left what fell, to the right what grew, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.theme import GREY, INK, SIDES, WIDTH, side, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["contributions"]

_COLUMNS = ("cell", "source", "target", "change", "low", "high", "n")
_LABELS = 290


def contributions(rows: Sequence[Mapping[str, Any]], *, unit: str = "change in acts", most: int = 12) -> Chart:
    """The largest changes, largest first; the table holds all of them.

    Args:
        rows: ``cell`` (a ``Message`` or ``Term`` that names it: sectors and means), ``source, target``, ``change``,
            ``low, high`` (the interval, or None), ``n`` (acts it rests on).
        unit: the unit of ``change``, as in ``Number``.
        most: how many bars are drawn.

    >>> cell = {"cell": Term("word", "means.dialogue"), "source": "KOR", "target": "JPN", "change": 12, "n": 30}
    >>> contributions([{**cell, "low": 4.0, "high": 20.0}]).name
    'contributions'
    """
    order = sorted(rows, key=lambda row: (-abs(row["change"]), row["source"], str(row["cell"])))
    drawn = [_bar(i, row) for i, row in enumerate(order[:most])]
    body = _body(drawn, ".0%" if "share" in unit else ",.3~g")
    table = [{name: row[name] for name in _COLUMNS} for row in order]
    units = {"change": unit, "low": unit, "high": unit, "n": "acts"}
    return Chart(
        name="contributions",
        spec=themed("contributions", body, table, units),
        title=Message("charts.contributions.title"),
        alt=_alt(order, unit),
        columns={name: f"column.{name}" for name in _COLUMNS},
    )


def _body(drawn: Sequence[Mapping[str, Any]], form: str) -> dict[str, Any]:
    """Names to the left; a bar and its interval for each, around a line at zero."""
    ends = [min(0.0, *(bar["low"] for bar in drawn)), max(0.0, *(bar["high"] for bar in drawn))]
    air = 0.03 * (ends[1] - ends[0])
    x = {
        "field": "change",
        "type": "quantitative",
        "scale": {"domain": [ends[0] - air, ends[1] + air], "nice": False},
        "title": Term("word", "charts.axis.change"),
        "axis": {"grid": True, "tickCount": 5, "format": form, "orient": "bottom"},
    }
    color = {"field": "color", "type": "nominal", "scale": None}
    span = {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}}
    zero = {"x": {"field": "zero", "type": "quantitative"}, "y": None}
    mark = {"type": "text", "align": "left", "baseline": "middle", "x": -_LABELS, "color": INK}
    return {
        "width": WIDTH - _LABELS,
        "height": {"step": 25},
        "data": {"values": list(drawn)},
        "encoding": {"y": {"field": "place", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.28}}},
        "layer": [
            {"mark": {"type": "bar", "opacity": 0.85}, "encoding": {"x": x, "color": color}},
            {"mark": {"type": "rule", "color": INK, "strokeWidth": 1.3}, "encoding": span},
            {"mark": mark, "encoding": {"text": {"field": "label"}}},
            {"mark": {"type": "rule", "color": GREY}, "data": {"values": [{"zero": 0}]}, "encoding": zero},
        ],
    }


def _bar(place: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """What is drawn of a row. Where there is no interval its rule has no length."""
    ends = [row["change"] if row[end] is None else row[end] for end in ("low", "high")]
    words: dict[str, Any] = {"label": row["cell"]}
    color = SIDES[side(row["source"], (row["source"], row["target"]))]
    return {"place": place, "change": row["change"], "low": ends[0], "high": ends[1], "color": color, **words}


def _alt(rows: Sequence[Mapping[str, Any]], unit: str) -> Message:
    """The largest bar in words."""
    first = rows[0]
    terms = {"source": Term("country", first["source"]), "target": Term("country", first["target"])}
    change = Number(first["change"], unit, first["low"], first["high"], first["n"])
    return Message("charts.contributions.alt", {"cells": Number(len(rows), "cells"), "change": change}, terms)
