"""ICEWS event data: tab-separated with a header of 20 columns, one file a day or a year.

Traps, each with a test: Event ID is not unique in every vintage, so (Event ID, Event Date) names a row; sector
lists come in any order; some vintages quote the sector list, some write NA for nothing; the same file was
published under several names; the last days of a pull are incomplete, since rows arrive up to 8 days late.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from visavis import actions, countries
from visavis.names.publishers import told_by
from visavis.sources._judge import Check, day, days_of, judge, mask_of, refusals, stop_on_drift, table_of, value_in
from visavis.sources._sectors import joined, named
from visavis.sources._source import Batch, Layout, Scope, Source
from visavis.sources._tab import Cells, Rows, blocks, check_header, map_distinct, spread

__all__ = ["COLUMNS", "SOURCE", "sectors"]

COLUMNS = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code",
    "Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher",
    "City", "District", "Province", "Country", "Latitude", "Longitude",
)  # fmt: skip
_AT = {name: i for i, name in enumerate(COLUMNS)}


def sectors(listed: str) -> str:
    """An ICEWS sector list as a set of ours; ``other`` when none of ours fits.

    >>> sectors("Legislative / Parliamentary,Center Right,Parties")
    'legislature|party'
    """
    return joined(named(name) for name in listed.replace('"', "").split(",")) or "other"


def _layout(name: str, first: bytes) -> Layout:
    check_header(_header(first), COLUMNS, name)
    return Layout("icews", 1, lag_days=8) if _file_day(name) else Layout("icews", None)


def _header(line: bytes) -> list[str]:
    return [cell.strip('"') for cell in line.decode("utf-8", "replace").rstrip("\r\n").split("\t")]


def _file_day(name: str) -> dt.date | None:
    found = re.match(r"(\d{8})-icews-events", name)
    return day(found[1], "%Y%m%d") if found else None


def _read(file: BinaryIO, where: str, scope: Scope) -> Iterator[Batch]:
    check_header(_header(file.readline()), COLUMNS, where)
    single_day = _file_day(where.rpartition(" ")[2]) is not None
    first = True
    for groups, refused in blocks(file, (len(COLUMNS),), first_line=2):
        if refused:
            yield refusals(refused)
        for cells in groups:
            yield _batch(cells, where if first else None, scope, single_day)
            first = False


def _cell(cells: Cells, column: str, rows: Rows | None = None) -> pa.Array:
    found = cells.text(_AT[column], rows)
    return pc.if_else(pc.equal(found, "NA"), None, found)


def _batch(cells: Cells, where: str | None, scope: Scope, single_day: bool) -> Batch:
    ids, dates, codes = (_cell(cells, c) for c in ("Event ID", "Event Date", "CAMEO Code"))
    days = days_of(dates, "%Y-%m-%d")
    code = map_distinct(codes, actions.normalise, pa.string())
    named_source, named_target = _cell(cells, "Source Country"), _cell(cells, "Target Country")
    source, target = (map_distinct(x, _iso3, pa.string()) for x in (named_source, named_target))
    bad_date = Check("bad_date", mask_of(pc.is_null(days)), value_in(dates))
    bad_code = Check("bad_code", mask_of(pc.is_null(code)), value_in(codes))
    if where is not None:
        stop_on_drift(bad_date, "Event Date", "YYYY-MM-DD", where, cells.lines)
        stop_on_drift(bad_code, "CAMEO Code", "a CAMEO code", where, cells.lines)
    checks = [
        Check("no_event_id", mask_of(pc.is_null(ids)), value_in(dates)),
        bad_date,
        bad_code,
        Check("no_source_country", mask_of(pc.is_null(named_source))),
        Check("no_target_country", mask_of(pc.is_null(named_target))),
        Check("unknown_country", mask_of(pc.is_null(source)), value_in(named_source)),
        Check("unknown_country", mask_of(pc.is_null(target)), value_in(named_target)),
        Check("same_country", mask_of(pc.equal(source, target))),
    ]
    kept, tally, bad = judge(checks, cells.lines, None if single_day else days)
    rows = np.flatnonzero(kept)
    keep = pa.array(rows)
    source, target = source.take(keep), target.take(keep)
    wanted = scope.wants(source, target)
    return Batch(
        _rows(cells, rows, wanted, ids.take(keep), days.take(keep), code.take(keep), source, target), tally, bad
    )


def _rows(
    cells: Cells, rows: Rows, wanted: pa.Array | None, ids: pa.Array, days: pa.Array, code: pa.Array,
    source: pa.Array, target: pa.Array,
) -> pa.Table:  # fmt: skip
    detail = rows if wanted is None else rows[mask_of(wanted)]
    publisher = _cell(cells, "Publisher", detail)
    told = {
        "source_sectors": map_distinct(_cell(cells, "Source Sectors", detail), sectors, pa.string()),
        "target_sectors": map_distinct(_cell(cells, "Target Sectors", detail), sectors, pa.string()),
        "story": _cell(cells, "Story ID", detail),
        "publisher": publisher,
        "told_by": map_distinct(publisher, told_by, pa.string()),
        "text": _cell(cells, "Event Text", detail),
    }
    return table_of(
        {
            "event_id": ids, "date": days, "source": source, "target": target, "code": code,
            "root": map_distinct(code, actions.root, pa.string()), "line": pa.array(cells.lines[rows]),
            **{name: spread(values, wanted) for name, values in told.items()},
        },
        len(rows),
    )  # fmt: skip


def _iso3(name: str) -> str | None:
    return countries.from_code("icews", name)


SOURCE = Source(
    name="icews",
    title="ICEWS Coded Event Data",
    licence="research and education under the publisher's terms; rows are not redistributed, aggregated figures are",
    citation="""@data{icews,
  author = {Boschee, Elizabeth and Lautenschlager, Jennifer and O'Brien, Sean and Shellman, Steve and Starz, James
            and Ward, Michael},
  title = {{ICEWS} Coded Event Data},
  publisher = {Harvard Dataverse},
  year = {2015},
  doi = {10.7910/DVN/28075},
  note = {Weekly updates: doi 10.7910/DVN/QI2T9A},
}""",
    redistributable=False,
    layout=_layout,
    file_day=_file_day,
    read=_read,
    names=r"icews|^events\.\d{4}\.",
)
