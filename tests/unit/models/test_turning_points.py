"""Turning points are found, dated and kept apart from pulses, and rarely seen where there are none."""

from __future__ import annotations

from itertools import combinations, pairwise
from time import process_time

import numpy as np
import pytest
from scipy.special import logsumexp

from visavis.errors import NoDataError, UsageError
from visavis.models._segments import all_cuts, gamma_evidence
from visavis.models.simulate import Shifted, plain_counts, plain_shares, shifted_counts, shifted_shares
from visavis.models.turning_points import Segmentation, counts, page, shares


def _only(made: Shifted) -> Segmentation:
    return page([counts(made.t, made.y, made.n)])[0]


def test_sums_over_all_cuts_equal_brute_force() -> None:
    y = np.random.default_rng(3).poisson([3.0] * 6 + [8.0] * 6).astype(float)
    evidence = gamma_evidence(y, np.ones(12), 1.0, 0.2)
    cuts = all_cuts(evidence, shortest=3, most=3)
    for k in (1, 2, 3):
        ways = [(0, *c, 12) for c in combinations(range(1, 12), k) if np.diff((0, *c, 12)).min() >= 3]
        logs = np.array([sum(evidence[a, b] for a, b in pairwise(w)) for w in ways])
        assert cuts.log_factor[k] == pytest.approx(logsumexp(logs) - np.log(len(ways)) - evidence[0, 12])
        assert tuple(cuts.best(k)) == ways[int(logs.argmax())][1:-1]
        weight = np.exp(logs - logsumexp(logs))
        for j in range(k):
            brute = np.bincount([w[j + 1] for w in ways], weight, minlength=13)
            assert cuts.dates(k)[j] == pytest.approx(brute)


def test_a_doubled_rate_is_found_dated_and_measured() -> None:
    made = shifted_counts(120, 60, 2, dispersion=3, ar=0.3, rng=np.random.default_rng(5))
    found = _only(made)
    (point,) = found.points
    assert point.low <= made.at <= point.high
    assert point.probability > 0.99
    assert point.before.low < 60 < point.before.high
    assert point.after.low < 120 < point.after.high
    assert point.change.low < 60 < point.change.high
    assert [r.start for r in found.regimes] == [0, point.index]


def test_a_doubled_share_is_found() -> None:
    made = shifted_shares(120, 0.2, 2, acts=40, dispersion=2, ar=0.3, rng=np.random.default_rng(5))
    (point,) = page([shares(made.t, made.y, made.n)])[0].points
    assert point.low <= made.at <= point.high
    assert point.change.low < 0.2 < point.change.high


def test_one_spike_is_a_pulse_and_no_turning_point() -> None:
    made = plain_counts(120, 10, dispersion=2, ar=0.2, rng=np.random.default_rng(6))
    made.y[70] = 90
    found = _only(made)
    assert [p.index for p in found.pulses] == [70]
    assert found.pulses[0].high < 90
    assert found.points == ()
    assert found.dispersion < 4


def test_a_rise_and_a_fall_are_two_turning_points() -> None:
    rng = np.random.default_rng(7)
    y = rng.poisson(np.repeat([10, 30, 10], 40))
    points = page([counts(range(120), y, np.ones(120))])[0].points
    assert [abs(p.index - at) <= 2 for p, at in zip(points, (40, 80), strict=True)] == [True, True]
    assert points[0].change.value > 0 > points[1].change.value


def test_growing_exposure_alone_is_no_turning_point() -> None:
    rng = np.random.default_rng(8)
    exposure = np.repeat([100.0, 300.0], 60)
    assert page([counts(range(120), rng.poisson(exposure * 0.1), exposure)])[0].points == ()


def test_periods_without_acts_say_nothing_and_gaps_keep_their_dates() -> None:
    rng = np.random.default_rng(9)
    t = np.r_[0:40, 60:100]
    n = np.where(t % 7 == 0, 0, 50)
    k = rng.binomial(n, np.where(t < 60, 0.1, 0.4))
    found = page([shares(t, k, n)])[0]
    (point,) = found.points
    assert point.low >= 38
    assert point.index == 60
    assert found.periods == int((n > 0).sum())


def test_a_series_too_short_for_two_regimes_speaks_neither_for_nor_against() -> None:
    found = page([counts(range(8), [3, 4, 5, 3, 4, 20, 22, 25], np.ones(8))])[0]
    assert (found.points, found.pulses, found.probability_any, found.p) == ((), (), 0.5, 1.0)


@pytest.mark.parametrize("y", [np.zeros(40), np.full(40, 5), np.r_[np.zeros(39), 30]])
def test_series_without_scatter_do_not_fail(y: np.ndarray) -> None:
    found = page([counts(range(40), y, np.ones(40)), shares(range(40), y, np.full(40, 50))])
    assert [f.points for f in found] == [(), ()]


def test_series_that_cannot_be_are_refused() -> None:
    with pytest.raises(UsageError, match="increase"):
        counts([1, 1], [2, 3], [1, 1])
    with pytest.raises(UsageError, match="above 1"):
        shares([1, 2], [2, 3], [5, 2])
    with pytest.raises(UsageError, match="one length"):
        counts([1, 2], [2, 3, 4], [5, 2])
    with pytest.raises(NoDataError):
        shares([1, 2], [0, 0], [0, 0])
    with pytest.raises(UsageError, match="false alarm"):
        page([counts([1], [1], [1])], alarm=0)


def test_more_series_on_a_page_ask_for_stronger_evidence() -> None:
    made = plain_counts(120, 20, dispersion=3, ar=0.6, rng=np.random.default_rng(1))
    alone, many = (page([counts(made.t, made.y, made.n)] * size)[0].threshold for size in (1, 8))
    assert many == pytest.approx(alone / 8)


def test_neither_the_order_of_series_nor_the_unit_of_exposure_changes_what_is_found() -> None:
    rng = np.random.default_rng(12)
    made = [shifted_counts(120, 20, ratio, dispersion=3, ar=0.3, rng=rng) for ratio in (1.2, 2, 3)]
    there = page([counts(m.t, m.y, m.n) for m in made])
    back = page([counts(m.t, m.y, m.n / 10_000) for m in made[::-1]])[::-1]
    for one, other in zip(there, back, strict=True):
        assert [(p.index, p.low, p.high) for p in one.points] == [(p.index, p.low, p.high) for p in other.points]
        assert one.p == pytest.approx(other.p)
        assert other.regimes[0].level == pytest.approx(one.regimes[0].level * 10_000)


def test_date_intervals_cover_under_overdispersed_autocorrelated_noise() -> None:
    # 120 months, 20 acts a month doubled, variance/mean 3, AR .6
    rng, covered, found = np.random.default_rng(2024), 0, 0
    for _ in range(200):
        made = shifted_counts(120, 20, 2, dispersion=3, ar=0.6, rng=rng)
        points = _only(made).points
        found += bool(points)
        covered += any(p.low <= made.at <= p.high for p in points)
    print(f"detected {found} of 200, date covered in {covered}")
    assert found >= 100
    assert covered / found >= 0.85


def test_a_page_on_which_nothing_changes_rarely_shows_anything() -> None:
    # 8 series a page: two directions, rate and share of conflict, in two streams
    rng, pages, alarms = np.random.default_rng(2025), 200, 0
    for _ in range(pages):
        rates = [plain_counts(120, 20, dispersion=3, ar=0.6, rng=rng) for _ in range(4)]
        parts = [plain_shares(120, 0.2, acts=30, dispersion=2, ar=0.6, rng=rng) for _ in range(4)]
        series = [counts(m.t, m.y, m.n) for m in rates] + [shares(m.t, m.y, m.n) for m in parts]
        alarms += any(found.points or found.pulses for found in page(series))
    print(f"false alarms on {alarms} of {pages} pages")
    assert alarms / pages <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / pages)


def test_all_series_of_a_brief_take_under_a_second() -> None:
    rng = np.random.default_rng(3)
    made = [shifted_counts(132, 20, 2, dispersion=3, ar=0.3, rng=rng) for _ in range(12)]
    series = [counts(m.t, m.y, m.n) for m in made]
    start = process_time()
    page(series)
    assert process_time() - start < 1.0
