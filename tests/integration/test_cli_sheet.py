"""Joint sheets from the command line: two folders, start to finish, and the mistakes that people make."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests import toy

from visavis.cli import main
from visavis.record import open_record
from visavis.sheets.exchange import seal
from visavis.sheets.files import read_joint
from visavis.sheets.questionnaire import read_questionnaire


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``visavis sheet ...`` in a folder, in this process, with a text as its input."""

    def command(*arguments: object, at: Path = tmp_path, given: str = "") -> Said:
        monkeypatch.chdir(at)
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        capsys.readouterr()
        code: Any = 0
        try:
            main(["sheet", *(str(a) for a in arguments)])
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return command


@pytest.fixture
def sides(tmp_path: Path, run: Run) -> dict[str, Path]:
    """A made-up sheet, each side's part in a folder of its own."""
    assert run("twin", "lesson").code == 0
    folders = {side: tmp_path / side for side in ("NOR", "SWE")}
    for side, folder in folders.items():
        folder.mkdir()
        for name in ("sheet.toml", f"{side}.answers.json"):
            shutil.copy(tmp_path / "lesson" / name, folder)
    return folders


def exchange(run: Run, sides: dict[str, Path], later: str = "") -> None:
    """From the seal to the last key; ``later`` is -2 for wave 2."""
    wave, at = later.removeprefix("-") or 1, ("--folder", f"exchange{later}")
    for side, folder in sides.items():
        if not (folder / f"exchange{later}").exists():
            sealed = run("seal", "sheet.toml", f"{side}.answers{later}.json", "--wave", wave, *at, at=folder)
            assert sealed.code == 0, sealed.err
    for kind in ("commitment", "box", "key"):
        step = {"commitment": "commit"}.get(kind, kind)
        for folder in sides.values():
            assert run(step, *at, at=folder).code == 0
        for side, other in (("NOR", "SWE"), ("SWE", "NOR")):
            handed = sides[side] / f"exchange{later}" / "out" / f"{side}.{kind}.json"
            assert run("take", handed, *at, at=sides[other]).code == 0


def again(sides: dict[str, Path], side: str, change: Callable[[Any], None] = lambda tree: None) -> Any:
    """The answers of a side once more, given in wave 2, written where ``collect`` writes them."""
    tree = json.loads((sides[side] / f"{side}.answers.json").read_text())
    for row in tree["answers"]:
        row["wave"] = 2
    for row in tree["reasons"]:
        row["id"] += "-2"
    change(tree)
    (sides[side] / f"{side}.answers-2.json").write_text(json.dumps(tree))
    return tree


def test_two_folders_from_the_seal_to_the_same_report(run: Run, sides: dict[str, Path]) -> None:
    exchange(run, sides)
    joint = []
    for folder in sides.values():
        assert run("open", "sheet.toml", at=folder).code == 0
        joint.append((folder / "joint.json").read_bytes())
        assert stat.S_IMODE((folder / "joint.json").stat().st_mode) == 0o600
    assert joint[0] == joint[1]
    said = run("report", "joint.json", at=sides["NOR"])
    assert said.code == 0
    assert said.out.startswith("Made-up answers")
    assert (sides["NOR"] / "joint.html").exists()
    told = json.loads(run("report", "joint.json", "--json", at=sides["NOR"]).out)
    assert {f["chapter"] for f in told["findings"]} == {"understanding", "ahead"}  # the agenda is of ahead
    about = told["findings"][1]["id"]
    assert run("object", "joint.json", "--side", "Sweden", "--about", about, "--text", "no", at=sides["NOR"]).code == 0
    assert json.loads(run("report", "joint.json", "--json", at=sides["NOR"]).out)["objections"][0]["text"] == "no"


def test_a_step_too_early_is_refused_and_says_what_comes_next(run: Run, sides: dict[str, Path]) -> None:
    nor = sides["NOR"]
    assert "Next: seal" in run("status", at=nor).err
    run("seal", "sheet.toml", "NOR.answers.json", at=nor)
    run("commit", at=nor)
    early = run("box", at=nor)
    assert early.code == 1
    assert "Next: take commitment" in early.err
    assert not (nor / "exchange" / "out" / "NOR.box.json").exists()
    opened = run("open", "sheet.toml", at=nor)
    assert opened.code == 1
    assert not (nor / "joint.json").exists()
    assert run("destroy", at=nor).code == 0
    assert not list((nor / "exchange").rglob("*.json"))


def test_answers_of_another_questionnaire_are_not_sealed(run: Run, sides: dict[str, Path]) -> None:
    text = (sides["NOR"] / "sheet.toml").read_text()
    (sides["NOR"] / "sheet.toml").write_text(text.replace("Security and cooperation", "Security"))
    said = run("seal", "sheet.toml", "NOR.answers.json", at=sides["NOR"])
    assert said.code == 1
    assert "another questionnaire" in said.err


def test_two_waves_from_the_seal_to_one_joint_file(run: Run, sides: dict[str, Path]) -> None:
    exchange(run, sides)
    for side, folder in sides.items():
        assert run("open", "sheet.toml", at=folder).code == 0
        again(sides, side)
    exchange(run, sides, "-2")
    opening = ("open", "sheet.toml", "--folder", "exchange-2", "-o", "both.json")
    alone = run(*opening, at=sides["NOR"])
    assert alone.code == 2
    assert "--earlier joint.json" in alone.err
    joint = []
    for folder in sides.values():
        opened = run(*opening, "--earlier", "joint.json", at=folder)
        assert opened.code == 0, opened.err
        joint.append((folder / "both.json").read_bytes())
    assert joint[0] == joint[1]
    first, both = (read_joint(sides["NOR"] / name) for name in ("joint.json", "both.json"))
    assert both.waves == (1, 2)
    assert {a for a in both.answers if a.wave == 1} == set(first.answers)
    assert len(both.answers) == 2 * len(first.answers)
    assert len(both.reasons) == 2 * len(first.reasons)
    assert both.people == first.people
    assert run("report", "both.json", at=sides["NOR"]).code == 0
    once_more = run(*opening[:-1], "third.json", "--earlier", "both.json", at=sides["NOR"])
    assert once_more.code == 1
    assert "holds wave 2 already" in once_more.err


def test_no_side_changes_its_first_answers_in_a_later_wave(run: Run, sides: dict[str, Path]) -> None:
    exchange(run, sides)
    assert run("open", "sheet.toml", at=sides["SWE"]).code == 0

    def adds_the_first(tree: Any) -> None:
        old = json.loads((sides["NOR"] / "NOR.answers.json").read_text())["answers"]
        changed = next(row for row in old if row["question"] == "importance")
        tree["answers"].append({**changed, "value": 0})

    body = again(sides, "NOR", adds_the_first)
    sealed = run("seal", "sheet.toml", "NOR.answers-2.json", "--wave", 2, "--folder", "exchange-2", at=sides["NOR"])
    assert sealed.code == 1
    assert "in wave 1, and this is the exchange of wave 2" in sealed.err
    assert not (sides["NOR"] / "exchange-2").exists()
    # with a program of one's own it can be sealed; then the other side's visavis names it
    sheet = read_questionnaire(sides["NOR"] / "sheet.toml")
    seal(sides["NOR"] / "exchange-2", body, sheet=sheet.sha256, sides=sheet.sides, side="NOR", wave=2)
    again(sides, "SWE")
    exchange(run, sides, "-2")
    opened = run(
        "open", "sheet.toml", "--folder", "exchange-2", "-o", "both.json", "--earlier", "joint.json", at=sides["SWE"]
    )
    assert opened.code == 1
    assert "the answers of NOR: person" in opened.err
    assert not (sides["SWE"] / "both.json").exists()


def test_a_sealed_text_carries_no_ratings(run: Run, sides: dict[str, Path]) -> None:
    path = sides["NOR"] / "NOR.answers.json"
    tree = json.loads(path.read_text())
    tree["reasons"][0]["ratings"] = [10] * 9
    path.write_text(json.dumps(tree))
    for command in (("seal", "sheet.toml", path), ("import", "sheet.toml", path, "-o", "x.json", "--side", "Norway")):
        said = run(*command, at=sides["NOR"])
        assert said.code == 1
        assert "reasons, row 1: holds ratings" in said.err


def test_answering_stops_and_goes_on_and_is_collected(run: Run, tmp_path: Path) -> None:
    assert run("new", "public-opinion", "KOR", "JPN").code == 0
    first = run("answer", "sheet.toml", "--side", "KOR", "--lang", "ko", "--no-consent", given="3\n4\nstop\n")
    assert first.code == 0
    person = first.err.split("Your code is ")[1].split(".")[0]
    again = run("answer", "sheet.toml", "--side", "KOR", "--person", person, given="2\nstop\n")
    assert "what you answered is kept" in again.err
    said = run("collect", "sheet.toml", "--side", "KOR")
    assert said.code == 0
    assert f"{person}: 3 of " in said.out
    kept = json.loads((tmp_path / "KOR.answers.json").read_text())
    assert [p["id"] for p in kept["people"]] == [person]
    assert len(kept["answers"]) == 3
    assert "Next: visavis sheet seal sheet.toml KOR.answers.json\n" in said.err
    assert run("collect", "sheet.toml", "--side", "KOR", "--wave", 2).code == 1
    assert run("collect", "sheet.toml", "--side", "KOR", "--wave", 0).code == 2
    run("answer", "sheet.toml", "--side", "KOR", "--person", person, "--wave", 2, given="5\nstop\n")
    said = run("collect", "sheet.toml", "--side", "KOR", "--wave", 2)
    assert f"{person}: 1 of " in said.out
    assert "seal sheet.toml KOR.answers-2.json --wave 2 --folder exchange-2" in said.err
    assert [a["wave"] for a in json.loads((tmp_path / "KOR.answers-2.json").read_text())["answers"]] == [2]


def test_consent_is_asked_before_the_first_question(run: Run, tmp_path: Path) -> None:
    assert run("new", "bilateral-security", "KOR", "JPN").code == 0
    said = run("answer", "sheet.toml", "--side", "KOR", given="yes\n3\nstop\n")
    assert said.out.index("both sides hold every person's answers") < said.out.index("May your answers be shown")
    assert run("collect", "sheet.toml", "--side", "KOR").code == 0
    assert [p["consent"] for p in json.loads((tmp_path / "KOR.answers.json").read_text())["people"]] == [True]


def test_forms_are_written_and_never_over_a_file_that_is_there(run: Run, tmp_path: Path) -> None:
    run("new", "public-opinion", "KOR", "JPN")
    for command in ("paper", "limesurvey"):
        assert run(command, "sheet.toml", "--side", "JPN", "-o", f"{command}.out").code == 0
        assert (tmp_path / f"{command}.out").stat().st_size > 1000
        assert run(command, "sheet.toml", "--side", "JPN", "-o", f"{command}.out").code == 2
    assert run("protocol", "sheet.toml").code == 0
    assert "18 items" in run("check", "sheet.toml").out or "items:" in run("check", "sheet.toml").out
    assert run("new", "public-opinion", "KOR", "JPN").code == 2


def test_answers_from_elsewhere_become_a_joint_file_or_one_side_to_seal(run: Run, sides: dict[str, Path]) -> None:
    at = sides["NOR"].parent
    both = ("lesson/sheet.toml", "lesson/NOR.answers.json", "lesson/SWE.answers.json")
    assert run("import", *both, "-o", "joint.json", at=at).code == 0
    assert run("import", *both, "-o", "joint.json", at=at).code == 2
    assert run("import", *both[:2], "-o", "other.json", at=at).code == 2
    assert run("import", *both, "-o", "one.json", "--side", "Norway", at=at).code == 0
    assert json.loads((at / "one.json").read_text())["side"] == "NOR"
    (at / "bad.csv").write_text("side,person,item,question,value\nNOR,x,nothing,own,3\n")
    said = run("import", "lesson/sheet.toml", "bad.csv", "-o", "other.json", at=at)
    assert said.code == 1
    assert "line 2" in said.err
    assert not (at / "other.json").exists()


def test_reasons_go_out_blind_and_come_back(run: Run, sides: dict[str, Path]) -> None:
    at = sides["NOR"].parent
    run("import", "lesson/sheet.toml", "lesson/NOR.answers.json", "lesson/SWE.answers.json", "-o", "joint.json", at=at)
    assert run("reasons", "joint.json", "form.csv", "--side", "NOR", "--raters", "5", at=at).code == 0
    form = (at / "form.csv").read_text(encoding="utf-8-sig").splitlines()
    rated = [form[0], *(line.removesuffix(",,,,,") + ",7,8,9,6,7" for line in form[1:])]
    (at / "form.csv").write_text("\n".join(rated), encoding="utf-8")
    assert run("reasons", "joint.json", "form.csv", "--side", "NOR", at=at).code == 0
    told = json.loads(run("report", "joint.json", "--json", at=at).out)["findings"]
    signed = next(f for f in told if f["id"].startswith("understanding.reasons") and f["id"].endswith("SWE"))
    assert signed["numbers"]["signed"]["value"] == pytest.approx(7.4)
    assert signed["verdict"] == "holds"


def test_a_sheet_goes_into_a_brief_and_into_a_record(
    run: Run, sides: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("twin", "other", "KOR", "JPN")
    run("import", "other/sheet.toml", "other/KOR.answers.json", "other/JPN.answers.json", "-o", "joint.json")
    with pytest.raises(SystemExit) as stop:
        main(["understanding", "KOR", "JPN", "--record", "east-asia", "--sheet", "joint.json"])
    assert stop.value.code == 0
    assert "Made-up answers" in capsys.readouterr().out
    files = toy.icews_files(tmp_path / "in", days=3, rows=20, first=dt.date(2019, 1, 1))
    record = open_record(tmp_path / "rec")
    record.import_events("icews", files)
    assert record.import_sheet("joint.json").sides == ("JPN", "KOR")
    assert record.import_sheet("joint.json").questionnaire.synthetic
    assert len(open_record(tmp_path / "rec").pair("KOR", "JPN").sheets) == 1
    assert open_record(tmp_path / "rec").pair("KOR", "USA").sheets == ()


def test_forecasts_are_sealed_opened_and_scored_with_a_source(run: Run, tmp_path: Path) -> None:
    assert run("forecast", "new", "KOR", "JPN").code == 0
    text = (tmp_path / "forecast.toml").read_text()
    (tmp_path / "forecast.toml").write_text(re.sub(r"(?m)^due = .*$", "due = 2024-05-01", text))
    assert "meeting, due 2024-05-01" in run("forecast", "check", "forecast.toml").out
    for side, told in (("KOR", (70, 80, 90, 60, 80, 70)), ("JPN", (20, 30, 40))):
        for percent in told:
            assert run("forecast", "ballot", "forecast.toml", "--side", side, given=f"{percent}\n").code == 0
        assert run("forecast", "seal", "forecast.toml", f"{side}.ballots.json", "--folder", side).code == 0
    for kind in ("commitment", "box", "key"):
        for side in ("KOR", "JPN"):
            assert run({"commitment": "commit"}.get(kind, kind), "--folder", side).code == 0
        for side, other in (("KOR", "JPN"), ("JPN", "KOR")):
            assert run("take", f"{side}/out/{side}.{kind}.json", "--folder", other).code == 0
    assert run("forecast", "open", "forecast.toml", "--folder", "JPN").code == 0
    both = ("opened/JPN.ballots.json", "opened/KOR.ballots.json")
    came = ("forecast", "came", "forecast.toml", "meeting")
    assert run(*came, "perhaps", "--date", "2024-04-02", "--source", "x").code == 2
    assert run(*came, "yes", "--date", "2024-04-02", "--source", " ").code == 2
    assert run(*came, "yes", "--date", "2024-04-02", "--source", "joint press release").code == 0
    said = run("forecast", "score", "forecast.toml", *both)
    assert "KOR, meeting: Brier score 0.07" in said.out
    assert "JPN" not in said.out
    assert "fewer than 5 people" in said.err
    told = json.loads(run("forecast", "score", "forecast.toml", *both, "--json").out)
    assert {score["side"] for score in told["scores"]} == {"KOR"}


def test_published_polls_stand_in_the_brief_as_what_they_are(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "polls.csv").write_text(
        "item,answer,side,percent,n,source\nthreat,feels it,KOR,53,1000,a poll\nthreat,feels it,JPN,82,1000,a poll\n"
    )
    run("published", "polls.csv", "KOR", "JPN")
    with pytest.raises(SystemExit):
        main(["brief", "KOR", "JPN", "--record", "east-asia", "--polls", "polls.csv"])
    page = (tmp_path / "kor-jpn.html").read_text(encoding="utf-8")
    assert "The two differ by more than 10 points" in page
    assert "From published percentages only" in page
    assert "visavis brief KOR JPN --polls polls.csv" in page
    assert "Nobody of" not in page
