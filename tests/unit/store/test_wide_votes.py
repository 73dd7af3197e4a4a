"""Wide files with a row a country and a column a roll call: the same ballots as the long form, bad cells named."""

from __future__ import annotations

from pathlib import Path

import pytest

from visavis.errors import BadFileError
from visavis.store.vote_files import read_votes
from visavis.store.votes import Imported


def _read(folder: Path, text: str) -> Imported:
    path = folder / "wide.csv"
    path.write_text(text, encoding="utf-8")
    return read_votes(path)


def _rows(found: Imported) -> set[tuple[str, str, str]]:
    return {(row["roll_call"], row["country"], row["vote"]) for row in found.ballots.to_pylist()}


def test_columns_numbered_within_a_session_get_its_number(tmp_path: Path) -> None:
    text = "ccode,session,year,v1,v2\n732,46,1991,1,8\n740,46,1991,3,9\n732,47,1992,2,\n740,47,1992,1,2.0\n"
    found = _read(tmp_path, text)
    assert _rows(found) == {
        ("46-v1", "KOR", "yes"), ("46-v2", "KOR", "absent"), ("46-v1", "JPN", "no"),
        ("47-v1", "KOR", "abstain"), ("47-v1", "JPN", "yes"), ("47-v2", "JPN", "abstain"),
    }  # fmt: skip
    sessions = zip(found.roll_calls["roll_call"].to_pylist(), found.roll_calls["session"].to_pylist(), strict=True)
    assert sorted(sessions) == [("46-v1", 46), ("46-v2", 46), ("47-v1", 47), ("47-v2", 47)]
    assert found.faults == ()


def test_columns_of_one_session_each_are_names_of_roll_calls(tmp_path: Path) -> None:
    text = "country,session,4001,4002,4101\nSouth Korea,46,1,1,9\nJapan,46,1,3,\nSouth Korea,47,,,2\nJapan,47,9,9,1\n"
    found = _read(tmp_path, text)
    assert {row[0] for row in _rows(found)} == {"4001", "4002", "4101"}
    assert len(_rows(found)) == 6


def test_without_a_column_of_sessions_the_names_hold_them(tmp_path: Path) -> None:
    found = _read(tmp_path, "iso3,46-1,R/47/12\nKOR,1,2\nJPN,1,3\n")
    assert {row[0] for row in _rows(found)} == {"46-1", "R/47/12"}
    assert sorted(found.roll_calls["session"].to_pylist()) == [46, 47]


def test_what_is_wrong_is_named_with_file_line_column_and_value(tmp_path: Path) -> None:
    text = "ccode,session,v1,v2\n732,46,1,7\n740,46,3,2\n999,46,1,1\n2,first,1,1\n"
    found = _read(tmp_path, text)
    assert "wide.csv, line 2, column 'v2': vote '7' is no code" in found.faults
    assert "wide.csv, line 5: session 'first' is no number from 1 to 999" in found.faults
    assert sum("ccode '999' is no country" in fault for fault in found.faults) == 2
    assert _rows(found) == {("46-v1", "KOR", "yes"), ("46-v1", "JPN", "no"), ("46-v2", "JPN", "abstain")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ccode,session,v1,people\n732,46,1,51000000\n", "line 1, column 'people': none of its cells is a vote"),
        ("ccode,v1\n732,1\n", "line 1, column 'v1': nothing says of which session"),
        ("ccode,session\n732,46\n", "no column of roll calls"),
        ("ccode,session,v1\n732,46,9\n", "no rows below the header that hold a vote"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match=said):
        _read(tmp_path, text)


def test_many_bad_cells_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"732,{s},{'1' if s == 46 else 5}\n" for s in range(46, 999))
    found = _read(
        tmp_path, "ccode,session,v1,v2\n" + "".join(f"{line},5\n" for line in rows.splitlines()) + "740,46,1,1\n"
    )
    assert found.faults[-1].startswith("and ")
    assert len(found.faults) == 1001
