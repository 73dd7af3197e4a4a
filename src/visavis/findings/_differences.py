"""Understood differences, and the four states of co-orientation of each side and of both at once."""

from __future__ import annotations

from typing import Any

from visavis.charts.estimates import estimates
from visavis.finding import Chart, Finding, Message, Number, Term, Verdict
from visavis.findings._sheet import Sheet, points, share, wording
from visavis.models._perception import Array
from visavis.models.coorientation import STATES, ItemView, Perspective

__all__ = ["crossed", "differences", "headline", "states"]

_A_CHART = 8  # items on one chart, so that it fits a printed page
_MANY = 50  # people of a delegation, below which its headline has no interval that holds the truth
_WORTH = 0.05  # expected share of items from which a cell of the crossed table is told
_LISTED = 5  # items told in words; the charts and the table hold all


def headline(sheet: Sheet) -> list[Finding]:
    """On what part of the items the two differ and each knows it."""
    found = sheet.found
    few = _few(sheet)
    told = share(found.headline, "share of items")
    numbers = {
        # With few people the interval does not hold the truth (docs/adr/0007-joint-sheets.md), so none is given.
        "share": Number(told.value, told.unit, n=told.n) if few else told,
        "items": Number(len(found.items), "items"),
        "margin": Number(round(100 * found.margin), "points"),
    }
    return [
        Finding(
            id=f"understanding.share.{sheet.name}",
            chapter="understanding",
            message=Message("understanding.share.few" if few else "understanding.share", numbers, sheet.terms),
            verdict=Verdict.UNDECIDED if few else Verdict.HOLDS,
            provenance=sheet.provenance(),
            charts=_charts(sheet),
            details=tuple(_topics(sheet)),
            caveats=(Message("understanding.share.rule", numbers), *few),
            headline=True,
            claim=bool(few),
        )
    ]


def _few(sheet: Sheet) -> list[Message]:
    """With few people the share cannot be relied on; see docs/adr/0007-joint-sheets.md for by how much it errs."""
    people = min(len(sheet.asked.members(side)) for side in sheet.sides)
    return [Message("understanding.share.simulated")] if sheet.size == "delegation" and people < _MANY else []


def _topics(sheet: Sheet) -> list[Message]:
    """The same pooled by topic, where a topic has two items or more and there are several."""
    topics: dict[str, list[float]] = {}
    for row, view in enumerate(sheet.found.items):
        topics.setdefault(sheet.items[view.item].topic, []).append(float(sheet.found.odds.understood[row]))
    several = {name: odds for name, odds in topics.items() if len(odds) > 1}
    return [
        Message(
            "understanding.topic",
            {
                "share": Number(sum(odds) / len(odds), "share of items", n=len(odds)),
                "items": Number(len(odds), "items"),
            },
            {"topic": Term("outside", name)},
        )
        for name, odds in (several.items() if len(topics) > 1 else ())
    ]


def differences(sheet: Sheet) -> list[Finding]:
    """The items on which the difference is, or most likely is, an understood one."""
    found = sheet.found
    order = sorted(range(len(found.items)), key=lambda i: -found.odds.understood[i])
    held = [i for i in order if found.items[i].understood == "holds"]
    likely = [i for i in order if found.odds.understood[i] >= 0.5]
    told = (held or likely)[:_LISTED]
    key = "clear" if held else "likely" if likely else "none"
    every = all(view.understood == "does not hold" for view in found.items)
    count = Number(len(held or likely), "items", n=len(found.items))
    return [
        Finding(
            id=f"understanding.differences.{sheet.name}",
            chapter="understanding",
            message=Message(f"understanding.differences.{key}", {"count": count}, sheet.terms),
            verdict=Verdict.HOLDS if held else Verdict.DOES_NOT_HOLD if every else Verdict.UNDECIDED,
            provenance=sheet.provenance(),
            details=tuple(
                _difference(sheet, found.items[i], float(found.odds.understood[i]))
                for i in told
                if sheet.shown(sheet.items[found.items[i].item])
            ),
            headline=bool(held),
        )
    ]


def _difference(sheet: Sheet, view: ItemView, probability: float) -> Message:
    numbers = {
        "own_a": sheet.told(share(view.a.own)),
        "own_b": sheet.told(share(view.b.own)),
        "gap": sheet.told(Number(abs(100 * view.gap.value), "points", n=view.gap.n)),
        "probability": Number(probability, "probability"),
    }
    return Message("understanding.difference", numbers, {**sheet.terms, "item": wording(sheet.items[view.item])})


def states(sheet: Sheet) -> list[Finding]:
    """For each side, on how many items it sees what is so, assumes likeness, or assumes a difference."""
    findings = []
    for side, other, odds in zip(sheet.sides, reversed(sheet.sides), _odds(sheet), strict=True):
        terms = {"source": Term("country", side), "target": Term("country", other)}
        views = _views(sheet, side)
        against = {view.against for _, view in views}
        caveat = against.pop().replace(" ", "_") if len(against) == 1 else "mixed"
        findings.append(
            Finding(
                id=f"understanding.states.{sheet.name}.{side}",
                chapter="understanding",
                message=Message("understanding.states", _expected(odds), terms),
                verdict=Verdict.HOLDS,
                provenance=sheet.provenance(),
                details=tuple(_of_side(sheet, views, terms)),
                caveats=(Message(f"understanding.states.{caveat}"),),
                claim=False,
                actor=side,
                group=f"states.{sheet.name}",
            )
        )
    return findings


def _odds(sheet: Sheet) -> tuple[Array, Array]:
    return sheet.found.odds.a, sheet.found.odds.b


def _views(sheet: Sheet, side: str) -> list[tuple[ItemView, Perspective]]:
    """Every item from where one side stands."""
    return [(view, view.a if side == sheet.sides[0] else view.b) for view in sheet.found.items]


def _expected(odds: Array) -> dict[str, Number]:
    """Expected share of items in each state."""
    n, expected = len(odds), odds.mean(axis=0)
    numbers = {
        name.replace(" ", "_"): Number(float(value), "share of items", n=n)
        for name, value in zip(STATES, expected, strict=True)
    }
    return numbers | {"items": Number(n, "items")}


def _of_side(sheet: Sheet, views: list[tuple[ItemView, Perspective]], terms: dict[str, Term]) -> list[Message]:
    """What is decided, what is overdrawn, whether the side feels understood; then the items it gets wrong."""
    n = len(views)
    decided = Number(sum(mine.state != "undecided" for _, mine in views), "items", n=n)
    details = [Message("understanding.states.decided", {"decided": decided}, terms)]
    drawn = [mine.exaggeration.estimate() for _, mine in views if mine.exaggeration is not None]
    over, under = (sum(clear) for clear in ([e.low > 0 for e in drawn], [e.high < 0 for e in drawn]))
    counts = {"over": Number(over, "items", n=len(drawn)), "under": Number(under, "items", n=len(drawn))}
    if drawn:
        details.append(Message("understanding.drawn", {**counts, "items": Number(len(drawn), "items")}, terms))
    felt = [mine.realised.estimate() for _, mine in views if mine.realised is not None]
    if felt:
        wrong = Number(sum(e.low > 0 or e.high < 0 for e in felt), "items", n=len(felt))
        details.append(Message("understanding.felt", {"wrong": wrong, "items": Number(len(felt), "items")}, terms))
    told = [(view, mine) for view, mine in views if _wrong(mine.state) and sheet.shown(sheet.items[view.item])]
    return [*details, *(_called(sheet, view, mine.state, terms) for view, mine in told)]


def crossed(sheet: Sheet) -> list[Finding]:
    """Both sides' states at once: how often one knows what the other does not."""
    table = sheet.found.odds.crossed.mean(axis=0)
    cells = [(float(table[i, j]), first, second) for i, first in enumerate(STATES) for j, second in enumerate(STATES)]
    told = [cell for cell in sorted(cells, key=lambda cell: -cell[0]) if cell[0] >= _WORTH]
    n = len(sheet.found.items)
    return [
        Finding(
            id=f"understanding.crossed.{sheet.name}",
            chapter="understanding",
            message=Message("understanding.crossed", {"items": Number(n, "items")}, sheet.terms),
            verdict=Verdict.HOLDS,
            provenance=sheet.provenance(),
            details=tuple(
                Message(
                    "understanding.crossed.cell",
                    {"share": Number(share_, "share of items", n=n)},
                    {**sheet.terms, "state_a": _state(first), "state_b": _state(second)},
                )
                for share_, first, second in told
            ),
            claim=False,
        )
    ]


def _state(name: str) -> Term:
    return Term("word", f"understanding.state.{name.replace(' ', '_')}")


def _wrong(state: str) -> bool:
    return state in ("false consensus", "false conflict")


def _called(sheet: Sheet, view: ItemView, state: str, terms: dict[str, Term]) -> Message:
    key = f"understanding.called.{state.replace(' ', '_')}"
    first = terms["source"].value == sheet.sides[0]
    perceived = (view.a if first else view.b).perceived
    numbers = {"gap": sheet.told(points(view.gap, sign=1 if first else -1)), "perceived": sheet.told(points(perceived))}
    return Message(key, numbers, {**terms, "item": wording(sheet.items[view.item])})


def _charts(sheet: Sheet) -> tuple[Chart, ...]:
    rows = [row for view in sheet.found.items for row in _rows(sheet, view)]
    return tuple(estimates(rows[i : i + 2 * _A_CHART]) for i in range(0, len(rows), 2 * _A_CHART))


def _rows(sheet: Sheet, view: ItemView) -> list[dict[str, Any]]:
    """Both sides' lines of an item; a mean of fewer than five people is left out."""
    item, rows = sheet.items[view.item], []
    if not sheet.shown(item):
        return []
    for side, mine, other in zip(sheet.sides, (view.a, view.b), (view.b, view.a), strict=True):
        own, guess = sheet.told(share(mine.own)), sheet.told(share(other.estimate))
        row = {"item": wording(item), "country": side, "view": own.value, "low": own.low, "high": own.high, "n": own.n}
        row |= {"estimate": guess.value, "estimate_low": guess.low, "estimate_high": guess.high}
        rows.append({**row, "estimate_n": guess.n})
    return rows
