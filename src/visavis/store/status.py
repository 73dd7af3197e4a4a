"""What is in a record: streams with span, gaps and refused rows; facts; votes; how old the content is."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pyarrow.compute as pc

from visavis.schema import FACTS
from visavis.store.coverage import period_coverage
from visavis.store.tables import Tables

__all__ = ["status_of"]


def status_of(tables: Tables, record: str, today: dt.date, ballots: int = 0) -> dict[str, Any]:
    """The state of a record or pack, as plain values.

    Args:
        tables: its tables.
        record: what it is called.
        today: the day from which its age is counted.
        ballots: how many it holds; they are not read for this.
    """
    return {
        "record": record,
        "version": tables.version,
        "is_pack": tables.is_pack,
        "countries": list(tables.countries),
        "lacks": list(tables.lacks),
        "as_of": tables.as_of,
        "age_days": tables.age_days(today),
        "facts": {name: tables.arrow(name).num_rows for name in FACTS},
        "votes": _votes(tables, ballots),
        "streams": {name: _stream(tables, name) for name in tables.streams},
    }


def _votes(tables: Tables, ballots: int) -> dict[str, Any] | None:
    """Ballots and roll calls of a record, and the sessions of these or of a pack's figures; None without any."""
    calls = tables.arrow("votes_cast" if tables.is_pack else "roll_calls")
    if calls.num_rows == 0:
        return None
    ends = pc.min_max(calls["session"]).as_py()
    counted = 0 if tables.is_pack else calls.num_rows
    sessions = [ends["min"], ends["max"]]
    return {"ballots": ballots, "roll_calls": counted, "sessions": sessions, "source": tables.votes_source}


def _stream(tables: Tables, name: str) -> dict[str, Any]:
    info = tables.streams[name]
    covered = [c for c in period_coverage(tables.arrow("coverage"), {}, "month") if c.stream == name]
    days = {r["day"] for r in tables.arrow("coverage").to_pylist() if r["stream"] == name}
    return {
        "source": info.source,
        "title": info.title,
        "licence": info.licence,
        "note": info.note,
        "files": info.files,
        "files_sha256": info.files_sha256,
        "span": [info.first_day, info.last_day],
        "rows_read": info.rows_read,
        "rows_accepted": info.rows_accepted,
        "rows_refused": dict(info.rows_refused),
        "pairs": list(info.pairs),
        "partial_months": [c.period for c in covered if c.covered > 0 and not c.full],
        "gaps": _gaps(days),
    }


def _gaps(days: set[dt.date]) -> list[list[str]]:
    """Runs of days without any file between the first and the last, as first and last day."""
    gaps, order = [], sorted(days)
    one = dt.timedelta(days=1)
    for before, after in pairwise(order):
        if after - before > one:
            gaps.append([str(before + one), str(after - one)])
    return gaps
