"""A stated path in the terms of a record: which acts of the pair change by how many, and how it is told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from visavis.finding import Message, Number, Term
from visavis.findings._acts_pool import ActsPool, ties_asked
from visavis.findings._terms import word
from visavis.findings._view import View
from visavis.models.episodes import Rise
from visavis.models.scenario import Move
from visavis.scenario import KINDS, Scenario, Step

__all__ = ["LEAST_RISE", "moves_of", "on_both_sides", "rises_of", "states_nothing", "steps_told"]

LEAST_RISE = 0.25
"""Usual swings of a side's acts below which a change is no episode that could be found."""
FEWEST_ASKED = 24
"""Acts of a stated kind between the two below which those of all pairs tell how many have a mirror."""
_RECENT = 12


def moves_of(found: ActsPool, scenario: Scenario) -> list[Move]:
    """The path as the simulation needs it."""
    made = []
    for step in scenario.steps:
        last = min(step.last, scenario.months)
        if step.ties:  # warmer ties are a lower conflictual share
            made.append(Move(-1, 0, -step.amount, 0.0, step.first, last))
            continue
        for way in _ways(found, step):
            kind, part = found.part(way, step.what)
            if step.change == "stop":
                made.append(Move(way, kind, 0.0, part, step.first, last))
            else:
                amount = step.amount * (_swing(found, way, step.what) if step.change == "sd" else 1.0)
                made.append(Move(way, kind, amount, 0.0, step.first, last))
    return made


def states_nothing(found: ActsPool, scenario: Scenario) -> bool:
    """Whether there is nothing in the last twelve months that the path could stop, lower, or raise by a usual swing.

    Of ties of a third country: whether the record holds too few acts to know their usual swing.
    """
    for step in scenario.steps:
        if step.change == "add" or (step.ties and _recorded(found, step.ties)):
            return False
        if step.ties:
            continue
        for way in _ways(found, step):
            rises = step.change == "sd" and step.amount > 0 and _swing(found, way, step.what) > 0
            if rises or found.of(way, step.what)[-_RECENT:].sum():
                return False
    return True


def _recorded(found: ActsPool, ties: Sequence[str]) -> bool:
    """Whether every tie that is meant has acts enough, of late, to have a swing of its own."""
    months = np.flatnonzero(found.pool.known)[-36:]
    held = [found.all_pairs.get(pair) for pair in ties_asked(ties, found)]
    return all(counts is not None and counts[1][months].sum() >= FEWEST_ASKED for counts in held)


def on_both_sides(found: ActsPool, scenario: Scenario) -> tuple[float, int]:
    """Share of past acts recorded on both sides on one day, and of how many, for the step where it is largest.

    These are left out when answers are learned. Where a side has too few such acts, those of all pairs are asked.
    """
    steps = [step for step in scenario.steps if not step.ties] if found.mirrors else []
    return max((found.both_sides(_ways(found, step), step.what, FEWEST_ASKED) for step in steps), default=(0.0, 0))


def rises_of(found: ActsPool, moves: list[Move]) -> list[Rise]:
    """The path as changes of acts of a kind, in usual swings; what is too small to be found is left out."""
    made = []
    for move in moves:
        if move.way < 0 or move.kind > 1:
            continue
        counts = found.of(move.way, KINDS[move.kind])
        swing = float(counts.std()) if len(counts) else 0.0
        change = (move.amount - move.stop * float(counts.mean())) / swing if swing > 0 else 0.0
        if abs(change) >= LEAST_RISE:
            made.append(Rise(move.way, move.kind, change, move.last - move.first + 1))
    ways = {(r.side, r.kind) for r in made}
    return made if len(ways) == len(made) else []  # two steps on the same acts are no plain rise


def _ways(found: ActsPool, step: Step) -> tuple[int, ...]:
    return (0, 1) if step.by == "both" else tuple(i for i in (0, 1) if found.ways[i][0] == step.by)


def _swing(found: ActsPool, way: int, what: str) -> float:
    counts = found.of(way, what)
    return float(np.std(counts)) if len(counts) else 0.0


def steps_told(view: View, scenario: Scenario) -> list[Message]:
    """The path in words, a sentence a step."""
    return [_told(view, step) for step in scenario.steps]


def _told(view: View, step: Step) -> Message:
    numbers = {
        "amount": Number(_plain(step.amount), "acts"),
        "swings": Number(_plain(abs(step.amount)), "swings"),
        "first": Number(step.first, "periods"),
        "last": Number(step.last, "periods"),
    }
    terms: dict[str, Term | tuple[Term, ...]] = {"a": Term("country", view.a), "b": Term("country", view.b)}
    if step.ties:
        way = "warmer" if step.amount > 0 else "cooler"
        one = "around" if len(step.ties) == 1 else "between"
        terms["ties"] = tuple(Term("country", code) for code in step.ties)
        return Message(f"ahead.scenario.step.ties.{one}.{way}", numbers, terms)
    terms["what"] = Term("word", f"ahead.scenario.what.{step.what}") if step.what in KINDS else word("means", step.what)
    change = {"add": "add", "stop": "stop"}.get(step.change, "more" if step.amount > 0 else "fewer")
    if step.by == "both":
        return Message(f"ahead.scenario.step.{change}.both", numbers, terms)
    other = view.b if step.by == view.a else view.a
    sides = {"source": Term("country", step.by), "target": Term("country", other)}
    return Message(f"ahead.scenario.step.{change}.one", numbers, {"what": terms["what"], **sides})


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else value
