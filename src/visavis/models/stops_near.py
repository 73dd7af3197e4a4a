"""Do ties stop more often near certain dates than at other times? Counts against time at risk, and shifted dates.

Nothing here says why: stops are counted near dates or far from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visavis.errors import UsageError
from visavis.models.intervals import Estimate, rate_ratio

__all__ = ["Near", "stops_near"]

Array = npt.NDArray[np.float64]
Spans = Sequence[tuple[float, float]]
_SHIFTS = 400


@dataclass(frozen=True, slots=True)
class Near:
    """Stops within windows of time and outside them.

    Args:
        inside: stops within the windows.
        outside: stops at other times of the span.
        years_inside: spell-years under way within the windows.
        years_outside: spell-years under way at other times.
        ratio: stops per spell-year inside, over the same outside; None where one of the two has no stop or no year.
        p: share of ways to shift all windows around the span together that hold as many stops a year, or more.
    """

    inside: int
    outside: int
    years_inside: float
    years_outside: float
    ratio: Estimate | None
    p: float


def stops_near(
    running: Spans, stops: Sequence[float], windows: Spans, span: tuple[float, float], *, level: float = 0.9
) -> Near:
    """Compare the rate of stops within windows with that of all other times of a span.

    The p-value keeps both what clusters stops and how windows lie to each other: the windows are shifted around the
    span as a whole, in steps that are fixed, so no chance is in it.

    Args:
        running: first and last moment of each spell, in years.
        stops: moments at which one of them stopped.
        windows: stretches of time, apart from each other, within ``span``.
        span: first and last moment that is looked at.
        level: coverage the interval aims at.

    Raises:
        UsageError: the span is empty, or a window lies outside it.

    Example:
        >>> near = stops_near([(0, 10), (0, 5.5), (0, 5.2)], [5.5, 5.2], [(5, 6)], (0, 10))
        >>> near.inside, near.outside, round(near.years_inside, 1)
        (2, 0, 1.7)
    """
    if span[0] >= span[1] or any(not span[0] <= a < b <= span[1] for a, b in windows):
        raise UsageError(f"Windows within a span are needed, got {list(windows)} in {span}.")
    kept = np.array([s for s in stops if span[0] <= s <= span[1]], np.float64)
    spells = np.array([(max(a, span[0]), min(b, span[1])) for a, b in running if b > span[0] and a < span[1]])
    inside, years = _within(kept, spells, windows)
    whole = float((spells[:, 1] - spells[:, 0]).sum()) if len(spells) else 0.0
    outside, left = len(kept) - inside, max(whole - years, 0.0)
    half = 0.5 if 0 in (inside, outside) and inside + outside else 0.0  # Haldane 1956: a ratio with an interval at 0
    scatter = _scatter(kept, span)
    ratio = rate_ratio(inside + half, years, outside + half, left, level=level, dispersion=scatter)
    return Near(inside, outside, years, left, ratio, _p(kept, spells, windows, span, (inside, years)))


def _within(stops: Array, spells: Array, windows: Spans) -> tuple[int, float]:
    count, years = 0, 0.0
    for a, b in windows:
        count += int(((stops >= a) & (stops <= b)).sum())
        if len(spells):
            years += float(np.clip(np.minimum(spells[:, 1], b) - np.maximum(spells[:, 0], a), 0, None).sum())
    return count, years


def _scatter(stops: Array, span: tuple[float, float]) -> float:
    """Variance over mean of stops a year, at least 1: several ties often stop together."""
    years = max(2, int(span[1] - span[0]))
    counted = np.histogram(stops, bins=years, range=span)[0]
    return max(1.0, float(counted.var(ddof=1) / counted.mean())) if counted.sum() else 1.0


def _p(stops: Array, spells: Array, windows: Spans, span: tuple[float, float], seen: tuple[int, float]) -> float:
    """One-sided, with the windows as they are counted as one of the shifts."""
    length, here = span[1] - span[0], seen[0] / max(seen[1], 1e-9)
    as_many = 1
    for i in range(1, _SHIFTS):
        moved: list[tuple[float, float]] = []
        for a, b in windows:
            begin = span[0] + (a - span[0] + length * i / _SHIFTS) % length
            end = begin + (b - a)
            moved += [(begin, end)] if end <= span[1] else [(begin, span[1]), (span[0], end - length)]
        count, years = _within(stops, spells, moved)
        as_many += count / max(years, 1e-9) >= here - 1e-12
    return as_many / _SHIFTS
