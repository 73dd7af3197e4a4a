"""What assuming likeness would have cost, with its interval: the mirror's surprise less that of the own record.

See ``assumed_likeness`` for the forecasts. In the limit of long records and steady behaviour the cost is the
Kullback-Leibler divergence of the foretold side's mix from the other's; with shorter ones it is smaller, for both
forecasts then lean on the base mix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import norm
from scipy.stats import t as student

from visavis.models.assumed_likeness import FORECASTS, Forecasts
from visavis.models.intervals import Estimate

__all__ = ["FEWEST", "MARGIN", "Cost", "Verdict", "cost"]

FEWEST = 100
"""With fewer foretold acts of a side nothing is said."""
MARGIN = 0.05
"""Bits per act. A cost surely below it is none: what came had been given at most 3.4 % less probability."""
Verdict = Literal["costs", "costs nothing", "undecided", "cannot tell"]

_Array = npt.NDArray[np.float64]
_RESAMPLES = 999


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of assuming likeness, with what it has to be seen beside.

    Args:
        gap: bits per act, mirror less own record; above 0: assuming likeness costs. None without acts.
        against_base: bits per act, mirror less base mix; above 0: worse than knowing neither country.
        own_against_base: bits per act, own record less base mix; below 0: its own record foretells something.
        bits: surprise per act of each forecast, by name.
        n: acts foretold.
        p: two-sided p-value of there being no gap; where the verdict is ``costs nothing``, one-sided p-value of a gap
            of ``MARGIN`` or more.
        verdict: ``costs nothing``: the gap's interval is below ``MARGIN``; ``costs``: it is above 0, and the own record
            is clearly better than the base mix (else there is nothing to fall short of); ``cannot tell``: fewer
            than ``FEWEST`` acts of a side.
    """

    gap: Estimate | None
    against_base: Estimate | None
    own_against_base: Estimate | None
    bits: dict[str, float]
    n: int
    p: float
    verdict: Verdict


def cost(found: Sequence[Forecasts], *, block: int, rng: np.random.Generator, level: float = 0.95) -> Cost:
    """The cost of assuming likeness over all third countries, with intervals.

    Blocks of neighbouring periods are drawn with replacement. A period stands both for the acts foretold in it and for
    what later forecasts learned from it, so that the interval holds what is uncertain in the records as well.

    Args:
        found: of one side, or of both: then either side counts alike, however many acts it has.
        block: periods in a block, at least as long as a burst.
        rng: source of the draws.
        level: coverage the intervals aim at.

    Example:
        >>> from visavis.models.assumed_likeness import forecasts
        >>> rng = np.random.default_rng(1)
        >>> talks, presses = rng.poisson([3, 1], (1, 60, 2)), rng.poisson([1, 3], (1, 60, 2))
        >>> cost(forecasts(talks, presses, talks[0] + presses[0], memory=52, rng=rng), block=4, rng=rng).verdict
        'costs'
    """
    counts = [int(side.acts.sum()) for side in found]
    n, parts = sum(counts), [_lines(side) for side in found]
    if not all(counts):
        return Cost(None, None, None, {}, n, 1.0, "cannot tell")
    drawn = _resampled(np.vstack([part[1] for part in parts]), block, rng).reshape(len(parts), 4, -1)
    drawn = drawn[:, :, (drawn[:, 3] > 0).all(0)]
    ratios = (drawn[:, :3] / drawn[:, 3:]).mean(0)
    values = np.mean([part[0].sum(1) / k for part, k in zip(parts, counts, strict=True)], axis=0)
    moves = sum((m[0] - m[0].sum() / k * m[3]) / k for (_, m), k in zip(parts, counts, strict=True))
    df = _freedom(np.asarray(moves), block)
    spread = ((df + 1) / df) ** 0.5
    wider = float(student.ppf((1 + level) / 2, df) / norm.ppf((1 + level) / 2)) * spread
    gap, base, own = (_estimate(values[i], ratios[i], n, level, wider) for i in range(3))
    told = np.mean([side.bits.sum((1, 2)) / k for side, k in zip(found, counts, strict=True)], axis=0)
    verdict = _verdict(min(counts), gap, own)
    zero, se = (MARGIN if verdict == "costs nothing" else 0.0), float(ratios[0].std()) * spread
    p = float((1 if zero else 2) * student.sf(abs(gap.value - zero) / se, df)) if se > 0 else 1.0
    return Cost(gap, base, own, dict(zip(FORECASTS, told.tolist(), strict=True)), n, p, verdict)


def _lines(side: Forecasts) -> tuple[_Array, _Array]:
    """Bits by period: mirror less own, mirror less base, own less base; and the same with what was learned, and acts.

    Shapes (3, T) and (4, T).
    """
    bits, learned = side.bits.sum(1), side.learned.sum(1)
    learned = learned - learned.mean(1, keepdims=True)
    lines = np.stack([bits[0] - bits[1], bits[0] - bits[3], bits[1] - bits[3]])
    moved = lines + np.stack([learned[0] - learned[1], learned[0], learned[1]])
    return lines, np.vstack([moved, side.acts.sum(0)])


def _resampled(values: _Array, block: int, rng: np.random.Generator) -> _Array:
    """Sums over circular blocks drawn with replacement until they are as long as the series, (rows, resamples)."""
    length = values.shape[1]
    block = min(block, length)
    wrapped = np.concatenate([values, values[:, : block - 1]], axis=1)
    sums = np.lib.stride_tricks.sliding_window_view(wrapped, block, axis=1).sum(2)
    starts = rng.integers(length, size=(_RESAMPLES, -(-length // block)))
    drawn: _Array = sums[:, starts].sum(2)
    return drawn


def _freedom(moves: _Array, block: int) -> float:
    """Degrees of freedom of blocks that weigh unequally: early ones taught more forecasts (Satterthwaite 1946)."""
    blocks = np.add.reduceat(moves, np.arange(0, len(moves), block)) ** 2
    weighed = 3 * float(blocks.sum()) ** 2 / float((blocks**2).sum()) if blocks.any() else 1.0
    return max(2.0, min(len(blocks) - 1.0, weighed - 1.0))


def _estimate(value: float, drawn: _Array, n: int, level: float, wider: float) -> Estimate:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    middle = float(np.median(drawn))
    low, high = (float(value + wider * (end - middle)) for end in (low, high))
    return Estimate(float(value), low, high, n, level)


def _verdict(n: int, gap: Estimate, own_against_base: Estimate) -> Verdict:
    if n < FEWEST:
        return "cannot tell"
    if gap.high < MARGIN:
        return "costs nothing"
    return "costs" if gap.low > 0 and own_against_base.high < 0 else "undecided"
