"""A page on one's own machine for answering: without JavaScript, with the keyboard alone, in a screen reader.

It listens on loopback only and needs the token of the address that is printed. An answer is on disk before the next
page is shown; no answer is ever part of an address or a log.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from visavis.asked import MISSING
from visavis.errors import RecordError, UsageError
from visavis.sheets import _serving
from visavis.sheets._steps import LONGEST_REASON, Step, parsed
from visavis.sheets.answering import Given, Sheet
from visavis.sheets.wording import choices, ends, question_text
from visavis.sheets.wording import words as question_words
from visavis.sheets.words import LANGUAGE_NAMES, languages, missing_words, phrase, spoken

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["answering_app", "serve_page"]

_LANGUAGE = "visavis_language"
_NONE = ("cannot guess", "declined")
_LONGEST = 256 << 10  # bytes of a posted page


def answering_app(sheet: Sheet, guard: _serving.Guard, *, language: str, wave: int = 1) -> FastAPI:
    """The page for one person's sheet, to be served by any ASGI server; see ``serve_page``.

    Raises:
        MissingExtraError: FastAPI is not installed.
        UsageError: the questionnaire has no wording in ``language``.
    """
    _serving.check()
    pages = _Pages(sheet, spoken(sheet.questionnaire, language), wave)
    app = _serving.guarded(guard)
    app.add_route("/", pages.overview, methods=["GET"])
    app.add_route("/consent", pages.consent, methods=["POST"])
    app.add_route("/item/{number:int}", pages.item, methods=["GET"])
    app.add_route("/item/{number:int}", pages.save, methods=["POST"])
    return app


def serve_page(sheet: Sheet, *, language: str, on_ready: Callable[[str], None], wave: int = 1, port: int = 0) -> None:
    """Serve the page on loopback until interrupted; ``on_ready`` is told the address with its token, once.

    Raises:
        MissingExtraError: FastAPI or uvicorn is not installed.
        UsageError: no wording in ``language``, or the port is taken.
    """
    _serving.check()
    opened = _serving.bound("127.0.0.1", port)
    with opened:
        token, hosts = secrets.token_urlsafe(32), _serving.local_hosts(opened.getsockname()[1])
        guard = _serving.Guard(hosts, "http", {_serving.hashed(token): sheet.person.id}, _LONGEST)
        app = answering_app(sheet, guard, language=language, wave=wave)
        on_ready(f"http://127.0.0.1:{opened.getsockname()[1]}/?token={token}")
        _serving.serve(app, opened)


@dataclass(frozen=True, slots=True)
class _Field:
    """One question as a page shows it; ``value`` is what stands in it, ``wrong`` what is the matter with that."""

    name: str
    first: str
    form: str
    question: str
    choices: tuple[tuple[str, str], ...]
    ends: tuple[str, str]
    none: tuple[tuple[str, str], ...]
    hint: str
    value: str
    missing: str
    wrong: str = ""


class _Pages:
    """The pages of one sheet."""

    def __init__(self, sheet: Sheet, language: str, wave: int) -> None:
        self.sheet, self.language, self.wave = sheet, language, wave
        self.items = sheet.questionnaire.items

    def spoken(self, request: Request) -> str:
        """The language that was chosen last, in the address or before."""
        there = languages(self.sheet.questionnaire)
        asked = (request.query_params.get("lang", ""), request.cookies.get(_LANGUAGE, ""))
        return next((lang for lang in asked if lang in there), self.language)

    def page(self, request: Request, template: str, status: int = 200, **fields: Any) -> Response:
        """A page in the language of the request, which is remembered."""
        lang, questionnaire = self.spoken(request), self.sheet.questionnaire
        shared = {
            "lang": lang,
            "title": questionnaire.title[lang],
            "languages": [(code, LANGUAGE_NAMES[code]) for code in languages(questionnaire)],
            "say": lambda key, **named: phrase(key, lang, **named),
            "wave": self.wave,
        }
        response = _serving.html(template, status, **shared, **fields)
        response.set_cookie(_LANGUAGE, lang, httponly=True, samesite="strict", path="/")
        return response

    def steps(self, number: int) -> tuple[Step, ...]:
        """What is asked of the item with this number, from 1."""
        return tuple(step for step in self.sheet.steps if step.item is self.items[number - 1])

    def open(self) -> list[int]:
        """Numbers of the items that have a question without an answer."""
        waiting = {step.item.id for step in self.sheet.remaining(self.wave)}
        return [number for number, item in enumerate(self.items, 1) if item.id in waiting]

    async def overview(self, request: Request) -> Response:
        """How far one is, and the way to every question."""
        lang, open_, count = self.spoken(request), self.open(), len(self.sheet.steps)
        rows = [
            {"text": item.text[lang], "state": self.state(number, open_)} for number, item in enumerate(self.items, 1)
        ]
        return self.page(
            request,
            "overview.html.j2",
            rows=rows,
            finished=not open_,
            first=open_[0] if open_ else 1,
            done=count - len(self.sheet.remaining(self.wave)),
            count=count,
            synthetic=self.sheet.questionnaire.synthetic,
            consent=self.sheet.person.consent,
        )

    async def consent(self, request: Request) -> Response:
        """Keep whether the person agrees to be shown in small groups; whatever is not a yes is a no."""
        form = await _serving.form_of(request)
        self.sheet.agree(form.get("consent") == "yes")
        return _serving.see("/")

    def state(self, number: int, waiting: list[int]) -> str:
        """``answered``, ``part`` or ``open``."""
        if number not in waiting:
            return "answered"
        return "part" if any(self.sheet.given(step, self.wave) for step in self.steps(number)) else "open"

    async def item(self, request: Request) -> Response:
        """One item with all that is asked of it, and what was answered."""
        number = request.path_params["number"]
        if not 1 <= number <= len(self.items):
            return _serving.see("/")
        lang = self.spoken(request)
        fields = [
            self.field(step, place, self.sheet.given(step, self.wave), lang)
            for place, step in enumerate(self.steps(number), 1)
        ]
        return self.shown(request, number, fields)

    def shown(self, request: Request, number: int, fields: list[_Field], status: int = 200) -> Response:
        return self.page(
            request,
            "item.html.j2",
            status,
            number=number,
            count=len(self.items),
            text=self.items[number - 1].text[self.spoken(request)],
            fields=fields,
            wrong=any(field.wrong for field in fields),
            longest=LONGEST_REASON,
        )

    def field(self, step: Step, place: int, given: Given | None, lang: str, wrong: str = "") -> _Field:
        """A question with what was answered, or with what was typed and is wrong."""
        questionnaire, side = self.sheet.questionnaire, self.sheet.person.side
        hints = {
            "percent": str(question_words(lang)["number"]),
            "text": phrase("page.write", lang, count=LONGEST_REASON),
        }
        return _Field(
            name=f"q{place}",
            first=f"q{place}-1",
            form=step.form,
            question=question_text(questionnaire, step.item, step.question, side, lang),
            choices=() if step.form == "text" else choices(step.item, step.question, lang),
            ends=ends(step.question, lang),
            none=tuple((key, missing_words(step, key, lang)) for key in _NONE),
            hint=hints.get(step.form, ""),
            value="" if given is None or given.value is None else str(given.value),
            missing="" if given is None else given.missing,
            wrong=wrong,
        )

    async def save(self, request: Request) -> Response:
        """Keep what was posted, then go on; what is no answer is shown again with what is wanted."""
        number, lang = request.path_params["number"], self.spoken(request)
        if not 1 <= number <= len(self.items):
            return _serving.see("/")
        form = await _serving.form_of(request)
        do = form.get("do", "save")
        fields = []
        for place, step in enumerate(self.steps(number), 1):
            typed = self.typed(form, f"q{place}")
            wrong = self.keep(step, typed, lang)
            if do != "save" and typed == Given(""):
                wrong = ""
            fields.append(self.field(step, place, typed, lang, wrong))
        if any(field.wrong for field in fields):
            return self.shown(request, number, fields, 422)
        return _serving.see(self.after(number, do))

    def typed(self, form: Mapping[str, str], name: str) -> Given:
        """What was posted for a question; both a value and a reason for none when both were given."""
        value, none = form.get(name, "").strip(), form.get(f"{name}-none", "")
        if value in _NONE:
            return Given(None, value)
        return Given(value, none if none in MISSING else "")

    def keep(self, step: Step, typed: Given, lang: str) -> str:
        """Keep an answer; what is wrong with it, in words, when it is none."""
        before = self.sheet.given(step, self.wave) or Given(None)
        value, missing = str(typed.value or ""), typed.missing
        if value and missing:  # one of the two may be left from before
            if missing == before.missing:
                missing = ""
            elif value == str(before.value):
                value = ""
            else:
                return phrase("page.either", lang)
        try:
            if missing:
                self.sheet.leave(step, missing, self.wave)
                return ""
            self.sheet.answer(step, parsed(step, value), self.wave)
        except UsageError:
            how = {"percent": "page.number", "text": "page.write"}.get(step.form, "page.choose")
            return phrase(how, lang, count=LONGEST_REASON)
        except RecordError:
            return phrase("page.not_kept", lang)
        return ""

    def after(self, number: int, do: str) -> str:
        """Where to go on: the next item that is open, else the first, else the overview."""
        if do == "back":
            return f"/item/{max(number - 1, 1)}"
        waiting = self.open()
        later = [one for one in waiting if one > number]
        if later:
            return f"/item/{later[0]}"
        return f"/item/{waiting[0]}" if waiting and do == "save" else "/"
