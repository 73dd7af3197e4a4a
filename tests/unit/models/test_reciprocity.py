"""Answers: the truth is found where there is one, and neither shared attention nor double coding is taken for one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from visavis.errors import UsageError
from visavis.models._ppml import fitted
from visavis.models.reciprocity import Panel, Slope, _rows, answer, answers, curve, long_run
from visavis.models.simulate_reaction import Answering, answering


def made(seed: int, **setting: float) -> Answering:
    return answering(rng=np.random.default_rng(seed), **{"periods": 132, **setting})  # type: ignore[arg-type]


def both(one: Answering) -> list[tuple[Slope, Slope]]:
    """Each direction, as recorded and without mirrored acts; what the chapter claims on."""
    found = [(answer(one.panel, way), answer(one.unmirrored, way)) for way in (0, 1)]
    assert all(a is not None and b is not None for a, b in found)
    return found  # type: ignore[return-value]


def claimed(runs: int, **setting: float) -> float:
    """How often either direction is clear, with mirrored acts and without them."""
    hit = [any(a.low > 0 and b.low > 0 for a, b in both(made(s, **setting))) for s in range(runs)]
    return float(np.mean(hit))


def test_the_slopes_are_those_of_a_poisson_regression_with_a_dummy_for_each_direction() -> None:
    rows = _rows(made(1, pairs=3, periods=80, other=0.2).panel, np.arange(6), 1)
    fit = fitted(rows, np.ones(len(rows.y), bool))
    assert fit is not None
    dummies = (rows.way[:, None] == np.arange(6)).astype(float)
    x, beta = np.hstack([rows.x, dummies]), np.zeros(10)
    beta[4:] = np.log(rows.y.sum() / rows.exposure.sum())
    for _ in range(60):
        mu = rows.exposure * np.exp(x @ beta)
        beta += np.linalg.solve((x * mu[:, None]).T @ x, x.T @ (rows.y - mu))
    assert fit[0] == pytest.approx(beta[:4], abs=1e-8)
    information = (x * mu[:, None]).T @ x
    wanted = np.linalg.solve(information, (x * (rows.y - mu)[:, None]).T).T[:, :4]
    assert fit[1] == pytest.approx(wanted, abs=1e-8)


def test_each_direction_has_a_slope_of_its_own() -> None:
    found = [both(made(s, other=0.5, back=0.0)) for s in range(20)]
    assert np.mean([f[0][0].slope for f in found]) == pytest.approx(0.5, abs=0.06)
    assert np.mean([f[1][0].slope for f in found]) == pytest.approx(0.0, abs=0.06)


@pytest.mark.parametrize("setting", [{"attention": 1.0, "mood": 0.4}, {"attention": 0.8, "periods": 60, "acts": 20}])
def test_shared_attention_is_not_taken_for_an_answer(setting: dict[str, float]) -> None:
    assert claimed(60, **setting) <= 0.07


def test_double_coding_is_not_taken_for_an_answer_though_it_looks_like_one() -> None:
    setting = {"doubled": 0.6, "own": 0.5, "mood": 0.4}
    runs = [both(made(s, **setting)) for s in range(60)]
    assert np.mean([any(a.low > 0 for a, _ in f) for f in runs]) > 0.15
    assert np.mean([any(a.low > 0 and b.low > 0 for a, b in f) for f in runs]) <= 0.07


@pytest.mark.slow
@pytest.mark.parametrize(
    "setting",
    [
        {"attention": 0.5},
        {"attention": 1.0, "mood": 0.4},
        {"periods": 48, "acts": 60, "attention": 0.8},
        {"doubled": 0.3, "own": 0.5, "mood": 0.4},
        {"doubled": 0.6, "own": 0.5, "mood": 0.4},
    ],
)
def test_false_answers_stay_under_seven_in_a_hundred(setting: dict[str, float]) -> None:
    assert claimed(200, **setting) <= 0.07


@pytest.mark.slow
@pytest.mark.parametrize("setting", [{"other": 0.3}, {"other": 0.0, "mood": 0.3}, {"other": 0.3, "periods": 48}])
def test_the_interval_holds_the_truth_as_often_as_it_says(setting: dict[str, float]) -> None:
    truth = 2 ** setting["other"] - 1
    found = [answer(made(s, **setting).panel, way) for s in range(120) for way in (0, 1)]
    held = [f.low <= truth <= f.high for f in found if f is not None]
    assert 0.90 <= np.mean(held) <= 0.98


def test_over_many_pairs_the_slope_is_found_and_double_coding_is_not_one() -> None:
    slopes = [answers(made(s, pairs=25, acts=20, other=0.2).panel) for s in range(6)]
    assert np.mean([f.slope for f in slopes if f is not None]) == pytest.approx(0.2, abs=0.02)
    doubled = [made(s, pairs=25, acts=20, doubled=0.4, own=0.5, mood=0.3) for s in range(8)]
    recorded = [answers(one.panel) for one in doubled]
    lone = [answers(one.unmirrored) for one in doubled]
    assert sum(f is not None and f.low > 0 for f in recorded) >= 3
    assert sum(f is not None and f.low > 0 for f in lone) == 0


def test_the_jackknife_takes_out_the_bias_that_short_panels_have() -> None:
    raw, corrected = [], []
    for s in range(12):
        one = made(s, periods=24, pairs=30, acts=30, own=0.4)
        rows = _rows(one.panel, np.arange(60), 1)
        fit, found = fitted(rows, np.ones(len(rows.y), bool)), answers(one.panel)
        assert fit is not None
        assert found is not None
        raw.append(fit[0][0])
        corrected.append(found.own)
    assert np.mean(raw) < 0.4 - 0.02
    assert abs(np.mean(corrected) - 0.4) < abs(np.mean(raw) - 0.4) / 2


def test_a_period_without_files_is_used_neither_as_outcome_nor_as_what_came_before() -> None:
    panel = made(1, other=0.3).panel
    known = panel.known.copy()
    known[[20, 50]] = False
    wild = panel.k.copy()
    wild[:, [20, 50]] = 0
    one, other = replace(panel, known=known), replace(panel, known=known, k=wild)
    assert answer(one, 0) == answer(other, 0)
    found = answer(one, 0)
    assert found is not None
    assert found.n == 131 - 4


def test_the_order_of_the_two_changes_nothing_but_the_order() -> None:
    panel = made(3, other=0.3).panel
    turned = Panel(panel.k[::-1].copy(), panel.n[::-1].copy(), panel.other, panel.known)
    assert answer(panel, 0) == answer(turned, 1)


def test_too_little_gives_nothing() -> None:
    assert answer(made(1, periods=30).panel, 0) is None
    assert answer(made(1, acts=1.0).panel, 0) is None
    assert answers(made(1, pairs=4).panel) is None
    assert [f is None for f in curve(made(1, periods=45).panel, 0, [1, 12])] == [False, True]


def test_counts_that_do_not_fit_are_refused() -> None:
    panel = made(1).panel
    with pytest.raises(UsageError, match="among all acts"):
        replace(panel, k=panel.n + 1)
    with pytest.raises(UsageError, match="do not fit"):
        replace(panel, known=panel.known[1:])
    with pytest.raises(UsageError, match="one period later"):
        answer(panel, 0, step=0)


def test_the_variance_of_a_sum_counts_autocorrelation_in() -> None:
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((300, 401))
    series = noise[:, 1:] + 0.8 * noise[:, :-1]
    assert np.mean([long_run(one)[0] for one in series]) == pytest.approx(400 * 1.8**2, rel=0.1)
