"""The page of three countries: the brief's own form, with a part for the triangle and one for each corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from visavis.brief.fonts import font_css
from visavis.brief.model import Brief, sources
from visavis.brief.render import _styled, environment, style, words
from visavis.brief.view import View, sentence, views
from visavis.finding import Finding, Message, Term
from visavis.names.messages import heading
from visavis.names.tongues import tag
from visavis.store._durable import write_whole

__all__ = ["render_triangle", "write_triangle"]

Named = tuple[str, str, str]
Parts = Sequence[tuple[Named, Sequence[Finding]]]


def write_triangle(parts: Parts, path: Path, lang: str = "en", command: str = "") -> None:
    """Write the page to ``path``."""
    write_whole(path, lambda file: file.write(render_triangle(parts, lang, command).encode()))


def render_triangle(parts: Parts, lang: str = "en", command: str = "") -> str:
    """The whole page: no script, no request, every word of others escaped.

    Args:
        parts: the triangle first, then each corner, with the countries that a part is about.
        lang: language.
        command: the command that makes the same page again.
    """
    named = parts[0][0]
    found = tuple(finding for _, part in parts for finding in part)
    told = views(found, lang)
    brief = Brief(named[0], named[1], found, (), command=command)
    title = _title(named, lang)
    origin = sources(brief)
    as_of = Message("brief.as_of", terms={"day": Term("date", max(s.as_of for s in origin))})
    page = (
        environment()
        .get_template("brief.html.j2")
        .render(
            lang=tag(lang),
            title=title,
            edition=heading("chapter.company", lang),
            as_of=sentence(as_of, lang),
            headlines=[view for view in told if view.headline],
            chapters=_chapters(parts, told, title, lang),
            names={"sides": [], "rows": []},
            brief=brief,
            rule="",
            lacks=[],
            sources=origin,
            timeline={"shown": [], "others": []},
            read=["brief.read.interval", "brief.read.verdict"],
            methods=["brief.method.acts"],
            **words(lang),
        )
    )
    return _styled(page, style(), font_css(page, lang))


def _title(named: Named, lang: str) -> str:
    return sentence(
        Message("company.triangle.title", terms={"countries": tuple(Term("country", c) for c in named)}), lang
    )


def _chapters(parts: Parts, told: Sequence[View], title: str, lang: str) -> list[dict[str, Any]]:
    """The triangle, then a part for each corner; what was said with an earlier finding is not said again."""
    rest, said, chapters = list(told), set[str](), []
    for number, (named, part) in enumerate(parts, start=1):
        here, rest = rest[: len(part)], rest[len(part) :]
        terms = {slot: Term("country", code) for slot, code in zip(("a", "b", "third"), named, strict=True)}
        corner = Message("company.triangle.corner", terms=terms)
        question = heading("company.triangle.question", lang) if number == 1 else sentence(corner, lang)
        shown = []
        for view in here:
            shown.append(_without(view, said))
            said.update(view.caveats)
        origins = list(dict.fromkeys(view.provenance for view in here))
        chapters.append(
            {"name": f"part-{number}", "number": number, "pair": title, "question": question, "findings": shown}
            | {"further": [], "provenance": origins if number == 1 else []}
        )
    return chapters


def _without(view: View, said: set[str]) -> View:
    return replace(view, caveats=[caveat for caveat in view.caveats if caveat not in said])
