"""Bounds hold whatever those who did not answer would have said."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from visavis.errors import UsageError
from visavis.models.bounds import Bounds, gap_bounds, mean_bounds, share_bounds
from visavis.models.survey import Design, means


def _alone(n: int) -> Design:
    return Design(np.ones(n), np.zeros(n), np.arange(n))


def test_all_answered_gives_the_mean_and_its_own_interval() -> None:
    x = np.random.default_rng(1).random(80)
    found, plain = mean_bounds(x, _alone(80)), means(x, _alone(80))
    assert found.low == found.high == pytest.approx(plain.value[0])
    assert found.interval() == pytest.approx([end[0] for end in plain.interval()])


def test_with_wide_bounds_the_interval_is_one_sided_at_each_end() -> None:
    low, high = Bounds(0.2, 0.8, 0.03, 0.02, df=np.inf, n=500, answered=0.4).interval()
    assert (low, high) == pytest.approx((0.2 - norm.ppf(0.95) * 0.03, 0.8 + norm.ppf(0.95) * 0.02))


def test_the_interval_solves_the_equation_of_imbens_and_manski() -> None:
    found = Bounds(0.50, 0.52, 0.02, 0.025, df=np.inf, n=500, answered=0.98)
    reach = (found.low - found.interval()[0]) / 0.02
    assert norm.cdf(reach + 0.02 / 0.025) - norm.cdf(-reach) == pytest.approx(0.95)
    assert norm.ppf(0.95) < reach < norm.ppf(0.975)


def test_bounds_weigh_the_silent_too() -> None:
    w = np.array([1.0, 1.0, 2.0, 4.0])
    found = mean_bounds(np.array([0.0, 1.0, 0.5, np.nan]), Design(w, np.zeros(4), np.arange(4)))
    assert (found.low, found.high, found.answered) == pytest.approx((0.25, 0.75, 0.5))
    assert found.n == 4


def test_a_scale_of_its_own_has_its_own_ends() -> None:
    found = mean_bounds(np.array([1.0, 5.0, np.nan, np.nan]), _alone(4), low=1, high=5)
    assert (found.low, found.high) == (2.0, 4.0)


def test_an_answer_off_the_scale_is_named() -> None:
    with pytest.raises(UsageError, match=r"Answer 1\.2 of person 2 is not between 0 and 1"):
        mean_bounds(np.array([0.1, 1.2]), _alone(2))
    with pytest.raises(UsageError, match=r"deff 0\.5"):
        share_bounds(0.5, 0.9, 1000, deff=0.5)


@pytest.mark.parametrize("silent_would_agree", [0.0, 0.3, 1.0])
def test_the_truth_is_covered_whatever_the_silent_think(silent_would_agree: float) -> None:
    rng = np.random.default_rng(2)
    truth = 0.85 * 0.4 + 0.15 * silent_would_agree
    covered, naive = [], []
    for _ in range(600):
        silent = rng.random(500) < 0.15
        x = np.where(silent, np.nan, (rng.random(500) < 0.4).astype(float))
        low, high = mean_bounds(x, _alone(500)).interval()
        covered.append(low <= truth <= high)
        ends = means(x, _alone(500)).interval()
        naive.append(ends[0][0] <= truth <= ends[1][0])
    assert np.mean(covered) >= 0.93
    assert silent_would_agree == 0.3 or np.mean(naive) < 0.5


def test_bounds_of_a_gap_take_opposite_ends_and_mirror() -> None:
    a, b = share_bounds(0.6, 0.9, 1000), share_bounds(0.8, 0.95, 800)
    one, two = gap_bounds(a, b), gap_bounds(b, a)
    assert (one.low, one.high) == pytest.approx((0.76 - 0.64, 0.81 - 0.54))
    assert (one.low, one.high) == pytest.approx((-two.high, -two.low))
    assert one.interval() == pytest.approx([-end for end in reversed(two.interval())])
    assert (one.n, one.answered) == (1800, 0.9)


def test_published_bounds_are_those_of_the_answers_themselves() -> None:
    x = np.array([1.0] * 270 + [0.0] * 180 + [np.nan] * 50)
    ours, published = mean_bounds(x, _alone(500)), share_bounds(0.6, 0.9, 500, deff=1)
    assert (ours.low, ours.high) == pytest.approx((published.low, published.high))
    assert (ours.se_low, ours.se_high) == pytest.approx((published.se_low, published.se_high), rel=2e-3)
