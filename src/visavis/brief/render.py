"""A brief as one HTML file: no script, no request to anywhere, every word of others escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from visavis.brief.citations import citation_text
from visavis.brief.fonts import font_css
from visavis.brief.minute import PRINTED, leading, minute
from visavis.brief.model import JOINT, Brief, ordered, sides, sources
from visavis.brief.view import View, in_tongue, marked, sentence, short, views
from visavis.finding import Finding, Message, Number, Term, Verdict
from visavis.names.differing import reader_names
from visavis.names.messages import heading, number_text, term_text
from visavis.names.outside import terminal_text
from visavis.names.tongues import tag, tongue

__all__ = ["environment", "finding_html", "findings_html", "render", "said_once", "style", "words"]

_CITED = 320  # characters of a citation that print shows
_TEMPLATES = Path(__file__).with_name("templates")
# Where the template leaves room for what is known only once the page is there; both stand in its head, before all text.
_POLICY, _STYLE = "style-src 'none'", "/* style */"
_EVENTS, _ASKED = frozenset({"now", "history", "reaction", "company"}), frozenset({"understanding"})
_SEGMENTS = frozenset({"now", "history"})
# What a reader is told, by the chapters that need it; an empty set is for every brief.
_READ: dict[str, frozenset[str]] = {
    "interval": frozenset(), "share": _EVENTS, "level": _EVENTS, "verdict": frozenset(), "turning_point": _SEGMENTS,
    "gap": _EVENTS, "teller": _EVENTS, "acts": _EVENTS, "understood": _ASKED, "states": _ASKED, "mirror": _ASKED,
    "side": _ASKED,
}  # fmt: skip
_METHODS: dict[str, frozenset[str]] = {
    "acts": _EVENTS, "share": _EVENTS, "turning_point": _SEGMENTS, "unusual": _SEGMENTS, "breadth": _SEGMENTS,
    "people": _ASKED, "margin": _ASKED, "weights": _ASKED, "hidden": _ASKED,
}  # fmt: skip


def render(brief: Brief, lang: str = "en") -> str:
    """The whole brief.

    Raises:
        UsageError: no such language, or a message lacks what it tells.
        VisavisError: a chart lost text when it was drawn.

    >>> page = render(Brief("KOR", "JPN", (), ()))
    >>> "<h1>South Korea and Japan</h1>" in page, "<script" in page
    (True, False)
    """
    parts = ordered(brief)
    findings = [finding for _, part in parts for finding in part]
    told = views(findings, lang)
    chapters = _chapters(brief, [name for name, _ in parts], told, lang)
    page = (
        environment()
        .get_template("brief.html.j2")
        .render(
            lang=tag(lang),
            title=_pair(sides(brief, 0), lang),
            edition=_edition(brief, lang),
            as_of=_as_of(brief, lang),
            headlines=[told[i] for i in minute(findings)],
            chapters=chapters,
            names=_names(brief, len(chapters), lang),
            brief=brief,
            rule=marked(brief.timeline_rule, lang),
            lacks=[marked(one, lang) for one in brief.lacks],
            sources=sources(brief),
            timeline=_timeline(brief, sides(brief, len(chapters))[0], lang),
            read=[f"brief.read.{name}" for name in _needed(_READ, parts)],
            methods=[f"brief.method.{name}" for name in _needed(_METHODS, parts)],
            **words(lang),
        )
    )
    return _styled(page, style(), font_css(page, lang))


def style() -> str:
    """The style of the brief, without letters."""
    return (_TEMPLATES / "brief.css").read_text(encoding="utf-8")


def _styled(page: str, css: str, letters: str) -> str:
    """The page with its style, which the content policy names by its hash, and fonts allowed only where it has some."""
    style = css + letters
    policy = f"style-src 'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
    policy += "; font-src data:" if letters else ""
    return page.replace(_POLICY, policy, 1).replace(_STYLE, style, 1)


def _needed(entries: Mapping[str, frozenset[str]], parts: Sequence[tuple[str, list[Finding]]]) -> list[str]:
    """Entries for the chapters that say something; one that only says that nothing is known needs no explaining."""
    told = {name for name, findings in parts if any(_tells(f) for f in findings)}
    return [name for name, chapters in entries.items() if not chapters or not told or chapters & told]


def _tells(finding: Finding) -> bool:
    """Whether a finding tells something of what its chapter is about; acts do not of what people understand."""
    asked = finding.chapter in _ASKED and finding.basis == "acts"
    return finding.verdict is not Verdict.NO_DATA and not asked


def findings_html(findings: Sequence[Finding], lang: str = "en") -> str:
    """Findings for a notebook: a fragment with its own style, no script, no request.

    The ids in it come from the findings' own ids, so that several fragments fit on one page.
    """
    names = "\n".join(finding.id for finding in findings)
    prefix = "v" + hashlib.sha256(names.encode("utf-8", "replace")).hexdigest()[:8]
    template = environment().get_template("notebook.html.j2")
    css = (_TEMPLATES / "notebook.css").read_text(encoding="utf-8")
    return template.render(findings=views(findings, lang, prefix), css=Markup(css), **words(lang))


def finding_html(finding: Finding, lang: str = "en") -> str:
    """One finding for a notebook; see ``findings_html``."""
    return findings_html([finding], lang)


@cache
def environment(*folders: Path) -> Environment:
    """Everything shown is escaped, and cleaned of characters that steer; a missing value is an error, not a blank.

    Args:
        folders: of further templates, which may take parts from those of the brief.
    """
    return Environment(
        loader=FileSystemLoader([*folders, _TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _clean(value: Any) -> Any:
    return terminal_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _in_print(citation: str) -> tuple[str, str]:
    """A citation of many sources in two parts; print shows the first, and the files beside the brief hold all."""
    end = citation.rfind("; ", 0, _CITED) if len(citation) > _CITED else -1
    return (citation, "") if end < 0 else (citation[:end], citation[end:])


def words(lang: str) -> dict[str, Any]:
    """What a template calls to tell a key, a date, a count."""
    return {
        "word": lambda key: heading(key, lang),
        "date": lambda value: term_text(Term("date" if len(value) == 10 else "period", value), lang),
        "further": lambda n: sentence(Message("brief.further", {"findings": Number(n, "findings")}), lang),
        "cite": citation_text,
        "in_print": _in_print,
        "short": short,
        "lines": lambda n: sentence(Message("brief.lines", {"lines": Number(n, "lines")}), lang),
        "count": lambda value: number_text(Number(value, "rows"), lang),
        "tongue": lambda text: in_tongue(text, lang),
    }


def _pair(pair: tuple[str, str], lang: str) -> str:
    terms = {"a": Term("country", pair[0]), "b": Term("country", pair[1])}
    return sentence(Message("brief.pair", terms=terms), lang)


def _edition(brief: Brief, lang: str) -> str:
    if brief.edition == JOINT:
        return heading("brief.edition.joint", lang)
    return sentence(Message("brief.edition.side", terms={"country": Term("country", brief.edition)}), lang)


def _as_of(brief: Brief, lang: str) -> str:
    """How far the record reaches: the latest day of any source of what happened, not of what people were asked."""
    happened = tuple(f for f in brief.findings if f.chapter != "understanding" and f.basis in (None, "acts"))
    days = [source.as_of for source in sources(replace(brief, findings=happened or brief.findings))]
    return sentence(Message("brief.as_of", terms={"day": Term("date", max(days))}), lang) if days else ""


def _chapters(brief: Brief, names: Sequence[str], told: Sequence[View], lang: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "number": turn + 1,
            "pair": _pair(sides(brief, turn), lang),
            "question": heading(f"chapter.{name}", lang),
            **_folded([view for view in told if view.chapter == name], brief, name),
            "provenance": _origins(brief, name, told),
        }
        for turn, name in enumerate(names)
    ]


def _folded(told: Sequence[View], brief: Brief, name: str) -> dict[str, Sequence[View]]:
    """A chapter's findings that stand open, and those that are folded away beneath them."""
    opened = leading(dict(ordered(brief))[name])
    told = [replace(view, printed=i in opened[:PRINTED]) for i, view in enumerate(told)]
    told = said_once([told[i] for i in sorted(range(len(told)), key=lambda i: (i not in opened, i))])
    return {"findings": _one_printed(told[: len(opened)]), "further": told[len(opened) :]}


def _one_printed(told: Sequence[View]) -> list[View]:
    """Print has room for one picture a chapter: its first."""
    pictures = [figure.number for view in told if view.printed for figure in view.figures][:1]
    return [replace(v, figures=[replace(f, printed=f.number in pictures) for f in v.figures]) for v in told]


def said_once(told: Sequence[View]) -> list[View]:
    """A caveat stands under the first finding of a chapter that it goes with, not under each."""
    seen: set[str] = set()
    views = []
    for view in told:
        views.append(replace(view, caveats=[c for c in view.caveats if c not in seen]))
        seen.update(view.caveats)
    return views


def _origins(brief: Brief, name: str, told: Sequence[View]) -> list[str]:
    """The lines of provenance of a chapter; a line that tells of a part of another is left out."""
    findings = [f for _, part in ordered(brief) for f in part]
    kept = sources(replace(brief, findings=tuple(f for f in findings if f.chapter == name)))
    lines = {f.provenance.streams: view.provenance for f, view in zip(findings, told, strict=True)}
    return [lines[source.streams] for source in kept]


def _names(brief: Brief, turn: int, lang: str) -> dict[str, Any]:
    """Names that differ: a column for each side, the reader's own first.

    Where the page is not in English, what a side says in its own language stands before its English form.
    """
    order = sides(brief, turn)
    rows = []
    for row in brief.names:
        own = {} if lang == "en" else row.own
        english = {s: (form, "en", row.sources.get(s, "")) for s, form in row.forms.items()}
        cells = [[form[s] for form in (own, english) if s in form] for s in order]
        rows.append({"neutral": row.neutral_in.get(lang, row.neutral), "cells": cells})
    return {"sides": [term_text(Term("country", s), lang) for s in order], "rows": rows}


def _timeline(brief: Brief, first: str, lang: str) -> dict[str, Any]:
    """Dated rows: those that a figure numbers, with their number, and those of other years.

    In print only those stand that an open finding without that figure names as evidence (``near``). Where a description
    holds both sides' forms of a name, the one of ``first`` is said first.
    """
    charts = [chart for finding in brief.findings for chart in finding.charts if chart.name == "timeline"]
    numbers = {
        (row["date"], row["description"]): row["number"] for chart in charts for row in chart.spec["datasets"]["rows"]
    }
    opened = [part[i] for _, part in ordered(brief) for i in leading(part)]
    plain = [finding for finding in opened if not any(chart in charts for chart in finding.charts)]
    named = (one.text for finding in plain for one in finding.evidence if one.table == "timeline" and one.text)
    near = {reader_names(text, first) for text in named}
    rows = [
        {
            "number": numbers.get((row.date, row.description)),
            "near": reader_names(row.description, first) in near,
            "row": replace(row, description=reader_names(row.description, first)),
        }
        for row in brief.timeline
    ]
    shown = [row for row in rows if row["number"] is not None or row["near"]]
    english = any(tongue(row.description, lang) == "en" for row in brief.timeline)
    return {"shown": shown, "others": [row for row in rows if row not in shown], "english": english}
