"""Where voters stand on one line, session by session. See docs/adr/0011-ideal-points.md.

Yes, abstain and no are three ordered answers to a roll call; a position moves from session to session as a random walk;
resolutions that come back keep their parameters and tie the sessions together. The ends of the line mean nothing by
themselves, and neither is the better one.

Source: Bailey, Strezhnev and Voeten (2017), Journal of Conflict Resolution 61(2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from visavis.errors import UnknownNameError
from visavis.finding import Message
from visavis.models._ballots import Ballots, ballots_of, chain_of, first_items, first_positions
from visavis.models._ideal_fit import Fit, fit
from visavis.models._joint import joint_of
from visavis.models.intervals import Estimate

__all__ = ["BOUND", "IdealPoints", "SessionDistance", "Start", "fitted", "ideal_points", "told"]

_Array = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]
BOUND = 9.0
"""Of the latent vote, as in the published program."""
_TOLERANCE = 2e-4
_MOST = 200


@dataclass(frozen=True, slots=True)
class SessionDistance:
    """How far apart two countries stood in one session, from joint draws; ``gap`` is the first's less the second's.

    ``n`` of both is the number of items on which both voted.
    """

    session: int
    gap: Estimate
    distance: Estimate


class Start(Protocol):
    """Where a fit may begin: an earlier one, or what was kept of it."""

    @property
    def country(self) -> tuple[Any, ...]:
        """Of each row."""
        ...

    @property
    def session(self) -> _Ints:
        """Of each row."""
        ...

    @property
    def position(self) -> _Array:
        """Of each row."""
        ...

    @property
    def item(self) -> tuple[Any, ...]:
        """Of each item."""
        ...

    @property
    def parameters(self) -> _Array:
        """Slope, first and second cut point of each item, (n_items, 3)."""
        ...


class Together(Protocol):
    """How positions err together: a covariance or kept draws, see ``_joint``."""

    def deviations(self, rows: _Ints, n: int, rng: np.random.Generator) -> _Array:
        """Joint draws less the means, (n, n_rows)."""
        ...

    def ends(self, level: float) -> tuple[_Array, _Array]:
        """Ends of the intervals of all positions, less the means, each (n_places,)."""
        ...

    def shared(self, a: int, b: int) -> int:
        """Items on which both rows hold a ballot."""
        ...

    def items(self, rows: _Ints) -> int:
        """Items on which any of the rows holds a ballot."""
        ...


@dataclass(frozen=True, slots=True)
class IdealPoints:
    """Positions with their uncertainty; rows by country, then session. Draws have mean 0, variance 1.

    Args:
        country: of each row, (n_places,).
        session: of each row, (n_places,).
        position: posterior mean, (n_places,).
        sd: posterior standard deviation, (n_places,).
        n_votes: ballots it rests on, (n_places,).
        item: of each roll call or repeated resolution, (n_items,).
        parameters: slope, first and second cut point, (n_items, 3).
        unanimous: items left out because all who voted did so alike.
        steps: rounds of the fit.
        converged: whether the last round moved positions by less than the tolerance.
        level: of the intervals.
        notes: what was left out before the fit.
    """

    country: tuple[Any, ...]
    session: _Ints
    position: _Array
    sd: _Array
    n_votes: _Ints
    item: tuple[Any, ...]
    parameters: _Array
    unanimous: int
    steps: int
    converged: bool
    level: float
    joint: Together = field(repr=False)
    notes: tuple[Message, ...] = field(default=(), kw_only=True)

    def table(self) -> pa.Table:
        """One row a country and session: country, session, position, sd, low, high, n_votes."""
        below, above = self.joint.ends(self.level)
        return pa.table(
            {
                "country": pa.array(self.country),
                "session": self.session,
                "position": self.position,
                "sd": self.sd,
                "low": self.position + below,
                "high": self.position + above,
                "n_votes": self.n_votes,
            }
        )

    def rows(self, country: Any) -> _Ints:
        """The rows of one country, in order of sessions.

        Raises:
            UnknownNameError: the country cast no ballot that counts.
        """
        found = np.flatnonzero([name == country for name in self.country])
        if not found.size:
            raise UnknownNameError(f"No ballots of {country!r}.", [])
        return found

    def draws(self, rows: npt.ArrayLike, n: int, *, rng: np.random.Generator) -> _Array:
        """Joint draws of the positions of some rows, (n, n_rows); what two share through the same items is kept."""
        rows = np.asarray(rows, dtype=np.int64)
        return np.asarray(self.position[rows] + self.joint.deviations(rows, n, rng))

    def distances(self, a: Any, b: Any, *, rng: np.random.Generator, n: int = 2000) -> tuple[SessionDistance, ...]:
        """Distance of two countries in each session in which both voted. Swapped, gaps change sign and nothing else.

        Only within a session is a distance sound: location and scale of the line may drift over decades.
        """
        rows_a, rows_b = self.rows(a), self.rows(b)
        both, at_a, at_b = np.intersect1d(self.session[rows_a], self.session[rows_b], return_indices=True)
        rows = np.concatenate([rows_a[at_a], rows_b[at_b]])
        turn = np.argsort(rows)
        drawn = np.empty((n, len(rows)))
        drawn[:, turn] = self.draws(rows[turn], n, rng=rng)
        gaps = drawn[:, : len(both)] - drawn[:, len(both) :]
        return tuple(
            SessionDistance(
                int(session),
                _estimate(gaps[:, k], shared, self.level),
                _estimate(np.abs(gaps[:, k]), shared, self.level),
            )
            for k, session in enumerate(both)
            for shared in [self.joint.shared(rows[k], rows[len(both) + k])]
        )


def ideal_points(
    ballots: pa.Table | Mapping[str, Any],
    *,
    high: Iterable[Any] = (),
    low: Iterable[Any] = (),
    start: Start | None = None,
    bound: float = BOUND,
    level: float = 0.9,
) -> IdealPoints:
    """Positions of all voters in all sessions, from any table of roll calls, a parliament's as well.

    Args:
        ballots: columns country, session (whole numbers in order of time), item (the roll call; the same for repeats of
            a resolution) and choice (1 yes, 2 abstain, 3 no, null for absent or not voting).
        high: voters who on average stand higher than ``low`` (or than all); without either, the first in order does.
        low: voters who on average stand lower.
        start: an earlier fit of nearly the same ballots, to start from.
        bound: farthest latent vote; keeps voters who always say the same from drifting away.
        level: of the intervals.

    Raises:
        UsageError: a column is missing or holds what it cannot.
        NoDataError: nobody differs on anything.
        UnknownNameError: a voter of ``high`` or ``low`` has no ballots.

    Example:
        >>> from visavis.models.simulate_chambers import simulated_chamber
        >>> chamber = simulated_chamber(30, 3, 60, rng=np.random.default_rng(1))
        >>> found = ideal_points(chamber.ballots, high=chamber.ends[1], low=chamber.ends[0])
        >>> bool(np.corrcoef(found.position, chamber.truth(found))[0, 1] > 0.97)
        True
    """
    return fitted(ballots_of(ballots), high=high, low=low, start=start, bound=bound, level=level)


def fitted(
    held: Ballots,
    *,
    high: Iterable[Any],
    low: Iterable[Any],
    start: Start | None,
    bound: float,
    level: float,
) -> IdealPoints:
    """``ideal_points`` of ballots that are checked already."""
    chain = chain_of(held)
    position, items = _start(held, start)
    best = fit(held.groups, chain, position, items, bound=bound, tolerance=_TOLERANCE, most=_MOST)
    sign = _sign(tuple(held.countries[k] for k in held.country), best.position, tuple(high), tuple(low))
    return told(held, best.turned(sign), bound=bound, level=level)


def told(held: Ballots, best: Fit, *, bound: float, level: float) -> IdealPoints:
    """A fit of these ballots with names and joint uncertainty."""
    joint = joint_of(held.groups, chain_of(held), best, bound)
    return IdealPoints(
        country=tuple(held.countries[k] for k in held.country),
        session=held.session,
        position=best.position,
        sd=np.sqrt(joint.variance),
        n_votes=held.votes,
        item=held.items,
        parameters=best.items,
        unanimous=held.unanimous,
        steps=best.steps,
        converged=best.last_change < _TOLERANCE,
        level=level,
        joint=joint,
    )


def _start(held: Ballots, start: Start | None) -> tuple[_Array, _Array]:
    """Where the fit begins: from the ballots, and from an earlier fit where it knows the country or the item."""
    items = first_items(held)
    if start is None:
        return first_positions(held), items
    known = {item: k for k, item in enumerate(start.item)}
    at = np.array([known.get(item, -1) for item in held.items])
    items[at >= 0] = start.parameters[at[at >= 0]]
    sessions = start.session.tolist()
    earlier = {(c, s): x for c, s, x in zip(start.country, sessions, start.position.tolist(), strict=True)}
    latest = dict(zip(start.country, start.position.tolist(), strict=True))
    names = [held.countries[k] for k in held.country]
    keys = zip(names, held.session.tolist(), strict=True)
    return np.array([earlier.get(key, latest.get(key[0], 0.0)) for key in keys]), items


def _sign(names: tuple[Any, ...], position: _Array, high: tuple[Any, ...], low: tuple[Any, ...]) -> float:
    """1 or -1: which end of the line is the high one."""
    for name in (*high, *low):
        if name not in set(names):
            raise UnknownNameError(f"No ballots of {name!r}, which was to show which end is which.", [])
    if not high and not low:
        high = (names[0],)
    whole = np.asarray(position.mean())
    upper = position[[n in high for n in names]].mean() if high else whole
    lower = position[[n in low for n in names]].mean() if low else whole
    return 1.0 if upper >= lower else -1.0


def _estimate(sample: _Array, n: int, level: float) -> Estimate:
    below, middle, above = np.quantile(sample, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return Estimate(float(middle), float(below), float(above), n, level)
