"""Acts between many countries on one axis of time: what the chapter about third countries reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from visavis.actions import MEANS, ROOTS, is_conflict, is_cooperation, means
from visavis.findings._series import FEW
from visavis.findings._view import View
from visavis.store.aggregate import PERIODS
from visavis.store.coverage import Period

__all__ = ["Grid", "grid_of"]

Counts = npt.NDArray[np.int64]
_MEMBERS = 24  # busiest countries of a record of all, whose ties are placebos and candidates
_CONFLICT = np.array([is_conflict(root) for root in ROOTS])
_COOPERATION = np.array([is_cooperation(root) for root in ROOTS])
_MEANS = np.array([[means(root) == name for name in MEANS] for root in ROOTS], dtype=np.int64)


@dataclass(frozen=True)
class Grid:
    """Acts of one stream by direction, period and root.

    Args:
        stream, kind: which one; by month or week.
        periods: all names from the first full period to the last, shape (n,).
        full: which of them are covered well enough to be tested, shape (n,).
        members: the countries, in ISO order.
        acts: by direction, counts of shape (n, 20 roots); 0 in periods that are not full.
        usual: acts of the whole stream, shape (n, 20).
    """

    stream: str
    kind: Period
    periods: tuple[str, ...]
    full: npt.NDArray[np.bool_]
    members: tuple[str, ...]
    acts: dict[tuple[str, str], Counts]
    usual: Counts

    @property
    def year(self) -> int:
        """Periods in a stretch that is told by itself: a year of months, or a quarter of weeks."""
        return 12 if self.kind == "month" else 13

    @property
    def block(self) -> int:
        """Periods that are left out together when an error is reckoned."""
        return 3 if self.kind == "month" else 2

    def toward(self, source: str, target: str) -> Counts:
        """Counts by period and root of one direction, shape (n, 20)."""
        return self.acts.get((source, target), np.zeros((len(self.periods), len(ROOTS)), np.int64))

    def means(self, source: str, target: str) -> Counts:
        """Counts by period and means of one direction, shape (n, means); statements are no means."""
        found: Counts = self.toward(source, target) @ _MEANS
        return found

    def mix(self, source: str, target: str) -> Counts:
        """The same of full periods only."""
        return self.means(source, target)[self.full]

    def tie(self, one: str, other: str) -> tuple[Counts, Counts]:
        """Conflictual and all acts between two countries, both directions, shape (n,)."""
        both = self.toward(one, other) + self.toward(other, one)
        return both[:, _CONFLICT].sum(axis=1), both.sum(axis=1)

    def signed(self, one: str, other: str) -> tuple[Counts, Counts]:
        """Conflictual acts between two, and those that are conflictual or cooperative, shape (n,)."""
        return _signed(self.toward(one, other) + self.toward(other, one))

    def usual_share(self, start: int, stop: int) -> float:
        """Conflictual share of conflictual and cooperative acts in the whole stream; a half where there are none."""
        k, n = (x.sum() for x in _signed(self.usual[start:stop]))
        return float(k / n) if n else 0.5

    def third(self, a: str, b: str, least: int) -> list[str]:
        """Third countries with ``least`` acts or more with either of the two, the most shared first."""
        mass = {c: min(int(self.tie(side, c)[1].sum()) for side in (a, b)) for c in self.members if c not in (a, b)}
        return sorted((c for c in mass if mass[c] >= least), key=lambda c: (-mass[c], c))

    def dyads(self) -> list[tuple[str, str]]:
        """Pairs of members between which there are acts, each in ISO order."""
        return [d for d in combinations(self.members, 2) if d in self.acts or d[::-1] in self.acts]


def _signed(roots: Counts) -> tuple[Counts, Counts]:
    conflict = roots[:, _CONFLICT].sum(axis=1)
    return conflict, conflict + roots[:, _COOPERATION].sum(axis=1)


def grid_of(view: View, named: Iterable[str]) -> Grid | None:
    """The stream that tells most days between the named countries, and its busiest countries beside them."""
    named = sorted(named)
    best: tuple[int, str, Period, list[str]] | None = None
    for stream in sorted(view.tables.streams):
        kind, full = _full(view, stream)
        days = len(full) * (30 if kind == "month" else 7)
        if full and (best is None or days > best[0]):
            best = (days, stream, kind, full)
    if best is None:
        return None
    _, stream, kind, full = best
    covered = [c.period for c in view.coverage(kind) if c.stream == stream]
    periods = covered[covered.index(full[0]) : covered.index(full[-1]) + 1]
    table = _summed(view.tables.arrow("acts", kind), stream, full, ["period", "source", "target", "root"])
    members = sorted({*named, *_busiest(table)})
    place, roots = {p: i for i, p in enumerate(periods)}, {r: i for i, r in enumerate(ROOTS)}
    acts: dict[tuple[str, str], Counts] = {}
    kept = table.filter(pc.and_(*(pc.is_in(table[s], pa.array(members)) for s in ("source", "target"))))
    for row in zip(*(kept[c].to_pylist() for c in ("period", "source", "target", "root", "n")), strict=True):
        cells = acts.setdefault((row[1], row[2]), np.zeros((len(periods), len(ROOTS)), np.int64))
        cells[place[row[0]], roots[row[3]]] = row[4]
    usual = np.zeros((len(periods), len(ROOTS)), np.int64)
    total = _summed(view.tables.arrow("totals", kind), stream, full, ["period", "root"])
    for period, root, n in zip(*(total[c].to_pylist() for c in ("period", "root", "n")), strict=True):
        usual[place[period], roots[root]] = n
    whole = np.array([p in set(full) for p in periods], bool)
    return Grid(stream, kind, tuple(periods), whole, tuple(members), acts, usual)


def _full(view: View, stream: str) -> tuple[Period, list[str]]:
    """A stream's full periods within the span: months, or weeks where it has few full months."""
    found: dict[Period, list[str]] = {
        kind: [c.period for c in view.coverage(kind) if c.stream == stream and c.full and c.settled] for kind in PERIODS
    }
    kind: Period = "month" if len(found["month"]) >= FEW else "week"
    return kind, found[kind]


def _summed(table: pa.Table, stream: str, periods: list[str], keys: list[str]) -> pa.Table:
    """Acts of a stream's full periods, summed by ``keys``, as ``n``."""
    keep = pc.and_(pc.equal(table["stream"], stream), pc.is_in(table["period"], pa.array(periods)))
    return table.filter(keep).group_by(keys).aggregate([("acts", "sum")]).rename_columns([*keys, "n"])


def _busiest(table: pa.Table) -> list[str]:
    """The countries with most acts, done or met with; ties by code."""
    mass: dict[str, int] = {}
    for side in ("source", "target"):
        for row in table.group_by(side).aggregate([("n", "sum")]).to_pylist():
            mass[row[side]] = mass.get(row[side], 0) + row["n_sum"]
    return sorted(mass, key=lambda c: (-mass[c], c))[:_MEMBERS]
