"""All pairs of a record, ranked by one measure."""

from __future__ import annotations

import datetime as dt
import json
import time
from operator import attrgetter
from pathlib import Path

import pytest
from tests.toy_pair import steady, toy_tables

from visavis.brief.league import league_json, league_lines
from visavis.errors import NoDataError, UnknownNameError, UsageError
from visavis.finding import Verdict
from visavis.findings._leagues import leagues, ranked
from visavis.names.messages import message_keys, say
from visavis.pair import Pair
from visavis.record import open_record

YEAR = (dt.date(2012, 1, 1), dt.date(2012, 12, 31))
NAMES = attrgetter("a", "b")
MANY = ("CHN", "JPN", "KOR", "PRK", "USA")


def odd(i, source, target, root):
    """All do alike but USA, which threatens where the others talk."""
    if source == "USA":
        return {"13": 9.0, "04": 4.0}.get(root, 0.0)
    return steady(i, source, target, root)


@pytest.fixture(scope="module")
def tables():
    return toy_tables(odd, countries=MANY)


def test_the_pairs_with_the_odd_one_out_come_first(tables):
    found = ranked(tables, "understanding")
    assert len(found.places) == 10
    assert all("USA" in (p.a, p.b) for p in found.places[:4])
    assert [p.verdict for p in found.places[:4]] == [Verdict.HOLDS] * 4
    assert not any(p.verdict is Verdict.HOLDS for p in found.places[4:])
    lows = [p.numbers["gap"].low for p in found.places]
    assert lows == sorted(lows, reverse=True)


def test_a_pair_has_the_same_figures_in_the_league_as_in_its_chapter(tables):
    place = next(p for p in ranked(tables, "understanding").places if (p.a, p.b) == ("KOR", "USA"))
    finding = next(f for f in Pair("USA", "KOR", tables).understanding() if f.id == "understanding.assumed.third")
    assert place.numbers["gap"] == finding.numbers["gap"]


def test_top_keeps_the_first_and_what_is_said_of_all(tables):
    whole, few = ranked(tables, "understanding"), ranked(tables, "understanding", 3)
    assert few.places == whole.places[:3]
    assert few.said == whole.said


def test_among_keeps_pairs_of_these_countries_only(tables):
    for by in leagues():
        found = ranked(tables, by, among=["KOR", "JPN", "USA"])
        assert {(p.a, p.b) for p in found.places} == {("JPN", "KOR"), ("JPN", "USA"), ("KOR", "USA")}


@pytest.mark.parametrize("by", leagues())
def test_every_way_of_ranking_has_headings_counts_and_a_way_into_json(tables, by):
    found = ranked(tables, by)
    assert {f"pairs.by.{by}", *(f"pairs.column.{name}" for name in found.columns)} <= set(message_keys())
    for place in found.places:
        assert place.a < place.b
        assert set(found.columns) <= place.numbers.keys()
    assert all(say(message) for message in (*found.said, *found.caveats))
    body = json.loads(json.dumps(league_json(found)))
    assert [one["rank"] for one in body["pairs"]] == list(range(1, len(found.places) + 1))
    assert body["provenance"]["streams"] == ["toy"]
    lines = list(league_lines(found))
    assert sum("United States" in line for line in lines) >= 4
    assert found.rows()[0].keys() >= {"rank", "a", "b", "verdict"}


def test_activity_is_the_part_of_all_acts_and_its_conflict(tables):
    place = next(p for p in ranked(tables, "activity").places if (p.a, p.b) == ("JPN", "KOR"))
    acts, rate, share = (place.numbers[name] for name in ("acts", "rate", "conflict_share"))
    assert acts.value == pytest.approx(2 * 24 * 120, rel=0.05)
    assert rate.low < rate.value < rate.high
    assert share.low < share.value < share.high
    assert share.value == pytest.approx(4 / 24, rel=0.1)


def test_mistakes_are_named(tables):
    with pytest.raises(UnknownNameError, match="activity, understanding"):
        ranked(tables, "likability")
    with pytest.raises(UnknownNameError, match="'gdelt'"):
        ranked(tables, "activity", stream="gdelt")
    with pytest.raises(UsageError, match="got 0"):
        ranked(tables, "activity", 0)
    with pytest.raises(NoDataError, match="can be ranked by understanding"):
        ranked(tables, "understanding", among=["FRA", "DEU"])
    with pytest.raises(UsageError, match="ends"):
        open_record().pairs(since="2012", until="2011")


def test_a_span_leaves_out_the_other_months(tables):
    whole, year = (ranked(tables, "activity", since=since, until=until) for since, until in ((None, None), YEAR))
    for one, other in zip(sorted(year.places, key=NAMES), sorted(whole.places, key=NAMES), strict=True):
        assert one.numbers["acts"].value == pytest.approx(other.numbers["acts"].value / 10, rel=0.2)
    assert open_record().pairs(by="activity", top=1, stream="icews").stream == "icews"


@pytest.mark.slow
def test_all_dyads_of_a_real_record_are_ranked_in_under_five_minutes(tmp_path):
    path = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "icews" / "icews_subset_2018_01_09.tab.gz"
    if not path.exists():
        pytest.skip("needs the real files in ../shared/data, which are absent")
    record = open_record(tmp_path / "record")
    record.import_events("icews", [path])
    steps = []
    start = time.process_time()
    found = record.pairs(by="understanding", top=20, on_step=lambda done, total, what: steps.append((done, total)))
    assert time.process_time() - start < 300
    assert steps[-1][1] > 4000
    assert len(found.places) == 20
