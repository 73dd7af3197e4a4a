"""What an address asks for: which record, which two countries, which span; each checked before anything is computed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from visavis import countries
from visavis.errors import AmbiguousNameError, UnknownNameError, UsageError
from visavis.pair import span_of

__all__ = ["LONGEST", "Asked", "chosen", "codes_in", "sides_of"]

LONGEST = 80  # characters of a country's name; comparing longer ones with all names takes long
_CODE = re.compile(r"\(([A-Z]{3})\)$")
_SPAN = ("since", "until", "at")


@dataclass(frozen=True)
class Asked:
    """An address, taken apart.

    Args:
        first, second: ISO alpha-3 of the two countries; empty where a page is of none.
        record: name of the record; empty for the first one.
        since, until, at: span to use, period to look at; empty for all, and for the last full one.
        edition: of a brief: ``joint`` or the reader's side.
    """

    first: str = ""
    second: str = ""
    record: str = ""
    since: str = ""
    until: str = ""
    at: str = ""
    edition: str = "joint"

    @classmethod
    def of(cls, query: Mapping[str, str], sides: tuple[str, str] = ("", "")) -> Asked:
        """What a query asks for; what it does not name, or leaves empty, is as usual.

        Raises:
            UsageError: a period that cannot be read, a span that ends before it begins, an edition of others.
        """
        found = {name: query.get(name, "").strip() for name in (*_SPAN, "record", "edition")}
        for name in _SPAN:
            if len(found[name]) > 10:
                raise UsageError(f"{found[name][:20]!r} is no period. Write 2019, 2019-01, 2019-W03 or 2019-01-15.")
            span_of(found[name] or None, None)
        span_of(found["since"] or None, found["until"] or None)
        found["edition"] = found["edition"] or "joint"
        if found["edition"] not in ("joint", *sides):
            raise UsageError(f"No edition {found['edition'][:20]!r}. There are: joint, {', '.join(sides)}.")
        return cls(*sides, **found)

    @property
    def pair(self) -> str:
        """The two countries as an address names them."""
        return f"{self.first}-{self.second}"

    @property
    def iso(self) -> tuple[str, str]:
        """The two in ISO order, in which everything is computed."""
        a, b = sorted((self.first, self.second))
        return a, b

    @property
    def swapped(self) -> Asked:
        """The same, the other country said first."""
        return replace(self, first=self.second, second=self.first)

    def to(self, page: str = "", **more: str) -> str:
        """The address of a page of the two, with the same record and span; ``more`` goes before them."""
        kept = {name: getattr(self, name) for name in ("record", "since", "until")}
        kept |= {"edition": self.edition if self.edition != "joint" else ""} | more
        query = urlencode({name: value for name, value in kept.items() if value})
        path = "/" + "/".join(quote(part, safe="") for part in (self.pair, page) if part)
        return f"{path}?{query}" if query else path

    def path(self, page: str = "") -> str:
        """The same without what follows a question mark, for a form that says it in fields."""
        return self.to(page).partition("?")[0]

    def home(self, **more: str) -> str:
        """The address of the front page, with the same record."""
        query = urlencode({name: value for name, value in ({"record": self.record} | more).items() if value})
        return f"/?{query}" if query else "/"


def chosen(text: str) -> str:
    """The ISO alpha-3 code of a country that a reader named.

    Raises:
        UnknownNameError: no country is called that; AmbiguousNameError: several are.
    """
    if len(text) > LONGEST:
        raise UnknownNameError(f"No country has a name of {len(text)} characters.")
    return countries.country(text).iso3


def sides_of(text: str) -> tuple[str, str]:
    """The two countries of an address: ``KOR-JPN``, and names too.

    Raises:
        UnknownNameError: it does not name two countries.
        UsageError: it names one twice.
    """
    parts = text.split("-")
    if len(text) > 2 * LONGEST or not 2 <= len(parts) <= 6:
        raise UnknownNameError("This address does not name two countries. It is written as in /KOR-JPN.")
    for cut in range(1, len(parts)):  # names may have hyphens of their own
        try:
            first, second = (chosen(part) for part in ("-".join(parts[:cut]), "-".join(parts[cut:])))
        except AmbiguousNameError:
            raise
        except UnknownNameError:
            if cut == len(parts) - 1:
                raise
            continue
        if first == second:
            raise UsageError(f"A pair has two different countries; got {first} twice.")
        return first, second
    raise AssertionError("the last cut returned or raised")


def codes_in(labels: Sequence[str]) -> list[str]:
    """The codes in suggestions such as ``South Korea (KOR)``.

    >>> codes_in(["South Korea (KOR)", "elsewhere"])
    ['KOR']
    """
    return [found[1] for label in labels if (found := _CODE.search(label))]
