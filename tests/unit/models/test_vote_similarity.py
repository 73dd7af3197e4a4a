"""Similarity of votes: equal to a slow, plain reference on random tables; intervals, places and absence as told."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from visavis.errors import UsageError
from visavis.models.vote_similarity import (
    MEASURES,
    contested,
    pair_similarity,
    pair_similarity_by_issue,
    similarities,
)

TABLES = 1000


def _reference(votes: list[list[int]], a: int, b: int) -> dict[str, float | None]:
    """The measures by plain loops over roll calls, straight from the papers' definitions."""
    one, other = [], []
    for call in range(len(votes[0])):
        cast = {row[call] for row in votes if row[call] in (1, 2, 3)}
        if len(cast) > 1 and votes[a][call] in (1, 2, 3) and votes[b][call] in (1, 2, 3):
            one.append(votes[a][call])
            other.append(votes[b][call])
    n = len(one)
    if n == 0:
        return {"n": 0.0} | dict.fromkeys(MEASURES)
    observed = sum(abs(x - y) / 2 for x, y in zip(one, other, strict=True)) / n
    crossed = sum(abs(x - y) / 2 for x in one for y in other) / n**2
    pooled = [*one, *other]
    within = sum(abs(x - y) / 2 for x in pooled for y in pooled) / (2 * n) ** 2
    return {
        "n": float(n),
        "agreement": sum(x == y for x, y in zip(one, other, strict=True)) / n,
        "s": 1 - 2 * observed,
        "kappa": 1 - observed / crossed if crossed else None,
        "pi": 1 - observed / within if within else None,
    }


def _random(rng: np.random.Generator) -> np.ndarray:
    """A table of any make: few or many roll calls, some or most cells missing, habits that leave no room."""
    shape = int(rng.integers(2, 7)), int(rng.integers(1, 30))
    chance = rng.dirichlet([1.5, 0.7, 0.7, rng.choice([0.05, 0.5, 2]), rng.choice([0.05, 0.5, 2])])
    return rng.choice([1, 2, 3, 8, 0], size=shape, p=chance)


def test_all_measures_equal_a_plain_reference_on_a_thousand_random_tables() -> None:
    rng = np.random.default_rng(5)
    undefined = 0
    for _ in range(TABLES):
        votes = _random(rng)
        found = similarities(votes)
        for a, b in combinations(range(len(votes)), 2):
            for name, expected in _reference(votes.tolist(), a, b).items():
                got = (found[name][a, b], found[name][b, a])
                if expected is None:
                    undefined += 1
                    assert np.isnan(got).all()
                else:
                    assert got == pytest.approx((expected, expected), abs=1e-9)
    assert undefined > 100  # the tables do reach the cases that have no answer


def test_a_pair_has_the_values_of_the_matrix_and_neither_side_comes_first() -> None:
    rng = np.random.default_rng(6)
    for _ in range(20):
        votes = _random(rng)
        found, back = (pair_similarity(votes, *sides, seed=1, draws=200) for sides in ((0, 1), (1, 0)))
        for name, expected in _reference(votes.tolist(), 0, 1).items():
            if name != "n":
                got = found.values[name]
                assert (got and got.value) == (None if expected is None else pytest.approx(expected, abs=1e-9))
        assert (found.n, found.percentile, found.pairs, found.absent, found.unlisted, found.agreement_bounds) == (
            back.n, back.percentile, back.pairs, back.absent, back.unlisted, back.agreement_bounds
        )  # fmt: skip


def _session(calls: int, seed: int, countries: int = 12) -> np.ndarray:
    """Countries on a line, who choose by where they stand and some chance."""
    rng = np.random.default_rng(seed)
    stand = np.linspace(-1, 1, countries)[:, None] + rng.normal(0, 0.7, (countries, calls))
    return 2 - (stand > 0.3).astype(int) + (stand < -0.3)


@pytest.mark.parametrize("calls", [30, 90])
def test_intervals_cover_the_truth_about_as_often_as_they_say(calls: int) -> None:
    truth = {name: found[3, 7] for name, found in similarities(_session(200_000, seed=1)).items()}
    inside = dict.fromkeys(MEASURES, 0)
    runs = 300
    for run in range(runs):
        found = pair_similarity(_session(calls, seed=100 + run), 3, 7, seed=run, draws=400)
        for name in MEASURES:
            got = found.values[name]
            inside[name] += got is not None and got.low <= truth[name] <= got.high
    for name, hits in inside.items():
        assert 0.84 <= hits / runs <= 0.96, (name, hits / runs)


def test_two_who_always_agree_could_still_have_disagreed() -> None:
    votes = np.array([[1] * 30 + [3] * 30, [1] * 30 + [3] * 30, [3] * 30 + [1] * 30])
    got = pair_similarity(votes, 0, 1, seed=3).values["agreement"]
    assert got is not None
    assert got.value == got.high == 1
    assert 0.94 < got.low < 1


def test_absent_not_listed_and_abstaining_are_three_things() -> None:
    votes = np.array([[1, 2, 3, 8, 0, 8, 1], [1, 1, 3, 1, 3, 0, 1], [3, 3, 1, 3, 1, 3, 1], [1, 3, 1, 1, 1, 1, 1]])
    found = pair_similarity(votes, 0, 1, seed=1)
    assert (found.n, found.absent, found.unlisted, found.unanimous) == (3, 2, 1, 1)
    assert found.agreement_bounds == (2 / 6, 5 / 6)
    assert found.if_abstained["agreement"] == pytest.approx(2 / 5)


def test_that_absence_could_matter_is_said_where_it_could_and_not_where_it_could_not() -> None:
    votes = _session(90, seed=8)
    assert not pair_similarity(votes, 3, 4, seed=1).absence_matters
    gone = votes.copy()
    gone[4] = votes[3]
    gone[3, np.flatnonzero(votes[3] != 2)[:30]] = 8
    assert pair_similarity(gone, 3, 4, seed=1).absence_matters


def test_the_nearest_pair_stands_above_the_others_and_the_farthest_below() -> None:
    votes = _session(90, seed=9)
    votes[1] = votes[0]
    near, far = pair_similarity(votes, 0, 1, seed=1), pair_similarity(votes, 0, 11, seed=1)
    assert near.percentile["agreement"] == 1
    assert far.percentile["agreement"] is not None
    assert far.percentile["agreement"] < 0.05
    assert near.pairs == 12 * 11 // 2 - 1


def test_too_few_roll_calls_have_no_place_among_the_pairs() -> None:
    found = pair_similarity(_session(6, seed=2), 0, 5, seed=1)
    assert set(found.percentile.values()) == {None}


def test_nothing_in_common_is_none_and_not_zero() -> None:
    found = pair_similarity(np.array([[1, 3, 0, 0], [0, 8, 1, 3], [3, 1, 3, 1]]), 0, 1, seed=1)
    assert found.n == 0
    assert set(found.values.values()) == {None}
    assert not found.absence_matters


def test_an_issue_is_the_same_as_its_roll_calls_alone() -> None:
    votes = _session(60, seed=4)
    issues = [frozenset({"nu"} if i % 3 else {"hr", "nu"} if i % 2 else {"hr"}) for i in range(60)]
    found = pair_similarity_by_issue(votes, issues, 2, 5, seed=1)
    alone = votes[:, [i for i in range(60) if "hr" in issues[i]]]
    assert set(found) == {"hr", "nu"}
    assert found["hr"] == pair_similarity(alone, 2, 5, seed=1)


def test_unanimous_roll_calls_say_nothing_whoever_was_away() -> None:
    assert contested(np.array([[1, 1, 2, 8], [1, 3, 2, 0], [8, 1, 0, 1]])).tolist() == [False, True, False, False]


def test_numbers_that_are_no_votes_and_one_country_twice_are_refused() -> None:
    with pytest.raises(UsageError, match="got 4"):
        similarities(np.array([[1, 4], [1, 2]]))
    with pytest.raises(UsageError, match="row 1 twice"):
        pair_similarity(np.array([[1, 3], [1, 2]]), 1, 1, seed=1)
