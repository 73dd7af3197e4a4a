"""From files to a lake: read each file once, in any order, with nothing lost and nothing half-written."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import logging
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from visavis.errors import BadFileError, UsageError
from visavis.schema import EVENTS
from visavis.sources import Batch, Layout, Scope, Source
from visavis.sources._archive import Member, members
from visavis.store.lake import Lake, Writer
from visavis.store.settling import settle

__all__ = ["Report", "load"]

log = logging.getLogger(__name__)

_SMALL = 32 << 20  # files up to this many bytes are held in memory; larger ones are read twice instead
_BUFFER = 24 << 20  # bytes of rows gathered before they are written
_AHEAD = 2  # files parsed ahead of the one being written

OnStep = Callable[[int, int, str], None]


@dataclass(slots=True)
class Report:
    """What one import did. Accepted and refused rows add up to the rows read."""

    files: int = 0
    files_known: list[str] = field(default_factory=list)
    files_damaged: list[str] = field(default_factory=list)
    rows_read: int = 0
    rows_accepted: int = 0
    rows_refused: Counter[str] = field(default_factory=Counter)
    streams: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """One file, unpacked and named by its content."""

    member: Member
    sha256: str
    raw: bytes | None
    first: bytes

    def open(self) -> BinaryIO:
        return self.member.open() if self.raw is None else io.BytesIO(self.raw)


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
        SchemaDriftError: a file does not have the source's columns; files before it are kept.
        BadFileError: a path is missing or a file is damaged; files before it are kept.
        RecordBusyError: another import is running.
    """
    if stream is not None and not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,60}", stream):
        raise UsageError(f"A stream's name is lower-case letters, digits, dots and hyphens, not {stream!r}.")
    report = Report()
    with lake.writing() as writer:
        loading = _Loading(writer, source, scope or Scope(), stream, note, report)
        try:
            for done, name in enumerate(loading.files(members(paths)), 1):
                if on_step is not None:
                    on_step(done, 0, name)
        finally:
            loading.close()
        settle(writer)
    settled = _settled_counts(lake, loading.new_files)
    report.rows_accepted, report.rows_refused = settled
    report.rows_read = report.rows_accepted + report.rows_refused.total()
    return report


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
        self.known = {(f["stream"], f["file"]): _scope(f["pairs"]) for f in writer.lake.ledger("files").to_pylist()}
        self.new_files: set[tuple[str, str]] = set()
        self._gathered: dict[str, list[pa.Table]] = {}
        self._bytes = 0
        self._ledger: dict[str, list[dict[str, object]]] = {"files": [], "tallies": [], "refusals": []}

    def close(self) -> None:
        """Write what is gathered and commit the files that are done."""
        self._spill()
        for kind, rows in self._ledger.items():
            self.writer.ledger(kind, rows)
            rows.clear()
        self.writer.commit()

    def files(self, found: Iterator[Member]) -> Iterator[str]:
        """Take in each file; gives its name when it is done. The next ones are parsed meanwhile."""
        with ThreadPoolExecutor(1) as pool:
            ahead: deque[tuple[_Loaded, Layout, Scope, Future[list[Batch]] | None]] = deque()
            for member in found:
                loaded = _unpack(member)
                layout = self.source.layout(member.name, loaded.first)
                scope = self._wanted(loaded, layout)
                if scope is None:
                    continue
                parsing = None if loaded.raw is None else pool.submit(self._parse, loaded, scope)
                ahead.append((loaded, layout, scope, parsing))
                if len(ahead) > _AHEAD or parsing is None:
                    while len(ahead) > (_AHEAD if parsing is not None else 0):
                        yield self._take(*ahead.popleft())
            while ahead:
                yield self._take(*ahead.popleft())

    def _parse(self, loaded: _Loaded, scope: Scope) -> list[Batch]:
        return list(self.source.read(loaded.open(), loaded.member.where, scope))

    def _wanted(self, loaded: _Loaded, layout: Layout) -> Scope | None:
        """The scope to read a file with; None when it need not be read."""
        key = (self.stream or layout.stream, loaded.sha256[:16])
        before = self.known.get(key)
        if before is not None and before.holds(self.scope):
            log.info("%s was read before", loaded.member.where)
            self.report.files_known.append(loaded.member.where)
            return None
        scope = self.scope if before is None or not self.scope.pairs else Scope(self.scope.pairs | before.pairs)
        self.known[key] = scope
        if before is None:
            self.new_files.add(key)
        return scope

    def _take(self, loaded: _Loaded, layout: Layout, scope: Scope, parsing: Future[list[Batch]] | None) -> str:
        stream, file = self.stream or layout.stream, loaded.sha256[:16]
        day = self.source.file_day(loaded.member.name)
        again = (stream, file) not in self.new_files
        tally: Counter[tuple[str, dt.date | None]] = Counter()
        batches = self._parse_now(loaded, scope) if parsing is None else parsing.result()
        refusals: list[dict[str, object]] = []
        for batch in batches:
            self._gather(stream, file, batch.rows)
            tally.update(batch.refused)
            tally.update(_accepted(batch.rows, day))
            refusals += [
                {"stream": stream, "file": file, "line": b.line, "reason": b.reason, "value": b.value}
                for b in batch.bad[: max(0, 1000 - len(refusals))]
            ]
        self._ledger["files"].append(
            {
                "file": file, "sha256": loaded.sha256, "name": loaded.member.name, "source": self.source.name,
                "stream": stream, "day": day, "files_per_day": layout.files_per_day, "lag_days": layout.lag_days,
                "bytes": loaded.member.size, "pairs": _pairs_text(scope), "note": self.note,
            }
        )  # fmt: skip
        if not again:
            self._ledger["tallies"] += [
                {"stream": stream, "file": file, "day": day or own, "outcome": outcome, "rows": n}
                for (outcome, own), n in tally.items()
            ]
            self._ledger["refusals"] += refusals
            self.report.files += 1
        self.report.streams.add(stream)
        if self._bytes > _BUFFER:
            self.close()
        log.info("%s: %d rows", loaded.member.where, tally.total())
        return loaded.member.where

    def _parse_now(self, loaded: _Loaded, scope: Scope) -> Iterator[Batch]:
        """A large file, batch by batch; its rows may be on disk before it is done, but are not committed."""
        for batch in self.source.read(loaded.open(), loaded.member.where, scope):
            if self._bytes > _BUFFER:
                self._spill()
            yield batch

    def _gather(self, stream: str, file: str, rows: pa.Table) -> None:
        if rows.num_rows:
            named = rows.append_column("stream", pa.repeat(stream, rows.num_rows))
            named = named.append_column("file", pa.repeat(file, rows.num_rows))
            self._gathered.setdefault(stream, []).append(named.select(EVENTS.names))
            self._bytes += rows.nbytes

    def _spill(self) -> None:
        """Write the gathered rows, one fragment a stream and month."""
        for stream, tables in self._gathered.items():
            table = pa.concat_tables(tables).cast(EVENTS.arrow)
            months = pc.strftime(table["date"], "%Y-%m").combine_chunks().dictionary_encode()
            for i, month in enumerate(months.dictionary.to_pylist()):
                self.writer.events(stream, month, table.filter(pc.equal(months.indices, i)))
        self._gathered, self._bytes = {}, 0


def _unpack(member: Member) -> _Loaded:
    """Read a file once for its hash and its first line; keep small ones in memory.

    Raises:
        BadFileError: the archive ends early or is damaged.
    """
    found = hashlib.sha256()
    try:
        with member.open() as file:
            raw = file.read(_SMALL + 1)
            found.update(raw)
            small = len(raw) <= _SMALL
            while not small and (chunk := file.read(1 << 20)):
                found.update(chunk)
    except (OSError, EOFError, ValueError) as error:
        raise BadFileError(f"{member.where}: cannot be unpacked ({error}). Fetch it again.") from error
    except Exception as error:
        if type(error).__module__ in {"zipfile", "zlib", "lzma", "_lzma", "gzip"}:
            raise BadFileError(f"{member.where}: cannot be unpacked ({error}). Fetch it again.") from error
        raise
    return _Loaded(member, found.hexdigest(), raw if small else None, raw[: raw.find(b"\n") + 1] or raw)


def _accepted(rows: pa.Table, day: dt.date | None) -> Counter[tuple[str, dt.date | None]]:
    if day is not None:
        return Counter({("accepted", None): rows.num_rows}) if rows.num_rows else Counter()
    counted = rows["date"].value_counts().to_pylist()
    return Counter({("accepted", item["values"]): item["counts"] for item in counted})


def _scope(pairs: str) -> Scope:
    return Scope(frozenset((p[:3], p[4:]) for p in pairs.split()))


def _pairs_text(scope: Scope) -> str:
    return " ".join(f"{a}-{b}" for a, b in sorted(scope.pairs))
