"""Made-up series have the margins and correlations they promise."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.errors import UsageError
from visavis.models.simulate import plain_counts, plain_shares, shifted_counts, shifted_shares


@pytest.mark.parametrize("mean", [1, 5, 20, 60])
def test_counts_have_the_mean_dispersion_and_correlation_asked_for(mean: float) -> None:
    y = plain_counts(40_000, mean, dispersion=3, ar=0.6, rng=np.random.default_rng(8)).y
    assert y.mean() == pytest.approx(mean, rel=0.06)
    assert y.var() / y.mean() == pytest.approx(3, rel=0.06)
    assert np.corrcoef(y[1:], y[:-1])[0, 1] == pytest.approx(0.6, abs=0.025)


def test_shares_have_the_mean_dispersion_and_correlation_asked_for() -> None:
    made = plain_shares(40_000, 0.2, acts=20, dispersion=2, ar=0.6, rng=np.random.default_rng(8))
    assert made.y.mean() / 20 == pytest.approx(0.2, rel=0.04)
    assert made.y.var() / (20 * 0.16) == pytest.approx(2, rel=0.06)
    assert np.corrcoef(made.y[1:], made.y[:-1])[0, 1] == pytest.approx(0.6, abs=0.025)


def test_a_shift_multiplies_the_mean_from_its_month_on_and_stays_off_the_ends() -> None:
    rng = np.random.default_rng(4)
    made = [shifted_counts(120, 20, 2, dispersion=3, ar=0.6, rng=rng) for _ in range(200)]
    assert {m.at is not None and 24 <= m.at <= 96 for m in made} == {True}
    assert np.mean([m.y[: m.at].mean() for m in made]) == pytest.approx(20, rel=0.05)
    assert np.mean([m.y[m.at :].mean() for m in made]) == pytest.approx(40, rel=0.05)
    share = shifted_shares(120, 0.2, 2, acts=50, dispersion=1, ar=0, rng=rng)
    assert share.y[share.at :].mean() / 50 == pytest.approx(0.4, abs=0.05)


def test_the_same_seed_makes_the_same_series() -> None:
    one, other = (plain_counts(60, 5, dispersion=2, ar=0.3, rng=np.random.default_rng(2)).y for _ in range(2))
    assert one.tolist() == other.tolist()


def test_margins_that_cannot_be_are_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(UsageError, match="dispersion above 1"):
        plain_counts(10, 5, dispersion=1, ar=0, rng=rng)
    with pytest.raises(UsageError, match="autocorrelation"):
        plain_counts(10, 5, dispersion=2, ar=1, rng=rng)
    with pytest.raises(UsageError, match="share in"):
        shifted_shares(10, 0.6, 2, acts=20, dispersion=2, ar=0, rng=rng)
