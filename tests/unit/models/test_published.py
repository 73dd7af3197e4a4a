"""Published percentages say what they can, give the figures that METHODS prints, and no more."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from visavis.errors import UsageError
from visavis.models.ordinal import total_variation
from visavis.models.published import DEFFS, Poll, draws, gap, gaps, share, state, two_polls
from visavis.models.replicates import Varied

KOR_2013, JPN_2013 = Poll((76.7,), n=1000), Poll((84.7,), n=2120)  # the n of each side are those of the poll
KOR_2018, JPN_2018 = Poll((53,), n=1000), Poll((82,), n=1000)


def _points(found: Varied) -> tuple[float, float, float]:
    """Gap, half of its 95 % interval, and upper one-sided 95 % bound, in points of 100."""
    value, se = 100 * found.value[0], 100 * found.se()[0]
    return round(value, 1), round(value - 100 * found.interval()[0][0], 1), value + norm.ppf(0.95) * se


def test_the_recognition_gap_of_2013_is_as_printed() -> None:
    value, half, upper = _points(gap(KOR_2013, JPN_2013, deff=1))
    assert (value, half) == (8.0, 3.0)
    assert upper == pytest.approx(10.5, abs=0.05)
    assert _points(gap(KOR_2013, JPN_2013, deff=1.5))[2] == pytest.approx(11.1, abs=0.05)


def test_the_recognition_gap_of_2018_is_as_printed() -> None:
    assert _points(gap(KOR_2018, JPN_2018, deff=1))[:2] == (29.0, 3.9)


def _states(found: dict[float, Varied]) -> list[str]:
    return [state(float(g.value[0]), float(g.se()[0]), df=g.df) for g in found.values()]


def test_at_ten_points_2013_is_undecided_and_2018_differs_at_every_design_effect() -> None:
    assert _states(gaps(KOR_2013, JPN_2013)) == ["undecided"] * 3
    assert _states(gaps(KOR_2018, JPN_2018)) == ["differs"] * 3


def test_the_precision_of_methods_holds_for_a_share_and_a_gap() -> None:
    half = Poll((50,), n=1000)
    found = share(half)
    assert 100 * (found.high - found.low) / 2 == pytest.approx(3.8, abs=0.05)
    assert _points(gap(half, half))[1] == 5.4


@pytest.mark.parametrize(
    ("value", "se", "said"),
    [
        (0.2, 0.03, "differs"),
        (0.0, 0.03, "same"),
        (0.12, 0.03, "undecided"),
        (0.0, 0.061, "undecided"),
        (0.1, 0.001, "undecided"),
    ],
)
def test_the_margin_rule_knows_no_side(value: float, se: float, said: str) -> None:
    assert state(value, se) == state(-value, se) == said


def test_at_the_margin_itself_either_claim_is_made_at_most_one_time_in_twenty() -> None:
    values = 0.1 + 0.02 * np.random.default_rng(1).standard_normal(4000)
    said = [state(float(value), 0.02) for value in values]
    assert said.count("differs") / 4000 == pytest.approx(0.05, abs=0.012)
    assert said.count("same") / 4000 == pytest.approx(0.05, abs=0.012)


def test_few_degrees_of_freedom_decide_less() -> None:
    assert state(0.16, 0.03) == "differs"
    assert state(0.16, 0.03, df=3) == "undecided"


def test_dont_know_is_kept_and_never_spread() -> None:
    poll = Poll((50.5, 38.2), n=1000)
    found = draws(poll, rng=np.random.default_rng(2))
    assert found.sum(axis=1) == pytest.approx(np.ones(4000))
    assert found.mean(axis=0) == pytest.approx([0.505, 0.382, 0.113], abs=0.002)


def test_draws_scatter_as_the_formula_says() -> None:
    for poll in (Poll((76.7, 20.1), n=1000), Poll((53.0,), n=400, rounding=0.5)):
        for deff in DEFFS:
            drawn = draws(poll, deff=deff, rng=np.random.default_rng(3), size=20_000)[:, 0]
            assert drawn.std() == pytest.approx(gap(poll, poll, deff=deff).se()[0] / np.sqrt(2), rel=0.02)


def test_whole_percentages_are_less_sure_than_those_with_a_digit() -> None:
    fine, coarse = Poll((53.0,), n=5000), Poll((53,), n=5000, rounding=0.5)
    assert gap(coarse, coarse).se()[0] > gap(fine, fine).se()[0]
    assert share(coarse).high > share(fine).high


def test_percentages_that_rounding_took_over_100_have_no_remainder() -> None:
    assert Poll((33.4, 33.3, 33.4), n=900).shares() == pytest.approx([33.4 / 100.1, 33.3 / 100.1, 33.4 / 100.1, 0])


def test_swapping_the_sides_mirrors_the_gap() -> None:
    one, two = gap(KOR_2013, JPN_2013), gap(JPN_2013, KOR_2013)
    assert one.value == -two.value
    assert one.covariance == two.covariance
    assert one.df == two.df


def test_nobody_of_a_thousand_is_not_held_for_sure() -> None:
    none = Poll((0, 99.0), n=1000)
    found = share(none, 0)
    assert found.low == 0
    assert 0.003 < found.high < 0.008
    assert gap(none, none).se()[0] > 0.001


def test_intervals_from_published_percentages_cover_the_gap() -> None:
    rng = np.random.default_rng(4)
    covered = []
    for _ in range(3000):
        a, b = (Poll((round(100 * rng.binomial(667, p) / 667, 1),), n=1000) for p in (0.3, 0.45))
        low, high = gap(a, b, deff=1000 / 667).interval()
        covered.append(low[0] <= 0.15 <= high[0])
    assert 0.935 <= np.mean(covered) <= 0.965


def test_a_statistic_of_whole_tables_widens_with_the_design_effect() -> None:
    a, b = Poll((50, 40), n=1000), Poll((30, 62), n=1000)
    found = two_polls(total_variation, a, b, rng=np.random.default_rng(5))
    assert list(found) == list(DEFFS)
    widths = [e.high - e.low for e in found.values()]
    assert widths == sorted(widths)
    assert all(e.value == pytest.approx(0.22) and e.low < 0.22 < e.high and e.n == 2000 for e in found.values())
    plain = two_polls(lambda p, q: float(q[0] - p[0]), a, b, rng=np.random.default_rng(6), deffs=[1.5], size=20_000)
    ends = gap(a, b).interval()
    assert (plain[1.5].low, plain[1.5].high) == pytest.approx((ends[0][0], ends[1][0]), abs=0.002)


@pytest.mark.parametrize(
    ("percent", "n", "rounding", "said"),
    [
        ((101.0,), 1000, 0.05, "each from 0 to 100"),
        ((-1.0,), 1000, 0.05, "each from 0 to 100"),
        ((), 1000, 0.05, "one or more"),
        ((60.0, 60.0), 1000, 0.05, "add up to 120"),
        ((60.0,), 1, 0.05, "n is 2 or more"),
        ((60.0,), 100, -0.1, "rounding 0 or more"),
        ((float("nan"),), 100, 0.05, "each from 0 to 100"),
    ],
)
def test_a_poll_that_cannot_be_is_refused(percent: tuple[float, ...], n: int, rounding: float, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Poll(percent, n, rounding)


def test_a_design_effect_under_one_and_unlike_tables_are_refused() -> None:
    with pytest.raises(UsageError, match=r"0\.9 is under 1"):
        gap(KOR_2013, JPN_2013, deff=0.9)
    with pytest.raises(UsageError, match="1 answers on one side and 2"):
        two_polls(total_variation, KOR_2013, Poll((1, 2), n=100), rng=np.random.default_rng(7))
