"""What a request says besides its path: in which language it is to be answered, and how its own address goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from visavis.names.messages import languages
from visavis.sheets import _serving
from visavis.web.asking import Asked

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["LANGUAGE", "lang_of", "moved", "own"]

LANGUAGE = "visavis_language"
"""The cookie that holds the language chosen last."""


def lang_of(request: Request) -> str:
    """The language chosen before, else the first of the browser's that there is, else English."""
    wanted = [request.cookies.get(LANGUAGE, "")]
    wanted += [one.strip()[:2].lower() for one in request.headers.get("accept-language", "")[:200].split(",")]
    return next((lang for lang in wanted if lang in languages()), "en")


def own(request: Request, *, without: tuple[str, ...], **more: str) -> str:
    """The address asked for, on this host whatever its path looks like, with other parameters."""
    kept = {name: value for name, value in request.query_params.items() if name not in without} | more
    path = "/" + quote(request.scope["path"].lstrip("/\\"))
    return f"{path}?{urlencode(kept)}" if kept else path


def moved(request: Request, asked: Asked, page: str = "") -> Response | None:
    """To the address with codes, where a pair was named otherwise."""
    if request.path_params["pair"] == asked.pair:
        return None
    query = urlencode(dict(request.query_params))
    return _serving.see(f"/{asked.pair}{'/' if page else ''}{page}{'?' if query else ''}{query}")
