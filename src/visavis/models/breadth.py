"""How many cells carry a change? See docs/adr/0004-breadth.md.

The index is the order-2 effective number of signed contributions, (sum d)^2 / sum d^2, where d is a cell's change in
expected count: 1 when one cell carries all, n when n cells carry equal parts, and what proportional growth gives when
all cells grow by the same factor. Contributions are not read off the counts, whose noise alone looks broad; they are
drawn from a posterior that shrinks each cell to growth factors which the cells share.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc, gammaln

from visavis.models.intervals import Estimate

__all__ = ["Breadth", "breadth"]

_Array = npt.NDArray[np.float64]
_STEP = 0.06  # of the grid of log growth factors
_LOWEST = -40  # steps below no change: a fall to 1/11
_BURN_IN = 300


@dataclass(frozen=True, slots=True)
class Breadth:
    """How broad a change is, and how broad it would be if every cell had grown by the same factor.

    Args:
        index: effective number of cells that carry the net change; None where there is no net change to carry. Not
            to be quoted where the verdict is undecided: it then rests on changes that noise helped over the bar.
        proportional: the index under proportional growth over the same cells.
        net: net change in expected counts of the period.
        contributions: each cell's change, shrunken, posterior mean, (n_cells,), in counts of the period.
        cells: number of cells with any count.
        verdict: ``narrow``: the index is clear under half of ``proportional``; ``broad``: clear above half of it;
            ``undecided``: neither, or no net change clear of noise, or under three cells' worth to tell apart.
    """

    index: Estimate | None
    proportional: Estimate
    net: Estimate
    contributions: tuple[float, ...]
    cells: int
    verdict: Literal["narrow", "broad", "undecided"]


def breadth(
    before: npt.ArrayLike,
    now: npt.ArrayLike,
    exposure_before: float,
    exposure_now: float,
    *,
    dispersion: float,
    rng: np.random.Generator,
    level: float = 0.9,
    draws: int = 1500,
) -> Breadth | None:
    """Breadth of the change from a baseline to a period; None where no cell has any count.

    Cells are sector x partner with acts or stories as units, each unit in one cell. Never pass CAMEO roots: one
    incident is coded under several of them and would count as broad.

    Args:
        before: counts over the whole baseline, (n_cells,).
        now: counts of the period, (n_cells,).
        exposure_before: exposure of the baseline, above 0.
        exposure_now: exposure of the period, above 0.
        dispersion: variance divided by mean of such counts.
        rng: source of the draws.
        level: coverage of the interval.
        draws: posterior draws kept.

    Example:
        >>> change = breadth([480] * 20, [20] * 19 + [150], 24, 1, dispersion=3, rng=np.random.default_rng(1))
        >>> change.verdict, round(change.index.value)
        ('narrow', 1)
    """
    base, count = np.asarray(before, dtype=np.float64), np.asarray(now, dtype=np.float64)
    phi, scale = max(dispersion, 1.02), exposure_now / exposure_before
    held = (base + count) > 0
    if not held.any():
        return None
    expected = (base[held] + phi / 2) * scale
    grid = _grid(count[held], expected)
    growth = np.exp(_draw_growth(_log_likelihood(count[held], expected, phi, scale, grid), grid, draws, rng))
    told = base[held] + phi / 2 + count[held]  # with the growth known, the period tells of the baseline too
    changes = (growth - 1) * told / (1 / scale + growth)
    contributions = np.zeros(len(base))
    contributions[held] = changes.mean(axis=0)
    n = round(float(count.sum()))
    net = _interval(np.maximum(changes.sum(axis=1), -base.sum() * scale), n, level)  # at most all that was expected
    surely = np.maximum(1 - phi / told, 0.5)  # takes the noise of the cells' sizes out of the squares
    wobble = _wobble(base[held], phi, draws, rng)
    low, high = np.quantile(wobble, [(1 - level) / 2, (1 + level) / 2])
    alike = float(expected.sum() ** 2 / (expected**2 @ np.maximum(1 - phi * scale / expected, 0.5)))
    proportional = Estimate(alike, alike * float(low), alike * float(high), round(float(base.sum())), level)
    index = _index(changes.sum(axis=1), changes**2 @ surely, wobble, n, level)
    if index is not None and _same_growth(count[held], expected, phi, scale) > 1 - level:
        index = replace(index, high=max(index.high, proportional.high))
    return Breadth(
        index if net.low > 0 or net.high < 0 else None,
        proportional,
        net,
        tuple(contributions.tolist()),
        int(held.sum()),
        _verdict(index, net, alike),
    )


def _grid(count: _Array, expected: _Array) -> _Array:
    """Log growth factors considered, (n_factors,): from 1/11 to at least 67, no change among them."""
    highest = np.log(2 * ((count + 1) / expected).max()) / _STEP
    return np.asarray(np.arange(_LOWEST, max(71, int(highest) + 1)) * _STEP, dtype=np.float64)


def _log_likelihood(count: _Array, expected: _Array, phi: float, scale: float, grid: _Array) -> _Array:
    """Log chance of each count under each growth factor, (n_cells, n_factors): negative binomial."""
    mean = expected[:, None] * np.exp(grid)
    ratio = phi * (1 + scale * np.exp(grid))  # the baseline's own noise grows with the factor
    size, y = mean / (ratio - 1), count[:, None]
    return np.asarray(gammaln(y + size) - gammaln(size) - size * np.log(ratio) + y * np.log1p(-1 / ratio))


def _draw_growth(log_likelihood: _Array, grid: _Array, draws: int, rng: np.random.Generator) -> _Array:
    """Posterior draws of the cells' log growth, (draws, n_cells): finite Dirichlet mixture, Gibbs sampling.

    How common each factor is among the cells is itself unknown, with half of the prior on no change.
    """
    prior = 1 / (1 + grid**2)
    prior[-_LOWEST] = 0.0
    prior *= 0.5 / prior.sum()
    prior[-_LOWEST] = 0.5
    cells, factors = log_likelihood.shape
    likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
    at = likelihood.argmax(axis=1)
    kept: _Array = np.empty((draws, cells))
    for sweep in range(-_BURN_IN, draws):
        common = rng.standard_gamma(prior + np.bincount(at, minlength=factors))
        reach = np.cumsum(likelihood * common, axis=1)
        drawn = rng.random(cells) * reach[:, -1]
        at = (reach < drawn[:, None]).sum(axis=1)
        if sweep >= 0:
            kept[sweep] = grid[at]
    return kept


def _index(net: _Array, squares: _Array, wobble: _Array, n: int, level: float) -> Estimate | None:
    """The index over draws of net change, summed squares and ``wobble``, each (draws,); None if most hold no change."""
    some = squares > 0
    if some.mean() < 0.5:
        return None
    return _interval(net[some] ** 2 / squares[some] * wobble[some], n, level)


def _wobble(base: _Array, phi: float, draws: int, rng: np.random.Generator) -> _Array:
    """How far the baseline's noise moves the index, as factors about 1, (draws,)."""
    sizes = rng.gamma(base / phi + 0.5, size=(draws, len(base)))
    index = sizes.sum(axis=1) ** 2 / (sizes**2).sum(axis=1)
    return np.asarray(index / np.median(index), dtype=np.float64)


def _same_growth(count: _Array, expected: _Array, phi: float, scale: float) -> float:
    """Chance of growth factors at least as unlike as these if all cells had grown by the same factor (chi-square)."""
    if len(count) < 2 or count.sum() <= 0:
        return 1.0
    factor = count.sum() / expected.sum()
    unlike = ((count - factor * expected) ** 2 / (phi * factor * expected * (1 + factor * scale))).sum()
    return float(gammaincc((len(count) - 1) / 2, unlike / 2))


def _interval(sample: _Array, n: int, level: float) -> Estimate:
    low, middle, high = np.quantile(sample, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return Estimate(float(middle), float(low), float(high), n, level)


def _verdict(index: Estimate | None, net: Estimate, proportional: float) -> Literal["narrow", "broad", "undecided"]:
    if index is None or net.low <= 0 <= net.high or proportional < 3:
        return "undecided"
    if index.high < proportional / 2:
        return "narrow"
    return "broad" if index.low > proportional / 2 else "undecided"
