"""All pairs of a record, ranked, as lines for a terminal and as JSON."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import asdict
from textwrap import fill
from typing import Any

from visavis.charts.telling import of_stream
from visavis.finding import Message, Term
from visavis.findings._league import League, Place
from visavis.names.messages import heading, number_text, say, term_text
from visavis.names.outside import terminal_text

__all__ = ["league_json", "league_lines"]


def league_lines(league: League, lang: str = "en") -> Iterator[str]:
    """What is said of all pairs, then a line for each, then what has to be said with it."""
    terms = {"by": Term("word", f"pairs.by.{league.by}"), "stream": of_stream(league.stream)}
    basis = heading(f"basis.{league.basis}", lang)
    yield fill(f"{_told(Message('pairs.title', terms=terms), lang)} ({basis})", 100, subsequent_indent="  ")
    for message in league.said:
        yield fill(_told(message, lang), 100, initial_indent="  ", subsequent_indent="  ")
    yield ""
    yield from _table(league, lang)
    yield ""
    paired = any(name.endswith("_a") for name in league.columns)
    for message in (*([Message("pairs.note")] if paired else []), *league.caveats):
        yield fill(_told(message, lang), 100, initial_indent="  ", subsequent_indent="  ")


def _told(message: Message, lang: str) -> str:
    return terminal_text(say(message, lang))


def _table(league: League, lang: str) -> Iterator[str]:
    """Columns as wide as their widest cell; figures stand to the right, the verdict and the names to the left."""
    columns = ("rank", *league.columns)
    rows = [[heading(f"pairs.column.{name}", lang) for name in (*columns, "pair")]]
    for rank, place in enumerate(league.places, start=1):
        cells = [_figure(place, name, lang) for name in league.columns]
        rows.append([str(rank), *cells, _pair(place, lang)])
    wide = [max(_width(row[i]) for row in rows) for i in range(len(columns))]
    for row in rows:
        figures = (" " * (wide[i] - _width(cell)) + cell for i, cell in enumerate(row[:-1]))
        yield "  ".join((*figures, row[-1]))


def _figure(place: Place, name: str, lang: str) -> str:
    """A number; in the columns of one side the interval would take too much room, and is in the JSON alone."""
    if name not in place.numbers:
        return ""
    return number_text(place.numbers[name], lang, "value" if name.endswith(("_a", "_b")) else "")


def _pair(place: Place, lang: str) -> str:
    names = ", ".join(term_text(Term("country", side), lang) for side in (place.a, place.b))
    verdict = f" [{heading(f'verdict.{place.verdict.name.lower()}', lang)}]" if place.verdict else ""
    return names + verdict


def _width(text: str) -> int:
    """Places in a terminal: Chinese, Japanese and Korean letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def league_json(league: League, lang: str = "en") -> dict[str, Any]:
    """The league as plain data for ``json.dumps``."""
    return {
        "by": league.by,
        "stream": league.stream,
        "basis": league.basis,
        "pairs": [_place(rank, place) for rank, place in enumerate(league.places, start=1)],
        "said": [_told(message, lang) for message in league.said],
        "caveats": [_told(message, lang) for message in league.caveats],
        "provenance": asdict(league.provenance),
    }


def _place(rank: int, place: Place) -> dict[str, Any]:
    verdict = place.verdict.value if place.verdict else None
    told = {name: asdict(number) for name, number in place.numbers.items()}
    return {"rank": rank, "a": place.a, "b": place.b, "verdict": verdict, "numbers": told}
