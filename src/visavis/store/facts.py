"""Dated facts, each with its source, from a CSV file: timeline, polls, mechanisms, indicators, yearly figures of pairs.

The tables are ``schema.FACTS``. To add one, declare it there; its columns are checked by their names below.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from visavis.errors import BadFileError, UnknownNameError
from visavis.schema import FACTS, Table
from visavis.store.poll_figures import too_much

__all__ = ["ADDED_TO", "ENDS", "KINDS", "MODES", "READS", "merged", "of_members", "read_facts", "replacing"]

ADDED_TO = frozenset({"polls", "mechanisms", "indicators", "pair_years"})
"""Tables in which rows of the user's own stand beside those that visavis ships; elsewhere they take their place."""

ENDS = ("running", "suspended", "interrupted", "lapsed", "expired", "terminated", "replaced", "notice", "unknown")
"""How a spell of a mechanism ended. ``running``: not by ``as_of``; ``expired``: on the day planned; ``lapsed``: not
renewed; ``replaced``: by another one; ``notice``: an end was announced and did not come; ``unknown``: not known."""

KINDS = (
    "impression", "affinity", "relations", "reason", "recognition", "conclusion", "expectation", "attribution", "other",
)  # fmt: skip
"""What a question of a poll is about."""

READS = ("apart", "close", "class")
"""How a yearly figure of two countries is read: higher is farther apart, higher is closer, or the number of a class."""

MODES = ("face-to-face", "mail", "telephone", "online", "mixed")
"""How people were asked."""

_DATE = {"day": r"\d{4}-\d{2}-\d{2}", "month": r"\d{4}-\d{2}", "year": r"\d{4}"}
_VERIFIED = ("verified", "derived", "partial")
_BLANK = {  # cells that may be empty
    "timeline": {"issue_area"},
    "polls": {"wave", "about", "issue", "response", "n", "mode", "note"},
    "mechanisms": {"start", "end", "as_of"},
    "indicators": set[str](),
    "pair_years": set[str](),
}


def read_facts(name: str, path: Path) -> pa.Table:
    """The rows of a file of facts, checked; UTF-8, comma, header with the columns of ``schema.FACTS[name]``.

    Raises:
        UnknownNameError: no such table of facts.
        BadFileError: names every bad row, with line and value; nothing is taken from a file with bad rows.
    """
    if name not in FACTS:
        raise UnknownNameError(f"No facts named {name!r}. There are: {', '.join(FACTS)}.", list(FACTS))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadFileError(f"No file {str(path)!r}. Check the path.") from None
    except UnicodeDecodeError as error:
        raise BadFileError(f"{path.name}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        return _checked(FACTS[name], reader, path.name)
    except csv.Error as error:
        raise BadFileError(f"{path.name}, line {reader.line_num}: no CSV ({error}). Save it as CSV.") from None


def merged(name: str, own: pa.Table, shipped: pa.Table) -> pa.Table:
    """What a record holds of a table of facts: its own rows, beside the shipped ones or in their place.

    A row of the user's own takes the place of the shipped rows with the same id (of an indicator: the same key).
    """
    if not own.num_rows or name not in ADDED_TO:
        return own if own.num_rows else shipped
    return replacing(name, own, shipped)


def replacing(name: str, rows: pa.Table, before: pa.Table) -> pa.Table:
    """Earlier rows and new ones; an id that comes again (of an indicator: its key) takes the place of the earlier."""
    names = ["id"] if "id" in rows.column_names else list(FACTS[name].key)
    known = {tuple(row.values()) for row in rows.select(names).to_pylist()}
    keep = [tuple(row.values()) not in known for row in before.select(names).to_pylist()]
    return pa.concat_tables([before.filter(pa.array(keep, pa.bool_())), rows])


def of_members(table: pa.Table, members: Sequence[str]) -> pa.Table:
    """The rows that name one of the countries, as a party or as the country asked or measured."""
    column = "parties" if "parties" in table.column_names else "country"
    named = [any(one in members for one in cell.split(";")) for cell in table[column].to_pylist()]
    return table.filter(pa.array(named, pa.bool_()))


def _checked(table: Table, reader: csv.DictReader[str], name: str) -> pa.Table:
    lacking = [c for c in table.names if c not in (reader.fieldnames or [])]
    if lacking:
        only = (reader.fieldnames or [""])[0]
        other = next((sign for sign in (";", "\t") if only.count(sign) >= 2), "")
        hint = f" Its cells are separated by {other!r}: save it with commas." if other else ""
        raise BadFileError(f"{name}, line 1: the header lacks {', '.join(lacking)}; see docs/facts.md.{hint}")
    rows, faults, seen = [], [], dict[tuple[str, ...], dict[str, str]]()
    sound: list[tuple[int, dict[str, str]]] = []
    for row in reader:
        said = {c: (row.get(c) or "").strip() for c in table.names}
        found = _faults(table, said, seen) + ["more cells than the header has"] * (None in row)
        faults += [f"line {reader.line_num}: {fault}" for fault in found]
        seen[tuple(said[c] for c in table.key)] = said
        if not found:
            sound.append((reader.line_num, said))
            rows.append(_typed(table, said))
    faults += too_much(sound) if table.name == "polls" else []
    if faults:
        listed = "\n  ".join(faults)
        raise BadFileError(
            f"{name}: {len(faults)} fault{'s'[: len(faults) != 1]}; nothing was imported. "
            f"Mend what is named and run it again.\n  {listed}"
        )
    return pa.Table.from_pylist(rows, table.arrow)


def _faults(table: Table, row: dict[str, str], seen: Mapping[tuple[str, ...], dict[str, str]]) -> list[str]:
    faults = [f"{c} is empty" for c in table.names if not row[c] and c not in _BLANK[table.name]]
    key = tuple(row[c] for c in table.key)
    if key in seen:
        faults.append(f"{' '.join(table.key)} {' '.join(key)!r} was used before")
    for column, check in _CHECKS.items():
        if row.get(column) and (fault := check(row[column])):
            faults.append(f"{column} {row[column]!r} {fault}")
    across = _ACROSS.get(table.name)
    return faults + (across(row, seen) if across and not faults else [])


def _typed(table: Table, row: dict[str, str]) -> dict[str, Any]:
    """Cells in the types of their columns; an empty one of a number is NULL, parties are sorted."""
    typed: dict[str, Any] = dict(row)
    for column in table.columns:
        if column.name == "parties":
            typed["parties"] = ";".join(sorted(row["parties"].split(";")))
        elif pa.types.is_integer(column.type):
            typed[column.name] = int(row[column.name]) if row[column.name] else None
        elif pa.types.is_floating(column.type):
            typed[column.name] = float(row[column.name]) if row[column.name] else None
    return typed


def _country(code: str) -> str:
    from visavis import countries

    try:
        known = countries.country(code).iso3 == code
    except UnknownNameError:
        known = False
    return "" if known else "is no ISO alpha-3 code"


def _parties(text: str) -> str:
    bad = [f"{one!r} {fault}" for one in text.split(";") if (fault := _country(one))]
    return f"is no list of countries joined by ';': {', '.join(bad)}" if bad else ""


def _date(text: str) -> str:
    whole = any(re.fullmatch(pattern, text) for pattern in _DATE.values())
    return "" if whole and _is_date(text) else "is no date; write YYYY-MM-DD, YYYY-MM or YYYY"


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _number(text: str) -> str:
    try:
        return "" if math.isfinite(float(text)) else "is not finite"
    except ValueError:
        return "is no number"


def _count(text: str) -> str:
    return "" if text.isascii() and text.isdigit() and 0 < int(text) < 10**9 else "is no count above 0"


def _one_of(allowed: Sequence[str]) -> Callable[[str], str]:
    return lambda text: "" if text in allowed else f"is not {', '.join(allowed[:-1])} or {allowed[-1]}"


_CHECKS: dict[str, Callable[[str], str]] = {
    "date": _date, "start": _date, "end": _date, "as_of": _date, "parties": _parties, "country": _country,
    "about": _country, "value": _number, "n": _count, "spell": _count, "year": _count,
    "kind": _one_of(KINDS), "mode": _one_of(MODES), "reads": _one_of(READS),
    "date_precision": _one_of(tuple(_DATE)), "verified": _one_of(_VERIFIED), "end_type": _one_of(ENDS),
}  # fmt: skip


def _timeline(row: dict[str, str], seen: object) -> list[str]:
    right = re.fullmatch(_DATE[row["date_precision"]], row["date"])
    return [] if right else [f"date {row['date']!r} is no date of precision {row['date_precision']}"]


def _ahead(column: str, date: str) -> list[str]:
    """A date that has not come yet, as far as it is known."""
    today = str(dt.date.today())
    return [f"{column} {date!r} lies ahead of today"] if _first(today, date) else []


def _poll(row: dict[str, str], seen: object) -> list[str]:
    if ahead := _ahead("date", row["date"]):
        return ahead
    if row["n"] == "1":
        return ["n '1' is no number of people that a share can rest on"]
    if row["unit"] != "percent" and not row["unit"].startswith("mean"):
        return [f"unit {row['unit']!r} is neither percent nor a mean, such as 'mean, 0 to 100'"]
    value = float(row["value"])
    if row["unit"] == "percent" and not 0 <= value <= 100:
        return [f"value {row['value']!r} is no percentage between 0 and 100"]
    return [f"about {row['about']!r} is the country asked"] if row["about"] == row["country"] else []


def _spell(row: dict[str, str], seen: Mapping[tuple[str, ...], dict[str, str]]) -> list[str]:
    """A spell agrees with itself and with the one before it of the same mechanism."""
    running = row["end_type"] == "running"
    faults = [fault for c in ("start", "end", "as_of") if row[c] for fault in _ahead(c, row[c])]
    if ";" not in row["parties"]:
        faults.append(f"parties {row['parties']!r} is one country; an agreement has two or more, joined by ';'")
    if running and (row["end"] or not row["as_of"]):
        faults.append("a running spell has no end, and an as_of: the day up to which it is known to run")
    if running and row["start"] and row["as_of"] and _first(row["as_of"], row["start"]):
        faults.append(f"the spell was last seen running ({row['as_of']}) before it begins ({row['start']})")
    if row["start"] and row["end"] and _first(row["end"], row["start"]):
        faults.append(f"the spell ends ({row['end']}) before it begins ({row['start']})")
    before = seen.get((row["id"], str(int(row["spell"]) - 1)))
    if row["spell"] != "1" and before is None:
        faults.append(f"spell {row['spell']} of {row['id']} comes without spell {int(row['spell']) - 1} before it")
    if before is not None:
        faults += [
            f"{c} {row[c]!r} differs from {before[c]!r}, which spell {before['spell']} of {row['id']} has"
            for c in ("name", "parties", "domain")
            if row[c] != before[c]
        ]
        if before["end_type"] == "running":
            faults.append(f"spell {before['spell']} of {row['id']} is still running, so none can follow it")
        elif row["start"] and before["end"] and _first(row["start"], before["end"]):
            faults.append(f"the spell begins ({row['start']}) before the one before it ends ({before['end']})")
    return faults


def _first(one: str, other: str) -> bool:
    """Whether a date lies before another, as far as both are known."""
    known = min(len(one), len(other))
    return one[:known] < other[:known]


def _indicator(row: dict[str, str], seen: object) -> list[str]:
    this = dt.date.today().year
    if not 1000 <= int(row["year"]) <= this:
        return [f"year {row['year']!r} is no year from 1000 to {this}"]
    ends = re.search(r"(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)$", row["unit"])
    if ends is None:
        return []
    low, high = float(ends[1]), float(ends[2])
    if low >= high:
        return [f"unit {row['unit']!r} names a scale that does not rise"]
    value = float(row["value"])
    return (
        [] if low <= value <= high else [f"value {row['value']!r} lies outside the scale of its unit {row['unit']!r}"]
    )


def _pair_year(row: dict[str, str], seen: object) -> list[str]:
    this = dt.date.today().year
    if not 1000 <= int(row["year"]) <= this:
        return [f"year {row['year']!r} is no year from 1000 to {this}"]
    if len(set(row["parties"].split(";"))) != 2 or row["parties"] != ";".join(sorted(row["parties"].split(";"))):
        return [f"parties {row['parties']!r} are not two countries in alphabetical order, joined by ';'"]
    if row["reads"] == "class" and row["value"] not in set("0123456789"):
        return [f"value {row['value']!r} is no number of a class, 0 to 9"]
    return []


_ACROSS: dict[str, Callable[[dict[str, str], Any], list[str]]] = {
    "timeline": _timeline, "polls": _poll, "mechanisms": _spell, "indicators": _indicator,
    "pair_years": _pair_year,
}  # fmt: skip
