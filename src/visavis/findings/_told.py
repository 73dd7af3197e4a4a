"""Up to five dated, sourced sentences about a period: dated rows of the timeline, events, or counts of a pack."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

import pyarrow.compute as pc

from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict
from visavis.findings._chronology import evidence_of, near
from visavis.findings._terms import pair_terms, way, word
from visavis.findings._view import View
from visavis.findings._window import Window
from visavis.store.coverage import days_in

__all__ = ["MOST", "told"]

MOST = 5


def told(view: View, window: Window) -> list[Finding]:
    """One finding with up to five sentences: dated rows of the timeline first, then what most reports tell of."""
    first, last = window.periods[0], window.periods[-1]
    found = [_row(row) for row in near(view, first, last)[: MOST - 2]]
    rest = _events(view, window) if view.tables.events is not None else _counts(view, window)
    found += rest[: MOST - len(found)]
    if not found:
        return []
    return [
        Finding(
            id=f"now.told.{window.label}",
            chapter="now",
            message=Message("now.told", {}, {**pair_terms(view), "period": Term("period", window.label)}),
            verdict=Verdict.HOLDS,
            claim=False,
            provenance=view.provenance([window.stream]),
            evidence=tuple(evidence for _, evidence in found),
            details=tuple(message for message, _ in found),
            caveats=(Message("now.coded_by_machine"),),
        )
    ]


Told = tuple[Message, Evidence]


def _row(row: dict[str, str]) -> Told:
    terms = {
        "date": Term("date" if len(row["date"]) == 10 else "period", row["date"]),
        "text": Term("outside", row["description"]),
        "told_in": Term("outside", row["source"]),
    }
    return Message("now.row", {}, terms), evidence_of(row)


def _events(view: View, window: Window) -> list[Told]:
    """The acts that most reports tell of, from a record of the user's own."""
    assert view.tables.events is not None
    span = days_in(window.periods[0])[0], days_in(window.periods[-1])[1]
    table = view.tables.events(view.a, view.b, *span)
    table = table.filter(pc.equal(table["stream"], window.stream))
    reports: dict[tuple[dt.date, str, str, str], list[dict[str, object]]] = defaultdict(list)
    for row in table.select(["date", "source", "target", "root", "publisher", "event_id", "file", "line"]).to_pylist():
        reports[row["date"], row["source"], row["target"], row["root"]].append(row)
    order = sorted(reports.items(), key=lambda item: (-len(item[1]), item[0]))
    found = []
    for (date, source, target, root), rows in order[:MOST]:
        publishers = Counter(str(r["publisher"]) for r in rows if r["publisher"])
        tellers = ", ".join(name for name, _ in publishers.most_common(3))
        terms = {
            **way(source, target),
            "date": Term("date", str(date)),
            "what": word("root", root),
            "told_in": Term("outside", tellers) if tellers else Term("word", "now.no_publisher"),
        }
        numbers = {"reports": Number(len(rows), "reports")}
        one = rows[0]
        key = {"stream": window.stream, "event_id": str(one["event_id"]), "file": str(one["file"])}
        evidence = Evidence("events", {**key, "line": str(one["line"])}, len(rows), source=tellers or None)
        found.append((Message("now.event", numbers, terms), evidence))
    return found


def _counts(view: View, window: Window) -> list[Told]:
    """The kinds of act with most reports; a pack holds counts, no events."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for row in view.rows("reports", window.kind).to_pylist():
        if row["stream"] == window.stream and row["period"] in window.periods:
            counted[row["source"], row["target"], row["root"]] += row["reports"]
    found = []
    for (source, target, root), n in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOST]:
        terms = {**way(source, target), "period": Term("period", window.label), "what": word("root", root)}
        key = {"stream": window.stream, "period": "|".join(window.periods), "source": source, "target": target}
        evidence = Evidence("reports", {**key, "root": root}, n)
        found.append((Message("now.count", {"reports": Number(n, "reports")}, terms), evidence))
    return found
