"""What holds for every chapter: it speaks of any span, names what would change a verdict, and only turns its order."""

from __future__ import annotations

from pathlib import Path

import pytest

from visavis.errors import UsageError
from visavis.finding import Finding, Verdict
from visavis.findings import chapters, looks_at_one
from visavis.names.messages import languages, say
from visavis.pair import Pair
from visavis.record import open_record


@pytest.fixture(scope="module")
def pair() -> Pair:
    return open_record("east-asia").pair("KOR", "JPN")


@pytest.fixture(scope="module")
def told(pair: Pair) -> dict[str, list[Finding]]:
    return {name: list(pair.chapter(name)) for name in chapters()}


@pytest.mark.parametrize("name", chapters())
@pytest.mark.parametrize("span", [{"since": "2024-06"}, {"until": "1990"}, {"since": "2016", "until": "2017"}])
def test_a_span_without_any_acts_is_told_and_no_verdict_rests_on_acts(
    pair: Pair, name: str, span: dict[str, str]
) -> None:
    found = pair.chapter(name, **span)
    assert found
    assert not [f.id for f in found if f.claim and f.basis == "acts" and f.verdict is Verdict.HOLDS]
    for finding in found:
        assert finding.sentence


@pytest.mark.parametrize("name", chapters())
def test_every_chapter_says_what_would_change_a_verdict(told: dict[str, list[Finding]], name: str) -> None:
    lines = [f.would_change for f in told[name] if f.would_change]
    assert lines
    for line in lines:
        for lang in languages():
            assert say(line, lang)


@pytest.mark.parametrize("name", chapters())
def test_nothing_but_the_order_changes_when_the_two_are_swapped(told: dict[str, list[Finding]], name: str) -> None:
    there = {f.id: f for f in told[name]}
    back = {f.id: f for f in open_record("east-asia").pair("JPN", "KOR").chapter(name)}
    assert there.keys() == back.keys()
    for key, one in there.items():
        other = back[key]
        assert (one.verdict, one.headline, one.bits) == (other.verdict, other.headline, other.bits)
        assert sorted(map(repr, one.numbers.values())) == sorted(map(repr, other.numbers.values()))


@pytest.mark.parametrize("name", chapters())
def test_bits_go_with_decided_claims_and_are_at_most_twenty(told: dict[str, list[Finding]], name: str) -> None:
    for finding in told[name]:
        assert 0 <= finding.bits <= 20, finding.id
        if finding.verdict is Verdict.NO_DATA:
            assert finding.bits == 0, finding.id


def test_a_long_chapter_and_a_brief_say_how_far_they_are(pair: Pair, tmp_path: Path) -> None:
    steps: list[tuple[int, int, str]] = []
    found = pair.chapter("ahead", on_step=lambda *step: steps.append(step))
    assert [done for done, _, _ in steps] == list(range(steps[0][1]))
    assert found == pair.chapter("ahead")
    steps.clear()
    pair.brief(tmp_path / "b.html", on_step=lambda *step: steps.append(step))
    assert [what for _, _, what in steps] == list(chapters())


@pytest.mark.parametrize("name", [name for name in chapters() if not looks_at_one(name)])
def test_a_period_is_refused_where_none_is_looked_at(pair: Pair, name: str) -> None:
    with pytest.raises(UsageError, match="looks at no single month"):
        pair.chapter(name, "2012-08")
