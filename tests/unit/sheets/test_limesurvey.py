"""A survey goes to LimeSurvey and its answers come back to the items they answer."""

from __future__ import annotations

import csv
import random
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from visavis.asked import Item, Questionnaire, Scale
from visavis.errors import BadFileError, UsageError
from visavis.sheets.files import answers_of, body_of
from visavis.sheets.limesurvey import codes, lss
from visavis.sheets.limesurvey_answers import read_limesurvey
from visavis.sheets.new import new_sheet, templates
from visavis.sheets.questionnaire import questionnaire_of, tree_of

CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,19}")


@pytest.fixture(params=["bilateral-security", "public-opinion"])
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Questionnaire:
    assert request.param in templates()
    return new_sheet(request.param, "KOR", "JPN", tmp_path / "q.toml")


def _rows(root: ET.Element, table: str) -> list[dict[str, str]]:
    return [{one.tag: one.text or "" for one in row} for row in root.iterfind(f"{table}/rows/row")]


def _export(asked: Questionnaire, folder: Path, side: str = "KOR", order: str = "own first") -> Path:
    path = folder / f"{side}-{order[:3]}.lss"
    path.write_text(lss(asked, side, order), encoding="utf-8")
    return path


def test_the_file_holds_what_limesurvey_looks_for(asked: Questionnaire) -> None:
    root = ET.fromstring(lss(asked, "KOR"))
    assert root.findtext("LimeSurveyDocType") == "Survey"
    langs = [one.text for one in root.iterfind("languages/language")]
    assert langs == ["en", "ko", "ja", "zh-Hans"]
    (survey,) = _rows(root, "surveys")
    assert [survey["language"], *survey["additional_languages"].split()] == langs
    questions, groups, answers = (_rows(root, table) for table in ("questions", "groups", "answers"))
    assert len(groups) == len(asked.items)
    assert {row["gid"] for row in questions} == {row["gid"] for row in groups}
    assert {row["type"] for row in questions} <= {"L", "N", "T"}
    for table, key, of in (("question_l10ns", "qid", questions), ("group_l10ns", "gid", groups)):
        told = [(row[key], row["language"]) for row in _rows(root, table)]
        assert sorted(told) == sorted((row[key], lang) for row in of for lang in langs)
    told = [(row["aid"], row["language"]) for row in _rows(root, "answer_l10ns")]
    assert sorted(told) == sorted((row["aid"], lang) for row in answers for lang in langs)
    assert len({row["aid"] for row in answers}) == len(answers)
    listed = {row["qid"] for row in questions if row["type"] == "L"}
    assert {row["qid"] for row in answers} == listed


def test_question_codes_are_legal_unique_and_the_same_in_both_orders(asked: Questionnaire) -> None:
    for order in ("own first", "estimate first"):
        titles = [row["title"] for row in _rows(ET.fromstring(lss(asked, "JPN", order)), "questions")]
        assert all(CODE.fullmatch(title) for title in titles)
        assert len({title.lower() for title in titles}) == len(titles)
        assert set(titles) == set(codes(asked))
    assert codes(asked)["recentactcause"] == ("recent-act", "cause")


def test_answer_codes_are_the_codes_of_the_scale(asked: Questionnaire) -> None:
    root = ET.fromstring(lss(asked, "KOR"))
    by_title = {row["title"]: row["qid"] for row in _rows(root, "questions")}
    for item in asked.items:
        for title, place in codes(asked).items():
            if place == (item.id, "own"):
                found = [row["code"] for row in _rows(root, "answers") if row["qid"] == by_title[title]]
                assert found == [str(code) for code in item.scale.codes]
    assert all(re.fullmatch("[A-Za-z0-9]{1,5}", row["code"]) for row in _rows(root, "answers"))


def test_numbers_are_checked_by_limesurvey(asked: Questionnaire) -> None:
    root = ET.fromstring(lss(asked, "KOR"))
    kept: dict[str, dict[str, str]] = {}
    for row in _rows(root, "question_attributes"):
        kept.setdefault(row["qid"], {})[row["attribute"]] = row["value"]
    numbers = [row["qid"] for row in _rows(root, "questions") if row["type"] == "N"]
    assert numbers
    for qid in numbers:
        assert (kept[qid]["min_num_value_n"], kept[qid]["max_num_value_n"]) == ("0", "100")


def _guesses(asked: Questionnaire) -> dict[str, str]:
    """Code of a number -> code of the box beside it."""
    by_place = {place: code for code, place in codes(asked).items()}
    return {
        code: by_place[item, f"{question} cannot guess"]
        for code, (item, question) in codes(asked).items()
        if (item, f"{question} cannot guess") in by_place
    }


def _fake(asked: Questionnaire, survey: Path, path: Path, n: int, seed: int = 1) -> list[dict[str, str]]:
    """Answers as LimeSurvey exports them: random codes, blanks, guesses and a sheet broken off."""
    rng, root = random.Random(seed), ET.parse(survey).getroot()
    offered: dict[str, list[str]] = {}
    for row in _rows(root, "answers"):
        offered.setdefault(row["qid"], []).append(row["code"])
    rows = []
    for i in range(1, n + 1):
        row = {"id": str(i), "submitdate": f"2024-05-{i:02d} 10:00:00" if i > 1 else "", "lastpage": "3"}
        row |= {"startlanguage": "ko", "seed": "1"}
        for question in _rows(root, "questions"):
            pick = {"L": offered.get(question["qid"], []), "N": ["0", "37", "100"], "T": ["it is, so", ""]}
            row[question["title"]] = rng.choice([*pick[question["type"]], ""])
        for number, box in _guesses(asked).items():
            row[box] = "" if row[number] else "GUESS"
        rows.append(row)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0], quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return rows


@pytest.mark.parametrize("order", ["own first", "estimate first"])
def test_answers_come_back_to_the_items_they_answer(asked: Questionnaire, tmp_path: Path, order: str) -> None:
    survey = _export(asked, tmp_path, "JPN", order)
    rows = _fake(asked, survey, tmp_path / "a.csv", 5)
    (side,) = read_limesurvey(tmp_path / "a.csv", survey, asked)
    assert (side.side, side.day, len(side.people)) == ("JPN", "2024-05-05", 5)
    assert {person.order for person in side.people} == {order}
    assert body_of(answers_of(body_of(side), asked, "a")) == body_of(side)
    causes, boxes = {"SIT": "situation", "GOV": "government", "SOC": "society"}, _guesses(asked)
    given = {(a.person[1:], a.item, a.question): a for a in side.answers}
    for row in rows:
        for title, (item, question) in codes(asked).items():
            if question.endswith("cannot guess") or "reason" in question:
                continue
            answer, cell = given[row["id"], item, question], row[title]
            if cell == "GUESS" or (title in boxes and row[boxes[title]] == "GUESS"):
                assert answer.missing == "cannot guess"
            elif cell:
                assert answer.value == (causes[cell] if question == "cause" else int(cell))
            else:
                assert answer.missing == ("declined" if row["submitdate"] else "not asked")
    written = sum(bool(row[t]) for row in rows for t, (_, q) in codes(asked).items() if "reason" in q)
    assert len(side.reasons) == written > 0


def test_the_mapping_survives_a_survey_that_limesurvey_wrote_again(asked: Questionnaire, tmp_path: Path) -> None:
    survey = _export(asked, tmp_path)
    _fake(asked, survey, tmp_path / "a.csv", 3)
    root = ET.parse(survey).getroot()
    body = root.find("questions/rows")
    assert body is not None
    body[:] = reversed(list(body))
    for row in (*body, *root.iterfind("question_attributes/rows/row")):
        qid = row.find("qid")
        assert qid is not None
        qid.text = str(int(qid.text or 0) + 5000)
    again = tmp_path / "again.lss"
    ET.ElementTree(root).write(again, encoding="utf-8")
    one, other = (read_limesurvey(tmp_path / "a.csv", lss, asked)[0] for lss in (again, survey))
    texts = [[replace(reason, id="") for reason in side.reasons] for side in (one, other)]
    assert replace(one, reasons=()) == replace(other, reasons=())
    assert texts[0] == texts[1] != []
    assert {reason.id for reason in one.reasons}.isdisjoint(reason.id for reason in other.reasons)


def test_anonymous_answers_have_no_day(asked: Questionnaire, tmp_path: Path) -> None:
    survey = _export(asked, tmp_path)
    _fake(asked, survey, tmp_path / "a.csv", 2)
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").replace("2024-05-02 10:00:00", "1980-01-01 00:00:00")
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert read_limesurvey(tmp_path / "a.csv", survey, asked)[0].day == ""


def _small(labels: tuple[str, ...] = ("No", "Yes"), scale: tuple[int, ...] = (-1, 1)) -> Questionnaire:
    items = tuple(
        Item(name, "t", {"en": "{rand()} <b>?</b>"}, Scale("s", scale, {"en": labels}, frozenset({scale[-1]})))
        for name in ("1-very-long-name-of-an-item-that-goes-on", "1-very-long-name-of-an-item-that-ends")
    )
    asked = Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "public", items, "")
    return questionnaire_of(tree_of(asked), "q")


def test_long_names_and_negative_codes_fit_limesurveys_rules(tmp_path: Path) -> None:
    asked = _small()
    assert all(CODE.fullmatch(code) for code in codes(asked))
    assert len(codes(asked)) == 6
    survey = _export(asked, tmp_path)
    title = next(iter(codes(asked)))
    row = dict.fromkeys(codes(asked), "") | {"id": "7", title: "M1"}
    (tmp_path / "a.csv").write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    (side,) = read_limesurvey(tmp_path / "a.csv", survey, asked)
    assert side.answers[0].value == -1


def test_text_can_neither_run_nor_be_an_expression() -> None:
    root = ET.fromstring(lss(_small(("<script>", "{x}")), "KOR"))
    for table in ("question_l10ns", "answer_l10ns", "group_l10ns"):
        for row in _rows(root, table):
            assert not set("{}<>") & set("".join(row.values())), row


def test_bad_cells_are_all_named_with_line_and_value(asked: Questionnaire, tmp_path: Path) -> None:
    survey = _export(asked, tmp_path)
    rows = _fake(asked, survey, tmp_path / "a.csv", 3)
    rows[0]["pastweightown"], rows[2]["controlpetother"], rows[2]["controlpetotherguess"] = "9", "120", ""
    rows[1]["controlpetother"], rows[1]["controlpetotherguess"] = "50", "GUESS"
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(BadFileError) as error:
        read_limesurvey(tmp_path / "a.csv", survey, asked)
    said = str(error.value)
    assert "3 faults" in said
    for text in ("line 2: value 9", "line 4: value 120", "line 3: column 'controlpetother' is '50'"):
        assert text in said


def test_an_unknown_or_missing_column_is_named(asked: Questionnaire, tmp_path: Path) -> None:
    survey = _export(asked, tmp_path)
    _fake(asked, survey, tmp_path / "a.csv", 2)
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "a.csv").write_text(text.replace('"pastweightown"', '"Q7"'), encoding="utf-8")
    with pytest.raises(BadFileError, match="'Q7'"):
        read_limesurvey(tmp_path / "a.csv", survey, asked)
    (tmp_path / "a.csv").write_text("id\n1\n", encoding="utf-8")
    with pytest.raises(BadFileError, match="is missing"):
        read_limesurvey(tmp_path / "a.csv", survey, asked)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("<document/>", "no survey that visavis made"),
        ("<document", "no LimeSurvey file"),
        ('<!DOCTYPE d [<!ENTITY a "b">]><document/>', "entities"),
    ],
)
def test_what_is_no_survey_of_ours_is_refused(tmp_path: Path, content: str, named: str) -> None:
    (tmp_path / "x.lss").write_text(content)
    (tmp_path / "a.csv").write_text("id\n1\n")
    with pytest.raises(BadFileError, match=named):
        read_limesurvey(tmp_path / "a.csv", tmp_path / "x.lss", _small())


def test_the_survey_of_another_questionnaire_is_refused(asked: Questionnaire, tmp_path: Path) -> None:
    survey = _export(asked, tmp_path)
    with pytest.raises(BadFileError, match="another questionnaire"):
        read_limesurvey(tmp_path / "a.csv", survey, _small())


def test_codes_too_long_for_limesurvey_are_refused() -> None:
    with pytest.raises(UsageError, match="five digits"):
        lss(_small(scale=(1, 1000000)), "KOR")
    with pytest.raises(UsageError, match="'CHN'"):
        lss(_small(), "CHN")
