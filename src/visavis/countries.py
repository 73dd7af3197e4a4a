"""Countries: ISO 3166 alpha-3 with dates, the codes other systems give them, and names in four languages.

The table is a list of those who carry a code in the sources. It is no statement on statehood, borders or names. Names
are those of CLDR. Built by ``tools/build_countries.py``; ADR 0002 tells what the published lists have wrong.
"""

from __future__ import annotations

import csv
import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from visavis.errors import AmbiguousNameError, UnknownNameError, UsageError

__all__ = ["CAMEO_REGIONS", "LANGS", "SYSTEMS", "Country", "countries", "country", "from_code", "is_region", "name"]

LANGS = ("en", "ko", "ja", "zh")
SYSTEMS = ("iso3", "iso2", "cow", "gw", "fips", "cameo", "icews")

CAMEO_REGIONS = frozenset(
    {"AFR", "ASA", "BLK", "CAS", "CAU", "CEU", "CFR", "CRB", "EAF", "EEU", "EIN", "EUR", "LAM"}
    | {"MDT", "MEA", "NAF", "NMR", "PGS", "SAF", "SAM", "SAS", "SCN", "SEA", "WAF", "WST"}
)
"""CAMEO codes in the country column that are parts of the world: Africa, Asia, the West ..."""

_SHARED_NAMES = {
    "Korea": ("KOR", "PRK"),
    "조선": ("KOR", "PRK"),
    "朝鮮": ("KOR", "PRK"),
    "Congo": ("COD", "COG"),
    "콩고": ("COD", "COG"),
    "コンゴ": ("COD", "COG"),
    "刚果": ("COD", "COG"),
    "剛果": ("COD", "COG"),
    "Virgin Islands": ("VGB", "VIR"),
}


@dataclass(frozen=True, slots=True)
class Country:
    """A carrier of a code, over one span of dates.

    Args:
        iso3: ISO 3166 alpha-3; XKX for Kosovo. Two rows share it where a union kept the code (DEU, YEM, VNM).
        iso2: ISO 3166 alpha-2.
        cow: state number of the Correlates of War; None where they list no state.
        cow_abbr: their three letters.
        gw: state number of Gleditsch and Ward.
        fips: FIPS 10-4 codes, as GDELT uses them for places.
        cameo: CAMEO country codes.
        icews: names in ICEWS files.
        names: language -> name, for en, ko, ja, zh.
        also: official and other names, and withdrawn codes.
        valid_from: first day, where it is after 1945 and matters; None otherwise.
        valid_to: last day; None while in use.
    """

    iso3: str
    iso2: str
    cow: int | None
    cow_abbr: str | None
    gw: int | None
    fips: tuple[str, ...]
    cameo: tuple[str, ...]
    icews: tuple[str, ...]
    names: Mapping[str, str]
    also: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None

    @property
    def current(self) -> bool:
        """Whether the code is in use today."""
        return self.valid_to is None

    def covers(self, day: date) -> bool:
        """Whether ``day`` lies in the row's span."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _row(cells: Mapping[str, str]) -> Country:
    return Country(
        iso3=cells["iso3"],
        iso2=cells["iso2"],
        cow=int(cells["cow"]) if cells["cow"] else None,
        cow_abbr=cells["cow_abbr"] or None,
        gw=int(cells["gw"]) if cells["gw"] else None,
        fips=_parts(cells["fips"]),
        cameo=_parts(cells["cameo"]),
        icews=_parts(cells["icews"]),
        names={lang: cells[lang] for lang in LANGS},
        also=_parts(cells["also"]),
        valid_from=date.fromisoformat(cells["valid_from"]) if cells["valid_from"] else None,
        valid_to=date.fromisoformat(cells["valid_to"]) if cells["valid_to"] else None,
    )


@cache
def countries() -> tuple[Country, ...]:
    """All rows, past and current, by code and then by date.

    >>> [(c.iso3, c.cow_abbr, str(c.valid_to)) for c in countries() if c.iso3 == "DEU"]
    [('DEU', 'GFR', '1990-10-02'), ('DEU', 'GMY', 'None')]
    """
    text = (files("visavis") / "names" / "countries.csv").read_text(encoding="utf-8")
    return tuple(_row(cells) for cells in csv.DictReader(text.splitlines()))


@cache
def _latest() -> dict[str, Country]:
    return {c.iso3: c for c in countries()}  # rows of one code are in order of date


def _key(text: str) -> str:
    """A name without case, accents, punctuation and a leading article, with "St." and "&" written out."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    folded = unicodedata.normalize("NFC", plain).casefold().replace("&", " and ")
    words = "".join(c if c.isalnum() else " " for c in folded).split()
    return " ".join("saint" if w == "st" else w for w in words).removeprefix("the ")


def _best(rows: Iterable[Country]) -> list[Country]:
    """Today's carriers where there are any, otherwise the past ones."""
    found = list(rows)
    return [c for c in found if c.current] or found


@cache
def _names() -> dict[str, list[Country]]:
    index: dict[str, list[Country]] = {}
    for c in countries():
        for text in {_key(t) for t in (*c.names.values(), *c.also, *c.icews)}:
            index.setdefault(text, []).append(c)
    found = {text: _best(rows) for text, rows in index.items()}
    return found | {_key(text): [_latest()[i] for i in codes] for text, codes in _SHARED_NAMES.items()}


@cache
def _codes(system: str) -> dict[str, list[Country]]:
    index: dict[str, list[Country]] = {}
    for c in countries():
        value = getattr(c, system)
        for code in value if isinstance(value, tuple) else [] if value is None else [str(value)]:
            index.setdefault(code, []).append(c)
    return index


def _label(c: Country) -> str:
    return f"{c.names['en']} ({c.iso3})"


def country(text: str) -> Country:
    """The country that a code or a name means.

    Takes ISO alpha-3 and alpha-2 codes, withdrawn ones too, and names in English, Korean, Japanese and Chinese, without
    regard to case and accents. A code that outlived a union means the country of today.

    Raises:
        UnknownNameError: no country is called that; the nearest names are suggested.
        AmbiguousNameError: several are, as with "Korea".

    >>> country("jpn").iso3, country("대한민국").iso3, country("cote d'ivoire").iso3, country("East Germany").iso3
    ('JPN', 'KOR', 'CIV', 'DDR')
    """
    code = text.strip().upper()
    if code in _latest():
        return _latest()[code]
    key = _key(text)
    found = _best(_codes("iso2").get(code, [])) or _names().get(key, [])
    if len(found) == 1:
        return found[0]
    if found:
        labels = [_label(c) for c in found]
        raise AmbiguousNameError(f"'{text}' means more than one country: {' or '.join(labels)}. Use the code.", labels)
    near = difflib.get_close_matches(key, _names(), n=6, cutoff=0.6)
    labels = list(dict.fromkeys(_label(c) for k in near for c in _names()[k]))[:4]
    hint = f"Did you mean {' or '.join(labels)}?" if labels else "Use an ISO 3166 code such as JPN."
    raise UnknownNameError(f"No country named '{text}'. {hint}", labels)


def from_code(system: str, code: str | int, on: date | None = None) -> str | None:
    """The ISO alpha-3 code for a code of another system, or None when no country carries it.

    Where several countries carried a code (365 is the Soviet Union and Russia) the one on that day is meant, and
    without a day the one of today. A code that only one country ever carried needs no day.

    Args:
        system: one of :data:`SYSTEMS`.
        code: the code; a name as the files write it for ``icews``.
        on: day the code was used.

    Raises:
        UsageError: ``system`` is none of them.

    >>> from_code("cow", 365), from_code("cow", 365, date(1985, 1, 1)), from_code("fips", "KS"), from_code("cow", "732")
    ('RUS', 'SUN', 'KOR', 'KOR')
    """
    if system not in SYSTEMS:
        raise UsageError(f"No system of country codes named '{system}'. Use one of {', '.join(SYSTEMS)}.")
    text = str(code).strip()
    if system in ("cow", "gw"):
        text = text.lstrip("0")
    elif system != "icews":
        text = text.upper()
    rows = _codes(system).get(text, [])
    if not rows and system in ("icews", "iso3"):
        rows = _names().get(_key(text), []) if len(text) > 2 else []
    if len({c.iso3 for c in rows}) > 1:
        rows = _best(rows) if on is None else [c for c in rows if c.covers(on)]
    carriers = {c.iso3 for c in rows}
    return carriers.pop() if len(carriers) == 1 else None


def name(iso3: str, lang: str = "en") -> str:
    """The country's name in ``lang``: en, ko, ja or zh.

    Raises:
        UnknownNameError: no such code, or no such language.

    >>> name("JPN", "ko"), name("KOR", "ja")
    ('일본', '韓国')
    """
    if lang not in LANGS:
        raise UnknownNameError(f"No country names in language '{lang}'. Use one of {', '.join(LANGS)}.", LANGS)
    row = _latest().get(iso3)
    return (row or country(iso3)).names[lang]


def is_region(cameo_code: str) -> bool:
    """Whether a CAMEO code in a country column is a part of the world and no country.

    >>> is_region("EUR"), is_region("KOR")
    (True, False)
    """
    return cameo_code.strip().upper() in CAMEO_REGIONS
