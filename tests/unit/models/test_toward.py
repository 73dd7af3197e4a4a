"""Both sides toward a third country: what is the same, what differs, and what cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.errors import UsageError
from visavis.models.simulate_mixes import EQUAL, shuffled_shares, two_mixes
from visavis.models.toward import toward

# DYNAMICS 0.5, as printed there: acts so many that the interval of the difference is as wide as it was found to be.
PRINTED = {
    "2003 to 2007": ((99, 0.202), (233, 0.103), "undecided"),
    "2008 to 2014": ((109, 0.220), (273, 0.249), "undecided"),
    "2018": ((298, 0.434), (1193, 0.196), "differs"),
}


def side(acts: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """Acts of which a share is pressure and the rest dialogue; attention and what is received as of the other side."""
    dealt = shuffled_shares(acts, share, blocks=60, rng=rng)
    rest = np.tile([10, 1], (60, 1))
    return np.column_stack([dealt[:, 0], 10 * dealt[:, 0], rest, dealt[:, 0] - dealt[:, 1], dealt[:, 1]])


@pytest.mark.parametrize("period", PRINTED)
def test_periods_with_the_shares_printed_come_out_as_they_must_at_ten_points(period):
    first, second, must = PRINTED[period]
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found = toward(side(*first, rng), side(*second, rng), np.arange(60) // 12)
        assert (found.dialogue.state, found.pressure.state, found.answer) == (must, must, must)
        assert found.problem == "same"
        if must == "undecided":
            assert found.pressure.gap is not None
            reach = (found.pressure.gap.high - found.pressure.gap.low) / 2 * 1.96 / 1.645
            assert reach == pytest.approx(0.0915, rel=0.35)  # as wide as printed


def simulated(seed: int, gap: float, level: float, **shape: object):
    other = (0.15, 0.05, 0.40 - gap, 0.25, 0.05, 0.04 + gap, 0.03, 0.03)
    a, b, month = two_mixes((EQUAL, other), rng=np.random.default_rng(seed), drift=1e6, **shape)  # type: ignore[arg-type]
    rows = [
        np.column_stack([x.sum(axis=1), 9 * x.sum(axis=1) + 9, x.sum(axis=1), x[:, 5], x[:, 2:4].sum(axis=1), x[:, 5]])
        for x in (a, b)
    ]
    return toward(rows[0], rows[1], month, level=level)


@pytest.mark.parametrize(
    "shape",
    [{}, {"acts": (6.0, 1.0), "weeks": 200, "months": 46}, {"bursts": (4.0, 4.0)}],
    ids=["nine months", "years, few acts", "bursts"],
)
def test_intervals_of_a_known_gap_hold_it_as_often_as_they_say(shape):
    for level, low, high in ((0.95, 0.90, 0.985), (0.9, 0.84, 0.96)):
        found = [simulated(seed, 0.15, level, **shape) for seed in range(250)]
        held = np.mean([f.dialogue.gap.low <= -0.15 <= f.dialogue.gap.high for f in found if f.dialogue.gap])
        assert low <= held <= high


def test_equal_shares_are_never_called_different_and_often_the_same():
    found = [simulated(seed, 0.0, 0.9, acts=(60.0, 60.0)) for seed in range(150)]
    assert sum(f.answer == "differs" for f in found) == 0
    assert sum(f.answer == "same" for f in found) > 50


def test_a_gap_at_the_margin_is_called_neither_more_than_one_in_ten_times():
    found = [simulated(seed, 0.1, 0.9) for seed in range(250)]
    for state in ("same", "differs"):
        assert np.mean([f.dialogue.state == state for f in found]) <= 0.05 + 2 * (0.05 * 0.95 / 250) ** 0.5 + 0.01


def test_no_pressure_in_sixty_acts_is_not_held_for_sure():
    none = np.tile([2, 20, 2, 0, 2, 0], (30, 1))
    found = toward(none, none, np.arange(30) // 4)
    assert found.pressure.gap is not None
    assert found.pressure.gap.high > 0.02


def test_attention_differs_beyond_twice_and_not_within():
    few, many = (np.tile([n, 100, 20, 2, n, 0], (40, 1)) for n in (10, 13))
    assert toward(few, many, np.arange(40) // 4).attention.state == "same"
    many = np.tile([50, 100, 20, 2, 50, 0], (40, 1))
    found = toward(few, many, np.arange(40) // 4)
    assert (found.attention.state, found.problem, found.said) == ("differs", "differs", "not the same problem")


def test_a_side_that_receives_nothing_leaves_the_problem_undecided():
    some, none = np.tile([5, 50, 5, 1, 4, 1], (40, 1)), np.tile([5, 50, 0, 0, 4, 1], (40, 1))
    found = toward(some, none, np.arange(40) // 4)
    assert found.received.gap is None
    assert (found.problem, found.answer, found.said) == ("undecided", "same", "same answer")


def test_swapping_the_sides_turns_the_gaps_round_and_nothing_else():
    rng = np.random.default_rng(1)
    a, b = (np.column_stack([n, 9 * n, n, n // 3, n // 2, n // 4]) for n in (rng.poisson(9, 50), rng.poisson(4, 50)))
    one, other = toward(a, b, np.arange(50) // 5), toward(b, a, np.arange(50) // 5)
    for name in ("attention", "received", "dialogue", "pressure"):
        first, second = getattr(one, name), getattr(other, name)
        assert first.gap.value == pytest.approx(-second.gap.value)
        assert (first.state, first.a) == (second.state, second.b)
    assert (one.said, one.blocks) == (other.said, other.blocks)


def test_sides_that_do_not_match_are_refused():
    with pytest.raises(UsageError, match="do not match"):
        toward(np.ones((4, 6), int), np.ones((5, 6), int), np.arange(4))
