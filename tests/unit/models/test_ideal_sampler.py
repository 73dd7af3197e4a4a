"""The sampler finds known positions, says where its chains differ, and agrees with the fast fit."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from benchmarks.votes import HIGH, against_published, published_filter
from scipy.special import ndtr

from visavis.errors import UnknownNameError, UsageError
from visavis.models._ideal_gibbs import _proposed, _Votes
from visavis.models._ordinal_votes import groups_of
from visavis.models.ideal_points import IdealPoints, ideal_points
from visavis.models.ideal_sampler import SampledIdealPoints, fast_against_sampled, sampled_ideal_points
from visavis.models.simulate_chambers import Chamber, simulated_chamber

VOTES = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "votes"
needs_votes = pytest.mark.skipif(not VOTES.is_dir(), reason="needs the UN votes in ../shared")


@cache
def _chamber(seed: int, missing: float = 0.0) -> tuple[Chamber, IdealPoints, SampledIdealPoints]:
    chamber = simulated_chamber(30, 5, 50, rng=np.random.default_rng(seed), missing=missing)
    ends = {"high": chamber.ends[1], "low": chamber.ends[0]}
    fast = ideal_points(chamber.ballots, **ends)
    return chamber, fast, sampled_ideal_points(chamber.ballots, **ends, seed=seed, draws=400, warmup=100)


@pytest.mark.parametrize(("missing", "least"), [(0.0, 0.97), (0.4, 0.95)])
def test_known_positions_are_found_and_intervals_cover_them(missing: float, least: float) -> None:
    chamber, _, found = _chamber(1, missing)
    truth, table = chamber.truth(found), found.table()
    assert np.corrcoef(truth, found.position)[0, 1] > least
    covered = (table["low"].to_numpy() <= truth) & (truth <= table["high"].to_numpy())
    assert 0.82 <= covered.mean() <= 0.97  # of one chamber; the benchmark has more


def test_the_fast_fit_and_the_sampler_agree() -> None:
    _, fast, found = _chamber(1)
    agreed = fast_against_sampled(fast, found, least=30)
    assert agreed.n == len(fast.position)
    assert agreed.overall > 0.99
    assert set(agreed.within) == set(range(5))
    assert min(agreed.within.values()) > 0.99
    assert 0.85 < agreed.sd_ratio < 1.1
    assert agreed.apart < 0.5


def test_a_fit_of_other_ballots_does_not_agree() -> None:
    chamber, _, found = _chamber(1)
    mixed = chamber.ballots | {"country": (chamber.ballots["country"] * 7 + 3) % 30}
    agreed = fast_against_sampled(ideal_points(mixed), found)
    assert agreed.overall < 0.5
    assert agreed.apart > 2


def test_the_same_seed_gives_the_same_answer_and_another_one_nearly_so() -> None:
    chamber = simulated_chamber(20, 2, 40, rng=np.random.default_rng(3))
    one, again, other = (sampled_ideal_points(chamber.ballots, seed=s, draws=200, warmup=50) for s in (1, 1, 2))
    assert one.table().equals(again.table())
    assert not np.array_equal(one.position, other.position)
    assert np.corrcoef(one.position, other.position)[0, 1] > 0.98


def test_positions_are_standardised_in_every_draw_and_the_ends_are_where_they_were_asked_for() -> None:
    chamber, fast, found = _chamber(1)
    drawn = found.draws(np.arange(len(found.position)), 50, rng=np.random.default_rng(1))
    assert drawn.mean(axis=1) == pytest.approx(0, abs=1e-5)
    assert drawn.std(axis=1) == pytest.approx(1, abs=1e-5)
    turned = sampled_ideal_points(chamber.ballots, high=chamber.ends[0], seed=1, draws=50, warmup=50, start=fast)
    assert np.corrcoef(turned.position, found.position)[0, 1] < -0.98


def test_it_is_read_as_a_fast_fit_is() -> None:
    _, fast, found = _chamber(1)
    assert found.table().column_names == [*fast.table().column_names, "r_hat", "ess"]
    told, swapped = (found.distances(*pair, rng=np.random.default_rng(1)) for pair in ((3, 11), (11, 3)))
    for one, other, quick in zip(told, swapped, fast.distances(3, 11, rng=np.random.default_rng(1)), strict=True):
        assert one.distance == other.distance
        assert one.gap.value == pytest.approx(-other.gap.value)
        assert one.gap.n == quick.gap.n
        assert one.gap.value == pytest.approx(quick.gap.value, abs=0.4)
    assert len(found.draws(found.rows(3), 5000, rng=np.random.default_rng(1))) == 5000  # more than were kept
    with pytest.raises(UnknownNameError, match="No ballots of 99"):
        found.rows(99)


def test_chains_too_short_to_agree_say_so() -> None:
    chamber, _, long = _chamber(1)
    short = sampled_ideal_points(chamber.ballots, seed=1, draws=10, warmup=0)
    assert not short.converged
    assert len(short.unsettled) > 0.5 * len(short.position)
    assert np.median(long.r_hat) < 1.05 < np.median(short.r_hat)
    assert np.median(long.ess) > 5 * np.median(short.ess)
    assert np.median(long.r_hat_within) < 1.05


def test_progress_is_told_to_the_end_and_who_stops_it_stops_the_chains() -> None:
    ballots = simulated_chamber(20, 2, 40, rng=np.random.default_rng(1)).ballots
    heard: list[tuple[int, int, str]] = []
    sampled_ideal_points(ballots, seed=1, draws=100, warmup=50, chains=3, on_step=lambda *told: heard.append(told))
    assert heard[-1] == (450, 450, "rounds")
    assert [done for done, _, _ in heard] == sorted(done for done, _, _ in heard)

    def stop(done: int, total: int, what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sampled_ideal_points(ballots, seed=1, draws=10**5, warmup=0, on_step=stop)


@pytest.mark.parametrize("wrong", [{"chains": 1}, {"draws": 3}, {"warmup": -1}])
def test_chains_that_cannot_be_compared_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="cannot be compared"):
        sampled_ideal_points({}, seed=1, **wrong)


def test_cut_points_follow_their_posterior() -> None:
    """Slopes and positions held fixed: cut points of three items, fifty times each, against the posterior on a grid.

    On the third nobody abstained: its two cut points lie close together and get into each other's way.
    """
    rng = np.random.default_rng(1)
    position, slope = rng.standard_normal(25), np.array([0.0, 1.0, -0.7])
    choice = np.array([rng.choice(3, 25, p=p) + 1 for p in ((0.5, 0.3, 0.2), (0.6, 0.1, 0.3), (0.3, 0.0, 0.7))])
    item, place = (x.ravel() for x in np.indices((150, 25)))
    votes = _Votes(groups_of(item, place, np.tile(choice, (50, 1)).ravel(), shape=(150, 25)), 9.0)
    items, drawn = np.column_stack([np.tile(slope, 50), np.full(150, -0.1), np.full(150, 0.3)]), []
    for _ in range(3000):
        proposed, odds = _proposed(items, rng)
        taken = votes.draw(items, position, proposed, odds, rng)
        items[taken, 1:] = proposed[taken]
        drawn.append(items[:, 1:].reshape(50, 3, 2).mean(axis=0))
    found = np.mean(drawn[1000:], axis=0)
    grid = np.linspace(-2.5, 2.5, 251)
    for k in range(3):
        x = slope[k] * position
        below, above = (ndtr(grid[:, None] - x), 1 - ndtr(grid[:, None] - x))
        low = np.log(below[:, choice[k] == 1]).sum(axis=1)
        high = np.log(above[:, choice[k] == 3]).sum(axis=1)
        some = choice[k] == 2
        gap = np.maximum(below[None][..., some] - below[:, None][..., some], 1e-300)
        density = np.exp(low[:, None] + high + np.log(gap).sum(axis=2)) * (grid[:, None] < grid)
        density /= density.sum()
        expected = (density.sum(axis=1) @ grid, density.sum(axis=0) @ grid)
        assert found[k] == pytest.approx(expected, abs=0.03)


@pytest.mark.slow
@needs_votes
def test_recent_published_positions_come_out_of_the_real_votes() -> None:
    votes = published_filter(VOTES, 74)
    recent = votes.filter(pc.greater(votes["session"], 64))
    found = sampled_ideal_points(recent, high=HIGH, low=(365,), seed=1, draws=300, warmup=150)
    said = against_published(found, VOTES)
    assert said["within"] > 0.995
    assert said["worst"] > 0.98
    assert 0.8 <= said["width"] <= 1.2
    fast = ideal_points(recent, high=HIGH, low=(365,))
    assert fast_against_sampled(fast, found).overall > 0.99
