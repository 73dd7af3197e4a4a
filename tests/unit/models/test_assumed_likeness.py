"""Forecasts of one side's acts: from both records alike, equally long, and from the past alone."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.models.assumed_likeness import FORECASTS, RECORD, concentration, forecasts
from visavis.models.simulate_assumed import apart, divergence, mixed_acts, mixes

CENTRE = np.array([0.3, 0.25, 0.2, 0.1, 0.08, 0.05, 0.02])


def acts(mix: np.ndarray, rate: float, periods: int, rng: np.random.Generator) -> np.ndarray:
    return mixed_acts(mix, rate, periods, ratio=2, bursts=30, rng=rng)


def world(periods: int, rng: np.random.Generator) -> np.ndarray:
    return rng.multinomial(2000, CENTRE, size=periods)


def per_act(found, name: str) -> float:
    return float(found.bits[FORECASTS.index(name)].sum() / found.acts.sum())


def test_a_forecast_knows_nothing_of_what_comes_later() -> None:
    rng = np.random.default_rng(1)
    a = rng.multinomial(20, CENTRE, size=(1, 30))
    b = rng.multinomial(20, CENTRE, size=(1, 30))
    base = world(30, rng)
    later_a, later_b, later_base = a.copy(), b.copy(), base.copy()
    for changed in (later_a, later_b, later_base[None]):
        changed[:, -1] = changed[:, -1, ::-1]
    before = forecasts(a, b, base, memory=20, rng=np.random.default_rng(2))
    after = forecasts(later_a, later_b, later_base, memory=20, rng=np.random.default_rng(2))
    for one, other in zip(before, after, strict=True):
        assert np.array_equal(one.bits[:, :, :-1], other.bits[:, :, :-1])
        assert np.array_equal(one.each, other.each)
        assert not np.array_equal(one.bits[:, :, -1], other.bits[:, :, -1])


def test_nothing_is_foretold_before_either_record_is_long_enough() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.multinomial(3, CENTRE, size=(1, 20)), rng.multinomial(50, CENTRE, size=(1, 20))
    of_a, of_b = forecasts(a, b, world(20, rng), memory=52, rng=rng)
    first = -(-RECORD // 3)
    for found in (of_a, of_b):
        assert not found.acts[:, :first].any()
        assert found.acts[:, first:].all()
        assert found.record[0, first:].tolist() == [3 * t for t in range(first, 20)]


def test_the_longer_record_is_of_no_advantage() -> None:
    gaps = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        mix = mixes(3, CENTRE, 20, rng=rng)
        few, many = acts(mix, 3, 40, rng), acts(mix, 40, 40, rng)
        of_few, of_many = forecasts(few, many, world(40, rng), memory=52, rng=rng)
        gaps.append([per_act(found, "mirror") - per_act(found, "own") for found in (of_few, of_many)])
    mean, error = np.mean(gaps, axis=0), np.std(gaps, axis=0) / np.sqrt(len(gaps))
    assert (np.abs(mean) < 3 * error + 0.005).all()


@pytest.mark.parametrize("bits", [0.1, 0.4])
def test_with_long_records_the_gap_is_the_divergence_of_the_mixes(bits: float) -> None:
    rng = np.random.default_rng(4)
    mix = mixes(2, CENTRE, 20, rng=rng)
    other = apart(mix, bits)
    assert divergence(mix, other) == pytest.approx([bits, bits], abs=1e-6)
    _, found = forecasts(acts(other, 80, 200, rng), acts(mix, 80, 200, rng), world(200, rng), memory=200, rng=rng)
    assert per_act(found, "mirror") - per_act(found, "own") == pytest.approx(bits, rel=0.15)


def test_all_five_forecasts_stand_beside_each_other() -> None:
    rng = np.random.default_rng(5)
    mix = mixes(4, CENTRE, 10, rng=rng)
    _, found = forecasts(acts(apart(mix, 0.5), 20, 80, rng), acts(mix, 20, 80, rng), world(80, rng), memory=80, rng=rng)
    assert per_act(found, "uniform") == pytest.approx(np.log2(len(CENTRE)))
    assert per_act(found, "own") < per_act(found, "pooled") < per_act(found, "mirror")
    assert per_act(found, "own") < per_act(found, "base") < per_act(found, "uniform")


def test_a_record_reaches_no_farther_back_than_the_memory() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.multinomial(30, CENTRE, size=(1, 40)), rng.multinomial(30, CENTRE, size=(1, 40))
    of_a, _ = forecasts(a, b, world(40, rng), memory=8, rng=rng)
    assert of_a.record.max() == 8 * 30


def test_no_third_country_gives_no_forecast() -> None:
    nothing = np.zeros((0, 12, 7), np.int64)
    of_a, _ = forecasts(nothing, nothing, np.ones((12, 7)), memory=8, rng=np.random.default_rng(7))
    assert of_a.acts.sum() == 0


@pytest.mark.parametrize("truth", [3.0, 30.0, 200.0])
def test_the_concentration_is_recovered(truth: float) -> None:
    rng = np.random.default_rng(8)
    counts = [rng.multinomial(150, p) for p in rng.dirichlet(truth * CENTRE, 150)]
    assert truth / 1.6 < concentration(counts, CENTRE) < truth * 1.6
