"""Episodes like a path: found where they were put, and told only where there are enough."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.models.episodes import AFTER, BEFORE, FEWEST, Rise, episodes
from visavis.models.simulate_scenario import world

BOTH = (Rise(0, 1, 1.5, 6), Rise(1, 1, 1.5, 6))
Counts = np.ndarray


def _quiet(pairs: int = 20, months: int = 96, seed: int = 1) -> tuple[Counts, Counts]:
    rng = np.random.default_rng(seed)
    acts = rng.poisson(np.array([4.0, 20.0, 40.0])[:, None, None], (3, 2 * pairs, months))
    acts[2] += acts[0] + acts[1]
    return acts, np.ones(months, bool)


def _thaw(acts: Counts, pair: int, start: int, months: int, less: int = 0) -> None:
    acts[1, 2 * pair : 2 * pair + 2, start : start + months] += 20
    if less:
        acts[0, 2 * pair : 2 * pair + 2, start + 6 : start + 18] = less
    acts[2] = np.maximum(acts[2], acts[0] + acts[1])


def test_a_thaw_is_found_at_its_start_with_the_months_it_lasted() -> None:
    acts, known = _quiet()
    _thaw(acts, 3, 50, 8)
    found = [e for e in episodes(acts, known, BOTH).found if e.pair == 3]
    assert [(e.swapped, e.ended) for e in found] == [(False, True)]
    assert abs(found[0].start - 50) <= 2
    assert 6 <= found[0].lasted <= 10


def test_one_that_goes_on_at_the_end_of_the_record_is_told_as_not_ended() -> None:
    acts, known = _quiet()
    _thaw(acts, 3, 86, 10)
    [one] = [e for e in episodes(acts, known, BOTH).found if e.pair == 3]
    assert not one.ended
    assert one.start + one.lasted == 96


def test_a_rise_of_one_side_alone_is_not_a_rise_of_both_and_is_found_by_either_side() -> None:
    acts, known = _quiet()
    acts[1, 7, 50:58] += 20
    acts[2] = np.maximum(acts[2], acts[0] + acts[1])
    assert not [e for e in episodes(acts, known, BOTH).found if e.pair == 3]
    found = [e for e in episodes(acts, known, BOTH[:1]).found if e.pair == 3]
    assert [e.swapped for e in found] == [True]


def test_a_fall_is_found_as_a_fall_and_not_as_a_rise() -> None:
    acts, known = _quiet()
    acts[1, 6:8, 50:60] = 2
    falls = episodes(acts, known, (Rise(0, 1, -1.5, 6), Rise(1, 1, -1.5, 6)))
    assert 3 in {e.pair for e in falls.found}
    assert 3 not in {e.pair for e in episodes(acts, known, BOTH).found if 46 <= e.start < 56}


def test_what_came_after_is_found_and_few_pairs_say_nothing() -> None:
    acts, known = _quiet(40)
    for pair in range(FEWEST + 6):
        _thaw(acts, pair, 40 + pair, 6, less=1)
    told = episodes(acts, known, BOTH)
    after = told.after[AFTER.index(6)]
    assert after is not None
    assert after.value == pytest.approx((1 - 4) / 64, abs=0.006)
    assert after.high < 0
    acts, known = _quiet(40)
    for pair in range(FEWEST - 5):
        _thaw(acts, pair, 40 + pair, 6, less=1)
    assert episodes(acts, known, BOTH).after == (None,) * len(AFTER)


def test_months_that_are_not_known_are_no_fall() -> None:
    acts, known = _quiet()
    known[50:56] = False
    acts[:, :, 50:56] = 0
    told = episodes(acts, known, (Rise(0, 1, -1.0, 3), Rise(1, 1, -1.0, 3)))
    assert not [e for e in told.found if 48 <= e.start < 56 + BEFORE]


def test_in_worlds_without_answers_nothing_comes_after() -> None:
    held, values = 0, []
    for seed in range(1, 11):
        pool = world(100, 100, rng=np.random.default_rng(seed)).pool
        told = episodes(pool.acts, pool.known, (Rise(0, 1, 0.7, 6), Rise(1, 1, 0.7, 6)))
        after = told.after[AFTER.index(6)]
        assert after is not None
        held += after.low <= 0 <= after.high
        values.append(after.value)
    assert held >= 7  # nine in ten are aimed at
    assert abs(np.mean(values)) < 0.003
