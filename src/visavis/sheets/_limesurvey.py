"""Questions of a joint questionnaire as LimeSurvey names them: codes of questions and of answers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from visavis.asked import Item, Questionnaire
from visavis.errors import UsageError
from visavis.sheets.wording import ESTIMATES, REASONS, choices, ends, form, questions_in_order, words

GUESS = "GUESS"
_CAUSES = {"situation": "SIT", "government": "GOV", "society": "SOC"}


@dataclass(frozen=True, slots=True)
class Asking:
    """A question of the survey: LimeSurvey's type and code, item, question; ``guess``: the box beside a number."""

    code: str
    kind: str
    item: Item
    question: str
    guess: bool = False


def asking(questionnaire: Questionnaire, order: str) -> list[Asking]:
    """Every question of the survey in order. Codes do not depend on the order."""
    named: dict[tuple[str, str, bool], str] = {}
    for item in questionnaire.items:
        for question in (*item.asks, *(REASONS if item.reasons else ())):
            for guess in (False, True):
                named[item.id, question, guess] = _code(item.id, question, guess, set(named.values()))
    found = []
    for item in questionnaire.items:
        for question in (*questions_in_order(item, order), *(REASONS if item.reasons else ())):
            how = "text" if question in REASONS else form(item, question)
            kind = {"text": "T", "percent": "N"}.get(how, "L")
            found.append(Asking(named[item.id, question, False], kind, item, question))
            if how == "percent":
                found.append(Asking(named[item.id, question, True], "L", item, question, guess=True))
    return found


def _code(item: str, question: str, guess: bool, taken: set[str]) -> str:
    tail = re.sub("[^a-z]", "", question) + ("guess" if guess else "")
    stem = re.sub("[^A-Za-z0-9]", "", item)
    stem = stem if stem[:1].isalpha() else f"q{stem}"
    code, n = stem[: 20 - len(tail)] + tail, 1
    while code.lower() in {one.lower() for one in taken}:
        n += 1
        code = stem[: 20 - len(tail) - len(str(n))] + str(n) + tail
    return code


def answer_codes(one: Asking, lang: str) -> list[tuple[str, str, str]]:
    """LimeSurvey's answer code (five letters and digits at most), ours, and the label."""
    if one.guess:
        return [(GUESS, "cannot guess", words(lang)["cannot guess"])]
    if one.kind != "L":
        return []
    found = []
    low, high = ends(one.question, lang)
    for own, label in choices(one.item, one.question, lang):
        code = _CAUSES.get(own, own.replace("-", "M"))
        note = {"0": low, "10": high}.get(own, "") if form(one.item, one.question) == "ten" else ""
        found.append((code, own, f"{label} ({note})" if note else label))
    if one.question in (*ESTIMATES, "will", "other_standard"):
        found.append((GUESS, "cannot guess", words(lang)["cannot guess"]))
    if any(len(code) > 5 for code, _, _ in found):
        raise UsageError(f"Item {one.item.id!r}: LimeSurvey takes answer codes of five digits at most.")
    return found
