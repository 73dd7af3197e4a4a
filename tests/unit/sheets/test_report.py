from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from tests.toy_sheet import toy_asked, toy_item

from visavis.asked import Asked, Item, Scale
from visavis.errors import UnknownNameError, UsageError
from visavis.sheets.files import read_joint, write_joint
from visavis.sheets.report import object_to, protocol_html, report, write_report

HOSTILE = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\x1b[31mred\x1b[0m", "{{ 7*7 }}", "\u202egnp.exe"]
SHARE = "understanding.share.toy"


@pytest.fixture(scope="module")
def asked() -> Asked:
    levels = {(s, "*", q): v for s, v in (("JPN", 0.2), ("KOR", 0.8)) for q in ("own",)}
    levels |= {("JPN", "*", "other"): 0.7, ("KOR", "*", "other"): 0.3, ("JPN", "*", "importance"): 0.5}
    return toy_asked([toy_item(f"i{n}") for n in range(3)], levels, people=30)


def test_the_report_is_one_page_without_script_and_begins_with_what_is_understood(asked: Asked, tmp_path: Path) -> None:
    html, bib, data = write_report(tmp_path / "joint.html", asked)
    page = html.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "default-src 'none'" in page
    order = [f.id.split(".")[1] for f in report(asked).findings]
    assert order[:4] == ["asked", "share", "differences", "states"]
    assert bib.stat().st_size > 0
    assert "findings.json" in zipfile.ZipFile(data).namelist()


def test_each_edition_names_its_side_first(asked: Asked) -> None:
    assert report(asked, edition="South Korea").edition == "KOR"
    with pytest.raises(UsageError, match="No edition 'FRA'"):
        report(asked, edition="FRA")


def test_an_objection_goes_with_the_joint_file_the_page_and_the_data(asked: Asked, tmp_path: Path) -> None:
    objected = object_to(asked, "KOR", SHARE, " Not drawn by lot. ")
    write_joint(tmp_path / "j.json", objected)
    again = read_joint(tmp_path / "j.json")
    assert [(o.side, o.about, o.text) for o in again.objections] == [("KOR", SHARE, "Not drawn by lot.")]
    html, _, data = write_report(tmp_path / "j.html", again)
    assert "Not drawn by lot." in html.read_text(encoding="utf-8")
    told = json.loads(zipfile.ZipFile(data).read("objections.json"))
    assert told["objections"][0]["text"] == "Not drawn by lot."


def test_an_objection_needs_a_finding_a_side_and_words(asked: Asked) -> None:
    with pytest.raises(UnknownNameError, match=SHARE):
        object_to(asked, "KOR", "understanding.shar.toy", "no")
    with pytest.raises(UsageError, match="FRA is no side"):
        object_to(asked, "FRA", SHARE, "no")
    with pytest.raises(UsageError, match="needs words"):
        object_to(asked, "KOR", SHARE, " ")


@pytest.mark.parametrize("text", HOSTILE)
def test_words_of_a_questionnaire_and_of_an_objection_are_shown_as_words(text: str, tmp_path: Path) -> None:
    scale = Scale("s", (1, 2), {"en": (text, "b")}, frozenset({2}))
    item = Item("i", "t", {"en": f"{text}?"}, scale)
    levels = {(s, "i", q): 0.5 for s in ("JPN", "KOR") for q in ("own", "other")}
    bad = toy_asked([item], levels, people=20)
    bad = object_to(replace(bad, questionnaire=replace(bad.questionnaire, title={"en": text})), "KOR", SHARE, text)
    html, _, data = write_report(tmp_path / "j.html", bad)
    page = html.read_text(encoding="utf-8") + protocol_html(bad.questionnaire)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "{{" not in text or text in page
    for name in zipfile.ZipFile(data).namelist():
        body = zipfile.ZipFile(data).read(name).decode()
        assert "\x1b" not in body
        if name.endswith(".csv"):
            assert not any(
                cell.strip('"').startswith(("=", "@")) for line in body.splitlines() for cell in line.split(",")
            )


def test_the_leaders_page_names_the_sides_and_the_fingerprint(asked: Asked) -> None:
    page = protocol_html(asked.questionnaire)
    assert "Japan · South Korea" in page
    assert asked.questionnaire.sha256[:16] in page
    assert page.count("<li>") == 8
