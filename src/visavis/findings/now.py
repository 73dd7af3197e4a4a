"""What is going on between them these days? First of all how old the record is; then unusual or not, and how broad."""

from __future__ import annotations

import datetime as dt

from visavis.errors import NoDataError
from visavis.finding import Finding, Message, Number, Term, Verdict
from visavis.findings._carried import carried_findings
from visavis.findings._carriers import carriers
from visavis.findings._terms import pair_terms, stream_term
from visavis.findings._told import told
from visavis.findings._unusual import unusual_findings
from visavis.findings._view import View
from visavis.findings._window import STALE, Window, window_of

__all__ = ["now"]


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
        *unusual_findings(view, window),
        *carried_findings(view, window, carriers(view, window)),
        *told(view, window),
    ]


def _nothing(view: View) -> Finding:
    message = Message("now.nothing", terms=pair_terms(view))
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


def _age(view: View, window: Window) -> Finding:
    """How old the content is; "these days" is refused when the last full period lies too far back."""
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
    key = "now.asked.age" if window.asked else "now.stale.age" if stale else "now.fresh.age"
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
