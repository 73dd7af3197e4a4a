"""Names that differ: places and issues that two sides call by different names.

Each form is kept with the source it was read in. A side whose form was found in no source has none here, and then only
the neutral form is shown. Sentences and the timeline take the English forms. Beside them stands what a side says in
its own language, for readers of Korean, Japanese and Chinese. Which form stands first says nothing about who is right.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from visavis.errors import UnknownNameError

__all__ = ["Differing", "Form", "both", "differing", "neutral", "reader_names"]


@dataclass(frozen=True, slots=True)
class Form:
    """One name as a source prints it."""

    text: str
    source: str
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Differing:
    """A place or an issue with the form each side uses (ISO alpha-3 -> form) and a neutral one.

    Args:
        key: key of the register.
        forms: by side, its form in English.
        neutral: a form that neither side claims, in English.
        own: by side, its form in its own language.
        neutral_in: the neutral form by language, where there is one.
    """

    key: str
    forms: Mapping[str, Form]
    neutral: Form
    own: Mapping[str, Form]
    neutral_in: Mapping[str, Form]


@cache
def differing() -> Mapping[str, Differing]:
    """The register, by key.

    >>> sorted(differing())
    ['comfort_women', 'export_controls', 'fukushima_water', 'liancourt', 'sea', 'wartime_labour']
    """
    text = (files("visavis") / "names" / "differing.csv").read_text(encoding="utf-8")
    found: dict[str, dict[tuple[str, str], Form]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["key"], {})[row["country"], row["lang"]] = Form(row["form"], row["source"], row["lang"])
    return {
        key: Differing(
            key,
            forms={side: form for (side, lang), form in rows.items() if side and lang == "en"},
            neutral=rows["", "en"],
            own={side: form for (side, lang), form in rows.items() if side and lang != "en"},
            neutral_in={lang: form for (side, lang), form in rows.items() if not side},
        )
        for key, rows in found.items()
    }


def _entry(key: str) -> Differing:
    if key not in differing():
        raise UnknownNameError(f"No name that differs under '{key}'. Use one of {', '.join(differing())}.")
    return differing()[key]


def both(key: str, first: str) -> str:
    """Both sides' forms, the reader's own first; the neutral form where a side's form is not at hand.

    Args:
        key: key of the register.
        first: reader's country, ISO alpha-3. For a reader of neither side the forms stand in ISO order.

    Raises:
        UnknownNameError: the register has no such key.

    >>> both("liancourt", "KOR"), both("liancourt", "JPN"), both("export_controls", "KOR")
    ('Dokdo/Takeshima', 'Takeshima/Dokdo', 'export licensing measures')
    """
    entry = _entry(key)
    if len(entry.forms) < 2:
        return entry.neutral.text
    texts = [entry.forms[c].text for c in sorted(entry.forms, key=lambda c: (c != first, c))]
    return (" / " if any(" " in t for t in texts) else "/").join(texts)


def neutral(key: str) -> str:
    """The neutral form.

    Raises:
        UnknownNameError: the register has no such key.

    >>> neutral("liancourt")
    'Liancourt Rocks'
    """
    return _entry(key).neutral.text


def reader_names(text: str, first: str) -> str:
    """A text that writes a differing name as ``one/other``, with the form of ``first`` (ISO alpha-3) in front.

    >>> reader_names("a visit to Dokdo/Takeshima", "JPN")
    'a visit to Takeshima/Dokdo'
    """
    for key, entry in differing().items():
        if len(entry.forms) == 2 and first in entry.forms:
            one, other = (form.text for form in entry.forms.values())
            for written in (f"{one}/{other}", f"{other}/{one}"):
                text = text.replace(written, both(key, first))
    return text
