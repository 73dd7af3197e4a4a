"""Same problem, different answer? From acts, from polls and from votes, side by side and never averaged."""

from __future__ import annotations

from visavis.finding import Finding
from visavis.findings._acts_answers import closing, lead
from visavis.findings._dealings import dealings
from visavis.findings._polled import polled
from visavis.findings._polls_answers import against, polls
from visavis.findings._ranked import ranked
from visavis.findings._view import View
from visavis.findings._voted import votes

__all__ = ["answers"]


def answers(view: View) -> list[Finding]:
    """What contradicts the rest first; then one list of all, and what it rests on."""
    held, asked = dealings(view), polled(view)
    first = against(asked, held)
    from_polls = polls(view, asked, first)
    return [
        *from_polls[: len(first)],
        *ranked(view, held, asked, from_polls),
        *from_polls[len(first) :],
        *lead(view, held),
        *closing(view, held),
        *votes(view),
    ]
