"""What goes with a stated path, if the past pattern holds, and what came after paths like it between other pairs."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import norm

from visavis.charts.scenario import scenario as chart_of
from visavis.finding import Chart, Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._acts_pool import ActsPool, acts_pool, with_ties
from visavis.findings._shared import share_change
from visavis.findings._stated_path import moves_of, on_both_sides, rises_of, states_nothing, steps_told
from visavis.findings._terms import pair_terms, stream_term
from visavis.findings._view import View
from visavis.models.episodes import AFTER, Episode, Episodes, episodes
from visavis.models.intervals import Estimate
from visavis.models.scenario import PLACEBOS, Outlook, outlook
from visavis.names.messages import languages, say
from visavis.scenario import KINDS, Scenario, Step, toml_of

__all__ = ["MARGIN", "STANDARD", "scenarios"]

OnStep = Callable[[int, int, str], None]
STANDARD = Scenario("thaw", (Step("sd", "cooperation", "both", amount=1.0),), where="")
"""What is looked at where no path is stated: both sides' cooperative acts rise by one usual swing for six months."""
MARGIN = 0.05
"""Acts that differ by less than a twentieth are none to speak of."""
ALARM = 0.05
FEWEST = 24
"""Watched acts of each side over three years, below which nothing is simulated."""
BACK_CHECK = {"low": 91, "high": 97, "false": 3}
"""Of 100, in made-up worlds: planted answers held by their intervals, least and most, and effects told where there were
none. The last two lines of ``python benchmarks/scenarios.py 80 50``."""
MOST_DOUBLED = 0.5
"""Share of past acts of a stated kind recorded on both sides on one day above which nothing is decided."""
_PAST, _TOLD, _CHANGE = 12, 7, "change in share relative to no change"


def scenarios(view: View, on_step: OnStep | None = None) -> list[Finding]:
    """A finding for each path that the view holds; where it holds none, the standard one."""
    found = acts_pool(view)
    if found is None:
        return [_nothing(view, None, "no_months")]
    stated = [(one.between(view.a, view.b), Term("outside", one.name)) for one in view.scenarios]
    if stated:
        return [_finding(view, found, one, name, i, on_step) for i, (one, name) in enumerate(stated, 1)]
    key = f"scenario {view.a} {view.b} {view.since} {view.until}"
    standard = Term("word", "ahead.scenario.name.thaw")
    return [view.tables.once(key, lambda: _finding(view, found, STANDARD, standard, 0, on_step))]


def _finding(
    view: View, found: ActsPool, scenario: Scenario, name: Term, number: int, on_step: OnStep | None
) -> Finding:
    kind = KINDS.index(scenario.watch)
    recent = found.pool.recorded[kind, :2][:, found.pool.known][:, -36:].sum(axis=1)
    if recent.min() < FEWEST:
        return _nothing(view, found, "too_few", number, name)
    if states_nothing(found, scenario):
        return _nothing(view, found, "empty", number, name)
    if min(step.first for step in scenario.steps) >= scenario.months:
        return _nothing(view, found, "too_late", number, name)
    ties = [step.ties for step in scenario.steps if step.ties]
    pool = with_ties(found, ties[0]) if ties else found.pool
    seed = zlib.crc32(f"scenario {view.a}-{view.b} {found.stream} {toml_of(replace(scenario, name=''))}".encode())
    moves = moves_of(found, scenario)
    seen = outlook(pool, moves, scenario.months, rng=np.random.default_rng(seed), placebos=PLACEBOS, on_step=on_step)
    if seen is None:
        return _nothing(view, found, "too_few_pairs", number, name)
    rises = rises_of(found, moves)
    like = episodes(found.pool.recorded, found.pool.known, rises) if rises else None
    return _told(view, found, scenario, name, number, seen, like)


def _told(
    view: View, found: ActsPool, scenario: Scenario, name: Term, number: int, seen: Outlook, like: Episodes | None
) -> Finding:
    kind = KINDS.index(scenario.watch)
    both = [seen.effects[way][kind] for way in (0, 1)]
    p = float(seen.p[:, kind].min())
    share, acts = on_both_sides(found, scenario)
    says = "doubled" if share > MOST_DOUBLED else _says(p, both)
    decided = says in ("clear", "little")
    numbers = {"change_ab": _change(both[0]), "change_ba": _change(both[1]), "months": _months(scenario.months)}
    if says == "doubled":
        numbers |= {"twice": Number(round(share * acts), "acts"), "whole": Number(acts, "acts")}
    start = Term("period", found.ahead(1)[0])
    terms = {**pair_terms(view), "name": name, "start": start}
    terms["watch"] = Term("word", f"ahead.scenario.watch.{scenario.watch}")
    return Finding(
        id=f"ahead.scenario.{view.a}-{view.b}.{number or 'standard'}",
        chapter="ahead",
        message=Message(f"ahead.scenario.{says}", numbers, terms),
        verdict=Verdict.HOLDS if decided else Verdict.UNDECIDED,
        provenance=view.provenance(
            [found.stream], months=scenario.months, alarm=ALARM, margin=MARGIN, doubled=MOST_DOUBLED
        ),
        charts=(_chart(found, scenario, name, seen),),
        evidence=_evidence(found, like),
        details=(
            *_open(says, both, Message("ahead.scenario.others", numbers, terms)),
            *steps_told(view, scenario), _rests(found, seen, kind), *_like(found, like),
        ),
        caveats=_caveats(view, found, like),
        claim=True,
        headline=says == "clear" and number == 0,
        basis="acts",
        bits=bits(p if says == "clear" else max(map(_beyond, both))) if decided else 0.0,
        would_change=Message(f"ahead.scenario.would.{says}", {"margin": Number(MARGIN, "share of acts")}, terms),
    )  # fmt: skip


def _says(p: float, both: Sequence[Estimate]) -> str:
    """Whether the record decides, where answers to such acts can be learned at all."""
    if p <= ALARM:
        return "clear"
    return "little" if all(one.low > -MARGIN and one.high < MARGIN for one in both) else "undecided"


def _open(says: str, both: Sequence[Estimate], others: Message) -> list[Message]:
    """What must not be overlooked: what little the other acts show, why nothing is decided, how often this is right."""
    told = [others] if says == "doubled" else []
    if says == "undecided" and any(one.low > 0 or one.high < 0 for one in both):
        level = Number(both[0].level, "share of intervals")
        told.append(Message("ahead.scenario.leaves_out", {"level": level, "alarm": Number(ALARM, "share of times")}))
    right = {name: Number(value, "of 100") for name, value in BACK_CHECK.items()}
    return [*told, Message("ahead.scenario.right", right)]


def _change(found: Estimate) -> Number:
    return Number(found.value, _CHANGE, found.low, found.high, found.n, found.level)


def _beyond(found: Estimate) -> float:
    """p of a change beyond the margin: small where it can be ruled out."""
    error = (found.high - found.low) / (2 * norm.ppf((1 + found.level) / 2))
    return float(norm.sf((MARGIN - abs(found.value)) / error)) if error > 0 else 1.0


def _months(value: int) -> Number:
    return Number(value, "months")


def _count(value: int) -> Number:
    return Number(value, "periods")


def _rests(found: ActsPool, seen: Outlook, kind: int) -> Message:
    """What the figures rest on, and what placebo paths show."""
    band = np.expm1(np.log(seen.placebo[:, :, kind]).mean(axis=-1))  # (2 ends, 2 ways)
    numbers = {"pairs": Number(seen.pairs, "pairs"), "placebos": Number(seen.placebos, "placebo paths")}
    for way, name in enumerate(("placebo_ab", "placebo_ba")):
        ends = float(band[0, way]), float(band[1, way])
        numbers[name] = Number(sum(ends) / 2, _CHANGE, *ends, seen.placebos)
    a, b = found.ways[0]
    terms = {
        "a": Term("country", a), "b": Term("country", b), "stream": stream_term(found.stream),
        "first": Term("period", found.months[0]), "last": Term("period", found.months[-1]),
    }  # fmt: skip
    return Message("ahead.scenario.rests", numbers, terms)


def _like(found: ActsPool, like: Episodes | None) -> list[Message]:
    """How often such paths were seen, how long they lasted, what came after, and the last of them."""
    if like is None:
        return [Message("ahead.scenario.not_searched")]
    numbers = {
        "n": Number(len(like.found), "times", n=like.searched),
        "pairs": Number(like.searched, "pairs"),
        "years": Number(round(like.years), "years"),
    }
    if not like.found:
        return [Message("ahead.scenario.never", numbers)]
    others = [one for one in like.found if one.pair > 0][-_TOLD:]
    lasted = sorted(one.lasted for one in others)
    told = [Message("ahead.scenario.seen", numbers)]
    if others:
        middle = Number(float(np.median(lasted)), "months", float(lasted[0]), float(lasted[-1]), len(others))
        shown = {"k": _count(len(others)), "lasted": replace(middle, value=_plain(middle.value))}
        shown["lasted"] = replace(shown["lasted"], low=_plain(middle.low), high=_plain(middle.high))
        shown["long"] = Number(shown["lasted"].value, "months")
        told.append(Message("ahead.scenario.lasted", shown, {"episodes": _places(found, others)}))
    known = [(h, one) for h, one in zip(AFTER, like.after, strict=True) if one is not None]
    if not known:
        return [*told, Message("ahead.scenario.after.few")]
    ahead, one = max((pair for pair in known if pair[0] <= 6), default=known[0], key=lambda pair: pair[0])
    way = "lower" if one.high < 0 else "higher" if one.low > 0 else "unclear"
    return [*told, Message(f"ahead.scenario.after.{way}", {"change": share_change(one), "ahead": _months(ahead)})]


def _plain(value: float | int | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


def _places(found: ActsPool, episodes: Sequence[Episode]) -> Term:
    """Pairs and their months as one list, worded in every language: a slot's list has room for one name each."""
    worded = {}
    for lang in languages():
        said = ""
        for one in episodes:
            pair = tuple(Term("country", side) for side in found.ways[2 * one.pair])
            terms: dict[str, Term | tuple[Term, ...]] = {"pair": pair, "month": Term("period", found.months[one.start])}
            terms["earlier"] = Term("outside", said)
            said = say(Message(f"ahead.scenario.episode{'.then' if said else ''}", terms=terms), lang)
        worded[lang] = said
    return Term("outside", worded.pop("en"), "en", tuple(worded.items()))


def _evidence(found: ActsPool, like: Episodes | None) -> tuple[Evidence, ...]:
    """The last episodes like the path, each with the acts of its first month."""
    made = []
    for one in (like.found[-_TOLD:] if like is not None else ())[::-1]:
        source, target = found.ways[2 * one.pair]
        key = {"stream": found.stream, "period": found.months[one.start], "source": source, "target": target}
        made.append(Evidence("acts", key, int(found.pool.recorded[2, 2 * one.pair, one.start])))
    return tuple(made)


def _caveats(view: View, found: ActsPool, like: Episodes | None) -> tuple[Message, ...]:
    said = [Message("ahead.scenario.pattern_not_cause"), Message("ahead.scenario.answers_only")]
    said.append(Message("ahead.scenario.no_change", terms={"last": Term("period", found.months[-1])}))
    if not found.mirrors:
        said.append(Message("ahead.scenario.mirrors_unknown"))
    if view.tables.countries and like is not None:
        said.append(Message("ahead.scenario.pack", {"countries": Number(len(view.tables.countries), "countries")}))
    return tuple(said)


def _chart(found: ActsPool, scenario: Scenario, name: Term, seen: Outlook) -> Chart:
    kind = KINDS.index(scenario.watch)
    rows: list[dict[str, object]] = []
    ahead = found.ahead(scenario.months)
    for way in (0, 1):
        sides = {"source": found.ways[way][0], "target": found.ways[way][1]}
        first = max(0, len(found.months) - _PAST - 1)
        for i in range(first, len(found.months)):
            if found.pool.known[i]:
                was = int(found.pool.recorded[kind, way, i])
                rows.append({**sides, "period": found.months[i], "step": i - len(found.months) + 1, "was": was})
        usual, along = _fan(seen.no_change[:, way, kind]), _fan(seen.along[:, way, kind])
        for m, period in enumerate(ahead):
            low, high = (float(usual[1, m] * seen.placebo[end, way, kind, m]) for end in (0, 1))
            rows.append({
                **sides, "period": period, "step": m + 1, "usual": usual[1, m], "usual_low": usual[0, m],
                "usual_high": usual[2, m], "value": along[1, m], "low": along[0, m], "high": along[2, m],
                "placebo_low": low, "placebo_high": high,
            })  # fmt: skip
    return chart_of(rows, watch=scenario.watch, name=name, now=found.months[-1])


def _fan(samples: np.ndarray) -> np.ndarray:
    """Lower end, middle and upper end of 80 % of the samples; the middle is their mean. Shape (3, months)."""
    low, high = np.quantile(samples, [0.1, 0.9], axis=0)
    return np.stack([low, samples.mean(axis=0), high])


def _nothing(view: View, found: ActsPool | None, why: str, number: int = 0, name: Term | None = None) -> Finding:
    streams: Sequence[str] = [] if found is None else [found.stream]
    needs = why if why in ("empty", "too_late") else "no_data"
    terms = {**pair_terms(view), **({} if found is None else {"stream": stream_term(found.stream)})}
    return Finding(
        id=f"ahead.scenario.{view.a}-{view.b}.{number or 'standard'}",
        chapter="ahead",
        message=Message(f"ahead.scenario.{why}", {"fewest": Number(FEWEST, "acts")}, terms),
        verdict=Verdict.NO_DATA,
        provenance=view.provenance(streams),
        caveats=(),
        basis="acts",
        would_change=Message(f"ahead.scenario.would.{needs}", terms=pair_terms(view)),
    )
