"""At most five items to talk about, by how likely a state is and how much the item matters to both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visavis.asked import Item
from visavis.finding import Finding, Message, Number, Term, Verdict
from visavis.findings._sheet import FEW, Sheet, wording

__all__ = ["agenda"]

_MOST = 5
_LIKELY = 0.5  # probability from which a state is acted on; below it, what holds is still to be found out
_ACTIONS = {2: "speak", 3: "close"}
"""Position in STATES, and what to do about it."""


@dataclass(frozen=True, slots=True)
class _Point:
    score: float
    probability: float
    importance: float | None
    action: str
    item: Item
    actor: str = ""


def agenda(sheet: Sheet) -> list[Finding]:
    """False conflicts to close, false consensus to speak of, understood differences to leave, unknowns to find out."""
    points = sorted(_points(sheet), key=lambda p: (-p.score, p.item.id, p.actor))
    chosen = points[:_MOST]
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
    """One an item: its likeliest state to act on, or, where none is likely, that it is to be found out."""
    found, points = sheet.found, []
    importance = [_importance(sheet, side) for side in sheet.sides]
    for row, view in enumerate(found.items):
        item = sheet.items[view.item]
        known = [value for one in importance if (value := one[view.item]) is not None]
        matters = min(known) if known else None
        weight = 0.5 if matters is None else matters
        options = [
            (float(odds[row, place]), action, side)
            for side, odds in zip(sheet.sides, (found.odds.a, found.odds.b), strict=True)
            for place, action in _ACTIONS.items()
        ]
        options.append((float(found.odds.understood[row]), "leave", ""))
        agreed = max(float(odds[row, 0]) for odds in (found.odds.a, found.odds.b))
        p, action, actor = max(options)
        if p >= _LIKELY:
            points.append(_Point(p * weight, p, matters, action, item, actor))
        elif agreed < _LIKELY:
            unknown = 1 - max(p, agreed)
            points.append(_Point(unknown * weight / 2, unknown, matters, "find_out", item))
    return points


def _importance(sheet: Sheet, side: str) -> list[float | None]:
    """Mean importance of each item to a side, 0 to 1; None where fewer than six were asked."""
    answers, weights = sheet.matrix(side, "importance"), sheet.replicates[side].weights
    known = ~np.isnan(answers)
    total = weights @ known
    means = weights @ np.where(known, answers, 0.0) / np.where(total > 0, total, 1.0)
    enough = known.sum(axis=0) >= FEW
    return [float(mean) if good else None for mean, good in zip(means, enough, strict=True)]


def _told(sheet: Sheet, point: _Point) -> Message:
    numbers = {"probability": Number(point.probability, "probability")}
    key = f"understanding.agenda.{point.action}"
    if point.importance is not None:
        numbers["importance"] = sheet.told(Number(10 * point.importance, "of 10"))
    else:
        key += ".plain"
    terms = {**sheet.terms, "item": wording(point.item)}
    if point.actor:
        a, b = sheet.sides
        terms |= {"source": Term("country", point.actor), "target": Term("country", b if point.actor == a else a)}
    return Message(key, numbers, terms)
