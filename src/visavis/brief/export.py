"""The numbers behind a brief, for a reader's own tools: tables, findings, and a few lines of Python and R."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from visavis.brief.files import bibtex, findings_json
from visavis.finding import Finding
from visavis.names.outside import csv_cell
from visavis.store._durable import write_whole
from visavis.store.aggregate import PERIODS, table_file
from visavis.store.coverage import Period
from visavis.store.tables import Tables

__all__ = ["export"]

_PYTHON = '''"""Read the tables that visavis exported; needs pyarrow, or pandas or polars instead."""
from pathlib import Path

import pyarrow.parquet as pq

here = Path(__file__).parent
acts = pq.read_table(here / "acts.parquet")
by_month = acts.group_by(["stream", "period", "source", "target"]).aggregate([("acts", "sum")])
print(by_month.sort_by([("stream", "ascending"), ("period", "ascending"), ("source", "ascending")]).slice(0, 10))

# The same measures that the brief uses also take a table of your own:
# import visavis as vv
# print(vv.measure("conflict_share")(acts))
'''
_R = """# Read the tables that visavis exported; needs nothing but R. Every text column is read as text.
files <- commandArgs(trailingOnly = FALSE)
here <- dirname(sub("^--file=", "", grep("^--file=", files, value = TRUE)))
if (length(here) == 0) here <- "."
acts <- read.csv(file.path(here, "acts.csv"), colClasses = c(acts = "integer"), na.strings = "")
acts$root <- sprintf("%02d", as.integer(acts$root))
by_month <- aggregate(acts ~ stream + period + source + target, data = acts, FUN = sum)
print(head(by_month[order(by_month$stream, by_month$period, by_month$source), ], 10))
"""


def export(tables: Tables, first: str, second: str, findings: Sequence[Finding], folder: Path, lang: str) -> list[Path]:
    """Write the pair's tables as Parquet and CSV, its findings as JSON, the sources, and snippets that read them.

    Monthly tables are ``reports``, ``acts``, ``stories``, ``totals``; weekly ones end in ``_week``. ``totals`` holds
    all actors, since rates need the whole stream. Periods that a stream does not cover are left out. In CSV, text
    that a spreadsheet would take for a formula is quoted.

    Returns:
        The files written, in order.
    """
    written = []
    for period in PERIODS:
        for name in ("reports", "acts", "stories", "totals"):
            table = _covered(tables, tables.arrow(name, period), period)
            if name != "totals":
                sides = ("a", "b") if name == "stories" else ("source", "target")
                table = table.filter(pc.and_(*(pc.is_in(table[s], pa.array([first, second])) for s in sides)))
            written += _both(table, folder / table_file(name, period))
    written += _both(tables.arrow("coverage"), folder / "coverage.parquet")
    texts = {
        "findings.json": json.dumps(findings_json(findings, lang), indent=1, ensure_ascii=False),
        "sources.bib": bibtex([f.provenance for f in findings]),
        "read.py": _PYTHON,
        "read.R": _R,
    }
    for name, text in texts.items():
        write_whole(folder / name, lambda file, text=text: file.write(text.encode()))  # type: ignore[misc]
        written.append(folder / name)
    return written


def _covered(tables: Tables, table: pa.Table, period: Period) -> pa.Table:
    """Rows of covered periods: a file also tells of days before its stream begins, and these are in no figure."""
    held = {(c.stream, c.period) for c in tables.coverage(period) if c.covered > 0}
    streams, periods = (table[name].to_pylist() for name in ("stream", "period"))
    keep = [key in held for key in zip(streams, periods, strict=True)]
    return table.filter(pa.array(keep, pa.bool_()))


def _both(table: pa.Table, path: Path) -> list[Path]:
    write_whole(path, lambda file: pq.write_table(table, file, compression="zstd"))
    raw = io.BytesIO()
    pacsv.write_csv(_neutral(table), raw)
    write_whole(path.with_suffix(".csv"), lambda file: file.write(raw.getvalue()))
    return [path, path.with_suffix(".csv")]


def _neutral(table: pa.Table) -> pa.Table:
    for i, column in enumerate(table.schema):
        if pa.types.is_string(column.type):
            coded = table[column.name].combine_chunks().dictionary_encode()
            safe = pa.array([csv_cell(v) for v in coded.dictionary.to_pylist()], pa.string())
            table = table.set_column(i, column.name, safe.take(coded.indices))
    return table
