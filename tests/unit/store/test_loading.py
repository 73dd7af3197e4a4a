from __future__ import annotations

import datetime as dt
import gzip
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests import toy

from visavis.errors import BadFileError, SchemaDriftError, UsageError
from visavis.record import open_record
from visavis.sources import Batch, Scope, source
from visavis.store import loading, opening, unpacking
from visavis.store.aggregate import aggregate
from visavis.store.lake import Lake
from visavis.store.loading import Report


def imported(record: Path, files: list[Path], *pairs: tuple[str, str]) -> Report:
    return open_record(record).import_events("icews", files, pairs=pairs)


def digest(record: Path, files: list[Path]) -> str:
    imported(record, files)
    return Lake(record).digest()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return toy.icews_files(tmp_path / "in", days=8, rows=60)


def of_pair(table: pa.Table, *sides: str) -> pa.Table:
    return table.filter(pc.and_(*(pc.is_in(table[s], pa.array(["KOR", "JPN"])) for s in sides)))


def test_the_same_files_plain_zipped_or_in_a_tar_give_the_same_record(tmp_path: Path, files: list[Path]) -> None:
    wanted = digest(tmp_path / "plain", files)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in files:
            archive.write(path, f"folder/{path.name}")
    with tarfile.open(tmp_path / "all.tar.xz", "w:xz") as tar:
        for path in reversed(files):
            tar.add(path, path.name)
    packed = []
    for i, path in enumerate(files):
        packed.append(tmp_path / (path.name + (".gz", ".xz")[i % 2]))
        packed[-1].write_bytes((gzip, lzma)[i % 2].compress(path.read_bytes()))
    for name, given in (("zip", [tmp_path / "all.zip"]), ("tar", [tmp_path / "all.tar.xz"]), ("packed", packed)):
        assert digest(tmp_path / name, given) == wanted, name
    assert digest(tmp_path / "folder", [tmp_path / "in"]) == wanted
    assert digest(tmp_path / "plain", [tmp_path / "all.zip", *packed]) == wanted


def test_accepted_and_refused_rows_add_up_to_the_rows_read(tmp_path: Path, files: list[Path]) -> None:
    report = imported(tmp_path / "rec", files)
    lines = sum(path.read_text().count("\n") - 1 for path in files)
    assert report.rows_read == lines == report.rows_accepted + report.rows_refused.total()
    assert {"duplicate_key", "bad_code", "no_source_country", "same_country"} <= set(report.rows_refused)
    assert sum(f.rows for f in Lake(tmp_path / "rec").manifest.of("events")) == report.rows_accepted


def test_of_equal_keys_one_row_stays_and_the_other_is_a_duplicate_key_whatever_the_order(tmp_path: Path) -> None:
    row = {
        "Event ID": "7", "Event Date": "2019-01-02", "CAMEO Code": "042", "Source Country": "Japan",
        "Target Country": "South Korea",
    }  # fmt: skip
    for name, change in (("a", {}), ("b", {"CAMEO Code": "190"}), ("c", {"CAMEO Code": "112"})):
        (tmp_path / f"{name}.tab").write_bytes(toy.icews_bytes([{**row, **change}]))
    paths = [tmp_path / f"{n}.tab" for n in "abc"]
    kept = set()
    for i, order in enumerate(([0, 1, 2], [2, 1, 0], [1, 0, 2])):
        record = tmp_path / f"rec{i}"
        for k in order:
            imported(record, [paths[k]])
        assert open_record(record).status()["streams"]["icews"]["rows_refused"] == {"duplicate_key": 2}
        kept.add(Lake(record).digest())
    assert len(kept) == 1


def test_a_pair_import_has_the_pair_and_all_totals_as_a_full_import_has_them(tmp_path: Path, files: list[Path]) -> None:
    imported(tmp_path / "full", files)
    imported(tmp_path / "pair", files, ("KOR", "JPN"))
    full, pair = (open_record(tmp_path / name).tables for name in ("full", "pair"))
    for period in ("month", "week"):
        assert pair.arrow("totals", period).equals(full.arrow("totals", period))
        for name, sides in (("reports", ("source", "target")), ("acts", ("source", "target")), ("stories", ("a", "b"))):
            wanted = of_pair(full.arrow(name, period), *sides)
            assert wanted.num_rows
            assert of_pair(pair.arrow(name, period), *sides).equals(wanted)
    exact = ["stream", "day", "files_expected", "files_got", "rows_read"]
    assert pair.arrow("coverage").select(exact).equals(full.arrow("coverage").select(exact))
    assert pair.streams["icews"].rows_accepted == full.streams["icews"].rows_accepted
    assert pair.streams["icews"].pairs == ("JPN-KOR",)
    assert full.streams["icews"].pairs == ()


def test_a_full_import_after_a_pair_import_gives_the_full_record(tmp_path: Path, files: list[Path]) -> None:
    wanted = digest(tmp_path / "full", files)
    record = tmp_path / "grown"
    imported(record, files[:5], ("KOR", "JPN"))
    imported(record, files[3:], ("CHN", "USA"))
    imported(record, files[2:4])
    again = imported(record, files)
    assert again.files == 0
    assert Lake(record).digest() == wanted
    said = open_record(record).status()["streams"]["icews"]
    assert said["rows_read"] == said["rows_accepted"] + sum(said["rows_refused"].values())


def test_a_pair_import_after_a_full_import_reads_nothing(tmp_path: Path, files: list[Path]) -> None:
    wanted = digest(tmp_path / "rec", files)
    report = imported(tmp_path / "rec", files, ("KOR", "JPN"))
    assert len(report.files_known) == len(files)
    assert Lake(tmp_path / "rec").digest() == wanted


def test_a_damaged_file_among_good_ones_is_left_out_and_listed(tmp_path: Path, files: list[Path]) -> None:
    wanted = digest(tmp_path / "good", files[:4])
    cut = tmp_path / "cut.tab.gz"
    cut.write_bytes(gzip.compress(files[5].read_bytes())[:-50])
    no_zip = tmp_path / "no.zip"
    no_zip.write_bytes(b"PK\x03\x04 not a zip")
    report = imported(tmp_path / "rec", [files[0], cut, files[1], no_zip, *files[2:4]])
    assert [text.partition(":")[0] for text in report.files_damaged] == ["cut.tab.gz", "no.zip"]
    assert report.files == 4
    assert Lake(tmp_path / "rec").digest() == wanted


def test_a_file_with_other_columns_stops_the_import_and_the_files_before_it_are_kept(
    tmp_path: Path, files: list[Path]
) -> None:
    wanted = digest(tmp_path / "good", files[:3])
    moved = tmp_path / "moved.tab"
    header, rest = files[4].read_text().split("\n", 1)
    moved.write_text(header.replace("CAMEO Code\tIntensity", "Intensity\tCAMEO Code") + "\n" + rest)
    with pytest.raises(SchemaDriftError, match=r"moved\.tab"):
        imported(tmp_path / "rec", [*files[:3], moved, files[5]])
    assert {f["name"] for f in Lake(tmp_path / "rec").ledger("files").to_pylist()} == {p.name for p in files[:3]}
    imported(tmp_path / "rec", files[:3])
    assert Lake(tmp_path / "rec").digest() == wanted


def test_a_large_file_that_fails_half_way_leaves_none_of_its_rows(
    tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    icews = source("icews")
    wanted = digest(tmp_path / "good", files[:1])

    def breaks(file: BinaryIO, where: str, scope: Scope) -> Iterator[Batch]:
        yield from icews.read(file, where, scope)
        raise SchemaDriftError("the rest has other columns")

    monkeypatch.setattr(unpacking, "_SMALL", 2_000)
    monkeypatch.setattr(loading, "_BUFFER", 10)
    with pytest.raises(SchemaDriftError):
        loading.load(Lake(tmp_path / "rec"), replace(icews, read=breaks), files[1:2])
    assert Lake(tmp_path / "rec").manifest.of("events") == []
    assert digest(tmp_path / "rec", files[:1]) == wanted


def test_days_on_which_nothing_was_coded_are_files_of_their_own(tmp_path: Path) -> None:
    for day in ("20190101", "20190102", "20190103"):
        (tmp_path / f"{day}-icews-events.tab").write_bytes(toy.icews_bytes([]))
    report = imported(tmp_path / "rec", sorted(tmp_path.glob("*.tab")))
    assert report.files == 3
    said = open_record(tmp_path / "rec").status()["streams"]["icews"]
    assert (said["span"], said["files"], said["gaps"]) == (["2019-01-01", "2019-01-03"], 3, [])


def test_a_record_whose_rows_were_all_refused_says_so(tmp_path: Path) -> None:
    rows = [{**r, "CAMEO Code": "999"} for r in toy.icews_rows(1, dt.date(2019, 1, 1), 5)]
    (tmp_path / "bad.tab").write_bytes(toy.icews_bytes(rows))
    imported(tmp_path / "rec", [tmp_path / "bad.tab"])
    said = open_record(tmp_path / "rec").status()["streams"]["icews"]
    assert (said["rows_read"], said["rows_accepted"], said["rows_refused"]) == (5, 0, {"bad_code": 5})


def test_a_folder_of_the_users_own_named_events_is_left_alone(tmp_path: Path, files: list[Path]) -> None:
    own = tmp_path / "rec" / "events" / "20190101-icews-events.tab"
    own.parent.mkdir(parents=True)
    own.write_bytes(files[0].read_bytes())
    imported(tmp_path / "rec", [own])
    imported(tmp_path / "rec", files[1:3])
    assert own.exists()


def test_a_missing_path_is_named_before_anything_is_read(tmp_path: Path, files: list[Path]) -> None:
    with pytest.raises(BadFileError, match=r"nowhere\.tab"):
        imported(tmp_path / "rec", [files[0], tmp_path / "nowhere.tab"])
    assert Lake(tmp_path / "rec").streams == []


def test_a_stream_with_a_name_that_could_leave_the_record_is_refused(tmp_path: Path, files: list[Path]) -> None:
    with pytest.raises(UsageError, match="lower-case"):
        open_record(tmp_path / "rec").import_events("icews", files, stream="../../x")


def test_a_reader_that_an_import_overtakes_reads_the_record_as_it_is_then(
    tmp_path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "rec"
    imported(record, files[:4])
    real, imports = aggregate, [files[4:]]

    def overtaken(lake: Lake) -> Path:
        if imports:
            imported(record, imports.pop())  # takes away the fragments that this reader knows of
        return real(lake)

    monkeypatch.setattr(opening, "aggregate", overtaken)
    assert open_record(record).status()["streams"]["icews"]["files"] == len(files)


def test_a_missing_fragment_is_an_error_and_not_an_empty_month(tmp_path: Path, files: list[Path]) -> None:
    imported(tmp_path / "rec", files[:4])
    next((tmp_path / "rec" / "events").rglob("*.parquet")).unlink()
    with pytest.raises(OSError, match="parquet"):
        open_record(tmp_path / "rec").status()


def test_a_file_under_two_names_is_one_file_of_the_earliest_day_named_whatever_the_order(
    tmp_path: Path, files: list[Path]
) -> None:
    copies = [tmp_path / "a copy.tab", tmp_path / "20190120-icews-events.tab", tmp_path / "20190129-icews-events.tab"]
    for path in copies:
        path.write_bytes(files[0].read_bytes())
    found, orders = set(), ([0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2])
    for i, order in enumerate(orders):
        given = [[*copies, files[0]][k] for k in order]
        record = tmp_path / f"rec{i}"
        imported(record, [*given[:2], *files[1:]], ("KOR", "JPN"))
        imported(record, given)
        imported(record, files)
        said = open_record(record).status()["streams"]["icews"]
        assert (said["files"], said["span"]) == (len(files), ["2019-01-20", "2019-02-01"])
        assert said["rows_read"] == said["rows_accepted"] + sum(said["rows_refused"].values())
        found.add((Lake(record).digest(), repr(open_record(record).tables.arrow("coverage").to_pylist())))
    assert len(found) == 1
