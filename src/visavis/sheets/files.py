"""Answers as files: one side's answers, and the joint file that holds both sides' once they are open.

Both are JSON. An answers file is what a side seals; a joint file is what ``sheet open`` and ``sheet import`` write, and
what the report, the record and the chapter ``understanding`` read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from visavis.asked import ABOUT_AN_ACT, CAUSES, MISSING, Answer, Asked, Item, Objection, Person, Questionnaire, Reason
from visavis.errors import BadFileError
from visavis.sheets.questionnaire import questionnaire_of, tree_of
from visavis.store import _durable

__all__ = [
    "SideAnswers",
    "answers_of",
    "body_of",
    "joined",
    "read_joint",
    "read_json",
    "value_fault",
    "write_joint",
]

_T = TypeVar("_T")
ANSWERS, JOINT = "visavis answers 1", "visavis joint 1"


@dataclass(frozen=True)
class SideAnswers:
    """One side's people, answers and reasons to one questionnaire."""

    side: str
    sheet: str
    people: tuple[Person, ...]
    answers: tuple[Answer, ...]
    reasons: tuple[Reason, ...] = ()
    day: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def body_of(side: SideAnswers) -> dict[str, Any]:
    """A side's answers as a tree of JSON: what is sealed."""
    return {
        "format": ANSWERS,
        "sheet": side.sheet,
        "side": side.side,
        "day": side.day,
        "people": [_without(asdict(person), "side") for person in side.people],
        "answers": [_without(asdict(answer), "side") for answer in side.answers],
        "reasons": [{**asdict(reason), "ratings": list(reason.ratings)} for reason in side.reasons],
    }


def answers_of(tree: Any, questionnaire: Questionnaire, where: str) -> SideAnswers:
    """A side's answers from a tree of JSON, every row checked against the questionnaire.

    Raises:
        BadFileError: another format or questionnaire, an unknown person, item or question, a value off the scale; the
            row is named.
    """
    if not isinstance(tree, dict) or tree.get("format") != ANSWERS:
        raise BadFileError(f"{where}: not a file of answers (its format is not {ANSWERS!r}).")
    if tree.get("sheet") != questionnaire.sha256:
        raise BadFileError(
            f"{where}: these are answers to another questionnaire ({str(tree.get('sheet'))[:12]}, not "
            f"{questionnaire.sha256[:12]}). Both sides need the very same file."
        )
    side = tree.get("side")
    if side not in questionnaire.sides:
        raise BadFileError(f"{where}: side {side!r} is not one of {' and '.join(questionnaire.sides)}.")
    read = _Rows(where, side, questionnaire)
    people = tuple(read.each(tree, "people", read.person))
    answers = tuple(read.each(tree, "answers", read.answer))
    keys = [(a.person, a.item, a.question, a.wave) for a in answers]
    if len(set(keys)) != len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadFileError(
            f"{where}: person {twice[0]!r} answers {twice[2]!r} of item {twice[1]!r} twice in wave {twice[3]}."
        )
    return SideAnswers(
        side,
        questionnaire.sha256,
        people,
        answers,
        tuple(read.each(tree, "reasons", read.reason)),
        str(tree.get("day", "")),
    )


def joined(
    questionnaire: Questionnaire,
    one: SideAnswers,
    other: SideAnswers,
    *,
    source: str = "",
    reasons: Sequence[Reason] = (),
) -> Asked:
    """Both sides' answers as one."""
    a, b = sorted((one, other), key=lambda side: side.side)
    if (a.side, b.side) != questionnaire.sides:
        raise BadFileError(f"Answers of {a.side} and {b.side}; wanted those of {' and '.join(questionnaire.sides)}.")
    return Asked(
        questionnaire,
        (*a.people, *b.people),
        (*a.answers, *b.answers),
        tuple(reasons) or (*a.reasons, *b.reasons),
        source,
        max(a.day, b.day),
    )


def write_joint(path: Path, asked: Asked) -> None:
    """Write a joint file, whole or not at all, readable by its owner only."""
    by_side = {side: _side_of(asked, side) for side in asked.sides}
    tree = {
        "format": JOINT,
        "questionnaire": tree_of(asked.questionnaire),
        "sides": {side: body_of(answers) for side, answers in by_side.items()},
        "source": asked.source,
        "as_of": asked.as_of,
        "objections": [asdict(one) for one in asked.objections],
    }
    text = json.dumps(tree, ensure_ascii=False, indent=1, sort_keys=True)
    _durable.write_whole(path, lambda file: file.write(text.encode()))
    path.chmod(0o600)


def read_joint(path: Path) -> Asked:
    """A joint file.

    Raises:
        BadFileError: it is none, or a row of it is wrong; the row is named.
    """
    tree = read_json(path)
    if not isinstance(tree, dict) or tree.get("format") != JOINT:
        raise BadFileError(f"{path}: not a joint file. visavis sheet open and visavis sheet import write one.")
    questionnaire = questionnaire_of(tree.get("questionnaire"), str(path))
    given = tree.get("sides")
    sides: dict[str, Any] = given if isinstance(given, dict) else {}
    missing = [side for side in questionnaire.sides if side not in sides]
    if missing:
        raise BadFileError(f"{path}: the answers of {' and '.join(missing)} are missing.")
    one, other = (answers_of(sides[side], questionnaire, f"{path}, {side}") for side in questionnaire.sides)
    asked = joined(questionnaire, one, other, source=str(tree.get("source", "")))
    listed = tree.get("objections", [])
    rows = listed if isinstance(listed, list) else [listed]
    found = tuple(_objection(row, questionnaire, path, i) for i, row in enumerate(rows, 1))
    return replace(asked, objections=found)


def read_json(path: Path) -> Any:
    """The tree of a JSON file.

    Raises:
        BadFileError: it is missing, or no JSON; the place is named.
    """
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise BadFileError(f"{path}: there is no such file.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise BadFileError(f"{path}: not JSON ({error}).") from None


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


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def _side_of(asked: Asked, side: str) -> SideAnswers:
    return SideAnswers(
        side,
        asked.questionnaire.sha256,
        asked.members(side),
        tuple(answer for answer in asked.answers if answer.side == side),
        tuple(reason for reason in asked.reasons if reason.side == side),
        asked.as_of,
    )


def _objection(row: Any, questionnaire: Questionnaire, path: Path, place: int) -> Objection:
    fields = ("side", "about", "text", "day")
    if not isinstance(row, dict) or not all(isinstance(row.get(name), str) for name in fields):
        raise BadFileError(f"{path}: objection {place} needs the texts {', '.join(fields)}.")
    if row["side"] not in questionnaire.sides:
        raise BadFileError(f"{path}: objection {place} is of {row['side']!r}, not of one of the two sides.")
    return Objection(*(row[name] for name in fields))


class _Rows:
    """Rows of an answers file, checked one by one."""

    def __init__(self, where: str, side: str, questionnaire: Questionnaire) -> None:
        self.where, self.side = where, side
        self.items = {item.id: item for item in questionnaire.items}
        self.sides = questionnaire.sides
        self.known: set[str] = set()

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
        ratings = row.get("ratings", [])
        if not isinstance(ratings, list) or not all(isinstance(r, int | float) and 0 <= r <= 10 for r in ratings):
            raise BadFileError(f"{place}: ratings {ratings!r}; they are numbers from 0 to 10.")
        return Reason(row["id"], row["item"], self.side, row["about"], row["text"], tuple(map(float, ratings)))
