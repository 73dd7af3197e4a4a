"""Ideal points by a sampler: the slower check of ``ideal_points``, which it starts from.

The same model, drawn from its posterior instead of approximated, by a few independent chains. See
docs/adr/0011-ideal-points.md.

Source: Bailey, Strezhnev and Voeten (2017), Journal of Conflict Resolution 61(2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from visavis.models.ideal_points import IdealPoints

__all__ = ["Agreement", "SampledIdealPoints", "fast_against_sampled", "sampled_ideal_points"]

_Array = npt.NDArray[np.float64]
OnStep = Callable[[int, int, str], None]
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
        chains: how many.
    """

    r_hat: _Array
    ess: _Array
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
    draws: int = 1000,
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
    """
    raise NotImplementedError


def fast_against_sampled(fast: IdealPoints, sampled: IdealPoints, *, least: int = 30) -> Agreement:
    """Compare two fits of the same ballots; rows of only one of them are left out."""
    raise NotImplementedError
