"""Made-up acts whose kinds follow a known log-linear mix of what lies before, to test what recovers it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import numpy as np

from visavis.models._past import COMPONENTS, Acts, Past

__all__ = ["ALPHA", "made_acts"]

ALPHA = 4.0
"""Smoothing of every component of the made-up acts, in acts."""


def made_acts(
    actors: int,
    periods: int,
    kinds: int,
    *,
    weights: Mapping[str, float],
    rng: np.random.Generator,
    acts: float = 3.0,
    spread: float = 0.0,
    alike: bool = False,
) -> Acts:
    """Acts of every actor toward every other, period by period.

    Args:
        actors, periods, kinds: how many.
        weights: of the components of ``next_act``, 0 for those not named; the mix of all acts has weight 1.
        rng: source of chance.
        acts: mean acts of a direction in a period.
        spread: how far each direction has a lasting mix of its own, in logits; 0 for none.
        alike: whether the two directions of a pair have the same lasting mix.

    Example:
        >>> made = made_acts(4, 30, 3, weights={}, rng=np.random.default_rng(1))
        >>> int(made.period.max()), int(made.source.max())
        (29, 3)
    """
    ways = np.array(list(permutations(range(actors), 2)), np.int64)
    back = np.array([int(np.flatnonzero((ways == way[::-1]).all(axis=1))[0]) for way in ways])
    past, pull = Past(ways[:, 0], ways[:, 1], back, kinds), [weights.get(name, 0.0) for name in COMPONENTS]
    level = rng.normal(0, 1, kinds)
    habit = rng.normal(0, spread, (len(ways), kinds)) if spread else np.zeros((len(ways), kinds))
    if alike:
        habit = habit[np.minimum(np.arange(len(ways)), back)]
    rows = []
    for period in range(periods):
        number = rng.poisson(acts, len(ways))
        which = np.flatnonzero(number)
        if not len(which):
            continue
        b = past.base if period else np.exp(level) / np.exp(level).sum()
        logit = np.log(b) + habit[which]
        for w, n in zip(pull, past.before(which, period), strict=True):
            if w:
                logit = logit + w * np.log((n + ALPHA * b) / ((n.sum(axis=1, keepdims=True) + ALPHA) * b))
        p = np.exp(logit - logit.max(axis=1, keepdims=True)).astype(np.float64)
        y = rng.multinomial(number[which], p / p.sum(axis=1, keepdims=True))
        past.add(which, y.astype(np.float32), period)
        at, kind = np.nonzero(y)
        rows.append(np.stack([np.full(len(at), period), *ways[which[at]].T, kind, y[at, kind]]))
    period, source, target, kind, n = np.concatenate(rows, axis=1)
    return Acts(period, source, target, kind, n, kinds)
