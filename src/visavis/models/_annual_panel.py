"""How far apart pairs of countries are, year by year: their places among all pairs, and classes fixed beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from visavis.errors import UsageError

__all__ = ["BACK", "LEVELS", "MOVED", "SPAN", "Panel", "panel_of", "panel_of_positions"]

LEVELS = (0.2, 0.4, 0.6, 0.8)
"""Edges of the classes of standing: fifths of all pairs."""
SPAN = 3
"""Years of a standing; two of them must be known."""
BACK = 5
"""Years over which what a pair did before is looked at."""
MOVED = 0.1
"""Change of standing, a tenth of all pairs, up to which a pair stands where it stood."""

_MOST = 16  # numbers of one kind of class
_Array = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Panel:
    """How far apart pairs of countries are, year by year.

    Args:
        countries: names, in order.
        years: rising, without a hole.
        first, second: each pair's countries, as places in ``countries``, first below second; (n_pairs,).
        level: the figure, higher is farther apart, NaN where not known; (n_years, n_pairs).
        classes: further classes by name, 0 to 15, -1 where not known, each (n_years, n_pairs); the weightiest first.
    """

    countries: tuple[str, ...]
    years: tuple[int, ...]
    first: _Ints
    second: _Ints
    level: _Array
    classes: Mapping[str, _Ints] = field(default_factory=dict)

    @cached_property
    def place(self) -> _Array:
        """Share of the other pairs of the year that are closer, equals counted half; (n_years, n_pairs)."""
        found = np.full(self.level.shape, np.nan)
        for row, level in enumerate(self.level):
            known = ~np.isnan(level)
            if known.sum() > 1:
                found[row, known] = (rankdata(level[known]) - 1) / (known.sum() - 1)
        return found

    @cached_property
    def standing(self) -> _Array:
        """Mean place over ``SPAN`` years up to each, where two are known; (n_years, n_pairs)."""
        total, known = np.zeros(self.level.shape), np.zeros(self.level.shape)
        for back in range(min(SPAN, len(self.years))):
            earlier = self.place[: len(self.years) - back]
            total[back:] += np.nan_to_num(earlier)
            known[back:] += ~np.isnan(earlier)
        return np.where(known >= 2, total / np.maximum(known, 1), np.nan)

    @cached_property
    def bins(self) -> tuple[_Ints, ...]:
        """Classes from the weightiest to the finest, each (n_years, n_pairs): standing, course, those of the panel."""
        standing = self.standing
        level = np.where(np.isnan(standing), -1, np.digitize(standing, LEVELS)).astype(np.int64)
        moved = np.full(standing.shape, np.nan)
        moved[BACK:] = standing[BACK:] - standing[:-BACK]
        course = np.where(np.isnan(moved), -1, np.digitize(moved, [-MOVED, MOVED])).astype(np.int64)
        return level, course, *self.classes.values()

    @cached_property
    def _codes(self) -> tuple[_Ints, ...]:
        found, whole, known = [], np.zeros(self.level.shape, np.int64), np.ones(self.level.shape, bool)
        for bins in self.bins:
            known &= bins >= 0
            whole = whole * _MOST + bins
            found.append(np.where(known, whole, -1))
        return tuple(found)

    def codes(self, depth: int) -> _Ints:
        """One number for each pair's class by the first ``depth`` kinds, -1 where not known; (n_years, n_pairs)."""
        return self._codes[depth - 1]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes, in the order of ``bins``."""
        return ("standing", "course", *self.classes)

    def pair(self, a: str, b: str) -> int | None:
        """The number of a pair; None where the panel has none of it."""
        if not {a, b} <= set(self.countries):
            return None
        i, j = sorted((self.countries.index(a), self.countries.index(b)))
        found = np.flatnonzero((self.first == i) & (self.second == j))
        return int(found[0]) if found.size else None

    def last(self, pair: int) -> int | None:
        """The last year of which the figure is known and in which the pair has a standing."""
        known = np.flatnonzero(~np.isnan(self.standing[:, pair] + self.level[:, pair]))
        return self.years[int(known[-1])] if known.size else None


def panel_of(
    rows: Iterable[tuple[str, str, int, float]], classes: Mapping[str, Mapping[tuple[str, str, int], int]] | None = None
) -> Panel:
    """A panel from rows of two countries, year and figure.

    Args:
        rows: first country, second country, year, figure; in any order.
        classes: further classes by name, by countries in alphabetical order and year.

    Raises:
        UsageError: there is no row.

    Example:
        >>> panel = panel_of([("KOR", "JPN", 2020, 1.0), ("JPN", "USA", 2020, 0.5), ("KOR", "USA", 2022, 2.0)])
        >>> panel.years, panel.place[0].tolist()
        ((2020, 2021, 2022), [1.0, 0.0, nan])
    """
    held = [(min(a, b), max(a, b), int(year), float(value)) for a, b, year, value in rows]
    if not held:
        raise UsageError("A panel needs rows of two countries, a year and a figure; there is none.")
    names = tuple(sorted({name for a, b, _, _ in held for name in (a, b)}))
    number = {name: k for k, name in enumerate(names)}
    pairs = {pair: k for k, pair in enumerate(sorted({(a, b) for a, b, _, _ in held}))}
    years = tuple(range(min(r[2] for r in held), max(r[2] for r in held) + 1))
    level = np.full((len(years), len(pairs)), np.nan)
    for a, b, year, value in held:
        level[year - years[0], pairs[a, b]] = value
    made = {}
    for name, cells in (classes or {}).items():
        made[name] = np.full(level.shape, -1, np.int64)
        for (a, b, year), value in cells.items():
            if (a, b) in pairs and years[0] <= year <= years[-1]:
                made[name][year - years[0], pairs[a, b]] = value
    ends = np.array([[number[a], number[b]] for a, b in pairs], np.int64)
    return Panel(names, years, ends[:, 0], ends[:, 1], level, made)


def panel_of_positions(countries: Sequence[str], years: Sequence[int], position: _Array) -> Panel:
    """A panel of distances on a line, with one further class: on one side of the year's middle country, or on either.

    Args:
        countries: names.
        years: rising, without a hole.
        position: of each country, NaN where not known; (n_years, n_countries).

    Example:
        >>> panel = panel_of_positions(["A", "B", "C"], [2020], np.array([[-1.0, 0.5, 1.0]]))
        >>> panel.level.tolist(), panel.place.tolist()
        ([[1.5, 2.0, 0.5]], [[0.5, 1.0, 0.0]])
    """
    first, second = np.triu_indices(len(countries), 1)
    middle = np.array([np.median(row[~np.isnan(row)]) if (~np.isnan(row)).any() else np.nan for row in position])
    off = np.sign(position - middle[:, None])
    across = off[:, first] * off[:, second]
    sides = np.where(np.isnan(across), -1, across < 0).astype(np.int64)
    level = np.abs(position[:, first] - position[:, second])
    return Panel(tuple(countries), tuple(years), first.astype(np.int64), second.astype(np.int64), level,
                 {"sides": sides})  # fmt: skip
