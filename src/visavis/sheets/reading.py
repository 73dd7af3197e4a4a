"""Answers that come from elsewhere: every row is checked, every fault is kept with its place, none is dropped."""

from __future__ import annotations

import csv
import io
import math
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from visavis.asked import MISSING, Answer, Person, Questionnaire, Reason
from visavis.errors import BadFileError, UsageError
from visavis.names.outside import terminal_text
from visavis.sheets.files import SideAnswers, value_fault
from visavis.sheets.wording import REASONS

__all__ = ["Gathering", "csv_rows", "merged", "number_of"]

_SHOWN = 20


class Gathering:
    """The answers of one file while it is read.

    >>> from visavis.asked import Item, Scale
    >>> item = Item("tea", "t", {"en": "Tea?"}, Scale("s", (1, 2), {}), asks=("own",))
    >>> found = Gathering("a.csv", Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "public", (item,), "00"))
    >>> found.person("line 2", Person("1", "KOR"))
    True
    >>> found.answer("line 2", "KOR", "1", "tea", "own", 3)
    >>> found.sides()
    Traceback (most recent call last):
    visavis.errors.BadFileError: a.csv: 1 fault; nothing was taken from it. Mend it and run this again.
      line 2: value 3 of item 'tea', question 'own': wanted one of 1, 2
    """

    def __init__(self, file: str, questionnaire: Questionnaire) -> None:
        self.file, self.questionnaire = file, questionnaire
        self._items = {item.id: item for item in questionnaire.items}
        self._people: dict[tuple[str, str], Person] = {}
        self._answers: dict[tuple[str, str, str, str, int], Answer] = {}
        self._reasons: dict[tuple[str, str, str, str, int], Reason] = {}
        self._faults: list[str] = []

    def fault(self, place: str, what: str) -> None:
        """Keep a fault; ``place`` says where, as in ``line 12``."""
        self._faults.append(terminal_text(f"{place}: {what}")[:400])

    def person(self, place: str, person: Person) -> bool:
        """Keep a person; all that is said about one must be the same each time. Whether it is good."""
        known = self._people.get((person.side, person.id))
        faults = _person_faults(person, self.questionnaire)
        if known is not None and known != person:
            old, new = asdict(known), asdict(person)
            faults += [
                f"{name} of person {person.id!r} is {new[name]!r} here and {old[name]!r} before"
                for name in new
                if new[name] != old[name]
            ]
        for one in faults:
            self.fault(place, one)
        if not faults:
            self._people[person.side, person.id] = person
        return not faults

    def answer(
        self, place: str, side: str, person: str, item: str, question: str, value: float | str, *, wave: int = 1
    ) -> None:
        """Keep an answer of a person already kept; ``value`` is a code, a number, a cause, or one of ``MISSING``."""
        fault = self._where_asked(item, question)
        if not fault and value not in MISSING:
            wrong = value_fault(self._items[item], question, value)
            fault = f"value {value!r} of item {item!r}, question {question!r}: wanted {wrong}" if wrong else ""
        if not fault and wave < 1:
            fault = f"wave {wave!r}: waves are 1, 2 ..."
        key = (side, person, item, question, wave)
        if not fault and key in self._answers:
            fault = f"person {person!r} answers {question!r} of item {item!r} twice in wave {wave}"
        if fault:
            self.fault(place, fault)
            return
        gone = value in MISSING
        self._answers[key] = Answer(
            side, person, item, question, None if gone else value, str(value) if gone else "", wave
        )

    def reason(self, place: str, side: str, person: str, item: str, which: str, text: str, *, wave: int = 1) -> None:
        """Keep a written reason, under an id drawn by lot; ``which`` is one of ``REASONS``. Empty texts are none."""
        if not text.strip():
            return
        known = self._items.get(item)
        if known is None or not known.reasons:
            self.fault(place, f"item {item!r} asks for no reasons")
            return
        about = side if which == REASONS[0] else next(one for one in self.questionnaire.sides if one != side)
        key = (side, person, item, which, wave)
        if key in self._reasons:
            self.fault(place, f"person {person!r} gives {which!r} of item {item!r} twice in wave {wave}")
            return
        self._reasons[key] = Reason(secrets.token_hex(6), item, side, about, text.strip())

    def sides(self, *, day: str = "", extra: Mapping[str, object] | None = None) -> tuple[SideAnswers, ...]:
        """What was kept, one for each side that has people, in ISO order.

        Who answered nothing in a wave, every row being *not asked*, is left out of it; ``extra["empty"]`` says how
        many people are left out altogether.

        Raises:
            BadFileError: there was a fault, or nobody answered; all faults are counted, the first 20 shown.
        """
        if self._faults:
            shown, n = self._faults[:_SHOWN], len(self._faults)
            rest = f"\n  and {n - _SHOWN} more" if n > _SHOWN else ""
            raise BadFileError(
                f"{self.file}: {n} fault{'s' if n > 1 else ''}; nothing was taken from it. Mend "
                f"{'them' if n > 1 else 'it'} and run this again.\n  " + "\n  ".join(shown) + rest
            )
        given = {(a.side, a.person, a.wave) for a in self._answers.values() if a.missing != "not asked"}
        if not given:
            raise BadFileError(f"{self.file}: holds no answers.")
        found = [self._side(side, given, day, dict(extra or {})) for side in self.questionnaire.sides]
        return tuple(one for one in found if one.people)

    def _side(self, side: str, given: set[tuple[str, str, int]], day: str, extra: dict[str, object]) -> SideAnswers:
        there = {(of, person) for of, person, _ in given}
        here = [person for (of, _), person in self._people.items() if of == side]
        people = tuple(person for person in here if (side, person.id) in there)
        return SideAnswers(
            side,
            self.questionnaire.sha256,
            people,
            tuple(a for a in self._answers.values() if a.side == side and (side, a.person, a.wave) in given),
            tuple(reason for reason in self._reasons.values() if reason.side == side),
            day,
            {**extra, "empty": len(here) - len(people)} if len(here) > len(people) else extra,
        )

    def _where_asked(self, item: str, question: str) -> str:
        if item not in self._items:
            return f"there is no item {item!r}"
        asks = self._items[item].asks
        return "" if question in asks else f"item {item!r} does not ask {question!r}; it asks {', '.join(asks)}"


def merged(parts: Sequence[SideAnswers]) -> tuple[SideAnswers, ...]:
    """Answers of several files as one for each side, in ISO order.

    Raises:
        UsageError: two files hold answers to different questionnaires, or the same person.

    >>> a = SideAnswers("KOR", "00", (Person("1", "KOR"),), (), (), "2024-05-01")
    >>> b = SideAnswers("KOR", "00", (Person("2", "KOR"),), (), (), "2024-05-03")
    >>> [(one.side, len(one.people), one.day) for one in merged((a, b))]
    [('KOR', 2, '2024-05-03')]
    """
    if len({part.sheet for part in parts}) > 1:
        raise UsageError("These files hold answers to different questionnaires. Use files of one questionnaire.")
    found = []
    for side in sorted({part.side for part in parts}):
        own = [part for part in parts if part.side == side]
        people = [person for part in own for person in part.people]
        names = [person.id for person in people]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise UsageError(f"Person {twice[0]!r} of {side} stands in more than one file. Give each file once.")
        found.append(
            replace(
                own[0],
                people=tuple(people),
                answers=tuple(answer for part in own for answer in part.answers),
                reasons=tuple(reason for part in own for reason in part.reasons),
                day=max(part.day for part in own),
                extra={key: value for part in own for key, value in part.extra.items()},
            )
        )
    return tuple(found)


def number_of(text: str) -> float | str:
    """A cell as a whole number, a number, or itself.

    >>> number_of("4"), number_of("2.5"), number_of("situation"), number_of("nan")
    (4, 2.5, 'situation', 'nan')
    """
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value) or "_" in text:
        return text
    return int(value) if value.is_integer() else value


def csv_rows(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a CSV file with the lines they end on; cells are stripped. The header must have the needed columns.

    Raises:
        BadFileError: missing, not UTF-8, no CSV, a column lacking or given twice, or a row of another length.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadFileError(f"{path}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError as error:
        raise BadFileError(f"{path}: not UTF-8 at byte {error.start}. Save it as CSV in UTF-8.") from None
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [cell.strip() for cell in next(reader, [])]
        lacking = [name for name in needed if name not in header]
        if lacking:
            raise BadFileError(f"{path}, line 1: the header lacks {', '.join(lacking)}; it has {header!s:.200}.")
        if len(set(header)) != len(header):
            raise BadFileError(f"{path}, line 1: a column stands there twice, in {header!s:.200}.")
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise BadFileError(f"{path}, line {reader.line_num}: {len(cells)} cells; the header has {len(header)}.")
            yield reader.line_num, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    except csv.Error as error:
        raise BadFileError(f"{path}, line {reader.line_num}: no CSV ({error}).") from None


def _person_faults(person: Person, questionnaire: Questionnaire) -> list[str]:
    faults = []
    if person.side not in questionnaire.sides:
        faults.append(f"side {person.side!r} is not one of {' and '.join(questionnaire.sides)}")
    if not person.id:
        faults.append("person is empty")
    if not 0 < person.weight < math.inf:
        faults.append(f"weight {person.weight!r} of person {person.id!r}; a weight is a number above 0")
    if person.order not in ("own first", "estimate first"):
        faults.append(f"order {person.order!r} of person {person.id!r}; it is 'own first' or 'estimate first'")
    return faults
