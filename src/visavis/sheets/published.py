"""From published percentages only: what two polls that asked the same allow to say, and what they do not.

The file is a CSV with the columns ``item, answer, side, percent, n, source``: one row an answer and side, percentages
as printed. What is missing to 100 is "don't know" and is never spread over the other answers.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import visavis
from visavis import countries
from visavis.errors import BadFileError, UsageError, VisavisError
from visavis.finding import Finding, Message, Number, Provenance, Term, Verdict
from visavis.models.published import BASIS, CANNOT_BE_HAD, Poll, gap, share, state
from visavis.models.replicates import Varied
from visavis.sheets.reading import csv_rows

__all__ = ["published_findings", "read_published"]

_COLUMNS = ("item", "answer", "side", "percent", "n", "source")
_MARGIN, _DEFF, _OTHER_DEFFS = 0.1, 1.5, (1.0, 2.5)
_VERDICTS = {"differs": Verdict.HOLDS, "same": Verdict.DOES_NOT_HOLD, "undecided": Verdict.UNDECIDED}


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    percent: str
    n: int
    source: str


def read_published(path: Path, first: str, second: str) -> list[Finding]:
    """Findings on every answer that both sides' polls give.

    Raises:
        BadFileError: a column is missing or a row is bad; line, column and value are named.
        UsageError: both sides are the same, or no answer is given for both.
    """
    a, b = sorted(countries.country(one).iso3 for one in (first, second))
    if a == b:
        raise UsageError(f"Both sides are {a}. Name two different countries.")
    rows = _rows(path, (a, b))
    found = published_findings(rows, (a, b), path)
    other = {a: b, b: a}
    alone = sorted({f"{item}, {answer}" for item, answer, side in rows if (item, answer, other[side]) not in rows})
    if alone and found:
        terms = {"text": Term("outside", "; ".join(alone))}
        lone = Message("published.alone", {"count": Number(len(alone), "answers")}, terms)
        found[-1] = replace(found[-1], caveats=(*found[-1].caveats, lone))
    if not found:
        raise UsageError(f"{path}: no answer is given for both {a} and {b}.")
    return found


def published_findings(rows: dict[tuple[str, str, str], _Row], sides: tuple[str, str], path: Path) -> list[Finding]:
    """One finding an answer, in the order of the file, computed in ISO order of the sides."""
    findings: list[Finding] = []
    for item, answer in dict.fromkeys((item, answer) for item, answer, _ in rows):
        pair = [rows.get((item, answer, side)) for side in sides]
        if pair[0] is None or pair[1] is None:
            continue
        polls = [Poll((float(row.percent),), row.n, _rounding(row.percent)) for row in pair if row is not None]
        found = gap(polls[0], polls[1], deff=_DEFF)
        said = state(float(found.value[0]), float(found.se()[0]), margin=_MARGIN, df=found.df)
        numbers = {f"share_{end}": _share(poll) for end, poll in zip("ab", polls, strict=True)} | {
            "gap": _apart(found, polls),
            "margin": Number(round(100 * _MARGIN), "points"),
        }
        terms = {
            "a": Term("country", sides[0]), "b": Term("country", sides[1]),
            "item": Term("outside", item), "answer": Term("outside", answer),
        }  # fmt: skip
        findings.append(
            Finding(
                id=f"published.{len(findings) + 1}",
                chapter="understanding",
                message=Message(f"published.{said}", numbers, terms),
                verdict=_VERDICTS[said],
                provenance=_provenance(path, [row for row in pair if row is not None]),
                details=tuple(_at(polls, deff, terms) for deff in _OTHER_DEFFS),
                caveats=(Message("published.basis"), Message("published.cannot")),
            )
        )
    return findings


def _at(polls: list[Poll], deff: float, terms: dict[str, Term]) -> Message:
    """The same at another design effect."""
    found = gap(polls[0], polls[1], deff=deff)
    said = state(float(found.value[0]), float(found.se()[0]), margin=_MARGIN, df=found.df)
    numbers = {"deff": Number(deff, "design effect"), "gap": _apart(found, polls)}
    return Message("published.at", numbers, {**terms, "state": Term("word", f"published.state.{said}")})


def _share(poll: Poll) -> Number:
    found = share(poll, deff=_DEFF)
    return Number(found.value, "share of people", found.low, found.high, found.n, found.level)


def _apart(found: Varied, polls: list[Poll]) -> Number:
    """Size of a gap in points: the same whichever side is named first. An end below 0 is the other direction."""
    low, high = (float(end[0]) for end in found.interval())
    value = float(found.value[0])
    low, high = (low, high) if value >= 0 else (-high, -low)
    return Number(100 * abs(value), "percentage points", 100 * low, 100 * high, sum(p.n for p in polls), 0.95)


def _rounding(printed: str) -> float:
    """Half a step of the last printed digit."""
    return 0.5 * 10.0 ** -len(printed.partition(".")[2])


def _provenance(path: Path, rows: list[_Row]) -> Provenance:
    told = sorted({row.source for row in rows})
    return Provenance(
        source=path.name,
        streams=(path.stem,),
        version=hashlib.sha256(path.read_bytes()).hexdigest(),
        files=(),
        licence="figures quoted from the sources named",
        citation="; ".join(told),
        as_of=dt.date.today().isoformat(),
        rows_read=len(rows),
        rows_refused=0,
        parameters={"basis": BASIS, "design effect": f"{_DEFF:g}", "cannot be had": ", ".join(CANNOT_BE_HAD)},
        visavis=visavis.__version__,
    )


def _rows(path: Path, sides: tuple[str, str]) -> dict[tuple[str, str, str], _Row]:
    rows: dict[tuple[str, str, str], _Row] = {}
    for line, row in csv_rows(path, _COLUMNS):
        where = f"{path}, line {line}"
        try:
            side = countries.country(row["side"]).iso3
        except VisavisError as error:
            raise BadFileError(f"{where}, column 'side': {error}") from None
        if side not in sides:
            continue
        try:
            percent, n = float(row["percent"]), int(row["n"])
        except ValueError:
            raise BadFileError(f"{where}: percent {row['percent']!r} and n {row['n']!r} are to be numbers.") from None
        if not 0 <= percent <= 100 or n < 2:
            raise BadFileError(f"{where}: percent {row['percent']!r} is to lie in 0 to 100, n {row['n']!r} above 1.")
        if not row["source"] or not row["item"] or not row["answer"]:
            raise BadFileError(f"{where}: item, answer and source are to be filled in.")
        key = row["item"], row["answer"], side
        if key in rows:
            raise BadFileError(f"{where}: {side} gives {row['answer']!r} twice; first in line {rows[key].line}.")
        rows[key] = _Row(line, row["percent"], n, row["source"])
    return rows
