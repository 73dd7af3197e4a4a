"""Stops near dates are told from stops at other times, and chance alone is seldom taken for more."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.errors import UsageError
from visavis.models.simulate_spells import simulated_stops
from visavis.models.stops_near import Near, stops_near

WINDOWS = [(7.0, 8.0), (13.0, 15.0)]


def made(seed: int, times: float) -> Near:
    """Thirty spells over twenty years; within the windows they stop ``times`` as often as elsewhere."""
    running, stops = simulated_stops(30, times, WINDOWS, rng=np.random.default_rng(seed))
    return stops_near(running, stops, WINDOWS, (0.0, 20.0))


def test_time_at_risk_is_split_between_the_windows_and_the_rest() -> None:
    near = stops_near([(0, 10), (2, 4)], [4.0], [(3, 5)], (0, 10))
    assert (near.inside, near.outside) == (1, 0)
    assert near.years_inside == pytest.approx(3)
    assert near.years_outside == pytest.approx(9)
    assert near.ratio is not None, "half a stop on either side keeps the ratio finite"
    assert near.ratio.low < 1 < near.ratio.high
    assert stops_near([(0, 10)], [], [(3, 5)], (0, 10)).ratio is None, "nothing stopped"


def test_many_stops_near_and_none_elsewhere_are_told_and_so_is_the_reverse() -> None:
    running = [(0.0, 10.0)] * 12
    stops = [5.0 + i / 100 for i in range(10)]
    near = stops_near(running, stops, [(5, 6)], (0, 10)).ratio
    away = stops_near(running, stops, [(0, 4.9), (5.2, 10)], (0, 10)).ratio
    assert near is not None
    assert away is not None
    assert near.low > 1
    assert away.high < 1


def test_chance_alone_is_seldom_taken_for_more_stops() -> None:
    found = [made(seed, 1.0) for seed in range(120)]
    assert np.mean([n.ratio is not None and n.ratio.low > 1 for n in found]) <= 0.08
    assert np.mean([n.ratio is not None and n.ratio.high < 1 for n in found]) <= 0.05
    assert np.mean([n.p <= 0.05 for n in found]) <= 0.08


def test_five_times_as_many_stops_are_found_and_their_ratio_is_covered() -> None:
    found = [made(seed, 5.0) for seed in range(120)]
    assert np.mean([n.ratio is not None and n.ratio.low > 1 for n in found]) >= 0.7
    told = [n.ratio for n in found if n.ratio is not None]
    assert np.mean([r.low <= 5 <= r.high for r in told]) >= 0.83


def test_a_window_outside_the_span_is_refused() -> None:
    with pytest.raises(UsageError, match="within a span"):
        stops_near([(0, 1)], [], [(3, 4)], (0, 2))
