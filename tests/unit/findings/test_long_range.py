"""Long range: a base rate with its record beside it, or what is missing; the same from either side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
import pytest
from tests.toy_assembly import with_assembly
from tests.toy_facts import with_facts
from tests.toy_pair import toy_tables

from visavis.charts.svg import svg
from visavis.finding import Finding, Verdict
from visavis.findings._long_range import long_range
from visavis.findings._order import named_first
from visavis.findings._view import View
from visavis.models.reference_classes import FEWEST
from visavis.models.simulate_panels import simulated_panel
from visavis.names.messages import languages, say
from visavis.pair import span_of
from visavis.store.tables import Tables


@pytest.fixture(scope="module")
def held() -> Tables:
    return with_assembly(toy_tables(months=24))


@pytest.fixture(scope="module")
def found(held: Tables) -> Finding:
    [one] = long_range(View(held, "JPN", "KOR"))
    return one


def test_shares_add_up_and_name_the_year_they_are_asked_from(found: Finding) -> None:
    shares = [found.numbers[name].value for name in ("closer", "same", "apart")]
    assert sum(shares) == pytest.approx(1)  # type: ignore[arg-type]
    assert found.message.terms["year"].value == "2020"  # type: ignore[union-attr]
    assert found.basis == "votes"
    assert sum(e.count for e in found.evidence) == found.numbers["cases"].value


def test_the_verdict_is_about_the_whole_interval(found: Finding) -> None:
    same = found.numbers["same"]
    assert same.low is not None
    assert same.high is not None
    expected = Verdict.HOLDS if same.low > 0.5 else Verdict.DOES_NOT_HOLD if same.high < 0.5 else Verdict.UNDECIDED
    assert found.verdict is expected
    assert (found.bits > 0) == (found.verdict is not Verdict.UNDECIDED)


def test_how_the_same_method_did_before_stands_beside_it(found: Finding) -> None:
    keys = [d.key for d in found.details]
    assert [k for k in keys if k.startswith("ahead.long_range.record.")]
    came = [d for d in found.details if d.key.startswith("ahead.long_range.came.")]
    assert {(d.terms["year"].value, d.terms["then"].value) for d in came} == {  # type: ignore[union-attr]
        ("2010", "2020"), ("2000", "2010"), ("2000", "2020"),
    }  # fmt: skip
    for d in came:
        said, value = d.numbers["said"], d.numbers["came"].value
        assert said.low is not None
        assert said.high is not None
        assert value is not None
        assert d.key.endswith(".in") == (said.low <= value <= said.high)


def test_every_sentence_and_the_chart_can_be_told_in_every_language(found: Finding) -> None:
    for lang in languages():
        for message in (found.message, *found.details, *found.caveats, found.would_change):
            assert message is not None
            assert say(message, lang)
        assert "<svg" in svg(found.charts[0], lang)


def test_naming_the_sides_the_other_way_round_changes_only_the_order(found: Finding) -> None:
    one, other = (named_first([found], first, "JPN")[0] for first in ("JPN", "KOR"))
    assert one.numbers == other.numbers
    assert (one.verdict, one.bits, len(one.details)) == (other.verdict, other.bits, len(other.details))
    words = [sorted(say(message).replace(".", " ").split()) for message in (one.message, other.message)]
    assert words[0] == words[1]
    assert say(one.message) != say(other.message)


def test_without_a_yearly_figure_it_says_what_is_missing_and_how_to_bring_it() -> None:
    [one] = long_range(View(toy_tables(months=24), "JPN", "KOR"))
    assert (one.id, one.verdict) == ("ahead.long_range", Verdict.NO_DATA)
    told = say(one.would_change)  # type: ignore[arg-type]
    assert "visavis import votes" in told
    assert "visavis import pair_years" in told


@pytest.mark.parametrize(("members", "sessions"), [(20, 75), (40, 30)])
def test_too_few_countries_or_spans_are_no_data(members: int, sessions: int) -> None:
    tables = with_assembly(toy_tables(months=24), members=members, sessions=sessions)
    [one] = long_range(View(tables, "JPN", "KOR"))
    assert (one.id, one.verdict) == ("ahead.long_range.votes", Verdict.NO_DATA)
    assert one.numbers["countries"].value == FEWEST["countries"]


def test_years_outside_the_span_asked_for_are_left_out(held: Tables) -> None:
    since, until = span_of(None, "2005")
    [one] = long_range(View(held, "JPN", "KOR", since=since, until=until))
    assert one.message.terms["year"].value == "2005"  # type: ignore[union-attr]
    since, until = span_of("2010", None)
    [short] = long_range(View(held, "JPN", "KOR", since=since, until=until))
    assert short.verdict is Verdict.NO_DATA


def test_two_of_which_one_left_long_ago_are_no_data(held: Tables) -> None:
    table = held.arrow("assembly")
    gone = table.filter(pc.or_(pc.less(table["session"], 60), pc.not_equal(table["member"], "KOR")))
    tables = replace(held, read=lambda file: gone if file == "assembly.parquet" else held.read(file), _kept={})
    [one] = long_range(View(tables, "JPN", "KOR"))
    assert (one.verdict, one.message.key) == (Verdict.NO_DATA, "ahead.long_range.ended")
    assert one.message.terms["last"].value == "2004"  # type: ignore[union-attr]


def test_a_figure_of_the_users_own_and_a_class_of_theirs_are_read() -> None:
    panel = simulated_panel(34, 60, rng=np.random.default_rng(4))
    names = ["JPN", "KOR", *(f"X{i:02d}" for i in range(32))]
    rows = [
        {"parties": f"{names[i]};{names[j]}", "year": year, "source": "made up", "verified": "derived"} | figure
        for row, year in enumerate(panel.years)
        for pair, (i, j) in enumerate(zip(panel.first, panel.second, strict=True))
        for figure in (
            {"figure": "trade", "value": -float(panel.level[row, pair]), "unit": "points", "reads": "close"},
            {"figure": "allied", "value": 1.0, "unit": "class", "reads": "class"},
        )
    ]
    [one] = long_range(View(with_facts(toy_tables(months=24), pair_years=rows), "JPN", "KOR"))
    assert (one.id, one.basis) == ("ahead.long_range.trade", "indicators")
    assert one.numbers["standing"].value == pytest.approx(panel.standing[-1, panel.pair("C000", "C001")])  # type: ignore[index]
    [klass] = [d for d in one.details if d.key == "ahead.long_range.class"]
    words = [t.value for t in klass.terms["classes"]]  # type: ignore[union-attr]
    assert "allied 1" in words
    assert "ahead.long_range.no_likeness" not in [c.key for c in one.caveats]
