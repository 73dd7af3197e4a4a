"""Three countries of one record: the signs of their ties over time, and each pair with the third."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from visavis.errors import UsageError
from visavis.finding import Finding
from visavis.findings._three import three
from visavis.pair import Findings, Pair
from visavis.store.tables import Tables

__all__ = ["Triangle"]


@dataclass(frozen=True)
class Triangle:
    """Three countries and the tables that hold their record. The order in which they are named is the order in which
    they are said; nothing else depends on it.

    Args:
        first, second, third: ISO alpha-3 codes or names.
        tables: their record's tables.

    Raises:
        UnknownNameError: no such country; AmbiguousNameError where a name means several.
        UsageError: two of them are the same.
        NoDataError: the pack does not hold one of them.

    >>> from visavis.record import open_record
    >>> triangle = open_record("east-asia").triangle("KOR", "JPN", "CHN")
    >>> triangle, len(triangle.findings()) >= 10
    (Triangle(first='KOR', second='JPN', third='CHN'), True)
    """

    first: str
    second: str
    third: str
    tables: Tables = field(repr=False)

    def __post_init__(self) -> None:
        one, other = Pair(self.first, self.second, self.tables), Pair(self.first, self.third, self.tables)
        for name, code in (("first", one.first), ("second", one.second), ("third", other.second)):
            object.__setattr__(self, name, code)
        if self.second == self.third:
            raise UsageError(f"A triangle has three different countries; got {self.second} twice.")

    @property
    def names(self) -> tuple[str, str, str]:
        """The three codes, in the order given."""
        return self.first, self.second, self.third

    def findings(self, *, since: str | None = None, until: str | None = None, today: dt.date | None = None) -> Findings:
        """The triangle, then each corner.

        Args:
            since, until: first and last period to use.
            today: the day on which the reader asks; the real one when None.
        """
        return Findings(f for _, found in self._parts(since, until, today) for f in found)

    def page(
        self, path: str | Path, *, lang: str = "en", since: str | None = None, until: str | None = None
    ) -> Findings:
        """Write the triangle as one HTML file, in the form of the brief.

        Args:
            path: HTML file to write.
            lang: language.
            since, until: first and last period to use.

        Returns:
            The findings on it.
        """
        from visavis.brief.triangle import write_triangle

        parts = self._parts(since, until, None)
        write_triangle(parts, Path(path), lang, self._command(since, until, lang))
        return Findings(f for _, found in parts for f in found)

    def _parts(
        self, since: str | None, until: str | None, today: dt.date | None
    ) -> list[tuple[tuple[str, str, str], list[Finding]]]:
        view = Pair(self.first, self.second, self.tables)._view(None, since, until, today)
        return three(view, self.names)

    def _command(self, since: str | None, until: str | None, lang: str) -> str:
        """The command that makes the same page again."""
        options = {"record": self.tables.name, "since": since, "until": until, "lang": lang if lang != "en" else None}
        said = [f"--{name} {value}" for name, value in options.items() if value]
        return " ".join(["visavis triangle", *self.names, *said])
