"""Comma-separated files with quotes and a header, as R and most archives write them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from visavis.sources._tab import texts

__all__ = ["Lines", "Table", "quoted"]

Lines = npt.NDArray[np.int32]
Table = dict[str, pa.Array]


def quoted(
    file: BinaryIO, header: Sequence[str], wanted: Sequence[str]
) -> Iterator[tuple[Table, Lines, list[tuple[int, str, str]]]]:
    """The rows after the header, a few megabytes at a time. A quoted cell may not hold a line break.

    Lines that are not UTF-8 are read as ISO-8859-1, since R on Windows writes that.

    Args:
        file: unpacked bytes, after the header.
        header: names of all columns, in order.
        wanted: names of the columns to give.

    Yields:
        The wanted columns as text, blank and ``NA`` as NULL; the line of each row; the rows refused as (line,
        reason, value).
    """
    names = [name if name in wanted else f"{name} {i}" for i, name in enumerate(header)]
    convert = csv.ConvertOptions(
        include_columns=list(wanted), column_types=dict.fromkeys(wanted, pa.string()),
        null_values=["", "NA"], strings_can_be_null=True,
    )  # fmt: skip
    for raw, line, refused in texts(file, first_line=2, encoding="legacy"):
        if not raw.strip():
            continue
        strange: list[csv.InvalidRow] = []

        def skip(row: csv.InvalidRow, found: list[csv.InvalidRow] = strange) -> str:
            found.append(row)
            return "skip"

        table = csv.read_csv(
            io.BytesIO(raw),
            csv.ReadOptions(use_threads=False, column_names=names, block_size=len(raw) + 1),
            csv.ParseOptions(invalid_row_handler=skip, ignore_empty_lines=False),
            convert,
        ).combine_chunks()
        lines = np.arange(line, line + table.num_rows + len(strange), dtype=np.int32)
        lines = np.delete(lines, [row.number - 1 for row in strange])
        refused += [
            (line + row.number - 1, "wrong_width", f"{row.actual_columns} columns, expected {row.expected_columns}")
            for row in strange
        ]
        columns = {name: _single(table.column(name)) for name in wanted}
        full = ~np.logical_and.reduce([c.is_null().to_numpy(zero_copy_only=False) for c in columns.values()])
        yield {name: values.filter(pa.array(full)) for name, values in columns.items()}, lines[full], refused


def _single(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], pa.string())])
