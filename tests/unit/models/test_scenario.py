"""Paths on made-up worlds: nothing where nothing matters, the planted answer where one was planted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from visavis.models._answering_pool import Pool, pattern, unrelated
from visavis.models.scenario import Move, Outlook, outlook
from visavis.models.simulate_scenario import World, true_change, world

SUMMITS = (Move(0, 1, 5.0, 0.0, 1, 6), Move(1, 1, 5.0, 0.0, 1, 6))
ANSWERS = ((0.15, -0.15), (-0.1, 0.15))
STRONG = ((0.2, -0.25), (-0.1, 0.2))


def _look(made: World | Pool, moves: tuple[Move, ...] = SUMMITS, *, seed: int = 1, placebos: int = 6) -> Outlook:
    pool = made.pool if isinstance(made, World) else made
    found = outlook(pool, moves, 12, rng=np.random.default_rng(seed), placebos=placebos)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def calm() -> World:
    return world(30, 100, rng=np.random.default_rng(3))


@pytest.fixture(scope="module")
def answering() -> World:
    return world(30, 100, rng=np.random.default_rng(4), answer=STRONG)


def test_where_nothing_matters_a_path_shows_nothing(calm: World) -> None:
    found = _look(calm)
    assert found.p[:, 0].min() > 0.05
    assert max(abs(found.effects[way][0].value) for way in (0, 1)) < 0.02


def test_a_planted_answer_is_found_and_its_size_is_in_the_interval(answering: World) -> None:
    found = _look(answering)
    truth = true_change(answering, SUMMITS, 12, rng=np.random.default_rng(5))
    assert truth[0, 0] < -0.02
    for way in (0, 1):
        effect = found.effects[way][0]
        assert effect.low < truth[way, 0] < effect.high
        assert effect.high < 0


def test_a_path_that_states_nothing_changes_nothing(calm: World) -> None:
    found = _look(calm, (), placebos=2)
    assert [one.value for way in found.effects for one in way] == pytest.approx([0.0] * 4, abs=1e-12)
    assert np.allclose(found.along, found.no_change)
    assert np.allclose(found.placebo, 1)


def test_stated_acts_are_among_those_along_the_path_in_their_months_only(calm: World) -> None:
    found = _look(calm, (Move(0, 1, 7.0, 0.0, 2, 3),), placebos=0)
    more = (found.along - found.no_change).mean(axis=0)
    assert more[0, 1, 0] == pytest.approx(0)
    assert more[0, 1, 1:3] == pytest.approx([7, 7], abs=0.8)
    assert abs(more[0, 1, 4:]).max() < 2


def test_acts_that_stop_are_gone_and_come_back(calm: World) -> None:
    found = _look(calm, (Move(1, 0, 0.0, 1.0, 1, 4),), placebos=0)
    assert found.along[:, 1, 0, :4].max() == pytest.approx(0, abs=1e-9)
    assert found.along[:, 1, 0, 6:].mean() == pytest.approx(found.no_change[:, 1, 0, 6:].mean(), rel=0.2)


def test_swapping_the_sides_swaps_the_answer(answering: World) -> None:
    pool, one = answering.pool, (Move(0, 1, 5.0, 0.0, 1, 6),)
    turned = np.arange(pool.acts.shape[1]) ^ 1
    back = replace(pool, acts=pool.acts[:, turned], ends=pool.ends[turned], recorded=pool.recorded[:, turned])
    here, there = _look(pool, one, placebos=0), _look(back, (replace(one[0], way=1),), placebos=0)
    for way in (0, 1):
        assert here.effects[way][0].value == pytest.approx(there.effects[1 - way][0].value, rel=0.02, abs=0.001)


def test_the_same_seed_gives_the_same_figures(calm: World) -> None:
    assert _look(calm, seed=9, placebos=2).effects == _look(calm, seed=9, placebos=2).effects


def test_slopes_of_many_pairs_find_what_was_planted() -> None:
    made = world(70, 160, rng=np.random.default_rng(2), answer=ANSWERS, doubled=0.0)
    found = pattern(made.pool)
    assert found is not None
    lag_one = found.slopes.reshape(2, 6, 4)[:, 3:5, 0]  # by kind: the other's conflictual and cooperative acts
    assert lag_one == pytest.approx(np.array(ANSWERS), abs=0.05)


def test_too_few_pairs_or_months_give_nothing(calm: World) -> None:
    few = replace(calm.pool, acts=calm.pool.acts[:, :18], ends=calm.pool.ends[:18], recorded=calm.pool.recorded[:, :18])
    short = Pool(calm.pool.acts[:, :, :40], calm.pool.known[:40], calm.pool.ends, calm.pool.recorded[:, :, :40])
    for pool in (few, short):
        assert outlook(pool, SUMMITS, 12, rng=np.random.default_rng(1), placebos=0) is None


def test_an_unrelated_side_shares_no_country(calm: World) -> None:
    other = unrelated(calm.pool, np.random.default_rng(1))
    ends = calm.pool.ends
    assert not (ends[:, :, None] == ends[other][:, None, :]).any()


def test_ties_of_a_third_country_that_lead_the_pair_are_followed() -> None:
    warmer = (Move(-1, 0, 1.0, 0.0, 1, 6),)
    made = world(30, 100, rng=np.random.default_rng(7), third=0.15)
    truth = true_change(made, warmer, 12, rng=np.random.default_rng(8))
    found = _look(made, warmer, placebos=2)
    for way in (0, 1):
        effect = found.effects[way][0]
        assert 0 < effect.low < truth[way, 0] < effect.high
    unled = world(30, 100, rng=np.random.default_rng(7), third=0.0)
    assert abs(true_change(unled, warmer, 12, rng=np.random.default_rng(8))).max() == 0
    calm = _look(unled, warmer, placebos=2)
    assert calm.effects[0][0].low < 0 < calm.effects[0][0].high


def test_acts_that_stop_are_known_to_the_made_up_world(answering: World) -> None:
    stop, half = ((Move(0, 0, 0.0, part, 1, 6),) for part in (1.0, 0.5))
    whole, some = (true_change(answering, path, 12, rng=np.random.default_rng(9)) for path in (stop, half))
    assert whole[1, 0] < some[1, 0] < 0  # the other side has fewer conflictual acts to answer


def test_an_act_that_is_left_stands_for_those_that_mirrors_hide(answering: World) -> None:
    pool = answering.pool
    none = world(12, 40, rng=np.random.default_rng(1), doubled=0.0).pool
    assert none.mirrored == 0
    assert (none.stands == 1).all()
    assert pool.mirrored == pytest.approx(1 - 0.8 / 1.2, abs=0.06)  # one act in five is recorded for both sides
    assert pool.stands[:, :2] == pytest.approx(1.2 / 0.8, abs=0.25)
    hidden = replace(pool, recorded=pool.recorded * np.array([4, 1, 1])[:, None, None])
    assert (hidden.stands[0] == 2).all()  # by kind
    assert hidden.stands[1] == pytest.approx(pool.stands[1])


@pytest.mark.slow
def test_over_many_worlds_nothing_shows_nothing_and_planted_answers_are_covered() -> None:
    shown, held = 0, []
    for seed in range(10):
        for answer in (((0.0, 0.0), (0.0, 0.0)), ANSWERS):
            rng = np.random.default_rng(100 + seed)
            made = world(30, 100, rng=rng, answer=answer)
            truth = true_change(made, SUMMITS, 12, rng=rng, paths=200)
            found = _look(made, seed=seed)
            shown += not any(map(any, answer)) and bool(found.p[:, 0].min() <= 0.05)
            if any(map(any, answer)):
                held += [found.effects[w][0].low <= truth[w, 0] <= found.effects[w][0].high for w in (0, 1)]
    assert shown <= 3
    assert np.mean(held) >= 0.7
