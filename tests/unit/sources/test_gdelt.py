"""GDELT: widths, countries, dates, addresses, drift."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import toy_events as toy

from visavis import actions
from visavis.errors import BadFileError, SchemaDriftError
from visavis.sources import Scope, source
from visavis.sources._archive import members
from visavis.store.lake import Lake
from visavis.store.loading import load

NAME = "20190121220000.export.CSV"
DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "gdelt"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="no folder ../shared/data/gdelt beside the checkout")


def read(*rows: list[object], name: str = NAME, scope: Scope | None = None) -> list[dict[str, object]]:
    return toy.rows(toy.read("gdelt", toy.lines(rows), name, scope))


def refused(*rows: list[object], name: str = NAME) -> dict[str, int]:
    return toy.refused(toy.read("gdelt", toy.lines(rows), name))


@pytest.mark.parametrize(
    ("name", "width", "stream", "files_per_day"),
    [
        ("20190121220000.export.CSV", 61, "gdelt2", 96),
        ("20190121220000.translation.export.CSV", 61, "gdelt2-translation", 96),
        ("20150110.export.CSV", 58, "gdelt1", 1),
        ("198001.csv", 57, "gdelt1", None),
    ],
)
def test_the_first_row_and_the_name_tell_the_stream(name: str, width: int, stream: str, files_per_day: int) -> None:
    layout = source("gdelt").layout(name, toy.lines([toy.gdelt(width=width)]))
    assert (layout.stream, layout.files_per_day) == (stream, files_per_day)


def test_a_file_that_mixes_57_and_58_columns_is_read_row_by_row() -> None:
    found = read(toy.gdelt(1, width=57), toy.gdelt(2, width=58), toy.gdelt(3, width=57), name="2013.csv")
    assert {(r["event_id"], r["line"], r["url"] is None) for r in found} == {
        ("1", 1, True),
        ("2", 2, False),
        ("3", 3, True),
    }


def test_a_row_of_a_wrong_width_is_refused_with_its_line() -> None:
    batches = toy.read("gdelt", toy.lines([toy.gdelt(1), toy.gdelt(2)[:-1], toy.gdelt(3)]), NAME)
    [bad] = [b for batch in batches for b in batch.bad]
    assert (bad.line, bad.reason, bad.value) == (2, "wrong_width", "60 columns, expected 61")
    assert [(r["event_id"], r["line"]) for r in toy.rows(batches)] == [("1", 1), ("3", 3)]


def test_a_blank_country_is_no_country() -> None:
    assert refused(toy.gdelt(1, source=""), toy.gdelt(2, target="")) == {"no_source_country": 1, "no_target_country": 1}


@pytest.mark.parametrize("word", ["null", "NULL", "NA"])
def test_the_words_that_re_exports_write_for_nothing_are_blanks(word: str) -> None:
    assert refused(toy.gdelt(1, source=word)) == {"no_source_country": 1}
    [row] = read(toy.gdelt(1, types=(word, word), url=word))
    assert (row["source_sectors"], row["story"], row["publisher"]) == ("", None, None)


def test_a_region_in_the_country_column_is_no_country() -> None:
    assert refused(toy.gdelt(1, source="EUR"), toy.gdelt(2, target="WST")) == {"region": 2}


def test_a_country_code_of_no_list_is_refused_with_its_value() -> None:
    [batch] = toy.read("gdelt", toy.lines([toy.gdelt(i) for i in range(9)] + [toy.gdelt(9, target="QQQ")]), NAME)
    assert [(b.line, b.reason, b.value) for b in batch.bad] == [(10, "unknown_country", "QQQ")]


def test_mnckor_is_a_firm_and_its_country_comes_from_the_country_column() -> None:
    [row] = read(toy.gdelt(source="KOR", actors=("MNCKOR", "JPNELI"), types=("MNC", "ELI")))
    assert (row["source"], row["target"]) == ("KOR", "JPN")
    assert (row["source_sectors"], row["target_sectors"]) == ("business", "other")


def test_events_within_a_country_are_out_of_scope() -> None:
    assert refused(toy.gdelt(source="KOR", target="KOR")) == {"same_country": 1}


@pytest.mark.parametrize(
    ("day", "kept"), [("20190121", 1), ("20190120", 1), ("20190115", 1), ("20190114", 0), ("20180121", 0)]
)
def test_old_news_with_a_date_that_the_coder_guessed_is_refused(day: str, kept: int) -> None:
    row = toy.gdelt(day=day, added="20190121220000")
    assert (len(read(row)), refused(row).get("redated", 0)) == (kept, 1 - kept)


def test_back_files_do_not_tell_when_a_row_was_found_so_none_is_re_dated() -> None:
    assert len(read(toy.gdelt(width=57, day="19790101"), name="1979.csv")) == 1


@pytest.mark.parametrize(("day", "code", "reason"), [("20190230", "042", "bad_date"), ("20190121", "999", "bad_code")])
def test_a_bad_date_or_code_is_refused_with_its_value(day: str, code: str, reason: str) -> None:
    [batch] = toy.read("gdelt", toy.lines([toy.gdelt(1, day=day, code=code)]), NAME)
    assert [(b.reason, b.value) for b in batch.bad] == [(reason, day if reason == "bad_date" else code)]


def test_a_code_keeps_its_leading_zero_and_the_quad_class_is_recomputed_from_the_root() -> None:
    row = toy.gdelt(code="0211")
    row[29] = 4  # the file's own quad class is not believed
    [found] = read(row)
    assert (found["code"], found["root"], actions.quad(str(found["root"]))) == ("0211", "02", "verbal cooperation")


def test_mirror_rows_are_two_rows_in_two_directions() -> None:
    found = read(toy.gdelt(1, code="042"), toy.gdelt(2, source="JPN", target="KOR", code="043"))
    assert {(r["source"], r["target"], r["code"]) for r in found} == {("KOR", "JPN", "042"), ("JPN", "KOR", "043")}


def test_quotes_are_text_and_do_not_join_rows() -> None:
    quoted = toy.gdelt(1)
    quoted[6] = 'THE "KOREA'
    assert len(read(quoted, toy.gdelt(2))) == 2


def test_the_address_is_the_story_and_its_host_the_publisher() -> None:
    [row] = read(toy.gdelt(url="https://English.Paper.co.kr:443/a?b=1"))
    assert (row["story"], row["publisher"]) == ("https://English.Paper.co.kr:443/a?b=1", "english.paper.co.kr")
    assert row["told_by"] == "KOR"


def test_a_citation_names_a_publisher_and_no_story() -> None:
    [row] = read(toy.gdelt(url="Invented News Agency, Somewhere/Monitoring"))
    assert (row["story"], row["url"], row["publisher"]) == (None, None, "Invented News Agency, Somewhere/Monitoring")


def test_other_pairs_keep_their_counts_and_lose_their_detail() -> None:
    made = [toy.gdelt(1, types=("GOV", "")), toy.gdelt(2, target="USA", types=("GOV", ""))]
    ours, other = read(*made, scope=Scope(frozenset({("JPN", "KOR")})))
    assert (ours["source_sectors"], ours["story"]) == ("government", "https://news.example.org/a")
    assert (other["source_sectors"], other["story"], other["url"], other["publisher"]) == ("", None, None, None)
    plain = read(*made)[1]
    kept = ("event_id", "date", "source", "target", "code", "root", "count", "line")
    assert {k: other[k] for k in kept} == {k: plain[k] for k in kept}


def test_windows_line_ends_and_a_missing_last_newline_change_nothing() -> None:
    raw = toy.gdelt_file(60, seed=1)
    plain = toy.rows(toy.read("gdelt", raw, NAME))
    assert plain == toy.rows(toy.read("gdelt", raw.replace(b"\n", b"\r\n"), NAME))
    assert plain == toy.rows(toy.read("gdelt", raw[:-1], NAME))


def test_a_line_that_is_not_utf8_is_refused_alone() -> None:
    raw = toy.lines([toy.gdelt(1), toy.gdelt(2), toy.gdelt(3)]).replace(b"\n2\t", b"\n2\xff\t")
    batches = toy.read("gdelt", raw, NAME)
    assert toy.refused(batches) == {"bad_encoding": 1}
    assert [(r["event_id"], r["line"]) for r in toy.rows(batches)] == [("1", 1), ("3", 3)]


def test_an_empty_file_is_a_bad_file_and_no_quiet_quarter_hour() -> None:
    with pytest.raises(BadFileError, match=NAME):
        source("gdelt").layout(NAME, b"")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: [*row, ""], "62 columns"),
        (lambda row: row[:-1], "60 columns"),
        (lambda row: [row[0], f"{row[1][:4]}-{row[1][4:6]}-{row[1][6:]}", *row[2:]], "SQLDATE"),
        (lambda row: [*row[:26], row[30], *row[27:30], row[26], *row[31:]], "EventCode"),
        (lambda row: [*row[:7], "South Korea", *row[8:]], "Actor1CountryCode"),
        (lambda row: [*row[:-2], row[-1], row[-2]], "DATEADDED"),
    ],
)
def test_a_column_added_lost_retyped_or_moved_stops_the_load_and_is_named(
    change: Callable[[list[object]], list[object]], said: str
) -> None:
    raw = toy.lines([change(toy.gdelt(i)) for i in range(40)])
    with pytest.raises(SchemaDriftError, match=said) as stopped:
        toy.read("gdelt", raw, NAME)
    assert stopped.value.exit_code == 4
    assert NAME in str(stopped.value)


def test_mentions_are_no_events() -> None:
    with pytest.raises(BadFileError, match="hold no events"):
        source("gdelt").layout("20190121220000.mentions.CSV", b"\t" * 15 + b"\n")


def test_the_reduced_master_counts_the_events_of_each_roll_up() -> None:
    raw = toy.reduced_file(toy.reduced_row(count=12), toy.reduced_row("MNCKOR", "JPNGOV"), toy.reduced_row("EUR"))
    batches = toy.read("gdelt", raw, "GDELT.MASTERREDUCEDV2.TXT")
    first, second = toy.rows(batches)
    assert (first["source"], first["target"], first["count"], first["source_sectors"]) == (
        "KOR",
        "JPN",
        12,
        "government",
    )
    assert (second["source"], second["source_sectors"], second["line"]) == ("KOR", "business", 3)
    assert toy.refused(batches) == {"region": 1}
    assert source("gdelt").layout("x", raw[: raw.find(b"\n") + 1]).stream == "gdelt1-reduced"


def test_a_roll_up_is_named_by_its_content_whatever_the_file() -> None:
    one = toy.read("gdelt", toy.reduced_file(toy.reduced_row(), toy.reduced_row(count=4)), "a.txt")
    other = toy.read("gdelt", toy.reduced_file(toy.reduced_row(count=4)), "b.txt")
    assert toy.rows(one)[0]["event_id"] != toy.rows(one)[1]["event_id"] == toy.rows(other)[0]["event_id"]


def test_a_roll_up_without_a_count_is_refused_and_a_header_of_other_columns_stops() -> None:
    assert toy.refused(toy.read("gdelt", toy.reduced_file(toy.reduced_row(count="many")), "a.txt")) == {"bad_count": 1}
    with pytest.raises(SchemaDriftError, match="missing: NumEvents; not known: Events"):
        toy.read("gdelt", toy.reduced_file().replace(b"NumEvents", b"Events"), "a.txt")


@needs_data
def test_the_five_real_rows_between_korea_and_japan_are_two_stories() -> None:
    with zipfile.ZipFile(DATA / "20190121220000.export.CSV.zip") as archive:
        batches = toy.read("gdelt", archive.read(archive.namelist()[0]), NAME)
    ours = [r for r in toy.rows(batches) if {r["source"], r["target"]} == {"KOR", "JPN"}]
    stories: dict[object, set[object]] = {}
    for row in ours:
        stories.setdefault(row["story"], set()).add(row["source"])
    assert (len(ours), sorted(map(len, stories.values()))) == (5, [1, 2])


@needs_data
def test_accepted_and_refused_add_up_to_the_rows_of_every_real_file() -> None:
    files = [p for p in sorted(DATA.iterdir()) if "export" in p.name or "spark" in p.name]
    for member in members(files):
        with member.open() as file:
            raw = file.read()
        batches = toy.read("gdelt", raw, member.name)
        assert len(toy.rows(batches)) + sum(toy.refused(batches).values()) == raw.count(b"\n"), member.name


def test_a_slice_served_twice_under_a_new_name_is_read_once(tmp_path: Path) -> None:
    raw = toy.gdelt_file(30, seed=3)
    for name in ("20190121220000.export.CSV.zip", "20190121221500.export.CSV.zip"):
        toy.zipped(tmp_path / name, raw)
    report = load(Lake(tmp_path / "record"), source("gdelt"), sorted(tmp_path.glob("*.zip")))
    assert (report.files, len(report.files_known), report.rows_read) == (1, 1, 30)
    assert report.streams == {"gdelt2"}
