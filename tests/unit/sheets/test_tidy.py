"""Tidy files are read whole, or every bad row is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from visavis.asked import Item, Person, Questionnaire, Scale
from visavis.errors import BadFileError, UsageError
from visavis.sheets.files import joined
from visavis.sheets.questionnaire import questionnaire_of, tree_of
from visavis.sheets.reading import merged
from visavis.sheets.tidy import read_tidy

_SCALE = Scale("s", (1, 2, 3), {"en": ("No", "Partly", "Yes")}, frozenset({3}))
_ITEMS = (
    Item("tea", "t", {"en": "Tea?"}, _SCALE, asks=("own", "other"), reasons=True),
    Item("act", "t", {"en": "Act?"}, _SCALE, asks=("cause", "anger")),
    Item("pet", "t", {"en": "Pet?"}, _SCALE, estimate="percent", asks=("own", "other")),
)
_PLAIN = Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "public", _ITEMS, "")
ASKED = questionnaire_of(tree_of(_PLAIN), "q")
HEAD = "side,person,item,question,value"


def _write(folder: Path, *lines: str, head: str = HEAD) -> Path:
    path = folder / "a.csv"
    path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8-sig")
    return path


def test_both_sides_come_from_one_file_in_iso_order(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        "KOR,1,tea,own,3",
        "KOR,1,tea,other,cannot guess",
        "KOR,1,pet,other,37.5",
        "JPN,1,act,cause,society",
        "JPN,1,act,anger,declined",
        "JPN,1,tea,own,1",
        'KOR,1,tea,reason,"It is warm, they say"',
        "KOR,1,tea,own reason,It is cheap",
    )
    japan, korea = read_tidy(path, ASKED)
    assert (japan.side, korea.side) == ("JPN", "KOR")
    assert [(a.item, a.question, a.value, a.missing) for a in korea.answers] == [
        ("tea", "own", 3, ""),
        ("tea", "other", None, "cannot guess"),
        ("pet", "other", 37.5, ""),
    ]
    assert [a.value for a in japan.answers] == ["society", None, 1]
    assert [(r.item, r.side, r.about, r.text) for r in korea.reasons] == [
        ("tea", "KOR", "JPN", "It is warm, they say"),
        ("tea", "KOR", "KOR", "It is cheap"),
    ]
    assert len({reason.id for reason in korea.reasons} | {r.id for r in read_tidy(path, ASKED)[1].reasons}) == 4
    asked = joined(ASKED, japan, korea)
    np.testing.assert_array_equal(asked.matrix("KOR", "own")[0], [1.0, np.nan, np.nan])
    assert asked.matrix("KOR", "other")[0, 2] == 0.375


def test_who_answered_nothing_in_a_wave_is_not_counted_in_it(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        "KOR,1,tea,own,3,1",
        "KOR,1,tea,own,not asked,2",
        "KOR,1,tea,reason,so it was,2",
        "KOR,1,tea,reason,so it is,1",
        "KOR,2,tea,own,not asked,1",
        head=f"{HEAD},wave",
    )
    (korea,) = read_tidy(path, ASKED)
    assert [person.id for person in korea.people] == ["1"]
    assert [(answer.value, answer.wave) for answer in korea.answers] == [(3, 1)]
    assert len(korea.reasons) == 2
    assert korea.extra["empty"] == 1
    with pytest.raises(BadFileError, match="holds no answers"):
        read_tidy(_write(tmp_path, "KOR,2,tea,own,not asked"), ASKED)


def test_what_is_known_of_a_person_is_kept(tmp_path: Path) -> None:
    head = f"{HEAD},wave,weight,stratum,psu,order,consent"
    path = _write(
        tmp_path,
        "KOR,1,tea,own,3,1,0.8,north,4,estimate first,yes",
        "KOR,1,tea,own,2,2,0.8,north,4,estimate first,yes",
        "KOR,2,tea,own,2,,,,,,",
        head=head,
    )
    (korea,) = read_tidy(path, ASKED)
    assert korea.people == (Person("1", "KOR", 0.8, "north", "4", "estimate first", True), Person("2", "KOR"))
    assert [answer.wave for answer in korea.answers] == [1, 2, 1]


BAD = [
    ("KOR,1,tea,own,4", "line 2: value 4 of item 'tea', question 'own': wanted one of 1, 2, 3"),
    ("KOR,1,tea,own,2.5", "line 2: value 2.5"),
    ("KOR,1,tea,own,Yes", "line 2: value 'Yes'"),
    ("KOR,1,tea,own,nan", "line 2: value 'nan'"),
    ("KOR,1,tea,own,1_0", "line 2: value '1_0'"),
    ("KOR,1,tea,own,", "line 2: value is empty"),
    ("KOR,1,milk,own,1", "line 2: there is no item 'milk'"),
    ("KOR,1,tea,mood,1", "line 2: item 'tea' does not ask 'mood'"),
    ("CHN,1,tea,own,1", "line 2: side 'CHN'"),
    ("KOR,,tea,own,1", "line 2: person is empty"),
    ("KOR,1,pet,other,101", "line 2: value 101"),
    ("KOR,1,act,cause,fate", "line 2: value 'fate'"),
    ("KOR,1,act,reason,so", "line 2: item 'act' asks for no reasons"),
    ("KOR,1,act,anger,\x1b[31m9", "line 2: value"),
]


@pytest.mark.parametrize(("row", "named"), BAD)
def test_a_bad_row_is_named_with_file_line_and_value(tmp_path: Path, row: str, named: str) -> None:
    with pytest.raises(BadFileError) as error:
        read_tidy(_write(tmp_path, row), ASKED)
    assert "a.csv: 1 fault" in str(error.value)
    assert named in str(error.value)
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize(
    ("one", "two", "named"),
    [
        ("1,2,,,,,", "1,3,,,,,", "line 3: weight of person '1' is 3.0 here and 2.0 before"),
        ("1,,n,,,,", "1,,s,,,,", "line 3: stratum of person '1'"),
        ("1,0,,,,,", "2,,,,,,", "line 2: weight 0.0"),
        ("1,x,,,,,", "2,,,,,,", "line 2: weight 'x'"),
        ("1,,,,any,,", "2,,,,,,", "line 2: order 'any'"),
        ("1,,,,,perhaps,", "2,,,,,,", "line 2: consent 'perhaps'"),
        ("1,,,,,,0", "2,,,,,,", "line 2: wave '0'"),
        ("1,,,,,,1.5", "2,,,,,,", "line 2: wave '1.5'"),
        ("1,,,,,,", "1,,,,,,1", "line 3: person '1' answers 'own' of item 'tea' twice in wave 1"),
    ],
)
def test_what_is_said_of_a_person_is_checked(tmp_path: Path, one: str, two: str, named: str) -> None:
    head = "side,item,question,value,person,weight,stratum,psu,order,consent,wave"
    with pytest.raises(BadFileError) as error:
        read_tidy(_write(tmp_path, f"KOR,tea,own,1,{one}", f"KOR,tea,own,2,{two}", head=head), ASKED)
    assert named in str(error.value)


def test_all_faults_are_counted_and_the_first_twenty_shown(tmp_path: Path) -> None:
    rows = [f"KOR,{i},tea,own,{9 if i % 2 else 1}" for i in range(100)]
    with pytest.raises(BadFileError) as error:
        read_tidy(_write(tmp_path, *rows), ASKED)
    said = str(error.value)
    assert "50 faults" in said
    assert said.count("value 9") == 20
    assert "and 30 more" in said


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"side,person,item,question\nKOR,1,tea,own\n", "lacks value"),
        (b"side,person,item,question,value,mood\nKOR,1,tea,own,1,x\n", "column 'mood' is not known"),
        (b"side,person,item,question,value,value\n", "twice"),
        (b"side,person,item,question,value\nKOR,1,tea\n", "line 2: 3 cells"),
        (b"side,person,item,question,value\nKOR,1,tea,own,\xb0\xa1\n", "not UTF-8"),
        (b'side,person,item,question,value\nKOR,1,tea,own,"' + b"x" * 200_000 + b'"\n', "no CSV"),
        (b"", "lacks side"),
        (b"side,person,item,question,value\n", "holds no answers"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path: Path, content: bytes, named: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(BadFileError, match=named):
        read_tidy(tmp_path / "a.csv", ASKED)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match=r"b\.csv: cannot be read"):
        read_tidy(tmp_path / "b.csv", ASKED)


def test_files_of_one_side_are_put_together_and_a_person_given_twice_is_refused(tmp_path: Path) -> None:
    one = read_tidy(_write(tmp_path, "KOR,1,tea,own,3"), ASKED)
    two = read_tidy(_write(tmp_path, "KOR,2,tea,own,1", "JPN,1,tea,own,1"), ASKED)
    assert [(side.side, len(side.people), len(side.answers)) for side in merged((*one, *two))] == [
        ("JPN", 1, 1),
        ("KOR", 2, 2),
    ]
    with pytest.raises(UsageError, match="'1' of KOR"):
        merged((*one, *one))
