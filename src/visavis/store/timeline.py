"""A chronology of dated acts, meetings and agreements, from a CSV file of the user's."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path

import pyarrow as pa

from visavis.errors import BadFileError, UnknownNameError
from visavis.schema import TIMELINE

__all__ = ["INCLUSION", "read_timeline"]

INCLUSION = "timeline.inclusion"
"""Key of the message that states the rule of inclusion; it is printed with every timeline."""

_DATE = {"day": r"\d{4}-\d{2}-\d{2}", "month": r"\d{4}-\d{2}", "year": r"\d{4}"}
_VERIFIED = ("verified", "derived", "partial")


def read_timeline(path: Path) -> pa.Table:
    """The rows of a chronology, checked.

    Columns: ``id, date, date_precision, description, parties, issue_area, source, verified`` (UTF-8, comma, header).
    ``date`` is as precise as ``date_precision`` says; ``parties`` are ISO alpha-3 joined by ``;``; ``source`` names
    what was read and may not be empty.

    Raises:
        BadFileError: names every bad row, with line and value; nothing is taken from a file with bad rows.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadFileError(f"No file {str(path)!r}. Check the path.") from None
    except UnicodeDecodeError as error:
        raise BadFileError(f"{path.name}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        return _checked(reader, path.name)
    except csv.Error as error:
        raise BadFileError(f"{path.name}, line {reader.line_num}: no CSV ({error}). Save it as CSV.") from None


def _checked(reader: csv.DictReader[str], name: str) -> pa.Table:
    lacking = [c for c in TIMELINE.names if c not in (reader.fieldnames or [])]
    if lacking:
        raise BadFileError(f"{name}, line 1: the header lacks {', '.join(lacking)}; see docs/timeline.md.")
    rows, faults, seen = [], [], set[str]()
    for row in reader:
        said = {c: (row.get(c) or "").strip() for c in TIMELINE.names}
        found = _faults(said, seen) + ["more cells than the header has"] * (None in row)
        faults += [f"line {reader.line_num}: {fault}" for fault in found]
        seen.add(said["id"])
        if not found:
            said["parties"] = ";".join(sorted(said["parties"].split(";")))
            rows.append(said)
    if faults:
        listed = "\n  ".join(faults)
        raise BadFileError(
            f"{name}: {len(faults)} faults; nothing was imported. Mend them and run it again.\n  {listed}"
        )
    return pa.Table.from_pylist(rows, TIMELINE.arrow)


def _faults(row: dict[str, str], seen: set[str]) -> list[str]:
    from visavis import countries

    faults = [f"{c} is empty" for c in ("id", "description", "source", "parties") if not row[c]]
    if row["id"] in seen:
        faults.append(f"id {row['id']!r} was used before")
    pattern = _DATE.get(row["date_precision"])
    if pattern is None:
        faults.append(f"date_precision {row['date_precision']!r} is not day, month or year")
    elif not re.fullmatch(pattern, row["date"]) or not _is_date(row["date"]):
        faults.append(f"date {row['date']!r} is no date of precision {row['date_precision']}")
    if row["verified"] not in _VERIFIED:
        faults.append(f"verified {row['verified']!r} is not {', '.join(_VERIFIED)}")
    for party in filter(None, row["parties"].split(";")):
        try:
            known = countries.country(party).iso3 == party
        except UnknownNameError:
            known = False
        if not known:
            faults.append(f"party {party!r} is no ISO alpha-3 code")
    return faults


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True
