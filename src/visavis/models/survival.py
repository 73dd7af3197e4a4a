"""How long ties last: Kaplan-Meier with delayed entry, and how they end where several endings compete.

A spell is seen from the age at which it came under observation (``entry``, 0 where it was seen from its start) to the
age at which it ended or was last seen (``exit``). Spells of one mechanism are not independent: variances count
mechanisms, not spells, and are never below those of independent spells.
Sources: Kaplan & Meier (1958), J. American Statistical Association 53; Kalbfleisch & Prentice (2002), The Statistical
Analysis of Failure Time Data (log-log interval, delayed entry); Aalen & Johansen (1978), Scandinavian J. Statistics 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from visavis.errors import UsageError
from visavis.models.intervals import Estimate

__all__ = ["FEWEST", "Curve", "Spells", "at_risk", "incidence", "lasting", "median", "value_at"]

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

FEWEST = 3
"""With delayed entry the first spells at risk are few; the curve begins at the first age at which this many are."""


@dataclass(frozen=True)
class Spells:
    """Spells as the models read them, one row each; all arrays have shape (n,).

    Args:
        entry: age at which it came under observation, 0 or above.
        exit: age at which it ended or was last seen, above ``entry``.
        cause: how it ended: 0 where it had not, else 1, 2, ... for endings that compete.
        mechanism: number of the mechanism that it is a spell of.

    Raises:
        UsageError: shapes differ, an age is below 0 or not finite, or a spell has no length.

    Example:
        >>> Spells.of([0, 2], [5, 9], [1, 0]).mechanism.tolist()
        [0, 1]
    """

    entry: Array
    exit: Array
    cause: Counts
    mechanism: Counts

    @classmethod
    def of(
        cls,
        entry: npt.ArrayLike,
        leaving: npt.ArrayLike,
        cause: npt.ArrayLike,
        *,
        mechanism: Sequence[object] | None = None,
    ) -> Spells:
        """Spells from plain lists; without ``mechanism`` each is one of its own."""
        begins, ends = np.asarray(entry, np.float64), np.asarray(leaving, np.float64)
        names = list(range(len(ends))) if mechanism is None else list(mechanism)
        order = {name: i for i, name in enumerate(dict.fromkeys(names))}
        numbers = np.array([order[name] for name in names], np.int64)
        causes = np.asarray(cause, np.int64)
        if not begins.shape == ends.shape == causes.shape == numbers.shape:
            raise UsageError("Entry, exit, cause and mechanism of spells must be of one length.")
        bad = ~(np.isfinite(begins) & np.isfinite(ends) & (begins >= 0) & (ends > begins))
        if bad.any():
            i = int(bad.argmax())
            raise UsageError(f"Spell {i} runs from age {begins[i]:g} to {ends[i]:g}; it needs 0 <= entry < exit.")
        return cls(begins, ends, causes, numbers)

    def __len__(self) -> int:
        return len(self.exit)

    def where(self, keep: npt.NDArray[np.bool_]) -> Spells:
        """Some of the spells."""
        return Spells(self.entry[keep], self.exit[keep], self.cause[keep], self.mechanism[keep])

    @property
    def ends(self) -> int:
        """How many of the spells ended, in whatever way."""
        return int((self.cause > 0).sum())


@dataclass(frozen=True)
class Curve:
    """A step curve: its value holds from each age to the next.

    Args:
        ages: ages at which it steps, rising, shape (k,); the first is ``start``.
        value: share still running from that age on (or ended by one cause), shape (k,).
        low, high: its interval, shape (k,).
        at_risk: spells under observation just before that age, shape (k,).
        start: age that spells must have reached to be counted: 0, or more where few are seen from their start.
        last: the highest age that was observed; beyond it nothing is said.
        n: spells.
        ends: spells that ended (by that cause).
        level: coverage that the interval aims at.
    """

    ages: Array
    value: Array
    low: Array
    high: Array
    at_risk: Counts
    start: float
    last: float
    n: int
    ends: int
    level: float


def at_risk(spells: Spells, age: float) -> int:
    """How many spells are under observation at an age: entered before it, and not ended or lost before it."""
    return int(((spells.entry < age) & (spells.exit >= age)).sum()) if age > 0 else int((spells.entry == 0).sum())


def lasting(spells: Spells, *, level: float = 0.9) -> Curve:
    """Share of spells still running at each age: Kaplan-Meier, with a log-log interval.

    The variance of the cumulative hazard is the larger of Greenwood's and that of sums over mechanisms.

    Raises:
        UsageError: there is no spell.

    Example:
        >>> curve = lasting(Spells.of([0, 0, 0, 0], [1, 2, 3, 4], [1, 0, 1, 0]))
        >>> curve.value.tolist()
        [1.0, 0.75, 0.375]
    """
    start, ages, risk, ended = _table(spells)
    value = np.concatenate([[1.0], np.cumprod(1 - ended / risk)])
    with np.errstate(divide="ignore"):
        greenwood = np.concatenate([[0.0], np.cumsum(ended / (risk * np.maximum(risk - ended, 1e-300)))])
    variance = np.maximum(greenwood, np.concatenate([[0.0], _by_mechanism(spells, ages, risk, ended)]))
    first = at_risk(spells, float(ages[0])) if len(ages) else len(spells)
    low, high = _log_log(value, variance, first, level)
    return Curve(
        ages=np.concatenate([[start], ages]),
        value=value,
        low=low,
        high=high,
        at_risk=np.concatenate([[first], risk]).astype(np.int64),
        start=start,
        last=float(spells.exit.max()),
        n=len(spells),
        ends=int(ended.sum()),
        level=level,
    )


def incidence(spells: Spells, cause: int, *, level: float = 0.9) -> Curve:
    """Share of spells that had ended by one cause at each age, where others compete with it: Aalen-Johansen.

    The interval rests on leaving out one mechanism at a time, on the scale of log(-log).

    Example:
        >>> curve = incidence(Spells.of([0, 0, 0, 0], [1, 2, 3, 4], [1, 2, 1, 0]), 1)
        >>> curve.value.tolist()
        [0.0, 0.25, 0.25, 0.5]
    """
    start, ages, risk, _ = _table(spells)
    value = _incidence(spells, cause, start, ages)
    groups = np.unique(spells.mechanism)
    left = [_incidence(spells.where(spells.mechanism != g), cause, start, ages) for g in groups]
    variance = np.zeros_like(value)
    if len(groups) > 1:
        without = np.array(left)
        variance = (len(groups) - 1) / len(groups) * ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    kept = 1 - value
    with np.errstate(divide="ignore", invalid="ignore"):
        on_log = np.where(kept > 0, variance / kept**2, 0.0)
    first = at_risk(spells, float(ages[0])) if len(ages) else len(spells)
    low, high = _log_log(kept, on_log, first, level)
    whole = np.concatenate([[first], risk]).astype(np.int64)
    of_cause = int(((spells.cause == cause) & (spells.exit >= start)).sum())
    last = float(spells.exit.max())
    return Curve(np.concatenate([[start], ages]), value, 1 - high, 1 - low, whole, start, last, len(spells), of_cause,
                 level)  # fmt: skip


def value_at(curve: Curve, age: float) -> Estimate | None:
    """The curve's value at an age, with its interval; ``n`` is the number of spells. None outside what was observed."""
    if not curve.start <= age <= curve.last:
        return None
    i = int(np.searchsorted(curve.ages, age, side="right")) - 1
    return Estimate(float(curve.value[i]), float(curve.low[i]), float(curve.high[i]), curve.n, curve.level)


def median(curve: Curve) -> tuple[float | None, float | None, float | None]:
    """Age by which half of the spells are over, and its interval; None for each end that was not reached.

    The interval holds the ages at which one half lies within the curve's own interval (Brookmeyer & Crowley 1982,
    Biometrics 38).

    Example:
        >>> median(lasting(Spells.of([0] * 4, [1, 2, 3, 4], [1, 1, 1, 1])))[0]
        2.0
    """

    def first(reached: npt.NDArray[np.bool_]) -> float | None:
        return float(curve.ages[int(reached.argmax())]) if reached.any() else None

    half = 0.5 + 1e-12
    return first(curve.value <= half), first(curve.low <= half), first(curve.high <= half)


def _table(spells: Spells) -> tuple[float, Array, Counts, Counts]:
    """Where the curve starts, and for each age at which spells end: how many are at risk, and how many end."""
    if not len(spells):
        raise UsageError("There is no spell to say anything of.")
    ages = np.unique(spells.exit[spells.cause > 0])
    risk = np.array([at_risk(spells, float(a)) for a in ages], np.int64)
    start = 0.0
    if len(ages) and (spells.entry > 0).any():
        enough = risk >= min(FEWEST, len(spells))
        if not enough[0]:
            first = int(enough.argmax()) if enough.any() else len(ages) - 1
            start = float(ages[first - 1])
            ages, risk = ages[first:], risk[first:]
    ended = np.array([((spells.exit == a) & (spells.cause > 0)).sum() for a in ages], np.int64)
    return start, ages, risk, ended


def _by_mechanism(spells: Spells, ages: Array, risk: Counts, ended: Counts) -> Array:
    """Variance of the cumulative hazard at each age from each mechanism's own part in it, shape (k,)."""
    groups = np.unique(spells.mechanism)
    if len(groups) < 2 or not len(ages):
        return np.zeros(len(ages))
    here = (spells.exit[:, None] == ages) & (spells.cause > 0)[:, None]
    under = (spells.entry[:, None] < ages) & (spells.exit[:, None] >= ages)
    steps = here / risk - under * (ended / risk.astype(np.float64) ** 2)
    part = np.array([steps[spells.mechanism == g].sum(axis=0) for g in groups]).cumsum(axis=1)
    variance: Array = len(groups) / (len(groups) - 1) * (part**2).sum(axis=0)
    return variance


def _incidence(spells: Spells, cause: int, start: float, at: Array) -> Array:
    """Aalen-Johansen at ``start`` and at the ages ``at``, shape (k + 1,)."""
    found, running = [0.0], 1.0
    for age in at:
        risk = at_risk(spells, float(age))
        now = spells.cause[spells.exit == age]
        found.append(found[-1] + (running * float((now == cause).sum()) / risk if risk else 0.0))
        running *= 1 - float((now > 0).sum()) / risk if risk else 1.0
    return np.array(found)


def _log_log(value: Array, variance: Array, first: int, level: float) -> tuple[Array, Array]:
    """Interval of shares on the scale of log(-log), from the variance of their logarithm.

    Where none has ended yet, and where none is left, the scale has no end: the interval is then that of none out of
    ``first``, and that of the step before.
    """
    z = float(ndtri((1 + level) / 2))
    low, high = np.empty_like(value), np.empty_like(value)
    for i, (share, spread) in enumerate(zip(value, variance, strict=True)):
        if share >= 1:
            low[i], high[i] = ((1 - level) / 2) ** (1 / max(first, 1)), 1.0
        elif share <= 1e-12:
            low[i], high[i] = 0.0, high[i - 1] if i else 1.0
        else:
            off = z * np.sqrt(spread) / -np.log(share)
            low[i], high[i] = share ** np.exp(off), share ** np.exp(-off)
    return low, high
