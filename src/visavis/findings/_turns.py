"""Turning points, and single periods far off, as findings, each with the dated rows near it."""

from __future__ import annotations

from collections.abc import Mapping

from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._chronology import evidence_of, near
from visavis.findings._regimes import ALARM, SHORTEST, Cut
from visavis.findings._terms import pair_terms, stream_term, way
from visavis.findings._view import View
from visavis.models.intervals import part_interval, share_interval
from visavis.models.turning_points import TurningPoint

__all__ = ["pulses", "turn"]

_NEAR = 6  # dated rows listed with one turning point


def turn(view: View, found: Cut, point: TurningPoint) -> Finding:
    """One turning point, with its levels and the interval of its date."""
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
        bits=bits(point.p),
        would_change=Message("history.turning_point.change"),
        actor=s.source,
        group=f"{found.period(point.index)} {found.what} {s.stream}",
    )


def pulses(view: View, cuts: list[Cut]) -> list[Finding]:
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
    numbers: dict[str, Number] = {}
    for c in both:
        end = "_ab" if c.series.source == view.a else "_ba"
        if len(hit) == 1 < len(both):  # named after the direction that stands out, whichever country is named first
            end = "" if c is hit[0] else "_other"
        numbers[f"observed{end}"], numbers[f"usual{end}"] = _observed_and_usual(c, period)
    score = min(p.p for c in hit for p in c.found.pulses if c.period(p.index) == period)
    numbers["p"] = Number(score, "calibrated score", n=both[0].found.periods)
    rows = near(view, period, period)
    name = f"history.pulse.{what}"
    if len(both) == 1:
        name += ".one"
    elif len(hit) == 1:
        name += ".single"
    terms = {**pair_terms(view), "period": Term("period", period), "stream": stream_term(stream)}
    return Finding(
        id=f"history.pulse.{what}.{stream}.{period}",
        chapter="history",
        message=Message(name, numbers, {**terms, **way(hit[0].series.source, hit[0].series.target)}),
        verdict=Verdict.HOLDS,
        provenance=view.provenance([stream], alarm=ALARM, shortest_series=SHORTEST),
        evidence=(*(e for c in both for e in _counted(c, period)), *(evidence_of(r) for r in rows[:_NEAR])),
        details=_near_message(rows, period, period),
        caveats=(Message("history.near_is_not_because"),) if rows else (),
        bits=bits(score),
        group=f"{period} {what} {stream}",
    )


def _observed_and_usual(found: Cut, period: str) -> tuple[Number, Number]:
    """The level of a period, and that of its time with the interval in which one such period would lie."""
    s, unit = found.series, "share of acts" if found.what == "share" else "acts per 10,000"
    i = s.periods.index(period)
    t, acts, exposure, spread = int(s.t[i]), int(s.acts[i]), float(s.exposure[i]), max(1.0, found.found.dispersion)
    if found.what == "share":
        seen = share_interval(int(s.conflict[i]), acts, dispersion=spread)
    else:
        seen = part_interval(acts, exposure, per=10_000, dispersion=spread)
    observed = Number(None, unit, n=acts) if seen is None else Number(seen.value, unit, seen.low, seen.high, acts)
    usual = next((r.level for r in found.found.regimes if r.start <= t <= r.end), None)
    pulse = next((p for p in found.found.pulses if p.index == t), None)
    if pulse is not None:
        return observed, Number(pulse.expected, unit, pulse.low, pulse.high, found.found.periods)
    if usual is None:
        return observed, Number(None, unit, n=found.found.periods)
    if found.what == "share":  # what one such period would show at that level
        like = share_interval(round(usual * acts), acts, dispersion=spread)
    else:
        like = part_interval(round(usual * exposure / 10_000), exposure, per=10_000, dispersion=spread)
    low, high = (None, None) if like is None else (like.low, like.high)
    return observed, Number(usual, unit, low, high, found.found.periods)


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
