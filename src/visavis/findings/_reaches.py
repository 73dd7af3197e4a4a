"""Every stretch that was tried, side by side, each with its record; and how often a told chance came true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.reaches import reaches as drawn
from visavis.finding import Chart, Message, Number, Term
from visavis.findings._said_ahead import Ahead
from visavis.findings._track import entry
from visavis.models.chances import band_of
from visavis.models.contenders import POOL
from visavis.models.dyad_panel import Target

__all__ = ["band", "chance_line", "fell_short", "method", "reaches"]

_OUTCOMES = ("share", "conflict", "cooperation", "acts")
_UNIT = {"share": "share of acts"}


def method(one: Mapping[str, Any]) -> Term:
    """What a forecast is made with, in words."""
    return Term("word", f"ahead.forecast.method.{'pool' if one['use'] == POOL else 'last12'}")


def band(track: Mapping[str, Any], last: int, chance: float) -> dict[str, Number]:
    """How often a larger share came where such a chance was said; empty where that was not scored.

    Args:
        track: the track record.
        last: how many periods the stretch has.
        chance: as it is told.
    """
    found = _bands(track, last, "larger", chance)
    low, high = band_of(chance)
    if not found:
        return {}
    came, n = found[0]["came"], found[0]["n"]
    return {
        "least": Number(low, "probability"), "most": Number(high, "probability"), "times": Number(n, "forecasts"),
        "came": Number(came["value"], "share of forecasts", came["low"], came["high"], n),
    }  # fmt: skip


def fell_short(track: Mapping[str, Any], last: int, which: str, sure: float) -> bool:
    """Whether chances of ``sure`` or more came true less often, by the whole of their interval, or were never said.

    Args:
        track: the track record.
        last: how many periods the stretch has.
        which: ``larger`` or ``smaller``.
        sure: a chance.
    """
    found = _bands(track, last, which, sure)
    return not found or found[0]["came"]["high"] < sure


def _bands(track: Mapping[str, Any], last: int, which: str, chance: float) -> list[dict[str, Any]]:
    """The band that a chance lies in, if anything was said in it."""
    one = entry(dict(track), "share", Target(1, last))
    scored = None if one is None else (one.get("chance") or {}).get(which)
    return [b for b in (scored["bands"] if scored else []) if (b["first"], b["last"]) == band_of(chance)]


def chance_line(share: Mapping[str, Any], terms: Mapping[str, Any]) -> Message:
    """How the chance of a larger share did over all that was tried; that this was not scored, where it was not."""
    scored = (share.get("chance") or {}).get("larger")
    if not scored:
        return Message("ahead.forecast.record.chance.none", {}, terms)
    ratio = scored["ratio"]
    numbers = {
        "tried": Number(scored["n"], "forecasts"),
        "dyads": Number(scored["dyads"], "directions"),
        "rate": Number(scored["rate"], "share of forecasts", n=scored["n"]),
    }
    if ratio["high"] >= 1:
        return Message("ahead.forecast.record.chance.even", numbers, terms)
    gain = Number(1 - ratio["value"], "share", 1 - ratio["high"], 1 - ratio["low"], scored["n"])
    return Message("ahead.forecast.record.chance", {**numbers, "gain": gain}, terms)


def reaches(kind: str, now: str, track: Mapping[str, Any], both: Sequence[Ahead]) -> Chart:
    """The chart of all stretches; its table also holds the counts.

    Args:
        kind: month or week.
        now: the last full period.
        track: the track record.
        both: what is said of either direction.
    """
    rows = []
    for one in both:
        for last in sorted(one.parts):
            for outcome in _OUTCOMES:
                found = entry(dict(track), outcome, Target(1, last))
                if found is not None:
                    scored = found["methods"][found["use"]]
                    record = {"tried": scored["n"], "held80": scored["within"][0], "held": scored["within"][1]}
                    about = {"source": one.source, "target": one.target, "ahead": last, "outcome": outcome}
                    rows.append({**about, **_said(one, outcome, last), **record, "method": method(found)})
    return drawn(rows, kind=kind, now=now)


def _said(one: Ahead, outcome: str, last: int) -> dict[str, Any]:
    if outcome == "share":
        part = one.parts[last]
        ends = {"low80": part.low80, "high80": part.high80, "low": part.share.low, "high": part.share.high}
        return {"unit": _UNIT[outcome], "value": part.share.value, **ends, "past": part.past}
    said = one.counts[outcome, 1, last]
    return {"unit": "acts", **{k: getattr(said, k) for k in ("value", "low80", "high80", "low", "high", "past")}}
