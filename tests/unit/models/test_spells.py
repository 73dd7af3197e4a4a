"""Spells: a known mean length is found, chance is not a spell, and a gap cuts one off."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from visavis.models.spells import Spells, high_periods, spells


def chain(n: int, stay: float, rng: np.random.Generator, start: float = 0.08) -> npt.NDArray[np.bool_]:
    """A series that stays high with a known chance, so that its spells last 1 / (1 - stay) on average."""
    made = np.zeros(n, bool)
    for i in range(1, n):
        made[i] = rng.random() < (stay if made[i - 1] else start)
    return made


def found(series: npt.NDArray[np.bool_], seed: int = 1) -> Spells | None:
    return spells(series, np.ones(len(series), bool), rng=np.random.default_rng(seed), orders=400)


def test_the_mean_length_is_found_and_its_interval_holds_it() -> None:
    runs = [found(chain(400, 0.6, np.random.default_rng(s))) for s in range(150)]
    told = [f for f in runs if f is not None]
    assert np.mean([f.length for f in told]) == pytest.approx(2.5, abs=0.12)
    assert 0.85 <= np.mean([f.low <= 2.5 <= f.high_end for f in told]) <= 0.96
    assert np.mean([f.p < 0.05 for f in told]) > 0.9


def test_periods_in_random_order_are_no_spells() -> None:
    runs = [found(np.random.default_rng(s).random(132) < 0.2) for s in range(200)]
    assert np.mean([f is not None and f.p < 0.05 for f in runs]) <= 0.07


def test_a_gap_and_the_end_of_the_record_cut_a_spell_off_without_ending_it() -> None:
    series = np.zeros(60, bool)
    series[[3, 4, 10, 11, 20, 21, 22, 30, 31, 40, 41, 58, 59]] = True
    known = np.ones(60, bool)
    known[[12, 42]] = False
    one = spells(series, known, rng=np.random.default_rng(1))
    assert one is not None
    assert [s.ended for s in one.found] == [True, False, True, True, False, False]
    assert [s.length for s in one.found] == [2, 2, 3, 2, 2, 2]
    assert one.length == 10 / 3  # 10 high periods with a known one after them, and 3 ends


def test_too_few_spells_or_periods_give_nothing() -> None:
    assert found(np.arange(30) % 4 == 0) is None
    assert found(np.arange(100) == 50) is None


def test_high_is_the_fifth_with_most_per_volume_and_never_a_period_without_files() -> None:
    k, volume = np.arange(100), np.full(100, 1000)
    known = np.ones(100, bool)
    known[95:] = False
    high = high_periods(k, volume, known)
    assert high.sum() == 19
    assert high[76:95].all()
    assert not high_periods(k, k * 100 + 100, known)[:1].any()
    assert not high_periods(np.zeros(50, int), np.ones(50, int), np.ones(50, bool)).any()
