"""What is to be expected in the periods to come if the past pattern holds, and how often such forecasts were right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from visavis.charts.fan import fan
from visavis.errors import NoDataError
from visavis.finding import Chart, Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._reaches import band, chance_line, fell_short, method, reaches
from visavis.findings._said_ahead import Ahead, ahead_of, tried
from visavis.findings._terms import kind_word, pair_terms, stream_term, way
from visavis.findings._together import SIDES
from visavis.findings._track import entry
from visavis.findings._view import View
from visavis.findings._window import STALE, Window, window_of
from visavis.findings._world import World, world_of
from visavis.models.contenders import POOL
from visavis.models.dyad_panel import Target, known_at
from visavis.store.coverage import days_in, period_of

__all__ = ["forecasts"]

_SURE = 0.95
_LIMITS = {"sure": Number(_SURE, "probability"), "rest": Number(1 - _SURE, "probability")}
_SHOWN = {"month": 24, "week": 26}  # past periods in the chart


def forecasts(view: View) -> list[Finding]:
    """Whether the coming periods will be more conflictual than the last ones, in both directions.

    A forecast is told only with its track record; where none is kept, that is said and how to make one.
    """
    try:
        window = window_of(replace(view, at=None, since=None, until=None))
    except NoDataError:
        return [_nothing(view, "none", ())]
    if not view.within(window.periods[-1]):
        return [_nothing(view, "span", (window.stream,))]
    track = view.tables.track(window.stream, window.kind)
    if track is None or not any(one["outcome"] == "share" for one in track["forecasts"]):
        return [_nothing(view, "untried_pack" if view.tables.is_pack else "untried", (window.stream,))]
    name = f"world {window.stream} {window.kind} {view.a} {view.b}"
    both = (view.a, view.b)
    whole = view.tables.once(name, lambda: world_of(view.tables, window.stream, window.kind, both))
    if whole is None:
        return [_nothing(view, "none", ())]
    world = whole.pair(*both)
    if known_at(world.panel("acts")).mass().min() == 0:
        return [_nothing(view, "thin", (window.stream,))]
    return [_told(view, window, world, track)]


def _nothing(view: View, why: str, streams: tuple[str, ...]) -> Finding:
    terms = {
        **pair_terms(view),
        "importer": Term("outside", view.importer),
        "record": Term("outside", view.tables.name),
    }
    if streams:
        terms["stream"] = stream_term(streams[0])
    message = Message(f"ahead.forecast.{why}", {}, terms)
    return Finding("ahead.forecast", "ahead", message, Verdict.NO_DATA, view.provenance(streams), basis="acts")


def _told(view: View, window: Window, world: World, track: Mapping[str, Any]) -> Finding:
    ab, ba = (ahead_of(world, track, *one) for one in view.directions)
    state, verdict, surprise = _state(track, ab, ba)
    old = window.age > STALE
    one = entry(dict(track), "share", Target(1, ab.longest))
    assert one is not None, "the longest stretch comes from the track record"
    scored = one["methods"][one["use"]]
    numbers = {
        "ahead": Number(ab.longest, f"{world.kind}s_ahead"),
        "tried": Number(scored["n"], "forecasts"),
        "dyads": Number(scored["dyads"], "directions"),
        "held": Number(scored["within"][1], "share of forecasts", n=scored["n"]),
        "age": Number(_age(view, world), "days"),
        **{f"{k}_{end}": v for end, a in (("ab", ab), ("ba", ba)) for k, v in _numbers(a).items()},
    }
    terms = {
        **pair_terms(view),
        "period": Term("period", world.periods[-1]),
        "kind": kind_word(world.kind),
        "stream": stream_term(world.stream),
    }
    return Finding(
        id="ahead.forecast",
        chapter="ahead",
        message=Message(f"ahead.forecast.{'old' if old else 'now'}.{state}", numbers, terms),
        verdict=verdict,
        provenance=view.provenance([world.stream], method=one["use"], level=0.9, sure=_SURE, tried=scored["n"]),
        charts=(_chart(view, world, track, (ab, ba)), reaches(world.kind, world.periods[-1], track, (ab, ba))),
        evidence=tuple(_evidence(world, *one) for one in view.directions),
        caveats=(*_held_back(track, ab, ba), *_caveats(track, one, ab, terms)),
        details=_details(track, (ab, ba), terms),
        headline=not old and verdict is not Verdict.UNDECIDED,
        group=SIDES,
        basis="acts",
        bits=surprise,
        would_change=Message("ahead.forecast.change", _LIMITS, terms),
    )


def _state(track: Mapping[str, Any], ab: Ahead, ba: Ahead) -> tuple[str, Verdict, float]:
    """The claim is that the share will be higher in both directions; the weaker of the two decides.

    Nothing is decided where chances as high as the one told came true less often in the past, or were never told.
    """
    sure = {name: [p >= _SURE and not fell_short(track, ab.longest, name, _SURE) for p in of]
            for name, of in _told_chances(ab, ba).items()}  # fmt: skip
    chances = _told_chances(ab, ba)
    for name, state, verdict in (("larger", "more", Verdict.HOLDS), ("smaller", "less", Verdict.DOES_NOT_HOLD)):
        if all(sure[name]):
            return state, verdict, bits(1 - min(chances[name]))
    if any(one.part.chance is None for one in (ab, ba)):
        return "unknown", Verdict.UNDECIDED, 0.0
    return ("apart" if any(map(any, sure.values())) else "open"), Verdict.UNDECIDED, 0.0


def _told_chances(ab: Ahead, ba: Ahead) -> dict[str, tuple[float, float]]:
    """Chances of a larger and of a smaller share in both directions; 0 where there is none to tell."""
    larger, smaller = ((ab.part.chance, ba.part.chance), (ab.part.smaller, ba.part.smaller))
    return {"larger": (larger[0] or 0.0, larger[1] or 0.0), "smaller": (smaller[0] or 0.0, smaller[1] or 0.0)}


def _held_back(track: Mapping[str, Any], ab: Ahead, ba: Ahead) -> list[Message]:
    """That a chance told as sure decides nothing, for what came of such chances."""
    held = any(max(of) >= _SURE and fell_short(track, ab.longest, name, _SURE)
               for name, of in _told_chances(ab, ba).items())  # fmt: skip
    return [Message("ahead.forecast.record.chance.held_back", _LIMITS)] if held else []


def _age(view: View, world: World) -> int:
    return (view.today - days_in(world.periods[-1])[1]).days


def _numbers(ahead: Ahead) -> dict[str, Number]:
    return {"share": ahead.part.share, "chance": Number(ahead.part.chance, "probability")}


def _details(track: Mapping[str, Any], both: tuple[Ahead, Ahead], terms: Mapping[str, Any]) -> tuple[Message, ...]:
    """In twos, one for each direction: the share with the record of its chance, the direction's own record, then every
    stretch that was tried: the share with its record, and counts.
    """
    found = [_share_line(track, one, terms) for one in both] + [_record_line(track, one, terms) for one in both]
    for last in sorted(both[0].parts):
        if last != both[0].longest:
            found += [_part_line(track, one, last, terms) for one in both]
        found += [_count_line(one, last, terms) for one in both]
    return tuple(found)


def _about(one: Ahead, terms: Mapping[str, Any]) -> dict[str, Any]:
    return {**way(one.source, one.target), "kind": terms["kind"], "period": terms["period"]}


def _ahead(periods: int, terms: Mapping[str, Any]) -> Number:
    return Number(periods, f"{terms['kind'].value.removeprefix('kind.')}_ahead")


def _share_line(track: Mapping[str, Any], one: Ahead, terms: Mapping[str, Any]) -> Message:
    part = one.part
    numbers = {"share": part.share, "ahead": _ahead(one.longest, terms)}
    if part.past is None or part.chance is None or part.share.value is None:
        return Message("ahead.forecast.share.unknown", {"ahead": numbers["ahead"]}, _about(one, terms))
    numbers |= {"past": Number(part.past, "share of acts"), "chance": Number(part.chance, "probability")}
    scored = band(track, one.longest, part.chance)
    key = f"ahead.forecast.share.{'scored' if scored else 'unscored'}"
    return Message(key, numbers | scored, _about(one, terms))


def _part_line(track: Mapping[str, Any], one: Ahead, last: int, terms: Mapping[str, Any]) -> Message:
    """The share of a stretch that is not the longest, with both intervals and how often such intervals held."""
    part, ahead = one.parts[last], _ahead(last, terms)
    found = entry(dict(track), "share", Target(1, last))
    assert found is not None, "the stretch comes from the track record"
    if part.share.value is None:
        return Message("ahead.forecast.share.unknown", {"ahead": ahead}, _about(one, terms))
    scored = found["methods"][found["use"]]
    inner = Number(part.share.value, "share of acts", part.low80, part.high80, part.share.n, 0.8)
    numbers = {
        "share": part.share, "inner": inner, "ahead": ahead, "tried": Number(scored["n"], "forecasts"),
        "held80": Number(scored["within"][0], "share of forecasts", n=scored["n"]),
        "held": Number(scored["within"][1], "share of forecasts", n=scored["n"]),
    }  # fmt: skip
    return Message("ahead.forecast.part", numbers, {**_about(one, terms), "method": method(found)})


def _count_line(one: Ahead, last: int, terms: Mapping[str, Any]) -> Message:
    numbers = {"ahead": _ahead(last, terms)}
    for outcome in ("conflict", "cooperation", "acts"):
        said = one.counts[outcome, 1, last]
        numbers[outcome] = Number(said.value, "acts", said.low, said.high, one.periods)
        numbers[f"{outcome}_past"] = Number(said.past, "acts")
    numbers["rate"] = Number(10_000 * numbers["acts"].value / (last * one.exposure), "acts per 10,000")  # type: ignore[operator]
    return Message("ahead.forecast.counts", numbers, {**_about(one, terms), "stream": terms["stream"]})


def _record_line(track: Mapping[str, Any], one: Ahead, terms: Mapping[str, Any]) -> Message:
    """How often the 90 % interval for conflictual acts of the longest stretch held for this direction."""
    n, held = tried(track, "conflict", one.longest, one.source, one.target)
    numbers = {"ahead": _ahead(one.longest, terms), "tried": Number(n, "forecasts")}
    if not n:
        return Message("ahead.forecast.untried_way", numbers, _about(one, terms))
    numbers["held"] = Number(held, "forecasts")
    return Message("ahead.forecast.tried_way", numbers, _about(one, terms))


def _caveats(
    track: Mapping[str, Any], share: Mapping[str, Any], shown: Ahead, terms: Mapping[str, Any]
) -> tuple[Message, ...]:
    """How all such forecasts did against the rule to beat, what they rest on, and what they are not."""
    found = []
    conflict = entry(dict(track), "conflict", Target(1, share["last"]))
    for outcome, one in (("share", share), ("conflict", conflict)):
        if one is None:
            continue
        ratio, scored = one["ratio"], one["methods"][one["use"]]
        gain = Number(1 - ratio[0], "share", 1 - ratio[2], 1 - ratio[1], scored["n"])
        numbers = {
            "gain": gain, "tried": Number(scored["n"], "forecasts"), "dyads": Number(scored["dyads"], "directions"),
            "held": Number(scored["within"][1], "share of forecasts", n=scored["n"]),
            "held80": Number(scored["within"][0], "share of forecasts", n=scored["n"]),
        }  # fmt: skip
        first, last = (Term("period", p) for p in one["origins"])
        key = f"ahead.forecast.record.{outcome}" if one["use"] == POOL else "ahead.forecast.record.last12"
        found.append(Message(key, numbers, {**terms, "first": first, "last": last}))
    chance = chance_line(share, terms)
    return (*found, chance, *_others(track, shown, terms), Message("ahead.forecast.pattern", {}, terms))


def _others(track: Mapping[str, Any], shown: Ahead, terms: Mapping[str, Any]) -> list[Message]:
    """The record of all other counts that are told or drawn, and those that are the last twelve values again."""
    spans = {(what, first, last) for what, first, last in shown.counts if first in (1, last)}
    told = sorted(spans - {("conflict", 1, shown.longest)})
    records = [(one, found) for one in told if (found := entry(dict(track), one[0], Target(*one[1:]))) is not None]
    if not records:
        return []
    held = [found["methods"][found["use"]]["within"][1] for _, found in records]
    least = held.index(min(held))
    numbers = {"least": Number(min(held), "share of forecasts"), "most": Number(max(held), "share of forecasts")}
    lines = [Message("ahead.forecast.record.others", numbers, {**terms, **_which(records[least][0], terms)})]
    return lines + [Message("ahead.forecast.record.rule", {}, {**terms, **_which(one, terms)})
                    for one, found in records if found["use"] != POOL]  # fmt: skip


def _which(one: tuple[str, int, int], terms: Mapping[str, Any]) -> dict[str, Term]:
    what, _, last = one
    kind = terms["kind"].value.removeprefix("kind.").removesuffix("s")
    end = Term("period", _later(terms["period"].value, last, kind))
    return {"what": Term("word", f"ahead.forecast.outcome.{what}"), "end": end}


def _evidence(world: World, source: str, target: str) -> Evidence:
    key = {"stream": world.stream, "period": world.periods[-1], "source": source, "target": target}
    return Evidence("acts", key, int(world.counts["acts"][world.row(source, target), -1]))


def _chart(view: View, world: World, track: Mapping[str, Any], both: tuple[Ahead, Ahead]) -> Chart:
    rows: list[dict[str, Any]] = []
    ends = dict.fromkeys(("low", "high", "low80", "high80"))
    for outcome in ("conflict", "cooperation"):
        for one in both:
            about = {"outcome": outcome, "source": one.source, "target": one.target}
            counts = world.counts[outcome][world.row(one.source, one.target)]
            shown = np.flatnonzero(world.known)[-_SHOWN[world.kind] :]
            rows += [{**about, "period": world.periods[i], "value": int(counts[i]), **ends} for i in shown.tolist()]
            for (what, first, last), said in one.counts.items():
                if what == outcome and first == last:
                    span = {k: getattr(said, k) for k in ("value", "low", "high", "low80", "high80")}
                    rows.append({**about, "period": _later(world.periods[-1], last, world.kind), **span})
    next_one = entry(dict(track), "conflict", Target(1, 1))
    assert next_one is not None, "every track record has the next period"
    scored = next_one["methods"][next_one["use"]]
    return fan(rows, now=world.periods[-1], held=scored["within"][1], forecasts=scored["n"])


def _later(period: str, steps: int, kind: Any) -> str:
    for _ in range(steps):
        period = period_of(days_in(period)[1] + dt.timedelta(days=1), kind)
    return period
