"""Made-up twin delegations and publics with known truth, to test the co-orientation models against it.

Means over people hold exactly by construction: own views come through a Gaussian copula with the wanted margins, and
scatter of estimates is symmetric and never leaves 0 to 1, so nothing is clipped. Everything made here is synthetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, expit, logit, ndtr

from visavis.errors import UsageError
from visavis.models._perception import Side
from visavis.models.replicates import jackknife, rao_wu
from visavis.models.states import State, state_of

__all__ = ["Truth", "items_in_states", "mirrored_items", "pulled_to_the_middle", "twin_delegations", "twin_publics"]

Array = npt.NDArray[np.float64]
_PER_PSU, _STRATA, _WEIGHT_EFFECT = 10, 10, 1.2
_SCATTER, _CONCENTRATION, _HABIT = 0.35, 3.0, 0.15


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of the two synthetic peoples, by item.

    Args:
        own: mean own view of both sides, (2, items).
        estimate: mean estimate that each side makes of the other, (2, items).
        t: truth weight behind the estimates; None where they were not made from weights.
        p: mirror weight behind them.

    Example:
        >>> truth = Truth(np.array([[0.2], [0.6]]), np.array([[0.6], [0.55]]))
        >>> truth.states(0.1)
        ((('dissensus',), ('false consensus',)), array([False]))
    """

    own: Array
    estimate: Array
    t: float | None = None
    p: float | None = None

    @property
    def gap(self) -> Array:
        """Other side minus own, as each side stands, (2, items)."""
        return self.own[::-1] - self.own

    @property
    def perceived(self) -> Array:
        """Gap that each side perceives, (2, items)."""
        return self.estimate - self.own

    def states(self, margin: float) -> tuple[tuple[tuple[State, ...], ...], npt.NDArray[np.bool_]]:
        """State of each item for both sides, and whether its difference is understood, (items,)."""
        far, seen = np.abs(self.gap) >= margin, np.abs(self.perceived) >= margin
        names = tuple(
            tuple(
                state_of("differs" if f else "same", "differs" if s else "same")
                for f, s in zip(far[side], seen[side], strict=True)
            )
            for side in (0, 1)
        )
        right = (np.abs(self.estimate - self.own[::-1]) < margin).all(axis=0)
        return names, far[0] & right & (self.gap * self.perceived > 0).all(axis=0)


def mirrored_items(
    items: int, *, rng: np.random.Generator, t: float = 0.35, p: float = 0.4, shift: float = 0.0
) -> Truth:
    """Items whose estimates follow the truth with weight ``t`` and one's own nation with weight ``p``.

    Example:
        >>> truth = mirrored_items(20, rng=np.random.default_rng(1))
        >>> truth.own.shape, truth.t
        ((2, 20), 0.35)
    """
    own = rng.uniform(0.2, 0.8, (2, items))
    middle = own[::-1].mean(axis=1, keepdims=True)
    estimate = middle + shift + t * (own[::-1] - middle) + p * (own - middle)
    return Truth(own, estimate, t, p)


def items_in_states(
    states: Sequence[tuple[State, State]], *, rng: np.random.Generator, near: float = 0.02, far: float = 0.25
) -> Truth:
    """One item for each pair of states of the first and second side.

    Gaps are ``far`` where the state says that the sides differ and ``near`` where not, and so are perceived gaps;
    either sign with equal chance. Where a side sees a difference that is there, it sees its size.

    Raises:
        UsageError: one side's state says that they differ and the other's that they do not.

    Example:
        >>> truth = items_in_states([("dissensus", "false consensus")], rng=np.random.default_rng(1))
        >>> truth.states(0.1)[0]
        (('dissensus',), ('false consensus',))
    """
    own, estimate = np.empty((2, len(states))), np.empty((2, len(states)))
    for j, pair in enumerate(states):
        differs = {state in ("dissensus", "false consensus") for state in pair}
        if len(differs) > 1 or "undecided" in pair:
            raise UsageError(f"States {pair} of one item exclude each other: a gap is there for both or for neither.")
        gap = (far if differs.pop() else near) * rng.choice([-1, 1])
        own[:, j] = rng.uniform(0.45, 0.55) + gap * np.array([-0.5, 0.5])
        for side, state in enumerate(pair):
            seen = far if state in ("dissensus", "false conflict") else near
            sign = np.sign(gap) * (1 if side == 0 else -1) if state == "dissensus" else rng.choice([-1, 1])
            estimate[side, j] = own[side, j] + seen * sign
    return Truth(own, estimate)


def pulled_to_the_middle(truth: Truth, gamma: float, middle: float = 0.5) -> Truth:
    """The same peoples with mean estimates on the logit scale pulled by ``gamma`` to ``middle``.

    Source: Landy, Guay and Marghetis (2018), Psychonomic Bulletin & Review 25.

    Example:
        >>> truth = Truth(np.array([[0.2], [0.9]]), np.array([[0.9], [0.2]]))
        >>> pulled_to_the_middle(truth, 0.5).estimate.round(2).ravel().tolist()
        [0.75, 0.33]
    """
    pulled = expit(gamma * logit(truth.estimate) + (1 - gamma) * logit(middle))
    return replace(truth, estimate=np.asarray(pulled), t=None, p=None)


def twin_delegations(
    truth: Truth, people: tuple[int, int], *, rng: np.random.Generator, projection: float = 0.2
) -> tuple[Side, Side]:
    """Two delegations on an answer scale, own views with a standard deviation of about 25 points.

    Args:
        truth: what they are drawn from.
        people: how many on each side.
        rng: source of chance.
        projection: slope of a person's estimate on the own deviation from the own side's mean.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> a, b = twin_delegations(mirrored_items(20, rng=rng), (6, 8), rng=rng)
        >>> a.own.shape, b.other.shape
        ((6, 20), (8, 20))
    """
    sides = []
    for own, estimate, n in zip(truth.own, truth.estimate, people, strict=True):
        latent = _latent(n, len(own), np.arange(n), 0.0, rng)
        views = betaincinv(own * _CONCENTRATION, (1 - own) * _CONCENTRATION, ndtr(latent))
        guesses = _estimates(views, own, estimate, projection, _latent(n, len(own), np.arange(n), 0.0, rng))
        sides.append(Side(views, guesses, jackknife(n)))
    return sides[0], sides[1]


def twin_publics(
    truth: Truth,
    people: int,
    *,
    rng: np.random.Generator,
    projection: float = 0.1,
    deff: float = 1.5,
    replicates: int = 1000,
) -> tuple[Side, Side]:
    """Two surveys of yes or no: 10 strata, 10 people a PSU, weights that scatter.

    Args:
        truth: what they are drawn from.
        people: how many on each side, a multiple of 10 and at least 200.
        rng: source of chance.
        projection: as in ``twin_delegations``.
        deff: design effect of a share, about; 1.2 of it comes from weights, the rest from clusters.
        replicates: of the Rao-Wu bootstrap.

    Raises:
        UsageError: a design effect or a number of people that this design cannot have.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> a, _ = twin_publics(mirrored_items(12, rng=rng), 200, rng=rng, replicates=20)
        >>> sorted(set(a.own.ravel().tolist())), a.replicates.df
        ([0.0, 1.0], 10.0)
    """
    if people % _PER_PSU or people < 2 * _STRATA * _PER_PSU or not _WEIGHT_EFFECT <= deff <= 4:
        raise UsageError(f"{people} people and a design effect of {deff}: give 200, 210, ... people and 1.2 to 4.")
    within = (deff / _WEIGHT_EFFECT - 1) / (_PER_PSU - 1)
    psu = np.arange(people) // _PER_PSU
    stratum = psu * _STRATA // (people // _PER_PSU)
    sigma = np.sqrt(np.log(_WEIGHT_EFFECT))
    sides = []
    for own, estimate in zip(truth.own, truth.estimate, strict=True):
        latent = _latent(people, len(own), psu, float(np.sin(within * np.pi / 2)), rng)
        views = (ndtr(latent) < own).astype(np.float64)
        guesses = _estimates(views, own, estimate, projection, _latent(people, len(own), psu, within, rng))
        weights = np.exp(sigma * rng.standard_normal(people))
        sides.append(Side(views, guesses, rao_wu(weights, stratum, psu, rng=rng, replicates=replicates)))
    return sides[0], sides[1]


def _latent(people: int, items: int, psu: npt.NDArray[np.int64], within: float, rng: np.random.Generator) -> Array:
    """Standard normal, (people, items): a person's habit over items, a part shared within PSUs, and the rest."""
    habit, place = rng.standard_normal((people, 1)), rng.standard_normal((int(psu.max()) + 1, items))[psu]
    rest = rng.standard_normal((people, items))
    whole = np.sqrt(_HABIT) * habit + np.sqrt(within) * place + np.sqrt(1 - _HABIT - within) * rest
    return np.asarray(whole, dtype=np.float64)


def _estimates(views: Array, own: Array, estimate: Array, projection: float, latent: Array) -> Array:
    centre = estimate + projection * (views - own)
    if centre.min() < 0 or centre.max() > 1:
        raise UsageError(
            f"Estimates around {centre.min():.2f} to {centre.max():.2f} leave 0 to 1. "
            f"Lower the projection ({projection}) or take means nearer the middle."
        )
    return np.asarray(centre + np.minimum(_SCATTER, np.minimum(centre, 1 - centre)) * (2 * ndtr(latent) - 1))
