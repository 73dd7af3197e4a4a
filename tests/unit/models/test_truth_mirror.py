"""Truth and mirror weights are recovered, their intervals hold, and what cannot be told apart is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from visavis.models._perception import Side
from visavis.models.fieller import fieller
from visavis.models.replicates import jackknife
from visavis.models.simulate_twins import Truth, mirrored_items, twin_delegations, twin_publics
from visavis.models.truth_mirror import Refused, TruthMirror, differential_accuracy, truth_mirror

NAMES = ("truth", "mirror", "projection")


def _many(kind: str, runs: int, n: int, projection: float) -> tuple[np.ndarray, np.ndarray]:
    """Values and whether the interval held, each (2 runs, 3)."""
    rng = np.random.default_rng(11)
    values, held = [], []
    for _ in range(runs):
        truth = mirrored_items(20, rng=rng)
        sides = (
            twin_delegations(truth, (n, n), rng=rng, projection=projection)
            if kind == "delegations"
            else twin_publics(truth, n, rng=rng, projection=projection, replicates=80)
        )
        for pair in (sides, sides[::-1]):
            found = truth_mirror(*pair)
            assert isinstance(found, TruthMirror)
            ends = [getattr(found, name).estimate() for name in NAMES]
            values.append([end.value for end in ends])
            held.append([e.low <= x <= e.high for e, x in zip(ends, (0.35, 0.4, projection), strict=True)])
    return np.array(values), np.array(held)


@pytest.mark.parametrize("n", [6, 12])
def test_delegations_weights_are_recovered_and_covered(n: int) -> None:
    values, held = _many("delegations", 150, n, 0.2)
    assert np.median(values, axis=0) == pytest.approx([0.35, 0.4, 0.2], abs=0.04)
    assert (held.mean(axis=0) >= 0.93 - 2 * np.sqrt(0.93 * 0.07 / len(held))).all()


def test_publics_weights_are_recovered_and_covered() -> None:
    values, held = _many("publics", 30, 1000, 0.1)
    assert values.mean(axis=0) == pytest.approx([0.35, 0.4, 0.1], abs=0.01)
    assert (held.mean(axis=0) >= 0.93 - 2.5 * np.sqrt(0.93 * 0.07 / len(held))).all()


def test_without_the_moment_correction_truth_would_shrink() -> None:
    rng = np.random.default_rng(12)
    corrected, plain = [], []
    for _ in range(100):
        a, b = twin_delegations(mirrored_items(20, rng=rng), (8, 8), rng=rng)
        found = truth_mirror(a, b)
        assert isinstance(found, TruthMirror)
        corrected.append(found.truth.value)
        x = np.column_stack([np.ones(20), b.own.mean(axis=0), a.own.mean(axis=0)])
        plain.append(np.linalg.lstsq(x, a.other.mean(axis=0), rcond=None)[0][1])
    assert np.mean(plain) < 0.32
    assert np.mean(corrected) == pytest.approx(0.35, abs=0.04)


def test_a_habit_of_high_answers_is_not_projection() -> None:
    rng = np.random.default_rng(13)
    found, plain = [], []
    for _ in range(40):
        habit = rng.uniform(-0.2, 0.2, (40, 1))
        own = 0.5 + np.linspace(-0.1, 0.1, 20) + habit + rng.uniform(-0.2, 0.2, (40, 20))
        side = Side(own, 0.5 + habit + rng.uniform(-0.2, 0.2, (40, 20)), jackknife(40))
        _, other = twin_delegations(mirrored_items(20, rng=rng), (40, 40), rng=rng)
        one = truth_mirror(side, other)
        assert isinstance(one, TruthMirror)
        found.append(one.projection.value)
        plain.append(np.corrcoef(side.own.ravel(), side.other.ravel())[0, 1])
    assert np.mean(plain) > 0.3
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(40)


def test_too_little_is_refused_with_the_reason() -> None:
    rng = np.random.default_rng(14)
    truth = mirrored_items(9, rng=rng)
    assert truth_mirror(*twin_delegations(truth, (8, 8), rng=rng)) == Refused("few items", 9)
    truth = mirrored_items(20, rng=rng)
    assert truth_mirror(*twin_delegations(truth, (8, 5), rng=rng)) == Refused("few people", 5)


def test_nations_with_the_same_profile_cannot_be_told_apart() -> None:
    rng = np.random.default_rng(15)
    means = np.linspace(0.2, 0.8, 20)
    truth = Truth(np.array([means, means]), np.array([means, means]))
    a, b = twin_publics(truth, 1000, rng=rng, replicates=20)
    found = truth_mirror(a, b)
    assert isinstance(found, Refused)
    assert found.reason == "collinear"
    assert found.found > 30


def test_items_that_do_not_differ_are_refused() -> None:
    side = Side(np.tile([[0.0], [1.0]], (6, 12)), np.tile([[0.2], [0.4]], (6, 12)), jackknife(12))
    assert isinstance(truth_mirror(side, side), Refused)


def test_missing_answers_leave_the_weights_where_they_are() -> None:
    rng = np.random.default_rng(16)
    a, b = twin_publics(mirrored_items(20, rng=rng), 1000, rng=rng, replicates=80)
    holes = [np.where(rng.uniform(size=side.own.shape) < 0.2, np.nan, side.other) for side in (a, b)]
    found = truth_mirror(replace(a, other=holes[0]), replace(b, other=holes[1]))
    assert isinstance(found, TruthMirror)
    assert found.truth.value == pytest.approx(0.35, abs=4 * found.truth.se)
    assert found.mirror.value == pytest.approx(0.4, abs=4 * found.mirror.se)
    assert found.items == 20


def test_a_ratio_with_a_clear_divisor_has_two_ends_and_an_unclear_one_says_so() -> None:
    clear = fieller(np.array([0.4, 0.8]), np.eye(2) * 1e-4, 30)
    assert clear.kind == "bounded"
    assert clear.low is not None
    assert clear.high is not None
    assert clear.low < 0.5 < clear.high
    half = fieller(np.array([0.4, 0.1]), np.eye(2) * 0.01, 30)
    assert half.kind == "outside"
    assert half.low is not None
    assert half.high is not None
    assert not half.low < 4.0 < half.high
    assert fieller(np.array([0.05, 0.02]), np.eye(2) * 0.01, 30).kind == "everything"


def test_fieller_holds_its_level_where_the_divisor_is_weak() -> None:
    rng = np.random.default_rng(17)
    hits = []
    for top, whole in rng.normal([0.3, 0.4], 0.2, (2000, 2)):
        r = fieller(np.array([top, whole]), np.eye(2) * 0.04, 1e6)
        if r.low is None or r.high is None:
            hits.append(True)
        else:
            inside = r.low <= 0.75 <= r.high
            hits.append(inside if r.kind == "bounded" else not inside)
    assert np.mean(hits) == pytest.approx(0.95, abs=0.015)


def test_who_knows_where_the_two_differ_has_differential_accuracy_and_who_guesses_has_not() -> None:
    rng = np.random.default_rng(18)
    own = rng.uniform(0.25, 0.75, (2, 30))
    knows = differential_accuracy(*twin_delegations(Truth(own, own[::-1].copy()), (12, 12), rng=rng))
    guesses = differential_accuracy(
        *twin_delegations(Truth(own, own + rng.uniform(-0.1, 0.1, (2, 30))), (30, 30), rng=rng)
    )
    assert not isinstance(knows, Refused)
    assert not isinstance(guesses, Refused)
    assert knows.estimate().low > 0.5
    assert guesses.estimate().low < 0 < guesses.estimate().high


def test_shared_noise_of_the_own_mean_is_no_differential_accuracy() -> None:
    rng = np.random.default_rng(19)
    found, plain = [], []
    for _ in range(60):
        own = rng.uniform(0.35, 0.65, (2, 20))
        estimate = own + rng.uniform(-0.2, 0.2, (2, 20))
        a, b = twin_delegations(Truth(own, estimate), (8, 8), rng=rng, projection=0.0)
        one = differential_accuracy(a, b)
        if not isinstance(one, Refused):
            found.append(one.value)
        gap = b.own.mean(axis=0) - a.own.mean(axis=0)
        plain.append(np.corrcoef(a.other.mean(axis=0) - a.own.mean(axis=0), gap)[0, 1])
    assert np.mean(plain) > 0.1
    assert abs(np.median(found)) < 0.1
