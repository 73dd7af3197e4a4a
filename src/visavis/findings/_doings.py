"""What each country did toward each other one, by period and kind, as arrays: one reading for a pair or for all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from visavis.actions import MEANS, ROOTS, means
from visavis.findings._series import FEW
from visavis.models.assumed_likeness import RECORD
from visavis.models.next_act import Acts
from visavis.store.coverage import Period
from visavis.store.tables import Tables

__all__ = ["BLOCK", "KINDS", "MEMORY", "Doings", "Listed", "doings", "listed"]

KINDS = (*MEANS, "statement")
"""What an act is: one of the means, or a statement, which is none."""
MEMORY: dict[Period, int] = {"week": 104, "month": 60}
"""How many periods back a record reaches, as in the chapter ``now``."""
BLOCK: dict[Period, int] = {"week": 4, "month": 3}
"""Neighbouring periods that are drawn together when an interval is made."""

Counts = npt.NDArray[np.int64]
_KIND_OF = {r: KINDS.index(means(r) or "statement") for r in ROOTS}


@dataclass(frozen=True)
class Doings:
    """Acts of one stream in its full periods.

    Args:
        stream: the stream.
        kind: weeks, or months where there are enough of them.
        periods: names, in order, (T,).
        base: acts of all countries, (T, K).
        acts: for each acting country, the countries acted toward (in ISO order) and the acts, (Z, T, K).
    """

    stream: str
    kind: Period
    periods: tuple[str, ...]
    base: Counts
    acts: dict[str, tuple[tuple[str, ...], Counts]]

    def toward_others(self, a: str, b: str) -> tuple[tuple[str, ...], Counts, Counts]:
        """Third countries toward which both acted often enough for a record, and the acts of either, (Z, T, K)."""
        none = ((), np.zeros((0, len(self.periods), len(KINDS)), np.int64))
        (of_a, acts_a), (of_b, acts_b) = self.acts.get(a, none), self.acts.get(b, none)
        shared = tuple(sorted(set(of_a) & set(of_b) - {a, b}))
        one, other = acts_a[[of_a.index(z) for z in shared]], acts_b[[of_b.index(z) for z in shared]]
        enough = np.minimum(one.sum(2), other.sum(2)).sum(1) >= RECORD
        return tuple(z for z, keep in zip(shared, enough, strict=True) if keep), one[enough], other[enough]

    def between(self, a: str, b: str) -> tuple[Counts, Counts]:
        """Acts of ``a`` toward ``b`` and of ``b`` toward ``a``, each (1, T, K)."""
        return self._one(a, b), self._one(b, a)

    def _one(self, source: str, target: str) -> Counts:
        targets, acts = self.acts.get(source, ((), None))
        if acts is None or target not in targets:
            return np.zeros((1, len(self.periods), len(KINDS)), np.int64)
        return acts[[targets.index(target)]]


def doings(
    tables: Tables,
    stream: str,
    asked: Callable[[str], bool],
    *,
    sources: Collection[str] | None = None,
    fewest: int = 1,
) -> Doings:
    """Read one stream.

    Args:
        tables: the record or pack.
        stream: the stream.
        asked: whether a period is in the span asked for.
        sources: acting countries; all when None.
        fewest: countries toward which one acted less often are left out.
    """
    full = {kind: _full(tables, stream, kind, asked) for kind in ("month", "week")}
    kind: Period = "month" if len(full["month"]) >= FEW else "week"
    periods = tuple(full[kind])
    totals = _within(tables.arrow("totals", kind), stream, periods)
    base = np.zeros((len(periods), len(KINDS)), np.int64)
    np.add.at(base, (_places(totals["period"], periods), _kinds(totals)), totals["acts"].to_numpy())
    rows = _within(tables.arrow("acts", kind), stream, periods)
    if sources is not None:
        rows = rows.filter(pc.is_in(rows["source"], pa.array(sorted(sources), pa.string())))
    rows = rows.group_by(["source", "target", "period", "root"]).aggregate([("acts", "sum")])
    return Doings(stream, kind, periods, base, _by_source(rows, periods, fewest))


@dataclass(frozen=True)
class Listed:
    """Acts of one stream in its full periods, of all countries, as a list.

    Args:
        stream: the stream.
        kind: weeks, or months where there are enough of them.
        periods: names, in order.
        countries: codes, in order of the numbers in ``acts``.
        acts: numbered by period, country and ``KINDS``.
    """

    stream: str
    kind: Period
    periods: tuple[str, ...]
    countries: tuple[str, ...]
    acts: Acts


def listed(tables: Tables, stream: str, asked: Callable[[str], bool]) -> Listed:
    """Read one stream as a list; arguments as for ``doings``."""
    full = {kind: _full(tables, stream, kind, asked) for kind in ("month", "week")}
    kind: Period = "month" if len(full["month"]) >= FEW else "week"
    periods = tuple(full[kind])
    rows = _within(tables.arrow("acts", kind), stream, periods)
    rows = rows.group_by(["source", "target", "period", "root"]).aggregate([("acts", "sum")])
    ends = np.concatenate([rows[side].to_numpy(zero_copy_only=False).astype(str) for side in ("source", "target")])
    names, numbers = np.unique(ends, return_inverse=True)
    source, target = np.split(numbers.astype(np.int64), 2)
    counts = rows["acts_sum"].to_numpy().astype(np.int64)
    acts = Acts(_places(rows["period"], periods), source, target, _kinds(rows), counts, len(KINDS))
    return Listed(stream, kind, periods, tuple(str(n) for n in names), acts)


def _full(tables: Tables, stream: str, kind: Period, asked: Callable[[str], bool]) -> list[str]:
    held = (c for c in tables.coverage(kind) if c.stream == stream)
    return [c.period for c in held if c.full and asked(c.period)]


def _within(table: pa.Table, stream: str, periods: Sequence[str]) -> pa.Table:
    held = pc.is_in(table["period"], pa.array(periods, pa.string()))
    return table.filter(pc.and_(pc.equal(table["stream"], stream), held))


def _by_source(rows: pa.Table, periods: Sequence[str], fewest: int) -> dict[str, tuple[tuple[str, ...], Counts]]:
    if not rows.num_rows:
        return {}
    source, target = rows["source"].to_numpy(), rows["target"].to_numpy()
    place, kind, acts = _places(rows["period"], periods), _kinds(rows), rows["acts_sum"].to_numpy()
    order = np.argsort(source, kind="stable")
    names, starts = np.unique(source[order], return_index=True)
    found = {}
    for name, mine in zip(names, np.split(order, starts[1:]), strict=True):
        targets, where = np.unique(target[mine], return_inverse=True)
        counts = np.zeros((len(targets), len(periods), len(KINDS)), np.int64)
        np.add.at(counts, (where, place[mine], kind[mine]), acts[mine])
        enough = counts.sum((1, 2)) >= fewest
        found[str(name)] = (tuple(str(t) for t in targets[enough]), counts[enough])
    return found


def _places(column: pa.ChunkedArray, periods: Sequence[str]) -> Counts:
    found: Counts = pc.index_in(column, pa.array(periods, pa.string())).to_numpy().astype(np.int64)
    return found


def _kinds(rows: pa.Table) -> Counts:
    place = pc.index_in(rows["root"], pa.array(list(_KIND_OF))).to_numpy()
    kinds: Counts = np.array(list(_KIND_OF.values()), np.int64)[place]
    return kinds
