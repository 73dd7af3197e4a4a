"""Gaps, states and understood differences: what is true is found, what is not known is undecided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from visavis.errors import NoDataError, UsageError
from visavis.models._perception import Both, side_means
from visavis.models.coorientation import Coorientation, Side, coorientation, state
from visavis.models.replicates import jackknife
from visavis.models.simulate_twins import Truth, items_in_states, mirrored_items, twin_delegations, twin_publics

FOUR = [("consensus", "consensus"), ("dissensus", "dissensus"), ("dissensus", "false consensus")]
FOUR += [("false conflict", "consensus")]
SHARP = jackknife(400)


def _twins(kind: str, truth: Truth, n: int, rng: np.random.Generator) -> tuple[Side, Side]:
    if kind == "publics":
        return twin_publics(truth, n, rng=rng, replicates=150)
    return twin_delegations(truth, (n, n), rng=rng)


def _sure(own_a: float, guess_a: float, own_b: float, guess_b: float, **more: float) -> Coorientation:
    """One item without doubt: 400 people a side who hardly scatter."""
    wave = np.tile([-0.01, 0.01], 200)[:, None]
    extra = {name[:-2]: value + wave for name, value in more.items() if name.endswith("_a")}
    a, b = Side(own_a + wave, guess_a + wave, SHARP, **extra), Side(own_b + wave, guess_b + wave, SHARP)
    return coorientation(a, b, rng=np.random.default_rng(1))


@pytest.mark.parametrize(
    ("guess_a", "guess_b", "states", "understood"),
    [
        (0.7, 0.3, ("dissensus", "dissensus"), "holds"),
        (0.35, 0.3, ("false consensus", "dissensus"), "does not hold"),
        (0.02, 0.3, ("dissensus", "dissensus"), "does not hold"),
        (0.95, 0.3, ("dissensus", "dissensus"), "does not hold"),
    ],
)
def test_states_and_understanding_of_a_clear_difference(
    guess_a: float, guess_b: float, states: tuple[str, str], understood: str
) -> None:
    found = _sure(0.31, guess_a, 0.7, guess_b)
    view = found.items[0]
    assert (view.a.state, view.b.state) == states
    assert view.understood == understood
    assert found.odds.understood[0] == pytest.approx(1 if understood == "holds" else 0, abs=0.001)
    assert found.headline.value == pytest.approx(found.odds.understood[0])


def test_a_difference_that_is_only_imagined_is_false_conflict() -> None:
    view = _sure(0.5, 0.8, 0.51, 0.5).items[0]
    assert (view.a.state, view.b.state, view.understood) == ("false conflict", "consensus", "does not hold")


def test_every_figure_of_one_side_is_what_its_definition_says() -> None:
    found = _sure(0.3, 0.6, 0.7, 0.35, own_people_a=0.4, felt_a=0.2).items[0]
    a = found.a
    assert found.gap.value == pytest.approx(0.4)
    assert found.agreement.value == pytest.approx(0.6)
    assert found.agreement.low < 0.6 < found.agreement.high
    assert (a.against, found.b.against) == ("own people", "own view")
    assert a.perceived.value == pytest.approx(0.6 - 0.4)
    assert found.b.perceived.value == pytest.approx(0.35 - 0.7)
    assert a.bias.value == pytest.approx(0.6 - 0.7)
    assert a.exaggeration is not None
    assert a.exaggeration.value == pytest.approx(0.2 - 0.4)
    assert found.b.exaggeration is not None
    assert found.b.exaggeration.value == pytest.approx(0.35 - 0.4)
    assert a.congruency is not None
    assert a.congruency.value == pytest.approx(1 - 0.3)
    assert a.accuracy.value == pytest.approx(1 - 0.1, abs=0.001)
    assert a.ignorance is not None
    assert a.ignorance.value == pytest.approx(0.4 - 0.3)
    assert a.being_understood.value == pytest.approx(0.35 - 0.3)
    assert a.feeling_understood is not None
    assert a.feeling_understood.value == pytest.approx(0.2 - 0.3)
    assert a.realised is not None
    assert a.realised.value == pytest.approx(0.2 - 0.35)
    assert found.b.ignorance is None
    assert a.mse.value == pytest.approx(0.01 + 0.0001, abs=1e-5)


def test_swapping_the_sides_changes_order_and_sign_alone() -> None:
    rng = np.random.default_rng(2)
    a, b = twin_delegations(items_in_states(FOUR * 2, rng=rng), (8, 7), rng=rng)
    one, two = coorientation(a, b, rng=rng), coorientation(b, a, rng=rng)
    for view, other in zip(one.items, two.items, strict=True):
        assert view.gap.value == pytest.approx(-other.gap.value)
        assert view.gap.se == pytest.approx(other.gap.se)
        assert (view.a.state, view.b.state, view.understood) == (other.b.state, other.a.state, other.understood)
        assert view.a.mse.value == pytest.approx(other.b.mse.value)
    assert one.odds.crossed == pytest.approx(np.swapaxes(two.odds.crossed, 1, 2), abs=0.03)


@pytest.mark.parametrize("items", [8, 20])
def test_swapping_the_sides_mirrors_probabilities_and_headline(items: int) -> None:
    rng = np.random.default_rng(12)
    a, b = twin_delegations(items_in_states((FOUR * 5)[:items], rng=rng), (8, 7), rng=rng)
    one, two = (coorientation(*pair, rng=np.random.default_rng(1)) for pair in ((a, b), (b, a)))
    assert one.odds.crossed == pytest.approx(np.swapaxes(two.odds.crossed, 1, 2), abs=0.02)
    assert one.odds.understood == pytest.approx(two.odds.understood, abs=0.02)
    assert one.headline.value == pytest.approx(two.headline.value, abs=0.005)
    assert (one.headline.low, one.headline.high) == (two.headline.low, two.headline.high)


@pytest.mark.parametrize("items", [8, 20])
def test_probabilities_hardly_depend_on_the_draws(items: int) -> None:
    rng = np.random.default_rng(13)
    pair = twin_delegations(mirrored_items(items, rng=rng), (10, 10), rng=rng)
    odds = [coorientation(*pair, rng=np.random.default_rng(seed)).odds for seed in range(6)]
    for name in ("a", "b", "understood"):
        scatter = np.std([getattr(one, name) for one in odds], axis=0, ddof=1)
        assert np.sqrt(np.mean(scatter**2)) < 0.006, name
        assert scatter.max() < 0.018, name


def test_probabilities_of_the_states_add_up_and_keep_the_identity_of_bias_and_gaps() -> None:
    rng = np.random.default_rng(3)
    found = coorientation(*twin_delegations(items_in_states(FOUR * 3, rng=rng), (8, 8), rng=rng), rng=rng)
    assert found.odds.crossed.sum(axis=(1, 2)) == pytest.approx(1)
    assert found.odds.a == pytest.approx(found.odds.crossed.sum(axis=2))
    # the gap is there for both or for neither, whatever they perceive
    assert found.odds.crossed[:, [0, 0, 3, 3], [1, 2, 1, 2]].max() == 0
    assert (found.odds.understood <= found.odds.crossed[:, 1, 1] + 1e-12).all()


@pytest.mark.parametrize(("kind", "n", "runs", "least"), [("publics", 1000, 12, 0.93), ("delegations", 8, 25, 0.93)])
def test_intervals_of_gaps_and_biases_hold_the_truth(kind: str, n: int, runs: int, least: float) -> None:
    rng = np.random.default_rng(4)
    held: dict[str, list[bool]] = {"gap": [], "perceived": [], "bias": []}
    for _ in range(runs):
        truth = items_in_states(FOUR * 5, rng=rng)
        for view in coorientation(*_twins(kind, truth, n, rng), rng=rng, draws=200).items:
            for side, seen in enumerate((view.a, view.b)):
                bias = truth.estimate[side] - truth.own[1 - side]
                for name, true in (("gap", truth.gap[side]), ("perceived", truth.perceived[side]), ("bias", bias)):
                    ends = getattr(seen, name).estimate()
                    held[name].append(bool(ends.low <= true[view.item] <= ends.high))
    for name, hits in held.items():
        assert np.mean(hits) >= least - 2 * np.sqrt(0.05 / len(hits)), name
        assert np.mean(hits) <= 0.985, name


@pytest.mark.parametrize(("kind", "n", "runs"), [("publics", 1000, 8), ("delegations", 12, 15)])
@pytest.mark.parametrize(("gap", "seen"), [(0.1, 0.0), (0.25, 0.1), (0.1, 0.1)])
def test_false_consensus_is_claimed_falsely_at_most_one_time_in_twenty(
    kind: str, n: int, runs: int, gap: float, seen: float
) -> None:
    rng = np.random.default_rng(5)
    claims = []
    for _ in range(runs):
        first = rng.uniform(0.3, 0.45, 20)
        truth = Truth(np.array([first, first + gap]), np.array([first + seen, first + gap - seen]))
        found = coorientation(*_twins(kind, truth, n, rng), rng=rng, draws=100)
        claims += [side.state == "false consensus" for view in found.items for side in (view.a, view.b)]
    assert np.mean(claims) <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / len(claims))


def test_publics_states_are_found_and_the_headline_is_near_the_truth() -> None:
    rng = np.random.default_rng(6)
    truth = items_in_states(FOUR * 5, rng=rng)
    found = coorientation(*twin_publics(truth, 1000, rng=rng, replicates=200), rng=rng)
    names, understood = truth.states(0.1)
    seen = [(view.a.state, view.b.state) for view in found.items]
    right = [
        s == name
        for pair, both in zip(seen, zip(*names, strict=True), strict=True)
        for s, name in zip(pair, both, strict=True)
    ]
    wrong = [
        s not in (name, "undecided")
        for pair, both in zip(seen, zip(*names, strict=True), strict=True)
        for s, name in zip(pair, both, strict=True)
    ]
    assert np.mean(right) > 0.85
    assert not any(wrong)
    assert found.headline.low <= understood.mean() <= found.headline.high
    assert found.headline.value == pytest.approx(understood.mean(), abs=0.1)


def test_a_small_delegation_leaves_single_items_undecided_but_says_how_likely() -> None:
    rng = np.random.default_rng(7)
    truth = items_in_states([("false consensus", "false consensus")] * 20, rng=rng, far=0.2)
    found = coorientation(*twin_delegations(truth, (8, 8), rng=rng), rng=rng)
    assert sum(view.a.state == "undecided" for view in found.items) >= 19
    assert found.odds.a[:, 2].mean() > 0.4
    assert found.headline.value < 0.15


def test_pooling_brings_the_headline_of_small_delegations_nearer_the_truth() -> None:
    rng = np.random.default_rng(8)
    pooled, alone = [], []
    for _ in range(12):
        truth = items_in_states([("dissensus", "dissensus")] * 18, rng=rng)
        a, b = twin_delegations(truth, (8, 8), rng=rng)
        pooled.append(coorientation(a, b, rng=rng, draws=500).headline.value)
        halves = [
            coorientation(*(Side(s.own[:, at], s.other[:, at], s.replicates) for s in (a, b)), rng=rng, draws=500)
            for at in (slice(0, 9), slice(9, 18))
        ]
        alone.append(np.mean([half.headline.value for half in halves]))
    assert np.mean(pooled) > np.mean(alone) + 0.05


def test_unanimous_answers_of_a_few_are_not_certain() -> None:
    ones, guess = np.ones((6, 1)), np.linspace(0.9, 1, 6)[:, None]
    found = coorientation(
        Side(ones, guess, jackknife(6)), Side(ones, guess, jackknife(6)), rng=np.random.default_rng(9)
    )
    assert found.items[0].gap.se > 0.08
    assert found.items[0].compared == "undecided"


@pytest.mark.parametrize(
    ("people", "first", "second"), [(8, 0.1, 0.1), (20, 0.1, 0.1), (20, 0.1, 0.3), (50, 0.05, 0.1)]
)
def test_shares_of_yes_in_small_groups_are_covered(people: int, first: float, second: float) -> None:
    rng = np.random.default_rng(14)
    own, gaps = [], []
    guess = np.tile(np.linspace(0.4, 0.6, people)[:, None], (1, 300))
    for _ in range(2):
        yes = [(rng.uniform(size=(people, 300)) < p).astype(float) for p in (first, second)]
        means = [side_means(Side(one, guess, jackknife(people)), one.mean(axis=0), np.arange(300)) for one in yes]
        pair = Both(*means)
        for item in range(300):
            one = pair.figure({("a", "own"): 1.0}, item).estimate()
            gap = pair.figure({("b", "own"): 1.0, ("a", "own"): -1.0}, item).estimate()
            assert one.value == pytest.approx(yes[0][:, item].mean())
            own.append(one.low <= first <= one.high)
            gaps.append(gap.low <= second - first <= gap.high)
    assert np.mean(own) >= 0.93
    assert np.mean(gaps) >= 0.93


def test_items_that_hardly_anybody_answered_are_left_out_and_named() -> None:
    rng = np.random.default_rng(10)
    a, b = twin_delegations(items_in_states(FOUR, rng=rng), (8, 8), rng=rng)
    holes = a.other.copy()
    holes[1:, 2] = np.nan
    holes[:4, 1] = np.nan
    found = coorientation(replace(a, other=holes), b, rng=rng)
    assert found.left_out == (2,)
    assert [view.item for view in found.items] == [0, 1, 3]
    assert found.items[1].fewest == 4
    assert found.items[1].a.estimate.df == 3
    empty = replace(a, other=np.full_like(a.other, np.nan))
    with pytest.raises(NoDataError, match="List the answers"):
        coorientation(empty, b, rng=rng)


def test_squared_error_has_no_sampling_noise_in_it() -> None:
    rng = np.random.default_rng(11)
    truth = Truth(np.full((2, 20), 0.5), np.full((2, 20), 0.5))
    biases = []
    for _ in range(20):
        found = coorientation(*twin_delegations(truth, (6, 6), rng=rng), rng=rng, draws=100)
        biases += [side.bias_squared for view in found.items for side in (view.a, view.b)]
    assert abs(np.mean(biases)) < 4 * np.std(biases) / np.sqrt(len(biases) / 4)
    assert min(biases) < 0


def test_same_and_differs_are_claimed_by_one_sided_tests_at_5_percent() -> None:
    se = 3.0 / 196
    assert [state(x, se, 1e6, 0.1) for x in (0.29, 0.08, 0.074, -0.13, -0.12)] == [
        "differs",
        "undecided",
        "same",
        "differs",
        "undecided",
    ]
    assert state(0.02, 0.03, 5, 0.1) == "same"
    assert state(0.02, 0.03, 1, 0.1) == "undecided"
    with pytest.raises(UsageError, match="margin"):
        state(0.1, 0.1, 5, 10)


def test_answers_outside_0_to_1_or_of_another_shape_are_refused() -> None:
    with pytest.raises(UsageError, match="recoded"):
        Side(np.full((3, 2), 5.0), np.full((3, 2), 0.5), jackknife(3))
    with pytest.raises(UsageError, match="shape"):
        Side(np.full((3, 2), 0.5), np.full((3, 1), 0.5), jackknife(3))
