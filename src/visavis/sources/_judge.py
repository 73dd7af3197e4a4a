"""Which rows of a block are kept, and why the others are not."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from visavis.errors import SchemaDriftError
from visavis.sources._source import ROWS, Batch, Refusal
from visavis.sources._tab import STOPPED, map_distinct

__all__ = [
    "FAULTS",
    "Check",
    "Mask",
    "day",
    "days_of",
    "judge",
    "mask_of",
    "refusals",
    "stop_on_drift",
    "table_of",
    "value_in",
]

FAULTS = frozenset(
    {"bad_code", "bad_count", "bad_date", "bad_encoding", "no_event_id", "unknown_country", "wrong_width"}
)
"""Reasons that point at a fault in the file. The others say that a row is outside the record's scope."""

_LISTED = 200  # bad rows listed with line and value, per block; all of them are counted
_DRIFT_ROWS = 20  # below this many rows a column that does not fit is bad rows, not a change of format

_DEFAULT = {"source_sectors": pa.scalar(""), "target_sectors": pa.scalar(""), "count": pa.scalar(1, pa.int64())}

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Check:
    """One reason to refuse a row: the rows it refuses, and the value to name in a message.

    Args:
        reason: reason code.
        refuses: shape (n,).
        value: the value at fault in a row, for a message; None for reasons of scope.
    """

    reason: str
    refuses: Mask
    value: Callable[[int], str | None] = lambda row: None


def mask_of(flags: pa.Array) -> Mask:
    """Arrow booleans as NumPy booleans, NULL as False."""
    return np.asarray(pc.fill_null(flags, False).to_numpy(zero_copy_only=False), dtype=bool)


def value_in(cells: pa.Array) -> Callable[[int], str | None]:
    """The value of a row of ``cells``, for a ``Check``."""

    def value(row: int) -> str | None:
        found: str | None = cells[row].as_py()
        return found

    return value


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
        rows = np.flatnonzero(check.refuses & kept)
        if not len(rows):
            continue
        kept[rows] = False
        if days is None:
            tally[check.reason, None] += len(rows)
        else:
            for item in days.take(pa.array(rows)).value_counts().to_pylist():
                tally[check.reason, item["values"]] += item["counts"]
        if check.reason in FAULTS:
            for row in rows[:_LISTED]:
                bad.append(Refusal(int(lines[row]), check.reason, (check.value(int(row)) or "")[:80]))
    return kept, tally, tuple(bad)


def refusals(rows: Sequence[tuple[int, str, str]]) -> Batch:
    """A batch of refused rows alone, given as (line, reason, value)."""
    tally: Counter[tuple[str, dt.date | None]] = Counter((reason, None) for _, reason, _ in rows)
    return Batch(table_of({}, 0), tally, tuple(Refusal(*row) for row in rows[:_LISTED]))


def stop_on_drift(
    check: Check, column: str, wanted: str, where: str, lines: npt.NDArray[np.int32], among: Mask | None = None
) -> None:
    """Stop when most rows of a file's first block fail a check: the column changed its type or place.

    Args:
        check: the check.
        column: the column's name, for the message.
        wanted: what it should hold, for the message.
        where: name of the file, for the message.
        lines: line of each row, shape (n,).
        among: rows that say anything about the column, shape (n,); all when None.

    Raises:
        SchemaDriftError: names the column, the first line and its value.
    """
    shown = check.refuses if among is None else check.refuses[among]
    if len(shown) >= _DRIFT_ROWS and shown.mean() > 0.5:
        row = int(np.flatnonzero(check.refuses)[0])
        raise SchemaDriftError(
            f"{where}, line {lines[row]}: column {column!r} holds {check.value(row)!r}, expected {wanted}; "
            f"so do {shown.mean():.0%} of its first {len(shown)} rows. {STOPPED} "
            "If the publisher changed its format, report it; if this is another source, name that one."
        )


def day(text: str, pattern: str) -> dt.date | None:
    """A text as a date, or None when it is none. ``pattern`` is ``%Y-%m-%d``, ``%Y%m%d`` or ``%m/%d/%Y``."""
    try:
        return dt.datetime.strptime(text, pattern).date()
    except ValueError:
        return None


def days_of(cells: pa.Array, pattern: str) -> pa.Array:
    """Texts as dates; what is no date becomes NULL."""
    return map_distinct(cells, lambda text: day(text, pattern), pa.date32())


def table_of(columns: dict[str, Any], n: int) -> pa.Table:
    """The accepted rows as a table with the columns of ``ROWS``; a column not given is NULL, blank or 1."""
    default = _DEFAULT if n else {c.name: pa.scalar(None, c.type) for c in ROWS}
    arrays = []
    for column in ROWS:
        given = columns.get(column.name)
        if given is None:
            given = pa.nulls(n, column.type) if column.nullable else pa.repeat(default[column.name], n)
        elif column.name in ("source_sectors", "target_sectors"):
            given = pc.fill_null(given, "")
        arrays.append(given)
    return pa.Table.from_arrays(arrays, schema=ROWS)
