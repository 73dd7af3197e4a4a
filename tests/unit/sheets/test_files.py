"""Answers survive their files, and a bad row is named."""

from __future__ import annotations

import copy
import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from visavis.asked import Answer, Item, Objection, Person, Questionnaire, Reason, Scale
from visavis.errors import BadFileError
from visavis.sheets.files import SideAnswers, answers_of, body_of, joined, read_joint, value_fault, write_joint
from visavis.sheets.questionnaire import questionnaire_of, tree_of

_LABELS = {"en": ("No", "Partly", "Yes")}
_SCALE = Scale("s", (1, 2, 3), _LABELS, frozenset({3}))
_ITEMS = (
    Item("tea", "t", {"en": "Tea?"}, _SCALE, asks=("own", "other", "importance"), reasons=True),
    Item("act", "t", {"en": "Act?"}, _SCALE, asks=("cause", "anger")),
    Item("pet", "t", {"en": "Pet?"}, _SCALE, estimate="percent", asks=("own", "other")),
)
_PLAIN = Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "delegation", _ITEMS, "")
ASKED = questionnaire_of(tree_of(_PLAIN), "q")


def _side(side: str) -> SideAnswers:
    other = "JPN" if side == "KOR" else "KOR"
    people = (Person("1", side, 0.5, "north", "4", "estimate first", True), Person("2", side))
    answers = (
        Answer(side, "1", "tea", "importance", 7),
        Answer(side, "1", "tea", "other", None, "cannot guess"),
        Answer(side, "1", "tea", "own", 3),
        Answer(side, "1", "tea", "own", 1, wave=2),
        Answer(side, "2", "act", "anger", 2.5),
        Answer(side, "2", "act", "cause", "government"),
        Answer(side, "2", "pet", "other", 40),
        Answer(side, "2", "pet", "own", None, "declined"),
    )
    reasons = (Reason("r1", "tea", side, side, "because"), Reason("r2", "tea", side, other, "차 = 좋다"))
    return SideAnswers(side, ASKED.sha256, people, answers, reasons, "2024-05-01")


def _rated(side: SideAnswers) -> SideAnswers:
    own, other = side.reasons
    return replace(side, reasons=(own, replace(other, ratings=(8.0, 3.0))))


def test_a_side_reads_back_as_it_was_written() -> None:
    side = _side("KOR")
    assert answers_of(json.loads(json.dumps(body_of(side))), ASKED, "a.json") == side


def test_a_joint_file_reads_back_and_is_its_owners_alone(tmp_path: Path) -> None:
    both = joined(ASKED, *(_rated(_side(side)) for side in ("KOR", "JPN")), source="made up")
    asked = replace(both, objections=(Objection("JPN", "understanding.x", "not so", "2024-06-01"),))
    write_joint(tmp_path / "j.json", asked)
    assert read_joint(tmp_path / "j.json") == asked
    assert stat.S_IMODE((tmp_path / "j.json").stat().st_mode) == 0o600
    assert read_joint(tmp_path / "j.json").as_of == "2024-05-01"


def test_nobody_else_can_read_even_the_draft_of_a_joint_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    whole = os.replace

    def watched(draft: Path, path: Path) -> None:
        seen.append(stat.S_IMODE(Path(draft).stat().st_mode))
        whole(draft, path)

    monkeypatch.setattr(os, "replace", watched)
    before = os.umask(0o022)
    try:
        write_joint(tmp_path / "j.json", joined(ASKED, _side("KOR"), _side("JPN")))
    finally:
        os.umask(before)
    assert seen == [0o600]


def test_what_a_side_seals_holds_no_ratings() -> None:
    """Else a side could sign its own text in the name of those it is about."""
    tree = body_of(_rated(_side("KOR")))
    with pytest.raises(BadFileError, match=r"a\.json: reasons, row 2: holds ratings"):
        answers_of(tree, ASKED, "a.json")
    assert answers_of(tree, ASKED, "a.json", rated=True) == _rated(_side("KOR"))


def test_rows_stand_in_the_order_of_ids_whatever_the_order_of_answering() -> None:
    side = _side("KOR")
    turned = replace(side, people=side.people[::-1], answers=side.answers[::-1], reasons=side.reasons[::-1])
    assert body_of(turned) == body_of(side)


@pytest.mark.parametrize("day", ["zzzz", "2024-13-01", "20240501", "2024-05-01\x1b[31m", "9999-01-01", None, 20240501])
def test_a_day_that_is_none_is_named_wherever_it_stands(tmp_path: Path, day: Any) -> None:
    side = {**body_of(_side("KOR")), "day": day}
    with pytest.raises(BadFileError, match=r"a\.json: day is .*; wanted: a day"):
        answers_of(side, ASKED, "a.json")
    asked = replace(joined(ASKED, _side("KOR"), _side("JPN")), objections=(Objection("KOR", "x", "no", "2024-06-01"),))
    write_joint(tmp_path / "j.json", asked)
    for place in (["as_of"], ["objections", 0, "day"], ["sides", "KOR", "day"]):
        tree = json.loads((tmp_path / "j.json").read_text())
        _at(*place, to=day)(tree)
        (tmp_path / "bad.json").write_text(json.dumps(tree))
        with pytest.raises(BadFileError, match=r"bad\.json"):
            read_joint(tmp_path / "bad.json")


def test_a_joint_file_without_days_has_no_day(tmp_path: Path) -> None:
    write_joint(tmp_path / "j.json", joined(ASKED, *(replace(_side(s), day="") for s in ("KOR", "JPN"))))
    assert read_joint(tmp_path / "j.json").as_of == ""


def test_it_makes_no_difference_which_side_is_given_first() -> None:
    assert joined(ASKED, _side("KOR"), _side("JPN")) == joined(ASKED, _side("JPN"), _side("KOR"))


def test_twice_the_same_side_is_no_pair() -> None:
    with pytest.raises(BadFileError, match="KOR and KOR"):
        joined(ASKED, _side("KOR"), _side("KOR"))


def _at(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(tree: Any) -> None:
        for step in path[:-1]:
            tree = tree[step]
        tree[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_at("format", to="x"), ["format"]),
        (_at("sheet", to="0" * 64), ["another questionnaire", "000000000000"]),
        (_at("side", to="CHN"), ["'CHN'"]),
        (_at("people", to={}), ["people"]),
        (_at("people", 1, "id", to="1"), ["people, row 2", "'1'"]),
        (_at("people", 0, "weight", to=0), ["people, row 1", "weight 0"]),
        (_at("people", 0, "weight", to=True), ["people, row 1", "weight"]),
        (_at("people", 0, "order", to="x"), ["people, row 1", "'x'"]),
        (_at("answers", 2, "person", to="9"), ["answers, row 3", "'9'"]),
        (_at("answers", 2, "item", to="milk"), ["answers, row 3", "'milk'"]),
        (_at("answers", 2, "item", to=["tea"]), ["answers, row 3"]),
        (_at("answers", 2, "person", to={}), ["answers, row 3"]),
        (_at("answers", 2, "person", to=1), ["answers, row 3", "1"]),
        (_at("answers", 2, "question", to=[]), ["answers, row 3"]),
        (_at("reasons", 0, "item", to=[]), ["reasons, row 1"]),
        (_at("people", 0, "weight", to=10**400), ["people, row 1"]),
        (_at("answers", 2, "value", to=10**400), ["answers, row 3"]),
        (_at("answers", 2, "question", to="anger"), ["answers, row 3", "'anger'"]),
        (_at("answers", 2, "value", to=4), ["answers, row 3", "4", "one of 1, 2, 3"]),
        (_at("answers", 2, "value", to=[3]), ["answers, row 3"]),
        (_at("answers", 2, "value", to=float("nan")), ["answers, row 3"]),
        (_at("answers", 2, "missing", to="declined"), ["answers, row 3"]),
        (_at("answers", 1, "missing", to="lost"), ["answers, row 2", "'lost'"]),
        (_at("answers", 0, "value", to=11), ["answers, row 1", "0 to 10"]),
        (_at("answers", 5, "value", to="fate"), ["answers, row 6", "'fate'"]),
        (_at("answers", 6, "value", to=101), ["answers, row 7", "0 to 100"]),
        (_at("answers", 2, "wave", to=0), ["answers, row 3", "wave 0"]),
        (_at("answers", 3, "wave", to=1), ["'1'", "'tea'", "twice"]),
        (_at("reasons", 0, "about", to="CHN"), ["reasons, row 1"]),
        (_at("reasons", 0, "text", to=" "), ["reasons, row 1"]),
        (_at("reasons", 1, "ratings", to=[11]), ["reasons, row 2", "11"]),
        (_at("reasons", 1, "ratings", to=[True]), ["reasons, row 2", "True"]),
        (_at("reasons", 1, "id", to="r1"), ["reasons, row 2", "'r1' is given twice"]),
    ],
)
def test_a_bad_row_is_named(change: Callable[[Any], None], named: list[str]) -> None:
    tree = copy.deepcopy(body_of(_side("KOR")))
    change(tree)
    with pytest.raises(BadFileError) as error:
        answers_of(tree, ASKED, "a.json")
    for text in ("a.json", *named):
        assert text in str(error.value)


@pytest.mark.parametrize("content", ["{}", "[]", "{", "[" * 100_000, "1" * 5000, '{"format": "visavis joint 1"}'])
def test_what_is_no_joint_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "j.json").write_text(content)
    with pytest.raises(BadFileError, match=r"j\.json"):
        read_joint(tmp_path / "j.json")


def test_a_joint_file_without_a_side_says_which(tmp_path: Path) -> None:
    write_joint(tmp_path / "j.json", joined(ASKED, _side("KOR"), _side("JPN")))
    tree = json.loads((tmp_path / "j.json").read_text())
    del tree["sides"]["JPN"]
    (tmp_path / "j.json").write_text(json.dumps(tree))
    with pytest.raises(BadFileError, match="answers of JPN are missing"):
        read_joint(tmp_path / "j.json")


@pytest.mark.parametrize("value", [True, "3", None, float("inf"), 2.5, 0])
def test_only_a_code_is_an_answer_on_a_scale(value: object) -> None:
    assert value_fault(_ITEMS[0], "own", value)


def test_every_code_cause_and_number_in_range_is_an_answer() -> None:
    assert not any(value_fault(_ITEMS[0], "own", code) for code in (1, 2, 3))
    assert not any(value_fault(_ITEMS[1], "cause", cause) for cause in ("situation", "government", "society"))
    assert not any(value_fault(_ITEMS[2], "other", share) for share in (0, 33.3, 100))
