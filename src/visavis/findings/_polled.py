"""Same problem, different answer, from published polls: is it a problem, and what should be done?

Items of one series, date and issue belong together. Where an answer leans to dialogue or to pressure is written down
in ``names/leanings.csv``; what runs against the other records of a pair is told first.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from visavis.findings._view import View
from visavis.models.published import Poll
from visavis.models.same_problem import PolledProblem, polled_problem

__all__ = ["ASSUMED", "DEFFS", "Asked", "Item", "polled"]

DEFFS = (1.5, 1.0, 2.5)
"""Design effects: the one that verdicts rest on, then the others shown."""
ASSUMED = 1000
"""People a side where no number was printed."""
_KINDS = ("recognition", "conclusion")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a poll of both sides, or of one: rows of the table ``polls`` by country, and other printed values."""

    kind: str
    item: str
    rows: Mapping[str, Mapping[str, Any]]
    conflicting: tuple[float, ...] = ()

    def polls(self, pair: tuple[str, str]) -> tuple[Poll, Poll] | None:
        """Both sides' polls, or None where one side was not asked."""
        if any(side not in self.rows for side in pair):
            return None
        a, b = (_poll(self.rows[side]) for side in pair)
        return a, b

    @property
    def leans(self) -> int:
        """1 where agreeing leans to pressure, -1 to dialogue, 0 where that is not written down."""
        return {"pressure": 1, "dialogue": -1}.get(_leanings().get(self.item, ""), 0)


@dataclass(frozen=True)
class Asked:
    """What one series asked at one date about one issue."""

    pair: tuple[str, str]
    series: str
    date: str
    issue: str
    about: str
    items: tuple[Item, ...]

    def of(self, kind: str) -> list[Item]:
        """Items of a kind that both sides were asked."""
        return [item for item in self.items if item.kind == kind and item.polls(self.pair)]

    def alone(self, kind: str) -> list[Item]:
        """Items of a kind that only one side was asked."""
        return [item for item in self.items if item.kind == kind and not item.polls(self.pair)]

    @cached_property
    def found(self) -> tuple[PolledProblem, ...]:
        """The comparison at each of ``DEFFS``."""
        pairs = [[p for item in self.of(kind) if (p := item.polls(self.pair))] for kind in _KINDS]
        return tuple(polled_problem(*pairs, deff=deff) for deff in DEFFS)

    @property
    def assumed(self) -> bool:
        """Whether the number of people of some item was not printed."""
        return any(row["n"] is None for item in self.items for row in item.rows.values())

    @property
    def leaning(self) -> float:
        """Above 0 where the second side leans more to pressure, below where the first does; 0 where it is not clear."""
        gaps = zip(self.of("conclusion"), self.found[0].conclusion, strict=True)
        told = [item.leans * one.gap.value for item, one in gaps if item.leans and one.gap.low * one.gap.high > 0]
        same_way = all(lean > 0 for lean in told) or all(lean < 0 for lean in told)
        return sum(told) / len(told) if told and same_way else 0.0


def polled(view: View) -> list[Asked]:
    """What was asked of both sides, newest first, within the span."""
    groups: dict[tuple[str, str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in view.tables.facts("polls"):
        wanted = row["kind"] in _KINDS and row["unit"] == "percent" and row["country"] in (view.a, view.b)
        if wanted and view.asked(row["date"]):
            groups[row["date"], row["series"], row["issue"] or row["item"], row["about"]].append(row)
    found = [_asked((view.a, view.b), key, rows) for key, rows in groups.items()]
    both = [one for one in found if one.of("recognition") or one.of("conclusion")]
    return sorted(both, key=lambda one: (one.date, one.series, one.issue), reverse=True)


def _asked(pair: tuple[str, str], key: tuple[str, str, str, str], rows: Sequence[dict[str, Any]]) -> Asked:
    date, series, issue, about = key
    by_item: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(rows, key=lambda row: row["id"]):
        by_item[row["kind"], row["item"] if row["response"] in _PLAIN else f"{row['item']}: {row['response']}"][
            row["country"]
        ].append(row)
    items = []
    for (kind, item), sides in by_item.items():
        others = tuple(row["value"] for told in sides.values() for row in told[1:])
        items.append(Item(kind, item, {side: told[0] for side, told in sides.items()}, others))
    return Asked(pair, series, date, issue, about, tuple(items))


_PLAIN = ("", "agrees or says so")


def _poll(row: Mapping[str, Any]) -> Poll:
    """A printed percentage; one without decimals was rounded to whole points."""
    value = float(row["value"])
    return Poll((value,), int(row["n"] or ASSUMED), 0.5 if value == round(value) else 0.05)


@cache
def _leanings() -> dict[str, str]:
    lines = (files("visavis") / "names" / "leanings.csv").read_text(encoding="utf-8").splitlines()
    return {row["item"]: row["leans"] for row in csv.DictReader(lines)}
