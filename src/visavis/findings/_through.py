"""What ran on through rises in conflict, by dates alone: nothing here says that one thing followed from another."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._lasting import ENOUGH
from visavis.findings._regimes import Cut, cuts_of
from visavis.findings._spells import YEAR, Mechanism, Spell
from visavis.findings._terms import pair_terms
from visavis.findings._view import View
from visavis.models.stops_near import Near, stops_near
from visavis.models.turning_points import TurningPoint
from visavis.store.coverage import days_in

__all__ = ["Rise", "through"]

_AFTER = 366  # days after a rise that are looked at
_NAMED = 6


@dataclass(frozen=True)
class Rise:
    """One or more periods in which the conflictual share rose, less than a year apart.

    Args:
        periods: those periods.
        first: first day of the first one.
        last: a year after the first day of the last one.
    """

    periods: tuple[str, ...]
    first: dt.date
    last: dt.date


def through(view: View, found: list[Mechanism]) -> list[Finding]:
    """What was running when conflict rose, and what of it stopped within a year."""
    cuts = cuts_of(view)
    rises = rises_of(cuts)
    spans = [days_in(p)[i] for c in cuts for i, p in ((0, c.series.periods[0]), (1, c.series.periods[-1]))]
    if not rises or not spans:
        key = "ties.through.no_acts" if not cuts else "ties.through.no_rise"
        message = Message(key, terms=pair_terms(view))
        return [Finding("ties.through", "ties", message, Verdict.NO_DATA, view.provenance(()), basis="agreements",
                        would_change=Message("ties.through.no_rise.change"))]  # fmt: skip
    span = (min(spans), max(max(spans), max(r.last for r in rises)))
    return [_finding(view, found, rises, span)]


def rises_of(cuts: list[Cut]) -> list[Rise]:
    """Turning points after which a share is higher, and single periods far above, in either direction; by date."""
    periods = {c.period(p.index) for c in cuts if c.what == "share" for p in c.found.points if _higher(p)}
    periods |= {
        c.period(p.index) for c in cuts if c.what == "share" for p in c.found.pulses if c.level(p.index) > p.expected
    }
    found: list[Rise] = []
    for period in sorted(periods, key=lambda p: days_in(p)[0]):
        first = days_in(period)[0]
        last = first + dt.timedelta(days=_AFTER)
        if found and first <= found[-1].last:
            found[-1] = Rise((*found[-1].periods, period), found[-1].first, last)
        else:
            found.append(Rise((period,), first, last))
    return found


def _higher(point: TurningPoint) -> bool:
    return (point.change.value or 0.0) > 0


def _finding(view: View, found: list[Mechanism], rises: list[Rise], span: tuple[dt.date, dt.date]) -> Finding:
    near = _near(found, rises, span)
    numbers = {
        "stopped": Number(near.inside, "stops"),
        "elsewhere": Number(near.outside, "stops"),
        "years": Number(near.years_inside, "years"),
        "years_elsewhere": Number(near.years_outside, "years"),
        "rises": Number(len(rises), "rises"),
    }
    verdict, key = Verdict.UNDECIDED, "ties.through.few"
    if near.inside + near.outside >= ENOUGH and near.ratio is not None:
        r = near.ratio
        numbers["ratio"] = Number(r.value, "times", r.low, r.high, near.inside + near.outside)
        verdict = Verdict.HOLDS if r.low > 1 else Verdict.DOES_NOT_HOLD if r.high < 1 else Verdict.UNDECIDED
        key = f"ties.through.{verdict.value.replace(' ', '_')}"
    ends = {"first": Term("date", str(span[0])), "last": Term("date", str(span[1]))}
    decided = verdict in (Verdict.HOLDS, Verdict.DOES_NOT_HOLD)
    return Finding(
        id="ties.through",
        chapter="ties",
        message=Message(key, numbers, {**pair_terms(view), **ends}),
        verdict=verdict,
        provenance=view.provenance((), after=f"{_AFTER} days"),
        evidence=tuple(e for rise in rises for e in _evidence(found, rise)),
        details=tuple(_told(found, rise) for rise in rises),
        caveats=(Message("ties.through.dates_only"),),
        basis="agreements",
        bits=bits(near.p if verdict is Verdict.HOLDS else 1 - near.p) if decided else 0.0,
        would_change=Message("ties.through.change", {"enough": Number(ENOUGH, "stops")}),
    )


def _near(found: list[Mechanism], rises: list[Rise], span: tuple[dt.date, dt.date]) -> Near:
    """Spells of which the beginning and the end or last sight are dated, in years since the first day of the span."""

    def at(day: dt.date) -> float:
        return (day - span[0]).days / YEAR

    running, stops = [], []
    for spell in (s for m in found for s in m.spells):
        last = spell.ended or spell.seen
        if spell.begun and last:
            running.append((at(spell.begun), at(last)))
            if _stops(spell):
                stops.append(at(last))
    return stops_near(running, stops, [(at(r.first), at(r.last)) for r in rises], (0.0, at(span[1])))


def _stops(spell: Spell) -> bool:
    return spell.ended is not None and spell.ending not in ("replaced", "notice", "running")


def _running(found: list[Mechanism], rise: Rise) -> list[tuple[Mechanism, Spell]]:
    """Spells known to run when a rise began, and of which it is known whether they still ran a year after it."""
    return [(m, s) for m in found for s in m.spells if s.begun and s.begun < rise.first and _told_through(s, rise)]


def _told_through(spell: Spell, rise: Rise) -> bool:
    last = spell.ended or spell.seen
    return last is not None and last >= (rise.first if _stops(spell) else rise.last)


def _stopped(pairs: list[tuple[Mechanism, Spell]], rise: Rise) -> list[tuple[Mechanism, Spell]]:
    return [(m, s) for m, s in pairs if _stops(s) and s.ended is not None and s.ended <= rise.last]


def _told(found: list[Mechanism], rise: Rise) -> Message:
    """One rise: what was running, what ran on, and the names of what stopped."""
    there = _running(found, rise)
    gone = _stopped(there, rise)
    numbers = {
        "running": Number(len(there), "mechanisms"),
        "held": Number(len(there) - len(gone), "mechanisms"),
        "stopped": Number(len(gone), "mechanisms"),
        "again": Number(sum(m.spells[-1].number > s.number for m, s in gone), "mechanisms"),
    }
    terms: dict[str, Term | tuple[Term, ...]] = {
        "periods": tuple(Term("period", p) for p in rise.periods),
        "last": Term("date", str(rise.last)),
        "names": tuple(Term("outside", m.name) for m, _ in gone[:_NAMED]),
    }
    return Message("ties.rise" if gone else "ties.rise.all_held", numbers, terms)


def _evidence(found: list[Mechanism], rise: Rise) -> list[Evidence]:
    return [
        Evidence("mechanisms", {"id": m.id, "spell": str(s.number)}, 1, f"{m.name}: {s.row['end']}", s.row["source"])
        for m, s in _stopped(_running(found, rise), rise)
    ]
