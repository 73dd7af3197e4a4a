"""How pages look: templates, style, what every reply carries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from visavis.actions import MEANS
from visavis.brief.render import environment, words
from visavis.brief.render import style as brief_style
from visavis.brief.view import marked
from visavis.charts.telling import of_stream
from visavis.finding import Message, Number, Term
from visavis.names.messages import heading, term_text
from visavis.names.outside import terminal_text
from visavis.names.tongues import tag
from visavis.scenario import CHANGES, KINDS
from visavis.sheets.words import LANGUAGE_NAMES
from visavis.web.asking import Asked

if TYPE_CHECKING:
    from starlette.responses import Response

__all__ = ["STYLE", "by_name", "choices", "has_pdf", "headers", "icon", "page", "state_of", "style"]

_PAGES = Path(__file__).with_name("pages")
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"


def style() -> bytes:
    """The style of the brief and, after it, what only pages of the app need."""
    return (brief_style() + (_PAGES / "web.css").read_text(encoding="utf-8")).encode()


STYLE = f"style-{hashlib.sha256(style()).hexdigest()[:12]}.css"
"""The address of the style: it changes when the style does."""


def icon() -> bytes:
    """The sign in a browser's tab."""
    return (_PAGES / "icon.svg").read_bytes()


def headers() -> dict[str, str]:
    """What every reply carries. Nothing is ever posted, so that no address needs to be told to anybody."""
    return {
        "content-security-policy": f"{_POLICY}; frame-ancestors 'none'",
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
    }


def has_pdf() -> bool:
    """Whether PDFs can be made here."""
    return find_spec("weasyprint") is not None


@cache
def _environment() -> Any:
    return environment(_PAGES)


def page(template: str, lang: str, status: int = 200, **fields: Any) -> Response:
    """A page from a template; all that is filled in is escaped and cleaned."""
    from starlette.responses import HTMLResponse

    told = {
        **words(lang),
        "lang": tag(lang),
        "style": STYLE,
        "language_names": LANGUAGE_NAMES,
        "tag": tag,
        "fill": lambda key, **slots: marked(_message(key, slots), lang),
        "side": lambda code: Term("country", code),
        "day": lambda date: Term("date", date),
        "verbatim": _verbatim,
        "country": lambda code: term_text(Term("country", code), lang),
    }
    return HTMLResponse(_environment().get_template(template).render(**told, **fields), status)


def _verbatim(text: str) -> Markup:
    """Text in lines, each cleaned and escaped."""
    return Markup("\n").join(escape(terminal_text(f".{line}")[1:]) for line in text.splitlines())


def choices(asked: Asked, lang: str) -> dict[str, list[tuple[str, str]]]:
    """What the fields of a scenario's form offer: values of the file, each with its words."""

    def words_of(group: str, names: Iterable[str]) -> list[tuple[str, str]]:
        return [(name, heading(f"web.scenario.{group}.{name}", lang)) for name in names]

    named = [(code, term_text(Term("country", code), lang)) for code in (asked.first, asked.second)]
    left_out = ("", heading("web.scenario.by.none", lang))
    means = [(name, heading(f"means.{name.replace(' ', '_')}", lang)) for name in MEANS if name not in KINDS]
    return {
        "sides": [left_out, *words_of("by", ["both"]), *named, *words_of("by", ["ties"])],
        "means": [("", heading("web.scenario.what.none", lang)), *words_of("what", KINDS), *means],
        "changes": words_of("change", CHANGES),
        "watched": words_of("what", KINDS),
    }


def _message(key: str, slots: Mapping[str, Any]) -> Message:
    """A message from numbers, terms, and text of others."""
    numbers = {name: Number(value, "things") for name, value in slots.items() if isinstance(value, int | float)}
    others = {name: value for name, value in slots.items() if name not in numbers}
    terms = {name: Term("outside", value) if isinstance(value, str) else value for name, value in others.items()}
    return Message(key, numbers, terms)


def by_name(codes: Iterable[str], lang: str) -> tuple[Term, ...]:
    """Countries in the order of their names in the reader's language."""
    return tuple(sorted((Term("country", code) for code in codes), key=lambda term: term_text(term, lang)))


def state_of(status: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """What the front page says of a record."""
    streams = [
        {
            "name": term_text(of_stream(name), lang),
            "title": stream["title"],
            "licence": stream["licence"],
            "first": stream["span"][0],
            "last": stream["span"][1],
            "read": stream["rows_read"],
            "refused": sum(stream["rows_refused"].values()),
            "partial": len(stream["partial_months"]),
            "gaps": len(stream["gaps"]),
            "note": stream["note"],
        }
        for name, stream in status["streams"].items()
    ]
    return {**status, "streams": streams}
