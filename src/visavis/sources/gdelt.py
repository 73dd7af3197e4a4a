"""GDELT events, versions 1.0 and 2.0: tab-separated without header or quoting, though called CSV.

Traps, each with a test: the width of a row tells its version (61, 58 or 57 columns, and old files mix the last two);
country columns also hold regions; the first three letters of an actor code are no country (MNCKOR is a firm); rows
dated 7, 30 or 365 days before they were found are re-dated by the coder; an address may be a citation instead.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from visavis import actions, countries
from visavis.errors import SchemaDriftError
from visavis.names.publishers import told_by
from visavis.sources import _gdelt_reduced as reduced
from visavis.sources._judge import Check, Mask, day, judge, mask_of, refusals, stop_on_drift, table_of
from visavis.sources._sectors import CAMEO_TYPES, SECTORS, joined
from visavis.sources._source import Batch, Layout, Scope, Source
from visavis.sources._tab import Cells, Lookup, Words, blocks, map_distinct, spread

__all__ = ["SOURCE"]

_DAILY, _BACK, _QUARTER_HOURLY = 58, 57, 61
_STALE = 7  # days between the event and the day it was found from which the date is the coder's guess
_NOTHING = ("null", "NULL", "NA")  # what re-exports write for a blank

# Columns counted from 0; the same in all three widths.
_ID, _DATE, _CODE = 0, 1, 26
_COUNTRIES, _TYPES = (7, 17), ((12, 13, 14), (22, 23, 24))


def _blank(text: str) -> str | None:
    return None if text in _NOTHING else text


def _country(code: str) -> str | None:
    """ISO alpha-3, ``region``, ``?`` for a code that no list holds, or None for a blank."""
    if _blank(code) is None:
        return None
    return "region" if countries.is_region(code) else countries.from_code("cameo", code) or "?"


def _bit(actor_type: str) -> int:
    sector = CAMEO_TYPES.get(actor_type, "other" if _blank(actor_type) else None)
    return 1 << SECTORS.index(sector) if sector else 0


_DAYS = Lookup(lambda text: day(text, "%Y%m%d"), pa.date32())
_CODES = Lookup(actions.normalise, pa.string())
_PLACES = Lookup(_country, pa.string())
_BITS = Lookup(_bit, pa.int16())


@cache
def _sector_sets() -> pa.Array:
    """The set of sectors for each pattern of bits."""
    return pa.array([joined(s for i, s in enumerate(SECTORS) if n >> i & 1) for n in range(1 << len(SECTORS))])


def _layout(name: str, first: bytes) -> Layout:
    if first.startswith(b"Date\t"):
        reduced.check(first, name)
        return Layout("gdelt1-reduced", None)
    width = first.count(b"\t") + 1
    if width == _QUARTER_HOURLY:
        return Layout("gdelt2-translation" if ".translation." in name else "gdelt2", 96, lag_days=1)
    if width in (_DAILY, _BACK):
        return Layout("gdelt1", 1 if _file_day(name) else None, lag_days=1)
    raise SchemaDriftError(
        f"{name}, line 1: {width} columns, expected 61 (GDELT 2.0), 58 or 57 (1.0), or the 17 with a header of the "
        "reduced master. Nothing was read. If the publisher changed its format, report it; mentions and knowledge "
        "graph files hold no events."
    )


def _file_day(name: str) -> dt.date | None:
    found = re.match(r"(\d{8})(\d{6})?\.(translation\.)?export\.csv", name, re.IGNORECASE)
    return day(found[1], "%Y%m%d") if found else None


def _read(file: BinaryIO, where: str, scope: Scope) -> Iterator[Batch]:
    head = file.readline()
    if head.startswith(b"Date\t"):
        yield from reduced.read(file, where, scope)
        return
    widths = (_QUARTER_HOURLY,) if head.count(b"\t") + 1 == _QUARTER_HOURLY else (_DAILY, _BACK)
    single_day = _file_day(where.rpartition(" ")[2]) is not None
    first = True
    for groups, refused in blocks(file, widths, head=head):
        if refused:
            yield refusals(refused)
        for cells in groups:
            yield _batch(cells, where if first else None, scope, single_day)
            first = False


def _at(cells: Cells, column: int) -> Callable[[int], str]:
    return lambda row: cells.cell(column, row)


def _words(cells: Cells, columns: tuple[int, ...]) -> list[Words]:
    return [cells.words(c) for c in columns]


def _redated(cells: Cells, days: pa.Array) -> tuple[Mask, pa.Array]:
    """Rows dated a week or more from the day they were found; and that day. Back-files do not tell it."""
    if cells.width == _BACK:
        return np.zeros(len(cells), bool), days
    found = _DAYS(cells.words(cells.width - 2, first=8))
    lag = pc.subtract(found.cast(pa.int32()), days.cast(pa.int32()))
    return mask_of(pc.greater_equal(pc.abs(lag), _STALE)), found


def _batch(cells: Cells, where: str | None, scope: Scope, single_day: bool) -> Batch:
    days, code = _DAYS(cells.words(_DATE)), _CODES(cells.words(_CODE))
    source, target = (_PLACES(w) for w in _words(cells, _COUNTRIES))
    redated, found = _redated(cells, days)
    bad_date = Check("bad_date", mask_of(pc.is_null(days)), _at(cells, _DATE))
    bad_code = Check("bad_code", mask_of(pc.is_null(code)), _at(cells, _CODE))
    strange = [
        Check("unknown_country", mask_of(pc.equal(side, "?")), _at(cells, c))
        for side, c in zip((source, target), _COUNTRIES, strict=True)
    ]
    if where is not None:
        _stop_on_drift(cells, where, [bad_date, bad_code, *strange], found)
    checks = [
        Check("no_event_id", ~cells.filled(_ID)),
        bad_date,
        bad_code,
        Check("no_source_country", mask_of(pc.is_null(source))),
        Check("no_target_country", mask_of(pc.is_null(target))),
        *strange,
        Check("region", mask_of(pc.equal(source, "region")) | mask_of(pc.equal(target, "region"))),
        Check("same_country", mask_of(pc.equal(source, target))),
        Check("redated", redated),
    ]
    kept, tally, bad = judge(checks, cells.lines, None if single_day else days)
    keep = pa.array(np.flatnonzero(kept))
    given = {"date": days, "source": source, "target": target, "code": code}
    return Batch(_rows(cells.take(kept), {k: v.take(keep) for k, v in given.items()}, scope), tally, bad)


def _stop_on_drift(cells: Cells, where: str, checks: list[Check], found: pa.Array) -> None:
    bad_date, bad_code, *strange = checks
    stop_on_drift(bad_date, "SQLDATE", "YYYYMMDD", where, cells.lines)
    stop_on_drift(bad_code, "EventCode", "a CAMEO code", where, cells.lines)
    for check, column, name in zip(strange, _COUNTRIES, ("Actor1CountryCode", "Actor2CountryCode"), strict=True):
        stop_on_drift(check, name, "a CAMEO country code", where, cells.lines, among=cells.filled(column))
    added = Check("bad_date", mask_of(pc.is_null(found)), _at(cells, cells.width - 2))
    if cells.width != _BACK:
        stop_on_drift(added, "DATEADDED", "YYYYMMDD or YYYYMMDDHHMMSS", where, cells.lines)


def _rows(cells: Cells, given: dict[str, pa.Array], scope: Scope) -> pa.Table:
    wanted = scope.wants(given["source"], given["target"])
    detail = cells if wanted is None else cells.take(mask_of(wanted))
    sides = [_sectors(detail, types) for types in _TYPES]
    columns = {"source_sectors": sides[0], "target_sectors": sides[1], **_telling(detail)}
    return table_of(
        {
            **given,
            "event_id": cells.text(_ID),
            "root": pc.utf8_slice_codeunits(given["code"], 0, 2),
            "line": pa.array(cells.lines),
            **{name: spread(values, wanted) for name, values in columns.items()},
        },
        len(cells),
    )


def _sectors(cells: Cells, types: tuple[int, ...]) -> pa.Array:
    bits = [pc.fill_null(_BITS(w), 0).to_numpy() for w in _words(cells, types)]
    return _sector_sets().take(pa.array(bits[0] | bits[1] | bits[2]))


def _telling(cells: Cells) -> dict[str, pa.Array]:
    """Story, address, publisher and teller. What is no address is a citation: it names a publisher, not a story."""
    if cells.width == _BACK or not len(cells):
        return {}
    cited = cells.text(cells.width - 1)
    cited = pc.if_else(pc.is_in(cited, pa.array(_NOTHING)), None, cited)
    url = pc.if_else(pc.match_substring(cited, "://"), cited, None)
    publisher = map_distinct(cited, _publisher, pa.string())
    return {"story": url, "url": url, "publisher": publisher, "told_by": map_distinct(publisher, told_by, pa.string())}


def _publisher(cited: str) -> str:
    """The host of an address, or a citation as it is.

    >>> _publisher("https://www.example.org:8080/a?b=1"), _publisher("Kyodo/BBC Monitoring")
    ('www.example.org', 'Kyodo/BBC Monitoring')
    """
    _, found, rest = cited.partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].partition(":")[0].lower()
    return host if found and host else cited


SOURCE = Source(
    name="gdelt",
    title="GDELT Event Database",
    licence="free for any use, with the GDELT Project named and linked as the source; rows may be redistributed",
    citation="""@inproceedings{gdelt,
  author = {Leetaru, Kalev and Schrodt, Philip A.},
  title = {{GDELT}: Global Data on Events, Location, and Tone, 1979--2012},
  booktitle = {ISA Annual Convention},
  year = {2013},
  url = {https://www.gdeltproject.org/},
}""",
    redistributable=True,
    layout=_layout,
    file_day=_file_day,
    read=_read,
)
