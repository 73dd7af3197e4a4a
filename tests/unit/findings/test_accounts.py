"""Both accounts, in history and now: counts by hand on made-up stories, and the shipped pack."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from tests.toy_pair import toy_tables

from visavis.finding import Verdict
from visavis.models.simulate_accounts import told_incidents
from visavis.names.messages import say
from visavis.pair import Pair
from visavis.record import open_record
from visavis.schema import REPORTS, STORIES
from visavis.store.coverage import period_of, period_range
from visavis.store.tables import Tables

WEEKS = 104


def tables(tilt=(1.0, 1.0), stories=(4.0, 4.0, 6.0), *, seed=3, extra=()) -> Tables:
    """Two years in which the press of both and of a third country write of incidents, with a known tilt."""
    base = toy_tables(months=24)
    start = base.streams["toy"].first_day
    names = period_range(np.datetime64(start).item(), np.datetime64("2011-12-31").item(), "week")[:WEEKS]
    rng = np.random.default_rng(seed)
    made = told_incidents(weeks=len(names), incidents=4, stories=stories, tilt=tilt, rng=rng)
    rows = [
        {"stream": "toy", "period": week, "a": "JPN", "b": "KOR", "directions": way, "roots": root, "told_by": teller}
        | {"stories": int(n)}
        for week, cells in zip(names, made, strict=True)
        for teller, both in zip(("JPN", "KOR", "FRA"), cells, strict=True)
        for way, hostile in zip(("ab", "ba"), both, strict=True)
        for root, n in (("11", hostile), ("04", 1), ("03", 1))
        if n
    ]
    rows += [{"stream": "toy", "a": "JPN", "b": "KOR", **one} for one in extra]
    reports = [
        {k: row[k] for k in ("stream", "told_by")}
        | {"period": "2010-01", "root": row["roots"].split("|")[0], "reports": row["stories"]}
        | {"source_sectors": "", "target_sectors": ""}
        | dict(zip(("source", "target"), ("JPN", "KOR") if "ab" in row["directions"] else ("KOR", "JPN"), strict=True))
        for row in rows
    ]
    weekly = pa.Table.from_pylist(rows, STORIES.arrow)
    mine = {"stories_week.parquet": weekly, "reports.parquet": pa.Table.from_pylist(reports, REPORTS.arrow)}
    return replace(base, read=lambda name: mine[name] if name in mine else base.read(name), _kept={})


def account(found: Tables, first="JPN", second="KOR"):
    return next(f for f in Pair(first, second, found).history() if f.id.startswith("history.accounts"))


def test_press_that_shows_the_other_side_as_hostile_on_both_sides_is_a_mirror_image():
    found = account(tables((4.0, 4.0)))
    assert found.verdict is Verdict.HOLDS
    assert found.bits > 4
    for end in "ab":
        ratio = found.numbers[f"ratio_{end}"]
        assert 1 < ratio.low < 4 < ratio.high


def test_press_that_shows_its_own_side_as_hostile_is_no_mirror_image():
    found = account(tables((0.25, 4.0)))
    assert found.verdict is Verdict.DOES_NOT_HOLD
    assert found.numbers["ratio_a"].high < 1


def test_one_side_alone_is_not_enough_for_a_mirror_image():
    assert account(tables((4.0, 1.0))).verdict is Verdict.UNDECIDED


def test_tellers_who_do_not_differ_are_undecided():
    assert account(tables()).verdict is Verdict.UNDECIDED


def test_a_side_without_press_is_no_data_and_the_other_is_still_held_against_third_parties():
    found = account(tables((1.0, 4.0), stories=(0.0, 4.0, 6.0)))
    assert found.verdict is Verdict.NO_DATA
    assert "ratio_b" in found.numbers
    assert "ratio_a" not in found.numbers
    assert "More months" in say(found.would_change)


def test_a_story_in_which_both_act_counts_only_where_the_tables_say_whose_the_conflict_is():
    alone = account(tables(seed=5)).numbers["other_a"].n
    week = period_of(np.datetime64("2010-03-10").item(), "week")
    both = {"period": week, "told_by": "JPN", "directions": "ab|ba", "stories": 9}
    mixed = account(tables(seed=5, extra=[{**both, "roots": "04|11"}]))
    assert mixed.numbers["other_a"].n == alone
    assert next(c for c in mixed.caveats if c.key == "accounts.unclear").numbers["unclear"].value == 9
    hostile = account(tables(seed=5, extra=[{**both, "roots": "11|13"}]))
    assert hostile.numbers["other_a"].n == alone
    assert not any(c.key == "accounts.unclear" for c in hostile.caveats)


def more(made):
    return [f for f in Pair("JPN", "KOR", made).history() if "tells_more" in f.id]


def test_what_a_press_tells_more_of_is_found_and_nothing_is_where_all_tell_the_same():
    alike = (4.0, 4.0, 4.0)
    assert not [f for seed in range(6) for f in more(tables(stories=alike, seed=seed))]
    weeks = period_range(np.datetime64("2010-02-01").item(), np.datetime64("2010-12-31").item(), "week")
    talks = {"told_by": "KOR", "directions": "ab", "roots": "04", "stories": 9}
    found = more(tables(stories=alike, extra=[{**talks, "period": week} for week in weeks]))
    one = next(f for f in found if f.actor == "KOR")
    assert one.message.terms["means"].value == "means.dialogue"
    assert one.numbers["here"].low > one.numbers["elsewhere"].high
    assert one.bits > 3
    burst = [{**talks, "period": weeks[3], "stories": 300}]
    assert not [f for f in more(tables(stories=alike, extra=burst)) if f.actor == "KOR"]


def test_naming_the_sides_the_other_way_round_changes_order_alone():
    made = tables((4.0, 1.0))
    here, there = account(made), account(made, "KOR", "JPN")
    for one, two in (("other_a", "other_b"), ("ratio_a", "ratio_b"), ("third_a", "third_b"), ("p_a", "p_b")):
        assert here.numbers[one] == there.numbers[two]
        assert here.numbers[two] == there.numbers[one]
    sentences = [say(d) for d in here.details], [say(d) for d in there.details]
    assert sentences[0][0].startswith("The press of Japan")
    assert sentences[1][0].startswith("The press of South Korea")
    assert sentences[0][2] == sentences[1][3]
    assert here.verdict == there.verdict
    assert here.bits == there.bits


@pytest.fixture(scope="module")
def shipped():
    return open_record("east-asia").tables


def test_the_shipped_pack_tells_both_accounts_and_leaves_the_mirror_image_open(shipped):
    found = account(shipped)
    assert found.id == "history.accounts.icews"
    assert found.verdict is Verdict.UNDECIDED
    assert (found.numbers["other_a"].n, found.numbers["other_b"].n, found.numbers["third_a"].n) == (36, 41, 21)
    assert [d.numbers["stories"].value for d in found.details if "stories" in d.numbers] == [113, 117, 69]


def test_now_tells_who_told_how_much_of_the_month_asked_for(shipped):
    found = next(f for f in Pair("KOR", "JPN", shipped).now("2019-01") if f.id == "now.accounts.2019-01")
    assert not found.claim
    assert found.numbers["stories_a"].value > found.numbers["conflict_a"].value > 0
    by_hand = [
        row
        for row in shipped.arrow("stories", "week").to_pylist()
        if (row["a"], row["b"], row["told_by"], row["stream"]) == ("JPN", "KOR", "KOR", "icews")
        and "2019-W01" <= row["period"] <= "2019-W05"
    ]
    assert found.numbers["stories_a"].value == sum(row["stories"] for row in by_hand)


@pytest.mark.slow
def test_a_record_of_events_knows_whose_the_conflict_is(tmp_path, data):
    record = open_record(tmp_path / "record")
    record.import_events("icews", [data / "icews" / "icews_raw_daily_20181004_20190325.tar.xz"])
    found = account(record.tables)
    assert (found.numbers["other_a"].n, found.numbers["other_b"].n, found.numbers["third_a"].n) == (43, 50, 23)
    assert not any(c.key == "accounts.unclear" for c in found.caveats)
