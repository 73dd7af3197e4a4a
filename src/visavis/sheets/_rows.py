"""Rows of an answers file, checked one by one; every fault names its place."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from visavis.asked import ABOUT_AN_ACT, CAUSES, MISSING, Answer, Item, Person, Questionnaire, Reason
from visavis.errors import BadFileError

__all__ = ["Rows", "checked_day", "day_fault", "value_fault"]

_T = TypeVar("_T")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AHEAD = dt.timedelta(days=366)


def day_fault(day: object) -> str:
    """What is wrong with a day; empty when nothing is, or when there is no day.

    >>> day_fault("2024-05-01"), day_fault(""), day_fault("1 May")
    ('', '', 'a day as YYYY-MM-DD, or nothing')
    """
    if day == "":
        return ""
    try:
        found = dt.date.fromisoformat(day) if isinstance(day, str) and _DAY.fullmatch(day) else None
    except ValueError:
        found = None
    if found is None:
        return "a day as YYYY-MM-DD, or nothing"
    return "" if found <= dt.date.today() + _AHEAD else "a day not more than a year ahead"


def value_fault(item: Item, question: str, value: object) -> str:
    """What is wrong with an answer's value; empty when nothing is. Used by every way of answering.

    >>> from visavis.asked import Scale
    >>> value_fault(Item("a", "t", {"en": "?"}, Scale("s", (1, 2), {})), "own", 3)
    'one of 1, 2'
    """
    if question == "cause":
        return "" if value in CAUSES else f"one of {', '.join(CAUSES)}"
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        return "a number"
    if question in (*ABOUT_AN_ACT, "importance", "performance"):
        return "" if 0 <= value <= 10 else "a number from 0 to 10"
    if question in ("other", "own_people", "felt") and item.estimate == "percent":
        return "" if 0 <= value <= 100 else "a number from 0 to 100"
    return "" if value in item.scale.codes else f"one of {', '.join(map(str, item.scale.codes))}"


def checked_day(day: object, place: str) -> str:
    """A day that a file gives.

    Raises:
        BadFileError: it is none; place and value are named.

    >>> checked_day("2024-05-01", "a.json: day")
    '2024-05-01'
    """
    fault = day_fault(day)
    if fault:
        raise BadFileError(f"{place} is {day!r}; wanted: {fault}.")
    return str(day)


class Rows:
    """Rows of one side's answers. ``rated``: whether reasons may carry ratings."""

    def __init__(self, where: str, side: str, questionnaire: Questionnaire, rated: bool) -> None:
        self.where, self.side, self.rated = where, side, rated
        self.items = {item.id: item for item in questionnaire.items}
        self.sides = questionnaire.sides
        self.known: set[str] = set()
        self.texts: set[str] = set()

    def each(self, tree: Mapping[str, Any], name: str, read: Callable[[str, dict[str, Any]], _T]) -> list[_T]:
        rows = tree.get(name, [])
        if not isinstance(rows, list):
            raise BadFileError(f"{self.where}: {name} is not a list.")
        return [
            read(f"{self.where}: {name}, row {i}", row if isinstance(row, dict) else {})
            for i, row in enumerate(rows, 1)
        ]

    def person(self, place: str, row: dict[str, Any]) -> Person:
        name, weight = row.get("id"), row.get("weight", 1.0)
        if not isinstance(name, str) or not name or name in self.known:
            raise BadFileError(f"{place}: id {name!r} is empty, no text, or given twice.")
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < 1e300:
            raise BadFileError(f"{place}: weight {weight!r}; a weight is a number above 0.")
        self.known.add(name)
        texts = {key: row.get(key, "") for key in ("stratum", "psu")}
        order = row.get("order", "own first")
        if order not in ("own first", "estimate first") or not all(isinstance(t, str) for t in texts.values()):
            raise BadFileError(
                f"{place}: order {order!r}; it is 'own first' or 'estimate first', stratum and psu texts."
            )
        return Person(name, self.side, float(weight), **texts, order=order, consent=row.get("consent") is True)

    def answer(self, place: str, row: dict[str, Any]) -> Answer:
        item, question, value = self.items.get(str(row.get("item"))), row.get("question", ""), row.get("value")
        if str(row.get("person")) not in self.known or not isinstance(row["person"], str):
            raise BadFileError(f"{place}: person {row.get('person')!r} is not among the people of {self.side}.")
        if item is None:
            raise BadFileError(f"{place}: there is no item {row.get('item')!r}.")
        if question not in item.asks:
            raise BadFileError(f"{place}: item {item.id!r} does not ask {question!r}; it asks {', '.join(item.asks)}.")
        missing, wave = row.get("missing", ""), row.get("wave", 1)
        if value is None and missing not in MISSING:
            raise BadFileError(f"{place}: no value, and missing is {missing!r}; it is one of {', '.join(MISSING)}.")
        fault = "" if value is None else value_fault(item, question, value)
        if fault or (value is not None and missing):
            raise BadFileError(f"{place}: item {item.id!r}, {question!r} is {value!r}; wanted: {fault or 'no reason'}.")
        if isinstance(wave, bool) or not isinstance(wave, int) or wave < 1:
            raise BadFileError(f"{place}: wave {wave!r}; waves are 1, 2 ...")
        return Answer(self.side, row["person"], item.id, question, value, missing, wave)

    def reason(self, place: str, row: dict[str, Any]) -> Reason:
        if str(row.get("item")) not in self.items or row.get("about") not in self.sides:
            raise BadFileError(f"{place}: a reason names an item and one of {' and '.join(self.sides)} as 'about'.")
        if not isinstance(row.get("id"), str) or not isinstance(row.get("text"), str) or not row["text"].strip():
            raise BadFileError(f"{place}: a reason has an id and a text.")
        if row["id"] in self.texts:
            raise BadFileError(f"{place}: id {row['id']!r} is given twice.")
        self.texts.add(row["id"])
        ratings = row.get("ratings", [])
        if not isinstance(ratings, list) or not all(type(r) in (int, float) and 0 <= r <= 10 for r in ratings):
            raise BadFileError(f"{place}: ratings {ratings!r}; they are numbers from 0 to 10.")
        if ratings and not self.rated:
            raise BadFileError(f"{place}: holds ratings. A side does not rate what it seals; take them out.")
        return Reason(row["id"], row["item"], self.side, row["about"], row["text"], tuple(map(float, ratings)))
