"""The spells of a pair's mechanisms, cut to the span asked for, and what state each mechanism is in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal

from visavis.finding import Term
from visavis.findings._view import View
from visavis.names.messages import message_keys
from visavis.store.coverage import days_in

__all__ = [
    "YEAR", "Mechanism", "Spell", "State", "domain_term", "mechanisms_of", "mechanisms_of_all",
    "middle_day",
]  # fmt: skip

YEAR = 365.25

State = Literal["running", "revived", "suspended", "ended", "unknown"]

_SLEPT, _OVER = ("suspended", "interrupted"), ("lapsed", "expired", "terminated", "replaced")

Days = tuple[dt.date, dt.date]


@dataclass(frozen=True)
class Spell:
    """One stretch of time in which a mechanism ran.

    Args:
        number: 1 for the first of its mechanism.
        start: first and last day on which it may have begun, by the precision of its date; None where not known.
        end: the same of its end; None while it runs, and where not known.
        ending: ``running``, or how it ended (``store.facts.ENDS``).
        seen: last day on which it is known to have run; None where not known.
        row: the row of the table.
        notices: ends that were announced and did not come.
    """

    number: int
    start: Days | None
    end: Days | None
    ending: str
    seen: dt.date | None
    row: Mapping[str, Any]
    notices: int = 0

    @property
    def begun(self) -> dt.date | None:
        """Likeliest first day: the middle of what its date allows, not after the day it is known to have run."""
        if self.start is None:
            return None
        last = self.seen or (self.end and self.end[1])
        return middle_day(self.start[0], min(self.start[1], max(last or self.start[1], self.start[0])))

    @property
    def ended(self) -> dt.date | None:
        """Likeliest last day, not before its first."""
        if self.end is None:
            return None
        begun = self.begun or self.end[0]
        return middle_day(max(self.end[0], min(begun, self.end[1])), self.end[1])


@dataclass(frozen=True)
class Mechanism:
    """A mechanism with its spells in order; an end that was announced and did not come ends no spell."""

    id: str
    name: str
    domain: str
    spells: tuple[Spell, ...]

    @property
    def state(self) -> State:
        """What the record last says of it."""
        last = self.spells[-1].ending
        if last in ("running", "notice"):
            return "revived" if len(self.spells) > 1 else "running"
        return "suspended" if last in _SLEPT else "ended" if last in _OVER else "unknown"

    @property
    def stopped(self) -> bool:
        """Whether it ever stopped, other than by another one taking its place."""
        return any(_stopped(s) for s in self.spells)

    @property
    def returned(self) -> bool:
        """Whether it ran again after it had stopped."""
        return any(_stopped(s) for s in self.spells[:-1])


def _stopped(spell: Spell) -> bool:
    return spell.ending in (*_SLEPT, *_OVER) and spell.ending != "replaced"


def mechanisms_of(view: View) -> list[Mechanism]:
    """Mechanisms to which both countries are party, by domain and first date."""
    rows = view.tables.facts("mechanisms")
    return _mechanisms(view, [r for r in rows if {view.a, view.b} <= set(r["parties"].split(";"))])


def mechanisms_of_all(view: View) -> list[Mechanism]:
    """Mechanisms of whatever countries, by domain and first date: what base rates are taken from."""
    return _mechanisms(view, view.tables.facts("mechanisms"))


def _mechanisms(view: View, rows: Sequence[dict[str, Any]]) -> list[Mechanism]:
    found = []
    for name, own in groupby(sorted(rows, key=lambda r: (r["id"], r["spell"])), key=lambda r: r["id"]):
        spells = _joined([cut for r in own if (cut := _cut(_spell(r), view)) is not None])
        if spells:
            first = spells[0].row
            found.append(Mechanism(name, first["name"], first["domain"], tuple(spells)))
    return sorted(found, key=lambda m: (m.domain, _first_day(m), m.id))


def domain_term(domain: str) -> Term:
    """A domain's name, from the catalogues where they have one."""
    key = f"ties.domain.{domain.replace(' ', '_')}"
    return Term("word", key) if key in message_keys() else Term("outside", domain)


def _first_day(mechanism: Mechanism) -> dt.date:
    return mechanism.spells[0].begun or dt.date.max


def middle_day(first: dt.date, last: dt.date) -> dt.date:
    """The day in the middle of two."""
    return first + (last - first) // 2


def _days(text: str) -> Days | None:
    if not text:
        return None
    return (day := dt.date.fromisoformat(text), day) if len(text) == 10 else days_in(text)


def _spell(row: Mapping[str, Any]) -> Spell:
    seen = _days(row["as_of"])
    return Spell(row["spell"], _days(row["start"]), _days(row["end"]), row["end_type"], seen and seen[1], row)


def _cut(spell: Spell, view: View) -> Spell | None:
    """A spell as it stood on the last day asked for; None where it lies outside the span."""
    if view.since and spell.end and spell.end[1] < view.since:
        return None
    if view.until is None:
        return spell
    over = spell.end is not None and spell.end[0] <= view.until
    if spell.start[0] > view.until if spell.start else not over:
        return None  # begun later, or not known to have begun by then
    if spell.end and not over:
        return replace(spell, end=None, ending="running", seen=view.until)
    if spell.seen is not None:
        return replace(spell, seen=min(spell.seen, view.until))
    return spell if spell.end else replace(spell, ending="unknown")  # ended at a day not known, perhaps later


def _joined(spells: Sequence[Spell]) -> list[Spell]:
    """A spell that ended with a mere notice goes on in the next one."""
    found: list[Spell] = []
    for spell in spells:
        before = found[-1] if found else None
        if before is not None and before.ending == "notice":
            found[-1] = replace(spell, number=before.number, start=before.start, row=before.row,
                                notices=before.notices + 1)  # fmt: skip
        else:
            found.append(spell)
    return found
