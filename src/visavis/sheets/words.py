"""What terminal, page and host say around the questions in four languages, read from ``words.toml``.

The questions themselves are worded in ``wording``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from visavis import countries
from visavis.asked import Questionnaire
from visavis.errors import UnknownNameError, UsageError
from visavis.sheets import wording
from visavis.sheets._steps import Step

__all__ = ["LANGUAGE_NAMES", "label", "languages", "missing_words", "phrase", "spoken"]

LANGUAGE_NAMES = {"en": "English", "ko": "한국어", "ja": "日本語", "zh": "中文"}
"""Each language in its own words, for a choice of language."""
_ESTIMATED = ("other", "own_people", "felt", "other_standard", "will", "reason")


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((files("visavis") / "sheets" / "words.toml").read_text(encoding="utf-8"))


def phrase(key: str, lang: str, **fields: object) -> str:
    """The words for a key of ``words.toml`` in a language, with their fields filled.

    Raises:
        UnknownNameError: no such key, language or field.

    >>> phrase("common.item", "ko", number=2, count=9)
    '질문 9개 중 2번째'
    """
    part, _, name = key.partition(".")
    try:
        return _table()[part][name][lang].format(**fields)
    except KeyError as error:
        raise UnknownNameError(f"No words for {key!r} in {lang!r}: {error} is missing.", countries.LANGS) from None


def languages(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The languages in which a questionnaire can be answered: those of its wording that visavis speaks too."""
    return tuple(lang for lang in countries.LANGS if lang in questionnaire.title)


def spoken(questionnaire: Questionnaire, lang: str) -> str:
    """The language, checked.

    Raises:
        UsageError: the questionnaire cannot be answered in it; the message says in which it can.
    """
    there = languages(questionnaire)
    if lang not in there:
        can = f"it can be answered in {', '.join(there)}" if there else "it can be answered on paper only"
        raise UsageError(f"This questionnaire has no wording in {lang!r}; {can}.")
    return lang


def missing_words(step: Step, missing: str, lang: str) -> str:
    """Why there is no answer: one cannot *guess* what others would say, but cannot *say* one's own view."""
    if missing == "cannot guess" and step.question in _ESTIMATED:
        return str(wording.words(lang)["cannot guess"])
    return phrase("missing.declined" if missing == "declined" else "missing.cannot_say", lang)


def label(step: Step, value: float | str | None, missing: str, lang: str) -> str:
    """An answer in words: the label of a code, a number, a cause, a text, or why there is none.

    >>> from visavis.asked import Item, Scale
    >>> step = Step(Item("a", "t", {}, Scale("s", (1, 2), {"en": ("No", "Yes")})), "own")
    >>> label(step, 2, "", "en"), label(step, None, "cannot guess", "en")
    ('Yes', 'I cannot say')
    """
    if value is None:
        return missing_words(step, missing, lang)
    choices = () if step.form == "text" else wording.choices(step.item, step.question, lang)
    return dict(choices).get(str(value), str(value))
