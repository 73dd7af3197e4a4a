"""What each side gets wrong of the other, what it gets wrong of itself, and where it would not guess."""

from __future__ import annotations

import numpy as np

from visavis.asked import Item
from visavis.errors import UsageError
from visavis.finding import Finding, Message, Number, Term, Verdict
from visavis.findings._sheet import MARGIN, Sheet, points, share, wording
from visavis.models._perception import Figure
from visavis.models.bounds import Bounds, gap_bounds, mean_bounds
from visavis.models.coorientation import ItemView, Perspective, state
from visavis.models.survey import design_of

__all__ = ["blind_spots", "cannot_guess", "own_side"]


def blind_spots(sheet: Sheet) -> list[Finding]:
    """Every item on which a side's estimate lies clearly beside what the other answers; one threshold for both."""
    spots = [
        (me, you, view, perspective, truth)
        for view in sheet.found.items
        for me, you, perspective, truth in _both(sheet, view)
        if _clear(perspective.bias)
    ]
    spots.sort(key=lambda spot: -abs(spot[3].bias.value))
    counts = {end: sum(me == side for me, *_ in spots) for end, side in zip("ab", sheet.sides, strict=True)}
    n = len(sheet.found.items)
    numbers = {f"count_{end}": Number(count, "items", n=n) for end, count in counts.items()}
    numbers |= {"items": Number(n, "items"), "margin": Number(round(100 * MARGIN), "points")}
    return [
        Finding(
            id=f"understanding.blind_spots.{sheet.name}",
            chapter="understanding",
            message=Message(
                "understanding.blind_spots" if spots else "understanding.blind_spots.none", numbers, sheet.terms
            ),
            verdict=Verdict.HOLDS if spots else Verdict.UNDECIDED,
            provenance=sheet.provenance(),
            details=tuple(_spot(sheet, *spot) for spot in spots if sheet.shown(sheet.items[spot[2].item])),
            headline=bool(spots),
            claim=False,
        )
    ]


def _both(sheet: Sheet, view: ItemView) -> list[tuple[str, str, Perspective, Figure]]:
    a, b = sheet.sides
    return [(a, b, view.a, view.b.own), (b, a, view.b, view.a.own)]


def _clear(figure: Figure) -> bool:
    return state(figure.value, figure.se, figure.df, MARGIN) == "differs"


def _spot(sheet: Sheet, me: str, you: str, view: ItemView, perspective: Perspective, truth: Figure) -> Message:
    numbers = {"estimate": share(perspective.estimate), "truth": share(truth), "bias": points(perspective.bias)}
    numbers = {name: sheet.told(number) for name, number in numbers.items()}
    terms = {"source": Term("country", me), "target": Term("country", you), "item": wording(sheet.items[view.item])}
    return Message("understanding.blind_spot", numbers, terms)


def own_side(sheet: Sheet) -> list[Finding]:
    """Whether a side misjudges its own people: then the quarrel may be inside its picture of itself."""
    findings = []
    for i, side in enumerate(sheet.sides):
        views = [(view, (view.a, view.b)[i].ignorance) for view in sheet.found.items]
        asked = [(view, figure) for view, figure in views if figure is not None]
        if not asked:
            continue
        clear = [(view, figure) for view, figure in asked if _clear(figure)]
        numbers = {"count": Number(len(clear), "items", n=len(asked)), "items": Number(len(asked), "items")}
        numbers["margin"] = Number(round(100 * MARGIN), "points")
        terms = {"source": Term("country", side)}
        findings.append(
            Finding(
                id=f"understanding.own_side.{sheet.name}.{side}",
                chapter="understanding",
                message=Message("understanding.own_side" if clear else "understanding.own_side.none", numbers, terms),
                verdict=Verdict.HOLDS if clear else Verdict.UNDECIDED,
                provenance=sheet.provenance(),
                details=tuple(
                    Message(
                        "understanding.own_side.item",
                        {"off": sheet.told(points(figure))},
                        {**terms, "item": wording(sheet.items[view.item])},
                    )
                    for view, figure in clear
                    if sheet.shown(sheet.items[view.item])
                ),
                actor=side,
                group=f"own_side.{sheet.name}",
                claim=False,
            )
        )
    return findings


def cannot_guess(sheet: Sheet) -> list[Finding]:
    """How often each side would not guess, and how far missing answers could move the gaps at most."""
    numbers: dict[str, Number] = {}
    for end, side in zip("ab", sheet.sides, strict=True):
        for name, question, reason in (("guess", "other", "cannot guess"), ("missing", "own", "")):
            given = [a for i in sheet.asking for a in sheet.asked.given(side, question, i.id, wave=sheet.wave)]
            put = [a for a in given if a.missing != "not asked"]
            without = [a for a in put if a.value is None and reason in ("", a.missing)]
            numbers[f"{name}_{end}"] = _part(len(without), len(put), "estimates" if name == "guess" else "answers")
    details = [] if sheet.size != "public" else _bounded(sheet)
    return [
        Finding(
            id=f"understanding.cannot_guess.{sheet.name}",
            chapter="understanding",
            message=Message("understanding.cannot_guess", numbers, sheet.terms),
            verdict=Verdict.HOLDS,
            provenance=sheet.provenance(),
            details=tuple(details),
            claim=False,
        )
    ]


def _part(k: int, n: int, of: str) -> Number:
    return Number(k / n if n else None, f"share of {of}", n=n)


def _bounded(sheet: Sheet) -> list[Message]:
    """Gaps that missing answers alone could bring from one side of zero to the other."""
    told = []
    for column, item in enumerate(sheet.items):
        view = next((v for v in sheet.found.items if v.item == column), None)
        a, b = (_bounds(sheet, item, side) for side in sheet.sides)
        if view is None or a is None or b is None:
            continue
        gap, ends = gap_bounds(a, b), view.gap.estimate()
        if (ends.low > 0 or ends.high < 0) and gap.low <= 0 <= gap.high:
            sign = -1.0 if ends.value < 0 else 1.0
            low, high = sorted((100 * sign * gap.low, 100 * sign * gap.high))
            numbers = {"gap": Number(100 * abs(ends.value), "points"), "low": Number(low, "points")}
            numbers["high"] = Number(high, "points")
            told.append(Message("understanding.bounds", numbers, {**sheet.terms, "item": wording(item)}))
    return told


def _bounds(sheet: Sheet, item: Item, side: str) -> Bounds | None:
    """Bounds of a mean over those who were asked; None where a stratum has one PSU left."""
    spared = {a.person for a in sheet.asked.given(side, "own", item.id, wave=sheet.wave) if a.missing == "not asked"}
    people = sheet.asked.members(side)
    asked = np.array([person.id not in spared for person in people])
    try:
        design = design_of([person for person in people if person.id not in spared])
    except UsageError:
        return None
    return mean_bounds(sheet.matrix(side, "own", [item])[asked, 0], design)
