"""An import that is stopped by one file: what was found before it is kept whole, or can be read by the next."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from tests import toy_events

from visavis.errors import SchemaDriftError
from visavis.record import open_record
from visavis.sources import Scope, source
from visavis.store import loading
from visavis.store.lake import Lake
from visavis.store.loading import Report

ONE, OTHER, TWICE = "20180101000000.export.CSV", "20180101001500.export.CSV", "20180102000000.export.CSV"


def gdelt(record: Path, *paths: Path) -> Report:
    return open_record(record).import_events("gdelt", paths)


def digest(record: Path, *paths: Path) -> str:
    gdelt(record, *paths)
    return Lake(record).digest()


def made(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(toy_events.gdelt_file(60, seed=2 if name == OTHER else 1))
    return folder


@pytest.mark.parametrize("names", [(ONE, TWICE), (TWICE, ONE), (TWICE, OTHER, ONE)])
def test_a_file_under_two_names_before_a_stop_is_read_whole(tmp_path: Path, names: tuple[str, ...]) -> None:
    """The second name gives the file an earlier day; it was listed before its rows were taken in, and lost."""
    folder = made(tmp_path / "in", *names)
    paths = [folder / name for name in names]
    wanted = digest(tmp_path / "good", *paths)
    moved = folder / "20180103000000.export.CSV"
    moved.write_bytes(b"no events\n" * 30)
    with pytest.raises(SchemaDriftError, match="Files before it were kept; of this one nothing was read"):
        gdelt(tmp_path / "rec", *paths, moved)
    again = gdelt(tmp_path / "rec", *paths)
    assert (again.files, len(again.files_known)) == (0, len(paths))
    assert Lake(tmp_path / "rec").digest() == wanted
    assert open_record(tmp_path / "rec").status()["streams"]["gdelt2"]["rows_read"] > 0


def test_a_kill_at_any_commit_loses_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = (TWICE, OTHER, ONE)
    folder = made(tmp_path / "in", *names)
    paths = [folder / name for name in names]
    wanted = digest(tmp_path / "good", *paths)
    close = loading._Loading.close

    def dies(at: int) -> Callable[[loading._Loading], None]:
        count = 0

        def closing(self: loading._Loading) -> None:
            nonlocal count
            count += 1
            if count > at:
                raise KeyboardInterrupt
            close(self)

        return closing

    for at in range(3):
        for room in (1, 10_000):  # files taken in one by one, or in bundles
            record = tmp_path / f"rec{at}-{room}"
            with monkeypatch.context() as patched:
                patched.setattr(loading, "_BUFFER", 1)
                patched.setattr(loading, "BLOCK", room)
                patched.setattr(loading._Loading, "close", dies(at))
                with suppress(KeyboardInterrupt):
                    gdelt(record, *paths)
            assert digest(record, *paths) == wanted, (at, room)


def test_a_file_at_fault_in_a_bundle_stops_it_after_the_files_before_it(tmp_path: Path) -> None:
    folder = made(tmp_path / "in", ONE, OTHER)
    moved = folder / "20180101003000.export.CSV"
    rows = [toy_events.gdelt(i, day="no day") for i in range(60)]
    moved.write_bytes(toy_events.lines(rows))
    wanted = digest(tmp_path / "good", folder / ONE, folder / OTHER)
    with pytest.raises(SchemaDriftError, match="20180101003000"):
        gdelt(tmp_path / "rec", folder)
    assert Lake(tmp_path / "rec").digest() == wanted


def test_a_stop_in_another_stream_keeps_the_files_before_it(tmp_path: Path) -> None:
    folder = made(tmp_path / "in", ONE, "20180101000000.translation.export.CSV")
    (folder / "20180101003000.export.CSV").write_bytes(b"a\tb\n")
    with pytest.raises(SchemaDriftError):
        gdelt(tmp_path / "rec", folder)
    assert sorted(open_record(tmp_path / "rec").tables.streams) == ["gdelt2", "gdelt2-translation"]


def test_a_file_of_another_kind_in_a_folder_is_left_out_and_named(tmp_path: Path) -> None:
    folder = made(tmp_path / "in", ONE)
    wanted = digest(tmp_path / "good", folder / ONE)
    (folder / "notes.txt").write_text("hello\n")
    (folder / "20180101000000.mentions.CSV").write_text("1\t2\n")
    report = gdelt(tmp_path / "rec", folder)
    assert report.files_damaged == []
    assert [text.partition(":")[0] for text in report.files_of_another_kind] == [
        "20180101000000.mentions.CSV",
        "notes.txt",
    ]
    assert Lake(tmp_path / "rec").digest() == wanted


def test_a_file_of_another_kind_that_is_named_itself_stops_the_import(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("hello\n")
    with pytest.raises(SchemaDriftError, match=r"notes\.txt"):
        gdelt(tmp_path / "rec", notes)


@pytest.mark.parametrize("name", ["icews", "phoenix", "polecat", "gdelt"])
def test_a_folder_is_read_past_notes_but_not_past_a_changed_file(tmp_path: Path, name: str) -> None:
    named = {
        "icews": "20190101-icews-events.tab", "phoenix": "events.full.20190101.txt", "polecat": "ngecEvents-2019.txt",
        "gdelt": "20190101.export.CSV",
    }[name]  # fmt: skip
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "readme.md").write_text("# What this is\n")
    record = Lake(tmp_path / "rec")
    assert len(loading.load(record, source(name), [folder], scope=Scope()).files_of_another_kind) == 1
    (folder / named).write_text("one\ttwo\n1\t2\n")
    with pytest.raises(SchemaDriftError, match=named):
        loading.load(record, source(name), [folder], scope=Scope())
