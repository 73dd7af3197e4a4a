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
from scipy.sparse import csr_array

from visavis.models._ideal_fit import FARTHEST, REACH, Chain
from visavis.models._latent_votes import below, between, chance_between, log_chance
from visavis.models._ordinal_votes import Group, over_items

__all__ = ["one_chain"]

_Array = npt.NDArray[np.float64]
_BLOCK = 1 << 15  # ballots handled at a time: what fits the processor's cache
_WANTED = 0.35  # share of proposed cut points to be taken


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
    votes, cuts = _Votes(groups, bound), _Cuts(groups, position, items, bound)
    items, total, mean = items.copy(), np.zeros_like(items), position
    for done in range(warmup + len(kept)):
        proposed, odds = cuts.propose(items, rng)
        taken = votes.draw(items, position, proposed, odds, rng)
        items[taken, 1:] = proposed[taken]
        items[:, 0] = votes.slopes(position, rng)
        position, mean = _positions(chain, *votes.about_places(items[:, 0]), mean, rng)
        if done < warmup:
            cuts.adapt(taken, done)
        else:
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
        self._counts: csr_array = sum(group.sums(np.ones(len(group.item))) for group in groups)

    def draw(
        self, items: _Array, position: _Array, proposed: _Array, odds: _Array, rng: np.random.Generator
    ) -> npt.NDArray[np.bool_]:
        """Draw latent votes; before, items take the proposed cut points where ballots and prior ``odds`` allow."""
        slope, *now = np.ascontiguousarray(items.T)
        new = np.ascontiguousarray(proposed.T)
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


def _chances(
    choice: int, cuts: Sequence[_Array], item: npt.NDArray[np.int64], x: _Array
) -> tuple[npt.NDArray[Any], ...]:
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
    return x + between(*told, rng) if choice == 2 else np.minimum(x - below(told[0], rng), bound)


class _Cuts:
    """Proposals of cut points: normal on the scale of the logarithms of their gaps, each item with a width of its own.

    Cut points have a flat prior between -7 and 7 in order; the gaps are those between -7, the two, and 7.
    """

    def __init__(self, groups: Sequence[Group], position: _Array, items: _Array, bound: float) -> None:
        curve = over_items(groups, items, position, np.zeros_like(position), bound=bound)[1][:, 1:, 1:]
        low, gap, high = _gaps(items[:, 1:])
        turn = np.empty((len(items), 2, 2))  # of cut points into logarithms of gaps
        turn[:, 0, 0], turn[:, 0, 1] = 1 / low + 1 / gap, -1 / gap
        turn[:, 1, 0], turn[:, 1, 1] = 1 / gap, -1 / gap - 1 / high
        back = np.linalg.inv(turn)
        curve = back.transpose(0, 2, 1) @ curve @ back + 0.3 * np.eye(2)
        self._root = np.linalg.cholesky(np.linalg.inv(curve))
        self._width = np.full(len(items), 1.5)

    def propose(self, items: _Array, rng: np.random.Generator) -> tuple[_Array, _Array]:
        """New cut points, (n_items, 2), and the logarithm of the odds that the prior on this scale gives them."""
        low, gap, high = _gaps(items[:, 1:])
        step = np.einsum("ijk,ik->ij", self._root, rng.standard_normal((len(items), 2))) * self._width[:, None]
        scale = np.column_stack([low, high]) * np.exp(np.clip(step, -20, 20))
        whole = 2 * REACH / (scale.sum(axis=1) + gap)
        new_low, new_high, new_gap = scale[:, 0] * whole, scale[:, 1] * whole, gap * whole
        odds = np.log(new_low / low) + np.log(new_gap / gap) + np.log(new_high / high)
        return np.column_stack([new_low - REACH, REACH - new_high]), odds

    def adapt(self, taken: npt.NDArray[np.bool_], done: int) -> None:
        """Widen where many proposals were taken, narrow where few were; less and less."""
        self._width *= np.exp((taken - _WANTED) / (1 + done) ** 0.6)


def _gaps(cuts: _Array) -> tuple[_Array, _Array, _Array]:
    return cuts[:, 0] + REACH, cuts[:, 1] - cuts[:, 0], REACH - cuts[:, 1]


def _positions(
    chain: Chain, about: _Array, precision: _Array, mean: _Array, rng: np.random.Generator
) -> tuple[_Array, _Array]:
    """Draw positions, each centred on the mean of the same member's session before; they and the means standardised."""
    total = precision + 1 / chain.variance
    mean = mean.copy()
    for rows in chain.by_session:
        before = chain.before[rows]
        centre = np.where(before >= 0, mean[before], 0.0)
        mean[rows] = (about[rows] + centre / chain.variance[rows]) / total[rows]
    first = chain.first
    mean[first] = (about[first] + mean[chain.second] / chain.variance[first]) / total[first]
    drawn = mean + rng.standard_normal(len(mean)) / np.sqrt(total)
    middle, scale = drawn.mean(), drawn.std()
    drawn, mean = ((x - middle) / scale for x in (drawn, mean))
    return np.clip(drawn, -FARTHEST, FARTHEST), np.clip(mean, -FARTHEST, FARTHEST)
