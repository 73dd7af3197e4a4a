"""How long ties last: curves with ten ends or more, else the counts and what is missing."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from visavis.charts.lasting import lasting as lasting_chart
from visavis.finding import Chart, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._cited import cited
from visavis.findings._spells import YEAR, Mechanism, Spell, domain_term
from visavis.findings._terms import pair_terms
from visavis.findings._view import View
from visavis.models.intervals import Estimate
from visavis.models.survival import Curve, Spells, at_risk, incidence, lasting, median, value_at

__all__ = ["ENOUGH", "lasting_findings", "spells_of"]

ENOUGH = 10
"""Ends below which only spells and counts are told."""

_HORIZONS = (10.0, 5.0, 3.0, 1.0)  # years; the longest at which enough spells are still under observation is told
_UNDER = 5
_CAUSES = {"expired": 2, "replaced": 3}  # anything else that ends is a stop: broken off, suspended, not renewed
_ENDINGS = {1: "stopped", 2: "expired", 3: "replaced"}
_ALL = Term("word", "ties.kind.all")


def lasting_findings(view: View, found: list[Mechanism]) -> list[Finding]:
    """The curve of all kinds together and of each kind, where there are ten ends; else what is missing."""
    every = [(m, s) for m in found for s in m.spells]
    used = spells_of(view, every)
    kinds = {d: [(m, s) for m, s in every if m.domain == d] for d in sorted({m.domain for m in found})}
    own = {d: spells_of(view, pairs) for d, pairs in kinds.items()}
    told = {d: s for d, s in own.items() if s is not None and s.ends >= ENOUGH}
    if used is None or used.ends < ENOUGH:
        return [_few(view, used, every)]
    groups = {_ALL: used, **{domain_term(d): s for d, s in told.items()}}
    curves = {kind: lasting(s) for kind, s in groups.items()}
    horizon = next((h for h in _HORIZONS if at_risk(used, h) >= _UNDER and curves[_ALL].start < h), None)
    reached = value_at(curves[_ALL], horizon) if horizon else None
    if horizon is None or reached is None:
        return [_short(view, used)]
    return [_told(view, groups, curves, (horizon, reached))]


def spells_of(view: View, pairs: list[tuple[Mechanism, Spell]]) -> Spells | None:
    """Spells of which a beginning, and an end or a last sight, are dated. None where there is none.

    Where the reader asked for a span, spells that began before it are counted from the age they had on its first day:
    those that had ended by then cannot be seen (left truncation).
    """
    rows: list[tuple[float, float, int, str]] = []
    for mechanism, spell in pairs:
        begun = spell.begun
        over = spell.ended if spell.ending != "notice" else spell.end and spell.end[0]
        last = over or spell.seen
        if begun is None or last is None:
            continue
        ended = over is not None and spell.ending not in ("running", "notice")
        entry = max(0.0, (view.since - begun).days / YEAR) if view.since else 0.0
        leaving = max((last - begun).days, 1) / YEAR
        if leaving > entry:
            rows.append((entry, leaving, _CAUSES.get(spell.ending, 1) if ended else 0, mechanism.id))
    if not rows:
        return None
    entry_at, leave_at, causes, names = zip(*rows, strict=True)
    return Spells.of(entry_at, leave_at, causes, mechanism=names)


def _few(view: View, used: Spells | None, every: list[tuple[Mechanism, Spell]]) -> Finding:
    """Too few ends: their count, and the spells whose dates are not known."""
    ends = used.ends if used else 0
    undated = len(every) - (len(used) if used else 0)
    numbers = {
        "ends": Number(ends, "ends"),
        "enough": Number(ENOUGH, "ends"),
        "spells": Number(len(every), "spells"),
        "undated": Number(undated, "spells"),
    }
    message = Message("ties.lasting.few", numbers, pair_terms(view))
    change = Message("ties.lasting.few.change", {"more": Number(max(ENOUGH - ends, 1), "ends")})
    return Finding("ties.lasting", "ties", message, Verdict.NO_DATA, cited(view, "mechanisms"), basis="agreements",
                   would_change=change)  # fmt: skip


def _short(view: View, used: Spells) -> Finding:
    """Ends enough, but hardly a spell was under observation for a year."""
    numbers = {
        "spells": Number(len(used), "spells"),
        "ends": Number(used.ends, "ends"),
        "few": Number(_UNDER, "spells"),
    }
    message = Message("ties.lasting.short", numbers, pair_terms(view))
    change = Message("ties.lasting.short.change", {"few": numbers["few"]})
    return Finding("ties.lasting", "ties", message, Verdict.NO_DATA, cited(view, "mechanisms"), basis="agreements",
                   would_change=change)  # fmt: skip


def _told(view: View, groups: dict[Term, Spells], curves: dict[Term, Curve], at: tuple[float, Estimate]) -> Finding:
    """The claim that more than half of the spells reach an age, with how they ended and what each kind says."""
    horizon, share = at
    curve, used = curves[_ALL], groups[_ALL]
    verdict = Verdict.HOLDS if share.low > 0.5 else Verdict.DOES_NOT_HOLD if share.high < 0.5 else Verdict.UNDECIDED
    numbers = {
        "years": Number(int(horizon), "years"),
        "share": Number(share.value, "share of spells", share.low, share.high, len(used)),
        "at_risk": Number(at_risk(used, horizon), "spells"),
        "spells": Number(len(used), "spells"),
        "ends": Number(used.ends, "ends"),
        "start": Number(curve.start, "years"),
    }
    key = f"ties.lasting.{verdict.value.replace(' ', '_')}"
    caveats = [Message("ties.lasting.mixed"), Message("ties.lasting.listed")]
    if view.since is not None:
        caveats.append(Message("ties.lasting.entered", terms={"since": Term("date", str(view.since))}))
    if curve.start > 0:
        caveats.append(Message("ties.lasting.late", {"start": numbers["start"]}))
    return Finding(
        id="ties.lasting",
        chapter="ties",
        message=Message(key, numbers, pair_terms(view)),
        verdict=verdict,
        provenance=cited(view, "mechanisms", enough=ENOUGH),
        charts=(_chart(groups, curves),),
        details=(*_half(curve), _endings(used, horizon), *_kinds(curves)),
        caveats=tuple(caveats),
        headline=True,
        basis="agreements",
        bits=_bits(share),
        would_change=Message("ties.lasting.change", {"years": numbers["years"]}),
    )


def _half(curve: Curve) -> tuple[Message, ...]:
    """The age by which half are over, where it was reached."""
    value, low, high = median(curve)
    if value is None:
        return (Message("ties.half.not_reached", {"last": Number(curve.last, "years")}),)
    if low is None or high is None:
        return (Message("ties.half.open", {"half": Number(value, "years"), "low": Number(low, "years")}),)
    return (Message("ties.half", {"half": Number(value, "years", low, high, curve.n)}),)


def _endings(used: Spells, horizon: float) -> Message:
    """How spells ended by the horizon, the endings competing."""
    numbers = {"years": Number(int(horizon), "years")}
    for cause, name in _ENDINGS.items():
        found = value_at(incidence(used, cause), horizon)
        if found is not None:
            numbers[name] = Number(found.value, "share of spells", found.low, found.high, len(used))
    return Message("ties.endings", numbers)


def _kinds(curves: dict[Term, Curve]) -> tuple[Message, ...]:
    if len(curves) == 1:
        return (Message("ties.kinds.none", {"enough": Number(ENOUGH, "ends")}),)
    told = []
    for kind, curve in curves.items():
        value, low, high = median(curve)
        if kind is not _ALL:
            half = Number(value, "years", low, high, curve.n) if high else Number(value, "years", n=curve.n)
            told.append(Message("ties.kind.half", {"half": half, "ends": Number(curve.ends, "ends")}, {"kind": kind}))
    return tuple(told)


def _bits(share: Estimate) -> float:
    """How surprising the share would be if it lay on the other side of one half, on the scale of its interval."""
    if not 0 < share.value < 1 or not 0 < share.low < 1:
        return 0.0
    z = (np.log(-np.log(share.low)) - np.log(-np.log(share.value))) / 1.6449
    off = abs(np.log(-np.log(0.5)) - np.log(-np.log(share.value))) / max(float(z), 1e-6)
    return bits(float(ndtr(-off)))


def _chart(groups: dict[Term, Spells], curves: dict[Term, Curve]) -> Chart:
    rows = [
        {"kind": kind, "age": float(c.ages[i]), "share": float(c.value[i])}
        | {"low": float(c.low[i]), "high": float(c.high[i]), "at_risk": int(c.at_risk[i])}
        for kind, c in curves.items()
        for i in range(len(c.ages))
    ]
    for kind, c in curves.items():  # the last step goes on to the last age observed
        end = [r for r in rows if r["kind"] == kind][-1]
        rows.append({**end, "age": c.last, "at_risk": at_risk(groups[kind], c.last)})
    last = max(c.last for c in curves.values())
    ages = [a for a in (0, 5, 10, 15, 20, 30, 40, 50) if a <= last]
    return lasting_chart(
        rows, [{"kind": kind, "age": a, "at_risk": at_risk(s, a)} for kind, s in groups.items() for a in ages]
    )
