"""What moved between two waves: chance decides nothing, and neither does who came or went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from tests.toy_sheet import toy_item, toy_sheet

from visavis.asked import Answer, Asked, Person
from visavis.finding import Finding, Verdict
from visavis.findings._sheet import Sheet
from visavis.findings._waves import waves
from visavis.names.messages import say

A, B = "JPN", "KOR"
Array = npt.NDArray[np.float64]


def _codes(level: Array) -> list[int]:
    return [int(code) + 1 for code in np.clip(np.rint(4 * level), 0, 4)]


def _told(asked: Asked, side: str = A) -> Finding:
    return {f.actor: f for f in waves(Sheet(asked, asked.waves[-1]))}[side]


def _answers(side: str, person: str, question: str, codes: Sequence[int], wave: int) -> list[Answer]:
    return [Answer(side, person, f"i{j}", question, code, wave=wave) for j, code in enumerate(codes)]


def _made(seed: int, *, people: int = 8, items: int = 20, shift: float = 0.0, nearer: float = 0.0) -> Asked:
    """Both sides answer twice with fresh noise; South Korea's views shift, Japan's guesses come nearer."""
    rng = np.random.default_rng(seed)
    levels = {side: rng.uniform(0.3, 0.6, items) for side in (A, B)}
    members, answers = [], []
    for side, other in ((A, B), (B, A)):
        start = np.full(items, 0.85)
        for name in (f"p{k}" for k in range(people)):
            members.append(Person(name, side))
            base = rng.normal(0, 0.12, items)
            for wave in (1, 2):
                late = wave == 2
                own = levels[side] + base + rng.normal(0, 0.2, items) + (shift if late and side == B else 0.0)
                guess = start + (nearer * (levels[other] - start) if late and side == A else 0.0)
                answers += _answers(side, name, "own", _codes(own), wave)
                answers += _answers(side, name, "other", _codes(guess + rng.normal(0, 0.15, items)), wave)
    return Asked(toy_sheet([toy_item(f"i{j}") for j in range(items)]), tuple(members), tuple(answers))


def test_where_nothing_changed_a_verdict_falls_about_one_time_in_twenty_at_most() -> None:
    for people, items in ((8, 2), (8, 20), (12, 20)):
        told = [f for seed in range(60) for f in waves(Sheet(_made(seed, people=people, items=items), 2))]
        decided = np.mean([f.verdict is not Verdict.UNDECIDED for f in told])
        assert decided <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / len(told)), (people, items)


def test_guesses_that_come_nearer_are_found_and_those_of_the_other_side_are_not() -> None:
    told = [_told(_made(seed, nearer=1.0, people=12)) for seed in range(10)]
    assert sum(f.verdict is Verdict.HOLDS for f in told) >= 8
    assert not any(f.verdict is Verdict.DOES_NOT_HOLD for f in told)


def _fixed_guess(seed: int, *, replaced: bool, shift: float = 0.0, people: int = 8) -> Asked:
    """Japan repeats its guesses; South Korea's people are replaced, or stay and shift."""
    rng = np.random.default_rng(seed)
    members, answers = [], []
    for name in (f"p{k}" for k in range(people)):
        members.append(Person(name, A))
        guess = _codes(rng.uniform(0, 1, 4))
        for wave in (1, 2):
            answers += _answers(A, name, "own", _codes(rng.uniform(0, 1, 4)), wave)
            answers += _answers(A, name, "other", guess, wave)
    for name in (f"s{k}" for k in range(people)):
        for wave in (1, 2):
            whose = f"{name}-{wave}" if replaced else name
            members.append(Person(whose, B))
            own = rng.uniform(0, 0.6, 4) + (shift if wave == 2 else 0.0)
            answers += _answers(B, whose, "own", _codes(own), wave)
            answers += _answers(B, whose, "other", _codes(rng.uniform(0, 1, 4)), wave)
    sheet = toy_sheet([toy_item(f"i{j}") for j in range(4)])
    return Asked(sheet, tuple(dict.fromkeys(members)), tuple(answers))


def test_a_side_that_repeats_its_guesses_gets_no_verdict_from_the_others_movement() -> None:
    for seed in range(20):
        found = _told(_fixed_guess(seed, replaced=False, shift=0.4))
        assert found.verdict is Verdict.UNDECIDED
        assert found.numbers["closer"].value == 0
        assert found.details[0].numbers["closer"].value != 0


def test_where_the_other_sides_people_were_replaced_nothing_is_told() -> None:
    found = _told(_fixed_guess(1, replaced=True))
    assert found.verdict is Verdict.NO_DATA
    assert "of South Korea answer both times" in say(found.message)


def test_who_came_or_went_is_left_out_and_counted() -> None:
    asked = _made(3, people=9)
    assert len(_told(asked).caveats) == 1
    gone = tuple(a for a in asked.answers if not (a.side == B and a.person in ("p0", "p1") and a.wave == 2))
    for side in (A, B):
        found = _told(replace(asked, answers=gone), side)
        [_, members] = found.caveats
        assert "9 of 9 of Japan" in say(members).replace(" people", "")
        assert "7 of 9 of South Korea" in say(members).replace(" people", "")
        assert found.numbers["people"].value == (9 if side == A else 7)


def test_movement_of_the_other_side_widens_the_interval() -> None:
    """The other side's mean is no exact truth: with fewer of its people the same change is less sure."""
    asked = _made(4, people=20, nearer=1.0)
    few = tuple(p for p in asked.people if p.side == A or p.id in ("p0", "p1", "p2", "p3", "p4", "p5"))
    kept = {(p.side, p.id) for p in few}
    small = replace(asked, people=few, answers=tuple(a for a in asked.answers if (a.side, a.person) in kept))
    wide, narrow = (_told(one).details[0].numbers["closer"] for one in (small, asked))
    assert (wide.high or 0) - (wide.low or 0) > 1.2 * ((narrow.high or 0) - (narrow.low or 0))


def _public(panel: int, *, people: int = 300) -> Asked:
    rng = np.random.default_rng(5)
    members, answers = [], []
    for side in (A, B):
        for k in range(2 * people - panel):
            name = f"p{k}"
            members.append(Person(name, side))
            for wave in (1, 2):
                if k < panel or (k < people) == (wave == 1):
                    for question in ("own", "other"):
                        answers += _answers(side, name, question, [int(rng.integers(1, 6))], wave)
    return Asked(toy_sheet([toy_item("i0")], kind="public"), tuple(members), tuple(answers))


def test_a_public_panel_of_under_a_hundred_is_no_data_and_a_larger_one_is_told() -> None:
    for panel in (6, 7, 40, 99):
        assert _told(_public(panel)).verdict is Verdict.NO_DATA
    found = _told(_public(120))
    assert found.verdict is Verdict.UNDECIDED
    assert found.numbers["people"].value == 120
