"""Ideal points by a sampler: the slower check of ``ideal_points``, which it starts from.

The same model, drawn from its posterior instead of approximated, by a few independent chains. See
docs/adr/0011-ideal-points.md.

Source: Bailey, Strezhnev and Voeten (2017), Journal of Conflict Resolution 61(2).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_EXCEPTION, CancelledError, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import pairwise
from threading import Event
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from visavis.errors import UsageError
from visavis.models._ballots import Ballots, ballots_of, chain_of
from visavis.models._chain_checks import agreement_of_chains
from visavis.models._ideal_gibbs import one_chain
from visavis.models._joint import draws_of
from visavis.models.ideal_points import IdealPoints, fitted

__all__ = ["Agreement", "SampledIdealPoints", "fast_against_sampled", "sampled_ideal_points"]

_Array = npt.NDArray[np.float64]
OnStep = Callable[[int, int, str], None]
_TELL_EVERY = 0.2  # seconds
SETTLED = 1.05
"""Split R-hat above which the chains do not agree on a position."""


@dataclass(frozen=True, slots=True)
class SampledIdealPoints(IdealPoints):
    """``IdealPoints`` from draws that were kept: ``position`` is their mean, ``low`` and ``high`` are their quantiles.

    ``steps`` are the rounds of each chain, warm-up included; ``converged`` is whether no position has an R-hat above
    ``SETTLED``. ``table`` has two columns more, ``r_hat`` and ``ess``.

    Args:
        r_hat: rank-normalised split R-hat of each position, (n_places,).
        ess: bulk effective sample size of each position, (n_places,).
        r_hat_within: R-hat of each position less the mean of its session, (n_places,): what distances within a session
            rest on. It settles long before the slow drift of whole sessions does.
        chains: how many.
    """

    r_hat: _Array
    ess: _Array
    r_hat_within: _Array
    chains: int

    @property
    def unsettled(self) -> npt.NDArray[np.int64]:
        """Rows on which the chains do not agree."""
        return np.flatnonzero(~(self.r_hat <= SETTLED))

    def table(self) -> pa.Table:
        """As of ``IdealPoints``, and r_hat, ess."""
        plain = IdealPoints.table(self)
        return plain.append_column("r_hat", pa.array(self.r_hat)).append_column("ess", pa.array(self.ess))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a fast fit compares with a sampled one of the same ballots.

    Args:
        n: positions in both.
        overall: correlation over all of them.
        within: by session with ``least`` or more members, the correlation.
        sd_ratio: median of the fast standard deviations over the sampled ones.
        apart: mean absolute difference, in sampled standard deviations.
    """

    n: int
    overall: float
    within: dict[int, float]
    sd_ratio: float
    apart: float


def sampled_ideal_points(
    ballots: pa.Table | Mapping[str, Any],
    *,
    high: Iterable[Any] = (),
    low: Iterable[Any] = (),
    seed: int,
    start: IdealPoints | None = None,
    chains: int = 2,
    draws: int = 1500,
    warmup: int = 500,
    bound: float = 9.0,
    level: float = 0.9,
    on_step: OnStep | None = None,
) -> SampledIdealPoints:
    """Positions as in ``ideal_points``, from draws of the posterior.

    Args:
        ballots: as there.
        high: as there.
        low: as there.
        seed: of the draws; the same seed gives the same answer.
        start: an earlier fit of nearly the same ballots; without one, the fast fit is made first.
        chains: how many, each on a thread of its own; the first starts from the fast fit, the others away from it.
        draws: kept of each chain.
        warmup: rounds of each chain before these.
        bound: farthest latent vote.
        level: of the intervals.
        on_step: called with (rounds done, rounds of all chains, what).

    Raises:
        UsageError: ballots that cannot be used, or too few chains or draws to compare.
        NoDataError: nobody differs on anything.
        UnknownNameError: a voter of ``high`` or ``low`` has no ballots.

    Example:
        >>> from visavis.models.simulate_chambers import simulated_chamber
        >>> chamber = simulated_chamber(20, 2, 40, rng=np.random.default_rng(1))
        >>> found = sampled_ideal_points(chamber.ballots, high=chamber.ends[1], seed=1, draws=100, warmup=50)
        >>> bool(np.corrcoef(found.position, chamber.truth(found))[0, 1] > 0.95)
        True
    """
    if chains < 2 or draws < 4 or warmup < 0:
        raise UsageError(
            f"{chains} chains of {draws} draws after a warm-up of {warmup} cannot be compared. "
            "Take two chains or more, four draws or more, and a warm-up of 0 or more."
        )
    held = ballots_of(ballots)
    fast = fitted(held, high=high, low=low, start=start, bound=bound, level=level)
    kept = np.empty((chains, draws, len(fast.position)), np.float32)
    items = _run(held, fast, kept, seed=seed, bound=bound, warmup=warmup, on_step=on_step)
    r_hat, ess = agreement_of_chains(kept)
    every = kept.reshape(-1, len(fast.position))
    position = every.mean(axis=0, dtype=np.float64)
    every -= position.astype(np.float32)
    sd = np.sqrt(np.einsum("ij,ij->j", every, every, dtype=np.float64) / len(every))
    return SampledIdealPoints(
        **{name: getattr(fast, name) for name in ("country", "session", "n_votes", "item", "unanimous", "level")},
        position=position,
        sd=sd,
        parameters=items,
        steps=warmup + draws,
        converged=bool((r_hat <= SETTLED).all()),
        joint=draws_of(held.groups, every),
        r_hat=r_hat,
        ess=ess,
        r_hat_within=_within(kept, fast.session),
        chains=chains,
    )


def _within(kept: npt.NDArray[np.float32], session: npt.NDArray[np.int64]) -> _Array:
    """R-hat of each position less the mean of its session, (n_places,)."""
    found = np.empty(len(session))
    for s in np.unique(session):
        rows = np.flatnonzero(session == s)
        some = kept[..., rows]
        found[rows] = agreement_of_chains(some - some.mean(axis=2, keepdims=True))[0] if len(rows) > 1 else 1.0
    return found


def _run(
    held: Ballots,
    fast: IdealPoints,
    kept: npt.NDArray[np.float32],
    *,
    seed: int,
    bound: float,
    warmup: int,
    on_step: OnStep | None,
) -> _Array:
    """Fill ``kept`` by chains on threads (NumPy lets go of Python's lock); the mean of the items, (n_items, 3)."""
    chain, done, stopped = chain_of(held), [0] * len(kept), Event()

    def run(k: int, rng: np.random.Generator) -> _Array:
        def on_round(n: int) -> None:
            done[k] = n
            if stopped.is_set():
                raise CancelledError

        position = _away(fast, rng) if k else fast.position
        how: dict[str, Any] = {"bound": bound, "warmup": warmup, "rng": rng, "on_round": on_round}
        return one_chain(held.groups, chain, position, fast.parameters, kept[k], **how)

    total = len(kept) * (warmup + kept.shape[1])
    with ThreadPoolExecutor(min(len(kept), os.cpu_count() or 1)) as pool:
        running = [pool.submit(run, k, rng) for k, rng in enumerate(np.random.default_rng(seed).spawn(len(kept)))]
        try:
            while wait(running, timeout=_TELL_EVERY, return_when=FIRST_EXCEPTION).not_done:
                if any(one.done() and one.exception() for one in running):
                    break
                if on_step is not None:
                    on_step(sum(done), total, "rounds")
            found = [one.result() for one in running]
        finally:
            stopped.set()
    if on_step is not None:
        on_step(total, total, "rounds")
    return np.asarray(np.mean(found, axis=0))


def _away(fast: IdealPoints, rng: np.random.Generator) -> _Array:
    """The fast fit moved well beyond its own uncertainty: each position, each country, and each session as a whole."""
    session = np.unique(fast.session, return_inverse=True)[1]
    country = np.cumsum([False, *(a != b for a, b in pairwise(fast.country))])
    tilt = np.cumsum(0.05 * rng.standard_normal(session.max() + 1))
    moved = fast.position + 3 * fast.sd * rng.standard_normal(len(session)) + tilt[session]
    moved += 0.3 * rng.standard_normal(country.max() + 1)[country]
    return np.asarray((moved - moved.mean()) / moved.std())


def fast_against_sampled(fast: IdealPoints, sampled: IdealPoints, *, least: int = 30) -> Agreement:
    """Compare two fits of the same ballots; rows of only one of them are left out.

    Example:
        >>> from visavis.models.ideal_points import ideal_points
        >>> from visavis.models.simulate_chambers import simulated_chamber
        >>> ballots = simulated_chamber(20, 2, 40, rng=np.random.default_rng(1)).ballots
        >>> both = ideal_points(ballots), sampled_ideal_points(ballots, seed=1, draws=100, warmup=50)
        >>> fast_against_sampled(*both, least=10).overall > 0.98
        True
    """
    at = {key: k for k, key in enumerate(_keys(sampled))}
    rows = np.array([(k, at[key]) for k, key in enumerate(_keys(fast)) if key in at], dtype=np.int64).reshape(-1, 2)
    one, other, session = fast.position[rows[:, 0]], sampled.position[rows[:, 1]], fast.session[rows[:, 0]]
    within = {
        s: float(np.corrcoef(one[session == s], other[session == s])[0, 1])
        for s in np.unique(session).tolist()
        if (session == s).sum() >= least
    }
    sd = sampled.sd[rows[:, 1]]
    return Agreement(
        n=len(rows),
        overall=float(np.corrcoef(one, other)[0, 1]),
        within=within,
        sd_ratio=float(np.median(fast.sd[rows[:, 0]] / sd)),
        apart=float(np.mean(np.abs(one - other) / sd)),
    )


def _keys(found: IdealPoints) -> list[tuple[Any, int]]:
    return list(zip(found.country, found.session.tolist(), strict=True))
