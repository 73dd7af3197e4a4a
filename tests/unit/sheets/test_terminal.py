"""Answering in a terminal: every way out keeps what was given."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests import toy_answering

from visavis.asked import Questionnaire
from visavis.errors import UsageError
from visavis.sheets.answering import Given, Sheet, open_sheet, order_of
from visavis.sheets.terminal import answer_in_terminal
from visavis.sheets.words import phrase

PERSON = next(p for p in ("k7m2qx9a", "k7m2qx9b", "k7m2qx9c", "k7m2qx9d") if order_of(p) == "own first")
ALL = "1\n2\n10\nmy reason\ntheir reason\n4\n35\n0\n3\n6\n"


@pytest.fixture
def sheet(tmp_path: Path) -> Iterator[Sheet]:
    with open_sheet(tmp_path, toy_answering.questionnaire(), "KOR", PERSON, consent=False) as opened:
        yield opened


def _typed(sheet: Sheet, text: str, language: str = "en", wave: int = 1) -> tuple[bool, str]:
    out = io.StringIO()
    return answer_in_terminal(sheet, io.StringIO(text), out, language=language, wave=wave), out.getvalue()


def _values(sheet: Sheet, wave: int = 1) -> list[object]:
    given = [sheet.given(step, wave) for step in sheet.steps]
    return [None if one is None else one.missing or one.value for one in given]


EVERY = [1, 2, 10, "my reason", "their reason", 4, 35, 0, "society", 6]


def test_a_whole_sheet_is_answered(sheet: Sheet) -> None:
    finished, said = _typed(sheet, ALL)
    assert finished
    assert _values(sheet) == EVERY
    assert "What would a typical member of the delegation of Japan answer?" in said
    assert "  4  Yes\n" in said.replace("    ", "  ")
    assert "All questions are answered" in said
    again, said = _typed(sheet, "")
    assert again
    assert "10 of 10 answers kept" in said


@pytest.mark.parametrize(
    ("language", "said"), [("ko", "질문 10개 중 1번째"), ("ja", "質問 1／10"), ("zh", "第1题，共10题")]
)
def test_it_speaks_the_language_that_was_chosen(sheet: Sheet, language: str, said: str) -> None:
    _, out = _typed(sheet, "1\n", language)
    assert said in out
    assert f"Trade helps both. ({language})" in out
    assert "Type the number" not in out


@pytest.mark.parametrize("language", ["en", "ko", "ja", "zh"])
def test_before_the_first_question_it_says_what_happens_with_the_answers(sheet: Sheet, language: str) -> None:
    _, out = _typed(sheet, "", language)
    assert out.index(phrase("consent.about", language)) < out.index("Trade helps both")


@pytest.mark.parametrize(
    ("typed", "consent"), [("yes", True), ("예", True), ("はい", True), ("是", True), ("", False), ("NO", False)]
)
def test_consent_is_asked_once_and_is_no_unless_it_is_a_yes(tmp_path: Path, typed: str, consent: bool) -> None:
    with open_sheet(tmp_path, toy_answering.questionnaire(), "KOR", PERSON) as sheet:
        _, said = _typed(sheet, f"perhaps\n{typed}\n1\nstop\n")
        assert said.count("fewer than five people stand behind") == 2
        assert said.index("fewer than five") < said.index("Trade helps both")
        assert (sheet.person.consent, sheet.consent_asked) == (consent, True)
        assert _values(sheet)[:2] == [1, None]
        _, said = _typed(sheet, "2\n")
    assert "May your answers" not in said
    assert f"Shown in small groups: {'yes' if consent else 'no'}." in said


@pytest.mark.parametrize("stop", ["", "stop\n", "yes"])
def test_stopping_at_the_consent_is_no_answer_to_it(tmp_path: Path, stop: str) -> None:
    with open_sheet(tmp_path, toy_answering.questionnaire(), "KOR", PERSON) as sheet:
        finished, said = _typed(sheet, stop)
        assert (finished, sheet.consent_asked) == (False, False)
    assert "Trade" not in said


def test_a_language_without_wording_is_refused(sheet: Sheet) -> None:
    with pytest.raises(UsageError, match="en, ko, ja, zh"):
        _typed(sheet, "", "fr")


def test_what_is_left_empty_is_put_again_after_the_rest(sheet: Sheet) -> None:
    finished, _ = _typed(sheet, "\n2\n10\na\nb\n4\n35\n0\n3\n6\n" + "1\n")
    assert finished
    assert _values(sheet)[0] == 1


def test_a_round_of_empty_lines_ends(sheet: Sheet) -> None:
    finished, said = _typed(sheet, "\n" * 100)
    assert not finished
    assert _values(sheet) == [None] * 10
    assert said.count("Question 1 of 10") == 1


def test_cannot_guess_and_declined_are_kept_apart(sheet: Sheet) -> None:
    _typed(sheet, "-\n？\nstop\n")
    assert _values(sheet)[:3] == ["declined", "cannot guess", None]


@pytest.mark.parametrize("stop", ["stop\n", "STOP\n", "중지\n", "停止\n", "", "3"])
def test_stopping_or_a_closed_input_keeps_what_was_given(sheet: Sheet, stop: str) -> None:
    finished, said = _typed(sheet, "1\n2\n" + stop)
    assert not finished
    assert _values(sheet)[:3] == [1, 2, None]  # a line without its end was never sent
    assert "Stopped." in said
    _, said = _typed(sheet, "7\n")
    assert "2 of 10 answers kept" in said
    assert _values(sheet)[:3] == [1, 2, 7]


def test_back_shows_the_answer_and_lets_it_be_changed(sheet: Sheet) -> None:
    _, said = _typed(sheet, "back\n1\nback\n4\n2\nstop\n")
    assert "This is the first question." in said
    assert "Your answer so far: No\n" in said
    assert _values(sheet)[:2] == [4, 2]


def test_what_is_no_answer_is_asked_again_with_what_is_wanted(sheet: Sheet) -> None:
    _, said = _typed(sheet, "9\nyes\n1\nstop\n")
    assert said.count("Wanted: 1, 2, 3, 4.") == 2
    assert _values(sheet)[:2] == [1, None]


def test_waves_are_answered_apart(sheet: Sheet) -> None:
    _typed(sheet, ALL)
    _, said = _typed(sheet, "4\n", wave=2)
    assert "Round 2" in said
    assert _values(sheet)[0] == 1
    assert _values(sheet, 2)[:2] == [4, None]


def test_an_interrupt_is_passed_on_and_keeps_what_was_given(sheet: Sheet, tmp_path: Path) -> None:
    class Interrupted(io.StringIO):
        def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
            line = super().readline()
            if not line:
                raise KeyboardInterrupt
            return line

    with pytest.raises(KeyboardInterrupt):
        answer_in_terminal(sheet, Interrupted("1\n2\n"), io.StringIO(), language="en")
    sheet.close()
    with open_sheet(tmp_path, toy_answering.questionnaire(), "KOR", PERSON) as again:
        assert _values(again)[:3] == [1, 2, None]


def test_a_closed_stream_and_a_vanished_terminal_end_like_stop(sheet: Sheet) -> None:
    closed = io.StringIO()
    closed.close()
    assert not answer_in_terminal(sheet, closed, io.StringIO(), language="en")

    class Gone(io.StringIO):
        def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
            raise OSError(5, "Input/output error")

    assert not answer_in_terminal(sheet, Gone(), io.StringIO(), language="en")


def test_bytes_that_are_no_text_are_no_answer(sheet: Sheet) -> None:
    source = io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n1\n"), encoding="utf-8")
    out = io.StringIO()
    answer_in_terminal(sheet, source, out, language="en")
    assert "That is no answer" in out.getvalue()


def test_a_terminal_that_cannot_show_a_letter_shows_a_mark_for_it(sheet: Sheet) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    answer_in_terminal(sheet, io.StringIO("1\n"), out, language="ko")
    assert sheet.given(sheet.steps[0]) == Given(1)
    assert b"???" in raw.getvalue()


def test_hostile_wording_and_answers_steer_no_terminal(tmp_path: Path) -> None:
    asked = toy_answering.questionnaire()
    evil = "\x1b]0;owned\x07\x1b[2J\u202eevil"
    scale = replace(asked.items[0].scale, labels={"en": (evil,) * 4})
    item = replace(asked.items[0], text={"en": evil}, scale=scale)
    hostile: Questionnaire = replace(asked, title={"en": evil}, items=(item,))
    with open_sheet(tmp_path, hostile, "KOR", PERSON, consent=False) as sheet:
        _, said = _typed(sheet, f"1\nback\n\n2\n3\n{evil}\nback\nstop\n")
    assert "evil" in said
    assert not {c for c in said if c < " " and c != "\n"} | ({"\u202e", "\x9b"} & set(said))
