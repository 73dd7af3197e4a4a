"""Replicate weights give the variances that formulas give where there is a formula."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models.replicates import Replicates, Varied, jackknife, raked, rao_wu, vary


def _mean(x: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return lambda w: np.array([w @ x / w.sum()])


def test_the_jackknife_of_a_mean_is_its_textbook_interval() -> None:
    x = np.random.default_rng(1).random(9)
    varied = vary(_mean(x), jackknife(9))
    low, high = varied.interval()
    reach = student.ppf(0.975, 8) * x.std(ddof=1) / 3
    assert (low[0], high[0]) == pytest.approx((x.mean() - reach, x.mean() + reach))


def test_the_jackknife_covers_a_ratio_in_small_delegations() -> None:
    rng = np.random.default_rng(2)
    covered = []
    for _ in range(1500):
        x = rng.gamma(9, 1, 8)
        y = 2 * x + rng.normal(0, 3, 8)
        low, high = vary(lambda w, x=x, y=y: np.array([w @ y / (w @ x)]), jackknife(8)).interval()
        covered.append(low[0] <= 2 <= high[0])
    assert 0.93 <= np.mean(covered) <= 0.98


def test_variances_of_independent_sides_add_and_the_smallest_side_gives_df() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.random(6), rng.random(11)
    both = vary(lambda u, v: np.array([v @ y / v.sum() - u @ x / u.sum()]), jackknife(6), jackknife(11))
    apart = vary(_mean(x), jackknife(6)).covariance + vary(_mean(y), jackknife(11)).covariance
    assert both.covariance == pytest.approx(apart)
    assert both.df == 5


def test_a_statistic_of_several_parts_has_their_covariance() -> None:
    x = np.random.default_rng(4).random((12, 2))
    varied = vary(lambda w: w @ x / w.sum(), jackknife(12))
    assert varied.covariance == pytest.approx(np.cov(x.T) / 12)
    assert varied.se() == pytest.approx(np.sqrt(np.diag(np.cov(x.T) / 12)))


def test_deviations_are_from_the_full_statistic_not_from_the_mean_of_replicates() -> None:
    side = Replicates(np.ones(2), np.array([[2.0, 0.0], [2.0, 0.0]]), 0.5, 1)
    assert vary(_mean(np.array([0.0, 1.0])), side).covariance == pytest.approx(np.array([[0.25]]))


def test_each_bootstrap_replicate_draws_one_psu_fewer_and_rescales() -> None:
    strata, psus = np.repeat([0, 1], [6, 8]), np.array([0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2, 3, 3])
    weights = np.linspace(1, 2, 14)
    side = rao_wu(weights, strata, psus, rng=np.random.default_rng(5), replicates=40)
    hits = side.replicates / weights
    for h, m in ((0, 3), (1, 4)):
        inside = hits[:, strata == h] * (m - 1) / m
        assert inside == pytest.approx(np.round(inside))
        assert inside[:, ::2] == pytest.approx(inside[:, 1::2])  # the two of one PSU go together
        assert inside[:, ::2].sum(axis=1) == pytest.approx(np.full(40, m - 1))
    assert (side.df, side.scale) == (5, 1 / 40)


def test_the_bootstrap_of_a_mean_has_the_variance_of_the_mean() -> None:
    x = np.random.default_rng(6).random(60)
    side = rao_wu(np.ones(60), np.zeros(60), np.arange(60), rng=np.random.default_rng(7), replicates=6000)
    assert vary(_mean(x), side).covariance[0, 0] == pytest.approx(x.var(ddof=1) / 60, rel=0.06)


def test_the_same_seed_draws_the_same_replicates() -> None:
    one, two = (
        rao_wu(np.ones(9), np.zeros(9), np.arange(9), rng=np.random.default_rng(8), replicates=5) for _ in range(2)
    )
    assert (one.replicates == two.replicates).all()


def test_a_stratum_with_one_psu_says_to_merge_it() -> None:
    with pytest.raises(UsageError, match=r"Stratum 'b' has one PSU.*Merge"):
        rao_wu([1, 1, 1, 1], ["a", "a", "b", "b"], [1, 2, 3, 3], rng=np.random.default_rng(9))


@pytest.mark.parametrize(
    ("weights", "replicates", "said"),
    [([1, 0, 1], 9, "Weight 0.0 of person 2"), ([1, 1], 9, "2 weights, 3 strata"), ([1, 1, 1], 1, "1 replicates")],
)
def test_what_cannot_be_meant_is_named(weights: list[float], replicates: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        rao_wu(weights, [0, 0, 0], [1, 2, 3], rng=np.random.default_rng(10), replicates=replicates)


def test_one_person_and_no_side_are_refused() -> None:
    with pytest.raises(UsageError, match="there are 1"):
        jackknife(1)
    with pytest.raises(UsageError, match="no side"):
        vary(lambda: np.zeros(1))


def test_a_statistic_without_a_value_under_a_replicate_is_an_error_not_a_nan() -> None:
    only = np.array([1.0, np.nan, np.nan])
    with np.errstate(invalid="ignore"), pytest.raises(UsageError, match="too few people"):
        vary(lambda w: np.array([np.nansum(w * only) / w[:1].sum()]), jackknife(3))


def test_the_interval_follows_the_level() -> None:
    varied = Varied(np.array([1.0, 2.0]), np.diag([0.04, 0.09]), 12)
    low, high = varied.interval(0.9)
    assert high - low == pytest.approx(2 * student.ppf(0.95, 12) * np.array([0.2, 0.3]))


def test_raked_weights_meet_two_margins_in_every_replicate() -> None:
    rng = np.random.default_rng(11)
    sex, age = rng.choice(["m", "w"], 300), rng.choice(["old", "young"], 300, p=[0.3, 0.7])
    side = rao_wu(rng.random(300) + 0.5, np.zeros(300), np.arange(300), rng=rng, replicates=30)
    found = raked(side, [(sex, {"m": 0.49, "w": 0.51}), (age, {"old": 0.45, "young": 0.55})])
    for weights in (found.weights, *found.replicates):
        assert weights[sex == "m"].sum() / weights.sum() == pytest.approx(0.49)
        assert weights[age == "old"].sum() / weights.sum() == pytest.approx(0.45)
    assert found.weights.sum() == pytest.approx(side.weights.sum())


def test_raking_takes_out_of_the_variance_what_the_margin_explains() -> None:
    rng = np.random.default_rng(12)
    group = np.repeat(["a", "b"], 200)
    x = np.where(group == "a", 0.2, 0.8) + 0.1 * rng.standard_normal(400)
    side = rao_wu(np.ones(400), np.zeros(400), rng.permutation(400), rng=rng, replicates=3000)
    within = np.where(group == "a", x - x[:200].mean(), x - x[200:].mean())
    found = vary(_mean(x), raked(side, [(group, {"a": 0.5, "b": 0.5})]))
    assert found.covariance[0, 0] == pytest.approx(within.var() / 400, rel=0.1)
    assert vary(_mean(x), side).covariance[0, 0] > 5 * found.covariance[0, 0]


@pytest.mark.parametrize(
    ("groups", "shares", "said"),
    [
        ("aab", {"a": 1.0}, "does not fit 3 people"),
        ("aabb", {"a": 0.5, "b": 0.5}, "does not fit 3 people"),
        ("aab", {"a": 0.5, "b": 0.4}, "add up to 0.9, not 1"),
        ("aab", {"a": 0.5, "b": 0.5}, "no people in some replicate"),
    ],
)
def test_a_margin_that_cannot_be_met_says_why(groups: str, shares: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        raked(jackknife(3), [(list(groups), shares)])


def test_margins_that_contradict_each_other_are_given_up() -> None:
    groups = list("aabb")
    with pytest.raises(UsageError, match="did not meet its margins in 50 rounds"):
        raked(jackknife(4), [(groups, {"a": 0.5, "b": 0.5}), (groups, {"a": 0.4, "b": 0.6})], rounds=50)
