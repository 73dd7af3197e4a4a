"""Two expectations, kept apart: what the other will do, and what it ought to do; and what an act was put down to."""

from __future__ import annotations

import numpy as np

from visavis.asked import CAUSES, Item
from visavis.finding import Finding, Message, Number, Term, Verdict
from visavis.findings._sheet import FEW, Sheet, mean, points, share, wording
from visavis.models._perception import Figure
from visavis.models.replicates import Replicates

__all__ = ["expected"]

_FEWEST = 5
_FEELINGS = ("regret", "disappointment", "anger")


def expected(sheet: Sheet) -> list[Finding]:
    """For each side and item: forecast beside own standard, the standard it lends the other, what an act came from."""
    findings = []
    for item in sheet.asked.questionnaire.items:
        for side, other in zip(sheet.sides, reversed(sheet.sides), strict=True):
            terms = {"source": Term("country", side), "target": Term("country", other), "item": wording(item)}
            found = [*_two(sheet, item, side, terms), *_after(sheet, item, side, terms)]
            if found:
                findings.append(_finding(sheet, item, side, [Message("understanding.about", terms=terms), *found]))
    return findings


def _finding(sheet: Sheet, item: Item, side: str, messages: list[Message]) -> Finding:
    return Finding(
        id=f"understanding.expected.{sheet.name}.{item.id}.{side}",
        chapter="understanding",
        message=messages[0],
        verdict=Verdict.HOLDS,
        provenance=sheet.provenance(),
        details=tuple(messages[1:]),
        caveats=(Message("understanding.expected.apart"),),
        claim=False,
        actor=side,
        group=f"expected.{sheet.name}.{item.id}",
    )


def _column(sheet: Sheet, side: str, question: str, item: Item) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    column: np.ndarray[tuple[int], np.dtype[np.float64]] = sheet.matrix(side, question, [item])[:, 0]
    return column


def _mean(sheet: Sheet, side: str, question: str, item: Item) -> Figure | None:
    """Mean of a question; None where fewer than six answered."""
    if question not in item.asks:
        return None
    return _figure(_column(sheet, side, question, item), sheet.replicates[side])


def _figure(answers: np.ndarray[tuple[int], np.dtype[np.float64]], people: Replicates) -> Figure | None:
    return mean(answers, people) if np.sum(~np.isnan(answers)) >= FEW else None


def _two(sheet: Sheet, item: Item, side: str, terms: dict[str, Term]) -> list[Message]:
    will, ought = (_mean(sheet, side, question, item) for question in ("will", "own_standard"))
    messages = []
    if will is not None and ought is not None:
        gap = _figure(
            _column(sheet, side, "will", item) - _column(sheet, side, "own_standard", item), sheet.replicates[side]
        )
        numbers = {"will": share(will), "ought": share(ought)}
        if gap is not None:
            numbers["short"] = points(gap)
            numbers = {name: sheet.told(number) for name, number in numbers.items()}
            messages.append(Message("understanding.expected", numbers, terms))
    lent = _mean(sheet, side, "other_standard", item)
    if lent is not None:
        messages.append(Message("understanding.standard", {"lent": sheet.told(share(lent))}, terms))
    done = _mean(sheet, side, "performance", item)
    if done is not None:
        messages.append(Message("understanding.performance", {"done": sheet.told(_of_ten(done))}, terms))
    return messages


def _after(sheet: Sheet, item: Item, side: str, terms: dict[str, Term]) -> list[Message]:
    """What an act was put down to, and regret, disappointment and anger, each by itself."""
    messages = []
    given = [a for a in sheet.asked.given(side, "cause", item.id, wave=sheet.wave) if a.value is not None]
    counts = {cause: sum(a.value == cause for a in given) for cause in CAUSES}
    hidden = any(n < _FEWEST for n in counts.values()) and not sheet.consented(side)
    if len(given) >= FEW and not hidden:
        weights = {person.id: person.weight for person in sheet.asked.members(side)}
        total = sum(weights[a.person] for a in given)
        numbers = {
            cause: Number(
                sum(weights[a.person] for a in given if a.value == cause) / total, "share of people", n=len(given)
            )
            for cause in CAUSES
        }
        messages.append(Message("understanding.cause", numbers, terms))
    elif given:
        messages.append(Message("understanding.cause.hidden", terms=terms))
    felt = {name: _mean(sheet, side, name, item) for name in _FEELINGS}
    known = {name: sheet.told(_of_ten(figure)) for name, figure in felt.items() if figure is not None}
    if len(known) == len(_FEELINGS):
        messages.append(Message("understanding.feelings", known, terms))
    return messages


def _of_ten(figure: Figure) -> Number:
    ends = figure.estimate()
    return Number(10 * ends.value, "of 10", max(0.0, 10 * ends.low), min(10.0, 10 * ends.high), ends.n, ends.level)
