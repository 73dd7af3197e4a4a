from __future__ import annotations

import numpy as np
import pytest

from visavis.errors import UsageError
from visavis.models.accounts import FEWEST_STORIES, FEWEST_WEEKS, Tilt, scatter, tilt
from visavis.models.simulate_accounts import told_incidents

# As South Korea and Japan in the ICEWS daily files; as a pair told of much, mostly by third parties; few and bursty.
WORLDS = {
    "six months of a neighbourly pair": {"weeks": 25, "incidents": 3.0, "stories": (2.0, 2.0, 1.2), "echo": 1.5},
    "a pair told of by third parties": {"weeks": 25, "incidents": 5.0, "stories": (8.0, 3.0, 14.0), "echo": 2.0},
    "two bursty years": {"weeks": 100, "incidents": 2.0, "stories": (2.0, 2.0, 2.0), "echo": 3.0},
}


def found(world: dict[str, object], truth: float, runs: int, seed: int) -> list[Tilt]:
    """The press of the first country against third parties, in worlds with a known tilt."""
    rng = np.random.default_rng(seed)
    made = (told_incidents(**world, tilt=(truth, 1.0), rng=rng) for _ in range(runs))  # type: ignore[arg-type]
    found = [tilt(one[:, 0, ::-1], one[:, 2, ::-1], rng=rng, permutations=199) for one in made]
    return [one for one in found if one is not None]


@pytest.mark.parametrize("name", WORLDS)
def test_tellers_who_do_not_differ_are_seldom_told_apart(name: str) -> None:
    seen = found(WORLDS[name], 1.0, 300, 1)
    assert len(seen) > 250
    assert np.mean([one.more or one.less for one in seen]) <= 0.05 + 2 * (0.05 * 0.95 / len(seen)) ** 0.5
    assert np.mean([one.p <= 0.05 for one in seen]) <= 0.05 + 2 * (0.05 * 0.95 / len(seen)) ** 0.5


@pytest.mark.parametrize("name", WORLDS)
def test_the_interval_holds_a_planted_tilt_as_often_as_it_says(name: str) -> None:
    seen = found(WORLDS[name], 2.5, 300, 2)
    covered = np.mean([one.ratio.low <= 2.5 <= one.ratio.high for one in seen])
    assert 0.90 <= covered <= 0.985
    assert abs(np.median(np.log([one.ratio.value for one in seen])) - np.log(2.5)) < 0.2


def test_a_strong_tilt_is_found_where_there_are_stories_enough() -> None:
    seen = found(WORLDS["a pair told of by third parties"], 4.0, 60, 3)
    assert np.mean([one.more for one in seen]) > 0.9
    assert not any(one.less for one in seen)


def test_one_incident_told_many_times_in_one_week_is_not_taken_for_a_tilt() -> None:
    here, there = np.ones((12, 2), np.int64), np.ones((12, 2), np.int64)
    here[5, 0] = 60
    one = tilt(here, there, rng=np.random.default_rng(1))
    assert one is not None
    assert one.ratio.value > 4
    assert not one.more


def test_naming_the_sides_the_other_way_round_turns_the_ratio_over() -> None:
    made = told_incidents(weeks=40, incidents=3, stories=(3, 3, 3), tilt=(2, 1), rng=np.random.default_rng(5))
    one = tilt(made[:, 0], made[:, 2], rng=np.random.default_rng(1))
    two = tilt(made[:, 0, ::-1], made[:, 2, ::-1], rng=np.random.default_rng(1))
    assert one is not None
    assert two is not None
    assert one.ratio.value * two.ratio.value == pytest.approx(1)
    assert one.p == two.p


def test_too_few_stories_or_weeks_give_no_ratio() -> None:
    rng = np.random.default_rng(1)
    few_weeks = np.full((FEWEST_WEEKS - 1, 2), 10)
    assert tilt(few_weeks, few_weeks, rng=rng) is None
    few = np.zeros((20, 2), np.int64)
    few[: FEWEST_STORIES - 1, 0] = 1
    assert tilt(few, np.ones((20, 2), np.int64), rng=rng) is None


def test_what_is_not_shaped_as_weeks_and_sides_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\(3, 3\)"):
        tilt(np.zeros((3, 3), np.int64), np.zeros((3, 3), np.int64), rng=np.random.default_rng(1))
    with pytest.raises(UsageError, match="above 0"):
        told_incidents(weeks=1, incidents=0, stories=(1, 1, 1), rng=np.random.default_rng(1))


def test_shares_that_scatter_as_coins_do_have_a_scatter_of_about_one() -> None:
    rng = np.random.default_rng(1)
    n = np.full(400, 20)
    assert scatter(rng.binomial(20, 0.3, 400), n) == pytest.approx(1, abs=0.2)
    assert scatter(20 * rng.binomial(1, 0.3, 400), n) > 10
    assert scatter(np.zeros(5, np.int64), n[:5]) == 1.0
