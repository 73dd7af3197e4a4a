"""Serve the app on loopback; its address, with the token, is printed once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from visavis.record import Record, open_record, shipped_packs
from visavis.sheets import _serving
from visavis.web.app import web_app, web_guard
from visavis.web.asking import Asked, chosen
from visavis.web.computing import Worker
from visavis.web.desk import Brought, Desk

__all__ = ["named", "serve_app"]


def named(records: Sequence[Record]) -> dict[str, Record]:
    """Records by the name that addresses use: that of the pack or the folder, numbered where two are called the same.

    >>> list(named([open_record("east-asia"), open_record("east-asia")]))
    ['east-asia', 'east-asia (2)']
    """
    found: dict[str, Record] = {}
    for record in records:
        name = record.tables.name
        same = sum(one == name or one.startswith(f"{name} (") for one in found)
        found[f"{name} ({same + 1})" if same else name] = record
    return found


def serve_app(
    records: Sequence[str | Path | None],
    sides: tuple[str, str] | None = None,
    *,
    sheets: Sequence[str | Path] = (),
    polls: Sequence[str | Path] = (),
    port: int = 0,
    on_ready: Callable[[str], None],
) -> None:
    """Serve until interrupted.

    Args:
        records: as ``open_record`` takes them; the first one is shown first. The shipped packs are there as well.
        sides: the two countries to begin with, by code or name.
        sheets, polls: files that the pages of these two use as well, as ``Record.pair`` takes them.
        port: 0 takes a free one.
        on_ready: called once, with the address and its token.

    Raises:
        MissingExtraError: FastAPI or uvicorn is not installed.
        UsageError: the port is taken, or the two countries are one.
        VisavisError: a record cannot be opened or does not hold the two; a sheet or polls cannot be read, or are not
            of these two.
    """
    _serving.check()
    opened = [open_record(one) for one in records or [None]]
    paths = {record.path.resolve() for record in opened}
    opened += [Record(path) for path in shipped_packs().values() if path.resolve() not in paths]
    asked = Asked(*map(chosen, sides)) if sides else None
    brought: dict[tuple[str, str], Brought] = {}
    if asked is not None:
        opened[0].pair(asked.first, asked.second, sheets=sheets, polls=polls)  # says now what cannot be shown
        brought[asked.iso] = Brought(tuple(sheets), tuple(polls))
    worker = Worker()
    with _serving.bound("127.0.0.1", port) as listening:
        token, taken = secrets.token_urlsafe(32), listening.getsockname()[1]
        app = web_app(Desk(named(opened), worker, brought), web_guard(token, taken))
        on_ready(f"http://127.0.0.1:{taken}{asked.to() if asked else '/'}?token={token}")
        try:
            _serving.serve(app, listening)
        finally:
            worker.close()
