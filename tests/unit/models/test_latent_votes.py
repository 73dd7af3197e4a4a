"""Latent votes are drawn from the normal distribution between the cuts, far out as well."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import log_ndtr
from scipy.stats import kstest, truncnorm

from visavis.models._latent_votes import below, between, chance_between, log_chance


def test_logarithms_of_chances_are_those_of_the_normal_distribution() -> None:
    at = np.random.default_rng(1).uniform(-50, 11, 10_000)
    assert log_chance(at) == pytest.approx(log_ndtr(at), abs=1e-6, rel=1e-6)


@pytest.mark.parametrize("cut", [-20.0, -3.0, 0.0, 1.5, 6.0])
def test_draws_below_a_cut_follow_the_cut_off_normal(cut: float) -> None:
    drawn = below(np.full(20_000, log_ndtr(cut)), np.random.default_rng(1))
    assert drawn.max() <= cut + 1e-4
    assert kstest(drawn, truncnorm(-np.inf, cut).cdf).pvalue > 0.001


@pytest.mark.parametrize(("low", "high"), [(-0.5, 0.7), (2.0, 2.1), (-7.0, 7.0), (8.0, 9.0), (-12.0, -11.5)])
def test_draws_between_two_cuts_follow_the_normal_between_them(low: float, high: float) -> None:
    drawn = between(chance_between(np.full(20_000, low), np.full(20_000, high)), np.random.default_rng(1))
    assert ((low - 1e-9 <= drawn) & (drawn <= high + 1e-9)).all()
    if low > 0:  # the library is exact in the lower tail only
        low, high, drawn = -high, -low, -drawn
    assert kstest(drawn, truncnorm(low, high).cdf).pvalue > 0.001
