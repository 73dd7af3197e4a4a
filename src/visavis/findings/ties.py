"""What holds? Agreements, dialogues and exchanges: which ran, slept and came back, and how long such things last."""

from __future__ import annotations

import datetime as dt
from typing import Any

from scipy.special import betainc

from visavis.charts.spells import spells as spells_chart
from visavis.finding import Chart, Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._cited import cited
from visavis.findings._lasting import ENOUGH, lasting_findings
from visavis.findings._spells import YEAR, Mechanism, Spell, domain_term, mechanisms_of
from visavis.findings._terms import pair_terms
from visavis.findings._through import through
from visavis.findings._view import View
from visavis.models.intervals import share_interval
from visavis.models.survival import Spells, lasting, median

__all__ = ["ties"]

_STALE = 1.0  # years: a tie last seen longer ago than that, beside the latest one, may have stopped since
_LINES = 40  # drawn; the table under the chart holds all
_FEW = 6  # mechanisms that ever stopped; with fewer their share says nothing


def ties(view: View) -> list[Finding]:
    """What the list of mechanisms says of the pair: states, lengths, pauses, and what ran through rises in conflict."""
    found = mechanisms_of(view)
    if not found:
        return [_nothing(view)]
    return [_held(view, found), _back(view, found), *lasting_findings(view, found), *through(view, found)]


def _nothing(view: View) -> Finding:
    message = Message("ties.nothing", terms=pair_terms(view))
    wanted = Message("ties.nothing.change", terms=pair_terms(view))
    return Finding("ties.nothing", "ties", message, Verdict.NO_DATA, cited(view, "mechanisms"), basis="agreements",
                   would_change=wanted)  # fmt: skip


def _last_day(found: list[Mechanism]) -> dt.date:
    """The latest day that the list speaks of."""
    days = [d for m in found for s in m.spells for d in (s.seen, s.ended, s.begun) if d]
    return max(days, default=dt.date.today())


def _held(view: View, found: list[Mechanism]) -> Finding:
    """How many there are and what state each was in when last seen."""
    last = _last_day(found)
    states = [m.state for m in found]
    numbers = {name: Number(states.count(name), "mechanisms") for name in ("running", "revived", "suspended", "ended")}
    numbers |= {"unknown": Number(states.count("unknown"), "mechanisms"), "all": Number(len(found), "mechanisms")}
    stale = [
        m for m in found
        if m.state in ("running", "revived") and m.spells[-1].seen and (last - m.spells[-1].seen).days > _STALE * YEAR
    ]  # fmt: skip
    details = [Message("ties.notices", {"notices": Number(n, "notices")}) for n in [_notices(found)] if n]
    if stale:
        details.append(Message("ties.stale", {"stale": Number(len(stale), "mechanisms")}, {"last": _date(last)}))
    partial = sum(s.row["verified"] == "partial" for m in found for s in m.spells)
    rows = sum(len(m.spells) for m in found)
    if len(found) > _LINES:
        details.append(Message("ties.drawn", {"drawn": Number(_LINES, "mechanisms"), "all": numbers["all"]}))
    caveats = [Message("ties.list.own" if "mechanisms" in view.tables.own_facts else "ties.list")]
    if partial:
        counts = {"partial": Number(partial, "rows"), "rows": Number(rows, "rows")}
        caveats.append(Message("ties.partial", counts))
    return Finding(
        id="ties.held",
        chapter="ties",
        message=Message("ties.held", numbers, {**pair_terms(view), "last": _date(last)}),
        verdict=Verdict.HOLDS,
        claim=False,
        provenance=cited(view, "mechanisms"),
        charts=(_chart(found),),
        evidence=tuple(
            Evidence("mechanisms", {"domain": d}, sum(m.domain == d for m in found)) for d in _domains(found)
        ),
        details=tuple(details),
        caveats=tuple(caveats),
        basis="agreements",
    )


def _notices(found: list[Mechanism]) -> int:
    return sum(s.notices + (s.ending == "notice") for m in found for s in m.spells)


def _domains(found: list[Mechanism]) -> list[str]:
    return sorted({m.domain for m in found})


def _date(day: dt.date) -> Term:
    return Term("date", day.isoformat())


def _chart(found: list[Mechanism]) -> Chart:
    """All in the table; of a long list those that ran last are drawn."""
    rows = [_drawn(m, s) for m in found for s in m.spells]
    latest = sorted(
        found, key=lambda m: max((d for s in m.spells for d in (s.seen, s.ended) if d), default=dt.date.min)
    )
    kept = [m for m in found if m in latest[-_LINES:]]
    return spells_chart([_drawn(m, s) for m in kept for s in m.spells], rows)


def _drawn(mechanism: Mechanism, spell: Spell) -> dict[str, Any]:
    row = {
        "id": mechanism.id,
        "domain": domain_term(mechanism.domain),
        "mechanism": mechanism.name,
        "spell": spell.number,
        "ending": spell.ending,
    }
    dates = {"begun": spell.begun, "ended": spell.ended, "last_seen": spell.seen if not spell.end else None}
    texts = {"since": spell.row["start"] or None, "until": (spell.row["end"] or None) if spell.end else None}
    return {**row, **dates, **texts, "notices": spell.notices, "told_in": spell.row["source"]}


def _back(view: View, found: list[Mechanism]) -> Finding:
    """Of the mechanisms that ever stopped, how many ran again: each counts once, however often it stopped."""
    stopped = [m for m in found if m.stopped]
    again = [m for m in stopped if m.returned]
    away = _away(found)
    numbers = {
        "again": Number(len(again), "mechanisms"),
        "stopped": Number(len(stopped), "mechanisms"),
        "known": Number(len(away), "pauses"),
    }
    share = share_interval(len(again), len(stopped))
    if share is None or len(stopped) < _FEW:
        message = Message("ties.back.few" if stopped else "ties.back.none", numbers, pair_terms(view))
        return Finding("ties.back", "ties", message, Verdict.NO_DATA, cited(view, "mechanisms"), basis="agreements",
                       would_change=Message("ties.back.few.change", {"few": Number(_FEW, "mechanisms")}))  # fmt: skip
    numbers["share"] = Number(share.value, "share of mechanisms", share.low, share.high, len(stopped))
    verdict = Verdict.HOLDS if share.low > 0.5 else Verdict.DOES_NOT_HOLD if share.high < 0.5 else Verdict.UNDECIDED
    below = float(betainc(len(again) + 0.5, len(stopped) - len(again) + 0.5, 0.5))
    opposite = min(below, 1 - below)
    return Finding(
        id="ties.back",
        chapter="ties",
        message=Message(f"ties.back.{verdict.value.replace(' ', '_')}", numbers, pair_terms(view)),
        verdict=verdict,
        provenance=cited(view, "mechanisms"),
        evidence=tuple(_stops(stopped)),
        details=(*_away_message(away), *_until_back(found)),
        caveats=(Message("ties.back.each_once"),),
        headline=True,
        basis="agreements",
        bits=bits(opposite),
        would_change=Message("ties.back.change"),
    )


def _stops(stopped: list[Mechanism]) -> list[Evidence]:
    """For each mechanism that ever stopped, its spells as dated."""
    return [
        Evidence("mechanisms", {"id": m.id}, len(m.spells), f"{m.name}: {_dated(m)}", m.spells[0].row["source"])
        for m in stopped
    ]


def _dated(mechanism: Mechanism) -> str:
    return ", ".join(f"{s.row['start'] or '?'}/{s.row['end'] if s.end else ''}" for s in mechanism.spells)


def _away(found: list[Mechanism]) -> list[float]:
    """Years from each stop to the next spell, where both are dated, shortest first."""
    years = []
    for m in found:
        for one, following in zip(m.spells, m.spells[1:], strict=False):
            if one.ended and following.begun:
                years.append(max((following.begun - one.ended).days, 0) / YEAR)
    return sorted(years)


def _away_message(away: list[float]) -> tuple[Message, ...]:
    if not away:
        return ()
    numbers = {"known": Number(len(away), "pauses"), "shortest": Number(away[0], "years")}
    middle = (away[(len(away) - 1) // 2] + away[len(away) // 2]) / 2
    numbers |= {"longest": Number(away[-1], "years"), "middle": Number(middle, "years", away[0], away[-1], len(away))}
    return (Message("ties.away" if len(away) > 1 else "ties.away.one", numbers),)


def _until_back(found: list[Mechanism]) -> tuple[Message, ...]:
    """With ten dated returns or more: the time until half were back, with those that are still away counted so far."""
    last, rows = _last_day(found), list[tuple[float, int, str]]()
    for m in found:
        for one, following in zip(m.spells, (*m.spells[1:], None), strict=True):
            if one.ended is None or one.ending in ("running", "notice", "replaced"):
                continue
            back = following.begun if following else None
            if back or following is None:
                rows.append((max(((back or last) - one.ended).days, 1) / YEAR, int(back is not None), m.id))
    if sum(returned for _, returned, _ in rows) < ENOUGH:
        return ()
    away, returned, names = zip(*rows, strict=True)
    half, low, high = median(lasting(Spells.of([0.0] * len(rows), away, returned, mechanism=names)))
    if half is None or low is None or high is None:
        return (Message("ties.until_back.open", {"pauses": Number(len(rows), "pauses")}),)
    return (Message("ties.until_back", {"half": Number(half, "years", low, high, len(rows))}),)
