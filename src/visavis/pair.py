"""The front door: two countries, one record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from visavis import countries
from visavis.errors import NoDataError, UsageError
from visavis.finding import Finding
from visavis.findings import chapter, chapters
from visavis.store.coverage import days_in
from visavis.store.tables import Tables

__all__ = ["Findings", "Pair"]


class Findings(tuple[Finding, ...]):
    """Findings of a chapter, in order. Shown as a page in a notebook, without script or network."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from visavis.brief import findings_html

        return findings_html(self)


@dataclass(frozen=True)
class Pair:
    """Two countries and the tables that hold their record. The first one named is said first; nothing else differs.

    Each chapter is a method: ``pair.history()``, ``pair.now("2019-01")``; ``pair.chapters`` lists them.

    Args:
        first: ISO alpha-3 code or name of the country to name first.
        second: the other one.
        tables: their record.

    Raises:
        UnknownNameError: no such country; AmbiguousNameError where a name means several.
        UsageError: both are the same.
    """

    first: str
    second: str
    tables: Tables

    def __post_init__(self) -> None:
        for side in ("first", "second"):
            object.__setattr__(self, side, countries.country(getattr(self, side)).iso3)
        if self.first == self.second:
            raise UsageError(f"A pair has two different countries; got {self.first} twice.")
        held = self.tables.countries
        missing = [c for c in (self.first, self.second) if held and c not in held]
        if missing:
            raise NoDataError(
                f"The pack {self.tables.name!r} holds {', '.join(held)}, not {' or '.join(missing)}. "
                "Import events of your own (visavis import) and name that record with --record."
            )

    @property
    def chapters(self) -> Sequence[str]:
        """Names of the chapters, in the order of the brief."""
        return chapters()

    def __getattr__(self, name: str) -> Callable[..., Findings]:
        if name.startswith("_") or name not in chapters():
            raise AttributeError(f"A pair has no chapter {name!r}. It has: {', '.join(chapters())}.")
        return partial(self.chapter, name)

    def __dir__(self) -> Iterator[str]:  # type: ignore[override]
        yield from (*super().__dir__(), *chapters())

    def chapter(
        self,
        name: str,
        at: str | None = None,
        *,
        since: str | None = None,
        until: str | None = None,
        today: dt.date | None = None,
    ) -> Findings:
        """The findings of one chapter.

        Args:
            name: the chapter.
            at: the month or week to look at, for chapters that look at one.
            since: first month, week, year or day to use.
            until: last month, week, year or day to use.
            today: the day on which the reader asks; the real one when None.

        Raises:
            UsageError: a period that cannot be read, or a span that ends before it begins.
        """
        from visavis.findings._order import named_first
        from visavis.findings._view import View

        a, b = sorted((self.first, self.second))
        first, last = _day(since, 0), _day(until, 1)
        if first is not None and last is not None and first > last:
            raise UsageError(f"The span ends ({until}) before it begins ({since}).")
        if at is not None:
            _day(at, 0)
        view = View(self.tables, a, b, at, first, last, today or dt.date.today())
        return Findings(named_first(chapter(name)(view), self.first, a))

    def brief(self, path: Any = None, **options: Any) -> Any:
        """Write the brief; see ``visavis.brief.write_brief``."""
        from visavis.brief import write_brief

        return write_brief(self, path, **options)


def _day(period: str | None, end: int) -> dt.date | None:
    """First (0) or last (1) day of a period or of a day itself."""
    if period is None:
        return None
    try:
        return dt.date.fromisoformat(period) if len(period) == 10 else days_in(period)[end]
    except (ValueError, IndexError):
        raise UsageError(f"{period!r} is no period. Write 2019, 2019-01, 2019-W03 or 2019-01-15.") from None
