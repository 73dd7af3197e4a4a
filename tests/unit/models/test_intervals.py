"""Intervals cover what they say they cover, and say nothing about nothing."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.models.intervals import (
    part_interval,
    rate_difference,
    rate_interval,
    rate_ratio,
    share_difference,
    share_interval,
    share_ratio,
)
from visavis.models.simulate_cells import overdispersed_counts


def test_nothing_counted_against_nothing_gives_none() -> None:
    assert share_interval(0, 0) is None
    assert rate_interval(3, 0) is None
    assert share_difference(1, 2, 0, 0) is None
    assert share_ratio(1, 2, 0, 5) is None
    assert rate_difference(1, 0, 1, 1) is None
    assert rate_ratio(1, 1, 0, 1) is None


def test_none_of_n_starts_at_zero_and_all_of_n_ends_at_one() -> None:
    none, every = share_interval(0, 20), share_interval(20, 20)
    assert none is not None
    assert every is not None
    assert none.low == 0
    assert 0.05 < none.high < 0.15
    assert every.high == 1


@pytest.mark.parametrize(("share", "n"), [(0.05, 60), (0.3, 40), (0.5, 200)])
def test_the_share_interval_covers_nine_in_ten(share: float, n: int) -> None:
    rng = np.random.default_rng(1)
    found = [share_interval(int(k), n) for k in rng.binomial(n, share, 2000)]
    covered = np.mean([e is not None and e.low <= share <= e.high for e in found])
    assert 0.86 <= covered <= 0.95


def test_an_overdispersed_share_needs_its_dispersion() -> None:
    rng = np.random.default_rng(2)
    share, n, rho = 0.3, 100, 0.02
    weight = 1 / rho - 1
    k = rng.binomial(n, rng.beta(share * weight, (1 - share) * weight, 2000))
    phi = 1 + (n - 1) * rho
    wide = np.mean(
        [e is not None and e.low <= share <= e.high for e in (share_interval(x, n, dispersion=phi) for x in k)]
    )
    narrow = np.mean([e is not None and e.low <= share <= e.high for e in (share_interval(x, n) for x in k)])
    assert 0.87 <= wide <= 0.94
    assert narrow < 0.8


@pytest.mark.parametrize("mean", [8.0, 40.0, 150.0])
def test_the_rate_interval_covers_nine_in_ten_of_overdispersed_counts(mean: float) -> None:
    counts = overdispersed_counts(np.full(2000, mean), 3, rng=np.random.default_rng(3))
    found = [rate_interval(int(y), 10, dispersion=3) for y in counts]
    covered = np.mean([e is not None and e.low <= mean / 10 <= e.high for e in found])
    assert 0.86 <= covered <= 0.95


def test_difference_and_ratio_of_rates_cover_nine_in_ten() -> None:
    rng = np.random.default_rng(4)
    now = overdispersed_counts(np.full(400, 60.0), 3, rng=rng)
    before = overdispersed_counts(np.full(400, 300.0), 3, rng=rng)
    apart = [rate_difference(a, 1, b, 10, dispersion=3) for a, b in zip(now, before, strict=True)]
    times = [rate_ratio(a, 1, b, 10, dispersion=3) for a, b in zip(now, before, strict=True)]
    assert 0.86 <= np.mean([e is not None and e.low <= 30 <= e.high for e in apart]) <= 0.95
    assert 0.86 <= np.mean([e is not None and e.low <= 2 <= e.high for e in times]) <= 0.95


def test_difference_and_ratio_of_shares_cover_nine_in_ten() -> None:
    rng = np.random.default_rng(5)
    pairs = list(zip(rng.binomial(80, 0.4, 400), rng.binomial(500, 0.2, 400), strict=True))
    apart = [share_difference(a, 80, b, 500) for a, b in pairs]
    times = [share_ratio(a, 80, b, 500) for a, b in pairs]
    assert 0.86 <= np.mean([e is not None and e.low <= 0.2 <= e.high for e in apart]) <= 0.95
    assert 0.86 <= np.mean([e is not None and e.low <= 2 <= e.high for e in times]) <= 0.95


def test_swapping_the_sides_mirrors_the_difference() -> None:
    one, two = share_difference(30, 90, 12, 70), share_difference(12, 70, 30, 90)
    assert one is not None
    assert two is not None
    assert (one.low, one.high) == pytest.approx((-two.high, -two.low))


def test_a_part_is_never_told_as_more_than_the_whole() -> None:
    found = part_interval(2, 2, per=10_000, dispersion=1.5)
    assert found is not None
    assert found.high == found.value == 10_000
    assert rate_interval(2, 2, per=10_000).high > 10_000
