"""Same problem, different answer, from votes: agreement by issue area.

The tables of votes are not part of a record yet. When they are, this is the one function to fill in: it takes the
view and gives findings with ``basis="votes"``; ``answers`` tells them and the ranked list need not know of them.
"""

from __future__ import annotations

from visavis.finding import Finding, Message, Verdict
from visavis.findings._terms import pair_terms
from visavis.findings._view import View

__all__ = ["votes"]


def votes(view: View) -> list[Finding]:
    """That there are none, and what would say it."""
    terms = pair_terms(view)
    return [
        Finding(
            "answers.votes", "answers", Message("answers.votes.none", terms=terms), Verdict.NO_DATA,
            view.provenance(()), basis="votes", would_change=Message("answers.change.votes", terms=terms),
        )
    ]  # fmt: skip
