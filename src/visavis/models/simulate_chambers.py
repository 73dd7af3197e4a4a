"""Made-up chambers whose voters' positions are known, to measure how well they are recovered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from visavis.models.ideal_points import IdealPoints

__all__ = ["Chamber", "simulated_chamber"]

_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chamber:
    """Ballots and the positions behind them.

    Args:
        ballots: country, session, item, choice (NaN where missing), each (n_ballots,).
        positions: true ones, mean 0 and variance 1 over all, (n_sessions, n_voters).
    """

    ballots: dict[str, npt.NDArray[Any]]
    positions: _Array

    @property
    def ends(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The three voters who stand lowest on average, and the three who stand highest."""
        order = np.argsort(self.positions.mean(axis=0))
        return tuple(order[:3].tolist()), tuple(order[-3:].tolist())

    def truth(self, found: IdealPoints) -> _Array:
        """True positions of the rows of a fit, (n_places,)."""
        return np.asarray(self.positions[found.session, np.asarray(found.country)])


def simulated_chamber(
    voters: int,
    sessions: int,
    items: int,
    *,
    rng: np.random.Generator,
    step: float = 0.2,
    repeated: float = 0.2,
    missing: float = 0.0,
    jumps: tuple[tuple[int, int, float], ...] = (),
) -> Chamber:
    """Voters on a random walk, ``items`` roll calls a session, some of them the first session's once more.

    Args:
        voters: how many; each is there in all sessions.
        sessions: how many.
        items: roll calls in each session.
        rng: source of the draws.
        step: standard deviation of a move from session to session.
        repeated: share of a session's roll calls that repeat one of the session before.
        missing: share of ballots missing at random.
        jumps: voter, first session of the new place, and how far to it.

    Example:
        >>> simulated_chamber(20, 2, 30, rng=np.random.default_rng(1)).positions.shape
        (2, 20)
    """
    walk = rng.standard_normal(voters) + np.vstack(
        [np.zeros(voters), np.cumsum(step * rng.standard_normal((sessions - 1, voters)), axis=0)]
    )
    for voter, session, far in jumps:
        walk[session:, voter] += far
    positions = (walk - walk.mean()) / walk.std()
    of_session = np.empty((sessions, items), dtype=np.int64)
    for s in range(sessions):
        of_session[s] = s * items + np.arange(items)
        if s:
            again = round(repeated * items)
            of_session[s, :again] = rng.choice(of_session[s - 1], again, replace=False)
    slope = rng.standard_normal(sessions * items)
    cuts = np.sort(rng.normal(0.3, 1.0, (sessions * items, 2)), axis=1)
    session, voter, at = (x.ravel() for x in np.indices((sessions, voters, items)))
    item = of_session[session, at]
    latent = slope[item] * positions[session, voter] + rng.standard_normal(len(item))
    choice = 1.0 + (latent > cuts[item, 0]) + (latent > cuts[item, 1])
    choice[rng.random(len(choice)) < missing] = np.nan
    return Chamber({"country": voter, "session": session, "item": item, "choice": choice}, positions)
