"""Which third countries' ties move with a pair, or before it, under one bound on false discoveries.

Of each third country two things are asked: whether its ties with the two turn in the same period as the pair does,
and whether they turn before. Many are asked, so some would answer by chance: at most ``bound`` of those told are
expected to be false. Source: Benjamini & Yekutieli (2001), Ann. Statist. 29(4), which holds for dependent tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import false_discovery_control

from visavis.models.projection import Response, inflation, response

__all__ = ["BOUND", "Mover", "movers"]

BOUND = 0.05
"""Share of the countries told that is expected to be false, at most."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mover:
    """One third country.

    Args:
        country: whose ties.
        same: how the pair goes with its ties in the same period.
        ahead: how the pair goes, over the next periods, with its ties now.
        same_q, ahead_q: p-values corrected for how much was asked.
    """

    country: str
    same: Response
    ahead: Response
    same_q: float
    ahead_q: float

    @property
    def moves_with(self) -> bool:
        """Whether its ties move in the same period."""
        return self.same_q <= BOUND

    @property
    def moves_before(self) -> bool:
        """Whether its ties move before."""
        return self.ahead_q <= BOUND


def movers(pair: Array, ties: Mapping[str, Array], placebos: Sequence[Array], *, reach: int) -> list[Mover]:
    """Third countries, the clearest first; empty where nothing is long enough or placebos are too few.

    Args:
        pair: surprises of the pair, shape (periods,), NaN where not known.
        ties: by third country, the mean surprise of its ties with the two, shape (periods,).
        placebos: surprises of dyads in which neither of the two has a part.
        reach: steps ahead that count as "after".

    Example:
        >>> rng = np.random.default_rng(1)
        >>> pair = rng.normal(size=130)
        >>> ties = {"CHN": pair + rng.normal(size=130), "FRA": rng.normal(size=130)}
        >>> found = movers(pair, ties, [rng.normal(size=130) for _ in range(30)], reach=3)
        >>> [(m.country, m.moves_with, m.moves_before) for m in found]
        [('CHN', True, False), ('FRA', False, False)]
    """
    widened = [inflation(pair, placebos, steps) for steps in ((0, 0), (1, reach))]
    if widened[0] is None or widened[1] is None:
        return []
    asked = []
    for country in sorted(ties):
        same = response(pair, ties[country], (0, 0), widened[0])
        ahead = response(pair, ties[country], (1, reach), widened[1])
        if same is not None and ahead is not None:
            asked.append((country, same, ahead))
    if not asked:
        return []
    q = false_discovery_control([p for _, s, a in asked for p in (s.p, a.p)], method="by")
    found = [Mover(c, s, a, float(q[2 * i]), float(q[2 * i + 1])) for i, (c, s, a) in enumerate(asked)]
    return sorted(found, key=lambda m: (min(m.same.p, m.ahead.p), m.country))
