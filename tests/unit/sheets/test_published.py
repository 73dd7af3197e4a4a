"""Published percentages: the figures of METHODS, and every bad row named."""

from __future__ import annotations

from pathlib import Path

import pytest

from visavis.errors import BadFileError, UsageError
from visavis.finding import Verdict
from visavis.sheets.published import read_published

HEAD = "item,answer,side,percent,n,source\n"
POLLS = """threat 2013,feels threatened,KOR,76.7,1000,a poll
threat 2013,feels threatened,JPN,84.7,2120,a poll
threat 2018,feels threatened,South Korea,53,1000,a poll
threat 2018,feels threatened,Japan,82,1000,a poll
threat 2018,only in one,JPN,12,1000,a poll
"""


@pytest.fixture
def polls(tmp_path: Path) -> Path:
    path = tmp_path / "polls.csv"
    path.write_text(HEAD + POLLS)
    return path


def test_eight_points_are_undecided_and_twenty_nine_differ(polls: Path) -> None:
    early, late = read_published(polls, "KOR", "JPN")
    assert early.verdict is Verdict.UNDECIDED
    assert early.numbers["gap"].value == pytest.approx(8.0)
    assert late.verdict is Verdict.HOLDS
    assert late.numbers["gap"].value == pytest.approx(29.0)
    assert [d.numbers["deff"].value for d in late.details] == [1.0, 2.5]
    simple = late.details[0].numbers["gap"]
    assert simple.value is not None
    assert simple.low is not None
    assert simple.value - simple.low == pytest.approx(3.9, abs=0.1)
    assert "published" in late.provenance.parameters["basis"]


def test_the_order_of_the_sides_changes_no_figure(polls: Path) -> None:
    assert read_published(polls, "JPN", "KOR") == read_published(polls, "KOR", "JPN")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x,y,KOR,76.7%,1000,s", "line 7: percent '76.7%'"),
        ("x,y,KOR,176,1000,s", "line 7: percent '176'"),
        ("x,y,KOR,76,1,s", "n '1'"),
        ("x,y,KOR,76,1000,", "line 7: item, answer and source"),
        ("x,y,Atlantis,76,1000,s", "line 7, column 'side'"),
        ("threat 2013,feels threatened,KOR,70,1000,s", "first in line 2"),
    ],
)
def test_a_bad_row_is_named(polls: Path, row: str, said: str) -> None:
    polls.write_text(HEAD + POLLS + row + "\n")
    with pytest.raises(BadFileError, match=said):
        read_published(polls, "KOR", "JPN")


def test_nothing_in_common_is_said(polls: Path) -> None:
    with pytest.raises(UsageError, match="no answer is given for both"):
        read_published(polls, "KOR", "CHN")
