"""What is going on between them these days? First of all how old the record is; then unusual or not, and how broad."""

from __future__ import annotations

import datetime as dt

from visavis.errors import NoDataError
from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict
from visavis.findings._accounts import accounts_now
from visavis.findings._balance import monthly_reports
from visavis.findings._carried import carried_findings
from visavis.findings._carriers import carriers
from visavis.findings._terms import pair_terms, stream_term
from visavis.findings._told import told
from visavis.findings._unusual import unusual_findings
from visavis.findings._view import View
from visavis.findings._window import STALE, Window, window_of

__all__ = ["now"]

ONE_PERIOD = True  # the reader may name the month or week to look at


def now(view: View) -> list[Finding]:
    """What the record says of the last full period, or of the one asked for."""
    try:
        window = window_of(view)
    except NoDataError:
        if view.at is not None:
            raise
        return [_nothing(view)]
    if not window.full:
        return [_age(view, window), _partial(view, window), *told(view, window)]
    return [
        _age(view, window),
        *_most_told(view, window),
        *unusual_findings(view, window),
        *carried_findings(view, window, carriers(view, window)),
        *accounts_now(view, window),
        *told(view, window),
    ]


def _nothing(view: View) -> Finding:
    """The age, and that no full period is there: neither in the record nor, perhaps, in the span asked for."""
    first, last = view.held
    terms = {
        **pair_terms(view),
        "first": Term("date", first),
        "as_of": Term("date", last),
        "importer": Term("outside", view.importer),
    }
    numbers = {"age": Number((view.today - dt.date.fromisoformat(last)).days, "days")}
    spanned = view.since is not None or view.until is not None
    message = Message("now.nothing.span.age" if spanned else "now.nothing.age", numbers, terms)
    return Finding("now.nothing", "now", message, Verdict.NO_DATA, view.provenance(()), headline=True)


def _partial(view: View, window: Window) -> Finding:
    """A period that is covered in part is shown and never tested."""
    covered = next(
        c.covered for c in view.coverage(window.kind) if (c.stream, c.period) == (window.stream, window.periods[0])
    )
    numbers = {"covered": Number(covered, "share of days")}
    for name, series in zip(("ab", "ba"), window.series, strict=True):
        numbers[f"acts_{name}"] = Number(int(series.acts[-1]), "acts")
    return Finding(
        id="now.partial",
        chapter="now",
        message=Message("now.partial", numbers, {**pair_terms(view), "period": Term("period", window.label)}),
        verdict=Verdict.NO_DATA,
        provenance=view.provenance([window.stream]),
    )


def _most_told(view: View, window: Window) -> list[Finding]:
    """Said of a month asked for with more reports about the two than any other of its stream: a count, no test."""
    counted = monthly_reports(view, window.stream)
    if window.asked not in counted or len(counted) == 1:
        return []
    conflict, reports = counted[window.asked]
    if any(n >= reports for period, (_, n) in counted.items() if period != window.asked):
        return []
    numbers = {"conflict": Number(conflict, "reports"), "reports": Number(reports, "reports")}
    terms = {**pair_terms(view), "period": Term("period", window.asked), "stream": stream_term(window.stream)}
    return [
        Finding(
            id=f"now.most_told.{window.asked}",
            chapter="now",
            message=Message("now.most_told", numbers, terms),
            verdict=Verdict.HOLDS,
            provenance=view.provenance([window.stream]),
            evidence=(Evidence("reports", {"stream": window.stream, "period": window.asked}, reports),),
            claim=False,
        )
    ]


def _age(view: View, window: Window) -> Finding:
    """How old the content is; "these days" is refused when the last full period lies too far back.

    Where another stream reaches further, the stream is named; where the reader asked for an earlier end, that is said.
    """
    as_of = view.tables.streams[window.stream].last_day
    stale = window.asked is None and window.age > STALE
    age = (view.today - dt.date.fromisoformat(as_of)).days
    numbers = {"age": Number(age, "days"), "past": Number(len(window.past), "periods")}
    terms = {
        **pair_terms(view),
        "as_of": Term("date", as_of),
        "period": Term("period", window.label),
        "stream": stream_term(window.stream),
    }
    kind = "stale" if stale else "fresh"
    key = f"now.{kind}.age" if as_of == view.held[1] else f"now.{kind}.stream.age"
    if window.asked:
        key = "now.asked.age"
    elif view.until is not None and str(view.until) < as_of:
        key, terms["until"], stale = "now.span.age", Term("date", str(view.until)), False
    caveats = [Message("now.acts_are_not_minds")]
    if window.kind == "week":
        caveats.append(Message("now.weeks", {"past": numbers["past"]}))
    return Finding(
        id="now.age",
        chapter="now",
        message=Message(key, numbers, terms),
        verdict=Verdict.NO_DATA if stale else Verdict.HOLDS,
        provenance=view.provenance([window.stream], stale_after=f"{STALE} periods"),
        caveats=tuple(caveats),
        headline=True,
        claim=stale,
    )
