"""The local web app, started in a terminal: ``visavis app``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

import typer

from visavis.cli_options import Polls, Sheets
from visavis.errors import UsageError

__all__ = ["register"]


def register(app: typer.Typer, where: Callable[[str | None], str | None]) -> None:
    """Add the command to ``app``; ``where`` gives the record meant when none is named."""

    @app.command(name="app")
    def _app(
        first: Annotated[str | None, typer.Argument(metavar="[FIRST", help="Country to begin with.")] = None,
        second: Annotated[str | None, typer.Argument(metavar="SECOND]", help="The other country.")] = None,
        record: Annotated[
            list[str] | None,
            typer.Option("--record", metavar="DIR", help="Record or pack, as for the chapters; may be repeated."),
        ] = None,
        sheets: Sheets = None,
        polls: Polls = None,
        port: Annotated[int, typer.Option(min=0, max=65535, help="Port of this machine; 0 takes a free one.")] = 0,
    ) -> None:
        """Show all pages in a browser: on this machine alone, for whoever holds the printed address."""
        if (first is None) != (second is None):
            raise UsageError(f"Name two countries or none; got {first} alone.")
        if first is None and (sheets or polls):
            raise UsageError("A sheet or polls are of two countries; name these: visavis app FIRST SECOND ...")
        from visavis.web.serve import serve_app

        sides = (first, second) if first is not None and second is not None else None
        with suppress(KeyboardInterrupt):  # which is how it is ended
            serve_app(record or [where(None)], sides, sheets=sheets or (), polls=polls or (), port=port, on_ready=_tell)


def _tell(address: str) -> None:
    typer.echo(address)
    typer.echo("Open this address in a browser of this machine; Ctrl+C ends it. Give it to nobody.", err=True)
