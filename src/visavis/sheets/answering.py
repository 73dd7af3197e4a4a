"""One person's way through a questionnaire: what is asked in which order, and the journal that keeps every answer.

A person is a short random code, never a name. The journal lies on that person's machine or their delegation's; each
answer is on disk before the next question is shown, so that a crash at any moment loses nothing that was given.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from visavis.asked import MISSING, Answer, Person, Questionnaire, Reason
from visavis.errors import BadFileError, NoDataError, UsageError
from visavis.sheets._journal import Journal, entries, write_private
from visavis.sheets._steps import LONGEST_REASON, ORDERS, Step, order_of, parsed, steps
from visavis.sheets.files import SideAnswers, body_of, value_fault
from visavis.sheets.wording import REASONS

__all__ = [
    "LONGEST_REASON",
    "ORDERS",
    "Given",
    "Sheet",
    "Step",
    "collect",
    "new_person",
    "open_sheet",
    "order_of",
    "parsed",
    "progress",
    "steps",
    "write_answers",
]

FORMAT = "visavis journal 1"
_ID = re.compile(r"[0-9a-f]{12}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for one another


@dataclass(frozen=True, slots=True)
class Given:
    """What stands in the journal for a step: a value or text, or why there is none (one of ``MISSING``)."""

    value: float | str | None
    missing: str = ""


def new_person(folder: Path, questionnaire: Questionnaire, side: str) -> str:
    """A random id for one more person of a side: 8 letters and digits, of the order that fewer have so far."""
    _checked_side(questionnaire, side)
    orders = [order_of(path.stem.rsplit("-", 1)[1]) for path in _paths(folder, questionnaire, side)]
    few = {ORDERS[0] if orders.count(ORDERS[0]) < orders.count(ORDERS[1]) else ORDERS[1]}
    wanted = few if orders.count(ORDERS[0]) != orders.count(ORDERS[1]) else set(ORDERS)
    while True:
        person = "".join(secrets.choice(_LETTERS) for _ in range(8))
        if order_of(person) in wanted and not _path(folder, questionnaire, side, person).exists():
            return person


class Sheet:
    """One person's answers, open for more. Made by ``open_sheet``."""

    def __init__(self, journal: Journal, questionnaire: Questionnaire, person: Person) -> None:
        self._journal, self.questionnaire, self.person = journal, questionnaire, person
        self.steps = steps(questionnaire, person.order)
        self._given = _given(journal.path, journal.entries, questionnaire)

    @property
    def consent_asked(self) -> bool:
        """Whether the person has said yes or no to being shown in small groups; until then it counts as no."""
        return any("consent" in row for row in self._journal.entries)

    def agree(self, consent: bool) -> None:
        """Keep the person's yes or no to being shown in small groups; it is on disk when this returns."""
        if not self.consent_asked or consent != self.person.consent:
            self._journal.add({"consent": consent, "day": _today()})
            self.person = replace(self.person, consent=consent)

    def given(self, step: Step, wave: int = 1) -> Given | None:
        """What was answered last; None when nothing was."""
        return self._given.get((step.item.id, step.question, wave))

    def answer(self, step: Step, value: float | str, wave: int = 1) -> None:
        """Keep an answer; it is on disk when this returns. An earlier one stays in the journal, the later counts.

        Raises:
            UsageError: the value is none that the step takes.
        """
        self._keep(step, Given(parsed(step, str(value))), wave)

    def leave(self, step: Step, missing: str, wave: int = 1) -> None:
        """Keep that there is no answer, and why: one of ``MISSING``; *cannot guess* is a finding, never a blank."""
        if missing not in MISSING:
            raise UsageError(f"{missing!r} is no reason for a missing answer; it is one of {', '.join(MISSING)}.")
        self._keep(step, Given(None, missing), wave)

    def _keep(self, step: Step, given: Given, wave: int) -> None:
        if step not in self.steps or wave < 1:
            raise UsageError(f"Item {step.item.id!r} does not ask {step.question!r} in wave {wave}.")
        key = (step.item.id, step.question, wave)
        if self._given.get(key) == given:
            return
        names = dict(zip(("item", "question", "wave"), key, strict=True))
        row = {**names, "value": given.value, "missing": given.missing, "day": _today()}
        if isinstance(given.value, str) and step.form == "text":
            row["id"] = _ids(self._journal.entries).get(key) or secrets.token_hex(6)
        self._journal.add(row)
        self._given[key] = given

    def remaining(self, wave: int = 1) -> tuple[Step, ...]:
        """What has no answer yet, in the order of asking."""
        return tuple(step for step in self.steps if self.given(step, wave) is None)

    def finished(self, wave: int = 1) -> bool:
        """Whether every question has an answer, or a reason for having none."""
        return not self.remaining(wave)

    def close(self) -> None:
        """Let go of the journal, so that another terminal or page may go on with it."""
        self._journal.close()

    def __enter__(self) -> Sheet:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_sheet(
    folder: Path, questionnaire: Questionnaire, side: str, person: str, *, consent: bool | None = None
) -> Sheet:
    """A person's sheet in a folder, begun or gone on with. ``consent`` is as in ``Person``; None leaves it as it was.

    Raises:
        UsageError: no such side, or an id that is not of the kind that ``new_person`` gives.
        BadFileError: the journal is of another person or questionnaire, or damaged; the line is named.
        RecordBusyError: it is open elsewhere.

    >>> import tempfile
    >>> from visavis.asked import Item, Scale
    >>> item = Item("a", "t", {"en": "?"}, Scale("s", (1, 2), {"en": ("No", "Yes")}))
    >>> asked = Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "delegation", (item,), "0" * 64)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open_sheet(Path(folder), asked, "KOR", new_person(Path(folder), asked, "KOR")) as sheet:
    ...         sheet.answer(sheet.remaining()[0], 2)
    ...         sheet.leave(sheet.remaining()[0], "cannot guess")
    ...     len(collect(Path(folder), asked, "KOR").answers), list(progress(Path(folder), asked, "KOR").values())
    (2, [(2, 3)])
    """
    _checked_side(questionnaire, side)
    if not person or set(person) - set(_LETTERS) or len(person) > 20:
        raise UsageError(f"{person!r} is no id of a person: 8 of {_LETTERS}, as visavis gives them, never a name.")
    journal = Journal(_path(folder, questionnaire, side, person))
    try:
        if not journal.entries:
            named = {"format": FORMAT, "sheet": questionnaire.sha256, "side": side, "person": person}
            journal.add({**named, "order": order_of(person)})
        sheet = Sheet(journal, questionnaire, _person(journal.path, journal.entries, questionnaire, side))
        if consent is not None:
            sheet.agree(consent)
        return sheet
    except BaseException:
        journal.close()
        raise


def progress(folder: Path, questionnaire: Questionnaire, side: str, wave: int = 1) -> dict[str, tuple[int, int]]:
    """Person -> (questions answered, questions put), for all who have begun; no answer is told."""
    told = {}
    for path, rows in _journals(folder, questionnaire, side):
        person = _person(path, rows, questionnaire, side)
        given = _given(path, rows, questionnaire)
        told[person.id] = (sum(key[2] == wave for key in given), len(steps(questionnaire, person.order)))
    return told


def collect(folder: Path, questionnaire: Questionnaire, side: str, wave: int | None = 1) -> SideAnswers:
    """One wave in all journals of a side's people; questions that nobody answered yet have no row.

    Who answered nothing in the wave is not in it. With ``wave=None`` it is all waves, and all who have begun.

    Raises:
        NoDataError: nobody of this side has answered.
        BadFileError: a journal is damaged, or of another questionnaire; file and line are named.
    """
    _checked_side(questionnaire, side)
    people: list[Person] = []
    answers: list[Answer] = []
    reasons: list[Reason] = []
    days = [""]
    for path, rows in _journals(folder, questionnaire, side):
        person, ids = _person(path, rows, questionnaire, side), _ids(rows)
        begun = len(answers)
        for key, given in _given(path, rows, questionnaire).items():
            item, question, at = key
            if wave not in (at, None):
                continue
            if question not in REASONS:
                answers.append(Answer(side, person.id, item, question, given.value, given.missing, at))
            elif isinstance(given.value, str):
                reasons.append(_reason(questionnaire, side, key, given.value, ids.get(key) or secrets.token_hex(6)))
        if wave is None or len(answers) > begun:
            people.append(person)
            days += [str(row.get("day", "")) for row in rows if wave in (row.get("wave"), None)]
    if not people:
        raise NoDataError(
            f"Nobody of {side} has answered {questionnaire.id!r} in {str(folder)!r}"
            f"{'' if wave is None else f', wave {wave}'}."
        )
    return SideAnswers(side, questionnaire.sha256, tuple(people), tuple(answers), tuple(reasons), max(days))


def write_answers(path: Path, answers: SideAnswers) -> None:
    """Write a side's answers as the file that it seals, whole or not at all, readable by its owner only."""
    write_private(path, json.dumps(body_of(answers), ensure_ascii=False, indent=1, sort_keys=True).encode())


def _reason(questionnaire: Questionnaire, side: str, key: tuple[str, str, int], text: str, name: str) -> Reason:
    a, b = questionnaire.sides
    about = side if key[1] == "own reason" else (b if side == a else a)
    return Reason(name, key[0], side, about, text)


def _ids(rows: list[dict[str, Any]]) -> dict[tuple[str, str, int], str]:
    """Ids of written reasons: drawn by lot when a text is first written, so that none tells who wrote it."""
    found = {}
    for row in rows:
        name = row.get("id")
        wave = row.get("wave")
        if isinstance(name, str) and _ID.fullmatch(name) and isinstance(wave, int):
            found[str(row.get("item")), str(row.get("question")), wave] = name
    return found


def _checked_side(questionnaire: Questionnaire, side: str) -> None:
    if side not in questionnaire.sides:
        raise UsageError(f"{side!r} is no side of this sheet; its sides are {' and '.join(questionnaire.sides)}.")


def _path(folder: Path, questionnaire: Questionnaire, side: str, person: str) -> Path:
    return folder / f"{questionnaire.sha256[:12]}-{side}-{person}.journal"


def _paths(folder: Path, questionnaire: Questionnaire, side: str) -> list[Path]:
    return sorted(folder.glob(f"{questionnaire.sha256[:12]}-{side}-*.journal"))


def _journals(folder: Path, questionnaire: Questionnaire, side: str) -> list[tuple[Path, list[dict[str, Any]]]]:
    found = [(path, entries(path, path.read_bytes())[0]) for path in _paths(folder, questionnaire, side)]
    return [(path, rows) for path, rows in found if rows]


def _person(path: Path, rows: list[dict[str, Any]], questionnaire: Questionnaire, side: str) -> Person:
    wanted = {"format": FORMAT, "sheet": questionnaire.sha256, "side": side, "person": path.stem.rsplit("-", 1)[1]}
    for name, value in wanted.items():
        if rows[0].get(name) != value:
            raise BadFileError(f"{path}, line 1: {name} is {str(rows[0].get(name))[:70]!r}; wanted: {value!r}.")
    if rows[0].get("order") not in ORDERS:
        raise BadFileError(f"{path}, line 1: order is {rows[0].get('order')!r}; wanted: {' or '.join(ORDERS)}.")
    consents = [row["consent"] for row in rows if "consent" in row]
    return Person(wanted["person"], side, order=rows[0]["order"], consent=consents[-1:] == [True])


def _given(path: Path, rows: list[dict[str, Any]], questionnaire: Questionnaire) -> dict[tuple[str, str, int], Given]:
    known: Mapping[tuple[str, str], Step] = {
        (step.item.id, step.question): step for step in steps(questionnaire, ORDERS[0])
    }
    found: dict[tuple[str, str, int], Given] = {}
    for number, row in enumerate(rows[1:], 2):
        if "item" not in row and "consent" in row:
            continue
        step, wave = known.get((str(row.get("item")), str(row.get("question")))), row.get("wave")
        value, missing = row.get("value"), row.get("missing")
        if step is None or isinstance(wave, bool) or not isinstance(wave, int) or wave < 1:
            raise BadFileError(f"{path}, line {number}: no question of this sheet (item, question, wave).")
        if (value is None) != (missing in MISSING) or _fault(step, value):
            raise BadFileError(
                f"{path}, line {number}: item {step.item.id!r}, {step.question!r}: no answer of its kind."
            )
        found[step.item.id, step.question, wave] = Given(value, missing or "")
    return found


def _fault(step: Step, value: object) -> bool:
    if value is None:
        return False
    if step.form == "text":
        return not isinstance(value, str) or not 0 < len(value) <= LONGEST_REASON
    return bool(value_fault(step.item, step.question, value))


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
