"""Rows gathered from several files, written as fragments of the lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from visavis.schema import EVENTS
from visavis.store.lake import Writer

__all__ = ["spill"]


def spill(writer: Writer, gathered: Mapping[str, Sequence[tuple[str, pa.Table]]]) -> None:
    """Write the gathered rows, one fragment a stream and month.

    Args:
        writer: where to; nothing counts until it commits.
        gathered: by stream, each file's identifier and its rows, with the columns of ``sources.ROWS``.
    """
    for stream, tables in gathered.items():
        rows = pa.concat_tables([table for _, table in tables]).combine_chunks()
        files = pa.array([file for file, _ in tables])
        origin = np.repeat(np.arange(len(tables)), [table.num_rows for _, table in tables])
        named = rows.append_column("stream", pa.repeat(stream, len(rows)))
        named = named.append_column("file", files.take(pa.array(origin)))
        table = named.select(EVENTS.names).cast(EVENTS.arrow)
        months = _months(table["date"])
        for month in np.unique(months):
            name = f"{month // 12:04}-{month % 12 + 1:02}"
            writer.events(stream, name, table.filter(pa.array(months == month)))


def _months(dates: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Year * 12 + month - 1 of each date."""
    years, months = (part(dates).to_numpy() for part in (pc.year, pc.month))
    found: npt.NDArray[np.int64] = years * 12 + months - 1
    return found
