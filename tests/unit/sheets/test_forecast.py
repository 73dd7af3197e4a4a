"""Dated forecasts: agreed beforehand, sealed, scored when the day has come."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

from visavis.errors import BadFileError, UsageError
from visavis.sheets import exchange
from visavis.sheets.forecast import (
    Ballots,
    Forecast,
    Outcome,
    Round,
    ballots_of,
    body_of,
    calibration,
    outcomes_of,
    read_ballots,
    read_outcomes,
    read_questions,
    scores,
    waiting,
    write_ballots,
    write_outcomes,
    write_questions,
)

TOML = """
id = "spring-talks"
sides = ["KOR", "JPN"]

[[question]]
id = "visit"
text = {en = "A visit of the minister?", ko = "장관 방문?"}
criteria = "Both ministries announce it."
due = 2027-03-31

[[question]]
id = "level"
text = "At which level do talks go on?"
criteria = "As announced."
due = 2027-06-30
outcomes = ["ministers", "directors", "none"]
"""
AFTER = dt.date(2027, 7, 1)


@pytest.fixture
def asked(tmp_path: Path) -> Forecast:
    return _read(tmp_path, TOML)


def _read(folder: Path, text: str) -> Forecast:
    path = folder / "questions.toml"
    path.write_text(text, encoding="utf-8")
    return read_questions(path)


def _side(side: str, visits: list[float]) -> Ballots:
    return Ballots(side, {f"p{i}": {"visit": (p, 1 - p)} for i, p in enumerate(visits)})


YES = {"visit": Outcome("yes", dt.date(2027, 3, 20), "joint statement")}


def test_questions_are_the_same_after_writing_and_reading_and_keep_their_hash(asked: Forecast, tmp_path: Path) -> None:
    assert asked.sides == ("JPN", "KOR")
    assert asked.question("visit").outcomes == ("yes", "no")
    assert asked.question("visit").text["ko"] == "장관 방문?"
    write_questions(tmp_path / "again.toml", asked)
    assert read_questions(tmp_path / "again.toml") == asked
    with pytest.raises(KeyError):
        asked.question("visits")


def test_hostile_wording_survives_writing_and_reading(tmp_path: Path) -> None:
    told = 'a "quote" \\ \x7f \x01 \n 😀'
    made = _read(
        tmp_path, TOML.replace('"As announced."', json.dumps(told, ensure_ascii=False).replace("\x7f", "\\u007f"))
    )
    write_questions(tmp_path / "again.toml", made)
    assert read_questions(tmp_path / "again.toml").question("level").criteria["en"] == told


def test_another_criterion_is_another_hash(asked: Forecast, tmp_path: Path) -> None:
    assert _read(tmp_path, TOML.replace("Both ministries", "One ministry")).sha256 != asked.sha256
    assert _read(tmp_path, TOML.replace('["KOR", "JPN"]', '["JPN", "KOR"]')).sha256 == asked.sha256


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("due = 2027-03-31", 'due = "2027-03-31"', "question visit, due: '2027-03-31' is no date"),
        ("due = 2027-03-31", "due = 2027-03-31T10:00:00", "question visit, due: "),
        ("due = 2027-03-31", "", "question visit, due: nothing is no date"),
        ('criteria = "As announced."', 'criteria = " "', "question level, criteria"),
        ('criteria = "As announced."', "", "question level, criteria: nothing"),
        ('"none"]', '"ministers"]', "question level, outcomes"),
        ('"directors", "none"]', "]", "question level, outcomes"),
        ('id = "level"', 'id = "visit"', "question visit, id: used twice"),
        ('id = "level"', 'id = "Level 1"', "question Level 1, id"),
        ('["KOR", "JPN"]', '["KOR", "KOR"]', "sides: "),
        ('["KOR", "JPN"]', '["Korea", "JPN"]', "sides: "),
        ('id = "spring-talks"', 'id = "spring-talks"\ntitle = "x"', "title: unknown field"),
        ('id = "level"', 'id = "level"\ncriterion = "x"', "question level, criterion: unknown field"),
        ("[[question]]", "[[questions]]", "question: there is none"),
        ('id = "spring-talks"', "id = ", "no TOML in UTF-8"),
    ],
)
def test_a_wrong_question_is_refused_with_its_item_and_field(old: str, new: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(BadFileError) as raised:
        _read(tmp_path, TOML.replace(old, new))
    assert told in str(raised.value)
    assert "questions.toml" in str(raised.value)


def test_ballots_are_the_same_after_writing_and_reading_and_private(asked: Forecast, tmp_path: Path) -> None:
    given = Ballots("KOR", {"p1": {"visit": (0.7, 0.3), "level": (0.2, 0.3, 0.5)}, "p2": {}})
    path = tmp_path / "ballots.json"
    write_ballots(path, given, asked)
    assert read_ballots(path, asked) == given
    assert path.stat().st_mode & 0o777 == 0o600
    assert "0.7" not in repr(given)


@pytest.mark.parametrize(
    ("ballots", "told"),
    [
        ({"p1": {"visit": 70}}, "person p1, question visit: 70 is no probability from 0 to 1; for 70 of 100 write 0.7"),
        ({"p1": {"visit": -0.1}}, "person p1, question visit: -0.1 is no probability"),
        ({"p1": {"visit": True}}, "question visit: True is no probability"),
        ({"p1": {"visit": "0.5"}}, "question visit: '0.5' is no probability"),
        ({"p1": {"visit": float("nan")}}, "question visit: nan is no probability"),
        ({"p1": {"visits": 0.5}}, "question visits: no such question; there are visit, level"),
        ({"p1": {"level": 0.5}}, "question level: write one probability for each of ministers, directors, none"),
        ({"p1": {"level": {"ministers": 1.0}}}, "question level: write one probability for each"),
        ({"p1": {"level": {"ministers": 0.5, "directors": 0.5, "none": 0.5}}}, "question level: the probabilities do"),
        ({"p1": {"level": {"ministers": 2, "directors": 0.5, "none": 0.5}}}, "question level, ministers: 2 is no"),
        ({"Kim Chul-soo": {"visit": 0.5}}, "person Kim Chul-soo: use a short code"),
        ({"p1": 0.5}, "person p1: not a mapping"),
        ({}, "ballots: there are none"),
    ],
)
def test_a_wrong_ballot_is_refused_with_its_person_and_question(asked: Forecast, ballots: Any, told: str) -> None:
    tree = {"format": "visavis ballots 1", "sheet": asked.sha256, "side": "KOR", "ballots": ballots}
    with pytest.raises(BadFileError) as raised:
        ballots_of(tree, asked, "b.json")
    assert told in str(raised.value)


def test_ballots_of_other_questions_another_side_or_format_are_refused(asked: Forecast, tmp_path: Path) -> None:
    good = body_of(_side("KOR", [0.5]), asked)
    for change, told in (
        ({"sheet": "0" * 64}, "other questions"),
        ({"side": "CHN"}, "side: 'CHN'"),
        ({"format": 1}, "format"),
    ):
        with pytest.raises(BadFileError, match=told):
            ballots_of(good | change, asked, "b.json")
    path = tmp_path / "b.json"
    for text, told in (("{", "no JSON in line 1"), ('{"a": 1, "a": 2}', "a key stands twice"), ("[]", "format")):
        path.write_text(text)
        with pytest.raises(BadFileError, match=told):
            read_ballots(path, asked)
    with pytest.raises(BadFileError, match="cannot be read"):
        read_ballots(tmp_path / "none.json", asked)


def test_an_outcome_needs_a_date_and_a_source(asked: Forecast, tmp_path: Path) -> None:
    write_outcomes(tmp_path / "o.json", YES, asked)
    assert read_outcomes(tmp_path / "o.json", asked) == YES
    good = {"outcome": "yes", "date": "2027-03-20", "source": "joint statement"}
    for name, change, told in (
        ("visit", {"date": None}, "question visit, date: nothing is no date"),
        ("visit", {"date": "March"}, "question visit, date: 'March'"),
        ("visit", {"source": " "}, "question visit, source: say what was read"),
        ("visit", {"outcome": "maybe"}, "question visit, outcome: 'maybe' is not one of yes, no"),
        ("visit", {"url": "x"}, "question visit, url: unknown field"),
        ("visits", {}, "question visits: no such question"),
    ):
        tree = {"format": "visavis outcomes 1", "sheet": asked.sha256, "outcomes": {name: good | change}}
        with pytest.raises(BadFileError) as raised:
            outcomes_of(tree, asked, "o.json")
        assert told in str(raised.value)


def test_nothing_is_scored_before_its_day(asked: Forecast) -> None:
    made = Round(asked, (_side("JPN", [0.5]), _side("KOR", [0.5])), YES)
    with pytest.raises(UsageError, match="due on 2027-03-31; today is 2027-03-30"):
        scores(made, today=dt.date(2027, 3, 30))
    with pytest.raises(UsageError, match="due on 2027-03-31"):
        calibration([made], today=dt.date(2027, 3, 30))
    assert scores(made, today=dt.date(2027, 3, 31))
    late = Round(asked, made.ballots, {"visit": Outcome("yes", dt.date(2027, 5, 1), "x")})
    with pytest.raises(UsageError, match="after today"):
        scores(late, today=dt.date(2027, 4, 1))


def test_questions_that_came_due_without_an_outcome_are_named(asked: Forecast) -> None:
    made = Round(asked, (), {})
    assert [q.id for q in waiting(made, dt.date(2027, 3, 30))] == []
    assert [q.id for q in waiting(made, dt.date(2027, 3, 31))] == ["visit"]
    assert [q.id for q in waiting(Round(asked, (), YES), AFTER)] == ["level"]
    assert scores(Round(asked, (_side("KOR", [0.5]),), {}), today=AFTER) == ()


def test_the_brier_score_and_both_skills_are_those_computed_by_hand(asked: Forecast) -> None:
    made = Round(asked, (_side("JPN", [0.9, 0.5]), _side("KOR", [0.2, 0.4])), YES)
    jpn, _, kor, _ = scores(made, today=AFTER)
    assert (jpn.side, jpn.question, jpn.n) == ("JPN", "visit", 2)
    assert jpn.brier.value == pytest.approx((0.1**2 + 0.5**2) / 2)
    assert jpn.over_nothing.value == pytest.approx(1 - 0.13 / 0.25)
    assert jpn.of_mean == pytest.approx(0.3**2)
    assert kor.brier.value == pytest.approx((0.8**2 + 0.6**2) / 2)
    assert jpn.over_both is not None
    assert kor.over_both is not None
    assert jpn.over_both.value == pytest.approx(1 - 0.3**2 / 0.5**2)
    assert kor.over_both.value == pytest.approx(1 - 0.7**2 / 0.5**2)
    assert jpn.brier.low is None
    assert jpn.over_both.high is None


def test_three_outcomes_are_scored_from_0_to_1(asked: Forecast) -> None:
    even = (1 / 3, 1 / 3, 1 / 3)
    given = Ballots("KOR", {"a": {"level": (1.0, 0.0, 0.0)}, "b": {"level": (0.0, 1.0, 0.0)}, "c": {"level": even}})
    made = Round(asked, (given,), {"level": Outcome("ministers", dt.date(2027, 6, 1), "x")})
    one, whole = scores(made, today=AFTER)
    assert one.brier.value == pytest.approx((0 + 1 + 1 / 3) / 3)
    assert one.over_nothing.value == pytest.approx(1 - (4 / 9) / (1 / 3))
    assert one.over_both is None
    assert (whole.question, whole.questions, whole.brier) == ("", 1, one.brier)


def test_from_six_people_on_the_interval_is_that_of_the_mean_over_people(asked: Forecast) -> None:
    held = np.array([0.9, 0.8, 0.7, 0.6, 0.4, 0.3])
    (one, _, few, _) = scores(Round(asked, (_side("JPN", list(held)), _side("KOR", [0.5] * 5)), YES), today=AFTER)
    each = (1 - held) ** 2
    reach = student.ppf(0.975, 5) * each.std(ddof=1) / np.sqrt(6)
    assert one.brier.low == pytest.approx(max(0, each.mean() - reach))
    assert one.brier.high == pytest.approx(each.mean() + reach)
    assert few.brier.low is None
    assert one.over_both is not None
    assert one.over_both.low is None  # the other side has five


def test_the_interval_against_both_sides_moves_people_of_both(asked: Forecast) -> None:
    wide = _side("KOR", [0.1, 0.9, 0.1, 0.9, 0.1, 0.9])
    calm = _side("KOR", [0.5] * 6)
    mine = _side("JPN", [0.9, 0.8, 0.7, 0.6, 0.4, 0.3])
    found = [scores(Round(asked, (mine, other), YES), today=AFTER)[0].over_both for other in (wide, calm)]
    spans = [one.high - one.low for one in found if one and one.low is not None and one.high is not None]
    assert len(spans) == 2
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].value == pytest.approx(found[1].value)
    assert spans[0] > spans[1] * 1.2


def test_a_question_left_blank_counts_nowhere(asked: Forecast) -> None:
    given = Ballots("KOR", {"a": {"visit": (0.8, 0.2)}, "b": {}, "c": {"level": (1.0, 0.0, 0.0)}})
    came = YES | {"level": Outcome("ministers", dt.date(2027, 6, 1), "x")}
    visit, level, whole = scores(Round(asked, (given,), came), today=AFTER)
    assert [(s.question, s.n, s.questions) for s in (visit, level, whole)] == [
        ("visit", 1, 1),
        ("level", 1, 1),
        ("", 2, 2),
    ]
    assert whole.brier.value == pytest.approx((0.04 + 0) / 2)


def test_a_certain_and_right_pair_has_no_skill_against_both(asked: Forecast) -> None:
    one = scores(Round(asked, (_side("JPN", [1.0]), _side("KOR", [1.0])), YES), today=AFTER)[0]
    assert one.over_both is None
    assert one.over_nothing.value == 1


def test_swapping_the_sides_changes_nothing_but_their_names(asked: Forecast) -> None:
    a, b = [0.9, 0.8, 0.7, 0.6, 0.4, 0.3], [0.2, 0.4, 0.6, 0.1, 0.3, 0.5]
    one = scores(Round(asked, (_side("JPN", a), _side("KOR", b)), YES), today=AFTER)
    other = scores(Round(asked, (_side("KOR", a), _side("JPN", b)), YES), today=AFTER)
    assert [(s.brier, s.over_nothing, s.over_both) for s in one] == [
        (s.brier, s.over_nothing, s.over_both) for s in (*other[2:], *other[:2])
    ]


def test_the_same_side_twice_is_refused(asked: Forecast) -> None:
    with pytest.raises(UsageError, match="one of each of JPN and KOR"):
        scores(Round(asked, (_side("JPN", [0.5]), _side("JPN", [0.5])), YES), today=AFTER)


def test_calibration_counts_forecasts_questions_and_rounds(asked: Forecast) -> None:
    no = {"visit": Outcome("no", dt.date(2027, 3, 31), "x")}
    first = Round(asked, (_side("JPN", [0.9, 0.95]), _side("KOR", [0.1])), YES)
    second = Round(asked, (_side("JPN", [0.85]), _side("KOR", [1.0, 0.2])), no)
    table = calibration([first, second], today=AFTER)
    assert [(c.side, c.low, c.forecasts, c.questions, c.rounds) for c in table] == [
        ("JPN", 0.8, 3, 2, 2),
        ("KOR", 0.0, 1, 1, 1),
        ("KOR", 0.2, 1, 1, 1),
        ("KOR", 0.8, 1, 1, 1),
    ]
    assert table[0].held == pytest.approx(0.9)
    assert [c.came for c in table] == pytest.approx([2 / 3, 1, 0, 0])
    with pytest.raises(UsageError, match="2 or more"):
        calibration([first], today=AFTER, bins=1)


def test_bins_hold_their_lower_end_however_it_is_rounded(asked: Forecast) -> None:
    for p, low in ((0.6, 0.6), (0.6 - 1e-6, 0.4), (0.2, 0.2), (0.0, 0.0), (1.0, 0.8)):
        (cell,) = calibration([Round(asked, (_side("KOR", [p]),), YES)], today=AFTER)
        assert cell.low == pytest.approx(low)


def test_ballots_are_sealed_and_opened_like_answers(asked: Forecast, tmp_path: Path) -> None:
    folders = {side: tmp_path / side for side in asked.sides}
    given = {side: _side(side, [0.3, 0.8]) for side in asked.sides}
    for side, folder in folders.items():
        body = body_of(given[side], asked)
        exchange.seal(folder, body, sheet=asked.sha256, sides=asked.sides, side=side, purpose="forecast")
    for step in (exchange.commit, exchange.box, exchange.key):
        done = {side: step(folder) for side, folder in folders.items()}
        for side, other in (asked.sides, asked.sides[::-1]):
            path = done[other].path
            assert path is not None
            exchange.take(folders[side], path)
    bodies = exchange.open_both(folders["JPN"]).bodies
    assert {side: ballots_of(body, asked, side) for side, body in bodies.items()} == given
