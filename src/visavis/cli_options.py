"""Arguments and options that several commands take, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["FOLDER", "First", "Json", "Lang", "Langs", "Polls", "RecordDir", "Second", "Sheets", "Since", "Until"]

FOLDER = "visavis-record"
"""The record that is meant where none is named, if it is there."""

First = Annotated[str, typer.Argument(metavar="FIRST", help="Country to name first: ISO code (KOR) or name.")]
Second = Annotated[str, typer.Argument(metavar="SECOND", help="The other country.")]
RecordDir = Annotated[
    str | None,
    typer.Option(
        "--record",
        metavar="DIR",
        help="A record of your own, a pack's file, or the name of a shipped pack. "
        f"Without it: VISAVIS_RECORD, else ./{FOLDER} if it holds events, else the shipped pack east-asia.",
    ),
]
Since = Annotated[str | None, typer.Option(help="First period to use: 2012, 2012-08, 2012-W31 or 2012-08-10.")]
Until = Annotated[str | None, typer.Option(help="Last period to use.")]
Sheets = Annotated[
    list[Path] | None, typer.Option("--sheet", metavar="JOINT", help="An opened joint sheet to use as well.")
]
Polls = Annotated[
    list[Path] | None,
    typer.Option("--polls", metavar="CSV", help="Published percentages of both sides to use as well."),
]
Lang = Annotated[str, typer.Option("--lang", help="Language of sentences: en, ko, ja or zh (simplified).")]
Langs = Annotated[
    str, typer.Option("--lang", help="Language; several joined by commas write one brief each: --lang ko,ja,en.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
