"""Which rows of a block are kept, and why the others are not."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from visavis.errors import SchemaDriftError
from visavis.sources._source import ROWS, Refusal

__all__ = ["FAULTS", "Check", "days_of", "judge", "mask_of", "stop_on_drift", "table_of"]

FAULTS = frozenset(
    {"bad_code", "bad_count", "bad_date", "bad_encoding", "no_event_id", "unknown_country", "wrong_width"}
)
"""Reasons that point at a fault in the file. The others say that a row is outside the record's scope."""

_LISTED = 200  # bad rows listed with line and value, per block; all of them are counted
_DRIFT_ROWS = 20  # below this many rows a column that does not fit is bad rows, not a change of format

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Check:
    """One reason to refuse a row: the rows it refuses, and the cells to name in a message.

    Args:
        reason: reason code.
        refuses: shape (n,).
        cells: the values at fault, shape (n,); None for reasons of scope.
    """

    reason: str
    refuses: Mask
    cells: pa.Array | None = None


def mask_of(flags: pa.Array) -> Mask:
    """Arrow booleans as NumPy booleans, NULL as False."""
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=bool)


def judge(
    checks: Sequence[Check], lines: npt.NDArray[np.int32], days: pa.Array | None
) -> tuple[Mask, Counter[tuple[str, dt.date | None]], tuple[Refusal, ...]]:
    """Apply the checks in order; a row is refused for the first that fits.

    Args:
        checks: in order of precedence.
        lines: line of each row, shape (n,).
        days: day of each row for the tally, shape (n,); None when the file is for a single day.

    Returns:
        Which rows are kept, the tally of refusals, and the bad rows to list.
    """
    kept = np.ones(len(lines), dtype=bool)
    tally: Counter[tuple[str, dt.date | None]] = Counter()
    bad: list[Refusal] = []
    for check in checks:
        hit = check.refuses & kept
        kept &= ~hit
        rows = np.flatnonzero(hit)
        if not len(rows):
            continue
        if days is None:
            tally[check.reason, None] += len(rows)
        else:
            for item in days.take(pa.array(rows)).value_counts().to_pylist():
                tally[check.reason, item["values"]] += item["counts"]
        if check.reason in FAULTS:
            for row in rows[:_LISTED]:
                value = check.cells[int(row)].as_py() if check.cells is not None else None
                bad.append(Refusal(int(lines[row]), check.reason, "" if value is None else str(value)[:80]))
    return kept, tally, tuple(bad)


def stop_on_drift(check: Check, column: str, wanted: str, where: str, lines: npt.NDArray[np.int32]) -> None:
    """Stop when most rows of a file's first block fail a check: the column changed its type or place.

    Raises:
        SchemaDriftError: names the column, the first line and its value.
    """
    if len(lines) >= _DRIFT_ROWS and check.refuses.mean() > 0.5:
        row = int(np.flatnonzero(check.refuses)[0])
        value = check.cells[row].as_py() if check.cells is not None else None
        raise SchemaDriftError(
            f"{where}, line {lines[row]}: column {column!r} holds {value!r}, expected {wanted}; "
            f"so do {check.refuses.mean():.0%} of its first {len(lines)} rows. Nothing was read. "
            "If the publisher changed its format, report it; if this is another source, name that one."
        )


def days_of(cells: pa.Array, pattern: str) -> pa.Array:
    """Texts as dates; what is no date becomes NULL. ``pattern`` is ``%Y-%m-%d``, ``%Y%m%d`` or ``%m/%d/%Y``."""
    from visavis.sources._tab import map_distinct

    def parse(text: str) -> dt.date | None:
        try:
            return dt.datetime.strptime(text, pattern).date()
        except ValueError:
            return None

    return map_distinct(cells, parse, pa.date32())


def table_of(columns: dict[str, Any], n: int) -> pa.Table:
    """The accepted rows as a table with the columns of ``ROWS``; a column not given is NULL, blank or 1."""
    default = {"source_sectors": "", "target_sectors": "", "count": 1}
    arrays = []
    for column in ROWS:
        given = columns.get(column.name)
        if given is None:
            given = pa.repeat(pa.scalar(default.get(column.name), column.type), n)
        elif column.name in ("source_sectors", "target_sectors"):
            given = pc.fill_null(given, "")
        arrays.append(given)
    return pa.Table.from_arrays(arrays, schema=ROWS)
