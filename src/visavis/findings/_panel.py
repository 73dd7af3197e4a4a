"""Counts of all pairs of a stream over time, for models that look at many pairs; made once for each record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from visavis.actions import CONFLICT_ROOTS, COOPERATION_ROOTS
from visavis.findings._view import View
from visavis.models.reciprocity import Panel
from visavis.store.coverage import Period, PeriodCoverage

__all__ = ["KINDS", "MOST", "Counted", "Kind", "counted"]

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Kind = str
KINDS: dict[Kind, Sequence[str]] = {"conflict": CONFLICT_ROOTS, "cooperation": COOPERATION_ROOTS}
FEWEST = 12
"""Acts of the kind that each direction of a pair needs to be among the pairs looked at together."""
MOST = 300
"""Pairs looked at together, the busiest ones."""


@dataclass(frozen=True)
class Counted:
    """One stream's pairs, the one asked for first.

    Args:
        stream, kind: what is counted, and over which periods.
        periods: names, one after the other without a hole.
        panel: acts as recorded; ways 0 and 1 are those of the pair asked for, in ISO order of the acting side.
        unmirrored: without acts of the kind that have a mirror on the same day; None where that is not known.
        volume: acts between all countries in the stream, (periods,).
    """

    stream: str
    kind: Period
    periods: tuple[str, ...]
    panel: Panel
    unmirrored: Panel | None
    volume: Counts

    @property
    def mirrored(self) -> float:
        """Share of the pair's acts of the kind that have a mirror on the same day."""
        if self.unmirrored is None:
            return 0.0
        whole = int(self.panel.k[:2].sum())
        return 1 - int(self.unmirrored.k[:2].sum()) / whole if whole else 0.0


def counted(view: View, stream: str, kind: Period, acts: Kind) -> Counted | None:
    """The panel of a stream within the span asked for; None where no full period is in it.

    What was counted for a pair is kept until another pair is asked for: many findings ask for the same.
    """
    kept = view.tables.once("counted for", dict[Any, Any])
    asked = (view.a, view.b, view.since, view.until)
    if kept.get("asked") != asked:
        kept.clear()
        kept["asked"] = asked
    if (stream, kind, acts) not in kept:
        kept[stream, kind, acts] = _counted(view, stream, kind, acts)
    found: Counted | None = kept[stream, kind, acts]
    return found


def _counted(view: View, stream: str, kind: Period, acts: Kind) -> Counted | None:
    held = [c for c in view.coverage(kind) if c.stream == stream]
    if not any(_usable(view, c) for c in held):
        return None
    names = tuple(c.period for c in held)
    known = np.array([_usable(view, c) for c in held], bool)
    table = view.tables.arrow("acts", kind)
    table = table.filter(pc.equal(table["stream"], stream))
    table = table.filter(pc.is_in(table["period"], pa.array(names)))
    whole, of_kind, lone = _counts(table, names, known, KINDS[acts], (view.a, view.b))
    other = np.arange(len(whole)) ^ 1
    sure = table["mirrored"].null_count == 0
    without = Panel(lone, whole - of_kind + lone, other, known) if sure else None
    return Counted(
        stream, kind, names, Panel(of_kind, whole, other, known), without, _volume(view, stream, kind, names)
    )


def _usable(view: View, covered: PeriodCoverage) -> bool:
    return covered.full and covered.settled and view.within(covered.period)


def _counts(
    table: pa.Table, names: Sequence[str], known: Mask, roots: Sequence[str], pair: tuple[str, str]
) -> tuple[Counts, Counts, Counts]:
    """All acts, those of some roots, and of these the ones without a mirror, each (ways, periods); reverse is ``^ 1``.

    The pair asked for comes first, then the busiest others in ISO order.
    """
    summed = table.group_by(["period", "source", "target", "root", "mirrored"]).aggregate([("acts", "sum")])
    way, pairs = _ways(summed, pair)
    period = pc.index_in(summed["period"], pa.array(names)).to_numpy().astype(np.int64)
    acts = summed["acts_sum"].to_numpy().astype(np.float64)
    of_kind = pc.is_in(summed["root"], pa.array(list(roots))).to_numpy().astype(bool)
    lone = of_kind & ~pc.fill_null(summed["mirrored"], False).to_numpy().astype(bool)
    each = np.bincount(way, acts * of_kind * known[period], minlength=2 * pairs)
    chosen = _chosen(np.asarray(each, np.float64))
    row = np.full(2 * pairs, -1)
    row[chosen] = np.arange(len(chosen))
    keep = row[way] >= 0
    flat, shape = row[way[keep]] * len(names) + period[keep], (len(chosen), len(names))

    def total(weights: npt.NDArray[np.float64]) -> Counts:
        made = np.bincount(flat, weights[keep], minlength=shape[0] * shape[1])
        return np.rint(made).astype(np.int64).reshape(shape)

    return total(acts), total(acts * of_kind), total(acts * lone)


def _ways(summed: pa.Table, pair: tuple[str, str]) -> tuple[Counts, int]:
    """The way of each row, and how many pairs there are: twice its pair's place, one more for the second country."""
    sides = [summed[c].combine_chunks().dictionary_encode() for c in ("source", "target")]
    codes = sorted({*pair, *(c for side in sides for c in side.dictionary.to_pylist())})
    at = {code: i for i, code in enumerate(codes)}
    source, target = (
        np.array([at[c] for c in side.dictionary.to_pylist()], np.int64)[side.indices.to_numpy()] for side in sides
    )
    own = at[pair[0]] * len(codes) + at[pair[1]]
    key = np.minimum(source, target) * len(codes) + np.maximum(source, target)
    pairs = np.concatenate([[own], np.setdiff1d(key, [own])])
    order = np.argsort(pairs)
    place = order[np.searchsorted(pairs, key, sorter=order)]
    return 2 * place + (source > target), len(pairs)


def _chosen(of_kind: npt.NDArray[np.float64]) -> Counts:
    """Ways of the pair asked for, and of the busiest further pairs with enough acts of the kind each way."""
    each = of_kind.reshape(-1, 2)
    fit = np.flatnonzero(each.min(axis=1) >= FEWEST)
    fit = fit[fit > 0]
    busiest = np.sort(fit[np.argsort(-each[fit].sum(axis=1), kind="stable")][:MOST])
    places = np.concatenate([[0], busiest])
    return np.stack([2 * places, 2 * places + 1], axis=1).ravel()


def _volume(view: View, stream: str, kind: Period, names: Sequence[str]) -> Counts:
    totals = view.tables.arrow("totals", kind)
    totals = totals.filter(pc.equal(totals["stream"], stream)).group_by("period").aggregate([("acts", "sum")])
    found = dict(zip(totals["period"].to_pylist(), totals["acts_sum"].to_pylist(), strict=True))
    return np.array([found.get(name, 0) for name in names], np.int64)
