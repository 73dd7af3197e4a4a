"""What a brief is made of: findings in chapters, and the matter that stands around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

from visavis.errors import UsageError
from visavis.finding import Finding, Message, Provenance
from visavis.findings._order import named_first

__all__ = ["JOINT", "Brief", "NameForms", "TimelineRow", "ordered", "sides", "sources"]

JOINT = "joint"
_RULE = Message("brief.timeline.rule")


@dataclass(frozen=True, slots=True)
class NameForms:
    """A name that differs: a neutral form, and what each side officially says.

    Args:
        neutral: a form that neither side claims; text from outside.
        forms: by ISO alpha-3, the official form.
        sources: by ISO alpha-3, where that form was read.
        own: by ISO alpha-3, the official form in the side's own language, that language, and where it was read.
        neutral_in: the neutral form by language, where there is one.
    """

    neutral: str
    forms: Mapping[str, str]
    sources: Mapping[str, str]
    own: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    neutral_in: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A dated row of the timeline; all of it is text from outside."""

    date: str
    description: str
    source: str
    verified: str = "verified"


@dataclass(frozen=True, slots=True)
class Brief:
    """One brief about two countries.

    Args:
        first: ISO alpha-3 of the country named first.
        second: the other one.
        findings: in the order of their chapters, computed in ISO order.
        chapters: names of the chapters, in order; one without findings is left out.
        edition: ``joint`` (the sides take turns in being named first), or the ISO alpha-3 of the reader's side, which
            is then always named first.
        names: names that differ.
        timeline: dated rows to list.
        timeline_rule: which rows the timeline takes.
        lacks: what the record does not hold.
        objections: objections that a side has filed, as given, with who filed them.
        command: the command that makes this brief again.
    """

    first: str
    second: str
    findings: tuple[Finding, ...]
    chapters: tuple[str, ...]
    edition: str = JOINT
    names: tuple[NameForms, ...] = ()
    timeline: tuple[TimelineRow, ...] = ()
    timeline_rule: Message = _RULE
    lacks: tuple[Message, ...] = ()
    objections: tuple[tuple[str, str], ...] = ()
    command: str = ""

    def __post_init__(self) -> None:
        if self.first == self.second:
            raise UsageError(f"A brief is about two countries; both are {self.first}.")
        if self.edition not in (JOINT, self.first, self.second):
            raise UsageError(f"No edition {self.edition!r}. There are: {JOINT}, {self.first}, {self.second}.")


def sides(brief: Brief, turn: int) -> tuple[str, str]:
    """Who is named first and second at the ``turn``-th place, counted from 0.

    >>> joint = Brief("KOR", "JPN", (), ())
    >>> sides(joint, 0), sides(joint, 1)
    (('KOR', 'JPN'), ('JPN', 'KOR'))
    """
    pair = (brief.first, brief.second)
    swapped = turn % 2 == 1 if brief.edition == JOINT else brief.edition == brief.second
    return (pair[1], pair[0]) if swapped else pair


def ordered(brief: Brief) -> list[tuple[str, list[Finding]]]:
    """Chapters that have findings; in each, what is said of both sides is said of the first-named one first."""
    present = [name for name in brief.chapters if any(f.chapter == name for f in brief.findings)]
    return [(name, _in_turn(brief, name, turn)) for turn, name in enumerate(present)]


def _in_turn(brief: Brief, name: str, turn: int) -> list[Finding]:
    """A chapter's findings. Of what people were asked, the sides of a joint edition take turns finding by finding."""
    found, a = [f for f in brief.findings if f.chapter == name], min(brief.first, brief.second)
    if name != "understanding" or brief.edition != JOINT:
        return named_first(found, sides(brief, turn)[0], a)
    runs = [list(run) for _, run in groupby(found, key=lambda f: (bool(f.actor), f.group or f.id))]
    return [f for at, run in enumerate(runs) for f in named_first(run, sides(brief, turn + at)[0], a)]


def sources(brief: Brief) -> list[Provenance]:
    """Every source of the findings, by name and version; what another entry holds in full is left out."""
    found = [finding.provenance for finding in brief.findings]
    kept: list[Provenance] = []
    for one in sorted(found, key=lambda p: (p.source, p.version, -len(p.streams), p.streams)):
        streams = {s for p in kept if (p.source, p.version) == (one.source, one.version) for s in p.streams}
        if not streams or not set(one.streams) <= streams:
            kept.append(one)
    return kept
