"""R-hat and effective sample size on series of which both are known."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.models._chain_checks import agreement_of_chains


def _series(carried: float, *, chains: int = 2, n: int = 1000, series: int = 60, seed: int = 1) -> np.ndarray:
    """Each draw holds a share of the one before, (chains, n, series); variance 1."""
    noise = np.random.default_rng(seed).standard_normal((chains, n, series))
    noise[:, 1:] *= np.sqrt(1 - carried**2)
    for t in range(1, n):
        noise[:, t] += carried * noise[:, t - 1]
    return noise


@pytest.mark.parametrize("carried", [-0.4, 0.0, 0.5, 0.9])
def test_draws_that_hang_together_are_worth_as_many_as_theory_says(carried: float) -> None:
    r_hat, ess = agreement_of_chains(_series(carried))
    assert np.mean(ess) == pytest.approx(2000 * (1 - carried) / (1 + carried), rel=0.1)
    assert np.median(r_hat) < 1.02


def test_chains_that_differ_in_place_or_in_spread_or_wander_are_told_apart() -> None:
    apart, wider, wandering = (_series(0.3, series=20) for _ in range(3))
    apart[0] += 1
    wider[0] *= 2
    wandering += np.linspace(-1, 1, 1000)[:, None]
    for chains in (apart, wider, wandering):
        assert agreement_of_chains(chains)[0].min() > 1.05


def test_only_the_order_of_the_draws_counts_for_their_worth() -> None:
    draws = _series(0.6, series=5)
    assert agreement_of_chains(np.exp(3 * draws))[1] == pytest.approx(agreement_of_chains(draws)[1])


def test_a_shift_between_two_chains_gives_the_r_hat_of_the_formula() -> None:
    """Two chains of independent normal draws a distance apart: the whole variance is 1 + d^2/3 of four half chains."""
    draws = _series(0.0, n=20_000, series=4)
    draws[1] += 0.4
    assert agreement_of_chains(draws)[0] == pytest.approx(np.sqrt(1 + 0.4**2 / 3), abs=0.006)


def test_a_series_that_never_moves_tells_nothing_and_an_odd_draw_is_left_out() -> None:
    r_hat, ess = agreement_of_chains(np.ones((2, 9, 1)))
    assert np.isnan([r_hat[0], ess[0]]).all()
    draws = _series(0.2, n=101, series=3)
    assert agreement_of_chains(draws)[0] == pytest.approx(agreement_of_chains(draws[:, :100])[0])
