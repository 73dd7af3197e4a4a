"""The house holds: one version everywhere, and a new measure, source or chapter is one file."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import visavis
from visavis.sources import source

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```(?:python|po)\n# (?P<path>src/\S+)\n(?P<code>.*?)^```", flags=re.MULTILINE | re.DOTALL)
DIARY = "day,source,target,code\n2024-01-02,KOR,JPN,040\n2024-01-02,JPN,KOR,111\n2024-01-03,KOR,JPN,99\n"


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_version_is_the_same_wherever_it_stands() -> None:
    assert tomllib.loads(_text("pyproject.toml"))["project"]["version"] == visavis.__version__
    assert re.search(r"^version: (\S+)$", _text("CITATION.cff"), flags=re.MULTILINE)[1] == visavis.__version__  # type: ignore[index]
    assert re.search(r"^## \[(\S+)\]", _text("CHANGELOG.md"), flags=re.MULTILINE)[1] == visavis.__version__  # type: ignore[index]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package into which the examples of CONTRIBUTING.md were put, and nothing else was changed."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "src" / "visavis", copy / "src" / "visavis", ignore=shutil.ignore_patterns("__pycache__"))
    for block in BLOCK.finditer(_text("CONTRIBUTING.md")):
        path = copy / block["path"]
        assert not path.exists(), f"{block['path']} is there already"
        path.write_text(block["code"].lstrip("\n"), encoding="utf-8")
    (copy / "diary.csv").write_text(DIARY)
    return copy


def _ask(house: Path, *arguments: str) -> str:
    env = {k: v for k, v in os.environ.items() if k != "VISAVIS_RECORD"} | {"PYTHONPATH": str(house / "src")}
    code = "import visavis, sys; from visavis.cli import main; assert sys.path[1] in visavis.__file__; main()"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments], cwd=house, env=env, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_new_chapter_is_a_command_and_a_part_of_the_brief_by_being_there(house: Path) -> None:
    assert "How much passes between them?" in _ask(house, "--help")
    assert "holds 4,571 acts of South Korea toward Japan" in " ".join(_ask(house, "volume", "KOR", "JPN").split())
    _ask(house, "brief", "KOR", "JPN", "--output", "brief.html")
    assert "How much passes between them?" in (house / "brief.html").read_text(encoding="utf-8")


def test_a_new_source_is_importable_by_being_there(house: Path) -> None:
    said = _ask(house, "import", "diary", "diary.csv", "--record", "diary")
    assert "3 rows read, 2 kept, 1 refused" in said
    assert "diary.csv, line 4: bad_code" in _ask(house, "status", "--refused", "--record", "diary")


def test_a_new_measure_is_listed_and_works_by_being_there(house: Path) -> None:
    code = (
        "import visavis as vv\n"
        "from visavis.measures import measures\n"
        "assert 'consultation_share' in measures()\n"
        "acts = vv.open_record().tables.frame('acts')\n"
        "row = vv.measure('consultation_share')(acts).collect('pyarrow').to_native().slice(0, 1).to_pylist()[0]\n"
        "assert 0 <= row['consultation_share'] <= 1 and row['acts'] > 0\n"
    )
    env = os.environ | {"PYTHONPATH": str(house / "src")}
    subprocess.run([sys.executable, "-W", "error", "-c", code], env=env, cwd=house, check=True)


def test_the_examples_for_contributors_pass_the_same_checks_as_the_code(house: Path) -> None:
    files = [str(house / b["path"]) for b in BLOCK.finditer(_text("CONTRIBUTING.md")) if b["path"].endswith(".py")]
    config = ("--config", str(ROOT / "pyproject.toml"))
    subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", *config, *files], check=True)
    subprocess.run([sys.executable, "-m", "ruff", "format", "--no-cache", "--check", *config, *files], check=True)


def test_the_shipped_pack_is_small_and_holds_the_facts_as_they_are_now() -> None:
    pack = visavis.shipped_packs()["east-asia"]
    assert pack.stat().st_size <= 4 << 20
    tables = visavis.open_record(pack).tables
    facts = list(csv.DictReader(_text("facts/timeline.csv").splitlines(keepends=True)))
    shipped = {row["id"]: row["description"] for row in tables.facts("timeline")}
    assert shipped == {row["id"]: row["description"] for row in facts}, "run make pack"
    for stream in tables.streams.values():
        assert stream.citation == source(stream.source).citation, "run make pack"
        assert stream.name == "icews" or "never levels" in stream.note
