"""SPSS and Stata files are read by codes; marked values and encodings are never guessed in silence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from visavis.asked import Item, Questionnaire, Scale
from visavis.errors import BadFileError, MissingExtraError, UsageError
from visavis.sheets.microdata import read_mapping, read_microdata
from visavis.sheets.questionnaire import questionnaire_of, tree_of

pyreadstat = pytest.importorskip("pyreadstat")
pd = pytest.importorskip("pandas")

_SCALE = Scale("s", (1, 2, 3, 4), {"en": ("1", "2", "3", "4")}, frozenset({3, 4}))
_ITEMS = (
    Item("tea", "t", {"en": "Tea?"}, _SCALE, estimate="percent", asks=("own", "other")),
    Item("act", "t", {"en": "Act?"}, _SCALE, asks=("own", "cause")),
)
_PLAIN = Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "public", _ITEMS, "")
ASKED = questionnaire_of(tree_of(_PLAIN), "q")

MAPPING = """
format = "visavis mapping 1"
person = "ID"
weight = "WT"
stratum = "REGION"
psu = "PSU"
side_variable = "NATION"
sides = {1 = "KOR", 2 = "JPN"}
missing = {98 = "cannot guess", 99 = "declined", a = "cannot guess", b = "declined"}

[variables.Q1]
item = "tea"

[variables.Q1_THEM]
item = "tea"
question = "other"

[variables.Q2]
item = "act"
codes = {1 = 4, 2 = 3, 3 = 2, 4 = 1}
missing = {9 = "declined"}

[variables.Q3]
item = "act"
question = "cause"
codes = {1 = "situation", 2 = "government", 3 = "society"}
"""


def _frame() -> object:
    return pd.DataFrame(
        {
            "ID": [1.0, 2.0, 3.0, 4.0],
            "WT": [0.5, 1.5, 1.0, 2.0],
            "REGION": ["서울", "부산", "北海道", "東京"],
            "PSU": [11.0, 12.0, 21.0, 22.0],
            "NATION": [1.0, 1.0, 2.0, 2.0],
            "Q1": [4.0, 1.0, 99.0, None],
            "Q1_THEM": [37.0, 98.0, 0.0, 100.0],
            "Q2": [1.0, 9.0, 4.0, 2.0],
            "Q3": [1.0, 2.0, 3.0, None],
        }
    )


def _mapping(folder: Path, text: str = MAPPING) -> Path:
    (folder / "map.toml").write_text(text, encoding="utf-8")
    return folder / "map.toml"


def _sav(path: Path, frame: object = None, *, compressed: bool = False) -> Path:
    pyreadstat.write_sav(
        _frame() if frame is None else frame,
        str(path),
        missing_ranges={"Q1": [{"lo": 98, "hi": 99}], "Q1_THEM": [98]},
        variable_value_labels={"Q1": {1: "전혀", 4: "매우"}},
        compress=compressed,
    )
    return path


@pytest.mark.parametrize("name", ["a.sav", "a.zsav"])
def test_an_spss_file_gives_both_sides_by_code(tmp_path: Path, name: str) -> None:
    path = _sav(tmp_path / name, compressed=name.endswith("zsav"))
    japan, korea = read_microdata(path, ASKED, read_mapping(_mapping(tmp_path), ASKED))
    first = korea.people[0]
    assert (first.id, first.weight, first.stratum, first.psu) == ("1", 0.5, "서울", "11")
    assert [person.stratum for person in japan.people] == ["北海道", "東京"]
    given = {(a.person, a.item, a.question): a.value if a.value is not None else a.missing for a in korea.answers}
    assert given == {
        ("1", "tea", "own"): 4,
        ("1", "tea", "other"): 37,
        ("1", "act", "own"): 4,
        ("1", "act", "cause"): "situation",
        ("2", "tea", "own"): 1,
        ("2", "tea", "other"): "cannot guess",
        ("2", "act", "own"): "declined",
        ("2", "act", "cause"): "government",
    }
    other = {(a.person, a.item, a.question): a.value if a.value is not None else a.missing for a in japan.answers}
    assert other["3", "tea", "own"] == "declined"
    assert other["4", "tea", "own"] == other["4", "act", "cause"] == "not asked"
    assert korea.extra["encoding"] == "UTF-8"


def test_a_stata_file_keeps_its_lettered_missing_values_apart(tmp_path: Path) -> None:
    frame = _frame()
    frame["Q1"] = [4, "b", "a", None]  # type: ignore[index]
    frame["Q1_THEM"] = [37, 50, 0, 100]  # type: ignore[index]
    pyreadstat.write_dta(frame, str(tmp_path / "a.dta"), version=15, missing_user_values={"Q1": ["a", "b"]})
    japan, korea = read_microdata(tmp_path / "a.dta", ASKED, read_mapping(_mapping(tmp_path), ASKED))
    own = [a for side in (korea, japan) for a in side.answers if (a.item, a.question) == ("tea", "own")]
    assert [(a.value, a.missing) for a in own] == [
        (4, ""),
        (None, "declined"),
        (None, "cannot guess"),
        (None, "not asked"),
    ]


def _in(path: Path, encoding: str, texts: tuple[str, ...], pad: bytes) -> None:
    """Write the file's texts in another encoding, byte for byte in the same places."""
    raw = path.read_bytes()
    for text in texts:
        old, new = text.encode(), text.encode(encoding)
        assert old in raw
        raw = raw.replace(old, new + pad * (len(old) - len(new)))
    path.write_bytes(raw)


OLD = [("CP949", ("서울", "부산")), ("CP932", ("ソウル", "ソウル市"))]  # ソ in cp932 is no cp949


def _old(folder: Path, encoding: str, texts: tuple[str, str]) -> Path:
    frame = _frame()
    frame["REGION"] = [*texts, *texts]  # type: ignore[index]
    pyreadstat.write_sav(frame, str(folder / "a.sav"), missing_ranges={"Q1": [98, 99], "Q1_THEM": [98]})
    _in(folder / "a.sav", encoding, texts[::-1], b" ")
    return folder / "a.sav"


@pytest.mark.parametrize(("encoding", "texts"), OLD)
def test_texts_in_an_old_encoding_are_read_and_the_encoding_is_named(
    tmp_path: Path, encoding: str, texts: tuple[str, str]
) -> None:
    path = _old(tmp_path, encoding, texts)
    for side in read_microdata(path, ASKED, read_mapping(_mapping(tmp_path), ASKED)):
        assert [person.stratum for person in side.people] == list(texts)
        assert side.extra["encoding"] == encoding


def test_the_encoding_that_the_mapping_names_is_used_and_no_other(tmp_path: Path) -> None:
    path = _old(tmp_path, "CP932", ("東京", "北海道"))  # these bytes are cp949 too
    said = read_mapping(_mapping(tmp_path, 'encoding = "CP932"\n' + MAPPING), ASKED)
    for side in read_microdata(path, ASKED, said):
        assert [person.stratum for person in side.people] == ["東京", "北海道"]
    wrong = read_mapping(_mapping(tmp_path, 'encoding = "UTF-8"\n' + MAPPING), ASKED)
    with pytest.raises(BadFileError, match="cannot be read in UTF-8"):
        read_microdata(path, ASKED, wrong)


def test_an_old_stata_file_is_not_taken_for_western_text(tmp_path: Path) -> None:
    frame = _frame()
    frame["REGION"] = ["서울", "부산", "서울", "부산"]  # type: ignore[index]
    frame["Q1"], frame["Q1_THEM"] = [1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 2.0, 3.0]  # type: ignore[index]
    pyreadstat.write_dta(frame, str(tmp_path / "a.dta"), version=13)
    _in(tmp_path / "a.dta", "cp949", ("서울", "부산"), b"\0")
    _, korea = read_microdata(tmp_path / "a.dta", ASKED, read_mapping(_mapping(tmp_path), ASKED))
    assert [person.stratum for person in korea.people] == ["서울", "부산"]
    assert korea.extra["encoding"] == "CP949"


def test_a_marked_value_without_a_meaning_is_named_with_its_row(tmp_path: Path) -> None:
    text = MAPPING.replace('99 = "declined", ', "")
    with pytest.raises(BadFileError) as error:
        read_microdata(_sav(tmp_path / "a.sav"), ASKED, read_mapping(_mapping(tmp_path, text), ASKED))
    assert "row 3, variable Q1: value '99' is marked as missing" in str(error.value)


def test_every_bad_value_is_named(tmp_path: Path) -> None:
    frame = _frame()
    frame["Q1"] = [7.0, 1.0, 2.0, 3.0]  # type: ignore[index]
    frame["NATION"] = [1.0, 3.0, 2.0, 2.0]  # type: ignore[index]
    frame["WT"] = [1.0, 1.0, -1.0, None]  # type: ignore[index]
    with pytest.raises(BadFileError) as error:
        read_microdata(_sav(tmp_path / "a.sav", frame), ASKED, read_mapping(_mapping(tmp_path), ASKED))
    said = str(error.value)
    for named in (
        "4 faults",
        "row 1, variable Q1: value 7",
        "row 2: the side is '3'",
        "row 3: weight -1.0",
        "row 4: weight ''",
    ):
        assert named in said


def test_a_variable_that_is_not_there_is_named(tmp_path: Path) -> None:
    mapping = read_mapping(_mapping(tmp_path, MAPPING.replace("Q1_THEM", "Q7")), ASKED)
    with pytest.raises(BadFileError, match="'Q7'"):
        read_microdata(_sav(tmp_path / "a.sav"), ASKED, mapping)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("visavis mapping 1", "other", "'format'"),
        ('person = "ID"', "", "'person'"),
        ('person = "ID"', "person = 1", "'person'"),
        ('side_variable = "NATION"', 'side = "KOR"', "'side'"),
        ('2 = "JPN"}', '2 = "CHN"}', "'CHN'"),
        ('weight = "WT"', 'wieght = "WT"', "'wieght'"),
        ('99 = "declined"', '99 = "lost"', "'lost'"),
        ('missing = {9 = "declined"}', 'missing = {9 = "gone"}', "variable 'Q2'.*'gone'"),
        ('item = "tea"\nquestion = "other"', 'item = "tea"\nquestion = "felt"', "variable 'Q1_THEM'.*'felt'"),
        ('item = "tea"\n\n', 'item = "milk"\n\n', "variable 'Q1'.*'milk'"),
        ("codes = {1 = 4, 2 = 3, 3 = 2, 4 = 1}", "codes = {1 = [4]}", "variable 'Q2'.*'codes'"),
        ("codes = {1 = 4, 2 = 3, 3 = 2, 4 = 1}", "code = {1 = 4}", "variable 'Q2'.*'code'"),
        ('person = "ID"', 'person = "ID"\nblank = "zero"', "'blank'"),
        ('format = "visavis mapping 1"', "= =", "not TOML"),
    ],
)
def test_a_wrong_mapping_names_the_field(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in MAPPING
    with pytest.raises(BadFileError, match=named):
        read_mapping(_mapping(tmp_path, MAPPING.replace(old, new)), ASKED)


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    mapping = read_mapping(_mapping(tmp_path), ASKED)
    (tmp_path / "a.sav").write_bytes(b"no SPSS file at all")
    with pytest.raises(BadFileError, match=r"a\.sav: cannot be read"):
        read_microdata(tmp_path / "a.sav", ASKED, mapping)
    with pytest.raises(BadFileError, match="no such file"):
        read_microdata(tmp_path / "b.sav", ASKED, mapping)
    with pytest.raises(UsageError, match=r"a\.xlsx"):
        read_microdata(tmp_path / "a.xlsx", ASKED, mapping)


def test_without_pyreadstat_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mapping = read_mapping(_mapping(tmp_path), ASKED)
    (tmp_path / "a.sav").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(MissingExtraError, match=r"visavis\[survey\]"):
        read_microdata(tmp_path / "a.sav", ASKED, mapping)
