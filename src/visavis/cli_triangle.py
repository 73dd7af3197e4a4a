"""Three countries in a terminal: ``visavis triangle KOR JPN CHN``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visavis.cli_options import Json, Lang, RecordDir, Since, Until

if TYPE_CHECKING:
    from visavis.record import Record

__all__ = ["register"]

_Country = Annotated[str, typer.Argument(help="ISO code (KOR) or name; the order is only the order of naming.")]


def register(app: typer.Typer, opened: Callable[[str | None], Record]) -> None:
    """Add the command to the app; ``opened`` opens the record that is meant."""

    @app.command(name="triangle")
    def triangle(
        first: _Country,
        second: _Country,
        third: _Country,
        output: Annotated[
            Path | None, typer.Option("--output", "-o", help="HTML file to write as well, in the form of the brief.")
        ] = None,
        record: RecordDir = None,
        since: Since = None,
        until: Until = None,
        lang: Lang = "en",
        as_json: Json = False,
    ) -> None:
        """Three countries: the signs of their ties over time, and each pair with the third."""
        from visavis.brief.files import findings_json
        from visavis.brief.terminal import finding_lines, json_text

        three = opened(record).triangle(first, second, third)
        if output is None:
            found = three.findings(since=since, until=until)
        else:
            found = three.page(output, lang=lang, since=since, until=until)
        if as_json:
            typer.echo(json_text(findings_json(found, lang)))
        else:
            for line in finding_lines(found, lang):
                typer.echo(line)
        if output is not None:
            typer.echo(f"wrote {output}", err=True)
