"""What is to be expected, told with its record: known worlds, what is lacking, and the order of naming."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.toy_pair import toy_tables

from visavis.charts.svg import svg
from visavis.charts.tables import table
from visavis.finding import Finding, Message, Verdict
from visavis.findings._forecasts import forecasts
from visavis.findings._order import named_first
from visavis.findings._track import entry, track_of
from visavis.findings._view import View
from visavis.findings._world import OUTCOMES
from visavis.models.chances import EDGES
from visavis.models.dyad_panel import Target
from visavis.names.messages import languages, say
from visavis.store.tables import Tables
from visavis.store.track_record import file_of, keep, made_from, of_folder, of_members, read_track

SEVEN = ("CHN", "FRA", "JPN", "KOR", "PRK", "RUS", "USA")
MONTHS = 44


def _level(i: int, source: str, target: str, root: str) -> float:
    """The same every month, but for a burst of disapproval between two countries in the last three."""
    if {source, target} == {"JPN", "KOR"} and i >= MONTHS - 3 and root == "11":
        return 40.0
    if {source, target} == {"FRA", "PRK"}:
        return 0.02
    return {"04": 8.0, "11": 3.0}.get(root, 0.0)


@pytest.fixture(scope="module")
def untried() -> Tables:
    return toy_tables(_level, months=MONTHS, countries=SEVEN)


@pytest.fixture(scope="module")
def track(untried: Tables) -> dict[str, Any]:
    steps: list[tuple[int, int]] = []
    found = track_of(untried, "toy", "month", (1, 3), lambda done, total, _: steps.append((done, total)))
    assert steps[0] == (0, 11)
    assert steps[-1] == (11, 11)
    return found


def _kept(tables: Tables, track: dict[str, Any]) -> Tables:
    body = {file_of("toy", "month"): json.dumps(track).encode()}
    return replace(tables, tracks=body.get, _kept={})


@pytest.fixture(scope="module")
def tables(untried: Tables, track: dict[str, Any]) -> Tables:
    return _kept(untried, track)


def told(tables: Tables, a: str = "JPN", b: str = "KOR", today: str = "2013-09-20", **span: dt.date) -> Finding:
    found = forecasts(View(tables, a, b, today=dt.date.fromisoformat(today), **span))  # type: ignore[arg-type]
    assert len(found) == 1
    return found[0]


def test_no_forecast_is_told_without_its_record(untried: Tables) -> None:
    finding = told(untried)
    assert finding.verdict is Verdict.NO_DATA
    assert not finding.charts
    assert "backtest" in finding.sentence


def _came(tables: Tables, track: dict[str, Any], share: float) -> Tables:
    """The same where chances of a smaller share of 95 % and more were told a thousand times and so often came true."""
    told = json.loads(json.dumps(track))
    for one in told["forecasts"]:
        if one["outcome"] == "share":
            came = {"value": share, "low": share - 0.02, "high": min(share + 0.02, 1.0), "n": 1000, "level": 0.9}
            band = {"first": 0.95, "last": 1.0, "n": 1000, "dyads": 40, "said": 0.97, "came": came}
            bands = [b for b in one["chance"]["smaller"]["bands"] if b["first"] != 0.95]
            one["chance"]["smaller"]["bands"] = [*bands, band]
    return _kept(tables, told)


def test_a_chance_that_was_never_told_or_fell_short_decides_nothing_and_that_is_said(
    tables: Tables, track: dict[str, Any]
) -> None:
    for doubtful in (tables, _came(tables, track, 0.7)):
        finding = told(doubtful)
        assert finding.verdict is Verdict.UNDECIDED
        assert "not taken as sure" in " ".join(map(say, finding.caveats))
    assert "not taken as sure" not in " ".join(map(say, told(tables, "CHN", "USA").caveats))


def test_what_comes_after_a_burst_is_a_smaller_share_and_the_record_stands_in_the_same_sentence(
    tables: Tables, track: dict[str, Any]
) -> None:
    finding = told(_came(tables, track, 0.97))
    assert finding.verdict is Verdict.DOES_NOT_HOLD
    assert finding.headline
    assert finding.bits > 4
    assert finding.basis == "acts"
    tried, held = finding.numbers["tried"], finding.numbers["held"]
    assert tried.value
    assert tried.value > 100
    assert held.value == pytest.approx(0.9, abs=0.05)
    assert f"{tried.value:,}" in finding.sentence


def test_a_steady_pair_is_undecided_and_asks_for_no_place_on_the_first_page(tables: Tables) -> None:
    finding = told(tables, "CHN", "USA")
    assert finding.verdict is Verdict.UNDECIDED
    assert finding.bits == 0
    assert not finding.headline
    assert 0.05 < (finding.numbers["chance_ab"].value or 0) < 0.95


def test_an_old_record_is_said_to_be_old_and_is_no_headline(tables: Tables) -> None:
    finding = told(tables, today="2020-01-01")
    assert finding.message.key.startswith("ahead.forecast.old.")
    assert "days ago" in finding.sentence
    assert not finding.headline


def test_intervals_hold_the_middle_and_the_counts_are_those_of_the_pair(tables: Tables) -> None:
    rows = [r for r in told(tables, "CHN", "USA").charts[0].spec["datasets"]["rows"] if r["low"] is not None]
    assert {r["period"] for r in rows} == {"2013-09", "2013-11"}
    assert all(r["low"] <= r["value"] <= r["high"] for r in rows)
    conflict = [r for r in rows if r["outcome"].value.endswith("conflict")]
    assert all(1 <= r["value"] <= 5 for r in conflict)  # 3 are to be expected


def test_nothing_but_the_order_changes_when_the_two_are_swapped(tables: Tables) -> None:
    finding = told(tables)
    there, back = (named_first([finding], first, "JPN")[0] for first in ("JPN", "KOR"))
    assert sorted(map(repr, there.numbers.values())) == sorted(map(repr, back.numbers.values()))
    assert there.numbers["chance_ab"] == back.numbers["chance_ba"]
    assert [d.terms["source"].value for d in there.details[:2]] == ["JPN", "KOR"]  # type: ignore[union-attr]
    assert [d.terms["source"].value for d in back.details[:2]] == ["KOR", "JPN"]  # type: ignore[union-attr]
    assert [d.key for d in there.details] == [d.key for d in back.details]


def test_every_sentence_and_the_chart_can_be_told_in_every_language(tables: Tables) -> None:
    finding = told(tables)
    assert finding.would_change
    for lang in languages():
        for message in (finding.message, *finding.details, *finding.caveats, finding.would_change):
            assert "{" not in say(message, lang)
        for chart in finding.charts:
            drawn = svg(chart, lang)
            assert drawn.startswith("<svg")
            assert all(say(Message(f"band.{level}"), lang) in drawn for level in ("80", "90"))


def test_a_span_that_ends_before_the_record_gets_no_forecast(tables: Tables) -> None:
    finding = told(tables, until=dt.date(2012, 6, 30))
    assert finding.message.key == "ahead.forecast.span"
    assert finding.verdict is Verdict.NO_DATA


def test_a_pair_with_too_few_acts_gets_no_forecast(tables: Tables) -> None:
    assert told(tables, "FRA", "PRK").message.key == "ahead.forecast.thin"


def test_where_the_pool_does_not_win_the_last_twelve_are_used_and_that_is_said(
    untried: Tables, track: dict[str, Any]
) -> None:
    lost = json.loads(json.dumps(track))
    for one in lost["forecasts"]:
        one["use"] = "last 12"
    finding = told(_kept(untried, lost), "CHN", "USA")
    keys = {c.key for c in finding.caveats}
    assert "ahead.forecast.record.last12" in keys
    assert "ahead.forecast.record.share" not in keys
    assert finding.provenance.parameters["method"] == "last 12"


def test_a_track_record_of_other_files_or_of_another_method_is_not_there(untried: Tables, tables: Tables) -> None:
    assert tables.track("toy", "month") is not None
    info = replace(tables.streams["toy"], files_sha256="1" * 64)
    assert replace(tables, streams={"toy": info}).track("toy", "month") is None
    assert tables.track("toy", "week") is None
    assert untried.track("toy", "month") is None


def test_a_damaged_track_record_is_not_there() -> None:
    assert read_track(b'{"made_from": "x"', "x") is None
    assert read_track(None, "x") is None
    assert read_track(b'{"made_from": "y"}', "x") is None


def test_what_is_kept_is_read_again_and_a_pack_keeps_its_members_only(
    tables: Tables, track: dict[str, Any], tmp_path: Any
) -> None:
    keep(tmp_path, track)
    wanted = made_from(asdict(tables.streams["toy"]), "month")
    again = read_track(of_folder(tmp_path, file_of("toy", "month")), wanted)
    assert again == json.loads(json.dumps(track))
    of_pack = read_track(of_members(track, ["JPN", "KOR"]), wanted)
    assert of_pack is not None
    one, whole = (entry(t, "conflict", Target(1, 1)) for t in (of_pack, track))
    assert one is not None
    assert whole is not None
    assert set(one["dyads"]) == {"JPN-KOR", "KOR-JPN"}
    assert one["methods"] == whole["methods"]


def test_a_pack_of_two_says_what_the_whole_record_says(tables: Tables, track: dict[str, Any]) -> None:
    def two(name: str) -> Any:
        table = tables.read(name)
        if not name.startswith("acts"):
            return table
        sides = (pc.is_in(table[side], pa.array(["CHN", "USA"])) for side in ("source", "target"))
        return table.filter(pc.and_(*sides))

    body = {file_of("toy", "month"): of_members(track, ["CHN", "USA"])}
    pack = replace(tables, read=two, tracks=body.get, _kept={})
    assert told(pack, "CHN", "USA").message == told(tables, "CHN", "USA").message
    assert told(pack, "CHN", "USA").details == told(tables, "CHN", "USA").details


def test_every_stretch_that_was_tried_is_told_with_its_record_and_its_method(tables: Tables) -> None:
    finding = told(tables, "CHN", "USA")
    parts = [d for d in finding.details if d.key == "ahead.forecast.part"]
    assert [d.numbers["ahead"].value for d in parts] == [1, 1]
    for part in parts:
        inner, outer = part.numbers["inner"], part.numbers["share"]
        ends = (outer.low, inner.low, outer.value, inner.high, outer.high)
        assert list(ends) == sorted(ends)  # type: ignore[type-var]
        assert part.numbers["tried"].value
        assert part.numbers["held"].value == pytest.approx(0.9, abs=0.05)
    counts = [d.numbers["ahead"].value for d in finding.details if d.key == "ahead.forecast.counts"]
    assert counts == [1, 1, 3, 3]
    rows = finding.charts[1].spec["datasets"]["rows"]
    told_of = {(r["source"], r["ahead"], r["outcome"].value.rpartition(".")[2]) for r in rows}
    assert told_of == {(s, h, w) for s in ("CHN", "USA") for h in (1, 3) for w in ("share", *OUTCOMES)}
    for row in rows:
        assert row["low"] <= row["low80"] <= row["value"] <= row["high80"] <= row["high"]
        assert row["tried"] > 100
        assert row["method"].value.startswith("ahead.forecast.method.")
    table_rows = table(finding.charts[1])
    assert any(cell.endswith("%") for cell in table_rows[0])
    assert "%" not in table_rows[1][4]  # acts are no share


def test_beside_a_chance_stands_how_often_such_chances_came_true(untried: Tables, track: dict[str, Any]) -> None:
    other = json.loads(json.dumps(track))
    for one in other["forecasts"]:
        if one["outcome"] == "share":
            came = {"value": 0.41, "low": 0.3, "high": 0.5, "n": 777, "level": 0.9}
            band = {"n": 777, "dyads": 40, "said": 0.4, "came": came}
            one["chance"]["larger"]["bands"] = [{"first": p, "last": q, **band} for p, q in pairwise(EDGES)]
    finding = told(_kept(untried, other), "CHN", "USA")
    for line in finding.details[:2]:
        assert line.key == "ahead.forecast.share.scored"
        least, most, chance = (line.numbers[k].value or 0 for k in ("least", "most", "chance"))
        assert least <= chance <= most
        assert (least, most) in set(pairwise(EDGES))
        assert (line.numbers["times"].value, line.numbers["came"].value) == (777, 0.41)
        assert "of 777 past times" in say(line)
    assert sum(c.key.startswith("ahead.forecast.record.chance") for c in finding.caveats) == 1


def test_a_record_of_before_chances_were_scored_still_tells_and_says_that_they_were_not(
    untried: Tables, track: dict[str, Any]
) -> None:
    old = json.loads(json.dumps(track))
    for one in old["forecasts"]:
        one.pop("chance", None)
    finding = told(_kept(untried, old), "CHN", "USA")
    assert finding.details[0].key == "ahead.forecast.share.unscored"
    assert "has not been tried" in say(finding.details[0])
    assert "ahead.forecast.record.chance.none" in {c.key for c in finding.caveats}
