"""How a measure is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pyarrow as pa

from visavis.errors import UsageError
from visavis.schema import Table

__all__ = ["DIRECTED", "Measure", "hits", "measure", "summed"]

DIRECTED = ("stream", "period", "source", "target")


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: what it needs, what it gives, and the function itself.

    Calling it with narwhals lazy frames gives a lazy frame. Calling it with a polars, pandas or Arrow frame of
    your own gives a frame of the same kind.

    Args:
        name: also the name of its file.
        needs: the tables it reads, in the order of its arguments.
        key: the columns that name a row of its result.
        gives: the columns it adds, with their types.
        unit: unit of its first column, for a reader.
        says: first line of its docstring: what the number says.
        function: the function.
    """

    name: str
    needs: tuple[Table, ...]
    key: tuple[str, ...]
    gives: Mapping[str, Any]
    unit: str
    says: str
    function: Callable[..., nw.LazyFrame[Any]]

    def __call__(self, *frames: Any) -> Any:
        """The measure of ``frames``, one for each table it needs.

        Raises:
            UsageError: too few frames, or one lacks a column.
        """
        if len(frames) != len(self.needs):
            tables = ", ".join(t.name for t in self.needs)
            raise UsageError(f"{self.name} needs {len(self.needs)} tables ({tables}), got {len(frames)}.")
        told = [nw.from_native(frame, pass_through=False) for frame in frames]
        for frame, table in zip(told, self.needs, strict=True):
            lacking = [c for c in table.required if c not in frame.collect_schema().names()]
            if lacking:
                raise UsageError(f"{self.name}: the table {table.name} lacks {', '.join(lacking)}.")
            schema = frame.collect_schema()
            text = [c.name for c in table.columns if c.type == pa.string() and not c.later]
            numeric = [name for name in text if schema[name].is_numeric()]
            if numeric:
                raise UsageError(
                    f"{self.name}: the table {table.name} holds {', '.join(numeric)} as numbers; they are text, "
                    "such as '04'. Read the Parquet file, or the CSV with every column as text but the counts."
                )
        result = self.function(*(frame.lazy() for frame in told)).select(*self.key, *self.gives)
        if isinstance(frames[0], nw.LazyFrame):
            return result
        eager = isinstance(told[0], nw.DataFrame)
        return (result.collect(told[0].implementation) if eager else result).to_native()


def measure(
    *, needs: tuple[Table, ...], gives: Mapping[str, Any], unit: str, key: tuple[str, ...] = DIRECTED
) -> Callable[[Callable[..., nw.LazyFrame[Any]]], Measure]:
    """Declare a measure; see ``Measure`` for the arguments."""

    def declare(function: Callable[..., nw.LazyFrame[Any]]) -> Measure:
        says = (function.__doc__ or "").strip().splitlines()[0]
        return Measure(function.__name__, needs, key, dict(gives), unit, says, function)

    return declare


def summed(frame: nw.LazyFrame[Any], key: tuple[str, ...], **columns: nw.Expr) -> nw.LazyFrame[Any]:
    """Whole numbers added up over the rows of each key, as Int64.

    Sums of plain columns alone, cast afterwards: pandas and Arrow take no other expressions in a group.
    """
    added = frame.with_columns(**columns).group_by(*key).agg(*(nw.col(name).sum() for name in columns))
    return added.with_columns(*(nw.col(name).cast(nw.Int64) for name in columns))


def hits(column: str, roots: tuple[str, ...]) -> nw.Expr:
    """``column`` where the act's root is one of ``roots``, else 0."""
    return nw.when(nw.col("root").is_in(roots)).then(nw.col(column)).otherwise(0)
