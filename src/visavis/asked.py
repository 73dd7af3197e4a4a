"""What people were asked and what they answered: the one form that every joint sheet and every survey takes.

A questionnaire has items; for each item several questions may be put (own view, estimate of the other side ...).
Answers are kept as they were given, one row a person, item and question; :meth:`Asked.matrix` gives them as numbers
from 0 to 1, as the item is worded, and :meth:`Asked.directed` so that all items point the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = [
    "ABOUT_AN_ACT",
    "CAUSES",
    "MISSING",
    "QUESTIONS",
    "Answer",
    "Asked",
    "Item",
    "Objection",
    "Person",
    "Questionnaire",
    "Reason",
    "Scale",
]

_Array = npt.NDArray[np.float64]

QUESTIONS: Mapping[str, str] = {
    "own": "own view",
    "other": "what a typical member of the other side would answer, or how many of 100 there would agree",
    "own_people": "the same about one's own side",
    "felt": "what the other side thinks that one's own side would answer",
    "importance": "how much it matters, 0 to 10",
    "will": "what the other side will do (forecast)",
    "own_standard": "what the other side ought to do, by one's own standard",
    "other_standard": "what the other side itself thinks it ought to do",
    "performance": "how well the other side did by that standard, 0 to 10",
    "cause": "what an act came from: situation, government or society",
    "regret": "0 to 10, after an act",
    "disappointment": "0 to 10, after an act",
    "anger": "0 to 10, after an act",
}
"""What can be asked of an item, with its meaning."""

ABOUT_AN_ACT = ("cause", "regret", "disappointment", "anger")
_ON_THE_SCALE = ("own", "will", "own_standard", "other_standard")
_ESTIMATES = ("other", "own_people", "felt")
CAUSES = ("situation", "government", "society")
MISSING = ("cannot guess", "declined", "not asked")
"""Why there is no answer; *cannot guess* is a finding, never a blank."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Answer codes in order, with their labels in each language. Codes are the key, labels never.

    Args:
        name: name in the questionnaire.
        codes: from the least to the most agreeing.
        labels: by language, one label a code.
        agree: codes that count as agreeing, for estimates given as "how many of 100".
    """

    name: str
    codes: tuple[int, ...]
    labels: Mapping[str, tuple[str, ...]]
    agree: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """One statement or question that both sides answer.

    Args:
        id: lower-case name, unique in the questionnaire.
        topic: items of one topic are pooled.
        text: wording by language.
        scale: how it is answered.
        polarity: 1, or -1 where agreeing points the other way; it counts only where items are pooled.
        role: ``recognition`` (is it a problem?), ``conclusion`` (what should be done?), ``control`` (neutral, to
            measure the pull to the middle), or ``view``.
        pair: recognition and conclusion items of one problem share it; empty otherwise.
        estimate: ``scale`` (what would a typical member answer) or ``percent`` (how many of 100 would agree).
        asks: keys of ``QUESTIONS``.
        reasons: whether each side also writes the other's best reason for its answer.
        known: of a control item, the true share of people who agree, by side (ISO alpha-3), where a census or register
            tells it; else the other side's answers are the truth.
        known_source: where those shares were read.
    """

    id: str
    topic: str
    text: Mapping[str, str]
    scale: Scale
    polarity: int = 1
    role: Literal["view", "recognition", "conclusion", "control"] = "view"
    pair: str = ""
    estimate: Literal["scale", "percent"] = "scale"
    asks: tuple[str, ...] = ("own", "other", "importance")
    reasons: bool = False
    known: Mapping[str, float] = field(default_factory=dict)
    known_source: str = ""


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The items that two sides agreed to answer.

    Args:
        id: its name.
        title: by language.
        sides: two ISO alpha-3 codes in ISO order.
        kind: ``delegation`` (people random, items fixed) or ``public`` (a survey).
        items: in the order in which they are asked.
        sha256: of its canonical JSON, 64 hex digits; both sides must hold the same.
        synthetic: whether answers to it are made up, said wherever they are shown.
    """

    id: str
    title: Mapping[str, str]
    sides: tuple[str, str]
    kind: Literal["delegation", "public"]
    items: tuple[Item, ...]
    sha256: str
    synthetic: bool = False

    def item(self, name: str) -> Item:
        """The item with this id.

        Raises:
            KeyError: there is none.
        """
        for item in self.items:
            if item.id == name:
                return item
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Person:
    """One who answered.

    Args:
        id: unique within the side; never a name.
        side: ISO alpha-3.
        weight: survey weight, above 0; 1 in a delegation.
        stratum: stratum of the sample; empty when unknown.
        psu: primary sampling unit; empty when each person is one.
        order: ``own first`` or ``estimate first``.
        consent: whether the person has agreed in writing to be shown in cells of fewer than five.
    """

    id: str
    side: str
    weight: float = 1.0
    stratum: str = ""
    psu: str = ""
    order: str = "own first"
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was given.

    Args:
        side: of the person, ISO alpha-3.
        person: id of the person.
        item: id of the item.
        question: key of ``QUESTIONS``.
        value: a code of the item's scale, a number of 100 (``percent``), 0 to 10, or a key of ``CAUSES``; None when
            there is none.
        missing: one of ``MISSING`` where ``value`` is None.
        wave: 1, 2 ...: the same items may be asked again after a meeting or an act.
    """

    side: str
    person: str
    item: str
    question: str
    value: float | str | None
    missing: str = ""
    wave: int = 1


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for an answer, written by a member of one side about one of the sides.

    Args:
        id: unique in the sheet.
        item: id of the item.
        side: who wrote it, ISO alpha-3.
        about: whose reason it states; the writer's own side, or the other.
        text: as written; text from outside.
        ratings: by members of the side ``about``, "I would sign this", 0 to 10, given without knowing who wrote it.
    """

    id: str
    item: str
    side: str
    about: str
    text: str
    ratings: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Objection:
    """What a side holds against a number or a sentence; it travels with every export.

    Args:
        side: who objects, ISO alpha-3.
        about: id of the finding.
        text: as written; text from outside.
        day: ``YYYY-MM-DD``.
    """

    side: str
    about: str
    text: str
    day: str


@dataclass(frozen=True)
class Asked:
    """A questionnaire with the answers of both sides, open.

    Args:
        questionnaire: what was asked.
        people: of both sides.
        answers: of both sides, all waves.
        reasons: written reasons with their ratings.
        source: where the answers come from, for a reader.
        as_of: day of the last answer, ``YYYY-MM-DD``.
        objections: what either side holds against what was found.
    """

    questionnaire: Questionnaire
    people: tuple[Person, ...]
    answers: tuple[Answer, ...]
    reasons: tuple[Reason, ...] = ()
    source: str = ""
    as_of: str = ""
    objections: tuple[Objection, ...] = ()

    @property
    def sides(self) -> tuple[str, str]:
        """Both sides in ISO order."""
        return self.questionnaire.sides

    @property
    def waves(self) -> tuple[int, ...]:
        """Waves that have answers, in order."""
        return tuple(sorted({answer.wave for answer in self.answers}))

    def members(self, side: str) -> tuple[Person, ...]:
        """People of a side, in order of their ids."""
        return self._members[side]

    @cached_property
    def _members(self) -> dict[str, tuple[Person, ...]]:
        return {s: tuple(sorted((p for p in self.people if p.side == s), key=lambda p: p.id)) for s in self.sides}

    @cached_property
    def _cells(self) -> dict[tuple[str, str, int], list[Answer]]:
        cells: dict[tuple[str, str, int], list[Answer]] = {}
        for answer in self.answers:
            cells.setdefault((answer.side, answer.question, answer.wave), []).append(answer)
        return cells

    def codes(self, side: str, question: str, *, wave: int = 1) -> _Array:
        """Answers as given; NaN where there is none. Shape (people of the side, items), in the order of ``members``.

        ``cause`` has no number and is not here; see ``given``.
        """
        rows = {person.id: i for i, person in enumerate(self.members(side))}
        columns = {item.id: j for j, item in enumerate(self.questionnaire.items)}
        found = np.full((len(rows), len(columns)), np.nan)
        for answer in self._cells.get((side, question, wave), ()):
            if isinstance(answer.value, int | float):
                found[rows[answer.person], columns[answer.item]] = answer.value
        return found

    def in_wave(self, wave: int) -> Asked:
        """One wave alone, with the people who gave an answer in it."""
        answers = tuple(answer for answer in self.answers if answer.wave == wave)
        gave = {(answer.side, answer.person) for answer in answers if answer.value is not None}
        people = tuple(person for person in self.people if (person.side, person.id) in gave)
        kept = {(person.side, person.id) for person in people}
        return replace(self, people=people, answers=tuple(a for a in answers if (a.side, a.person) in kept))

    def directed(self, side: str, question: str, *, wave: int = 1) -> _Array:
        """As ``matrix``, with items of polarity -1 turned round, so that items can be pooled."""
        found = self.matrix(side, question, wave=wave)
        turned = [item.polarity < 0 for item in self.questionnaire.items]
        found[:, turned] = 1 - found[:, turned]
        return found

    def matrix(self, side: str, question: str, *, wave: int = 1) -> _Array:
        """Answers from 0 to 1 as the items are worded; NaN where there is none. Shape (people, items).

        An item whose estimate is a number of 100 has its own view as 0 or 1: whether the person agrees. Then the mean
        is the share that the other side estimates.
        """
        found = self.codes(side, question, wave=wave)
        for j, item in enumerate(self.questionnaire.items):
            found[:, j] = _recoded(found[:, j], item, question)
        return found

    def given(self, side: str, question: str, item: str, *, wave: int = 1) -> list[Answer]:
        """The answers themselves, missing ones included."""
        return [answer for answer in self._cells.get((side, question, wave), ()) if answer.item == item]


def _recoded(column: _Array, item: Item, question: str) -> _Array:
    known = ~np.isnan(column)
    out = np.full(len(column), np.nan)
    if question in _ESTIMATES and item.estimate == "percent":
        out[known] = column[known] / 100
    elif question in (*_ON_THE_SCALE, *_ESTIMATES):
        if question == "own" and item.estimate == "percent":
            out[known] = np.isin(column[known], list(item.scale.agree))
        else:
            place = {code: i for i, code in enumerate(item.scale.codes)}
            out[known] = [place[int(code)] / (len(place) - 1) for code in column[known]]
    else:
        return column / 10
    return out
