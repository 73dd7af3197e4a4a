"""The pull to the middle is measured on control items and taken out; what stays is excess."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from visavis.errors import UsageError
from visavis.models._perception import Side
from visavis.models.control import Control, Uncontrolled, control
from visavis.models.replicates import jackknife
from visavis.models.simulate_twins import Truth, pulled_to_the_middle, twin_publics

NEUTRAL = np.array([0.15, 0.35, 0.7, 0.85])


def _truth(rng: np.random.Generator, gamma: float, excess: float = 0.0, middle: float = 0.5) -> Truth:
    own = rng.uniform(0.25, 0.7, (2, 10))
    own[:, :4] = NEUTRAL
    pulled = pulled_to_the_middle(Truth(own, own[::-1].copy()), gamma, middle)
    pulled.estimate[:, 4:] += excess
    return pulled


def _publics(truth: Truth, rng: np.random.Generator) -> tuple[Side, Side]:
    return twin_publics(truth, 1000, rng=rng, replicates=100)


def test_gamma_and_excess_are_recovered_and_covered() -> None:
    rng = np.random.default_rng(1)
    gammas, held, none = [], [], []
    for _ in range(20):
        pair = _publics(_truth(rng, 0.6), rng)
        for sides in (pair, pair[::-1]):
            found = control(*sides, range(4), known=NEUTRAL)
            assert isinstance(found, Control)
            ends = found.gamma.estimate()
            gammas.append(ends.value)
            held.append(ends.low <= 0.6 <= ends.high)
            none += [e.low <= 0 <= e.high for e in (item.excess.estimate() for item in found.items)]
    assert np.mean(gammas) == pytest.approx(0.6, abs=0.01)
    assert np.mean(held) >= 0.95 - 2.5 * np.sqrt(0.05 * 0.95 / len(held))
    assert 0.9 <= np.mean(none) <= 0.99


def test_a_real_misjudgement_stays_when_the_pull_is_taken_out() -> None:
    rng = np.random.default_rng(2)
    found = control(*_publics(_truth(rng, 0.7, excess=0.1), rng), range(4), known=NEUTRAL)
    assert isinstance(found, Control)
    assert [item.item for item in found.items] == list(range(4, 10))
    assert np.mean([item.excess.value for item in found.items]) == pytest.approx(0.1, abs=0.025)
    assert all(item.excess.estimate().low > 0 for item in found.items)


def test_truths_of_controls_may_come_from_the_other_sides_answers() -> None:
    rng = np.random.default_rng(3)
    gammas = []
    for _ in range(8):
        found = control(*_publics(_truth(rng, 0.6), rng), range(4))
        assert isinstance(found, Control)
        gammas.append(found.gamma.value)
    assert np.mean(gammas) == pytest.approx(0.6, abs=0.03)


def test_the_middle_has_an_interval_only_where_there_is_a_pull() -> None:
    rng = np.random.default_rng(4)
    found = control(*_publics(_truth(rng, 0.5, middle=0.4), rng), range(4), known=NEUTRAL)
    assert isinstance(found, Control)
    assert found.middle is not None
    value, low, high = found.middle
    assert low < 0.4 < high
    assert low < value < high
    none = control(*_publics(_truth(rng, 1.0), rng), range(4), known=NEUTRAL)
    assert isinstance(none, Control)
    assert none.middle is None


def test_misfit_shows_controls_that_no_one_curve_fits() -> None:
    rng = np.random.default_rng(5)
    truth = _truth(rng, 0.6)
    smooth = control(*_publics(truth, rng), range(4), known=NEUTRAL)
    truth.estimate[:, 1] += 0.2
    bent = control(*_publics(truth, rng), range(4), known=NEUTRAL)
    assert isinstance(smooth, Control)
    assert isinstance(bent, Control)
    assert smooth.misfit < 0.1 < 0.2 < bent.misfit


def test_too_few_too_alike_and_too_noisy_controls_are_refused() -> None:
    rng = np.random.default_rng(6)
    publics = _publics(_truth(rng, 0.6), rng)
    assert control(*publics, [0, 1]) == Uncontrolled("few controls", 2)
    alike = control(*publics, range(4), known=[0.5, 0.52, 0.48, 0.5])
    assert isinstance(alike, Uncontrolled)
    assert alike.reason == "alike"
    few = [Side(side.own[:8].round(), side.other[:8], jackknife(8)) for side in publics]
    noisy = control(few[0], few[1], range(4))
    assert isinstance(noisy, Uncontrolled)
    assert noisy.reason == "noisy"
    with pytest.raises(UsageError, match="Known shares"):
        control(*publics, range(4), known=[15, 35, 70, 85])


def test_predictions_follow_the_curve() -> None:
    rng = np.random.default_rng(7)
    side, other = _publics(_truth(rng, 0.6), rng)
    found = control(side, other, range(4), known=NEUTRAL)
    assert isinstance(found, Control)
    weights = other.replicates.weights
    truths = weights @ other.own[:, 4:] / weights.sum()
    predicted = np.array([item.predicted for item in found.items])
    assert predicted == pytest.approx(expit(0.6 * logit(truths)), abs=0.03)
