"""POLECAT: cells with several countries, the word None, layouts that grew."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import toy_events as toy

from visavis import actions
from visavis.errors import SchemaDriftError
from visavis.sources import Scope, polecat, source
from visavis.store.lake import Lake
from visavis.store.loading import load

NAME = "ngecEvents.DV.2021.txt"


def read(*rows: list[object], scope: Scope | None = None) -> list[dict[str, object]]:
    return toy.rows(toy.read("polecat", toy.polecat_file(*rows), NAME, scope))


def test_a_row_comes_in_with_the_root_of_its_type_and_mode() -> None:
    found = read(toy.polecat_row(), toy.polecat_row("2_1", kind="ASSAULT", mode="heavy-weapons"))
    assert [(r["code"], r["root"]) for r in found] == [("04", "04"), ("19", "19")]
    assert {actions.normalise(str(r["code"])) for r in found} == {"04", "19"}


def test_several_countries_in_a_cell_become_one_row_for_each_directed_pair() -> None:
    found = read(toy.polecat_row(actor="JPN; KOR", recipient="USA|CHN"))
    assert {(r["source"], r["target"]) for r in found} == {
        ("JPN", "USA"), ("JPN", "CHN"), ("KOR", "USA"), ("KOR", "CHN"),
    }  # fmt: skip
    assert {r["event_id"] for r in found} == {f"0a1b_1:{r['source']}:{r['target']}" for r in found}
    assert {(r["story"], r["line"], r["count"]) for r in found} == {("0a1b", 2, 1)}


def test_a_country_on_both_sides_makes_no_pair_with_itself_and_a_repeated_one_no_second_pair() -> None:
    found = read(toy.polecat_row(actor="JPN; KOR; JPN", recipient="KOR; JPN"))
    assert {(r["source"], r["target"]) for r in found} == {("JPN", "KOR"), ("KOR", "JPN")}
    assert len(found) == 2


def test_the_word_none_is_a_blank() -> None:
    rows = [toy.polecat_row(actor="None"), toy.polecat_row(recipient="None"), toy.polecat_row("None")]
    reasons = toy.refused(toy.read("polecat", toy.polecat_file(*rows), NAME))
    assert reasons == {"no_source_country": 1, "no_target_country": 1, "no_event_id": 1}


def test_a_country_that_no_list_holds_is_left_out_and_alone_refused() -> None:
    batches = toy.read(
        "polecat", toy.polecat_file(toy.polecat_row(actor="KOR; QQQ"), toy.polecat_row("2", actor="QQQ")), NAME
    )
    assert [r["source"] for r in toy.rows(batches)] == ["KOR"]
    assert toy.refused(batches) == {"unknown_country": 1}


def test_a_type_that_plover_does_not_have_is_refused_with_its_value() -> None:
    [batch] = toy.read("polecat", toy.polecat_file(toy.polecat_row(kind="GREET")), NAME)
    assert [(b.line, b.reason, b.value) for b in batch.bad] == [(2, "bad_code", "GREET")]


def test_sectors_come_in_codes_or_words_and_give_one_list() -> None:
    [row] = read(toy.polecat_row(sectors=("GOV; MIL", "Legislative|Something new")))
    assert (row["source_sectors"], row["target_sectors"]) == ("government|military", "legislature|other")


def test_later_files_say_event_intensity_and_have_more_columns() -> None:
    header = [*polecat.COLUMNS[:5], "Headline", *polecat.COLUMNS[5:], "Feed"]
    header[4] = "Event Intensity"
    row = toy.polecat_row()
    raw = toy.polecat_file([*row[:5], "Minister visits", *row[5:], "feed"], header=header)
    [found] = toy.rows(toy.read("polecat", raw, NAME))
    assert (found["text"], found["target"], found["publisher"]) == ("Minister visits", "JPN", "Invented Daily")


def test_the_old_western_encoding_is_read() -> None:
    raw = toy.polecat_file(toy.polecat_row(city="Bogotá"), toy.polecat_row("2_1")).decode().encode("iso-8859-1")
    assert len(toy.rows(toy.read("polecat", raw, NAME))) == 2


def test_a_repeated_event_id_is_refused_as_a_duplicate_key(tmp_path: Path) -> None:
    file = tmp_path / NAME
    file.write_bytes(toy.polecat_file(toy.polecat_row(), toy.polecat_row(kind="AGREE"), toy.polecat_row("2_1")))
    report = load(Lake(tmp_path / "record"), source("polecat"), [file])
    assert (report.rows_accepted, report.rows_refused) == (2, {"duplicate_key": 1})


def test_a_column_added_lost_or_moved_stops_the_load_and_is_named() -> None:
    with pytest.raises(SchemaDriftError, match="not known: Mood"):
        toy.read("polecat", toy.polecat_file(header=[*polecat.COLUMNS, "Mood"]), NAME)
    with pytest.raises(SchemaDriftError, match="missing: Event Type"):
        toy.read("polecat", toy.polecat_file(header=[c for c in polecat.COLUMNS if c != "Event Type"]), NAME)
    with pytest.raises(SchemaDriftError, match="column 1 is 'Event Date'"):
        toy.read("polecat", toy.polecat_file(header=["Event Date", "Event ID", *polecat.COLUMNS[2:]]), NAME)


def test_other_pairs_keep_their_counts_and_lose_their_detail() -> None:
    found = read(toy.polecat_row(actor="KOR;USA"), scope=Scope(frozenset({("JPN", "KOR")})))
    assert {(r["source"], r["story"], r["source_sectors"]) for r in found} == {
        ("KOR", "0a1b", "government"),
        ("USA", None, ""),
    }
