"""Same problem, different answer, from votes: on which issues both take part and choose differently.

Figures by issue come from ``_vote_figures``. They are told in a finding of their own and not in the ranked list, whose
margins are those of acts and polls; nothing is averaged over the three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from visavis.finding import Evidence, Finding, Message, Number, Verdict, bits
from visavis.findings._alike_votes import issue_term, spans
from visavis.findings._terms import pair_terms
from visavis.findings._view import View
from visavis.findings._vote_figures import cited_votes, pair_figures
from visavis.models.vote_figures import SPAN
from visavis.models.vote_windows import Alike, issues

__all__ = ["ENOUGH", "LINE", "Voted", "voted", "votes"]

LINE = 0.2
"""Share of roll calls on which they choose differently: surely more is another answer, surely less the same one."""

ENOUGH = 0.5
"""Share of contested roll calls on which each has to vote for an issue to be compared."""

_ALARM = 0.05  # for all issues together


@dataclass(frozen=True, slots=True)
class Voted:
    """One issue.

    Args:
        found: how alike they vote on it.
        key: ``shared`` (both vote, and surely choose differently), ``alike`` (surely the same), ``open``, or ``away``
            (one of them voted on less than half).
        bits: how surprising that would be if the opposite were so; all issues share the alarm.
    """

    found: Alike
    key: str
    bits: float

    @property
    def differ(self) -> Number:
        """Share of roll calls on which they chose differently."""
        e = self.found.values["agreement"]
        assert e is not None  # a span is told from ten common roll calls on
        return Number(1 - e.value, "share of roll calls", 1 - e.high, 1 - e.low, e.n)


def voted(found: Sequence[Alike]) -> list[Voted]:
    """What the votes on each issue say, surest first."""
    told = []
    for one in found:
        agreement = one.values["agreement"]
        p = min(1.0, one.p_other_side("agreement", 1 - LINE) * len(found))
        key = "open"
        if min(one.took) < ENOUGH:
            key, p = "away", 1.0
        elif p < _ALARM and agreement is not None:
            key = "shared" if agreement.value < 1 - LINE else "alike"
        told.append(Voted(one, key, bits(p)))
    return sorted(told, key=lambda v: (-(v.differ.value or 0.0), v.found.issue))


def votes(view: View) -> list[Finding]:
    """That on some issues both take part and choose differently; or that there are no votes."""
    figures = pair_figures(view)
    told = voted(list(issues(figures).values())) if figures else []
    if figures is None or not told:
        return [_none(view)]
    keys = [v.key for v in told]
    verdict = Verdict.UNDECIDED
    if "shared" in keys:
        verdict = Verdict.HOLDS
    elif set(keys) == {"alike"}:
        verdict = Verdict.DOES_NOT_HOLD
    numbers = {key: Number(keys.count(key), "issues") for key in ("shared", "alike")}
    numbers |= {"open": Number(keys.count("open") + keys.count("away"), "issues"), "all": Number(len(told), "issues")}
    numbers["differ"] = told[0].differ
    numbers |= {"line": Number(LINE, "share of roll calls"), "sessions": Number(SPAN, "sessions")}
    terms = {"most": issue_term(told[0].found.issue), **pair_terms(view)}
    decided = [v.bits for v in told if v.key in ("shared", "alike")]
    sure = {Verdict.HOLDS: max, Verdict.DOES_NOT_HOLD: min}
    return [
        Finding(
            id="answers.votes",
            chapter="answers",
            message=Message(f"answers.votes.{verdict.value.replace(' ', '_')}", numbers, terms),
            verdict=verdict,
            provenance=cited_votes(view, figures, line=f"{LINE:g}", alarm=f"{_ALARM:g}", sessions=SPAN),
            evidence=tuple(_evidence(view, v) for v in told),
            details=tuple(_line(v) for v in told),
            caveats=(Message("answers.votes.rule", numbers), Message("answers.votes.context")),
            basis="votes",
            bits=sure[verdict](decided) if verdict in sure else 0.0,
            would_change=Message("answers.votes.change", numbers),
        )
    ]


def _none(view: View) -> Finding:
    terms = pair_terms(view)
    return Finding(
        "answers.votes", "answers", Message("answers.votes.none", {"sessions": Number(SPAN, "sessions")}, terms),
        Verdict.NO_DATA, view.provenance(()), basis="votes", would_change=Message("answers.change.votes", terms=terms),
    )  # fmt: skip


def _line(v: Voted) -> Message:
    sessions, years = spans(v.found)
    numbers = sessions | {"differ": v.differ, "opposed": Number(v.found.opposed, "share of roll calls")}
    middle = v.found.middle.get("agreement")
    numbers["middle"] = Number(None if middle is None else 1 - middle, "share of roll calls")
    return Message(f"answers.line.votes.{v.key}", numbers, {"issue": issue_term(v.found.issue), **years})


def _evidence(view: View, v: Voted) -> Evidence:
    key = {"a": view.a, "b": view.b, "issue": v.found.issue, "session": f"{v.found.since}|{v.found.until}"}
    return Evidence("joint_votes", key, v.found.n)
