"""A sheet to print: one side, one language, one order; no script, no request, every word of others escaped."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from visavis.asked import Item, Questionnaire
from visavis.errors import UsageError
from visavis.names.outside import terminal_text
from visavis.sheets.wording import (
    ESTIMATES,
    REASONS,
    choices,
    country_name,
    ends,
    form,
    paper_words,
    question_text,
    questions_in_order,
    words,
)
from visavis.sheets.words import phrase

__all__ = ["paper_html"]

_TEMPLATES = Path(__file__).with_name("templates")
_SIX = 6


@dataclass(frozen=True, slots=True)
class _Question:
    """One question as it is printed: ``how`` is scale, percent, ten, cause or text."""

    code: str
    text: str
    how: str
    choices: tuple[tuple[str, str], ...] = ()
    ends: tuple[str, str] = ("", "")
    guess: bool = False
    columns: int = 1


def paper_html(questionnaire: Questionnaire, side: str, lang: str, order: str = "own first") -> str:
    """A printable form (A4) for one member of a side.

    Args:
        questionnaire: what is asked.
        side: who fills it in, ISO alpha-3.
        lang: one of the questionnaire's languages.
        order: ``own first``, or ``estimate first``: half the sheets of a side should have each.

    Raises:
        UsageError: another side, language or order.

    >>> from visavis.asked import Scale
    >>> item = Item("tea", "t", {"en": "Is <tea> good?"}, Scale("s", (0, 1), {"en": ("No", "Yes")}), asks=("own",))
    >>> page = paper_html(Questionnaire("q", {"en": "Tea"}, ("JPN", "KOR"), "public", (item,), "ab" * 32), "KOR", "en")
    >>> "Is &lt;tea&gt; good?" in page, "<script" in page
    (True, False)
    """
    if lang not in questionnaire.title:
        raise UsageError(f"The questionnaire is in {', '.join(questionnaire.title)}, not in {lang!r}.")
    said = paper_words(lang)
    if side not in questionnaire.sides:
        raise UsageError(f"{side!r} is not one of the two sides, {' and '.join(questionnaire.sides)}.")
    css = (_TEMPLATES / "paper.css").read_text(encoding="utf-8")
    items = [
        (item.id, item.text[lang], _questions(questionnaire, item, side, lang, order)) for item in questionnaire.items
    ]
    page = _environment().get_template("paper.html.j2")
    return page.render(
        lang=lang,
        css=Markup(css),
        css_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        title=questionnaire.title[lang],
        side=said["of_side"].replace("{own}", country_name(side, lang)),
        code=f"{questionnaire.sha256[:12]} {side} {'A' if order == 'own first' else 'B'}",
        said=said,
        number=words(lang)["number"],
        of_100=words(lang)["of_100"],
        cannot_guess=words(lang)["cannot guess"],
        items=items,
        steps=said["steps"],
        about=phrase("consent.about", lang),
        delegation=questionnaire.kind == "delegation",
    )


def _questions(questionnaire: Questionnaire, item: Item, side: str, lang: str, order: str) -> list[_Question]:
    found = []
    for question in questions_in_order(item, order):
        offered = choices(item, question, lang)
        how = form(item, question)
        found.append(
            _Question(
                question,
                question_text(questionnaire, item, question, side, lang),
                how,
                offered,
                ends(question, lang),
                guess=question in ESTIMATES or question in ("will", "other_standard"),
                columns=len(offered) if how == "scale" and len(offered) <= _SIX else 1,
            )
        )
    if item.reasons:
        texts = [question_text(questionnaire, item, one, side, lang) for one in REASONS]
        found += [_Question(one, text, "text") for one, text in zip(REASONS, texts, strict=True)]
    return found


@cache
def _environment() -> Environment:
    """Everything shown is escaped, and cleaned of characters that steer; a missing value is an error, not a blank."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _clean(value: Any) -> Any:
    return terminal_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value
