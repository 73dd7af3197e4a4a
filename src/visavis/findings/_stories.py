"""Stories about the pair by teller and week: who acts in them, and who acts in a conflictual way.

A record of the user's own knows the events of every story. A pack holds for each story the set of directions and the
set of roots; where both sides act and only some of the roots are conflictual it cannot say whose those are.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from visavis.actions import is_conflict
from visavis.findings._view import View
from visavis.store.coverage import Period, period_of

__all__ = ["OTHERS", "UNKNOWN", "Story", "stories_of", "teller_of"]

OTHERS, UNKNOWN = "others", "unknown"


@dataclass(frozen=True, slots=True)
class Story:
    """What one or more articles of a teller say.

    Args:
        period: of the article's earliest event.
        teller: one of the two countries, ``OTHERS`` or ``UNKNOWN``.
        acting: countries of the pair that act in it.
        hostile: those of them that act in a conflictual way; None where the tables do not tell whose acts these are.
        roots: CAMEO roots in it.
    """

    period: str
    teller: str
    acting: frozenset[str]
    hostile: frozenset[str] | None
    roots: frozenset[str]

    @property
    def conflictual(self) -> bool:
        """Whether anything in it is conflictual."""
        return any(map(is_conflict, self.roots))

    @property
    def hostile_alone(self) -> str:
        """The side that is shown, alone, as acting in a conflictual way; empty where there is no such side."""
        return next(iter(self.hostile)) if self.hostile is not None and len(self.hostile) == 1 else ""


def teller_of(view: View, told_by: str | None) -> str:
    """The pair's country, ``OTHERS`` or ``UNKNOWN``."""
    if not told_by:
        return UNKNOWN
    return told_by if told_by in (view.a, view.b) else OTHERS


def stories_of(view: View, kind: Period) -> dict[str, Counter[Story]]:
    """Stories of every stream that has any, counted."""
    found: dict[str, Counter[Story]] = defaultdict(Counter)
    for row in view.rows("stories", kind).to_pylist() if view.tables.events is None else ():
        if view.asked(row["period"]):
            acting = frozenset(_side(view, one) for one in row["directions"].split("|"))
            story = _story(view, row["period"], row["told_by"], acting, frozenset(row["roots"].split("|")))
            found[row["stream"]][story] += row["stories"]
    for stream, story in _exact(view, kind):
        found[stream][story] += 1
    return found


def _side(view: View, direction: str) -> str:
    return view.a if direction == "ab" else view.b


def _story(view: View, period: str, told_by: str, acting: frozenset[str], roots: frozenset[str]) -> Story:
    """A story of which the directions and the roots are known, but not which goes with which."""
    conflictual = sum(map(is_conflict, roots))
    hostile: frozenset[str] | None = acting if conflictual else frozenset()
    if len(acting) > 1 and 0 < conflictual < len(roots):
        hostile = None
    return Story(period, teller_of(view, told_by), acting, hostile, roots)


def _exact(view: View, kind: Period) -> Iterable[tuple[str, Story]]:
    """The same from events, where the record holds them: every side's own acts are known."""
    if view.tables.events is None or not view.held[0]:
        return
    first, last = (dt.date.fromisoformat(day) for day in view.held)
    columns = ["stream", "story", "date", "source", "root", "told_by"]
    told: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in view.tables.events(view.a, view.b, first, last).select(columns).to_pylist():
        if row["story"] is not None:
            told[row["stream"], row["story"]].append(row)
    for (stream, _), rows in told.items():
        period = period_of(min(row["date"] for row in rows), kind)
        if view.asked(period):
            yield (
                stream,
                Story(
                    period,
                    teller_of(view, min((row["told_by"] for row in rows if row["told_by"]), default="")),
                    frozenset(row["source"] for row in rows),
                    frozenset(row["source"] for row in rows if is_conflict(row["root"])),
                    frozenset(row["root"] for row in rows),
                ),
            )
