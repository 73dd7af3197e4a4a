"""Do the pair's ties warm after a thaw, or a chill, of either's ties with third countries? By dates, not by reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy.stats import false_discovery_control

from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._grid import Grid, grid_of
from visavis.findings._responding import Surprises, surprises_of
from visavis.findings._shared import ALARM, countries, share_change, span
from visavis.findings._terms import pair_terms, stream_term
from visavis.findings._view import View
from visavis.models.opening import BEFORE, FEWEST_TURNS, LARGE, NOW, Opening, begun, detectable
from visavis.models.opening import opening as after_turns
from visavis.models.projection import FEWEST_PERIODS, FEWEST_PLACEBOS, Array

__all__ = ["opening"]

_KEY = "ahead.opening"
_SHARED = 120  # acts that a third country needs with either of the two
_STEPS = (1, 12)
_PATH = ((1, 3), (4, 6), (7, 12))
_MARGIN = 0.05  # a warming that matters, in share of acts
_SIGNS = {"thaw": -1, "chill": 1}
_ASKED = 3  # times that the claim is asked: after thaws, after chills, of third parties by name
_EVIDENCE = 8


@dataclass(frozen=True)
class _Asked:
    """A pair, its third countries and the turns of all ties.

    Args:
        view, grid, table: what is read.
        thirds: third countries with enough acts with either.
        pair: surprises of the pair.
    """

    view: View
    grid: Grid
    table: Surprises
    thirds: tuple[str, ...]
    pair: Array
    _begun: dict[tuple[str, str, int], Array] = field(default_factory=dict)

    @cached_property
    def others(self) -> list[str]:
        """Countries whose ties are placebos."""
        return [c for c in self.grid.members if c not in (self.view.a, self.view.b)]

    def begun(self, side: str, third: str, sign: int) -> Array | None:
        """Turns of one tie."""
        row = self.table.tie(side, third)
        if row is None:
            return None
        key = (min(side, third), max(side, third), sign)
        if key not in self._begun:
            self._begun[key] = begun(row, sign)
        return self._begun[key]

    def seen(self, sides: Iterable[str], thirds: Collection[str], sign: int) -> Array:
        """Turns of the ties of some sides with some third countries."""
        ties = [self.begun(s, z, sign) for s in sides for z in thirds if z != s]
        found: Array = np.sum([np.zeros(len(self.pair)), *(t for t in ties if t is not None)], axis=0)
        return found

    def after(
        self, sides: tuple[str, ...], thirds: Collection[str], sign: int, steps: tuple[int, int] = _STEPS
    ) -> Opening | None:
        """What came between the two after turns of these ties."""
        seen = self.seen(sides, thirds, sign)
        if seen.sum() < FEWEST_TURNS:
            return None
        placebos = [
            self.seen(some, [z for z in thirds if z not in some], sign)
            for some in combinations(self.others, len(sides))
        ]
        return after_turns(self.pair, seen, placebos, steps=steps, margin=_MARGIN, apart=len(self.others))


def opening(view: View) -> list[Finding]:
    """One finding: whether the pair's ties warm in the year after large turns of either's ties with third countries."""
    grid = grid_of(view, (view.a, view.b))
    table = None if grid is None or grid.kind != "month" else surprises_of(grid)
    pair = None if table is None else table.tie(view.a, view.b)
    if grid is None or table is None or pair is None:
        return [_too_short(view, grid)]
    asked = _Asked(view, grid, table, tuple(grid.third(view.a, view.b, _SHARED)), pair)
    found = {name: asked.after((view.a, view.b), asked.thirds, sign) for name, sign in _SIGNS.items()}
    told = {name: one for name, one in found.items() if one is not None}
    return [_finding(asked, told) if len(told) == len(_SIGNS) else _too_short(view, grid)]


def _too_short(view: View, grid: Grid | None) -> Finding:
    numbers = {
        "months": Number(FEWEST_PERIODS + _STEPS[1], "months"),
        "turns": Number(FEWEST_TURNS, "turns"),
        "placebos": Number(FEWEST_PLACEBOS, "countries"),
        "acts": Number(_SHARED, "acts"),
    }
    terms = {**pair_terms(view), "importer": Term("outside", view.importer)}
    return Finding(
        id="ahead.opening",
        chapter="ahead",
        message=Message(f"{_KEY}.too_short", numbers, terms),
        verdict=Verdict.NO_DATA,
        provenance=view.provenance([] if grid is None else [grid.stream]),
        basis="acts",
        would_change=Message(f"{_KEY}.change.too_short", {"months": numbers["months"]}),
    )


def _single(asked: _Asked) -> tuple[list[str], dict[tuple[str, str], tuple[Opening, float]]]:
    """Third countries that can be asked by themselves, and by name and country what was found, with its q-value."""
    view, found = asked.view, {}
    for third in sorted(asked.thirds):
        for name, sign in _SIGNS.items():
            one = asked.after((view.a, view.b), [third], sign)
            if one is not None:
                found[name, third] = one
    if not found:
        return [], {}
    q = false_discovery_control([one.p for one in found.values()], method="by")
    corrected = {key: (one, float(x)) for (key, one), x in zip(found.items(), q, strict=True)}
    return sorted({third for _, third in found}), corrected


def _finding(asked: _Asked, told: dict[str, Opening]) -> Finding:
    view, grid = asked.view, asked.grid
    named, single = _single(asked)
    key, p = _said(told, single)
    numbers = {
        "thirds": Number(len(asked.thirds), "third parties"),
        "margin": Number(_MARGIN, "change in share of acts"),
    }
    for name, one in told.items():
        numbers |= {name: share_change(one.effect), f"{name}s": Number(one.turns, "turns")}
    terms: dict[str, Term | tuple[Term, ...]] = {**pair_terms(view), **span(grid), "stream": stream_term(grid.stream)}
    settings = {"steps": "1-12", "alarm": ALARM, "large": LARGE, "now": NOW, "before": BEFORE, "margin": _MARGIN}
    decided = key in ("warms", "cools", "none")
    verdict = {"warms": Verdict.HOLDS, "cools": Verdict.DOES_NOT_HOLD, "none": Verdict.DOES_NOT_HOLD}
    return Finding(
        id="ahead.opening",
        chapter="ahead",
        message=Message(f"{_KEY}.{key}", numbers, terms),
        verdict=verdict.get(key, Verdict.UNDECIDED),
        provenance=view.provenance([grid.stream], **settings),
        details=(
            *_power(asked, told),
            *_sides(asked),
            *_path(asked),
            *_by_name(named, single),
            Message(f"{_KEY}.looked_at", {}, {"thirds": countries(asked.thirds)}),
        ),
        evidence=_evidence(asked),
        caveats=(
            *_leaves_out(key, told),
            Message(f"{_KEY}.what", {"large": Number(LARGE, "times")}),
            Message(f"{_KEY}.not_because"),
        ),
        headline=decided,
        basis="acts",
        bits=bits(p) if decided else 0.0,
        would_change=Message(f"{_KEY}.change.{key}", {"margin": numbers["margin"]}),
    )


def _leaves_out(key: str, told: dict[str, Opening]) -> tuple[Message, ...]:
    """Why nothing is decided though an interval leaves out 0."""
    if key != "undecided" or not any(one.effect.low > 0 or one.effect.high < 0 for one in told.values()):
        return ()
    return (Message(f"{_KEY}.leaves_out", {"third": Number(ALARM / _ASKED, "share of cases")}),)


def _said(told: dict[str, Opening], single: dict[tuple[str, str], tuple[Opening, float]]) -> tuple[str, float]:
    """What all that was asked says together, and its p-value.

    The claim is asked after thaws, after chills, and of third countries by name (of all of these together), and each
    has a third of the alarm. That nothing matters is said where a warming of the margin is ruled out after both.
    """
    asked = [(_ASKED * one.p, one.effect.value) for one in told.values()]
    asked += [(_ASKED * q, one.effect.value) for one, q in single.values()]
    clear = [(p, value) for p, value in asked if p <= ALARM]
    for key, sign in (("warms", -1), ("cools", 1)):
        if which := [p for p, value in clear if sign * value > 0]:
            return key, min(which)
    ruled_out = max(one.p_warm for one in told.values())
    if ruled_out <= ALARM:
        return "none", ruled_out
    return "undecided", 1.0


def _effect(one: Opening | None) -> Number:
    return Number(None, "change in share of acts") if one is None else share_change(one.effect)


def _power(asked: _Asked, told: dict[str, Opening]) -> tuple[Message, ...]:
    """What the record could have shown."""
    view, said = asked.view, []
    for name, one in told.items():
        seen = asked.seen((view.a, view.b), asked.thirds, _SIGNS[name])
        power = detectable(asked.pair, seen, one, steps=_STEPS, margin=_MARGIN, alarm=ALARM / _ASKED)
        if power is not None:
            numbers = {"margin": Number(_MARGIN, "change in share of acts"), "power": Number(power, "share of worlds")}
            numbers |= {"widened": Number(one.widened, "times"), "placebos": Number(one.placebos, "series")}
            said.append(Message(f"{_KEY}.power.{name}", numbers))
    return tuple(said)


def _sides(asked: _Asked) -> tuple[Message, ...]:
    """Ties of either of the two by themselves."""
    view, said = asked.view, []
    for name, sign in _SIGNS.items():
        each = {end: asked.after((side,), asked.thirds, sign) for end, side in (("a", view.a), ("b", view.b))}
        if all(one is not None for one in each.values()):
            numbers = {f"effect_{end}": _effect(one) for end, one in each.items()}
            said.append(Message(f"{_KEY}.each.{name}", numbers, pair_terms(view)))
    if len(said) < len(_SIGNS):
        said.append(Message(f"{_KEY}.each.few", {"turns": Number(FEWEST_TURNS, "turns")}, pair_terms(view)))
    return tuple(said)


def _path(asked: _Asked) -> tuple[Message, ...]:
    view, said = asked.view, []
    for name, sign in _SIGNS.items():
        found = [asked.after((view.a, view.b), asked.thirds, sign, steps) for steps in _PATH]
        if all(one is not None for one in found):
            slots = zip(("early", "middle", "late"), found, strict=True)
            said.append(Message(f"{_KEY}.path.{name}", {slot: _effect(one) for slot, one in slots}))
    return tuple(said)


def _by_name(named: list[str], single: dict[tuple[str, str], tuple[Opening, float]]) -> tuple[Message, ...]:
    """Third countries by themselves, under one bound on false discoveries."""
    if not named:
        return (Message(f"{_KEY}.by_name.none", {"turns": Number(FEWEST_TURNS, "turns")}),)
    said = [
        Message(f"{_KEY}.by_name.{name}", {"effect": _effect(one)}, {"third": Term("country", third)})
        for (name, third), (one, q) in single.items()
        if _ASKED * q <= ALARM
    ]
    return tuple(said) or (Message(f"{_KEY}.by_name.open", {}, {"thirds": countries(named)}),)


def _evidence(asked: _Asked) -> tuple[Evidence, ...]:
    """The months in which the latest turns begin, with the side's acts toward the third country."""
    found = []
    for sign in _SIGNS.values():
        for side in (asked.view.a, asked.view.b):
            for third in asked.thirds:
                tie = asked.begun(side, third, sign)
                for at in () if tie is None else np.flatnonzero(tie).tolist():
                    period, n = asked.grid.periods[at], int(asked.grid.toward(side, third)[at].sum())
                    key = {"stream": asked.grid.stream, "period": period, "source": side, "target": third}
                    found.append((period, side, third, Evidence("acts", key, n)))
    return tuple(one[3] for one in sorted(found, key=lambda one: one[:3])[-_EVIDENCE:])
