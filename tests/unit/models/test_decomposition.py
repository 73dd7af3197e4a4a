"""A change is put down to the cells that carry it, and not to cells that are merely small and noisy."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.models.decomposition import contributions, pooled_dispersion, share_change
from visavis.models.simulate_cells import overdispersed_counts, rising_cells


def test_excesses_add_up_to_the_net_change_and_shares_to_one() -> None:
    change = contributions([48, 480, 24], [2, 80, 4], 24, 1, dispersion=2)
    assert sum(c.excess.value for c in change.cells) == pytest.approx(change.net.value)
    assert sum(c.share or 0 for c in change.cells) == pytest.approx(1)
    assert change.cells[0].cell == 1


def test_shares_of_a_change_that_is_not_there_are_not_given() -> None:
    change = contributions([240, 240], [12, 9], 24, 1, dispersion=3)
    assert change.net.low < 0 < change.net.high
    assert [c.share for c in change.cells] == [None, None]
    assert not any(c.named for c in change.cells)


def test_twice_the_exposure_is_no_change() -> None:
    change = contributions([240, 100], [20, 8], 24, 2, dispersion=1)
    assert change.net.value == pytest.approx(28 - 340 / 12)
    assert not any(c.named for c in change.cells)


def test_two_reports_in_a_cell_without_a_past_are_not_named_and_twenty_are() -> None:
    change = contributions([0, 0, 480], [2, 20, 20], 24, 1, dispersion=3)
    assert [c.cell for c in change.cells if c.named] == [1]
    assert all(np.isfinite(c.deviance) for c in change.cells)


def test_a_fall_has_a_negative_deviance_and_excess() -> None:
    change = contributions([2400], [40], 24, 1, dispersion=3)
    assert change.cells[0].deviance < 0
    assert change.cells[0].excess.high < 0
    assert change.cells[0].named


def test_noise_seldom_names_a_cell_and_a_tripled_cell_is_found() -> None:
    rng = np.random.default_rng(1)
    alarms, found, false = [], [], []
    for _ in range(60):
        before, now = rising_cells(cells=40, rising=0, growth=1, sizes=(5, 200), periods=24, rng=rng)
        base = overdispersed_counts(before, 3, rng=rng)
        quiet = contributions(base, overdispersed_counts(now, 3, rng=rng), 24, 1, dispersion=3)
        alarms.append(any(c.named for c in quiet.cells))
        now[7] = before[7] / 24 + 100
        loud = contributions(base, overdispersed_counts(now, 3, rng=rng), 24, 1, dispersion=3)
        found.append(any(c.named and c.cell == 7 for c in loud.cells))
        false.append(sum(c.named and c.cell != 7 for c in loud.cells))
    assert np.mean(alarms) <= 0.1 + 2 * np.sqrt(0.1 * 0.9 / 60)
    assert np.mean(found) > 0.8
    assert np.mean(false) < 0.2


def test_the_interval_of_an_excess_covers_nine_in_ten() -> None:
    rng = np.random.default_rng(2)
    base = overdispersed_counts(np.full(300, 240.0), 3, rng=rng)
    now = overdispersed_counts(np.full(300, 30.0), 3, rng=rng)
    change = contributions(base, now, 24, 1, dispersion=3)
    covered = np.mean([c.excess.low <= 20 <= c.excess.high for c in change.cells])
    assert 0.85 <= covered <= 0.96


def test_dispersion_is_recovered_and_never_below_one() -> None:
    rng = np.random.default_rng(3)
    counts = overdispersed_counts(np.outer(np.ones(24), np.linspace(5, 50, 40)), 3, rng=rng)
    assert pooled_dispersion(counts, np.ones(24)) == pytest.approx(3, rel=0.15)
    assert pooled_dispersion([[5, 0]] * 12, np.ones(12)) == 1
    assert pooled_dispersion([[0, 0]] * 12, np.ones(12)) == 1


def test_a_shift_of_weight_is_composition_and_a_shift_of_behaviour_is_within() -> None:
    rng = np.random.default_rng(4)
    moved = share_change([10, 80], [100, 100], [5, 120], [50, 150], rng=rng)
    hardened = share_change([10, 80], [100, 100], [30, 100], [100, 100], rng=rng)
    assert moved is not None
    assert hardened is not None
    assert moved.within.value == pytest.approx(0)
    assert moved.composition.value == pytest.approx(moved.total.value)
    assert hardened.composition.value == pytest.approx(0)
    assert hardened.within.value == pytest.approx(0.2)
    assert hardened.within.low > 0


def test_the_two_parts_add_up_over_groups_even_where_one_is_new() -> None:
    change = share_change([10, 0, 3], [100, 0, 9], [20, 30, 0], [90, 40, 0], rng=np.random.default_rng(5))
    assert change is not None
    assert change.total.value == pytest.approx(50 / 130 - 13 / 109)
    assert sum(a + b for a, b in change.by_group) == pytest.approx(change.total.value)
    assert change.by_group[1][1] == 0


def test_the_interval_of_a_share_change_covers_nine_in_ten() -> None:
    rng = np.random.default_rng(6)
    truth, covered = 0.5 * (0.2 + 0.7) - 0.5 * (0.1 + 0.7), []
    for _ in range(300):
        n0, n1 = rng.multinomial(200, [0.5, 0.5]), rng.multinomial(120, [0.5, 0.5])
        k0, k1 = rng.binomial(n0, [0.1, 0.7]), rng.binomial(n1, [0.2, 0.7])
        change = share_change(list(k0), list(n0), list(k1), list(n1), rng=rng, draws=600)
        assert change is not None
        covered.append(change.within.low <= truth <= change.within.high)
    assert 0.85 <= np.mean(covered) <= 0.96


def test_a_share_of_nothing_has_no_change() -> None:
    assert share_change([0], [0], [1], [2], rng=np.random.default_rng(7)) is None


def test_no_change_takes_away_more_than_was_expected() -> None:
    found = contributions([12, 3], [0, 0], 24, 1, dispersion=8)
    for cell in found.cells:
        assert cell.excess.low >= -cell.expected
    assert found.net.low >= -15 / 24
