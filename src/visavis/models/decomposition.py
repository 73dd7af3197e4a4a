"""What carries a change between a baseline and a period: cell by cell, and composition against behaviour.

Cells are whatever the caller crosses (direction, sectors, means, partner), each unit in exactly one cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from visavis.models._tails import change_chances
from visavis.models.intervals import Estimate, rate_difference
from visavis.models.unusual import false_discovery

__all__ = ["CellChange", "Contributions", "ShareChange", "contributions", "pooled_dispersion", "share_change"]

MINIMUM_CELL = 5
_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell's part in a change.

    Args:
        cell: position of the cell in the arrays given.
        before: its count in the whole baseline.
        observed: its count in the period.
        expected: baseline count scaled to the period's exposure.
        excess: observed minus expected, with its interval.
        deviance: signed Poisson deviance of observed from expected; its size orders the cells.
        share: part of the net change; None where the net change is not clear of 0.
        q: smallest false-discovery rate at which the cell is named.
        named: the change is clear of noise, with false discoveries over the cells held down.
    """

    cell: int
    before: float
    observed: float
    expected: float
    excess: Estimate
    deviance: float
    share: float | None
    q: float
    named: bool


@dataclass(frozen=True, slots=True)
class Contributions:
    """The net change with its interval, and the cells, largest deviance first."""

    net: Estimate
    cells: tuple[CellChange, ...]
    dispersion: float


@dataclass(frozen=True, slots=True)
class ShareChange:
    """A change of a share, split by who acts (composition) and how each acts (within); the two add up to it.

    Args:
        total: share of the period minus share of the baseline.
        composition: part due to groups taking more or less room.
        within: part due to groups acting in another way.
        by_group: composition and within part of each group, (n_groups, 2); a group's composition part is measured
            against the mean share, so that a large group with an average share adds nothing.
    """

    total: Estimate
    composition: Estimate
    within: Estimate
    by_group: tuple[tuple[float, float], ...]


def pooled_dispersion(counts: npt.ArrayLike, exposure: npt.ArrayLike) -> float:
    """Variance divided by mean of cell counts about their own level, at least 1: Pearson's chi-square per freedom.

    Args:
        counts: counts of the baseline, (n_periods, n_cells).
        exposure: exposure of each period, (n_periods,), each above 0.

    Example:
        >>> pooled_dispersion([[4, 1], [6, 1], [5, 1], [5, 1]], [1, 1, 1, 1])
        1.0
    """
    y, e = np.asarray(counts, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    total = y.sum(axis=0)
    y, total = y[:, total > 0], total[total > 0]
    if len(e) < 2 or not total.size:
        return 1.0
    expected = np.outer(e / e.sum(), total)
    return max(1.0, float(((y - expected) ** 2 / expected).sum() / ((len(e) - 1) * total.size)))


def contributions(
    before: npt.ArrayLike,
    now: npt.ArrayLike,
    exposure_before: float,
    exposure_now: float,
    *,
    dispersion: float,
    net_dispersion: float | None = None,
    level: float = 0.9,
    fdr: float = 0.1,
) -> Contributions:
    """Which cells carry the change from a baseline to a period.

    A cell is named where its count lies outside what a negative binomial with the cell's own baseline, the given
    dispersion and the baseline's own uncertainty makes likely. A cell with fewer than five, observed and expected
    together, is never named: two reports where there were none are no finding.

    Args:
        before: counts over the whole baseline, (n_cells,).
        now: counts of the period, (n_cells,).
        exposure_before: exposure of the baseline, above 0.
        exposure_now: exposure of the period, above 0.
        dispersion: variance divided by mean of such counts, e.g. from ``pooled_dispersion``.
        net_dispersion: the same of their sum, which cells that move together make larger; ``dispersion`` when None.
        level: coverage of the intervals.
        fdr: share of the named cells that may be named by chance.

    Example:
        >>> change = contributions([240, 240, 24], [11, 40, 2], 24, 1, dispersion=2)
        >>> [(c.cell, c.excess.value) for c in change.cells if c.named]
        [(1, 30.0)]
    """
    base, count = np.asarray(before, dtype=np.float64), np.asarray(now, dtype=np.float64)
    scale = exposure_now / exposure_before
    net = _excess(base.sum(), count.sum(), scale, level, net_dispersion or dispersion)
    clear = net.low > 0 or net.high < 0
    tails = [change_chances(b, scale, y, dispersion) for b, y in zip(base, count, strict=True)]
    rates = false_discovery(tails)
    cells = [
        CellChange(
            cell=c,
            before=float(base[c]),
            observed=float(count[c]),
            expected=float(base[c] * scale),
            excess=_excess(base[c], count[c], scale, level, dispersion),
            deviance=_deviance(count[c], (base[c] + 0.5) * scale),
            share=float((count[c] - base[c] * scale) / net.value) if clear else None,
            q=float(rates[c]),
            named=bool(rates[c] <= fdr and count[c] + base[c] * scale >= MINIMUM_CELL),
        )
        for c in range(len(base))
    ]
    return Contributions(net, tuple(sorted(cells, key=lambda one: (-abs(one.deviance), one.cell))), dispersion)


def share_change(
    k_before: Sequence[int],
    n_before: Sequence[int],
    k_now: Sequence[int],
    n_now: Sequence[int],
    *,
    rng: np.random.Generator,
    level: float = 0.9,
    dispersion: float = 1.0,
    draws: int = 2000,
) -> ShareChange | None:
    """Split the change of a share over groups into composition and within; None where a side rests on nothing.

    Intervals come from draws: groups' sizes Dirichlet, shares within groups Beta. A group absent on one side has
    the same share there as on the other, so all it does counts as composition.

    Args:
        k_before: of what the share is, by group, in the baseline, (n_groups,).
        n_before: of how many, (n_groups,).
        k_now: as ``k_before``, in the period.
        n_now: as ``n_before``, in the period.
        rng: source of the draws.
        level: coverage of the intervals.
        dispersion: variance divided by that of plain counts; it divides all counts before drawing.
        draws: number of draws.

    Source: Kitagawa (1955), J. American Statistical Association 50(272).

    Example:
        >>> change = share_change([10, 90], [100, 100], [10, 180], [100, 200], rng=np.random.default_rng(1))
        >>> round(change.total.value, 3), round(change.within.value, 3)
        (0.133, 0.0)
    """
    k0, n0, k1, n1 = (np.asarray(v, dtype=np.float64) for v in (k_before, n_before, k_now, n_now))
    if n0.sum() <= 0 or n1.sum() <= 0:
        return None
    split = _kitagawa(n0 / n0.sum(), _shares(k0, n0, k1, n1), n1 / n1.sum(), _shares(k1, n1, k0, n0))
    p0, p1 = _draw_shares(k0, n0, k1, n1, max(dispersion, 1.0), draws, rng)
    w0, w1 = (rng.dirichlet(n / max(dispersion, 1.0) + 0.5 / len(n), draws) for n in (n0, n1))
    drawn = _kitagawa(w0, p0, w1, p1).sum(axis=-2)
    total = round(float(n0.sum() + n1.sum()))
    tails = [(1 - level) / 2, (1 + level) / 2]
    found = []
    for value, sample in zip((split.sum(), *split.sum(axis=0)), (drawn.sum(axis=-1), *drawn.T), strict=True):
        low, high = np.quantile(sample, tails)
        found.append(Estimate(float(value), float(low), float(high), total, level))
    return ShareChange(found[0], found[1], found[2], tuple((float(a), float(b)) for a, b in split))


def _excess(before: float, now: float, scale: float, level: float, dispersion: float) -> Estimate:
    """Observed minus expected in counts of the period; no change takes away more than what was expected."""
    found = rate_difference(now, 1.0, before, 1 / scale, level=level, dispersion=dispersion)
    if found is None:
        raise AssertionError("exposures are above 0")
    return replace(found, low=max(found.low, -before * scale))


def _deviance(observed: float, expected: float) -> float:
    """Signed Poisson deviance; the expected count has half a report added to its baseline, so it is above 0."""
    logs = observed * np.log(observed / expected) if observed > 0 else 0.0
    return float(np.sign(observed - expected) * 2 * (logs - (observed - expected)))


def _shares(k: _Array, n: _Array, other_k: _Array, other_n: _Array) -> _Array:
    """Share of each group; of the other side where the group is absent here, and 0 where it is on neither."""
    own = np.where(n > 0, k, other_k) / np.maximum(np.where(n > 0, n, other_n), 1e-300)
    return np.where(n + other_n > 0, own, 0.0)


def _draw_shares(
    k0: _Array, n0: _Array, k1: _Array, n1: _Array, phi: float, draws: int, rng: np.random.Generator
) -> tuple[_Array, _Array]:
    """Draws of each group's share before and now, each (draws, n_groups)."""
    sides = []
    for k, n in ((k0, n0), (k1, n1)):
        sides.append(rng.beta(k / phi + 0.5, (n - k) / phi + 0.5, (draws, len(k))))
    return np.where(n0 > 0, sides[0], sides[1]), np.where(n1 > 0, sides[1], sides[0])


def _kitagawa(w0: _Array, p0: _Array, w1: _Array, p1: _Array) -> _Array:
    """Composition and within part of each group, (..., n_groups, 2)."""
    middle = (p0 + p1) / 2
    overall = ((w0 + w1) / 2 * middle).sum(axis=-1, keepdims=True)
    return np.stack([(w1 - w0) * (middle - overall), (p1 - p0) * (w0 + w1) / 2], axis=-1)
