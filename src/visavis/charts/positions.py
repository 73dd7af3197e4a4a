"""Chart: where two countries stand on the line drawn from votes, session by session, before all others in grey.

Neither end of the line is better. Within a session the two can be compared; over decades the line may drift.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.theme import FAINT, GREY, PALE, RULE, SIDES, SIZE, WIDTH, side, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["positions"]

_AXIS, _HEIGHT = 44, 230
_RUN = {"field": "run", "type": "nominal"}
_COLUMNS = ("session", "year", "country", "value", "low", "high", "votes")
_HEADINGS = {"session": "column.positions.session", "year": "column.positions.year", "country": "column.country",
             "value": "column.positions.value", "low": "column.low", "high": "column.high",
             "votes": "column.positions.votes"}  # fmt: skip
_UNITS = {"session": "sessions", "value": "position", "low": "position", "high": "position", "votes": "votes"}
_DASHES: tuple[list[int], list[int]] = ([1, 0], [5, 2])


def positions(
    rows: Sequence[Mapping[str, Any]],
    field: Sequence[Mapping[str, Any]],
    pair: tuple[str, str],
    *,
    issue: Message | Term | None = None,
) -> Chart:
    """Two lines with bands of 90% before the bands of all countries; a line breaks where a session has no position.

    Args:
        rows: ``session``, ``year`` (of its start), ``country`` (ISO alpha-3), ``value, low, high`` (the position and
            its interval), ``votes`` (ballots it rests on).
        field: quantiles of all countries' positions: ``session``, ``year``, ``low`` (5%), ``lower`` (25%), ``middle``,
            ``upper`` (75%), ``high`` (95%).
        pair: the two countries.
        issue: what the roll calls are about, where they are not all.

    >>> row = {"session": 70, "year": 2015, "value": 0.9, "low": 0.8, "high": 1.0, "votes": 70}
    >>> wide = {"session": 70, "year": 2015, "low": -1.0, "lower": -0.6, "middle": -0.2, "upper": 0.8, "high": 1.5}
    >>> positions([{**row, "country": c} for c in ("JPN", "KOR")], [wide], ("KOR", "JPN")).name
    'positions'
    """
    first, second = sorted(pair)
    told = sorted(rows, key=lambda row: (row["country"], row["session"]))
    terms: dict[str, Any] = {"a": Term("country", first), "b": Term("country", second)}
    terms |= {"issue": issue} if issue is not None else {}
    years = [row["year"] for row in told]
    key = "charts.positions.title" if issue is None else "charts.positions.title_issue"
    table = [{name: str(row[name]) if name == "year" else row[name] for name in _COLUMNS} for row in told]
    numbers = {
        f"{end}_{name}": Number(f(row["value"] for row in told if row["country"] == code), "position")
        for name, code in (("a", first), ("b", second))
        for end, f in (("lowest", min), ("highest", max))
    }
    ends = {"first": Term("period", str(min(years))), "last": Term("period", str(max(years)))}
    return Chart(
        name="positions",
        spec=themed("positions", _body(told, field, (first, second)), table, _UNITS),
        title=Message(key, terms=terms),
        alt=Message("charts.positions.alt", numbers, {"a": terms["a"], "b": terms["b"], **ends}),
        columns=_HEADINGS,
    )


def _body(
    rows: Sequence[Mapping[str, Any]], field: Sequence[Mapping[str, Any]], pair: tuple[str, str]
) -> dict[str, Any]:
    years = [row["year"] for row in rows]
    shown = [row for row in field if min(years) <= row["year"] <= max(years)]
    ends = [row[end] for row in (*rows, *shown) for end in ("low", "high")]
    x = {
        "field": "year",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [min(years) - 0.5, max(years) + 0.5], "nice": False},
        "axis": {"format": "d", "values": _ticks(min(years), max(years)), "labelFlush": False},
    }
    y = {
        "type": "quantitative",
        "scale": {"domain": [min(ends), max(ends)], "nice": True, "zero": False},
        "title": None,
        "axis": {"grid": False, "tickCount": 5, "minExtent": _AXIS - 4},
    }
    layers = [
        _band(shown, ("low", "high"), y, PALE, 1.0),
        _band(shown, ("lower", "upper"), y, RULE, 1.0),
        _line(shown, "middle", y, FAINT, [2, 3]),
    ]
    for i, country in enumerate(pair):
        of, color = [row for row in rows if row["country"] == country], SIDES[side(country, pair)]
        layers += [_band(of, ("low", "high"), y, color, 0.22), _line(of, "value", y, color, _DASHES[i])]
        layers.append(_points(of, y, color))
    chart = {"width": WIDTH - _AXIS - 6, "height": _HEIGHT, "encoding": {"x": x}, "layer": layers}
    return {"vconcat": [_key(pair), chart], "spacing": 6}


def _key(pair: tuple[str, str]) -> dict[str, Any]:
    """Which line is whose, and what the grey is."""
    layers: list[dict[str, Any]] = []
    names = [(Term("country", code), SIDES[side(code, pair)], 600) for code in pair]
    names.append((Term("word", "charts.positions.field"), GREY, 400))
    for i, (name, color, weight) in enumerate(names):
        at = 165 * i
        data = {"data": {"values": [{"name": name}]}}
        mark = {"type": "rule", "x": at, "x2": at + 26, "color": color, "strokeWidth": 2.5}
        mark |= {"strokeDash": _DASHES[i]} if i < len(_DASHES) else {"color": RULE, "strokeWidth": 11}
        word = {"type": "text", "align": "left", "baseline": "middle", "x": at + 32, "color": color, "fontSize": SIZE,
                "fontWeight": weight}  # fmt: skip
        layers.append({**data, "mark": mark, "encoding": {"y": {"value": 8}}})
        layers.append({**data, "mark": word, "encoding": {"text": {"field": "name"}, "y": {"value": 8}}})
    return {"width": WIDTH - 20, "height": 16, "layer": layers}


def _runs(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with a number for each unbroken run of sessions."""
    order = sorted(rows, key=lambda row: row["session"])
    found, run = [], 0
    for i, row in enumerate(order):
        run += i > 0 and row["session"] > order[i - 1]["session"] + 1
        found.append({**row, "run": run})
    return found


def _band(
    rows: Sequence[Mapping[str, Any]], ends: tuple[str, str], y: Mapping[str, Any], color: str, opacity: float
) -> dict[str, Any]:
    values = [{k: row[k] for k in ("year", "run", *ends)} for row in _runs(rows)]
    return {
        "data": {"values": values},
        "mark": {"type": "area", "color": color, "opacity": opacity, "line": False},
        "encoding": {"y": {**y, "field": ends[0]}, "y2": {"field": ends[1]}, "detail": _RUN},
    }


def _line(
    rows: Sequence[Mapping[str, Any]], name: str, y: Mapping[str, Any], color: str, dash: list[int]
) -> dict[str, Any]:
    return {
        "data": {"values": [{k: row[k] for k in ("year", "run", name)} for row in _runs(rows)]},
        "mark": {"type": "line", "color": color, "strokeWidth": 2 if name == "value" else 1, "strokeDash": dash},
        "encoding": {"y": {**y, "field": name}, "detail": _RUN},
    }


def _points(rows: Sequence[Mapping[str, Any]], y: Mapping[str, Any], color: str) -> dict[str, Any]:
    """Sessions without a neighbour, which no line shows."""
    told = _runs(rows)
    lone = [row for row in told if sum(other["run"] == row["run"] for other in told) == 1]
    return {
        "data": {"values": [{k: row[k] for k in ("year", "value")} for row in lone]},
        "mark": {"type": "point", "filled": True, "color": color, "size": 20, "opacity": 1},
        "encoding": {"y": {**y, "field": "value"}},
    }


def _ticks(first: int, last: int) -> list[int]:
    """Few round years within the span."""
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if (last - first) / s <= 8)
    return list(range(-(-first // step) * step, last + 1, step))
