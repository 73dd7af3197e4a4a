"""What helps to foretell either side, and what comes after thaws elsewhere, as findings."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.toy_pair import steady, toy_tables

from visavis.charts.svg import svg
from visavis.finding import Verdict
from visavis.findings._next_act import next_act
from visavis.findings._opening import opening
from visavis.findings._order import named_first
from visavis.findings._view import View
from visavis.names.messages import _entry, languages, message_keys, say
from visavis.record import open_record

WORLD = ("AUS", "BRA", "CAN", "CHN", "DEU", "FRA", "GBR", "IND", "JPN", "KOR", "RUS", "USA")


def own_ways(i, source, target, root):
    """Toward each other the one talks and the other disapproves; all else is the same everywhere."""
    if (source, target) == ("KOR", "JPN"):
        return {"04": 2.0, "11": 12.0}.get(root, 0.0)
    return steady(i, source, target, root) * 0.5


def swinging(i, source, target, root):
    """Ties swing, each at its own times, and nothing follows from it."""
    a, b = sorted((source, target))
    phase = (WORLD.index(a) * 7 + WORLD.index(b) * 13) % 40
    hot = (i + phase) % 40 < 20
    return {"04": 6.0 if hot else 12.0, "11": 8.0 if hot else 2.0}.get(root, 0.0)


def told(finding, lang="en"):
    parts = (finding.message, *finding.details, *finding.caveats, finding.would_change)
    return " ".join(say(part, lang) for part in parts if part)


def one(function, tables, **span):
    found = function(View(tables, "JPN", "KOR", **span))
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def helped():
    return one(next_act, toy_tables(own_ways, countries=("CHN", "JPN", "KOR", "USA")))


@pytest.fixture(scope="module")
def swung():
    return one(opening, toy_tables(swinging, countries=WORLD, months=132))


def test_where_either_goes_its_own_way_the_own_record_helps_and_the_mirror_adds_nothing(helped):
    assert helped.verdict is Verdict.DOES_NOT_HOLD
    assert helped.basis == "acts"
    assert helped.bits > 4
    assert not helped.headline
    each = {m.terms["source"].value: m.numbers for m in helped.details if m.key == "ahead.next.each"}
    assert each["KOR"]["own"].low > 0.1
    assert each["KOR"]["mirror"].high < each["KOR"]["own"].low
    assert "was no further help" in told(helped)


def test_every_saving_has_an_interval_and_a_count_and_the_chart_shows_both_sides(helped):
    for message in helped.details:
        for name, number in message.numbers.items():
            if name not in ("acts", "base", "full"):
                assert number.low <= number.value <= number.high
                assert number.n >= 100
    (chart,) = helped.charts
    assert svg(chart).startswith("<svg")
    rows = chart.spec["datasets"]["rows"]
    assert len(rows) == 14
    assert {row["country"] for row in rows} == {"JPN", "KOR"}
    assert sum(e.count for e in helped.evidence) == helped.numbers["mirror"].n


def test_few_acts_cannot_tell_what_helps_and_say_what_is_needed():
    found = one(next_act, toy_tables(lambda i, s, t, r: 0.02 * steady(i, s, t, r)))
    assert found.verdict is Verdict.NO_DATA
    assert found.bits == 0
    assert "100 of either are needed" in told(found)
    assert "visavis import toy FILES" in told(found)


@pytest.mark.parametrize("function", [next_act, opening])
def test_a_span_without_periods_is_no_data(function):
    found = one(function, toy_tables(), since=dt.date(1990, 1, 1), until=dt.date(1991, 1, 1))
    assert found.verdict is Verdict.NO_DATA
    assert found.would_change is not None


@pytest.mark.parametrize("function", [next_act, opening])
def test_nothing_but_order_changes_with_who_is_named_first(function, helped, swung):
    found = helped if function is next_act else swung
    back = named_first(named_first([found], "KOR", "JPN"), "JPN", "JPN")
    assert back[0].verdict is found.verdict
    swapped = named_first([found], "KOR", "JPN")[0]
    assert (swapped.verdict, swapped.bits, swapped.headline) == (found.verdict, found.bits, found.headline)
    assert sorted(map(repr, swapped.numbers.values())) == sorted(map(repr, found.numbers.values()))
    sides = [m.terms["source"].value for m in swapped.details if "source" in m.terms]
    assert sides == [
        {"JPN": "KOR", "KOR": "JPN"}[m.terms["source"].value] for m in found.details if "source" in m.terms
    ]


def test_swings_that_nothing_follows_from_are_not_told_to_bring_an_opening(swung):
    assert swung.verdict in (Verdict.UNDECIDED, Verdict.DOES_NOT_HOLD)
    assert swung.message.key.rpartition(".")[2] in ("undecided", "none")
    assert swung.numbers["thaws"].value >= 10
    assert swung.numbers["thirds"].value == 10
    assert "would have been seen in" in told(swung)
    assert swung.evidence


def test_weeks_alone_are_too_short_for_what_comes_in_a_year():
    found = one(opening, toy_tables(swinging, countries=WORLD, months=12))
    assert found.verdict is Verdict.NO_DATA
    assert "52 months or more" in told(found)


def test_the_shipped_pack_says_both_in_every_language():
    tables = open_record().tables
    for function in (next_act, opening):
        found = one(function, tables)
        assert found.provenance.streams
        for lang in languages():
            assert told(found, lang)


def test_no_sentence_blames_or_names_a_cause():
    for key in message_keys():
        if key.startswith(("ahead.next.", "ahead.opening.")):
            text = " ".join(_entry(key, "en").forms).lower()
            assert not any(bad in text for bad in ("misread", "blame", "fault", "provok", "caused", "leads to"))
