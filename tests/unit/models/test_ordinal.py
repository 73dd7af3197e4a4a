"""Distances of whole distributions, and the sign between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from visavis.errors import NoDataError, UsageError
from visavis.models.ordinal import (
    category_shares,
    cliffs_delta,
    noise,
    ordinal_gap,
    total_variation,
    wasserstein,
)
from visavis.models.replicates import rao_wu

FIVE = (1, 2, 3, 4, 5)


@st.composite
def _two_distributions(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    k = draw(st.integers(2, 7))
    counts = st.lists(st.integers(0, 50), min_size=k, max_size=k).filter(any)
    a, b = np.array(draw(counts), dtype=float), np.array(draw(counts), dtype=float)
    return a / a.sum(), b / b.sum()


@given(_two_distributions())
def test_w1_is_scipys_on_a_scale_from_0_to_1(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair
    places = np.linspace(0, 1, len(a))
    assert wasserstein(a, b) == pytest.approx(wasserstein_distance(places, places, a, b), abs=1e-12)


@given(_two_distributions())
def test_swapping_the_sides_keeps_distances_and_turns_the_sign(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair
    assert wasserstein(a, b) == pytest.approx(wasserstein(b, a))
    assert total_variation(a, b) == pytest.approx(total_variation(b, a))
    assert cliffs_delta(a, b) == pytest.approx(-cliffs_delta(b, a), abs=1e-12)


@given(_two_distributions())
def test_the_three_keep_their_order_and_their_ends(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair
    mean_gap = abs((b - a) @ np.linspace(0, 1, len(a)))
    assert mean_gap - 1e-12 <= wasserstein(a, b) <= total_variation(a, b) + 1e-12 <= 1 + 2e-12
    assert abs(cliffs_delta(a, b)) <= 1 + 1e-12
    assert wasserstein(a, a) == total_variation(a, a) == 0
    assert cliffs_delta(a, a) == pytest.approx(0, abs=1e-12)


def test_opposite_camps_with_the_same_mean_are_far_apart_all_the_same() -> None:
    split, middle = np.array([0.5, 0, 0, 0, 0.5]), np.array([0, 0, 1.0, 0, 0])
    assert wasserstein(split, middle) == 0.5
    assert total_variation(split, middle) == 1
    assert cliffs_delta(split, middle) == 0


def test_cliffs_delta_counts_pairs_of_people_with_their_weights() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.integers(1, 6, 30).astype(float), rng.integers(2, 6, 40).astype(float)
    u, v = rng.random(30) + 0.1, rng.random(40) + 0.1
    pairs = np.sign(y[None, :] - x[:, None])
    wanted = (u[:, None] * v[None, :] * pairs).sum() / (u.sum() * v.sum())
    assert cliffs_delta(category_shares(u, x, FIVE), category_shares(v, y, FIVE)) == pytest.approx(wanted)


def test_no_answer_counts_for_nothing_and_an_empty_category_stays() -> None:
    found = category_shares(np.array([1.0, 2, 3, 9]), np.array([5, 1, 1, np.nan]), FIVE)
    assert found == pytest.approx([5 / 6, 0, 0, 0, 1 / 6])


def test_an_answer_off_the_scale_and_an_item_without_answers_are_named() -> None:
    with pytest.raises(UsageError, match=r"Answer 9 is not on the scale \(1, 2, 3, 4, 5\)"):
        category_shares(np.ones(2), np.array([1.0, 9.0]), FIVE)
    with pytest.raises(NoDataError, match="Nobody answered"):
        category_shares(np.ones(2), np.full(2, np.nan), FIVE)
    with pytest.raises(UsageError, match="2 codes or more"):
        category_shares(np.ones(1), np.ones(1), (1,))


def test_the_gap_of_two_publics_covers_its_truth() -> None:
    rng = np.random.default_rng(2)
    a, b = np.array([0.1, 0.2, 0.4, 0.2, 0.1]), np.array([0.05, 0.1, 0.3, 0.3, 0.25])
    truth = np.array([wasserstein(a, b), total_variation(a, b), cliffs_delta(a, b)])
    covered = []
    for _ in range(150):
        codes = [rng.choice(FIVE, size=400, p=p).astype(float) for p in (a, b)]
        one, two = (rao_wu(np.ones(400), np.zeros(400), np.arange(400), rng=rng, replicates=80) for _ in "ab")
        low, high = ordinal_gap(one, codes[0], two, codes[1], scale=FIVE).interval()
        covered.append((low <= truth) & (truth <= high))
    assert (np.mean(covered, axis=0) >= 0.9).all()


def test_noise_says_what_distance_alike_publics_show() -> None:
    pooled = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    _, upper = noise(wasserstein, pooled, 300, 500, rng=np.random.default_rng(3))
    rng = np.random.default_rng(4)
    over = [
        wasserstein(rng.multinomial(300, pooled) / 300, rng.multinomial(500, pooled) / 500) > upper for _ in range(2000)
    ]
    assert 0.03 <= np.mean(over) <= 0.07
    assert noise(wasserstein, pooled, 3000, 5000, rng=rng)[0] < upper / 3
