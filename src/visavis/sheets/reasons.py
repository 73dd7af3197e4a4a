"""Reasons, rated blind: would you sign this?

For chosen items each side writes its own reason and the other side's best reason. Afterwards the people of each side
rate the texts that state *their* side's reason, from 0 (never) to 10 (I would sign this), without being told which of
them their own side wrote. The other side's text understands them as far as it is signed like their own.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from pathlib import Path

from visavis.asked import Asked, Reason
from visavis.errors import BadFileError, UsageError
from visavis.names.outside import csv_cell
from visavis.sheets._journal import write_private

__all__ = ["blind_id", "rating_form", "with_ratings"]

_FIXED = ("text_id", "item", "text")


def blind_id(asked: Asked, reason: Reason) -> str:
    """A name for a text that tells nothing of who wrote it: 8 hex digits."""
    key = f"{asked.questionnaire.sha256} {reason.side} {reason.id}"
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def rating_form(path: Path, asked: Asked, side: str, raters: int = 12) -> int:
    """Write the form on which the people of a side rate the texts about it; returns how many texts it holds.

    A CSV file that a spreadsheet opens: a row a text, a column a person (``p1``, ``p2`` ...). Texts stand item by item,
    in an order that does not depend on who wrote them.

    Raises:
        UsageError: no text about this side, or the file is there already.
    """
    texts = _about(asked, side)
    if not texts:
        raise UsageError(
            f"No reason about {side} was written. Mark items with reasons = true and collect answers first."
        )
    if path.exists():
        raise UsageError(f"{path} is there already and may hold ratings. Name another file.")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_FIXED, *(f"p{i}" for i in range(1, raters + 1))])
    for name, reason in texts.items():
        wording = next(iter(asked.questionnaire.item(reason.item).text.values()))
        writer.writerow([name, csv_cell(wording), csv_cell(reason.text), *[""] * raters])
    write_private(path, ("\ufeff" + out.getvalue()).encode())
    return len(texts)


def with_ratings(asked: Asked, side: str, path: Path) -> Asked:
    """The same sheet with the ratings of a filled form; those that were there for this side are replaced.

    Raises:
        BadFileError: a column or a text is missing or unknown, or a rating is no number from 0 to 10; line, column and
            value are named.
    """
    texts = _about(asked, side)
    ratings: dict[str, list[float]] = {name: [] for name in texts}
    seen: set[str] = set()
    for line, row in _rows(path):
        name = row["text_id"]
        if name not in texts or name in seen:
            why = "is in the form twice" if name in seen else f"is no text about {side} in this sheet"
            raise BadFileError(f"{path}, line {line}: {name!r} {why}. Use the form that was written for {side}.")
        seen.add(name)
        for column, cell in row.items():
            if column not in _FIXED and cell.strip():
                ratings[name].append(_rating(cell, f"{path}, line {line}, column {column!r}"))
    missing = sorted(set(texts) - seen)
    if missing:
        raise BadFileError(f"{path}: the text {missing[0]!r} is missing. Keep all rows of the form, even unrated ones.")
    if not any(ratings.values()):
        raise BadFileError(f"{path}: there is no rating in it yet. Fill in a column a person, then run this again.")
    given = {(texts[name].side, texts[name].id): tuple(found) for name, found in ratings.items()}
    reasons = tuple(replace(r, ratings=given[r.side, r.id]) if r.about == side else r for r in asked.reasons)
    return replace(asked, reasons=reasons)


def _about(asked: Asked, side: str) -> dict[str, Reason]:
    """Texts that state this side's reasons, by their blind names, item by item."""
    if side not in asked.sides:
        raise UsageError(f"No side {side!r}. The sides are {' and '.join(asked.sides)}.")
    items = [item.id for item in asked.questionnaire.items]
    found = {blind_id(asked, reason): reason for reason in asked.reasons if reason.about == side}
    return dict(sorted(found.items(), key=lambda one: (items.index(one[1].item), one[0])))


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        reader = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True)
        rows = [(reader.line_num, {k: v or "" for k, v in row.items() if isinstance(k, str)}) for row in reader]
    except FileNotFoundError:
        raise BadFileError(f"{path}: there is no such file.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFileError(f"{path}: not a CSV file in UTF-8 ({error}). Save the form as 'CSV UTF-8'.") from None
    missing = [name for name in _FIXED if name not in (reader.fieldnames or ())]
    if missing:
        raise BadFileError(f"{path}, line 1: no column {missing[0]!r}. Use the form that visavis wrote.")
    return rows


def _rating(cell: str, place: str) -> float:
    try:
        rating = float(cell.replace(",", "."))
    except ValueError:
        rating = -1.0
    if not 0 <= rating <= 10:
        raise BadFileError(f"{place}: {cell[:20]!r} is no number from 0 to 10.")
    return rating
