"""The data table behind a chart: raw for a file, told in words and figures for a reader."""

from __future__ import annotations

import csv
import io
from typing import Any

from visavis.charts.telling import of_stream, tell
from visavis.finding import Chart, Message, Number, Term
from visavis.names.messages import heading, number_text
from visavis.names.outside import csv_cell

__all__ = ["csv_text", "headings", "table"]

_COUNTRIES, _PERIODS = ("source", "target", "country"), ("period", "since", "until")


def headings(chart: Chart, lang: str = "en") -> list[str]:
    """Column headings of a chart's table.

    >>> from visavis.charts.coverage import coverage
    >>> headings(coverage([{"stream": "toy", "period": "2018-10", "state": "full"}]))
    ['Stream', 'Since', 'Until', 'State', 'Periods']
    """
    return [heading(key, lang) for key in chart.columns.values()]


def table(chart: Chart, lang: str = "en") -> list[list[str]]:
    """A chart's rows as text in the reader's language; an empty cell where a value is absent.

    >>> from visavis.charts.coverage import coverage
    >>> table(coverage([{"stream": "toy", "period": "2018-10", "state": "full"}]))
    [['toy', 'October 2018', 'October 2018', 'covered', '1']]
    """
    units = chart.spec["usermeta"]["units"]
    return [
        [_told(name, row.get(name), units.get(name) or row.get("unit", ""), lang) for name in chart.columns]
        for row in chart.spec["datasets"]["rows"]
    ]


def _told(name: str, value: Any, unit: str, lang: str) -> str:
    """One cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return heading("table.yes" if value else "table.no", lang)
    if isinstance(value, int | float):
        return number_text(Number(value, unit), lang)
    return str(tell(_as_term(name, value), lang))


def _as_term(name: str, value: Any) -> Message | Term:
    """What a text in a column means: the column's name says it, as everywhere in visavis."""
    if isinstance(value, Message | Term):
        return value
    if name in _COUNTRIES:
        return Term("country", value)
    if name in _PERIODS or (name == "date" and len(value) < 10):
        return Term("period", value)
    if name == "stream":
        return of_stream(value)
    if name == "teller":
        return _teller(value)
    words = {"state": "coverage", "measure": "measure"}
    if name in words:
        return Term("word", f"{words[name]}.{value}")
    return Term("date" if name == "date" else "outside", value)


def _teller(value: str) -> Message | Term:
    if value in ("others", "unknown"):
        return Term("word", f"teller.{value}")
    return Message("teller.press", terms={"country": Term("country", value)})


def csv_text(chart: Chart, lang: str = "en") -> str:
    """A chart's rows as CSV: codes and plain figures, headed by field names; no cell is a formula.

    >>> from visavis.charts.coverage import coverage
    >>> csv_text(coverage([{"stream": "=toy", "period": "2018-10", "state": "full"}])).splitlines()
    ['stream,since,until,state,periods', "'=toy,2018-10,2018-10,full,1"]
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(chart.columns)
    for row in chart.spec["datasets"]["rows"]:
        writer.writerow([csv_cell(_raw(row.get(name), lang)) for name in chart.columns])
    return out.getvalue()


def _raw(value: Any, lang: str) -> str | int | float | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Message | Term):
        return str(tell(value, lang))
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"A cell holds {type(value).__name__}, which no table shows.")
