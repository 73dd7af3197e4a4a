"""The front door: two countries, one record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from visavis import countries
from visavis.asked import Asked
from visavis.errors import NoDataError, UsageError
from visavis.finding import Finding, Message, Term
from visavis.findings import chapter, chapters, looks_at_one
from visavis.findings._chronology import rows_of, rule_of
from visavis.findings._order import named_first
from visavis.findings._view import View
from visavis.findings.understanding import objections_of
from visavis.scenario import Scenario, read_scenario
from visavis.store.coverage import days_in
from visavis.store.tables import Tables

if TYPE_CHECKING:
    from visavis.brief.model import Brief, NameForms

__all__ = ["Findings", "Pair", "Written", "span_of"]


OnStep = Callable[[int, int, str], None]


class Findings(tuple[Finding, ...]):
    """Findings of a chapter, in order. Shown as a page in a notebook, without script or network.

    >>> from visavis.record import open_record
    >>> found = open_record("east-asia").pair("KOR", "JPN").now("2012-08")
    >>> type(found).__name__, "<script" in found._repr_html_()
    ('Findings', False)
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(f"{f.sentence} [{f.verdict.value}]" if f.claim else f.sentence for f in self)

    def _repr_html_(self) -> str:
        from visavis.brief import findings_html

        return findings_html(self)


@dataclass(frozen=True, slots=True)
class Written:
    """A brief that was written: its findings, and the files."""

    findings: Findings
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Pair:
    """Two countries and the tables that hold their record. The first one named is said first; nothing else differs.

    Each chapter is a method: ``pair.history()``, ``pair.now("2019-01")``; ``pair.chapters`` lists them.

    Args:
        first: ISO alpha-3 code or name of the country to name first.
        second: the other one.
        tables: their record, or its tables.
        sheets: opened questionnaires of the two, which the chapter ``understanding`` reads.
        polls: findings of ``sheets.published``, which it tells after them.
        named: the files that sheets and polls came from, as options of the command line.

    Raises:
        UnknownNameError: no such country; AmbiguousNameError where a name means several.
        UsageError: both are the same, or a sheet is of other sides.

    >>> from visavis.record import open_record
    >>> pair = Pair("South Korea", "日本", open_record("east-asia").tables)
    >>> pair, list(pair.chapters)[:2]
    (Pair(first='KOR', second='JPN'), ['now', 'history'])
    """

    first: str
    second: str
    tables: Tables = field(repr=False)
    sheets: tuple[Asked, ...] = field(default=(), repr=False)
    polls: tuple[Finding, ...] = field(default=(), repr=False)
    named: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", getattr(self.tables, "tables", self.tables))  # a record has some
        for side in ("first", "second"):
            object.__setattr__(self, side, countries.country(getattr(self, side)).iso3)
        if self.first == self.second:
            raise UsageError(f"A pair has two different countries; got {self.first} twice.")
        for sheet in self.sheets:
            if sheet.sides != tuple(sorted((self.first, self.second))):
                raise UsageError(
                    f"The sheet {sheet.questionnaire.id!r} is of {' and '.join(sheet.sides)}, not of this pair."
                )
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

    def __dir__(self) -> Iterator[str]:
        yield from (*super().__dir__(), *chapters())

    def chapter(
        self,
        name: str,
        at: str | None = None,
        *,
        since: str | None = None,
        until: str | None = None,
        today: dt.date | None = None,
        on_step: OnStep | None = None,
    ) -> Findings:
        """The findings of one chapter.

        Args:
            name: the chapter.
            at: the month or week to look at, for chapters that look at one (``now``).
            since: first month, week, year or day to use.
            until: last month, week, year or day to use.
            today: the day on which the reader asks; the real one when None.
            on_step: told of progress: parts done, parts in all, and which one.

        Raises:
            UsageError: a period that cannot be read, a span that ends before it begins, or a period for a chapter that
                looks at none.
        """
        view = self._view(at, since, until, today)
        view = view if on_step is None else replace(view, on_step=on_step)
        if at is not None and not looks_at_one(name):
            raise UsageError(
                f"The chapter {name!r} looks at no single month or week; got {at!r}. "
                "Narrow the record with --since and --until, or ask 'now'."
            )
        return Findings(named_first(chapter(name)(view), self.first, view.a))

    def scenario(
        self,
        *stated: str | Path | Scenario,
        since: str | None = None,
        until: str | None = None,
        on_step: OnStep | None = None,
    ) -> Findings:
        """What goes with stated paths, if the past pattern holds: one finding for each; see ``visavis.scenario``.

        Args:
            stated: TOML files, or scenarios. Without any, the standard path is looked at.
            since, until: span to use.
            on_step: told of progress: steps done, steps in all, and which one.

        Raises:
            BadFileError: a file that is none, or that states something that cannot be.
            UsageError: a path of other countries.
        """
        from visavis.findings._scenarios import scenarios

        paths = tuple(one if isinstance(one, Scenario) else read_scenario(one) for one in stated)
        view = replace(self._view(None, since, until, None), scenarios=paths)
        return Findings(named_first(scenarios(view, on_step), self.first, view.a))

    def _view(self, at: str | None, since: str | None, until: str | None, today: dt.date | None) -> View:
        a, b = sorted((self.first, self.second))
        first, last = span_of(since, until)
        _day(at, 0)
        return View(self.tables, a, b, at, first, last, today or dt.date.today(), self.sheets, self.polls)

    def brief(
        self,
        path: str | Path,
        *,
        lang: str = "en",
        edition: str = "joint",
        since: str | None = None,
        until: str | None = None,
        today: dt.date | None = None,
        pdf: bool = False,
        on_step: OnStep | None = None,
    ) -> Written:
        """Write the brief: one HTML file, and beside it the sources (.bib) and the data (.zip).

        Args:
            path: HTML file to write.
            lang: language, or several joined by commas: then one file each, ``path`` with the language before its end.
            edition: ``joint`` (the two take turns in being named first), or the code of the reader's side.
            since, until: span to use.
            today: the day on which the reader asks; the real one when None.
            pdf: also write a PDF beside it.
            on_step: told of progress: chapters done, chapters in all, and which one.

        Raises:
            UsageError: no such language or edition.
            MissingExtraError: a PDF is asked for and WeasyPrint is not installed.
            MissingFontError: no free font on this machine has the letters of the language.
        """
        from visavis.brief.files import by_language, write_brief

        paths = by_language(Path(path), lang)

        if pdf:
            from visavis.brief.pdf import check, write_pdf

            check()  # before anything is written
        view = self._view(None, since, until, today)
        found, names = list[Finding](), chapters()
        for done, name in enumerate(names):
            if on_step is not None:
                on_step(done, len(names), name)
            found += chapter(name)(view)
        files: list[Path] = []
        for one, place in paths.items():
            body = self._brief(view, found, edition, self._command(edition, since, until, one))
            html, *beside = write_brief(body, place, one)
            files += [html, *beside, *([write_pdf(html)] if pdf else [])]
        return Written(Findings(named_first(found, self.first, view.a)), tuple(files))

    def _brief(self, view: View, found: Sequence[Finding], edition: str, command: str) -> Brief:
        """The findings of all chapters, in ISO order, with what stands around them in a brief."""
        from visavis.brief.model import Brief, TimelineRow

        return Brief(
            first=self.first,
            second=self.second,
            findings=tuple(found),
            chapters=tuple(chapters()),
            edition=edition if edition == "joint" else countries.country(edition).iso3,
            names=_name_forms(view.a, view.b),
            timeline=tuple(TimelineRow(r["date"], r["description"], r["source"], r["verified"]) for r in rows_of(view)),
            timeline_rule=Message(rule_of(view)),
            objections=objections_of(self.sheets),
            lacks=tuple(Message("record.lack", terms={"text": Term("outside", t)}) for t in self.tables.lacks),
            command=command,
        )

    def _command(self, edition: str, since: str | None, until: str | None, lang: str) -> str:
        """The command that makes the same brief again."""
        options = {"record": self.tables.name, "edition": edition, "since": since, "until": until, "lang": lang}
        usual = {"edition": "joint", "since": None, "until": None, "lang": "en"}
        said = [f"--{name} {value}" for name, value in options.items() if value != usual.get(name, "")]
        return " ".join(["visavis brief", self.first, self.second, *self.named, *said])

    def export(
        self, folder: str | Path, *, lang: str = "en", since: str | None = None, until: str | None = None
    ) -> list[Path]:
        """Write the pair's tables, findings and sources into a folder; see ``visavis.brief.export``."""
        from visavis.brief.export import export

        view = self._view(None, since, until, None)
        found = [f for name in chapters() for f in chapter(name)(view)]
        return export(self.tables, view.a, view.b, named_first(found, self.first, view.a), Path(folder), lang)


def span_of(since: str | None, until: str | None) -> tuple[dt.date | None, dt.date | None]:
    """First and last day of a span given by periods or days.

    Raises:
        UsageError: a period that cannot be read, or a span that ends before it begins.
    """
    first, last = _day(since, 0), _day(until, 1)
    if first is not None and last is not None and first > last:
        raise UsageError(f"The span ends ({until}) before it begins ({since}).")
    return first, last


def _day(period: str | None, end: int) -> dt.date | None:
    """First (0) or last (1) day of a period or of a day itself."""
    if period is None:
        return None
    try:
        return dt.date.fromisoformat(period) if len(period) == 10 else days_in(period)[end]
    except (ValueError, IndexError):
        raise UsageError(f"{period!r} is no period. Write 2019, 2019-01, 2019-W03 or 2019-01-15.") from None


def _name_forms(a: str, b: str) -> tuple[NameForms, ...]:
    """Names that differ between the two, with each side's form where a source for it was read."""
    from visavis.brief.model import NameForms
    from visavis.names.differing import differing

    return tuple(
        NameForms(
            neutral=entry.neutral.text,
            forms={c: form.text for c, form in entry.forms.items()},
            sources={c: form.source for c, form in entry.forms.items()},
            own={c: (form.text, form.lang, form.source) for c, form in entry.own.items()},
            neutral_in={lang: form.text for lang, form in entry.neutral_in.items()},
        )
        for entry in differing().values()
        if entry.forms.keys() == {a, b}
    )
