"""A made-up joint sheet with known truth: to learn the steps on, and to test that they bring the truth back.

The people do not exist. The questionnaire carries ``synthetic = true``, and everything made from it says so.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from visavis.asked import CAUSES, Answer, Asked, Item, Person, Questionnaire, Reason
from visavis.errors import UsageError
from visavis.models.simulate_twins import Truth, mirrored_items, twin_delegations
from visavis.sheets._journal import write_private
from visavis.sheets.files import SideAnswers, body_of, joined
from visavis.sheets.new import new_sheet
from visavis.sheets.questionnaire import read_questionnaire

__all__ = ["Twin", "twin", "write_twin"]

_Array = npt.NDArray[np.float64]
_PULL, _TRUTH, _MIRROR = 0.6, 0.35, 0.4
SOURCE = "Made-up (synthetic) answers of visavis; no such people exist"


@dataclass(frozen=True)
class Twin:
    """A made-up sheet and the truth about it.

    Args:
        asked: the answers of both sides.
        truth: by item with an own view and an estimate, control items apart: means, weights, states.
        items: those items.
        pull: weight of the truth in guesses of the control items on the logit scale (gamma).
    """

    asked: Asked
    truth: Truth
    items: tuple[str, ...]
    pull: float = _PULL


def twin(questionnaire: Questionnaire, people: tuple[int, int] = (12, 12), *, seed: int = 1) -> Twin:
    """Answers of made-up people to a questionnaire, with truth weight .35 and mirror weight .4.

    Args:
        questionnaire: one that says that it is synthetic.
        people: how many on each side, 2 or more.
        seed: of the chance in it.

    Raises:
        UsageError: the questionnaire does not say that it is synthetic: made-up answers must never pass for real ones.
    """
    if not questionnaire.synthetic:
        raise UsageError(f"{questionnaire.id}: made-up answers need a questionnaire with 'synthetic = true'.")
    rng = np.random.default_rng(seed)
    items = [i for i in questionnaire.items if i.role != "control" and {"own", "other"} <= set(i.asks)]
    truth = mirrored_items(len(items), rng=rng, t=_TRUTH, p=_MIRROR)
    drawn = twin_delegations(truth, people, rng=rng)
    sides = []
    for place, (side, answers, n) in enumerate(zip(questionnaire.sides, drawn, people, strict=True)):
        persons = tuple(
            Person(f"p{i + 1:03}", side, order="own first" if i % 2 else "estimate first", consent=True)
            for i in range(n)
        )
        maker = _Maker(questionnaire, side, persons, rng)
        rows = [*maker.views(items, answers.own, answers.other, truth.own[place])]
        for item in questionnaire.items:
            rows += maker.control(item) if item.role == "control" else maker.others(item)
        sides.append(
            SideAnswers(
                side, questionnaire.sha256, persons, tuple(rows), tuple(maker.reasons()), dt.date.today().isoformat()
            )
        )
    asked = joined(questionnaire, *sides, source=SOURCE)
    return Twin(asked, truth, tuple(item.id for item in items))


def write_twin(folder: Path, first: str, second: str, *, seed: int = 1) -> list[Path]:
    """Write a made-up sheet: the questionnaire, the answers of each side (still to be sealed), and the truth.

    Raises:
        UsageError: the folder is there already and not empty.

    >>> import tempfile
    >>> [path.name for path in write_twin(Path(tempfile.mkdtemp()), "SWE", "NOR")]
    ['sheet.toml', 'NOR.answers.json', 'SWE.answers.json', 'truth.json']
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is there already and not empty. Name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    sheet = folder / "sheet.toml"
    new_sheet("bilateral-security", first, second, sheet)
    text = sheet.read_text(encoding="utf-8")
    sheet.write_text(text.replace("\nkind = ", "\nsynthetic = true\nkind = ", 1), encoding="utf-8")
    questionnaire = read_questionnaire(sheet)
    made = twin(questionnaire, seed=seed)
    written = [sheet]
    for side in questionnaire.sides:
        mine = tuple(answer for answer in made.asked.answers if answer.side == side)
        reasons = tuple(reason for reason in made.asked.reasons if reason.side == side)
        tree = body_of(
            SideAnswers(side, questionnaire.sha256, made.asked.members(side), mine, reasons, made.asked.as_of)
        )
        written.append(_json(folder / f"{side}.answers.json", tree))
    known = {"items": list(made.items), "t": made.truth.t, "p": made.truth.p, "pull": made.pull}
    known |= {
        "own": made.truth.own.tolist(),
        "estimate": made.truth.estimate.tolist(),
        "sides": list(questionnaire.sides),
    }
    return [*written, _json(folder / "truth.json", {"synthetic": True, **known})]


def _json(path: Path, tree: object) -> Path:
    write_private(path, json.dumps(tree, ensure_ascii=False, indent=1, sort_keys=True).encode())
    return path


class _Maker:
    """Answers of one side's made-up people."""

    def __init__(
        self, questionnaire: Questionnaire, side: str, people: tuple[Person, ...], rng: np.random.Generator
    ) -> None:
        self.sheet, self.side, self.people, self.rng = questionnaire, side, people, rng
        self.other = next(one for one in questionnaire.sides if one != side)

    def views(self, items: list[Item], own: _Array, other: _Array, mean: _Array) -> Iterator[Answer]:
        """Own views and estimates as drawn; what people think of their own side scatters around its mean."""
        for column, item in enumerate(items):
            near = np.clip(mean[column] + self.rng.normal(0, 0.12, len(self.people)), 0, 1)
            drawn = {"own": own[:, column], "other": other[:, column], "own_people": near, "felt": near[::-1]}
            for question in (q for q in item.asks if q in drawn):
                yield from self._each(item, question, [self._code(item, question, v) for v in drawn[question]])

    def control(self, item: Item) -> Iterator[Answer]:
        """A share that is known, and guesses of it pulled to the middle."""
        true = {
            side: float(np.random.default_rng(len(item.id) + i).uniform(0.1, 0.9))
            for i, side in enumerate(self.sheet.sides)
        }
        own = [float(self.rng.uniform() < true[self.side]) for _ in self.people]
        middle = expit(_PULL * logit(true[self.other]))
        guesses = np.clip(middle + self.rng.normal(0, 0.08, len(self.people)), 0, 1)
        for question, values in (("own", own), ("other", guesses)):
            yield from self._each(item, question, [self._code(item, question, v) for v in values])

    def others(self, item: Item) -> Iterator[Answer]:
        """Everything else that an item asks."""
        levels = {q: self.rng.uniform(0.3, 0.7) for q in item.asks}
        for question in (q for q in item.asks if q not in ("own", "other", "own_people", "felt")):
            if question == "cause":
                yield from self._each(item, question, [str(self.rng.choice(CAUSES)) for _ in self.people])
            elif question in ("will", "own_standard", "other_standard"):
                drawn = np.clip(levels[question] + self.rng.normal(0, 0.2, len(self.people)), 0, 1)
                yield from self._each(item, question, [self._code(item, question, v) for v in drawn])
            else:
                drawn = np.clip(np.rint(10 * levels[question] + self.rng.normal(0, 1.5, len(self.people))), 0, 10)
                yield from self._each(item, question, [float(v) for v in drawn])

    def reasons(self) -> Iterator[Reason]:
        """One own and one ascribed reason for each item that asks for them."""
        for item in (i for i in self.sheet.items if i.reasons):
            for about, whose in ((self.side, "own"), (self.other, "the other side's")):
                text = f"(Made up) {whose} reason for the answer to {item.id}."
                yield Reason(f"{self.side}-{item.id}-{about}", item.id, self.side, about, text)

    def _each(self, item: Item, question: str, values: list[float | str]) -> Iterator[Answer]:
        for person, value in zip(self.people, values, strict=True):
            yield Answer(self.side, person.id, item.id, question, value)

    def _code(self, item: Item, question: str, value: float) -> float:
        """A code of the scale whose mean over people is the value: rounded up or down by chance."""
        value = 1 - value if item.polarity < 0 else value
        if item.estimate == "percent" and question in ("other", "own_people", "felt"):
            return float(np.floor(100 * value + self.rng.uniform()))
        if item.estimate == "percent" and question == "own":
            agree = self.rng.uniform() < value
            return float(self.rng.choice([c for c in item.scale.codes if (c in item.scale.agree) == agree]))
        place = int(np.floor((len(item.scale.codes) - 1) * value + self.rng.uniform()))
        return float(item.scale.codes[min(place, len(item.scale.codes) - 1)])
