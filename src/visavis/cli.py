"""The same findings in a terminal. Data go to stdout, progress and errors to stderr."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from visavis import cli_backtest, cli_pairs, cli_scenario, cli_triangle, cli_votes, cli_web
from visavis.cli_forecast import sheets as sheet_app
from visavis.cli_options import FOLDER, First, Json, Lang, Langs, Polls, RecordDir, Second, Sheets, Since, Until
from visavis.errors import UsageError, VisavisError
from visavis.findings import chapters

if TYPE_CHECKING:
    from visavis.record import Record

__all__ = ["app", "main"]

INCOMPLETE = 5
INTERRUPTED = 130

app = typer.Typer(
    name="visavis",
    help="Two countries, one record, read from both sides.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"visavis {version('visavis')}")
        raise typer.Exit


@app.callback()
def _visavis(
    show: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None: ...


def _where(record: str | None) -> str | None:
    """The record meant. A folder here that holds no events, such as one with a chronology alone, hides no pack."""
    from visavis.store.manifest import Manifest

    named = record or os.environ.get("VISAVIS_RECORD")
    return named or (FOLDER if Manifest.load(Path(FOLDER)).of("files") else None)


def _open(record: str | None) -> Record:
    from visavis.record import open_record

    return open_record(_where(record))


def _with_votes(record: str | None) -> Record:
    """The record meant for votes: the folder here if it is one, with events or without."""
    from visavis.record import open_record

    here = FOLDER if Path(FOLDER).is_dir() else None
    return open_record(record or os.environ.get("VISAVIS_RECORD") or here)


def _print_json(body: Any) -> None:
    from visavis.brief.terminal import json_text

    typer.echo(json_text(body))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _note(text: str) -> None:
    from visavis.names.outside import terminal_text

    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        typer.echo(indent + terminal_text(line), err=True)


@app.command(name="brief")
def _brief(
    first: First,
    second: Second,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write (default: kor-jpn.html).")
    ] = None,
    record: RecordDir = None,
    edition: Annotated[
        str, typer.Option(help="joint, or the code of the reader's side, which is then always named first.")
    ] = "joint",
    pdf: Annotated[bool, typer.Option("--pdf", help="Also write a PDF (needs visavis[pdf]).")] = False,
    since: Since = None,
    until: Until = None,
    sheets: Sheets = None,
    polls: Polls = None,
    lang: Langs = "en",
    as_json: Json = False,
) -> None:
    """Write the joint brief: one HTML file, its sources (.bib) and its data (.zip)."""
    from visavis.brief.files import findings_json
    from visavis.brief.minute import minute
    from visavis.brief.terminal import progress, sentence_lines

    pair = _open(record).pair(first, second, sheets=sheets or (), polls=polls or ())
    path = output or Path(f"{pair.first}-{pair.second}.html".lower())
    with progress() as step:
        written = pair.brief(path, lang=lang, edition=edition, since=since, until=until, pdf=pdf, on_step=step)
    told = lang.partition(",")[0].strip()
    if as_json:
        _print_json(findings_json(written.findings, told))
    else:
        _print(sentence_lines([written.findings[i] for i in minute(written.findings)], told))
    for file in written.files:
        _note(f"wrote {file}")


@app.command(name="import")
def _import(
    source: Annotated[
        str,
        typer.Argument(help="icews, gdelt, phoenix, polecat; timeline, polls, mechanisms, indicators; votes; sheet."),
    ],
    files: Annotated[list[Path], typer.Argument(help="Files, archives (zip, gz, xz, tar) and folders.")],
    record: RecordDir = None,
    pair: Annotated[
        list[str] | None,
        typer.Option("--pair", help="Keep only this pair in detail: --pair KOR JPN. May be repeated."),
    ] = None,
    stream: Annotated[str | None, typer.Option(help="Name of the stream, where the source's own does not fit.")] = None,
    note: Annotated[str, typer.Option(help="What to say of the stream wherever it is used.")] = "",
    as_json: Json = False,
) -> None:
    """Read event files, facts of your own (a chronology, polls, mechanisms, indicators) or votes into a record."""
    from visavis.record import open_record
    from visavis.schema import FACTS

    where = _where(record) or FOLDER
    target = open_record(where)
    if source in FACTS:
        whole = _import_facts(target, source, files, where, as_json=as_json)
    elif source == "votes":
        whole = cli_votes.take(target, files, as_json=as_json)
    elif source == "sheet":
        whole = _import_sheets(target, files, where, as_json=as_json)
    else:
        kept = {"pairs": [_pair_of(text) for text in pair or []], "stream": stream, "note": note}
        whole = _import_events(target, source, files, where, kept, as_json=as_json)
    if not target.has_events and source in (*FACTS, "votes"):
        use = "Its facts are used once some are: visavis import icews FILES"
        if source == "votes":
            use = f"Its votes are read by: visavis votes similarity KOR JPN --record {where}"
        _note(f"{where} holds no events yet. {use}")
    if not whole:
        raise typer.Exit(INCOMPLETE)


def _import_facts(target: Record, name: str, files: list[Path], where: str, *, as_json: bool) -> bool:
    """Facts from CSV files; each is taken whole or not at all."""
    rows = sum(target.import_facts(name, file) for file in files)
    said = f"{rows:,} row{'s'[: rows != 1]} of {name} into {where}"
    _print_json({"rows": rows}) if as_json else typer.echo(said)
    for line in target.differing_figures() if name == "polls" else ():
        _note(line)
    return True


def _import_sheets(target: Record, files: list[Path], where: str, *, as_json: bool) -> bool:
    """Opened joint sheets."""
    found = [target.import_sheet(file) for file in files]
    if as_json:
        rows = [{"sheet": one.questionnaire.id, "people": len(one.people), "sides": list(one.sides)} for one in found]
        _print_json({"sheets": rows})
    for one in () if as_json else found:
        typer.echo(f"{one.questionnaire.id}: {len(one.people)} people of {' and '.join(one.sides)} into {where}")
    return True


def _import_events(
    target: Record, source: str, files: list[Path], where: str, kept: dict[str, Any], *, as_json: bool
) -> bool:
    """Files of events; whether none was damaged and none left out."""
    from visavis.brief.terminal import import_lines, progress

    with progress() as step:
        report = target.import_events(source, files, on_step=step, **kept)
    body = {
        "record": where,
        "streams": sorted(report.streams),
        "files": report.files,
        "files_again": report.files_again,
        "files_known": report.files_known,
        "files_damaged": report.files_damaged,
        "files_of_another_kind": report.files_of_another_kind,
        "rows_read": report.rows_read,
        "rows_accepted": report.rows_accepted,
        "rows_refused": dict(sorted(report.rows_refused.items())),
    }
    _print_json(body) if as_json else _print(import_lines(body))
    for name in [] if as_json else report.files_damaged:
        _note(f"damaged, left out: {name}")
    for name in [] if as_json else report.files_of_another_kind:
        _note(f"left out: {name}")
    return not (report.files_damaged or report.files_of_another_kind)


def _pair_of(text: str) -> tuple[str, str]:
    sides = text.replace(",", "-").split("-")
    if len(sides) != 2:
        raise UsageError(f"--pair takes two countries, as in --pair KOR JPN; got {text!r}.")
    return sides[0], sides[1]


@app.command(name="status")
def _status(
    record: RecordDir = None,
    refused: Annotated[bool, typer.Option("--refused", help="List bad rows with file, line and value.")] = False,
    as_json: Json = False,
) -> None:
    """What is in the record: streams, span, coverage, refused rows, age of content."""
    from visavis.brief.terminal import refusal_lines, status_lines

    opened = _open(record)
    if refused:
        rows = opened.refusals()
        _print_json({"refusals": rows}) if as_json else _print(refusal_lines(rows))
        return
    body = opened.status()
    _print_json(body) if as_json else _print(status_lines(body))


@app.command(name="export")
def _export(
    first: First,
    second: Second,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write into.")],
    record: RecordDir = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = "en",
) -> None:
    """Write the pair's tables (.parquet, .csv), findings.json, and Python and R snippets that read them."""
    for path in _open(record).pair(first, second).export(output, lang=lang, since=since, until=until):
        typer.echo(str(path))


@app.command(name="pack")
def _pack(
    name: Annotated[str, typer.Argument(help="Name of the pack.")],
    countries: Annotated[str, typer.Option(help="Countries to hold, ISO codes joined by commas.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write (default: NAME.zip).")] = None,
    record: RecordDir = None,
    lacks: Annotated[list[str] | None, typer.Option(help="What the pack lacks, in words; may be repeated.")] = None,
    votes_source: Annotated[str, typer.Option(help="Whose votes the record holds, and on what terms.")] = "",
) -> None:
    """Write a shareable pack: aggregated tables and the timeline, no rows of licensed data."""
    where = output or Path(f"{name}.zip")
    path = _open(record).pack(name, countries.split(","), where, lacks or (), votes_source=votes_source)
    typer.echo(f"{path}: {path.stat().st_size:,} bytes")


@app.command(name="cite")
def _cite(record: RecordDir = None) -> None:
    """BibTeX of exactly what the record holds."""
    typer.echo(_open(record).cite())


@app.command(name="doctor")
def _doctor(record: RecordDir = None, as_json: Json = False) -> None:
    """Is this installation sound: versions, engine, charts and fonts, packs, the record on disk."""
    from visavis.doctor import checks
    from visavis.record import shipped_packs

    where = _where(record) or (FOLDER if Path(FOLDER).is_dir() else None)
    found = list(checks(None if where is None or where in shipped_packs() else Path(where)))
    if as_json:
        _print_json({"checks": [{"name": c.name, "sound": c.sound, "found": c.found} for c in found]})
    else:
        for check in found:
            typer.echo(f"{'ok  ' if check.sound else 'FAIL'}  {check.name}: {check.found}")
    if not all(c.sound for c in found):
        raise typer.Exit(1)


app.add_typer(sheet_app, name="sheet")
cli_pairs.register(app, lambda record: _open(record))
cli_backtest.register(app, lambda record: _open(record))
cli_triangle.register(app, lambda record: _open(record))
cli_scenario.register(app, lambda record: _open(record))
cli_votes.register(app, lambda record: _with_votes(record))
cli_web.register(app, lambda record: _where(record))


def _chapter_command(name: str) -> None:
    """One command for each chapter that the package holds."""

    def command(
        first: First,
        second: Second,
        at: Annotated[str | None, typer.Argument(help="Month or week to look at (now alone takes one).")] = None,
        record: RecordDir = None,
        since: Since = None,
        until: Until = None,
        sheets: Sheets = None,
        polls: Polls = None,
        lang: Lang = "en",
        as_json: Json = False,
    ) -> None:
        from visavis.brief.files import findings_json
        from visavis.brief.terminal import finding_lines, progress

        pair = _open(record).pair(first, second, sheets=sheets or (), polls=polls or ())
        with progress() as step:
            found = pair.chapter(name, at, since=since, until=until, on_step=step)
        _print_json(findings_json(found, lang)) if as_json else _print(finding_lines(found, lang))

    from visavis.names.questions import question

    app.command(name=name, help=question(name))(command)


for _name in chapters():
    _chapter_command(_name)


def _joined_pairs(arguments: list[str]) -> list[str]:
    """``--pair KOR JPN`` as ``--pair KOR-JPN``, which is how an option with one value is read."""
    out, i = [], 0
    while i < len(arguments):
        two = arguments[i + 1 : i + 3]
        if arguments[i] == "--pair" and len(two) == 2 and "-" not in two[0] and "," not in two[0]:
            out += ["--pair", "-".join(two)]
            i += 3
        else:
            out.append(arguments[i])
            i += 1
    return out


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; the exit code is one of those in docs/cli.md."""
    try:
        app(_joined_pairs(sys.argv[1:] if arguments is None else arguments), standalone_mode=True)
    except VisavisError as error:
        _note(str(error))
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, SystemExit) as stop:
        if isinstance(stop, SystemExit) and stop.code != INTERRUPTED:
            raise
        _note("interrupted; what was committed is kept, run it again to go on")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:  # a full disk, a folder that may not be written
        _note(f"{error.strerror or error}: {error.filename or 'no file named'}")
        _note("Nothing is left half-written. Make room or give the right to write there, then run it again.")
        sys.exit(1)
    except Exception as error:
        if os.environ.get("VISAVIS_DEBUG"):
            traceback.print_exc()
        _note(f"visavis failed in a way it did not foresee: {type(error).__name__}: {error}")
        _note("Please report this, with the command and what VISAVIS_DEBUG=1 prints.")
        sys.exit(1)
