"""One rule for acts and polls, and what published percentages allow to say."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.models.published import Poll
from visavis.models.same_problem import polled_problem, said

HANKOOK_2013 = (Poll((84.7,), 2120), Poll((76.7,), 1000))
THREAT_2018 = (Poll((82,), 1000, 0.5), Poll((53,), 1000, 0.5))
DISMANTLE_2018 = (Poll((71,), 1000, 0.5), Poll((55,), 1000, 0.5))
EASE_2018 = (Poll((26,), 1000, 0.5), Poll((44,), 1000, 0.5))


@pytest.mark.parametrize("deff", [1.0, 1.5, 2.5])
def test_2013_is_undecided_and_june_2018_no_longer_the_same_problem(deff):
    early = polled_problem([HANKOOK_2013], [], deff=deff)
    assert (early.said, early.recognition[0].state, early.contrast) == ("undecided", "undecided", None)
    late = polled_problem([THREAT_2018], [DISMANTLE_2018, EASE_2018], deff=deff)
    assert late.said == "not the same problem"
    assert late.contrast is not None
    assert late.contrast.value == pytest.approx(0.17 - 0.29)


def test_a_problem_that_was_not_asked_about_is_never_shared():
    assert said(None, "differs") == "undecided"
    assert said("undecided", "differs") == "undecided"
    assert said("same", None) == "undecided"


def test_a_shared_problem_with_another_answer_is_found_and_an_equal_one_is_not():
    same, apart = (Poll((70,), 2000), Poll((71,), 2000)), (Poll((30,), 2000), Poll((60,), 2000))
    assert polled_problem([same], [apart]).said == "same problem, different answer"
    assert polled_problem([same], [same]).said == "same answer"


def test_the_interval_of_the_contrast_holds_the_truth_however_both_answers_go_together():
    rng = np.random.default_rng(1)
    for together in (-1, 0, 1):
        held = 0
        for _ in range(300):
            shares = []
            for p in (0.7, 0.5):  # both sides answer the problem and what to do; the gaps are 20 and 30 points
                first = rng.random(600)
                second = {0: rng.random(600), 1: first, -1: 1 - first}[together]
                shares.append((100 * np.mean(first < p), 100 * np.mean(second < p + (0.1 if p == 0.7 else 0.0))))
            (r0, c0), (r1, c1) = shares
            found = polled_problem(
                [(Poll((r0,), 600), Poll((r1,), 600))], [(Poll((c0,), 600), Poll((c1,), 600))], deff=1
            )
            assert found.contrast is not None
            held += found.contrast.low <= 0.1 <= found.contrast.high
        assert held / 300 >= 0.87
