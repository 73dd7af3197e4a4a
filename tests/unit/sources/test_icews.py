"""ICEWS: identifiers, sectors, NA, drift."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests import toy_events as toy

from visavis.errors import BadFileError, SchemaDriftError
from visavis.sources import Scope, icews, source
from visavis.store.lake import Lake
from visavis.store.loading import load

NAME = "20190121-icews-events.tab"


def read(*rows: list[object], scope: Scope | None = None) -> list[dict[str, object]]:
    return toy.rows(toy.read("icews", toy.lines([icews.COLUMNS, *rows]), NAME, scope))


def test_a_row_comes_in_with_its_words_sectors_and_line() -> None:
    [row] = read(toy.icews_row(12, text="Say hello"))
    assert (row["event_id"], row["date"], row["source"], row["target"]) == ("12", dt.date(2019, 1, 21), "KOR", "JPN")
    assert (row["source_sectors"], row["target_sectors"], row["text"], row["story"], row["line"]) == (
        "government|military", "", "Say hello", "7", 2,
    )  # fmt: skip


def test_the_order_of_a_sector_list_does_not_matter() -> None:
    first, second = read(toy.icews_row(sectors="Military,Government"), toy.icews_row(2, sectors="Government,Military"))
    assert first["source_sectors"] == second["source_sectors"]


def test_a_quoted_sector_list_is_read_without_its_quotes() -> None:
    [row] = read(toy.icews_row(sectors='"Military,Police"'))
    assert row["source_sectors"] == "military|police"


def test_sectors_that_none_of_ours_fits_are_other_and_none_at_all_is_unknown() -> None:
    ideology, nothing = read(toy.icews_row(sectors="Center Right"), toy.icews_row(2, sectors=""))
    assert (ideology["source_sectors"], nothing["source_sectors"]) == ("other", "")


def test_the_word_na_is_a_blank() -> None:
    batches = toy.read("icews", toy.lines([icews.COLUMNS, toy.icews_row(source="NA"), toy.icews_row(story="NA")]), NAME)
    assert toy.refused(batches) == {"no_source_country": 1}
    assert toy.rows(batches)[0]["story"] is None


def test_a_repeated_event_id_with_another_date_is_two_rows_and_with_the_same_date_one(tmp_path: Path) -> None:
    file = tmp_path / "events.2013.tab"
    rows = [toy.icews_row(5), toy.icews_row(5, day="2019-02-21"), toy.icews_row(5, code="043")]
    file.write_bytes(toy.lines([icews.COLUMNS, *rows]))
    report = load(Lake(tmp_path / "record"), source("icews"), [file])
    assert (report.rows_accepted, report.rows_refused) == (2, {"duplicate_key": 1})


def test_files_in_any_order_give_the_same_record_and_shared_ids_are_resolved(tmp_path: Path) -> None:
    one, two = tmp_path / "a.tab", tmp_path / "b.tab"
    one.write_bytes(toy.icews_file(200, seed=1))
    two.write_bytes(toy.icews_file(200, seed=1).replace(b"\t042\t", b"\t043\t"))
    digests = []
    for order in ([one, two], [two, one]):
        lake = Lake(tmp_path / f"record-{order[0].stem}")
        load(lake, source("icews"), order)
        digests.append(lake.digest())
    assert digests[0] == digests[1]


def test_rows_in_no_order_are_put_into_their_months(tmp_path: Path) -> None:
    file = tmp_path / "events.tab"
    file.write_bytes(toy.icews_file(300, seed=2))
    lake = Lake(tmp_path / "record")
    load(lake, source("icews"), [file])
    assert sorted(f.month for f in lake.manifest.of("events")) == ["2019-01", "2019-02", "2019-03"]


def test_a_header_alone_is_a_day_without_events(tmp_path: Path) -> None:
    assert toy.rows(toy.read("icews", toy.icews_file(0, seed=1), NAME)) == []


def test_an_empty_file_is_a_bad_file_that_is_named() -> None:
    with pytest.raises(BadFileError, match=NAME):
        source("icews").layout(NAME, b"")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ([*icews.COLUMNS, "Tone"], "not known: Tone"),
        (icews.COLUMNS[:-1], "missing: Longitude"),
        ([icews.COLUMNS[1], icews.COLUMNS[0], *icews.COLUMNS[2:]], "column 1 is 'Event Date', expected 'Event ID'"),
        (["Event Number", *icews.COLUMNS[1:]], "missing: Event ID; not known: Event Number"),
    ],
)
def test_a_column_added_lost_moved_or_renamed_stops_the_load_and_is_named(header: list[str], said: str) -> None:
    with pytest.raises(SchemaDriftError, match=said) as stopped:
        toy.read("icews", toy.lines([header]), NAME)
    assert stopped.value.exit_code == 4


def test_a_retyped_column_stops_the_load_though_its_name_is_the_same() -> None:
    rows = [toy.icews_row(i, day="21 January 2019") for i in range(30)]
    with pytest.raises(SchemaDriftError, match="'Event Date' holds '21 January 2019', expected YYYY-MM-DD"):
        read(*rows)


def test_a_bad_row_among_good_ones_is_refused_with_line_and_value() -> None:
    rows = [*(toy.icews_row(i) for i in range(30)), toy.icews_row(30, source="Atlantis"), toy.icews_row(31, code="42x")]
    batches = toy.read("icews", toy.lines([icews.COLUMNS, *rows]), NAME)
    assert {(b.line, b.reason, b.value) for batch in batches for b in batch.bad} == {
        (32, "unknown_country", "Atlantis"),
        (33, "bad_code", "42x"),
    }
    assert len(toy.rows(batches)) == 30
