"""The engine: DuckDB in memory over Parquet files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

__all__ = ["connect", "parquet", "quoted"]


def connect(
    spill: Path | None = None, *, memory: str | None = None, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A fresh in-memory database that never reaches outside and answers dates in UTC.

    Args:
        spill: folder for what does not fit in memory.
        memory: limit such as ``"120MB"``; DuckDB's own default when None.
        threads: how many; as many as there are processors when None.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if spill is not None:
        config["temp_directory"] = str(spill)
    if memory is not None:
        config["memory_limit"] = memory
    if threads is not None:
        config["threads"] = threads
    con = duckdb.connect(":memory:", config=config)
    con.execute("SET enable_progress_bar = false")
    return con


def quoted(path: Path) -> str:
    """A path as a string of SQL."""
    return "'" + str(path).replace("'", "''") + "'"


def parquet(paths: Iterable[Path], options: str = "") -> str:
    """A FROM clause that reads Parquet files."""
    listed = ", ".join(map(quoted, paths))
    return f"read_parquet([{listed}]{options}, hive_partitioning = false)"
