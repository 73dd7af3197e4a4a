"""What all pages of ours have in common: who may ask, what every reply carries, how it is served.

A request passes only with a known host name, with a token, and, where it changes something, from a page of ours. What
goes wrong inside is logged by its kind and place alone: messages of errors may hold answers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from visavis.errors import MissingExtraError, UsageError
from visavis.names.outside import terminal_text

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["Guard", "bound", "check", "form_of", "guarded", "hashed", "html", "local_hosts", "see", "serve"]

log = logging.getLogger(__name__)
_PAGES = Path(__file__).with_name("pages")
_OTHERS = ("cross-site", "same-site")  # what a browser says of requests that another page makes
_Next = Callable[["Request"], Awaitable["Response"]]


def check() -> None:
    """Whether pages can be served here.

    Raises:
        MissingExtraError: FastAPI or uvicorn is not installed.
    """
    try:
        import fastapi  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "A page needs FastAPI and uvicorn: pip install 'visavis[web]'. A terminal needs neither."
        ) from error


def hashed(token: str) -> str:
    """What is kept of a token: its SHA-256, of which the token cannot be had."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Guard:
    """Who may ask.

    Args:
        hosts: values of the Host header that are ours; anything else may be another name made to point here.
        scheme: ``http`` on loopback, ``https`` behind a server that speaks TLS.
        tokens: hash of a token -> whose it is.
        longest: bytes that a request may bring.
        headers: what every reply carries that does not say otherwise itself; None for those of the sheets' pages.
    """

    hosts: frozenset[str]
    scheme: str
    tokens: Mapping[str, str]
    longest: int
    headers: Mapping[str, str] | None = None

    @property
    def cookie(self) -> str:
        """Its name; another page of ours on another port of this machine has another one."""
        return "visavis_" + hashed("".join(sorted(self.tokens)))[:8]

    def whose(self, token: str) -> str | None:
        """Whose token it is; every known one is compared, in constant time."""
        found = None
        for known, who in self.tokens.items():
            if hmac.compare_digest(known, hashed(token)):
                found = who
        return found

    async def __call__(self, request: Request, call_next: _Next) -> Response:
        """Let a request through, or say why not; every reply carries the same headers."""
        from starlette.responses import PlainTextResponse

        refused = self._refused(request)
        if refused is not None:
            response: Response = PlainTextResponse(refused[1], refused[0])
        elif "token" in request.query_params:
            response = self._entered(request)
        else:
            response = await self._passed(request, call_next)
        for name, value in (_headers() if self.headers is None else self.headers).items():
            response.headers.setdefault(name, value)
        return response

    def _refused(self, request: Request) -> tuple[int, str] | None:
        if request.headers.get("host", "") not in self.hosts:
            return 421, "This name does not belong to this page. Use the address that visavis printed."
        if request.method not in ("GET", "HEAD", "POST"):
            return 405, "Only GET and POST are answered here."
        foreign = "This came from another page and was not taken."
        ours = {f"{self.scheme}://{host}" for host in self.hosts}
        fetched = request.headers.get("sec-fetch-mode", "navigate") != "navigate"
        if fetched and request.headers.get("sec-fetch-site", "none") in _OTHERS:
            return 403, foreign  # a page on another port of this machine is sent our cookie
        if request.method != "POST":
            return None if request.headers.get("origin", "") in {"", *ours} else (403, foreign)
        length = request.headers.get("content-length", "")
        if not length.isascii() or not length.isdigit():
            return 411, "How long the request is must be said."
        if int(length) > self.longest:
            return 413, f"Too long: at most {self.longest} bytes are taken here."
        bearer = request.headers.get("authorization", "").startswith("Bearer ")
        return None if bearer or request.headers.get("origin", "") in ours else (403, foreign)

    def _entered(self, request: Request) -> Response:
        """The token of the address becomes a cookie and leaves the address.

        From another site's page (mail read in a browser) a strict cookie would not travel with a redirect; then a page
        of our own goes on.
        """
        from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse

        token = request.query_params["token"]
        if self.whose(token) is None:
            return PlainTextResponse("This link is not valid. Use the address that visavis printed.", 403)
        cross = request.headers.get("sec-fetch-site") in _OTHERS
        place = "/" + quote(request.scope["path"].lstrip("/\\"))  # on this host: "//name" would be another one
        page = (
            f'<!doctype html><html lang="en"><title>visavis</title><meta http-equiv="refresh" content="0;url={place}">'
        )
        go_on = HTMLResponse(f'{page}<p><a href="{place}">visavis</a>')
        response: Response = go_on if cross else RedirectResponse(place, 303)
        secure = self.scheme == "https"
        response.set_cookie(self.cookie, token, httponly=True, samesite="strict", secure=secure, path="/")
        return response

    async def _passed(self, request: Request, call_next: _Next) -> Response:
        from starlette.responses import PlainTextResponse

        given = request.cookies.get(self.cookie, "")
        kind, _, bearer = request.headers.get("authorization", "").partition(" ")
        who = self.whose(bearer if kind == "Bearer" else given)
        if who is None:
            return PlainTextResponse("This page needs its link. Use the address that visavis printed.", 403)
        request.state.who = who
        try:
            return await call_next(request)
        except Exception as error:  # the last place before uvicorn, which would log the message with whatever it holds
            at = error.__traceback__
            while at is not None and at.tb_next is not None:
                at = at.tb_next
            place = f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else "?"
            log.error("%s at %s; nothing was changed", type(error).__name__, place)
            return PlainTextResponse("Something went wrong here. What was saved before is kept.", 500)


def guarded(guard: Guard) -> FastAPI:
    """An app without pages yet, behind a guard."""
    from fastapi import FastAPI
    from starlette.middleware.base import BaseHTTPMiddleware

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(BaseHTTPMiddleware, dispatch=guard)
    return app


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a posted form; of a field given twice, the last."""
    raw = (await request.body()).decode("utf-8", "replace")
    return {name: values[-1] for name, values in parse_qs(raw, keep_blank_values=True, max_num_fields=500).items()}


def html(template: str, status: int = 200, **fields: Any) -> Response:
    """A page from a template; all that is filled in is escaped and cleaned."""
    from starlette.responses import HTMLResponse

    return HTMLResponse(_environment().get_template(template).render(style=Markup(_style()), **fields), status)


def see(address: str) -> Response:
    """Go on to another page, so that loading it again sends nothing twice."""
    from starlette.responses import RedirectResponse

    return RedirectResponse(address, 303)


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    Raises:
        UsageError: the port is taken, or the address is not of this machine.
    """
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        raise UsageError(
            f"Port {port} of {host} cannot be had ({error.strerror}). Name another, or 0 for any."
        ) from None
    opened.listen(64)
    return opened


def local_hosts(port: int) -> frozenset[str]:
    """The names by which a browser on this machine asks for a port of it.

    >>> sorted(local_hosts(8000))
    ['127.0.0.1:8000', '[::1]:8000', 'localhost:8000']
    """
    return frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))


def serve(app: FastAPI, opened: socket.socket) -> None:
    """Serve until interrupted or told to end; no access log, since addresses may hold a token."""
    import uvicorn

    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run([opened])


@cache
def _style() -> str:
    return (_PAGES / "pages.css").read_text(encoding="utf-8")


@cache
def _headers() -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'"
    return {
        "content-security-policy": f"{policy}; base-uri 'none'; frame-ancestors 'none'",
        "cache-control": "no-store",
        "referrer-policy": "same-origin",  # with no-referrer a browser would post with no origin at all
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: (
            terminal_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value
        ),
        trim_blocks=True,
        lstrip_blocks=True,
    )
