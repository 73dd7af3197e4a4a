"""The acts that cost most, as evidence: dated rows from a record with events, counts by period and root from a pack."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from visavis.actions import ROOTS, means
from visavis.finding import Evidence
from visavis.findings._doings import KINDS
from visavis.findings._foretold import Dear, Foretold
from visavis.findings._view import View
from visavis.store.coverage import days_in

__all__ = ["dear_evidence"]

_ROWS = 2  # rows of events shown for one of them


def dear_evidence(view: View, found: Foretold, most: int) -> tuple[Evidence, ...]:
    """The costliest acts of either side, in ISO order of the acting side."""
    rows: list[Evidence] = []
    for side, source in enumerate((found.a, found.b)):
        for one in found.dearest(side, most):
            rows += (
                _events(view, found, source, one) if view.tables.events is not None else [_count(found, source, one)]
            )
    return tuple(rows)


def _roots(one: Dear) -> list[str]:
    return [root for root in ROOTS if (means(root) or "statement") == KINDS[one.kind]]


def _count(found: Foretold, source: str, one: Dear) -> Evidence:
    key = {"stream": found.doings.stream, "period": found.doings.periods[one.period], "source": source}
    return Evidence("acts", {**key, "target": one.target, "root": "|".join(_roots(one))}, one.acts)


def _events(view: View, found: Foretold, source: str, one: Dear) -> list[Evidence]:
    """The days with most reports of these acts, each by its first row."""
    assert view.tables.events is not None
    table = view.tables.events(source, one.target, *days_in(found.doings.periods[one.period]))
    keep = pc.and_(pc.equal(table["stream"], found.doings.stream), pc.equal(table["source"], source))
    table = table.filter(pc.and_(keep, pc.is_in(table["root"], pa.array(_roots(one)))))
    rows = table.select(["date", "code", "event_id", "file", "line", "text", "publisher"]).to_pylist()
    reports = Counter((row["date"], row["code"]) for row in rows)
    told = []
    for day, n in sorted(reports.items(), key=lambda item: (-item[1], item[0]))[:_ROWS]:
        row = next(r for r in rows if (r["date"], r["code"]) == day)
        key = {"stream": found.doings.stream, "date": str(row["date"]), "source": source, "target": one.target}
        key |= {"event_id": str(row["event_id"]), "file": str(row["file"]), "line": str(row["line"])}
        told.append(Evidence("events", key, n, row["text"], row["publisher"]))
    return told
