"""Answers from a CSV file in the tidy form: one row an answer."""

from __future__ import annotations

from pathlib import Path

from visavis.asked import Person, Questionnaire
from visavis.errors import BadFileError
from visavis.sheets.files import SideAnswers
from visavis.sheets.reading import Gathering, csv_rows, number_of
from visavis.sheets.wording import REASONS

__all__ = ["COLUMNS", "MAY_HAVE", "read_tidy"]

COLUMNS = ("side", "person", "item", "question", "value")
"""Columns that a tidy file has."""

MAY_HAVE = ("wave", "weight", "stratum", "psu", "order", "consent")
"""Columns that it may have."""

_CONSENT = {"": False, "no": False, "0": False, "yes": True, "1": True}


def read_tidy(path: Path, questionnaire: Questionnaire) -> tuple[SideAnswers, ...]:
    """Answers of one side or of both, in ISO order.

    Columns ``side, person, item, question, value`` and, where known, ``wave, weight, stratum, psu, order, consent``
    (UTF-8, comma, header). A value is a code, a number, a cause, or ``cannot guess``, ``declined``, ``not asked``.
    With ``own reason`` or ``reason`` as the question, the value is a text.

    Raises:
        BadFileError: names every bad row with its line and value; nothing is taken from a file with bad rows.

    >>> import tempfile
    >>> from visavis.asked import Item, Scale
    >>> item = Item("tea", "t", {"en": "Tea?"}, Scale("s", (1, 2), {}), asks=("own",))
    >>> asked = Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "public", (item,), "00")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.csv"
    ...     _ = file.write_text("side,person,item,question,value\\nKOR,1,tea,own,2\\n")
    ...     read_tidy(file, asked)[0].answers[0].value
    2
    """
    found = Gathering(path.name, questionnaire)
    for line, row in csv_rows(path, COLUMNS):
        unknown = sorted(set(row) - {*COLUMNS, *MAY_HAVE})
        if unknown:
            known = ", ".join((*COLUMNS, *MAY_HAVE))
            raise BadFileError(f"{path}, line 1: column {unknown[0]!r} is not known; there are {known}.")
        _take(found, f"line {line}", row)
    return found.sides()


def _take(found: Gathering, place: str, row: dict[str, str]) -> None:
    person = _person(found, place, row)
    if person is None or not found.person(place, person):
        return
    wave = number_of(row.get("wave") or "1")
    if not isinstance(wave, int) or wave < 1:
        found.fault(place, f"wave {row['wave']!r}; waves are 1, 2 ...")
    elif row["question"] in REASONS:
        found.reason(place, person.side, person.id, row["item"], row["question"], row["value"], wave=wave)
    elif not row["value"]:
        found.fault(place, "value is empty; write cannot guess, declined or not asked")
    else:
        value = number_of(row["value"])
        found.answer(place, person.side, person.id, row["item"], row["question"], value, wave=wave)


def _person(found: Gathering, place: str, row: dict[str, str]) -> Person | None:
    weight, consent = number_of(row.get("weight") or "1"), _CONSENT.get(row.get("consent", "").lower())
    if isinstance(weight, str):
        found.fault(place, f"weight {weight!r}; a weight is a number above 0")
        return None
    if consent is None:
        found.fault(place, f"consent {row['consent']!r}; it is yes or no")
        return None
    return Person(
        row["person"],
        row["side"],
        float(weight),
        row.get("stratum", ""),
        row.get("psu", ""),
        row.get("order") or "own first",
        consent,
    )
