"""Curves of spells recover what is known of made-up ones, with late entry, unfinished spells and shared luck."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from visavis.errors import UsageError
from visavis.models.simulate_spells import share_running, simulated_spells
from visavis.models.survival import FEWEST, Spells, at_risk, incidence, lasting, median, value_at

AGE = 5.0


def made(seed: int, mechanisms: int = 33, **how: object) -> Spells:
    return simulated_spells(mechanisms, scale=8, rng=np.random.default_rng(seed), **how)  # type: ignore[arg-type]


def entered_at_once(spells: Spells) -> Spells:
    """The same spells as if each had been watched from its start: the mistake that delayed entry guards against."""
    return Spells.of(np.zeros(len(spells)), spells.exit, spells.cause, mechanism=spells.mechanism.tolist())


def checked(runs: int, **how: object) -> tuple[float, float]:
    """Coverage and bias of the share running at five years."""
    inside, off = [], []
    frailty = float(how.get("frailty", 0))  # type: ignore[arg-type]
    for seed in range(runs):
        curve = lasting(made(seed, **how))  # type: ignore[arg-type]
        found = value_at(curve, AGE)
        if found is None:
            continue
        truth = share_running(AGE, scale=8, frailty=frailty) / share_running(curve.start, scale=8, frailty=frailty)
        inside.append(found.low <= truth <= found.high)
        off.append(found.value - truth)
    assert len(inside) > 0.95 * runs
    return float(np.mean(inside)), float(np.mean(off))


def test_the_curve_is_the_one_worked_out_by_hand() -> None:
    # 5 spells from their start; at 2 one of 5 ends, at 4 one of 3, at 6 the last one.
    curve = lasting(Spells.of([0] * 5, [2, 3, 4, 5, 6], [1, 0, 1, 0, 1]))
    assert curve.ages.tolist() == [0, 2, 4, 6]
    assert curve.at_risk.tolist() == [5, 5, 3, 1]
    assert curve.value == pytest.approx([1, 4 / 5, 4 / 5 * 2 / 3, 0])
    # Greenwood at 4: 1/(5*4) + 1/(3*2); one mechanism each, so no sum over mechanisms is larger than it by much.
    assert curve.low[2] < curve.value[2] < curve.high[2]


def test_late_entries_are_at_risk_only_from_the_age_at_which_they_came_under_observation() -> None:
    spells = Spells.of([0, 0, 0, 3, 3], [2, 5, 6, 4, 7], [1, 0, 0, 1, 0])
    assert [at_risk(spells, a) for a in (1, 2, 3.5, 4)] == [3, 3, 4, 4]
    assert lasting(spells).value == pytest.approx([1, 2 / 3, 2 / 3 * 3 / 4])


def test_the_curve_begins_where_enough_spells_are_under_observation() -> None:
    spells = Spells.of([0, 4, 4, 4, 4], [2, 9, 8, 7, 6], [1, 1, 1, 0, 1])
    curve = lasting(spells)
    assert curve.start == 2.0, "the one spell seen from its start would put the whole curve at 0"
    assert curve.at_risk[1] >= FEWEST
    assert value_at(curve, 1.0) is None


@pytest.mark.parametrize(
    "how",
    [
        {"window": (0.0, 60.0)},
        {"window": (40.0, 60.0)},
        {"window": (0.0, 60.0), "frailty": 1.0, "spells": 2},
    ],
    ids=["seen from the start", "entered late", "spells of one mechanism share their luck"],
)
def test_nine_intervals_in_ten_hold_the_true_share(how: dict[str, object]) -> None:
    covered, off = checked(300, **how)
    assert 0.83 <= covered <= 0.97
    assert abs(off) < 0.03


@pytest.mark.parametrize("mechanisms", [20, 33, 60])
def test_nine_intervals_in_ten_hold_the_true_share_for_few_and_for_many(mechanisms: int) -> None:
    for window in ((0.0, 60.0), (40.0, 60.0)):
        covered, off = checked(500, mechanisms=mechanisms, window=window)
        assert 0.855 <= covered <= 0.945
        assert abs(off) < 0.02


def test_without_delayed_entry_ties_look_longer_than_they_are() -> None:
    off = [value_at(lasting(entered_at_once(made(seed))), AGE) for seed in range(100)]
    truth = share_running(AGE, scale=8)
    assert np.mean([e.value - truth for e in off if e]) > 0.06


def test_the_median_is_covered_and_open_where_it_was_not_reached() -> None:
    true = brentq(lambda age: share_running(age, scale=8) - 0.5, 0.1, 50)
    inside = []
    for seed in range(150):
        _, low, high = median(lasting(made(seed, window=(0.0, 60.0))))
        inside.append((low or 0) <= true <= (high or np.inf))
    assert 0.83 <= np.mean(inside) <= 0.97
    assert median(lasting(Spells.of([0] * 9, [9] * 9, [0] * 9))) == (None, None, None)


def test_where_none_has_ended_the_interval_is_that_of_none_of_so_many() -> None:
    curve = lasting(Spells.of([0] * 9, [4] * 9, [0] * 9))
    found = value_at(curve, 4)
    assert found is not None
    assert found.value == 1
    assert found.low == pytest.approx(0.05 ** (1 / 9))


def test_competing_ends_add_up_to_all_that_ended() -> None:
    spells = made(3, causes=(0.6, 0.3, 0.1), window=(0.0, 60.0))
    ended = sum(incidence(spells, cause).value for cause in (1, 2, 3))
    assert ended == pytest.approx(1 - lasting(spells).value)


def test_the_share_ended_one_way_is_covered_and_taking_others_as_lost_overstates_it() -> None:
    inside, off, naive = [], [], []
    truth = 0.3 * (1 - share_running(AGE, scale=8))
    for seed in range(100):
        spells = made(seed, causes=(0.7, 0.3), window=(0.0, 60.0))
        found = value_at(incidence(spells, 2), AGE)
        assert found is not None
        inside.append(found.low <= truth <= found.high)
        off.append(found.value - truth)
        alone = value_at(lasting(Spells.of(spells.entry, spells.exit, np.where(spells.cause == 2, 1, 0))), AGE)
        naive.append(1 - (alone.value if alone else 1.0) - truth)
    assert 0.83 <= np.mean(inside) <= 0.97
    assert abs(np.mean(off)) < 0.02
    assert np.mean(naive) > 0.02


def test_spells_of_one_mechanism_widen_the_interval() -> None:
    lengths = [1, 1, 1, 2, 2, 2, 8, 8, 8, 9, 9, 9]
    apart = value_at(lasting(Spells.of([0] * 12, lengths, [1] * 12)), 5)
    together = value_at(lasting(Spells.of([0] * 12, lengths, [1] * 12, mechanism=[x // 3 for x in range(12)])), 5)
    assert apart is not None
    assert together is not None
    assert apart.value == together.value
    assert together.high - together.low > 1.3 * (apart.high - apart.low)


@pytest.mark.parametrize(
    ("entry", "leaving"), [([0.0], [0.0]), ([3.0], [2.0]), ([-1.0], [2.0]), ([0.0], [np.nan]), ([0.0, 0.0], [1.0])]
)
def test_spells_without_a_length_are_refused(entry: list[float], leaving: list[float]) -> None:
    with pytest.raises(UsageError):
        Spells.of(entry, leaving, [0] * len(leaving))


def test_no_spells_are_refused() -> None:
    with pytest.raises(UsageError, match="no spell"):
        lasting(Spells.of([], [], []))
