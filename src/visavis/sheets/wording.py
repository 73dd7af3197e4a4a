"""How each question of an item is put to a member of a side, in four languages, read from ``wording.toml``.

What stands around the questions on a screen is in ``words``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from visavis import countries
from visavis.asked import CAUSES, Item, Questionnaire
from visavis.errors import UsageError

__all__ = [
    "ESTIMATES",
    "REASONS",
    "choices",
    "country_name",
    "ends",
    "form",
    "paper_words",
    "question_text",
    "questions_in_order",
    "words",
]

ESTIMATES = ("other", "own_people", "felt")
REASONS = ("own reason", "reason")
"""Texts asked where an item wants reasons: for one's own answer, and the other side's best."""

_ARTICLE = ("Bahamas", "Comoros", "Emirates", "Gambia", "Islands", "Kingdom", "Maldives", "Netherlands")
_ARTICLE_TOO = ("Philippines", "Republic", "Seychelles", "States", "Territories", "Territory", "Isle of Man")
_FORMS = Literal["scale", "percent", "ten", "cause"]


@cache
def _wording() -> dict[str, Any]:
    return tomllib.loads((files("visavis") / "sheets" / "wording.toml").read_text(encoding="utf-8"))


def words(lang: str) -> dict[str, Any]:
    """Everything that is said in a language.

    Raises:
        UsageError: there is no wording in it.

    >>> words("ko")["cannot guess"]
    '짐작할 수 없음'
    """
    if lang not in _wording():
        raise UsageError(f"Questions are worded in {', '.join(_wording())}, not in {lang!r}.")
    found: dict[str, Any] = _wording()[lang]
    return found


def paper_words(lang: str) -> dict[str, Any]:
    """What stands on a printed sheet around the questions.

    >>> paper_words("zh")["sheet"]
    '问卷'
    """
    found: dict[str, Any] = words(lang)["paper"]
    return found


def country_name(iso3: str, lang: str) -> str:
    """A country as it is called inside a sentence, with its article in English.

    >>> country_name("USA", "en"), country_name("JPN", "en"), country_name("USA", "ko")
    ('the United States', 'Japan', '미국')
    """
    plain = countries.name(iso3, lang)
    return f"the {plain}" if lang == "en" and plain.endswith((*_ARTICLE, *_ARTICLE_TOO)) else plain


def form(item: Item, question: str) -> _FORMS:
    """How a question is answered: on the item's scale, as a number of 100, from 0 to 10, or with a cause.

    >>> from visavis.asked import Scale
    >>> form(Item("a", "t", {}, Scale("s", (1, 2), {}), estimate="percent"), "other")
    'percent'
    """
    if question == "cause":
        return "cause"
    if question in ("importance", "performance", "regret", "disappointment", "anger"):
        return "ten"
    return "percent" if question in ESTIMATES and item.estimate == "percent" else "scale"


def choices(item: Item, question: str, lang: str) -> tuple[tuple[str, str], ...]:
    """Codes with their labels, where a question is answered by choosing; empty where a number is written.

    >>> choices(Item("a", "t", {}, None), "cause", "en")[0]
    ('situation', 'the situation at the time')
    """
    how = form(item, question)
    if how == "cause":
        return tuple(zip(CAUSES, words(lang)["causes"], strict=True))
    if how == "scale":
        return tuple(zip(map(str, item.scale.codes), item.scale.labels[lang], strict=True))
    return tuple((str(i), str(i)) for i in range(11)) if how == "ten" else ()


def ends(question: str, lang: str) -> tuple[str, str]:
    """What 0 and 10 mean; empty texts where a question is answered otherwise.

    >>> ends("anger", "en")
    ('not at all', 'extremely')
    """
    low, high = words(lang)["ends"].get(question, ("", ""))
    return low, high


def question_text(questionnaire: Questionnaire, item: Item, question: str, side: str, lang: str) -> str:
    """A question as it is put to a member of ``side``; ``question`` is a key of QUESTIONS or of REASONS.

    Raises:
        UsageError: no wording in this language, or the side is none of the questionnaire's.

    >>> from visavis.asked import Scale
    >>> scale = Scale("s", (0, 1), {"en": ("No", "Yes")}, frozenset({1}))
    >>> item = Item("a", "t", {"en": "?"}, scale, estimate="percent")
    >>> asked = Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "public", (item,), "")
    >>> question_text(asked, item, "other", "KOR", "en")
    'Of 100 people in Japan, how many would answer “Yes”?'
    """
    if side not in questionnaire.sides:
        raise UsageError(f"{side!r} is not one of the two sides, {' and '.join(questionnaire.sides)}.")
    said = words(lang)
    found = said[question]
    if isinstance(found, dict):
        found = found[form(item, question)][questionnaire.kind]
    (other,) = (one for one in questionnaire.sides if one != side)
    filled = {
        "{own}": country_name(side, lang),
        "{other}": country_name(other, lang),
        "{labels}": _agreeing(item, lang),
    }
    for place, text in filled.items():
        found = found.replace(place, text)
    return str(found)


def questions_in_order(item: Item, order: str) -> tuple[str, ...]:
    """The item's questions in the order in which they are put; own view and estimates change places.

    Raises:
        UsageError: ``order`` is neither ``own first`` nor ``estimate first``.

    >>> questions_in_order(Item("a", "t", {}, None), "estimate first")
    ('other', 'own', 'importance')
    """
    if order not in ("own first", "estimate first"):
        raise UsageError(f"Order {order!r}; it is 'own first' or 'estimate first'.")
    own = tuple(q for q in item.asks if q == "own")
    estimates = tuple(q for q in item.asks if q in ESTIMATES)
    rest = tuple(q for q in item.asks if q not in (*own, *estimates))
    return (*own, *estimates, *rest) if order == "own first" else (*estimates, *own, *rest)


def _agreeing(item: Item, lang: str) -> str:
    """The labels that count as agreeing, quoted: “Agree” or “Strongly agree”."""
    said = words(lang)
    left, right = said["quotes"]
    if item.estimate != "percent":
        return ""
    labels = zip(item.scale.codes, item.scale.labels[lang], strict=True)
    quoted = [f"{left}{label}{right}" for code, label in labels if code in item.scale.agree]
    if len(quoted) < 2:
        return "".join(quoted)
    space = " " if lang in ("en", "ko") else ""
    return f"{said['comma'].join(quoted[:-1])}{space}{said['or']}{space}{quoted[-1]}"
