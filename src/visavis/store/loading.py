"""From files to a lake: read each file once, in any order, with nothing lost and nothing half-written."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from visavis.errors import BadFileError, OtherKindError, SchemaDriftError, UsageError, VisavisError
from visavis.sources import Batch, Layout, Scope, Source
from visavis.sources._archive import Member
from visavis.sources._tab import BLOCK
from visavis.store._ahead import ROOM, ahead
from visavis.store.lake import Lake, Writer
from visavis.store.ledger import pairs_text, scope_of
from visavis.store.settling import settle
from visavis.store.spilling import spill
from visavis.store.unpacking import Loaded, found, unpack

__all__ = ["Report", "load"]

log = logging.getLogger(__name__)

_BUFFER = 40_000  # rows gathered before they are written: memory stays the same however many files come

OnStep = Callable[[int, int, str], None]


@dataclass(slots=True)
class Report:
    """What one import did. Accepted and refused rows add up to the rows read."""

    files: int = 0
    files_again: int = 0
    files_known: list[str] = field(default_factory=list)
    files_damaged: list[str] = field(default_factory=list)
    files_of_another_kind: list[str] = field(default_factory=list)
    rows_read: int = 0
    rows_accepted: int = 0
    rows_refused: Counter[str] = field(default_factory=Counter)
    streams: set[str] = field(default_factory=set)


def load(
    lake: Lake,
    source: Source,
    paths: Sequence[Path],
    *,
    scope: Scope | None = None,
    stream: str | None = None,
    note: str = "",
    on_step: OnStep | None = None,
) -> Report:
    """Read files of a source into the lake.

    A file that was read before, under any name, is left out, unless it is now wanted in more detail.

    Args:
        lake: where to.
        source: how to read them.
        paths: files, archives and folders.
        scope: pairs to keep in detail; all when None.
        stream: name of the stream; the layout's own when None.
        note: what to say of the stream wherever it is used, e.g. that it is a subset.
        on_step: called with (files done, 0, name of the file) as files are done.

    Raises:
        SchemaDriftError: a file does not have the source's columns; files before it are kept. (One in a folder that
            is no file of the source by its name either is left out and listed in the report.)
        BadFileError: a path is missing, or a folder holds no files; nothing is read. (Damaged files are left out and
            listed in the report.)
        RecordBusyError: another import is running.
    """
    if stream is not None and not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,60}", stream):
        raise UsageError(f"A stream's name is lower-case letters, digits, dots and hyphens, not {stream!r}.")
    report = Report()
    with lake.writing() as writer, _lean_memory():
        loading = _Loading(writer, source, scope or Scope(), stream, note, report)
        try:
            for done, name in enumerate(loading.files(found(paths, report.files_damaged)), 1):
                if on_step is not None:
                    on_step(done, 0, name)
        except VisavisError:
            loading.close()
            raise
        loading.close()
        settle(writer)
    settled = _settled_counts(lake, loading.new_files)
    report.rows_accepted, report.rows_refused = settled
    report.rows_read = report.rows_accepted + report.rows_refused.total()
    return report


@contextmanager
def _lean_memory() -> Iterator[None]:
    """Arrow takes memory from the system and gives it back; its own pools keep tens of megabytes for two threads."""
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def _settled_counts(lake: Lake, files: set[tuple[str, str]]) -> tuple[int, Counter[str]]:
    refused: Counter[str] = Counter()
    accepted = 0
    for row in lake.ledger("tallies").to_pylist():
        if (row["stream"], row["file"]) in files:
            if row["outcome"] == "accepted":
                accepted += row["rows"]
            else:
                refused[row["outcome"]] += row["rows"]
    return accepted, +refused


class _Loading:
    """The state of one import: rows gathered, files done but not yet committed."""

    def __init__(
        self, writer: Writer, source: Source, scope: Scope, stream: str | None, note: str, report: Report
    ) -> None:
        self.writer, self.source, self.scope, self.stream = writer, source, scope, stream
        self.note, self.report = note, report
        listed = writer.lake.ledger("files").to_pylist()
        self.known = {(f["stream"], f["file"]): scope_of(f["pairs"]) for f in listed}
        dated = sorted((f for f in listed if f["day"] is not None), key=lambda f: f["day"], reverse=True)
        self.days = {(f["stream"], f["file"]): f["day"] for f in dated}  # the earliest that a name gives
        self.new_files: set[tuple[str, str]] = set()
        self._waiting: dict[tuple[str, str], list[dict[str, object]]] = {}  # found, not taken in: what to list then
        self._gathered: dict[str, list[tuple[str, pa.Table]]] = {}
        self._rows = 0
        self._ledger: dict[str, list[dict[str, object]]] = {"files": [], "tallies": [], "refusals": []}

    def close(self) -> None:
        """Write what is gathered and commit the files that are done."""
        self._spill()
        for kind, rows in self._ledger.items():
            self.writer.ledger(kind, rows)
            rows.clear()
        self.writer.commit()

    def files(self, waiting: Iterator[Member]) -> Iterator[str]:
        """Take in each file; gives its name when it is done. The next ones are unpacked meanwhile.

        When one stops the import, those found before it are taken in.
        """
        bundles: dict[tuple[Layout, Scope], list[Loaded]] = {}
        try:
            yield from self._bundled(waiting, bundles)
        except VisavisError:
            self._keep(bundles)
            raise

    def _keep(self, bundles: dict[tuple[Layout, Scope], list[Loaded]]) -> None:
        """Take in the files that wait. One more that cannot be read is left for the next import to stop at."""
        for (layout, scope), bundle in bundles.items():
            try:
                for name in self._take_many(layout, scope, bundle):
                    log.info("%s: kept", name)
            except VisavisError as error:
                log.info("%s", error)

    def _bundled(self, waiting: Iterator[Member], bundles: dict[tuple[Layout, Scope], list[Loaded]]) -> Iterator[str]:
        for loaded in ahead(self._unpacked(waiting), _weight):
            layout = self._layout(loaded)
            scope = None if layout is None else self._wanted(loaded, layout)
            if layout is None or scope is None:
                continue
            alone = self.source.read_many is None or loaded.raw is None
            bundle = bundles.setdefault((layout, scope), [])
            if bundle and (alone or sum(_size(one) for one in (*bundle, loaded)) > BLOCK):
                yield from self._take_many(layout, scope, bundle)
            bundle.append(loaded)
            if alone:
                yield from self._take_many(layout, scope, bundle)
        for (layout, scope), bundle in bundles.items():
            yield from self._take_many(layout, scope, bundle)

    def _take_many(self, layout: Layout, scope: Scope, bundle: list[Loaded]) -> Iterator[str]:
        """Take in some files, read as one where there are several, and empty the bundle.

        One that cannot be read stops it; those before it are taken in.
        """
        files = list(bundle)
        bundle.clear()
        read: list[list[Batch]] | list[None] = [None] * len(files)
        if self.source.read_many is not None and len(files) > 1:
            try:
                read = self.source.read_many([(one.raw or b"", one.member.where) for one in files], scope)
            except VisavisError as error:  # raised again when the file at fault is read by itself
                log.info("%s", error)
        for loaded, batches in zip(files, read, strict=True):
            yield self._take(loaded, layout, scope, batches)

    def _layout(self, loaded: Loaded) -> Layout | None:
        """The layout of a file; None for one to leave out."""
        member = loaded.member
        try:
            return self.source.layout(member.name, loaded.first)
        except OtherKindError as error:
            self.report.files_of_another_kind.append(str(error))
        except BadFileError as error:
            self.report.files_damaged.append(str(error))
        except SchemaDriftError as error:
            if error.alike or not member.inside or re.search(self.source.names, member.name, re.IGNORECASE):
                raise
            told = f"{member.where}: neither its name nor its first line is one of {self.source.title}"
            self.report.files_of_another_kind.append(told)
        return None

    def _unpacked(self, waiting: Iterator[Member]) -> Iterator[Loaded]:
        for member in waiting:
            try:
                loaded = unpack(member)
            except BadFileError as error:
                self.report.files_damaged.append(str(error))
            else:
                yield loaded

    def _wanted(self, loaded: Loaded, layout: Layout) -> Scope | None:
        """The scope to read a file with; None when it need not be read."""
        key = (self.stream or layout.stream, loaded.file)
        before = self.known.get(key)
        if before is not None and before.holds(self.scope):
            log.info("%s was read before", loaded.member.where)
            self.report.files_known.append(loaded.member.where)
            day = self.source.file_day(loaded.member.name)
            if day is not None and day < self.days.get(key, dt.date.max):  # another name gives it an earlier day
                self._list(loaded, layout, before, key[0], day)
            return None
        scope = self.scope if before is None or not self.scope.pairs else Scope(self.scope.pairs | before.pairs)
        self.known[key] = scope
        self._waiting[key] = []
        if before is None:
            self.new_files.add(key)
        return scope

    def _take(self, loaded: Loaded, layout: Layout, scope: Scope, read: list[Batch] | None = None) -> str:
        stream, file = self.stream or layout.stream, loaded.file
        day = self.source.file_day(loaded.member.name)
        again = (stream, file) not in self.new_files
        tally: Counter[tuple[str, dt.date | None]] = Counter()
        if loaded.raw is None:
            self.close()
        batches: Iterable[Batch] = self._in_turn(loaded, scope)
        if loaded.raw is not None:
            batches = read if read is not None else list(self._parsed(loaded, scope))
        refusals: list[dict[str, object]] = []
        for batch in batches:
            self._gather(stream, file, batch.rows)
            tally.update(batch.refused)
            tally.update(_accepted(batch.rows, day))
            refusals += [
                {"stream": stream, "file": file, "line": b.line, "reason": b.reason, "value": b.value}
                for b in batch.bad[: max(0, 1000 - len(refusals))]
            ]
        others = self._waiting.pop((stream, file), [])
        self._list(loaded, layout, scope, stream, day)
        self._ledger["files"] += others
        if not again:
            self._ledger["tallies"] += [
                {"stream": stream, "file": file, "day": day or own, "outcome": outcome, "rows": n}
                for (outcome, own), n in tally.items()
            ]
            self._ledger["refusals"] += refusals
            self.report.files += 1
        else:
            self._ledger["tallies"] += self._all_accepted(stream, file)
            self.report.files_again += 1
        self.report.streams.add(stream)
        if self._rows > _BUFFER:
            self.close()
        log.info("%s: %d rows", loaded.member.where, tally.total())
        return loaded.member.where

    def _list(self, loaded: Loaded, layout: Layout, scope: Scope, stream: str, day: dt.date | None) -> None:
        if day is not None:
            self.days[stream, loaded.file] = min(day, self.days.get((stream, loaded.file), day))
        # What counts is the ledger: it must not list a file whose rows are not in yet.
        self._waiting.get((stream, loaded.file), self._ledger["files"]).append(
            {
                "file": loaded.file, "sha256": loaded.sha256, "name": loaded.member.name, "source": self.source.name,
                "stream": stream, "day": day, "files_per_day": layout.files_per_day, "lag_days": layout.lag_days,
                "bytes": loaded.member.size, "pairs": pairs_text(scope), "note": self.note,
            }
        )  # fmt: skip

    def _parsed(self, loaded: Loaded, scope: Scope) -> Iterator[Batch]:
        with loaded.open() as file:
            yield from self.source.read(file, loaded.member.where, scope)

    def _in_turn(self, loaded: Loaded, scope: Scope) -> Iterator[Batch]:
        """A large file, batch by batch; its rows may be on disk before it is done, but are not committed."""
        try:
            for batch in self._parsed(loaded, scope):
                if self._rows > _BUFFER:
                    self._spill()
                yield batch
        except VisavisError:  # the files before it are committed; of this one nothing stays
            self._gathered, self._rows = {}, 0
            self.writer.discard()
            raise

    def _all_accepted(self, stream: str, file: str) -> list[dict[str, object]]:
        """Takes back what became of equal keys in a file that is read again: all its rows come in anew."""
        key, rows = {"stream": stream, "file": file}, []
        for day, n in self._duplicates.get((stream, file), ()):
            rows += [
                {**key, "day": day, "outcome": "duplicate_key", "rows": -n},
                {**key, "day": day, "outcome": "accepted", "rows": n},
            ]
        return rows

    @cached_property
    def _duplicates(self) -> dict[tuple[str, str], list[tuple[dt.date, int]]]:
        found: dict[tuple[str, str], list[tuple[dt.date, int]]] = {}
        tallies = self.writer.lake.ledger("tallies")
        for row in tallies.filter(pc.equal(tallies["outcome"], "duplicate_key")).to_pylist():
            found.setdefault((row["stream"], row["file"]), []).append((row["day"], row["rows"]))
        return found

    def _gather(self, stream: str, file: str, rows: pa.Table) -> None:
        if rows.num_rows:
            self._gathered.setdefault(stream, []).append((file, rows))
            self._rows += rows.num_rows

    def _spill(self) -> None:
        spill(self.writer, self._gathered)
        self._gathered, self._rows = {}, 0


def _weight(loaded: Loaded) -> int:
    return ROOM if loaded.raw is None else len(loaded.raw)


def _size(loaded: Loaded) -> int:
    return len(loaded.raw or b"")


def _accepted(rows: pa.Table, day: dt.date | None) -> Counter[tuple[str, dt.date | None]]:
    if day is not None:
        return Counter({("accepted", None): rows.num_rows}) if rows.num_rows else Counter()
    counted = rows["date"].value_counts().to_pylist()
    return Counter({("accepted", item["values"]): item["counts"] for item in counted})
