"""Two paths of ideal points: who moved, when the order changed, who stands nearest. See docs/votes.md.

All comes from joint draws, so that what two countries share through the same roll calls is not counted as doubt about
their difference. Within a session a difference is sound. Between sessions the line may shift and stretch, so moves are
told against the mean of all countries that voted in both sessions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from visavis.errors import NoDataError
from visavis.models.ideal_points import IdealPoints
from visavis.models.intervals import Estimate

__all__ = ["Crossing", "Nearest", "Neighbour", "Order", "Shift", "nearest", "order_of", "shift_between"]

_Array = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]
_DRAWS = 4000
_WRONG = 0.05  # chance that any of the orders called clear is the other way round
_SURE = 0.95


@dataclass(frozen=True, slots=True)
class Crossing:
    """The order of two countries changed: ``higher`` stood higher up to ``before``, the other one from ``after`` on.

    Args:
        higher: the country that stood higher before.
        before: last session in which the old order is clear.
        after: first session in which the new order is clear.
        likeliest: the session from which on the new order fits best, after ``before`` and up to ``after``.
        probability: that the order in ``before`` and ``after`` was as told.
    """

    higher: str
    before: int
    after: int
    likeliest: int
    probability: float


@dataclass(frozen=True, slots=True)
class Order:
    """Which of two countries stood higher, session by session.

    Args:
        sessions: in which both voted.
        higher: the country that clearly stood higher in each, None where it is not clear.
        crossings: changes of the clear order, in order of time.
    """

    sessions: tuple[int, ...]
    higher: tuple[str | None, ...]
    crossings: tuple[Crossing, ...]

    @property
    def clear(self) -> int:
        """In how many sessions the order is clear."""
        return sum(name is not None for name in self.higher)


@dataclass(frozen=True, slots=True)
class Shift:
    """How two countries moved from one session to a later one. Units: standard deviations of all positions.

    Args:
        since: the earlier session.
        until: the later one.
        moves: of each country along the line, by country.
        against_field: of each, less the mean move of all countries that voted in both sessions.
        field: how many these are.
        gap: change of the first country's position less the second's, in the order in which they were asked for.
        distance: change of how far apart they stood; above 0 farther.
        mover: the country that accounts for most of ``gap``; None where that is undecided.
        probability: that the one which seems to account for most does; None where the gap did not clearly change.
    """

    since: int
    until: int
    moves: dict[str, Estimate]
    against_field: dict[str, Estimate]
    field: int
    gap: Estimate
    distance: Estimate
    mover: str | None
    probability: float | None

    @property
    def changed(self) -> bool:
        """Whether the gap clearly changed."""
        return not self.gap.low <= 0 <= self.gap.high


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A country, how far away it stood, and how probable it is that none stood nearer."""

    country: str
    distance: Estimate
    probability: float


@dataclass(frozen=True, slots=True)
class Nearest:
    """The neighbours of a country in a session: the smallest set that holds the nearest with 90 %, likeliest first.

    Args:
        country: whose neighbours.
        session: in which.
        neighbours: at least one.
        among: how many others voted.
    """

    country: str
    session: int
    neighbours: tuple[Neighbour, ...]
    among: int

    @property
    def decided(self) -> bool:
        """Whether the one named first is the nearest with 90 % or more."""
        return self.neighbours[0].probability >= 0.9


def order_of(
    found: IdealPoints, a: str, b: str, *, rng: np.random.Generator, since: int = 0, until: int = 10**9
) -> Order:
    """When the order of two countries was clear, and when it changed.

    An order is called clear so that all orders called clear are right together with 95 %: the bar rises with the number
    of sessions. A crossing lies between two clear sessions of different order, so that it is never told from sessions
    of which nothing is known.

    Raises:
        NoDataError: there is no session in which both voted.
    """
    (low, high), sessions, gaps = _gaps(found, (a, b), (since, until), rng)
    mean, sd = gaps.mean(axis=0), gaps.std(axis=0)
    sure = np.abs(mean) > float(ndtri(1 - _WRONG / len(sessions))) * sd
    at = np.flatnonzero(sure)
    crossings = [
        _crossing(low if mean[i] > 0 else high, sessions, gaps, int(i), int(j))
        for i, j in pairwise(at)
        if (mean[i] > 0) != (mean[j] > 0)
    ]
    names = [None if not s else low if m > 0 else high for s, m in zip(sure.tolist(), mean.tolist(), strict=True)]
    return Order(tuple(sessions.tolist()), tuple(names), tuple(crossings))


def shift_between(found: IdealPoints, a: str, b: str, since: int, until: int, *, rng: np.random.Generator) -> Shift:
    """Who moved between two sessions, and which of the two accounts for most of the change of their gap.

    Raises:
        NoDataError: one of the two has no position in one of the sessions.
    """
    rows = {s: dict(zip(_names(found, s), np.flatnonzero(found.session == s).tolist(), strict=True))
            for s in (since, until)}  # fmt: skip
    for name in (a, b):
        if not all(name in rows[s] for s in (since, until)):
            raise NoDataError(f"{name} has no position in session {since} or {until}.")
    both = sorted(set(rows[since]) & set(rows[until]))
    at = np.array([rows[s][name] for s in (since, until) for name in both])
    drawn = _drawn(found, at, rng)
    moved = drawn[:, len(both) :] - drawn[:, : len(both)]
    low, high = sorted((a, b))  # in this order, so that swapped countries give the same to the last digit
    i, j = both.index(low), both.index(high)
    relative = moved - moved.mean(axis=1, keepdims=True)
    gap = moved[:, i] - moved[:, j]
    before, after = drawn[:, i] - drawn[:, j], drawn[:, len(both) + i] - drawn[:, len(both) + j]
    n, level = _ballots(found, at[[i, j, len(both) + i, len(both) + j]]), found.level
    told = _estimate(gap, n, level)
    mover, probability = _mover((low, high), relative[:, i], relative[:, j], told)
    return Shift(
        since=since,
        until=until,
        moves={name: _estimate(moved[:, k], n, level) for name, k in ((low, i), (high, j))},
        against_field={name: _estimate(relative[:, k], n, level) for name, k in ((low, i), (high, j))},
        field=len(both),
        gap=told if a == low else Estimate(-told.value, -told.high, -told.low, n, level),
        distance=_estimate(np.abs(after) - np.abs(before), n, level),
        mover=mover,
        probability=probability,
    )


def nearest(found: IdealPoints, country: str, session: int, *, rng: np.random.Generator) -> Nearest:
    """The nearest neighbours of a country in a session, each with the probability that it is the nearest.

    Raises:
        NoDataError: the country has no position in the session, or nobody else has.
    """
    rows, names = np.flatnonzero(found.session == session), _names(found, session)
    if country not in names or len(names) < 2:
        raise NoDataError(f"{country} has no position in session {session}, or is alone there.")
    own = names.index(country)
    drawn = _drawn(found, rows, rng)
    away = np.delete(np.abs(drawn - drawn[:, [own]]), own, axis=1)
    others = [name for name in names if name != country]
    share = np.bincount(away.argmin(axis=1), minlength=len(others)) / len(away)
    order = sorted(range(len(others)), key=lambda k: (-share[k], float(np.median(away[:, k])), others[k]))
    enough = int(np.searchsorted(np.cumsum(share[order]), 0.9)) + 1
    votes = found.n_votes[rows]
    told = [
        Neighbour(others[k], _estimate(away[:, k], int(votes[names.index(others[k])]), found.level), float(share[k]))
        for k in order[:enough]
    ]
    return Nearest(country, session, tuple(told), len(others))


def _gaps(
    found: IdealPoints, pair: tuple[str, str], span: tuple[int, int], rng: np.random.Generator
) -> tuple[tuple[str, str], _Ints, _Array]:
    """The two in order of their names, sessions of both, and draws of the first less the second, (n, n_sessions)."""
    first, second = sorted(pair)
    rows = [found.rows(name) for name in (first, second)]
    both, at, other = np.intersect1d(found.session[rows[0]], found.session[rows[1]], return_indices=True)
    asked = (span[0] <= both) & (both <= span[1])
    both, at, other = both[asked], at[asked], other[asked]
    if not both.size:
        raise NoDataError(f"There is no session asked for in which both {first} and {second} have a position.")
    drawn = _drawn(found, np.concatenate([rows[0][at], rows[1][other]]), rng)
    return (first, second), both, drawn[:, : len(both)] - drawn[:, len(both) :]


def _crossing(higher: str, sessions: _Ints, gaps: _Array, i: int, j: int) -> Crossing:
    """The crossing between two clear sessions; the likeliest split of those between them, by the order in each."""
    turn = 1.0 if gaps[:, i].mean() > 0 else -1.0
    above = np.clip((turn * gaps[:, i : j + 1] > 0).mean(axis=0), 1e-3, 1 - 1e-3)
    fits = [np.log(above[:k]).sum() + np.log(1 - above[k:]).sum() for k in range(1, j - i + 1)]
    probability = float(((turn * gaps[:, i] > 0) & (turn * gaps[:, j] < 0)).mean())
    return Crossing(
        higher, int(sessions[i]), int(sessions[j]), int(sessions[i + 1 + int(np.argmax(fits))]), probability
    )


def _mover(pair: tuple[str, str], a: _Array, b: _Array, gap: Estimate) -> tuple[str | None, float | None]:
    """Who accounts for more of the gap's change: where it grows by a - b, the first one if a + b > 0."""
    if gap.low <= 0 <= gap.high:
        return None, None
    share = float(((a + b) * (1 if gap.value > 0 else -1) > 0).mean())
    name, sure = (pair[0], share) if share >= 0.5 else (pair[1], 1 - share)
    return (name if sure >= _SURE else None), sure


def _drawn(found: IdealPoints, rows: _Ints, rng: np.random.Generator) -> _Array:
    """Joint draws of rows, the same whatever order they are asked for in, (n, n_rows)."""
    order = np.argsort(rows)
    out = np.empty((_DRAWS, len(rows)))
    out[:, order] = found.draws(rows[order], _DRAWS, rng=rng)
    return out


def _names(found: IdealPoints, session: int) -> list[str]:
    return [found.country[k] for k in np.flatnonzero(found.session == session)]


def _ballots(found: IdealPoints, rows: Sequence[int] | _Ints) -> int:
    """The fewest ballots that any of the rows rests on."""
    return int(found.n_votes[np.asarray(rows)].min())


def _estimate(sample: _Array, n: int, level: float) -> Estimate:
    below, middle, above = np.quantile(sample, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return Estimate(float(middle), float(below), float(above), n, level)
