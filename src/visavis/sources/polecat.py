"""POLECAT event data in the PLOVER ontology: tab-separated with a header of 40 columns or more.

Traps, each with a test: nothing is the word ``None``; a country cell may hold several countries ("JPN; KOR", also
with "|"), which are taken apart; files hold ISO-8859-1; later files say ``Event Intensity`` and have more columns;
identifiers repeat. No real rows were at hand: the layout follows the published descriptions (docs/sources.md).

A row with several countries becomes one row for each distinct directed pair of different countries, named by the
identifier and the pair. Such a row is counted as that many rows read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from visavis import actions, countries
from visavis.names.publishers import told_by
from visavis.sources._judge import Check, days_of, judge, mask_of, refusals, stop_on_drift, table_of, value_in
from visavis.sources._sectors import CAMEO_TYPES, joined, named
from visavis.sources._source import Batch, Layout, Scope, Source
from visavis.sources._tab import Cells, Rows, blocks, check_header, map_distinct, spread

__all__ = ["COLUMNS", "SOURCE", "pairs"]

COLUMNS = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name",
    "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title", "Actor Name Raw",
    "Wikipedia Actor ID", "Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector",
    "Recipient Sectors", "Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID", "Placename", "City",
    "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename", "Feature Type",
    "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language", "Version",
)  # fmt: skip
_EXTRA = ("Headline", "Event Text", "Feed", "Story ID")  # in some vintages, at any place
_PARTED = re.compile(r"[;|]")


def _header(line: bytes) -> list[str]:
    names = [cell.strip('"') for cell in line.decode("utf-8-sig", "replace").rstrip("\r\n").split("\t")]
    return ["Intensity" if name == "Event Intensity" else name for name in names]


def _layout(name: str, first: bytes) -> Layout:
    check_header(_header(first), COLUMNS, name, optional=_EXTRA)
    return Layout("polecat", None)


def _file_day(name: str) -> dt.date | None:
    return None  # files are for a year or a week


def _parts(cell: str) -> list[str]:
    found = (part.strip() for part in _PARTED.split(cell))
    return sorted({part for part in found if part and part != "None"})


def _nations(cell: str) -> str | None:
    """The countries of a cell, joined by ``|``; parts that no list holds are left out; None when none is left."""
    found = {countries.from_code("iso3", part) for part in _parts(cell)}
    return "|".join(sorted(c for c in found if c)) or None


def pairs(source: str, target: str) -> list[tuple[str, str]]:
    """The distinct directed pairs of different countries in two cells.

    >>> pairs("JPN|KOR", "KOR|USA")
    [('JPN', 'KOR'), ('JPN', 'USA'), ('KOR', 'USA')]
    """
    return [(s, t) for s, t in product(source.split("|"), target.split("|")) if s != t]


def _sectors(listed: str) -> str:
    return joined(CAMEO_TYPES.get(part) or named(part) or "other" for part in _parts(listed))


def _action(packed: str) -> str | None:
    kind, _, mode = packed.partition("\t")
    return actions.plover_root(kind, mode)


def _read(file: BinaryIO, where: str, scope: Scope) -> Iterator[Batch]:
    header = _header(file.readline())
    check_header(header, COLUMNS, where, optional=_EXTRA)
    first = True
    for groups, refused in blocks(file, (len(header),), first_line=2, encoding="legacy"):
        if refused:
            yield refusals(refused)
        for cells in groups:
            yield _batch(_Named(cells, header), where if first else None, scope)
            first = False


class _Named:
    """The cells of a block by the names of their columns; ``None``, and a column that is not there, as NULL."""

    def __init__(self, cells: Cells, header: Sequence[str]) -> None:
        self.lines, self._cells, self._header = cells.lines, cells, header

    def __call__(self, column: str) -> pa.Array:
        if column not in self._header:
            return pa.nulls(len(self.lines), pa.string())
        found = self._cells.text(self._header.index(column))
        return pc.if_else(pc.equal(found, "None"), None, found)


def _batch(cells: _Named, where: str | None, scope: Scope) -> Batch:
    dates, kind = cells("Event Date"), cells("Event Type")
    days = days_of(dates, "%Y-%m-%d")
    coded = pc.binary_join_element_wise(kind, pc.fill_null(cells("Event Mode"), ""), "\t")
    code = map_distinct(coded, _action, pa.string())
    given = cells("Actor Country"), cells("Recipient Country")
    source, target = (map_distinct(cell, _nations, pa.string()) for cell in given)
    bad_date = Check("bad_date", mask_of(pc.is_null(days)), value_in(dates))
    bad_code = Check("bad_code", mask_of(pc.is_null(code)), value_in(kind))
    if where is not None:
        stop_on_drift(bad_date, "Event Date", "YYYY-MM-DD", where, cells.lines)
        stop_on_drift(bad_code, "Event Type", "a PLOVER event type", where, cells.lines)
    single = pc.invert(pc.match_substring(pc.fill_null(source, "|"), "|"))
    checks = [
        Check("no_event_id", mask_of(pc.is_null(cells("Event ID"))), value_in(dates)),
        bad_date,
        bad_code,
        Check("no_source_country", mask_of(pc.is_null(given[0]))),
        Check("no_target_country", mask_of(pc.is_null(given[1]))),
        Check("unknown_country", mask_of(pc.is_null(source)), value_in(given[0])),
        Check("unknown_country", mask_of(pc.is_null(target)), value_in(given[1])),
        Check("same_country", mask_of(pc.and_(single, pc.equal(source, target)))),
    ]
    kept, tally, bad = judge(checks, cells.lines, days)
    rows, sources, targets = _exploded(np.flatnonzero(kept), source, target)
    table = _rows(cells, rows, {"source": sources, "target": targets, "date": days.take(rows)}, code, scope)
    return Batch(table, tally, bad)


def _exploded(kept: Rows, source: pa.Array, target: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Row number, source and target of each directed pair in the rows kept."""
    sides = zip(source.take(pa.array(kept)).to_pylist(), target.take(pa.array(kept)).to_pylist(), strict=True)
    found = [(row, s, t) for row, cells in zip(kept.tolist(), sides, strict=True) for s, t in pairs(*cells)]
    rows, sources, targets = zip(*found, strict=True) if found else ((), (), ())
    return pa.array(rows, pa.int64()), pa.array(sources, pa.string()), pa.array(targets, pa.string())


def _rows(cells: _Named, rows: pa.Array, given: dict[str, pa.Array], code: pa.Array, scope: Scope) -> pa.Table:
    wanted = scope.wants(given["source"], given["target"])
    detail = rows if wanted is None else rows.filter(wanted)
    ids = cells("Event ID").take(rows)
    publisher = cells("Source").take(detail)
    told = {
        "source_sectors": _sides(cells, "Actor", detail),
        "target_sectors": _sides(cells, "Recipient", detail),
        "story": pc.replace_substring_regex(cells("Event ID").take(detail), r"_[^_]*$", ""),
        "publisher": publisher,
        "told_by": map_distinct(publisher, told_by, pa.string()),
        "text": pc.coalesce(cells("Headline"), cells("Event Text")).take(detail),
    }
    return table_of(
        {
            **given,
            "event_id": pc.binary_join_element_wise(ids, given["source"], given["target"], ":"),
            "code": code.take(rows),
            "root": code.take(rows),
            "line": pa.array(cells.lines).take(rows),
            **{name: spread(values, wanted) for name, values in told.items()},
        },
        len(rows),
    )


def _sides(cells: _Named, side: str, rows: pa.Array) -> pa.Array:
    """The sectors of one side, from its primary sector and its list."""
    both = (pc.fill_null(cells(column), "") for column in (f"Primary {side} Sector", f"{side} Sectors"))
    return map_distinct(pc.binary_join_element_wise(*both, ";").take(rows), _sectors, pa.string())


SOURCE = Source(
    name="polecat",
    title="POLECAT event data",
    licence="research and education only, no commercial use, (c) Leidos; rows are not redistributed, aggregated "
    "figures are",
    citation="""@data{polecat,
  author = {Halterman, Andrew and Bagozzi, Benjamin E. and Beger, Andreas and Schrodt, Philip A.
            and Scarborough, Grace},
  title = {{POLECAT} Weekly Data},
  publisher = {Harvard Dataverse},
  year = {2023},
}""",
    redistributable=False,
    layout=_layout,
    file_day=_file_day,
    read=_read,
    names=r"polecat|^ngecevents",
)
