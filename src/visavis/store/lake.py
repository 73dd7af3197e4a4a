"""A record on disk: event fragments by stream and month, and the ledgers, under one manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from visavis.schema import EVENTS, FACTS
from visavis.schema_votes import VOTES
from visavis.store import _durable
from visavis.store._duckdb import connect, parquet
from visavis.store.ledger import LEDGERS
from visavis.store.manifest import Fragment, Manifest

__all__ = ["Lake", "Writer"]


class Lake:
    """A record's folder, for reading. ``writing`` gives a writer, one at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.manifest = Manifest.load(root)

    def refresh(self) -> None:
        """See what other processes have committed since."""
        self.manifest = Manifest.load(self.root)

    @property
    def streams(self) -> list[str]:
        """Streams of which files were read, sorted."""
        return sorted(set(self.ledger("files")["stream"].to_pylist()))

    def paths(self, kind: str) -> list[Path]:
        """Files of one kind."""
        return [self.root / f.path for f in self.manifest.of(kind)]

    def ledger(self, kind: str) -> pa.Table:
        """A whole ledger, ``files``, ``tallies``, ``refusals``, a table of facts or of votes, as Arrow."""
        tables = [pq.read_table(p, schema=LEDGERS[kind]) for p in self.paths(kind)]
        return pa.concat_tables(tables) if tables else LEDGERS[kind].empty_table()

    def version(self) -> str:
        """A hash that changes whenever the record does; the same files in any order give the same."""
        found = hashlib.sha256()
        files = self.ledger("files").select(["stream", "file", "pairs", "note"]).to_pylist()
        for rows in (self._tallies(), files, *(self.ledger(name).to_pylist() for name in FACTS)):
            found.update(repr(sorted({repr(row) for row in rows})).encode())
        for path in (path for name in VOTES for path in self.paths(name)):
            found.update(path.read_bytes())  # one file a table, its rows in order: a million of them
        return found.hexdigest()

    def _tallies(self) -> list[tuple[object, ...]]:
        """Rows of the tallies, added up; none is 0."""
        tallies = self.ledger("tallies")
        keys = ["stream", "file", "day", "outcome"]
        summed = tallies.group_by(keys).aggregate([("rows", "sum")]).to_pylist()
        return [tuple(row.values()) for row in summed if row["rows_sum"]]

    def digest(self) -> str:
        """SHA-256 over all events sorted by key, and over the tallies: the same files in any order give the same."""
        found = hashlib.sha256()
        with connect() as con:
            if events := self.paths("events"):
                order = ", ".join(EVENTS.key)
                for batch in con.sql(f"SELECT * FROM {parquet(events)} ORDER BY {order}").to_arrow_reader(10_000):
                    found.update(repr(batch.to_pylist()).encode())
        found.update(repr(sorted(self._tallies(), key=repr)).encode())
        return found.hexdigest()

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Hold the lock, sweep away what a crash left, and give a writer.

        Raises:
            RecordBusyError: another process is writing.
        """
        with _durable.exclusive(self.root):
            self.refresh()
            self.manifest.sweep(self.root)
            yield Writer(self)


class Writer:
    """Adds fragments to a lake. Nothing counts until ``commit``."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self._pending: list[Fragment] = []
        self._gone: list[Fragment] = []
        self._serial = 0

    def _write(self, kind: str, folder: str, table: pa.Table, *, stream: str = "", month: str = "") -> None:
        path = self.new_path(folder)
        _durable.write_whole(self.lake.root / path, lambda file: pq.write_table(table, file, compression="zstd"))
        self._pending.append(Fragment(kind, path, table.num_rows, stream, month, settled=kind != "events"))

    def new_path(self, folder: str) -> str:
        """A path, relative to the record, that no fragment has."""
        self._serial += 1
        return f"{folder}/{self.lake.manifest.generation + 1:08d}-{self._serial:05d}.parquet"

    def events(self, stream: str, month: str, table: pa.Table) -> None:
        """Write events of one stream and month (columns of ``schema.EVENTS``)."""
        self._write("events", f"events/{stream}/{month}", table, stream=stream, month=month)

    def ledger(self, kind: str, rows: Sequence[dict[str, object]] | pa.Table) -> None:
        """Write rows of a ledger; none is fine."""
        table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows), LEDGERS[kind])
        if table.num_rows:
            self._write(kind, "ledger", table)

    def replace(self, gone: Sequence[Fragment], added: Sequence[Fragment]) -> None:
        """Take fragments out and put others in their place, at the next commit."""
        self._gone += gone
        self._pending += added

    def discard(self) -> None:
        """Forget everything written since the last commit; the next writer sweeps it away."""
        self._pending, self._gone = [], []

    def commit(self) -> None:
        """Make everything written so far part of the record, at once."""
        if not self._pending and not self._gone:
            return
        following = self.lake.manifest.following(self._gone, self._pending)
        following.save(self.lake.root)
        listed = {f.path for f in following.fragments}
        for fragment in self._gone:
            if fragment.path not in listed:
                (self.lake.root / fragment.path).unlink(missing_ok=True)
        self.lake.manifest, self._pending, self._gone, self._serial = following, [], [], 0
