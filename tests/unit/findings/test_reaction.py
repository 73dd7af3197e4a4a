"""The chapter on answers: what it claims, what it does not, and that it takes no side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.toy_pair import toy_tables
from tests.toy_reaction import answering_tables, mood_tables, with_acts

from visavis.charts.response import response
from visavis.charts.svg import svg
from visavis.charts.tables import table
from visavis.finding import Finding, Message, Verdict
from visavis.models.simulate_reaction import moods
from visavis.names.messages import say
from visavis.pair import Pair
from visavis.record import open_record
from visavis.store.tables import Tables

CONFLICT = "reaction.answers.conflict"


def reaction(tables: Tables, first: str = "KOR", second: str = "JPN", **asked: Any) -> dict[str, Finding]:
    return {f.id: f for f in Pair(first, second, tables).chapter("reaction", **asked)}


def texts(finding: Finding) -> list[str]:
    changed = (finding.would_change,) if finding.would_change else ()
    return [say(m) for m in (finding.message, *finding.details, *finding.caveats, *changed)]


def test_answers_in_both_directions_are_claimed_with_their_size() -> None:
    found = reaction(answering_tables(other=0.5))[CONFLICT]
    assert found.verdict is Verdict.HOLDS
    assert found.message.key == "reaction.conflict.both"
    truth = 2**0.5 - 1
    for name in ("change_ab", "change_ba"):
        number = found.numbers[name]
        assert number.low is not None
        assert number.high is not None
        assert number.low < truth < number.high
        assert (number.n, number.level) == (131, 0.95)
    assert found.bits > 5


def test_where_one_side_alone_answers_it_is_named_and_the_other_figure_is_beside_it() -> None:
    found = reaction(answering_tables(other=0.6, back=0.0))[CONFLICT]
    assert found.message.key == "reaction.conflict.one"
    assert (found.message.terms["source"].value, found.message.terms["target"].value) == ("JPN", "KOR")  # type: ignore[union-attr]
    low = found.numbers["change_other"].low
    assert low is not None
    assert low < 0


def test_shared_attention_is_not_told_as_an_answer_and_the_finding_says_what_would_change_it() -> None:
    found = reaction(answering_tables(2, attention=1.0))[CONFLICT]
    assert found.verdict is Verdict.UNDECIDED
    assert found.would_change is not None
    assert "longer record" in say(found.would_change)


def test_no_answer_over_a_long_record_does_not_hold() -> None:
    found = reaction(answering_tables(months=540, acts=300.0))[CONFLICT]
    assert found.verdict is Verdict.DOES_NOT_HOLD
    assert found.message.key == "reaction.conflict.little"


def test_double_coding_is_not_claimed_and_both_figures_are_told() -> None:
    setting = {"doubled": 0.6, "own": 0.5, "mood": 0.4}
    found = [reaction(answering_tables(s, **setting))[CONFLICT] for s in range(8)]
    assert sum(f.verdict is Verdict.HOLDS for f in found) <= 1  # each is false in 7 % of cases at most
    mirrors = found[0].details[0]
    assert mirrors.key == "reaction.mirrors.conflict"
    assert mirrors.numbers["mirrored"].value == pytest.approx(0.75, abs=0.15)
    numbers = [(f.details[0].numbers["change_ab"].value, f.numbers.get("change_ab")) for f in found]
    higher = [recorded - lone.value for recorded, lone in numbers if lone]  # type: ignore[operator]
    assert np.mean(higher) > 0.05


def test_where_mirrors_are_not_known_nothing_is_claimed() -> None:
    found = reaction(answering_tables(other=0.6, known=False))[CONFLICT]
    assert found.verdict is Verdict.UNDECIDED
    assert [d.key for d in found.details] == ["reaction.mirrors.unknown"]


def test_too_few_acts_and_no_full_period_say_what_is_needed() -> None:
    few = reaction(answering_tables(acts=1.0))["reaction.too_few"]
    assert few.verdict is Verdict.NO_DATA
    assert "60" in say(few.message)
    short = reaction(answering_tables(months=20))["reaction.too_few"]
    assert "36 periods" in say(short.message)
    none = reaction(answering_tables(), since="1999-01", until="1999-12")["reaction.too_few"]
    assert none.message.key == "reaction.not_covered"


def test_the_span_asked_for_is_the_span_used() -> None:
    found = reaction(answering_tables(), until="2014-12")[CONFLICT]
    assert found.numbers["change_ab"].n == 59
    asked, whole = (reaction(t, **a)[CONFLICT].numbers for t, a in ((answering_tables(), {"until": "2014-12"}),
                    (answering_tables(months=60), {})))  # fmt: skip
    assert asked.keys() == whole.keys()


def test_spells_that_last_are_told_with_their_length() -> None:
    spell = lambda i, s, t, r: {"04": 60.0, "11": 30.0 if i % 20 in (3, 4, 5, 6) else 4.0}.get(r, 0.0)  # noqa: E731
    found = reaction(toy_tables(spell))["reaction.spells"]
    assert found.verdict is Verdict.HOLDS
    assert found.numbers["length"].value == pytest.approx(4, abs=0.7)
    assert found.numbers["chance"].value == pytest.approx(1.25, abs=0.05)


def test_months_in_no_order_are_not_told_as_spells() -> None:
    verdicts = [reaction(toy_tables(seed=s))["reaction.spells"].verdict for s in range(6)]
    assert verdicts.count(Verdict.HOLDS) <= 1


def test_without_polls_there_is_no_word_on_disappointment() -> None:
    found = reaction(answering_tables())["reaction.disappointment"]
    assert found.verdict is Verdict.NO_DATA
    assert "visavis import polls" in say(found.message)


def test_disappointment_is_found_on_monthly_moods_and_silent_without_it() -> None:
    made = moods(120, expectation=-0.8, rng=np.random.default_rng(1))
    found = reaction(mood_tables(made))["reaction.disappointment"]
    assert found.verdict is Verdict.HOLDS
    assert found.basis == "polls"
    assert [d.key for d in found.details][1] == "reaction.mood.side.disappointment"  # KOR is named first
    quiet = [mood_tables(moods(60, rng=np.random.default_rng(s))) for s in range(5)]
    assert all(reaction(t)["reaction.disappointment"].verdict is Verdict.UNDECIDED for t in quiet)


def test_a_change_of_mode_is_a_break_and_a_short_line_is_too_short() -> None:
    tables = mood_tables(moods(60, rng=np.random.default_rng(1)))
    polls = tables.arrow("polls").to_pylist()
    for row in polls:
        row["mode"] = "mail" if row["date"] >= "2013-01" else "online"
    broken = reaction(with_acts(tables, tables.arrow("acts").to_pylist(), polls))["reaction.disappointment"]
    whole = reaction(tables)["reaction.disappointment"]
    assert (whole.numbers["waves"].value, broken.numbers["waves"].value) == (58, 57)
    few = [row for row in polls if row["date"] < "2012-01"]
    short = reaction(with_acts(tables, tables.arrow("acts").to_pylist(), few))["reaction.disappointment"]
    assert short.verdict is Verdict.NO_DATA
    assert short.numbers["waves"].value == 24


@pytest.mark.parametrize("setting", [{"other": 0.5}, {"other": 0.6, "back": 0.0}, {"attention": 1.0}])
def test_named_the_other_way_round_nothing_but_the_order_changes(setting: dict[str, float]) -> None:
    tables = answering_tables(**setting)
    one, other = reaction(tables), reaction(tables, "JPN", "KOR")
    assert list(one) == list(other)
    for name, finding in one.items():
        turned = other[name]
        assert finding.verdict is turned.verdict
        assert finding.bits == turned.bits
        assert sorted(map(repr, finding.numbers.values())) == sorted(map(repr, turned.numbers.values()))
        assert [c.spec for c in finding.charts] == [c.spec for c in turned.charts]
    if "change_ab" in one[CONFLICT].numbers:
        assert one[CONFLICT].numbers["change_ab"] == other[CONFLICT].numbers["change_ba"]
        assert one[CONFLICT].details[0].numbers["change_ab"] == other[CONFLICT].details[0].numbers["change_ba"]


def test_of_the_shipped_pack_korea_and_japan_are_undecided_and_moods_too_short() -> None:
    found = reaction(open_record().tables)
    assert found[CONFLICT].verdict is Verdict.UNDECIDED
    assert 0.15 < (found[CONFLICT].details[0].numbers["mirrored"].value or 0) < 0.3
    assert found["reaction.spells"].verdict is Verdict.HOLDS
    assert found["reaction.disappointment"].message.key == "reaction.mood.too_short"
    assert found["reaction.pooled"].numbers["pairs"].value == 16
    assert all(f.basis for f in found.values())
    assert all(f.would_change for f in found.values() if f.claim and f.verdict is not Verdict.NO_DATA)


def test_no_sentence_blames_or_says_who_started() -> None:
    words = ("started it", "provok", "retaliat", "aggress", "because", "caused", "fault")
    for first, second in (("KOR", "JPN"), ("USA", "CHN"), ("DEU", "FRA"), ("CHN", "JPN")):
        for finding in reaction(open_record().tables, first, second).values():
            for text in texts(finding):
                assert not any(word in text.lower() for word in words), text


def test_the_weeks_of_2018_are_too_few_for_the_two(data: Path, tmp_path: Path) -> None:
    record = open_record(tmp_path / "rec")
    record.import_events("icews", [data / "icews" / "icews_subset_2018_01_09.tab.gz"])
    found = reaction(open_record(tmp_path / "rec").tables)["reaction.too_few"]
    assert (found.numbers["acts_ab"].value, found.numbers["acts_ba"].value) == (38, 34)


def test_the_chart_has_one_point_a_step_and_side_on_one_scale() -> None:
    rows = [
        {"source": c, "target": o, "step": step, "change": 0.1 * step, "low": -0.2, "high": 20.0 if step == 3 else 0.9}
        | {"n": 90}
        for c, o in (("JPN", "KOR"), ("KOR", "JPN"))
        for step in (1, 2, 3)
    ]
    chart = response(rows, "months")
    panels = chart.spec["hconcat"]
    domains = [layer["encoding"]["y"]["scale"]["domain"] for p in panels for layer in p["layer"]]
    assert all(d == domains[0] for d in domains)
    assert domains[0][0] == pytest.approx(1 / domains[0][1])
    assert len(table(chart)) == 6
    assert "after acts of" in svg(chart)
    assert isinstance(chart.title, Message)
