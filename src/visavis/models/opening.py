"""Do large thaws or chills in ties with third countries come before an opening between two countries?

A thaw of a tie begins in the first period in which the conflictual share of the last ``NOW`` periods lies clearly
below that of the ``BEFORE`` ones before them: by ``LARGE`` times what such a difference of that tie usually is. A chill
is the same above. The shares are freed of the tie's own level and of what all ties share in a period
(``projection.surprises``).

The pair's share over the next periods is then regressed on the number of thaws that begin in a period among the ties
of one or both of the two, given the pair's share now and the past of both (local projections; Jorda 2005, American
Economic Review 95(1)), and given the thaws that begin shortly before and after, which work on the same periods
(Teulings and Zubanov 2014, J. Applied Econometrics 29(3)). Shares over the next year overlap from one period to the
next, so usual errors are too small. The same is therefore computed for placebos, thaws of other countries' ties with
the same third ones, and errors are widened by how far those scatter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.models.intervals import Estimate
from visavis.models.projection import FEWEST_PLACEBOS, Array, plain

__all__ = ["BEFORE", "FEWEST_TURNS", "LARGE", "NOW", "Opening", "begun", "detectable", "opening", "turns"]

NOW, BEFORE = 3, 12
"""Periods that a turn is seen in, and those before them that it is set against."""
LARGE = 1.5
"""A turn is large from so many usual differences on."""
APART = 6
"""Periods from one turn of a tie to the next, at least."""
FEWEST_TURNS = 10
"""Turns that an effect needs."""

_ENOUGH = 0.6  # of the periods on either side of a turn have to be known


@dataclass(frozen=True, slots=True)
class Opening:
    """How the pair's conflictual share goes after turns of other ties.

    Args:
        effect: its change per turn, over the steps asked for; below 0 the pair warms.
        p: two-sided.
        p_warm: one-sided, of a warming as large as the margin or larger: small where that is ruled out.
        turns: how many there were.
        placebos: how many series of turns elsewhere judge it.
        widened: how much wider than by the usual formula.
        df: degrees of freedom.
    """

    effect: Estimate
    p: float
    p_warm: float
    turns: int
    placebos: int
    widened: float
    df: int


def turns(share: Array, sign: int) -> npt.NDArray[np.int64]:
    """Periods in which a large thaw (``sign`` -1) or chill (+1) of a tie begins.

    Args:
        share: a row of ``projection.surprises``, shape (periods,), NaN where not known.
        sign: which way.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> share = np.r_[rng.normal(0.1, 0.02, 30), rng.normal(-0.1, 0.02, 30)]
        >>> turns(share, -1).tolist(), turns(share, 1).tolist()
        ([31], [])
    """
    known = np.isfinite(share)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, share, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    at = np.arange(BEFORE + NOW, len(share) + 1)  # ends of the window, excluded
    now, before = (
        (sums[b] - sums[a], counts[b] - counts[a]) for a, b in ((at - NOW, at), (at - NOW - BEFORE, at - NOW))
    )
    enough = (now[1] >= _ENOUGH * NOW) & (before[1] >= _ENOUGH * BEFORE)
    if not enough.any():
        return np.zeros(0, np.int64)
    change = np.where(enough, now[0] / np.maximum(now[1], 1) - before[0] / np.maximum(before[1], 1), np.nan)
    usual = float(np.sqrt(np.nanmean(change**2)))
    large = sign * change >= LARGE * usual if usual > 0 else np.zeros(len(change), bool)
    begins = large & ~np.concatenate([[False], large[:-1]])
    found: list[int] = []
    for end in (at[begins] - 1).tolist():
        if not found or end - found[-1] >= APART:
            found.append(end)
    return np.array(found, np.int64)


def begun(share: Array, sign: int) -> Array:
    """1 in periods in which a turn of a tie begins, else 0, shape (periods,)."""
    found = np.zeros(len(share))
    found[turns(share, sign)] = 1
    return found


def opening(
    pair: Array,
    seen: Array,
    placebos: Sequence[Array],
    *,
    steps: tuple[int, int],
    margin: float,
    apart: int,
    level: float = 0.9,
) -> Opening | None:
    """What came between the two after thaws, or after chills, of some ties.

    Args:
        pair: surprises of the pair, shape (periods,), NaN where not known.
        seen: how many turns of the ties looked at begin in each period: a sum of ``begun``, shape (periods,).
        placebos: the same of other ties, in which neither of the two has a part.
        steps: first and last step ahead over which the pair's share is averaged.
        margin: a warming of so much is one that matters, in share of acts.
        apart: how many countries those placebos come from: no more of them are independent.
        level: coverage that the interval aims at.

    Returns:
        None with too few turns, periods or placebos.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> pair, *others = rng.normal(0, 0.1, (25, 132))
        >>> seen, *placebos = [sum(begun(o, -1) for o in others[i : i + 5]) for i in range(20)]
        >>> for t in range(1, 13):
        ...     pair[t:] -= 0.1 * seen[:-t]
        >>> found = opening(pair, seen, placebos, steps=(1, 12), margin=0.05, apart=20)
        >>> found.effect.low < -0.1 < found.effect.high < 0
        True
    """
    if seen.sum() < FEWEST_TURNS:
        return None
    found = _after(pair, seen, steps)
    usual = [one for other in placebos if other.any() and (one := _after(pair, other, steps))]
    if found is None or min(len(usual), apart) < FEWEST_PLACEBOS:
        return None
    t = np.array([beta / error for beta, error, _ in usual])
    widened = max(1.0, float(np.sqrt(np.mean(t**2))))
    value, error, df = found[0], found[1] * widened, apart - 1
    reach = float(student.ppf((1 + level) / 2, df)) * error
    p, warm = float(2 * student.sf(abs(value) / error, df)), float(student.cdf((-margin - value) / error, df))
    effect = Estimate(value, value - reach, value + reach, found[2], level)
    return Opening(effect, p, warm, int(seen.sum()), len(usual), widened, df)


def _after(pair: Array, seen: Array, steps: tuple[int, int]) -> tuple[float, float, int] | None:
    """Effect of a turn, its usual error and the periods used."""
    first, last = steps
    width, near = last - first + 1, np.zeros(len(seen))
    for i in range(1, width):  # a turn i periods away works on width - i of the same periods
        part = (width - i) / width
        near[i:] += part * seen[:-i]
        near[:-i] += part * seen[i:]
    return plain(pair, seen, steps, given=(pair, near))


def detectable(
    pair: Array, seen: Array, found: Opening, *, steps: tuple[int, int], margin: float, alarm: float
) -> float | None:
    """In how many of the worlds in which turns do warm the pair by ``margin`` that would have been seen.

    The pair's own record is moved in time against the turns, ends joined, so that nothing is left of what links them;
    then the effect is planted, and the same test is made.

    Args:
        pair, seen, steps, margin: as for ``opening``.
        found: what it said.
        alarm: chance of a false alarm, on either side, that the test allows.

    Returns:
        A share of the worlds; None where there are none.
    """
    planted = np.zeros(len(pair))
    for step in range(steps[0], steps[1] + 1):
        planted[step:] -= margin * seen[: len(seen) - step]
    limit = float(student.ppf(1 - alarm / 2, found.df)) * found.widened
    worlds = []
    for shift in range(BEFORE, len(pair) - BEFORE, 3):
        told = _after(np.roll(pair, shift) + planted, seen, steps)
        if told is not None:
            worlds.append(told[0] / told[1] <= -limit)
    return float(np.mean(worlds)) if worlds else None
