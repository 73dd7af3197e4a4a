"""What the pages show, put in line for the worker: findings of a chapter, the first page, the brief and its files."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from visavis.brief.citations import bibtex
from visavis.brief.files import data_zip, findings_json
from visavis.brief.minute import leading, minute
from visavis.brief.model import Brief, sources
from visavis.brief.pdf import check, pdf_bytes
from visavis.brief.render import render, said_once
from visavis.brief.view import View as Told
from visavis.brief.view import views
from visavis.errors import UnknownNameError
from visavis.finding import Finding
from visavis.findings import chapter, chapters, looks_at_one
from visavis.findings._order import named_first
from visavis.pair import Pair
from visavis.record import Record
from visavis.scenario import Scenario, toml_of
from visavis.web.asking import Asked
from visavis.web.computing import Job, Worker

__all__ = ["FILES", "Brought", "Chapter", "Desk", "Headline"]

FILES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "bib": "text/plain; charset=utf-8",
    "json": "application/json",
}
"""What can be had of a brief, and how each is sent."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter, told: its findings, those that lead first; how many lead; its lines of provenance."""

    findings: Sequence[Told]
    leading: int
    provenance: Sequence[str]


@dataclass(frozen=True, slots=True)
class Headline:
    """A sentence of the first page: the finding, and where on which chapter's page it stands."""

    finding: Told
    chapter: str
    place: str


@dataclass(frozen=True, slots=True)
class Brought:
    """Files that the reader gave with two countries: opened joint sheets, and published percentages."""

    sheets: Sequence[str | Path] = ()
    polls: Sequence[str | Path] = ()


class Desk:
    """The records that were given, and the one worker that computes from them.

    Args:
        records: by the name that addresses use; the first is the one shown where an address names none.
        worker: computes.
        brought: by two countries in ISO order, files that their pages use as well; read when first asked for.
    """

    def __init__(
        self,
        records: Mapping[str, Record],
        worker: Worker,
        brought: Mapping[tuple[str, str], Brought] | None = None,
    ) -> None:
        self.records, self.worker, self.brought = dict(records), worker, dict(brought or {})
        self._pair: Callable[[str, str, str], Pair] = lru_cache(64)(self._opened)

    def _opened(self, name: str, first: str, second: str) -> Pair:
        files = self.brought.get(Asked(first, second).iso, Brought())
        return self.record(name).pair(first, second, sheets=files.sheets, polls=files.polls)

    def record(self, name: str) -> Record:
        """The record of a name; the first one where the name is empty.

        Raises:
            UnknownNameError: there is none.
        """
        if name and name not in self.records:
            raise UnknownNameError(f"No record {name[:40]!r} was given to this app.", list(self.records))
        return self.records[name or next(iter(self.records))]

    def pair(self, asked: Asked) -> Pair:
        """The two countries of an address.

        Raises:
            NoDataError: the record is a pack without them.
        """
        return self._pair(asked.record, asked.first, asked.second)

    def state(self, asked: Asked) -> Job:
        """What is in a record, as ``Record.status`` gives it."""
        record, today = self.record(asked.record), dt.date.today()
        return self.worker.ask(("state", record.tables.version, today), lambda job: record.status(today))

    def chapter(self, asked: Asked, name: str, lang: str) -> Job:
        """A chapter's page, as a ``Chapter``."""
        asked = asked if looks_at_one(name) else replace(asked, at="")

        def make(job: Job) -> Chapter:
            found = named_first(self._found(asked, name), asked.first, asked.iso[0])
            told, lead = views(found, lang), leading(found)
            order = [*lead, *(i for i in range(len(told)) if i not in lead)]
            origins = tuple(dict.fromkeys(one.provenance for one in told))
            return Chapter(said_once([told[i] for i in order]), len(lead), origins)

        return self.worker.ask(self._key("chapter", asked, name, asked.first, lang), make)

    def minute(self, asked: Asked, lang: str) -> Job:
        """The first page, as a list of ``Headline``; it takes all chapters."""
        asked = replace(asked, at="")

        def make(job: Job) -> list[Headline]:
            found = self._all(asked, job)
            parts = {name: named_first(part, asked.first, asked.iso[0]) for name, part in found.items()}
            flat = [(finding, f"cf{i}") for part in parts.values() for i, finding in enumerate(part, 1)]
            taken = [flat[i] for i in minute([finding for finding, _ in flat])]
            told = views([replace(finding, charts=()) for finding, _ in taken], lang)
            return [Headline(one, f.chapter, place) for one, (f, place) in zip(told, taken, strict=True)]

        return self.worker.ask(self._key("minute", asked, asked.first, lang), make, long=True)

    def file(self, asked: Asked, lang: str, kind: str) -> Job:
        """A file of the brief, as bytes; the HTML is the one that ``visavis brief`` writes.

        Raises:
            MissingExtraError: a PDF is asked for and WeasyPrint is not installed.
        """
        asked = replace(asked, at="")
        if kind == "pdf":
            check()

        def page(job: Job) -> bytes:
            return render(self._brief(asked, lang, job), lang).encode()

        def made(job: Job) -> bytes:
            if kind == "pdf":
                held = self._key("html", asked, asked.first, asked.edition, lang)
                html: bytes = self.worker.part(held, lambda _: page(job))
                return pdf_bytes(html.decode())
            brief = self._brief(asked, lang, job)
            if kind == "json":
                body = findings_json(named_first(brief.findings, asked.first, asked.iso[0]), lang)
                return json.dumps(body, ensure_ascii=False, indent=1).encode()
            return data_zip(brief, lang) if kind == "zip" else bibtex(sources(brief)).encode()

        key = self._key(kind, asked, asked.first, asked.edition, lang)
        return self.worker.ask(key, page if kind == "html" else made, long=True)

    def scenario(self, asked: Asked, stated: Scenario, lang: str) -> Job:
        """What goes with a stated path, told; between its parts those go first who wait for one page."""

        def make(job: Job) -> list[Told]:
            def step(done: int, total: int, what: str) -> None:
                job.step = (done, total, "")
                self.worker.let_through()

            pair = self.pair(asked)
            found = pair.scenario(stated, since=asked.since or None, until=asked.until or None, on_step=step)
            return views(found, lang)

        asked = replace(asked, at="")
        return self.worker.ask(self._key("scenario", asked, toml_of(stated), asked.first, lang), make, long=True)

    def _key(self, kind: str, asked: Asked, *more: Hashable) -> Hashable:
        """What a result depends on: the record's content, the pair, the span, the day on which it is asked."""
        version = self.record(asked.record).tables.version
        return (kind, version, *asked.iso, asked.since, asked.until, asked.at, dt.date.today(), *more)

    def _found(self, asked: Asked, name: str) -> list[Finding]:
        """A chapter's findings in ISO order, which both orders of naming share."""
        view = self._view(asked)
        found: list[Finding] = self.worker.part(self._key("found", asked, name), lambda job: chapter(name)(view))
        return found

    def _view(self, asked: Asked) -> Any:
        """What a chapter is told of; one for all chapters of a span, so that none is worked out twice."""

        def make(job: Job) -> Any:
            return self.pair(asked)._view(asked.at or None, asked.since or None, asked.until or None, None)

        return self.worker.part(self._key("view", asked), make)

    def _all(self, asked: Asked, job: Job) -> dict[str, list[Finding]]:
        """The findings of every chapter; between them, those go first who wait for one page."""
        names, found = chapters(), {}
        for i, name in enumerate(names):
            job.step = (i, len(names), name)
            self.worker.let_through()
            found[name] = self._found(asked, name)
        job.step = (len(names), len(names), "")
        return found

    def _brief(self, asked: Asked, lang: str, job: Job) -> Brief:
        found = [finding for part in self._all(asked, job).values() for finding in part]
        pair, view = self.pair(asked), self._view(asked)
        command = pair._command(asked.edition, asked.since or None, asked.until or None, lang)
        return pair._brief(view, found, asked.edition, command)
