"""What lies before each act: counts by kind of what was done earlier, seen from several sides, period by period."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from visavis.errors import UsageError

__all__ = ["COMPONENTS", "Acts", "Cases", "Past", "cases"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

COMPONENTS = ("own", "lately", "actor", "target", "after", "mirror", "answer")
"""Sides from which the past of A toward B is seen; see ``next_act``."""


@dataclass(frozen=True, slots=True)
class Acts:
    """Acts, each row a number of them; rows of one period, direction and kind may repeat.

    Args:
        period: days, weeks or months counted from any start, shape (N,).
        source, target: numbers of the acting side and of the other, shape (N,).
        kind: number of the kind of act, shape (N,).
        n: how many, 1 or more, shape (N,).
        kinds: how many kinds there are, K.
    """

    period: Ints
    source: Ints
    target: Ints
    kind: Ints
    n: Ints
    kinds: int

    def __post_init__(self) -> None:
        sizes = {len(x) for x in (self.period, self.source, self.target, self.kind, self.n)}
        if len(sizes) > 1:
            raise UsageError(f"The columns of acts are of different lengths: {sorted(sizes)}.")
        if len(self.kind) and (self.kind.min() < 0 or self.kind.max() >= self.kinds):
            raise UsageError(f"Kinds of act go from 0 to {self.kinds - 1}; found {self.kind.max()}.")


@dataclass(frozen=True, slots=True)
class Cases:
    """One case for each direction in each period in which it acted, with what lay before.

    Args:
        period, source, target: which, shape (G,).
        y: acts by kind, shape (G, K).
        past: counts of each component in earlier periods, shape (components, G, K).
        base: mix of all earlier acts, by period of ``periods``, shape (periods, K).
        at: row of ``base`` of each case, shape (G,).
    """

    period: Ints
    source: Ints
    target: Ints
    y: Floats
    past: Floats
    base: Floats
    at: Ints

    def where(self, keep: npt.NDArray[np.bool_] | Ints) -> Cases:
        """Some of the cases."""
        rows = (self.period[keep], self.source[keep], self.target[keep], self.y[keep], self.past[:, keep])
        period, source, target, y, past = rows
        return replace(self, period=period, source=source, target=target, y=y, past=past, at=self.at[keep])

    @property
    def n(self) -> int:
        """Acts in all cases."""
        return int(self.y.sum())


class Past:
    """Counts up to now, of directions numbered from 0; grows period by period.

    Args:
        source, target: numbers of the two sides of each direction, shape (P,).
        back: number of the opposite direction, shape (P,).
        kinds: K.
    """

    def __init__(self, source: Ints, target: Ints, back: Ints, kinds: int) -> None:
        actors = int(max(source.max(initial=-1), target.max(initial=-1))) + 1
        self.source, self.target, self.back, self.kinds = source, target, back, kinds
        self._own, self._lately, self._last = (np.zeros((len(source), kinds), np.float32) for _ in range(3))
        self._seen = np.zeros(len(source))  # period in which ``lately`` was last brought up to date
        self._actor, self._target = (np.zeros((actors, kinds), np.float32) for _ in range(2))
        self._after, self._answer = (np.zeros((kinds, kinds), np.float32) for _ in range(2))
        self._all = np.zeros(kinds)

    @property
    def base(self) -> Floats:
        """Mix of all acts so far, half an act of each kind added."""
        return np.asarray((self._all + 0.5) / (self._all.sum() + 0.5 * self.kinds), np.float32)

    def before(self, which: Ints, period: int) -> Floats:
        """Counts of each component for some directions, (components, directions, K)."""
        back = self.back[which]
        faded = self._lately[which] * np.exp2(self._seen[which] - period).astype(np.float32)[:, None]
        return np.stack([
            self._own[which], faded, self._actor[self.source[which]], self._target[self.target[which]],
            self._last[which] @ self._after, self._own[back], self._last[back] @ self._answer,
        ])  # fmt: skip

    def add(self, which: Ints, y: Floats, period: int) -> None:
        """Take in what happened in a period; each direction once."""
        self._after += self._last[which].T @ y
        self._answer += self._last[self.back[which]].T @ y
        self._lately[which] = self._lately[which] * np.exp2(self._seen[which] - period).astype(np.float32)[:, None] + y
        self._seen[which] = period
        self._own[which] += y
        for sums, rows in ((self._actor, self.source[which]), (self._target, self.target[which])):
            names, inside = np.unique(rows, return_inverse=True)
            order = np.argsort(inside, kind="stable")
            sums[names] += np.add.reduceat(y[order], np.flatnonzero(np.diff(inside[order], prepend=-1)), axis=0)
        self._last[which] = y / y.sum(axis=1, keepdims=True)
        self._all += y.sum(axis=0)


def cases(acts: Acts, first: int, last: int) -> Cases:
    """The cases from one period to another, each with what lay before it; only earlier periods count.

    Args:
        acts: all acts, those before ``first`` too.
        first, last: periods of the cases, both included.

    Example:
        >>> one = np.ones(3, np.int64)
        >>> found = cases(Acts(np.arange(3), 0 * one, one, np.array([0, 1, 0]), one, 2), 1, 2)
        >>> found.y.tolist(), found.past[0].tolist()
        ([[0.0, 1.0], [1.0, 0.0]], [[1.0, 0.0], [1.0, 1.0]])
    """
    past, which = _directions(acts)
    order = np.argsort(acts.period, kind="stable")
    periods, starts = np.unique(acts.period[order], return_index=True)
    ways: list[Ints] = []
    rows: list[Floats] = []
    seen: list[Floats] = []
    bases: list[Floats] = []
    for period, mine in zip(periods.tolist(), np.split(order, starts[1:]), strict=True):
        if period > last:
            break
        names, inside = np.unique(which[mine], return_inverse=True)
        y = np.zeros((len(names), acts.kinds), np.float32)
        np.add.at(y, (inside, acts.kind[mine]), acts.n[mine])
        if period >= first:
            ways.append(np.stack([np.full(len(names), period), names, np.full(len(names), len(bases))]))
            rows.append(y)
            seen.append(past.before(names, period))
            bases.append(past.base)
        past.add(names, y, period)
    if not rows:
        empty, none = np.zeros(0, np.int64), np.zeros((0, acts.kinds), np.float32)
        return Cases(empty, empty, empty, none, np.zeros((len(COMPONENTS), 0, acts.kinds), np.float32), none, empty)
    at, way, row = np.concatenate(ways, axis=1)
    held = np.concatenate(seen, axis=1)
    return Cases(at, past.source[way], past.target[way], np.concatenate(rows), held, np.stack(bases), row)


def _directions(acts: Acts) -> tuple[Past, Ints]:
    """All directions and their opposites, and which of them each act is of."""
    actors = int(max(acts.source.max(initial=-1), acts.target.max(initial=-1))) + 1
    ways = [acts.source * actors + acts.target, acts.target * actors + acts.source]
    names, inside = np.unique(np.concatenate(ways), return_inverse=True)
    source, target = np.divmod(names, max(actors, 1))
    back = np.searchsorted(names, target * actors + source)
    return Past(source, target, back, acts.kinds), inside[: len(acts.kind)]
