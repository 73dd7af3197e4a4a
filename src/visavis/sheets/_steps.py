"""What is asked of one person in which order, and what a typed answer means."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from visavis.asked import Item, Questionnaire
from visavis.errors import UsageError
from visavis.names.outside import terminal_text
from visavis.sheets.files import value_fault
from visavis.sheets.wording import REASONS, form, questions_in_order

__all__ = ["LONGEST_REASON", "ORDERS", "Step", "order_of", "parsed", "steps"]

ORDERS = ("own first", "estimate first")
LONGEST_REASON = 2000  # characters


@dataclass(frozen=True, slots=True)
class Step:
    """One question put about one item; ``question`` is one of ``QUESTIONS`` or ``REASONS`` (a text)."""

    item: Item
    question: str

    @property
    def form(self) -> Literal["scale", "percent", "ten", "cause", "text"]:
        """How it is answered: a code of the scale, a number of 100, 0 to 10, a cause, or a text."""
        return "text" if self.question in REASONS else form(self.item, self.question)

    @property
    def codes(self) -> tuple[int, ...]:
        """The numbers to choose from: those of the scale, or 0 to 10; empty for every other form."""
        return {"scale": self.item.scale.codes, "ten": tuple(range(11))}.get(self.form, ())


def order_of(person: str) -> str:
    """Whether this person is asked their own view first: half of all ids are, by the first bit of a hash of the id.

    >>> order_of("k7m2qx9a")
    'own first'
    """
    return ORDERS[hashlib.sha256(f"visavis order 1\n{person}".encode()).digest()[0] >> 7]


def steps(questionnaire: Questionnaire, order: str) -> tuple[Step, ...]:
    """All questions in the order in which they are put: item by item, the reasons after the rest.

    Own view and estimate change places by ``order``.

    >>> from visavis.asked import Scale
    >>> item = Item("a", "t", {"en": "?"}, Scale("s", (1, 2), {}))
    >>> sheet = Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "delegation", (item,), "0" * 64)
    >>> [step.question for step in steps(sheet, "estimate first")]
    ['other', 'own', 'importance']
    """
    found = []
    for item in questionnaire.items:
        found += [Step(item, question) for question in questions_in_order(item, order)]
        if item.reasons:
            found += [Step(item, question) for question in (REASONS if order == ORDERS[0] else REASONS[::-1])]
    return tuple(found)


def parsed(step: Step, text: str) -> float | str:
    """The value that a person typed for a step.

    Raises:
        UsageError: it is none that the step takes; the message says which it takes.

    >>> from visavis.asked import Scale
    >>> parsed(Step(Item("a", "t", {"en": "?"}, Scale("s", (1, 2), {})), "own"), " 2 ")
    2
    """
    text = terminal_text(text)
    if step.form == "text":
        if not text or len(text) > LONGEST_REASON:
            raise UsageError(f"A reason has 1 to {LONGEST_REASON} characters; this one has {len(text)}.")
        return text
    value: float | str = text
    if step.form != "cause":
        try:
            value = float(text)
        except ValueError:
            value = text
        if isinstance(value, float) and value.is_integer():
            value = int(value)
    fault = value_fault(step.item, step.question, value)
    if not fault and step.codes and value not in step.codes:
        fault = f"one of {', '.join(map(str, step.codes))}"
    if fault:
        raise UsageError(f"{text[:40]!r} is no answer here; wanted: {fault}.")
    return value
