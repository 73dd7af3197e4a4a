"""What goes with a stated path, in a terminal: ``visavis scenario KOR JPN summits.toml``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visavis.cli_options import First, Json, Lang, RecordDir, Second, Since, Until

if TYPE_CHECKING:
    from visavis.record import Record

__all__ = ["register"]


def register(app: typer.Typer, opened: Callable[[str | None], Record]) -> None:
    """Add the command to the app; ``opened`` opens the record that is meant."""

    @app.command(name="scenario")
    def scenario(
        first: First,
        second: Second,
        file: Annotated[
            Path | None, typer.Argument(metavar="FILE", help="TOML file with the path; without it the standard one.")
        ] = None,
        example: Annotated[bool, typer.Option("--example", help="Print a file to start from, and stop.")] = False,
        output: Annotated[
            Path | None, typer.Option("--output", "-o", metavar="SVG", help="File to draw the chart into.")
        ] = None,
        record: RecordDir = None,
        since: Since = None,
        until: Until = None,
        lang: Lang = "en",
        as_json: Json = False,
    ) -> None:
        """A path that you state (visits resume, a tie cools): what was seen after such months elsewhere."""
        from visavis.brief.files import findings_json
        from visavis.brief.terminal import finding_lines, json_text, progress
        from visavis.errors import NoDataError
        from visavis.scenario import EXAMPLE

        if example:
            typer.echo(EXAMPLE, nl=False)
            return
        pair = opened(record).pair(first, second)
        with progress() as step:
            found = pair.scenario(*([] if file is None else [file]), since=since, until=until, on_step=step)
        if as_json:
            typer.echo(json_text(findings_json(found, lang)))
        else:
            for line in finding_lines(found, lang):
                typer.echo(line)
        if output is not None:
            from visavis.charts.svg import svg
            from visavis.store._durable import write_whole

            charts = [chart for finding in found for chart in finding.charts]
            if not charts:
                raise NoDataError(f"There is no chart to draw into {output}: {found[0].sentence}")
            drawn = svg(charts[0], lang).encode()
            write_whole(output, lambda file: file.write(drawn))
            typer.echo(f"wrote {output}", err=True)
