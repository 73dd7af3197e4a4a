"""Answers as files: one side's answers, and the joint file that holds both sides' once they are open.

Both are JSON. An answers file is what a side seals; a joint file is what ``sheet open`` and ``sheet import`` write, and
what the report, the record and the chapter ``understanding`` read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from visavis.asked import Answer, Asked, Objection, Person, Questionnaire, Reason
from visavis.errors import BadFileError
from visavis.sheets._journal import write_private
from visavis.sheets._rows import Rows, checked_day, day_fault, value_fault
from visavis.sheets.questionnaire import questionnaire_of, tree_of

__all__ = [
    "SideAnswers",
    "answers_of",
    "body_of",
    "day_fault",
    "joined",
    "read_joint",
    "read_json",
    "value_fault",
    "write_joint",
]

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
    """A side's answers as a tree of JSON: what is sealed. Its rows stand by ids, not in the order of answering."""
    answers = sorted(side.answers, key=lambda one: (one.person, one.item, one.question, one.wave))
    reasons = sorted(side.reasons, key=lambda one: one.id)
    return {
        "format": ANSWERS,
        "sheet": side.sheet,
        "side": side.side,
        "day": side.day,
        "people": [_without(asdict(person), "side") for person in sorted(side.people, key=lambda one: one.id)],
        "answers": [_without(asdict(answer), "side") for answer in answers],
        "reasons": [{**asdict(reason), "ratings": list(reason.ratings)} for reason in reasons],
    }


def answers_of(tree: Any, questionnaire: Questionnaire, where: str, *, rated: bool = False) -> SideAnswers:
    """A side's answers from a tree of JSON, every row checked against the questionnaire.

    Args:
        tree: as ``body_of`` gives it.
        questionnaire: to which these are answers.
        where: how a message calls the place.
        rated: whether reasons may carry ratings: in a joint file they may. What a side seals has none, for it is the
            side that a text is about that rates it.

    Raises:
        BadFileError: another format or questionnaire, an unknown person, item or question, a value off the scale,
            ratings where none can be; the row is named.
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
    day = checked_day(tree.get("day", ""), f"{where}: day")
    read = Rows(where, side, questionnaire, rated)
    people = tuple(read.each(tree, "people", read.person))
    answers = tuple(read.each(tree, "answers", read.answer))
    _once(answers, where)
    return SideAnswers(
        side,
        questionnaire.sha256,
        people,
        answers,
        tuple(read.each(tree, "reasons", read.reason)),
        day,
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
    write_private(path, text.encode())


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
    one, other = (answers_of(sides[side], questionnaire, f"{path}, {side}", rated=True) for side in questionnaire.sides)
    asked = joined(questionnaire, one, other, source=str(tree.get("source", "")))
    listed = tree.get("objections", [])
    rows = listed if isinstance(listed, list) else [listed]
    found = tuple(_objection(row, questionnaire, path, i) for i, row in enumerate(rows, 1))
    as_of = checked_day(tree.get("as_of", ""), f"{path}: as_of")
    return replace(asked, objections=found, as_of=as_of or asked.as_of)


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


def _once(answers: Sequence[Answer], where: str) -> None:
    seen = set()
    for a in answers:
        key = (a.person, a.item, a.question, a.wave)
        if key in seen:
            raise BadFileError(
                f"{where}: person {a.person!r} answers {a.question!r} of item {a.item!r} twice in wave {a.wave}."
            )
        seen.add(key)


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
    checked_day(row["day"], f"{path}: objection {place}: day")
    return Objection(*(row[name] for name in fields))
