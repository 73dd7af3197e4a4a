"""Figures of polls against each other, as a user imports them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from visavis.errors import BadFileError
from visavis.record import open_record
from visavis.schema import POLLS
from visavis.store.facts import read_facts
from visavis.store.poll_figures import differing

ROOT = Path(__file__).resolve().parents[3]
ROW = {
    "id": "X1", "series": "A poll", "wave": "", "date": "2019", "country": "KOR", "about": "JPN", "issue": "",
    "kind": "impression", "item": "view", "response": "good", "value": "60", "unit": "percent", "n": "1000",
    "mode": "", "source": "a paper", "verified": "verified", "note": "",
}  # fmt: skip


def written(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, POLLS.names)
        writer.writeheader()
        writer.writerows(ROW | row for row in rows)
    return path


def test_answers_that_add_up_to_more_than_all_people_are_refused_with_line_and_sum(tmp_path: Path) -> None:
    path = written(tmp_path / "f.csv", {}, {"id": "X2", "response": "bad", "value": "55"})
    with pytest.raises(BadFileError, match=r"line 3: the answers to 'view' \(A poll, 2019, KOR\) add up to 115"):
        read_facts("polls", path)


@pytest.mark.parametrize(
    "second",
    [
        {"response": "bad", "value": "40.9"},  # rounding
        {"response": "bad", "value": "55", "country": "JPN", "about": "KOR"},
        {"response": "bad", "value": "55", "date": "2020"},
        {"response": "bad", "value": "55", "item": "another question"},
        {"response": "bad", "value": "55", "series": "Another poll"},
        {"response": "", "value": "55", "unit": "mean, 0 to 100"},
        {"response": "good", "value": "55"},  # the same answer, printed differently
    ],
)
def test_rounding_and_other_questions_are_not_added_up(tmp_path: Path, second: dict[str, str]) -> None:
    assert read_facts("polls", written(tmp_path / "f.csv", {}, {"id": "X2"} | second)).num_rows == 2


def test_reasons_may_add_up_to_more_than_all_people(tmp_path: Path) -> None:
    rows = ({"kind": "reason"}, {"id": "X2", "kind": "reason", "response": "another", "value": "70"})
    assert read_facts("polls", written(tmp_path / "f.csv", *rows)).num_rows == 2


def test_figures_that_differ_for_one_answer_are_named_with_their_rows() -> None:
    rows = [ROW, ROW | {"id": "X2", "value": "61.5"}, ROW | {"id": "X3", "date": "2020", "value": "70"}]
    assert differing(rows) == ["A poll, 2019, KOR, 'view', 'good': 60 (X1) and 61.5 (X2); all are kept"]
    assert differing([ROW, ROW | {"id": "X2"}]) == []


def test_the_same_file_imported_twice_changes_nothing_and_a_shipped_figure_stays(tmp_path: Path) -> None:
    other = {
        "id": "U1", "series": "EAI-Genron", "date": "2013", "country": "JPN", "about": "KOR",
        "item": "impression of the other country", "response": "good or somewhat good", "value": "33",
    }  # fmt: skip
    record = open_record(tmp_path / "record")
    path = written(tmp_path / "f.csv", other)
    for _ in range(2):
        record.import_facts("polls", path)
        assert record.differing_figures() == [
            "EAI-Genron, 2013, JPN, 'impression of the other country', 'good or somewhat good': "
            "31.1 (P001) and 33 (U1); all are kept"
        ]


def test_an_unknown_country_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match=r"line 2: country 'XKX1' is no ISO alpha-3 code"):
        read_facts("polls", written(tmp_path / "f.csv", {"country": "XKX1"}))


@pytest.mark.parametrize("name", ["facts/polls.csv", "examples/my-polls.csv"])
def test_the_files_that_visavis_brings_pass_its_own_checks(name: str) -> None:
    assert read_facts("polls", ROOT / name).num_rows > 5
