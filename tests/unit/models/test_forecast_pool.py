"""Forecasts of counts and shares: right by hand in small, and right on known worlds: coverage, weights, error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from visavis.errors import NoDataError, UsageError
from visavis.findings._world import world_of
from visavis.models._negative_binomial import cdf
from visavis.models.backtest import BEAT, backtest
from visavis.models.contenders import POOL, CountContenders, ShareContenders
from visavis.models.count_ar import fit_count_ar, training_rows
from visavis.models.dyad_panel import NAMES, DyadPanel, Known, Target, known_at, walk
from visavis.models.forecast_pool import Origin, fit_pool, forecast
from visavis.models.naive_forecasts import Windows, naive
from visavis.models.predictive import Predictive, buckets, coverage, crps, log_score, steps
from visavis.models.share_pool import fit_share_pool, share_draws
from visavis.models.simulate_panel import simulated_panel
from visavis.record import open_record

ONE = Target(1, 1)


def _rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def _panel(y: list[list[int]], known: list[bool] | None = None) -> DyadPanel:
    counts = np.array(y)
    there = np.ones(counts.shape[1], bool) if known is None else np.array(known)
    none = np.full(len(counts), -1)
    return DyadPanel(counts, 2 * counts, np.full(counts.shape[1], 100.0), none, there)


def test_crps_is_that_of_its_definition_by_draws() -> None:
    # CRPS = E|X - y| - E|X - X'| / 2 (Gneiting & Raftery 2007)
    size, mean = np.array([1.7]), np.array([6.0])
    table = cdf(mean, size, 400)
    said = Predictive(((np.array([0]), table),), 1)
    x, again = said.draws(200_000, _rng(1))[:, 0], said.draws(200_000, _rng(2))[:, 0]
    for y in (0, 5, 30):
        plain = np.abs(x - y).mean() - np.abs(x - again).mean() / 2
        assert crps(table, np.array([y]))[0] == pytest.approx(plain, abs=0.05)


def test_the_negative_binomial_is_that_of_scipy_also_where_chances_of_nothing_vanish() -> None:
    from scipy.stats import nbinom

    mean, size = np.array([0.01, 3.0, 300.0, 900.0]), np.array([0.2, 5.0, 2.0, 1e5])
    found = cdf(mean, size, 1500)
    for row, m, s in zip(found, mean, size, strict=True):
        assert np.allclose(row, nbinom.cdf(np.arange(1501), s, s / (s + m)), atol=1e-9)


def test_coverage_of_a_right_forecast_is_what_it_says_although_counts_are_whole() -> None:
    rng, mean = _rng(), np.full(20_000, 0.4)
    y = rng.poisson(mean)
    between = steps(cdf(mean, np.full(len(mean), 1e9), 20), y)
    assert coverage(between, 0.9).mean() == pytest.approx(0.9, abs=0.01)
    inside = (y >= 0) & (y <= 2)  # the central interval of whole numbers holds far more
    assert inside.mean() > 0.98


def test_what_was_thought_next_to_impossible_costs_a_finite_score() -> None:
    assert log_score(np.array([[1.0, 1.0]]))[0] == pytest.approx(np.log(1e6))


def test_a_count_beyond_the_grid_is_scored_by_how_far_beyond_it_lies() -> None:
    table = np.array([[1.0, 1.0]])  # surely 0
    assert crps(table, np.array([7]))[0] == pytest.approx(7)
    assert steps(table, np.array([7])).tolist() == [[1.0, 1.0]]


def test_rows_of_all_sizes_come_in_blocks_of_bounded_size() -> None:
    tops = np.array([3, 70_000, 5, 900])
    found = list(buckets(tops, cells=1 << 17))
    assert sorted(i for rows, _ in found for i in rows.tolist()) == [0, 1, 2, 3]
    assert all(len(rows) * (top + 1) <= 1 << 17 and (tops[rows] <= top).all() for rows, top in found)


def test_a_gap_is_no_zero_in_means_sums_and_windows() -> None:
    whole, holed = _panel([[4, 4, 4]]), _panel([[4, 0, 4]], [True, False, True])
    assert np.allclose(known_at(holed).means(), known_at(whole).means())
    came, there = holed.sums(ONE)
    assert not there.any()
    assert came.shape == (1, 3)
    assert Windows.of(holed, Target(1, 2)).ends.tolist() == []
    assert Windows.of(whole, Target(1, 2)).last(2, np.array([0])).tolist() == [[8] * 12]


def test_an_act_in_a_busier_period_counts_less() -> None:
    panel = replace(_panel([[10, 20]]), exposure=np.array([100.0, 200.0]))
    known = known_at(panel)
    assert known.means()[:, 0] == pytest.approx(15.0)  # ten of a hundred, at an exposure of 150
    assert known.last[0] == pytest.approx(15.0)


def test_the_filter_of_a_constant_dyad_forecasts_its_count_and_fades_with_the_horizon() -> None:
    known = known_at(_panel([[5] * 60]))
    mean, shape = known.filtered(2, ONE)
    assert mean[0] == pytest.approx(5, abs=0.05)
    later, fainter = known.filtered(2, Target(12, 12))
    assert later[0] == pytest.approx(mean[0])
    assert fainter[0] < shape[0]


def test_nothing_after_the_origin_is_looked_at() -> None:
    made = simulated_panel(60, 60, rng=_rng())
    y, total = made.panel.y.copy(), made.panel.total.copy()
    y[:, 50:] = total[:, 50:] = 999
    other = replace(made.panel, y=y, total=total)
    for panel in (made.panel, other):
        known = next(k for t, k in walk(panel) if t == 49)
        origin = Origin(49, known, Windows.of(panel, ONE))
        pool = fit_pool(panel.until(50), ONE, rng=_rng())
        said = forecast(pool, panel, origin).interval(0.9)[1]
        if panel is made.panel:
            first = said
    assert (first == said).all()


def test_the_autoregression_finds_own_past_and_the_other_direction() -> None:
    made = simulated_panel(600, 100, rng=_rng(), own=0.0, lasting=0.9, other=0.0, level=6.0, spread=0.3)
    follows = simulated_panel(600, 100, rng=_rng(), own=0.0, lasting=0.3, other=0.6, level=6.0, spread=0.3)
    at = NAMES.index("other direction, discount .8")
    weights = []
    for panel in (made.panel, follows.panel):
        rows = training_rows(panel, ONE, most=20_000, rng=_rng())
        weights.append(fit_count_ar(rows, ONE).beta[3, at])
    assert abs(weights[0]) < 0.12
    assert weights[1] > 0.15


def test_draws_and_intervals_agree() -> None:
    made = simulated_panel(60, 60, rng=_rng())
    said = forecast(fit_pool(made.panel, ONE, rng=_rng()), made.panel)
    low, high = said.interval(0.9)
    drawn = said.draws(4000, _rng())
    assert ((drawn >= low) & (drawn <= high)).mean() >= 0.895
    assert said.mean() == pytest.approx(drawn.mean(axis=0), rel=0.25, abs=0.3)
    assert said.above(high.astype(float)).max() <= 0.05 + 1e-6


def test_weights_are_shares_and_a_dyad_without_past_gets_a_forecast() -> None:
    made = simulated_panel(200, 60, rng=_rng(), level=0.5)
    y = made.panel.y.copy()
    y[0] = 0
    panel = replace(made.panel, y=y)
    pool = fit_pool(panel, ONE, rng=_rng())
    assert pool.mix.weights.sum(axis=1) == pytest.approx(1)
    assert (pool.mix.weights >= 0).all()
    assert 0 < forecast(pool, panel).mean()[0] < 1


def test_naive_rules_say_what_their_names_say() -> None:
    panel = _panel([list(range(30))])
    windows, row, least = Windows.of(panel, ONE), np.array([0]), np.array([0])

    def said(rule: str) -> Predictive:
        found = naive(rule, windows, 29, row, target=ONE, season=12, least=least)
        assert found is not None
        return found

    assert said("last 12").mean()[0] == pytest.approx(np.mean(range(18, 30)))
    assert said("persistence").mean()[0] == pytest.approx(29, abs=0.01)
    assert said("seasonal").mean()[0] == pytest.approx(18, abs=0.01)  # period 30 less twelve
    assert said("all history").mean()[0] == pytest.approx(14.5)
    assert naive("seasonal", windows, 29, row, target=ONE, season=52, least=least) is None


def test_where_nothing_can_be_gained_the_last_twelve_are_used() -> None:
    class Same(CountContenders):
        def said(self, method: str, known: Known, t: int, rows: NDArray[np.int64]) -> Predictive | None:
            return super().said(BEAT if method == POOL else method, known, t, rows)

    made = simulated_panel(60, 40, rng=_rng(), level=3.0)
    track = backtest(Same(made.panel, ONE, 12), rng=_rng())
    assert track.use == BEAT
    assert track.ratio.value == pytest.approx(1)


def test_too_short_a_record_says_what_is_needed() -> None:
    made = simulated_panel(40, 14, rng=_rng())
    with pytest.raises(NoDataError, match="14 full periods; to try a forecast of 12"):
        backtest(CountContenders(made.panel, Target(1, 12), 12), rng=_rng())
    with pytest.raises(UsageError, match="give 1 or more"):
        Target(0, 3)
    with pytest.raises(UsageError, match="parts of shapes"):
        replace(made.panel, known=np.ones(3, bool))


@pytest.mark.parametrize("kind", [{}, {"size": 0.6, "level": 3.0}, {"missing": 0.15}])
def test_intervals_hold_as_often_as_they_say_on_known_panels(kind: dict[str, float]) -> None:
    made = simulated_panel(240, 56, rng=_rng(3), **kind)
    track = backtest(CountContenders(made.panel, ONE, 12), rng=_rng())
    pool = track.methods[POOL]
    assert 0.775 <= pool.within[0] <= 0.84
    assert 0.88 <= pool.within[1] <= 0.93
    assert track.use == POOL
    assert max(abs(x - 0.1) for x in pool.pit) < 0.02
    assert track.by_dyad.n.sum() == pool.n


def test_a_forecast_of_a_known_panel_is_nearly_as_good_as_the_truth() -> None:
    made = simulated_panel(600, 90, rng=_rng(5), level=3.0)
    before, y = made.panel.until(89), made.panel.y[:, 89]
    said = forecast(fit_pool(before, ONE, rng=_rng()), before)
    truth = crps(cdf(made.mean[:, 89], np.full(600, made.size), 4000), y)
    assert said.crps(y).sum() < 1.06 * truth.sum()


def test_the_share_to_come_is_known_as_well_as_it_says() -> None:
    rng = _rng(7)
    share = rng.beta(2, 4, 100).repeat(2)
    n = rng.poisson(4, (200, 50))
    y = rng.binomial(n, share[:, None])
    panel = DyadPanel(y, n, np.full(50, 2000.0), np.arange(200) ^ 1, np.ones(50, bool))
    track = backtest(ShareContenders(panel, Target(1, 3)), rng=_rng())
    pool = track.methods[POOL]
    assert track.use == POOL
    assert 0.77 <= pool.within[0] <= 0.84
    assert 0.87 <= pool.within[1] <= 0.93
    learned = fit_share_pool(panel, ONE, rng=_rng())
    drawn = share_draws(learned, panel, Origin.last(panel, ONE), row=0, n=np.full(3000, 50), rng=_rng())
    assert drawn.mean() == pytest.approx(share[0], abs=0.1)
    assert np.isnan(
        share_draws(learned, panel, Origin.last(panel, ONE), row=0, n=np.zeros(3, np.int64), rng=_rng())
    ).all()


@pytest.mark.slow
def test_coverage_and_gain_hold_over_kinds_of_worlds_and_horizons() -> None:
    kinds: list[tuple[dict[str, float], Target]] = [
        ({"level": 8.0, "size": 4.0}, ONE), ({"own": 0.6, "lasting": 0.0}, ONE), ({}, Target(1, 3)), ({}, Target(6, 6)),
        ({"busy": 0.6}, ONE),
    ]  # fmt: skip
    for kind, target in kinds:
        made = simulated_panel(400, 100, rng=_rng(11), **kind)
        track = backtest(CountContenders(made.panel, target, 12), rng=_rng())
        assert 0.76 <= track.methods[POOL].within[0] <= 0.85, kind
        assert 0.87 <= track.methods[POOL].within[1] <= 0.94, kind
        assert track.ratio.high < 1, kind


@pytest.mark.slow
def test_on_real_weeks_the_pool_beats_the_last_twelve_and_its_intervals_hold(data: Path, tmp_path: Path) -> None:
    record = open_record(tmp_path / "record")
    record.import_events("icews", [data / "icews" / "icews_subset_2018_01_09.tab.gz"])
    world = world_of(record.tables, "icews", "week")
    assert world is not None
    for outcome, most in (("conflict", 0.93), ("cooperation", 0.91)):
        panel = world.panel(outcome)
        busiest = np.sort(np.argsort(-panel.total.sum(axis=1), kind="stable")[:200])
        track = backtest(CountContenders(panel, ONE, 52), rng=_rng(), only=busiest)
        pool, before = track.methods[POOL], track.methods["persistence"]
        assert track.ratio.value < most
        assert pool.crps < 0.77 * before.crps
        assert 0.78 <= pool.within[0] <= 0.84
        assert 0.88 <= pool.within[1] <= 0.93
