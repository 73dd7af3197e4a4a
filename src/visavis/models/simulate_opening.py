"""Made-up ties in which large thaws with third countries are followed, or not, by an opening between two countries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visavis.models.opening import BEFORE, NOW, begun
from visavis.models.projection import Array, surprises
from visavis.models.simulate_company import Counts, made_panel

__all__ = ["MadeOpening", "made_opening"]


@dataclass(frozen=True, slots=True)
class MadeOpening:
    """Country 0 and 1 are the pair; all others are third countries.

    Args:
        dyads: numbers of the two countries, each pair once.
        rows: surprises by dyad, shape (dyads, periods).
        effect: change of the pair's conflictual share per thaw, over the periods after it.
    """

    dyads: tuple[tuple[int, int], ...]
    rows: Array
    effect: float

    def row(self, one: int, other: int) -> Array:
        """The tie of two countries."""
        found: Array = self.rows[self.dyads.index((min(one, other), max(one, other)))]
        return found

    def seen(self, sign: int, *countries: int) -> Array:
        """How many turns begin in each period among the ties of these countries with third ones."""
        thirds = sorted({c for dyad in self.dyads for c in dyad} - {0, 1, *countries})
        found: Array = np.sum([begun(self.row(side, third), sign) for third in thirds for side in countries], axis=0)
        return found


def made_opening(
    countries: int,
    periods: int,
    acts: float,
    *,
    rng: np.random.Generator,
    effect: float = 0.0,
    steps: tuple[int, int] = (1, 12),
    ar: float = 0.5,
    actor: float = 0.0,
    month: float = 0.3,
) -> MadeOpening:
    """Ties of all countries; a planted effect takes conflictual acts of the pair out, or puts them in, after thaws.

    Args:
        countries, periods, acts, ar, actor, month: as for ``simulate_company.made_panel``.
        rng: source of chance.
        effect: planted change of the pair's share per thaw of a tie of either with a third country.
        steps: periods after a thaw in which it lasts.

    Example:
        >>> made = made_opening(6, 60, 20, rng=np.random.default_rng(1))
        >>> made.rows.shape, made.seen(-1, 0, 1).shape
        ((15, 60), (60,))
    """
    panel = made_panel(countries, periods, acts, rng=rng, ar=ar, actor=actor, month=month)
    made = MadeOpening(panel.dyads, surprises(panel.k, panel.n), effect)
    if not effect:
        return made
    thaws = made.seen(-1, 0, 1)
    pull = np.zeros(periods)
    for at in np.flatnonzero(thaws[: periods - 1]):
        pull[at + steps[0] : at + steps[1] + 1] += effect * thaws[at]
    k: Counts = panel.k.copy()
    k[0] = _moved(panel.k[0], panel.n[0], pull - pull.mean(), rng)  # about its mean: shares stay within 0 and 1
    return MadeOpening(panel.dyads, surprises(k, panel.n), effect)


def _moved(k: Counts, n: Counts, pull: Array, rng: np.random.Generator) -> Counts:
    """Conflictual acts after each act's chance of being one has changed by ``pull``."""
    share = float(k[BEFORE + NOW :].sum() / max(n[BEFORE + NOW :].sum(), 1))
    away = np.clip(-pull / share, 0, 1)
    there = np.clip(pull / (1 - share), 0, 1)
    return np.asarray(k - rng.binomial(k, away) + rng.binomial(n - k, there), np.int64)
