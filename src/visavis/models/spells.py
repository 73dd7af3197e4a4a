"""How long do spells last: runs of periods whose level lies among the highest of the series?

A period is high when its rate is above the threshold that four fifths of the series stay under. By chance alone such
periods follow each other too; so the number of runs is held against that of the same periods in random order. How
long a spell lasts comes from the share of high periods after which it went on; spells that a gap or the end of the
record cuts off count as long as they were seen.

Source: Wald and Wolfowitz (1940), Annals of Mathematical Statistics 11(2); Jeffreys interval for the share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

__all__ = ["SHORTEST", "Spell", "Spells", "high_periods", "spells"]

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
SHORTEST = 36
"""Known periods that a series needs."""
_HIGH, _FEWEST = 0.8, 5


@dataclass(frozen=True, slots=True)
class Spell:
    """A run of high periods: its first and last position, and whether its end was seen."""

    first: int
    last: int
    ended: bool

    @property
    def length(self) -> int:
        """Periods in it."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Spells:
    """Spells of a series and how long they last.

    Args:
        found: in order of time.
        high: high periods.
        known: known periods.
        length: mean length, from the share of high periods after which the spell went on.
        low, high_end: its 90 % interval.
        by_chance: mean length in random order.
        p: chance of as few runs in random order.
        longest: length of the longest one.
    """

    found: tuple[Spell, ...]
    high: int
    known: int
    length: float
    low: float
    high_end: float
    by_chance: float
    p: float
    longest: int


def high_periods(k: Counts, volume: Counts, known: Mask) -> Mask:
    """Periods whose count per volume lies above what four fifths of the known ones stay under, (n,)."""
    rate = np.where(known & (volume > 0), k / np.maximum(volume, 1), np.nan)
    if not np.isfinite(rate).any():
        return np.zeros(len(k), bool)
    return np.asarray(np.nan_to_num(rate, nan=-1.0) > np.nanquantile(rate, _HIGH))


def spells(high: Mask, known: Mask, *, rng: np.random.Generator, orders: int = 2000) -> Spells | None:
    """Runs of high periods; None where the series is short or fewer than five spells are in it.

    Args:
        high: which periods are high, (n,).
        known: which are known, (n,).
        rng: source of the random orders.
        orders: how many.

    >>> series = np.tile([0, 0, 0, 0, 0, 0, 1, 1, 1, 0], 8).astype(bool)
    >>> found = spells(series, np.ones(80, bool), rng=np.random.default_rng(1))
    >>> len(found.found), found.longest, found.length, found.p < 0.01
    (8, 3, 3.0, True)
    """
    found = _runs(high & known, known)
    if known.sum() < SHORTEST or len(found) < _FEWEST:
        return None
    seen = np.flatnonzero(high[:-1] & known[:-1] & known[1:])
    ends = int((~high[seen + 1]).sum())
    on = len(seen) - ends
    low, top = (float(beta.ppf(q, ends + 0.5, on + 0.5)) for q in (0.05, 0.95))
    at, values = np.flatnonzero(known), high[known]
    runs, share = _count(values, at), float(values.mean())
    made = np.array([_count(rng.permutation(values), at) for _ in range(orders)])
    return Spells(
        found=tuple(found),
        high=int(values.sum()),
        known=int(known.sum()),
        length=len(seen) / max(ends, 1),
        low=1 / top,
        high_end=1 / low,
        by_chance=1 / (1 - share),
        p=(1 + int((made <= runs).sum())) / (1 + orders),
        longest=max(s.length for s in found),
    )


def _count(values: Mask, at: Counts) -> int:
    """Runs of high periods; a hole between two positions ends one."""
    begins = values.copy()
    begins[1:] &= ~(values[:-1] & (np.diff(at) == 1))
    return int(begins.sum())


def _runs(high: Mask, known: Mask) -> list[Spell]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], high, [False]]).astype(np.int8)))
    ends = [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return [Spell(a, b, b + 1 < len(high) and bool(known[b + 1])) for a, b in ends]
