"""Swap the two countries and only the order and the declared directions change."""

from __future__ import annotations

from itertools import combinations

import pytest
from tests.toy_pair import toy_tables

from visavis.findings import chapters
from visavis.findings._order import named_first
from visavis.names.messages import say
from visavis.pair import Pair
from visavis.record import open_record


def said(tables, first, second):
    pair = Pair(first, second, tables)
    return [f for name in chapters() for f in pair.chapter(name)]


def fingerprint(finding):
    """What may not change: identity, verdict, the numbers as a set, the rows behind, the figures."""
    numbers = sorted(repr(n) for n in finding.numbers.values())
    rows = sorted(repr((e.table, sorted(e.key.items()), e.count)) for e in finding.evidence)
    return finding.id, finding.verdict, finding.message.key, numbers, rows, [c.spec for c in finding.charts]


@pytest.mark.parametrize(("first", "second"), [("KOR", "JPN"), ("USA", "CHN"), ("PRK", "KOR")])
def test_both_orders_say_the_same_of_the_shipped_pack(first, second):
    tables = open_record().tables
    one, other = said(tables, first, second), said(tables, second, first)
    assert sorted(map(repr, map(fingerprint, one))) == sorted(map(repr, map(fingerprint, other)))


def test_in_a_sentence_about_the_pair_only_the_sides_change_places():
    one, other = (
        next(f for f in said(toy_tables(), *w) if f.id == "history.span") for w in (("KOR", "JPN"), ("JPN", "KOR"))
    )
    assert one.message.terms["a"].value == "KOR"
    assert other.message.terms["a"].value == "JPN"
    assert one.numbers["acts_ab"] == other.numbers["acts_ba"]
    assert say(one.message) != say(other.message)


def test_the_side_named_first_leads_among_findings_of_one_group():
    for first, second in (("KOR", "JPN"), ("JPN", "KOR")):
        usual = next(f for f in said(toy_tables(), first, second) if f.id == "now.usual")
        assert [d.terms["source"].value for d in usual.details] == [first, second, first, second]
        actors = [
            f.actor for f in said(open_record().tables, first, second) if f.id.startswith("history.turning_point")
        ]
        assert set(actors) == {first, second}


def test_naming_twice_changes_nothing():
    found = said(toy_tables(), "JPN", "KOR")
    assert named_first(named_first(found, "KOR", "JPN"), "KOR", "KOR") == named_first(found, "KOR", "JPN")


def test_a_name_that_differs_is_told_in_the_form_of_the_side_named_first():
    tables = open_record().tables
    for first, second, form in (("KOR", "JPN", "Dokdo/Takeshima"), ("JPN", "KOR", "Takeshima/Dokdo")):
        told = next(f for f in Pair(first, second, tables).now("2012-08") if f.id.startswith("now.told"))
        assert any(form in say(sentence) for sentence in told.details)


@pytest.mark.parametrize(("first", "second"), list(combinations(["CHN", "DEU", "FRA", "TWN", "MNG"], 2)))
def test_any_pair_of_the_pack_has_something_to_say_and_nothing_breaks(first, second):
    for finding in said(open_record().tables, first, second):
        assert say(finding.message)
        assert all(say(m) for m in (*finding.details, *finding.caveats))
