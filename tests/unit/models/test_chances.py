"""Chances against what came: known worlds in which what is said is right, too sure, or says nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from visavis.models.backtest import backtest
from visavis.models.chances import EDGES, band_of, bent, bent_in_time, learn_line, score_chances
from visavis.models.contenders import CountContenders, ShareContenders
from visavis.models.dyad_panel import DyadPanel, Target


def _world(n: int = 30_000, dyads: int = 300, *, sure: float = 1.0, seed: int = 1) -> tuple[np.ndarray, ...]:  # type: ignore[type-arg]
    """Rows, times, chances said and whether it came; ``sure`` 2 says chances twice as far from a half, in logits."""
    rng = np.random.default_rng(seed)
    true = rng.beta(1.2, 3, n)
    return np.arange(n) % dyads, np.arange(n) // dyads, expit(sure * logit(true)), rng.random(n) < true


def test_where_chances_are_right_each_band_came_as_often_as_was_said_and_beats_the_base_frequency() -> None:
    rows, _, said, came = _world()
    found = score_chances(rows, said, came, np.arange(300) // 2)
    assert found is not None
    assert found.ratio.high < 0.9
    assert found.rate == pytest.approx(came.mean())
    assert len(found.bands) == len(EDGES) - 1
    held = [band.came.low <= band.said <= band.came.high for band in found.bands]
    assert sum(held) >= 5
    assert sum(band.n for band in found.bands) == found.n == len(rows)


def test_the_interval_of_a_band_holds_the_known_chance_as_often_as_it_says() -> None:
    held = []
    for seed in range(40):
        rows, _, said, came = _world(3000, seed=seed)
        found = score_chances(rows, said, came, np.arange(300) // 2)
        assert found is not None
        held += [band.came.low <= band.said <= band.came.high for band in found.bands if band.n >= 100]
    assert len(held) > 150
    assert 0.82 <= np.mean(held) <= 0.97


def test_one_who_always_says_the_base_frequency_gains_nothing() -> None:
    rows, _, _, came = _world()
    found = score_chances(rows, np.full(len(rows), came.mean()), came, np.arange(300) // 2)
    assert found is not None
    assert found.ratio.value == pytest.approx(1, abs=1e-6)
    assert len(found.bands) == 1


def test_chances_that_are_too_sure_are_seen_and_bent_back_with_the_past_alone() -> None:
    rows, at, said, came = _world(sure=2.0)
    assert learn_line(said, came)[1] == pytest.approx(0.5, abs=0.06)
    raw, told = (score_chances(rows, p, came, np.arange(300) // 2) for p in (said, bent_in_time(at, said, came, 12)))
    assert raw is not None
    assert told is not None
    lowest = raw.bands[0]
    assert lowest.came.low > lowest.said + 0.02
    assert told.brier < raw.brier
    later = at >= 40
    last = score_chances(rows[later], bent_in_time(at, said, came, 12)[later], came[later], np.arange(300) // 2)
    assert last is not None
    assert all(abs(band.came.value - band.said) < 0.05 for band in last.bands if band.n > 300)


def test_nothing_that_came_after_a_chance_was_said_bends_it() -> None:
    _, at, said, came = _world(9000)
    changed = np.where(at > 15, ~came, came)
    there, other = (bent_in_time(at, said, c, 3) for c in (came, changed))
    assert np.array_equal(there[at <= 18], other[at <= 18])
    assert not np.array_equal(there, other)


def test_where_little_came_yet_nothing_is_bent_and_no_chance_is_nought() -> None:
    assert learn_line(np.full(50, 0.2), np.zeros(50, bool)) == (0.0, 1.0)
    low, most = bent(np.array([0.0, 1.0]), (0.0, 1.0))
    assert 0 < low < 0.005
    assert 0.995 < most < 1


@pytest.mark.parametrize("came", [False, True])
def test_a_band_with_one_forecast_decides_nothing(came: bool) -> None:
    found = score_chances(np.zeros(1, np.int64), np.array([0.97]), np.array([came]), np.zeros(1, np.int64))
    assert found is not None
    (band,) = found.bands
    assert band.came.high - band.came.low > 0.5


def test_what_cannot_come_is_neither_said_nor_scored() -> None:
    """Half the pairs have conflictual acts alone: their share cannot grow, and what is said of it is no forecast."""
    rng = np.random.default_rng(5)
    total = 1 + rng.poisson(8, (40, 40))
    share = np.where(np.arange(40) // 2 % 2, 1.0, 0.3)[:, None]
    panel = DyadPanel(rng.binomial(total, share), total, np.full(40, 900.0), np.arange(40) ^ 1, np.ones(40, bool))
    target = Target(1, 1)
    contenders = ShareContenders(panel, target, CountContenders(panel.of_all_acts, target, 12))
    track = backtest(contenders, rng=np.random.default_rng(1))
    assert track.chance["larger"].dyads == 20
    assert track.chance["smaller"].dyads == 40
    assert score_chances(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, bool), np.zeros(1, np.int64)) is None


def test_every_chance_has_one_band() -> None:
    for chance in (0.0, 0.049, 0.05, 0.051, 0.2, 0.5, 0.94, 0.95, 1.0):
        low, high = band_of(chance)
        assert low <= chance <= high
    assert band_of(0.05) == (0.0, 0.05)
    assert band_of(0.95) == (0.95, 1.0)


def test_chances_of_a_share_to_come_are_right_where_shares_are_drawn_from_known_ones() -> None:
    """Shares that stay what they are, twenty acts each: what is said of a larger one comes as often."""
    rng = np.random.default_rng(4)
    dyads, periods = 120, 60
    share = rng.beta(2, 5, dyads // 2).repeat(2)[:, None]
    total = rng.poisson(20, (dyads, periods))
    y = rng.binomial(total, share)
    panel = DyadPanel(y, total, np.full(periods, 5000.0), np.arange(dyads) ^ 1, np.ones(periods, bool))
    target = Target(1, 1)
    contenders = ShareContenders(panel, target, CountContenders(panel.of_all_acts, target, 12))
    track = backtest(contenders, rng=np.random.default_rng(1))
    assert set(track.chance) == {"larger", "smaller"}
    for found in track.chance.values():
        assert found.ratio.high < 0.95
        big = [band for band in found.bands if band.n >= 200]
        assert len(big) >= 3
        off = [band.came.value - band.said for band in big]
        assert max(map(abs, off)) < 0.1
        assert np.average(np.abs(off), weights=[band.n for band in big]) < 0.05
