"""What would it have cost to assume that the other side does what one's own side does? Bits per act, from acts alone.

Two forecasts of one side's next act toward a third country: from the *other* side's record there (the mirror) and from
its own. This is divergence of behaviour. Nobody's expectation was observed, so it is the cost of assuming likeness, *if
one did*; see ``docs/chapters/understanding-from-acts.md``.

Both records are made equally long in every period by leaving out acts of the longer one at random, so that neither has
more to go by and both answer to the same weeks. Both are smoothed toward the base mix (the acts of all countries) by a
Dirichlet whose concentration has the greatest marginal likelihood, and both are fitted on earlier periods only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

__all__ = ["FORECASTS", "RECORD", "Forecasts", "concentration", "forecasts"]

RECORD = 20
"""A forecast is made once this many acts of either side are there."""
FORECASTS = ("mirror", "own", "pooled", "base", "uniform")

_Array = npt.NDArray[np.float64]
_Counts = npt.NDArray[np.int64]
_DRAWS = 16  # ways of leaving out acts, averaged
_GRID = np.geomspace(0.5, 512, 21)
_FITS = 12  # times that the concentration is fitted anew along a record


@dataclass(frozen=True, slots=True)
class Forecasts:
    """How one side's acts were foretold, by third country and period.

    Args:
        acts: acts foretold, (Z, T).
        bits: surprise summed over them, by forecast in the order of ``FORECASTS``, (5, Z, T).
        learned: how much the surprise of all later acts would grow, to first order, with the weight of this period in
            the records; for the mirror and the own record, (2, Z, T).
        each: bits that one act of a kind costs, mirror less own record, (Z, T, K); 0 where none was foretold.
        record: acts in either record when they were foretold, (Z, T).
    """

    acts: _Counts
    bits: _Array
    learned: _Array
    each: _Array
    record: _Counts


def forecasts(
    a: npt.ArrayLike, b: npt.ArrayLike, base: npt.ArrayLike, *, memory: int, rng: np.random.Generator
) -> tuple[Forecasts, Forecasts]:
    """Foretell the acts of two sides toward the same third countries, each from both records.

    Args:
        a: acts of the first side by third country, period and kind, (Z, T, K).
        b: those of the second.
        base: acts of all countries by period and kind, (T, K).
        memory: how many periods back a record reaches.
        rng: source of the draws.

    Returns:
        How the acts of the first and those of the second were foretold.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> talks, presses = rng.poisson([3, 1], (1, 60, 2)), rng.poisson([1, 3], (1, 60, 2))
        >>> of_a, of_b = forecasts(talks, presses, talks[0] + presses[0], memory=52, rng=rng)
        >>> round(float(of_b.bits[0].sum() / of_b.acts.sum()), 1), round(float(of_b.bits[1].sum() / of_b.acts.sum()), 1)
        (1.3, 0.8)
    """
    both = np.stack([np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)])
    mix = _shares(_past(np.asarray(base, dtype=np.float64)[None], memory)[0])
    kept = _equalised(both, rng)  # (R, 2, Z, T, K)
    n = np.minimum(both[0].sum(2), both[1].sum(2))
    past = _past(kept, memory)
    length = _past(n[..., None].astype(np.float64), memory)[..., 0]
    ready = length >= RECORD
    alpha = _fitted(_past(both.astype(np.float64), memory), mix, ready)
    prior = alpha[:, None] * mix
    records = _Records(kept, past, length, ready, prior, mix, memory)
    return _foretold(both[0], records), _foretold(both[1], records.swapped())


@dataclass(frozen=True, slots=True)
class _Records:
    """Both records, the foretold side's own first: what is kept of each period and what lies before it."""

    kept: _Array  # (R, 2, Z, T, K)
    past: _Array  # (R, 2, Z, T, K)
    length: _Array  # (Z, T)
    ready: npt.NDArray[np.bool_]  # (Z, T)
    prior: _Array  # (T, K)
    mix: _Array  # (T, K)
    memory: int

    def swapped(self) -> _Records:
        return replace(self, kept=self.kept[:, ::-1], past=self.past[:, ::-1])


def _foretold(acts: _Counts, records: _Records) -> Forecasts:
    """The acts of one side, (Z, T, K), as either record foretells them."""
    y = np.where(records.ready[..., None], acts, 0)
    weight = records.prior.sum(1)
    total = np.log2(records.length + weight)[..., None]
    logs = np.log2(records.past + records.prior).mean(0)
    pooled = np.log2(records.past.sum(1) + records.prior).mean(0)
    surprise = np.stack([
        total - logs[1], total - logs[0], np.log2(2 * records.length + weight)[..., None] - pooled,
        np.broadcast_to(-np.log2(records.mix), acts.shape), np.full(acts.shape, np.log2(acts.shape[2])),
    ])  # fmt: skip
    return Forecasts(
        acts=y.sum(2),
        bits=(surprise * y).sum(3),
        learned=np.stack([_learned(y, records, i) for i in (1, 0)]),
        each=np.where(records.ready[..., None], surprise[0] - surprise[1], 0.0),
        record=np.where(records.ready, records.length, 0).astype(np.int64),
    )


def _learned(y: _Counts, records: _Records, which: int) -> _Array:
    """Derivative of the summed surprise by the weight of each period in one record, in bits, (Z, T)."""
    kept = records.kept[:, which]
    by_kind = _ahead(y / (records.past[:, which] + records.prior), records.memory)
    by_length = _ahead((y.sum(2) / (records.length + records.prior.sum(1)))[..., None], records.memory)[..., 0]
    out: _Array = (kept.sum(3).mean(0) * by_length - (kept * by_kind).sum(3).mean(0)) / np.log(2)
    return out


def _equalised(both: _Counts, rng: np.random.Generator) -> _Array:
    """Either side's acts, as many in each period as the side with fewer has, drawn anew for each replicate."""
    totals = np.broadcast_to(both.sum(3)[..., None], both.shape)
    fewest = np.broadcast_to(both.sum(3).min(0)[None, ..., None], both.shape)
    out = np.where(totals == fewest, both, 0)[None].repeat(_DRAWS, 0).astype(np.float64)
    thin = (totals > fewest) & (fewest > 0) & (both > 0)
    if thin.any():
        good, whole, few = both[thin], totals[thin], fewest[thin]
        out[:, thin] = rng.hypergeometric(good, whole - good, few, size=(_DRAWS, len(good)))
    return out


def _past(counts: _Array, memory: int) -> _Array:
    """Sum over the ``memory`` periods before each; the second axis from the end is time."""
    run = np.cumsum(counts, axis=-2)
    before = np.zeros_like(run)
    before[..., 1:, :] = run[..., :-1, :]
    before[..., memory + 1 :, :] -= run[..., : -memory - 1, :]
    return before


def _ahead(counts: _Array, memory: int) -> _Array:
    """Sum over the ``memory`` periods after each."""
    after: _Array = _past(counts[..., ::-1, :], memory)[..., ::-1, :]
    return after


def _shares(counts: _Array) -> _Array:
    shares: _Array = (counts + 1) / (counts + 1).sum(-1, keepdims=True)
    return shares


def _fitted(past: _Array, mix: _Array, ready: npt.NDArray[np.bool_]) -> _Array:
    """The concentration for each period, (T,): fitted on what lies before it, anew every few periods."""
    periods = np.flatnonzero(ready.any(0))
    alpha = np.ones(mix.shape[0])
    for now in np.array_split(periods, min(_FITS, len(periods))) if len(periods) else ():
        cells = past[:, :, now[0]].reshape(-1, mix.shape[1])
        alpha[now] = concentration(cells, mix[now[0]])
    return alpha


def concentration(counts: npt.ArrayLike, centre: npt.ArrayLike) -> float:
    """The concentration of a Dirichlet around ``centre`` under which some mixes are likeliest, from 0.5 to 512.

    Args:
        counts: acts by cell and kind, (n, K).
        centre: shares of the kinds, (K,).

    Source: Minka (2000), Estimating a Dirichlet distribution; here by a grid, for it is smooth and has one top.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> mixes = rng.dirichlet([10.0, 20.0], 200)
        >>> 20 < concentration([rng.multinomial(100, p) for p in mixes], [1 / 3, 2 / 3]) < 45
        True
    """
    c, m = np.asarray(counts, dtype=np.float64), np.asarray(centre, dtype=np.float64)
    cell, kind = np.nonzero(c)
    n = c.sum(1)
    n = n[n > 0]
    prior = _GRID[:, None] * m[kind]
    fit = (gammaln(c[cell, kind] + prior) - gammaln(prior)).sum(1)
    fit += (gammaln(_GRID)[:, None] - gammaln(n + _GRID[:, None])).sum(1)
    return float(_GRID[int(np.argmax(fit))])
