"""One chain of the sampler of ideal points.

A round draws, in this order: cut points with the latent votes integrated out (a Metropolis step, after Cowles 1996,
Statistics and Computing 6(2)), latent votes, slopes, positions. Latent votes are clipped at the bound, positions
at 5, and positions are standardised in every round, as in the published program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from visavis.models._ideal_fit import FARTHEST, REACH, Chain
from visavis.models._latent_votes import below, between, chance_between, log_chance
from visavis.models._ordinal_votes import Group, cast

__all__ = ["one_chain"]

_Array = npt.NDArray[np.float64]
_BLOCK = 1 << 15  # ballots handled at a time: what fits the processor's cache
_STEP = 0.2 / 3  # standard deviation of a move of a cut point, the published program's: see the decision for why


def one_chain(
    groups: Sequence[Group],
    chain: Chain,
    position: _Array,
    items: _Array,
    kept: npt.NDArray[np.float32],
    *,
    bound: float,
    warmup: int,
    rng: np.random.Generator,
    on_round: Callable[[int], None],
) -> _Array:
    """Fill ``kept``, (draws, n_places), with positions after ``warmup`` rounds; the mean of the items, (n_items, 3).

    ``on_round`` hears of each round done.
    """
    votes, items, total, mean = _Votes(groups, bound), items.copy(), np.zeros_like(items), position
    for done in range(warmup + len(kept)):
        proposed, odds = _proposed(items, rng)
        taken = votes.draw(items, position, proposed, odds, rng)
        items[taken, 1:] = proposed[taken]
        items[:, 0] = votes.slopes(position, rng)
        position, mean = _positions(chain, *votes.about_places(items[:, 0]), mean, rng)
        if done >= warmup:
            kept[done - warmup] = position
            total += items
        on_round(done + 1)
    return np.asarray(total / len(kept))


class _Votes:
    """Ballots and the latent votes behind them, handled in blocks of whole items."""

    def __init__(self, groups: Sequence[Group], bound: float) -> None:
        self._groups, self._bound = groups, bound
        starts = np.sum([group.starts.astype(np.int64) for group in groups], axis=0)
        edges = np.searchsorted(starts, np.arange(_BLOCK, starts[-1], _BLOCK))
        self._edges = np.unique(np.concatenate([[0], edges, [len(starts) - 1]])).tolist()
        self._latent = [np.zeros(len(group.item)) for group in groups]
        self._counts = cast(groups)

    def draw(
        self, items: _Array, position: _Array, proposed: _Array, odds: _Array, rng: np.random.Generator
    ) -> npt.NDArray[np.bool_]:
        """Draw latent votes; before, items take the proposed cut points where ballots and prior ``odds`` allow."""
        slope, now, new = (np.ascontiguousarray(x.T) for x in (items[:, 0], items[:, 1:], proposed))
        taken = np.zeros(len(items), dtype=np.bool_)
        odds = odds + rng.standard_exponential(len(items))
        for first, last in zip(self._edges, self._edges[1:], strict=False):
            about, ratio = [], odds[first:last]
            for group in self._groups:
                rows = slice(group.starts[first], group.starts[last])
                item = group.item[rows]
                x = slope[item] * position[group.place[rows]]
                old, other = (_chances(group.choice, cuts, item, x) for cuts in (now, new))
                gain = np.concatenate([[0.0], np.cumsum(_logarithm(other) - _logarithm(old))])
                ratio = ratio + np.diff(gain[group.starts[first : last + 1] - group.starts[first]])
                about.append((rows, item - first, x, old, other))
            taken[first:last] = block = ratio > 0
            for group, latent, (rows, item, x, old, other) in zip(self._groups, self._latent, about, strict=True):
                moved = block[item]
                chosen = tuple(np.where(moved, b, a) for a, b in zip(old, other, strict=True))
                latent[rows] = _behind(group.choice, chosen, x, self._bound, rng)
        return taken

    def slopes(self, position: _Array, rng: np.random.Generator) -> _Array:
        """Draw slopes, prior N(0, 1), given latent votes and positions."""
        precision = 1 + self._counts @ position**2
        about = sum(g.sums(z) @ position for g, z in zip(self._groups, self._latent, strict=True))
        return np.asarray(about / precision + rng.standard_normal(len(precision)) / np.sqrt(precision))

    def about_places(self, slope: _Array) -> tuple[_Array, _Array]:
        """What latent votes tell of positions: sums of latent vote times slope, and of squared slopes."""
        about = sum(g.sums(z).T @ slope for g, z in zip(self._groups, self._latent, strict=True))
        return np.asarray(about), np.asarray(self._counts.T @ slope**2)


def _chances(choice: int, cuts: _Array, item: npt.NDArray[np.int64], x: _Array) -> tuple[npt.NDArray[Any], ...]:
    """Logarithms of the chances of the ballots; of abstentions, what ``chance_between`` tells."""
    if choice == 2:
        return chance_between(cuts[0][item] - x, cuts[1][item] - x)
    return (log_chance(cuts[0][item] - x if choice == 1 else x - cuts[1][item]),)


def _logarithm(told: tuple[npt.NDArray[Any], ...]) -> _Array:
    return np.log(told[1]) if len(told) > 1 else told[0]


def _behind(
    choice: int, told: tuple[npt.NDArray[Any], ...], x: _Array, bound: float, rng: np.random.Generator
) -> _Array:
    """Draw the latent votes of ballots, clipped at the bound."""
    if choice == 1:
        return np.maximum(x + below(told[0], rng), -bound)
    return x + between(told, rng) if choice == 2 else np.minimum(x - below(told[0], rng), bound)


def _proposed(items: _Array, rng: np.random.Generator) -> tuple[_Array, _Array]:
    """New cut points, (n_items, 2), and the logarithm of how much likelier the way back is than the way there.

    Each is normal around the present one, the first below the present second, the second above the new first, both
    between -7 and 7, where the prior is flat.
    """
    low, high = items[:, 1], items[:, 2]
    to_low, there_low = _between_ends(low, -REACH, high, rng)
    to_high, there_high = _between_ends(high, to_low, REACH, rng)
    back_low, back_high = _share(to_low, -REACH, to_high), _share(to_high, low, REACH)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(there_low * there_high) - np.log(back_low * back_high)
    possible = (to_low > -REACH) & (to_low < to_high) & (to_high < REACH) & (low < to_high)  # the last: the way back
    kept = np.isfinite(odds) & possible
    return np.column_stack([to_low, to_high]), np.where(kept, odds, -np.inf)


def _between_ends(
    centre: _Array, low: _Array | float, high: _Array | float, rng: np.random.Generator
) -> tuple[_Array, _Array]:
    """Normal draws around the centres between two ends, and the share of the normal that lies there."""
    start, share = ndtr((low - centre) / _STEP), _share(centre, low, high)
    return centre + _STEP * ndtri(start + rng.random(len(centre)) * share), share


def _share(centre: _Array, low: _Array | float, high: _Array | float) -> _Array:
    return np.asarray(ndtr((high - centre) / _STEP) - ndtr((low - centre) / _STEP))


def _positions(
    chain: Chain, about: _Array, precision: _Array, mean: _Array, rng: np.random.Generator
) -> tuple[_Array, _Array]:
    """Draw positions, standardised, and their means, which are not.

    Each is centred on the mean, in the round before, of the same member's session before.
    """
    centre = np.where(chain.before >= 0, mean[chain.before], 0.0)
    centre[chain.first] = mean[chain.second]
    total = precision + 1 / chain.variance
    mean = (about + centre / chain.variance) / total
    drawn = np.clip(mean + rng.standard_normal(len(mean)) / np.sqrt(total), -FARTHEST, FARTHEST)
    return (drawn - drawn.mean()) / drawn.std(), mean
