"""Chart: acts per 10,000 acts of the same stream, both directions; every stream has a scale of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.series import Marks, series, titled
from visavis.charts.theme import themed
from visavis.finding import Chart, Message, Number

__all__ = ["levels"]

_COLUMNS = ("stream", "period", "source", "target", "rate", "low", "high", "acts", "partial")


def levels(
    rows: Sequence[Mapping[str, Any]],
    *,
    regimes: Sequence[Mapping[str, Any]] = (),
    turning_points: Sequence[Mapping[str, Any]] = (),
    unusual: Sequence[Mapping[str, Any]] = (),
) -> Chart:
    """Rates with their bands; levels are never compared across streams, so no scale is shared between panels.

    Args:
        rows: ``stream, period, source, target, rate, low, high`` (acts per 10,000), ``acts`` (a count), ``partial``.
        regimes: ``stream, source, target, since, until, level`` (acts per 10,000).
        turning_points: ``stream, source, target, period, low, high`` (periods).
        unusual: ``stream, source, target, period, rate``.

    >>> row = {"stream": "icews", "period": "2018-10", "source": "KOR", "target": "JPN", "rate": 8.0, "low": 6.0}
    >>> levels([{**row, "high": 11.0, "acts": 60, "partial": False}]).name
    'levels'
    """
    tops = _tops(rows, unusual)
    marks = Marks(regimes, turning_points, [{**row, "value": row["rate"]} for row in unusual])
    body = series([{**row, "value": row["rate"]} for row in rows], marks, {"format": ",.0f"}, tops=tops)
    rate = "acts per 10,000"
    about = titled("charts.levels.alt", rows)
    numbers = {
        "lowest": Number(min(r["rate"] for r in rows), rate),
        "highest": Number(max(r["rate"] for r in rows), rate),
    }
    return Chart(
        name="levels",
        spec=themed(
            "levels",
            body,
            [{name: row[name] for name in _COLUMNS} for row in rows],
            {"rate": rate, "low": rate, "high": rate, "acts": "acts"},
        ),
        title=titled("charts.levels.title", rows),
        alt=Message(about.key, {**numbers, "streams": Number(len(tops), "streams")}, about.terms),
        columns={name: f"column.{name}" for name in _COLUMNS},
    )


def _tops(rows: Sequence[Mapping[str, Any]], unusual: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The end of each stream's own scale."""
    tops: dict[str, float] = {}
    for row in (*rows, *unusual):
        tops[row["stream"]] = max(tops.get(row["stream"], 0.0), 1.15 * row.get("high", row["rate"]))
    # Equal ends would read as one scale; a hair apart keeps an axis on every panel.
    return {stream: top * (1 + 1e-9 * i) for i, (stream, top) in enumerate(sorted(tops.items()))}
