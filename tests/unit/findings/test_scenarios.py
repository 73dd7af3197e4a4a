"""Stated paths as findings: on the shipped pack, in every language; a swap changes nothing but the order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from visavis.charts.svg import svg
from visavis.errors import BadFileError, UsageError
from visavis.finding import Finding, Verdict
from visavis.findings import _scenarios
from visavis.findings._acts_pool import acts_pool
from visavis.findings._stated_path import moves_of, rises_of
from visavis.findings._view import View
from visavis.models import scenario as model
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
    assert keys[:2] == ["ahead.scenario.step.more.both", "ahead.scenario.rests"]
    assert "ahead.scenario.seen" in keys
    [lasted] = [d for d in standard.details if d.key == "ahead.scenario.lasted"]
    places = lasted.terms["episodes"]
    assert isinstance(places, tuple)
    assert len(places) == 7
    assert not any(place.value.startswith("JPN-KOR") for place in places)
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
