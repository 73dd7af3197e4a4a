"""Equal mixes are not called different, a known cost lies in its interval, and few acts say nothing."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.models.assumed_likeness import forecasts
from visavis.models.likeness_cost import FEWEST, Cost, cost
from visavis.models.simulate_assumed import apart, mixed_acts, mixes

CENTRE = np.array([0.25, 0.2, 0.15, 0.1, 0.08, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01, 0.005, 0.005])
CENTRE /= CENTRE.sum()


def measured(
    mine: np.ndarray, other: np.ndarray, rng: np.random.Generator, *, periods: int = 39, rate: float = 6, **dirt: float
) -> Cost:
    """What the acts of a side with mixes ``mine`` cost, foretold from one with mixes ``other``."""
    made = {"ratio": 2.0, "bursts": 30.0} | dirt
    theirs = mixed_acts(other, rate, periods, rng=rng, **made)
    ours = mixed_acts(mine, 1.5 * rate, periods, rng=rng, **made)
    base = rng.multinomial(2000, CENTRE, size=periods)
    return cost(forecasts(theirs, ours, base, memory=104, rng=rng)[1:], block=4, rng=rng)


def equal(runs: int, **how: float) -> list[Cost]:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(runs):
        mix = mixes(5, CENTRE, 30, rng=rng)
        found.append(measured(mix, mix, rng, **how))
    return found


def coverage(bits: float, runs: int, **how: float) -> tuple[float, float, float]:
    """Share of intervals that hold the mean cost, share that miss 0 from above, and that mean."""
    rng = np.random.default_rng(2)
    mix = mixes(5, CENTRE, 30, rng=rng)
    found = [measured(mix, apart(mix, bits), rng, **how).gap for _ in range(runs)]
    truth = float(np.mean([gap.value for gap in found if gap]))
    held = np.mean([gap.low <= truth <= gap.high for gap in found if gap])
    return float(held), float(np.mean([gap.low > 0 for gap in found if gap])), truth


def test_countries_with_equal_mixes_are_not_said_to_differ() -> None:
    found = equal(60)
    assert sum(c.verdict == "costs" for c in found) <= 5
    assert sum(c.gap.low > 0 or c.gap.high < 0 for c in found if c.gap) <= 7
    assert abs(np.mean([c.gap.value for c in found if c.gap])) < 0.01
    assert sum(c.verdict == "costs nothing" for c in found) >= 15


def test_a_known_cost_lies_in_its_interval_and_is_found() -> None:
    held, seen, truth = coverage(0.2, 60)
    assert held >= 0.86
    assert seen >= 0.95
    assert 0.12 < truth < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("dirt", [{}, {"ratio": 4.0, "bursts": 8.0}, {"periods": 104, "rate": 3}])
def test_false_differences_are_at_most_five_per_cent(dirt: dict[str, float]) -> None:
    found = equal(250, **dirt)
    assert np.mean([c.verdict == "costs" for c in found]) <= 0.05
    assert np.mean([c.gap.low > 0 or c.gap.high < 0 for c in found if c.gap]) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 250)


@pytest.mark.slow
@pytest.mark.parametrize("bits", [0.1, 0.3])
@pytest.mark.parametrize("dirt", [{}, {"ratio": 3.0, "bursts": 10.0}, {"periods": 104, "rate": 4}])
def test_intervals_cover_a_known_cost(bits: float, dirt: dict[str, float]) -> None:
    held, _, _ = coverage(bits, 150, **dirt)
    assert held >= 0.95 - 2 * np.sqrt(0.05 * 0.95 / 150) - 0.015


def test_under_a_hundred_acts_it_cannot_be_told() -> None:
    rng = np.random.default_rng(3)
    mix = mixes(1, CENTRE, 30, rng=rng)
    found = measured(mix, apart(mix, 1.0), rng, rate=2)
    assert 0 < found.n < FEWEST
    assert found.verdict == "cannot tell"


def test_no_acts_give_no_number() -> None:
    rng = np.random.default_rng(4)
    mix = mixes(1, CENTRE, 30, rng=rng)
    found = measured(mix, mix, rng, periods=3, rate=1)
    assert (found.gap, found.n, found.verdict) == (None, 0, "cannot tell")


def test_where_the_own_record_says_nothing_there_is_no_cost_to_speak_of() -> None:
    rng = np.random.default_rng(5)
    mine = np.repeat(CENTRE[None], 4, 0)
    found = measured(mine, apart(mine, 0.6), rng, rate=8)
    assert found.gap is not None
    assert found.gap.low > 0
    assert found.verdict == "undecided"
    assert found.own_against_base is not None
    assert found.own_against_base.high >= 0


def test_both_sides_count_alike_however_many_acts_they_have() -> None:
    rng = np.random.default_rng(6)
    mix = mixes(3, CENTRE, 30, rng=rng)
    few, many = (mixed_acts(m, r, 60, ratio=2, bursts=30, rng=rng) for m, r in ((apart(mix, 0.4), 5), (mix, 40)))
    found = forecasts(few, many, rng.multinomial(2000, CENTRE, size=60), memory=104, rng=rng)
    each = [cost([side], block=4, rng=np.random.default_rng(1)).gap for side in found]
    both = cost(found, block=4, rng=np.random.default_rng(1))
    assert both.gap is not None
    assert both.gap.value == pytest.approx(np.mean([gap.value for gap in each if gap]))
    assert both.n == sum(gap.n for gap in each if gap)


def test_p_falls_with_the_cost_and_is_that_of_the_margin_where_there_is_none() -> None:
    rng = np.random.default_rng(7)
    mix = mixes(5, CENTRE, 30, rng=rng)
    small, large = (measured(mix, apart(mix, bits), rng) for bits in (0.1, 0.6))
    assert large.p < small.p < 0.05
    none = measured(mix, mix, rng, periods=104, rate=20)
    assert none.verdict == "costs nothing"
    assert none.p < 0.05
