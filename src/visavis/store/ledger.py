"""The ledgers of a record: files read, what became of their rows, and the bad rows."""

from __future__ import annotations

import pyarrow as pa

from visavis.schema import FACTS
from visavis.schema_votes import VOTES
from visavis.sources import Scope

__all__ = ["FILES", "LEDGERS", "REFUSALS", "TALLIES", "pairs_text", "scope_of"]

FILES = pa.schema(
    [
        pa.field("file", pa.string()),  # first 16 hex digits of the SHA-256
        pa.field("sha256", pa.string()),
        pa.field("name", pa.string()),
        pa.field("source", pa.string()),
        pa.field("stream", pa.string()),
        pa.field("day", pa.date32()),  # NULL where the file spans many days
        pa.field("files_per_day", pa.int32()),
        pa.field("lag_days", pa.int32()),
        pa.field("bytes", pa.int64()),
        pa.field("pairs", pa.string()),  # "JPN-KOR CHN-JPN": only these in detail; empty for all
        pa.field("note", pa.string()),  # what the importer said of the stream
    ]
)
"""One row a file read."""

TALLIES = pa.schema(
    [
        pa.field("stream", pa.string()),
        pa.field("file", pa.string()),
        pa.field("day", pa.date32()),
        pa.field("outcome", pa.string()),  # "accepted" or a reason code
        pa.field("rows", pa.int64()),
    ]
)
"""What became of the rows. Summed over outcomes: rows read. Corrections are further rows, perhaps negative."""

REFUSALS = pa.schema(
    [
        pa.field("stream", pa.string()),
        pa.field("file", pa.string()),
        pa.field("line", pa.int32()),
        pa.field("reason", pa.string()),
        pa.field("value", pa.string()),
    ]
)
"""Bad rows, with line and value."""

LEDGERS = {"files": FILES, "tallies": TALLIES, "refusals": REFUSALS} | {
    name: table.arrow for name, table in (FACTS | VOTES).items()
}


def scope_of(pairs: str) -> Scope:
    """The scope that the column ``pairs`` says."""
    return Scope(frozenset((p[:3], p[4:]) for p in pairs.split()))


def pairs_text(scope: Scope) -> str:
    """A scope as the column ``pairs`` says it."""
    return " ".join(f"{a}-{b}" for a, b in sorted(scope.pairs))
