"""Same problem, different answer: what the chapter says of known worlds, of the shipped pack, and of real files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.toy_pair import toy_tables

from visavis.charts.svg import svg
from visavis.charts.tables import table
from visavis.finding import Finding, Term, Verdict
from visavis.findings._dealings import by_reports, dealings
from visavis.findings._polled import polled
from visavis.findings._polls_answers import against
from visavis.findings._view import View
from visavis.names.messages import languages, message_keys, say
from visavis.pair import Pair
from visavis.record import open_record
from visavis.schema import POLLS
from visavis.store.tables import Tables

PRESSING = "should join democracies in pressing China"


def answers(tables: Tables, first: str = "KOR", second: str = "JPN", **span: Any) -> dict[str, Finding]:
    return {f.id: f for f in Pair(first, second, tables).answers(**span)}


@pytest.fixture(scope="module")
def pack() -> Tables:
    return open_record("east-asia").tables


@pytest.fixture(scope="module")
def shipped(pack: Tables) -> dict[str, Finding]:
    return answers(pack)


def alike(i: int, source: str, target: str, root: str) -> float:
    return {"04": 12.0, "11": 2.0}.get(root, 0.0)


def talk_and_press(i: int, source: str, target: str, root: str) -> float:
    """Both deal as much with the third, which treats both alike; the second talks, the first presses."""
    if (source, target) == ("JPN", "CHN"):
        return {"04": 6.0, "16": 8.0}.get(root, 0.0)
    return {"04": 12.0, "11": 2.0}.get(root, 0.0)


def one_looks_away(i: int, source: str, target: str, root: str) -> float:
    return alike(i, source, target, root) * (0.2 if (source, target) == ("JPN", "CHN") else 1.0)


def with_polls(tables: Tables, *rows: dict[str, Any]) -> Tables:
    blank = {"series": "toy poll", "wave": "", "date": "2015", "about": "", "issue": "weather", "unit": "percent"}
    blank |= {"response": "", "n": 2000, "mode": "", "source": "made up", "verified": "verified", "note": ""}
    made = pa.Table.from_pylist([{"id": f"T{i:02}", **blank, **row} for i, row in enumerate(rows)], POLLS.arrow)
    return replace(tables, read=lambda name: made if name == "polls.parquet" else tables.read(name), _kept={})


def asked(kind: str, item: str, jpn: float, kor: float, **more: Any) -> list[dict[str, Any]]:
    both = {"JPN": jpn, "KOR": kor}
    return [{"country": c, "kind": kind, "item": item, "value": v, **more} for c, v in both.items()]


# From acts


@pytest.mark.parametrize(
    ("level", "key", "verdict"),
    [
        (talk_and_press, "shared", Verdict.HOLDS),
        (one_looks_away, "apart", Verdict.DOES_NOT_HOLD),
        (alike, "alike", Verdict.DOES_NOT_HOLD),
    ],
)
def test_a_known_world_is_called_what_it_is(level, key, verdict):
    found = answers(toy_tables(level, months=60))["answers.acts.CHN.toy"]
    assert (found.message.key, found.verdict) == (f"answers.acts.{key}", verdict)
    assert found.basis == "acts"
    assert found.bits > 3
    assert found.numbers["dialogue_a"].n is not None


def test_with_few_acts_nothing_is_compared_and_it_is_said_how_to_get_more():
    found = answers(toy_tables(lambda *x: alike(*x) / 20, months=30))
    assert found["answers.acts"].verdict is Verdict.NO_DATA
    assert found["answers.closer"].verdict is Verdict.NO_DATA
    assert "50" in say(found["answers.acts"].message)
    assert "answers.ranked" not in found


def test_dialogue_and_pressure_toward_north_korea_in_2018_are_as_they_must_be(shipped, pack):
    found = shipped["answers.acts.PRK.icews-frequent-2018"]
    reports = next(d for d in found.details if d.key == "answers.by_reports")  # a is named first: South Korea
    shares = {name: number.value for name, number in reports.numbers.items()}
    assert shares["dialogue_a"] == pytest.approx(0.78, abs=0.01)
    assert shares["dialogue_b"] == pytest.approx(0.54, abs=0.01)
    assert shares["pressure_a"] == pytest.approx(0.02, abs=0.01)
    assert shares["pressure_b"] == pytest.approx(0.12, abs=0.01)
    assert "answers.means.differs" in [d.key for d in found.details]
    view = View(pack, "JPN", "KOR")
    dealing = next(d for d in dealings(view) if (d.third, d.stream) == ("PRK", "icews-frequent-2018"))
    assert dealing.toward.answer == by_reports(view, dealing).toward.answer == "differs"
    assert dealing.mix.p < 0.01


@pytest.mark.slow
def test_the_real_file_of_2018_says_the_same(data: Path, tmp_path: Path):
    record = open_record(tmp_path / "record")
    record.import_events("icews", [data / "icews" / "icews_subset_2018_01_09.tab.gz"])
    view = View(record.tables, "JPN", "KOR")
    dealing = by_reports(view, next(d for d in dealings(view) if d.third == "PRK"))
    found = dealing.toward
    assert [round(s.value, 2) for s in (found.dialogue.a, found.dialogue.b) if s] == [0.54, 0.78]
    assert [round(s.value, 2) for s in (found.pressure.a, found.pressure.b) if s] == [0.12, 0.02]
    assert found.answer == "differs"


def test_weeks_that_are_partial_or_outside_the_span_are_left_out(pack):
    whole = next(d for d in dealings(View(pack, "JPN", "KOR")) if (d.third, d.stream[-4:]) == ("PRK", "2018"))
    full = {c.period for c in pack.coverage("week") if c.full}
    assert set(whole.periods) <= full
    assert len(whole.periods) < len([c for c in pack.coverage("week") if c.stream == whole.stream])
    found = answers(pack, since="2018-03", until="2018-06")
    assert found["answers.acts.PRK.icews-frequent-2018"].message.terms["first"].value >= "2018-03"
    assert not [key for key in found if "2005-2015" in key]


def test_a_verdict_can_change_in_time():
    def turning(i: int, source: str, target: str, root: str) -> float:
        return (talk_and_press if i >= 60 else alike)(i, source, target, root)

    found = answers(toy_tables(turning, months=120))["answers.acts.CHN.toy"]
    told = [d.key for d in found.details if d.key.startswith("answers.when")]
    assert told[0] == "answers.when.alike"
    assert told[-1] == "answers.when.shared"


def test_whether_ways_of_dealing_come_closer_is_told_of_the_country_both_deal_with_most(shipped):
    found = shipped["answers.closer.CHN.icews-frequent-2005-2015"]
    assert found.verdict is Verdict.UNDECIDED
    assert found.numbers["slope"].low < 0 < found.numbers["slope"].high
    assert len(table(found.charts[0])) == 11

    def closing(i: int, source: str, target: str, root: str) -> float:
        gap = 8 * (1 - i / 120) if (source, target) == ("JPN", "CHN") else 0.0
        return max({"04": 12.0 - gap, "16": 2.0 + gap}.get(root, 0.0), 0.0)

    world = answers(toy_tables(closing, months=120))["answers.closer.CHN.toy"]
    assert world.verdict is Verdict.HOLDS


# From polls


def test_what_runs_against_the_other_records_stands_first(shipped):
    first = next(iter(shipped.values()))
    assert first.id.startswith("answers.polls.2022")
    assert first.verdict is Verdict.UNDECIDED  # whether it is a problem was not asked
    against_it = next(d for d in first.details if d.key == "answers.polls.against")
    assert {k: t.value for k, t in against_it.terms.items()} == {"more": "KOR", "less": "JPN"}
    assert PRESSING in " ".join(say(d) for d in first.details)


def test_2013_is_undecided_and_june_2018_no_longer_the_same_problem(shipped):
    polls = {f.id[14:18]: f for f in shipped.values() if f.id.startswith("answers.polls.20")}
    assert polls["2013"].verdict is Verdict.UNDECIDED
    assert "conclusion" not in polls["2013"].numbers
    assert polls["2018"].verdict is Verdict.DOES_NOT_HOLD
    assert polls["2018"].message.key == "answers.polls.parted"
    assert polls["2018"].numbers["recognition"].value == pytest.approx(29.0)
    shown = next(d for d in polls["2018"].details if d.key == "answers.polls.designs.both")
    assert [shown.terms[f"deff_{i}"].value for i in (1, 2)] == ["1.0", "2.5"]
    assert {shown.terms[f"said_{i}"] for i in (1, 2)} == {Term("word", "answers.said.apart")}
    assert [c.key for c in polls["2013"].caveats] == ["answers.polls.rule"]  # its numbers of people were printed
    assert "answers.polls.assumed" in [c.key for c in polls["2018"].caveats]


def test_polls_are_called_what_they_are():
    shared = with_polls(toy_tables(), *asked("recognition", "r", 70, 71), *asked("conclusion", "c", 30, 60))
    found = next(f for f in answers(shared).values() if f.id.startswith("answers.polls.2015"))
    assert (found.message.key, found.verdict, found.basis) == ("answers.polls.shared", Verdict.HOLDS, "polls")
    assert found.bits == 20
    same = with_polls(toy_tables(), *asked("recognition", "r", 70, 71), *asked("conclusion", "c", 50, 51))
    found = next(f for f in answers(same).values() if f.id.startswith("answers.polls.2015"))
    assert (found.message.key, found.verdict) == ("answers.polls.alike", Verdict.DOES_NOT_HOLD)


def test_a_figure_that_another_source_prints_otherwise_is_told():
    rows = [*asked("recognition", "r", 70, 71), *asked("conclusion", "c", 30, 60), asked("recognition", "r", 64, 0)[0]]
    found = next(f for f in answers(with_polls(toy_tables(), *rows)).values() if f.id.startswith("answers.polls.2015"))
    assert "Another source prints 64" in " ".join(say(c) for c in found.caveats)


def test_items_of_different_series_or_years_are_never_put_together():
    rows = [*asked("recognition", "r", 70, 71), *asked("conclusion", "c", 30, 60, series="another")]
    view = View(with_polls(toy_tables(), *rows), "JPN", "KOR")
    assert {one.found[0].said for one in polled(view)} == {"undecided"}


def test_without_items_known_to_lean_nothing_is_put_first():
    view = View(with_polls(toy_tables(), *asked("conclusion", "an item of the user's own", 30, 60)), "JPN", "KOR")
    assert against(polled(view), dealings(view)) == []
    press = with_polls(toy_tables(talk_and_press, months=60), *asked("conclusion", PRESSING, 30, 60))
    view = View(press, "JPN", "KOR")
    assert [one.leaning > 0 for one in against(polled(view), dealings(view))] == [
        True
    ]  # by acts the first side presses
    along = View(with_polls(press, *asked("conclusion", PRESSING, 60, 30)), "JPN", "KOR")
    assert against(polled(along), dealings(along)) == []


def test_without_polls_or_votes_it_is_said_what_is_missing():
    found = answers(toy_tables())
    assert found["answers.polls"].verdict is found["answers.votes"].verdict is Verdict.NO_DATA
    assert "visavis import polls" in say(found["answers.polls"].message)


# The list, and the whole


def test_the_list_counts_every_comparison_once_and_names_the_undecided(shipped):
    found = shipped["answers.ranked"]
    counts = {name: found.numbers[name].value for name in ("shared", "apart", "alike", "open")}
    assert sum(counts.values()) == found.numbers["all"].value
    assert counts["apart"] >= 5
    told = [d.key for d in found.details]
    order = [key.rsplit(".", 1)[-1].replace("parted", "apart") for key in told if ".open" not in key]
    assert order == sorted(order, key=("shared", "apart", "alike").index)
    assert "answers.line.acts.open" in told


def test_the_chart_draws_each_third_country_once_and_its_table_holds_all(shipped):
    chart = shipped["answers.ranked"].charts[0]
    drawn = chart.spec["hconcat"][0]["data"]["values"]
    assert len(drawn) == 2 * len({str(row["label"]) for row in drawn if row["label"]})
    assert len(table(chart)) > len(drawn)
    assert svg(chart).startswith("<svg")


def test_every_claim_says_what_it_rests_on_and_what_would_change_it(shipped):
    for finding in shipped.values():
        if finding.claim:
            assert finding.basis in ("acts", "polls", "votes")
            assert finding.would_change is not None
        assert all(number.n for number in finding.numbers.values() if number.low is not None)
        assert 0 <= finding.bits <= 20


def test_every_language_that_has_the_chapter_tells_all_of_it(pack):
    for lang in languages():
        if not {"answers.ranked", "number.range"} <= set(message_keys(lang)):
            continue
        for world in (pack, toy_tables(talk_and_press, months=60), toy_tables(alike, months=80)):
            for f in answers(world).values():
                told = [f.message, *f.details, *f.caveats, *([f.would_change] if f.would_change else [])]
                assert all("{" not in say(message, lang) for message in told)


def test_swapping_the_countries_changes_the_order_of_the_sides_and_nothing_else(shipped, pack):
    other = answers(pack, "JPN", "KOR")
    assert list(shipped) == list(other)
    for mine, theirs in zip(shipped.values(), other.values(), strict=True):
        assert (mine.verdict, mine.bits, mine.headline) == (theirs.verdict, theirs.bits, theirs.headline)
        assert [c.spec for c in mine.charts] == [c.spec for c in theirs.charts]
        for a, b in zip((mine.message, *mine.details), (theirs.message, *theirs.details), strict=True):
            assert a.key == b.key
            swapped = {
                name[:-2] + {"_a": "_b", "_b": "_a"}.get(name[-2:], name[-2:]): n for name, n in b.numbers.items()
            }
            assert a.numbers == swapped
            for name, term in a.terms.items():
                assert b.terms[{"a": "b", "b": "a"}.get(name, name)] == term
