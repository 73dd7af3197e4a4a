"""Names that differ: both forms, the reader's own first."""

from __future__ import annotations

import re

import pytest

from visavis import countries
from visavis.errors import UnknownNameError
from visavis.names.differing import both, differing, neutral


def test_every_form_names_its_source_and_every_entry_has_a_neutral_form() -> None:
    for entry in differing().values():
        assert entry.neutral.text
        for form in (entry.neutral, *entry.forms.values()):
            assert form.text
            assert form.source
        assert all(countries.country(side).iso3 == side for side in entry.forms)


def test_swapping_the_reader_changes_only_the_order() -> None:
    for key, entry in differing().items():
        if len(entry.forms) == 2:
            korea, japan = entry.forms["KOR"].text, entry.forms["JPN"].text
            assert both(key, "KOR").startswith(korea)
            assert both(key, "KOR").endswith(japan)
            assert both(key, "JPN").startswith(japan)
            assert both(key, "JPN").endswith(korea)


def test_a_reader_of_neither_side_sees_the_forms_in_iso_order() -> None:
    assert both("sea", "FRA") == both("sea", "JPN") == "Sea of Japan / East Sea"


def test_one_side_never_stands_alone() -> None:
    lonely = [key for key, entry in differing().items() if len(entry.forms) < 2]
    assert lonely == ["export_controls"]
    for key in lonely:
        assert both(key, "KOR") == both(key, "JPN") == neutral(key)


def test_a_key_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="'dokdo'"):
        both("dokdo", "KOR")
    with pytest.raises(UnknownNameError, match="'dokdo'"):
        neutral("dokdo")


def test_a_side_s_own_words_are_in_its_own_letters_and_have_a_source() -> None:
    letters = {"KOR": r"[가-힣]", "JPN": r"[一-龥]"}
    for entry in differing().values():
        assert entry.own.keys() in (set(), {"KOR", "JPN"})
        for side, form in entry.own.items():
            assert re.search(letters[side], form.text), form.text
            assert form.source


def test_a_neutral_form_in_one_of_the_sides_languages_is_there_in_the_other_and_in_chinese() -> None:
    for entry in differing().values():
        assert entry.neutral_in.keys() in ({"en"}, {"en", "ko", "ja", "zh"})
