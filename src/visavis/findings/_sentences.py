"""Up to five dated, sourced sentences about a period: dated rows of the timeline, events, or counts of a pack."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

import pyarrow.compute as pc

from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict
from visavis.findings._chronology import evidence_of, near
from visavis.findings._terms import way, word
from visavis.findings._view import View
from visavis.findings._window import Window
from visavis.store.coverage import days_in

__all__ = ["MOST", "sentences"]

MOST = 5


def sentences(view: View, window: Window) -> list[Finding]:
    """What happened in the window, most told first; dated rows of the timeline lead."""
    first, last = window.periods[0], window.periods[-1]
    found = [_row(view, window, row) for row in near(view, first, last)[: MOST - 2]]
    rest = _events(view, window) if view.tables.events is not None else _counts(view, window)
    return found + rest[: MOST - len(found)]


def _finding(view: View, window: Window, name: str, message: Message, evidence: Evidence, actor: str = "") -> Finding:
    return Finding(
        id=f"now.{name}",
        chapter="now",
        message=message,
        verdict=Verdict.HOLDS,
        provenance=view.provenance([window.stream]),
        evidence=(evidence,),
        caveats=() if evidence.table == "timeline" else (Message("now.coded_by_machine"),),
        actor=actor,
        group=name,
    )


def _row(view: View, window: Window, row: dict[str, str]) -> Finding:
    terms = {
        "date": Term("date" if len(row["date"]) == 10 else "period", row["date"]),
        "text": Term("outside", row["description"]),
        "told_in": Term("outside", row["source"]),
    }
    return _finding(view, window, f"row.{row['id']}", Message("now.row", {}, terms), evidence_of(row))


def _events(view: View, window: Window) -> list[Finding]:
    """The acts that most reports tell of, from a record of the user's own."""
    assert view.tables.events is not None
    span = days_in(window.periods[0])[0], days_in(window.periods[-1])[1]
    table = view.tables.events(view.a, view.b, *span)
    table = table.filter(pc.equal(table["stream"], window.stream))
    told: dict[tuple[dt.date, str, str, str], list[dict[str, object]]] = defaultdict(list)
    for row in table.select(["date", "source", "target", "root", "publisher", "event_id", "file", "line"]).to_pylist():
        told[row["date"], row["source"], row["target"], row["root"]].append(row)
    order = sorted(told.items(), key=lambda item: (-len(item[1]), item[0]))
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
        message = Message("now.event", numbers, terms)
        found.append(_finding(view, window, f"event.{date}.{source}-{target}.{root}", message, evidence))
    return found


def _counts(view: View, window: Window) -> list[Finding]:
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
        message = Message("now.count", {"reports": Number(n, "reports")}, terms)
        found.append(_finding(view, window, f"count.{window.label}.{source}-{target}.{root}", message, evidence))
    return found
