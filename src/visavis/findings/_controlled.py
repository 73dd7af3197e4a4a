"""What is left of each side's errors once the pull to the middle, which any guess of a percentage has, is taken out."""

from __future__ import annotations

import numpy as np

from visavis.asked import Item
from visavis.finding import Finding, Message, Number, Term, Verdict
from visavis.findings._sheet import Sheet, points, wording
from visavis.models.control import Control, Uncontrolled, control
from visavis.models.coorientation import Side, state

__all__ = ["controlled"]

_MARGIN = 0.1
_STEEPEST = 25  # points of 100 that one logit makes in the middle of the scale, where it makes most
_REASONS = {"few controls": "few", "alike": "alike", "noisy": "noisy"}


def controlled(sheet: Sheet) -> list[Finding]:
    """For each side: the pull, and the items on which it misses the other by more than the pull explains."""
    items = [i for i in sheet.asked.questionnaire.items if i.estimate == "percent" and {"own", "other"} <= set(i.asks)]
    neutral = [place for place, item in enumerate(items) if item.role == "control"]
    if not neutral or len(neutral) == len(items):
        return []
    sides = {
        side: Side(sheet.matrix(side, "own", items), sheet.matrix(side, "other", items), sheet.replicates[side])
        for side in sheet.sides
    }
    known = {side: np.array([items[place].known.get(side, np.nan) for place in neutral]) for side in sheet.sides}
    return [
        _finding(sheet, side, other, items, control(sides[side], sides[other], neutral, known=known[other]))
        for side, other in zip(sheet.sides, reversed(sheet.sides), strict=True)
    ]


def _finding(sheet: Sheet, side: str, other: str, items: list[Item], found: Control | Uncontrolled) -> Finding:
    terms = {"source": Term("country", side), "target": Term("country", other)}
    neutral = sum(item.role == "control" for item in items)
    details: tuple[Message, ...] = ()
    if isinstance(found, Uncontrolled):
        message = Message(f"understanding.control.{_REASONS[found.reason]}", terms=terms)
    else:
        clear = [e for e in found.items if state(e.excess.value, e.excess.se, e.excess.df, _MARGIN) == "differs"]
        message = _said(found, len(clear), terms)
        misfit = Number(round(_STEEPEST * found.misfit), "points", n=neutral)
        details = (
            Message("understanding.control.misfit", {"misfit": misfit}),
            *(
                Message(
                    "understanding.control.item",
                    {"excess": points(e.excess)},
                    {**terms, "item": wording(items[e.item])},
                )
                for e in clear
            ),
        )
    return Finding(
        id=f"understanding.control.{sheet.name}.{side}",
        chapter="understanding",
        message=message,
        verdict=Verdict.NO_DATA if isinstance(found, Uncontrolled) else Verdict.HOLDS,
        provenance=sheet.provenance(controls=neutral),
        details=details,
        caveats=(Message("understanding.control.rule"),),
        claim=isinstance(found, Uncontrolled),
        actor=side,
        group=f"control.{sheet.name}",
    )


def _said(found: Control, clear: int, terms: dict[str, Term]) -> Message:
    pull = found.gamma.estimate()
    numbers = {
        "pull": Number(pull.value, "weight", pull.low, pull.high, pull.n, pull.level),
        "count": Number(clear, "items", n=len(found.items)),
        "items": Number(len(found.items), "items"),
        "margin": Number(round(100 * _MARGIN), "points"),
    }
    return Message("understanding.control", numbers, terms)
