"""How far two mixes are apart: recovered where the truth is known, and silent where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.errors import UsageError
from visavis.models.mixes import compare_mixes, divergence, exchanged, trend
from visavis.models.simulate_mixes import EQUAL, two_mixes

OTHER = (0.15, 0.05, 0.28, 0.25, 0.05, 0.16, 0.03, 0.03)  # twelve points less dialogue, twelve more pressure


def false_alarms(runs: int, **shape: object) -> float:
    hits = 0
    for seed in range(runs):
        a, b, month = two_mixes(rng=np.random.default_rng(seed), **shape)  # type: ignore[arg-type]
        hits += exchanged(a, b, month, seed=seed, permutations=99) <= 0.05
    return hits / runs


@pytest.mark.parametrize(
    "shape",
    [{}, {"acts": (30.0, 30.0)}, {"bursts": (40.0, 4.0)}, {"bursts": (4.0, 40.0)}],
    ids=["unequal numbers", "equal numbers", "bursts of the smaller side", "bursts of the larger side"],
)
def test_equal_mixes_are_called_different_in_at_most_five_of_a_hundred(shape):
    assert false_alarms(150, **shape) <= 0.05 + 2 * (0.05 * 0.95 / 150) ** 0.5


@pytest.mark.slow
def test_equal_mixes_are_called_different_in_at_most_five_of_a_hundred_on_many_runs():
    assert false_alarms(1500, bursts=(40.0, 4.0)) <= 0.05 + 2 * (0.05 * 0.95 / 1500) ** 0.5


def test_acts_of_one_burst_are_not_taken_for_many():
    """Permuting acts would call the sides different here: each week is a burst of one kind of act."""
    rng, weeks, blocks, acts = np.random.default_rng(3), 40, 0, 0
    for _ in range(40):
        sides = [np.eye(4, dtype=int)[rng.integers(0, 4, weeks)] * 25 for _ in range(2)]
        blocks += exchanged(*sides, np.arange(weeks) * 9 // weeks, seed=1, permutations=99) <= 0.05
        first, second = (side.sum(axis=0) for side in sides)
        drawn = rng.multivariate_hypergeometric(first + second, first.sum(), size=99)
        apart = divergence(drawn / first.sum(), (first + second - drawn) / first.sum()).sum(axis=-1)
        acts += np.mean(apart >= divergence(first / first.sum(), second / first.sum()).sum()) <= 0.05
    assert acts >= 30
    assert blocks <= 5


def test_dealing_with_a_third_country_at_other_times_is_no_other_mix():
    """Both talk in the first half and press in the second; one is busy early, the other late."""
    rng = np.random.default_rng(5)
    month = np.arange(40) // 4
    early = month < 5
    a, b = (
        np.array([rng.multinomial(n[0] if e else n[1], (0.8, 0.2) if e else (0.2, 0.8)) for e in early])
        for n in ((20, 4), (4, 20))
    )
    found = compare_mixes(a, b, month, seed=1, permutations=199)
    assert found.divergence is not None
    assert found.divergence.value > 0.1
    assert found.p > 0.05


def test_a_clear_difference_is_seen():
    a, b, month = two_mixes((EQUAL, (0.15, 0.05, 0.20, 0.25, 0.05, 0.24, 0.03, 0.03)), rng=np.random.default_rng(1))
    assert exchanged(a, b, month, seed=1, permutations=199) <= 0.05


def test_the_estimate_is_nearly_unbiased_where_the_plain_one_is_not_and_its_interval_holds_the_truth():
    truth = float(divergence(EQUAL, OTHER).sum())
    shape = {"drift": 1e6, "bursts": (30.0, 30.0)}
    plain, found = [], []
    for seed in range(200):
        a, b, month = two_mixes((EQUAL, OTHER), rng=np.random.default_rng(seed), **shape)
        found.append(compare_mixes(a, b, month, seed=1, permutations=1, level=0.95).divergence)
        plain.append(float(divergence(a.sum(axis=0) / a.sum(), b.sum(axis=0) / b.sum()).sum()))
    bias, left = np.mean(plain) - truth, np.mean([f.value for f in found if f]) - truth
    assert bias > 0.004
    assert abs(left) < 0.4 * bias
    assert 0.9 <= np.mean([f.low <= truth <= f.high for f in found if f]) <= 0.98


def test_parts_add_up_to_the_whole_and_lie_where_the_difference_is():
    shape = {"acts": (200.0, 200.0), "bursts": (1e3, 1e3), "drift": 1e6}
    a, b, month = two_mixes((EQUAL, OTHER), rng=np.random.default_rng(2), **shape)
    found = compare_mixes(a, b, month, seed=1, permutations=9)
    assert found.divergence is not None
    assert sum(p.value for p in found.parts) == pytest.approx(found.divergence.value, rel=0.1)
    assert set(np.argsort([p.value for p in found.parts])[-2:]) == {2, 5}
    assert divergence(EQUAL, OTHER).min() >= 0
    assert float(divergence([1, 0], [0, 1]).sum()) == 1.0


def test_which_side_comes_first_changes_nothing():
    a, b, month = two_mixes((EQUAL, OTHER), rng=np.random.default_rng(4))
    one, other = (compare_mixes(*sides, month, seed=1, permutations=99) for sides in ((a, b), (b, a)))
    assert one.divergence == pytest.approx(other.divergence)  # type: ignore[comparison-overlap]
    assert abs(one.p - other.p) < 0.1


def test_what_cannot_be_compared_is_refused():
    week = np.ones((4, 3), int)
    with pytest.raises(UsageError, match="no mix"):
        compare_mixes(week, week * 0, np.arange(4), seed=1)
    with pytest.raises(UsageError, match="do not match"):
        compare_mixes(week, week[:3], np.arange(4), seed=1)
    alone = np.zeros((4, 3), int)
    alone[0] = 5  # all acts of one side in one block: leaving it out leaves nothing
    assert compare_mixes(week, alone, np.arange(4), seed=1, permutations=9).divergence is None


def years(closing: float, seed: int, weeks: int = 52, n: int = 11):
    """Two sides, year by year, whose difference in points of dialogue shrinks by ``closing`` a year from 30."""
    parts = []
    for year in range(n):
        gap = 0.3 - closing * year
        mixes = (0.2, 0.5, 0.3), (0.2, 0.5 - gap, 0.3 + gap)
        shape = {"acts": (8.0, 8.0), "weeks": weeks, "months": 12, "drift": 1e6}
        parts.append(two_mixes(mixes, rng=np.random.default_rng(1000 * seed + year), **shape))
    a, b = (np.concatenate([p[i] for p in parts]) for i in (0, 1))
    return trend(a, b, np.repeat(np.arange(n), weeks))


def test_sides_that_come_closer_are_seen_and_steady_ones_are_not():
    closing = [years(0.025, seed) for seed in range(10)]
    steady = [years(0.0, seed) for seed in range(40)]
    assert sum(f.slope.high < 0 for f in closing) >= 9
    assert sum(f.slope.low > 0 or f.slope.high < 0 for f in steady) <= 7  # 10 % of 40, and two standard errors
    assert years(0.0, 1, n=2) is None


def test_a_year_that_is_missing_leaves_a_gap_in_the_trend():
    a = np.array([[50 + 5 * y, 50 - 5 * y] for y in range(6) for _ in range(20)])
    spans, b = np.repeat(np.arange(2000, 2006), 20), np.tile([50, 50], (120, 1))
    whole, keep = trend(a, b, spans), spans != 2002
    part = trend(a[keep], b[keep], spans[keep])
    assert whole is not None
    assert part is not None
    assert part.slope.value == pytest.approx(whole.slope.value, rel=0.15)
    assert part.spans == ("2000", "2001", "2003", "2004", "2005")
