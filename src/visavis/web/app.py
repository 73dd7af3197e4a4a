"""The pages of the app: which address shows what, in which language, and what is shown while it is worked out."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from visavis import countries
from visavis.errors import UnknownNameError, UsageError
from visavis.findings import chapters, looks_at_one
from visavis.names.messages import languages
from visavis.sheets import _serving
from visavis.web import scenario, shown
from visavis.web.address import LANGUAGE, lang_of, moved, own
from visavis.web.asking import Asked, chosen, sides_of
from visavis.web.computing import Job
from visavis.web.desk import FILES, Desk
from visavis.web.wrong import NOWHERE, Wrong, wrong

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["web_app", "web_guard"]

log = logging.getLogger(__name__)
_FIRST, _LATER = 1.2, 20.0  # seconds that a page is waited for: when first asked, and when its reader waits already
_CALM = 2.5  # seconds between two pages that say how far it is, at least
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_Handler = Callable[["Request"], Awaitable["Response"]]


def web_guard(token: str, port: int) -> _serving.Guard:
    """Who may ask: whoever holds the token, from this machine; nothing is ever posted."""
    return _serving.Guard(_serving.local_hosts(port), "http", {_serving.hashed(token): "reader"}, 0, shown.headers())


def web_app(desk: Desk, guard: _serving.Guard) -> FastAPI:
    """The app, to be served by any ASGI server; see ``serve_app``.

    Raises:
        MissingExtraError: FastAPI or uvicorn is not installed.
    """
    _serving.check()
    pages = _Pages(desk)
    app = _serving.guarded(guard)
    for path, handler in {
        "/": pages.front,
        "/icon.svg": pages.icon,
        "/favicon.ico": pages.icon,
        f"/{shown.STYLE}": pages.style,
        "/{pair}": pages.overview,
        "/{pair}/brief": pages.brief,
        "/{pair}/brief.{kind}": pages.file,
        "/{pair}/scenario": pages.scenario,
        "/{pair}/{chapter}": pages.chapter,
        "/{path:path}": pages.nowhere,
    }.items():
        app.add_route(path, pages.told(handler), methods=["GET"])
    return app


class _Pages:
    """The pages over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def told(self, handler: _Handler) -> _Handler:
        """The handler with what goes wrong as a page, and the choice of a language taken first."""

        async def answer(request: Request) -> Response:
            if request.query_params.get("lang") in languages():
                response = _serving.see(own(request, without=("lang", "wait")))
                lang = request.query_params["lang"]
                response.set_cookie(LANGUAGE, lang, httponly=True, samesite="strict", path="/")
                return response
            try:
                return await handler(request)
            except Exception as error:  # the reader gets a page, never a trace
                found = wrong(error)
                if found.status == 500:
                    log.error("%s: %s", request.scope["path"][:80], found.text or type(error).__name__, exc_info=error)
                return self.wrong(request, found)

        return answer

    def page(self, request: Request, template: str, status: int = 200, **fields: Any) -> Response:
        """A page in the language of the request."""
        address = {code: own(request, without=("lang", "wait"), lang=code) for code in languages()}
        fields = {"asked": Asked(record=_record(request, self.desk)), "languages": address} | fields
        return shown.page(template, lang_of(request), status, **fields)

    def wrong(self, request: Request, found: Wrong) -> Response:
        """An error as a page: what it is, and, of a country's name, what may have been meant."""
        links = [(code, _mended(request, code)) for code in found.codes]
        return self.page(request, "wrong.html.j2", found.status, wrong=found, links=links)

    async def ready(self, request: Request, job: Job, asked: Asked, title: str) -> Response | None:
        """None when the job is done; else a page that waits for it, or one that goes to its own address again."""
        before = request.query_params.get("wait")
        if not await _ended(job, _FIRST if before is None else _LATER, before):
            done, total, what = job.step
            again = own(request, without=("wait",), wait=f"{done + 1}")
            return self.page(
                request, "wait.html.j2", 202, asked=asked, title=title, job=job, done=done, total=total, what=what,
                again=again,
            )  # fmt: skip
        _known(job)
        return None if before is None else _serving.see(own(request, without=("wait",)))

    async def front(self, request: Request) -> Response:
        """The choice of two countries, and what the record holds."""
        query = request.query_params
        asked = Asked.of(query)
        first, second = (query.get(name, "").strip() for name in ("first", "second"))
        if first and second:
            pair = replace(asked, first=chosen(first), second=chosen(second))
            if pair.first == pair.second:
                raise UsageError(f"A pair has two different countries; got {pair.first} twice.")
            return _serving.see(pair.to())
        job, lang = self.desk.state(asked), lang_of(request)
        if (wait := await self.ready(request, job, asked, "web.choose")) is not None:
            return wait
        held = self.desk.record(asked.record).tables.countries
        listed = held or sorted({c.iso3 for c in countries.countries() if c.current})
        state = shown.state_of(job.result(), lang)
        return self.page(
            request, "front.html.j2", asked=asked, first=first, second=second, state=state,
            held=shown.by_name(held, lang), names=shown.by_name(listed, lang), records=list(self.desk.records),
            one_missing=bool(first) != bool(second),
        )  # fmt: skip

    def asked(self, request: Request) -> Asked:
        """The two countries of an address and its span.

        Raises:
            VisavisError: there is no such pair or span here.
        """
        asked = Asked.of(request.query_params, sides_of(request.path_params["pair"]))
        self.desk.pair(asked)
        return asked

    async def overview(self, request: Request) -> Response:
        """The pair's first page: the answers in one minute once they are there, and the way to all pages."""
        asked = self.asked(request)
        if (elsewhere := moved(request, asked)) is not None:
            return elsewhere
        lang, before = lang_of(request), request.query_params.get("wait")
        job = self.desk.minute(asked, lang)
        ended = await _ended(job, _FIRST if before is None else _LATER, None)
        if ended:
            _known(job)
        if ended and before is not None:
            return _serving.see(own(request, without=("wait",)))
        again = "" if ended else own(request, without=("wait",), wait="1")
        return self.page(
            request, "overview.html.j2", asked=asked, job=job, headlines=job.result() if ended else (), again=again,
            chapters=chapters(), as_of=self.desk.record(asked.record).tables.as_of, pdf=shown.has_pdf(),
        )  # fmt: skip

    async def chapter(self, request: Request) -> Response:
        """The findings of one chapter."""
        name, names = request.path_params["chapter"], chapters()
        if name not in names:
            return self.wrong(request, NOWHERE)
        asked = self.asked(request)
        if (elsewhere := moved(request, asked, name)) is not None:
            return elsewhere
        job = self.desk.chapter(asked, name, lang_of(request))
        if (wait := await self.ready(request, job, asked, f"chapter.{name}")) is not None:
            return wait
        at = names.index(name)
        return self.page(
            request, "chapter.html.j2", asked=asked, name=name, chapters=names, chapter=job.result(),
            number=at + 1, before=names[at - 1] if at else "", after=names[at + 1] if at + 1 < len(names) else "",
            one=looks_at_one(name), as_of=self.desk.record(asked.record).tables.as_of,
        )  # fmt: skip

    async def brief(self, request: Request) -> Response:
        """The brief itself: the page that ``visavis brief`` writes, under the policy that it carries."""
        from starlette.responses import HTMLResponse

        asked = self.asked(request)
        if (elsewhere := moved(request, asked, "brief")) is not None:
            return elsewhere
        job = self.desk.file(asked, lang_of(request), "html")
        if (wait := await self.ready(request, job, asked, "web.brief")) is not None:
            return wait
        page: bytes = job.result()
        policy = _POLICY.search(page[:2000].decode("utf-8", "ignore"))
        held = policy[1] if policy else "default-src 'none'"
        return HTMLResponse(page, headers={"content-security-policy": f"{held}; frame-ancestors 'none'"})

    async def file(self, request: Request) -> Response:
        """A file of the brief, to keep."""
        from starlette.responses import Response

        kind = request.path_params["kind"]
        if kind not in FILES:
            return self.wrong(request, NOWHERE)
        asked = self.asked(request)
        job = self.desk.file(asked, lang_of(request), kind)
        if (wait := await self.ready(request, job, asked, "web.brief")) is not None:
            return wait
        name = f"{asked.pair}.{lang_of(request)}.{kind}".lower().replace(".en.", ".")
        told = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(job.result(), media_type=FILES[kind], headers=told)

    async def scenario(self, request: Request) -> Response:
        """The form in which a reader states a path, and the path as TOML."""
        asked = self.asked(request)
        if (elsewhere := moved(request, asked, "scenario")) is not None:
            return elsewhere
        form, found = scenario.form_of(request.query_params, asked), ()
        if form.scenario is not None:
            job = self.desk.scenario(asked, form.scenario, lang_of(request))
            if (wait := await self.ready(request, job, asked, "web.scenario")) is not None:
                return wait
            found = job.result()
        return self.page(
            request, "scenario.html.j2", 400 if form.wrong else 200, asked=asked, form=form, findings=found,
            **shown.choices(asked, lang_of(request)),
        )  # fmt: skip

    async def icon(self, request: Request) -> Response:
        from starlette.responses import Response

        return Response(shown.icon(), media_type="image/svg+xml", headers={"cache-control": "private, max-age=86400"})

    async def style(self, request: Request) -> Response:
        """The style; its address changes with it, so that it may be kept."""
        from starlette.responses import Response

        return Response(shown.style(), media_type="text/css", headers={"cache-control": "private, max-age=86400"})

    async def nowhere(self, request: Request) -> Response:
        return self.wrong(request, NOWHERE)


async def _ended(job: Job, seconds: float, before: str | None) -> bool:
    """Whether a job ends within some seconds; when it gets on, this is shown, but not more often than one can read."""
    for i in range(int(seconds / 0.05)):
        if job.ended is not None:
            return True
        if i >= _CALM / 0.05 and before is not None and str(job.step[0] + 1) != before:
            return False
        await asyncio.sleep(0.05)
    return job.ended is not None


def _known(job: Job) -> None:
    """The reader's names are known before anything is computed; one that is not known after is a fault of visavis."""
    if isinstance(job.error, UnknownNameError):
        raise RuntimeError(str(job.error)) from job.error


def _record(request: Request, desk: Desk) -> str:
    name = request.query_params.get("record", "")
    return name if name in desk.records else ""


def _mended(request: Request, code: str) -> str:
    """The choice of the two countries asked for, the first that cannot be found replaced by ``code``."""
    named = request.path_params.get("pair", "").split("-")
    if len(named) != 2:
        named = [request.query_params.get(name, "") for name in ("first", "second")]
    wrong_one = next((i for i, text in enumerate(named) if not _resolves(text)), 0)
    first, second = (code if i == wrong_one else text for i, text in enumerate(named))
    return f"/?{urlencode({'first': first, 'second': second, **_kept(request)})}"


def _kept(request: Request) -> dict[str, str]:
    return {"record": request.query_params["record"]} if "record" in request.query_params else {}


def _resolves(text: str) -> bool:
    try:
        chosen(text)
    except UnknownNameError:
        return False
    return True
