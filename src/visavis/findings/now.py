"""What is going on between them these days? First of all how old the record is; then unusual or not, and how broad."""

from __future__ import annotations

import datetime as dt
from typing import Any

from visavis.charts.against_past import against_past
from visavis.charts.contributions import contributions
from visavis.errors import NoDataError
from visavis.finding import Chart, Evidence, Finding, Message, Number, Term, Verdict
from visavis.findings._carriers import Carriers, Cell, carriers
from visavis.findings._sentences import sentences
from visavis.findings._series import Series
from visavis.findings._terms import pair_terms, stream_term, way, word
from visavis.findings._view import View
from visavis.findings._window import STALE, Window, window_of
from visavis.models.decomposition import CellChange
from visavis.models.intervals import Estimate, rate_interval, share_interval
from visavis.models.unusual import MINIMUM_PAST, Scan, Unusual, name_across, unusual_count, unusual_share

__all__ = ["now"]

_NAMED = 4  # cells named in the sentence; the figure and its table hold more


def now(view: View) -> list[Finding]:
    """What the record says of the last full period, or of the one asked for."""
    try:
        window = window_of(view)
    except NoDataError:
        if view.at is not None:
            raise
        return [_nothing(view)]
    carried = carriers(view, window)
    return [
        _age(view, window),
        *_unusual(view, window),
        *_carries(view, window, carried),
        *(_breadth(view, window, carried, actor) for actor, _ in view.directions),
        *(_elsewhere(view, window, carried, *way) for way in view.directions),
        *sentences(view, window),
    ]


def _nothing(view: View) -> Finding:
    message = Message("now.nothing", terms=pair_terms(view))
    return Finding("now.nothing", "now", message, Verdict.NO_DATA, view.provenance(()), headline=True)


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
    )


def _unusual(view: View, window: Window) -> list[Finding]:
    """Share and rate of each direction against its own past, with false discoveries held down over all of them."""
    judged = [(s, what, _judge(window, s, what)) for what in ("share", "rate") for s in window.series]
    scans = name_across([each for _, _, each in judged])
    chart = _past_chart(window)
    found: list[Finding] = []
    for (s, what, _), scan in zip(judged, scans, strict=True):
        charts = (chart,) if chart is not None and not found else ()
        found.append(_one_unusual(view, window, s, what, scan, charts))
    return found


def _judge(window: Window, s: Series, what: str) -> tuple[Unusual, ...]:
    found: list[Unusual] = []
    for period in window.periods:
        i, past = s.periods.index(period), window.rows(s, window.before(period))
        if what == "share":
            found.append(unusual_share(s.conflict[past], s.acts[past], int(s.conflict[i]), int(s.acts[i])))
        else:
            exposure = s.exposure / 10_000
            found.append(unusual_count(s.acts[past], exposure[past], int(s.acts[i]), float(exposure[i])))
    return tuple(found)


def _one_unusual(view: View, window: Window, s: Series, what: str, scan: Scan, charts: tuple[Chart, ...]) -> Finding:
    far = min(range(len(scan.periods)), key=lambda i: (scan.periods[i].p is None, scan.periods[i].p or 0.0, i))
    one, period = scan.periods[far], window.periods[far]
    i = s.periods.index(period)
    per = _per(s, i, what)
    unit = "share of acts" if what == "share" else "acts per 10,000"
    expected = [None if x is None else x / per for x in (one.expected, one.low, one.high)]
    observed = None if one.observed is None else one.observed / per
    numbers = {
        "observed": Number(observed, unit, n=int(s.acts[i])),
        "expected": Number(expected[0], unit, expected[1], expected[2], one.periods, one.level),
        "past": Number(one.periods, "periods"),
        "needed": Number(MINIMUM_PAST, "periods"),
        "acts": Number(int(s.acts[i]), "acts"),
    }
    state = "too_short" if one.p is None else "unusual" if one.verdict == "unusual" else "usual"
    direction = {"stream": s.stream, "period": period, "source": s.source, "target": s.target}
    return Finding(
        id=f"now.unusual.{what}.{s.source}-{s.target}",
        chapter="now",
        message=Message(f"now.{state}.{what}", numbers, {**way(s.source, s.target), "period": Term("period", period)}),
        verdict=Verdict.NO_DATA if state == "too_short" else Verdict.HOLDS,
        provenance=view.provenance([s.stream], false_discovery_rate=0.05, level=one.level),
        charts=charts,
        evidence=(
            Evidence("acts", direction, int(s.acts[i])),
            Evidence("acts", {**direction, "root": "10-20"}, int(s.conflict[i])),
        ),
        headline=what == "share",
        actor=s.source,
        group=what,
    )


def _per(s: Series, i: int, what: str) -> float:
    """What a count is divided by to be shown; 1 where the stream holds nothing in that period."""
    return 1.0 if what == "share" or not s.exposure[i] else float(s.exposure[i]) / 10_000


def _past_chart(window: Window) -> Chart | None:
    """Every past period as a dot, the interval the past predicts, and the period looked at (the last of several)."""
    rows: list[dict[str, Any]] = []
    expected: list[dict[str, Any]] = []
    last = window.periods[-1]
    for s in window.series:
        past = window.rows(s, window.before(last))
        for what in ("share", "rate"):
            key = {"measure": what, "source": s.source, "target": s.target}
            for i in (*past, s.periods.index(last)):
                found = _estimate(s, int(i), what)
                if found is not None:
                    ends = (
                        {"low": found.low, "high": found.high} if s.periods[i] == last else {"low": None, "high": None}
                    )
                    value = {"value": found.value, "acts": int(s.acts[i])}
                    rows.append({**key, "period": s.periods[i], **value, **ends})
            one = _judge(window, s, what)[-1]
            per = _per(s, s.periods.index(last), what)
            if one.low is not None and one.high is not None:
                expected.append({**key, "low": one.low / per, "high": one.high / per, "level": one.level})
    return against_past(rows, expected, now=last) if expected else None


def _estimate(s: Series, i: int, what: str) -> Estimate | None:
    if what == "share":
        return share_interval(int(s.conflict[i]), int(s.acts[i]))
    return rate_interval(int(s.acts[i]), float(s.exposure[i]), per=10_000)


def _cell(cell: Cell) -> Message:
    terms = {**way(cell.source, cell.target), "sector": word("sector", cell.sector), "means": word("means", cell.means)}
    return Message("charts.cell", terms=terms)


def _carries(view: View, window: Window, carried: Carriers) -> list[Finding]:
    change = carried.change
    if change is None:
        return []
    named = [c for c in change.cells if c.named]
    rows = [_bar(carried.cells[c.cell], c) for c in change.cells if c.observed + c.expected > 0]
    net = change.net
    numbers = {
        "net": Number(net.value, "change in acts", net.low, net.high, net.n),
        "cells": Number(len(carried.cells), "cells"),
        "named": Number(len(named), "cells"),
        "past": Number(len(window.past), "periods"),
    }
    details = tuple(
        Message(
            "now.carries.cell",
            {"change": _number(c.excess, "change in acts"), "observed": Number(round(c.observed), "acts")},
            _cell(carried.cells[c.cell]).terms,
        )
        for c in named[:_NAMED]
    )
    return [
        Finding(
            id=f"now.carries.{window.label}",
            chapter="now",
            message=Message(
                "now.carries" if named else "now.carries.none", numbers, {"period": Term("period", window.label)}
            ),
            verdict=Verdict.HOLDS if named else Verdict.UNDECIDED,
            provenance=view.provenance([window.stream], dispersion=f"{change.dispersion:.2f}"),
            charts=(contributions(rows),) if rows else (),
            details=details,
            evidence=tuple(_cell_evidence(window, carried.cells[c.cell], c) for c in named[:_NAMED]),
            caveats=(Message("now.one_sector"), *_sectors_unknown(carried)),
            headline=bool(named),
        )
    ]


def _bar(cell: Cell, change: CellChange) -> dict[str, object]:
    interval = {"low": change.excess.low, "high": change.excess.high, "n": round(change.observed + change.before)}
    return {
        "cell": _cell(cell),
        "source": cell.source,
        "target": cell.target,
        "change": change.excess.value,
        **interval,
    }


def _cell_evidence(window: Window, cell: Cell, change: CellChange) -> Evidence:
    key = {"stream": window.stream, "period": "|".join(window.periods), "source": cell.source, "target": cell.target}
    return Evidence("acts", {**key, "sector": cell.sector, "means": cell.means}, round(change.observed))


def _number(found: Estimate, unit: str) -> Number:
    return Number(found.value, unit, found.low, found.high, found.n, found.level)


def _breadth(view: View, window: Window, carried: Carriers, actor: str) -> Finding:
    found = carried.breadths[actor]
    terms = {"actor": Term("country", actor), "period": Term("period", window.label)}
    numbers: dict[str, Number] = {}
    verdict, key = Verdict.NO_DATA, "now.breadth.nothing"
    if found is not None:
        numbers = {
            "net": _number(found.net, "change in acts"),
            "proportional": _number(found.proportional, "cells"),
            "cells": Number(found.cells, "cells"),
        }
        verdict, key = Verdict.UNDECIDED, "now.breadth.undecided"
        if found.index is not None and found.verdict != "undecided":  # an undecided index is too high on average
            numbers["index"] = _number(found.index, "cells")
            verdict, key = Verdict.HOLDS, f"now.breadth.{found.verdict}"
    return Finding(
        id=f"now.breadth.{actor}",
        chapter="now",
        message=Message(key, numbers, terms),
        verdict=verdict,
        provenance=view.provenance([window.stream], cells="sector x partner, conflictual acts, partners held"),
        caveats=(Message("now.acts_are_not_minds"), *_sectors_unknown(carried), *_partners(view)),
        actor=actor,
        group="breadth",
    )


def _sectors_unknown(carried: Carriers) -> tuple[Message, ...]:
    """Said where the source does not tell the sector of many acts."""
    if not carried.unknown or carried.unknown < 0.1:
        return ()
    return (Message("now.sectors_unknown", {"unknown": Number(carried.unknown, "share of acts")}),)


def _partners(view: View) -> tuple[Message, ...]:
    """Said where a pack holds only some partners."""
    held = len(view.tables.countries)
    return (Message("now.partners_held", {"held": Number(held, "countries")}),) if held else ()


def _elsewhere(view: View, window: Window, carried: Carriers, actor: str, partner: str) -> Finding:
    found = carried.elsewhere[actor]
    numbers: dict[str, Number] = {}
    if found.partner is not None and found.others is not None:
        numbers = {"partner": _number(found.partner, "times"), "others": _number(found.others, "times")}
    key = found.verdict.replace(" ", "_")
    verdicts = {"undecided": Verdict.UNDECIDED, "too few": Verdict.NO_DATA}
    return Finding(
        id=f"now.elsewhere.{actor}",
        chapter="now",
        message=Message(
            f"now.elsewhere.{key}", numbers, {**way(actor, partner), "period": Term("period", window.label)}
        ),
        verdict=verdicts.get(found.verdict, Verdict.HOLDS),
        provenance=view.provenance([window.stream], others="all other countries of the stream"),
        actor=actor,
        group="elsewhere",
    )
