"""All pairs of a record, ranked, in a terminal: ``visavis pairs``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from visavis.cli_options import Json, Lang, RecordDir, Since, Until
from visavis.findings._leagues import leagues

if TYPE_CHECKING:
    from visavis.record import Record

__all__ = ["register"]


def register(app: typer.Typer, opened: Callable[[str | None], Record]) -> None:
    """Add the command to ``app``; ``opened`` gives the record that ``--record`` means."""

    @app.command(name="pairs")
    def _pairs(
        by: Annotated[str, typer.Option(help=f"What to rank by: {', '.join(leagues())}.")] = "understanding",
        top: Annotated[int, typer.Option(help="How many pairs to list.")] = 20,
        among: Annotated[str, typer.Option(help="Only pairs of these countries: ISO codes joined by commas.")] = "",
        record: RecordDir = None,
        stream: Annotated[str | None, typer.Option(help="Stream to read; without it the one with most acts.")] = None,
        since: Since = None,
        until: Until = None,
        lang: Lang = "en",
        as_json: Json = False,
    ) -> None:
        """All pairs of the record, ranked by one measure, with intervals."""
        from visavis.brief.league import league_json, league_lines
        from visavis.brief.terminal import json_text, progress

        names = [name for name in among.split(",") if name]
        with progress() as step:
            found = opened(record).pairs(by, top, among=names, stream=stream, since=since, until=until, on_step=step)
        if as_json:
            typer.echo(json_text(league_json(found, lang)))
        else:
            for line in league_lines(found, lang):
                typer.echo(line)
