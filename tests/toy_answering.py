"""A short questionnaire that asks in every form there is, for tests of answering and of the host."""

from __future__ import annotations

from typing import Any

from visavis.asked import Questionnaire
from visavis.sheets.questionnaire import questionnaire_of

LANGS = ("en", "ko", "ja", "zh")


def tree() -> dict[str, Any]:
    """Three items: on a scale with reasons, as a number of 100, and after an act."""
    agree = ["No", "Rather no", "Rather yes", "Yes"]
    item = {"topic": "work", "scale": "agree"}
    return {
        "format": "visavis questionnaire 1",
        "id": "toy",
        "title": {lang: f"Toy ({lang})" for lang in LANGS},
        "sides": ["KOR", "JPN"],
        "kind": "delegation",
        "scales": {"agree": {"codes": [1, 2, 3, 4], "agree": [3, 4], "labels": dict.fromkeys(LANGS, agree)}},
        "items": [
            {**item, "id": "trade", "text": {lang: f"Trade helps both. ({lang})" for lang in LANGS}, "reasons": True},
            {**item, "id": "visits", "text": {lang: f"Visits help. ({lang})" for lang in LANGS}, "estimate": "percent"},
            {
                **item,
                "id": "act",
                "text": {lang: f"The talks were put off. ({lang})" for lang in LANGS},
                "asks": ["cause", "anger"],
            },
        ],
    }


def questionnaire() -> Questionnaire:
    """The same, read."""
    return questionnaire_of(tree(), "toy.toml")
