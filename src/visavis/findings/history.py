"""How did they get here? Shares and levels in both directions, turning points, single months apart, who tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from visavis.charts.timeline import timeline
from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict
from visavis.findings._balance import balances, busiest
from visavis.findings._chronology import evidence_of, near, rows_of, rule_of
from visavis.findings._history_charts import coverage_chart, levels_chart, shares_chart
from visavis.findings._regimes import ALARM, FEWEST, SHORTEST, Cut, all_series, cut, long_enough
from visavis.findings._series import Series
from visavis.findings._tellers import tellers_findings
from visavis.findings._terms import pair_terms, stream_term, way
from visavis.findings._view import View
from visavis.models.turning_points import TurningPoint
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
    pulses = _pulses(view, cuts)
    return [
        _span(view, series, cuts),
        *balances(view, series),
        *_by_date(turns),
        *_by_date(pulses),
        *busiest(view, series),
        *_quiet(view, series, cuts),
        *tellers_findings(view),
        *_dated(view, series, cuts),
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
    message = Message("history.nothing", terms=pair_terms(view))
    return Finding("history.nothing", "history", message, Verdict.NO_DATA, view.provenance(()))


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
        "p": Number(point.p, "calibrated score", n=found.found.periods),
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


def _pulses(view: View, cuts: list[Cut]) -> list[Finding]:
    """Single periods far off in at least one direction, told of both."""
    far: dict[tuple[str, str, str], list[Cut]] = {}
    for c in cuts:
        for p in c.found.pulses:
            far.setdefault((c.period(p.index), c.what, c.series.stream), []).append(c)
    found = []
    for key, hit in far.items():
        found.append(_pulse(view, key, hit, [c for c in cuts if (c.what, c.series.stream) == key[1:]]))
    return found


def _pulse(view: View, key: tuple[str, str, str], hit: list[Cut], both: list[Cut]) -> Finding:
    """One such period.

    Args:
        view: the pair.
        key: period, what is looked at, and stream.
        hit: the directions in which it is clear beyond the page's bound on false alarms.
        both: all directions of the stream.
    """
    period, what, stream = key
    unit = "share of acts" if what == "share" else "acts per 10,000"
    numbers: dict[str, Number] = {}
    for c in both:
        end = "ab" if c.series.source == view.a else "ba"
        i = c.series.periods.index(period)
        t = int(c.series.t[i])
        usual = next((r.level for r in c.found.regimes if r.start <= t <= r.end), None)
        numbers[f"observed_{end}"] = Number(c.level(t), unit, n=int(c.series.acts[i]))
        pulse = next((p for p in c.found.pulses if p.index == t), None)
        level = Number(usual, unit, n=c.found.periods)
        if pulse is not None:
            level = Number(pulse.expected, unit, pulse.low, pulse.high, c.found.periods)
        numbers[f"usual_{end}"] = level
    score = min(p.p for c in hit for p in c.found.pulses if c.period(p.index) == period)
    numbers["p"] = Number(score, "calibrated score", n=both[0].found.periods)
    rows = near(view, period, period)
    clear = tuple(
        Message("history.pulse.clear", terms=way(c.series.source, c.series.target))
        for c in sorted(hit, key=lambda c: c.series.source)
    )
    name = f"history.pulse.{what}" if len(both) > 1 else f"history.pulse.{what}.one"
    terms = {**pair_terms(view), "period": Term("period", period), "stream": stream_term(stream)}
    return Finding(
        id=f"history.pulse.{what}.{stream}.{period}",
        chapter="history",
        message=Message(name, numbers, {**terms, **way(both[0].series.source, both[0].series.target)}),
        verdict=Verdict.HOLDS,
        provenance=view.provenance([stream], alarm=ALARM, shortest_series=SHORTEST),
        evidence=(*(e for c in both for e in _counted(c, period)), *(evidence_of(r) for r in rows[:_NEAR])),
        details=(*clear, *_near_message(rows, period, period)),
        caveats=(Message("history.near_is_not_because"),) if rows else (),
        group=f"{period} {what} {stream}",
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
            claim=False,
            provenance=view.provenance({s.stream for s in series}),
            charts=(chart,),
            evidence=tuple(evidence_of(r) for r in rows),
            caveats=(Message(rule_of(view)), Message("history.near_is_not_because")),
        )
    ]
