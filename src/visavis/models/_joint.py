"""How uncertain positions are, alone and together: curvature, and what the items' own uncertainty adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_array, csr_array
from scipy.special import ndtri

from visavis.models._ideal_fit import Chain, Fit
from visavis.models._ordinal_votes import Group, cast, pulls

__all__ = ["Joint", "JointDraws", "draws_of", "joint_of"]

_Array = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Joint:
    """Covariance of positions: D + D C S C' D, and on the diagonal what is carried over from the session before.

    D is the variance with the items known, S the covariance of an item's parameters, C the mixed second derivatives.

    Args:
        own: D, (n_places,).
        variance: the diagonal of all this, (n_places,).
        loads: C, one table of items by positions for each parameter.
        spread: S, (n_items, 3, 3).
    """

    own: _Array
    variance: _Array
    loads: tuple[csc_array, ...]
    spread: _Array

    def covariance(self, rows: _Ints) -> _Array:
        """Covariance of some rows, (n_rows, n_rows)."""
        parts = [(load[:, rows]).tocsr() for load in self.loads]
        total = np.zeros((len(rows), len(rows)))
        for i, left in enumerate(parts):
            for j, right in enumerate(parts):
                total += (left.T @ right.multiply(self.spread[:, i, j][:, None]).tocsr()).toarray()
        own = self.own[rows]
        together = own[:, None] * (total + total.T) / 2 * own
        together[np.diag_indices_from(together)] = self.variance[rows]
        return np.asarray(together)

    def deviations(self, rows: _Ints, n: int, rng: np.random.Generator) -> _Array:
        """Joint draws of some rows less their means, (n, n_rows)."""
        normal = rng.standard_normal((n, len(rows)))
        return np.asarray(normal @ np.linalg.cholesky(self.covariance(rows)).T)

    def ends(self, level: float) -> tuple[_Array, _Array]:
        """Ends of the intervals of all positions, less the means, each (n_places,)."""
        reach = float(ndtri((1 + level) / 2)) * np.sqrt(self.variance)
        return -reach, reach

    def shared(self, a: int, b: int) -> int:
        """Items on which both rows hold a ballot."""
        return _shared(self.loads[0], a, b)

    def items(self, rows: _Ints) -> int:
        """Items on which any of the rows holds a ballot."""
        return _any_of(self.loads[0], rows)


@dataclass(frozen=True, slots=True)
class JointDraws:
    """Draws of positions that a sampler kept.

    Args:
        around: draws less their means, (n_draws, n_places).
        cast: which items each position voted on, items by positions.
    """

    around: npt.NDArray[np.float32]
    cast: csc_array

    def deviations(self, rows: _Ints, n: int, rng: np.random.Generator) -> _Array:
        """Some of the draws kept, (n, n_rows); where more are wanted than were kept, some more than once."""
        kept = len(self.around)
        some = rng.choice(kept, n, replace=n > kept)
        return self.around[some][:, rows].astype(np.float64)

    def ends(self, level: float) -> tuple[_Array, _Array]:
        """Quantiles of the draws, less the means, each (n_places,)."""
        low, high = np.quantile(self.around, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return low.astype(np.float64), high.astype(np.float64)

    def shared(self, a: int, b: int) -> int:
        """Items on which both rows hold a ballot."""
        return _shared(self.cast, a, b)

    def items(self, rows: _Ints) -> int:
        """Items on which any of the rows holds a ballot."""
        return _any_of(self.cast, rows)


def _shared(table: csc_array, a: int, b: int) -> int:
    start, items = table.indptr, table.indices
    return len(np.intersect1d(items[start[a] : start[a + 1]], items[start[b] : start[b + 1]]))


def _any_of(table: csc_array, rows: _Ints) -> int:
    start, items = table.indptr, table.indices
    return len(np.unique(np.concatenate([items[start[k] : start[k + 1]] for k in rows])))


def draws_of(groups: Sequence[Group], around: npt.NDArray[np.float32]) -> JointDraws:
    """What a sampler kept, as joint uncertainty."""
    return JointDraws(around, cast(groups).tocsc())


def joint_of(groups: Sequence[Group], chain: Chain, fitted: Fit, bound: float) -> Joint:
    """Joint uncertainty at the fit. The first term beyond known items is enough where many vote on each."""
    item, place = (np.concatenate([getattr(g, name) for g in groups]) for name in ("item", "place"))
    slope, values = fitted.items[:, 0], []
    for group in groups:
        pull = pulls(group, fitted.items, fitted.position, (fitted.spread[:, 0, 0], fitted.variance), bound)
        by, none = np.repeat(slope, np.diff(group.starts)), np.zeros(len(group.item))
        cuts = [none if mixed is None else -by * mixed for mixed in (pull.first, pull.second)]
        values.append((pull.weight * by * fitted.position[group.place], *cuts))
    tables = [
        csr_array((np.concatenate([v[k] for v in values]), (item, place)), shape=groups[0].shape).tocsc()
        for k in range(3)
    ]
    row, column = tables[0].indices, np.repeat(np.arange(groups[0].shape[1]), np.diff(tables[0].indptr))
    added = np.zeros(len(row))
    for i in range(3):
        for j in range(i, 3):
            added += (1 + (i != j)) * tables[i].data * tables[j].data * fitted.spread[row, i, j]
    extra = np.bincount(column, added, minlength=groups[0].shape[1])
    within = fitted.variance + fitted.variance**2 * extra
    return Joint(fitted.variance, _with_the_past(chain, fitted.variance, within), tuple(tables), fitted.spread)


def _with_the_past(chain: Chain, own: _Array, within: _Array) -> _Array:
    """Variances, to which is added what the position before, toward which each is drawn, does not know itself."""
    total, drawn = within.copy(), (own / chain.variance) ** 2
    for rows in chain.by_session:
        rows = rows[chain.before[rows] >= 0]
        total[rows] += drawn[rows] * total[chain.before[rows]]
    return total
