"""All directed dyads of a stream over time, for forecasts; made once for each record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from visavis.actions import CONFLICT_ROOTS, COOPERATION_ROOTS
from visavis.findings._series import FEW
from visavis.models.dyad_panel import DyadPanel
from visavis.store.coverage import Period
from visavis.store.tables import Tables

__all__ = ["OUTCOMES", "World", "kind_of", "world_of"]

OUTCOMES = ("conflict", "cooperation", "acts")
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class World:
    """Counts by dyad and period, up to the last full period.

    Args:
        stream, kind: what is counted, and over which periods.
        periods: names, one after the other without a hole.
        dyads: acting and receiving country of each row, in order.
        counts: by outcome, shape (dyads, periods).
        exposure: acts between all countries in the stream, (periods,).
        known: whether the period is full and its late reports are in, (periods,).
    """

    stream: str
    kind: Period
    periods: tuple[str, ...]
    dyads: tuple[tuple[str, str], ...]
    counts: dict[str, Counts]
    exposure: npt.NDArray[np.float64]
    known: npt.NDArray[np.bool_]

    @cached_property
    def _reverse(self) -> Counts:
        at = {way: i for i, way in enumerate(self.dyads)}
        return np.array([at.get((target, source), -1) for source, target in self.dyads], np.int64)

    def panel(self, outcome: str) -> DyadPanel:
        """The panel of one outcome; ``conflict`` for the share."""
        return DyadPanel(self.counts[outcome], self.counts["acts"], self.exposure, self._reverse, self.known)

    def pair(self, source: str, target: str) -> World:
        """The two directions between two countries alone."""
        rows = np.array([self.row(source, target), self.row(target, source)])
        counts = {name: table[rows] for name, table in self.counts.items()}
        return replace(self, dyads=tuple(self.dyads[i] for i in rows), counts=counts)

    def row(self, source: str, target: str) -> int:
        """The row of a dyad; both directions of a dyad that ever acted are there."""
        return self.dyads.index((source, target))


def kind_of(tables: Tables, stream: str) -> Period:
    """Months, or weeks where the stream has too few full months."""
    months = [c for c in tables.coverage("month") if c.stream == stream and c.full and c.settled]
    return "month" if len(months) > FEW else "week"


def world_of(tables: Tables, stream: str, kind: Period, also: tuple[str, str] | None = None) -> World | None:
    """The stream's dyads; None where it has no full period.

    Args:
        tables: the record or pack.
        stream: the stream.
        kind: month or week.
        also: a pair that is to be among them even without any act.
    """
    held = [c for c in tables.coverage(kind) if c.stream == stream]
    usable = [c.full and c.settled for c in held]
    if not any(usable):
        return None
    last = max(i for i, ok in enumerate(usable) if ok)
    names = tuple(c.period for c in held[: last + 1])
    known = np.array(usable[: last + 1], bool)
    table = tables.arrow("acts", kind)
    table = table.filter(pc.and_(pc.equal(table["stream"], stream), pc.is_in(table["period"], pa.array(names))))
    dyads, counts = _counts(
        table.group_by(["period", "source", "target", "root"]).aggregate([("acts", "sum")]), names, also
    )
    totals = tables.arrow("totals", kind)
    totals = totals.filter(pc.equal(totals["stream"], stream)).group_by("period").aggregate([("acts", "sum")])
    acts = dict(zip(totals["period"].to_pylist(), totals["acts_sum"].to_pylist(), strict=True))
    exposure = np.array([float(acts.get(name, 0)) for name in names])
    return World(stream, kind, names, dyads, counts, exposure, known & (exposure > 0))


def _counts(
    summed: pa.Table, names: tuple[str, ...], also: tuple[str, str] | None
) -> tuple[tuple[tuple[str, str], ...], dict[str, Counts]]:
    sides = [summed[c].combine_chunks().dictionary_encode() for c in ("source", "target")]
    codes = sorted({*(also or ()), *(code for side in sides for code in side.dictionary.to_pylist())})
    at = {code: i for i, code in enumerate(codes)}
    source, target = (
        np.array([at[c] for c in side.dictionary.to_pylist()], np.int64)[side.indices.to_numpy()] for side in sides
    )
    wide = len(codes)
    asked = [at[also[0]] * wide + at[also[1]], at[also[1]] * wide + at[also[0]]] if also else []
    ways = np.unique(np.concatenate([source * wide + target, target * wide + source, np.array(asked, np.int64)]))
    row = np.searchsorted(ways, source * wide + target)
    period = pc.index_in(summed["period"], pa.array(names)).to_numpy().astype(np.int64)
    acts, flat, size = summed["acts_sum"].to_numpy().astype(float), row * len(names) + period, len(ways) * len(names)

    def total(weights: npt.NDArray[np.float64]) -> Counts:
        return np.rint(np.bincount(flat, weights, minlength=size)).astype(np.int64).reshape(len(ways), len(names))

    of = {"conflict": CONFLICT_ROOTS, "cooperation": COOPERATION_ROOTS}
    masks = {name: pc.is_in(summed["root"], pa.array(list(roots))).to_numpy() for name, roots in of.items()}
    counts = {name: total(acts * mask) for name, mask in masks.items()} | {"acts": total(acts)}
    return tuple((codes[way // wide], codes[way % wide]) for way in ways.tolist()), counts
