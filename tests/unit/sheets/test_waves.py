"""A later wave is joined to the earlier joint file, and what contradicts it is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from visavis.asked import Answer, Item, Objection, Person, Questionnaire, Reason, Scale
from visavis.errors import BadFileError, UsageError
from visavis.sheets.files import SideAnswers, joined, write_joint
from visavis.sheets.questionnaire import questionnaire_of, tree_of
from visavis.sheets.waves import checked_wave, joined_waves

_SCALE = Scale("s", (1, 2, 3), {"en": ("No", "Partly", "Yes")}, frozenset({3}))
_ITEM = Item("tea", "t", {"en": "Tea?"}, _SCALE, asks=("own", "other"), reasons=True)
_PLAIN = Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "delegation", (_ITEM,), "")
ASKED = questionnaire_of(tree_of(_PLAIN), "q")


def _side(side: str, wave: int, *people: Person, day: str = "2024-05-01") -> SideAnswers:
    there = people or (Person("1", side), Person("2", side))
    answers = tuple(Answer(side, person.id, "tea", "own", wave, wave=wave) for person in there)
    return SideAnswers(side, ASKED.sha256, there, answers, (Reason(f"r{wave}", "tea", side, side, "so"),), day)


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    first = joined(ASKED, _side("JPN", 1), _side("KOR", 1), source="first")
    rated = tuple(replace(reason, ratings=(7.0,)) for reason in first.reasons)
    objections = (Objection("KOR", "understanding.x", "no", "2024-05-02"),)
    write_joint(tmp_path / "joint.json", replace(first, reasons=rated, objections=objections))
    return tmp_path / "joint.json"


def test_a_wave_goes_on_from_the_one_before(earlier: Path) -> None:
    new = (Person("2", "KOR", consent=True), Person("3", "KOR"))
    both = joined_waves(ASKED, _side("JPN", 2), _side("KOR", 2, *new, day="2024-06-01"), 2, earlier, "second")
    assert [(p.id, p.consent) for p in both.people if p.side == "KOR"] == [("1", False), ("2", True), ("3", False)]
    assert sorted((a.person, a.wave, a.value) for a in both.answers if a.side == "KOR") == [
        ("1", 1, 1),
        ("2", 1, 1),
        ("2", 2, 2),
        ("3", 2, 2),
    ]
    assert [(r.id, r.ratings) for r in both.reasons if r.side == "KOR"] == [("r1", (7.0,)), ("r2", ())]
    assert (both.source, both.as_of, len(both.objections)) == ("first", "2024-06-01", 1)


def test_what_contradicts_the_earlier_file_is_named(earlier: Path) -> None:
    japan = _side("JPN", 2)
    other_order = _side("KOR", 2, Person("1", "KOR", order="estimate first"))
    with pytest.raises(BadFileError, match="order of person '1' of KOR is 'own first' there and 'estimate first'"):
        joined_waves(ASKED, japan, other_order, 2, earlier, "")
    korea = _side("KOR", 2)
    same_text = replace(korea, reasons=(Reason("r1", "tea", "KOR", "JPN", "another text"),))
    with pytest.raises(BadFileError, match="has a reason 'r1' of KOR already"):
        joined_waves(ASKED, japan, same_text, 2, earlier, "")
    elsewhere = questionnaire_of(tree_of(replace(_PLAIN, id="other")), "q")
    sides = [replace(one, sheet=elsewhere.sha256) for one in (japan, korea)]
    with pytest.raises(BadFileError, match="another questionnaire"):
        joined_waves(elsewhere, *sides, 2, earlier, "")


def test_an_earlier_file_belongs_to_a_later_wave_and_to_no_other(earlier: Path) -> None:
    with pytest.raises(UsageError, match=r"--earlier joint\.json"):
        joined_waves(ASKED, _side("JPN", 2), _side("KOR", 2), 2, None, "")
    with pytest.raises(UsageError, match="no earlier joint file"):
        joined_waves(ASKED, _side("JPN", 1), _side("KOR", 1), 1, earlier, "")
    assert joined_waves(ASKED, _side("JPN", 1), _side("KOR", 1), 1, None, "x").waves == (1,)


def test_an_answer_of_another_wave_and_a_person_without_one_are_named() -> None:
    with pytest.raises(
        BadFileError, match=r"a\.json: person '1' answers 'own' of item 'tea' in wave 1, and this is .* 2"
    ):
        checked_wave(_side("KOR", 1), 2, "a.json")
    side = _side("KOR", 1)
    for answers in (side.answers[:1], (side.answers[0], replace(side.answers[1], value=None, missing="not asked"))):
        with pytest.raises(BadFileError, match=r"a\.json: person '2' answers nothing in wave 1"):
            checked_wave(replace(side, answers=answers), 1, "a.json")
