from __future__ import annotations

import datetime as dt

import pytest
from tests.toy_pair import steady, toy_tables

from visavis.charts.tables import table
from visavis.finding import Verdict
from visavis.names.messages import say
from visavis.pair import Pair
from visavis.record import open_record

ROW = {
    "id": "X1", "date": "2015-01-10", "date_precision": "day", "description": "a meeting", "parties": "JPN;KOR",
    "issue_area": "diplomacy", "source": "a paper", "verified": "verified",
}  # fmt: skip


def doubled(i: int, source: str, target: str, root: str) -> float:
    """Disapproval of the first toward the second country rises five-fold in the 61st month."""
    return steady(i, source, target, root) * (5 if root == "11" and source == "KOR" and i >= 60 else 1)


def history(tables, first="KOR", second="JPN", **span):
    return {f.id: f for f in Pair(first, second, tables).history(**span)}


def test_a_lasting_change_is_dated_and_its_interval_holds_the_true_month():
    found = history(toy_tables(doubled))
    turns = [f for key, f in found.items() if key.startswith("history.turning_point.share.KOR-JPN")]
    assert len(turns) == 1
    terms = turns[0].message.terms
    assert terms["first"].value <= "2015-01" <= terms["last"].value
    assert turns[0].numbers["before"].high < turns[0].numbers["after"].low


def test_nothing_is_called_a_turn_where_nothing_changed():
    found = history(toy_tables())
    assert not [key for key in found if "turning_point" in key or "pulse" in key]
    assert found["history.no_turn"].verdict is Verdict.UNDECIDED


def test_a_single_month_far_off_is_a_pulse_not_a_turn():
    spike = lambda i, s, t, r: steady(i, s, t, r) * (12 if i == 70 and s == "KOR" else 1)  # noqa: E731
    tables = toy_tables(spike)
    found = history(tables)
    assert [key for key in found if key.startswith("history.pulse.rate") and key.endswith("2015-11")]
    assert not [key for key in found if "turning_point" in key]


def test_a_short_stream_is_said_to_be_too_short():
    found = history(toy_tables(doubled, months=30))
    assert found["history.too_short"].verdict is Verdict.NO_DATA
    assert not [key for key in found if "turning_point" in key]


def test_a_partial_month_is_shown_hollow_and_never_tested():
    gap = [dt.date(2015, 11, day) for day in range(1, 16)]
    spike = lambda i, s, t, r: steady(i, s, t, r) * (12 if i == 70 and s == "KOR" else 1)  # noqa: E731
    found = history(toy_tables(spike, missing_days=gap))
    assert not [key for key in found if "2015-11" in key]
    shares = next(c for c in found["history.span"].charts if c.name == "shares")
    row = next(r for r in table(shares) if r[1] == "November 2015")
    assert row[-1] == "yes"


def rows_of(node):
    """Every row of data inside a specification."""
    if isinstance(node, dict):
        if isinstance(node.get("values"), list):
            yield from (v for v in node["values"] if isinstance(v, dict))
        for value in node.values():
            yield from rows_of(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from rows_of(value)


def test_a_month_without_files_is_a_gap_and_not_a_zero():
    gap = [dt.date(2015, 11, day) for day in range(1, 31)]
    found = history(toy_tables(missing_days=gap))
    levels = next(c for c in found["history.span"].charts if c.name == "levels")
    assert not [r for r in rows_of(levels.spec) if r.get("period") == "2015-11"]


def test_a_dated_row_near_a_turn_is_shown_as_near_and_not_as_its_cause():
    found = history(toy_tables(doubled, timeline=[ROW]))
    turn = next(f for key, f in found.items() if key.startswith("history.turning_point.share.KOR-JPN"))
    assert [e for e in turn.evidence if e.table == "timeline" and e.key["id"] == "X1"]
    assert "not because they caused anything" in " ".join(say(c) for c in turn.caveats)


def test_the_rule_of_inclusion_is_printed_with_the_timeline():
    found = history(toy_tables(timeline=[ROW]))
    assert any(c.key == "timeline.inclusion" for c in found["history.timeline"].caveats)


def test_a_span_without_acts_says_what_is_missing():
    found = history(toy_tables(), since="1990", until="1991")
    assert list(found) == ["history.nothing"]
    assert found["history.nothing"].verdict is Verdict.NO_DATA
    assert found["history.nothing"].message.key == "history.not_covered"
    assert found["history.nothing"].provenance.rows_read


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("2012-W31", "2012-W34", "2012-07-01", "2012-08-31"),
        ("2012-08-10", "2012-08-10", "2012-08-01", "2012-08-31"),
        ("2012-08-15", "2012-09", "2012-08-01", "2012-09-30"),
    ],
)
def test_a_span_that_cuts_months_uses_them_whole_and_says_so(since, until, first, last):
    span = history(toy_tables(), since=since, until=until)["history.span"]
    assert (span.message.terms["first"].value, span.message.terms["last"].value) == (first, last)
    widened = next(c for c in span.caveats if c.key == "history.widened")
    assert (widened.terms["first"].value, widened.terms["last"].value) == (first, last)


def test_a_span_of_whole_months_is_not_called_widened():
    span = history(toy_tables(), since="2012-02", until="2013")["history.span"]
    assert "history.widened" not in [c.key for c in span.caveats]


def test_a_period_that_stands_out_in_one_direction_is_told_of_that_direction_whoever_is_named_first():
    for sides in (("KOR", "JPN"), ("JPN", "KOR")):
        pulse = next(f for f in open_record().pair(*sides).history() if "pulse.rate" in f.id)
        assert pulse.message.key == "history.pulse.rate.single"
        assert [pulse.message.terms[side].value for side in ("source", "target")] == ["JPN", "KOR"]
        seen, usual = pulse.numbers["observed"], pulse.numbers["usual"]
        assert seen.low < seen.value < seen.high
        assert usual.low < usual.value < usual.high < seen.value


def test_the_timeline_counts_no_row_after_the_record_ends():
    late = {**ROW, "id": "late", "date": "2019-12-30"}
    found = history(toy_tables(months=119, timeline=[ROW, late]))
    assert found["history.timeline"].numbers["rows"].value == 1


def test_since_and_until_leave_out_the_other_months():
    found = history(toy_tables(), since="2012", until="2013")
    assert found["history.span"].message.terms["first"].value == "2012-01-01"
    periods = {e.key.get("period") for f in found.values() for e in f.evidence} - {None}
    assert all("2012-01" <= p <= "2013-12" for p in periods)


@pytest.fixture(scope="module")
def shipped():
    return {f.id: f for f in open_record().pair("KOR", "JPN").history()}


def test_the_shipped_pack_names_august_2012_as_the_sharpest_month(shipped):
    busiest = shipped["history.busiest.icews-frequent-2005-2015"]
    assert [(m.terms["period"].value, m.numbers["conflict"].value) for m in (busiest.message, *busiest.details)] == [
        ("2012-08", 102), ("2006-04", 65), ("2005-04", 63), ("2005-03", 55), ("2008-07", 42),
    ]  # fmt: skip
    assert busiest.numbers["reports"].value == 232
    assert [key for key in shipped if "pulse" in key and "2012-08" in key]


def test_the_shipped_pack_holds_the_acts_that_were_counted_by_hand(shipped):
    counts = {(e.key["stream"], e.key["source"]): e.count for e in shipped["history.span"].evidence}
    assert (counts["icews", "KOR"], counts["icews", "JPN"]) == (205, 184)


def test_every_finding_has_provenance_and_every_estimate_its_interval_and_n(shipped):
    for finding in shipped.values():
        assert finding.provenance.source == ("published polls" if finding.basis == "polls" else "east-asia")
        assert finding.provenance.as_of
        for number in finding.numbers.values():
            if number.unit.startswith("share of") and number.value is not None:
                assert number.n is not None, finding.id
