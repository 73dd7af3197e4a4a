"""Chart: this period against the pair's own past: a dot for each past period, what was to be expected, and now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.series import directions
from visavis.charts.telling import Lines, direction
from visavis.charts.theme import FAINT, INK, SHAPES, SIDES, WIDTH, side, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["against_past"]

_COLUMNS = ("measure", "source", "target", "period", "value", "low", "high", "acts")
_BINS, _HEIGHT, _LABELS, _GAP = 48, 64, 200, 28


def against_past(rows: Sequence[Mapping[str, Any]], expected: Sequence[Mapping[str, Any]], *, now: str) -> Chart:
    """Both directions below each other on one scale, one column a measure.

    Args:
        rows: ``measure`` (a key of the catalogues under ``measure.``: ``share``, ``rate``), ``source, target, period,
            value``, ``acts``; the row of ``now`` also has ``low, high`` or None.
        expected: ``measure, source, target, low, high`` (what the past predicts for this period), ``level`` (0 to 1).
        now: the period that is looked at.

    >>> row = {"measure": "share", "source": "KOR", "target": "JPN", "value": 0.3, "low": 0.2, "high": 0.4, "acts": 50}
    >>> past = {"measure": "share", "source": "KOR", "target": "JPN", "low": 0.1, "high": 0.5, "level": 0.9}
    >>> against_past([{**row, "period": "2019-01"}], [past], now="2019-01").name
    'against_past'
    """
    measures = sorted({row["measure"] for row in rows}, key=("share", "rate").index)
    width = (WIDTH - _LABELS - (len(measures) - 1) * _GAP) // len(measures)
    lines = []
    for i, (source, target) in enumerate(directions(rows)):
        cells = []
        for j, measure in enumerate(measures):
            ends = _ends([r for r in rows if r["measure"] == measure], [e for e in expected if e["measure"] == measure])
            here = [r for r in rows if (r["measure"], r["source"], r["target"]) == (measure, source, target)]
            band = [e for e in expected if (e["measure"], e["source"], e["target"]) == (measure, source, target)]
            cell = _cell(here, band, now, ends, side(source, (source, target)))
            last = i == len(directions(rows)) - 1
            cell |= {"width": width, "height": _HEIGHT}
            cell["encoding"]["x"] |= {"axis": _axis(measure, labels=last), "title": _name(measure) if last else None}
            if j == 0:
                cell["layer"].append(_label(source, target))
            cells.append(cell)
        lines.append({"hconcat": cells, "spacing": _GAP, "bounds": "flush"})
    return Chart(
        name="against_past",
        spec=themed("against_past", {"vconcat": lines, "spacing": 8}, [_row(row) for row in rows], {"acts": "acts"}),
        title=Message("charts.against_past.title", terms={"now": Term("period", now)}),
        alt=_alt(rows, expected, now),
        columns={name: f"column.{name}" for name in _COLUMNS},
    )


def _name(measure: str) -> Term:
    return Term("word", f"measure.{measure}")


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table; the unit of its figures hangs on its measure."""
    return {
        **{name: row.get(name) for name in _COLUMNS},
        "unit": _unit(row["measure"]),
    }


def _unit(measure: str) -> str:
    return {"share": "share of acts", "rate": "acts per 10,000"}[measure]


def _ends(rows: Sequence[Mapping[str, Any]], expected: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """One scale for both directions, from nothing to a little beyond the highest."""
    highest = [r["value"] for r in rows] + [r["high"] for r in rows if r.get("high") is not None]
    return 0.0, 1.04 * max(highest + [e["high"] for e in expected])


def _axis(measure: str, *, labels: bool) -> dict[str, Any]:
    return {"format": ".0%" if measure == "share" else ",.0f", "labels": labels, "ticks": labels, "tickCount": 4}


def _stacked(rows: Sequence[Mapping[str, Any]], end: float) -> list[dict[str, float]]:
    """Dots of equal value stand on each other, as in a dot plot (Wilkinson 1999, The American Statistician 53(3))."""
    heights: dict[int, int] = {}
    dots = []
    for row in sorted(rows, key=lambda r: (r["value"], r["period"])):
        place = min(_BINS - 1, int(_BINS * row["value"] / end)) if end > 0 else 0
        heights[place] = heights.get(place, 0) + 1
        dots.append({"value": (place + 0.5) * end / _BINS, "up": float(heights[place])})
    tallest = max(heights.values(), default=1)
    step = min(5.4, (_HEIGHT - 25) / tallest)
    return [{"value": dot["value"], "up": 19 + step * (dot["up"] - 1)} for dot in dots]


def _cell(
    rows: Sequence[Mapping[str, Any]],
    band: Sequence[Mapping[str, Any]],
    now: str,
    ends: tuple[float, float],
    which: int,
) -> dict[str, Any]:
    """Dots of the past over a bar of what was expected, and this period below them."""
    past = _stacked([row for row in rows if row["period"] != now], ends[1])
    this = [{k: row.get(k) for k in ("value", "low", "high")} for row in rows if row["period"] == now]
    up = {"field": "up", "type": "quantitative", "scale": {"domain": [0, _HEIGHT]}, "axis": None}
    span = {"x": {"field": "low"}, "x2": {"field": "high"}}
    foot = {"y": {"value": _HEIGHT - 9}}
    layers = [
        _layer(
            [{"low": e["low"], "high": e["high"]} for e in band],
            {"type": "bar", "height": 13, "color": "#d9d9d9"},
            span | foot,
        ),
        _layer(past, {"type": "circle", "size": 17, "color": FAINT, "opacity": 1}, {"y": up}),
        _layer(
            [t for t in this if t["low"] is not None],
            {"type": "rule", "color": SIDES[which], "strokeWidth": 2.4},
            span | foot,
        ),
        _layer(
            this,
            {
                "type": "point",
                "shape": SHAPES[which],
                "size": 80,
                "fill": SIDES[which],
                "stroke": INK,
                "strokeWidth": 1,
            },
            foot,
        ),
    ]
    x = {"field": "value", "type": "quantitative", "scale": {"domain": list(ends), "nice": False}}
    return {"encoding": {"x": x}, "layer": [layer for layer in layers if layer]}


def _layer(values: Sequence[Mapping[str, Any]], mark: Mapping[str, Any], encoding: Mapping[str, Any]) -> dict[str, Any]:
    return {"data": {"values": list(values)}, "mark": dict(mark), "encoding": dict(encoding)} if values else {}


def _label(source: str, target: str) -> dict[str, Any]:
    """The direction's name to the left of its dots."""
    color = SIDES[side(source, (source, target))]
    mark = {"type": "text", "align": "left", "baseline": "bottom", "fontWeight": 600, "color": color, "lineHeight": 16}
    return {
        "data": {"values": [{"name": Lines(direction(source, target), _LABELS - 20)}]},
        "mark": {**mark, "x": -_LABELS, "y": _HEIGHT},
        "encoding": {"text": {"field": "name"}, "x": None},
    }


def _alt(rows: Sequence[Mapping[str, Any]], expected: Sequence[Mapping[str, Any]], now: str) -> Message:
    """How many of this period's figures lie outside what was to be expected."""
    ranges = {(e["measure"], e["source"]): (e["low"], e["high"]) for e in expected}
    this = [row for row in rows if row["period"] == now and (row["measure"], row["source"]) in ranges]
    out = [row for row in this if not _within(row["value"], ranges[row["measure"], row["source"]])]
    numbers = {
        "past": Number(len({row["period"] for row in rows} - {now}), "periods"),
        "outside": Number(len(out), "figures"),
        "figures": Number(len(this), "figures"),
    }
    return Message("charts.against_past.alt", numbers, {"now": Term("period", now)})


def _within(value: float, ends: tuple[float, float]) -> bool:
    return ends[0] <= value <= ends[1]
