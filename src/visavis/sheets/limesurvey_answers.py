"""Answers that LimeSurvey exported, back into the questionnaire from which the survey was made."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

from visavis.asked import Person, Questionnaire
from visavis.errors import BadFileError
from visavis.sheets._limesurvey import GUESS, Asking, answer_codes, asking
from visavis.sheets.files import SideAnswers, day_fault
from visavis.sheets.reading import Gathering, csv_rows, number_of
from visavis.sheets.wording import REASONS

__all__ = ["read_limesurvey"]

_ABOUT = ("id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp")
_PERSONAL = ("token", "ipaddr", "refurl")  # known, and never taken over
_MARK = re.compile(r"visavis ([0-9a-f]{64}) ([A-Z]{3}) (own first|estimate first)")
_ROLE = re.compile(r"visavis-code-(\d+)-(\w+)")
_NO_DAY = "1980-01-01"  # what LimeSurvey writes where answers are anonymous


def read_limesurvey(answers: Path, survey: Path, questionnaire: Questionnaire) -> tuple[SideAnswers, ...]:
    """Answers that LimeSurvey exported as CSV (question codes in the header, answer codes in the cells).

    A blank is *declined* in a sheet that was handed in, *not asked* in one that was broken off.

    Args:
        answers: the CSV file.
        survey: the .lss file from which the survey was made, or the one LimeSurvey wrote.
        questionnaire: the one from which the .lss was made.

    Raises:
        BadFileError: the .lss is of another questionnaire, a column is unknown, or a value is bad; each is named.

    >>> read_limesurvey(Path("a.csv"), Path("missing.lss"), None)
    Traceback (most recent call last):
    visavis.errors.BadFileError: missing.lss: cannot be read (No such file or directory).
    """
    side, order, places = _survey(survey, questionnaire)
    found, last = Gathering(answers.name, questionnaire), ""
    for line, row in csv_rows(answers, ("id",)):
        unknown = sorted(set(row) - {*places, *_ABOUT, *_PERSONAL})
        lacking = sorted(set(places) - set(row))
        if unknown or lacking:
            what = f"column {unknown[0]!r} is not in {survey.name}" if unknown else f"column {lacking[0]!r} is missing"
            raise BadFileError(f"{answers}, line 1: {what}. Export with question codes and answer codes.")
        person = Person(f"{'a' if order == 'own first' else 'b'}{row['id']}" if row["id"] else "", side, order=order)
        if found.person(f"line {line}", person):
            _take(found, f"line {line}", person, row, places)
        last = max(last, row.get("submitdate", "")[:10])
    return found.sides(day="" if day_fault(last) or last == _NO_DAY else last)


def _take(found: Gathering, place: str, person: Person, row: Mapping[str, str], places: Mapping[str, Asking]) -> None:
    blank = "declined" if row.get("submitdate", "1") else "not asked"
    boxes = {(one.item.id, one.question): code for code, one in places.items() if one.guess}
    for code, one in places.items():
        cell, key = row[code], (one.item.id, one.question)
        if one.guess:
            continue
        if one.question in REASONS:
            found.reason(place, person.side, person.id, one.item.id, one.question, cell)
            continue
        ticked = cell == GUESS or bool(boxes.get(key) and row[boxes[key]] == GUESS)
        if ticked and cell not in ("", GUESS):
            found.fault(place, f"column {code!r} is {cell!r} and 'cannot guess' is ticked too; keep one")
            continue
        value = "cannot guess" if ticked else _given(one, cell) if cell else blank
        found.answer(place, person.side, person.id, one.item.id, one.question, "not asked" if cell == "N/A" else value)


def _given(one: Asking, cell: str) -> float | str:
    offered = answer_codes(one, next(iter(one.item.text)))
    return number_of({code: own for code, own, _ in offered}.get(cell, cell))


def _survey(path: Path, questionnaire: Questionnaire) -> tuple[str, str, dict[str, Asking]]:
    """Side, order and questions by code, as the .lss says."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise BadFileError(f"{path}: declares entities, which no survey needs. It is not read.")
        root = ET.fromstring(text)
    except OSError as error:
        raise BadFileError(f"{path}: cannot be read ({error.strerror}).") from None
    except (UnicodeDecodeError, ET.ParseError, ValueError) as error:
        raise BadFileError(f"{path}: no LimeSurvey file ({error}).") from None
    mark = _MARK.search(" ".join(one.text or "" for one in root.iter("surveyls_description")))
    if mark is None or root.findtext("LimeSurveyDocType") != "Survey":
        raise BadFileError(f"{path}: no survey that visavis made. Use the .lss that visavis wrote, or its copy.")
    if mark[1] != questionnaire.sha256 or mark[2] not in questionnaire.sides:
        raise BadFileError(
            f"{path}: made from another questionnaire ({mark[1][:12]}, not {questionnaire.sha256[:12]})."
        )
    numbers = {
        row.findtext("qid", ""): row.findtext("value", "")
        for row in root.iterfind("question_attributes/rows/row")
        if row.findtext("attribute") == "cssclass"
    }
    known = asking(questionnaire, mark[3])
    places = {}
    for row in root.iterfind("questions/rows/row"):
        role = _ROLE.search(numbers.get(row.findtext("qid", ""), ""))
        if role is None or int(role[1]) >= len(known):
            raise BadFileError(f"{path}: question {row.findtext('title', '')!r} was not made by visavis. Take it out.")
        places[row.findtext("title", "")] = known[int(role[1])]
    if len(places) != len(known):
        raise BadFileError(f"{path}: {len(places)} questions of {len(known)}. Use the .lss as visavis wrote it.")
    return mark[2], mark[3], dict(sorted(places.items(), key=lambda one: known.index(one[1])))
