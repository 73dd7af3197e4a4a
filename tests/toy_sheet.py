"""Made-up questionnaires and answers, with what is true of them known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from visavis.asked import Answer, Asked, Item, Person, Questionnaire, Reason, Scale
from visavis.sheets.questionnaire import questionnaire_of, tree_of

AGREE = Scale("agree", (1, 2, 3, 4, 5), {"en": ("no", "rather no", "neither", "rather yes", "yes")}, frozenset({4, 5}))
YES_NO = Scale("yes-no", (0, 1), {"en": ("no", "yes")}, frozenset({1}))


def toy_item(name: str, **fields: Any) -> Item:
    """An item on five points that asks for own view, estimate and importance."""
    return Item(name, fields.pop("topic", "t"), {"en": f"Is {name} so?"}, fields.pop("scale", AGREE), **fields)


def toy_sheet(items: Sequence[Item], *, kind: str = "delegation", synthetic: bool = False) -> Questionnaire:
    """A questionnaire of Japan and South Korea."""
    plain = Questionnaire("toy", {"en": "Toy"}, ("JPN", "KOR"), kind, tuple(items), "", synthetic)  # type: ignore[arg-type]
    return questionnaire_of(tree_of(plain), "toy")


def toy_asked(
    items: Sequence[Item],
    levels: Mapping[tuple[str, str, str], float],
    *,
    people: int = 12,
    spread: float = 0.05,
    waves: Sequence[int] = (1,),
    seed: int = 1,
    reasons: Sequence[Reason] = (),
    **sheet: Any,
) -> Asked:
    """Answers whose means are ``levels[side, item, question]``, 0 to 1; what has no level is not answered."""
    rng = np.random.default_rng(seed)
    questionnaire = toy_sheet(items, **sheet)
    members = [
        Person(f"p{i:04}", side, order=("own first", "estimate first")[i % 2])
        for side in questionnaire.sides
        for i in range(people)
    ]
    answers = []
    for person in members:
        for item in items:
            for question in item.asks:
                for wave in waves:
                    level = levels.get((person.side, item.id, question), levels.get((person.side, "*", question)))
                    if level is not None:
                        value = _value(item, question, float(np.clip(level + rng.normal(0, spread), 0, 1)), rng)
                        answers.append(Answer(person.side, person.id, item.id, question, value, wave=wave))
    return Asked(questionnaire, tuple(members), tuple(answers), tuple(reasons), "made up for a test", "2026-01-31")


def _value(item: Item, question: str, level: float, rng: np.random.Generator) -> float | str:
    if question in ("importance", "performance", "regret", "disappointment", "anger"):
        return round(10 * level, 1)
    if question == "cause":
        return "situation" if level < 0.5 else "government"
    if item.estimate == "percent" and question in ("other", "own_people", "felt"):
        return round(100 * level)
    codes = item.scale.codes
    return float(codes[int(min(len(codes) - 1, np.floor((len(codes) - 1) * level + rng.uniform())))])
