"""Who answers whom, and how? Answers both ways, how long high-conflict spells last, what came of expectation."""

from __future__ import annotations

from visavis.finding import Finding
from visavis.findings._answering import answering_findings
from visavis.findings._disappointed import disappointment_finding
from visavis.findings._high_conflict import spell_findings
from visavis.findings._view import View

__all__ = ["reaction"]


def reaction(view: View) -> list[Finding]:
    """What the record says of answers between the two; never of who started."""
    answers, spells = answering_findings(view), spell_findings(view)
    return [*answers[:1], disappointment_finding(view), *spells, *answers[1:]]
