"""Shared problem, different answer: claimed only when both tests say so, and split with pairs of answers."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.errors import NoDataError, UsageError
from visavis.models._perception import Figure
from visavis.models.recognition import Paired, recognition, shared_problem
from visavis.models.replicates import jackknife, rao_wu


def _paired(n: int, seen: float, answer: tuple[float, float], rng: np.random.Generator) -> Paired:
    """A survey: a share ``seen`` recognise the problem; chance of the conclusion without and with it."""
    r = (rng.uniform(size=n) < seen).astype(float)
    c = (rng.uniform(size=n) < np.where(r > 0, answer[1], answer[0])).astype(float)
    return Paired(r, c, rao_wu(np.ones(n), np.zeros(n), np.arange(n) // 5, rng=rng, replicates=100))


def test_the_published_polls_come_out_as_the_margin_rule_says() -> None:
    of_2013 = Figure(0.08, 0.03 / 1.96, 2000, 2000)
    of_2018 = Figure(0.29, 0.039 / 1.96, 2000, 2000)
    assert shared_problem(of_2013, None) == "undecided"
    assert shared_problem(of_2013, Figure(0.3, 0.02, 2000, 2000)) == "undecided"
    assert shared_problem(of_2018, Figure(0.17, 0.02, 2000, 2000)) == "does not hold"
    assert shared_problem(Figure(0.01, 0.02, 2000, 2000), Figure(0.17, 0.02, 2000, 2000)) == "holds"
    assert shared_problem(Figure(0.01, 0.02, 2000, 2000), Figure(0.01, 0.02, 2000, 2000)) == "does not hold"


def test_a_shared_problem_with_different_answers_is_found_and_lies_in_the_mapping() -> None:
    rng = np.random.default_rng(1)
    found = recognition(_paired(1500, 0.7, (0.2, 0.3), rng), _paired(1500, 0.7, (0.4, 0.7), rng))
    assert found.verdict == "holds"
    assert found.contrast.estimate().low > 0
    assert found.composition is not None
    assert found.mapping is not None
    assert found.mapping.value == pytest.approx(0.7 * 0.4 + 0.3 * 0.2, abs=0.05)
    assert found.composition.estimate().low < 0 < found.composition.estimate().high
    assert found.mapping.value + found.composition.value == pytest.approx(found.conclusion.value)


def test_another_view_of_the_problem_is_composition_and_the_claim_does_not_hold() -> None:
    rng = np.random.default_rng(2)
    found = recognition(_paired(1500, 0.3, (0.1, 0.9), rng), _paired(1500, 0.8, (0.1, 0.9), rng))
    assert found.verdict == "does not hold"
    assert found.composition is not None
    assert found.mapping is not None
    assert found.composition.value == pytest.approx(0.5 * 0.8, abs=0.05)
    assert found.mapping.estimate().low < 0 < found.mapping.estimate().high


def test_parts_and_contrast_are_covered() -> None:
    rng = np.random.default_rng(3)
    held = []
    for _ in range(150):
        found = recognition(_paired(300, 0.5, (0.2, 0.4), rng), _paired(300, 0.7, (0.3, 0.8), rng))
        assert found.composition is not None
        assert found.mapping is not None
        low, high = 0.5 * 0.2 + 0.5 * 0.4, 0.3 * 0.3 + 0.7 * 0.8
        composition = 0.2 * ((0.4 + 0.8) / 2 - (0.2 + 0.3) / 2)
        true = (0.2, high - low, high - low - 0.2, composition, high - low - composition)
        parts = (found.recognition, found.conclusion, found.contrast, found.composition, found.mapping)
        held.append([e.low <= t <= e.high for e, t in zip((p.estimate() for p in parts), true, strict=True)])
    assert (np.mean(held, axis=0) >= 0.95 - 2.5 * np.sqrt(0.05 * 0.95 / 150)).all()


def test_swapping_the_sides_changes_signs_alone() -> None:
    rng = np.random.default_rng(4)
    a, b = _paired(300, 0.5, (0.2, 0.4), rng), _paired(300, 0.7, (0.3, 0.8), rng)
    one, two = recognition(a, b), recognition(b, a)
    assert one.conclusion.value == pytest.approx(-two.conclusion.value)
    assert one.contrast.value == pytest.approx(two.contrast.value)
    assert one.contrast.se == pytest.approx(two.contrast.se)
    assert one.mapping is not None
    assert two.mapping is not None
    assert one.mapping.value == pytest.approx(-two.mapping.value)
    assert (one.verdict, one.both) == (two.verdict, two.both[::-1])


def test_a_code_that_one_side_never_gave_is_composition_alone() -> None:
    seen_a, seen_b = np.repeat([0.0, 0.5], 50), np.repeat([0.0, 1.0], 50)
    answer = np.tile([0.0, 1.0], 50)
    found = recognition(
        Paired(seen_a, answer, jackknife(100)), Paired(seen_b, np.maximum(answer, seen_b), jackknife(100))
    )
    assert found.mapping is not None
    assert found.composition is not None
    assert found.mapping.value == pytest.approx(0)
    assert found.composition.value == pytest.approx(0.25)


def test_many_recognition_codes_make_no_groups() -> None:
    rng = np.random.default_rng(5)
    a, b = (Paired(rng.uniform(size=40), rng.uniform(size=40), jackknife(40)) for _ in range(2))
    found = recognition(a, b)
    assert found.composition is None
    assert found.mapping is None


def test_missing_answers_count_where_they_were_given() -> None:
    rng = np.random.default_rng(6)
    a, b = _paired(100, 0.5, (0.2, 0.4), rng), _paired(100, 0.5, (0.2, 0.4), rng)
    a.recognition[:30] = np.nan
    b.conclusion[:10] = np.nan
    found = recognition(a, b)
    assert found.both == (70, 90)
    assert (found.recognition.n, found.conclusion.n) == (170, 190)
    a.recognition[:] = np.nan
    with pytest.raises(NoDataError, match="0 people answered the recognition item"):
        recognition(a, b)


def test_unanimous_delegations_are_not_certain() -> None:
    same, apart = np.ones(6), np.zeros(6)
    found = recognition(Paired(same, same, jackknife(6)), Paired(same, apart, jackknife(6)))
    assert found.recognition.se > 0.1
    assert found.verdict == "undecided"


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(UsageError, match="lengths"):
        Paired(np.ones(3), np.ones(4), jackknife(3))
