"""The tables of a record on disk."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from visavis.errors import RecordError
from visavis.schema import EVENTS, FACTS
from visavis.schema_votes import VOTES
from visavis.sources import source
from visavis.store.aggregate import aggregate
from visavis.store.facts import merged, replacing
from visavis.store.lake import Lake
from visavis.store.settling import settle
from visavis.store.tables import StreamInfo, Tables
from visavis.store.track_record import of_folder

__all__ = ["add_facts", "events_of", "stream_infos", "tables_of"]

_TRIES = 5  # readings of a record that another process changes meanwhile


def tables_of(lake: Lake, shipped: Mapping[str, pa.Table]) -> Tables:
    """The tables of a lake, made anew when it has changed.

    Args:
        lake: the record.
        shipped: facts that visavis ships, by table.

    Raises:
        RecordBusyError: an import is running whose rows are not settled yet.
        RecordError: other imports changed the record each time that it was read.
    """
    for _ in range(_TRIES):
        try:
            if any(not f.settled for f in lake.manifest.of("events")):
                with lake.writing() as writer:  # an import was cut off before it settled
                    settle(writer)
            folder, version, streams = aggregate(lake), lake.version(), stream_infos(lake)
            own = {name: lake.ledger(name) for name in FACTS}
            break
        except OSError:
            before = lake.manifest
            lake.refresh()
            if lake.manifest == before:
                raise
    else:
        raise RecordError(f"The record {str(lake.root)!r} changes while it is read. Wait until the import is done.")
    facts = {f"{name}.parquet": merged(name, rows, shipped.get(name, rows)) for name, rows in own.items()}

    def read(name: str) -> pa.Table:
        if name in facts:
            return facts[name]
        if name.removesuffix(".parquet") in VOTES:
            return lake.ledger(name.removesuffix(".parquet"))
        try:
            return pq.read_table(folder / name)
        except FileNotFoundError:
            raise RecordError(_OVERTAKEN.format(lake.root)) from None

    @lru_cache(maxsize=8)  # chapters ask for the same span again and again
    def events(a: str, b: str, first: dt.date, last: dt.date) -> pa.Table:
        try:
            return events_of(lake, a, b, first, last)
        except FileNotFoundError:
            lake.refresh()  # an import has merged fragments since
            return events_of(lake, a, b, first, last)

    named = frozenset(name for name, rows in own.items() if rows.num_rows)
    tracks = partial(of_folder, lake.root)
    return Tables(lake.root.name, version, streams, read, events=events, own_facts=named, tracks=tracks)


_OVERTAKEN = "Imports have changed the record {!r} since it was opened. Open it again."


def add_facts(lake: Lake, name: str, rows: pa.Table) -> None:
    """Add rows to the record's own facts; those with a known id replace the earlier ones, all spells of one at once."""
    with lake.writing() as writer:
        kept = replacing(name, rows, lake.ledger(name))
        writer.replace(lake.manifest.of(name), [])
        writer.ledger(name, kept)
        writer.commit()


def stream_infos(lake: Lake) -> dict[str, StreamInfo]:
    """What is known of each stream of a lake."""
    files: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in lake.ledger("files").to_pylist():
        files[row["stream"]].append(row)
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    tallies = lake.ledger("tallies")
    days = tallies.group_by("stream").aggregate([("day", "min"), ("day", "max")]).to_pylist()
    span = {row["stream"]: (row["day_min"], row["day_max"]) for row in days}
    summed = tallies.group_by(["stream", "outcome"]).aggregate([("rows", "sum")])
    for row in summed.to_pylist():
        outcomes[row["stream"]][row["outcome"]] += row["rows_sum"]
    infos = {}
    for name, rows in sorted(files.items()):
        about = source(rows[0]["source"])
        terms = about.terms_of(name)
        got = outcomes[name]
        accepted = got.pop("accepted", 0)
        named = list(_days(rows).values())
        first, last = span.get(name, (None, None))
        first, last = min(filter(None, [first, *named]), default=""), max(filter(None, [last, *named]), default="")
        hashes = sorted({r["file"]: r["sha256"] for r in rows}.values())
        infos[name] = StreamInfo(
            name=name, source=about.name, title=terms.title, licence=terms.licence, citation=terms.citation,
            redistributable=about.redistributable, files=len(hashes),
            files_sha256=hashlib.sha256(" ".join(hashes).encode()).hexdigest(),
            first_day=str(first), last_day=str(last), rows_read=accepted + got.total(), rows_accepted=accepted,
            rows_refused={k: v for k, v in sorted(got.items()) if v}, lag_days=max(r["lag_days"] or 0 for r in rows),
            pairs=_in_detail(rows),
            note=" ".join(sorted({r["note"] for r in rows if r["note"]})),
        )  # fmt: skip
    return infos


def _days(rows: list[dict[str, Any]]) -> dict[str, dt.date]:
    """The day each file is for; of several names that give one, the earliest."""
    found: dict[str, dt.date] = {}
    for row in rows:
        if row["day"] is not None:
            found[row["file"]] = min(row["day"], found.get(row["file"], row["day"]))
    return found


def _in_detail(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """The pairs that every file holds in detail, by its last reading; none where all files hold all of them."""
    last = {r["file"]: r["pairs"] for r in rows}
    limited = [set(pairs.split()) for pairs in last.values() if pairs]
    return tuple(sorted(set.intersection(*limited) or set.union(*limited))) if limited else ()


def events_of(lake: Lake, a: str, b: str, first: dt.date, last: dt.date) -> pa.Table:
    """Events between two countries on the days from ``first`` to ``last``, by date; rows of the record itself."""
    months = (str(first)[:7], str(last)[:7])
    tables = []
    for fragment in lake.manifest.of("events"):
        if months[0] <= fragment.month <= months[1]:
            keep = (pc.field("date") >= first) & (pc.field("date") <= last)
            keep &= pc.field("source").isin([a, b]) & pc.field("target").isin([a, b])
            tables.append(pq.read_table(lake.root / fragment.path, filters=keep))
    found = pa.concat_tables(tables) if tables else None
    return (
        EVENTS.arrow.empty_table()
        if found is None
        else found.sort_by([("date", "ascending"), ("event_id", "ascending")])
    )
