"""Events -> the tables that measures work on: reports, acts, stories, totals, coverage.

In each of the first three every unit sits in exactly one row, so that summing a column over any key is exact. Sets of
sectors, tellers, roots and directions are therefore part of the key, sorted and joined by ``|``.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from visavis.schema import EVENTS, FACTS
from visavis.schema_votes import FIGURES, VOTES
from visavis.store._duckdb import connect, parquet, quoted
from visavis.store._durable import sync
from visavis.store.coverage import Period
from visavis.store.lake import Lake

__all__ = ["aggregate", "table_file"]

PERIODS: dict[Period, str] = {"month": "strftime(date, '%Y-%m')", "week": "strftime(date, '%G-W%V')"}


def _set(column: str) -> str:
    """The union of the ``|``-joined sets of a group, sorted and joined again."""
    split = f"string_split(string_agg(DISTINCT nullif({column}, ''), '|'), '|')"
    return f"coalesce(array_to_string(list_sort(list_distinct({split})), '|'), '')"


_REPORTS = """
SELECT stream, {period} AS period, source, target, root, source_sectors, target_sectors,
       coalesce(told_by, '') AS told_by, sum(count)::BIGINT AS reports
FROM events GROUP BY ALL"""

_ACTS = f"""
WITH done AS (SELECT DISTINCT stream, date, source, target, root FROM events)
SELECT stream, {{period}} AS period, source, target, root, source_sectors, target_sectors, tellers,
       EXISTS (
         FROM done d
         WHERE (d.stream, d.date, d.source, d.target, d.root) = (e.stream, e.date, e.target, e.source, e.root)
       ) AS mirrored,
       count(*) AS acts
FROM (
  SELECT stream, date, source, target, code, any_value(root) AS root,
         {_set("source_sectors")} AS source_sectors, {_set("target_sectors")} AS target_sectors,
         {_set("told_by")} AS tellers
  FROM events GROUP BY stream, date, source, target, code
) e GROUP BY ALL"""

_STORIES = f"""
SELECT stream, {{period}} AS period, a, b, directions, roots, told_by, count(*) AS stories
FROM (
  SELECT stream, story, least(source, target) AS a, greatest(source, target) AS b, min(date) AS date,
         {_set("if(source < target, 'ab', 'ba')")} AS directions, {_set("root")} AS roots,
         coalesce(min(told_by), '') AS told_by
  FROM events WHERE story IS NOT NULL GROUP BY stream, story, a, b
) GROUP BY ALL"""

_TOTALS = """
SELECT stream, period, source, root, sum(reports)::BIGINT AS reports, sum(acts)::BIGINT AS acts
FROM (SELECT stream, period, source, root, reports, 0 AS acts FROM {reports}
      UNION ALL SELECT stream, period, source, root, 0, acts FROM {acts})
GROUP BY ALL"""

_COVERAGE = """
WITH named AS (
  SELECT stream, file, min(day) AS day, max(files_per_day) AS files_per_day FROM files GROUP BY ALL
), got AS (
  SELECT t.stream, t.day, f.file, any_value(f.day) AS file_day, any_value(f.files_per_day) AS per_day,
         sum(t.rows) AS read, sum(t.rows) FILTER (outcome = 'accepted') AS accepted
  FROM tallies t JOIN named f USING (stream, file)
  WHERE t.day IS NOT NULL GROUP BY ALL
), bare AS (
  SELECT stream, day, file, day AS file_day, files_per_day AS per_day, 0 AS read, 0 AS accepted
  FROM named f
  WHERE day IS NOT NULL AND NOT EXISTS (FROM got g WHERE g.stream = f.stream AND g.file = f.file AND g.day = f.day)
)
SELECT stream, day,
       coalesce(max(per_day), 1)::BIGINT AS files_expected,
       least(if(max(per_day) IS NULL, 1, count(DISTINCT file)), coalesce(max(per_day), 1))::BIGINT AS files_got,
       sum(read)::BIGINT AS rows_read, coalesce(sum(accepted), 0)::BIGINT AS rows_accepted,
       (sum(read) - coalesce(sum(accepted), 0))::BIGINT AS rows_refused
FROM (FROM got UNION ALL BY NAME FROM bare) GROUP BY stream, day"""


def table_file(name: str, period: str) -> str:
    """File of a table: ``acts.parquet`` by month, ``acts_week.parquet`` by ISO week."""
    timeless = name in ("coverage", *FACTS, *VOTES, *FIGURES)
    return f"{name}.parquet" if period == "month" or timeless else f"{name}_{period}.parquet"


_VERSION = 2  # of the tables below: tables that an earlier version of visavis made are made anew
_KEPT = 2  # generations of tables: somebody may still be reading the one before


def aggregate(lake: Lake) -> Path:
    """The folder with the tables of the lake as it is now; made anew when the lake or visavis has changed since."""
    folder = lake.root / "tables" / f"{lake.manifest.generation:08d}-v{_VERSION:03d}"
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with connect(lake.root / ".spill") as con:
            _build(con, lake, draft)
        sync(*draft.iterdir(), draft)
        draft.rename(folder)
        sync(folder.parent)
    except duckdb.IOException as error:  # a fragment is gone: damaged, or replaced by an import just now
        raise OSError(str(error)) from error
    except OSError:
        if not folder.exists():  # else another reader was faster, and made the same
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    kept = sorted(f.name for f in folder.parent.iterdir() if not f.name.startswith("."))[-_KEPT:]
    for old in folder.parent.iterdir():
        if old.name.lstrip(".") < kept[0]:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def _build(con: duckdb.DuckDBPyConnection, lake: Lake, folder: Path) -> None:
    if paths := lake.paths("events"):
        con.execute(f"CREATE VIEW events AS FROM {parquet(paths)}")
    else:
        con.register("events", EVENTS.arrow.empty_table())
    for name, period, sql in _queries(folder):
        order = "ORDER BY ALL"
        _copy(con, f"{sql} {order}", folder / table_file(name, period))
    for ledger in ("tallies", "files"):
        con.register(ledger, lake.ledger(ledger))
    _copy(con, f"{_COVERAGE} ORDER BY ALL", folder / "coverage.parquet")


def _copy(con: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    con.execute(f"COPY ({sql}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)")


def _queries(folder: Path) -> Iterator[tuple[str, str, str]]:
    for period, expression in PERIODS.items():
        for name, sql in (("reports", _REPORTS), ("acts", _ACTS), ("stories", _STORIES)):
            yield name, period, sql.format(period=expression)
        made = {n: parquet([folder / table_file(n, period)]) for n in ("reports", "acts")}
        yield "totals", period, _TOTALS.format(**made)
