"""The made-up twins are what they say: means, states, weights and design effects."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.errors import UsageError
from visavis.models.simulate_twins import (
    Truth,
    items_in_states,
    mirrored_items,
    pulled_to_the_middle,
    twin_delegations,
    twin_publics,
)


def test_estimates_follow_truth_and_mirror_with_the_weights_told() -> None:
    truth = mirrored_items(200, rng=np.random.default_rng(1), t=0.3, p=0.5, shift=0.05)
    for side in (0, 1):
        x = np.column_stack([np.ones(200), truth.own[1 - side], truth.own[side]])
        slopes = np.linalg.lstsq(x, truth.estimate[side], rcond=None)[0]
        assert slopes[1:] == pytest.approx([0.3, 0.5])


def test_items_have_the_states_asked_for() -> None:
    wanted = [
        ("consensus", "false conflict"),
        ("dissensus", "dissensus"),
        ("false consensus", "dissensus"),
        ("false consensus", "false consensus"),
    ]
    truth = items_in_states(wanted * 10, rng=np.random.default_rng(2))  # type: ignore[arg-type]
    (first, second), understood = truth.states(0.1)
    assert list(zip(first, second, strict=True)) == wanted * 10
    assert understood.tolist() == [False, True, False, False] * 10


def test_a_difference_seen_the_wrong_way_round_is_not_understood() -> None:
    truth = Truth(np.array([[0.3], [0.6]]), np.array([[0.0], [0.3]]))
    (first, _), understood = truth.states(0.1)
    assert first == ("dissensus",)
    assert not understood[0]


def test_contradictory_states_are_refused() -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        items_in_states([("consensus", "dissensus")], rng=np.random.default_rng(3))


@pytest.mark.parametrize("kind", ["delegations", "publics"])
def test_means_over_many_people_are_the_truth_and_nothing_leaves_0_to_1(kind: str) -> None:
    rng = np.random.default_rng(4)
    truth = mirrored_items(12, rng=rng)
    sides = (
        twin_delegations(truth, (4000, 4000), rng=rng)
        if kind == "delegations"
        else twin_publics(truth, 20_000, rng=rng, replicates=2)
    )
    for side, own, estimate in zip(sides, truth.own, truth.estimate, strict=True):
        assert side.own.mean(axis=0) == pytest.approx(own, abs=0.02)
        assert side.other.mean(axis=0) == pytest.approx(estimate, abs=0.02)
        assert side.other.min() >= 0
        assert side.other.max() <= 1


def test_a_public_has_about_the_design_effect_asked_for() -> None:
    rng = np.random.default_rng(5)
    truth = Truth(np.full((2, 20), 0.5), np.full((2, 20), 0.5))
    means = []
    for _ in range(150):
        for side in twin_publics(truth, 1000, rng=rng, replicates=2):
            means.append(side.replicates.weights @ side.own / side.replicates.weights.sum())
    assert np.var(means) / (0.25 / 1000) == pytest.approx(1.5, abs=0.15)


def test_the_pull_to_the_middle_keeps_order_and_halves_logits() -> None:
    truth = Truth(np.array([[0.1, 0.5], [0.8, 0.4]]), np.array([[0.8, 0.5], [0.1, 0.6]]))
    pulled = pulled_to_the_middle(truth, 0.5)
    odds = [np.log(e / (1 - e)) for e in (truth.estimate, pulled.estimate)]
    assert odds[1] == pytest.approx(odds[0] / 2)


def test_settings_that_would_need_clipping_are_refused() -> None:
    truth = Truth(np.array([[0.9], [0.9]]), np.array([[0.05], [0.05]]))
    with pytest.raises(UsageError, match="leave 0 to 1"):
        twin_publics(truth, 200, rng=np.random.default_rng(6), projection=0.5, replicates=2)
    with pytest.raises(UsageError, match="design effect"):
        twin_publics(truth, 200, rng=np.random.default_rng(6), deff=9)
