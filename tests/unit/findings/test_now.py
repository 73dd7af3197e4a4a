from __future__ import annotations

import datetime as dt

import pytest
from tests.toy_pair import steady, toy_tables

from visavis.errors import NoDataError, UsageError
from visavis.finding import Verdict
from visavis.names.messages import say
from visavis.pair import Pair
from visavis.record import open_record

END = dt.date(2019, 12, 31)  # last day of the toy record


def now(tables, at=None, first="KOR", second="JPN", today=END):
    return {f.id: f for f in Pair(first, second, tables).now(at, today=today)}


def test_an_old_record_refuses_these_days_and_says_how_old_it_is():
    age = now(toy_tables(), today=dt.date(2020, 5, 1))["now.age"]
    assert age.message.key == "now.stale.age"
    assert age.verdict is Verdict.NO_DATA
    assert age.numbers["age"].value == 122


def test_a_record_of_three_periods_ago_is_still_these_days():
    assert now(toy_tables(), today=dt.date(2020, 4, 20))["now.age"].message.key == "now.fresh.age"


def test_the_age_comes_first():
    assert next(iter(now(toy_tables()))) == "now.age"


def test_the_last_full_month_is_taken_not_a_partial_one():
    gap = [dt.date(2019, 12, day) for day in range(10, 32)]
    age = now(toy_tables(missing_days=gap))["now.age"]
    assert age.message.terms["period"].value == "2019-11"


def test_a_surge_against_the_past_is_unusual_and_its_carrier_is_named():
    surge = lambda i, s, t, r: steady(i, s, t, r) * (6 if i == 119 and s == "KOR" and t == "JPN" and r == "11" else 1)  # noqa: E731
    found = now(toy_tables(surge))
    assert found["now.unusual.share.KOR-JPN"].message.key == "now.unusual.share"
    assert found["now.unusual.share.JPN-KOR"].message.key == "now.usual.share"
    carried = found["now.carries.2019-12"]
    assert carried.details[0].terms["means"].value == "means.disapproval"
    assert found["now.elsewhere.KOR"].message.key == "now.elsewhere.the_pair"


def test_a_country_that_changed_toward_everybody_is_the_actor_not_the_pair():
    surge = lambda i, s, t, r: steady(i, s, t, r) * (6 if i == 119 and s == "KOR" and r == "11" else 1)  # noqa: E731
    assert now(toy_tables(surge))["now.elsewhere.KOR"].message.key == "now.elsewhere.the_actor"


def test_an_even_month_is_not_unusual():
    found = now(toy_tables())
    assert [d.key for d in found["now.usual"].details] == ["now.usual.share.brief"] * 2 + ["now.usual.rate.brief"] * 2
    assert found["now.carries.2019-12"].verdict is Verdict.UNDECIDED


def test_fewer_than_twelve_periods_before_are_too_short_to_tell():
    found = now(toy_tables(months=30), at="2010-06", today=dt.date(2012, 7, 1))
    assert found["now.too_short"].verdict is Verdict.NO_DATA


def test_at_most_five_dated_sentences_each_with_its_source():
    rows = [
        {"id": f"X{i}", "date": f"2019-12-{i + 10}", "date_precision": "day", "description": f"meeting {i}"}
        | {"parties": "JPN;KOR", "issue_area": "diplomacy", "source": "a paper", "verified": "verified"}
        for i in range(8)
    ]
    told = now(toy_tables(timeline=rows))["now.told.2019-12"]
    assert len(told.details) == len(told.evidence) == 5
    assert [e.source for e in told.evidence if e.table == "timeline"] == ["a paper"] * 3


def test_a_period_that_is_covered_in_part_is_shown_and_never_tested():
    found = {f.id: f for f in open_record().pair("KOR", "JPN").now("2019-W13")}
    assert list(found)[:2] == ["now.age", "now.partial"]
    assert found["now.partial"].verdict is Verdict.NO_DATA
    assert not [key for key in found if key.startswith(("now.u", "now.carries", "now.breadth", "now.elsewhere"))]


def test_what_lies_outside_its_interval_is_never_told_as_usual():
    for month in range(1, 13):
        for at in (f"2006-{month:02}", f"2012-{month:02}"):
            for finding in open_record().pair("JPN", "CHN").now(at):
                for told in (finding.message, *finding.details):
                    if told.key.startswith("now.usual.share") or told.key.startswith("now.usual.rate"):
                        expected = told.numbers["expected"]
                        assert expected.low <= told.numbers["observed"].value <= expected.high


def test_it_is_always_said_that_acts_cannot_show_a_change_of_mind():
    assert "only people asked can" in " ".join(say(c) for c in now(toy_tables())["now.age"].caveats)


def test_a_month_of_a_short_stream_is_looked_at_by_weeks_and_that_is_said():
    found = {f.id: f for f in open_record().pair("KOR", "JPN").now("2019-01")}
    assert any(c.key == "now.weeks" for c in found["now.age"].caveats)
    assert found["now.too_short"].message.key == "now.too_short.each"
    together = found["now.carries.2019-01"].details[0]
    assert together.key == "now.carries.weeks"
    assert together.numbers["past"] == found["now.too_short"].numbers["past"]
    assert found["now.most_told.2019-01"].numbers["reports"].value == 224
    assert found["now.elsewhere.JPN"].message.key == "now.elsewhere.the_pair"


def test_the_end_of_the_span_asked_for_is_told_and_not_taken_for_the_end_of_the_record():
    pair = open_record().pair("KOR", "JPN")
    age = pair.now(until="2012-08")[0]
    assert age.message.key == "now.span.age"
    assert age.message.terms["until"].value == "2012-08-31"
    assert age.message.terms["as_of"].value == "2015-12-31"
    nothing = pair.now(since="2012-08-10", until="2012-08-10")
    assert [f.message.key for f in nothing] == ["now.nothing.span.age"]


def test_a_record_without_a_full_period_still_says_first_how_old_it_is():
    tables = toy_tables(months=1, missing_days=[dt.date(2010, 1, day) for day in range(2, 32)])
    nothing = now(tables)["now.nothing"]
    assert nothing.message.key == "now.nothing.age"
    assert nothing.numbers["age"].value == (END - dt.date(2010, 1, 31)).days
    assert "visavis import toy FILES" in say(nothing.message)
    assert nothing.provenance.streams == ("toy",)


def test_what_is_expected_of_a_rare_act_lies_in_its_own_range():
    for finding in open_record().pair("MNG", "POL").now():
        for told in (finding.message, *finding.details):
            expected = told.numbers.get("expected")
            if expected is not None and expected.low is not None:
                assert expected.low <= expected.value <= expected.high


def test_a_period_outside_the_record_is_an_error_that_says_what_it_covers():
    with pytest.raises(NoDataError, match="It covers 2010-01-01 to 2019-12-31"):
        now(toy_tables(), at="2030-01")


@pytest.mark.parametrize("at", ["2019-13", "January", "2019-W60", "2019"])
def test_what_is_no_month_or_week_is_a_usage_error(at):
    with pytest.raises(UsageError, match="2019"):
        now(toy_tables(), at=at)
