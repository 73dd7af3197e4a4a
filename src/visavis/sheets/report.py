"""The joint report of an opened sheet, objections to it, and the facilitator's page."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from visavis import countries
from visavis.asked import Asked, Objection, Questionnaire
from visavis.brief.files import write_brief
from visavis.brief.model import JOINT, Brief
from visavis.errors import UnknownNameError, UsageError
from visavis.finding import Finding
from visavis.findings._agenda import sheet_agenda
from visavis.findings.understanding import objections_of, sheet_findings
from visavis.names.messages import heading
from visavis.names.outside import terminal_text
from visavis.names.tongues import tag

__all__ = ["object_to", "protocol_html", "report", "write_report"]

_TEMPLATES = Path(__file__).with_name("templates")
_STEPS = 8
CHAPTERS = ("understanding", "ahead")


def report(asked: Asked, *, edition: str = JOINT, command: str = "") -> Brief:
    """The joint report: understood differences first, then what either side misses, by one threshold.

    Args:
        asked: the opened sheet.
        edition: ``joint``, or the code or name of the reader's side, which is then named first.
        command: the command that makes the report again.

    Raises:
        UsageError: the edition is of neither side.
    """
    a, b = asked.sides
    chosen = edition if edition == JOINT else countries.country(edition).iso3
    return Brief(a, b, _findings(asked), CHAPTERS, chosen, objections=objections_of([asked]), command=command)


def _findings(asked: Asked) -> tuple[Finding, ...]:
    """What the sheet says of both sides, then what it puts on the table."""
    return *sheet_findings(asked), *sheet_agenda(asked)


def write_report(path: Path, asked: Asked, *, edition: str = JOINT, lang: str = "en", command: str = "") -> list[Path]:
    """Write the report as one HTML file, with its sources (.bib) and its data (.zip) beside it."""
    return list(write_brief(report(asked, edition=edition, command=command), path, lang))


def object_to(asked: Asked, side: str, about: str, text: str, *, day: dt.date | None = None) -> Asked:
    """The same sheet with an objection of a side to a finding; it travels with every report, brief and data file.

    Args:
        asked: the opened sheet.
        side: who objects, by code or name.
        about: id of the finding, as in ``--json`` and ``findings.json``.
        text: what the side holds against it.
        day: of the objection; today when None.

    Raises:
        UnknownNameError: there is no such finding; the nearest are named.
        UsageError: the side is none of the two, or the text is empty.
    """
    code = countries.country(side).iso3
    if code not in asked.sides:
        raise UsageError(f"{code} is no side of this sheet. The sides are {' and '.join(asked.sides)}.")
    if not text.strip():
        raise UsageError("An objection needs words.")
    known = [finding.id for finding in _findings(asked)]
    if about not in known:
        near = get_close_matches(about, known, n=3) or known[:3]
        raise UnknownNameError(f"No finding {about!r} in this report. Nearest: {', '.join(near)}.", near)
    one = Objection(code, about, text.strip(), (day or dt.date.today()).isoformat())
    return replace(asked, objections=(*asked.objections, one))


def protocol_html(questionnaire: Questionnaire, lang: str = "en") -> str:
    """One page for whoever leads the meeting: from agreeing on the items to talking about the report."""
    css = (_TEMPLATES / "protocol.css").read_text(encoding="utf-8")
    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
    title = questionnaire.title.get(lang) or next(iter(questionnaire.title.values()))
    sides = [countries.name(side, lang) for side in questionnaire.sides]
    steps = [(heading(f"protocol.{i}.what", lang), heading(f"protocol.{i}.how", lang)) for i in range(1, _STEPS + 1)]
    return environment.get_template("protocol.html.j2").render(
        lang=tag(lang),
        css=Markup(css),
        css_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        heading=heading("protocol.title", lang),
        title=terminal_text(title),
        sides=" · ".join(sides),
        rule=heading("protocol.rule", lang),
        steps=steps,
        items=len(questionnaire.items),
        sheet=questionnaire.sha256[:16],
        fingerprint=heading("protocol.fingerprint", lang),
    )
