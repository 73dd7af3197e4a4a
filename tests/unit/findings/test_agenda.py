"""The one agenda: from sheets what to do, by the lower importance; without sheets what to ask; five lines at most."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.toy_facts import spell, with_facts
from tests.toy_pair import toy_tables
from tests.toy_sheet import toy_asked, toy_item

from visavis.asked import Asked
from visavis.finding import Finding, Message, Number, Term, Verdict
from visavis.findings._agenda import agenda, sheet_agenda
from visavis.findings._order import named_first
from visavis.findings._view import View
from visavis.names.messages import languages, say

A, B = "JPN", "KOR"
CLOSE = {(s, "*", q): v for s in (A, B) for q, v in (("own", 0.5), ("other", 0.95))}


def lines_of(asked: Asked) -> list[Message]:
    return [line for one in sheet_agenda(asked) for line in one.details]


def view(*sheets: Asked, mechanisms: list[dict[str, object]] | None = None) -> View:
    return View(with_facts(toy_tables(months=24), mechanisms=mechanisms or []), A, B, sheets=sheets)


def other(name: str, key: str, verdict: Verdict, **terms: Term) -> Finding:
    """A finding of another chapter, with one line that names its terms."""
    about = {"a": Term("country", A), "b": Term("country", B), **terms}
    lines = [Message("answers.line.acts.shared", {"n": Number(3, "acts")}, about)] if "third" in terms else []
    provenance = view().provenance(())
    return Finding(name, name.partition(".")[0], Message(key, {}, about), verdict, provenance, details=tuple(lines))


def test_it_ranks_by_the_lower_importance_and_holds_five_at_most() -> None:
    items = [toy_item(f"i{n}") for n in range(9)]
    levels = CLOSE | {(A, i.id, "importance"): 1.0 for i in items}
    levels |= {(B, i.id, "importance"): n / 10 for n, i in enumerate(items)}
    [one] = sheet_agenda(toy_asked(items, levels, people=40))
    assert [line.terms["item"].value for line in one.details] == [f"Is i{n} so?" for n in (8, 7, 6, 5, 4)]  # type: ignore[union-attr]
    assert {line.key for line in one.details} == {"ahead.agenda.close.both"}
    assert len(one.evidence) == 5
    assert one.evidence[0].key == {"sheet": "toy", "item": "i8"}


def test_an_importance_that_one_side_alone_gave_is_not_the_lower_of_two() -> None:
    items = [toy_item("known"), toy_item("half")]
    levels = CLOSE | {(A, i.id, "importance"): 1.0 for i in items} | {(B, "known", "importance"): 0.6}
    [one] = sheet_agenda(toy_asked(items, levels, people=40))
    assert [line.key for line in one.details] == ["ahead.agenda.close.both", "ahead.agenda.close.both.plain"]
    assert [line.terms["item"].value for line in one.details] == ["Is known so?", "Is half so?"]  # type: ignore[union-attr]
    assert one.details[0].numbers["importance"].value == pytest.approx(6, abs=0.5)
    assert "ahead.agenda.rule.half" in [caveat.key for caveat in one.caveats]


def test_a_state_of_one_side_names_it_whichever_side_it_is() -> None:
    told = {}
    for taker, knower in ((A, B), (B, A)):
        levels = {(A, "*", "own"): 0.2, (B, "*", "own"): 0.8}
        levels |= {(taker, "*", "other"): levels[taker, "*", "own"], (knower, "*", "other"): levels[taker, "*", "own"]}
        [line] = lines_of(toy_asked([toy_item("taken")], levels, people=60))
        assert line.key == "ahead.agenda.speak.plain"
        told[taker] = line.terms["source"]
    assert told == {A: Term("country", A), B: Term("country", B)}


def test_an_understood_difference_is_left_and_what_both_agree_on_is_no_line() -> None:
    apart = {(A, "apart", "own"): 0.2, (B, "apart", "own"): 0.8, (A, "apart", "other"): 0.8, (B, "apart", "other"): 0.2}
    agreed = {(s, "agreed", q): 0.5 for s in (A, B) for q in ("own", "other")}
    told = lines_of(toy_asked([toy_item("apart"), toy_item("agreed")], apart | agreed, people=60))
    assert [line.key for line in told] == ["ahead.agenda.leave.plain"]


def test_what_nobody_finds_likely_is_to_be_found_out() -> None:
    levels = {(A, "*", "own"): 0.45, (B, "*", "own"): 0.55, (A, "*", "other"): 0.52, (B, "*", "other"): 0.48}
    told = lines_of(toy_asked([toy_item(f"i{n}") for n in range(3)], levels, people=7, spread=0.3))
    assert {line.key for line in told} == {"ahead.agenda.find_out.plain"}
    for line in told:
        assert 0 < line.numbers["probability"].value < 0.5  # type: ignore[operator]


def test_a_state_is_worded_by_its_probability_and_importance_by_its_scale() -> None:
    levels = CLOSE | {(s, "*", "importance"): 0.6 for s in (A, B)}
    worded = set()
    for seed in range(1, 7):
        for spread in (0.25, 0.15, 0.05):
            made = toy_asked([toy_item(f"i{n}") for n in range(3)], levels, people=14, spread=spread, seed=seed)
            for line in lines_of(made):
                assert " of 10)" in say(line)
                if line.key != "ahead.agenda.find_out":
                    chances = [n.value for name, n in line.numbers.items() if name.startswith("probability")]
                    likely = "very likely" if min(chances) >= 0.9 else "more likely than not"  # type: ignore[type-var, operator]
                    assert f": {likely}, " in say(line)
                    worded.add(likely)
    assert worded == {"very likely", "more likely than not"}


def test_under_six_people_a_side_a_sheet_puts_nothing_on_the_table() -> None:
    few = toy_asked([toy_item("i")], CLOSE, people=5)
    assert sheet_agenda(few) == []
    [one] = agenda(view(few))
    assert one.verdict is Verdict.NO_DATA


def test_without_sheets_it_asks_and_calls_nothing_false() -> None:
    others = [
        other("answers.ranked", "answers.ranked", Verdict.HOLDS, third=Term("country", "CHN")),
        other("understanding.assumed.third", "understanding.assumed.third.costs", Verdict.HOLDS),
        other("answers.polls.2018.P1", "answers.polls.parted", Verdict.DOES_NOT_HOLD, issue=Term("outside", "arms")),
        other("reaction.disappointment", "reaction.mood.too_short", Verdict.NO_DATA),
    ]
    [one] = agenda(view(), others)
    kinds = [line.key.rpartition(".")[2] for line in one.details]
    assert kinds == ["sheet", "third", "issue", "forecast", "feeling"]
    assert one.evidence[0].key == {"pair": "JPN-KOR"}
    assert [e.key["id"] for e in one.evidence[1:]] == [others[i].id for i in (0, 2, 1, 3)]
    assert one.message.key == "ahead.agenda.questions"
    for lang in languages():
        for line in one.details:
            assert say(line, lang)


def test_nothing_asked_and_nothing_open_is_no_data() -> None:
    [one] = agenda(view())
    assert one.verdict is Verdict.NO_DATA
    assert [line.key for line in one.details] == ["ahead.agenda.ask.sheet"]


def test_a_tie_that_sleeps_has_the_last_line_and_one_that_was_ended_has_none() -> None:
    rows = [spell("M1", "2001", "2019", "suspended"), spell("M2", "2001", "2021", "terminated")]
    rows += [spell(f"B{i}", "1990", "2000", "interrupted") for i in range(3)]
    items = [toy_item(f"i{n}") for n in range(7)]
    [one] = agenda(view(toy_asked(items, CLOSE, people=40), mechanisms=rows))
    assert [line.key.startswith("ahead.agenda.close") for line in one.details] == [True] * 4 + [False]
    last = one.details[-1]
    assert (last.terms["name"].value, last.numbers["followed"].value) == ("Talks M1", 3)  # type: ignore[union-attr]
    assert last.numbers["returned"].value == 0


def test_what_sheets_do_not_fill_is_filled_with_questions() -> None:
    asked = toy_asked([toy_item("i")], CLOSE, people=40)
    [one] = agenda(
        view(asked), [other("answers.ranked", "answers.ranked", Verdict.HOLDS, third=Term("country", "CHN"))]
    )
    assert [line.key for line in one.details] == ["ahead.agenda.close.both.plain", "ahead.agenda.ask.third"]


def test_made_up_answers_are_said_to_be_made_up() -> None:
    asked = toy_asked([toy_item("i")], CLOSE, people=40, synthetic=True)
    [one] = sheet_agenda(asked)
    assert one.caveats[0].key == "ahead.agenda.synthetic"


def test_swapping_the_sides_changes_only_the_order() -> None:
    levels = {(A, "*", "own"): 0.2, (B, "*", "own"): 0.8, (A, "*", "other"): 0.2, (B, "*", "other"): 0.2}
    items = [toy_item("one"), toy_item("two")]
    both = toy_asked([replace(i) for i in items], CLOSE | levels | {(s, "two", "own"): 0.5 for s in (A, B)}
                     | {(s, "two", "other"): 0.95 for s in (A, B)}, people=40)  # fmt: skip
    found = agenda(view(both), [other("answers.ranked", "answers.ranked", Verdict.HOLDS, third=Term("country", "CHN"))])
    one, other_way = (named_first(found, first, A)[0] for first in (A, B))
    assert one != other_way
    assert [line.key for line in one.details] == [line.key for line in other_way.details]
    assert sorted(map(repr, (n for line in one.details for n in line.numbers.values()))) == sorted(
        map(repr, (n for line in other_way.details for n in line.numbers.values()))
    )
    assert sorted(say(one.message).split()) == sorted(say(other_way.message).split())
