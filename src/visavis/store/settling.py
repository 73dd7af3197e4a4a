"""Resolve equal keys within each stream and month, and merge fragments.

Of rows with the same key (stream, event_id, date) the one with the smallest content hash stays, whatever the order
in which the files came; the others become refusals with the reason ``duplicate_key``. The hash of what every scope
keeps (who, to whom, what) decides first, so that totals do not depend on the scope; where that is equal the row that
tells more stays, then the one with the smaller hash of what it tells. A row read twice from the same line of the same
file (a file read again for more pairs) is one row, the fuller one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from visavis.schema import EVENTS
from visavis.store import _durable
from visavis.store._duckdb import connect, parquet
from visavis.store.lake import Writer
from visavis.store.ledger import LEDGERS
from visavis.store.manifest import Fragment

__all__ = ["settle"]

_MEMORY = "100MB"
_BATCH = 10_000
_FRAGMENTS = 16  # of one month; more of them are merged into one

_CORE = ("source", "target", "code", "root", "count")
_DETAIL = ("source_sectors", "target_sectors", "story", "told_by", "publisher", "text", "url")


def _hash(columns: Iterable[str]) -> str:
    return f"md5(concat_ws(chr(0), {', '.join(f'coalesce({c}::VARCHAR, chr(1))' for c in columns)}))"


_LOSERS = f"""
WITH keyed AS (
  SELECT event_id, date, file, line, filename, file_row_number,
         {" + ".join(f"(coalesce({c}, '') <> '')::INT" for c in _DETAIL)} AS detail,
         {_hash(_CORE)} AS core, {_hash(_DETAIL)} AS hash
  FROM {{rows}} SEMI JOIN twice USING (event_id, date)
), fuller AS (
  SELECT *, row_number() OVER (
    PARTITION BY event_id, date, file, line ORDER BY detail DESC, hash, filename, file_row_number) AS reading
  FROM keyed
), ranked AS (
  SELECT *, CASE WHEN reading = 1 THEN row_number() OVER (
    PARTITION BY event_id, date, reading = 1 ORDER BY core, detail DESC, hash, file, line) END AS place
  FROM fuller
)
SELECT filename, file_row_number, file, date, reading > 1 AS reread FROM ranked WHERE reading > 1 OR place > 1
"""


def settle(writer: Writer) -> None:
    """Settle every month that has unsettled fragments, and merge the ledgers. Commits."""
    waiting = {(f.stream, f.month) for f in writer.lake.manifest.of("events") if not f.settled}
    with connect(writer.lake.root / ".spill", memory=_MEMORY, threads=1) as con:
        for stream, month in sorted(waiting):
            _settle_month(writer, con, stream, month)
        for kind in LEDGERS:
            fragments = writer.lake.manifest.of(kind)
            table = writer.lake.ledger(kind)
            netted = _netted(con, table, writer.lake.ledger("files")) if kind == "tallies" else table
            if len(fragments) > 1 or netted.num_rows != table.num_rows or not netted.equals(table):
                writer.ledger(kind, netted)
                writer.replace(fragments, [])
    writer.commit()


def _netted(con: Any, tallies: pa.Table, files: pa.Table) -> pa.Table:
    """Tallies added up, in order, on the day that their file is for; of several names the earliest day counts."""
    con.register("tallies", tallies)
    con.register("files", files)
    netted = con.sql(
        "SELECT stream, file, coalesce(named.day, tallies.day) AS day, outcome, sum(rows)::BIGINT AS rows FROM tallies"
        " LEFT JOIN (SELECT stream, file, min(day) AS day FROM files GROUP BY ALL) AS named USING (stream, file)"
        " GROUP BY ALL HAVING sum(rows) <> 0 ORDER BY ALL"
    )
    return netted.to_arrow_table().cast(tallies.schema).combine_chunks()


def _settle_month(writer: Writer, con: Any, stream: str, month: str) -> None:
    lake = writer.lake
    fragments = [f for f in lake.manifest.of("events") if (f.stream, f.month) == (stream, month)]
    rows = parquet([lake.root / f.path for f in fragments], ", filename = true, file_row_number = true")
    # Eight bytes a row tell which keys may be equal; only those are compared.
    hashes = np.empty(sum(f.rows for f in fragments), np.uint64)
    place = 0
    for batch in con.sql(f"SELECT hash(event_id, date) AS h FROM {rows}").to_arrow_reader(_BATCH):
        hashes[place : place + batch.num_rows] = batch["h"].to_numpy()
        place += batch.num_rows
    hashes.sort()
    twice = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    losers = _losers(con, rows, twice) if len(twice) else []
    if len(fragments) <= _FRAGMENTS and not losers:
        writer.replace(fragments, [replace(f, settled=True) for f in fragments])
        writer.commit()
        return
    path = writer.new_path(f"events/{stream}/{month}")
    kept = _merge(lake.root, fragments, losers, path)
    merged = [Fragment("events", path, kept, stream, month, settled=True)] if kept else []
    writer.replace(fragments, merged)
    _tally(writer, stream, losers)
    writer.commit()


def _losers(con: Any, rows: str, twice: Any) -> list[tuple[Any, ...]]:
    """Rows that give way to another one, among those whose keys have one of the hashes ``twice``."""
    con.register("hashes", pa.table({"h": pa.array(twice)}))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE twice AS SELECT event_id, date FROM {rows}"
        " WHERE hash(event_id, date) IN (SELECT h FROM hashes)"
        " GROUP BY ALL HAVING count(*) > 1"
    )
    found: list[tuple[Any, ...]] = con.execute(_LOSERS.format(rows=rows)).fetchall()
    return found


def _merge(root: Any, fragments: Iterable[Fragment], losers: list[tuple[Any, ...]], path: str) -> int:
    """Write the fragments' rows without the losers into one file, a few thousand at a time; returns how many."""
    drop: dict[str, list[int]] = {}
    for filename, row, *_ in losers:
        drop.setdefault(str(filename), []).append(row)
    kept = 0

    def write(file: Any) -> None:
        nonlocal kept
        with pq.ParquetWriter(file, EVENTS.arrow, compression="zstd") as out:
            for fragment in fragments:
                place, gone = 0, np.asarray(drop.get(str(root / fragment.path), []), dtype=np.int64)
                for batch in pq.ParquetFile(root / fragment.path, pre_buffer=False).iter_batches(
                    _BATCH, use_threads=False
                ):
                    mask = ~np.isin(np.arange(place, place + batch.num_rows), gone)
                    place += batch.num_rows
                    rest = batch.filter(pa.array(mask))
                    kept += rest.num_rows
                    out.write_batch(rest)

    _durable.write_whole(root / path, write)
    return kept


def _tally(writer: Writer, stream: str, losers: list[tuple[Any, ...]]) -> None:
    """Count losers as ``duplicate_key`` instead of ``accepted``, on the day of their file where it has one."""
    files = writer.lake.ledger("files")
    named = files.filter(pa.compute.equal(files["stream"], stream)).group_by("file").aggregate([("day", "min")])
    days = {f["file"]: f["day_min"] for f in named.to_pylist()}
    counts = Counter((file, days.get(file) or date) for _, _, file, date, reread in losers if not reread)
    rows: list[dict[str, object]] = []
    for (file, day), n in sorted(counts.items()):
        key = {"stream": stream, "file": file, "day": day}
        rows += [{**key, "outcome": "accepted", "rows": -n}, {**key, "outcome": "duplicate_key", "rows": n}]
    writer.ledger("tallies", rows)
