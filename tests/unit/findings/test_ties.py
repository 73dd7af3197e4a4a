"""The chapter on ties says what the list of mechanisms says, and no more where they are few."""

from __future__ import annotations

import numpy as np
import pytest
from tests.toy_facts import SEEN, mechanism_rows, spell, with_facts
from tests.toy_pair import steady, toy_tables

from visavis.charts.svg import svg
from visavis.charts.tables import table
from visavis.finding import Verdict
from visavis.models.simulate_spells import simulated_spells
from visavis.names.messages import say
from visavis.pair import Pair
from visavis.record import open_record


def hostile(i: int, source: str, target: str, root: str) -> float:
    """Disapproval between the two rises five-fold from January 2015 on."""
    return steady(i, source, target, root) * (5 if root == "11" and i >= 60 and "CHN" not in (source, target) else 1)


@pytest.fixture(scope="module")
def plain():
    return toy_tables()


@pytest.fixture(scope="module")
def risen():
    return toy_tables(hostile)


def ties(tables, rows, first="KOR", second="JPN", **span):
    return {f.id: f for f in Pair(first, second, with_facts(tables, mechanisms=rows)).chapter("ties", **span)}


def test_no_mechanism_is_no_data_and_says_how_to_get_some(plain):
    found = ties(plain, [spell("M1", "2001", parties="CHN;KOR")])
    assert list(found) == ["ties.nothing"]
    assert found["ties.nothing"].verdict is Verdict.NO_DATA
    assert "visavis import mechanisms" in say(found["ties.nothing"].would_change)


def test_each_mechanism_is_in_the_state_in_which_it_was_last_seen(plain):
    rows = [
        spell("M1", "2001"),
        spell("M2", "2001", "2005", "suspended"), spell("M2", "2008", spell=2),
        spell("M3", "2001", "2005", "interrupted"),
        spell("M4", "2001", "2005", "lapsed"),
        spell("M5", "2001", "", "unknown"),
        spell("M6", "2001", "2005-03-01", "notice"), spell("M6", "2005-04-01", spell=2),
        spell("M7", "2001", as_of="2010"),
    ]  # fmt: skip
    held = ties(plain, rows)["ties.held"]
    counted = {k: held.numbers[k].value for k in ("running", "revived", "suspended", "ended", "unknown", "all")}
    assert counted == {"running": 3, "revived": 1, "suspended": 1, "ended": 1, "unknown": 1, "all": 7}
    keys = [d.key for d in held.details]
    assert keys == ["ties.notices", "ties.stale"], "M6's end did not come; M7 was last seen long before the others"


def test_the_chart_has_a_line_a_mechanism_and_the_table_its_sources(plain):
    rows = [
        spell("M1", "2001"),
        spell("M2", "2001", "2005", "suspended"),
        spell("M2", "2008", spell=2),
        spell("M3", ""),
    ]
    chart = ties(plain, rows)["ties.held"].charts[0]
    shown = table(chart)
    assert [(r[1], r[4], r[5]) for r in shown] == [
        ("Talks M1", "", "running when last seen"), ("Talks M2", "2005", "suspended"),
        ("Talks M2", "", "running when last seen"), ("Talks M3", "", "running when last seen"),
    ]  # fmt: skip
    assert all(r[-1] == "a paper" for r in shown)
    assert "Talks M2" in svg(chart)


def test_under_ten_ends_only_counts_are_told(plain):
    rows = [spell(f"M{i}", "2001-01-01", f"200{i}-06-01") for i in range(2, 9)]
    few = ties(plain, rows)["ties.lasting"]
    assert (few.verdict, few.numbers["ends"].value, few.charts) == (Verdict.NO_DATA, 7, ())
    assert "3 more spells" in say(few.would_change)


def test_a_spell_without_a_dated_beginning_is_left_out_of_lengths_but_shown(plain):
    rows = [spell(f"M{i}", "", f"200{i}-06-01") for i in range(2, 9)] + [spell("M9", "2000", "2005")]
    found = ties(plain, rows)
    assert found["ties.lasting"].numbers["ends"].value == 1
    assert found["ties.held"].numbers["all"].value == 8


@pytest.mark.parametrize(("scale", "verdict"), [(40.0, Verdict.HOLDS), (4.0, Verdict.DOES_NOT_HOLD)])
def test_lasting_ties_and_passing_ones_are_told_apart(plain, scale, verdict):
    spells = simulated_spells(60, scale=scale, rng=np.random.default_rng(2), window=(0, 60), causes=(0.6, 0.3, 0.1))
    lasting = ties(plain, mechanism_rows(spells))["ties.lasting"]
    assert lasting.verdict is verdict
    share = lasting.numbers["share"]
    assert share.low < share.value < share.high
    assert lasting.bits > 3
    endings = next(d for d in lasting.details if d.key == "ties.endings").numbers
    ended = sum(endings[k].value for k in ("stopped", "expired", "replaced"))
    assert ended == pytest.approx(1 - share.value), "endings compete, so they add up"
    assert "under observation" in say(lasting.charts[0].title)
    assert svg(lasting.charts[0])


def test_kinds_are_told_apart_only_with_ten_ends_each(plain):
    rows = mechanism_rows(simulated_spells(40, scale=8, rng=np.random.default_rng(3), window=(0, 60)))
    one = ties(plain, rows)["ties.lasting"]
    assert "ties.kind.half" in [d.key for d in one.details]
    mixed = [{**row, "domain": f"kind {i % 8}"} for i, row in enumerate(rows)]
    many = ties(plain, mixed)["ties.lasting"]
    assert "ties.kinds.none" in [d.key for d in many.details]


def test_a_span_lets_spells_enter_late_and_leaves_out_those_that_were_over(plain):
    spells = simulated_spells(60, scale=8, rng=np.random.default_rng(4), window=(0, 60))
    rows = mechanism_rows(spells)
    whole = ties(plain, rows)["ties.lasting"]
    late = ties(plain, rows, since="2010")["ties.lasting"]
    assert late.numbers["spells"].value < whole.numbers["spells"].value
    assert "ties.lasting.entered" in [c.key for c in late.caveats]
    assert "ties.lasting.entered" not in [c.key for c in whole.caveats]


def test_what_ended_after_the_last_day_asked_for_still_ran(plain):
    rows = [spell("M1", "2001-01-01", "2018-06-01"), spell("M2", "2019-01-01"), spell("M3", "", "2018-06-01")]
    found = ties(plain, rows, until="2015")["ties.held"]
    assert {k: found.numbers[k].value for k in ("all", "running", "ended")} == {"all": 1, "running": 1, "ended": 0}


def test_whether_what_stops_comes_back_is_undecided_where_few_stopped(plain):
    back = [row for i in range(4) for row in
            (spell(f"B{i}", "2001", "2005", "suspended"), spell(f"B{i}", "2008", spell=2))]  # fmt: skip
    gone = [spell(f"G{i}", "2001", "2005") for i in range(4)]
    found = ties(plain, back + gone)["ties.back"]
    assert found.verdict is Verdict.UNDECIDED
    assert (found.numbers["again"].value, found.numbers["stopped"].value) == (4, 8)
    more = [row for i in range(9) for row in
            (spell(f"C{i}", "2001", "2005", "suspended"), spell(f"C{i}", "2008", spell=2))]  # fmt: skip
    assert ties(plain, back + more)["ties.back"].verdict is Verdict.HOLDS
    assert ties(plain, gone + [spell(f"H{i}", "2001", "2005") for i in range(9)])["ties.back"].verdict is (
        Verdict.DOES_NOT_HOLD
    )


def test_a_replaced_mechanism_did_not_stop(plain):
    rows = [spell(f"M{i}", "2001", "2005", "replaced") for i in range(8)]
    back = ties(plain, rows)["ties.back"]
    assert (back.numbers["stopped"].value, back.message.key) == (0, "ties.back.none")


def test_what_ran_on_through_a_rise_of_conflict_is_named_by_dates_alone(risen):
    rows = [spell("M1", "2001-01-01"), spell("M2", "2001-01-01", "2015-06-01"), spell("M3", "2016-01-01")]
    through = ties(risen, rows)["ties.through"]
    assert through.verdict is Verdict.UNDECIDED, "one stop decides nothing"
    told = through.details[0]
    assert told.terms["periods"][0].value in ("2014-12", "2015-01", "2015-02")
    assert {k: told.numbers[k].value for k in ("running", "held", "stopped")} == {"running": 2, "held": 1, "stopped": 1}
    assert [t.value for t in told.terms["names"]] == ["Talks M2"]
    assert "does not say that it stopped because of it" in say(through.caveats[0])


def test_many_stops_in_the_year_after_a_rise_are_told_from_stops_spread_evenly(risen):
    near = [spell(f"N{i}", "2001-01-01", f"2015-{4 + i % 6:02d}-10") for i in range(14)]
    rest = [spell(f"R{i}", "2001-01-01") for i in range(20)] + [spell("O", "2001-01-01", "2011-05-05")]
    found = ties(risen, near + rest)["ties.through"]
    assert found.verdict is Verdict.HOLDS
    assert found.numbers["ratio"].low > 1
    even = [spell(f"E{i}", "2001-01-01", f"20{10 + i % 10}-{1 + i % 12:02d}-10") for i in range(20)]
    assert ties(risen, even + rest)["ties.through"].verdict is Verdict.UNDECIDED


def test_without_a_rise_or_without_acts_it_says_so(plain):
    assert ties(plain, [spell("M1", "2001")])["ties.through"].message.key == "ties.through.no_rise"
    short = ties(toy_tables(months=20), [spell("M1", "2001")])["ties.through"]
    assert (short.verdict, short.message.key) == (Verdict.NO_DATA, "ties.through.no_acts")


def test_naming_the_other_first_changes_only_the_order(risen):
    rows = mechanism_rows(simulated_spells(40, scale=8, rng=np.random.default_rng(6), window=(0, 60)))
    one, other = ties(risen, rows), ties(risen, rows, "JPN", "KOR")
    assert list(one) == list(other)
    for key, found in one.items():
        twin = other[key]
        assert (found.verdict, found.bits, found.numbers, found.details) == (
            twin.verdict, twin.bits, twin.numbers, twin.details)  # fmt: skip
        assert found.charts == twin.charts
        assert found.message.terms["a"] == twin.message.terms["b"]


def test_the_shipped_pack_tells_of_korea_and_japan_that_their_ties_are_few():
    found = {f.id: f for f in open_record().pair("KOR", "JPN").chapter("ties")}
    assert found["ties.lasting"].verdict is Verdict.NO_DATA, "fewer than ten ends have both dates confirmed"
    assert found["ties.held"].numbers["all"].value >= 20
    rise = found["ties.through"].details[0]
    assert [p.value for p in rise.terms["periods"]] == ["2011-07", "2012-07"]
    assert rise.numbers["running"].value == rise.numbers["held"].value + rise.numbers["stopped"].value


def test_every_claim_says_what_it_rests_on_and_what_would_change_it(risen):
    rows = mechanism_rows(simulated_spells(40, scale=8, rng=np.random.default_rng(6), window=(0, 60)))
    for tables, given in ((risen, rows), (risen, rows[:3]), (open_record().tables, None)):
        found = ties(tables, given) if given else {f.id: f for f in Pair("KOR", "JPN", tables).chapter("ties")}
        for f in found.values():
            assert f.basis == "agreements"
            assert not f.claim or f.would_change is not None, f.id
            assert all(say(m) for m in (f.message, *f.details, *f.caveats))


def test_a_name_from_outside_is_text_and_nothing_else(plain):
    rows = [{**spell("M1", "2001", domain="=cmd"), "name": "{all} <script>alert(1)</script>"}]
    chart = ties(plain, rows)["ties.held"].charts[0]
    drawn = svg(chart)
    assert "<script" not in drawn
    assert table(chart)[0][1] == "{all} <script>alert(1)</script>"
    assert SEEN[:4] in say(ties(plain, rows)["ties.held"].message)


def test_of_a_long_list_the_latest_are_drawn_and_the_table_holds_all(plain):
    rows = [spell(f"M{i:03d}", "1990", f"{1991 + i % 30}-05-01") for i in range(120)]
    held = ties(plain, rows)["ties.held"]
    assert len(table(held.charts[0])) == 120
    assert held.charts[0].spec["height"] == 40 * 14
    assert "ties.drawn" in [d.key for d in held.details]


def test_a_mechanism_whose_end_is_not_known_has_not_come_back_by_going_on(plain):
    rows = [spell("M1", "2001", "", "unknown"), spell("M1", "2008", "2010", spell=2)]
    found = ties(plain, rows)["ties.back"]
    assert (found.numbers["stopped"].value, found.numbers["again"].value) == (1, 0)


def test_what_was_last_seen_before_a_rise_was_over_is_not_said_to_have_run_on(risen):
    rows = [
        spell("M1", "2001-01-01"),
        spell("M2", "2001-01-01", as_of="2015-03"),
        spell("M3", "2001-01-01", as_of="2012"),
    ]
    told = ties(risen, rows)["ties.through"].details[0]
    assert (told.key, told.numbers["running"].value) == ("ties.rise.all_held", 1)


def test_two_mechanisms_of_one_name_have_a_line_each(plain):
    rows = [{**row, "name": "Talks"} for row in (spell("M1", "2001"), spell("M2", "2005"))]
    assert ties(plain, rows)["ties.held"].charts[0].spec["height"] == 2 * 14
