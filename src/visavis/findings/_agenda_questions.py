"""Questions for the agenda where nobody was asked: what other chapters found to differ, or could not decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from visavis.finding import Evidence, Finding, Message, Term, Verdict
from visavis.findings._agenda_sheet import Point
from visavis.findings._terms import pair_terms
from visavis.findings._view import View

__all__ = ["questions"]

_THIRDS = ("answers.line.acts.shared", "answers.line.acts.apart")  # the list's lines on third countries that differ
_ISSUES = ("answers.polls.shared", "answers.polls.parted", "answers.polls.conclusion.open")
_MOST = {"third": 2, "issue": 1, "forecast": 1, "feeling": 1}
"""Questions of each kind: an agenda of five that asks five times the same is none."""
_COSTS = ".costs"


def questions(view: View, others: Sequence[Finding]) -> list[Point]:
    """The questions that findings of other chapters leave to be asked, at most so many of each kind."""
    found: list[Point] = []
    for kind, most in _MOST.items():
        kept: dict[str, Point] = {}
        for point in _of_kind(view, others, kind):
            kept.setdefault(point.name, point)
        found += list(kept.values())[:most]
    return found


def _of_kind(view: View, others: Sequence[Finding], kind: str) -> Iterator[Point]:
    for finding in others:
        key, verdict, terms = finding.message.key, finding.verdict, finding.message.terms
        if kind == "third":
            for line in (line for line in finding.details if line.key in _THIRDS):
                yield _point(view, finding, kind, third=line.terms["third"])
        elif kind == "issue" and key in _ISSUES and verdict is not Verdict.NO_DATA:
            yield _point(view, finding, kind, issue=terms["issue"])
        elif (kind == "forecast" and key.endswith(_COSTS) and verdict is Verdict.HOLDS) or (
            kind == "feeling" and finding.id == "reaction.disappointment" and verdict is Verdict.NO_DATA
        ):
            yield _point(view, finding, kind)


def _point(view: View, finding: Finding, kind: str, **about: Term | tuple[Term, ...]) -> Point:
    terms = pair_terms(view) | about
    name = " ".join([kind, *(one.value for one in about.values() if isinstance(one, Term))])
    rows = max((number.n or 0 for number in finding.numbers.values()), default=0) or len(finding.evidence)
    evidence = Evidence("findings", {"id": finding.id}, rows)
    return Point(0.0, name, Message(f"ahead.agenda.ask.{kind}", terms=terms), evidence)
