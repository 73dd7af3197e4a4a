"""What goes with a stated path, if the past pattern holds: simulated beside "no change" and beside placebo paths.

Acts that the path states are seen by the other side; what the other side then does differently follows the slopes that
many pairs teach (``_answering_pool``), and is answered in turn. What a side is stated to do is no sign of what it does
next by itself: only answers are counted. The same path put on sides that have nothing to do with each other gives the
band of what it shows where nothing is to be shown; where that is wider than the slopes' own errors, so are intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.models._answering_pool import BACK, OWN, Pool, lagged, pattern, unrelated_slopes
from visavis.models.intervals import Estimate

__all__ = ["LEVEL", "PLACEBOS", "Move", "Outlook", "Pool", "carry_on", "outlook"]

LEVEL = 0.9
"""What intervals aim at."""
PLACEBOS = 24
SHRUNK, MIRRORED = 0.05, 0.2
"""What is found is smaller than what is planted in made-up worlds, since counts tell moods badly: by this part, and by
more the larger the share of acts left out for their mirrors. Slopes on what others do are raised by as much."""
LEFT_OUT = 0.08
"""Part of the larger of the two sides' effects by which either may be wrong beyond chance. It widens intervals, and
leaves the test of no effect as it is."""
_DRAWS, _FEW, _INNER, _PATHS, _LIMIT = 120, 24, 6, 840, 3.0
_RECENT = 12
Array = npt.NDArray[np.float64]
OnStep = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that the path states, as the simulation needs it.

    Args:
        way: the direction whose acts change; -1 for ties of a third country.
        kind: 0 conflictual, 1 cooperative, 2 any other act.
        amount: acts more (or fewer, below 0) a month; for ties, standard deviations, above 0 for a higher
            conflictual share.
        stop: share of the kind's acts that stop; 0 for none.
        first, last: months, counted from 1.
    """

    way: int
    kind: int
    amount: float
    stop: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What goes with a path, by way (0, 1) and kind (conflict, cooperation).

    Args:
        effects: change of acts that are not stated, over all months, relative to no change; by way, then kind.
        p: two-sided p of no change at all, shape (2, 2).
        no_change: samples of counts, shape (samples, 2 ways, 2 kinds, months).
        along: the same along the path, stated acts among them.
        placebo: low and high factor by which placebo paths change unstated acts, shape (2 ends, 2 ways, 2 kinds,
            months).
        by_month: factor by which the path does, at the slopes themselves, shape (2, 2, months).
        pairs: pairs that teach the slopes.
        placebos: placebo paths.
        widened: how much wider placebos made the intervals, by kind.
    """

    effects: tuple[tuple[Estimate, Estimate], tuple[Estimate, Estimate]]
    p: Array
    no_change: Array
    along: Array
    placebo: Array
    by_month: Array
    pairs: int
    placebos: int
    widened: tuple[float, float]


def carry_on(pool: Pool, months: int, paths: int, rng: np.random.Generator) -> Array:
    """Futures like the last twelve known months, each drawn equally often: shape (paths, 2 ways, 3, months)."""
    recent = np.resize(np.flatnonzero(pool.known)[-_RECENT:], paths)
    drawn = np.stack([rng.permutation(recent) for _ in range(months)], axis=1)
    return np.asarray(np.moveaxis(pool.recorded[:, :2, drawn], (0, 1), (2, 1)), np.float64)


def outlook(
    pool: Pool,
    moves: Sequence[Move],
    months: int,
    *,
    rng: np.random.Generator,
    future: Callable[[Pool, int, int, np.random.Generator], Array] = carry_on,
    placebos: int = PLACEBOS,
    on_step: OnStep | None = None,
) -> Outlook | None:
    """The path beside no change; None where there are too few pairs or months to learn from.

    Args:
        pool: the counts; the pair asked for is ways 0 and 1, and its last months are known.
        moves: the path.
        months: how far to look.
        rng: source of chance.
        future: gives what comes if nothing changes.
        placebos: how many placebo paths; 0 for none, which widens nothing.
        on_step: told of progress.
    """
    say = on_step or (lambda done, total, what: None)
    say(0, placebos + 2, "pattern")
    found = pattern(pool)
    if found is None:
        return None
    inner = _levels(pool, months, rng)
    slopes = _raised(found.slopes, pool)
    centre = np.broadcast_to(slopes, (_DRAWS, *slopes.shape))
    at_slopes, factor = _ratios(pool, moves, inner, centre)
    logs, _ = _ratios(pool, moves, inner, _raised(found.draws(_DRAWS, rng), pool))
    value, sd = at_slopes.mean(axis=0), logs.std(axis=0)
    unreal, unreal_months = [], []
    for i in range(placebos):
        say(i + 1, placebos + 2, "placebos")
        other = unrelated_slopes(pool, rng)
        if other is not None:
            summed, monthly = _ratios(
                pool, moves, inner[:_FEW], np.broadcast_to(_raised(other, pool), centre[:_FEW].shape)
            )
            unreal.append(summed.mean(axis=0))
            unreal_months.append(monthly.mean(axis=0))
    wide = _widening(np.array(unreal), sd)
    df = min(found.df, len(unreal)) if unreal else found.df
    effects, p = _effects(value, sd * wide, LEFT_OUT * np.abs(value).max(axis=0), df, found.pairs)
    outer = future(pool, months, _PATHS, rng)[:, None]
    drawn = slopes + wide[None, :, None] * (_raised(found.draws(_PATHS, rng), pool) - slopes)
    _, seen = _walk(pool, moves, outer, drawn)
    band = np.quantile(np.array(unreal_months), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0) if unreal else None
    say(placebos + 2, placebos + 2, "paths")
    return Outlook(
        effects, p, outer[:, 0, :, :2], seen[:, 0, :, :2], np.ones((2, 2, 2, months)) if band is None else band,
        factor.mean(axis=0), found.pairs, len(unreal), (float(wide[0]), float(wide[1])),
    )  # fmt: skip


def _raised(slopes: Array, pool: Pool) -> Array:
    """Slopes, shape (..., 2, columns), those on what others do raised by what counts hide of them."""
    others = np.arange(slopes.shape[-1]) >= OWN
    return np.asarray(slopes * np.where(others, 1 + SHRUNK + MIRRORED * pool.mirrored, 1.0))


def _widening(unreal: Array, sd: Array) -> Array:
    """By kind, how much further placebo paths scatter than the slopes' errors say; 1 or more."""
    if len(unreal) < 2:
        return np.ones(2)
    scatter = np.sqrt(np.mean(unreal**2, axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(sd > 0, scatter / sd, 1.0)
    return np.asarray(np.maximum(1.0, each.mean(axis=0)))


def _levels(pool: Pool, months: int, rng: np.random.Generator) -> Array:
    """No change, at levels of the last three years: each draw takes its months from one year of them.

    Shape (draws, paths, 2 ways, 3, months). What a path does in proportion depends on how much there is without it.
    """
    recent = np.flatnonzero(pool.known)[-3 * _RECENT :]
    begin = rng.integers(0, max(len(recent) - _RECENT, 0) + 1, (_DRAWS, 1, 1))
    drawn = recent[np.minimum(begin + rng.integers(0, _RECENT, (_DRAWS, _INNER, months)), len(recent) - 1)]
    return np.asarray(np.moveaxis(pool.recorded[:, :2, drawn], (0, 1), (3, 2)), np.float64)


def _effects(
    value: Array, sd: Array, more: Array, df: float, pairs: int
) -> tuple[tuple[tuple[Estimate, Estimate], tuple[Estimate, Estimate]], Array]:
    """Effects, as changes, from log ratios, their errors and what intervals hold more, shape (2, 2); and p."""
    reach = float(student.ppf((1 + LEVEL) / 2, df)) * np.sqrt(sd**2 + more**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(sd > 0, 2 * student.sf(np.abs(value) / sd, df), 1.0)
    middle, low, high = (np.expm1(part) for part in (value, value - reach, value + reach))

    def one(way: int, kind: int) -> Estimate:
        return Estimate(float(middle[way, kind]), float(low[way, kind]), float(high[way, kind]), pairs, LEVEL)

    return ((one(0, 0), one(0, 1)), (one(1, 0), one(1, 1))), np.asarray(p)


def _ratios(pool: Pool, moves: Sequence[Move], base: Array, slopes: Array) -> tuple[Array, Array]:
    """Log ratio of unstated acts over all months, (slopes, 2, 2), and ratio by month, (slopes, 2, 2, months)."""
    own, _ = _walk(pool, moves, base, slopes)
    along, usual = own[:, :, :, :2].mean(axis=1), np.broadcast_to(base, own.shape)[:, :, :, :2].mean(axis=1)
    summed = np.log((along.sum(axis=-1) + 1e-9) / (usual.sum(axis=-1) + 1e-9))
    return summed, (along + 1e-9) / (usual + 1e-9)


def _walk(pool: Pool, moves: Sequence[Move], base: Array, slopes: Array) -> tuple[Array, Array]:
    """Acts along the path: those that are not stated, and all; each (slopes, paths, 2 ways, 3, months).

    Args:
        pool: gives the months before.
        moves: the path.
        base: what comes if nothing changes, shape (1 or slopes, paths, 2, 3, months).
        slopes: shape (slopes, 2 kinds, columns).
    """
    months, shape = base.shape[-1], (len(slopes), *base.shape[1:])
    kept, stands = pool.kept[..., None], pool.stands[:, :2].T
    base = base * kept
    past = np.moveaxis(pool.acts[:, :2][:, :, np.flatnonzero(pool.known)[-BACK:]], 0, 1).astype(np.float64)
    before = np.broadcast_to(past, (*shape[:-1], BACK))
    usual = np.log1p(
        np.concatenate([np.broadcast_to(past, (*base.shape[:-1], BACK)), base], axis=-1) * stands[..., None]
    )
    own = np.concatenate([before, np.broadcast_to(base, shape)], axis=-1)
    seen, seen_logs = own.copy(), np.log1p(own * stands[..., None])
    own_logs = seen_logs.copy()
    third = _third(moves, months)
    for m in range(months):
        at = np.array([BACK + m])
        away = [lagged(logs - usual, at)[..., 0, :] for logs in (own_logs, seen_logs)]  # (slopes, paths, 2, 3, windows)
        flat = [part.reshape(*part.shape[:3], -1) for part in (away[0], away[1][:, :, ::-1])]
        x = np.concatenate([*flat, *([] if pool.ties is None else [_spread(lagged(third, at)[0], flat[0])])], axis=-1)
        change = np.clip(np.einsum("bswc,bkc->bswk", x, slopes), -_LIMIT, _LIMIT)
        here = own[..., BACK + m]
        room = np.maximum(here[..., 2:], here[..., :2].sum(axis=-1, keepdims=True))  # no more than all acts
        here[..., :2] *= np.exp(change)
        here[..., :2] *= np.minimum(1.0, room / np.maximum(here[..., :2].sum(axis=-1, keepdims=True), 1e-9))
        stated = _stated(moves, here, m + 1, pool.kept)
        seen[..., BACK + m] = here + stated
        own_logs[..., BACK + m] = np.log1p(here * stands)
        seen_logs[..., BACK + m] = np.log1p((here + stated) * stands)
    return own[..., BACK:] / kept, seen[..., BACK:] / kept


def _stated(moves: Sequence[Move], here: Array, month: int, kept: Array) -> Array:
    """Acts more or fewer in a month because the path says so, (slopes, paths, 2, 3)."""
    stated = np.zeros_like(here)
    for move in moves:
        if move.way < 0 or not move.first <= month <= move.last:
            continue
        there = here[..., move.way, move.kind] if move.kind < 2 else here[..., move.way, 2]
        left = there + stated[..., move.way, move.kind]
        change = np.maximum(move.amount * kept[move.way, move.kind] - move.stop * there, -left)
        stated[..., move.way, move.kind] += change
        if move.kind < 2:
            stated[..., move.way, 2] += change
    return stated


def _third(moves: Sequence[Move], months: int) -> Array:
    """Swing of the third country's ties by month, after ``BACK`` months of none."""
    swing = np.zeros(BACK + months)
    for move in moves:
        if move.way < 0:
            swing[BACK + move.first - 1 : BACK + move.last] += move.amount
    return swing


def _spread(values: Array, like: Array) -> Array:
    return np.broadcast_to(values, (*like.shape[:-1], len(values)))
