"""Fits that are kept beside a record: what was computed from its votes, so that the next time is short.

A fit is two Parquet files with the same key, which is a hash of the votes and of all that was asked. They are no part
of the record: the manifest does not list them, and whoever deletes them loses time and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from visavis.errors import RecordBusyError
from visavis.schema_votes import VOTES
from visavis.store._durable import exclusive, write_whole
from visavis.store.lake import Lake

__all__ = ["Kept", "forget", "keep", "kept", "name_of", "votes_hash", "write_table"]

_FOLDER, _META = "fits", b"visavis"


@dataclass(frozen=True, slots=True)
class Kept:
    """Two tables, the key of what they were made of, and what else is to be known of them."""

    key: str
    tables: tuple[pa.Table, pa.Table]
    about: Mapping[str, Any]


def votes_hash(lake: Lake) -> str:
    """SHA-256 of the record's ballots and roll calls."""
    found = hashlib.sha256()
    for path in (path for name in VOTES for path in lake.paths(name)):
        found.update(path.read_bytes())
    return found.hexdigest()


def name_of(asked: Mapping[str, Any]) -> str:
    """The same for the same settings, whatever the votes are.

    >>> name_of({"issue": "nu"}) == name_of({"issue": "di"})
    False
    """
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


def kept(lake: Lake, name: str) -> Kept | None:
    """What is kept under a name; None where there is nothing whole."""
    found = []
    for path in _paths(lake, name):
        try:
            table = pq.read_table(path)
            about = json.loads(table.schema.metadata[_META])
        except (OSError, pa.ArrowException, ValueError, KeyError, TypeError):
            return None  # never there, or damaged: it is made again
        found.append((table.replace_schema_metadata(None), about))
    (first, about), (second, other) = found
    return Kept(about["key"], (first, second), about) if about == other and "key" in about else None


def keep(lake: Lake, name: str, found: Kept) -> bool:
    """Write both tables, unless somebody else is writing or the folder may not be written; whether it was done."""
    about = json.dumps({**found.about, "key": found.key}, sort_keys=True).encode()
    try:
        with exclusive(lake.root):
            for path, table in zip(_paths(lake, name), found.tables, strict=True):
                write_table(path, table.replace_schema_metadata({_META: about}))
    except (RecordBusyError, PermissionError):
        return False
    return True


def write_table(path: Path, table: pa.Table) -> None:
    """A Parquet file that is there whole or not at all."""
    write_whole(path, lambda file: pq.write_table(table, file, compression="zstd"))


def forget(lake: Lake) -> None:
    """Delete all fits that are kept, so that the next one starts from nothing."""
    with exclusive(lake.root):
        for end in ("places", "items"):
            for path in (lake.root / _FOLDER).glob(f"*-{end}.parquet"):
                path.unlink()


def _paths(lake: Lake, name: str) -> tuple[Path, Path]:
    return lake.root / _FOLDER / f"{name}-places.parquet", lake.root / _FOLDER / f"{name}-items.parquet"
