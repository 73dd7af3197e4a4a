"""Sessions of a fit in which positions rest on little, and what is said of them."""

from __future__ import annotations

import numpy as np

from visavis.finding import Message, Number, Term
from visavis.models.ideal_points import IdealPoints
from visavis.models.vote_similarity import LEAST

__all__ = ["MEMBERS", "thin_note", "thin_sessions"]

MEMBERS = 5
"""Fewer countries than these tell little of a line."""


def thin_sessions(found: IdealPoints) -> tuple[int, ...]:
    """Sessions with fewer than ``LEAST`` roll calls that count, or fewer than ``MEMBERS`` countries."""
    rows = {int(s): np.flatnonzero(found.session == s) for s in np.unique(found.session)}
    return tuple(s for s, at in rows.items() if len(at) < MEMBERS or found.joint.items(at) < LEAST)


def thin_note(found: IdealPoints) -> list[Message]:
    """One message where there are any."""
    thin = thin_sessions(found)
    if not thin:
        return []
    numbers = {"least": Number(LEAST, "votes"), "members": Number(MEMBERS, "countries")}
    return [Message("votes.note.few", numbers, {"sessions": tuple(Term("outside", str(one)) for one in thin)})]
