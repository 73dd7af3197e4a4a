"""The pull to the middle is measured on control items and taken out; what stays is excess."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import t as student

from visavis.errors import UsageError
from visavis.models._perception import Side
from visavis.models.control import Control, Uncontrolled, _both, control
from visavis.models.replicates import jackknife
from visavis.models.simulate_twins import Truth, pulled_to_the_middle, twin_publics
from visavis.models.states import state

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


@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.parametrize("scatter", [0.2, 0.4])
def test_items_without_excess_are_covered_though_the_controls_lie_off_the_curve(count: int, scatter: float) -> None:
    rng = np.random.default_rng(8)
    held, claimed = [], []
    for _ in range(60):
        truth = np.concatenate([np.array([0.2, 0.45, 0.7, 0.3])[:count], rng.uniform(0.1, 0.9, 10)])
        level = logit(truth) * 0.6
        level[:count] += rng.normal(0, scatter, count)
        own = (rng.uniform(size=(200, len(truth))) < truth).astype(float)
        guess = np.clip(expit(level) + rng.normal(0, 0.1, own.shape), 0, 1)
        sides = [Side(own, guess, jackknife(200)) for _ in "ab"]
        found = control(sides[0], sides[1], range(count), known=truth[:count])
        assert isinstance(found, Control)
        ends = [item.excess.estimate() for item in found.items]
        held.append(np.mean([e.low <= 0 <= e.high for e in ends]))
        claimed.append(
            np.mean([state(e.excess.value, e.excess.se, e.excess.df, 0.1) == "differs" for e in found.items])
        )
    # items of one run share their controls: the scatter between runs counts
    assert np.mean(held) >= 0.93 - 2 * np.std(held) / np.sqrt(len(held))
    assert np.mean(claimed) <= 0.03


def test_widths_of_two_variances_with_df_of_their_own_add_by_their_squares() -> None:
    for people, items, df_items in ((0.01, 0.0, 1), (0.0, 0.01, 2), (0.02, 0.01, 1), (0.01, 0.02, 2)):
        se, df = _both(people, items, 40.0, df_items)
        reach = np.sqrt(people * student.ppf(0.975, 40) ** 2 + items * student.ppf(0.975, df_items) ** 2)
        assert se == pytest.approx(np.sqrt(people + items))
        assert student.ppf(0.975, df) * se == pytest.approx(reach)
    assert _both(0.0, 0.0, 40.0, 1) == (0.0, 40.0)


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
