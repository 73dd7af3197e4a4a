"""Stated paths as findings: on the shipped pack, in every language; a swap changes nothing but the order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from visavis.actions import MEANS
from visavis.charts.svg import svg
from visavis.errors import BadFileError, UsageError
from visavis.finding import Finding, Message, Term, Verdict
from visavis.findings import _scenarios
from visavis.findings._acts_pool import acts_pool
from visavis.findings._stated_path import moves_of, on_both_sides, rises_of, states_nothing, steps_told
from visavis.findings._view import View
from visavis.models import scenario as model
from visavis.models.intervals import Estimate
from visavis.names.messages import languages, say
from visavis.pair import Findings
from visavis.record import open_record
from visavis.scenario import Scenario, Step

COOLER = Scenario("A tie cools", (Step("sd", ties=("CHN",), amount=-1.0),))
SUMMITS = Scenario("Summits <b>now</b>", (Step("add", "dialogue", "both", amount=9.0),))
THREATS = Scenario("No threats", (Step("stop", "threat", "KOR", first=2, months=3),), 6, "cooperation")


@pytest.fixture(autouse=True, scope="module")
def _few_placebos() -> Iterator[None]:
    """Fewer draws than usual: these tests are about what is said."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_scenarios, "PLACEBOS", 3)
        patch.setattr(model, "_DRAWS", 40)
        yield


def _pair(first: str = "KOR", second: str = "JPN"):  # type: ignore[no-untyped-def]
    return open_record("east-asia").pair(first, second)


@pytest.fixture(scope="module")
def told() -> Findings:
    return _pair().scenario(COOLER, SUMMITS, THREATS)


@pytest.fixture(scope="module")
def standard() -> Finding:
    [one] = _pair().scenario()
    return one


def test_without_a_path_the_standard_one_is_told_with_how_often_it_was_seen(standard: Finding) -> None:
    assert standard.message.key.startswith("ahead.scenario.")
    keys = [d.key for d in standard.details]
    first = ["others", "right", "step.more.both", "rests"]
    assert keys[:4] == [f"ahead.scenario.{key}" for key in first]  # so many stand open on a page
    assert "ahead.scenario.seen" in keys
    [lasted] = [d for d in standard.details if d.key == "ahead.scenario.lasted"]
    places = lasted.terms["episodes"]
    assert isinstance(places, Term)
    assert len(places.value.split("; ")) == 7
    assert all(
        re.fullmatch(r"[A-Z].* and [a-zA-Z ]+ \([A-Z][a-z]+ \d{4}\)", place) for place in places.value.split("; ")
    )
    assert "Japan and South Korea" not in places.value
    assert {lang for lang, text in places.also if not re.search(r"[A-Z]{3}", text)} == {"ja", "ko", "zh"}
    assert "ahead.scenario.pack" in [c.key for c in standard.caveats]


def test_each_stated_path_is_a_finding_with_its_chart(told: Findings) -> None:
    assert [f.id for f in told] == [f"ahead.scenario.JPN-KOR.{i}" for i in (1, 2, 3)]
    for finding in told:
        assert finding.verdict in (Verdict.HOLDS, Verdict.UNDECIDED)
        [chart] = finding.charts
        assert len(chart.spec["datasets"]["rows"]) == 2 * (6 if finding is told[2] else 12)
    assert "cooperative acts" in told[2].sentence


def test_a_path_of_third_ties_is_not_searched_among_pairs_and_one_of_acts_is(told: Findings) -> None:
    assert "ahead.scenario.not_searched" in [d.key for d in told[0].details]
    assert "ahead.scenario.seen" in [d.key for d in told[1].details]


def test_every_sentence_can_be_told_in_every_language_and_the_chart_drawn(told: Findings, standard: Finding) -> None:
    for finding in (*told, standard):
        for lang in languages():
            for message in (finding.message, *finding.details, *finding.caveats, finding.would_change):
                assert message is not None
                assert say(message, lang)
    assert "<b>now</b>" not in svg(told[1].charts[0], "ja")


def test_nothing_is_decided_of_acts_that_are_mostly_recorded_on_both_sides_on_one_day(told: Findings) -> None:
    summits = told[1]
    assert summits.verdict is Verdict.UNDECIDED
    assert summits.message.key == "ahead.scenario.doubled"
    assert "most such acts (2,656 of 2,659 in the past)" in summits.sentence
    assert "recorded on both sides on the same day" in summits.sentence
    assert "next to nothing" not in summits.sentence
    assert told[2].message.key != "ahead.scenario.doubled"  # threats have no mirror
    assert {f.would_change.key.rpartition(".")[2] for f in told if f.would_change} == {
        f.message.key.rpartition(".")[2] for f in told
    }


def test_where_the_two_have_few_such_acts_those_of_all_pairs_tell_how_many_have_a_mirror() -> None:
    found = acts_pool(View(open_record("east-asia").tables, "JPN", "KOR"))
    assert found is not None
    own, n = found.both_sides((0, 1), "dialogue", 24)
    every, of_all = found.both_sides((0, 1), "dialogue", 10**9)
    assert own > 0.5
    assert every > 0.5
    assert n < of_all
    blind = replace(found, mirrors=False)
    assert on_both_sides(blind, SUMMITS) == (0.0, 0)


def test_the_first_month_looked_at_is_named_in_the_sentence_in_every_language(told: Findings) -> None:
    for finding in told:
        for lang, month in (("en", "January 2016"), ("ko", "2016년 1월"), ("ja", "2016年1月"), ("zh", "2016年1月")):
            assert month in say(finding.message, lang)


def test_a_path_that_stops_what_is_not_there_is_no_data() -> None:
    found = acts_pool(View(open_record("east-asia").tables, "JPN", "KOR"))
    assert found is not None
    absent = next(m for m in MEANS if not any(found.of(way, m)[-12:].sum() for way in (0, 1)))
    stop = Step("stop", absent, "both")
    [one] = _pair().scenario(Scenario("Nothing to stop", (stop,)))
    assert one.verdict is Verdict.NO_DATA
    assert "there are no acts between" in one.sentence
    assert not states_nothing(found, Scenario("", (stop, Step("add", absent, "KOR", amount=1.0))))
    assert not states_nothing(found, Scenario("", (stop, Step("stop", "conflict", "KOR"))))


def test_ties_of_a_country_that_the_record_does_not_know_are_no_data() -> None:
    for ties in (("FJI",), ("FJI", "TUV"), ("BRA",)):
        [one] = _pair().scenario(Scenario("Unknown ties", (Step("sd", "", "", ties, -1.0),)))
        assert one.verdict is Verdict.NO_DATA
    [known] = _pair().scenario(Scenario("Known ties", (Step("sd", "", "", ("CHN",), -1.0),)))
    assert known.verdict is not Verdict.NO_DATA


def test_a_path_that_begins_in_the_last_month_looked_at_is_no_data() -> None:
    [one] = _pair().scenario(Scenario("Too late", (Step("stop", "conflict", "both", first=3),), 3))
    assert one.verdict is Verdict.NO_DATA
    assert "answered from the next month on" in one.sentence


def test_each_state_says_what_would_change_it_and_why_an_interval_without_zero_is_undecided() -> None:
    near, far = Estimate(0.01, -0.02, 0.03, 9, 0.9), Estimate(-0.1, -0.2, -0.01, 9, 0.9)
    assert [_scenarios._says(*one) for one in ((0.01, [near]), (0.2, [near]), (0.2, [far]))] == [
        "clear", "little", "undecided",
    ]  # fmt: skip
    others = Message("ahead.scenario.others")
    assert [m.key for m in _scenarios._open("undecided", [near, far], others)] == [
        "ahead.scenario.leaves_out", "ahead.scenario.right",
    ]  # fmt: skip
    assert [m.key for m in _scenarios._open("undecided", [near, near], others)] == ["ahead.scenario.right"]


def test_a_count_of_one_is_plain_english() -> None:
    rise = Scenario("", (Step("sd", "aid", "both", amount=1.0), Step("add", "dialogue", "JPN", amount=1.0)), 2)
    view = View(open_record("east-asia").tables, "JPN", "KOR")
    both, one = (say(m) for m in steps_told(view, rise))
    assert "rise by one usual swing each (the" in both
    assert "Japan shows 1 act a month toward South Korea" in one


def test_swapping_the_two_changes_nothing_but_the_order(told: Findings) -> None:
    back = _pair("JPN", "KOR").scenario(COOLER, SUMMITS, THREATS)
    for one, other in zip(told, back, strict=True):
        assert (one.id, one.verdict, one.bits) == (other.id, other.verdict, other.bits)
        assert one.numbers["change_ab"] == other.numbers["change_ba"]
        assert one.numbers["change_ba"] == other.numbers["change_ab"]
        assert one.charts[0].spec == other.charts[0].spec


def test_a_path_is_the_same_by_name_or_not_and_the_same_again(told: Findings) -> None:
    renamed = Scenario("Another name", SUMMITS.steps)
    assert _pair().scenario(renamed)[0].numbers == told[1].numbers


def test_no_word_of_cause_or_blame_is_in_any_sentence() -> None:
    folder = Path(_scenarios.__file__).parents[1] / "names" / "messages" / "en" / "scenarios.po"
    text = folder.read_text(encoding="utf-8").lower()
    for word in ("because", "causes", "leads to", "fault", "blame", "provok", "effect of"):
        assert word not in text


def test_a_rise_of_a_means_is_counted_in_its_own_swings() -> None:
    found = acts_pool(View(open_record("east-asia").tables, "JPN", "KOR"))
    assert found is not None
    [whole, *_] = moves_of(found, Scenario("", (Step("sd", "cooperation", "both", amount=1.0),)))
    [part, *_] = moves_of(found, Scenario("", (Step("sd", "aid", "both", amount=1.0),)))
    assert part.kind == whole.kind == 1
    assert 0 < part.amount < whole.amount
    assert [r.swings for r in rises_of(found, [whole])] == [pytest.approx(1.0)]
    [stop] = moves_of(found, THREATS)
    assert (stop.way, stop.kind) == (1, 0)
    assert 0 <= stop.stop < 1


def test_a_span_that_is_too_short_is_no_data_and_says_what_is_missing() -> None:
    [one] = _pair().scenario(since="2018")
    assert one.verdict is Verdict.NO_DATA
    assert "four years of full months" in one.sentence
    assert one.would_change is not None


def test_two_that_hardly_deal_with_each_other_are_no_data() -> None:
    [one] = _pair("MNG", "NLD").scenario()
    assert one.verdict is Verdict.NO_DATA


def test_a_path_of_other_countries_or_a_bad_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="USA is no side of JPN and KOR"):
        _pair().scenario(Scenario("", (Step("stop", "threat", "USA"),)))
    (tmp_path / "a.toml").write_text('name = "x"\n', encoding="utf-8")
    with pytest.raises(BadFileError, match="step is missing"):
        _pair().scenario(tmp_path / "a.toml")


def test_the_command_prints_an_example_and_draws_the_chart(tmp_path: Path) -> None:
    from visavis.cli import app

    run = CliRunner()
    path = tmp_path / "path.toml"
    path.write_text(run.invoke(app, ["scenario", "KOR", "JPN", "--example"]).stdout, encoding="utf-8")
    drawn = tmp_path / "path.svg"
    done = run.invoke(app, ["scenario", "KOR", "JPN", str(path), "--record", "east-asia", "-o", str(drawn)])
    assert done.exit_code == 0, done.output
    assert "Monthly summits resume" in done.output
    assert drawn.read_text(encoding="utf-8").startswith("<svg")
    told = run.invoke(app, ["scenario", "KOR", "JPN", str(tmp_path / "no.toml"), "--record", "east-asia"])
    assert isinstance(told.exception, BadFileError)
