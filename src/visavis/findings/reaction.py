"""Who answers whom, and how? Answers in both directions, how long high-conflict spells last, what came of expectation."""

from __future__ import annotations

from visavis.finding import Finding
from visavis.findings._answering import answering_findings
from visavis.findings._disappointed import disappointment_finding
from visavis.findings._spells import spell_findings
from visavis.findings._view import View

__all__ = ["reaction"]


def reaction(view: View) -> list[Finding]:
    """What the record says of answers between the two; never of who started."""
    return [*answering_findings(view), *spell_findings(view), disappointment_finding(view)]
