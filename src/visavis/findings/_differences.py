"""Understood differences, and the four states of co-orientation of each side."""

from __future__ import annotations

from typing import Any

from visavis.charts.estimates import estimates
from visavis.finding import Chart, Finding, Message, Number, Term, Verdict
from visavis.findings._sheet import Sheet, points, share, wording
from visavis.models.coorientation import STATES, ItemView

__all__ = ["differences", "headline", "states"]

_A_CHART = 8  # items on one chart, so that it fits a printed page
_MANY = 20  # people a side, below which the headline was too low in simulations
_LISTED = 5  # items told in words; the charts and the table hold all


def headline(sheet: Sheet) -> list[Finding]:
    """On what part of the items the two differ and each knows it."""
    found = sheet.found
    numbers = {
        "share": share(found.headline, "share of items"),
        "items": Number(len(found.items), "items"),
        "margin": Number(round(100 * found.margin), "points"),
    }
    return [
        Finding(
            id=f"understanding.share.{sheet.name}",
            chapter="understanding",
            message=Message("understanding.share", numbers, sheet.terms),
            verdict=Verdict.HOLDS,
            provenance=sheet.provenance(),
            charts=_charts(sheet),
            caveats=(Message("understanding.share.rule", numbers), *_low(sheet)),
            headline=True,
            claim=False,
        )
    ]


def _low(sheet: Sheet) -> list[Message]:
    """With few people the share errs on the low side; see docs/methods.md for by how much."""
    people = min(len(sheet.asked.members(side)) for side in sheet.sides)
    return [Message("understanding.share.low")] if sheet.size == "delegation" and people < _MANY else []


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
            details=tuple(_difference(sheet, found.items[i], float(found.odds.understood[i])) for i in told),
            headline=bool(held),
        )
    ]


def _difference(sheet: Sheet, view: ItemView, probability: float) -> Message:
    numbers = {
        "own_a": share(view.a.own),
        "own_b": share(view.b.own),
        "gap": Number(abs(100 * view.gap.value), "points", n=view.gap.n),
        "probability": Number(probability, "probability"),
    }
    return Message("understanding.difference", numbers, {**sheet.terms, "item": wording(sheet.items[view.item])})


def states(sheet: Sheet) -> list[Finding]:
    """For each side, on how many items it sees what is so, assumes likeness, or assumes a difference."""
    found, n = sheet.found, len(sheet.found.items)
    findings = []
    for side, other, odds in zip(sheet.sides, reversed(sheet.sides), (found.odds.a, found.odds.b), strict=True):
        expected = odds.sum(axis=0)
        numbers = {
            name.replace(" ", "_"): Number(float(value) / n, "share of items", n=n)
            for name, value in zip(STATES, expected, strict=True)
        }
        views = [view.a if side == sheet.sides[0] else view.b for view in found.items]
        decided = sum(view.state != "undecided" for view in views)
        terms = {"source": Term("country", side), "target": Term("country", other)}
        numbers["items"] = Number(n, "items")
        details = [Message("understanding.states.decided", {"decided": Number(decided, "items", n=n)}, terms)]
        details += [
            _called(sheet, found.items[i], view.state, terms) for i, view in enumerate(views) if _wrong(view.state)
        ]
        findings.append(
            Finding(
                id=f"understanding.states.{sheet.name}.{side}",
                chapter="understanding",
                message=Message("understanding.states", numbers, terms),
                verdict=Verdict.HOLDS,
                provenance=sheet.provenance(),
                details=tuple(details),
                caveats=(Message(f"understanding.states.{views[0].against.replace(' ', '_')}"),),
                claim=False,
                actor=side,
                group=f"states.{sheet.name}",
            )
        )
    return findings


def _wrong(state: str) -> bool:
    return state in ("false consensus", "false conflict")


def _called(sheet: Sheet, view: ItemView, state: str, terms: dict[str, Term]) -> Message:
    key = f"understanding.called.{state.replace(' ', '_')}"
    first = terms["source"].value == sheet.sides[0]
    perceived = (view.a if first else view.b).perceived
    numbers = {"gap": points(view.gap, sign=1 if first else -1), "perceived": points(perceived)}
    return Message(key, numbers, {**terms, "item": wording(sheet.items[view.item])})


def _charts(sheet: Sheet) -> tuple[Chart, ...]:
    rows = [row for view in sheet.found.items for row in _rows(sheet, view)]
    return tuple(estimates(rows[i : i + 2 * _A_CHART]) for i in range(0, len(rows), 2 * _A_CHART))


def _rows(sheet: Sheet, view: ItemView) -> list[dict[str, Any]]:
    """Both sides' lines of an item; a mean of fewer than five people is left out."""
    item, rows = sheet.items[view.item], []
    if not all(sheet.shown(item, side) for side in sheet.sides):
        return []
    for side, mine, other in zip(sheet.sides, (view.a, view.b), (view.b, view.a), strict=True):
        own, guess = share(mine.own), share(other.estimate)
        row = {"item": wording(item), "country": side, "view": own.value, "low": own.low, "high": own.high, "n": own.n}
        row |= {"estimate": guess.value, "estimate_low": guess.low, "estimate_high": guess.high}
        rows.append({**row, "estimate_n": guess.n})
    return rows
