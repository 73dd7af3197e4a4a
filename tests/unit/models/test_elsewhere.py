"""Whether a change is the pair's or the actor's is read from what the actor does toward all others."""

from __future__ import annotations

import numpy as np
import pytest

from visavis.models.elsewhere import Elsewhere, rates_elsewhere, shares_elsewhere
from visavis.models.simulate_cells import overdispersed_counts


def _simulated(growth_partner: float, growth_others: float, runs: int = 200) -> list[Elsewhere]:
    rng = np.random.default_rng(1)
    means = [24 * 20.0, 20 * growth_partner, 24 * 150.0, 150 * growth_others]
    drawn = overdispersed_counts(np.tile(means, (runs, 1)), 3, rng=rng)
    return [rates_elsewhere((a, b), (c, d), (24, 1), dispersion=3) for a, b, c, d in drawn]


def test_a_change_toward_the_partner_alone_is_the_pair() -> None:
    verdicts = [e.verdict for e in _simulated(4, 1)]
    assert verdicts.count("the pair") > 160
    assert "the actor" not in verdicts


def test_a_change_toward_everyone_is_the_actor() -> None:
    verdicts = [e.verdict for e in _simulated(4, 4)]
    assert verdicts.count("the actor") > 160
    assert "the pair" not in verdicts


def test_no_change_is_undecided_nine_times_in_ten() -> None:
    verdicts = [e.verdict for e in _simulated(1, 1)]
    assert verdicts.count("undecided") >= 200 * (0.9 - 2 * np.sqrt(0.09 / 200))


def test_the_ratio_of_ratios_covers_nine_in_ten() -> None:
    found = [e.contrast for e in _simulated(3, 1.5)]
    covered = np.mean([c is not None and c.low <= 2 <= c.high for c in found])
    assert 0.85 <= covered <= 0.96


def test_more_exposure_is_no_change() -> None:
    found = rates_elsewhere((240, 20), (2400, 200), (24, 2), dispersion=3)
    assert found.partner is not None
    assert found.partner.low < 1 < found.partner.high
    assert found.verdict == "undecided"


def test_a_handful_of_counts_is_too_few() -> None:
    assert rates_elsewhere((4, 5), (2400, 100), (24, 1), dispersion=3) == Elsewhere(None, None, None, "too few")
    assert shares_elsewhere(((1, 100), (3, 9)), ((1, 100), (1, 100)), dispersion=1).verdict == "too few"


def test_others_to_whom_nothing_was_done_in_the_period_still_count_as_known() -> None:
    assert rates_elsewhere((58, 47), (116, 0), (24, 1), dispersion=3).verdict == "the pair"


def test_a_clear_change_that_others_may_or_may_not_share_is_undecided() -> None:
    assert rates_elsewhere((240, 30), (48, 5), (24, 1), dispersion=3).verdict == "undecided"


def test_nothing_before_still_gives_finite_numbers() -> None:
    found = rates_elsewhere((0, 30), (2400, 100), (24, 1), dispersion=3)
    assert found.verdict == "the pair"
    assert found.contrast is not None
    assert np.isfinite([found.contrast.value, found.contrast.low, found.contrast.high]).all()


def test_a_fall_toward_everyone_is_the_actor_too() -> None:
    assert rates_elsewhere((4800, 40), (48_000, 400), (24, 1), dispersion=3).verdict == "the actor"


@pytest.mark.parametrize(("now", "verdict"), [((100, 1000), "the pair"), ((400, 1000), "the actor")])
def test_shares_are_set_against_the_shares_toward_others(now: tuple[int, int], verdict: str) -> None:
    found = shares_elsewhere(((48, 480), (80, 200)), ((480, 4800), now), dispersion=2)
    assert found.verdict == verdict
    assert found.partner is not None
    assert found.partner.value == pytest.approx(0.3)
    assert found.contrast is not None
    assert found.contrast.value == pytest.approx(0.3 - (now[0] / now[1] - 0.1))
