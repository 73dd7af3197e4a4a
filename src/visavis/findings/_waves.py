"""The same items before and after a meeting or an act: what moved, person by person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.asked import Item, Person
from visavis.finding import Finding, Message, Number, Term, Verdict
from visavis.findings._sheet import FEW, Sheet, points
from visavis.models._perception import Columns, Figure
from visavis.models.replicates import Replicates, jackknife, vary

__all__ = ["waves"]

_Array = npt.NDArray[np.float64]
_PUBLIC = 100  # effective people in both waves, below which a survey's change is not told


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Answers to one question from the people of one side who gave both, NaN elsewhere, (people, items)."""

    before: _Array
    after: _Array

    @property
    def both(self) -> npt.NDArray[np.bool_]:
        return ~np.isnan(self.before)

    def change(self, rows: npt.NDArray[np.bool_]) -> _Array:
        return self.after[rows] - self.before[rows]


@dataclass(frozen=True, slots=True)
class _Changes:
    """Points by which errors fell about one truth, by which they fell about that of each wave, and own views moved."""

    closer: Figure
    each: Figure
    moved: Figure


def waves(sheet: Sheet) -> list[Finding]:
    """For each side, how its own views and its errors about the other moved between the first and the last wave.

    On both sides only people who answered in both waves count. The verdict is about estimates measured in both waves
    against the same truth, the other side's last answers: a side that changed no guess has come no closer, however
    the other moved. Part of any such change is regression to the mean; a control group or a second wave before the
    meeting is what tells it apart, and the finding says so.
    """
    if len(sheet.asked.waves) < 2:
        return []
    pairs = zip(sheet.sides, reversed(sheet.sides), strict=True)
    return [_finding(sheet, side, other) for side, other in pairs]


def _finding(sheet: Sheet, side: str, other: str) -> Finding:
    ends = (sheet.asked.waves[0], sheet.asked.waves[-1])
    terms = {"source": Term("country", side), "target": Term("country", other)}
    found = _changes(sheet, side, other)
    details: tuple[Message, ...] = ()
    caveats: tuple[Message, ...] = ()
    verdict = Verdict.NO_DATA
    if isinstance(found, str):
        needed = _PUBLIC if sheet.size == "public" else FEW
        message = Message(found, {"needed": Number(needed, "people")}, terms)
    else:
        near = found.closer.estimate()
        clear = near.low > 0 or near.high < 0
        verdict = (Verdict.HOLDS if near.low > 0 else Verdict.DOES_NOT_HOLD) if clear else Verdict.UNDECIDED
        numbers = {"moved": points(found.moved), "closer": points(found.closer)}
        numbers["people"] = Number(found.closer.n, "people")
        message = Message("understanding.waves", numbers, terms)
        details = (Message("understanding.waves.truth", {"closer": points(found.each)}, terms),)
        caveats = (Message("understanding.waves.regression"), *_left_out(sheet))
    return Finding(
        id=f"understanding.waves.{sheet.name}.{side}",
        chapter="understanding",
        message=message,
        verdict=verdict,
        provenance=sheet.provenance(waves=f"{ends[0]} and {ends[1]}"),
        details=details,
        caveats=caveats,
        actor=side,
        group=f"waves.{sheet.name}",
    )


def _changes(sheet: Sheet, side: str, other: str) -> _Changes | str:
    """What changed on one side, or the key of the message that says why it cannot be told."""
    truth = _pairs(sheet, other, "own", sheet.asking)
    weights = sheet.replicates[other].weights
    known = [j for j in range(truth.both.shape[1]) if _enough(weights[truth.both[:, j]], sheet)]
    if not known:
        return "understanding.waves.others"
    items = [sheet.asking[j] for j in known]
    truth, guess, own = (_Pairs(p.before[:, known], p.after[:, known]) for p in (truth, *_asked(sheet, side)))
    told = np.asarray(truth.both.any(axis=1))
    rows = np.asarray(guess.both.any(axis=1) & own.both.any(axis=1))
    if not _enough(sheet.replicates[side].weights[rows], sheet):
        return "understanding.waves.few"
    people, others = _panel(sheet, side, rows), _panel(sheet, other, told)
    truths = [Columns(answers[told], others.weights) for answers in (truth.before, truth.after)]
    turned = np.array([item.polarity for item in items], dtype=np.float64)
    moved = _row_means(own.change(rows) * turned)
    before, after = guess.before[rows], guess.after[rows]

    def changes(weights: _Array, other_weights: _Array) -> _Array:
        first, last = (columns.means(other_weights) for columns in truths)
        now = np.abs(after - last)
        closer, each = (_row_means(np.abs(before - then) - now) for then in (last, first))
        weights = weights if weights.sum() > 0 else people.weights
        return np.array([weights @ change / weights.sum() for change in (closer, each, moved)])

    varied = vary(changes, people, others)
    n = int(rows.sum())
    # Where all changed alike, replicates show no scatter: then as with one more answer at either end of the scale.
    errors = [se if se > 1e-7 else 0.5 / (n + 2) for se in varied.se()]
    figures = zip(varied.value, errors, strict=True)
    return _Changes(*(Figure(float(value), float(se), varied.df, n) for value, se in figures))


def _asked(sheet: Sheet, side: str) -> tuple[_Pairs, _Pairs]:
    return _pairs(sheet, side, "other", sheet.asking), _pairs(sheet, side, "own", sheet.asking)


def _pairs(sheet: Sheet, side: str, question: str, items: list[Item]) -> _Pairs:
    ends = (sheet.asked.waves[0], sheet.asked.waves[-1])
    before, after = (sheet.asked.matrix(side, question, wave=wave)[:, sheet.columns(items)] for wave in ends)
    both = ~np.isnan(before) & ~np.isnan(after)
    return _Pairs(np.where(both, before, np.nan), np.where(both, after, np.nan))


def _enough(weights: _Array, sheet: Sheet) -> bool:
    """Six people, or of a public a hundred effective ones."""
    if sheet.size != "public" or len(weights) < FEW:
        return len(weights) >= FEW
    return bool(weights.sum() ** 2 / (weights**2).sum() >= _PUBLIC)


def _panel(sheet: Sheet, side: str, rows: npt.NDArray[np.bool_]) -> Replicates:
    """Replicates of the people who answered in both waves."""
    if sheet.size != "public":
        return jackknife(int(rows.sum()))
    whole = sheet.replicates[side]
    members = [person for person, kept in zip(sheet.asked.members(side), rows, strict=True) if kept]
    return Replicates(whole.weights[rows], whole.replicates[:, rows], whole.scale, min(whole.df, _df(members)))


def _df(members: Sequence[Person]) -> float:
    units = {(person.stratum, person.psu or f"person {person.id}") for person in members}
    return float(max(1, len(units) - len({person.stratum for person in members})))


def _row_means(change: _Array) -> _Array:
    """Mean of each row over what is known, (people,)."""
    known = ~np.isnan(change)
    return np.asarray(np.where(known, change, 0.0).sum(axis=1) / known.sum(axis=1), dtype=np.float64)


def _left_out(sheet: Sheet) -> tuple[Message, ...]:
    """That people came or went between the waves, where they did, and how many stayed."""
    ends = (sheet.asked.waves[0], sheet.asked.waves[-1])
    numbers = {}
    for end, side in zip("ab", sheet.sides, strict=True):
        there = [
            {a.person for a in sheet.asked.answers if (a.side, a.wave) == (side, wave) and a.value is not None}
            for wave in ends
        ]
        numbers[f"stayed_{end}"] = Number(len(there[0] & there[1]), "people")
        numbers[f"all_{end}"] = Number(len(there[0] | there[1]), "people")
    if all(numbers[f"stayed_{end}"].value == numbers[f"all_{end}"].value for end in "ab"):
        return ()
    return (Message("understanding.waves.members", numbers, sheet.terms),)
