"""How far apart two countries are on one figure, year by year, and whether that is near, far or between.

Three kinds of figure: amounts (income, people), of which the lower is told as a share of the higher; indices with a
scale (0 to 1), of which the gap is told as a share of the scale; figures in standard deviations of all countries. What
is near and what is far are conventions of ours, fixed before any pair was looked at; see ``NEAR`` and ``FAR``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from visavis.errors import UsageError

__all__ = ["CLOSE_YEARS", "FAR", "FEWEST", "NEAR", "Apart", "Kind", "Place", "apart", "kind_of", "place"]

Kind = Literal["ratio", "scale", "sd"]
Standing = Literal["alike", "between", "apart"]

NEAR: Mapping[Kind, float] = {"ratio": 1 / 4, "scale": 1 / 10, "sd": 1 / 2}
"""Gap up to which two are alike: the lower within a quarter of the higher, a tenth of the scale, half a deviation."""

FAR: Mapping[Kind, float] = {"ratio": 1 / 2, "scale": 1 / 4, "sd": 1.0}
"""Gap beyond which they are not: the lower under half of the higher, over a quarter of the scale, one deviation."""

CLOSE_YEARS = 5
"""Years, the last that both have, in each of which a gap must be near (or far) to be called so."""

FEWEST = 30
"""Countries that must have the figure in the same year before a pair is placed among all pairs."""

_SCALE = re.compile(r"(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)$")
_OVERLAP = 15  # common years below which then and now are not compared


@dataclass(frozen=True, slots=True)
class Apart:
    """How far apart two countries are on one figure.

    Args:
        kind: how the gap is measured.
        years: years that both have, rising.
        gaps: the gap in each: ``1 - lower / higher``, share of the scale, or standard deviations; 0 is equal.
        standing: near in each of the last years, far in each of them, or between.
        moved: the gap of the last years against that of the first ones: ``closer``, ``further``, or ``same`` where
            their ranges touch; None with too few years.
    """

    kind: Kind
    years: tuple[int, ...]
    gaps: tuple[float, ...]
    standing: Standing
    moved: Literal["closer", "further", "same"] | None

    @property
    def lately(self) -> tuple[float, float]:
        """Smallest and largest gap of the last years."""
        last = self.gaps[-CLOSE_YEARS:]
        return min(last), max(last)

    @property
    def widest(self) -> int:
        """Index of the year with the largest gap."""
        return max(range(len(self.gaps)), key=lambda i: self.gaps[i])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pair stands among all pairs of the same year.

    Args:
        year: the last year that the pair and enough countries have.
        closer: share of the other pairs that are closer; pairs at the same gap count half.
        pairs: other pairs.
        countries: countries with the figure in that year.
    """

    year: int
    closer: float
    pairs: int
    countries: int


def kind_of(unit: str, lowest: float) -> Kind | None:
    """How gaps in a unit are measured, from its words and the lowest value there is; None where no rule is known.

    Example:
        >>> kind_of("index, 0 to 1", 0.1), kind_of("US dollars, current", 80.0), kind_of("degrees", -4.0)
        ('scale', 'ratio', None)
    """
    if unit.startswith("standard deviations"):
        return "sd"
    if _SCALE.search(unit):
        return "scale"
    return "ratio" if lowest > 0 else None


def apart(one: Mapping[int, float], other: Mapping[int, float], unit: str) -> Apart | None:
    """Compare two countries by year; None where they share no year or the unit has no rule.

    Args:
        one, other: value by year.
        unit: what both are measured in.

    Example:
        >>> years = range(2016, 2021)
        >>> apart(dict.fromkeys(years, 80.0), dict.fromkeys(years, 100.0), "US dollars").standing
        'alike'
        >>> apart({2020: 80.0}, {2020: 100.0}, "US dollars").standing
        'between'
    """
    years = tuple(sorted(one.keys() & other.keys()))
    kind = kind_of(unit, min((*one.values(), *other.values()), default=0.0))
    if not years or kind is None:
        return None
    gaps = tuple(_gap(one[y], other[y], kind, unit) for y in years)
    last = gaps[-CLOSE_YEARS:]
    enough = len(last) == CLOSE_YEARS  # fewer years decide nothing
    near, far = enough and all(g <= NEAR[kind] + 1e-9 for g in last), enough and all(g > FAR[kind] for g in last)
    return Apart(kind, years, gaps, "alike" if near else "apart" if far else "between", _moved(gaps))


def place(values: Mapping[str, Mapping[int, float]], a: str, b: str, unit: str) -> Place | None:
    """Where a pair stands among all pairs of countries; None where under ``FEWEST`` have the figure in one year.

    Args:
        values: value by country and year.
        a, b: the pair.
        unit: what all are measured in.
    """
    kind = kind_of(unit, min((v for by_year in values.values() for v in by_year.values()), default=0.0))
    for year in sorted(values.get(a, {}).keys() & values.get(b, {}).keys(), reverse=True):
        here = {c: by_year[year] for c, by_year in values.items() if year in by_year}
        if len(here) < FEWEST or kind is None:
            continue
        own = _gap(here[a], here[b], kind, unit)
        others = [_gap(here[x], here[y], kind, unit) for x, y in combinations(sorted(here), 2) if {x, y} != {a, b}]
        closer = sum(1.0 if g < own else 0.5 if g == own else 0.0 for g in others)
        return Place(year, closer / len(others), len(others), len(here))
    return None


def _gap(one: float, other: float, kind: Kind, unit: str) -> float:
    if kind == "ratio":
        return 1 - min(one, other) / max(one, other)
    if kind == "sd":
        return abs(one - other)
    ends = _SCALE.search(unit)
    if ends is None or float(ends[2]) <= float(ends[1]):
        raise UsageError(f"The unit {unit!r} names no scale; write it like 'index, 0 to 1'.")
    return abs(one - other) / (float(ends[2]) - float(ends[1]))


def _moved(gaps: tuple[float, ...]) -> Literal["closer", "further", "same"] | None:
    """Whether the last gaps all lie under, or all over, the first ones."""
    if len(gaps) < _OVERLAP:
        return None
    then, now = gaps[:CLOSE_YEARS], gaps[-CLOSE_YEARS:]
    return "closer" if max(now) < min(then) else "further" if min(now) > max(then) else "same"
