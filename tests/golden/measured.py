"""Measures of the toy tables, as tables and as the text of a golden file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
from tests import toy

from visavis.measures import measure

__all__ = ["FOLDER", "HEAD", "as_csv", "inputs", "on_arrow", "sorted_rows"]

FOLDER = Path(__file__).parent
HEAD = "# python -m tests.golden\n"


def inputs(name: str, tables: dict[str, pa.Table] | None = None) -> list[pa.Table]:
    """The tables a measure needs."""
    tables = tables or toy.measured()
    return [tables[t.name] for t in measure(name).needs]


def on_arrow(name: str) -> pa.Table:
    """The measure of the toy tables."""
    found: pa.Table = measure(name)(*inputs(name))
    return found


def sorted_rows(name: str, table: pa.Table) -> list[dict[str, Any]]:
    """The rows in the order of the measure's key."""
    rows: list[dict[str, Any]] = table.to_pylist()
    return sorted(rows, key=lambda row: tuple(row[k] for k in measure(name).key))


def as_csv(name: str) -> str:
    """Columns and rows; floats with all their digits."""
    rows = sorted_rows(name, on_arrow(name))
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    return "\n".join(lines) + "\n"
