"""Known positions are found again with honest intervals, and the published ones from the real votes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from benchmarks.votes import HIGH, LOW, against_published, published_filter
from scipy.special import ndtr

from visavis.errors import NoDataError, UnknownNameError, UsageError
from visavis.models._ordinal_votes import groups_of, over_items, over_places
from visavis.models.ideal_points import IdealPoints, ideal_points
from visavis.models.simulate_chambers import Chamber, simulated_chamber

VOTES = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "votes"
needs_votes = pytest.mark.skipif(not VOTES.is_dir(), reason="needs the UN votes in ../shared")


def _chamber(seed: int, **how: object) -> tuple[Chamber, IdealPoints]:
    chamber = simulated_chamber(60, 8, 60, rng=np.random.default_rng(seed), **how)  # type: ignore[arg-type]
    return chamber, ideal_points(chamber.ballots, high=chamber.ends[1], low=chamber.ends[0])


def _covered(truth: np.ndarray, found: IdealPoints) -> float:
    table = found.table()
    return float(np.mean((table["low"].to_numpy() <= truth) & (truth <= table["high"].to_numpy())))


@pytest.mark.parametrize(("missing", "least"), [(0.0, 0.97), (0.4, 0.95)])
def test_known_positions_are_found_and_intervals_cover_them(missing: float, least: float) -> None:
    covered = []
    for seed in range(4):
        chamber, found = _chamber(seed, missing=missing)
        truth = chamber.truth(found)
        assert found.converged
        assert np.corrcoef(truth, found.position)[0, 1] > least
        covered.append(_covered(truth, found))
    assert 0.85 <= np.mean(covered) <= 0.95


def test_a_jump_and_a_drift_are_found_where_they_are() -> None:
    jumps = ((0, 4, 1.5), *((1, s, 0.25) for s in range(1, 8)))
    moved, drifted, at = [], [], []
    for seed in range(4):
        _, found = _chamber(seed, step=0.1, jumps=jumps)
        jumper, drifter = found.position[found.rows(0)], found.position[found.rows(1)]
        at.append(int(np.argmax(np.diff(jumper))))
        moved.append(jumper[4:].mean() - jumper[:4].mean())
        drifted.append(np.polyfit(np.arange(8), drifter, 1)[0])
    assert at.count(3) >= 3
    assert np.mean(moved) == pytest.approx(1.45, abs=0.35)
    assert np.mean(drifted) == pytest.approx(0.24, abs=0.08)


def test_a_chamber_that_does_not_move_is_not_said_to_drift() -> None:
    change, sd = [], []
    for seed in range(5, 9):
        chamber, found = _chamber(seed, step=0.0)
        assert np.corrcoef(chamber.truth(found), found.position)[0, 1] > 0.97
        for rows in (found.rows(k) for k in range(60)):
            change.append(found.position[rows[-1]] - found.position[rows[0]])
            sd.append(np.hypot(found.sd[rows[-1]], found.sd[rows[0]]))
    assert np.mean(np.abs(change) < 1.645 * np.array(sd)) >= 0.85
    assert abs(np.mean(change)) < 0.1  # of one chamber it may be more: all may seem to move together


def test_distances_come_from_joint_draws_cover_the_truth_and_do_not_mind_the_order() -> None:
    inside = []
    for seed in range(3):
        chamber, found = _chamber(seed)
        for a, b in ((3, 11), (20, 21), (7, 50), (30, 44)):
            told = found.distances(a, b, rng=np.random.default_rng(1))
            swapped = found.distances(b, a, rng=np.random.default_rng(1))
            for one, other in zip(told, swapped, strict=True):
                truth = chamber.positions[one.session, a] - chamber.positions[one.session, b]
                inside.append(one.gap.low <= truth <= one.gap.high)
                assert one.distance == other.distance
                assert one.gap.value == pytest.approx(-other.gap.value)
                assert 50 <= one.gap.n <= 60  # of 60, less those on which all agreed
    assert 0.8 <= np.mean(inside) <= 0.98


def test_two_who_vote_on_the_same_items_err_together() -> None:
    _, found = _chamber(1)
    order = np.argsort(found.position[found.session == 0])
    lowest, higher, highest = (found.rows(int(k))[0] for k in (order[0], order[-2], order[-1]))
    rows = np.array([lowest, higher, highest])
    covariance = found.joint.covariance(rows)
    assert covariance[1, 2] > max(0, covariance[0, 2])
    assert np.diag(covariance) == pytest.approx(found.sd[rows] ** 2)
    drawn = found.draws(rows, 100_000, rng=np.random.default_rng(1))
    assert np.cov(drawn.T) == pytest.approx(covariance, rel=0.03, abs=0.0015)


def test_the_same_ballots_give_the_same_answer_in_any_order_and_either_end_can_be_high() -> None:
    chamber, found = _chamber(2)
    mixed = np.random.default_rng(1).permutation(len(chamber.ballots["item"]))
    again = ideal_points(
        pa.table({k: pa.array(v[mixed], from_pandas=True) for k, v in chamber.ballots.items()}),
        high=chamber.ends[0],
        low=chamber.ends[1],
    )
    assert again.country == found.country
    assert again.position == pytest.approx(-found.position, abs=1e-6)
    assert again.sd == pytest.approx(found.sd, abs=1e-6)


def test_a_session_is_added_to_an_earlier_fit_in_fewer_rounds_with_the_same_result() -> None:
    chamber, cold = _chamber(3)
    early = chamber.ballots["session"] < 7
    before = ideal_points({k: v[early] for k, v in chamber.ballots.items()}, high=chamber.ends[1], low=chamber.ends[0])
    warm = ideal_points(chamber.ballots, high=chamber.ends[1], low=chamber.ends[0], start=before)
    assert warm.steps < cold.steps
    assert warm.position == pytest.approx(cold.position, abs=0.01)


def test_absent_is_not_abstain_and_what_all_agree_on_is_left_out() -> None:
    chamber, found = _chamber(4)
    more = {k: np.concatenate([v, v[:60]]) for k, v in chamber.ballots.items()}
    more["item"][-60:], more["choice"][-60:], more["country"][-60:] = 10**6, 1, np.arange(60)
    again = ideal_points(more, high=chamber.ends[1], low=chamber.ends[0])
    assert (again.unanimous, found.unanimous) == (found.unanimous + 1, found.unanimous)
    assert again.position == pytest.approx(found.position)
    absent = chamber.ballots | {"choice": np.where(chamber.ballots["country"] == 9, np.nan, chamber.ballots["choice"])}
    assert 9 not in ideal_points(absent).country


@pytest.mark.parametrize(
    ("ballots", "error", "told"),
    [
        ({"country": ["A"], "session": [1], "item": [1]}, UsageError, "lack the column 'choice'"),
        ({"country": ["A"], "session": [1], "item": [1], "choice": [8]}, UsageError, "Row 0 has the choice 8"),
        ({"country": ["A"], "session": [1], "item": [1], "choice": ["yes"]}, UsageError, "whole numbers"),
        ({"country": [None], "session": [1], "item": [1], "choice": [1]}, UsageError, "'country' is empty in 1 rows"),
        ({"country": ["A"], "session": [None], "item": [1], "choice": [1]}, UsageError, "no session"),
        ({"country": ["A", "B"], "session": [1], "item": [1], "choice": [1]}, UsageError, "different lengths"),
        ({"country": ["A", "B"], "session": [1, 1], "item": [1, 1], "choice": [1, 1]}, NoDataError, "No roll call"),
    ],
)
def test_ballots_that_cannot_be_used_are_refused_with_the_reason(
    ballots: dict[str, list[object]], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        ideal_points(ballots)


def test_a_voter_who_is_not_there_cannot_show_which_end_is_which() -> None:
    chamber, found = _chamber(4)
    with pytest.raises(UnknownNameError, match="No ballots of 'USA'"):
        ideal_points(chamber.ballots, high=["USA"])
    with pytest.raises(UnknownNameError, match="No ballots of 99"):
        found.distances(99, 1, rng=np.random.default_rng(1))


def _likelihood(items: np.ndarray, position: np.ndarray, rows: tuple[np.ndarray, ...]) -> float:
    item, place, choice = rows
    x = items[item, 0] * position[place]
    low, high = ndtr(items[item, 1] - x), ndtr(items[item, 2] - x)
    return float(np.log(np.select([choice == 1, choice == 2], [low, high - low], 1 - high)).sum())


def test_derivatives_are_those_of_the_likelihood() -> None:
    rng = np.random.default_rng(1)
    position, items = (
        rng.standard_normal(12),
        np.column_stack([rng.standard_normal(5), np.full(5, -0.3), np.full(5, 0.6)]),
    )
    item, place = (x.ravel() for x in np.indices((5, 12)))
    rows = (item, place, rng.integers(1, 4, 60))
    groups, sure = groups_of(*rows, shape=(5, 12)), (np.zeros(5), np.zeros(12))
    gradient, curve = over_items(groups, items, position, sure, bound=9.0)
    by_place, bend = over_places(groups, items, position, sure[1], np.zeros((5, 3, 3)), bound=9.0)
    small = 1e-4
    for k in range(3):
        step = np.zeros((5, 3))
        step[2, k] = small
        numeric = (_likelihood(items + step, position, rows) - _likelihood(items - step, position, rows)) / (2 * small)
        assert gradient[2, k] == pytest.approx(numeric, abs=1e-3)
        change = over_items(groups, items + step, position, sure, bound=9.0)[0] - gradient
        assert -change[2, 1:] / small == pytest.approx(curve[2, k, 1:], abs=2e-2)
    shift = np.zeros(12)
    shift[3] = small
    up, down = _likelihood(items, position + shift, rows), _likelihood(items, position - shift, rows)
    assert by_place[3] == pytest.approx((up - down) / (2 * small), abs=1e-3)
    assert bend[3] == pytest.approx(-(up + down - 2 * _likelihood(items, position, rows)) / small**2, abs=2e-2)


def test_an_interval_is_wider_where_fewer_ballots_were_cast() -> None:
    chamber, found = _chamber(6)
    few = (chamber.ballots["country"] == 9) & (np.arange(len(chamber.ballots["item"])) % 4 > 0)
    choice = np.where(few, np.nan, chamber.ballots["choice"])
    thin = ideal_points(chamber.ballots | {"choice": choice}, high=chamber.ends[1], low=chamber.ends[0])
    assert (thin.sd[thin.rows(9)] > 1.2 * found.sd[found.rows(9)]).mean() > 0.8


@pytest.mark.slow
@needs_votes
def test_the_published_positions_come_out_of_the_real_votes() -> None:
    found = ideal_points(published_filter(VOTES, 74), high=HIGH, low=LOW)
    said = against_published(found, VOTES)
    assert said["rows"] == (10469, 10469)
    assert int(found.n_votes.sum()) == 797473
    assert len(found.item) == 4784
    assert said["overall"] > 0.985
    assert said["within"] >= 0.99
    assert said["worst"] >= 0.95
    assert 0.8 <= said["width"] <= 1.2


@pytest.mark.slow
@needs_votes
def test_a_session_added_to_the_real_votes_gives_what_a_cold_start_gives() -> None:
    before = ideal_points(published_filter(VOTES, 76), high=HIGH, low=LOW)
    ballots = published_filter(VOTES, 77)
    warm, cold = ideal_points(ballots, high=HIGH, low=LOW, start=before), ideal_points(ballots, high=HIGH, low=LOW)
    assert warm.converged
    assert np.abs(warm.position - cold.position).max() < 0.03


@pytest.mark.slow
@needs_votes
def test_all_sessions_take_less_than_a_gigabyte() -> None:
    code = (
        "import sys; from pathlib import Path; from benchmarks.votes import *; "
        "f = ideal_points(published_filter(Path(sys.argv[1]), 77), high=HIGH, low=LOW); assert f.converged; "
        "print(next(w.split()[1] for w in open('/proc/self/status') if w.startswith('VmHWM')))"
    )
    root = Path(__file__).resolve().parents[3]
    run = subprocess.run([sys.executable, "-c", code, str(VOTES)], cwd=root, capture_output=True, text=True, check=True)
    assert int(run.stdout) < 1 << 20
