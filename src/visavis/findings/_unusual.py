"""Is the period unusual against the pair's own past? Conflictual share and rate of acts, in both directions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from visavis.charts.against_past import against_past
from visavis.finding import Chart, Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._regimes import What, scatter
from visavis.findings._series import Series
from visavis.findings._terms import kind_word, pair_terms, way
from visavis.findings._together import together
from visavis.findings._view import View
from visavis.findings._window import Window
from visavis.models.intervals import Estimate, part_interval, share_interval
from visavis.models.unusual import MINIMUM_PAST, Scan, Unusual, name_across, unusual_count, unusual_share

__all__ = ["unusual_findings"]


def unusual_findings(view: View, window: Window) -> list[Finding]:
    """Each direction by itself; where nothing is unusual, one finding. False discoveries are held down over all."""
    judged = [(s, what, _judge(window, s, what)) for what in ("share", "rate") for s in window.series]
    scans = name_across([each for _, _, each in judged])
    each = [_one(view, window, s, what, scan) for (s, what, _), scan in zip(judged, scans, strict=True)]
    terms = {**pair_terms(view), "period": Term("period", window.label)}
    states = {f.message.key.split(".")[1] for f in each}
    if states <= {"usual", "outside"}:
        key = "now.usual.each" if len(window.periods) > 1 else "now.usual.all"
        told = each if len(window.periods) > 1 else [_short(f) for f in each]
        change = Message("now.usual.change", {}, terms)
        found = [replace(together(told, "now.usual", Message(key, {}, terms), headline=True), would_change=change)]
    elif states == {"too_short"}:
        found = [_too_short(window, each, terms)]
    else:
        found = each
    chart = _past_chart(window)
    return found if chart is None else [_with_chart(found[0], chart), *found[1:]]


def _short(finding: Finding) -> Finding:
    """For a line beneath a sentence that names the period."""
    return replace(finding, message=replace(finding.message, key=f"{finding.message.key}.brief"))


def _too_short(window: Window, each: list[Finding], terms: dict[str, Term]) -> Finding:
    """Of a month looked at by weeks: that no week can be told, and that the month is compared as a whole below."""
    if len(window.periods) == 1:
        return together(each, "now.too_short", Message("now.too_short.all", {}, terms), headline=True)
    numbers = {
        "past": Number(len(window.past), "periods"),
        "needed": Number(MINIMUM_PAST, "periods"),
        "weeks": Number(len(window.periods), "periods"),
    }
    found = together(each, "now.too_short", Message("now.too_short.each", numbers, terms), headline=True)
    return replace(found, details=())


def _with_chart(finding: Finding, chart: Chart) -> Finding:
    return replace(finding, charts=(chart,))


def _judge(window: Window, s: Series, what: str) -> tuple[Unusual, ...]:
    found: list[Unusual] = []
    for period in window.periods:
        i, past = s.periods.index(period), window.rows(s, window.before(window.periods[0]))
        if what == "share":
            found.append(unusual_share(s.conflict[past], s.acts[past], int(s.conflict[i]), int(s.acts[i])))
        else:
            exposure = s.exposure / 10_000
            found.append(unusual_count(s.acts[past], exposure[past], int(s.acts[i]), float(exposure[i])))
    return tuple(found)


def _one(view: View, window: Window, s: Series, what: str, scan: Scan) -> Finding:
    far = min(range(len(scan.periods)), key=lambda i: (scan.periods[i].p is None, scan.periods[i].p or 0.0, i))
    one, period = scan.periods[far], window.periods[far]
    i = s.periods.index(period)
    per = _per(s, i, what)
    unit = "share of acts" if what == "share" else "acts per 10,000"
    expected = [None if x is None else min(x / per, _most(what)) for x in (one.expected, one.low, one.high)]
    observed = None if one.observed is None else one.observed / per
    numbers = {
        "observed": Number(observed, unit, n=int(s.acts[i])),
        "expected": Number(expected[0], unit, expected[1], expected[2], one.periods, one.level),
        "past": Number(one.periods, "periods"),
        "needed": Number(MINIMUM_PAST, "periods"),
        "acts": Number(int(s.acts[i]), "acts"),
    }
    state = _state(one)
    terms = {**way(s.source, s.target), "period": Term("period", period), "kind": kind_word(window.kind)}
    direction = {"stream": s.stream, "period": period, "source": s.source, "target": s.target}
    return Finding(
        id=f"now.unusual.{what}.{s.source}-{s.target}",
        chapter="now",
        message=Message(f"now.{state}.{what}", numbers, terms),
        verdict=_VERDICTS[state],
        provenance=view.provenance([s.stream], false_discovery_rate=0.05, level=one.level),
        evidence=(
            Evidence("acts", direction, int(s.acts[i])),
            Evidence("acts", {**direction, "root": "10-20"}, int(s.conflict[i])),
        ),
        headline=state == "unusual",
        bits=0.0 if one.p is None else bits(one.p),
        would_change=Message("now.unusual.change", {}, terms) if state == "unusual" else None,
        actor=s.source,
        group=what,
    )


_VERDICTS = {
    "too_short": Verdict.NO_DATA,
    "no_act": Verdict.NO_DATA,
    "unusual": Verdict.HOLDS,
    "outside": Verdict.UNDECIDED,
    "usual": Verdict.UNDECIDED,
}


def _state(one: Unusual) -> str:
    """What is told of a period. Four figures are looked at, so one outside its own interval may be so by chance."""
    if one.p is None:
        return "no_act" if one.periods >= MINIMUM_PAST else "too_short"
    if one.verdict == "unusual":
        return "unusual"
    inside = one.low is not None and one.high is not None and one.observed is not None
    return "usual" if inside and one.low <= one.observed <= one.high else "outside"  # type: ignore[operator]


def _per(s: Series, i: int, what: str) -> float:
    """What a count is divided by to be shown; 1 where the stream holds nothing in that period."""
    return 1.0 if what == "share" or not s.exposure[i] else float(s.exposure[i]) / 10_000


def _most(what: str) -> float:
    """The most that can be: acts of a direction are part of the stream's."""
    return 1.0 if what == "share" else 10_000.0


def _past_chart(window: Window) -> Chart | None:
    """Every past period as a dot, the interval the past predicts, and the period looked at (the last of several)."""
    rows: list[dict[str, Any]] = []
    expected: list[dict[str, Any]] = []
    last = window.periods[-1]
    for s in window.series:
        past = window.rows(s, window.before(window.periods[0]))
        spread: dict[What, float] = {"share": scatter(s, "share"), "rate": scatter(s, "rate")}
        for what in spread:
            key = {"measure": what, "source": s.source, "target": s.target}
            for i in (*past, s.periods.index(last)):
                found = _estimate(s, int(i), what, spread[what])
                if found is not None:
                    ends = (
                        {"low": found.low, "high": found.high} if s.periods[i] == last else {"low": None, "high": None}
                    )
                    value = {"value": found.value, "acts": int(s.acts[i])}
                    rows.append({**key, "period": s.periods[i], **value, **ends})
            one = _judge(window, s, what)[-1]
            per = _per(s, s.periods.index(last), what)
            if one.low is not None and one.high is not None:
                ends = {"low": one.low / per, "high": min(one.high / per, _most(what))}
                expected.append({**key, **ends, "level": one.level})
    return against_past(rows, expected, now=last) if expected else None


def _estimate(s: Series, i: int, what: What, dispersion: float) -> Estimate | None:
    if what == "share":
        return share_interval(int(s.conflict[i]), int(s.acts[i]), dispersion=dispersion)
    return part_interval(int(s.acts[i]), float(s.exposure[i]), per=10_000, dispersion=dispersion)
