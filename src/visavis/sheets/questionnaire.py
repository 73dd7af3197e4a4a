"""Questionnaires as files: TOML or JSON, checked field by field; every error names the item and the field."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, cast

from visavis import countries
from visavis.asked import QUESTIONS, Item, Questionnaire, Scale
from visavis.errors import BadFileError, VisavisError
from visavis.sheets.sealing import canonical

__all__ = ["FORMAT", "questionnaire_of", "read_questionnaire", "tree_of"]

FORMAT = "visavis questionnaire 1"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_ROLES = ("view", "recognition", "conclusion", "control")
_FIELDS = {field.name for field in fields(Item)}
_TOP = {"format", "id", "title", "sides", "kind", "scales", "items", "synthetic", "languages"}


def read_questionnaire(path: Path) -> Questionnaire:
    """A questionnaire from a ``.toml`` or ``.json`` file.

    Raises:
        BadFileError: the file cannot be read, or a field is missing, unknown or out of range; item and field are named.
    """
    try:
        raw = path.read_bytes().decode("utf-8-sig")
        tree = json.loads(raw) if path.suffix == ".json" else tomllib.loads(raw)
    except FileNotFoundError:
        raise BadFileError(f"{path}: there is no such file. visavis sheet new writes a questionnaire.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise BadFileError(f"{path}: not a questionnaire in {path.suffix or 'TOML'} ({error}).") from None
    return questionnaire_of(tree, str(path))


def questionnaire_of(tree: Any, where: str) -> Questionnaire:
    """A questionnaire from its tree; ``where`` names it in errors.

    Raises:
        BadFileError: a field is missing, unknown or out of range.

    >>> questionnaire_of({"format": "visavis questionnaire 1"}, "q.toml")
    Traceback (most recent call last):
    visavis.errors.BadFileError: q.toml: field 'id' is missing.
    """
    look = _Look(where, tree if isinstance(tree, dict) else {})
    look.one_of("format", (FORMAT,))
    name, title = look.name("id"), look.texts("title")
    kind = look.one_of("kind", ("delegation", "public"))
    sides = _sides(look)
    look.only(_TOP)
    languages = tuple(look.sequence("languages", of=str)) if "languages" in look.tree else tuple(title)
    if sorted(languages) != sorted(title):
        raise look.wrong("languages", list(languages), f"the languages of the title, {', '.join(sorted(title))}")
    scales = {key: _scale(look, key, value, languages) for key, value in look.mapping("scales").items()}
    rows = look.sequence("items", of=dict)
    items = tuple(_item(look.at(f"item {row.get('id', i)!r}", row), scales, languages) for i, row in enumerate(rows, 1))
    _together(look, items, sides)
    synthetic = look.get("synthetic", bool, default=False)
    plain = Questionnaire(name, title, sides, cast(Any, kind), items, "", synthetic)
    return Questionnaire(name, title, sides, cast(Any, kind), items, _sha256(plain), synthetic)


def tree_of(questionnaire: Questionnaire) -> dict[str, Any]:
    """The tree that ``questionnaire_of`` reads, scales by name, in one fixed form."""
    scales = {item.scale.name: item.scale for item in questionnaire.items}
    return {
        "format": FORMAT,
        "id": questionnaire.id,
        "title": dict(questionnaire.title),
        "sides": list(questionnaire.sides),
        "kind": questionnaire.kind,
        "synthetic": questionnaire.synthetic,
        "languages": sorted(questionnaire.title),
        "scales": {
            name: {
                "codes": list(scale.codes),
                "agree": sorted(scale.agree),
                "labels": {lang: list(labels) for lang, labels in scale.labels.items()},
            }
            for name, scale in scales.items()
        },
        "items": [
            {**asdict(item), "scale": item.scale.name, "asks": list(item.asks), "text": dict(item.text)}
            for item in questionnaire.items
        ],
    }


def _sha256(questionnaire: Questionnaire) -> str:
    return hashlib.sha256(canonical(tree_of(questionnaire))).hexdigest()


def _sides(look: _Look) -> tuple[str, str]:
    given = look.sequence("sides", of=str)
    if len(given) != 2:
        raise look.wrong("sides", given, "two countries")
    try:
        a, b = sorted(countries.country(side).iso3 for side in given)
    except VisavisError as error:
        raise look.wrong("sides", given, f"two countries ({error})") from None
    if a == b:
        raise look.wrong("sides", given, "two different countries")
    return a, b


def _scale(look: _Look, name: str, value: Any, languages: Sequence[str]) -> Scale:
    at = look.at(f"scale {name!r}", value if isinstance(value, dict) else {})
    at.only({"codes", "labels", "agree"})
    codes = tuple(at.sequence("codes", of=int))
    if len(codes) < 2 or len(set(codes)) != len(codes):
        raise at.wrong("codes", list(codes), "two or more different whole numbers, from least to most agreeing")
    agree = frozenset(at.sequence("agree", of=int)) if "agree" in at.tree else frozenset[int]()
    if not agree < set(codes):
        raise at.wrong("agree", sorted(agree), f"some of the codes {list(codes)}, not all of them")
    labels = at.mapping("labels")
    for lang in languages:
        given = labels.get(lang)
        if not isinstance(given, list) or not all(isinstance(one, str) and one.strip() for one in given):
            raise at.wrong(f"labels.{lang}", given, f"{len(codes)} labels, one a code")
        if len(set(given)) != len(codes) or len(given) != len(codes):
            raise at.wrong(f"labels.{lang}", given, f"{len(codes)} different labels, one a code")
    return Scale(name, codes, {lang: tuple(labels[lang]) for lang in languages}, agree)


def _item(look: _Look, scales: Mapping[str, Scale], languages: Sequence[str]) -> Item:
    look.only(_FIELDS)
    name, texts = look.name("id"), look.texts("text")
    missing = [lang for lang in languages if lang not in texts]
    if missing:
        raise look.wrong("text", sorted(texts), f"a wording in {', '.join(missing)} as well")
    scale = scales[look.one_of("scale", tuple(scales))]
    polarity = look.get("polarity", int, default=1)
    if polarity not in (1, -1):
        raise look.wrong("polarity", polarity, "1, or -1 where agreeing points the other way")
    role = look.one_of("role", _ROLES, default="view")
    pair = look.get("pair", str, default="")
    if (role in ("recognition", "conclusion")) != bool(pair):
        raise look.wrong("pair", pair, "the name that a recognition and a conclusion item of one problem share")
    estimate = look.one_of("estimate", ("scale", "percent"), default="scale")
    if estimate == "percent" and not scale.agree:
        raise look.wrong(
            "estimate", estimate, f"'scale', or give scale {scale.name!r} its codes that count as agreeing"
        )
    asks = tuple(look.sequence("asks", of=str)) if "asks" in look.tree else ("own", "other", "importance")
    if not asks or len(set(asks)) != len(asks) or not set(asks) <= set(QUESTIONS):
        raise look.wrong("asks", list(asks), f"some of {', '.join(QUESTIONS)}, each once")
    reasons = look.get("reasons", bool, default=False)
    topic = look.get("topic", str).strip()
    if not topic:
        raise look.wrong("topic", topic, "a word or two; items of one topic are pooled")
    known = _known(look, role)
    source = look.get("known_source", str, default="")
    if bool(known) != bool(source.strip()):
        raise look.wrong("known_source", source, "where the known shares were read, and only beside such shares")
    return Item(
        name, topic, texts, scale, polarity, cast(Any, role), pair, cast(Any, estimate), asks, reasons, known, source
    )


def _known(look: _Look, role: str) -> dict[str, float]:
    """True shares of a control item, by side."""
    if not look.tree.get("known"):
        return {}
    shares = look.mapping("known")
    for side, value in shares.items():
        if role != "control" or isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
            raise look.wrong(f"known.{side}", value, "a share above 0 and below 1, of a control item")
    return {side: float(value) for side, value in sorted(shares.items())}


def _together(look: _Look, items: Sequence[Item], sides: tuple[str, str]) -> None:
    if not items:
        raise look.wrong("items", [], "at least one item")
    names = [item.id for item in items]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise look.at(f"item {twice[0]!r}", {}).wrong("id", twice[0], "an id that no other item has")
    for pair in sorted({item.pair for item in items if item.pair}):
        both = [item for item in items if item.pair == pair]
        if {item.role for item in both} != {"recognition", "conclusion"} or any("own" not in i.asks for i in both):
            wanted = "a name that one recognition and one conclusion item share, each asking 'own'"
            raise look.at(f"item {both[0].id!r}", {}).wrong("pair", pair, wanted)
    for item in items:
        strange = sorted(set(item.known) - set(sides))
        if strange:
            raise look.at(f"item {item.id!r}", {}).wrong(f"known.{strange[0]}", "", f"{' or '.join(sides)}")


class _Look:
    """A tree that is being checked, and where it lies."""

    def __init__(self, where: str, tree: Mapping[str, Any]) -> None:
        self.where, self.tree = where, tree

    def at(self, place: str, tree: Mapping[str, Any]) -> _Look:
        return _Look(f"{self.where}: {place}", tree)

    def wrong(self, field: str, value: Any, wanted: str) -> BadFileError:
        return BadFileError(f"{self.where}: field {field!r} is {str(value)[:80]!r}; wanted: {wanted}.")

    def only(self, known: set[str]) -> None:
        for field in sorted(set(self.tree) - known):
            raise BadFileError(f"{self.where}: field {field!r} is not known; there are {', '.join(sorted(known))}.")

    def get(self, field: str, kind: type, *, default: Any = None) -> Any:
        if field not in self.tree:
            if default is None:
                raise BadFileError(f"{self.where}: field {field!r} is missing.")
            return default
        value = self.tree[field]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.wrong(field, value, f"a {kind.__name__}")
        return value

    def one_of(self, field: str, known: Sequence[str], *, default: str | None = None) -> str:
        value: str = self.get(field, str, default=default)
        if value not in known:
            raise self.wrong(field, value, " or ".join(map(repr, known)))
        return value

    def name(self, field: str) -> str:
        value: str = self.get(field, str)
        if not _NAME.fullmatch(value):
            raise self.wrong(field, value, "lower-case letters, digits and hyphens")
        return value

    def mapping(self, field: str) -> dict[str, Any]:
        return dict(self.get(field, dict))

    def sequence(self, field: str, *, of: type) -> list[Any]:
        value = self.get(field, list)
        if not all(isinstance(one, of) and not (of is int and isinstance(one, bool)) for one in value):
            raise self.wrong(field, value, f"a list of {of.__name__}")
        return list(value)

    def texts(self, field: str) -> dict[str, str]:
        value = self.mapping(field)
        if not value or not all(isinstance(text, str) and text.strip() for text in value.values()):
            raise self.wrong(field, value, "a wording for each language, as in en = '...'")
        return dict(sorted(value.items()))
