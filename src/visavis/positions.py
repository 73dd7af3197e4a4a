"""Positions from the votes of a record: all votes, one issue, or every issue in turn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from visavis.models.assembly import Rule, assembly, assembly_positions, issues_of
from visavis.models.ideal_points import BOUND, IdealPoints
from visavis.store.loading import OnStep

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["by_issue", "of_votes"]


def of_votes(
    votes: tuple[pa.Table, pa.Table],
    *,
    issue: str | None = None,
    sessions: Iterable[int] | None = None,
    start: IdealPoints | None = None,
    rule: Rule = "all",
    bound: float = BOUND,
) -> IdealPoints:
    """One fit of the ballots and roll calls of a record; see ``Record.ideal_points``."""
    chosen = assembly(*votes, issue=issue, sessions=sessions, rule=rule)
    return assembly_positions(chosen, start=start, bound=bound)


def by_issue(
    votes: tuple[pa.Table, pa.Table],
    *,
    sessions: Iterable[int] | None = None,
    rule: Rule = "all",
    bound: float = BOUND,
    on_step: OnStep | None = None,
) -> dict[str | None, IdealPoints]:
    """The fit of all votes under None, then one an issue; see ``Record.ideal_points_by_issue``."""
    asked = [None, *issues_of(votes[1])]
    found: dict[str | None, IdealPoints] = {}
    for done, issue in enumerate(asked):
        if on_step:
            on_step(done, len(asked), issue or "all votes")
        start = found.get(None)
        found[issue] = of_votes(votes, issue=issue, sessions=sessions, start=start, rule=rule, bound=bound)
    return found
