"""Survey means equal R's survey package, and their intervals cover what they say they cover."""

from __future__ import annotations

import numpy as np
import pytest
from tests.golden.r.survey import FOLDER, HEAD, asked_of_r, people, read

from visavis.asked import Person
from visavis.errors import NoDataError, UsageError
from visavis.models.replicates import Varied, rao_wu, vary
from visavis.models.survey import (
    Design,
    Means,
    contrast,
    design_of,
    difference,
    domain_means,
    korn_graubard,
    means,
)


def _alone(n: int) -> Design:
    return Design(np.ones(n), np.zeros(n), np.arange(n))


def _designs() -> dict[str, Design]:
    rows = people()
    n = len(rows["x1"])
    return {
        "simple": _alone(n),
        "weights": Design(rows["weight"], np.zeros(n), np.arange(n)),
        "strata": Design(rows["weight"], rows["stratum"], np.arange(n)),
        "clusters": Design(rows["weight"], rows["stratum"], rows["psu"]),
    }


def _ours() -> dict[str, float]:
    rows, designs = people(), _designs()
    both = np.column_stack([rows["x1"], rows["x2"]])
    found: dict[str, float] = {}
    for name, design in designs.items():
        m = means(both, design)
        found |= {f"{name}.mean.x1": m.value[0], f"{name}.mean.x2": m.value[1], f"{name}.df": m.df}
        found |= {f"{name}.var.x1": m.covariance[0, 0], f"{name}.var.x2": m.covariance[1, 1]}
        found[f"{name}.cov.x1.x2"] = m.covariance[0, 1]
    full = designs["clusters"]
    m = means(np.column_stack([rows["x1"], rows["x2"], rows["x3"]]), full)
    for at, item in enumerate(["x1", "x2", "x3"]):
        found |= {f"missing.mean.{item}": m.value[at], f"missing.var.{item}": m.covariance[at, at]}
    found["missing.cov.x2.x3"] = m.covariance[1, 2]
    inside = means(rows["x3"], full, among=rows["group"] == "b")
    found |= {"domain.mean.x3": inside.value[0], "domain.var.x3": inside.covariance[0, 0]}
    names, by = domain_means(rows["x1"], rows["group"], full)
    found |= {f"groups.mean.{name}": by.value[at] for at, name in enumerate(names)}
    found |= {"groups.var.a": by.covariance[0, 0], "groups.cov.a.b": by.covariance[0, 1]}
    found |= {"groups.var.b": by.covariance[1, 1], "groups.cov.b.c": by.covariance[1, 2]}
    rare = means(rows["rare"], full)
    low, high = rare.share_interval()
    found |= {"rare.low": low[0], "rare.high": high[0]}
    found["clusters.deff.x1"] = m.n[0] / m.n_eff[0]
    return found


@pytest.mark.r
def test_five_designs_equal_what_r_says_now() -> None:
    assert _ours() == pytest.approx(asked_of_r(), rel=1e-6)


def test_five_designs_equal_what_r_said() -> None:
    text = (FOLDER / "survey.csv").read_text()
    assert text.startswith(HEAD)
    assert _ours() == pytest.approx(read(text), rel=1e-6)


def test_the_order_of_the_people_does_not_matter() -> None:
    rows, turn = people(), np.random.default_rng(3).permutation(240)
    design, turned = (
        Design(rows["weight"][order], rows["stratum"][order], rows["psu"][order]) for order in (np.arange(240), turn)
    )
    one, two = means(rows["x3"], design), means(rows["x3"][turn], turned)
    assert one.covariance == pytest.approx(two.covariance)
    assert (one.df, one.n) == (two.df, two.n)


def test_one_psu_in_a_stratum_says_to_merge_it() -> None:
    with pytest.raises(UsageError, match=r"Stratum 'north' has one PSU.*Merge"):
        Design(np.ones(4), np.array(["north", "south", "south", "south"]), np.array([1, 1, 2, 3]))


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_a_weight_that_is_not_above_zero_is_named(bad: float) -> None:
    with pytest.raises(UsageError, match=rf"Weight {bad} of person 2"):
        Design(np.array([1.0, bad, 1.0]), np.zeros(3), np.arange(3))


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(UsageError, match="3 weights, 3 strata and 2 PSUs"):
        Design(np.ones(3), np.zeros(3), np.arange(2))


def test_an_item_that_nobody_answered_is_named() -> None:
    with pytest.raises(NoDataError, match="Nobody answered item 2 of 2"):
        means(np.array([[0.1, np.nan], [0.2, np.nan], [0.5, np.nan]]), _alone(3))


def test_one_answer_has_no_interval_rather_than_a_sure_one() -> None:
    with pytest.raises(NoDataError, match="Item 1 of 1 has 1 answers"):
        means(np.array([0.4, np.nan, np.nan]), _alone(3))


def test_people_without_a_psu_are_one_each_and_names_do_not_clash() -> None:
    members = [Person("1", "KOR", psu="2"), Person("2", "KOR"), Person("3", "KOR", psu="2")]
    assert design_of(members).units == 2
    assert not design_of(members).plain


def test_kish_without_a_design_and_never_more_people_than_answered() -> None:
    w = np.array([1.0, 3.0] * 200)
    x = np.tile([0.0, 0.0, 1.0, 1.0], 100)
    found = means(x, Design(w, np.zeros(400), np.arange(400)))
    assert found.n_eff[0] == pytest.approx(400 / (1 + (w.std() / w.mean()) ** 2))
    strata = np.repeat(np.arange(4), 100)
    sorted_in_strata = means(np.sort(x), Design(np.ones(400), strata, np.arange(400)))
    assert sorted_in_strata.n_eff[0] == 400
    assert found.enough().all()
    assert not means(x[:80], _alone(80)).enough().any()


def test_small_shares_stay_inside_and_none_of_n_starts_at_zero() -> None:
    x = np.zeros((300, 3))
    x[:2, 1] = 1
    x[:, 2] = 1
    low, high = means(x, _alone(300)).share_interval()
    assert (low >= 0).all()
    assert (high <= 1).all()
    assert low[0] == 0
    assert high[0] == pytest.approx(1 - 0.025 ** (1 / 300), rel=1e-9)
    assert high[2] == 1
    assert low[1] < 2 / 300 < high[1]


def test_korn_graubard_covers_small_shares() -> None:
    rng = np.random.default_rng(8)
    ends = [korn_graubard(k / 200, 200, 200, df=199) for k in rng.binomial(200, 0.02, 2000)]
    assert 0.95 <= np.mean([low <= 0.02 <= high for low, high in ends]) <= 0.995


def test_the_gap_of_two_sides_adds_variances_and_mirrors() -> None:
    rng = np.random.default_rng(5)
    a, b = means(rng.random(50), _alone(50)), means(rng.random(80), _alone(80))
    one, two = difference(a, b), difference(b, a)
    assert one.value == pytest.approx(-two.value)
    assert one.covariance == pytest.approx(a.covariance + b.covariance)
    assert one.df == two.df == 49


def test_a_contrast_within_people_is_the_mean_of_their_differences() -> None:
    rng = np.random.default_rng(6)
    x = rng.random((90, 2)) + rng.random((90, 1))
    apart = contrast(means(x, _alone(90)), [-1, 1])
    direct = means(x[:, 1] - x[:, 0], _alone(90))
    assert apart.value == pytest.approx(direct.value)
    assert apart.covariance == pytest.approx(direct.covariance)


def _public(rng: np.random.Generator, share: float) -> tuple[np.ndarray, Design]:
    """1,000 people of 10 strata with 10 PSUs of 10 each; clusters and weights make a design effect of about 1.5."""
    rho, psus = 0.03, np.repeat(np.arange(100), 10)
    held = 1 / rho - 1
    chance = rng.beta(share * held, (1 - share) * held, 100)[psus]
    weights = rng.lognormal(0, 0.41, 1000)
    return (rng.random(1000) < chance).astype(float), Design(weights, psus // 10, psus)


@pytest.mark.parametrize("share", [0.5, 0.15])
def test_intervals_of_a_public_cover_and_its_design_effect_is_seen(share: float) -> None:
    rng = np.random.default_rng(20)
    found: list[Means] = [means(*_public(rng, share)) for _ in range(1500)]
    ends = [m.share_interval() for m in found]
    assert 0.93 <= np.mean([low[0] <= share <= high[0] for low, high in ends]) <= 0.975
    assert 1.35 <= 1000 / np.mean([m.n_eff[0] for m in found]) <= 1.65


def test_blind_to_the_design_the_interval_covers_too_little() -> None:
    rng = np.random.default_rng(21)
    ends = []
    for _ in range(600):
        x, design = _public(rng, 0.5)
        ends.append(means(x, Design(np.ones(1000), np.zeros(1000), np.arange(1000))).interval())
        assert not design.plain
    assert np.mean([low[0] <= 0.5 <= high[0] for low, high in ends]) < 0.93


def test_gaps_of_two_publics_cover() -> None:
    rng = np.random.default_rng(22)
    ends = [difference(means(*_public(rng, 0.3)), means(*_public(rng, 0.5))).interval() for _ in range(800)]
    assert 0.93 <= np.mean([low[0] <= 0.2 <= high[0] for low, high in ends]) <= 0.975


def test_the_rescaling_bootstrap_covers_a_ratio_and_agrees_with_the_linearised_variance() -> None:
    rng = np.random.default_rng(23)
    covered, factor = [], []
    for _ in range(200):
        x, design = _public(rng, 0.4)
        y, other = _public(rng, 0.5)
        sides = [rao_wu(d.weights, d.strata, d.psus, rng=rng, replicates=120) for d in (design, other)]

        def ratio(u: np.ndarray, v: np.ndarray, x: np.ndarray = x, y: np.ndarray = y) -> np.ndarray:
            return np.array([(v @ y / v.sum()) / (u @ x / u.sum()), u @ x / u.sum()])

        varied: Varied = vary(ratio, *sides)
        low, high = varied.interval()
        covered.append(low[0] <= 1.25 <= high[0])
        factor.append(varied.covariance[1, 1] / means(x, design).covariance[0, 0])
    assert 0.92 <= np.mean(covered) <= 0.985
    assert np.mean(factor) == pytest.approx(1, abs=0.03)
