"""The catalogues: sentences by key, filled from numbers and terms, in the reader's language.

A language is a folder of gettext files, ``messages/en/*.po``, one a chapter and ``common.po``; all files of the
folder are read as one. ``msgid`` is a key (``history.turning_point``), ``msgstr`` a template with slots in braces:

    {share}        31% (28 to 35)       a number with its interval
    {share.value}  31%                  without it;   {share.size} without its sign
    {share.range}  28 to 35             the interval alone;   {share.low}, {share.high} one end
    {share.n}      412                  the count it rests on;   {share.level} 90%, what the interval aims at
    {acts.counted} 1 act, 12 acts       a count with its unit, from the entry ``count.acts``
    {country}      South Korea          a term;   {country.cap} with a capital, to begin a sentence

In Korean a particle may follow any slot, in the form that its last sound asks for, also after figures and Latin:

    {a.eun} 은/는   {a.i} 이/가   {a.eul} 을/를   {a.gwa} 과/와   {a.ro} 으로/로   {share.value.i} 31%가

A country that an English sentence calls by a form of its own ("the Netherlands") has it in an entry ``country.NLD``.

Where the wording depends on a count, ``msgid_plural`` names the slot that holds it (``pulses`` or ``share.n``)
and the entry has one template for each plural form. A word that depends on one of several counts stands in a slot of
its own, one form after the other: ``{votes} {votes|vote|votes}``, ``{share.n} open {share.n|item|items}``.

Slots are filled in one pass and hold names only, so text from outside that looks like a slot stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from babel import Locale
from babel.lists import format_list
from babel.messages.pofile import read_po

from visavis.errors import BadFileError, UnknownNameError, UsageError
from visavis.finding import Message, Number, Term
from visavis.names import figures
from visavis.names.particles import PARTICLES, with_particle
from visavis.names.tongues import tongue

__all__ = [
    "Run", "heading", "languages", "locale_of", "message_keys", "number_text", "runs", "say", "slots", "term_text",
]  # fmt: skip

_FOLDER = Path(__file__).with_name("messages")
_SLOT = re.compile(
    rf"\{{([a-z][a-z0-9_]*)(?:\.(?!(?:{'|'.join(PARTICLES)})\}})([a-z]+))?"
    rf"(?:\.({'|'.join(PARTICLES)}))?(?:\|([^{{}}]+))?\}}"
)
# British English: a day before its month, and no comma before the last "and". Chinese: simplified signs.
_LOCALES = {"en": "en_GB", "zh": "zh_Hans"}


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a told sentence, and its language where that is not the reader's."""

    text: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One key: its templates, one for each plural form, and the slot that chooses among them."""

    forms: tuple[str, ...]
    counted: str = ""


def languages() -> tuple[str, ...]:
    """Languages that have a catalogue, in alphabetical order.

    >>> "en" in languages()
    True
    """
    return tuple(sorted(folder.name for folder in _FOLDER.iterdir() if any(folder.glob("*.po"))))


@cache
def locale_of(lang: str) -> Locale:
    """Babel's locale for a language that has a catalogue.

    Raises:
        UsageError: there is no catalogue for this language.
    """
    if lang not in languages():
        raise UsageError(f"No messages in language {lang!r}. There are: {', '.join(languages())}.")
    return Locale.parse(_LOCALES.get(lang, lang))


@cache
def _catalogue(lang: str) -> tuple[Mapping[str, _Entry], Callable[[int], int]]:
    """Every entry of a language, and its rule for which plural form a count takes."""
    locale_of(lang)
    entries: dict[str, _Entry] = {}
    plural: Callable[[int], int] = int
    for path in sorted((_FOLDER / lang).glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=lang, abort_invalid=True)
        plural = _plural_rule(catalog.plural_expr)
        for message in catalog:
            if not message.id:
                continue
            key, counted = message.id if isinstance(message.id, tuple) else (str(message.id), "")
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            if key in entries:
                raise BadFileError(f"{path.name}, line {message.lineno}: the key {key!r} is in two files of {lang!r}.")
            if not all(forms):
                raise BadFileError(f"{path.name}, line {message.lineno}: the key {key!r} has no text.")
            entries[key] = _Entry(tuple(str(form) for form in forms), counted)
    return entries, plural


def _plural_rule(expression: str) -> Callable[[int], int]:
    """The plural form of a count, from a catalogue's own rule."""
    from gettext import c2py

    rule: Callable[[int], int] = c2py(expression)
    return rule


def message_keys(lang: str = "en") -> tuple[str, ...]:
    """Every key of a language, sorted.

    >>> "chapter.history" in message_keys()
    True
    """
    return tuple(sorted(_catalogue(lang)[0]))


def slots(key: str, lang: str = "en") -> frozenset[str]:
    """Names of the numbers and terms that a key's templates ask for.

    >>> sorted(slots("number.range"))
    ['high', 'low']
    """
    entry = _entry(key, lang)
    names = {match[1] for form in entry.forms for match in _SLOT.finditer(form)}
    return frozenset(names | ({entry.counted.partition(".")[0]} if entry.counted else set()))


def _entry(key: str, lang: str) -> _Entry:
    entries, _ = _catalogue(lang)
    if key in entries:
        return entries[key]
    near = get_close_matches(key, entries, n=3)
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    raise UnknownNameError(f"No message {key!r} in the catalogue {lang!r}.{hint}", near)


def heading(key: str, lang: str = "en") -> str:
    """The text of a key that has no slots: a title, a column heading, a word.

    >>> heading("verdict.undecided")
    'undecided'
    """
    return say(Message(key), lang)


def say(message: Message, lang: str = "en") -> str:
    """Tell a message as plain text. Whoever shows it escapes it: a term may hold text from outside.

    Raises:
        UsageError: no such language, or a slot that the message does not fill.
        UnknownNameError: no such key; carries the nearest keys.

    >>> say(Message("number.range", terms={"low": Term("outside", "3"), "high": Term("outside", "5")}))
    '3 to 5'
    """
    return "".join(run.text for run in runs(message, lang))


def runs(message: Message, lang: str = "en") -> tuple[Run, ...]:
    """A told message in parts, so that text in another language can be marked as such; ``say`` joins them.

    >>> runs(Message("number.range", terms={"low": Term("outside", "3"), "high": Term("outside", "5")}))[1]
    Run(text=' to ', lang='')
    """
    entry = _entry(message.key, lang)
    unfilled = sorted(slots(message.key, lang) - message.numbers.keys() - message.terms.keys())
    if unfilled:
        raise UsageError(f"The message {message.key!r} needs {', '.join(unfilled)}, which it does not carry.")
    template, told, place = _form(message, entry.counted, entry.forms, lang), list[Run](), 0
    for slot in _SLOT.finditer(template):
        if slot[4]:
            filled = Run(_form(message, f"{slot[1]}.{slot[2] or ''}", slot[4].split("|"), lang))
        else:
            filled = _fill(message, slot[1], slot[2] or "", lang)
        told += [Run(template[place : slot.start()]), filled]
        if slot[3]:
            told.append(Run(with_particle(filled.text, slot[3])[len(filled.text) :]))
        place = slot.end()
    told = [run for run in (*told, Run(template[place:])) if run.text]
    opening = _SLOT.match(template)
    name = message.terms.get(opening[1]) if opening else None
    if told and isinstance(name, Term) and name.kind == "country":
        told[0] = Run(told[0].text[:1].upper() + told[0].text[1:])
    return tuple(told)


def _form(message: Message, counted: str, forms: Sequence[str], lang: str) -> str:
    """The form for the count that is named; the first where none is, the last where it is not known or not whole."""
    if not counted:
        return forms[0]
    name, _, part = counted.partition(".")
    number = message.numbers[name]
    count = number.n if part == "n" else number.value
    if count is None or count != int(count):
        return forms[-1]
    return forms[min(_catalogue(lang)[1](abs(int(count))), len(forms) - 1)]


def _fill(message: Message, name: str, part: str, lang: str) -> Run:
    """What one slot of a message shows."""
    if name in message.numbers:
        return Run(number_text(message.numbers[name], lang, part))
    if part not in ("", "cap"):
        raise UsageError(f"The slot {{{name}.{part}}} of {message.key!r} holds a term; a term has no {part!r}.")
    held = message.terms[name]
    terms = (held,) if isinstance(held, Term) else tuple(held)
    texts = [_in_sentence(term, lang) for term in terms]
    tongues = {_tongue(term, text, lang) for term, text in zip(terms, texts, strict=True)}
    text = texts[0] if isinstance(held, Term) else format_list(texts, locale=locale_of(lang))
    return Run(text[:1].upper() + text[1:] if part == "cap" else text, tongues.pop() if len(tongues) == 1 else "")


def _tongue(term: Term, text: str, lang: str) -> str:
    """The language of a term where it is not the reader's."""
    if term.kind != "outside" or lang in dict(term.also):
        return ""
    return "" if term.lang == lang else term.lang or tongue(text, lang)


def number_text(number: Number, lang: str = "en", part: str = "") -> str:
    """A number in the reader's language; ``part`` as in the module's docstring.

    >>> number_text(Number(0.312, "share of acts", low=0.281, high=0.349, n=412))
    '31% (28 to 35)'
    >>> number_text(Number(1234, "reports"))
    '1,234'
    """
    locale = locale_of(lang)
    if part not in figures.PARTS:
        raise UsageError(f"A number has no part {part!r}. It has: {', '.join(sorted(figures.PARTS - {''}))}.")
    if part == "range" or (part == "" and number.low is not None and number.high is not None):
        if number.low is None or number.high is None:
            return heading("number.absent", lang)
        ends = figures.interval(number, locale)
        words = dict(zip(("low", "high"), (Term("outside", end) for end in ends), strict=True))
        if part == "range":
            return say(Message("number.range", terms=words), lang)
        words["value"] = Term("outside", _value(number, "value", lang))
        return say(Message("number.with_range", terms=words), lang)
    if part == "counted":
        return say(Message(f"count.{number.unit}", {"n": number}), lang)
    return _value(number, part or "value", lang)


def _value(number: Number, part: str, lang: str) -> str:
    """One figure; in words where it is not known, or is a share that only rounding makes none or all."""
    edge = figures.edge(number, locale_of(lang)) if part == "value" else None
    if edge is not None:
        return say(Message(f"number.{edge[0]}", terms={"bound": Term("outside", edge[1])}), lang)
    return figures.figure(number, part, locale_of(lang)) or heading("number.absent", lang)


def term_text(term: Term, lang: str = "en") -> str:
    """A term in the reader's language.

    >>> term_text(Term("period", "2012-08")), term_text(Term("date", "2019-03-14"))
    ('August 2012', '14 March 2019')
    >>> term_text(Term("period", "2019-W11"))
    'week 11 of 2019 (11 to 17 March)'
    """
    locale = locale_of(lang)
    if term.kind == "country":
        return _country(term.value, lang)
    if term.kind == "word":
        return heading(term.value, lang)
    if term.kind == "date":
        return figures.day(term.value, locale)
    if term.kind == "period":
        week = figures.week(term.value, locale)
        if week is None:
            return figures.day(term.value, locale)
        words = {name: Term("outside", text) for name, text in week.items()}
        return say(Message("period.week_in_month" if "month" in words else "period.week", terms=words), lang)
    return dict(term.also).get(lang, term.value)


def _in_sentence(term: Term, lang: str) -> str:
    """A term as a sentence calls it: the United States, where a heading says United States."""
    entry = _catalogue(lang)[0].get(f"country.{term.value}") if term.kind == "country" else None
    return entry.forms[0] if entry else term_text(term, lang)


def _country(iso3: str, lang: str) -> str:
    """A country's name; the table of countries is loaded when the first one is told."""
    from visavis import countries

    return countries.name(iso3, lang)
