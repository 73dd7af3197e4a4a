"""At most five items to talk about, by how likely a state is and how much the item matters to both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visavis.asked import Item
from visavis.finding import Finding, Message, Number, Term, Verdict
from visavis.findings._sheet import Sheet, wording

__all__ = ["agenda"]

_MOST = 5
_LEAST = 0.05  # probability times importance, below which an item is not worth the table's time
# Position in STATES, and what to do about it.
_ACTIONS = {2: "speak", 3: "close"}


@dataclass(frozen=True, slots=True)
class _Point:
    score: float
    probability: float
    importance: float
    action: str
    item: Item
    actor: str


def agenda(sheet: Sheet) -> list[Finding]:
    """False conflicts to close, false consensus to speak about, understood differences to leave as they are."""
    points = sorted(_points(sheet), key=lambda p: (-p.score, p.item.id, p.actor))
    best: dict[str, _Point] = {}
    for point in points:
        best.setdefault(point.item.id, point)
    chosen = [point for point in best.values() if point.score >= _LEAST][:_MOST]
    if not chosen:
        return []
    first = {**sheet.terms, "item": wording(chosen[0].item)}
    return [
        Finding(
            id=f"understanding.agenda.{sheet.name}",
            chapter="understanding",
            message=Message("understanding.agenda", {"count": Number(len(chosen), "items")}, first),
            verdict=Verdict.HOLDS,
            provenance=sheet.provenance(),
            details=tuple(_told(sheet, point) for point in chosen),
            caveats=(Message("understanding.agenda.rule"),),
            headline=True,
            claim=False,
        )
    ]


def _points(sheet: Sheet) -> list[_Point]:
    found, points = sheet.found, []
    importance = [_importance(sheet, side) for side in sheet.sides]
    for row, view in enumerate(found.items):
        item = sheet.items[view.item]
        matters = min(one[view.item] for one in importance)
        for side, odds in zip(sheet.sides, (found.odds.a, found.odds.b), strict=True):
            for place, action in _ACTIONS.items():
                p = float(odds[row, place])
                points.append(_Point(p * matters, p, matters, action, item, side))
        p = float(found.odds.understood[row])
        points.append(_Point(p * matters, p, matters, "leave", item, ""))
    return points


def _importance(sheet: Sheet, side: str) -> list[float]:
    """Mean importance of each item to a side, 0 to 1; one half where nobody was asked."""
    answers, weights = sheet.matrix(side, "importance"), sheet.replicates[side].weights
    known = ~np.isnan(answers)
    total = weights @ known
    means = weights @ np.where(known, answers, 0.0) / np.where(total > 0, total, 1.0)
    return [float(mean) if room > 0 else 0.5 for mean, room in zip(means, total, strict=True)]


def _told(sheet: Sheet, point: _Point) -> Message:
    numbers = {
        "probability": Number(point.probability, "probability"),
        "importance": Number(10 * point.importance, "of 10"),
    }
    terms = {**sheet.terms, "item": wording(point.item)}
    if point.actor:
        a, b = sheet.sides
        terms |= {"source": Term("country", point.actor), "target": Term("country", b if point.actor == a else a)}
    return Message(f"understanding.agenda.{point.action}", numbers, terms)
