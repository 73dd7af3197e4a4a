"""All pairs of a record, ranked: what a league is made of, and what a way of ranking reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from visavis.finding import Basis, Message, Number, Provenance, Verdict
from visavis.findings._view import provenance_of, touches
from visavis.store.tables import Tables

__all__ = ["League", "Look", "Place"]

OnStep = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Place:
    """One pair in a league, in ISO order; numbers that end in ``_a`` or ``_b`` are of its first or second country."""

    a: str
    b: str
    numbers: Mapping[str, Number]
    order: float
    verdict: Verdict | None = None


@dataclass(frozen=True)
class League:
    """Pairs ranked by one measure, the highest first.

    Args:
        by: the measure.
        stream: the stream that was read.
        places: the pairs, in order.
        columns: names of the numbers to show, in order; each has its heading under ``pairs.column.<name>``.
        said: what the whole league says, what contradicts the idea first.
        caveats: what has to be said with it.
        provenance: where the numbers come from.
        basis: what kind of record it rests on.

    >>> from visavis.record import open_record
    >>> league = open_record("east-asia").pairs(by="activity", top=3)
    >>> len(league.places), league.rows()[0]["rank"]
    (3, 1)
    """

    by: str
    stream: str
    places: tuple[Place, ...]
    columns: tuple[str, ...]
    said: tuple[Message, ...]
    caveats: tuple[Message, ...]
    provenance: Provenance
    basis: Basis

    def __repr__(self) -> str:
        return f"League(by={self.by!r}, stream={self.stream!r}, pairs={len(self.places)})"

    def first(self, top: int) -> League:
        """The same league with its first pairs only; what is said of all of them stays."""
        return replace(self, places=self.places[:top])

    def rows(self) -> list[dict[str, Any]]:
        """One plain row a pair, ready for a data frame: ``gap``, ``gap_low``, ``gap_high`` and so on."""
        rows = []
        for rank, place in enumerate(self.places, start=1):
            row: dict[str, Any] = {"rank": rank, "a": place.a, "b": place.b}
            row["verdict"] = place.verdict.value if place.verdict else None
            for name, number in place.numbers.items():
                row[name] = number.value
                if number.low is not None:
                    row |= {f"{name}_low": number.low, f"{name}_high": number.high}
            rows.append(row)
        return rows


@dataclass(frozen=True)
class Look:
    """What a way of ranking reads.

    Args:
        tables: the record or pack.
        stream: the stream to read.
        among: take only pairs of these countries, ISO alpha-3; empty for all.
        since: first day to use; None for all.
        until: last day to use; None for all.
        on_step: called with (pairs done, pairs, what).
    """

    tables: Tables
    stream: str
    among: frozenset[str] = frozenset()
    since: dt.date | None = None
    until: dt.date | None = None
    on_step: OnStep | None = None

    def asked(self, period: str) -> bool:
        """Whether a period touches the span asked for."""
        return touches(period, self.since, self.until)

    def pairs(self) -> list[tuple[str, str]]:
        """Every two of the countries asked for with acts between them in the span, in ISO order."""
        acts = self.tables.arrow("acts", "month")
        acts = acts.filter(pc.equal(acts["stream"], self.stream))
        months = [p for p in pc.unique(acts["period"]).to_pylist() if self.asked(p)]
        held = acts.filter(pc.is_in(acts["period"], pa.array(months, pa.string())))
        ways = held.group_by(["source", "target"]).aggregate([]).to_pylist()
        found = {(min(r["source"], r["target"]), max(r["source"], r["target"])) for r in ways}
        return sorted(pair for pair in found if self.takes(pair))

    def takes(self, pair: tuple[str, str]) -> bool:
        """Whether a pair is among those asked for."""
        return not self.among or self.among.issuperset(pair)

    def step(self, done: int, pairs: Sequence[tuple[str, str]]) -> None:
        """Say how far it is, every hundred pairs."""
        if self.on_step is not None and done % 100 == 0:
            self.on_step(done, len(pairs), "pairs")

    def provenance(self, **parameters: object) -> Provenance:
        """Where the numbers of the stream come from."""
        return provenance_of(self.tables, [self.stream], **parameters)
