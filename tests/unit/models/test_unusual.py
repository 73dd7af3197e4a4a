"""A period is unusual only against what its own past leads one to expect."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.models.simulate_cells import autocorrelated_counts, overdispersed_counts
from visavis.models.unusual import (
    MINIMUM_PAST,
    false_discovery,
    name_across,
    scan_counts,
    scan_shares,
    unusual_count,
    unusual_share,
)


@pytest.mark.parametrize("ar", [0.0, 0.6])
def test_false_alarms_stay_near_one_in_twenty_and_intervals_cover_nine_in_ten(ar: float) -> None:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(300):
        y = autocorrelated_counts(20, 61, ratio=3, ar=ar, rng=rng)
        now = unusual_count(y[:-1], np.ones(60), int(y[-1]), 1)
        assert now.low is not None
        assert now.high is not None
        found.append((now.verdict == "unusual", now.low <= y[-1] <= now.high))
    alarms, covered = np.mean(found, axis=0)
    assert alarms <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)
    assert covered >= 0.9 - 2 * np.sqrt(0.9 * 0.1 / 300)


def test_a_tripled_count_is_unusual_and_has_a_small_p() -> None:
    past = overdispersed_counts(np.full(48, 20.0), 3, rng=np.random.default_rng(2))
    now = unusual_count(past, np.ones(48), 70, 1)
    assert now.verdict == "unusual"
    assert now.p is not None
    assert now.p < 0.001
    assert now.periods == 48


def test_a_fall_to_nothing_is_as_unusual_as_a_rise() -> None:
    past = overdispersed_counts(np.full(48, 40.0), 3, rng=np.random.default_rng(3))
    assert unusual_count(past, np.ones(48), 0, 1).verdict == "unusual"


def test_twice_the_count_at_twice_the_exposure_is_not_unusual() -> None:
    past = overdispersed_counts(np.full(48, 40.0), 3, rng=np.random.default_rng(4))
    assert unusual_count(past, np.full(48, 100.0), 80, 200).verdict == "not unusual"
    assert unusual_count(past, np.full(48, 100.0), 90, 100).verdict == "unusual"


def test_eleven_periods_are_too_short_to_tell() -> None:
    now = unusual_count([5] * (MINIMUM_PAST - 1), [1] * (MINIMUM_PAST - 1), 50, 1)
    assert (now.verdict, now.expected, now.p, now.observed) == ("too short to tell", None, None, 50)


def test_periods_without_exposure_do_not_count_as_past() -> None:
    now = unusual_count([5] * 20, [1] * 11 + [0] * 9, 50, 1)
    assert (now.verdict, now.periods) == ("too short to tell", 11)


def test_a_past_of_nothing_still_gives_finite_numbers() -> None:
    now = unusual_count([0] * 24, [1] * 24, 9, 1)
    assert now.verdict == "unusual"
    assert now.low == 0
    assert unusual_share([0] * 24, [10] * 24, 0, 10).verdict == "not unusual"


def test_an_observed_count_far_beyond_reach_has_p_zero_or_more() -> None:
    now = unusual_count([1] * 24, [1] * 24, 100_000, 1)
    assert now.p is not None
    assert 0 <= now.p < 1e-6


def test_a_share_of_nothing_is_too_short_to_tell_and_has_no_value() -> None:
    now = unusual_share([1] * 24, [5] * 24, 0, 0)
    assert (now.observed, now.verdict) == (None, "too short to tell")


def test_overdispersed_shares_raise_few_false_alarms() -> None:
    rng = np.random.default_rng(5)
    alarms = []
    for _ in range(300):
        share = rng.beta(0.3 * 20, 0.7 * 20, 61)
        n = rng.integers(5, 80, 61)
        k = rng.binomial(n, share)
        alarms.append(unusual_share(k[:-1], n[:-1], int(k[-1]), int(n[-1])).verdict == "unusual")
    assert np.mean(alarms) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)


def test_a_scan_names_the_one_sharp_period_first() -> None:
    y = autocorrelated_counts(20, 120, ratio=3, ar=0.6, rng=np.random.default_rng(6))
    y[70] = 110
    y[30] = 90
    scan = scan_counts(y, np.ones(120))
    assert scan.named[:2] == (70, 30)
    assert scan.periods[70].verdict == "unusual"
    assert scan.periods[0].verdict == "not unusual"


def test_a_scan_of_noise_seldom_names_anything() -> None:
    rng = np.random.default_rng(7)
    series = [autocorrelated_counts(20, 60, ratio=3, ar=0.6, rng=rng) for _ in range(40)]
    assert np.mean([bool(scan_counts(y, np.ones(60)).named) for y in series]) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 40)


def test_a_scan_leaves_a_period_without_coverage_unjudged() -> None:
    scan = scan_shares([3] * 20 + [0] + [3] * 20, [10] * 20 + [0] + [10] * 20)
    assert scan.q[20] is None
    assert scan.periods[20].observed is None
    assert scan.named == ()


def test_naming_across_many_series_is_stricter_than_in_one() -> None:
    rng = np.random.default_rng(8)
    quiet = [scan_counts(overdispersed_counts(np.full(40, 20.0), 3, rng=rng), np.ones(40)).periods for _ in range(5)]
    sharp = overdispersed_counts(np.full(40, 20.0), 3, rng=rng)
    sharp[20] = 60
    alone = scan_counts(sharp, np.ones(40))
    together = name_across([alone.periods, *quiet])
    assert alone.q[20] is not None
    assert together[0].q[20] is not None
    assert together[0].q[20] > alone.q[20]
    assert len(together) == 6


def test_false_discovery_rates_rise_with_p_and_never_pass_one() -> None:
    q = false_discovery([0.9, 0.001, 0.02, 0.5])
    assert q.tolist() == pytest.approx([0.9, 0.004, 0.04, 2 / 3])
    assert false_discovery([]).shape == (0,)


def test_what_is_expected_lies_in_its_range_however_rare_the_act() -> None:
    found = unusual_count([0] * 30, [100] * 30, 0, 100)
    assert found.low <= found.expected <= found.high
