from __future__ import annotations

import numpy as np
import pytest

from visavis.errors import UsageError
from visavis.models.published import Poll
from visavis.models.published_change import change


def waves(truth: tuple[float, float], n: int, deff: float, runs: int, seed: int) -> list[tuple[Poll, Poll]]:
    """Two waves of clustered respondents: a beta-binomial in which clusters of ten give the design effect."""
    rng = np.random.default_rng(seed)
    rho = (deff - 1) / 9

    def printed(p: float) -> Poll:
        share = rng.beta(p * (1 / rho - 1), (1 - p) * (1 / rho - 1), n // 10)
        return Poll((round(100 * float(rng.binomial(10, share).sum()) / n, 1),), n=n)

    return [(printed(truth[0]), printed(truth[1])) for _ in range(runs)]


def test_two_waves_of_one_opinion_are_seldom_called_a_change() -> None:
    found = [change([a], [b]) for a, b in waves((0.3, 0.3), 1000, 1.5, 2000, 1)]
    assert 0.03 <= np.mean([one.direction in ("rose", "fell") for one in found]) <= 0.065


def test_the_interval_of_a_change_holds_the_truth_as_often_as_it_says() -> None:
    found = [change([a], [b]) for a, b in waves((0.2, 0.32), 1000, 1.5, 2000, 2)]
    assert 0.935 <= np.mean([one.estimate.low <= 0.12 <= one.estimate.high for one in found]) <= 0.965
    assert abs(np.mean([one.estimate.value for one in found]) - 0.12) < 0.003
    assert not any(one.direction == "fell" for one in found)


def test_a_small_change_of_many_people_is_the_same_and_of_few_unclear() -> None:
    assert change([Poll((30.0,), n=3000)], [Poll((31.0,), n=3000)]).direction == "same"
    assert change([Poll((30.0,), n=150)], [Poll((31.0,), n=150)]).direction == "unclear"


def test_a_change_is_clear_only_with_every_published_figure() -> None:
    then = Poll((20.0,), n=1000)
    assert change([then], [Poll((26.0,), n=1000)]).direction == "rose"
    both = change([then], [Poll((26.0,), n=1000), Poll((22.0,), n=1000)])
    assert both.direction != "rose"
    assert both.estimate.value == pytest.approx(0.06)
    assert both.estimate.low < 0.02 < 0.06 < both.estimate.high


def test_turning_time_round_turns_the_change_round() -> None:
    a, b = Poll((20.0,), n=900), Poll((31.0,), n=1100)
    there, back = change([a], [b]), change([b], [a])
    assert there.estimate.low == pytest.approx(-back.estimate.high)
    assert (there.direction, back.direction) == ("rose", "fell")
    assert there.p == pytest.approx(back.p)


def test_a_wave_without_a_figure_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one published figure"):
        change([], [Poll((20.0,), n=900)])
