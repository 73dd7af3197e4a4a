"""What must hold of the models for any counts at all: finite, ordered, symmetric, additive."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visavis.models.breadth import breadth
from visavis.models.decomposition import contributions, share_change
from visavis.models.elsewhere import rates_elsewhere
from visavis.models.intervals import Estimate, rate_interval, rate_ratio, share_difference, share_interval
from visavis.models.unusual import false_discovery, scan_counts, unusual_count, unusual_share

count = st.integers(0, 2000)
exposure = st.floats(1, 1e5)
dispersion = st.floats(1, 20)
of_whole = st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
cells = st.lists(st.tuples(count, st.integers(0, 300)), min_size=1, max_size=12)


def _sound(found: Estimate) -> bool:
    return bool(np.isfinite([found.value, found.low, found.high]).all()) and found.low <= found.high


@given(of_whole, dispersion)
def test_a_share_interval_holds_its_share_and_stays_between_nothing_and_all(part: tuple[int, int], phi: float) -> None:
    found = share_interval(*part, dispersion=phi)
    assert (found is None) == (part[1] == 0)
    if found:
        assert 0 <= found.low <= found.value <= found.high <= 1


@given(count, exposure, dispersion)
def test_a_rate_interval_widens_with_its_level(y: int, e: float, phi: float) -> None:
    narrow, wide = rate_interval(y, e, level=0.5, dispersion=phi), rate_interval(y, e, level=0.95, dispersion=phi)
    assert narrow is not None
    assert wide is not None
    assert 0 <= wide.low <= narrow.low <= narrow.high <= wide.high


@settings(deadline=None, max_examples=40)
@given(of_whole, of_whole)
def test_swapping_the_sides_mirrors_a_difference_of_shares(a: tuple[int, int], b: tuple[int, int]) -> None:
    one, two = share_difference(*a, *b), share_difference(*b, *a)
    assert (one is None) == (two is None)
    if one and two:
        assert _sound(one)
        assert (one.value, one.low, one.high) == pytest.approx((-two.value, -two.high, -two.low), abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(count, exposure, count, exposure)
def test_a_ratio_of_rates_is_finite_or_absent(y: int, e: float, other: int, other_e: float) -> None:
    found = rate_ratio(y, e, other, other_e, dispersion=3)
    assert (found is None) == (other == 0)
    if found:
        assert _sound(found)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(count, exposure), max_size=60), count, exposure)
def test_any_past_gives_a_finite_verdict(past: list[tuple[int, float]], y: int, e: float) -> None:
    found = unusual_count([c for c, _ in past], [x for _, x in past], y, e)
    assert (found.verdict == "too short to tell") == (len(past) < 12)
    if found.p is not None:
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.p <= 1
        assert 0 <= found.low <= found.high < np.inf


@settings(deadline=None, max_examples=60)
@given(st.lists(of_whole, min_size=12, max_size=40), of_whole)
def test_a_share_of_any_past_lies_between_nothing_and_all(past: list[tuple[int, int]], now: tuple[int, int]) -> None:
    found = unusual_share([k for k, _ in past], [n for _, n in past], *now)
    if found.low is not None:
        assert found.high is not None
        assert 0 <= found.low <= found.high <= 1
        assert found.p is not None
        assert 0 <= found.p <= 1


@settings(deadline=None, max_examples=15)
@given(st.lists(count, min_size=13, max_size=30))
def test_a_scan_read_backwards_names_the_same_periods(y: list[int]) -> None:
    forward, backward = scan_counts(y, np.ones(len(y))), scan_counts(y[::-1], np.ones(len(y)))
    assert sorted(forward.named) == sorted(len(y) - 1 - t for t in backward.named)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_false_discovery_rates_keep_the_order_of_p_and_are_never_below_it(p: list[float]) -> None:
    q = false_discovery(p)
    assert (q >= np.asarray(p) - 1e-12).all()
    assert (np.diff(q[np.argsort(p)]) >= 0).all()


@settings(deadline=None, max_examples=25)
@given(cells, dispersion)
def test_what_cells_carry_adds_up_and_does_not_hang_on_their_order(each: list[tuple[int, int]], phi: float) -> None:
    before, now = [b for b, _ in each], [n for _, n in each]
    one = contributions(before, now, 24, 1, dispersion=phi)
    two = contributions(before[::-1], now[::-1], 24, 1, dispersion=phi)
    assert sum(c.excess.value for c in one.cells) == pytest.approx(one.net.value, abs=1e-6)
    assert one.net.value == pytest.approx(two.net.value)
    assert {c.cell for c in one.cells if c.named} == {len(each) - 1 - c.cell for c in two.cells if c.named}


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(of_whole, of_whole), min_size=1, max_size=6))
def test_composition_and_within_add_up_to_the_change(groups: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    sides = [[g[side][i] for g in groups] for side in (0, 1) for i in (0, 1)]
    found = share_change(*sides[:3], sides[3], rng=np.random.default_rng(1), draws=100)
    assert (found is None) == (min(sum(sides[1]), sum(sides[3])) == 0)
    if found:
        plain = sum(sides[2]) / sum(sides[3]) - sum(sides[0]) / sum(sides[1])
        assert found.total.value == pytest.approx(plain, abs=1e-9)
        assert found.composition.value + found.within.value == pytest.approx(plain, abs=1e-9)


@settings(deadline=None, max_examples=25)
@given(cells, dispersion)
def test_breadth_is_finite_and_never_claimed_without_a_net_change(each: list[tuple[int, int]], phi: float) -> None:
    before, now = [b for b, _ in each], [n for _, n in each]
    found = breadth(before, now, 24, 1, dispersion=phi, rng=np.random.default_rng(1), draws=100)
    assert (found is None) == (sum(before) + sum(now) == 0)
    if found:
        assert _sound(found.net)
        assert _sound(found.proportional)
        assert np.isfinite(found.contributions).all()
        assert found.index is None or _sound(found.index)
        if found.net.low <= 0 <= found.net.high:
            assert (found.index, found.verdict) == (None, "undecided")


@settings(deadline=None, max_examples=25)
@given(st.tuples(count, count), st.tuples(count, count), dispersion)
def test_the_pair_or_the_actor_is_said_only_of_a_clear_change(
    partner: tuple[int, int], others: tuple[int, int], phi: float
) -> None:
    found = rates_elsewhere(partner, others, (24, 1), dispersion=phi)
    assert (found.verdict == "too few") == (min(sum(partner), sum(others)) < 10)
    if found.verdict in ("the pair", "the actor"):
        assert found.partner is not None
        assert found.partner.low > 1 or found.partner.high < 1
