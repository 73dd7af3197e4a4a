"""Reference classes recover known rates, know only what was known then, and say nothing where too little is held."""

from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from visavis.errors import UsageError
from visavis.models._annual_panel import MOVED, Panel
from visavis.models._dyad_clusters import clustered, share_of
from visavis.models.reference_classes import BAND, FEWEST, HORIZONS, fate, panel_of, panel_of_positions, track
from visavis.models.simulate_panels import simulated_panel, true_rates


@pytest.fixture(scope="module")
def panel() -> Panel:
    return simulated_panel(50, 77, rng=np.random.default_rng(3))


def test_places_are_shares_of_closer_pairs_and_equals_count_half() -> None:
    rows = [("A", "B", 2000, 1.0), ("A", "C", 2000, 2.0), ("B", "C", 2000, 2.0), ("A", "D", 2000, 9.0)]
    assert panel_of(rows).place[0].tolist() == pytest.approx([0, 0.5, 1, 0.5])


def test_a_standing_needs_two_of_three_years() -> None:
    rows = [(a, b, year, float(ord(b))) for year in (2000, 2002, 2005) for a, b in combinations("ABC", 2)]
    standing = panel_of(rows).standing
    assert np.isnan(standing[[0, 1, 3, 4, 5]]).all()
    assert not np.isnan(standing[2]).any()


def test_the_order_in_which_two_countries_are_named_does_not_matter() -> None:
    rng = np.random.default_rng(2)
    rows = [(a, b, year, float(rng.random())) for year in range(2000, 2010) for a, b in combinations("ABCDE", 2)]
    one, other = panel_of(rows), panel_of([(b, a, year, value) for a, b, year, value in rows[::-1]])
    assert np.array_equal(one.level, other.level)
    assert one.pair("A", "D") == other.pair("D", "A")


def test_a_panel_without_rows_and_a_world_without_countries_are_refused() -> None:
    with pytest.raises(UsageError, match="there is none"):
        panel_of([])
    with pytest.raises(UsageError, match="Three countries"):
        simulated_panel(2, 10, rng=np.random.default_rng(1))


def test_known_rates_are_recovered() -> None:
    rng = np.random.default_rng(8)
    big = simulated_panel(120, 87, rng=rng)
    for pair in rng.choice(len(big.first), 6, replace=False):
        found = fate(big, int(pair), 10)
        assert found is not None
        truth = true_rates(found.klass, 10, rng=np.random.default_rng(1), draws=60_000)
        for one, true in zip((found.closer, found.same, found.apart), truth, strict=True):
            assert one.value == pytest.approx(true, abs=0.08)


def test_shares_add_up_over_windows_that_do_not_overlap(panel: Panel) -> None:
    for horizon in HORIZONS:
        found = fate(panel, 0, horizon)
        assert found is not None
        assert found.closer.value + found.same.value + found.apart.value == pytest.approx(1)
        years = [window[0] for window in found.by_window]
        assert set(np.diff(years)) == {horizon}
        assert years[-1] + horizon == panel.years[-1] == found.as_of
        assert sum(window[1] for window in found.by_window) == found.cases
        assert found.came is None


def test_a_call_from_an_earlier_year_knows_nothing_of_what_came_later(panel: Panel) -> None:
    then = panel.years.index(2000)
    level = panel.level.copy()
    level[then + 1 :] = np.random.default_rng(9).random(level[then + 1 :].shape)
    other = Panel(panel.countries, panel.years, panel.first, panel.second, level)
    for pair in range(0, 200, 40):
        one, two = (fate(p, pair, 10, as_of=2000) for p in (panel, other))
        assert one is not None
        assert two is not None
        assert (one.after, one.closer, one.cases) == (two.after, two.closer, two.cases)
        assert one.came == pytest.approx(panel.standing[then + 10, pair])
        assert one.came != two.came


def test_bands_of_past_calls_hold_what_they_should_and_classes_help(panel: Panel) -> None:
    found = track(panel, 10)
    assert found is not None
    assert found.years == (2010, 2000, 1990, 1980, 1970)
    assert found.held.value == pytest.approx(BAND, abs=0.05)
    assert found.gain.low > 0


def test_where_a_class_says_nothing_it_is_no_better_guide_than_all_pairs() -> None:
    rng = np.random.default_rng(4)
    rows = []
    drift = dict.fromkeys(combinations(range(40), 2), 0.0)
    for year in range(1950, 2021):
        for (a, b), before in drift.items():
            drift[a, b] = before + float(rng.normal())
            rows.append((f"C{a:02d}", f"C{b:02d}", year, drift[a, b]))
    noise = panel_of(rows)
    flat = Panel(noise.countries, noise.years, noise.first, noise.second, noise.level,
                 {"lot": rng.integers(0, 3, noise.level.shape)})  # fmt: skip
    one, lot = track(noise, 10), track(flat, 10)
    assert one is not None
    assert lot is not None
    assert lot.gain.value < one.gain.value + 0.01


@pytest.mark.parametrize(("countries", "years"), [(20, 77), (50, 30)])
def test_too_few_countries_or_windows_are_no_class(countries: int, years: int) -> None:
    small = simulated_panel(countries, years, rng=np.random.default_rng(5))
    assert fate(small, 0, 10) is None
    assert countries < FEWEST["countries"] or (years - 3) // 10 < FEWEST["windows"]


def test_the_finest_class_that_holds_enough_is_taken(panel: Panel) -> None:
    bins = (np.arange(panel.level.size).reshape(panel.level.shape) % 2).astype(np.int64)
    rare = np.zeros_like(bins)
    rare[-1, 0] = 1
    finer = Panel(panel.countries, panel.years, panel.first, panel.second, panel.level, {"odd": bins, "rare": rare})
    found = fate(finer, 0, 10)
    assert found is not None
    assert found.names in (("standing", "course", "odd"), ("standing", "course"), ("standing",))
    unknown = Panel(panel.countries, panel.years, panel.first, panel.second, panel.level, {"odd": bins - 2})
    found = fate(unknown, 0, 10)
    assert found is not None
    assert "odd" not in found.names


def test_positions_know_who_stands_on_the_same_side_of_the_middle() -> None:
    made = panel_of_positions(["A", "B", "C", "D", "E"], [2000], np.array([[-2.0, -1.0, 0.0, 1.0, np.nan]]))
    sides = dict(
        zip(zip(made.first.tolist(), made.second.tolist(), strict=True), made.classes["sides"][0], strict=True)
    )
    assert (sides[0, 1], sides[0, 3], sides[2, 3], sides[0, 4]) == (0, 1, 0, -1)
    assert made.level[0, 0] == pytest.approx(1)


def test_the_clustered_variance_is_the_sum_over_cases_that_share_a_country_or_a_window() -> None:
    rng = np.random.default_rng(6)
    pairs = [pair for pair in combinations(range(7), 2) for _ in range(3)]
    first, second = np.array(pairs).T
    window = np.tile(np.arange(3), len(pairs) // 3)
    values = rng.random(len(pairs))
    off = values - values.mean()
    country = np.array([[bool(set(p) & set(q)) for q in pairs] for p in pairs])
    together = window[:, None] == window
    cross = np.outer(off, off)
    parts = (cross[country].sum() * 7 / 6, cross[together].sum() * 3 / 2, cross[country & together].sum())
    expected = max(parts[0] + parts[1] - parts[2], parts[0], parts[1], float((off**2).sum()))
    mean, se, df = clustered(values, first, second, window)
    assert (mean, df) == (pytest.approx(values.mean()), 2)
    assert se == pytest.approx(np.sqrt(expected) / len(values))


def test_a_share_of_none_or_all_still_has_an_interval() -> None:
    ends = np.array([0, 0, 1]), np.array([1, 2, 2]), np.zeros(3, np.int64)
    none = share_of(np.zeros(3, bool), *ends)
    assert none.low == 0
    assert 0.2 < none.high < 1


@pytest.mark.slow
@pytest.mark.parametrize("turbulence", [0.0, 0.7])
def test_intervals_cover_the_truth_also_where_decades_differ(turbulence: float) -> None:
    inside = asked = 0
    truth: dict[tuple[int, ...], tuple[float, float, float]] = {}
    for run in range(60):
        rng = np.random.default_rng(run)
        world = simulated_panel(60, 77, rng=rng, turbulence=turbulence)
        found = fate(world, int(rng.integers(len(world.first))), 10)
        if found is None:
            continue
        if found.klass not in truth:
            truth[found.klass] = true_rates(
                found.klass, 10, rng=np.random.default_rng(5), turbulence=turbulence, draws=60_000
            )
        for one, true in zip((found.closer, found.same, found.apart), truth[found.klass], strict=True):
            inside, asked = inside + (one.low <= true <= one.high), asked + 1
    assert asked > 150
    assert 0.86 <= inside / asked <= 0.99


def test_a_world_in_which_nothing_lasts_shows_no_share_that_stays() -> None:
    world = simulated_panel(50, 77, rng=np.random.default_rng(7), persistence=0.0)
    found = fate(world, 0, 10)
    assert found is not None
    truth = true_rates(found.klass, 10, rng=np.random.default_rng(1), persistence=0.0)
    assert found.same.value == pytest.approx(truth[1], abs=0.08)
    assert MOVED == 0.1


def test_on_published_positions_of_the_general_assembly_past_calls_held(data: Path) -> None:
    with (data / "votes" / "ideal_points_published_2020.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["session"] != "19" and row["iso3c"]]
    names = sorted({row["iso3c"] for row in rows})
    position = np.full((75, len(names)), np.nan)
    for row in rows:
        position[int(row["session"]) - 1, names.index(row["iso3c"])] = float(row["ideal"])
    votes = panel_of_positions(names, range(1946, 2021), position)
    found = track(votes, 10)
    assert found is not None
    assert found.calls > 50_000
    assert found.held.low < BAND < found.held.high
    assert found.gain.low > 0
