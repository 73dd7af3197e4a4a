"""Facts from CSV files: every bad row is named, rows replace as promised, and what is shipped keeps to its rule."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import DATA

from visavis.errors import BadFileError, UnknownNameError
from visavis.record import open_record
from visavis.schema import FACTS
from visavis.store.facts import merged, read_facts

ROOT = Path(__file__).resolve().parents[3]
GOOD: dict[str, dict[str, str]] = {
    "timeline": {
        "id": "X1", "date": "2019-08", "date_precision": "month", "description": "A meeting", "parties": "KOR;JPN",
        "issue_area": "", "source": "a paper", "verified": "verified",
    },
    "polls": {
        "id": "X1", "series": "A poll", "wave": "", "date": "2019", "country": "KOR", "about": "JPN", "issue": "",
        "kind": "impression", "item": "view", "response": "good", "value": "31.5", "unit": "percent", "n": "1000",
        "mode": "", "source": "a paper", "verified": "verified", "note": "",
    },
    "mechanisms": {
        "id": "X1", "spell": "1", "name": "Talks", "parties": "KOR;JPN", "domain": "security", "start": "2001",
        "end": "2004-05", "end_type": "suspended", "as_of": "", "source": "a paper", "verified": "verified",
    },
    "indicators": {
        "country": "KOR", "year": "2019", "indicator": "income", "value": "1.5", "unit": "dollars",
        "source": "a bank", "verified": "verified",
    },
    "pair_years": {
        "parties": "JPN;KOR", "year": "2019", "figure": "trade", "value": "1.5", "unit": "points", "reads": "close",
        "source": "a bank", "verified": "verified",
    },
}  # fmt: skip


def _written(path: Path, name: str, *rows: dict[str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FACTS[name].names)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("name", list(FACTS))
def test_a_good_row_is_read_in_the_types_of_its_columns(name: str, tmp_path: Path) -> None:
    table = read_facts(name, _written(tmp_path / "f.csv", name, GOOD[name]))
    assert table.schema == FACTS[name].arrow
    assert table.num_rows == 1


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("timeline", {"date": "2019-13"}, "date '2019-13' is no date"),
        ("timeline", {"date": "2019-08-01"}, "date '2019-08-01' is no date of precision month"),
        ("timeline", {"parties": "KOR;Japan"}, "'Japan' is no ISO alpha-3 code"),
        ("timeline", {"source": ""}, "source is empty"),
        ("polls", {"value": "131"}, "value '131' is no percentage between 0 and 100"),
        ("polls", {"value": "many"}, "value 'many' is no number"),
        ("polls", {"value": "nan"}, "value 'nan' is not finite"),
        ("polls", {"n": "0"}, "n '0' is no count above 0"),
        ("polls", {"about": "KOR"}, "about 'KOR' is the country asked"),
        ("mechanisms", {"end_type": "over"}, "end_type 'over' is not running"),
        ("mechanisms", {"end": "1999"}, "the spell ends (1999) before it begins (2001)"),
        (
            "mechanisms",
            {"end": "", "end_type": "running", "as_of": "1999-05"},
            "last seen running (1999-05) before it begins (2001)",
        ),
        ("mechanisms", {"end_type": "running"}, "a running spell has no end, and an as_of"),
        ("mechanisms", {"spell": "2"}, "spell 2 of X1 comes without spell 1 before it"),
        ("polls", {"n": "1"}, "n '1' is no number of people"),
        ("polls", {"unit": "pct"}, "unit 'pct' is neither percent nor a mean"),
        ("indicators", {"unit": "rank, 180 to 1"}, "names a scale that does not rise"),
        ("indicators", {"unit": "index, 0 to 1", "value": "500"}, "value '500' lies outside the scale"),
        ("polls", {"kind": "impressions"}, "kind 'impressions' is not impression"),
        ("polls", {"mode": "fax"}, "mode 'fax' is not face-to-face"),
        ("polls", {"date": "2999"}, "date '2999' lies ahead of today"),
        ("mechanisms", {"parties": "KOR"}, "parties 'KOR' is one country"),
        ("mechanisms", {"start": "2999", "end": ""}, "start '2999' lies ahead of today"),
        ("indicators", {"year": "20"}, "year '20' is no year from 1000"),
        ("indicators", {"year": "MMXIX"}, "year 'MMXIX' is no count above 0"),
        ("pair_years", {"parties": "KOR;JPN"}, "are not two countries in alphabetical order"),
        ("pair_years", {"parties": "CHN;JPN;KOR"}, "are not two countries in alphabetical order"),
        ("pair_years", {"reads": "nearer"}, "reads 'nearer' is not apart, close or class"),
        ("pair_years", {"reads": "class", "value": "1.5"}, "value '1.5' is no number of a class, 0 to 9"),
        ("pair_years", {"year": "2999"}, "year '2999' is no year from 1000"),
        ("indicators", {"verified": "sure"}, "verified 'sure' is not verified, derived or partial"),
    ],
)
def test_a_bad_row_is_named_with_line_and_value_and_nothing_is_taken(
    name: str, wrong: dict[str, str], said: str, tmp_path: Path
) -> None:
    first = GOOD[name] | ({"year": "2018"} if name in ("indicators", "pair_years") else {"id": "X0"})
    path = _written(tmp_path / "f.csv", name, first, GOOD[name] | wrong)
    with pytest.raises(BadFileError) as caught:
        read_facts(name, path)
    assert "f.csv: 1 fault; nothing was imported" in str(caught.value)
    assert "line 3: " in str(caught.value)
    assert said in str(caught.value)


def test_spells_of_one_mechanism_follow_each_other(tmp_path: Path) -> None:
    one = GOOD["mechanisms"]
    after = one | {"spell": "2", "start": "2003", "end": "", "end_type": "running", "as_of": "2020"}
    with pytest.raises(BadFileError, match=r"begins \(2003\) before the one before it ends \(2004-05\)"):
        read_facts("mechanisms", _written(tmp_path / "f.csv", "mechanisms", one, after))
    other = after | {"start": "2005", "name": "Other talks"}
    with pytest.raises(BadFileError, match="name 'Other talks' differs from 'Talks'"):
        read_facts("mechanisms", _written(tmp_path / "f.csv", "mechanisms", one, other))
    third = after | {"spell": "3", "start": "2021"}
    with pytest.raises(BadFileError, match="spell 2 of X1 is still running"):
        read_facts("mechanisms", _written(tmp_path / "f.csv", "mechanisms", one, after | {"start": "2005"}, third))
    same_year = after | {"start": "2004"}  # as far as both are known, it does not begin before
    assert read_facts("mechanisms", _written(tmp_path / "f.csv", "mechanisms", one, same_year)).num_rows == 2


def test_an_id_that_comes_again_is_a_fault_in_a_file_and_replaces_in_a_record(tmp_path: Path) -> None:
    path = _written(tmp_path / "f.csv", "polls", GOOD["polls"], GOOD["polls"])
    with pytest.raises(BadFileError, match="id 'X1' was used before"):
        read_facts("polls", path)
    record = open_record(tmp_path / "rec")
    for value in ("31.5", "30"):
        record.import_facts("polls", _written(path, "polls", GOOD["polls"] | {"value": value}))
    kept = record._lake().ledger("polls").to_pylist()
    assert [row["value"] for row in kept] == [30.0]


def test_own_polls_stand_beside_the_shipped_ones_and_an_own_chronology_in_their_place(tmp_path: Path) -> None:
    shipped = open_record("east-asia").tables
    for name in ("polls", "timeline"):
        own = read_facts(name, _written(tmp_path / "f.csv", name, GOOD[name]))
        assert merged(name, own, shipped.arrow(name)).num_rows == 1 + (name == "polls") * shipped.arrow(name).num_rows
    again = GOOD["polls"] | {"id": shipped.facts("polls")[0]["id"]}
    own = read_facts("polls", _written(tmp_path / "f.csv", "polls", again))
    assert merged("polls", own, shipped.arrow("polls")).num_rows == shipped.arrow("polls").num_rows


def test_no_facts_of_that_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="No facts named 'poll'"):
        read_facts("poll", tmp_path / "f.csv")


def test_no_yearly_figures_of_pairs_are_shipped() -> None:
    assert not (ROOT / "facts" / "pair_years.csv").exists()
    assert not open_record("east-asia").tables.arrow("pair_years").num_rows


@pytest.mark.parametrize("name", [name for name in FACTS if name != "pair_years"])
def test_the_pack_holds_the_rows_of_the_files_in_facts(name: str) -> None:
    table = read_facts(name, ROOT / "facts" / f"{name}.csv")
    held = open_record("east-asia").tables.facts(name)
    key = FACTS[name].key
    members = set(open_record("east-asia").tables.countries)
    wanted = [r for r in table.to_pylist() if members & set(r.get("parties", r.get("country")).split(";"))]
    assert sorted(map(repr, held)) == sorted(map(repr, wanted))
    assert len({tuple(row[c] for c in key) for row in held}) == len(held)


def _known(name: str) -> list[dict[str, Any]]:
    path = DATA.parent / "facts" / name
    if not path.exists():
        pytest.skip("needs the rows as they were read, in ../shared/facts, which are absent")
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_shipped_figure_of_a_poll_was_read_or_worked_out() -> None:
    read: set[tuple[str, str, float]] = set()
    for file in ("eai_genron", "cabinet_office_affinity", "pew", "other_joint", "recognition_vs_conclusion"):
        for row in _known(f"polls_{file}.csv"):
            if row["verified"] in ("verified", "derived"):
                cells = [c for name, c in row.items() if name.startswith(("percent", "kor_", "jpn_")) or "pct" in name]
                read |= {(row["source"], row["year"], float(cell)) for cell in cells if cell}
    beside = {
        (r["source"], r["year"]): r["note"] for r in _known("polls_pew.csv") if "table in the same page" in r["note"]
    }
    shipped = open_record("east-asia").tables.facts("polls")
    told = {(r["source"], r["date"], r["value"]) for r in shipped}
    assert read <= told
    for source, date, value in told - read:  # the other figure that the same page prints
        assert f"says {value:g}" in beside[source, date]
    assert {r["verified"] for r in shipped} <= {"verified", "derived"}


def test_a_spell_that_was_confirmed_in_part_is_shipped_no_finer_than_its_source() -> None:
    days = {
        (r["mechanism_id"], r["spell_start"], r["spell_end"]): r["verified"] for r in _known("mechanism_spells.csv")
    }
    dated = {row["date"] for row in _known("timeline.csv")}
    confirmed = {day for (_, *ends), status in days.items() if status == "verified" for day in ends}
    for row in open_record("east-asia").tables.facts("mechanisms"):
        fine = [date for date in (row["start"], row["end"]) if len(date) == 10]
        if row["verified"] == "partial":
            assert not fine, row
        assert all(date in confirmed | dated for date in fine), row


def test_every_shipped_indicator_is_a_figure_that_was_read() -> None:
    read = {
        (column[:3].upper(), row["year"], float(cell))
        for row in _known("similarity_by_year.csv")
        for column, cell in row.items()
        if row["verified"] == "verified" and column[:4] in ("kor_", "jpn_", "chn_", "usa_") and cell
    }
    shipped = open_record("east-asia").tables.facts("indicators")
    assert {(r["country"], str(r["year"]), r["value"]) for r in shipped} == read


def test_cells_separated_by_something_else_are_told_so(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(
        ";".join(FACTS["indicators"].names) + "\nKOR;2019;income;1;dollars;a bank;verified\n"
    )
    with pytest.raises(BadFileError, match="separated by ';': save it with commas"):
        read_facts("indicators", tmp_path / "f.csv")
