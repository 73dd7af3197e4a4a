"""Chart: what the record covers: full, partial and missing periods of each stream on one axis of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.panels import Panel, time_axis
from visavis.charts.periods import following, start
from visavis.charts.series import first_and_last
from visavis.charts.telling import of_stream
from visavis.charts.theme import FAINT, GREY, WIDTH, themed
from visavis.finding import Chart, Message, Number

__all__ = ["coverage"]

_STATES = ("full", "partial", "gap")
_COLUMNS = ("stream", "since", "until", "state", "periods")
_LABELS = 262  # the longest name of a stream in any language


def coverage(rows: Sequence[Mapping[str, Any]]) -> Chart:
    """A strip for each stream. Runs of equal state are one bar, and one row of the table.

    Args:
        rows: ``stream, period, state`` (``full``, ``partial`` or ``gap``), every period of the stream's span.

    >>> coverage([{"stream": "icews", "period": "2018-10", "state": "full"}]).columns["state"]
    'column.state'
    """
    ends = [start(row["period"]) for row in rows], [start(following(row["period"])) for row in rows]
    panel = Panel("", min(ends[0]), max(ends[1]), WIDTH - _LABELS)
    streams = sorted(
        {row["stream"] for row in rows}, key=lambda s: (min(start(r["period"]) for r in rows if r["stream"] == s), s)
    )
    bars = sorted(_bars(rows), key=lambda bar: streams.index(bar["stream"]))
    layers = [_layer([b for b in bars if b["state"] == state], state) for state in _STATES]
    layers.append({**_layer([], "gap"), "data": {"values": _outside(bars, panel)}})
    body = {
        "width": panel.width,
        "height": {"step": 24},
        "encoding": {
            "x": time_axis(panel, labels=True),
            "x2": {"field": "end"},
            "y": {
                "field": "name",
                "type": "nominal",
                "sort": [of_stream(stream) for stream in streams],
                "title": None,
                "axis": {"labelColor": GREY, "labelAlign": "left", "labelPadding": _LABELS - 8},
            },
        },
        "layer": [layer for layer in layers if layer["data"]["values"]],
    }
    counts = {state: Number(sum(r["state"] == state for r in rows), "periods") for state in _STATES}
    return Chart(
        name="coverage",
        spec=themed("coverage", body, bars, {"periods": "periods"}),
        title=Message("charts.coverage.title"),
        alt=Message("charts.coverage.alt", counts, first_and_last(rows)),
        columns={name: f"column.{name}" for name in _COLUMNS},
    )


def _bars(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Runs of periods of one stream in one state."""
    bars: list[dict[str, Any]] = []
    awaited: tuple[str, ...] = ()
    for row in sorted(rows, key=lambda r: (r["stream"], start(r["period"]))):
        period, after = row["period"], following(row["period"])
        if (row["stream"], row["state"], period) != awaited:
            bars.append({"stream": row["stream"], "since": period, "state": row["state"], "periods": 0})
        bars[-1] |= {"until": period, "periods": bars[-1]["periods"] + 1}
        awaited = (row["stream"], row["state"], after)
    return bars


def _outside(bars: Sequence[Mapping[str, Any]], panel: Panel) -> list[dict[str, Any]]:
    """Before a stream's first period and after its last nothing is covered either."""
    spans = []
    for stream in sorted({bar["stream"] for bar in bars}):
        own = [bar for bar in bars if bar["stream"] == stream]
        begins, ends = min(start(b["since"]) for b in own), max(start(following(b["until"])) for b in own)
        for first, last in ((panel.first, begins), (ends, panel.last)):
            if first < last:
                spans.append({"start": first.isoformat(), "end": last.isoformat(), "name": of_stream(stream)})
    return spans


def _layer(bars: Sequence[Mapping[str, Any]], state: str) -> dict[str, Any]:
    """Full is solid, partial is hollow, a gap is a thin line: three marks that need no colour."""
    mark: dict[str, Any] = {
        "full": {"type": "bar", "color": "#7d8790", "height": 10},
        "partial": {"type": "bar", "fill": "#ffffff", "stroke": "#7d8790", "strokeWidth": 1, "height": 10},
        "gap": {"type": "rule", "color": FAINT, "strokeDash": [1, 3], "strokeWidth": 1.2},
    }[state]
    values = [
        {
            "start": start(bar["since"]).isoformat(),
            "end": start(following(bar["until"])).isoformat(),
            "name": of_stream(bar["stream"]),
        }
        for bar in bars
    ]
    return {"data": {"values": values}, "mark": mark}
