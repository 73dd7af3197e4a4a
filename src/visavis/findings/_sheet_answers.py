"""The answers themselves: every item's distribution back to back, and mere lists where people are too few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from visavis.asked import Item
from visavis.charts.back_to_back import back_to_back
from visavis.finding import Chart, Finding, Message, Number, Term, Verdict
from visavis.findings._sheet import Sheet, wording
from visavis.models.ordinal import ordinal_gap

__all__ = ["distributions", "listed"]

_FEWEST = 5  # people behind a cell; fewer are hidden
_FEWEST_FOR_W1, _FURTHEST = 100, 5  # people a side; items told
_A_CHART = 5  # items on one chart, so that it fits a printed page


def distributions(sheet: Sheet) -> list[Finding]:
    """How both sides are spread over the answers of every item; cells of fewer than five people are hidden."""
    items = [item for item in sheet.asked.questionnaire.items if "own" in item.asks]
    charts = [_chart(sheet, items[i : i + _A_CHART]) for i in range(0, len(items), _A_CHART)]
    return [
        Finding(
            id=f"understanding.answers.{sheet.name}",
            chapter="understanding",
            message=Message("understanding.answers", {"items": Number(len(items), "items")}, sheet.terms),
            verdict=Verdict.HOLDS,
            provenance=sheet.provenance(),
            charts=tuple(charts),
            details=tuple(_apart(sheet, items)),
            caveats=(Message(f"understanding.answers.{'consented' if _consented(sheet) else 'hidden'}"),),
            claim=False,
        )
    ]


def _apart(sheet: Sheet, items: Sequence[Item]) -> list[Message]:
    """Of publics: the items whose whole distributions lie furthest apart (W1, as a part of the scale)."""
    if sheet.size != "public":
        return []
    found = []
    for item in items:
        scale = item.scale.codes
        codes = [sheet.asked.codes(side, "own", wave=sheet.wave)[:, sheet.columns([item])[0]] for side in sheet.sides]
        if len(scale) < 3 or min(int(np.sum(~np.isnan(column))) for column in codes) < _FEWEST_FOR_W1:
            continue
        a, b = (sheet.replicates[side] for side in sheet.sides)
        gap = ordinal_gap(a, codes[0], b, codes[1], scale=scale)
        low, high = (float(end[0]) for end in gap.interval())
        n = sum(int(np.sum(~np.isnan(column))) for column in codes)
        found.append((float(gap.value[0]), max(0.0, low), min(1.0, high), n, item))
    found.sort(key=lambda one: -one[0])
    return [
        Message(
            "understanding.apart",
            {"distance": Number(value, "share of the scale", low, high, n, 0.95)},
            {"item": wording(item)},
        )
        for value, low, high, n, item in found[:_FURTHEST]
    ]


def _chart(sheet: Sheet, items: Sequence[Item]) -> Chart:
    return back_to_back([row for item in items for row in _rows(sheet, item)])


def _rows(sheet: Sheet, item: Item) -> list[dict[str, Any]]:
    column = sheet.columns([item])[0]
    labels = item.scale.labels.get("en") or next(iter(item.scale.labels.values()), ())
    shares, people = {}, {}
    for side in sheet.sides:
        codes = sheet.asked.codes(side, "own", wave=sheet.wave)[:, column]
        weights = sheet.replicates[side].weights
        known = ~np.isnan(codes)
        counts = [int(np.sum(codes == code)) for code in item.scale.codes]
        total = float(weights[known].sum())
        parts = [float(weights[codes == code].sum()) / total if total else 0.0 for code in item.scale.codes]
        shares[side] = _hidden(counts, parts, sheet.consented(side))
        people[side] = int(known.sum())
    return [
        {
            "item": wording(item),
            "answer": Term("outside", labels[i] if i < len(labels) else str(code)),
            "country": side,
            "share": shares[side][i],
            "n": people[side],
        }
        for i, code in enumerate(item.scale.codes)
        for side in sheet.sides
    ]


def _hidden(counts: Sequence[int], parts: Sequence[float], consented: bool) -> list[float | None]:
    """Shares, without those that fewer than five people stand behind; never one alone, for the rest would tell it.

    >>> _hidden([20, 3, 10], [0.6, 0.1, 0.3], False)
    [0.6, None, None]
    """
    if consented:
        return list(parts)
    small = {i for i, count in enumerate(counts) if count < _FEWEST}
    if small and sum(counts[i] for i in small) < _FEWEST:
        rest = [i for i in range(len(counts)) if i not in small]
        small |= set(sorted(rest, key=lambda i: (counts[i], i))[:1])
    return [None if i in small else part for i, part in enumerate(parts)]


def _consented(sheet: Sheet) -> bool:
    return bool(sheet.asked.people) and all(sheet.consented(side) for side in sheet.sides)


def listed(sheet: Sheet) -> list[Finding]:
    """Too few for any estimate: each answer, if all have agreed in writing that it be shown; else nothing but that."""
    consented = _consented(sheet)
    lines = [_line(sheet, item, side) for item in sheet.asked.questionnaire.items for side in sheet.sides]
    return [
        Finding(
            id=f"understanding.listed.{sheet.name}",
            chapter="understanding",
            message=Message("understanding.listed" if consented else "understanding.listed.hidden", terms=sheet.terms),
            verdict=Verdict.NO_DATA,
            provenance=sheet.provenance(),
            details=tuple(line for line in lines if line) if consented else (),
            claim=False,
        )
    ]


def _line(sheet: Sheet, item: Item, side: str) -> Message | None:
    labels = item.scale.labels.get("en") or next(iter(item.scale.labels.values()), ())
    names = dict(zip(item.scale.codes, labels, strict=False))
    given = [a for a in sheet.asked.given(side, "own", item.id, wave=sheet.wave) if isinstance(a.value, int | float)]
    given.sort(key=lambda answer: float(answer.value or 0))  # in the order of the scale, never in that of the people
    if not given:
        return None
    told = tuple(
        Term("outside", names.get(int(a.value), str(a.value))) for a in given if not isinstance(a.value, str | None)
    )
    return Message(
        "understanding.listed.line", terms={"source": Term("country", side), "item": wording(item), "answers": told}
    )
