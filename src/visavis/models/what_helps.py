"""What helps to foretell what two countries do next toward each other, and whether likeness does.

The mixes of ``next_act`` are fitted on all directions of a record, on earlier periods only; then the acts of either of
the two are foretold with all components, without each of them, and with each alone. For what the mirror (the other
side's acts) adds once the own record is known, the weights are fitted on the earlier acts of the two, near those of all
directions. Intervals leave out blocks of periods in turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.models._left_out import left_out
from visavis.models.intervals import Estimate
from visavis.models.next_act import COMPONENTS, FEWEST, Acts, Cases, Mix, alone, cases, fit, score, smoothing

__all__ = [
    "FEWEST_BLOCKS",
    "MARGIN",
    "Helped",
    "Learned",
    "Said",
    "WhatHelps",
    "learned",
    "toward_others",
    "what_helps",
]

FEWEST_BLOCKS = 6
"""Blocks of time with foretold acts, below which nothing is said."""

MARGIN = 0.02
"""Bits an act. What surely saves less matters to nobody: what came had been given 1.4 % more probability at most."""

Said = Literal["adds", "adds nothing", "undecided", "cannot tell"]
_Array = npt.NDArray[np.float64]
_WARM = 12  # one part in so many of the span is only looked at
_FITTED: dict[str, tuple[str, ...]] = {
    "own+": ("own",), "own+mirror": ("own", "mirror"), "all": COMPONENTS,
    **{f"-{name}": tuple(c for c in COMPONENTS if c != name) for name in COMPONENTS},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Learned:
    """Mixes fitted on a record, and the cases that they foretell.

    Args:
        found: cases of all periods but the first few; those of the last two thirds are foretold.
        spells: for either third, its first and last period and the mixes fitted before it, by name: ``base`` and each
            component alone, ``own+`` (its own record), ``own+mirror``, ``all``, and ``-own`` ... (all but one).
    """

    found: Cases
    spells: tuple[tuple[int, int, Mapping[str, Mix]], ...]


@dataclass(frozen=True, slots=True)
class Helped:
    """How the acts of one direction, or of several, were foretold; bits an act.

    Args:
        acts: how many.
        base: surprise by the mix of all acts.
        full: surprise by all components together.
        together: what all components together save against the mix of all acts.
        alone: what each component saves by itself.
        last: what each saves that the others do not: without it, surprise is so much greater.
        mirror: what the mirror saves once the own record is known.
    """

    acts: int
    base: float
    full: float
    together: Estimate
    alone: Mapping[str, Estimate]
    last: Mapping[str, Estimate]
    mirror: Estimate


@dataclass(frozen=True, slots=True)
class WhatHelps:
    """What helps to foretell either side's acts toward the other.

    Args:
        a, b: acts of the first toward the second, and of the second toward the first; None with too few.
        acts: foretold acts of either.
        mirror: what the mirror saves once the own record is known, either side counting alike.
        p: two-sided, of nothing; where it adds nothing, one-sided, of ``MARGIN`` or more.
        said: ``adds nothing``: the interval lies below ``MARGIN``; ``adds``: it lies above 0; ``cannot tell``: fewer
            than ``FEWEST`` acts of a side.
    """

    a: Helped | None
    b: Helped | None
    acts: tuple[int, int]
    mirror: Estimate | None
    p: float
    said: Said


def learned(acts: Acts, periods: int) -> Learned | None:
    """Fit mixes on the first third of the periods, and again on the first two thirds; None where that cannot be done.

    Args:
        acts: of all directions; periods are numbered from 0.
        periods: how many there are.
    """
    cuts = (periods // _WARM, periods // 3, 2 * periods // 3, periods)
    if periods < _WARM or not len(acts.kind):
        return None
    found = cases(acts, cuts[0], periods - 1)
    spells = []
    for first, last in pairwise(cuts[1:]):
        held = found.where(found.period < first)
        if held.n < FEWEST:
            return None
        alpha = smoothing(held)
        mixes = {name: alone(name, alpha) for name in ("base", *COMPONENTS)}
        mixes |= {name: fit(held, alpha, use, most=6_000) for name, use in _FITTED.items()}
        spells.append((first, last - 1, mixes))
    return Learned(found, tuple(spells))


def what_helps(found: Learned, a: int, b: int, *, block: int, level: float = 0.95) -> WhatHelps:
    """What helps to foretell the acts of two countries toward each other.

    Args:
        found: from ``learned``.
        a, b: numbers of the two.
        block: neighbouring periods that are left out together.
        level: coverage that intervals aim at.

    Example:
        >>> from visavis.models.simulate_acts import made_acts
        >>> acts = made_acts(6, 120, 6, weights={}, spread=1.5, rng=np.random.default_rng(1))
        >>> found = what_helps(learned(acts, 120), 0, 1, block=4)
        >>> found.said, found.a.alone["own"].low > 0
        ('adds nothing', True)
    """
    sides = [_rows(found, way, block) for way in (_of(found, a, b), _of(found, b, a))]
    acts = (int(sides[0][:, 0].sum()), int(sides[1][:, 0].sum()))
    told = [_helped(rows, level) for rows in sides]
    both = left_out(_either, np.hstack([_mirror_columns(rows) for rows in sides]))
    if min(acts) < FEWEST or both is None or told[0] is None or told[1] is None or both.df + 1 < FEWEST_BLOCKS:
        return WhatHelps(None, None, acts, None, 1.0, "cannot tell")
    value, se, reach = float(both.value[0]), float(both.se[0]), float(both.reach(level)[0])
    mirror = Estimate(value, value - reach, value + reach, sum(acts), level)
    said: Said = "adds nothing" if mirror.high < MARGIN else "adds" if mirror.low > 0 else "undecided"
    zero = MARGIN if said == "adds nothing" else 0.0
    p = float((1 if zero else 2) * student.sf(abs(value - zero) / se, both.df)) if se > 0 else 0.0
    return WhatHelps(told[0], told[1], acts, mirror, p, said)


def toward_others(found: Learned, a: int, b: int, *, block: int, level: float = 0.95) -> Helped | None:
    """The same of the acts of ``a`` toward all countries but ``b``; None with fewer than ``FEWEST``."""
    rows = _rows(found, found.found.where((found.found.source == a) & (found.found.target != b)), block)
    return _helped(rows, level) if rows[:, 0].sum() >= FEWEST else None


_NAMES = ("base", *COMPONENTS, *_FITTED)
_OWN = ("own+", "own+mirror")  # fitted on the direction itself


def _of(found: Learned, source: int, target: int) -> Cases:
    return found.found.where((found.found.source == source) & (found.found.target == target))


def _rows(found: Learned, mine: Cases, block: int) -> _Array:
    """Acts, and bits by each mix, by block of periods, shape (blocks, 1 + mixes)."""
    start, end = found.spells[0][0], found.spells[-1][1]
    rows = np.zeros(((end - start) // block + 1, 1 + len(_NAMES)))
    for first, last, mixes in found.spells:
        part, before = (mine.where(k) for k in ((mine.period >= first) & (mine.period <= last), mine.period < first))
        if not len(part.at):
            continue
        used = dict(mixes)
        if before.n:
            used |= {n: fit(before, m.alpha, tuple(m.weights), around=m) for n in _OWN if (m := mixes[n])}
        scores = [score(used[name], part) for name in _NAMES]
        np.add.at(rows, (part.period - start) // block, np.column_stack([scores[0].acts, *(s.bits for s in scores)]))
    return rows


def _saved(sums: _Array) -> _Array:
    """Together, each alone, each last, the mirror; bits an act from sums of acts and bits."""
    bits = dict(zip(_NAMES, np.moveaxis(sums[..., 1:] / sums[..., :1], -1, 0), strict=True))
    return np.stack([
        bits["base"] - bits["all"],
        *(bits["base"] - bits[name] for name in COMPONENTS),
        *(bits[f"-{name}"] - bits["all"] for name in COMPONENTS),
        bits["own+"] - bits["own+mirror"],
    ], axis=-1)  # fmt: skip


def _helped(rows: _Array, level: float) -> Helped | None:
    found = left_out(_saved, rows)
    if found is None:
        return None
    n, reach, k = int(rows[:, 0].sum()), found.reach(level), len(COMPONENTS)
    each = [Estimate(float(v), float(v - r), float(v + r), n, level) for v, r in zip(found.value, reach, strict=True)]
    sums = rows.sum(axis=0)
    base, full = (float(sums[1 + _NAMES.index(name)] / sums[0]) for name in ("base", "all"))
    by_name = [dict(zip(COMPONENTS, each[i : i + k], strict=True)) for i in (1, 1 + k)]
    return Helped(n, base, full, each[0], by_name[0], by_name[1], each[-1])


def _mirror_columns(rows: _Array) -> _Array:
    """Acts of each block and the bits that the mirror saves."""
    saved = rows[:, 1 + _NAMES.index("own+")] - rows[:, 1 + _NAMES.index("own+mirror")]
    return np.column_stack([rows[:, 0], saved])


def _either(sums: _Array) -> _Array:
    return ((sums[..., 1] / sums[..., 0] + sums[..., 3] / sums[..., 2]) / 2)[..., None]
