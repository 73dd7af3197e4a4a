"""Turns of ties are found where they are, effects are recovered, and nothing is told where nothing is."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from visavis.models.opening import APART, FEWEST_TURNS, begun, detectable, opening, turns
from visavis.models.projection import plain
from visavis.models.simulate_opening import made_opening

STEPS, MARGIN = (1, 12), 0.05


def asked(made, countries, sign=-1):
    placebos = [made.seen(sign, *two) for two in combinations(range(2, countries), 2)]
    return opening(made.row(0, 1), made.seen(sign, 0, 1), placebos, steps=STEPS, margin=MARGIN, apart=countries - 2)


def test_a_thaw_is_dated_where_the_share_falls_and_a_chill_where_it_rises():
    share = np.r_[np.full(30, 0.1), np.full(30, -0.2), np.full(30, 0.1)]
    assert turns(share, -1).tolist() == [31]
    assert turns(share, 1).tolist() == [61]
    assert begun(share, -1).sum() == 1


def test_turns_of_one_tie_lie_apart_and_none_is_told_where_little_is_known():
    rng = np.random.default_rng(1)
    share = rng.normal(0, 0.1, 300)
    assert np.diff(turns(share, -1)).min() >= APART
    share[rng.random(300) < 0.7] = np.nan
    assert len(turns(share, -1)) < 4
    assert turns(np.full(40, np.nan), 1).tolist() == []


def test_a_turn_rests_on_no_later_period():
    share = np.random.default_rng(2).normal(0, 0.1, 120)
    later = share.copy()
    later[80:] += 0.01 * np.random.default_rng(3).normal(size=40)
    first, second = (set(turns(x, -1)[turns(x, -1) < 80]) for x in (share, later))
    assert first == second


def test_what_is_held_equal_changes_an_effect_that_came_from_it():
    rng = np.random.default_rng(4)
    cause = rng.normal(size=200)
    seen = cause + rng.normal(0, 0.5, 200)
    outcome = np.roll(cause, 1) + rng.normal(0, 0.3, 200)
    without, given = (plain(outcome, seen, (1, 1), given=g) for g in ((), (cause,)))
    assert without[0] > 0.5
    assert abs(given[0]) < 0.15


def test_a_planted_opening_is_recovered_and_its_interval_holds_it():
    rng = np.random.default_rng(5)
    found = [asked(made_opening(12, 132, 25, rng=rng, effect=-0.04), 12) for _ in range(8)]
    assert abs(np.mean([f.effect.value for f in found]) + 0.04) < 0.01
    assert sum(f.effect.low <= -0.04 <= f.effect.high for f in found) >= 6
    assert sum(f.p <= 0.05 / 3 for f in found) >= 5


def test_nothing_is_told_where_nothing_follows():
    rng = np.random.default_rng(6)
    found = [asked(made_opening(12, 132, 25, rng=rng, ar=ar), 12, sign) for ar in (0.5, 0.8) for sign in (-1, 1)
             for _ in range(3)]  # fmt: skip
    assert sum(f.p <= 0.05 / 3 for f in found) <= 2
    assert sum(f.effect.low <= 0 <= f.effect.high for f in found) >= 8


def test_the_power_grows_with_the_effect_asked_for():
    made = made_opening(12, 132, 25, rng=np.random.default_rng(7))
    found, seen = asked(made, 12), made.seen(-1, 0, 1)
    powers = [detectable(made.row(0, 1), seen, found, steps=STEPS, margin=m, alarm=0.05) for m in (0.0, 0.02, 0.1)]
    assert powers[0] <= powers[1] <= powers[2]
    assert powers[0] < 0.2
    assert powers[2] > 0.8


def test_too_few_turns_placebos_or_periods_say_nothing():
    made = made_opening(12, 132, 25, rng=np.random.default_rng(8))
    pair, seen = made.row(0, 1), made.seen(-1, 0, 1)
    placebos = [made.seen(-1, *two) for two in combinations(range(2, 12), 2)]
    few = np.where(np.cumsum(seen) < FEWEST_TURNS, seen, 0)
    kinds = {"steps": STEPS, "margin": MARGIN}
    assert opening(pair, few, placebos, **kinds, apart=10) is None
    assert opening(pair, seen, placebos[:5], **kinds, apart=10) is None
    assert opening(pair, seen, placebos, **kinds, apart=4) is None
    assert opening(pair[:40], seen[:40], [p[:40] for p in placebos], **kinds, apart=10) is None


@pytest.mark.parametrize("sign", [-1, 1])
def test_turning_the_sign_of_all_shares_turns_thaws_into_chills(sign):
    share = np.random.default_rng(9).normal(0, 0.1, 150)
    assert turns(share, sign).tolist() == turns(-share, -sign).tolist()
