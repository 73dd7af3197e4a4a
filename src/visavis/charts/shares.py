"""Chart: the share of conflictual acts, both directions on one scale, one panel a stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.series import Marks, series, titled
from visavis.charts.theme import themed
from visavis.finding import Chart, Message, Number

__all__ = ["shares"]

_COLUMNS = ("stream", "period", "source", "target", "share", "low", "high", "acts", "partial")
_ENOUGH = 10  # acts in a period; with fewer its share says little and does not stretch the scale


def shares(
    rows: Sequence[Mapping[str, Any]],
    *,
    regimes: Sequence[Mapping[str, Any]] = (),
    turning_points: Sequence[Mapping[str, Any]] = (),
    unusual: Sequence[Mapping[str, Any]] = (),
) -> Chart:
    """Shares with their bands, the levels of regimes, turning points with the interval of their date, unusual periods.

    Args:
        rows: ``stream, period, source, target, share, low, high`` (0 to 1), ``acts`` (their number), ``partial`` (true
            where coverage is under 90 %). A period without acts or coverage has no row.
        regimes: ``stream, source, target, since, until`` (periods, both inside), ``level`` (0 to 1).
        turning_points: ``stream, source, target, period`` (first of the new regime), ``low, high`` (periods).
        unusual: ``stream, source, target, period, share``.

    >>> row = {"stream": "icews", "period": "2018-10", "source": "KOR", "target": "JPN", "share": 0.3, "low": 0.2}
    >>> shares([{**row, "high": 0.4, "acts": 60, "partial": False}]).name
    'shares'
    """
    drawn = [{**row, "value": row["share"]} for row in rows]
    top = _ceiling(rows, [row["share"] for row in unusual] + [row["level"] for row in regimes])
    marks = Marks(regimes, turning_points, [{**row, "value": row["share"]} for row in unusual])
    body = series(drawn, marks, {"format": ".0%"}, tops={row["stream"]: top for row in rows})
    table = [{name: row[name] for name in _COLUMNS} for row in rows]
    units = {"share": "share of acts", "low": "share of acts", "high": "share of acts", "acts": "acts"}
    return Chart(
        name="shares",
        spec=themed("shares", body, table, units),
        title=titled(
            "charts.shares.title" if max(row["share"] for row in rows) <= top else "charts.shares.beyond", rows
        ),
        alt=_alt(rows, unusual, turning_points),
        columns={name: f"column.{name}" for name in _COLUMNS},
    )


def _ceiling(rows: Sequence[Mapping[str, Any]], marked: Sequence[float]) -> float:
    """The end of the scale: every share that rests on enough acts, and all that is marked.

    A period of two acts has a share of 0, 50 or 100 %; a few of them would press all other periods to the ground. What
    lies beyond is drawn at the end of the scale as a triangle. Where no period has enough acts, intervals are whole.
    """
    full = [row for row in rows if not row["partial"]] or rows
    enough = [row["share"] for row in full if row["acts"] >= _ENOUGH] or [row["high"] for row in rows]
    return float(min(1.0, 1.12 * max(0.1, *enough, *marked)))


def _alt(rows: Sequence[Mapping[str, Any]], unusual: Sequence[Any], turning_points: Sequence[Any]) -> Message:
    """One sentence that says what the picture shows: shares, or their intervals where none rests on enough acts."""
    few = all(row["acts"] < _ENOUGH for row in rows)
    whole = [row for row in rows if not row["partial"]] or rows
    about = titled("charts.shares.alt.few" if few else "charts.shares.alt", rows)
    numbers = {
        "lowest": Number(min(row["low" if few else "share"] for row in whole), "share of acts"),
        "highest": Number(max(row["high" if few else "share"] for row in whole), "share of acts"),
        "enough": Number(_ENOUGH, "acts"),
        "turns": Number(len(turning_points), "turning points"),
        "unusual": Number(len(unusual), "periods"),
    }
    return Message(about.key, numbers, about.terms)
