"""What a sheet puts on the agenda: how likely a state is, times the lower of the two sides' importances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visavis.asked import Item
from visavis.finding import Evidence, Message, Number, Term
from visavis.findings._sheet import FEW, Sheet, wording
from visavis.models._perception import Array

__all__ = ["HALF", "Point", "points_of"]

_LIKELY = 0.5  # probability from which a state is acted on; below it, what holds is still to be found out
_VERY = 0.9  # and from which it is called very likely
_ACTIONS = {2: "speak", 3: "close"}
"""Position in STATES, and what to do about it."""
HALF = 0.5
"""Weight of an item whose importance is not known of both sides, and of one that is first to be found out."""


@dataclass(frozen=True, slots=True)
class Point:
    """One line of an agenda.

    Args:
        score: what it is ranked by.
        name: of the item, to order equals.
        told: the line.
        evidence: what it rests on.
        weighed: whether both sides gave the item an importance.
    """

    score: float
    name: str
    told: Message
    evidence: Evidence
    weighed: bool = True


def points_of(sheet: Sheet) -> list[Point]:
    """One an item: its likeliest state to act on, or, where none is likely, that it is to be found out."""
    found = sheet.found
    importance = [_importance(sheet, side) for side in sheet.sides]
    points = []
    for row, view in enumerate(found.items):
        item = sheet.items[view.item]
        known = [one[view.item] for one in importance]
        matters = min(value for value in known if value is not None) if None not in known else None
        weight = HALF if matters is None else matters
        sides = (found.odds.a[row], found.odds.b[row])
        options = [(max(float(odds[place]) for odds in sides), place) for place in _ACTIONS]
        state, place = max(options)
        understood = float(found.odds.understood[row])
        agreed = max(float(odds[0]) for odds in sides)
        if max(state, understood) >= _LIKELY:
            score = weight * max(state, understood)
            told = _leave(sheet, item, understood) if understood >= state else _act(sheet, item, place, sides)
        elif agreed < _LIKELY:
            likeliest = max(state, understood, agreed)
            score = weight * HALF * (1 - likeliest)
            numbers = {"probability": Number(likeliest, "probability")}
            told = Message("ahead.agenda.find_out", numbers, {**sheet.terms, "item": wording(item)})
        else:
            continue
        points.append(
            Point(score, item.id, _weighed(sheet, told, matters), _evidence(sheet, item), matters is not None)
        )
    return points


def _act(sheet: Sheet, item: Item, place: int, odds: tuple[Array, Array]) -> Message:
    """A state that one side is likely to be in, or both are."""
    key, terms = f"ahead.agenda.{_ACTIONS[place]}", {**sheet.terms, "item": wording(item)}
    chances = [float(one[place]) for one in odds]
    if min(chances) >= _LIKELY:
        numbers = {f"probability_{end}": Number(p, "probability") for end, p in zip("ab", chances, strict=True)}
        return Message(f"{key}.both", numbers, terms | _likely(min(chances)))
    first = chances[0] > chances[1]
    source, target = sheet.sides if first else sheet.sides[::-1]
    terms |= {"source": Term("country", source), "target": Term("country", target)}
    return Message(key, {"probability": Number(max(chances), "probability")}, terms | _likely(max(chances)))


def _leave(sheet: Sheet, item: Item, probability: float) -> Message:
    numbers = {"probability": Number(probability, "probability")}
    return Message("ahead.agenda.leave", numbers, {**sheet.terms, "item": wording(item), **_likely(probability)})


def _likely(probability: float) -> dict[str, Term]:
    """The probability in words, so that a state at little over half does not read as settled."""
    return {"likely": Term("word", f"ahead.agenda.likely.{'very' if probability >= _VERY else 'more'}")}


def _weighed(sheet: Sheet, told: Message, matters: float | None) -> Message:
    """The line with the lower importance, where both are known."""
    if matters is None:
        return Message(f"{told.key}.plain", told.numbers, told.terms)
    importance = sheet.told(Number(10 * matters, "of 10"))
    return Message(told.key, {**told.numbers, "importance": importance}, told.terms)


def _evidence(sheet: Sheet, item: Item) -> Evidence:
    people = sum(len(sheet.asked.members(side)) for side in sheet.sides)
    return Evidence("answers", {"sheet": sheet.name, "item": item.id}, people, source=sheet.asked.source or None)


def _importance(sheet: Sheet, side: str) -> list[float | None]:
    """Mean importance of each item to a side, 0 to 1; None where fewer than six were asked."""
    answers, weights = sheet.matrix(side, "importance"), sheet.replicates[side].weights
    known = ~np.isnan(answers)
    total = weights @ known
    means = weights @ np.where(known, answers, 0.0) / np.where(total > 0, total, 1.0)
    enough = known.sum(axis=0) >= FEW
    return [float(mean) if good else None for mean, good in zip(means, enough, strict=True)]
