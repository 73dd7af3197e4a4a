"""Answering: nothing that was given is lost, the order is balanced, and only answers that count are kept."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from tests import toy_answering

from visavis.asked import Questionnaire
from visavis.errors import BadFileError, NoDataError, RecordBusyError, RecordError, UsageError
from visavis.sheets import _journal
from visavis.sheets.answering import (
    ORDERS,
    Given,
    Sheet,
    Step,
    collect,
    new_person,
    open_sheet,
    order_of,
    parsed,
    progress,
    steps,
    write_answers,
)
from visavis.sheets.files import answers_of, body_of, read_json

PERSON = "k7m2qx9a"


@pytest.fixture
def asked() -> Questionnaire:
    return toy_answering.questionnaire()


def _sheet(folder: Path, asked: Questionnaire, person: str = PERSON) -> Sheet:
    return open_sheet(folder, asked, "KOR", person)


def _step(sheet: Sheet, item: str, question: str) -> Step:
    return next(step for step in sheet.steps if (step.item.id, step.question) == (item, question))


def _journal_of(folder: Path) -> Path:
    (path,) = folder.glob("*.journal")
    return path


def test_own_view_and_estimate_change_places_and_nothing_else_does(asked: Questionnaire) -> None:
    own, estimate = ([(s.item.id, s.question) for s in steps(asked, order)] for order in ORDERS)
    assert sorted(own) == sorted(estimate)
    assert [q for i, q in own if i == "trade"] == ["own", "other", "importance", "own reason", "reason"]
    assert [q for i, q in estimate if i == "trade"] == ["other", "own", "importance", "reason", "own reason"]
    assert [q for i, q in estimate if i == "act"] == ["cause", "anger"]


def test_new_people_are_of_both_orders_in_equal_number(tmp_path: Path, asked: Questionnaire) -> None:
    for _ in range(12):
        _sheet(tmp_path, asked, new_person(tmp_path, asked, "KOR")).close()
    orders = [person.order for person in collect(tmp_path, asked, "KOR", None).people]
    assert orders.count(ORDERS[0]) == orders.count(ORDERS[1]) == 6


def test_the_order_comes_from_the_id_alone_and_halves_all_ids() -> None:
    first = sum(order_of(f"p{i}") == ORDERS[0] for i in range(4000))
    assert 1870 < first < 2130  # four standard errors


def test_answers_are_there_when_the_sheet_is_opened_again_and_the_later_one_counts(
    tmp_path: Path, asked: Questionnaire
) -> None:
    with _sheet(tmp_path, asked) as sheet:
        own, other = _step(sheet, "trade", "own"), _step(sheet, "trade", "other")
        sheet.answer(own, 2)
        sheet.answer(own, 4)
        sheet.leave(other, "cannot guess")
        sheet.answer(own, 1, wave=2)
    with _sheet(tmp_path, asked) as sheet:
        assert sheet.given(own) == Given(4)
        assert sheet.given(other) == Given(None, "cannot guess")
        assert sheet.given(own, 2) == Given(1)
        assert len(sheet.remaining()) == len(sheet.steps) - 2
        assert len(sheet.remaining(2)) == len(sheet.steps) - 1
        assert not sheet.finished()


def test_a_journal_is_readable_by_its_owner_only_whatever_the_umask(tmp_path: Path, asked: Questionnaire) -> None:
    before = os.umask(0)
    try:
        _sheet(tmp_path / "in", asked).close()
        write_answers(tmp_path / "answers.json", collect(tmp_path / "in", asked, "KOR", None))
    finally:
        os.umask(before)
    assert stat.S_IMODE(_journal_of(tmp_path / "in").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "in").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "answers.json").stat().st_mode) == 0o600


def test_cut_at_any_byte_every_whole_answer_is_there_and_the_next_one_can_be_given(
    tmp_path: Path, asked: Questionnaire
) -> None:
    with _sheet(tmp_path, asked) as sheet:
        for step, value in [("own", 2), ("other", 3), ("importance", 7)]:
            sheet.answer(_step(sheet, "trade", step), value)
    whole = _journal_of(tmp_path).read_bytes()
    ends = [i + 1 for i, byte in enumerate(whole) if byte == ord("\n")]
    near_ends = {end + i for end in ends for i in (-2, -1, 0, 1)}
    for length in sorted((near_ends | set(range(0, len(whole), 11))) - set(range(len(whole), len(whole) + 9))):
        _journal_of(tmp_path).write_bytes(whole[:length])
        kept = max(sum(end <= length for end in ends) - 1, 0)
        if length >= ends[0]:
            assert len(collect(tmp_path, asked, "KOR", None).answers) == kept  # reading alone ignores a torn line
        with _sheet(tmp_path, asked) as sheet:
            assert len(sheet.steps) - len(sheet.remaining()) == kept
            sheet.answer(_step(sheet, "act", "anger"), 5)
        with _sheet(tmp_path, asked) as sheet:
            assert len(sheet.steps) - len(sheet.remaining()) == kept + 1


def test_an_answer_for_which_there_is_no_room_is_refused_and_leaves_the_journal_whole(
    tmp_path: Path, asked: Questionnaire, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _sheet(tmp_path, asked) as sheet:
        sheet.answer(_step(sheet, "trade", "own"), 2)
        whole = _journal_of(tmp_path).read_bytes()

        def half(file: int, line: bytes) -> None:
            os.write(file, line[: len(line) // 2])
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(_journal, "_write_all", half)
            with pytest.raises(RecordError, match="No space left on device"):
                sheet.answer(_step(sheet, "trade", "other"), 2)
        assert _journal_of(tmp_path).read_bytes() == whole
        assert sheet.given(_step(sheet, "trade", "other")) is None
        sheet.answer(_step(sheet, "trade", "other"), 2)
    assert len(collect(tmp_path, asked, "KOR").answers) == 2


def test_a_sheet_that_is_open_elsewhere_is_refused(tmp_path: Path, asked: Questionnaire) -> None:
    with _sheet(tmp_path, asked), pytest.raises(RecordBusyError, match="another terminal or page"):
        _sheet(tmp_path, asked)
    _sheet(tmp_path, asked).close()


@pytest.mark.parametrize(
    ("item", "question", "text", "value"),
    [
        ("trade", "own", "３", 3),
        ("trade", "importance", "10", 10),
        ("visits", "other", "33.5", 33.5),
        ("act", "cause", "society", "society"),
        ("trade", "reason", "They \x1b[31mneed\x00 it\n", "They need it"),
    ],
)
def test_what_is_typed_becomes_a_value(
    tmp_path: Path, asked: Questionnaire, item: str, question: str, text: str, value: object
) -> None:
    with _sheet(tmp_path, asked) as sheet:
        assert parsed(_step(sheet, item, question), text) == value


@pytest.mark.parametrize(
    ("item", "question", "text"),
    [
        ("trade", "own", "5"),
        ("trade", "own", "nan"),
        ("trade", "own", "1.5"),
        ("trade", "importance", "7.5"),
        ("trade", "importance", "-1"),
        ("visits", "other", "101"),
        ("visits", "other", "inf"),
        ("act", "cause", "weather"),
        ("trade", "reason", " \u200b "),
        ("trade", "reason", "x" * 2001),
    ],
)
def test_what_is_no_answer_is_refused_and_not_kept(
    tmp_path: Path, asked: Questionnaire, item: str, question: str, text: str
) -> None:
    with _sheet(tmp_path, asked) as sheet:
        step = _step(sheet, item, question)
        with pytest.raises(UsageError):
            sheet.answer(step, text)
        assert sheet.given(step) is None


def test_the_answers_of_a_side_are_collected_checked_and_can_be_read_back(tmp_path: Path, asked: Questionnaire) -> None:
    people = [new_person(tmp_path, asked, "KOR") for _ in range(1)]
    with open_sheet(tmp_path, asked, "KOR", people[0], consent=True) as sheet:
        for step in sheet.steps:
            sheet.answer(step, {"scale": 2, "ten": 9, "percent": 40, "cause": "society", "text": "a text"}[step.form])
        assert sheet.finished()
    open_sheet(tmp_path, asked, "JPN", people[0]).close()
    found = collect(tmp_path, asked, "KOR")
    write_answers(tmp_path / "kor.json", found)
    again = answers_of(read_json(tmp_path / "kor.json"), asked, "kor.json")
    assert body_of(again) == body_of(found) == body_of(collect(tmp_path, asked, "KOR"))
    assert [person.consent for person in again.people] == [True]
    assert {(reason.item, reason.about, reason.text) for reason in again.reasons} == {
        ("trade", "KOR", "a text"),
        ("trade", "JPN", "a text"),
    }
    assert len(again.answers) == len(steps(asked, ORDERS[0])) - 2
    assert progress(tmp_path, asked, "KOR") == {people[0]: (len(sheet.steps), len(sheet.steps))}
    assert progress(tmp_path, asked, "JPN") == {people[0]: (0, len(sheet.steps))}


def test_a_reasons_id_is_drawn_by_lot_and_stays_when_the_text_is_mended(tmp_path: Path, asked: Questionnaire) -> None:
    """A hash of the person's id would tell the other side, which holds all ids, who wrote what."""
    ids = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        with _sheet(folder, asked) as sheet:
            text = _step(sheet, "trade", "own reason")
            sheet.answer(_step(sheet, "trade", "own"), 2)
            sheet.answer(text, "my reson")
            first = collect(folder, asked, "KOR").reasons[0]
            sheet.answer(text, "my reason")
        (mended,) = collect(folder, asked, "KOR").reasons
        assert (mended.id, mended.text) == (first.id, "my reason")
        ids.append(mended.id)
    assert ids[0] != ids[1]


def test_a_wave_holds_its_own_answers_and_only_those_who_answered_in_it(tmp_path: Path, asked: Questionnaire) -> None:
    other = next(one for one in ("k7m2qx9b", "k7m2qx9c") if one != PERSON)
    with _sheet(tmp_path, asked) as sheet:
        for wave, value in ((1, 2), (2, 4)):
            sheet.answer(_step(sheet, "trade", "own"), value, wave)
            sheet.answer(_step(sheet, "trade", "reason"), f"text {wave}", wave)
    with _sheet(tmp_path, asked, other) as sheet:
        sheet.answer(_step(sheet, "trade", "own"), 1)
    first, second = (collect(tmp_path, asked, "KOR", wave) for wave in (1, 2))
    assert {person.id for person in first.people} == {PERSON, other}
    assert [person.id for person in second.people] == [PERSON]
    assert [(a.value, a.wave) for a in second.answers] == [(4, 2)]
    assert [[r.text for r in one.reasons] for one in (first, second)] == [["text 1"], ["text 2"]]
    assert first.reasons[0].id != second.reasons[0].id
    with pytest.raises(NoDataError, match="wave 3"):
        collect(tmp_path, asked, "KOR", 3)


def test_nobody_has_begun_is_said(tmp_path: Path, asked: Questionnaire) -> None:
    with pytest.raises(NoDataError, match="Nobody of JPN"):
        collect(tmp_path, asked, "JPN")


def test_consent_can_be_taken_back(tmp_path: Path, asked: Questionnaire) -> None:
    with open_sheet(tmp_path, asked, "KOR", PERSON) as sheet:
        assert (sheet.consent_asked, sheet.person.consent) == (False, False)
    open_sheet(tmp_path, asked, "KOR", PERSON, consent=True).close()
    with open_sheet(tmp_path, asked, "KOR", PERSON) as sheet:
        assert (sheet.consent_asked, sheet.person.consent) == (True, True)
    assert collect(tmp_path, asked, "KOR", None).people[0].consent
    with open_sheet(tmp_path, asked, "KOR", PERSON) as sheet:
        sheet.agree(False)
    assert not collect(tmp_path, asked, "KOR", None).people[0].consent


@pytest.mark.parametrize("person", ["", "Kim Min-su", "../up", "k7m2qx9a" * 3])
def test_a_name_is_no_id_of_a_person(tmp_path: Path, asked: Questionnaire, person: str) -> None:
    with pytest.raises(UsageError, match="never a name"):
        _sheet(tmp_path, asked, person)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'"value": 2', b'"value": 9', "line 2: item 'trade', 'own': no answer"),
        (b'"item": "trade"', b'"item": "craft"', "line 2: no question of this sheet"),
        (b'{"day"', b'["day"', "line 2: not an entry"),
        (b'"side": "KOR"', b'"side": "JPN"', "line 1: side is 'JPN'"),
        (b'"order": "', b'"order": "x', "line 1: order is"),
    ],
)
def test_a_damaged_line_is_named_and_the_file_left_as_it_is(
    tmp_path: Path, asked: Questionnaire, old: bytes, new: bytes, said: str
) -> None:
    with _sheet(tmp_path, asked) as sheet:
        sheet.answer(_step(sheet, "trade", "own"), 2)
    path = _journal_of(tmp_path)
    damaged = path.read_bytes().replace(old, new)
    assert damaged != path.read_bytes()
    path.write_bytes(damaged)
    for read in (lambda: collect(tmp_path, asked, "KOR"), lambda: _sheet(tmp_path, asked)):
        with pytest.raises(BadFileError, match=said):
            read()
    assert path.read_bytes() == damaged


def test_a_link_in_the_place_of_a_journal_is_not_followed(tmp_path: Path, asked: Questionnaire) -> None:
    _sheet(tmp_path / "a", asked).close()
    journal = _journal_of(tmp_path / "a")
    journal.rename(tmp_path / "elsewhere")
    journal.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadFileError, match="cannot be opened"):
        _sheet(tmp_path / "a", asked)
