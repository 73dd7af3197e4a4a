"""One joint sheet as findings see it: who answered, both sides as arrays, and where the numbers come from."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

import visavis
from visavis.asked import Asked, Item
from visavis.finding import Number, Provenance, Term
from visavis.models._perception import Figure
from visavis.models.coorientation import Coorientation, Side, coorientation
from visavis.models.intervals import Estimate
from visavis.models.replicates import Replicates, jackknife, rao_wu, vary

__all__ = ["FEW", "MARGIN", "Sheet", "label", "mean", "points", "share", "worded", "wording"]

_Array = npt.NDArray[np.float64]
MARGIN = 0.1
"""A difference of up to ten points of 100 counts as none."""
FEW = 6  # people of a side, below which answers are listed and nothing is estimated
_HIDDEN = 5  # people behind a cell, below which it is not shown
_STEPS = {"percentage points": 5.0, "points": 5.0, "of 10": 0.5}  # else parts of 1
_PUBLIC = 100  # effective answers, below which a survey is treated as a delegation


@dataclass(frozen=True)
class Sheet:
    """A sheet in one wave.

    Args:
        asked: the answers of both sides.
        wave: which wave.
    """

    asked: Asked
    wave: int = 1

    @property
    def name(self) -> str:
        """Name of the questionnaire, for the ids of findings."""
        return self.asked.questionnaire.id

    @property
    def sides(self) -> tuple[str, str]:
        """Both sides in ISO order."""
        return self.asked.sides

    @property
    def terms(self) -> dict[str, Term]:
        """The two countries as ``a`` and ``b``."""
        return {"a": Term("country", self.sides[0]), "b": Term("country", self.sides[1])}

    @cached_property
    def size(self) -> Literal["few", "delegation", "public"]:
        """How it may be read: answers only, people as a sample of a delegation, or of a public."""
        people = [len(self.asked.members(side)) for side in self.sides]
        if min(people) < FEW:
            return "few"
        if self.asked.questionnaire.kind == "delegation":
            return "delegation"
        effective = [_kish(np.array([p.weight for p in self.asked.members(side)])) for side in self.sides]
        return "public" if min(effective) >= _PUBLIC else "few"

    @cached_property
    def items(self) -> list[Item]:
        """Items to which enough people of both sides gave an own view and an estimate, without control items."""
        return [item for item in self.asking if all(self._enough(item, side) for side in self.sides)]

    @cached_property
    def asking(self) -> list[Item]:
        """Items that ask for an own view and an estimate of the other side, without control items."""
        asked = [i for i in self.asked.questionnaire.items if i.role != "control"]
        return [item for item in asked if {"own", "other"} <= set(item.asks)]

    def _enough(self, item: Item, side: str) -> bool:
        """Six people or more, or of a public a hundred effective ones, behind both questions."""
        weights = np.array([p.weight for p in self.asked.members(side)])
        for question in ("own", "other"):
            gave = ~np.isnan(self.matrix(side, question, [item])[:, 0])
            if gave.sum() < FEW or (self.size == "public" and _kish(weights[gave]) < _PUBLIC):
                return False
        return True

    def columns(self, items: list[Item]) -> list[int]:
        """Their columns in the answers."""
        order = [item.id for item in self.asked.questionnaire.items]
        return [order.index(item.id) for item in items]

    def matrix(self, side: str, question: str, items: list[Item] | None = None) -> _Array:
        """Answers from 0 to 1 as worded, (people, items)."""
        columns = self.columns(self.items if items is None else items)
        return self.asked.matrix(side, question, wave=self.wave)[:, columns]

    def directed(self, side: str, question: str) -> _Array:
        """Answers from 0 to 1, all items turned the same way, so that they can be pooled; (people, items)."""
        return self.asked.directed(side, question, wave=self.wave)[:, self.columns(self.items)]

    @cached_property
    def replicates(self) -> dict[str, Replicates]:
        """Weights of each side's people: Rao-Wu for a public, the jackknife for a delegation."""
        return {side: self._replicates(side) for side in self.sides}

    def _replicates(self, side: str) -> Replicates:
        people = self.asked.members(side)
        if self.size != "public":
            return jackknife(len(people))
        psus = [p.psu or f"person {p.id}" for p in people]
        return rao_wu([p.weight for p in people], [p.stratum for p in people], psus, rng=self.rng(side))

    def rng(self, purpose: str) -> np.random.Generator:
        """Draws that are the same for the same sheet, whichever side is named first."""
        seed = hashlib.sha256(f"{self.asked.questionnaire.sha256} {self.wave} {purpose}".encode()).digest()
        return np.random.default_rng(int.from_bytes(seed[:8], "big"))

    def directed_side(self, country: str) -> Side:
        """One side's answers for models that pool items."""
        own, other = (self.directed(country, name) for name in ("own", "other"))
        return Side(own, other, self.replicates[country])

    def side(self, country: str) -> Side:
        """One side's answers, item by item, ready for the models."""
        extra = {name: self.matrix(country, name) for name in ("own_people", "felt")}
        known = {name: answers for name, answers in extra.items() if not np.isnan(answers).all()}
        own, other = (self.matrix(country, name) for name in ("own", "other"))
        return Side(own, other, self.replicates[country], known.get("own_people"), known.get("felt"))

    @cached_property
    def found(self) -> Coorientation:
        """Both sides compared, item by item.

        Raises:
            NoDataError: no item has enough answers on both sides.
        """
        return coorientation(self.side(self.sides[0]), self.side(self.sides[1]), rng=self.rng("states"), margin=MARGIN)

    def provenance(self, **parameters: object) -> Provenance:
        """Where the numbers come from."""
        sheet, people = self.asked.questionnaire, [len(self.asked.members(side)) for side in self.sides]
        made_up = "made up (synthetic), " if sheet.synthetic else ""
        told = {"people": f"{people[0]} of {self.sides[0]}, {people[1]} of {self.sides[1]}", "margin": f"{MARGIN:g}"}
        told |= {"read as": "listed only" if self.size == "few" else self.size, "wave": str(self.wave)}
        return Provenance(
            source=f"sheet {sheet.id}",
            streams=(sheet.id,),
            version=sheet.sha256,
            files=(),
            licence=f"{made_up}answers of the people asked; to be passed on only as the two sides agreed",
            citation=self.asked.source or f"{sheet.title.get('en', sheet.id)}. Joint sheet {sheet.id}.",
            as_of=self.asked.as_of or dt.date.today().isoformat(),
            rows_read=len(self.asked.answers),
            rows_refused=0,
            parameters={**told, **{k: str(v) for k, v in parameters.items()}},
            visavis=visavis.__version__,
        )

    def shown(self, item: Item) -> bool:
        """Whether figures of single items may be shown: with a share of two answers, five people behind either."""
        return all(self._shown(item, side) for side in self.sides)

    def _shown(self, item: Item, side: str) -> bool:
        answers = self.matrix(side, "own", [item])[:, 0]
        given = answers[~np.isnan(answers)]
        if self.consented(side):
            return True
        if item.estimate == "percent" or len(item.scale.codes) == 2:
            return bool(min(np.sum(given < 0.5), np.sum(given >= 0.5)) >= _HIDDEN)
        return len(given) >= _HIDDEN

    def told(self, number: Number) -> Number:
        """A figure of a single item as it may be told: of small groups without consent, in steps of five of a hundred.

        An exact mean of few people, with its interval and their number, leaves only a few ways to have answered.
        """
        if self.size == "public" or all(self.consented(side) for side in self.sides):
            return number
        step = _STEPS.get(number.unit, 0.05)
        ends = (
            None if x is None else round(step * round(x / step), 4) for x in (number.value, number.low, number.high)
        )
        value, low, high = ends
        return Number(value, number.unit, low, high, number.n, number.level)

    def consented(self, side: str) -> bool:
        """Whether all people of a side have agreed in writing to be shown in small cells."""
        return all(person.consent for person in self.asked.members(side))


def wording(item: Item) -> Term:
    """An item's own words, in each language that its authors wrote it in."""
    return worded(item.text)


def label(item: Item, at: int) -> Term:
    """The label of an answer, in each language; the code itself where it has none."""
    labels = {lang: texts[at] for lang, texts in item.scale.labels.items() if at < len(texts)}
    return worded(labels or {"": str(item.scale.codes[at])})


def worded(texts: Mapping[str, str]) -> Term:
    """A text that its authors wrote in several languages; in English where a reader's language is not among them."""
    lang = "en" if texts.get("en") else next(iter(texts))
    return Term("outside", texts[lang], lang, also=tuple((other, text) for other, text in texts.items() if text))


def share(found: Figure | Estimate, unit: str = "share of the scale", level: float = 0.95) -> Number:
    """A mean as a number of percent, its interval cut at 0 and 1."""
    estimate = found.estimate(level) if isinstance(found, Figure) else found
    low, high = max(0.0, estimate.low), min(1.0, estimate.high)
    return Number(estimate.value, unit, low, high, estimate.n, estimate.level)


def points(found: Figure, *, sign: float = 1.0, level: float = 0.95) -> Number:
    """A difference in points of 100, with its sign."""
    estimate = found.estimate(level)
    low, high = sorted((sign * estimate.low, sign * estimate.high))
    low, high = max(-1.0, low), min(1.0, high)
    return Number(sign * estimate.value, "change in share of the scale", low, high, estimate.n, level)


def mean(answers: _Array, people: Replicates) -> Figure:
    """Weighted mean of a column over those who answered, (people,); two answers or more."""
    known = ~np.isnan(answers)
    filled = np.where(known, answers, 0.0)
    varied = vary(lambda w: np.array([w @ filled / max(w @ known, 1e-12)]), people)
    n, se = int(known.sum()), float(varied.se()[0])
    # Where all agree, replicates show no scatter: then as with one more answer at either end of the scale.
    return Figure(float(varied.value[0]), se if se > 1e-7 else 0.5 / (n + 2), min(varied.df, n - 1), n)


def _kish(weights: _Array) -> float:
    return float(weights.sum() ** 2 / (weights**2).sum()) if len(weights) else 0.0
