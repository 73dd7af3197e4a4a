"""Ties at risk and ties that sleep: how often such ties stopped, and how often what slept ran again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict
from visavis.findings._cited import cited
from visavis.findings._lasting import ENOUGH, spells_of
from visavis.findings._spells import YEAR, Mechanism, Spell, domain_term, mechanisms_of, mechanisms_of_all
from visavis.findings._terms import pair_terms
from visavis.findings._view import View
from visavis.models.intervals import Estimate, share_interval
from visavis.models.survival import Spells, lasting, value_at
from visavis.models.survival import at_risk as under_observation

__all__ = ["Dormant", "at_risk", "dormant"]

_SLEEPS = ("suspended", "interrupted", "lapsed")  # what was terminated or ran out on the day planned does not sleep
_NEXT = 5.0  # years ahead
_WITHIN = 10  # years within which a return counts
_FEW = 6  # stops that could be followed so long; with fewer their share says nothing
_UNDER = 5  # spells of a kind under observation that long
_TOLD = 12


@dataclass(frozen=True)
class Dormant:
    """A mechanism of the pair that sleeps.

    Args:
        mechanism: the mechanism.
        since: when it stopped; None where not dated.
        again: of those that slept, how many ran again within ten years; None where too few could be followed.
        returned, followed: the counts behind it.
    """

    mechanism: Mechanism
    since: dt.date | None
    again: Estimate | None
    returned: int
    followed: int


@dataclass(frozen=True)
class _Risk:
    mechanism: Mechanism
    age: float
    stops: Estimate
    n: int


def at_risk(view: View) -> list[Finding]:
    """What runs and how often its like stopped; what sleeps and how often its like came back; or that none is known."""
    found = mechanisms_of(view)
    if not found:
        return [
            Finding(
                "ahead.ties.none", "ahead", Message("ahead.ties.none", terms=pair_terms(view)), Verdict.NO_DATA,
                view.provenance(()), basis="agreements",
                would_change=Message("ahead.ties.risk.few.change", {"enough": Number(ENOUGH, "ends")}),
            )
        ]  # fmt: skip
    return [_risk(view, found), *_revive(view, dormant(view))]


def dormant(view: View) -> list[Dormant]:
    """What sleeps, the latest first; the base rate is that of all such stops in the list, whoever the parties are."""
    asleep = [m for m in mechanisms_of(view) if m.spells[-1].ending in _SLEEPS]
    followed = _followed(mechanisms_of_all(view))
    share = share_interval(sum(followed), len(followed)) if len(followed) >= _FEW else None
    told = [Dormant(m, m.spells[-1].ended, share, sum(followed), len(followed)) for m in asleep]
    return sorted(told, key=lambda d: (-(d.since or dt.date.min).toordinal(), d.mechanism.id))


def _followed(every: Sequence[Mechanism]) -> list[bool]:
    """Stops that lie ten years or more before the last day that the list speaks of: whether they ran again in time.

    Later ones are left out even where they ran again: those that did not cannot be counted yet.
    """
    days = [d for m in every for s in m.spells for d in (s.seen, s.ended, s.begun) if d]
    last, found = max(days, default=dt.date.min), list[bool]()
    for m in every:
        for spell, following in zip(m.spells, (*m.spells[1:], None), strict=True):
            if spell.ended is None or spell.ending not in _SLEEPS or (last - spell.ended).days < _WITHIN * YEAR:
                continue
            if following is None or following.begun is not None:
                back = following.begun if following else None
                found.append(back is not None and (back - spell.ended).days <= _WITHIN * YEAR)
    return found


def _risk(view: View, found: list[Mechanism]) -> Finding:
    """Of those that run, the chance to stop within five years by the record of their kind and age."""
    every = mechanisms_of_all(view)
    kinds = {m.domain for m in found}
    spells = {d: spells_of(view, [(m, s) for m in every for s in m.spells if m.domain == d]) for d in sorted(kinds)}
    told = {d: s for d, s in spells.items() if s is not None and s.ends >= ENOUGH}
    running = [m for m in found if m.state in ("running", "revived")]
    risks = [risk for m in running if m.domain in told and (risk := _of(m, told[m.domain])) is not None]
    if not risks:
        return _too_few(view, found, spells)
    risks.sort(key=lambda r: (r.mechanism.domain, r.mechanism.id))  # the highest of many estimates is too high
    numbers = {
        "count": Number(len(risks), "mechanisms"), "running": Number(len(running), "mechanisms"),
        "years": Number(int(_NEXT), "years"), "expected": Number(sum(r.stops.value for r in risks), "mechanisms"),
    }  # fmt: skip
    return Finding(
        id="ahead.ties.risk",
        chapter="ahead",
        message=Message("ahead.ties.risk", numbers, pair_terms(view)),
        verdict=Verdict.HOLDS,
        claim=False,
        provenance=cited(view, "mechanisms", enough=ENOUGH, years=_NEXT),
        evidence=tuple(_row(r.mechanism) for r in risks[:_TOLD]),
        details=(*(_line(r) for r in risks[:_TOLD]), *(_rate(d, s) for d, s in told.items())),
        caveats=(Message("ahead.ties.risk.pattern"),),
        basis="agreements",
        would_change=Message("ahead.ties.risk.change", {"enough": Number(ENOUGH, "ends")}),
    )


def _of(mechanism: Mechanism, spells: Spells) -> _Risk | None:
    """The share of its kind that, having run as long, stopped within the next years."""
    spell = mechanism.spells[-1]
    if spell.begun is None or spell.seen is None:
        return None
    age = max((spell.seen - spell.begun).days, 0) / YEAR
    late = spells.where(spells.exit > age)
    if under_observation(spells, age + _NEXT) < _UNDER or not len(late):
        return None
    beyond = Spells(np.maximum(late.entry, age), late.exit, late.cause, late.mechanism)
    kept = value_at(lasting(beyond), age + _NEXT)
    if kept is None:
        return None
    stops = Estimate(1 - kept.value, 1 - kept.high, 1 - kept.low, len(beyond), kept.level)
    return _Risk(mechanism, age, stops, len(beyond))


def _line(risk: _Risk) -> Message:
    numbers = {
        "age": Number(risk.age, "years"), "years": Number(int(_NEXT), "years"), "such": Number(risk.n, "spells"),
        "share": Number(risk.stops.value, "share of spells", risk.stops.low, risk.stops.high, risk.n),
    }  # fmt: skip
    terms = {"name": Term("outside", risk.mechanism.name), "kind": domain_term(risk.mechanism.domain)}
    return Message("ahead.ties.risk.one", numbers, terms)


def _rate(domain: str, spells: Spells) -> Message:
    """The base rate of a kind: ends a hundred years of running."""
    years = float((spells.exit - spells.entry).sum())
    numbers = {"ends": Number(spells.ends, "ends"), "rate": Number(100 * spells.ends / years, "ends"),
               "years": Number(round(years), "years")}  # fmt: skip
    return Message("ahead.ties.risk.rate", numbers, {"kind": domain_term(domain)})


def _too_few(view: View, found: list[Mechanism], spells: dict[str, Spells | None]) -> Finding:
    """No kind has ends enough: what runs, stopped and came back, kind by kind."""
    ends = {d: s.ends if s is not None else 0 for d, s in spells.items()}
    most, kinds = max(ends.values(), default=0), {d: [m for m in found if m.domain == d] for d in ends}
    numbers = {
        "running": Number(_running(found), "mechanisms"),
        "most": Number(most, "ends"), "enough": Number(ENOUGH, "ends"),
    }  # fmt: skip
    return Finding(
        id="ahead.ties.risk",
        chapter="ahead",
        message=Message("ahead.ties.risk.few", numbers, pair_terms(view)),
        verdict=Verdict.NO_DATA,
        provenance=cited(view, "mechanisms", enough=ENOUGH),
        details=(*(_counts(d, own) for d, own in sorted(kinds.items()) if any(m.stopped for m in own)), *_rest(kinds)),
        basis="agreements",
        would_change=Message("ahead.ties.risk.few.change", numbers),
    )


def _counts(domain: str, found: list[Mechanism]) -> Message:
    numbers = {
        "all": Number(len(found), "mechanisms"),
        "running": Number(_running(found), "mechanisms"),
        "stopped": Number(sum(m.stopped for m in found), "mechanisms"),
        "again": Number(sum(m.returned for m in found), "mechanisms"),
    }
    return Message("ahead.ties.risk.counts", numbers, {"kind": domain_term(domain)})


def _rest(kinds: dict[str, list[Mechanism]]) -> list[Message]:
    """What runs in kinds that never stopped, so that the lines add up to all that run."""
    rest = {d: running for d, own in sorted(kinds.items())
            if not any(m.stopped for m in own) and (running := _running(own))}  # fmt: skip
    if not rest:
        return []
    terms = {"kinds": tuple(domain_term(d) for d in rest)}
    return [Message("ahead.ties.risk.rest", {"rest": Number(sum(rest.values()), "mechanisms")}, terms)]


def _running(found: Sequence[Mechanism]) -> int:
    return sum(m.state in ("running", "revived") for m in found)


def _revive(view: View, asleep: list[Dormant]) -> list[Finding]:
    """What sleeps, since when, and of all that slept how much ran again."""
    if not asleep:
        return []
    one = asleep[0]
    numbers = {
        "count": Number(len(asleep), "mechanisms"), "within": Number(_WITHIN, "years"),
        "followed": Number(one.followed, "stops"), "returned": Number(one.returned, "stops"),
    }  # fmt: skip
    if one.again is not None:
        numbers["share"] = Number(one.again.value, "share of stops", one.again.low, one.again.high, one.followed)
    key = "ahead.ties.revive" if one.again is not None else "ahead.ties.revive.few"
    return [
        Finding(
            id="ahead.ties.revive",
            chapter="ahead",
            message=Message(key, numbers, pair_terms(view)),
            verdict=Verdict.HOLDS if one.again is not None else Verdict.UNDECIDED,
            claim=one.again is None,
            provenance=cited(view, "mechanisms", within=_WITHIN, few=_FEW),
            evidence=tuple(_row(d.mechanism) for d in asleep),
            details=tuple(_asleep(d) for d in asleep[:_TOLD]),
            caveats=(Message("ahead.ties.revive.rule", numbers),),
            basis="agreements",
            would_change=Message("ahead.ties.revive.change", {"few": Number(_FEW, "stops"), **numbers}),
        )
    ]


def _asleep(d: Dormant) -> Message:
    terms = {"name": Term("outside", d.mechanism.name), "kind": domain_term(d.mechanism.domain)}
    if d.since is None:
        return Message("ahead.ties.asleep.undated", terms=terms)
    return Message("ahead.ties.asleep", terms=terms | {"since": Term("period", _known(d.mechanism.spells[-1]))})


def _known(spell: Spell) -> str:
    """The end as far as it is confirmed: a year, or a month."""
    return str(spell.row["end"])[:7]


def _row(mechanism: Mechanism) -> Evidence:
    last = mechanism.spells[-1].row
    dates = f"{last['start'] or '?'}/{last['end']}"
    return Evidence(
        "mechanisms", {"id": mechanism.id}, len(mechanism.spells), f"{mechanism.name}: {dates}", last["source"]
    )
