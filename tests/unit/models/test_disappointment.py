"""Disappointment: silent where there is none, found where there is, and told apart from the news."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.stats import pearsonr

from visavis.errors import UsageError
from visavis.models.disappointment import SHORTEST, disappointment
from visavis.models.simulate_reaction import Moods, moods


def told(runs: int, **setting: float) -> Counter[str]:
    found = []
    for s in range(runs):
        made = moods(rng=np.random.default_rng(s), **setting)  # type: ignore[arg-type]
        one = disappointment(made.mood, made.placebo, made.expected, made.came)
        assert one is not None
        found.append(one.told)
    return Counter(found)


@pytest.mark.parametrize("ar", [0.0, 0.5, 0.8])
@pytest.mark.parametrize("periods", [40, 120])
def test_without_disappointment_the_test_stays_silent(ar: float, periods: int) -> None:
    assert told(300, periods=periods, ar=ar)["disappointment"] <= 0.05 * 300


def test_the_difference_of_expected_and_came_would_not_have_been_silent() -> None:
    """Why the two are kept apart: less of what came alone makes their difference go with the mood."""
    false = 0
    for s in range(100):
        made = moods(120, rng=np.random.default_rng(s))
        naive = pearsonr(made.expected - made.came, made.mood)
        false += naive.statistic < 0 and naive.pvalue < 0.05
    assert false > 25


def test_disappointment_is_found_where_it_is() -> None:
    assert told(100, periods=120, expectation=-0.6)["disappointment"] >= 80


def test_what_the_other_side_feels_as_well_is_not_disappointment_of_one() -> None:
    found = told(100, periods=120, expectation=-0.6, both=True)
    assert found["disappointment"] <= 5
    assert found["both sides"] >= 75


def test_news_alone_is_called_news() -> None:
    assert told(100, periods=120, news=0.6)["news"] >= 80


def _made() -> Moods:
    return moods(60, rng=np.random.default_rng(1))


def test_waves_that_are_not_known_are_left_out_and_too_few_give_nothing() -> None:
    made = _made()
    mood = made.mood.copy()
    mood[10] = np.nan
    whole = disappointment(made.mood, made.placebo, made.expected, made.came)
    holed = disappointment(mood, made.placebo, made.expected, made.came)
    assert whole is not None
    assert holed is not None
    assert (whole.n, holed.n) == (59, 57)
    assert disappointment(*(s[:SHORTEST] for s in (made.mood, made.placebo, made.expected, made.came))) is None


def test_what_came_and_what_was_expected_cannot_be_told_apart_where_they_are_the_same() -> None:
    made = _made()
    assert disappointment(made.mood, made.placebo, made.came, made.came) is None


def test_series_of_unequal_length_are_refused() -> None:
    made = _made()
    with pytest.raises(UsageError, match="same length"):
        disappointment(made.mood[1:], made.placebo, made.expected, made.came)
