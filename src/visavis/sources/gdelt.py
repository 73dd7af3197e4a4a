"""GDELT events, versions 1.0 and 2.0: tab-separated without header or quoting, though called CSV.

Traps, each with a test: the width of a row tells its version (61, 58 or 57 columns, and old files mix the last two);
country columns also hold regions; the first three letters of an actor code are no country (MNCKOR is a firm); rows
dated 7, 30 or 365 days before they were found are re-dated by the coder; an address may be a citation instead.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from visavis import actions, countries
from visavis.errors import BadFileError, OtherKindError, SchemaDriftError
from visavis.names.publishers import told_by
from visavis.sources import _gdelt_reduced as reduced
from visavis.sources._judge import FAULTS, Check, Mask, day, judge, refusals, stop_on_drift, table_of
from visavis.sources._sectors import CAMEO_TYPES, SECTORS, joined
from visavis.sources._source import Batch, Layout, Scope, Source
from visavis.sources._tab import BLOCK, STOPPED, Cells, Lookup, Numbers, Rows, blocks, map_distinct, spread

__all__ = ["SOURCE"]

_DAILY, _BACK, _QUARTER_HOURLY = 58, 57, 61
_EPOCH = dt.date(1970, 1, 1)
_LOOKED_AT = 60  # rows of a file that tell whether its columns are where they should be
_STALE = 7  # days between the event and the day it was found from which the date is the coder's guess
_NOTHING = ("null", "NULL", "NA")  # what re-exports write for a blank

# Columns counted from 0; the same in all three widths.
_ID, _DATE, _CODE, _ROOT, _QUAD, _SCORE = 0, 1, 26, 28, 29, 30
_COUNTRIES, _TYPES = (7, 17), ((12, 13, 14), (22, 23, 24))


_NO_DAY, _NO_CODE = -(1 << 31), -1
_BLANK, _REGION, _UNKNOWN = -1, -2, -3

_DETAILS = ("", *"0123456789", *(f"{n:02}" for n in range(100)))
_ALL_CODES = [root + detail for root in actions.ROOTS for detail in _DETAILS]
"""Every code there can be: a root, alone or with one or two digits more."""


@cache
def _numbers() -> tuple[dict[str, int], dict[str, int]]:
    """Countries and codes, each with its place in the lists that ``_names`` gives."""
    iso3 = sorted({c.iso3 for c in countries.countries()})
    return {c: i for i, c in enumerate(iso3)}, {c: i for i, c in enumerate(_ALL_CODES)}


@cache
def _names() -> tuple[pa.Array, pa.Array, pa.Array]:
    """Countries, codes, and the set of sectors for each pattern of bits."""
    sectors = [joined(s for i, s in enumerate(SECTORS) if n >> i & 1) for n in range(1 << len(SECTORS))]
    return pa.array(_numbers()[0]), pa.array(_ALL_CODES), pa.array(sectors)


def _day(text: str) -> int:
    found = day(text, "%Y%m%d")
    return (found - _EPOCH).days if found else _NO_DAY


def _code(text: str) -> int:
    return _numbers()[1].get(actions.normalise(text) or "", _NO_CODE)


def _place(code: str) -> int:
    if not code or code in _NOTHING:
        return _BLANK
    if countries.is_region(code):
        return _REGION
    return _numbers()[0].get(countries.from_code("cameo", code) or "", _UNKNOWN)


def _bit(actor_type: str) -> int:
    if not actor_type or actor_type in _NOTHING:
        return 0
    return 1 << SECTORS.index(CAMEO_TYPES.get(actor_type, "other"))


_DAYS, _CODES, _PLACES, _BITS = Lookup(_day), Lookup(_code), Lookup(_place), Lookup(_bit)


def _layout(name: str, first: bytes) -> Layout:
    if first.startswith(b"Date\t"):
        reduced.check(first, name)
        return Layout("gdelt1-reduced", None)
    if re.search(r"\.(mentions|gkg)\.csv$|^norm\w*\.csv$", name, re.IGNORECASE):
        raise OtherKindError(f"{name}: mentions, knowledge graph and volume files hold no events")
    if not first:
        raise BadFileError(f"{name}: the file is empty. Fetch it again.")
    width = first.count(b"\t") + 1
    if width == _QUARTER_HOURLY:
        return Layout("gdelt2-translation" if ".translation." in name else "gdelt2", 96, lag_days=1)
    if width in (_DAILY, _BACK):
        return Layout("gdelt1", 1 if _file_day(name) else None, lag_days=1)
    raise SchemaDriftError(
        f"{name}, line 1: {width} columns, expected 61 (GDELT 2.0), 58 or 57 (1.0), or the 17 with a header of the "
        f"reduced master. {STOPPED} If the publisher changed its format, report it; mentions and knowledge "
        "graph files hold no events.",
        alike=first[:1].isdigit() and 3 * width > _BACK,
    )


@lru_cache(maxsize=64)
def _file_day(name: str) -> dt.date | None:
    found = re.match(r"(\d{8})(\d{6})?\.(translation\.)?export\.csv", name, re.IGNORECASE)
    return day(found[1], "%Y%m%d") if found else None


def _read(file: BinaryIO, where: str, scope: Scope) -> Iterator[Batch]:
    head = file.read(BLOCK)
    if head.startswith(b"Date\t"):
        yield from reduced.read(file, where, scope, head=head[head.find(b"\n") + 1 :])
        return
    width = head[: head.find(b"\n")].count(b"\t") + 1
    widths = (_QUARTER_HOURLY,) if width == _QUARTER_HOURLY else (_DAILY, _BACK)
    single_day = _file_day(where.rpartition(" ")[2]) is not None
    first = True
    for groups, refused in blocks(file, widths, head=head, encoding="unchecked"):
        if refused:
            yield refusals(refused)
        for cells in groups:
            batch, _ = _batch(cells, scope, None if single_day else _dates(_DAYS(cells.words(_DATE))))
            if first and (_odd(batch, len(cells)) or _undated(cells) or _moved(cells)):
                _stop_on_drift(cells.first(_LOOKED_AT), where)
            yield batch
            first = False


def _read_many(files: Sequence[tuple[bytes, str]], scope: Scope) -> list[list[Batch]]:
    """Slices of a quarter of an hour, read as one; where anything is out of the ordinary, each by itself."""
    raws = [raw if raw.endswith(b"\n") else raw + b"\n" for raw, _ in files]
    if len(files) > 1 and all(_file_day(where.rpartition(" ")[2]) for _, where in files):
        [(groups, refused), *more] = blocks(io.BytesIO(b"".join(raws)), (_QUARTER_HOURLY,), encoding="unchecked")
        if len(groups) == 1 and not refused and not more and not _undated(groups[0]) and not _moved(groups[0]):
            found = _together(groups[0], np.cumsum([0, *map(len, raws)]), scope)
            if found:
                return found
    return [list(_read(io.BytesIO(raw), where, scope)) for raw, where in files]


def _together(cells: Cells, bounds: Rows, scope: Scope) -> list[list[Batch]]:
    """A batch for each file whose bytes lie between two of ``bounds``; nothing if any of them looks odd."""
    part = np.searchsorted(bounds, cells.starts, side="right") - 1
    firsts = np.searchsorted(part, np.arange(len(bounds)))
    cells = replace(cells, lines=cells.lines - firsts[part].astype(np.int32))
    whole, kept = _batch(cells, scope, pa.array(part))
    ends = np.searchsorted(part[kept], np.arange(len(bounds)))
    batches = []
    for i, (start, end) in enumerate(pairwise(ends.tolist())):
        refused: Counter[tuple[str, dt.date | None]] = Counter()
        for (reason, key), n in whole.refused.items():
            if key == i:
                refused[reason, None] += n
        batch = Batch(whole.rows.slice(start, end - start), refused)
        if _odd(batch, int(firsts[i + 1] - firsts[i])) or any(reason in FAULTS for reason, _ in refused):
            return []
        batches.append([batch])
    return batches


def _moved(cells: Cells) -> str:
    """Which of the columns that agree with each other does not, in most of the first rows; empty where all do.

    A code begins with its root, an actor's code with its country, a quad class is 1 to 4, and a score lies within ten.
    """
    some = cells.first(_LOOKED_AT)
    code, root, quad, score = (some.text(c).to_pylist() for c in (_CODE, _ROOT, _QUAD, _SCORE))
    looks = {
        "EventCode": [bool(c and r and len(r) == 2 and c.startswith(r)) for c, r in zip(code, root, strict=True)],
        "QuadClass": [q in ("1", "2", "3", "4") for q in quad],
        "GoldsteinScale": [g is None or _within(g) for g in score],
    }
    for column, name in zip(_COUNTRIES, ("Actor1CountryCode", "Actor2CountryCode"), strict=True):
        both = zip(some.text(column - 2).to_pylist(), some.text(column).to_pylist(), strict=True)
        looks[name] = [country in actor for actor, country in both if actor and country]
    return next((name for name, fits in looks.items() if len(fits) >= 20 and 2 * sum(fits) < len(fits)), "")


def _within(score: str) -> bool:
    try:
        return abs(float(score)) <= 10
    except ValueError:
        return False


def _undated(cells: Cells) -> bool:
    """Whether the first rows do not tell on what day they were found."""
    return cells.width != _BACK and bool(np.all(_DAYS(cells.first(20).words(cells.width - 2, first=8)) == _NO_DAY))


def _odd(batch: Batch, rows: int) -> bool:
    """Whether a block looks as if its columns were not where they should be: much at fault, or nothing of use."""
    faults = sum(n for (reason, _), n in batch.refused.items() if reason in FAULTS)
    return 4 * faults > rows or not batch.rows.num_rows


def _at(cells: Cells, column: int, rows: Rows | None = None) -> Callable[[int], str]:
    return lambda row: cells.cell(column, row if rows is None else int(rows[row]))


def _batch(cells: Cells, scope: Scope, keys: pa.Array | None) -> tuple[Batch, Rows]:
    """Rows between two countries are looked at closely; most are not, and two columns tell.

    Args:
        cells: the rows.
        scope: pairs to keep in detail.
        keys: what refusals are counted by beside their reason, shape (n,): the day; None for a file of one day.

    Returns:
        The batch, and which rows of ``cells`` it keeps.
    """
    source, target = (_PLACES(cells.words(c)) for c in _COUNTRIES)
    checks = [
        Check("unknown_country", source == _UNKNOWN, _at(cells, _COUNTRIES[0])),
        Check("unknown_country", target == _UNKNOWN, _at(cells, _COUNTRIES[1])),
        Check("no_source_country", source == _BLANK),
        Check("no_target_country", target == _BLANK),
        Check("region", (source == _REGION) | (target == _REGION)),
        Check("same_country", source == target),
    ]
    between, tally, bad = judge(checks, cells.lines, keys)
    rows = np.flatnonzero(between)
    wanted = _wanted(scope, (source[rows], target[rows]))
    days, code = _DAYS(cells.words(_DATE, rows)), _CODES(cells.words(_CODE, rows))
    checks = [
        Check("no_event_id", ~cells.filled(_ID, rows), _at(cells, _DATE, rows)),
        Check("bad_date", days == _NO_DAY, _at(cells, _DATE, rows)),
        Check("bad_code", code == _NO_CODE, _at(cells, _CODE, rows)),
        Check("bad_encoding", _undecodable(cells, rows, wanted), _at(cells, cells.width - 1, rows)),
        Check("redated", _redated(cells, rows, days)),
    ]
    kept, more, worse = judge(checks, cells.lines[rows], None if keys is None else keys.take(pa.array(rows)))
    rows = rows[kept]
    wanted = wanted if wanted is None else wanted[kept]
    table = _rows(cells, rows, days[kept], code[kept], (source[rows], target[rows]), wanted)
    return Batch(table, tally + more, bad + worse), rows


def _undecodable(cells: Cells, rows: Rows, wanted: Mask | None) -> Mask:
    """Rows of which a cell that is kept as text is not UTF-8; places and names are not kept."""
    found = cells.undecodable(_ID, rows)
    if cells.width != _BACK:
        told = np.flatnonzero(np.ones(len(rows), dtype=bool) if wanted is None else wanted)
        found[told] |= cells.undecodable(cells.width - 1, rows[told])
    return found


def _redated(cells: Cells, rows: Rows, days: Numbers) -> Mask:
    """Rows whose day lies a week or more from the day they were found. Back-files do not tell that day."""
    if cells.width == _BACK:
        return np.zeros(len(rows), dtype=bool)
    found = _DAYS(cells.words(cells.width - 2, rows, first=8))
    stale: Mask = (found != _NO_DAY) & (np.abs(found.astype(np.int64) - days) >= _STALE)
    return stale


def _dates(days: Numbers) -> pa.Array:
    return pa.array(days, pa.int32(), mask=days == _NO_DAY).cast(pa.date32())


def _stop_on_drift(cells: Cells, where: str) -> None:
    sides = [(c, _PLACES(cells.words(c)) == _UNKNOWN, cells.filled(c)) for c in _COUNTRIES]
    looks: list[tuple[str, int, Mask, Mask | None, str, str]] = [
        ("bad_date", _DATE, _DAYS(cells.words(_DATE)) == _NO_DAY, None, "SQLDATE", "YYYYMMDD"),
        ("bad_code", _CODE, _CODES(cells.words(_CODE)) == _NO_CODE, None, "EventCode", "a CAMEO code"),
    ]
    for (column, unknown, filled), name in zip(sides, ("Actor1CountryCode", "Actor2CountryCode"), strict=True):
        looks.append(("unknown_country", column, unknown, filled, name, "a CAMEO country code"))
    if cells.width != _BACK:
        added = cells.width - 2
        strange = _DAYS(cells.words(added, first=8)) == _NO_DAY
        looks.append(("bad_date", added, strange, None, "DATEADDED", "YYYYMMDD or YYYYMMDDHHMMSS"))
    if name := _moved(cells):
        raise SchemaDriftError(
            f"{where}, line {cells.lines[0]}: column {name!r} does not agree with those beside it; one has "
            f"moved. {STOPPED} If the publisher changed its format, report it."
        )
    for reason, column, refuses, among, name, wanted in looks:
        stop_on_drift(Check(reason, refuses, _at(cells, column)), name, wanted, where, cells.lines, among)


def _rows(
    cells: Cells, rows: Rows, days: Numbers, code: Numbers, sides: tuple[Numbers, Numbers], wanted: Mask | None
) -> pa.Table:
    iso3, codes, _ = _names()
    columns = {
        "event_id": cells.text(_ID, rows),
        "date": pa.array(days).view(pa.date32()),
        "source": iso3.take(pa.array(sides[0])),
        "target": iso3.take(pa.array(sides[1])),
        "code": codes.take(pa.array(code)),
        "root": _roots().take(pa.array(code)),
        "line": pa.array(cells.lines[rows]),
    }
    detail = rows if wanted is None else rows[wanted]
    if len(detail):
        told = {"source_sectors": _sectors(cells, detail, 0), "target_sectors": _sectors(cells, detail, 1)}
        told |= _telling(cells, detail)
        columns |= {name: spread(values, wanted) for name, values in told.items()}
    return table_of(columns, len(rows))


def _wanted(scope: Scope, sides: tuple[Numbers, Numbers]) -> Mask | None:
    """Rows of the scope's pairs, shape (n,); None for all."""
    if not scope.pairs:
        return None
    place = _numbers()[0]
    pairs = [(place[a], place[b]) for a, b in scope.pairs]
    low, high = np.minimum(*sides), np.maximum(*sides)
    wanted: Mask = np.logical_or.reduce([(low == min(p)) & (high == max(p)) for p in pairs])
    return wanted


@cache
def _roots() -> pa.Array:
    return pa.array([code[:2] for code in _ALL_CODES])


def _sectors(cells: Cells, rows: Rows, side: int) -> pa.Array:
    bits = [_BITS(cells.words(c, rows)) for c in _TYPES[side]]
    return _names()[2].take(pa.array(bits[0] | bits[1] | bits[2]))


def _telling(cells: Cells, rows: Rows) -> dict[str, pa.Array]:
    """Story, address, publisher and teller. What is no address is a citation: it names a publisher, not a story."""
    if cells.width == _BACK:
        return {}
    cited = cells.text(cells.width - 1, rows)
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
    host = rest.partition("/")[0].partition("?")[0].partition("#")[0].rpartition("@")[2].partition(":")[0].lower()
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
    read_many=_read_many,
    names=r"\.export\.csv|^\d{4,8}\.csv|gdelt|masterreduced",
)
