"""Findings as a template sees them: every sentence told, every number written, every picture drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from visavis.charts.svg import svgs
from visavis.charts.tables import headings, table
from visavis.charts.telling import of_stream
from visavis.finding import Chart, Evidence, Finding, Message, Number, Term
from visavis.names.messages import heading, message_keys, number_text, runs, say
from visavis.names.outside import safe_url, terminal_text
from visavis.names.tongues import tag, tongue

__all__ = ["Figure", "View", "in_tongue", "marked", "sentence", "short", "views"]

_SIDES = ("a", "b", "ab", "ba")


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: its picture, its caption, its words for those who do not see it, its table; whether print shows it."""

    number: int
    svg: Markup
    title: str
    alt: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    printed: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """A finding, told."""

    id: str
    chapter: str
    sentence: str
    claim: bool
    verdict: str
    verdict_name: str
    provenance: str
    headline: bool
    basis: str = ""
    would_change: str = ""
    printed: bool = True
    details: Sequence[str] = ()
    caveats: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    numbers: Sequence[Sequence[str]] = ()
    evidence: Sequence[dict[str, str]] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether its lines are a short list that is read as one, on paper too, like an agenda."""
        return self.headline and not self.claim and len(self.details) <= 5


def sentence(message: Message, lang: str) -> str:
    """A message as one clean line; whatever text from outside it holds steers nothing."""
    return terminal_text(say(message, lang))


def marked(message: Message, lang: str) -> Markup:
    """A message for a page: clean and escaped, and every run of another language says which one it is in."""
    told = Markup()
    for run in runs(message, lang):
        # Cleaning takes white space off the ends, which between two runs is a space of the sentence.
        clean = escape(terminal_text(f".{run.text}.")[1:-1])
        told += Markup('<span lang="{}">{}</span>').format(tag(run.lang), clean) if run.lang else clean
    return told.strip()


def in_tongue(text: str, lang: str) -> Markup:
    """The attribute that says which language a text of somebody else is in; empty where it is the reader's."""
    found = tongue(text, lang)
    return Markup(' lang="{}"').format(tag(found)) if found else Markup()


def views(findings: Sequence[Finding], lang: str, prefix: str = "c") -> list[View]:
    """All findings told; their charts are drawn in one go, so that ids differ and the engine starts once."""
    charts = [chart for finding in findings for chart in finding.charts]
    drawn = iter(enumerate(zip(charts, svgs(charts, lang, prefix), strict=True), start=1))
    return [_view(f"{prefix}f{i}", finding, drawn, lang) for i, finding in enumerate(findings, start=1)]


def _view(name: str, finding: Finding, drawn: Iterable[tuple[int, tuple[Chart, str]]], lang: str) -> View:
    messages = (finding.message, *finding.details)
    return View(
        id=name,
        chapter=finding.chapter,
        sentence=marked(finding.message, lang),
        claim=finding.claim,
        verdict=heading(f"verdict.{finding.verdict.name.lower()}", lang),
        verdict_name=finding.verdict.name.lower().replace("_", "-"),
        provenance=_provenance(finding, lang),
        headline=finding.headline,
        basis=heading(f"basis.{finding.basis}", lang) if finding.basis else "",
        would_change=marked(finding.would_change, lang) if finding.would_change else "",
        details=[marked(detail, lang) for detail in finding.details],
        caveats=[marked(caveat, lang) for caveat in finding.caveats],
        figures=[_figure(*next(iter(drawn)), lang) for _ in finding.charts],
        numbers=[row for message in messages for row in _numbers(message, finding.message.terms, lang)],
        evidence=[_evidence(one) for one in finding.evidence],
    )


def _figure(number: int, drawn: tuple[Chart, str], lang: str) -> Figure:
    chart, picture = drawn
    return Figure(
        number=number,
        svg=Markup(picture),  # made, parsed and checked by charts.svg
        title=sentence(chart.title, lang),
        alt=sentence(chart.alt, lang),
        headings=headings(chart, lang),
        rows=table(chart, lang),
    )


def _numbers(message: Message, of_finding: Mapping[str, Any], lang: str) -> list[list[str]]:
    """Every number of a sentence with interval, count and unit; which side it is of, by the names of the two."""
    terms = {**of_finding, **message.terms}
    return [
        [
            _number_name(name, terms, lang),
            number_text(number, lang, "value"),
            ""
            if number.low is None
            else f"{number_text(number, lang, 'range')} ({number_text(number, lang, 'level')})",
            "" if number.n is None else number_text(number, lang, "n"),
            _unit(number, lang),
        ]
        for name, number in message.numbers.items()
    ]


def _number_name(name: str, terms: Mapping[str, Any], lang: str) -> str:
    """A number's name; ``change_ab`` is the change of what a did toward b, ``people_a`` the people of a."""
    stem, _, end = name.rpartition("_")
    sides = [one for side in end if isinstance(one := terms.get(side), Term) and one.kind == "country"]
    if not stem or end not in _SIDES or len(sides) < len(end):
        return _label("named", name, lang)
    key = "brief.number.of_way" if len(sides) == 2 else "brief.number.of_side"
    slots = {"name": Term("outside", _label("named", stem, lang)), "source": sides[0], "target": sides[-1]}
    return say(Message(key, terms=slots), lang)


def _label(group: str, name: str, lang: str) -> str:
    """The catalogue's word for a name, else the name itself with spaces."""
    key = f"{group}.{name}"
    return heading(key, lang) if key in message_keys(lang) else name.replace("_", " ")


def _unit(number: Number, lang: str) -> str:
    return _label("unit", number.unit.replace(" ", "_"), lang) if number.unit else ""


def _provenance(finding: Finding, lang: str) -> str:
    """One line: source, streams, how far the record reaches, rows, version."""
    source = finding.provenance
    counts = {"read": Number(source.rows_read, "rows"), "refused": Number(source.rows_refused, "rows")}
    told = {"source": source.source, "version": short(source.version), "visavis": source.visavis, "as_of": source.as_of}
    terms = {name: Term("date" if name == "as_of" else "outside", value) for name, value in told.items()}
    streams = tuple(of_stream(stream) for stream in source.streams)
    return marked(Message("brief.provenance", counts, {**terms, "streams": streams}), lang)


def short(version: str) -> str:
    """A version as a reader can compare it: the first twelve digits of a hash, anything else as it is.

    >>> short("ab12" * 16), short("version 3")
    ('ab12ab12ab12', 'version 3')
    """
    return version[:12] if re.fullmatch(r"[0-9a-f]{32,64}", version) else version


def _evidence(one: Evidence) -> dict[str, str]:
    """Where the rows lie; a link only where the source is a plain web address."""
    key = ", ".join(f"{name} = {value}" for name, value in one.key.items())
    url = safe_url(one.source) if one.source else None
    return {
        "table": one.table,
        "key": key,
        "count": str(one.count),
        "text": one.text or "",
        "source": one.source or "",
        "url": url or "",
    }
