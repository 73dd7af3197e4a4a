"""Chart: how much each part of the record helps to foretell what either side does next, by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.side_lines import side_lines
from visavis.charts.theme import themed
from visavis.finding import Chart, Message, Number, Term

__all__ = ["what_helps"]

_COLUMNS = ("part", "country", "saved", "low", "high", "last", "n")
_LABELS, _STEP, _AIR = 330, 17, 10


def what_helps(rows: Sequence[Mapping[str, Any]]) -> Chart:
    """A line a side with its interval, for each part of the record; right of 0 it helps.

    Args:
        rows: ``part`` (a ``Term``), ``country`` (whose acts were foretold, ISO alpha-3), ``saved, low, high`` (bits per
            act that the part saves by itself), ``last`` (what it saves beyond all others), ``n`` (acts). Both sides'
            rows of a part stand next to each other.

    >>> row = {"part": Term("word", "ahead.next.part.own"), "saved": 0.1, "low": 0.05, "high": 0.15}
    >>> row |= {"last": 0.0, "n": 90}
    >>> what_helps([{**row, "country": c} for c in ("JPN", "KOR")]).name
    'what_helps'
    """
    pair = sorted({row["country"] for row in rows})
    drawn: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for i, row in enumerate(rows):
        place = (i // 2 + 1) * _AIR + i * _STEP + _STEP / 2
        if i % 2 == 0:
            labels.append({"place": place + _STEP / 2, "label": row["part"]})
        ends = {name: row[name] for name in ("saved", "low", "high")}
        drawn.append({**ends, "place": place, "holder": Term("country", row["country"])})
    height = len(rows) * _STEP + (len(rows) // 2 + 1) * _AIR
    bits = "bits per act"
    ends = {"lowest": min(r["low"] for r in rows), "highest": max(r["high"] for r in rows)}
    numbers = {"parts": Number(len(rows) // 2, "parts"), **{k: Number(float(v), bits) for k, v in ends.items()}}
    table = [{name: row[name] for name in _COLUMNS} for row in rows]
    units = {**dict.fromkeys(("saved", "low", "high", "last"), bits), "n": "acts"}
    return Chart(
        name="what_helps",
        spec=themed(
            "what_helps",
            side_lines(drawn, labels, pair, value="saved", title="ahead.next.axis", height=height, names=_LABELS),
            table,
            units,
        ),
        title=Message("ahead.next.chart.title"),
        alt=Message("ahead.next.chart.alt", numbers),
        columns={name: f"ahead.next.column.{name}" for name in _COLUMNS},
    )
