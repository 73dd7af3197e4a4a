"""Moves, crossings and neighbours in chambers of known positions: intervals cover, and little is claimed wrongly."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from visavis.errors import NoDataError
from visavis.models.ideal_points import IdealPoints, ideal_points
from visavis.models.paths import nearest, order_of, shift_between
from visavis.models.simulate_chambers import Chamber, simulated_chamber
from visavis.models.vote_path import vote_path

PAIRS = [(a, (7 * a + 3) % 40) for a in range(0, 40, 3) if a != (7 * a + 3) % 40]
JUMPS = ((0, 5, 2.5), (1, 5, -2.5))


@cache
def _fitted(
    seed: int, step: float = 0.2, jumps: tuple[tuple[int, int, float], ...] = ()
) -> tuple[Chamber, IdealPoints]:
    made = simulated_chamber(40, 8, 60, rng=np.random.default_rng(seed), step=step, jumps=jumps)
    found = ideal_points(made.ballots, high=made.ends[1], low=made.ends[0])
    return Chamber({}, made.positions), replace(found, country=tuple(f"{k:02d}" for k in found.country))


def _rng() -> np.random.Generator:
    return np.random.default_rng(1)


def test_intervals_of_moves_and_of_gaps_cover_the_truth() -> None:
    inside: dict[str, list[bool]] = {"move": [], "against_field": [], "gap": [], "distance": []}
    for seed in range(4):
        made, found = _fitted(seed)
        moved = made.positions[6] - made.positions[1]
        for a, b in PAIRS:
            one, other = f"{a:02d}", f"{b:02d}"
            told = shift_between(found, one, other, 1, 6, rng=_rng())
            apart = [abs(made.positions[s, a] - made.positions[s, b]) for s in (1, 6)]
            truth = {"move": moved[a], "against_field": moved[a] - moved.mean(), "gap": moved[a] - moved[b],
                     "distance": apart[1] - apart[0]}  # fmt: skip
            said = {"move": told.moves[one], "against_field": told.against_field[one], "gap": told.gap,
                    "distance": told.distance}  # fmt: skip
            for key, estimate in said.items():
                inside[key].append(bool(estimate.low <= truth[key] <= estimate.high))
    assert all(0.83 <= np.mean(hits) <= 0.98 for hits in inside.values()), {k: np.mean(v) for k, v in inside.items()}


def test_where_the_order_never_changed_no_crossing_is_told() -> None:
    claimed = true = 0
    for seed in range(4):
        made, found = _fitted(seed)
        for a, b in PAIRS:
            for one in order_of(found, f"{a:02d}", f"{b:02d}", rng=_rng()).crossings:
                gaps = made.positions[[one.before, one.after], a] - made.positions[[one.before, one.after], b]
                claimed, true = claimed + 1, true + bool(gaps[0] * gaps[1] < 0)
    assert claimed - true <= 1
    for seed in (11, 12):
        _, still = _fitted(seed, step=0.0)
        assert not any(order_of(still, f"{a:02d}", f"{b:02d}", rng=_rng()).crossings for a, b in PAIRS)


def test_a_crossing_that_was_put_there_is_found_in_its_place() -> None:
    found_at = []
    for seed in range(20, 24):
        made, found = _fitted(seed, step=0.05, jumps=JUMPS)
        truth = made.positions[:, 0] - made.positions[:, 1]
        crossings = order_of(found, "00", "01", rng=_rng()).crossings
        if (truth[:5] < 0).all() and (truth[5:] > 0).all():
            found_at += [(one.before < 5 <= one.after, one.likeliest, one.higher) for one in crossings] or [
                (False, 0, "")
            ]
        else:
            assert not crossings
    assert found_at.count((True, 5, "01")) >= max(1, len(found_at) - 1)


def test_the_one_who_moved_is_named_and_where_both_did_nobody_is() -> None:
    named, undecided = [], []
    for seed in range(30, 34):
        _, found = _fitted(seed, step=0.05, jumps=((0, 5, 2.0),))
        named.append(shift_between(found, "00", "01", 2, 7, rng=_rng()).mover)
        _, both = _fitted(seed, step=0.05, jumps=JUMPS)
        undecided.append(shift_between(both, "00", "01", 2, 7, rng=_rng()).mover)
    assert named.count("00") >= 3
    assert undecided.count(None) >= 3


def test_a_gap_that_stayed_is_seldom_said_to_have_changed() -> None:
    changed = [
        shift_between(_fitted(seed, step=0.0)[1], f"{a:02d}", f"{b:02d}", 1, 6, rng=_rng()).changed
        for seed in (11, 12)
        for a, b in PAIRS
    ]
    assert np.mean(changed) <= 0.2


def test_the_set_of_neighbours_holds_the_nearest_and_its_probabilities_are_honest() -> None:
    inside, said, right = [], [], []
    for seed in range(4):
        made, found = _fitted(seed)
        for voter in range(0, 40, 5):
            away = np.abs(made.positions[4] - made.positions[4, voter])
            away[voter] = np.inf
            told = nearest(found, f"{voter:02d}", 4, rng=_rng())
            assert told.among == 39
            inside.append(f"{int(away.argmin()):02d}" in [one.country for one in told.neighbours])
            said.append(told.neighbours[0].probability)
            right.append(told.neighbours[0].country == f"{int(away.argmin()):02d}")
    assert np.mean(inside) >= 0.8
    assert np.mean(right) == pytest.approx(np.mean(said), abs=0.2)


def test_swapped_names_change_the_sign_of_the_gap_and_nothing_else() -> None:
    _, found = _fitted(0)
    one, other = vote_path(found, "03", "11"), vote_path(found, "11", "03")
    assert one.order == other.order
    assert one.shift is not None
    assert other.shift is not None
    assert (one.shift.mover, one.shift.probability) == (other.shift.mover, other.shift.probability)
    assert one.shift.against_field == other.shift.against_field
    assert one.shift.gap.value == pytest.approx(-other.shift.gap.value)
    assert one.neighbours == other.neighbours[::-1]
    assert one.rows == other.rows


def test_one_session_has_no_move_and_none_has_no_path() -> None:
    _, found = _fitted(0)
    assert vote_path(found, "03", "11", since=4, until=4).shift is None
    with pytest.raises(NoDataError, match="no session asked for"):
        vote_path(found, "03", "11", since=50)
    with pytest.raises(NoDataError, match="no position in session 4 or 9"):
        shift_between(found, "03", "11", 4, 9, rng=_rng())
    with pytest.raises(NoDataError, match="alone"):
        nearest(found, "03", 9, rng=_rng())
