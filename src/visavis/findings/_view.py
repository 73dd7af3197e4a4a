"""What a chapter sees: the tables, the pair in ISO order, the span asked for, and today's date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import pyarrow as pa

import visavis
from visavis.asked import Asked
from visavis.errors import UsageError
from visavis.finding import Finding, Provenance
from visavis.measures import measure
from visavis.scenario import Scenario
from visavis.store.coverage import Period, PeriodCoverage, days_in
from visavis.store.tables import Tables

__all__ = ["View", "provenance_of", "touches"]


def _unheard(done: int, total: int, what: str) -> None:
    """Progress that nobody asked for."""


@dataclass(frozen=True)
class View:
    """A pair and its record, as a chapter reads it.

    Args:
        tables: the record or pack.
        a: the pair's first country in ISO order.
        b: its second.
        at: the period to look at, for chapters that look at one; None for the last full one.
        since: first day to use; None for all.
        until: last day to use; None for all.
        today: the day on which the reader asks.
        sheets: opened questionnaires of the pair, in the order given.
        polls: what published polls of both sides allow to say, as findings.
        scenarios: paths that the reader states.
        on_step: told how far a chapter is that takes long: parts done, parts in all, which one.
    """

    tables: Tables
    a: str
    b: str
    at: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    today: dt.date = field(default_factory=dt.date.today)
    sheets: tuple[Asked, ...] = ()
    polls: tuple[Finding, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    on_step: Callable[[int, int, str], None] = field(default=_unheard, repr=False, compare=False)
    told: dict[str, list[Finding]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Chapters that were told of this view, by name; ``ahead`` reads others, and a brief tells them all."""

    def __post_init__(self) -> None:
        if self.a >= self.b:
            raise UsageError(f"A view holds its pair in ISO order; got {self.a}, {self.b}.")

    @property
    def directions(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Both directions, in ISO order of the acting side."""
        return (self.a, self.b), (self.b, self.a)

    def asked(self, period: str) -> bool:
        """Whether a period touches the span asked for: counts are by whole months and weeks."""
        return touches(period, self.since, self.until)

    def within(self, period: str) -> bool:
        """Whether a period lies wholly within the span asked for."""
        first, last = days_in(period)
        return (self.since is None or first >= self.since) and (self.until is None or last <= self.until)

    @property
    def held(self) -> tuple[str, str]:
        """First and last day that any stream of the record covers."""
        spans = [(s.first_day, s.last_day) for s in self.tables.streams.values()]
        return min((a for a, _ in spans), default=""), max((b for _, b in spans), default="")

    @property
    def importer(self) -> str:
        """The source to import more of: that of the stream which reaches furthest."""
        return max(self.tables.streams.values(), key=lambda s: (s.last_day, s.name)).source

    def coverage(self, period: Period) -> list[PeriodCoverage]:
        """Coverage of the periods that touch the span."""
        return [c for c in self.tables.coverage(period) if self.asked(c.period)]

    def measure(self, name: str, period: Period) -> list[dict[str, Any]]:
        """Rows of a measure for this pair, in both directions, by its key."""
        rows: list[dict[str, Any]] = self.measure_arrow(name, period).to_pylist()
        return rows

    def measure_arrow(self, name: str, period: Period) -> pa.Table:
        """A measure of this pair, in both directions, as Arrow, sorted by its key."""
        found = measure(name)
        sides = [c for c in found.key if c not in ("stream", "period")]
        frame = found(*(self.tables.frame(t.name, period) for t in found.needs))
        pair = frame.filter(*(nw.col(side).is_in([self.a, self.b]) for side in sides))
        return pair.collect("pyarrow").to_native().sort_by([(c, "ascending") for c in found.key])

    def rows(self, table: str, period: Period) -> pa.Table:
        """Rows of a table for this pair, as Arrow."""
        frame = self.tables.frame(table, period)
        sides = ("a", "b") if table == "stories" else ("source", "target")
        return frame.filter(*(nw.col(s).is_in([self.a, self.b]) for s in sides)).collect("pyarrow").to_native()

    def provenance(self, streams: Iterable[str], **parameters: object) -> Provenance:
        """Where numbers from these streams come from; what names no stream rests on all of them."""
        return provenance_of(self.tables, set(streams) or self.tables.streams, **parameters)


def touches(period: str, since: dt.date | None, until: dt.date | None) -> bool:
    """Whether a period touches a span; None for an open end."""
    first, last = days_in(period)
    return (since is None or last >= since) and (until is None or first <= until)


def provenance_of(tables: Tables, streams: Iterable[str], **parameters: object) -> Provenance:
    """Where numbers from these streams of a record or pack come from."""
    used = [tables.streams[s] for s in sorted(set(streams))]
    return Provenance(
        source=tables.name,
        streams=tuple(s.name for s in used),
        version=tables.version,
        files=tuple(f"{s.name}: {s.files} files, {s.files_sha256}" for s in used),
        licence="; ".join(sorted({f"{s.title}: {s.licence}" for s in used})),
        citation="\n".join(sorted({s.citation for s in used})),
        as_of=max((s.last_day for s in used), default=tables.as_of),
        rows_read=sum(s.rows_read for s in used),
        rows_refused=sum(sum(s.rows_refused.values()) for s in used),
        parameters={k: str(v) for k, v in parameters.items()},
        visavis=visavis.__version__,
    )
