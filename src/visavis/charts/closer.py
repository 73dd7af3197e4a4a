"""Chart: whether two sides' ways of dealing with a third country come closer: their difference, span by span."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.theme import FAINT, INK, WIDTH, themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["closer"]

_COLUMNS = ("span", "difference", "low", "high", "n")


def closer(third: str, pair: tuple[str, str], rows: Sequence[Mapping[str, Any]], *, slope: float) -> Chart:
    """One point a year with its interval, and the straight line through them.

    Args:
        third: ISO alpha-3 code of the third country.
        pair: the two sides, in ISO order.
        rows: ``span`` (a year), ``difference, low, high`` (0, the same, to 100, nothing in common), ``n`` (acts).
        slope: of the line, a year.

    >>> row = {"difference": 4.0, "low": 2.0, "high": 5.0, "n": 90}
    >>> closer("CHN", ("JPN", "KOR"), [{**row, "span": str(y)} for y in (2005, 2006, 2007)], slope=0.0).name
    'closer'
    """
    terms = {"third": Term("country", third), "a": Term("country", pair[0]), "b": Term("country", pair[1])}
    ends = {"first": Term("period", rows[0]["span"]), "last": Term("period", rows[-1]["span"])}
    low, high = (Number(f(row["difference"] for row in rows), "index") for f in (min, max))
    table = [{**row, "span": Term("period", row["span"])} for row in rows]
    return Chart(
        name="closer",
        spec=themed("closer", _body(rows, slope), table, {"difference": "index", "low": "index", "high": "index",
                                                                "n": "acts"}),
        title=Message("answers.chart.closer.title", terms=terms),
        alt=Message("answers.chart.closer.alt", {"lowest": low, "highest": high}, {**terms, **ends}),
        columns={"span": "answers.column.span", "difference": "answers.column.difference", "low": "column.low",
                 "high": "column.high", "n": "column.acts"},
    )  # fmt: skip


def _body(rows: Sequence[Mapping[str, Any]], slope: float) -> dict[str, Any]:
    """Points, intervals, and the line; the line ends where the years do."""
    years = [int(row["span"]) for row in rows]
    middle, mean = sum(years) / len(years), sum(row["difference"] for row in rows) / len(rows)
    every = range(years[0], years[-1] + 1)  # a year without a point leaves a gap
    line = [{"span": str(year), "line": max(0.0, mean + slope * (year - middle))} for year in every]
    top = 1.08 * max(1.0, *(row["high"] for row in rows))
    y = {"type": "quantitative", "scale": {"domain": [0, top], "nice": False}}
    x = {"field": "span", "type": "ordinal", "scale": {"domain": [str(year) for year in every]}}
    axis = {"grid": True, "tickCount": 5}
    return {
        "width": WIDTH - 60,
        "height": 120,
        "data": {"values": list(rows)},
        "encoding": {"x": {**x, "axis": {"labelAngle": 0, "title": None}}},
        "layer": [
            {
                "data": {"values": line},
                "mark": {"type": "line", "color": FAINT, "strokeWidth": 2},
                "encoding": {"y": {**y, "field": "line"}},
            },
            {
                "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
                "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 70, "color": INK, "opacity": 1},
                "encoding": {
                    "y": {**y, "field": "difference", "axis": axis, "title": Term("word", "answers.column.difference")}
                },
            },
        ],
    }
