"""How did they get here? Shares and levels in both directions, turning points, single months apart, who tells it."""

from __future__ import annotations

from dataclasses import replace

from visavis.charts.timeline import timeline
from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict
from visavis.findings._balance import balances, busiest
from visavis.findings._chronology import evidence_of, near, rule_of
from visavis.findings._history_charts import coverage_chart, levels_chart, shares_chart
from visavis.findings._impressions import impressions
from visavis.findings._regimes import ALARM, FEWEST, SHORTEST, Cut, all_series, cuts_of, long_enough
from visavis.findings._series import Series
from visavis.findings._tellers import tellers_findings
from visavis.findings._terms import pair_terms, stream_term
from visavis.findings._turns import pulses, turn
from visavis.findings._view import View
from visavis.store.coverage import days_in

__all__ = ["history"]


def history(view: View) -> list[Finding]:
    """What the record says of how the two got here, most general first."""
    series = all_series(view)
    if not series:
        polled = impressions(view)
        return [_nothing(view), *([] if polled[0].id.endswith(".none") else polled)]
    cuts = cuts_of(view)
    turns = [turn(view, c, p) for c in cuts for p in c.found.points]
    return [
        _span(view, series, cuts),
        *balances(view, series),
        *_by_date(turns),
        *_by_date(pulses(view, cuts)),
        *busiest(view, series),
        *_quiet(view, series, cuts),
        *tellers_findings(view),
        *_dated(view, series, cuts),
        *impressions(view),
    ]


def _by_date(findings: list[Finding]) -> list[Finding]:
    """Findings by date; the surest of each side, or of the pair, asks for a place on the first page."""
    surest: dict[str, str] = {}
    for f in sorted(findings, key=lambda f: (f.numbers["p"].value or 0.0, f.id)):
        surest.setdefault(f.actor, f.id)
    return [replace(f, headline=f.id in surest.values()) for f in sorted(findings, key=lambda f: (f.group, f.id))]


def _held(view: View, both: list[Series]) -> Message:
    """The acts of one stream in both directions, with its span."""
    numbers = {f"acts_{'ab' if s.source == view.a else 'ba'}": Number(int(s.acts.sum()), "acts") for s in both}
    ends = {
        "first": Term("date", min(_first_day(view, s) for s in both)),
        "last": Term("date", max(_last_day(view, s) for s in both)),
    }
    return Message("history.held", numbers, {**pair_terms(view), **ends, "stream": stream_term(both[0].stream)})


def _first_day(view: View, s: Series) -> str:
    """First day of a series: of its first period, or the stream's first where that begins later."""
    return max(str(days_in(s.periods[0])[0]), view.tables.streams[s.stream].first_day)


def _last_day(view: View, s: Series) -> str:
    return min(str(days_in(s.periods[-1])[1]), view.tables.streams[s.stream].last_day)


def _nothing(view: View) -> Finding:
    """No act: either none is recorded in the days that the record covers, or it covers none of those asked for."""
    first, last = view.held
    covered = [c for c in view.coverage("month") if c.covered > 0]
    terms = {**pair_terms(view), "importer": Term("outside", view.importer)}
    if covered:
        first = max(first, str(view.since or first))
        last = min(last, str(view.until or last))
    terms |= {"first": Term("date", first), "last": Term("date", last)}
    message = Message("history.nothing" if covered else "history.not_covered", terms=terms)
    return Finding("history.nothing", "history", message, Verdict.NO_DATA, view.provenance(()))


def _widened(view: View, first: str, last: str) -> tuple[Message, ...]:
    """Said where the span asked for begins or ends within a month or week."""
    since, until = str(view.since or first), str(view.until or last)
    if first >= since and last <= until:
        return ()
    return (Message("history.widened", terms={"first": Term("date", first), "last": Term("date", last)}),)


def _span(view: View, series: list[Series], cuts: list[Cut]) -> Finding:
    """How far the record reaches. Acts of different streams are told side by side, never added."""
    streams = list(dict.fromkeys(s.stream for s in series))
    ends = {
        "first": Term("date", min(_first_day(view, s) for s in series)),
        "last": Term("date", max(_last_day(view, s) for s in series)),
    }
    numbers = {"streams": Number(len(streams), "streams")}
    held = [_held(view, [s for s in series if s.stream == name]) for name in streams]
    if len(streams) == 1:
        numbers |= held[0].numbers
    notes = [
        Message("history.note", terms={"stream": stream_term(n), "note": Term("outside", view.tables.streams[n].note)})
        for n in streams
        if view.tables.streams[n].note
    ]
    evidence = tuple(
        Evidence("acts", {"stream": s.stream, "source": s.source, "target": s.target}, int(s.acts.sum()))
        for s in series
    )
    return Finding(
        id="history.span",
        chapter="history",
        message=Message(
            "history.span" if len(streams) == 1 else "history.spans", numbers, {**pair_terms(view), **ends}
        ),
        details=tuple(held) if len(streams) > 1 else (),
        verdict=Verdict.HOLDS,
        claim=False,
        provenance=view.provenance(streams),
        charts=(shares_chart(series, cuts), levels_chart(series, cuts), coverage_chart(view, series)),
        evidence=evidence,
        caveats=(
            *_widened(view, ends["first"].value, ends["last"].value),
            Message("history.levels_apart"),
            *notes,
            *_not_in_detail(view, streams),
        ),
    )


def _not_in_detail(view: View, streams: list[str]) -> list[Message]:
    """Said where a stream was imported for other pairs: this one then has counts, but no sectors and no stories."""
    pair = f"{view.a}-{view.b}"
    lacking = [s for s in streams if view.tables.streams[s].pairs and pair not in view.tables.streams[s].pairs]
    return [Message("history.not_in_detail", terms={"stream": stream_term(s)}) for s in lacking]


def _quiet(view: View, series: list[Series], cuts: list[Cut]) -> list[Finding]:
    """What was looked at without a turn being found, and what was too short to look at."""
    findings = []
    still = [c for c in cuts if not c.found.points]
    if still:
        numbers = {"still": Number(len(still), "series"), "all": Number(len(cuts), "series")}
        findings.append(
            Finding(
                id="history.no_turn",
                chapter="history",
                message=Message("history.no_turn", numbers, {}),
                verdict=Verdict.UNDECIDED,
                provenance=view.provenance({c.series.stream for c in still}, alarm=ALARM),
            )
        )
    short = sorted({s.stream for s in series if not long_enough(s)})
    if short:
        terms = {"streams": tuple(stream_term(s) for s in short)}
        numbers = {
            "needed": Number(SHORTEST, "periods"),
            "acts": Number(FEWEST, "acts"),
            "streams_n": Number(len(short), "streams"),
        }
        message = Message("history.too_short", numbers, terms)
        findings.append(Finding("history.too_short", "history", message, Verdict.NO_DATA, view.provenance(short)))
    return findings


def _dated(view: View, series: list[Series], cuts: list[Cut]) -> list[Finding]:
    begins = min((s.periods[0] for s in series), key=lambda p: days_in(p)[0])
    ends = max((s.periods[-1] for s in series), key=lambda p: days_in(p)[1])
    first, last, rows = begins[:4], ends[:4], near(view, begins, ends)
    if not rows:
        return []
    turns = [
        {"source": c.series.source, "target": c.series.target, "period": c.period(p.index)}
        | {"low": c.period(p.low), "high": c.period(p.high)}
        for c in cuts
        for p in c.found.points
    ]
    chart = timeline(rows, turns, since=f"{first}-01", until=f"{last}-12")
    return [
        Finding(
            id="history.timeline",
            chapter="history",
            message=Message(
                "history.timeline",
                {"rows": Number(len(rows), "rows")},
                {
                    **pair_terms(view),
                    "first": Term("date", min(_first_day(view, s) for s in series)),
                    "last": Term("date", max(_last_day(view, s) for s in series)),
                },
            ),
            verdict=Verdict.HOLDS,
            claim=False,
            provenance=view.provenance({s.stream for s in series}),
            charts=(chart,),
            evidence=tuple(evidence_of(r) for r in rows),
            caveats=(Message(rule_of(view)), Message("history.near_is_not_because")),
        )
    ]
