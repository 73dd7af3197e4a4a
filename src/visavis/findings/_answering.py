"""Does either side answer the other in kind? By conflictual and by cooperative acts, and over all pairs together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from visavis.charts.response import response
from visavis.finding import Chart, Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._panel import KINDS, Counted, Kind, counted
from visavis.findings._terms import kind_word, pair_terms, stream_term, way
from visavis.findings._view import View
from visavis.models.reciprocity import FEWEST_ACTS, LEVEL, SHORTEST, Panel, Slope, answer, answers, curve
from visavis.store.coverage import Period

__all__ = ["MARGIN", "STEPS", "answering_findings", "as_number", "bits", "kinds"]

STEPS = range(1, 13)
MARGIN = 0.1
"""An answer that changes the share by less than a tenth is none to speak of."""
_CHANGE = "change in share relative to the usual one"
_CHANGED = {"both": "clear", "one": "clear", "little": "little"}


@dataclass(frozen=True)
class _Both:
    """The two directions of a pair, in ISO order of the side that answers: without mirrored acts, and as recorded."""

    counted: Counted
    lone: tuple[Slope, Slope] | None
    recorded: tuple[Slope, Slope]

    @property
    def told(self) -> tuple[Slope, Slope]:
        return self.lone or self.recorded

    def clear(self, i: int) -> bool:
        """Whether a direction is clear of nothing in kind, with mirrored acts and without."""
        return self.lone is not None and all(s[i].low > 0 for s in (self.lone, self.recorded))

    @property
    def little(self) -> bool:
        """Whether every direction surely changes by less than the margin, up or down."""
        pairs = (self.lone, self.recorded) if self.lone is not None else ()
        return bool(pairs) and all(s.low > -MARGIN and s.high < MARGIN for pair in pairs for s in pair)

    @property
    def p_little(self) -> float:
        """Of the most that any direction could be: p of a change beyond the margin."""
        return max(s.p_beyond(MARGIN) for pair in (self.lone, self.recorded) if pair is not None for s in pair)

    def p(self, i: int) -> float:
        return max(s[i].p for s in (self.lone, self.recorded) if s is not None)


def answering_findings(view: View) -> list[Finding]:
    """Conflictual acts first, then cooperative ones, then all pairs together."""
    found = [_pair(view, acts) for acts in KINDS]
    told = [f for f in found if f is not None]
    return [*told, *_pooled(view)] if told else [_too_few(view)]


def kinds(kind: Period) -> dict[str, Term]:
    """Months or weeks, as a count of them and as a stretch of time: some languages have two words."""
    return {"kind": kind_word(kind), "time": Term("word", f"reaction.time.{kind}s")}


def as_number(slope: Slope) -> Number:
    """A slope as the change of a share when the other's acts double."""
    return Number(slope.change, _CHANGE, slope.low, slope.high, slope.n, LEVEL)


def _both(one: Counted) -> _Both | None:
    recorded = _two(one.panel)
    if recorded is None:
        return None
    if one.unmirrored is None:
        return _Both(one, None, recorded)
    lone = _two(one.unmirrored)
    return None if lone is None else _Both(one, lone, recorded)


def _two(panel: Panel) -> tuple[Slope, Slope] | None:
    a, b = answer(panel, 0), answer(panel, 1)
    return None if a is None or b is None else (a, b)


def _by(view: View, acts: Kind, kind: Period) -> list[_Both]:
    """All streams that are long enough when looked at by months or by weeks."""
    each = [counted(view, stream, kind, acts) for stream in view.tables.streams]
    return [b for one in each if one is not None and (b := _both(one)) is not None]


def _most(found: Sequence[_Both]) -> _Both:
    return max(found, key=lambda b: (int(b.counted.panel.k[:2].sum()), b.counted.stream))


def _pair(view: View, acts: Kind) -> Finding | None:
    """One kind of act: by months where that is long enough, else by weeks."""
    months, weeks = _by(view, acts, "month"), _by(view, acts, "week")
    if not months and not weeks:
        return None
    both = _most(months or weeks)
    state, sides, numbers = _state(view, both)
    one = both.counted
    terms = {**pair_terms(view), **sides, "stream": stream_term(one.stream), **kinds(one.kind)}
    verdict = {"both": Verdict.HOLDS, "one": Verdict.HOLDS, "little": Verdict.DOES_NOT_HOLD}
    details = [_mirrors(view, both, acts)]
    if months and weeks:
        weekly = [b for b in weeks if b.counted.stream == one.stream]
        details += [_by_weeks(view, b, acts) for b in weekly]
    return Finding(
        id=f"reaction.answers.{acts}",
        chapter="reaction",
        message=Message(f"reaction.{acts}.{state}", numbers, terms),
        verdict=verdict.get(state, Verdict.UNDECIDED),
        provenance=view.provenance([one.stream], steps=len(STEPS), level=LEVEL, margin=MARGIN),
        charts=_charts(view, both) if acts == "conflict" else (),
        evidence=_evidence(view, one, acts),
        caveats=_caveats(both) if acts == "conflict" else (),
        details=tuple(details),
        headline=acts == "conflict",
        basis="acts",
        bits=bits(_p(both, state)),
        would_change=Message(
            f"reaction.would_change.{_CHANGED.get(state, 'unclear')}",
            {"margin": Number(MARGIN, _CHANGE)}, kinds(one.kind),
        ),
    )  # fmt: skip


def _state(view: View, both: _Both) -> tuple[str, dict[str, Term], dict[str, Number]]:
    """What is clear; where one side alone is, it is named whichever country is named first."""
    clear = [i for i in (0, 1) if both.clear(i)]
    if len(clear) == 1:
        i = clear[0]
        source, target = view.directions[i]
        numbers = {"change": as_number(both.told[i]), "change_other": as_number(both.told[1 - i])}
        return "one", way(source, target), numbers
    numbers = {"change_ab": as_number(both.told[0]), "change_ba": as_number(both.told[1])}
    return ("both" if clear else "little" if both.little else "unclear"), {}, numbers


def _mirrors(view: View, both: _Both, acts: Kind) -> Message:
    """The same with every act as recorded: what dropping the mirrored ones does."""
    numbers = {f"change_{end}": as_number(s) for end, s in zip(("ab", "ba"), both.recorded, strict=True)}
    if both.lone is None:
        return Message("reaction.mirrors.unknown", terms=pair_terms(view))
    numbers["mirrored"] = Number(both.counted.mirrored, "share of acts", n=int(both.counted.panel.k[:2].sum()))
    return Message(f"reaction.mirrors.{acts}", numbers, pair_terms(view))


def _by_weeks(view: View, both: _Both, acts: Kind) -> Message:
    numbers = {f"change_{end}": as_number(s) for end, s in zip(("ab", "ba"), both.told, strict=True)}
    return Message(f"reaction.weeks.{acts}", numbers, pair_terms(view))


def _caveats(both: _Both) -> tuple[Message, ...]:
    return Message("reaction.not_started"), Message("reaction.common_cause", terms=kinds(both.counted.kind))


def _charts(view: View, both: _Both) -> tuple[Chart, ...]:
    """Both response curves over the steps; those that are too short are left out."""
    panel = both.counted.unmirrored if both.lone is not None else both.counted.panel
    assert panel is not None
    rows = [
        {"source": source, "target": target, "step": step, "change": s.change, "low": s.low, "high": s.high, "n": s.n}
        for i, (source, target) in enumerate(view.directions)
        for step, s in zip(STEPS, curve(panel, i, STEPS), strict=True)
        if s is not None
    ]
    return (response(rows, f"{both.counted.kind}s"),)


def _evidence(view: View, one: Counted, acts: Kind) -> tuple[Evidence, ...]:
    roots = f"{min(KINDS[acts])}-{max(KINDS[acts])}"
    return tuple(
        Evidence(
            "acts", {"stream": one.stream, "source": source, "target": target, "root": roots},
            int(one.panel.k[i][one.panel.known].sum()),
        )
        for i, (source, target) in enumerate(view.directions)
    )  # fmt: skip


def _too_few(view: View) -> Finding:
    """What there is, what is needed, and how to get more."""
    each = [c for s in view.tables.streams for kind in ("month", "week") if (c := counted(view, s, kind, "conflict"))]
    numbers = {"needed": Number(SHORTEST, "periods"), "acts": Number(FEWEST_ACTS, "acts")}
    terms = {**pair_terms(view), "importer": Term("outside", view.importer)}
    if not each:
        return _no_data(view, Message("reaction.not_covered", numbers, terms))
    best = max(each, key=lambda c: (int(c.panel.k[:2].sum(axis=1).min()), c.stream, c.kind))
    for i, end in enumerate(("ab", "ba")):
        numbers[f"acts_{end}"] = Number(int(best.panel.k[i][best.panel.known].sum()), "acts")
    return _no_data(view, Message("reaction.too_few", numbers, {**terms, "stream": stream_term(best.stream)}))


def _no_data(view: View, message: Message) -> Finding:
    return Finding("reaction.too_few", "reaction", message, Verdict.NO_DATA, view.provenance(()), basis="acts")


def _p(both: _Both, state: str) -> float:
    """Of the verdict: where both directions have to hold, that of the weaker one."""
    if state == "little":
        return both.p_little
    return max(both.p(0), both.p(1)) if state == "both" else min(1.0, 2 * min(both.p(0), both.p(1)))


def _pooled(view: View) -> list[Finding]:
    """All pairs of the fullest stream as one slope; told for comparison, for it is not the pair's."""
    found: list[tuple[Counted, Slope, Slope]] = []
    for stream in view.tables.streams:
        for kind in ("month", "week"):
            one = counted(view, stream, kind, "conflict")
            if one is None or one.unmirrored is None or one.panel.known.sum() < SHORTEST:
                continue
            recorded, lone = answers(_rest(one.panel)), answers(_rest(one.unmirrored))
            if recorded is not None and lone is not None:
                found.append((one, recorded, lone))
            break
    if not found:
        return []
    one, recorded, lone = max(found, key=lambda f: (int(f[0].panel.k.sum()), f[0].stream))
    p = max(recorded.p, lone.p)
    clear = min(recorded.low, lone.low) > 0
    little = max(recorded.high, lone.high) < MARGIN and min(recorded.low, lone.low) > -MARGIN and not clear
    state = "clear" if clear else "little" if little else "unclear"
    verdict = {"clear": Verdict.HOLDS, "little": Verdict.DOES_NOT_HOLD}.get(state, Verdict.UNDECIDED)
    numbers = {
        "change": as_number(lone), "recorded": as_number(recorded), "pairs": Number(lone.n, "other pairs"),
        "margin": Number(MARGIN, _CHANGE),
    }  # fmt: skip
    terms = {**pair_terms(view), "stream": stream_term(one.stream), **kinds(one.kind)}
    changed = Message(f"reaction.would_change.{state}", numbers, terms)
    return [
        Finding(
            id="reaction.pooled", chapter="reaction", message=Message(f"reaction.pooled.{state}", numbers, terms),
            verdict=verdict, provenance=view.provenance([one.stream]), caveats=(Message("reaction.not_the_pairs"),),
            basis="acts", would_change=changed,
            bits=bits(max(s.p_beyond(MARGIN) for s in (recorded, lone)) if little else p),
        )
    ]  # fmt: skip


def _rest(panel: Panel) -> Panel:
    """All pairs but the one asked for."""
    return replace(panel, k=panel.k[2:], n=panel.n[2:], other=panel.other[2:] - 2)
