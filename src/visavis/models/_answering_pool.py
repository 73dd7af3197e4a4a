"""How acts go with what the other side did before, learned on many pairs at once: what a stated path is run through.

Of each direction's acts, what part is conflictual and what part cooperative goes with the acts of both sides one, two
to three and four to six months before. Attention that the news pay lifts acts of every kind alike and is held equal, as
is what all pairs share in a month. Each direction has a level of its own; its bias of order 1/T is taken out by the
split panel. Errors are clustered by pair. Sources: see ``reciprocity``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.errors import UsageError
from visavis.models._ppml import Rows, fitted, jackknifed

__all__ = [
    "BACK",
    "FEWEST_MONTHS",
    "FEWEST_PAIRS",
    "OWN",
    "Pattern",
    "Pool",
    "lagged",
    "pattern",
    "unrelated",
    "unrelated_slopes",
]

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
WINDOWS = ((1, 1), (2, 2), (3, 3), (4, 6))
"""Months before, each stretch with a slope of its own."""
BACK = WINDOWS[-1][1]
OWN = 3 * len(WINDOWS)
"""Columns on a side's own acts; those on the other's acts, and on third ties, come after."""
FEWEST_PAIRS, FEWEST_MONTHS = 10, 36
"""Pairs, and known months with known months before them, that learning needs."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Counts of many directed pairs by month; the reverse of way ``w`` is ``w ^ 1``, the pair asked for is 0 and 1.

    One event is often recorded as an act of both sides on the same day; that is no answer. So ``acts`` are without
    such mirrors where that is known, and ``recorded`` with them, for what is shown.

    Args:
        acts: conflictual, cooperative and all acts, shape (3, ways, months).
        known: whether the month is covered, shape (months,).
        ends: acting and other country of each way, as numbers, shape (ways, 2).
        recorded: the same with mirrors, shape (3, ways, months).
        ties: swings of the ties of a third country with each pair, in standard deviations, shape (ways, months); None
            where the path has none.
    """

    acts: Counts
    known: npt.NDArray[np.bool_]
    ends: Counts
    recorded: Counts
    ties: Array | None = None

    def __post_init__(self) -> None:
        _, ways, months = self.acts.shape
        if (
            ways % 2
            or self.known.shape != (months,)
            or self.ends.shape != (ways, 2)
            or self.recorded.shape != (3, ways, months)
        ):
            raise UsageError(f"A pool of {ways} ways and {months} months has parts that do not fit.")

    @property
    def kept(self) -> Array:
        """Share of the pair's recorded acts of a kind that have no mirror, shape (2 ways, 3)."""
        whole = self.recorded[:, :2, self.known].sum(axis=-1) + 1
        return np.asarray(((self.acts[:, :2, self.known].sum(axis=-1) + 1) / whole).T)

    @property
    def stands(self) -> Array:
        """How many recorded acts one without a mirror stands for, at most two, shape (3, ways)."""
        whole, left = (part[..., self.known].sum(axis=-1) + 1 for part in (self.recorded, self.acts))
        return np.asarray(np.clip(whole / left, 1.0, 2.0))

    @property
    def mirrored(self) -> float:
        """Share of all conflictual and cooperative acts that is left out for a mirror, at most a half."""
        whole, left = (int(part[:2, :, self.known].sum()) for part in (self.recorded, self.acts))
        return float(np.clip(1 - left / max(whole, 1), 0.0, 0.5))


@dataclass(frozen=True, slots=True)
class Pattern:
    """Slopes by kind (conflict, cooperation): own acts, the other's acts, third ties; each over ``WINDOWS``.

    Args:
        slopes: shape (2, columns).
        spread: a root of their covariance, shape (2 * columns, clusters): draws are slopes + spread @ normal.
        df: degrees of freedom of their errors.
        pairs: pairs they rest on.
    """

    slopes: Array
    spread: Array
    df: float
    pairs: int

    def draws(self, size: int, rng: np.random.Generator) -> Array:
        """Slopes as they might be as well, shape (size, 2, columns): normal, so intervals must allow for ``df``."""
        normal = rng.standard_normal((size, self.spread.shape[1]))
        return np.asarray(self.slopes + (normal @ self.spread.T).reshape(size, *self.slopes.shape))


def lagged(logs: Array, at: Counts) -> Array:
    """Means of log(1 + acts) over ``WINDOWS`` before some months: (..., months) to (..., len(at), windows)."""
    parts = [np.mean([logs[..., at - back] for back in range(first, last + 1)], axis=0) for first, last in WINDOWS]
    return np.stack(parts, axis=-1)


def pattern(pool: Pool) -> Pattern | None:
    """The slopes with their errors; None where there are too few pairs or months."""
    now = _months(pool)
    if now is None:
        return None
    fits = []
    for kind in (0, 1):
        rows = _rows(pool, kind, now, np.arange(pool.acts.shape[1]) ^ 1)
        fit = jackknifed(rows)
        if fit is None:
            return None
        pairs = pool.acts.shape[1] // 2
        sums = np.stack([np.bincount(rows.way // 2, column, minlength=pairs) for column in fit[1].T], axis=-1)
        fits.append((fit[0], sums))
    sums = np.concatenate([fit[1] for fit in fits], axis=1)
    used = np.abs(sums).sum(axis=1) > 0
    count = int(used.sum())
    if count < FEWEST_PAIRS:
        return None
    spread = sums[used].T * np.sqrt(count / (count - 1))
    squares = spread**2  # as many degrees of freedom as equal pairs would give
    effective = squares.sum(axis=1) ** 2 / np.maximum((squares**2).sum(axis=1), 1e-300)
    return Pattern(np.stack([fit[0] for fit in fits]), spread, max(4.0, float(np.median(effective)) - 1), count)


def unrelated_slopes(pool: Pool, rng: np.random.Generator) -> Array | None:
    """Slopes on an other side that has no part in it, one drawn at random for each way, shape (2, columns)."""
    now, other = _months(pool), unrelated(pool, rng)
    fits = [] if now is None else [fitted(rows, np.ones(len(rows.y), bool)) for rows in
                                   (_rows(pool, kind, now, other) for kind in (0, 1))]  # fmt: skip
    found = [fit[0] for fit in fits if fit is not None]
    return np.stack(found) if len(found) == 2 else None


def _months(pool: Pool) -> Counts | None:
    """Months that are known with those before them; None where they or the pairs are too few."""
    ways, months = pool.acts.shape[1:]
    now = np.array([t for t in range(BACK, months) if pool.known[t - BACK : t + 1].all()], np.int64)
    return None if len(now) < FEWEST_MONTHS or ways < 2 * FEWEST_PAIRS else now


def _rows(pool: Pool, kind: int, now: Counts, other: Counts) -> Rows:
    """Acts of a kind, and what was before them, less what all pairs share in the month."""
    acts = pool.acts
    n, y = acts[2][:, now], acts[kind][:, now]
    share = (y.sum(axis=0) + 1.0) / (n.sum(axis=0) + 10.0)
    keep = (n > 0) & (y.sum(axis=1) > 0)[:, None]
    logs = lagged(np.log1p(acts * pool.stands[..., None]), now)  # (3, ways, now, windows)
    columns = [side[i] for side in (logs, logs[:, other]) for i in range(3)]
    if pool.ties is not None:
        # of an unrelated other side the third country is that of the other side
        columns.append(lagged(pool.ties[other], now))
    every = np.concatenate(columns, axis=-1)
    weight = np.log1p(n)[..., None] / np.maximum(np.log1p(n).sum(axis=0), 1.0)[None, :, None]
    x = (every - (every * weight).sum(axis=0))[keep]
    way, at = np.nonzero(keep)
    return Rows(y[keep].astype(np.float64), (n * share)[keep], x, way, now[at])


def unrelated(pool: Pool, rng: np.random.Generator) -> Counts:
    """For each way another way between two other countries, at random: an other side that has no part in it."""
    ways = len(pool.ends)
    chosen = rng.integers(0, ways, ways)
    for _ in range(50):
        shared = (pool.ends[:, :, None] == pool.ends[chosen][:, None, :]).any(axis=(1, 2))
        if not shared.any():
            break
        chosen[shared] = rng.integers(0, ways, int(shared.sum()))
    return np.asarray(chosen, np.int64)
