"""The rows of a file of votes, as text, with the line that each came from."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from visavis.errors import BadFileError

__all__ = ["Rows", "read_rows"]

_CALLED = {"rcid": "roll_call", "rollcall": "roll_call", "unres": "resolution", "short": "title", "linked_id": "item"}


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a file, all cells text; ``index`` counts them in the file, from 0."""

    path: Path
    table: pa.Table
    index: npt.NDArray[np.int64]

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.name

    def needs(self, *columns: str) -> None:
        """Check that columns are there."""
        lacking = [c for c in columns if c not in self.table.column_names]
        if lacking:
            raise BadFileError(f"{self.name}, line 1: the header lacks {', '.join(lacking)}; see docs/votes.md.")

    def coded(self, column: str) -> tuple[npt.NDArray[np.int64], list[str]]:
        """A column as numbers into the list of its different cells; an empty cell is ''."""
        found = pc.fill_null(self.table[column], "").combine_chunks().dictionary_encode()
        return found.indices.to_numpy().astype(np.int64), found.dictionary.to_pylist()

    def first_of(self, column: str) -> Rows:
        """The first row of each different cell of a column."""
        self.needs(column)
        first = np.sort(np.unique(self.coded(column)[0], return_index=True)[1])
        return Rows(self.path, self.table.take(pa.array(first)), self.index[first])

    def told(self, faults: Sequence[tuple[int, str]]) -> list[str]:
        """Faults of rows, each with the file and the line that its row stands on."""
        if not faults:
            return []
        if self.path.suffix == ".parquet":
            return [f"{self.name}, row {self.index[i] + 1}: {said}" for i, said in faults]
        lines = _lines(self.path)
        return [f"{self.name}, line {lines[self.index[i]]}: {said}" for i, said in faults]


def read_rows(path: Path) -> Rows:
    """The rows of a CSV file (UTF-8, with a header; also packed as .gz) or a Parquet file.

    Raises:
        BadFileError: there is no such file, or it cannot be read.
    """
    try:
        found = pq.read_table(path) if path.suffix == ".parquet" else _csv(path)
    except FileNotFoundError:
        raise BadFileError(f"No file {str(path)!r}. Check the path.") from None
    except (pa.ArrowException, UnicodeDecodeError, csv.Error) as error:
        why = str(error).splitlines()[0]
        raise BadFileError(f"{path.name}: cannot be read ({why}). Save it as CSV in UTF-8, or as Parquet.") from None
    names = [_CALLED.get(name.strip().lower(), _plain(name)) for name in found.column_names]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadFileError(f"{path.name}, line 1: {', '.join(sorted(twice))} twice. Leave one of each.")
    table = pa.table([_text(c) for c in found.columns], names=names)
    return Rows(path, table, np.arange(table.num_rows))


def _csv(path: Path) -> pa.Table:
    """A CSV file, all columns as text."""
    with pa.input_stream(str(path)) as stream:
        head = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="").readline()
    columns = next(csv.reader([head]), [])
    return arrow_csv.read_csv(
        path,
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(column_types={c: pa.string() for c in columns}),
    )


def _plain(name: str) -> str:
    """A column's name in small letters, but for codes of countries, which are the header of a wide file."""
    stripped = name.strip()
    return stripped if stripped.isupper() or not stripped.isascii() else stripped.lower()


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


def _lines(path: Path) -> list[int]:
    """The line on which each row of a CSV file ends, rows counted from the one after the header."""
    with pa.input_stream(str(path)) as stream:
        reader = csv.reader(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""))
        return [reader.line_num for row in reader if row][1:]
