"""Is a mood cooler where more was expected, beyond what came? Or is it only what came?

Disappointment is expected less came, so it contains what came with a minus; in autocorrelated data it is related to the
next mood although nobody is disappointed. So the mood is regressed on what was expected and on what came *apart*,
beside the mood before and what came before. Disappointment needs a coefficient of the expectation clear of zero and
below it. And it is one side's: the other side's mood must not show the same. Otherwise it is the news, or undecided.

Source: METHODS after Oliver (1980), Journal of Marketing Research 17(4); Lazarus, Lewis, Stock and Watson (2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models.reciprocity import long_run

__all__ = ["SHORTEST", "Coefficient", "Disappointment", "Told", "disappointment"]

Array = npt.NDArray[np.float64]
Told = Literal["disappointment", "both sides", "news", "undecided"]
SHORTEST = 36
"""Measurements of a mood in a row that the test needs."""
_CLEAR = 0.02  # strict: both sides are looked at, and a mood's own persistence is underrated in short series
_LIKEWISE = 0.2  # lenient: a hint of the same on the other side is enough to speak against disappointment


@dataclass(frozen=True, slots=True)
class Coefficient:
    """Effect of one standard deviation, in units of the mood, with its 90 % interval and two-sided p."""

    value: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Disappointment:
    """What the two coefficients say.

    Args:
        told: ``disappointment``: cooler where more was expected, beyond what came, and not so on the other side;
            ``both sides``: so on both, which no expectation of one of them explains; ``news``: it goes with what
            came alone; ``undecided``.
        expected: of what was expected.
        came: of what came.
        placebo: of the same expectation, on the other side's mood.
        n: measurements used.
    """

    told: Told
    expected: Coefficient
    came: Coefficient
    placebo: Coefficient
    n: int


def disappointment(mood: Array, placebo: Array, expected: Array, came: Array) -> Disappointment | None:
    """The test of two coefficients; None where fewer than ``SHORTEST`` measurements have one before them.

    Args:
        mood: of the side that may be disappointed, warmer is higher, NaN where not measured, (n,).
        placebo: of the other side, (n,).
        expected: what the side could expect of the other, (n,).
        came: what the other did, (n,).

    >>> from visavis.models.simulate_reaction import moods
    >>> made = moods(120, expectation=-0.6, rng=np.random.default_rng(1))
    >>> disappointment(made.mood, made.placebo, made.expected, made.came).told
    'disappointment'
    """
    if len({len(series) for series in (mood, placebo, expected, came)}) != 1:
        raise UsageError("Mood, the other side's mood, expectation and what came need the same length.")
    own, other = _fitted(mood, expected, came), _fitted(placebo, expected, came)
    if own is None or other is None:
        return None
    (first, news, n), (second, _, _) = own, other
    told: Told = "undecided"
    if first.p < _CLEAR and first.value < 0:
        told = "both sides" if second.p < _LIKEWISE and second.value < 0 else "disappointment"
    elif news.p < _CLEAR:
        told = "news"
    return Disappointment(told, first, news, second, n)


def _fitted(mood: Array, expected: Array, came: Array) -> tuple[Coefficient, Coefficient, int] | None:
    """Coefficients of what was expected and of what came, beside the mood before and what came before."""
    if len(mood) < SHORTEST:
        return None
    columns = np.stack([expected[1:], came[1:], came[:-1], mood[:-1], np.ones(len(mood) - 1)], axis=-1)
    use = np.isfinite(columns).all(axis=1) & np.isfinite(mood[1:])
    x, y = columns[use], mood[1:][use]
    if len(y) < SHORTEST or np.linalg.cond(x) > 1e6:
        return None
    beta, *_ = np.linalg.lstsq(x, y, rcond=None)
    influence = (x * (y - x @ beta)[:, None]) @ np.linalg.inv(x.T @ x) * np.sqrt(len(y) / (len(y) - x.shape[1]))
    found = []
    for i in (0, 1):
        variance, df = long_run(influence[:, i])
        unit, se = float(x[:, i].std()), float(np.sqrt(variance))
        value, reach = float(beta[i]), float(student.ppf(0.95, df)) * se
        p = float(2 * student.sf(abs(value) / se, df))
        found.append(Coefficient(value * unit, (value - reach) * unit, (value + reach) * unit, p))
    return found[0], found[1], len(y)
