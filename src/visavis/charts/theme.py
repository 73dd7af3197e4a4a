"""How every chart looks: fonts, sizes, colours, grid. Quiet: ink for data, grey for everything else.

The two sides have one colour each, given in ISO order, so that a country keeps its colour in every edition. Each also
has its own marker, so that a chart survives a black-and-white printer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["FAINT", "GREY", "INK", "PALE", "RULE", "SHAPES", "SIDES", "SIZE", "WIDTH", "side", "themed"]

# Blue and vermilion of Okabe and Ito (2008), told apart with any kind of colour vision.
SIDES = ("#0072B2", "#D55E00")
SHAPES = ("circle", "square")
INK, GREY, FAINT, RULE, PALE = "#222222", "#5c5c5c", "#a6a6a6", "#dedede", "#efefef"
FONT = (
    "Helvetica Neue, Helvetica, Arial, Liberation Sans, Noto Sans, visavis CJK, Noto Sans CJK KR, DejaVu Sans, "
    "sans-serif"
)
SIZE = 13  # pixels; a chart of WIDTH on A4 is printed at 0.95 of its size, so 13 px come out above 9 pt
WIDTH = 700  # pixels, the measure of the brief's text


def side(country: str, pair: Sequence[str]) -> int:
    """0 for the pair's first country in ISO order, 1 for its second.

    >>> side("KOR", ("KOR", "JPN")), SIDES[side("JPN", ("KOR", "JPN"))]
    (1, '#0072B2')
    """
    return sorted(pair).index(country)


def themed(
    name: str, spec: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], units: Mapping[str, str]
) -> dict[str, Any]:
    """A whole specification: the body ``spec``, the ``rows`` its data table shows, their units, and the theme."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "usermeta": {"chart": name, "units": dict(units)},
        "background": None,
        "padding": 2,
        **spec,
        "datasets": {**spec.get("datasets", {}), "rows": [dict(row) for row in rows]},
        "config": _CONFIG,
    }


_TEXT = {"font": FONT, "fontSize": SIZE, "color": INK}
_CONFIG: dict[str, Any] = {
    "aria": False,
    "font": FONT,
    "view": {"stroke": None},
    "concat": {"spacing": 20},
    "text": _TEXT,
    "title": {
        "fontSize": SIZE,
        "fontWeight": 600,
        "color": INK,
        "anchor": "start",
        "frame": "group",
        "limit": 0,
        "offset": 6,
    },
    "axis": {
        "labelFontSize": SIZE,
        "titleFontSize": SIZE,
        "titleFontWeight": 400,
        "labelColor": GREY,
        "titleColor": GREY,
        "labelLimit": 0,
        "titleLimit": 0,
        "domainColor": FAINT,
        "tickColor": FAINT,
        "tickSize": 4,
        "gridColor": RULE,
        "gridWidth": 0.7,
        "labelPadding": 4,
    },
    "axisX": {"grid": False},
    "axisY": {"domain": False, "ticks": False, "titleAnchor": "start"},
    "legend": {
        "labelFontSize": SIZE,
        "titleFontSize": SIZE,
        "labelColor": INK,
        "labelLimit": 0,
        "orient": "top",
        "direction": "horizontal",
        "title": None,
        "offset": 4,
        "symbolStrokeWidth": 1.5,
    },
}
