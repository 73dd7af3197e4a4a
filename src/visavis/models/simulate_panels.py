"""Made-up annual panels with known truth: positions of countries that drift, in calm and in turbulent decades."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import erf

from visavis.errors import UsageError
from visavis.models._annual_panel import BACK, LEVELS, MOVED, SPAN, Panel, panel_of_positions

__all__ = ["simulated_panel", "true_rates"]

_Array = npt.NDArray[np.float64]
_DECADE = 10


def simulated_panel(
    countries: int,
    years: int,
    *,
    rng: np.random.Generator,
    persistence: float = 0.95,
    turbulence: float = 0.0,
    last: int = 2020,
) -> Panel:
    """Distances of countries whose positions are normal and keep part of themselves from year to year.

    Args:
        countries: how many.
        years: how many, up to ``last``.
        rng: source of chance.
        persistence: part of a position that is kept from one year to the next, 0 to below 1.
        turbulence: how much decades differ, counted back from ``last``: in each, the logarithm of what is kept is
            multiplied by the exponential of a normal figure with this deviation. What one decade is, all pairs share.
        last: the last year.

    Example:
        >>> panel = simulated_panel(10, 30, rng=np.random.default_rng(1))
        >>> len(panel.countries), panel.years[-1], panel.level.shape
        (10, 2020, (30, 45))
    """
    if countries < 3 or years < 1 or not 0 <= persistence < 1:
        raise UsageError(f"Three countries, a year and a persistence in [0, 1) are needed, got {countries}, {years}, "
                         f"{persistence}.")  # fmt: skip
    decade = (years - 1 - np.arange(years)) // _DECADE
    kept = persistence ** np.exp(turbulence * rng.standard_normal(int(decade.max()) + 1))[decade]
    position = np.empty((years, countries))
    position[0] = rng.standard_normal(countries)
    for year in range(1, years):
        new = np.sqrt(1 - kept[year] ** 2) * rng.standard_normal(countries)
        position[year] = kept[year] * position[year - 1] + new
    names = [f"C{i:03d}" for i in range(countries)]
    full = panel_of_positions(names, range(last - years + 1, last + 1), position)
    return Panel(full.countries, full.years, full.first, full.second, full.level)


def true_rates(
    klass: tuple[int, ...],
    horizon: int,
    *,
    rng: np.random.Generator,
    persistence: float = 0.95,
    turbulence: float = 0.0,
    draws: int = 200_000,
) -> tuple[float, float, float]:
    """The truth behind ``simulated_panel``: the chances to stand closer, about the same, farther apart.

    Two positions that are normal lie a distance apart that is too, so that a pair's place among all is known exactly;
    what happens to many pairs of the class, each in decades of its own, is drawn.

    Args:
        klass: number of the standing, and of the course, as in ``Panel.bins``.
        horizon: years ahead.
        rng: source of chance.
        persistence, turbulence: as there.
        draws: pairs drawn; those of other classes are thrown away.
    """
    before = BACK + SPAN - 1
    years = np.arange(-before, horizon + 1)
    gap, place = np.sqrt(2) * rng.standard_normal(draws), np.empty((len(years), draws))
    factor: dict[int, _Array] = {}
    for row, year in enumerate(years):
        if row:
            decade = int(np.ceil(year / _DECADE))  # the windows of a panel begin at the ends of its decades
            if decade not in factor:
                factor[decade] = persistence ** np.exp(turbulence * rng.standard_normal(draws))
            kept = factor[decade]
            gap = kept * gap + np.sqrt(2 * (1 - kept**2)) * rng.standard_normal(draws)
        place[row] = erf(np.abs(gap) / 2)
    then, now, after = (place[end - SPAN : end].mean(axis=0) for end in (SPAN, before + 1, len(years)))
    bins = (np.digitize(now, LEVELS), np.digitize(now - then, [-MOVED, MOVED]))
    mine = np.all([one == number for one, number in zip(bins, klass, strict=False)], axis=0)
    moved = np.digitize(after[mine] - now[mine], [-MOVED, MOVED])
    closer, same, apart = np.bincount(moved, minlength=3) / max(int(mine.sum()), 1)
    return float(closer), float(same), float(apart)
