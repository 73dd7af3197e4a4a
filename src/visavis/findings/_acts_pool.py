"""Acts of many pairs of one stream by month, of both kinds at once: what scenarios learn from and look through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from visavis.actions import MEANS, ROOTS, is_conflict, is_cooperation, means
from visavis.charts.periods import following
from visavis.findings._view import View
from visavis.models._answering_pool import BACK, FEWEST_MONTHS, Pool
from visavis.models.projection import surprises

__all__ = ["ActsPool", "acts_pool", "ties_asked", "with_ties"]

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
FEWEST = 60
"""Conflictual and cooperative acts that each direction of a pair needs to be learned from."""
MOST = 150
"""Pairs learned from, the busiest ones."""
_SWING, _SHARE = 36, 24  # months from which usual swings, and what part of a kind a means is, are taken
_KIND = np.array([0 if is_conflict(r) else 1 if is_cooperation(r) else 2 for r in ROOTS])


@dataclass(frozen=True)
class ActsPool:
    """One stream by month; the pair asked for is ways 0 and 1 of the pool.

    Args:
        stream: which one.
        months: names of its months, shape (months,).
        pool: the counts.
        ways: source and target of each way.
        roots: the pair's recorded acts by root, shape (2 ways, 20, months).
        doubled: those of ``roots`` that have a mirror from the other side on the same day.
        everywhere: acts by root of all pairs of the stream, recorded and with a mirror, shape (2, 20).
        mirrors: whether it is known which acts have a mirror.
        all_pairs: all acts between any two countries, conflictual and all: rows by pair in ISO order.
    """

    stream: str
    months: tuple[str, ...]
    pool: Pool
    ways: tuple[tuple[str, str], ...]
    roots: Counts
    doubled: Counts
    everywhere: Counts
    mirrors: bool
    all_pairs: dict[tuple[str, str], tuple[Counts, Counts]]

    def ahead(self, months: int) -> list[str]:
        """Names of the months after the last."""
        named = [self.months[-1]]
        for _ in range(months):
            named.append(following(named[-1]))
        return named[1:]

    def of(self, way: int, what: str) -> Counts:
        """Recorded acts of a means, or of a kind, by known month, the last three years."""
        counts: Counts = self.roots[way][_roots(what)].sum(axis=0)
        return counts[self.pool.known][-_SWING:]

    def both_sides(self, ways: Sequence[int], what: str, fewest: int) -> tuple[float, int]:
        """What share of all acts of a means, or of a kind, has a mirror on the same day, and of how many.

        Where the ways hold fewer than ``fewest`` such acts, those of all pairs of the stream are asked.
        """
        where = _roots(what)
        whole, twice = (int(part[list(ways)][:, where].sum()) for part in (self.roots, self.doubled))
        if whole < fewest:
            whole, twice = (int(part[where].sum()) for part in self.everywhere)
        return (twice / whole, whole) if whole else (0.0, 0)

    def part(self, way: int, what: str) -> tuple[int, float]:
        """The kind that a means belongs to (0, 1, 2), and what part of the kind it was in the last two years."""
        if what in ("conflict", "cooperation"):
            return ("conflict", "cooperation").index(what), 1.0
        assert what in MEANS
        kinds = [int(_KIND[i]) for i, root in enumerate(ROOTS) if means(root) == what]
        kind = min(kinds)
        whole = self.pool.recorded[kind, way][self.pool.known][-_SHARE:].sum()
        return kind, min(1.0, float(self.of(way, what)[-_SHARE:].sum() / whole)) if whole else 0.0


def _roots(what: str) -> npt.NDArray[np.bool_]:
    """Which roots are of a means, or of a kind."""
    if what in ("conflict", "cooperation"):
        return np.asarray(np.equal(_KIND, ("conflict", "cooperation").index(what)), bool)
    return np.array([means(root) == what for root in ROOTS])


def acts_pool(view: View) -> ActsPool | None:
    """The stream with most full months in the span asked for; None where none is long enough."""
    kept = view.tables.once("acts pools", dict[object, ActsPool | None])
    asked = (view.a, view.b, view.since, view.until)
    if asked not in kept:
        kept.clear()
        kept[asked] = _acts_pool(view)
    return kept[asked]


def _acts_pool(view: View) -> ActsPool | None:
    spans: dict[str, list[tuple[str, bool]]] = {}
    for c in view.coverage("month"):
        spans.setdefault(c.stream, []).append((c.period, c.full and c.settled and view.within(c.period)))
    best = max(spans, key=lambda s: (sum(full for _, full in spans[s]), s), default=None)
    if best is None or sum(full for _, full in spans[best]) < FEWEST_MONTHS + BACK:
        return None
    whole = [i for i, (_, full) in enumerate(spans[best]) if full]
    held = spans[best][whole[0] : whole[-1] + 1]
    names, known = tuple(p for p, _ in held), np.array([full for _, full in held], bool)
    return _counted(view, best, names, known)


def _counted(view: View, stream: str, names: tuple[str, ...], known: npt.NDArray[np.bool_]) -> ActsPool:
    table = view.tables.arrow("acts", "month")
    usable = pa.array([n for n, full in zip(names, known, strict=True) if full])
    table = table.filter(pc.and_(pc.equal(table["stream"], stream), pc.is_in(table["period"], usable)))
    table = table.group_by(["period", "source", "target", "root", "mirrored"]).aggregate([("acts", "sum")])
    mirrors = table["mirrored"].null_count == 0
    codes = sorted({view.a, view.b, *table["source"].unique().to_pylist(), *table["target"].unique().to_pylist()})
    source, target = (pc.index_in(table[c], pa.array(codes)).to_numpy().astype(np.int64) for c in ("source", "target"))
    key = np.minimum(source, target) * len(codes) + np.maximum(source, target)
    own = codes.index(view.a) * len(codes) + codes.index(view.b)
    pairs = np.concatenate([[own], np.setdiff1d(key, [own])])
    order = np.argsort(pairs)
    way = 2 * order[np.searchsorted(pairs, key, sorter=order)] + (source > target)
    root = pc.index_in(table["root"], pa.array(list(ROOTS))).to_numpy().astype(np.int64)
    month = pc.index_in(table["period"], pa.array(names)).to_numpy().astype(np.int64)
    acts = table["acts_sum"].to_numpy().astype(np.float64)
    mirrored = pc.fill_null(table["mirrored"], False).to_numpy(zero_copy_only=False).astype(bool)
    shape = (3, 2 * len(pairs), len(names))

    def total(weights: Array) -> Counts:
        flat = (_KIND[root] * shape[1] + way) * shape[2] + month
        counts = np.rint(np.bincount(flat, weights, minlength=int(np.prod(shape)))).astype(np.int64).reshape(shape)
        counts[2] += counts[0] + counts[1]
        return counts

    recorded = total(acts)
    chosen = _chosen(recorded)
    of_pair, doubled = np.zeros((2, 2, len(ROOTS), len(names)), np.int64)
    here, twice = way < 2, acts * mirrored
    np.add.at(of_pair, (way[here], root[here], month[here]), np.rint(acts[here]).astype(np.int64))
    np.add.at(doubled, (way[here], root[here], month[here]), np.rint(twice[here]).astype(np.int64))
    everywhere = np.stack([np.rint(np.bincount(root, w, minlength=len(ROOTS))) for w in (acts, twice)]).astype(np.int64)
    sides = np.stack([pairs // len(codes), pairs % len(codes)], axis=1)
    ends = np.stack([sides, sides[:, ::-1]], axis=1).reshape(-1, 2)
    told = tuple((codes[a], codes[b]) for a, b in ends[chosen].tolist())
    lone = total(acts * ~mirrored) if mirrors else recorded
    pool = Pool(lone[:, chosen], known, ends[chosen], recorded[:, chosen])
    both = recorded[:, ::2] + recorded[:, 1::2]
    every = {(codes[a], codes[b]): (both[0, i], both[2, i]) for i, (a, b) in enumerate(sides.tolist())}
    return ActsPool(stream, names, pool, told, of_pair, doubled, everywhere, mirrors, every)


def _chosen(recorded: Counts) -> Counts:
    """Ways of the pair asked for, and of the busiest others with enough acts each way, in ISO order."""
    mass = recorded[:2].sum(axis=(0, 2)).reshape(-1, 2)
    fit = np.flatnonzero(mass.min(axis=1) >= FEWEST)
    fit = fit[fit > 0]
    busiest = np.sort(fit[np.argsort(-mass[fit].sum(axis=1), kind="stable")][:MOST])
    places = np.concatenate([[0], busiest])
    return np.stack([2 * places, 2 * places + 1], axis=1).ravel()


def with_ties(found: ActsPool, ties: Sequence[str]) -> Pool:
    """The pool with swings of the ties of third countries: those asked for, and for other pairs ties of the same sort.

    One country: its ties with both sides. A side and a third country: their tie. Two third countries: theirs. For any
    other pair the third countries are the busiest with both of its sides.
    """
    least = sorted((k for k in found.all_pairs), key=lambda p: (-int(found.all_pairs[p][1].sum()), p))[: 4 * MOST]
    rows = sorted(set(least) | {_iso(a, b) for a, b in found.ways})
    k, n = (np.stack([found.all_pairs[p][i] for p in rows]) for i in (0, 1))
    swings = dict(zip(rows, surprises(k, n * found.pool.known), strict=True))
    partners: dict[str, dict[str, int]] = {}
    for (a, b), (_, acts) in found.all_pairs.items():
        partners.setdefault(a, {})[b] = partners.setdefault(b, {})[a] = int(acts.sum())
    made = []
    for i, (a, b) in enumerate(found.ways[::2]):
        pairs = ties_asked(ties, found) if i == 0 else _like(ties, found.ways[0], *_iso(a, b), partners)
        made.append(_mean([swings[p] for p in pairs if p in swings], len(found.months)))
    return replace(found.pool, ties=np.repeat(np.stack(made), 2, axis=0))


def _iso(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def ties_asked(ties: Sequence[str], found: ActsPool) -> list[tuple[str, str]]:
    """The ties that a path means: those of one country with both sides, or of two with each other; in ISO order."""
    return [_iso(side, ties[0]) for side in found.ways[0]] if len(ties) == 1 else [_iso(ties[0], ties[1])]


def _like(
    ties: Sequence[str], asked: tuple[str, str], a: str, b: str, partners: dict[str, dict[str, int]]
) -> list[tuple[str, str]]:
    """Ties around another pair that stand to it as the ties asked for stand to the pair asked for."""
    third = sorted(
        (set(partners[a]) & set(partners[b])) - {a, b}, key=lambda c: (-min(partners[a][c], partners[b][c]), c)
    )
    if len(ties) == 1:
        return [_iso(a, third[0]), _iso(b, third[0])] if third else []
    if set(ties) & set(asked):
        return [_iso(a, third[0])] if third else []
    return [_iso(third[0], third[1])] if len(third) > 1 else []


def _mean(rows: Sequence[Array], months: int) -> Array:
    """Mean swing where it is known, 0 elsewhere, in its own standard deviations."""
    if not rows:
        return np.zeros(months)
    known = np.isfinite(rows)
    mean = np.nan_to_num(np.asarray(rows)).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    spread = float(mean[known.any(axis=0)].std()) if known.any() else 0.0
    return np.asarray(mean / spread if spread > 0 else np.zeros(months))
