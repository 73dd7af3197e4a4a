"""Near, far and between; then and now; the place among all pairs."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.errors import UsageError
from visavis.models.alike import FAR, FEWEST, NEAR, apart, kind_of, place

YEARS = range(2000, 2020)
DOLLARS, INDEX, SPREAD = "US dollars, current", "index, 0 to 1", "standard deviations of all countries"


def steady(value: float) -> dict[int, float]:
    return dict.fromkeys(YEARS, value)


@pytest.mark.parametrize(
    ("unit", "values", "standing"),
    [
        (DOLLARS, (75.0, 100.0), "alike"),
        (DOLLARS, (60.0, 100.0), "between"),
        (DOLLARS, (49.0, 100.0), "apart"),
        (INDEX, (0.7, 0.8), "alike"),
        (INDEX, (0.6, 0.8), "between"),
        (INDEX, (0.2, 0.8), "apart"),
        ("points, -10 to 10", (8.0, 10.0), "alike"),
        ("points, -10 to 10", (2.0, 10.0), "apart"),
        (SPREAD, (-0.2, 0.3), "alike"),
        (SPREAD, (-0.2, 0.9), "apart"),
    ],
)
def test_each_kind_of_figure_has_its_own_line(unit: str, values: tuple[float, float], standing: str) -> None:
    for one, other in (values, values[::-1]):
        found = apart(steady(one), steady(other), unit)
        assert found is not None
        assert found.standing == standing


def test_one_of_the_last_years_beyond_the_line_is_enough_for_in_between() -> None:
    moved = steady(80.0) | {2017: 70.0}
    assert apart(moved, steady(100.0), DOLLARS).standing == "between"  # type: ignore[union-attr]
    assert apart(steady(80.0) | {2010: 10.0}, steady(100.0), DOLLARS).standing == "alike"  # type: ignore[union-attr]


def test_a_gap_has_moved_only_where_then_and_now_do_not_touch() -> None:
    rising = {y: 20.0 + 3 * (y - 2000) for y in YEARS}
    assert apart(rising, steady(100.0), DOLLARS).moved == "closer"  # type: ignore[union-attr]
    assert apart(steady(60.0), steady(100.0), DOLLARS).moved == "same"  # type: ignore[union-attr]
    falling = {y: 100.0 - 3 * (y - 2000) for y in YEARS}
    assert apart(falling, steady(100.0), DOLLARS).moved == "further"  # type: ignore[union-attr]
    few = {y: rising[y] for y in range(2000, 2010)}
    assert apart(few, steady(100.0), DOLLARS).moved is None  # type: ignore[union-attr]


def test_no_common_year_or_no_rule_is_none() -> None:
    assert apart({2000: 1.0}, {2001: 1.0}, DOLLARS) is None
    assert apart({2000: -1.0}, {2000: 2.0}, "degrees") is None
    assert kind_of("degrees", -1.0) is None


def test_a_scale_that_runs_backwards_is_refused() -> None:
    with pytest.raises(UsageError, match="names no scale"):
        apart({2000: 1.0}, {2000: 2.0}, "index, 5 to 1")


def test_a_pair_is_placed_only_among_enough_countries() -> None:
    values = {f"C{i:02d}": {2020: 100.0 + i} for i in range(FEWEST)}
    found = place(values, "C00", "C01", DOLLARS)
    assert found is not None
    assert found.pairs == FEWEST * (FEWEST - 1) // 2 - 1
    assert found.closer < 0.1
    few = dict(list(values.items())[1:])
    assert place(few, "C01", "C02", DOLLARS) is None


def test_places_of_all_pairs_are_spread_evenly() -> None:
    rng = np.random.default_rng(4)
    values = {f"C{i:02d}": {2020: float(np.exp(rng.normal()))} for i in range(FEWEST)}
    names = sorted(values)
    found = [place(values, a, b, DOLLARS) for i, a in enumerate(names) for b in names[i + 1 :]]
    closer = [p.closer for p in found if p]
    assert np.mean(closer) == pytest.approx(0.5, abs=0.01)
    assert max(closer) == 1
    assert min(closer) == 0


def test_near_lies_under_far_for_every_kind() -> None:
    assert all(NEAR[kind] < FAR[kind] for kind in NEAR)
