"""Phoenix event data: OEDA's real-time files, and the historical files of the Cline Center.

Traps, each with a test: files that R wrote have index columns, ``NA`` for nothing and codes that lost their leading
zero ("10" is 010 under root 1); PETRARCH writes 010 where it could not code, so these rows are refused as
``coder_default``; FBIS writes 01/01/1970 for no date; the quad class follows a mapping of its own and is not read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from visavis import actions, countries
from visavis.names.publishers import told_by
from visavis.sources._judge import Check, day, days_of, judge, mask_of, refusals, stop_on_drift, table_of, value_in
from visavis.sources._quoted import Lines, Table, quoted
from visavis.sources._sectors import CAMEO_TYPES, joined
from visavis.sources._source import Batch, Layout, Scope, Source, Terms
from visavis.sources._tab import blocks, check_header, map_distinct, spread

__all__ = ["HISTORICAL", "REAL_TIME", "SOURCE"]

REAL_TIME = (
    "GID", "Date", "Year", "Month", "Day", "Source", "SrcActor", "SrcAgent", "SOthAgent", "Target", "TgtActor",
    "TgtAgent", "TOthAgent", "CAMEO", "RootCode", "QuadClass", "Goldstein", "None", "Lat", "Lon", "Geoname",
    "AdminInfo", "CountryCode", "ID", "URL", "sourcetxt",
)  # fmt: skip
"""The 26 columns of real-time files, which have no header; named as R copies of them name them."""

HISTORICAL = (
    "eid", "story_date", "year", "month", "day", "source", "source_root", "source_agent", "source_others", "target",
    "target_root", "target_agent", "target_others", "code", "root_code", "quad_class", "goldstein", "joined_issues",
    "lat", "lon", "placename", "statename", "countryname", "aid", "process",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Names:
    """What the columns that we read are called."""

    id: str
    date: str
    pattern: str
    source: str
    target: str
    code: str
    root: str
    types: tuple[tuple[str, str], tuple[str, str]]
    story: str


_IN = {
    REAL_TIME: _Names(
        "GID", "Date", "%Y%m%d", "SrcActor", "TgtActor", "CAMEO", "RootCode",
        (("SrcAgent", "SOthAgent"), ("TgtAgent", "TOthAgent")), "ID",
    ),
    HISTORICAL: _Names(
        "eid", "story_date", "%m/%d/%Y", "source_root", "target_root", "code", "root_code",
        (("source_agent", "source_others"), ("target_agent", "target_others")), "aid",
    ),
}  # fmt: skip
_INDEX = ("", "X", "X.1")  # columns that R adds
_COLLECTIONS = {"nyt": "The New York Times", "swb": "BBC Summary of World Broadcasts", "fbis": "FBIS Daily Report"}
_NO_DATE = dt.date(1970, 1, 1)


def _header(first: bytes) -> tuple[str, ...]:
    names = [cell.strip('"') for cell in first.decode("utf-8", "replace").rstrip("\r\n").split(",")]
    return tuple("None" if name in ("issues", "Issues") else name for name in names)


def _kind(first: bytes, where: str) -> tuple[str, ...]:
    """The columns of a comma-separated file.

    Raises:
        SchemaDriftError: they are not those of Phoenix.
    """
    found = _header(first)
    wanted = HISTORICAL if "eid" in found or "story_date" in found else REAL_TIME
    check_header(found, wanted, where, optional=_INDEX)
    return wanted


def _collection(name: str) -> str | None:
    return next((c for c in _COLLECTIONS if c in name.lower()), None)


def _layout(name: str, first: bytes) -> Layout:
    if first.count(b"\t") + 1 == len(REAL_TIME):
        return Layout("phoenix", 1 if _file_day(name) else None)
    if _kind(first, name) == REAL_TIME:
        return Layout("phoenix", None)
    return Layout(f"phoenix-{_collection(name) or 'historical'}", None)


def _file_day(name: str) -> dt.date | None:
    found = re.match(r"events\.full\.(\d{8})\.txt", name)
    return day(found[1], "%Y%m%d") if found else None


def _read(file: BinaryIO, where: str, scope: Scope) -> Iterator[Batch]:
    name = where.rpartition(" ")[2]
    first = file.readline()
    tabbed = first.count(b"\t") + 1 == len(REAL_TIME)
    columns = REAL_TIME if tabbed else _kind(first, where)
    pieces = _tabbed(file, first) if tabbed else quoted(file, _header(first), columns)
    reading = _Reading(_IN[columns], _collection(name), scope, _file_day(name) is not None)
    for i, (table, lines, refused) in enumerate(pieces):
        if refused:
            yield refusals(refused)
        yield reading.batch(table, lines, where if i == 0 else None)


def _tabbed(file: BinaryIO, first: bytes) -> Iterator[tuple[Table, Lines, list[tuple[int, str, str]]]]:
    for groups, refused in blocks(file, (len(REAL_TIME),), head=first):
        for cells in groups:
            yield {name: _given(cells.text(i)) for i, name in enumerate(REAL_TIME)}, cells.lines, refused
        if not groups:
            yield {name: pa.array([], pa.string()) for name in REAL_TIME}, np.empty(0, np.int32), refused


def _given(cells: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(cells, "NA"), None, cells)


def _country(code: str) -> str | None:
    """ISO alpha-3; ``region`` for a part of the world, ``none`` for an actor that is no country, None if unknown."""
    if countries.is_region(code):
        return "region"
    if code in CAMEO_TYPES:
        return "none"
    return countries.from_code("cameo", code) or countries.from_code("iso3", code)


def _types(listed: str) -> str:
    return joined(CAMEO_TYPES.get(part.strip()) for part in listed.split(";"))


def _code(packed: str) -> str | None:
    code, _, root = packed.partition(" ")
    return actions.normalise(actions.restore_zero(code, root or None))


@dataclass(frozen=True, slots=True)
class _Reading:
    """How to read the rows of one file."""

    names: _Names
    collection: str | None
    scope: Scope
    single_day: bool

    def batch(self, table: Table, lines: Lines, where: str | None) -> Batch:
        """Some rows, sorted out. ``where`` is the file's name for its first rows, None for later ones."""
        named = self.names
        days = self._days(table)
        coded = pc.binary_join_element_wise(table[named.code], pc.fill_null(table[named.root], ""), " ")
        code = map_distinct(coded, _code, pa.string())
        source, target = (map_distinct(table[side], _country, pa.string()) for side in (named.source, named.target))
        bad_date = Check("bad_date", mask_of(pc.is_null(days)), value_in(table[named.date]))
        bad_code = Check("bad_code", mask_of(pc.is_null(code)), value_in(table[named.code]))
        if where is not None:
            stop_on_drift(bad_date, named.date, "a date", where, lines)
            stop_on_drift(bad_code, named.code, "a CAMEO code", where, lines)
        unknown = [
            Check("unknown_country", mask_of(pc.is_null(side)), value_in(table[name]))
            for side, name in ((source, named.source), (target, named.target))
        ]
        checks = [
            Check("no_event_id", mask_of(pc.is_null(table[named.id])), value_in(table[named.date])),
            bad_date,
            bad_code,
            Check("coder_default", mask_of(pc.equal(code, "010"))),
            Check("no_source_country", mask_of(pc.is_null(table[named.source])) | mask_of(pc.equal(source, "none"))),
            Check("no_target_country", mask_of(pc.is_null(table[named.target])) | mask_of(pc.equal(target, "none"))),
            *unknown,
            Check("region", mask_of(pc.equal(source, "region")) | mask_of(pc.equal(target, "region"))),
            Check("same_country", mask_of(pc.equal(source, target))),
        ]
        kept, tally, bad = judge(checks, lines, None if self.single_day else days)
        given = {"date": days, "source": source, "target": target, "code": code, "line": pa.array(lines)}
        keep = pa.array(kept)
        given = {name: values.filter(keep) for name, values in given.items()}
        return Batch(self._rows({name: v.filter(keep) for name, v in table.items()}, given), tally, bad)

    def _days(self, table: Table) -> pa.Array:
        days = days_of(table[self.names.date], self.names.pattern)
        if self.names.pattern != "%m/%d/%Y":
            return days
        from_fbis = pc.match_substring(pc.fill_null(table[self.names.id], ""), "fbis", ignore_case=True)
        undated = pc.equal(days, pa.scalar(_NO_DATE))
        return pc.if_else(undated if self.collection == "fbis" else pc.and_(undated, from_fbis), None, days)

    def _rows(self, table: Table, given: Table) -> pa.Table:
        wanted = self.scope.wants(given["source"], given["target"])
        detail = table if wanted is None else {name: v.filter(wanted) for name, v in table.items()}
        told = {**self._sectors(detail), **self._telling(detail)}
        return table_of(
            {
                **given,
                "event_id": table[self.names.id],
                "root": pc.utf8_slice_codeunits(given["code"], 0, 2),
                **{name: spread(values, wanted) for name, values in told.items()},
            },
            len(given["code"]),
        )

    def _sectors(self, detail: Table) -> Table:
        sides = []
        for agent, others in self.names.types:
            listed = pc.binary_join_element_wise(*(pc.fill_null(detail[c], "") for c in (agent, others)), ";")
            sides.append(map_distinct(listed, _types, pa.string()))
        return {"source_sectors": sides[0], "target_sectors": sides[1]}

    def _telling(self, detail: Table) -> Table:
        """Story, address, publisher and teller.

        A real-time row may name several articles, joined by ``;``: the first stands for it. Its ID is that of the
        article and the number of a sentence.
        """
        if "URL" not in detail:
            publisher = _COLLECTIONS.get(self.collection or "")
            n = len(detail[self.names.id])
            return {
                "story": detail[self.names.story],
                "publisher": pa.repeat(pa.scalar(publisher, pa.string()), n),
                "told_by": pa.repeat(pa.scalar(told_by(publisher) if publisher else None, pa.string()), n),
            }
        url = pc.replace_substring_regex(detail["URL"], r";https?://.*$", "")
        return {
            "story": pc.replace_substring_regex(detail[self.names.story], r"(_\d+)?(;.*)?$", ""),
            "url": url,
            "publisher": pc.replace_substring_regex(detail["sourcetxt"], r";.*$", ""),
            "told_by": map_distinct(url, told_by, pa.string()),
        }


_REAL = Terms(
    title="Phoenix real-time event data",
    licence="free use with attribution to the Open Event Data Alliance; rows are not redistributed, aggregated figures "
    "are",
    citation="""@misc{phoenix-real-time,
  author = {{Open Event Data Alliance}},
  title = {Phoenix real-time data set},
  url = {http://openeventdata.org/},
}""",
)
_PAST = Terms(
    title="Cline Center Historical Phoenix Event Data",
    licence="the Cline Center's terms; rows are not redistributed, aggregated figures are",
    citation="""@data{phoenix,
  author = {Althaus, Scott and Bajjalieh, Joseph and Carter, John F. and Peyton, Buddy and Shalmon, Dan A.},
  title = {Cline Center Historical {Phoenix} Event Data, v.1.0.0},
  publisher = {Cline Center for Advanced Social Research},
  year = {2017},
}""",
)

SOURCE = Source(
    name="phoenix",
    title="Phoenix event data",
    licence=f"real-time files: {_REAL.licence}; historical files: {_PAST.licence}",
    citation=f"{_REAL.citation}\n{_PAST.citation}",
    redistributable=False,
    layout=_layout,
    file_day=_file_day,
    read=_read,
    names=r"phoenix|^events\.full\.\d",
    terms={"phoenix": _REAL, **{f"phoenix-{name}": _PAST for name in (*_COLLECTIONS, "historical")}},
)
