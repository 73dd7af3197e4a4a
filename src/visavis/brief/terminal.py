"""Findings, and the state of a record, as lines for a terminal. Outside text never steers it."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from visavis.finding import Finding
from visavis.names.lines import fill
from visavis.names.messages import heading, say
from visavis.names.outside import terminal_text

__all__ = [
    "finding_lines",
    "import_lines",
    "json_text",
    "line",
    "progress",
    "refusal_lines",
    "sentence_lines",
    "status_lines",
]


def line(text: str) -> str:
    r"""One line that keeps its indent and steers nothing.

    >>> line("  note: \x1b[31mred\u202e")
    '  note: red'
    """
    return " " * (len(text) - len(text.lstrip(" "))) + terminal_text(text)


def json_text(body: Any) -> str:
    r"""JSON in which every character that could steer a terminal or turn a line is written as its number.

    >>> json_text("a\x9b31m\u202e\x7f")
    '"a\\u009b31m\\u202e\\u007f"'
    """
    text = json.dumps(body, indent=1, ensure_ascii=False)
    return "".join(c if c == "\n" or c.isprintable() else _numbered(c) for c in text)


def _numbered(character: str) -> str:
    if unicodedata.category(character) == "Zs":
        return character
    return json.dumps(character)[1:-1] if ord(character) > 0x7F else f"\\u{ord(character):04x}"


def finding_lines(findings: Sequence[Finding], lang: str) -> Iterator[str]:
    """Sentences, each with its verdict and what has to be said with it."""
    said: set[str] = set()
    for finding, sentence in zip(findings, sentence_lines(findings, lang), strict=True):
        yield sentence
        changed = (finding.would_change,) if finding.would_change else ()
        for message in (*finding.details, *finding.caveats, *changed):
            text = terminal_text(say(message, lang))
            if text not in said:
                said.add(text)
                yield fill(text, 100, first="    ", then="    ")


def sentence_lines(findings: Sequence[Finding], lang: str) -> Iterator[str]:
    """Sentences alone, each with its verdict and with what it rests on."""
    for finding in findings:
        verdict = heading(f"verdict.{finding.verdict.value.replace(' ', '_')}", lang)
        basis = f" ({heading(f'basis.{finding.basis}', lang)})" if finding.basis else ""
        chip = f" [{verdict}]{basis}" if finding.claim else basis
        yield fill(terminal_text(say(finding.message, lang)) + chip, 100, then="  ")


def status_lines(body: Mapping[str, Any]) -> Iterator[str]:
    """What ``Record.status`` says, in words."""
    yield line(f"{body['record']}: content to {body['as_of']}, {body['age_days']:,} days old")
    for name, stream in body["streams"].items():
        yield ""
        yield from map(line, _stream_lines(name, stream))
    yield ""
    yield "facts: " + ", ".join(f"{n:,} rows of {name}" for name, n in body["facts"].items())
    if body["votes"] is not None:
        yield line("votes: " + _votes_line(body["votes"]))
    for lack in body["lacks"]:
        yield line(f"lacks: {lack}")


def _votes_line(votes: Mapping[str, Any]) -> str:
    first, last = votes["sessions"]
    if not votes["ballots"]:
        return f"figures of sessions {first} to {last}, no ballots; {votes['source']}"
    ballots, calls = _counted(votes["ballots"], "ballot"), _counted(votes["roll_calls"], "roll call")
    return f"{ballots} of {calls}, sessions {first} to {last}"


def _stream_lines(name: str, s: Mapping[str, Any]) -> Iterator[str]:
    yield f"{name} ({s['title']})"
    yield f"  {s['span'][0]} to {s['span'][1]}, {_counted(s['files'], 'file')}"
    refused = sum(s["rows_refused"].values())
    yield f"  {_counted(s['rows_read'], 'row')} read, {s['rows_accepted']:,} kept, {refused:,} refused"
    for reason, n in s["rows_refused"].items():
        yield f"  {n:>12,} {reason}"
    if s["gaps"]:
        yield "  no file for: " + ", ".join(a if a == b else f"{a} to {b}" for a, b in s["gaps"])
    if s["partial_months"]:
        yield "  months under 90 % covered: " + ", ".join(_month_runs(s["partial_months"]))
    if s["pairs"]:
        yield "  in detail only: " + ", ".join(s["pairs"])
    if s["note"]:
        yield f"  note: {s['note']}"


def _counted(n: int, word: str) -> str:
    """A count with its word: 1 file, 2 files."""
    return f"{n:,} {word}" + ("" if n == 1 else "s")


def _month_runs(months: Sequence[str]) -> Iterator[str]:
    """Months, those that follow each other as one range.

    >>> list(_month_runs(["2018-12", "2019-01", "2019-03"]))
    ['2018-12 to 2019-01', '2019-03']
    """
    at = [int(month[:4]) * 12 + int(month[5:]) for month in months]
    begins = [i for i in range(len(at)) if i == 0 or at[i] != at[i - 1] + 1]
    for first, after in zip(begins, [*begins[1:], len(at)], strict=True):
        yield months[first] if after == first + 1 else f"{months[first]} to {months[after - 1]}"


def refusal_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Bad rows with file, line, reason and value."""
    for row in rows:
        yield line(f"{row['name']}, line {row['line']}: {row['reason']}: {row['value']!r}")
    yield f"{_counted(len(rows), 'bad row')} listed"


def import_lines(body: Mapping[str, Any]) -> Iterator[str]:
    """What one import did."""
    refused = body["rows_refused"]
    yield line(
        f"{_counted(body['files'], 'file')} into {body['record']}: {_counted(body['rows_read'], 'row')} read, "
        f"{body['rows_accepted']:,} kept, {sum(refused.values()):,} refused"
    )
    for reason, n in refused.items():
        yield line(f"  {n:>12,} {reason}")
    if body["files_again"]:
        yield f"{_counted(body['files_again'], 'file')} in the record before, read again in more detail"
    if body["files_known"]:
        yield f"{_counted(len(body['files_known']), 'file')} in the record before, left out"


@contextmanager
def progress() -> Iterator[Callable[[int, int, str], None]]:
    """A line on stderr that counts what is done, on a terminal only; gives the function to call with each step."""
    shown = sys.stderr.isatty()

    def step(done: int, total: int, name: str) -> None:
        if shown:
            counted = f"{done:,} of {total:,} {name}" if total else f"{done:,} files  {name}"
            sys.stderr.write(f"\r\x1b[K{terminal_text(counted)[:90]}")
            sys.stderr.flush()

    try:
        yield step
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
