"""Phoenix: three shapes, lost zeros, the coder's default."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests import toy_events as toy

from visavis.errors import SchemaDriftError
from visavis.sources import Scope, phoenix, source

NAME = "events.full.20150604.txt"
DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "phoenix" / "samplePhox.csv"


def copied(*rows: list[object]) -> bytes:
    """Real-time rows as R writes them."""
    return toy.quoted([toy.phoenix_header(), *([i, i, *row] for i, row in enumerate(rows))])


def test_each_stream_is_cited_as_its_own_publisher_asks() -> None:
    found = source("phoenix")
    real, past = found.terms_of("phoenix"), found.terms_of("phoenix-nyt")
    assert "Open Event Data Alliance" in real.citation
    assert "Cline" not in real.citation + real.licence + real.title
    assert "Cline Center" in past.citation
    assert "Alliance" not in past.citation + past.licence
    unknown = found.terms_of("a-name-of-my-own").citation
    assert real.citation in unknown
    assert past.citation in unknown


def test_a_real_time_file_is_a_day_and_names_its_article_without_the_sentence() -> None:
    [row] = toy.rows(toy.read("phoenix", toy.lines([toy.phoenix_row(story="abc_3;def_1")]), NAME))
    assert source("phoenix").file_day(NAME) == dt.date(2015, 6, 4)
    assert (row["event_id"], row["story"], row["told_by"], row["line"]) == ("1_v1", "abc", "KOR", 1)
    assert (row["source_sectors"], row["target_sectors"]) == ("government", "")


def test_a_code_that_lost_its_zero_gets_it_back_from_the_root() -> None:
    raw = copied(toy.phoenix_row("1", code="36", root="3"), toy.phoenix_row("2", code="100", root="10"))
    assert [r["code"] for r in toy.rows(toy.read("phoenix", raw, "copy.csv"))] == ["036", "100"]


@pytest.mark.parametrize(("code", "root"), [("010", "01"), ("10", "1")])
def test_what_the_coder_writes_when_it_could_not_code_is_refused(code: str, root: str) -> None:
    batches = toy.read("phoenix", copied(toy.phoenix_row(code=code, root=root)), "copy.csv")
    assert toy.refused(batches) == {"coder_default": 1}


def test_index_columns_and_na_of_copies_made_by_r_are_left_out() -> None:
    raw = copied(toy.phoenix_row("1", url="NA", story="NA"), toy.phoenix_row("2", source="NA"))
    batches = toy.read("phoenix", raw, "copy.csv")
    [row] = toy.rows(batches)
    assert (row["url"], row["story"]) == (None, None)
    assert toy.refused(batches) == {"no_source_country": 1}


def test_an_organisation_is_no_country_and_a_region_neither() -> None:
    raw = toy.lines([toy.phoenix_row(source="IGO"), toy.phoenix_row(target="EUR"), toy.phoenix_row(source="QQQ")])
    assert toy.refused(toy.read("phoenix", raw, NAME)) == {"no_source_country": 1, "region": 1, "unknown_country": 1}


@pytest.mark.parametrize(
    ("name", "stream"),
    [
        ("PhoenixNYT_1945-2005.csv", "phoenix-nyt"),
        ("PhoenixSWB_1979-2015.csv", "phoenix-swb"),
        ("PhoenixFBIS_1995-2004.csv", "phoenix-fbis"),
        ("merged.csv", "phoenix-historical"),
    ],
)
def test_each_historical_collection_is_a_stream_of_its_own(name: str, stream: str) -> None:
    raw = toy.quoted([phoenix.HISTORICAL])
    assert source("phoenix").layout(name, raw).stream == stream


def test_historical_rows_have_american_dates_and_cells_with_commas() -> None:
    raw = toy.quoted([phoenix.HISTORICAL, toy.cline_row()])
    [row] = toy.rows(toy.read("phoenix", raw, "PhoenixNYT_1945-2005.csv"))
    assert (row["date"], row["code"], row["source"], row["story"]) == (dt.date(1975, 6, 4), "042", "KOR", "99")


def test_the_first_of_january_1970_is_no_date_in_fbis_and_a_date_elsewhere() -> None:
    raw = toy.quoted([phoenix.HISTORICAL, toy.cline_row(day="01/01/1970"), toy.cline_row("FBIS7", day="01/01/1970")])
    assert toy.refused(toy.read("phoenix", raw, "PhoenixFBIS_1995-2004.csv")) == {"bad_date": 2}
    assert toy.refused(toy.read("phoenix", raw, "merged.csv")) == {"bad_date": 1}
    assert toy.refused(toy.read("phoenix", raw.replace(b"FBIS7", b"NYT7"), "PhoenixNYT_1945-2005.csv")) == {}


def test_lines_are_counted_past_bad_rows_and_blank_lines() -> None:
    raw = copied(toy.phoenix_row("1"), toy.phoenix_row("2")[:-3], toy.phoenix_row("3"))
    head, one, two, three = raw.splitlines(keepends=True)
    batches = toy.read("phoenix", head + one + b"\n" + two + three + b"\n", "copy.csv")
    assert [(r["event_id"], r["line"]) for r in toy.rows(batches)] == [("1", 2), ("3", 5)]
    assert [(b.line, b.reason) for batch in batches for b in batch.bad] == [(4, "wrong_width")]


def test_a_copy_in_the_old_western_encoding_is_read() -> None:
    row = toy.phoenix_row()
    row[20] = "Bogotá"
    raw = copied(row).decode().encode("iso-8859-1")
    assert len(toy.rows(toy.read("phoenix", raw, "copy.csv"))) == 1


def test_a_column_of_another_name_or_type_stops_the_load() -> None:
    with pytest.raises(SchemaDriftError, match="missing: CAMEO; not known: PLOVER"):
        toy.read("phoenix", copied().replace(b"CAMEO", b"PLOVER"), "copy.csv")
    with pytest.raises(SchemaDriftError, match="'Date' holds '04/06/15'"):
        toy.read("phoenix", toy.lines(toy.phoenix_row(str(i), day="04/06/15") for i in range(30)), NAME)


def test_other_pairs_keep_their_counts_and_lose_their_detail() -> None:
    raw = toy.lines([toy.phoenix_row("1"), toy.phoenix_row("2", target="USA")])
    ours, other = toy.rows(toy.read("phoenix", raw, NAME, Scope(frozenset({("JPN", "KOR")}))))
    assert (ours["story"], other["story"], other["code"], other["source_sectors"]) == ("abc", None, "042", "")


@pytest.mark.skipif(not DATA.exists(), reason="no folder ../shared/data/phoenix beside the checkout")
def test_every_row_of_the_real_sample_is_accounted_for() -> None:
    batches = toy.read("phoenix", DATA.read_bytes(), DATA.name)
    assert len(toy.rows(batches)) + sum(toy.refused(batches).values()) == 5000
    assert toy.refused(batches)["coder_default"] == 1163
