"""Same, differs or undecided; the four states of co-orientation; and how likely each is, item by item.

A difference is weighed against a margin by two one-sided tests at 5 %, so that "same" is claimed as carefully as
"differs". Where that leaves an item undecided, probabilities say what the answers do tell.
Source: McLeod and Chaffee (1973), American Behavioral Scientist 16; Schuirmann (1987), J. Pharmacokinetics 15.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.special import ndtri
from scipy.stats import chi2, qmc
from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models.intervals import Estimate

__all__ = ["STATES", "Compared", "Odds", "State", "posterior_states", "share_of_items", "state", "state_of"]

Array = npt.NDArray[np.float64]
Compared = Literal["same", "differs", "undecided"]
State = Literal["consensus", "dissensus", "false consensus", "false conflict", "undecided"]
STATES: tuple[State, ...] = ("consensus", "dissensus", "false consensus", "false conflict")
"""The decided states, in the order of every array of theirs."""
POOLED_FROM = 10
"""Items from which on they are partly pooled."""
_SCATTERS, _JITTER, _EDGE = 2048, 1e-10, 1e-9
PARTS = ("gap", "perceived_a", "perceived_b", "bias_a", "bias_b")
"""What the joint covariance of an item is of; perceived gaps and biases as the side itself sees them."""


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely each state is, by item, with the draws behind it.

    Args:
        a: of the first side's states, (items, 4), in the order of ``STATES``.
        b: of the second side's.
        crossed: of both at once, (items, 4, 4), first side's state by second side's.
        understood: that the difference is understood, (items,).
        drawn: share of items with an understood difference in each draw, (draws,).
    """

    a: Array
    b: Array
    crossed: Array
    understood: Array
    drawn: Array


def state(value: float, se: float, df: float, margin: float) -> Compared:
    """Whether a difference is inside the margin, outside it, or undecided: two one-sided tests at 5 %.

    Raises:
        UsageError: the margin is not above 0 and below 1.

    Example:
        >>> [state(value, 0.0152, 1000, 0.1) for value in (0.02, 0.08, 0.29)]
        ['same', 'undecided', 'differs']
    """
    if not 0 < margin < 1:
        raise UsageError(f"A margin of {margin} is none: give a part of 1, e.g. 0.1 for ten points of 100.")
    reach = float(student.ppf(0.95, df)) * se
    if abs(value) - reach > margin:
        return "differs"
    return "same" if abs(value) + reach < margin else "undecided"


def state_of(actual: Compared, perceived: Compared) -> State:
    """State of one side on one item, from the gap and the gap that it perceives.

    Example:
        >>> state_of("differs", "same")
        'false consensus'
    """
    table: dict[tuple[Compared, Compared], State] = {
        ("same", "same"): "consensus",
        ("differs", "differs"): "dissensus",
        ("differs", "same"): "false consensus",
        ("same", "differs"): "false conflict",
    }
    return table.get((actual, perceived), "undecided")


def posterior_states(
    value: Array, covariance: Array, df: Array, margin: float, *, rng: np.random.Generator, draws: int = 16384
) -> Odds:
    """Probability of every state of every item, from draws around the estimates with their joint covariance.

    Under ten items nothing is assumed beforehand: draws of the multivariate t. With few people that favours states
    with room to move, for the estimates scatter more than the truth does. From ten items on, items are partly pooled:
    they come from one normal distribution, whose own scatter is what the estimates show beyond their noise.

    The same chance gives the same answer whichever side comes first, but for rounding: roots of a covariance have
    signs that turn with the estimates, not with their order.

    Args:
        value: of ``PARTS``, (items, 5).
        covariance: of all of them over all items, (5 items, 5 items), item by item.
        df: degrees of freedom of each item, (items,).
        margin: as in ``state``.
        rng: source of the draws.
        draws: how many, at least 100.

    Example:
        >>> value = np.array([[0.3, 0.28, -0.3, -0.02, 0.0]])
        >>> odds = posterior_states(value, np.eye(5) * 1e-4, np.array([50.0]), 0.1, rng=np.random.default_rng(1))
        >>> [round(float(part[0]), 2) for part in (odds.a[:, 1], odds.understood)]
        [1.0, 1.0]
    """
    if len(value) < POOLED_FROM:
        return _odds(value + _alone(value, covariance, df, draws, rng), margin)
    return _odds(_pooled(value, covariance, draws, rng), margin)


def _alone(value: Array, covariance: Array, df: Array, draws: int, rng: np.random.Generator) -> Array:
    """Deviations from the estimates, multivariate t, (draws, items, 5)."""
    away = rng.standard_normal((draws, len(covariance))) @ _root(covariance, value.ravel()).T
    chance = rng.uniform(size=draws)
    widths = {one: np.sqrt(one / chi2.ppf(chance, one)) for one in np.unique(df)}
    return np.asarray(away.reshape(draws, *value.shape) * np.stack([widths[one] for one in df], axis=1)[:, :, None])


def _pooled(value: Array, covariance: Array, draws: int, rng: np.random.Generator) -> Array:
    """Draws of the true values, (draws, items, 5), when items scatter normally about a common mean.

    Scatter of the estimates over items is scatter of the truth plus noise. The sum is drawn from a Wishart
    distribution around what is seen, the noise subtracted and what falls below 0 set to 0; then values given it.
    """
    items = len(value)
    basis = _basis(value, covariance)
    lift = np.kron(np.eye(items), basis)
    value, covariance = value @ basis, lift.T @ covariance @ lift
    parts = value.shape[1]
    blocks = covariance.reshape(items, parts, items, parts)
    shared = blocks.mean(axis=(0, 2))
    noise = np.einsum("ipiq->pq", blocks) / items - shared
    middle, noisy = value.mean(axis=0), _root(covariance, value.ravel())
    wishart, normal = _spread_out(parts, items - 1, min(_SCATTERS, 2 ** (draws.bit_length() - 1)), rng)
    root = _root(np.atleast_2d(np.cov(value.T)), middle) @ wishart
    total = root @ _turned(root) / (items - 1)
    scatter = _root(total - noise, middle)
    means = middle + (_root(total / items + shared, middle) @ normal[:, :, None])[:, :, 0]
    each = draws // len(means)
    at = np.arange(items)
    found = []
    for mean, one in zip(means, scatter, strict=True):
        prior = one @ one.T
        whole = covariance + _JITTER * np.eye(items * parts)
        whole.reshape(items, parts, items, parts)[at, :, at] += prior
        # a draw of truth and answers, then moved by what the answers were (Matheron's rule)
        truth = mean + rng.standard_normal((each, items, parts)) @ one.T
        seen = truth.reshape(each, -1) + rng.standard_normal((each, items * parts)) @ noisy.T
        off = cho_solve(cho_factor(whole, check_finite=False), (value.ravel() - seen).T, check_finite=False)
        found.append(truth + off.T.reshape(each, items, parts) @ prior)
    return np.concatenate(found) @ basis.T


def _basis(value: Array, covariance: Array) -> Array:
    """Directions in which parts can differ at all, (5, rank): a bias may be a perceived gap less a gap."""
    blocks = covariance.reshape(*value.shape, *value.shape)
    spread, turn = np.linalg.eigh(np.einsum("ipiq->pq", blocks) + value.T @ value)
    turn = turn[:, spread >= 1e-9 * spread[-1]]
    return np.asarray(turn * _signs(turn, value.mean(axis=0))[None, :])


def _spread_out(parts: int, df: int, count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Roots of standard Wishart matrices, (count, parts, parts), and normal draws, (count, parts).

    Drawn so that their values are spread evenly, which leaves less to chance than draws one by one.
    Source: Bartlett's decomposition; Sobol (1967), USSR Computational Mathematics and Mathematical Physics 7.
    """
    below = np.tril_indices(parts, -1)
    width = 2 * parts + len(below[0])
    even = _even(count, width, rng)
    roots = np.zeros((count, parts, parts))
    for part in range(parts):
        roots[:, part, part] = np.sqrt(chi2.ppf(even[:, part], df - part))
    roots[:, *below] = ndtri(even[:, parts : width - parts])
    return roots, ndtri(even[:, width - parts :])


def _even(count: int, width: int, rng: np.random.Generator) -> Array:
    """Numbers between 0 and 1 that fill the cube evenly, moved round by chance, (count, width); count a power of 2."""
    points = qmc.Sobol(width, scramble=False).random_base2(count.bit_length() - 1)
    return np.asarray(np.clip((points + rng.uniform(size=width)) % 1, _EDGE, 1 - _EDGE))


def _root(matrix: Array, along: Array) -> Array:
    """A root of the nearest covariance matrix, or of each of a stack, the same shape; columns point ``along``."""
    spread, turn = np.linalg.eigh((matrix + _turned(matrix)) / 2)
    return np.asarray(turn * (np.sqrt(np.clip(spread, 0, None)) * _signs(turn, along))[..., None, :])


def _signs(turn: Array, along: Array) -> Array:
    return np.where(along @ turn < 0, -1.0, 1.0)


def _turned(matrix: Array) -> Array:
    return np.swapaxes(matrix, -1, -2)


def _odds(drawn: Array, margin: float) -> Odds:
    gap, perceived = drawn[:, :, 0], drawn[:, :, 1:3]
    differs = np.abs(drawn) >= margin
    sides = [_which(differs[:, :, 0], differs[:, :, 1 + side]) for side in (0, 1)]
    crossed = np.zeros((drawn.shape[1], 4, 4))
    for first in range(4):
        for second in range(4):
            crossed[:, first, second] = np.mean((sides[0] == first) & (sides[1] == second), axis=0)
    agree = (perceived[:, :, 0] * gap > 0) & (perceived[:, :, 1] * gap < 0)
    understood = differs[:, :, 0] & agree & ~differs[:, :, 3] & ~differs[:, :, 4]
    return Odds(crossed.sum(axis=2), crossed.sum(axis=1), crossed, understood.mean(axis=0), understood.mean(axis=1))


def share_of_items(odds: Odds, n: int, *, level: float = 0.95) -> Estimate:
    """Expected share of items with an understood difference, and where that share lies in ``level`` of the draws.

    Example:
        >>> odds = Odds(*(np.zeros((2, 4)),) * 2, np.zeros((2, 4, 4)), np.array([1.0, 0.5]), np.array([0.5, 1.0]))
        >>> share_of_items(odds, 20).value
        0.75
    """
    low, high = np.quantile(odds.drawn, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(odds.understood.mean()), float(low), float(high), n, level)


def _which(gap: npt.NDArray[np.bool_], perceived: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Position in ``STATES``."""
    return np.where(gap, np.where(perceived, 1, 2), np.where(perceived, 3, 0))
