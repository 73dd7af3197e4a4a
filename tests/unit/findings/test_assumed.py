"""What acts allow to say of likeness: context, never what anybody expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.toy_pair import steady, toy_tables

from visavis.charts.svg import svg
from visavis.finding import Verdict
from visavis.findings._order import named_first
from visavis.models.assumed_likeness import FORECASTS
from visavis.names.messages import _entry, message_keys, say
from visavis.pair import Pair
from visavis.record import open_record

ICEWS_2018 = "icews/icews_subset_2018_01_09.tab.gz"


def press(i, source, target, root):
    """Toward CHN one talks while the other demands and threatens; toward each other both are steady."""
    if target == "CHN" and source == "KOR":
        return {"04": 14.0, "11": 3.0}.get(root, 0.0)
    if target == "CHN":
        return {"04": 4.0, "11": 5.0, "13": 8.0}.get(root, 0.0)
    return steady(i, source, target, root)


def assumed(tables, first="KOR", second="JPN", **span):
    found = Pair(first, second, tables).understanding(**span)
    return {f.id.rpartition(".")[2]: f for f in found if f.id.startswith("understanding.assumed")}


def told(finding):
    parts = (finding.message, *finding.details, *finding.caveats, finding.would_change)
    return " ".join(say(part) for part in parts if part)


def test_a_known_difference_toward_a_third_country_costs_and_says_how_much():
    found = assumed(toy_tables(press))["third"]
    gap = found.numbers["gap"]
    assert found.verdict is Verdict.HOLDS
    assert 0.3 < gap.low < gap.value < gap.high
    assert gap.n > 2000
    assert found.basis == "acts"
    assert found.bits == 20
    assert found.headline
    assert "a clear cost toward China" in told(found).replace("clear one", "clear cost")


def test_countries_that_do_alike_are_told_that_likeness_would_have_cost_nothing():
    found = assumed(toy_tables(lambda i, s, t, r: 3 * steady(i, s, t, r)))
    assert found["third"].verdict is not Verdict.HOLDS
    assert found["each"].verdict is not Verdict.HOLDS


def test_uniform_pooled_and_base_mix_stand_beside_both_records():
    found = assumed(toy_tables(press))["third"]
    for end in "ab":
        surprise = {name: found.numbers[f"{name}_{end}"].value for name in FORECASTS}
        assert surprise["own"] < surprise["pooled"] < surprise["mirror"]
        assert surprise["base"] < surprise["uniform"]
    assert "all countries' acts" in told(found)


def test_few_acts_cannot_tell_and_say_what_is_missing():
    found = assumed(toy_tables(lambda i, s, t, r: 0.02 * steady(i, s, t, r)))
    assert list(found) == ["third"]
    assert found["third"].verdict is Verdict.NO_DATA
    assert "100 of either are needed" in told(found["third"])
    assert "visavis import toy FILES" in told(found["third"])


def test_a_span_without_periods_cannot_tell():
    assert assumed(toy_tables(press), since="1990", until="1991")["third"].verdict is Verdict.NO_DATA


def test_a_single_period_cannot_tell():
    assert assumed(toy_tables(press), since="2011-03", until="2011-03")["third"].verdict is Verdict.NO_DATA


def test_the_costliest_acts_are_evidence_with_period_and_root():
    found = assumed(toy_tables(press))["third"]
    assert {e.key["source"] for e in found.evidence} == {"JPN", "KOR"}
    worst = next(e for e in found.evidence if e.key["source"] == "JPN")
    assert (worst.table, worst.key["target"], worst.key["root"]) == ("acts", "CHN", "13")
    assert worst.count > 0


def test_both_charts_are_drawn_and_their_table_holds_every_forecast():
    found = assumed(toy_tables(press))["third"]
    assert [chart.name for chart in found.charts] == ["likeness_cost", "score_line"]
    for chart in found.charts:
        assert svg(chart).startswith("<svg")
    rows = found.charts[0].spec["datasets"]["rows"]
    assert {row["country"] for row in rows} == {"JPN", "KOR"}
    assert all(row["uniform"] > row["own"] for row in rows)
    line = [row for row in found.charts[1].spec["datasets"]["rows"] if row["country"] == "JPN"]
    assert line[-1]["sum"] == pytest.approx(sum(row["bits"] for row in line))


def test_it_comes_after_what_people_said_and_the_lack_of_people_is_still_said():
    found = Pair("KOR", "JPN", toy_tables(press)).understanding()
    ids = [f.id.removeprefix("understanding.") for f in found]
    assert ids == ["nobody", "assumed.third", "assumed.each"]


def test_nothing_but_order_changes_with_who_is_named_first():
    tables = toy_tables(press)
    one, other = assumed(tables), assumed(tables, "JPN", "KOR")
    for name, finding in one.items():
        back = named_first([other[name]], "KOR", "JPN")[0]
        assert (back.message, back.details, back.caveats) == (finding.message, finding.details, finding.caveats)
        assert (back.verdict, back.evidence, back.bits) == (finding.verdict, finding.evidence, finding.bits)
        assert [c.spec for c in back.charts] == [c.spec for c in finding.charts]
    assert [d.terms["source"].value for d in one["third"].details] == ["KOR", "JPN"] * 4
    assert [d.terms["source"].value for d in other["third"].details] == ["JPN", "KOR"] * 4


def test_no_sentence_says_that_anybody_misread_or_expected():
    claims = [key for key in message_keys() if key.startswith("understanding.assumed.")]
    texts = {key: " ".join(_entry(key, "en").forms).lower() for key in claims}
    for text in texts.values():
        assert not any(bad in text for bad in ("misread", "misjudge", "wrong about", "mistaken", "blame"))
    for kind in ("third", "each"):
        for key in ("costs", "costs_nothing", "undecided", "no_guide"):
            assert "if one did" in texts[f"understanding.assumed.{kind}.{key}"]


@pytest.mark.parametrize("pair", [("KOR", "JPN"), ("USA", "CHN"), ("FRA", "DEU")])
def test_the_shipped_pack_gives_an_interval_and_a_count_for_every_cost(pair):
    for finding in assumed(open_record().tables, *pair).values():
        assert finding.would_change is not None
        for name, number in finding.numbers.items():
            if name in ("gap", "less"):
                assert number.low < number.value < number.high
                assert number.n >= 200
        assert finding.provenance.streams


def test_the_pack_tells_the_cost_of_other_streams_beside():
    caveats = assumed(open_record().tables)["third"].caveats
    assert [m.terms["stream"].value for m in caveats if m.key == "understanding.assumed.stream"] == [
        "stream.icews-frequent-2018",
        "stream.icews",
    ]


@pytest.fixture(scope="module")
def record_2018(tmp_path_factory):
    path = Path(__file__).resolve().parents[3].parent / "shared" / "data" / ICEWS_2018
    if not path.exists():
        pytest.skip(f"needs ../shared/data/{ICEWS_2018}, which is absent")
    record = open_record(tmp_path_factory.mktemp("icews") / "record")
    record.import_events("icews", [path])
    return record


def test_in_2018_the_cost_of_what_korea_did_lies_with_the_north_and_its_evidence_is_dated_rows(record_2018):
    found = assumed(record_2018.tables)["third"]
    assert found.verdict is Verdict.HOLDS
    where = [d for d in found.details if ".where." in d.key and d.terms["source"].value == "KOR"]
    assert [t.value for t in where[0].terms["clear"]] == ["PRK"]
    assert all(e.table == "events" and e.text and e.key["date"].startswith("2018") for e in found.evidence)


def test_in_2018_one_great_powers_record_is_a_worse_guide_to_another_than_the_base_mix(record_2018):
    league = record_2018.pairs(by="understanding", among=["USA", "CHN", "RUS"])
    found = {(place.a, place.b): place.numbers for place in league.places}
    for pair in (("CHN", "USA"), ("RUS", "USA")):
        numbers = found[pair]
        assert numbers["against_base"].low > 0
        assert numbers["own"].value < numbers["pooled"].value < numbers["base"].value < numbers["mirror"].value
        assert numbers["mirror"].value < numbers["uniform"].value
    assert found["CHN", "RUS"]["against_base"].value < 0  # and it is not so for every pair of them
