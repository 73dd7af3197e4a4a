"""What the chapter says of a sheet, and what it must not say."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.toy_pair import toy_tables
from tests.toy_sheet import YES_NO, toy_asked, toy_item

from visavis.asked import Answer, Asked, Objection, Reason
from visavis.brief.files import data_zip, findings_json
from visavis.brief.model import Brief
from visavis.errors import UsageError
from visavis.finding import Finding, Verdict
from visavis.findings._order import named_first
from visavis.findings._sheet_answers import _hidden
from visavis.findings.understanding import sheet_findings
from visavis.names.messages import say
from visavis.pair import Pair

A, B = "JPN", "KOR"
LEVELS = {
    # an understood difference: both know how far apart they are
    (A, "apart", "own"): 0.2, (B, "apart", "own"): 0.8, (A, "apart", "other"): 0.8, (B, "apart", "other"): 0.2,
    # Japan takes likeness for granted, South Korea does not
    (A, "taken", "own"): 0.2, (B, "taken", "own"): 0.8, (A, "taken", "other"): 0.2, (B, "taken", "other"): 0.2,
    # both see a difference that is not there
    (A, "feared", "own"): 0.5, (B, "feared", "own"): 0.5, (A, "feared", "other"): 0.95, (B, "feared", "other"): 0.95,
    (A, "*", "importance"): 0.9, (B, "*", "importance"): 0.4,
}  # fmt: skip
ITEMS = [toy_item("apart"), toy_item("taken"), toy_item("feared")]


def found(asked: Asked, stem: str) -> list[Finding]:
    return [f for f in sheet_findings(asked) if f.id.startswith(f"understanding.{stem}.")]


@pytest.fixture(scope="module")
def asked() -> Asked:
    return toy_asked(ITEMS, LEVELS, people=60)


def test_an_understood_difference_is_named_and_the_others_are_not(asked: Asked) -> None:
    [one] = found(asked, "differences")
    assert one.verdict is Verdict.HOLDS
    assert one.numbers["count"].value == 1
    assert [d.terms["item"].value for d in one.details] == ["Is apart so?"]  # type: ignore[union-attr]


def test_the_headline_is_the_expected_share_of_items(asked: Asked) -> None:
    [one] = found(asked, "share")
    share = one.numbers["share"]
    assert share.value == pytest.approx(1 / 3, abs=0.02)
    assert share.low is not None
    assert share.high is not None
    assert share.low <= 1 / 3 + 1e-9 <= share.high + 0.02
    assert not one.claim


def test_the_headline_of_a_few_people_has_no_interval_and_is_undecided() -> None:
    [one] = found(toy_asked(ITEMS, LEVELS, people=12), "share")
    assert one.verdict is Verdict.UNDECIDED
    assert one.numbers["share"].low is None
    assert one.claim


def test_likeness_taken_for_granted_is_said_of_the_side_that_takes_it(asked: Asked) -> None:
    states = {f.actor: f for f in found(asked, "states")}
    assert states[A].numbers["false_consensus"].value == pytest.approx(1 / 3, abs=0.02)
    assert states[B].numbers["false_consensus"].value == pytest.approx(0, abs=0.02)
    for side in (A, B):
        assert states[side].numbers["false_conflict"].value == pytest.approx(1 / 3, abs=0.02)


def test_blind_spots_of_both_sides_stand_by_one_threshold_largest_first(asked: Asked) -> None:
    [one] = found(asked, "blind_spots")
    assert (one.numbers["count_a"].value, one.numbers["count_b"].value) == (2, 1)
    sizes = [abs(d.numbers["bias"].value or 0) for d in one.details]
    assert sizes == sorted(sizes, reverse=True)
    assert all(size > 0.1 for size in sizes)


def test_swapping_the_sides_changes_only_the_order(asked: Asked) -> None:
    def sentences(first: str) -> list[str]:
        told = named_first(sheet_findings(asked), first, A)
        return [say(m) for f in told for m in (f.message, *f.details, *f.caveats)]

    one, other = sentences(A), sentences(B)
    assert one != other
    assert one[0].startswith("60 people of Japan")
    assert other[0].startswith("60 people of South Korea")
    figures = [sorted("".join(c if c.isdigit() else " " for c in " ".join(told)).split()) for told in (one, other)]
    assert figures[0] == figures[1]


def test_under_six_people_a_side_nothing_is_estimated_and_answers_need_consent() -> None:
    few = toy_asked(ITEMS, LEVELS, people=5)
    stems = {f.id.split(".")[1] for f in sheet_findings(few)}
    assert stems == {"asked", "listed"}
    [one] = found(few, "listed")
    assert not one.details
    agreed = replace(few, people=tuple(replace(p, consent=True) for p in few.people))
    [one] = found(agreed, "listed")
    assert len(one.details) == 6


def test_a_share_that_few_people_stand_behind_is_never_told_alone() -> None:
    assert _hidden([20, 3, 10], [0.6, 0.1, 0.3], False) == [0.6, None, None]
    assert _hidden([20, 3, 10], [0.6, 0.1, 0.3], True) == [0.6, 0.1, 0.3]
    assert _hidden([20, 2, 3, 10], [0.5, 0.1, 0.1, 0.3], False) == [0.5, None, None, 0.3]
    assert _hidden([8, 9], [0.4, 0.6], False) == [0.4, 0.6]


def test_no_exported_figure_rests_on_a_small_cell_of_answers(asked: Asked) -> None:
    body = json.dumps(findings_json(sheet_findings(toy_asked(ITEMS, LEVELS, people=8))))
    small = toy_asked(ITEMS, LEVELS, people=8)
    for chart in found(small, "answers")[0].charts:
        for row in chart.spec["datasets"]["rows"]:
            column = [a.value for a in small.given(row["country"], "own", row["item"].value.split()[1])]
            count = sum(
                small.questionnaire.items[0].scale.labels["en"][int(v) - 1] == row["answer"].value for v in column
            )  # type: ignore[arg-type]
            assert row["share"] is None or count >= 5
    assert "p0001" not in body


def test_made_up_answers_say_so_in_the_first_sentence_and_in_the_licence() -> None:
    told = sheet_findings(toy_asked(ITEMS, LEVELS, synthetic=True))
    assert told[0].sentence.startswith("Made-up answers")
    assert all("synthetic" in f.provenance.licence for f in told)


def test_without_estimates_agreement_is_told_and_understanding_is_not() -> None:
    own = {key: value for key, value in LEVELS.items() if key[2] == "own"}
    told = sheet_findings(toy_asked([toy_item(i.id, asks=("own",)) for i in ITEMS], own, people=40))
    assert {f.id.split(".")[1] for f in told} == {"asked", "agreement", "answers"}
    [one] = [f for f in told if f.id.startswith("understanding.agreement")]
    assert (one.numbers["same"].value, one.numbers["differs"].value) == (1, 2)


def test_a_shared_problem_with_different_answers_holds_only_where_both_tests_pass() -> None:
    items = [toy_item("seen", role="recognition", pair="p"), toy_item("done", role="conclusion", pair="p")]
    levels = {(s, "*", "other"): 0.5 for s in (A, B)}
    same = levels | {(A, "seen", "own"): 0.8, (B, "seen", "own"): 0.8, (A, "done", "own"): 0.2, (B, "done", "own"): 0.8}
    apart = same | {(B, "seen", "own"): 0.2}
    for given, verdict, words in (
        (same, Verdict.HOLDS, "share the problem"),
        (apart, Verdict.DOES_NOT_HOLD, "It is not so"),
    ):
        [one] = found(toy_asked(items, given, people=80), "problem")
        assert one.verdict is verdict
        assert words in one.sentence


def test_waves_tell_who_came_closer_person_by_person() -> None:
    first = toy_asked(ITEMS, LEVELS, people=20)
    later = LEVELS | {(A, "taken", "other"): 0.8, (A, "feared", "other"): 0.5, (B, "feared", "other"): 0.5}
    second = [replace(a, wave=2) for a in toy_asked(ITEMS, later, people=20, seed=2).answers]
    told = {f.actor: f for f in found(replace(first, answers=(*first.answers, *second)), "waves")}
    assert told[A].verdict is Verdict.HOLDS
    assert told[A].numbers["closer"].value == pytest.approx(
        (0.6 + 0.45) / 3, abs=0.08
    )  # less what the steps of the scale leave
    assert told[A].numbers["people"].value == 20


def test_the_two_expectations_are_told_apart_and_feelings_one_by_one() -> None:
    asks = ("will", "own_standard", "other_standard", "performance", "cause", "regret", "disappointment", "anger")
    levels = {(s, "act", q): 0.3 for s in (A, B) for q in asks} | {(A, "act", "own_standard"): 0.9}
    asked = toy_asked([*ITEMS, toy_item("act", asks=asks)], LEVELS | levels)
    [hidden] = [f for f in found(asked, "expected") if f.actor == A]
    assert "understanding.cause.hidden" in {d.key for d in hidden.details}
    agreed = replace(asked, people=tuple(replace(p, consent=True) for p in asked.people))
    told = {f.actor: f for f in found(agreed, "expected")}
    numbers = {d.key: d.numbers for d in told[A].details}
    assert numbers["understanding.expected"]["short"].value == pytest.approx(-0.6, abs=0.06)
    assert numbers["understanding.cause"]["situation"].value == 1
    assert set(numbers["understanding.feelings"]) == {"regret", "disappointment", "anger"}


def test_reasons_are_compared_with_those_of_the_side_itself() -> None:
    mine = [Reason(f"o{i}", "apart", B, B, "own", (8.0, 9.0, 8.0, 7.0, 9.0)) for i in range(3)]
    theirs = [Reason(f"t{i}", "apart", A, B, "theirs", (2.0, 1.0, 3.0, 2.0, 2.0)) for i in range(3)]
    unrated = [Reason("u", "apart", B, A, "theirs too")]
    told = {f.actor: f for f in found(toy_asked(ITEMS, LEVELS, reasons=[*mine, *theirs, *unrated]), "reasons")}
    assert told[A].verdict is Verdict.DOES_NOT_HOLD
    assert told[A].numbers["signed"].value == pytest.approx(2.0)
    assert told[A].numbers["own"].value == pytest.approx(8.2)
    assert told[B].verdict is Verdict.NO_DATA


def test_control_items_with_known_shares_take_the_pull_out() -> None:
    controls = [
        toy_item(f"c{i}", scale=YES_NO, role="control", estimate="percent", asks=("own", "other"),
                 known={A: share, B: share}, known_source="a census")
        for i, share in enumerate((0.1, 0.5, 0.9))
    ]  # fmt: skip
    items = [toy_item(f"v{i}", scale=YES_NO, estimate="percent") for i in range(2)]
    levels = {(s, "*", "own"): 0.5 for s in (A, B)} | {(s, "*", "other"): 0.5 for s in (A, B)}
    levels |= {(s, f"c{i}", "other"): v for s in (A, B) for i, v in enumerate((0.3, 0.5, 0.7))}
    told = found(toy_asked([*controls, *items], levels, people=60, spread=0.02), "control")
    assert len(told) == 2
    for one in told:
        assert one.numbers["pull"].value == pytest.approx(0.385, abs=0.05)


def test_cannot_guess_is_counted_and_never_a_blank() -> None:
    base = toy_asked(ITEMS, LEVELS)
    unsure = tuple(
        Answer(a.side, a.person, a.item, a.question, None, "cannot guess")
        if (a.side, a.item, a.question) == (A, "feared", "other") and a.person in ("p0000", "p0001", "p0002")
        else a
        for a in base.answers
    )
    [one] = found(replace(base, answers=unsure), "cannot_guess")
    assert one.numbers["guess_a"].value == pytest.approx(3 / 36)
    assert one.numbers["guess_b"].value == 0


def test_the_brief_takes_a_sheet_and_its_objections_and_refuses_one_of_other_sides(asked: Asked) -> None:
    tables = toy_tables()
    objected = replace(asked, objections=(Objection(B, "understanding.share.toy", "<b>no</b>", "2026-02-01"),))
    pair = Pair("KOR", "JPN", tables, (objected,))
    assert pair.understanding()[0].id == "understanding.asked.toy"
    assert Pair("KOR", "JPN", tables).understanding()[0].verdict is Verdict.NO_DATA
    with pytest.raises(UsageError, match="is of JPN and KOR"):
        Pair("JPN", "CHN", tables, (asked,))


def test_objections_travel_in_the_data_file(asked: Asked) -> None:
    brief = Brief(A, B, tuple(sheet_findings(asked)), ("understanding",), objections=(("KOR", "not by lot"),))
    assert b"objections.json" in data_zip(brief)


def test_people_count_only_where_they_answered() -> None:
    first = toy_asked(ITEMS, LEVELS, people=8)
    few = ("p0000", "p0001", "p0002")
    later = [replace(a, wave=2) for a in first.answers if a.person in few]
    stems = {f.id.split(".")[1] for f in sheet_findings(replace(first, answers=(*first.answers, *later)))}
    assert "listed" in stems
    assert "share" not in stems
    thin = [a for a in first.answers if a.item != "taken" or a.person in few]
    told = sheet_findings(replace(first, answers=tuple(thin)))
    assert told[1].numbers["items"].value == 2
    assert any(c.key == "understanding.thin" for c in told[0].caveats)


def test_a_reversed_item_is_told_as_it_is_worded() -> None:
    items = [toy_item("plain"), toy_item("turned", polarity=-1)]
    levels = {(s, "*", "other"): 0.5 for s in (A, B)} | {(A, "*", "own"): 0.2, (B, "*", "own"): 0.8}
    charts = found(toy_asked(items, levels, people=60), "share")[0].charts
    rows = {(r["item"].value, r["country"]): r["view"] for c in charts for r in c.spec["datasets"]["rows"]}
    assert rows["Is turned so?", B] == pytest.approx(rows["Is plain so?", B], abs=0.06)
    assert rows["Is turned so?", B] > 0.6


def test_a_yes_or_no_of_few_is_told_nowhere_without_consent() -> None:
    items = [toy_item("rare", scale=YES_NO, estimate="percent"), *ITEMS]
    base = toy_asked(items, LEVELS | {(s, "rare", "other"): 0.5 for s in (A, B)}, people=10)
    rare = tuple(Answer(p.side, p.id, "rare", "own", float(p.id in ("p0003", "p0013"))) for p in base.people)
    asked = replace(base, answers=(*base.answers, *rare))
    told = sheet_findings(asked)
    charts = [c for f in told for c in f.charts if c.name == "estimates"]
    assert charts
    assert "Is rare so?" not in {r["item"].value for c in charts for r in c.spec["datasets"]["rows"]}
    figures = [d for f in told for d in f.details]
    assert "Is rare so?" not in {d.terms["item"].value for d in figures if "item" in d.terms}  # type: ignore[union-attr]
    agreed = replace(asked, people=tuple(replace(p, consent=True) for p in asked.people))
    charts = [c for f in sheet_findings(agreed) for c in f.charts if c.name == "estimates"]
    assert "Is rare so?" in {r["item"].value for c in charts for r in c.spec["datasets"]["rows"]}


def test_exact_means_of_small_groups_are_told_in_steps_of_five() -> None:
    for chart in found(toy_asked(ITEMS, LEVELS, people=9), "share")[0].charts:
        for row in chart.spec["datasets"]["rows"]:
            for name in ("view", "low", "high", "estimate"):
                assert 20 * row[name] == pytest.approx(round(20 * row[name]))


def test_two_publics_show_how_far_their_distributions_lie_apart() -> None:
    asked = toy_asked(ITEMS, LEVELS, people=300, kind="public")
    [one] = found(asked, "answers")
    told = {d.terms["item"].value: d.numbers["distance"].value for d in one.details}  # type: ignore[union-attr]
    assert told["Is apart so?"] == pytest.approx(0.6, abs=0.05)
    assert told["Is feared so?"] == pytest.approx(0, abs=0.05)
