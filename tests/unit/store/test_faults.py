"""An import that fails at any step of input and output leaves a whole record, and can be run again."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests import toy

from visavis.record import open_record
from visavis.store import loading
from visavis.store.lake import Lake
from visavis.store.settling import settle

STEPS = ("fsync", "replace", "rename", "mkdir", "unlink", "open")


class _Failing:
    """Counts the steps that change the disk, and fails at one of them."""

    def __init__(self, at: int) -> None:
        self.at, self.step = at, 0
        self.done: list[str] = []

    def take(self, name: str) -> None:
        self.step += 1
        self.done.append(name)
        if self.step == self.at:
            raise OSError(28, f"no space left, at step {self.at} ({name})")


class _File(io.BufferedWriter):
    def __init__(self, path: Any, failing: _Failing) -> None:
        super().__init__(io.FileIO(path, "wb"))
        self.failing, self.writes = failing, 0

    def write(self, body: Any) -> int:
        self.writes += 1
        if self.writes == 3 or (self.writes == 1 and str(self.name).endswith("json.tmp")):  # in the middle of a file
            self.failing.take("write")
        return super().write(body)


@contextmanager
def failing(at: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Failing]:
    found = _Failing(at)

    def counted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **named: Any) -> Any:
            found.take(name)
            return real(*args, **named)

        return step

    real_open = io.open

    def opened(path: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if not any(m in mode for m in "wax"):
            return real_open(path, mode, *rest, **named)
        found.take("open")
        return _File(path, found) if mode == "wb" else real_open(path, mode, *rest, **named)

    with monkeypatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, counted(name, getattr(os, name)))
        patch.setattr(io, "open", opened)
        yield found


def _whole(record: Path) -> None:
    """What the record holds adds up: events are the accepted rows, and each listed file is there with all its rows."""
    lake = Lake(record)
    tallies = lake.ledger("tallies").to_pylist()
    accepted = sum(t["rows"] for t in tallies if t["outcome"] == "accepted")
    assert sum(f.rows for f in lake.manifest.of("events")) == accepted
    files = {f["file"]: f["name"] for f in lake.ledger("files").to_pylist()}
    for file, name in files.items():
        assert sum(t["rows"] for t in tallies if t["file"] == file) == ROWS[name]


ROWS: dict[str, int] = {}


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.slow)])
def test_an_import_that_fails_at_any_step_leaves_a_whole_record_and_the_next_one_finishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    monkeypatch.setattr(loading, "_BUFFER", 1)
    files = toy.icews_files(tmp_path / "in", days=2, rows=6, first=dt.date(2019, 2, 20))
    files[1].write_bytes(files[1].read_bytes() + files[0].read_bytes().partition(b"\n")[2].replace(b"Japan", b"China"))
    ROWS.update({p.name: p.read_text().count("\n") - 1 for p in files})

    def work(record: Path) -> None:
        open_record(record).import_events("icews", files)

    work(tmp_path / "whole")
    wanted = Lake(tmp_path / "whole").digest()
    with failing(0, monkeypatch) as counted:
        work(tmp_path / "counted")
    assert set(counted.done) == {"fsync", "replace", "mkdir", "unlink", "open", "write"}
    for at in range(1, counted.step + 1, every):
        record = tmp_path / f"failed{at}"
        with failing(at, monkeypatch), pytest.raises(OSError, match=f"step {at} "):
            work(record)
        _whole(record)
        work(record)
        _whole(record)
        assert _settled_digest(record) == wanted, counted.done[at - 1]


def _settled_digest(record: Path) -> str:
    """The digest once whatever was left unsettled is settled, as any reader does first."""
    lake = Lake(record)
    if not all(f.settled for f in lake.manifest.of("events")):
        with lake.writing() as writer:
            settle(writer)
    return Lake(record).digest()


def test_tables_that_fail_at_any_step_are_made_by_the_next_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "rec"
    open_record(record).import_events("icews", toy.icews_files(tmp_path / "in", days=1, rows=6))
    wanted = open_record(record).tables.arrow("acts")
    shutil.rmtree(record / "tables")
    with failing(0, monkeypatch) as counted:
        _ = open_record(record).tables
    assert counted.step > 3
    for at in range(1, counted.step + 1):
        shutil.rmtree(record / "tables")
        # Past the renaming the tables are whole, and a failure to sync them is no reason to refuse them.
        with failing(at, monkeypatch), contextlib.suppress(OSError):
            _ = open_record(record).tables
        assert open_record(record).tables.arrow("acts").equals(wanted)
        assert [p.name.startswith(".") for p in (record / "tables").iterdir()] == [False]
