"""Roll calls from the rows of a file: session, day, what was voted on, and the labels of issues that can be used."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pyarrow as pa

from visavis.schema_votes import ROLL_CALLS
from visavis.store._vote_rows import Rows

__all__ = ["COPIED", "FLAGS", "ISSUE_COLUMNS", "Calls", "roll_calls"]

COPIED = ("item", "resolution", "title")
FLAGS = {"importantvote": "important", "amend": "amendment", "para": "paragraph"}
ISSUE_COLUMNS = ("me", "nu", "di", "hr", "co", "ec")
"""Columns of flags for issues, where the labels are no table of their own."""

_ORIGINAL = "di"
_COPY = 5  # roll calls; that two labels fall on the same fewer ones can be chance
_EMPTY = ("", "na", "nan", "none", "null")


@dataclass(frozen=True, slots=True)
class Calls:
    """Roll calls with, by identifier, the day on which membership is judged and the session."""

    table: pa.Table
    days: Mapping[str, tuple[dt.date, int]]
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def roll_calls(rows: Rows, issues: Rows | None) -> Calls:
    """The roll calls of a file, each once; ``issues`` is a table of labels, or None where columns of flags hold them.

    Raises:
        BadFileError: a column is lacking.
    """
    rows.needs("roll_call", "session")
    made: dict[str, dict[str, Any]] = {}
    faults: list[tuple[int, str]] = []
    for i, said in enumerate(rows.table.to_pylist()):
        row = _row(said)
        if isinstance(row, str):
            faults.append((i, row))
        elif row["roll_call"] in made:
            faults.append((i, f"roll call {row['roll_call']!r} was told before"))
        else:
            made[row["roll_call"]] = row
    told = rows.told(faults)
    labels = _flagged(rows) if issues is None else _labelled(issues, made, told)
    withheld = _copies({name: row["session"] for name, row in made.items()}, labels)
    for name, row in made.items():
        gone = labels[name] & withheld.get(row["session"], set())
        row["issues"], row["withheld"] = "|".join(sorted(labels[name] - gone)), "|".join(sorted(gone))
    days = {name: (row["date"] or dt.date(1945 + row["session"], 12, 1), row["session"]) for name, row in made.items()}
    return Calls(pa.Table.from_pylist(list(made.values()), ROLL_CALLS.arrow), days, told, _said(withheld))


def _row(said: Mapping[str, str | None]) -> dict[str, Any] | str:
    """A row in the columns of the schema, or what is wrong with it."""
    cell = {name: (text or "").strip() for name, text in said.items()}
    if not cell["roll_call"]:
        return "roll_call is empty"
    session = cell["session"].removesuffix(".0")
    if not (session.isascii() and session.isdigit() and 0 < int(session) < 1000):
        return f"session {cell['session']!r} is no number from 1 to 999"
    day = _day(cell.get("date", ""))
    if isinstance(day, str):
        return day
    row: dict[str, Any] = {"roll_call": cell["roll_call"], "session": int(session), "date": day}
    row |= {name: _known(cell.get(name, "")) for name in COPIED}
    for flag, name in FLAGS.items():
        text = _known(cell.get(flag, ""))
        row[name] = None if text is None else text.removesuffix(".0") not in ("0", "false", "FALSE")
    return row


def _known(text: str) -> str | None:
    return None if text.lower() in _EMPTY else text


def _day(text: str) -> dt.date | str | None:
    if _known(text) is None:
        return None
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return f"date {text!r} is no date; write YYYY-MM-DD"


def _flagged(rows: Rows) -> dict[str, set[str]]:
    """Labels of each roll call by its columns of flags."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows.table.select(
        [c for c in ("roll_call", *ISSUE_COLUMNS) if c in rows.table.column_names]
    ).to_pylist():
        found[(row.pop("roll_call") or "").strip()] |= {k for k, v in row.items() if v in ("1", "1.0", "true", "TRUE")}
    return found


def _labelled(issues: Rows, known: Iterable[str], told: list[str]) -> dict[str, set[str]]:
    """Labels of each roll call by a table of them; what is wrong with rows goes to ``told``."""
    issues.needs("roll_call")
    column = "short_name" if "short_name" in issues.table.column_names else "issue"
    issues.needs(column)
    found: dict[str, set[str]] = defaultdict(set)
    calls, faults = set(known), []
    for i, row in enumerate(issues.table.select(["roll_call", column]).to_pylist()):
        call, label = ((cell or "").strip() for cell in row.values())
        if call not in calls:
            faults.append((i, f"roll call {call!r} is not among the roll calls"))
        elif not label or "|" in label:
            faults.append((i, f"{column} {label!r} is no label"))
        else:
            found[call].add(label)
    told += issues.told(faults)
    return found


def _copies(session_of: Mapping[str, int], labels: Mapping[str, set[str]]) -> dict[int, set[str]]:
    """By session, labels that stand on exactly the roll calls of another one and so cannot both be meant.

    All of them go but ``di``: in the public file, from session 74 on, ``co`` and ``ec`` are copies of it, and the
    titles of those roll calls are about arms.
    """
    on: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for call, session in session_of.items():
        for label in labels[call]:
            on[session][label].add(call)
    gone: dict[int, set[str]] = {}
    for session, found in on.items():
        same = [pair for pair in combinations(sorted(found), 2) if found[pair[0]] == found[pair[1]]]
        copied = {label for pair in same for label in pair if len(found[label]) >= _COPY} - {_ORIGINAL}
        if copied:
            gone[session] = copied
    return gone


def _said(withheld: Mapping[int, set[str]]) -> list[str]:
    by_label: dict[str, list[int]] = defaultdict(list)
    for session, gone in withheld.items():
        by_label[", ".join(sorted(gone))].append(session)
    return [
        f"session {', '.join(map(str, sorted(sessions)))}: labels {gone} stand on exactly the roll calls of another "
        "label and are not used"
        for gone, sessions in sorted(by_label.items())
    ]
