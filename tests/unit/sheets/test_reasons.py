from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from tests.toy_sheet import toy_asked, toy_item

from visavis.asked import Asked, Reason
from visavis.errors import BadFileError, UsageError
from visavis.sheets.reasons import blind_id, rating_form, with_ratings

TEXTS = [
    Reason("1", "tea", "JPN", "KOR", "=SUM(A1) because of the weather"),
    Reason("2", "tea", "KOR", "KOR", "because we like it"),
    Reason("3", "tea", "KOR", "JPN", "because they drink it"),
]


@pytest.fixture
def asked() -> Asked:
    return toy_asked([toy_item("tea", reasons=True)], {}, reasons=TEXTS)


def filled(path: Path, ratings: dict[str, list[str]]) -> None:
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    for row in rows[1:]:
        row[3 : 3 + len(ratings[row[0]])] = ratings[row[0]]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def test_the_form_holds_the_texts_about_a_side_and_nothing_of_who_wrote_them(asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    assert rating_form(path, asked, "KOR", raters=2) == 2
    text = path.read_text(encoding="utf-8-sig")
    assert "because we like it" in text
    assert "because they drink it" not in text
    assert "JPN" not in text
    assert "KOR" not in text
    assert not any(line.split(",")[2].startswith("=") for line in text.splitlines()[1:])
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(UsageError, match="is there already"):
        rating_form(path, asked, "KOR")


def test_ratings_come_back_to_their_texts_and_only_to_those_of_the_side(asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    rating_form(path, asked, "KOR", raters=3)
    one, two = (blind_id(asked, reason) for reason in TEXTS[:2])
    filled(path, {one: ["2", "", "3,5"], two: ["9", "10", ""]})
    rated = {reason.id: reason.ratings for reason in with_ratings(asked, "KOR", path).reasons}
    assert rated == {"1": (2.0, 3.5), "2": (9.0, 10.0), "3": ()}


@pytest.mark.parametrize(("cell", "said"), [("11", "'11' is no number from 0 to 10"), ("yes", "'yes' is no number")])
def test_a_bad_rating_is_named_with_line_and_column(asked: Asked, tmp_path: Path, cell: str, said: str) -> None:
    path = tmp_path / "form.csv"
    rating_form(path, asked, "KOR", raters=1)
    filled(path, {blind_id(asked, reason): [cell] for reason in TEXTS[:2]})
    with pytest.raises(BadFileError, match=f"line 2, column 'p1': {said}"):
        with_ratings(asked, "KOR", path)


def test_a_text_that_is_missing_or_of_another_sheet_is_named(asked: Asked, tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    rating_form(path, asked, "KOR", raters=1)
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    path.write_text("".join(lines[:2]), encoding="utf-8")
    with pytest.raises(BadFileError, match=r"is missing\. Keep all rows"):
        with_ratings(asked, "KOR", path)
    path.write_text("".join(lines).replace(blind_id(asked, TEXTS[0]), "00000000"), encoding="utf-8")
    with pytest.raises(BadFileError, match="'00000000' is no text about KOR"):
        with_ratings(asked, "KOR", path)


def test_texts_of_both_sides_under_one_id_keep_their_own_ratings(tmp_path: Path) -> None:
    texts = [replace(reason, id="x") for reason in TEXTS[:2]]
    asked = toy_asked([toy_item("tea", reasons=True)], {}, reasons=texts)
    path = tmp_path / "form.csv"
    assert rating_form(path, asked, "KOR", raters=1) == 2
    filled(path, {blind_id(asked, texts[0]): ["1"], blind_id(asked, texts[1]): ["9"]})
    assert [(r.side, r.ratings) for r in with_ratings(asked, "KOR", path).reasons] == [("JPN", (1.0,)), ("KOR", (9.0,))]


def test_a_side_that_nobody_wrote_about_has_no_form(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No reason about KOR"):
        rating_form(tmp_path / "form.csv", toy_asked([toy_item("tea")], {}), "KOR")
