"""Rows of the timeline near a date. Near is not because: no row is ever called a cause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from visavis.errors import UsageError
from visavis.finding import Evidence
from visavis.findings._view import View
from visavis.store.coverage import days_in

__all__ = ["evidence_of", "near", "rows_of", "rule_of"]


def rows_of(view: View) -> list[dict[str, str]]:
    """Rows of the timeline that name both countries, within the span, by date."""
    found = []
    for row in view.tables.facts("timeline"):
        first, last = _span(row)
        inside = (view.until is None or first <= view.until) and (view.since is None or last >= view.since)
        if inside and {view.a, view.b} <= set(row["parties"].split(";")):
            found.append(row)
    return found


def rule_of(view: View) -> str:
    """Key of the message that says which rows are included: our rule, or that the chronology is the user's own."""
    return "timeline.own" if "timeline" in view.tables.own_facts else "timeline.inclusion"


def near(view: View, first: str, last: str) -> list[dict[str, str]]:
    """Rows whose date, as far as it is known, touches the periods from ``first`` to ``last``."""
    start, end = days_in(first)[0], days_in(last)[1]
    return [row for row in rows_of(view) if _span(row)[0] <= end and _span(row)[1] >= start]


def evidence_of(row: Mapping[str, str]) -> Evidence:
    """A row of the timeline as evidence, in its own words."""
    return Evidence("timeline", {"id": row["id"], "date": row["date"]}, 1, row["description"], row["source"])


def _span(row: Mapping[str, str]) -> tuple[dt.date, dt.date]:
    date = row["date"]
    try:
        return (day := dt.date.fromisoformat(date), day) if len(date) == 10 else days_in(date)
    except ValueError:
        raise UsageError(f"The timeline's row {row['id']} has the date {date!r}, which is none.") from None
