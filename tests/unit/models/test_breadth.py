"""One rising cell is narrow, growth everywhere is broad, and noise is neither."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.models.breadth import Breadth, breadth
from visavis.models.simulate_cells import overdispersed_counts, rising_cells

PERIODS = 24


def _measured(before: np.ndarray, now: np.ndarray, rng: np.random.Generator) -> Breadth:
    base, count = overdispersed_counts(before, 3, rng=rng), overdispersed_counts(now, 3, rng=rng)
    found = breadth(base, count, PERIODS, 1, dispersion=3, rng=rng, draws=600)
    assert found is not None
    return found


def _simulated(rising: int, growth: float, runs: int) -> list[tuple[float, Breadth]]:
    rng = np.random.default_rng(rising)
    out = []
    for _ in range(runs):
        before, now = rising_cells(cells=40, rising=rising, growth=growth, sizes=(5, 200), periods=PERIODS, rng=rng)
        change = now - before / PERIODS
        truth = change.sum() ** 2 / (change @ change) if rising else 0.0
        out.append((truth, _measured(before, now, rng)))
    return out


def test_one_rising_cell_among_forty_gives_about_one() -> None:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(20):
        before, now = rising_cells(cells=40, rising=0, growth=1, sizes=(5, 200), periods=PERIODS, rng=rng)
        now[11] += 150
        found.append(_measured(before, now, rng))
    assert sum(b.verdict == "narrow" for b in found) >= 18
    assert np.median([b.index.value for b in found if b.index]) == pytest.approx(1, abs=0.2)


def test_pure_noise_is_never_called_broad_and_has_no_index() -> None:
    found = [b for _, b in _simulated(0, 1, 60)]
    assert not any(b.verdict == "broad" for b in found)
    assert sum(b.verdict == "undecided" for b in found) >= 57
    assert sum(b.index is None for b in found) >= 57


@pytest.mark.parametrize(("rising", "verdict"), [(3, "narrow"), (10, "narrow"), (40, "broad")])
def test_three_ten_and_forty_rising_cells_are_recovered_with_their_interval(rising: int, verdict: str) -> None:
    found = _simulated(rising, 3, 40)
    some = [(truth, b.index) for truth, b in found if b.index]
    assert len(some) >= 32
    assert np.mean([i.low <= truth <= i.high for truth, i in some]) >= 0.9 - 2 * np.sqrt(0.09 / len(some))
    assert abs(np.median([i.value - truth for truth, i in some])) < 0.05 * np.median([t for t, _ in some]) + 0.2
    assert sum(b.verdict == verdict for _, b in found) >= 32
    assert not any(b.verdict == {"narrow": "broad", "broad": "narrow"}[verdict] for _, b in found)


def test_a_weak_rise_of_small_cells_is_undecided_more_often_than_wrong() -> None:
    rng = np.random.default_rng(2)
    verdicts = []
    for _ in range(30):
        before, now = rising_cells(cells=40, rising=3, growth=1.5, sizes=(5, 20), periods=PERIODS, rng=rng)
        verdicts.append(_measured(before, now, rng).verdict)
    assert "broad" not in verdicts
    assert verdicts.count("undecided") >= 25


def test_proportional_growth_gives_the_index_of_proportional_growth() -> None:
    found = breadth([2400] * 8, [300] * 8, 24, 1, dispersion=3, rng=np.random.default_rng(3))
    assert found is not None
    assert found.index is not None
    assert found.proportional.value == pytest.approx(8, abs=0.2)
    assert found.index.low < 8 <= found.index.high
    assert found.verdict == "broad"


def test_a_broad_fall_is_as_broad_as_a_broad_rise() -> None:
    found = breadth([2400] * 10, [20] * 10, 24, 1, dispersion=3, rng=np.random.default_rng(4))
    assert found is not None
    assert found.net.high < 0
    assert found.verdict == "broad"


def test_cells_that_rise_and_fall_alike_have_no_net_change_to_carry() -> None:
    found = breadth([2400] * 8, [150, 150, 150, 150, 50, 50, 50, 50], 24, 1, dispersion=3, rng=np.random.default_rng(5))
    assert found is not None
    assert (found.index, found.verdict) == (None, "undecided")
    assert found.contributions[0] > 10
    assert found.contributions[7] < -10


def test_two_cells_are_too_few_to_call_narrow_or_broad() -> None:
    found = breadth([2400, 2400], [300, 100], 24, 1, dispersion=3, rng=np.random.default_rng(6))
    assert found is not None
    assert found.verdict == "undecided"


def test_no_counts_give_none_and_an_empty_cell_changes_nothing() -> None:
    assert breadth([0, 0], [0, 0], 24, 1, dispersion=3, rng=np.random.default_rng(7)) is None
    with_empty = breadth([240, 0, 480], [30, 0, 20], 24, 1, dispersion=3, rng=np.random.default_rng(8))
    without = breadth([240, 480], [30, 20], 24, 1, dispersion=3, rng=np.random.default_rng(8))
    assert with_empty is not None
    assert without is not None
    assert with_empty.contributions[1] == 0
    assert with_empty.net == without.net
