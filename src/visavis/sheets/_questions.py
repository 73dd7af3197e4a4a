"""Questions to forecast, agreed by both sides: what would count, by which day, which outcomes there are."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from visavis.errors import BadFileError
from visavis.names.outside import terminal_text
from visavis.sheets.sealing import canonical
from visavis.store import _durable

__all__ = [
    "Ballots",
    "Faults",
    "Forecast",
    "Outcome",
    "Question",
    "forecast_of",
    "raw",
    "read_questions",
    "shown",
    "write",
    "write_questions",
]

_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_SIDE = re.compile(r"[A-Z]{3}")
_QUESTION = ("id", "text", "criteria", "due", "outcomes")


@dataclass(frozen=True, slots=True)
class Question:
    """Something that will or will not have happened by a day.

    Args:
        id: lower-case name, unique.
        text: wording by language.
        criteria: by language, what counts and who says so, agreed beforehand.
        due: the day by which it is known.
        outcomes: two or more, one of which comes true; of two, a ballot gives the first one's probability.
    """

    id: str
    text: Mapping[str, str]
    criteria: Mapping[str, str]
    due: dt.date
    outcomes: tuple[str, ...] = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Forecast:
    """Questions that two sides agreed to forecast.

    Args:
        id: its name.
        sides: two ISO alpha-3 codes in ISO order.
        questions: in the order in which they are asked.
        sha256: of its canonical form, 64 hex digits; both sides must hold the same.
    """

    id: str
    sides: tuple[str, str]
    questions: tuple[Question, ...]
    sha256: str

    def question(self, name: str) -> Question:
        """The question with this id.

        Raises:
            KeyError: there is none.
        """
        for question in self.questions:
            if question.id == name:
                return question
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Ballots:
    """One side's probabilities; its repr shows none.

    Args:
        side: ISO alpha-3.
        given: person -> question -> one probability an outcome, adding up to 1. A question left out was left blank.
    """

    side: str
    given: Mapping[str, Mapping[str, tuple[float, ...]]]

    def __repr__(self) -> str:
        return f"Ballots(side={self.side!r}, given=hidden)"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came true.

    Args:
        outcome: one of the question's outcomes.
        date: the day on which it was established.
        source: what was read that says so.
    """

    outcome: str
    date: dt.date
    source: str


class Faults:
    """Everything that is wrong with a file, told at once."""

    def __init__(self, where: str) -> None:
        self.where, self.found = terminal_text(where), list[str]()

    def add(self, item: str, what: str) -> None:
        self.found.append(f"{terminal_text(item)[:90]}: {what}")

    def end(self) -> None:
        if self.found:
            listed = "\n  ".join(self.found[:20])
            more = f"\n  and {len(self.found) - 20} more" if len(self.found) > 20 else ""
            raise BadFileError(f"{self.where}: mend these and read it again; nothing was taken.\n  {listed}{more}")


def read_questions(path: Path) -> Forecast:
    """Questions from a TOML file: ``id``, ``sides``, and one ``[[question]]`` each.

    Raises:
        BadFileError: names every wrong question and field.
    """
    try:
        tree = tomllib.loads(raw(path).decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        told = terminal_text(str(error))
        raise BadFileError(f"{terminal_text(path.name)}: no TOML in UTF-8 ({told}). Mend it at that place.") from None
    return forecast_of(tree, path.name)


def forecast_of(tree: Mapping[str, Any], where: str) -> Forecast:
    """Questions from a tree as TOML gives it.

    Raises:
        BadFileError: names every wrong question and field.

    >>> tree = {"id": "a", "sides": ["KOR", "JPN"], "question": [
    ...     {"id": "visit", "text": "A visit?", "criteria": "Named by both.", "due": dt.date(2027, 3, 31)}]}
    >>> forecast_of(tree, "a.toml").sides
    ('JPN', 'KOR')
    """
    faults = Faults(where)
    name, sides, rows = tree.get("id"), tree.get("sides"), tree.get("question")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        faults.add("id", f"{shown(name)} is no lower-case name such as spring-talks")
    if not isinstance(sides, list) or len({s for s in sides if isinstance(s, str) and _SIDE.fullmatch(s)}) != 2:
        faults.add("sides", f'{shown(sides)} is not two ISO alpha-3 codes such as ["JPN", "KOR"]')
    for field in tree.keys() - {"id", "sides", "question"}:
        faults.add(field, "unknown field; known are id, sides and [[question]]")
    rows = rows if isinstance(rows, list) else []
    if not rows:
        faults.add("question", "there is none; write at least one [[question]]")
    questions = [_question(row, i, faults) for i, row in enumerate(rows, 1)]
    ids = [question.id for question in questions]
    for twice in sorted({one for one in ids if one and ids.count(one) > 1}):
        faults.add(f"question {twice}, id", "used twice")
    faults.end()
    a, b = sorted(sides or ())
    made = Forecast(str(name), (a, b), tuple(questions), "")
    return Forecast(made.id, made.sides, made.questions, hashlib.sha256(canonical(_tree(made))).hexdigest())


def _question(row: Any, number: int, faults: Faults) -> Question:
    row = row if isinstance(row, dict) else {}
    name = row.get("id")
    at = f"question {name if isinstance(name, str) and name else number}"
    if not isinstance(name, str) or not _ID.fullmatch(name):
        faults.add(f"{at}, id", f"{shown(name)} is no lower-case name such as visit")
    for field in row.keys() - set(_QUESTION):
        faults.add(f"{at}, {field}", f"unknown field; known are {', '.join(_QUESTION)}")
    due, outcomes = row.get("due"), row.get("outcomes", ["yes", "no"])
    if type(due) is not dt.date:
        faults.add(f"{at}, due", f"{shown(due)} is no date; write due = 2027-03-31, without quotes")
        due = dt.date.max
    if (
        not isinstance(outcomes, list)
        or not all(isinstance(one, str) and _ID.fullmatch(one) for one in outcomes)
        or not 2 <= len(outcomes) == len(set(outcomes))
    ):
        faults.add(f"{at}, outcomes", f'{shown(outcomes)} is not two or more different names, such as ["yes", "no"]')
        outcomes = []
    text, criteria = (_wording(row.get(field), f"{at}, {field}", faults) for field in ("text", "criteria"))
    return Question(str(name or ""), text, criteria, due, tuple(outcomes))


def _wording(value: Any, at: str, faults: Faults) -> dict[str, str]:
    given = {"en": value} if isinstance(value, str) else value
    if not isinstance(given, dict) or not given or not all(isinstance(t, str) and t.strip() for t in given.values()):
        faults.add(at, f"{shown(value)} is no text, and no text by language such as {{en = ..., ko = ...}}")
        return {}
    return dict(sorted(given.items()))


def _tree(forecast: Forecast) -> dict[str, Any]:
    rows = [{**asdict(q), "due": q.due.isoformat(), "outcomes": list(q.outcomes)} for q in forecast.questions]
    return {"id": forecast.id, "sides": list(forecast.sides), "question": rows}


def write_questions(path: Path, forecast: Forecast) -> None:
    """Write questions as TOML, whole or not at all."""
    lines = [f"id = {_toml(forecast.id)}", f"sides = {_toml(list(forecast.sides))}"]
    for q in forecast.questions:
        lines += ["", "[[question]]", f"id = {_toml(q.id)}", f"due = {q.due}", f"outcomes = {_toml(list(q.outcomes))}"]
        for field, texts in (("text", q.text), ("criteria", q.criteria)):
            lines += [f"{field}.{_toml(lang)} = {_toml(text)}" for lang, text in texts.items()]
    write(path, "\n".join(lines) + "\n", 0o644)


def _toml(value: Any) -> str:
    """Text or a list of texts; JSON's form is TOML's but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def shown(value: Any) -> str:
    """A wrong value as it is told to the one who wrote it."""
    return "nothing" if value is None else terminal_text(repr(value))[:60]


def raw(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        BadFileError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadFileError(f"{terminal_text(path.name)}: cannot be read ({error.strerror}). Check the path.") from None


def write(path: Path, text: str, mode: int) -> None:
    """Write a file whole or not at all, with these rights."""

    def whole(file: BinaryIO) -> None:
        os.fchmod(file.fileno(), mode)
        file.write(text.encode())

    _durable.write_whole(path, whole)
