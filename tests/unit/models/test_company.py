"""Recovery: nothing is told where nothing was put in, and what was put in is found within its interval."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from visavis.models.balance import balanced, ties
from visavis.models.convergence import YEARS, convergence, distance, divergence, followed
from visavis.models.movers import movers
from visavis.models.projection import inflation, response, surprises, widest
from visavis.models.simulate_company import MadePanel, made_mixes, made_panel
from visavis.models.without import hottest, without

RUNS = 150


def _tolerance(aim: float, runs: int) -> float:
    """Two and a half Monte Carlo errors."""
    return 2.5 * float(np.sqrt(aim * (1 - aim) / runs))


@pytest.mark.parametrize(("apart", "ar"), [((0.0, 0.0), 0.0), ((1.0, 1.0), 0.0), ((0.4, 0.4), 0.0), ((1.0, 1.0), 0.6)])
def test_mixes_that_stay_as_far_apart_are_not_told_to_come_closer(apart: tuple[float, float], ar: float) -> None:
    rng = np.random.default_rng(1)
    made = (made_mixes(96, 20, apart, rng=rng, ar=ar) for _ in range(RUNS))
    found = [convergence(m.a, m.b, block=3) for m in made]
    assert np.mean([f is not None and f.p <= 0.05 for f in found]) <= 0.05 + _tolerance(0.05, RUNS)


@pytest.mark.parametrize("apart", [(1.0, 0.2), (0.0, 1.0), (0.5, 0.5)])
def test_the_change_of_distance_is_covered_by_its_interval(apart: tuple[float, float]) -> None:
    rng, covered, early = np.random.default_rng(2), [], []
    for _ in range(RUNS):
        made = made_mixes(132, 20, apart, rng=rng)
        found = convergence(made.a, made.b, block=3)
        assert found is not None
        covered.append(found.change.low <= made.late - made.early <= found.change.high)
        early.append(found.early.value - made.early)
    assert np.mean(covered) >= 0.95 - _tolerance(0.95, RUNS)
    assert abs(np.mean(early)) < 0.004  # few acts do not make mixes look apart


def test_the_plain_divergence_of_few_acts_is_biased_and_the_jackknife_much_less() -> None:
    rng = np.random.default_rng(3)
    made = [made_mixes(24, 10, (0, 0), rng=rng) for _ in range(RUNS)]
    plain = np.mean([divergence(m.a.sum(0), m.b.sum(0)) for m in made])
    found = [distance(m.a, m.b, block=2) for m in made]
    assert plain > 0.01
    assert np.mean([f.value for f in found if f is not None]) < 0.5 * plain
    assert np.mean([f is not None and f.low == 0 for f in found]) >= 0.95 - _tolerance(0.95, RUNS)


def test_too_few_acts_or_periods_give_no_distance() -> None:
    rng = np.random.default_rng(4)
    assert distance(*_sides(made_mixes(96, 0.3, (0, 0), rng=rng)), block=3) is None
    assert convergence(*_sides(made_mixes(20, 40, (0, 0), rng=rng)), block=3) is None


def _sides(made):  # type: ignore[no-untyped-def]
    return made.a, made.b


def test_what_followed_is_too_short_under_fifteen_pairs_of_years_and_else_recovered() -> None:
    rng, runs = np.random.default_rng(5), 200
    assert followed(np.arange(YEARS) / YEARS, np.arange(YEARS) / YEARS) is None
    false = covered = 0
    for _ in range(runs):
        far = np.abs(_ar(rng, 40, 0.6)) * 0.05
        noise = rng.normal(0, 0.03, 40)
        alone, led = np.zeros(40), np.zeros(40)
        for t in range(1, 40):
            alone[t] = 0.6 * alone[t - 1] + noise[t]
            led[t] = 0.3 * led[t - 1] + 1.5 * far[t - 1] + noise[t]
        null, planted = followed(far, alone), followed(far, led)
        assert null is not None
        assert planted is not None
        false += null.p <= 0.05
        covered += planted.effect.low <= 1.5 <= planted.effect.high
    assert false / runs <= 0.05 + _tolerance(0.05, runs)
    assert covered / runs >= 0.95 - 2 * _tolerance(0.95, runs)  # short series pull lags toward zero


def _ar(rng: np.random.Generator, n: int, rho: float) -> np.ndarray:
    x = rng.normal(size=n)
    for t in range(1, n):
        x[t] = rho * x[t - 1] + np.sqrt(1 - rho**2) * x[t]
    return x


def _ties(made: MadePanel, table: np.ndarray, third: int) -> np.ndarray:
    at = {d: i for i, d in enumerate(made.dyads)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.nanmean([table[at[0, third]], table[at[1, third]]], axis=0)


def _answers(runs: int, **kind: float) -> list[tuple[bool, bool, float]]:
    """Beyond 1.96 by the plain formula, told by placebos, and within the interval or not."""
    rng, found = np.random.default_rng(6), []
    for _ in range(runs):
        made = made_panel(9, 132, 25, rng=rng, **kind)
        table = surprises(made.k, made.n)
        tie = _ties(made, table, 2)
        families = [
            [row for row, d in zip(table, made.dyads, strict=True) if len({0, 1, 2} & set(d)) in shared]
            for shared in ((0, 1), (1,))
        ]
        widened = widest(tie, families, (1, 3))
        assert widened is not None
        one = response(tie, table[0], (1, 3), widened)
        assert one is not None
        found.append((abs(one.plain_t) > 1.96, one.p <= 0.05, one.effect.low <= made.effect <= one.effect.high))
    return found


@pytest.mark.parametrize("kind", [{"ar": 0.5}, {"ar": 0.8}, {"actor": 0.3}, {"together": 0.5, "ar": 0.4}])
def test_a_tie_that_does_not_answer_is_told_to_answer_in_five_of_a_hundred(kind: dict[str, float]) -> None:
    found = _answers(100, **kind)
    assert np.mean([told for _, told, _ in found]) <= 0.05 + _tolerance(0.05, 100)


@pytest.mark.slow
def test_the_usual_formula_alone_raises_more_false_alarms_than_placebos_do() -> None:
    found = [one for kind in ({"ar": 0.5}, {"ar": 0.8}, {"actor": 0.5}) for one in _answers(400, **kind)]
    plain, placebo = (np.mean([one[i] for one in found]) for i in (0, 1))
    assert plain > 0.075
    assert placebo <= 0.07
    assert placebo < plain


def test_an_answer_that_was_put_in_is_found_within_its_interval() -> None:
    found = _answers(100, effect=0.3, ar=0.4)
    assert np.mean([told for _, told, _ in found]) > 0.9
    assert np.mean([within for _, _, within in found]) >= 0.95 - _tolerance(0.95, 100)


def test_who_moves_with_the_pair_is_told_and_who_does_not_is_not() -> None:
    rng, runs = np.random.default_rng(7), 60
    false = hit = before = 0
    for _ in range(runs):
        for together in (0.0, 0.6):
            made = made_panel(9, 132, 25, rng=rng, together=together, ar=0.4)
            table = surprises(made.k, made.n)
            asked = {str(c): _ties(made, table, c) for c in range(2, 9)}
            apart = [row for row, d in zip(table, made.dyads, strict=True) if not {0, 1} & set(d)]
            told = movers(table[0], asked, apart, reach=3)
            false += together == 0 and any(m.moves_with or m.moves_before for m in told)
            hit += together > 0 and any(m.moves_with for m in told if m.country == "2")
            before += any(m.moves_before for m in told)
    assert false / runs <= 0.05 + _tolerance(0.05, runs)
    assert hit / runs > 0.85
    assert before / (2 * runs) <= 0.05 + _tolerance(0.05, 2 * runs)


def test_who_moves_before_is_told_as_before() -> None:
    rng, runs, hits = np.random.default_rng(8), 30, 0
    for _ in range(runs):
        made = made_panel(9, 132, 25, rng=rng, effect=0.4, ar=0.4)
        table = surprises(made.k, made.n)
        apart = [row for row, d in zip(table, made.dyads, strict=True) if not {0, 1, 2} & set(d)]
        # The ties of country 2 follow the pair, so that seen from them the pair is what moves before.
        told = movers(_ties(made, table, 2), {"pair": table[0]}, apart, reach=3)
        hits += told[0].moves_before
        assert not told[0].moves_with or told[0].same_q > told[0].ahead_q
    assert hits / runs > 0.85


def test_without_placebos_nothing_is_told() -> None:
    rng = np.random.default_rng(9)
    made = made_panel(4, 132, 25, rng=rng)
    table = surprises(made.k, made.n)
    assert inflation(table[0], list(table[1:]), (1, 3)) is None
    assert movers(table[0], {"2": table[1]}, list(table[2:]), reach=3) == []


def test_surprises_are_free_of_levels_and_of_what_all_share_and_absent_where_acts_are_few() -> None:
    made = made_panel(8, 60, 30, rng=np.random.default_rng(10))
    n = made.n.copy()
    n[0, :5] = 2
    found = surprises(np.minimum(made.k, n), n)
    assert np.isnan(found[0, :5]).all()
    assert np.abs(np.nanmean(found, axis=1)).max() < 0.02
    assert np.abs(np.nanmean(found, axis=0)).max() < 0.03


def _pair_and_third(rng: np.random.Generator, carried: bool) -> tuple[np.ndarray, ...]:
    """The pair turns in the second half: in all months, or only in those in which the third country's ties are hot."""
    hot = rng.permutation(132) < 33
    late = np.arange(132) >= 66
    n, n_third = rng.poisson(25, 132), rng.poisson(30, 132)
    p = 0.2 + 0.15 * late * (4 * hot * carried * 0.5 + (not carried))
    return rng.binomial(n, p), n, rng.binomial(n_third, np.where(hot, 0.6, 0.1)), n_third


def test_a_change_that_goes_with_the_third_country_is_gone_without_it_and_one_that_does_not_stays() -> None:
    rng, runs = np.random.default_rng(11), 100
    gone = stays = 0
    for _ in range(runs):
        for carried in (True, False):
            k, n, k_third, n_third = _pair_and_third(rng, carried)
            cool = ~hottest(k_third, n_third)
            found = without(k, n, k * cool, n * cool, block=6)
            assert found is not None
            assert found.removed == n[~cool].sum()
            gone += carried and found.gap_p <= 0.05
            stays += not carried and found.left.low <= 0.15 <= found.left.high and found.gap_p > 0.05
    assert gone / runs > 0.8
    assert stays / runs >= 0.90 - _tolerance(0.9, runs)


@pytest.mark.parametrize("ar", [0.0, 0.3, 0.6])
def test_no_change_is_told_as_a_change_in_five_of_a_hundred_even_where_months_hang_together(ar: float) -> None:
    rng, runs, false = np.random.default_rng(12), 200, 0
    for _ in range(runs):
        n = rng.poisson(25, 132)
        k = rng.binomial(n, 1 / (1 + np.exp(1.3 - 0.5 * _ar(rng, 132, ar))))
        found = without(k, n, k, n, block=6)
        assert found is not None
        assert found.gap.value == 0
        false += found.p <= 0.05
    assert false / runs <= 0.05 + _tolerance(0.05, runs)


def test_a_tie_at_the_middle_is_undecided_and_one_away_from_it_has_its_sign() -> None:
    rng = np.random.default_rng(13)
    n = rng.poisson(10, 12 * 200)
    for p, sign in ((0.5, 0), (0.15, 1), (0.85, -1)):
        k = rng.binomial(n, rng.beta(10 * p, 10 * (1 - p), len(n)))  # months scatter twice as much as coins
        signs = [tie.sign for tie in ties(k, n, [0.5] * 200, per=12)]
        assert np.mean([s == sign for s in signs]) >= 0.95 - _tolerance(0.95, 200)


def test_few_acts_have_no_sign_and_an_undecided_tie_leaves_the_triangle_undecided() -> None:
    assert [t.sign for t in ties(np.array([0]), np.array([9]), [0.5], per=1)] == [0]
    assert balanced([1, 1, 0]) is None
    assert balanced([-1, -1, -1]) is False
