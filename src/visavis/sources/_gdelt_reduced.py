"""GDELT's reduced master: 17 columns with a header, each row the roll-up of a day's events.

It has no identifier and no country columns. A row is named by its content, and its country is the first three-letter
part of the actor code that is one: KORGOV is Korea, and so is MNCKOR, a firm. On 22,806 actors of full GDELT rows this
rule gave the country column in all but 29 cases, most of them codes with a blank or in lower case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from visavis import actions, countries
from visavis.sources._judge import Check, days_of, judge, mask_of, refusals, stop_on_drift, table_of
from visavis.sources._sectors import CAMEO_TYPES, joined
from visavis.sources._source import Batch, Scope
from visavis.sources._tab import Cells, Rows, blocks, check_header, map_distinct, spread

__all__ = ["COLUMNS", "check", "read"]

COLUMNS = (
    "Date", "Source", "Target", "CAMEOCode", "NumEvents", "NumArts", "QuadClass", "Goldstein",
    "SourceGeoType", "SourceGeoLat", "SourceGeoLong", "TargetGeoType", "TargetGeoLat", "TargetGeoLong",
    "ActionGeoType", "ActionGeoLat", "ActionGeoLong",
)  # fmt: skip
_DATE, _SOURCE, _TARGET, _CODE, _COUNT = range(5)


def country(actor: str) -> str | None:
    """The country of an actor code, ``region`` for a part of the world, or None where it names neither.

    >>> country("KORGOV"), country("MNCKOR"), country("EUR"), country("REB")
    ('KOR', 'KOR', 'region', None)
    """
    for part in _parts(actor):
        if countries.is_region(part):
            return "region"
        if found := countries.from_code("cameo", part):
            return found
    return None


def sectors(actor: str) -> str:
    """The sectors of an actor code.

    >>> sectors("KORGOVMIL"), sectors("KOR")
    ('government|military', '')
    """
    return joined(CAMEO_TYPES.get(part) for part in _parts(actor))


def _parts(actor: str) -> list[str]:
    found = (actor[i : i + 3] for i in range(0, len(actor), 3))
    return [part for part in found if len(part) == 3 and part.isalpha() and part.isupper()]


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and int(text) > 0 else None


def check(header: bytes, where: str) -> None:
    """Stop when the header is not that of the reduced master.

    Raises:
        SchemaDriftError: names the difference.
    """
    check_header(header.decode("utf-8", "replace").rstrip("\r\n").split("\t"), COLUMNS, where)


def read(file: BinaryIO, where: str, scope: Scope, *, head: bytes = b"") -> Iterator[Batch]:
    """The rows after the header."""
    first = True
    for groups, refused in blocks(file, (len(COLUMNS),), head=head, first_line=2):
        if refused:
            yield refusals(refused)
        for cells in groups:
            yield _batch(cells, where if first else None, scope)
            first = False


def _batch(cells: Cells, where: str | None, scope: Scope) -> Batch:
    days = days_of(cells.text(_DATE), "%Y%m%d")
    code = map_distinct(cells.text(_CODE), actions.normalise, pa.string())
    count = map_distinct(cells.text(_COUNT), _count, pa.int64())
    actors = cells.text(_SOURCE), cells.text(_TARGET)
    source, target = (map_distinct(a, country, pa.string()) for a in actors)
    faults = [
        Check(reason, mask_of(pc.is_null(values)), lambda row, c=c: cells.cell(c, row))  # type: ignore[misc]
        for reason, values, c in (("bad_date", days, _DATE), ("bad_code", code, _CODE), ("bad_count", count, _COUNT))
    ]
    if where is not None:
        wanted = ("YYYYMMDD", "a CAMEO code", "a whole number above 0")
        for fault, c, form in zip(faults, (_DATE, _CODE, _COUNT), wanted, strict=True):
            stop_on_drift(fault, COLUMNS[c], form, where, cells.lines)
    checks = [
        *faults,
        Check("no_source_country", mask_of(pc.is_null(source))),
        Check("no_target_country", mask_of(pc.is_null(target))),
        Check("region", mask_of(pc.equal(source, "region")) | mask_of(pc.equal(target, "region"))),
        Check("same_country", mask_of(pc.equal(source, target))),
    ]
    kept, tally, bad = judge(checks, cells.lines, days)
    keep = pa.array(np.flatnonzero(kept))
    given = {"date": days, "source": source, "target": target, "code": code, "count": count}
    given = {name: values.take(keep) for name, values in given.items()}
    return Batch(_rows(cells, np.flatnonzero(kept), given, scope), tally, bad)


def _rows(cells: Cells, rows: Rows, given: dict[str, pa.Array], scope: Scope) -> pa.Table:
    wanted = scope.wants(given["source"], given["target"])
    detail = rows if wanted is None else rows[mask_of(wanted)]
    sides = [map_distinct(cells.text(c, detail), sectors, pa.string()) for c in (_SOURCE, _TARGET)]
    names = [hashlib.sha256(cells.line_text(r).encode()).hexdigest()[:16] for r in rows]
    return table_of(
        {
            **given,
            "event_id": pa.array(names, pa.string()),
            "root": pc.utf8_slice_codeunits(given["code"], 0, 2),
            "line": pa.array(cells.lines[rows]),
            "source_sectors": spread(sides[0], wanted),
            "target_sectors": spread(sides[1], wanted),
        },
        len(rows),
    )
