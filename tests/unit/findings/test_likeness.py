"""The chapter on likeness can say that two are alike, that they are not, and that it cannot be told."""

from __future__ import annotations

import pytest
from tests.toy_facts import indicator_rows, with_facts
from tests.toy_pair import toy_tables

from visavis.charts.svg import svg
from visavis.charts.tables import table
from visavis.finding import Verdict
from visavis.names.messages import say
from visavis.pair import Pair
from visavis.record import open_record

INCOME, INDEX = "US dollars, current", "index, 0 to 1"


@pytest.fixture(scope="module")
def plain():
    return toy_tables(months=12)


def likeness(tables, rows, first="KOR", second="JPN", **span):
    return {f.id: f for f in Pair(first, second, with_facts(tables, indicators=rows)).chapter("likeness", **span)}


def rows(income=(90.0, 100.0), index=(0.8, 0.85)):
    return [
        *indicator_rows("GDP per person", INCOME, {"KOR": income[0], "JPN": income[1]}),
        *indicator_rows("electoral democracy", INDEX, {"KOR": index[0], "JPN": index[1]}),
    ]


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        (rows(), Verdict.HOLDS),
        (rows(income=(20.0, 100.0)), Verdict.DOES_NOT_HOLD),
        (rows(income=(20.0, 100.0), index=(0.1, 0.9)), Verdict.DOES_NOT_HOLD),
        (rows(index=(0.65, 0.85)), Verdict.UNDECIDED),
    ],
)
def test_alike_in_everything_can_hold_and_can_fail_to(plain, made, verdict):
    found = likeness(plain, made)["likeness.alike"]
    assert found.verdict is verdict
    assert found.basis == "indicators"
    assert all(say(m) for m in (found.message, *found.details, *found.caveats, found.would_change))


def test_what_is_not_alike_is_said_before_what_is(plain):
    details = likeness(plain, rows(income=(20.0, 100.0)))["likeness.alike"].details
    assert [d.key for d in details[:2]] == ["likeness.are.apart", "likeness.are.alike"]


def test_an_aspect_measured_twice_is_alike_only_if_both_measures_say_so(plain):
    liberal = indicator_rows("liberal democracy", INDEX, {"KOR": 0.2, "JPN": 0.8})
    found = likeness(plain, rows() + liberal)["likeness.alike"]
    assert found.numbers["between"].value == 1
    assert found.numbers["all"].value == 2


def test_nothing_in_common_is_no_data_and_says_how_to_get_some(plain):
    found = likeness(plain, indicator_rows("GDP", INCOME, {"KOR": 1.0}))
    assert found["likeness.nothing"].verdict is Verdict.NO_DATA
    assert "visavis import indicators" in say(found["likeness.nothing"].would_change)
    assert found["likeness.votes"].basis == "votes"


def test_a_unit_without_a_rule_is_left_out(plain):
    odd = indicator_rows("warmth", "degrees", {"KOR": -3.0, "JPN": 4.0})
    assert "likeness.nothing" in likeness(plain, odd)


def test_then_and_now_can_be_closer_further_and_neither(plain):
    years = range(1980, 2020)
    closing = {"KOR": lambda y: 10 + 2 * (y - 1980), "JPN": lambda y: 100.0}
    made = [r for c, f in closing.items() for y in years for r in indicator_rows("GDP", INCOME, {c: f(y)}, [y])]
    assert likeness(plain, made)["likeness.closer"].verdict is Verdict.HOLDS
    parting = [{**r, "value": 100.0 - 2 * (r["year"] - 1980)} if r["country"] == "KOR" else r for r in made]
    assert likeness(plain, parting)["likeness.closer"].verdict is Verdict.DOES_NOT_HOLD
    assert likeness(plain, rows())["likeness.closer"].verdict is Verdict.UNDECIDED
    both = likeness(plain, [*parting, *indicator_rows("population", "people", {"KOR": 1.0, "JPN": 1.0}, years)])
    assert "likeness.closer" in both
    assert "likeness.closer" not in likeness(plain, made, since="2012")


def test_a_place_among_all_pairs_needs_all_countries(plain):
    few = likeness(plain, rows())["likeness.place"]
    assert (few.verdict, few.numbers["most"].value) == (Verdict.NO_DATA, 2)
    world = [c.iso3 for c in _countries()][:40]
    values = {c: 1.0 + 20 * i for i, c in enumerate(world)} | {"KOR": 500.0, "JPN": 505.0}
    found = likeness(plain, indicator_rows("GDP per person", INCOME, values))["likeness.place"]
    assert found.verdict is Verdict.HOLDS
    place = found.details[0].numbers
    assert place["share"].value < 0.1
    assert place["share"].n == len(values) * (len(values) - 1) // 2 - 1
    values |= {"KOR": 0.001}
    assert likeness(plain, indicator_rows("GDP", INCOME, values))["likeness.place"].verdict is Verdict.DOES_NOT_HOLD


def _countries():
    from visavis.countries import countries

    return [c for c in countries() if c.iso3 not in ("KOR", "JPN")]


def test_the_chart_has_a_panel_an_indicator_and_its_table_the_sources(plain):
    chart = likeness(plain, rows())["likeness.alike"].charts[0]
    assert "electoral democracy" in svg(chart)
    shown = table(chart)
    assert len(shown) == 2 * 2 * 24
    assert shown[0][0] == "GDP per person"
    assert all(r[-1] == "a bank" for r in shown)


def test_a_missing_year_breaks_the_line(plain):
    made = [r for r in rows() if (r["country"], r["year"]) != ("KOR", 2010)]
    chart = likeness(plain, made)["likeness.alike"].charts[0]
    panel = chart.spec["vconcat"][1]["concat"][0]
    absent = [v for v in panel["layer"][0]["data"]["values"] if v["value"] is None]
    assert absent == [{"year": 2010, "value": None, "country": "KOR"}]


def test_naming_the_other_first_changes_only_the_order(plain):
    one, other = (likeness(plain, rows(income=(40.0, 100.0)), *pair) for pair in (("KOR", "JPN"), ("JPN", "KOR")))
    assert list(one) == list(other)
    for key, found in one.items():
        twin = other[key]
        assert (found.verdict, found.numbers, found.details, found.charts) == (
            twin.verdict, twin.numbers, twin.details, twin.charts)  # fmt: skip
        assert found.message.terms["a"] == twin.message.terms["b"]


def test_the_shipped_pack_says_of_korea_and_japan_what_is_alike_and_what_is_not():
    found = {f.id: f for f in open_record().pair("KOR", "JPN").chapter("likeness")}
    alike = found["likeness.alike"]
    assert alike.verdict is Verdict.DOES_NOT_HOLD, "their sizes differ by more than half"
    stands = {d.terms["indicator"].value: d for d in alike.details if d.key.startswith("likeness.stands")}
    income = stands["likeness.indicator.GDP_per_person"]
    assert income.terms["standing"].value == "likeness.standing.alike"
    assert income.numbers["gap"].value == pytest.approx(33121.4 / 33834.4, abs=1e-3)
    assert income.numbers["then"].value == pytest.approx(158.3 / 508.7, abs=1e-3)
    assert found["likeness.place"].verdict is Verdict.NO_DATA
