"""Made-up worlds in which acts of the other side, or ties of a third country, matter by a known amount or not at all.

Both sides of a pair share attention that rises and falls; each side has moods of its own that last; the whole world has
its warm and cold months; one event may be recorded as an act of both. None of this is an answer to anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from visavis.models._answering_pool import Pool
from visavis.models.scenario import Move

__all__ = ["World", "true_change", "world"]

Array = npt.NDArray[np.float64]
_START = 24


@dataclass(frozen=True, slots=True)
class _State:
    """A month: moods and answers (kinds, ways), attention and ties (pairs,), the world (kinds,), acts (3, ways)."""

    moods: Array
    answers: Array
    attention: Array
    ties: Array
    common: Array
    last: Array


@dataclass(frozen=True, slots=True)
class World:
    """A made-up world and all that drives it on.

    Args:
        pool: what was recorded.
        levels: usual log shares, shape (2 kinds, ways).
        size: log acts a month, shape (ways,).
        state: as it is in the last month.
        answer: change of the log share of a kind (row) with the other's log share of a kind (column).
        memory, third, ar, mood, attention, shared, doubled: see ``world``.
    """

    pool: Pool
    levels: Array
    size: Array
    state: _State
    answer: Array
    memory: float
    third: float | None
    ar: float
    mood: float
    attention: float
    shared: float
    doubled: float


def world(
    pairs: int,
    months: int,
    *,
    rng: np.random.Generator,
    answer: Sequence[Sequence[float]] = ((0.0, 0.0), (0.0, 0.0)),
    memory: float = 0.0,
    third: float | None = None,
    ar: float = 0.6,
    mood: float = 0.3,
    attention: float = 0.4,
    shared: float = 0.1,
    doubled: float = 0.2,
    acts: float = 30.0,
) -> World:
    """A world of ``pairs`` pairs over ``months`` months.

    Args:
        pairs: how many, of different size, tone and countries.
        months: how many, after a start that is thrown away.
        rng: source of chance.
        answer: how the log share of conflictual and cooperative acts (rows) goes with the log share of the other
            side's conflictual and cooperative acts (columns) a month before; zeros are a world where nothing matters.
        memory: how much of an answer is left a month later.
        third: how the log share of conflictual acts goes with the ties of a third country a month before, for each
            standard deviation of these; None for a world of which no third ties are known.
        ar: how much of attention, moods, ties and the world's swings is left a month later.
        mood, attention, shared: standard deviations, in logs, of moods, a pair's attention, the world's swings.
        doubled: share of acts recorded in the other direction as well.
        acts: mean acts a month of a direction.

    >>> world(12, 40, rng=np.random.default_rng(1)).pool.acts.shape
    (3, 24, 40)
    """
    ways = 2 * pairs
    size = np.repeat(np.log(acts) + rng.normal(0, 0.7, pairs), 2) + rng.normal(0, 0.2, ways)
    levels = np.log([[0.12], [0.25]]) + rng.normal(0, 0.3, (2, ways))
    ends = np.repeat(np.arange(2 * pairs).reshape(pairs, 2), 2, axis=0)
    ends[1::2] = ends[1::2, ::-1]
    none = Pool(np.zeros((3, ways, 0), np.int64), np.zeros(0, bool), ends, np.zeros((3, ways, 0), np.int64))
    state = _State(
        rng.normal(0, mood, (2, ways)), np.zeros((2, ways)), rng.normal(0, attention, pairs), rng.normal(size=pairs),
        np.zeros(2), np.exp(np.stack([size + levels[0], size + levels[1], size])),
    )  # fmt: skip
    made = World(
        none, levels, size, state, np.asarray(answer, float), memory, third, ar, mood, attention, shared, doubled
    )
    seen, single, ties, state = _on(made, (), months + _START, rng)
    counts, lone = (part[..., _START:].astype(np.int64) for part in (seen, single))
    swings = np.repeat(ties[:, _START:], 2, axis=0) if third is not None else None
    return replace(made, pool=Pool(lone, np.ones(months, bool), ends, counts, swings), state=state)


def true_change(
    made: World, moves: Sequence[Move], months: int, *, rng: np.random.Generator, paths: int = 400
) -> Array:
    """What the path truly does: change of unstated acts of the first pair, over all months, shape (2 ways, 2 kinds).

    The same chance is drawn with the path and without it.
    """
    seed = int(rng.integers(2**32))
    shape = _widened(made, paths)
    sums = []
    for path in (tuple(moves), ()):
        seen, *_ = _on(shape, path, months, np.random.default_rng(seed), expected=True)
        sums.append(seen[:2].reshape(2, paths, 2, months).sum(axis=(1, 3)).T)
    return np.asarray(sums[0] / sums[1] - 1)


def _widened(made: World, paths: int) -> World:
    """The first pair alone, so many times over, as it is at the end."""
    was = made.state
    levels, size, moods, answers, last = (
        np.tile(part[..., :2], paths) for part in (made.levels, made.size, was.moods, was.answers, was.last)
    )
    attention, ties = (np.repeat(part[:1], paths) for part in (was.attention, was.ties))
    return replace(made, levels=levels, size=size, state=_State(moods, answers, attention, ties, was.common, last))


def _on(
    made: World, moves: Sequence[Move], months: int, rng: np.random.Generator, *, expected: bool = False
) -> tuple[Array, Array, Array, _State]:
    """Months that follow: recorded acts without stated ones, those without mirrors, ties; and the state at the end.

    With ``expected`` the mean of what is done each month, given all before, stands for recorded acts.
    """
    was = made.state
    moods, answers, attention, ties, common, last = (
        was.moods, was.answers, was.attention, was.ties, was.common, was.last
    )  # fmt: skip
    ways = len(made.size)
    reverse = np.arange(ways) ^ 1
    fresh = np.sqrt(1 - made.ar**2)
    out, single = np.zeros((2, 3, ways, months))
    swings = np.zeros((len(ties), months))
    led = ties
    for m in range(months):
        told = np.log((1 + last[:2]) / (1 + last[2])) - made.levels  # of what was done, not of what was recorded
        answers = made.memory * answers + made.answer @ told[:, reverse]
        moods = made.ar * moods + fresh * rng.normal(0, made.mood, moods.shape)
        attention = made.ar * attention + fresh * rng.normal(0, made.attention, attention.shape)
        common = made.ar * common + fresh * rng.normal(0, made.shared, 2)
        lead = np.stack([(made.third or 0.0) * np.repeat(led, 2), np.zeros(ways)])
        shares = np.exp(np.minimum(made.levels + moods + answers + lead + common[:, None], 0.0))
        shares /= np.maximum(1.0, shares.sum(axis=0) / 0.95)
        mean = np.exp(made.size + np.repeat(attention, 2))
        uniform = rng.random((2, 3, ways))  # the same chance with a path and without it
        own = np.stack(
            [_poisson(mean * part, u) for part, u in zip((*shares, 1 - shares.sum(axis=0)), uniform[0], strict=True)]
        )
        own[2] = own.sum(axis=0)
        copied = np.floor(own[:, reverse] * made.doubled + uniform[1])
        copied[2] = np.maximum(copied[2], copied[:2].sum(axis=0))
        single[..., m] = own - copied[:, reverse]
        means = np.stack([mean * shares[0], mean * shares[1], mean])
        out[..., m] = means if expected else own + copied
        ties = made.ar * ties + fresh * rng.normal(size=ties.shape)
        swings[:, m] = ties
        last = own + _stated_acts(moves, m + 1, own, 1 + made.doubled)
        led = ties + sum(move.amount for move in moves if move.way < 0 and move.first <= m + 1 <= move.last)
    return out, single, swings, _State(moods, answers, attention, ties, common, last)


def _poisson(mean: Array, uniform: Array) -> Array:
    from scipy.stats import poisson

    return np.asarray(poisson.ppf(np.clip(uniform, 1e-9, 1 - 1e-9), mean), np.float64)


def _stated_acts(moves: Sequence[Move], month: int, own: Array, recorded: float) -> Array:
    """Acts that the path adds to what is done in a month, or takes away, by kind and way.

    Every second way is the pair's first. Amounts are of recorded acts; ``recorded`` of them stand for one that is done.
    """
    added = np.zeros_like(own)
    for move in moves:
        if move.way < 0 or not move.first <= month <= move.last:
            continue
        there = own[move.kind, move.way :: 2]
        change = np.maximum(move.amount / recorded - move.stop * there, -there)
        added[move.kind, move.way :: 2] += change
        if move.kind < 2:
            added[2, move.way :: 2] += change
    return added
