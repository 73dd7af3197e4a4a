"""A host for one exchange: takes and gives the files of two sides in the right order, and cannot read answers.

Sealing happens on each side's own machine. The host holds commitments, boxes and locked keys, none of which it can
open. A side may put its key into escrow instead: then whoever runs the host could open that side's box from that
moment on, and the page says so before it is done.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visavis import countries
from visavis.errors import RecordBusyError, RecordError, SealError, UsageError
from visavis.sheets import _serving
from visavis.sheets._host_store import LIMITS, STAGES, Host, create_host, invite_again, open_host
from visavis.sheets._letters import read_letter
from visavis.sheets._wrapping import read_lock
from visavis.sheets.words import LANGUAGE_NAMES, phrase
from visavis.store import _durable

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = [
    "Host",
    "create_host",
    "destroy",
    "host_app",
    "host_guard",
    "invitation_links",
    "invite_again",
    "open_host",
    "serve_host",
]

_LANGUAGE = "visavis_language"
_KINDS = ("lock", *STAGES)
_STATUS = {"order": 409, "escrow": 409}


def invitation_links(tokens: Mapping[str, str], *, port: int, public_host: str = "") -> dict[str, str]:
    """Side -> the address that its delegation opens; each is given to its own delegation alone.

    >>> invitation_links({"KOR": "secret"}, port=8765)
    {'KOR': 'http://127.0.0.1:8765/?token=secret'}
    """
    start = f"https://{public_host}" if public_host else f"http://127.0.0.1:{port}"
    return {side: f"{start}/?token={token}" for side, token in tokens.items()}


def host_guard(host: Host, *, port: int, public_host: str = "") -> _serving.Guard:
    """Who may ask: holders of an invitation, under the public name or, without one, from this machine alone."""
    hosts = frozenset({public_host}) if public_host else _serving.local_hosts(port)
    return _serving.Guard(hosts, "https" if public_host else "http", host.tokens(), max(LIMITS.values()) + 4096)


def host_app(host: Host, guard: _serving.Guard) -> FastAPI:
    """The host's pages, to be served by any ASGI server; see ``serve_host``.

    Raises:
        MissingExtraError: FastAPI is not installed.
    """
    _serving.check()
    pages = _Pages(host)
    app = _serving.guarded(guard)
    app.add_route("/", pages.status, methods=["GET"])
    app.add_route("/status.json", pages.told, methods=["GET"])
    app.add_route("/", pages.put, methods=["POST"])
    app.add_route("/{whose}.{kind}.json", pages.take, methods=["GET"])
    return app


def serve_host(
    folder: Path,
    *,
    port: int,
    public_host: str = "",
    address: str = "127.0.0.1",
    on_ready: Callable[[int], None] = lambda port: None,
) -> None:
    """Serve the exchange in a folder until interrupted.

    Args:
        folder: where ``create_host`` made it.
        port: 0 takes a free one; ``on_ready`` is told which.
        public_host: the name under which a server in front speaks TLS; without it only this machine is answered.
        address: where to listen; anything but loopback needs ``public_host``.
        on_ready: called once, when the host answers.

    Raises:
        MissingExtraError: FastAPI or uvicorn is not installed.
        RecordBusyError: this exchange is being served already.
        UsageError: no exchange, or an address that anybody reaches without a public name.
    """
    _serving.check()
    if address not in ("127.0.0.1", "::1") and not public_host:
        raise UsageError(
            f"Listening on {address} without TLS would show invitations to the network. Put a server that speaks TLS "
            "in front and name it as the public host."
        )
    host = open_host(folder)
    with _held(folder), _serving.bound(address, port) as opened:
        port = opened.getsockname()[1]
        on_ready(port)
        _serving.serve(host_app(host, host_guard(host, port=port, public_host=public_host)), opened)


def destroy(folder: Path) -> None:
    """Overwrite and remove an exchange. Copies that the disk, backups or the two sides hold are out of reach.

    Raises:
        RecordBusyError: it is being served.
        UsageError: there is none.
    """
    files = [folder / f"host.sqlite{end}" for end in ("-shm", "-wal", "")]
    if not any(file.exists() for file in files):
        raise UsageError(f"{folder}: there is no exchange to destroy.")
    with _held(folder):
        for file in files:
            if file.exists():
                with file.open("r+b") as open_file:
                    open_file.write(bytes(file.stat().st_size))
                    open_file.flush()
                    os.fsync(open_file.fileno())
                file.unlink()
        (folder / "host.lock").unlink()
        _durable.sync(folder)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the exchange alone; the system lets go of it when the process ends, however it ends."""
    with (folder / "host.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RecordBusyError(f"{folder}: this exchange is being served. Stop that first.") from None
        yield


class _Pages:
    """The pages of one exchange."""

    def __init__(self, host: Host) -> None:
        self.host = host

    async def status(self, request: Request) -> Response:
        """What is here of either side, what comes next, and the form to hand it over."""
        return self.page(request)

    def page(self, request: Request, *, wrong: str = "", check: str = "", status: int = 200) -> Response:
        side = request.state.who
        lang, there = _spoken(request), self.host.there()
        step = next_step(self.host, side, there)
        response = _serving.html(
            "host.html.j2",
            status,
            lang=lang,
            title=self.host.title.get(lang) or next(iter(self.host.title.values())),
            languages=list(LANGUAGE_NAMES.items()),
            say=lambda key, **named: phrase(key, lang, **named),
            own=countries.name(side, lang),
            other=countries.name(self.host.other(side), lang),
            step=step,
            rows=self.rows(side, there),
            wrong=wrong,
            check=check,
            locks=all("lock" in there[one] for one in self.host.sides),
            fingerprints=self.fingerprints(side, there, lang),
            readable=[countries.name(one, lang) for one in self.host.sides if there[one].get("key") == "plain"],
        )
        response.set_cookie(_LANGUAGE, lang, httponly=True, samesite="strict", path="/")
        return response

    def rows(self, side: str, there: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
        """A row a kind of file: what is here of both sides, and what may be taken."""
        other = self.host.other(side)
        found = []
        for kind in _KINDS:
            stage = "commitment" if kind == "lock" else kind
            given = all(stage in there[one] for one in self.host.sides) and kind in there[other]
            name = f"{other}.{kind}.json" if given else ""
            found.append({"kind": kind, "own": kind in there[side], "other": kind in there[other], "take": name})
        return found

    def fingerprints(self, side: str, there: Mapping[str, Mapping[str, str]], lang: str) -> list[tuple[str, str, str]]:
        """(kind, side, digits) to be compared by voice, of what is here and may be shown."""
        found = []
        for kind in ("commitment", "lock"):
            for one in self.host.sides:
                shown = one == side or all("commitment" in there[s] for s in self.host.sides)
                if kind in there[one] and shown:
                    raw = self.host.take(side, one, kind)
                    read = read_lock(raw) if kind == "lock" else read_letter(raw, kind)
                    found.append((kind, countries.name(one, lang), read.fingerprint))
        return found

    async def told(self, request: Request) -> Response:
        """The same for a program."""
        from starlette.responses import JSONResponse

        side, there = request.state.who, self.host.there()
        named = {"side": side, "sheet": self.host.sheet, "next": next_step(self.host, side, there)}
        return JSONResponse({**named, "purpose": self.host.purpose, "wave": self.host.wave, "there": there})

    async def put(self, request: Request) -> Response:
        """Take a file: posted by a form of ours, or as it is by a program."""
        program = request.headers.get("content-type", "").startswith("application/json")
        body = await request.body()
        escrow = request.headers.get("x-visavis-escrow") == "yes"
        if not program:
            fields = parts_of(body, request.headers.get("content-type", ""))
            body, escrow = fields.get("file", b""), fields.get("escrow") == b"yes"
        try:
            if not body:
                raise SealError("No file was chosen.", check="file")
            self.host.put(request.state.who, body, escrow=escrow)
        except SealError as error:
            if program:
                return _plain(str(error), _STATUS.get(error.check, 422))
            return self.page(request, wrong=str(error), check=error.check, status=_STATUS.get(error.check, 422))
        except RecordError:
            return _plain("The file could not be kept. What was here before is kept.", 507)
        return _plain("taken", 200) if program else _serving.see("/")

    async def take(self, request: Request) -> Response:
        """Give a file whose time has come."""
        from starlette.responses import Response as Plain

        whose, kind = request.path_params["whose"], request.path_params["kind"]
        if whose not in self.host.sides or kind not in _KINDS:
            return _plain("There is no such file.", 404)
        try:
            raw = self.host.take(request.state.who, whose, kind)
        except SealError as error:
            return _plain(str(error), 409)
        headers = {"content-disposition": f'attachment; filename="{whose}.{kind}.json"'}
        return Plain(raw, media_type="application/json", headers=headers)


def next_step(host: Host, side: str, there: Mapping[str, Mapping[str, str]]) -> str:
    """What a side does next: hand over a ``commitment``, ``box`` or ``key``, ``wait`` for the other, or ``open``."""
    for kind in STAGES:
        if kind not in there[side]:
            return kind
        if kind not in there[host.other(side)]:
            return "wait"
    return "open"


def parts_of(body: bytes, content_type: str) -> dict[str, bytes]:
    r"""The fields of a posted form with files, by name; what has not this form gives none.

    >>> body = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nhello\r\n--x--\r\n'
    >>> parts_of(body, "multipart/form-data; boundary=x")
    {'file': b'hello'}
    """
    _, _, boundary = content_type.partition("boundary=")
    boundary = boundary.strip('"')
    if not content_type.startswith("multipart/form-data") or not boundary or len(boundary) > 70:
        return {}
    found: dict[str, bytes] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode("ascii", "replace"))[1:-1]:
        head, _, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = head.partition(b' name="')[2].partition(b'"')[0]
        found[name.decode("ascii", "replace")] = value
    return found


def _spoken(request: Request) -> str:
    asked = (request.query_params.get("lang", ""), request.cookies.get(_LANGUAGE, ""))
    return next((lang for lang in asked if lang in LANGUAGE_NAMES), "en")


def _plain(text: str, status: int) -> Response:
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(text, status)
