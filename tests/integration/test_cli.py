"""Every command, its exit codes, and what goes to stdout and stderr."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests import toy

import visavis
from visavis.cli import main
from visavis.record import shipped_packs

MAIN = "from visavis.cli import main; main()"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder, in this process."""
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.delenv("VISAVIS_RECORD", raising=False)

    def command(*arguments: object) -> Said:
        capfd.readouterr()
        code: Any = 0
        try:
            main([str(a) for a in arguments])
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capfd.readouterr()
        return Said(code, out, err)

    return command


@pytest.fixture
def record(tmp_path: Path, run: Run) -> Path:
    files = toy.icews_files(tmp_path / "in", days=30, rows=40, first=dt.date(2019, 1, 1))
    assert run("import", "icews", *files, "--record", tmp_path / "rec").code == 0
    return tmp_path / "rec"


def test_brief_on_the_shipped_pack_writes_the_page_and_says_its_headlines(run: Run) -> None:
    said = run("brief", "KOR", "JPN")
    assert said.code == 0
    assert said.out.strip()
    assert "wrote kor-jpn.html" in said.err
    assert {p.suffix for p in Path().iterdir()} >= {".html", ".bib", ".zip"}


@pytest.mark.parametrize("chapter", ["now", "history"])
def test_a_chapter_as_json_is_one_object_of_findings(run: Run, chapter: str) -> None:
    said = run(chapter, "KOR", "JPN", "--json")
    assert (said.code, said.err) == (0, "")
    keys = {"id", "chapter", "sentence", "verdict", "numbers", "evidence", "provenance", "caveats"}
    assert said.json["findings"]
    assert all(keys <= set(f) and f["chapter"] == chapter for f in said.json["findings"])
    assert run(chapter, "KOR", "JPN").out.strip()


def test_import_and_status_as_json_add_up(run: Run, tmp_path: Path) -> None:
    files = toy.icews_files(tmp_path / "in", days=5, rows=20)
    told = run("import", "icews", *files[:3], *files[4:], "--record", tmp_path / "rec", "--json").json
    said = run("status", "--record", tmp_path / "rec", "--json").json["streams"]["icews"]
    assert told["rows_read"] == told["rows_accepted"] + sum(told["rows_refused"].values()) == said["rows_read"]
    assert (said["files"], said["gaps"]) == (4, [["2019-01-28", "2019-01-28"]])
    assert said["rows_refused"] == told["rows_refused"]
    assert "rows read" in run("status", "--record", tmp_path / "rec").out
    refused = run("status", "--record", tmp_path / "rec", "--refused", "--json").json["refusals"]
    assert {r["reason"] for r in refused} == {"bad_code"}
    assert all(r["line"] > 1 and r["value"] == "999" and r["name"].endswith(".tab") for r in refused)


def test_a_record_is_taken_from_the_option_the_environment_or_the_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = toy.icews_files(tmp_path / "in", days=1, rows=20)
    assert run("import", "icews", *files).code == 0
    assert run("status", "--json").json["record"] == "visavis-record"
    monkeypatch.setenv("VISAVIS_RECORD", "east-asia")
    assert run("status", "--json").json["record"] == "east-asia"


def test_a_pair_import_is_said_in_two_words(run: Run, tmp_path: Path) -> None:
    files = toy.icews_files(tmp_path / "in", days=1, rows=20)
    assert run("import", "icews", *files, "--pair", "KOR", "Japan", "--record", tmp_path / "rec").code == 0
    assert run("status", "--record", tmp_path / "rec", "--json").json["streams"]["icews"]["pairs"] == ["JPN-KOR"]
    assert run("import", "icews", *files, "--pair", "KOR", "--record", tmp_path / "rec").code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("brief", "Korea", "JPN"), 3, "KOR"),
        (("brief", "Korea", "JPN"), 3, "PRK"),
        (("brief", "Japn", "KOR"), 3, "Japan"),
        (("history", "KOR", "KOR"), 2, "KOR twice"),
        (("history", "KOR", "JPN", "--since", "soon"), 2, "'soon'"),
        (("history", "KOR", "JPN", "--since", "2019", "--until", "2012"), 2, "before it begins"),
        (("history", "KOR"), 2, "SECOND"),
        (("nothing",), 2, "nothing"),
        (("history", "KOR", "JPN", "--lang", "xx"), 2, "xx"),
        (("import", "icws", "x.tab"), 3, "'icws'"),
        (("import", "icews", "nowhere.tab"), 1, "'nowhere.tab'"),
        (("status", "--record", "nowhere"), 1, "nowhere"),
        (("history", "KOR", "USA", "--record", "nowhere.zip"), 3, "east-asia"),
        (("history", "KOR", "SWE"), 1, "SWE"),
        (("pack", "x", "--countries", "KOR,Atlantis"), 3, "Atlantis"),
        (("import", "icews", "x.tab", "--record", "east-asia"), 2, "pack"),
    ],
)
def test_an_error_has_its_exit_code_and_names_the_value(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    got = run(*arguments)
    assert (got.code, got.out) == (code, ""), got.err
    assert said in got.err
    assert "Traceback" not in got.err


def test_a_changed_column_stops_with_4_and_keeps_the_files_before_it(run: Run, tmp_path: Path) -> None:
    files = toy.icews_files(tmp_path / "in", days=3, rows=20)
    files[2].write_bytes(files[2].read_bytes().replace(b"CAMEO Code", b"Event Code", 1))
    said = run("import", "icews", *files, "--record", tmp_path / "rec")
    assert said.code == 4
    assert files[2].name in said.err
    assert "CAMEO Code" in said.err
    assert run("status", "--record", tmp_path / "rec", "--json").json["streams"]["icews"]["files"] == 2


def test_a_damaged_file_among_good_ones_is_listed_and_ends_with_5(run: Run, tmp_path: Path) -> None:
    files = toy.icews_files(tmp_path / "in", days=3, rows=20)
    cut = tmp_path / "in" / "20190130-icews-events.tab.gz"
    cut.write_bytes(gzip.compress(files[0].read_bytes())[:-20])
    said = run("import", "icews", tmp_path / "in", "--record", tmp_path / "rec", "--json")
    assert said.code == 5
    assert said.json["files"] == 3
    assert [cut.name in text for text in said.json["files_damaged"]] == [True]
    told = run("import", "icews", cut, "--record", tmp_path / "rec2")
    assert told.code == 5
    assert cut.name in told.err


TIMELINE = "id,date,date_precision,description,parties,issue_area,source,verified\n"


def test_a_timeline_with_bad_rows_names_each_of_them_and_imports_nothing(
    run: Run, tmp_path: Path, record: Path
) -> None:
    good = "a,2019-01,month,A meeting,KOR;JPN,diplomacy,A report,verified\n"
    bad = "b,2019-13,month,A meeting,KOR;JPN,diplomacy,A report,verified\nc,2019,year,,XXX,x,,maybe\n"
    (tmp_path / "t.csv").write_text(TIMELINE + good + bad)
    before = run("status", "--record", record, "--json").json["facts"]["timeline"]
    said = run("import", "timeline", tmp_path / "t.csv", "--record", record)
    assert said.code == 1
    for words in ("t.csv", "line 3", "2019-13", "line 4", "description is empty", "XXX", "maybe"):
        assert words in said.err
    assert run("status", "--record", record, "--json").json["facts"]["timeline"] == before
    (tmp_path / "t.csv").write_text(TIMELINE + good)
    assert run("import", "timeline", tmp_path / "t.csv", "--record", record, "--json").json == {"rows": 1}
    assert run("import", "timeline", tmp_path / "t.csv", "--record", record).code == 0
    assert run("status", "--record", record, "--json").json["facts"]["timeline"] == 1


@pytest.fixture
def exported(run: Run, record: Path, tmp_path: Path) -> Path:
    assert run("export", "KOR", "JPN", "-o", tmp_path / "out", "--record", record).code == 0
    return tmp_path / "out"


def test_export_writes_the_tables_twice_the_findings_and_the_snippets(exported: Path) -> None:
    names = {p.name for p in exported.iterdir()}
    for table in ("reports", "acts", "stories"):
        for name in (table, f"{table}_week"):
            assert {f"{name}.parquet", f"{name}.csv"} <= names
            lines = (exported / f"{name}.csv").read_text().splitlines()
            assert len(lines) - 1 == pq.read_table(exported / f"{name}.parquet").num_rows > 0
    assert {"findings.json", "read.py", "read.R"} <= names
    assert json.loads((exported / "findings.json").read_text())["findings"]


def test_the_exported_python_snippet_runs_and_counts_the_acts(exported: Path) -> None:
    done = subprocess.run([sys.executable, exported / "read.py"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "acts_sum" in done.stdout
    snippet = "import visavis as vv, pyarrow.parquet as pq, sys; acts = pq.read_table(sys.argv[1])\n"
    snippet += "print(vv.measure('conflict_share')(acts).num_rows)"
    done = subprocess.run([sys.executable, "-c", snippet, exported / "acts.parquet"], capture_output=True, text=True)
    assert int(done.stdout) > 0


@pytest.mark.r
def test_the_exported_r_snippet_runs_and_counts_the_acts(exported: Path) -> None:
    done = subprocess.run(["Rscript", "--vanilla", exported / "read.R"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    months = {r["period"] for r in pq.read_table(exported / "acts.parquet").to_pylist()}
    assert all(month in done.stdout for month in months)


def test_a_pack_says_the_same_sentences_as_its_record(run: Run, record: Path, tmp_path: Path) -> None:
    pack = tmp_path / "mine.zip"
    said = run("pack", "mine", "--countries", "KOR,JPN,CHN", "-o", pack, "--record", record, "--lacks", "most of it")
    assert said.code == 0
    assert run("status", "--record", pack, "--json").json["lacks"] == ["most of it"]

    def sentences(where: Path) -> list[Any]:
        found = run("history", "KOR", "JPN", "--record", where, "--json").json["findings"]
        return [(f["id"], f["sentence"], f["numbers"]) for f in found]

    assert sentences(pack) == sentences(record)
    again = tmp_path / "again.zip"
    run("pack", "mine", "--countries", "CHN,JPN,KOR", "-o", again, "--record", record, "--lacks", "most of it")
    assert again.read_bytes() == pack.read_bytes()
    pack.write_bytes(pack.read_bytes()[:-200])
    assert run("history", "KOR", "JPN", "--record", pack).code == 1


def test_cite_gives_bibtex_of_what_the_record_holds(run: Run, record: Path) -> None:
    said = run("cite", "--record", record)
    assert said.code == 0
    assert "ICEWS" in said.out
    assert "GDELT" not in said.out


def test_doctor_finds_a_damaged_and_a_missing_fragment(run: Run, record: Path) -> None:
    assert run("doctor", "--record", record).code == 0
    fragments = sorted((record / "events").rglob("*.parquet"))
    fragments[0].write_bytes(fragments[0].read_bytes()[:-40])
    said = run("doctor", "--record", record, "--json")
    assert said.code == 1
    bad = [c for c in said.json["checks"] if not c["sound"]]
    assert [c["name"] for c in bad] == ["record"]
    assert fragments[0].name in bad[0]["found"]
    assert f"{fragments[0].name}: damaged (" in bad[0]["found"]
    shutil.rmtree(record / "events")
    said = run("doctor", "--record", record)
    assert said.code == 1
    assert f"{fragments[0].name}: missing\n" in said.out
    assert said.out.count(fragments[0].name) == 1


def test_a_chronology_alone_in_the_usual_folder_hides_no_pack(run: Run, record: Path) -> None:
    file = Path("mine.csv")
    file.write_text(
        "id,date,date_precision,description,parties,issue_area,source,verified\n"
        "x,2019-01-09,day,a meeting,JPN;KOR,diplomacy,a paper,verified\n"
    )
    said = run("import", "timeline", file)
    assert (said.code, said.out) == (0, "1 row of timeline into visavis-record\n")
    assert "no events yet" in said.err
    assert run("status", "--json").json["record"] == "east-asia"
    said = run("now", "KOR", "JPN", "--record", "visavis-record")
    assert said.code == 1
    assert "holds 1 rows of facts and no events" in said.err
    shutil.copytree(record, "visavis-record", dirs_exist_ok=True)
    assert run("status", "--json").json["record"] == "visavis-record"


def test_a_stray_file_in_a_folder_is_named_and_ends_with_5(run: Run, tmp_path: Path) -> None:
    toy.icews_files(tmp_path / "in", days=2, rows=20)
    (tmp_path / "in" / "notes.txt").write_text("hello\n")
    said = run("import", "icews", tmp_path / "in", "--record", tmp_path / "rec")
    assert said.code == 5
    assert "2 files into" in said.out
    assert "left out: notes.txt: neither its name nor its first line" in said.err
    assert run("import", "icews", tmp_path / "in" / "notes.txt", "--record", tmp_path / "rec").code == 4


def test_an_unknown_source_is_answered_with_all_that_can_be_imported(run: Run, tmp_path: Path) -> None:
    said = run("import", "fbi", tmp_path, "--record", tmp_path / "rec")
    assert said.code == 3
    assert "gdelt, icews, phoenix, polecat; for facts: timeline" in said.err


def test_months_without_any_file_are_gaps_and_partial_months_are_told_as_ranges(run: Run, tmp_path: Path) -> None:
    files = toy.icews_files(tmp_path / "in", days=100, rows=5)
    for path in files[5:-5]:
        if path.name[6:8] == "31":
            continue
        path.unlink()
    run("import", "icews", tmp_path / "in", "--record", tmp_path / "rec")
    partial = run("status", "--record", tmp_path / "rec", "--json").json["streams"]["icews"]["partial_months"]
    held = {path.name[:6] for path in (tmp_path / "in").iterdir()}
    assert {month.replace("-", "") for month in partial} == held
    assert "months under 90 % covered: " in run("status", "--record", tmp_path / "rec").out


def test_an_export_holds_no_period_that_its_stream_does_not_cover(run: Run) -> None:
    run("export", "KOR", "JPN", "-o", "out")
    totals = pq.read_table("out/totals.parquet").select(["stream", "period"]).to_pylist()
    assert min(row["period"] for row in totals if row["stream"] == "icews") == "2018-10"


def test_doctor_looks_at_a_pack_and_names_a_record_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert "record: 15 countries" in run("doctor", "--record", shipped_packs()["east-asia"]).out
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK no pack")
    for wrong in (broken, tmp_path / "nothing"):
        said = run("doctor", "--record", wrong)
        assert said.code == 1
        assert f"FAIL  record: {wrong}" in said.out


def test_the_version_is_printed(run: Run) -> None:
    assert run("--version").out == f"visavis {visavis.__version__}\n"


def test_a_damaged_manifest_is_named(run: Run, record: Path) -> None:
    (record / "manifest.json").write_text("{")
    for command in (("status",), ("history", "KOR", "JPN"), ("doctor",)):
        said = run(*command, "--record", record)
        assert said.code == 1
        assert "manifest.json" in said.out + said.err


def test_an_interrupted_import_ends_with_130_and_goes_on_when_run_again(run: Run, tmp_path: Path) -> None:
    files = toy.icews_files(tmp_path / "in", days=60, rows=2_000)
    command = [sys.executable, "-c", MAIN, "import", "icews", str(tmp_path / "in"), "--record", str(tmp_path / "rec")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        while not (tmp_path / "rec" / ".lock").exists():
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGINT)
        out, err = child.communicate()
    assert (child.returncode, out) == (130, "")
    assert "run it again" in err
    assert "Traceback" not in err
    assert run("import", "icews", tmp_path / "in", "--record", tmp_path / "rec").code == 0
    said = run("status", "--record", tmp_path / "rec", "--json").json["streams"]["icews"]
    assert said["files"] == len(files)


def test_a_full_disk_is_said_and_not_reported_as_a_fault_of_visavis(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "/somewhere")

    files = toy.icews_files(tmp_path / "in", days=1, rows=5)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        said = run("import", "icews", *files, "--record", tmp_path / "rec")
    assert said.code == 1
    assert "No space left" in said.err
    assert "did not foresee" not in said.err
