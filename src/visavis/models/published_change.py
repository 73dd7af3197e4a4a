"""Whether a published share changed between two waves of one series by more than sampling allows.

The waves ask different people the same question in the same way. Where sources print different figures of one wave, a
change is clear only if it is clear, in the same direction, with each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models.intervals import Estimate
from visavis.models.published import Poll, gap, state

__all__ = ["Change", "change"]

Direction = Literal["rose", "fell", "same", "unclear"]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a share from one wave to another.

    Args:
        estimate: later minus earlier, 0 to 1, with an interval that holds for every published figure; ``n`` counts
            the people of both waves.
        direction: ``rose`` or ``fell`` beyond sampling; ``same`` where the change is clear of the margin either way;
            ``unclear`` where neither can be said.
        p: two-sided p-value of there being no change; the largest over the published figures.
    """

    estimate: Estimate
    direction: Direction
    p: float


def change(
    then: Sequence[Poll], now: Sequence[Poll], *, deff: float = 1.5, margin: float = 0.1, level: float = 0.95
) -> Change:
    """Change of the first answer of a question; all published figures of a wave are held against all of the other.

    Args:
        then: figures of the earlier wave, one a source; the first one gives the value told.
        now: figures of the later wave.
        deff: design effect assumed for either wave.
        margin: a change is ``same`` where two one-sided tests (5 % each) put it within this.
        level: coverage the interval aims at.

    Raises:
        UsageError: a wave has no figure.

    Example:
        >>> found = change([Poll((12.2,), n=1004)], [Poll((28.9,), n=1008)])
        >>> found.direction, round(found.estimate.value, 3), round(found.estimate.low, 2)
        ('rose', 0.167, 0.12)
    """
    if not then or not now:
        raise UsageError("A change needs at least one published figure of either wave.")
    found = [gap(earlier, later, deff=deff) for earlier, later in product(then, now)]
    ends = [one.interval(level) for one in found]
    low, high = min(float(e[0][0]) for e in ends), max(float(e[1][0]) for e in ends)
    p = max(float(2 * student.sf(abs(one.value[0]) / one.se()[0], one.df)) for one in found)
    estimate = Estimate(float(found[0].value[0]), low, high, then[0].n + now[0].n, level)
    if low > 0 or high < 0:
        return Change(estimate, "rose" if low > 0 else "fell", p)
    within = all(state(float(g.value[0]), float(g.se()[0]), margin=margin, df=g.df) == "same" for g in found)
    return Change(estimate, "same" if within else "unclear", p)
