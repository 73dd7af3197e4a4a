"""How did they get here? Shares and levels in both directions, turning points, single months apart, who tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from visavis.charts.timeline import timeline
from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict
from visavis.findings._balance import balances, busiest
from visavis.findings._chronology import evidence_of, near, rows_of
from visavis.findings._history_charts import coverage_chart, levels_chart, shares_chart
from visavis.findings._regimes import ALARM, FEWEST, SHORTEST, Cut, all_series, cut, long_enough
from visavis.findings._series import Series
from visavis.findings._tellers import tellers_findings
from visavis.findings._terms import pair_terms, stream_term, way
from visavis.findings._view import View
from visavis.models.turning_points import Pulse, TurningPoint
from visavis.store.coverage import days_in

__all__ = ["history"]

_NEAR = 6  # dated rows listed with one turning point


def history(view: View) -> list[Finding]:
    """What the record says of how the two got here, most general first."""
    series = all_series(view)
    if not series:
        return [_nothing(view)]
    cuts = cut(series)
    turns = [_turn(view, c, p) for c in cuts for p in c.found.points]
    pulses = [_pulse(view, c, p) for c in cuts for p in c.found.pulses]
    return [
        _span(view, series, cuts),
        *balances(view, series),
        *_by_date(turns, 2),
        *_by_date(pulses, 1),
        *busiest(view, series),
        *_quiet(view, series, cuts),
        *tellers_findings(view),
        *_dated(view, series, cuts),
    ]


def _by_date(findings: list[Finding], headlines: int) -> list[Finding]:
    """Findings by date; the surest ask for a place on the first page."""
    surest = sorted(findings, key=lambda f: (f.numbers["p"].value or 0.0, f.id))[:headlines]
    return [replace(f, headline=f in surest) for f in sorted(findings, key=lambda f: (f.group, f.id))]


def _first_day(view: View, s: Series) -> str:
    """First day of a series: of its first period, or the stream's first where that begins later."""
    return max(str(days_in(s.periods[0])[0]), view.tables.streams[s.stream].first_day)


def _last_day(view: View, s: Series) -> str:
    return min(str(days_in(s.periods[-1])[1]), view.tables.streams[s.stream].last_day)


def _nothing(view: View) -> Finding:
    message = Message("history.nothing", terms=pair_terms(view))
    return Finding("history.nothing", "history", message, Verdict.NO_DATA, view.provenance(()))


def _span(view: View, series: list[Series], cuts: list[Cut]) -> Finding:
    streams = sorted({s.stream for s in series})
    total = {w: sum(int(s.acts.sum()) for s in series if (s.source, s.target) == w) for w in view.directions}
    numbers = {
        "acts_ab": Number(total[view.a, view.b], "acts"),
        "acts_ba": Number(total[view.b, view.a], "acts"),
        "streams": Number(len(streams), "streams"),
    }
    ends = {
        "first": Term("date", min(_first_day(view, s) for s in series)),
        "last": Term("date", max(_last_day(view, s) for s in series)),
    }
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
        message=Message("history.span", numbers, {**pair_terms(view), **ends}),
        verdict=Verdict.HOLDS,
        provenance=view.provenance(streams),
        charts=(coverage_chart(view, series), shares_chart(series, cuts), levels_chart(series, cuts)),
        evidence=evidence,
        caveats=(Message("history.levels_apart"), *notes, *_not_in_detail(view, streams)),
    )


def _not_in_detail(view: View, streams: list[str]) -> list[Message]:
    """Said where a stream was imported for other pairs: this one then has counts, but no sectors and no stories."""
    pair = f"{view.a}-{view.b}"
    lacking = [s for s in streams if view.tables.streams[s].pairs and pair not in view.tables.streams[s].pairs]
    return [Message("history.not_in_detail", terms={"stream": stream_term(s)}) for s in lacking]


def _turn(view: View, found: Cut, point: TurningPoint) -> Finding:
    s, first, last = found.series, found.period(point.low), found.period(point.high)
    rows = near(view, first, last)
    numbers = {
        "before": point.before,
        "after": point.after,
        "change": point.change,
        "probability": Number(point.probability, "probability", n=found.found.periods),
        "p": Number(point.p, "chance if nothing changed", n=found.found.periods),
    }
    terms = {
        **way(s.source, s.target),
        "period": Term("period", found.period(point.index)),
        "first": Term("period", first),
        "last": Term("period", last),
        "stream": stream_term(s.stream),
    }
    return Finding(
        id=f"history.turning_point.{found.what}.{s.source}-{s.target}.{s.stream}.{found.period(point.index)}",
        chapter="history",
        message=Message(f"history.turning_point.{found.what}", numbers, terms),
        verdict=Verdict.HOLDS,
        provenance=view.provenance([s.stream], alarm=ALARM, shortest_series=SHORTEST),
        evidence=(*_counted(found, found.period(point.index)), *(evidence_of(r) for r in rows[:_NEAR])),
        details=_near_message(rows, first, last),
        caveats=(Message("history.near_is_not_because"),) if rows else (),
        actor=s.source,
        group=f"{found.period(point.index)} {found.what} {s.stream}",
    )


def _pulse(view: View, found: Cut, pulse: Pulse) -> Finding:
    s, period = found.series, found.period(pulse.index)
    rows = near(view, period, period)
    unit = "share of acts" if found.what == "share" else "acts per 10,000"
    i = s.periods.index(period)
    numbers = {
        "observed": Number(pulse.observed, unit, n=int(s.acts[i])),
        "expected": Number(pulse.expected, unit, pulse.low, pulse.high, found.found.periods),
        "p": Number(pulse.p, "chance if nothing changed", n=found.found.periods),
    }
    terms = {**way(s.source, s.target), "period": Term("period", period), "stream": stream_term(s.stream)}
    return Finding(
        id=f"history.pulse.{found.what}.{s.source}-{s.target}.{s.stream}.{period}",
        chapter="history",
        message=Message(f"history.pulse.{found.what}", numbers, terms),
        verdict=Verdict.HOLDS,
        provenance=view.provenance([s.stream], alarm=ALARM, shortest_series=SHORTEST),
        evidence=(*_counted(found, period), *(evidence_of(r) for r in rows[:_NEAR])),
        details=_near_message(rows, period, period),
        caveats=(Message("history.near_is_not_because"),) if rows else (),
        actor=s.source,
        group=f"{period} {found.what} {s.stream}",
    )


def _counted(found: Cut, period: str) -> tuple[Evidence, ...]:
    s, key = found.series, {"stream": found.series.stream, "period": period}
    direction: Mapping[str, str] = {**key, "source": s.source, "target": s.target}
    i = s.periods.index(period)
    return (
        Evidence("reports", direction, int(s.reports[i])),
        Evidence("acts", direction, int(s.acts[i])),
        Evidence("acts", {**direction, "root": "10-20"}, int(s.conflict[i])),
    )


def _near_message(rows: list[dict[str, str]], first: str, last: str) -> tuple[Message, ...]:
    if not rows:
        return (Message("history.none_near"),)
    terms = {"first": Term("period", first), "last": Term("period", last)}
    return (Message("history.near", {"rows": Number(len(rows), "rows")}, terms),)


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
    rows = rows_of(view)
    first, last = min(s.periods[0] for s in series)[:4], max(s.periods[-1] for s in series)[:4]
    rows = [r for r in rows if first <= r["date"][:4] <= last]
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
            message=Message("history.timeline", {"rows": Number(len(rows), "rows")}, pair_terms(view)),
            verdict=Verdict.HOLDS,
            provenance=view.provenance({s.stream for s in series}),
            charts=(chart,),
            evidence=tuple(evidence_of(r) for r in rows),
            caveats=(Message("timeline.inclusion"), Message("history.near_is_not_because")),
        )
    ]
