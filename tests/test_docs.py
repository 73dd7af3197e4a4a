"""What the pages say is so: commands run and print what is shown, options are documented, links lead somewhere."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from visavis.cli import app
from visavis.findings import chapters
from visavis.measures import measures
from visavis.sources import source_names

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md"), *ROOT.glob("facts/*.md")])
CONSOLE = re.compile(r"^```console\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (?P<command>.*)\n(?P<shown>(?:(?!\$ ).*\n)*)", flags=re.MULTILINE)
LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]
SHEET = COMMANDS["sheet"].commands
SHEET |= {f"forecast {name}": command for name, command in SHEET["forecast"].commands.items()}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _run(command: str | list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run in a folder, with this Python's scripts first on the path and no record of the user's."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {k: v for k, v in os.environ.items() if k != "VISAVIS_RECORD"} | {"PATH": path, "COLUMNS": "100"}
    shell = isinstance(command, str)
    return subprocess.run(
        command, shell=shell, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@pytest.mark.parametrize("page", [p for p in PAGES if CONSOLE.search(p.read_text(encoding="utf-8"))], ids=_name)
def test_commands_on_a_page_run_in_order_and_print_what_is_shown(page: Path, tmp_path: Path) -> None:
    for folder in ("examples", "facts"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    for block in CONSOLE.findall(page.read_text(encoding="utf-8")):
        for step in COMMAND.finditer(block):
            run = _run(step["command"], tmp_path)
            assert run.returncode == 0, f"{step['command']}\n{run.stdout}"
            if step["shown"].strip():
                same = doctest.OutputChecker().check_output(step["shown"], run.stdout, LOOSE)
                assert same, f"{step['command']}\nprints:\n{run.stdout}"


@pytest.mark.parametrize("example", sorted(ROOT.glob("examples/*.py")), ids=_name)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    run = _run([sys.executable, "-W", "error", str(example)], tmp_path)
    assert run.returncode == 0, run.stdout
    assert run.stdout.strip()


def _section(command: str, page: str) -> str:
    """The part of a page under the heading that names a command."""
    parts = re.split(r"^## ", _text(page), flags=re.MULTILINE)
    found = [part for part in parts if f"`{command}`" in part.partition("\n")[0]]
    assert len(found) == 1, f"{page} has {len(found)} headings that name `{command}`"
    return found[0]


def _options(command: Any) -> set[str]:
    return {o for p in command.params for o in p.opts if o.startswith("--")}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_and_option_is_documented_and_no_other(command: str) -> None:
    told = re.findall(r"^\| `(?:-\w`, `)?(--[a-z-]+)", _section(command, "docs/cli.md"), flags=re.MULTILINE)
    assert set(told) == _options(COMMANDS[command])


@pytest.mark.parametrize("command", sorted(SHEET))
def test_every_sheet_command_and_option_is_documented_and_no_other(command: str) -> None:
    part = _section(command, "docs/sheet-commands.md")
    assert set(re.findall(r"^\| `(?:-\w`, `)?(--[a-z-]+)", part, flags=re.MULTILINE)) == _options(SHEET[command])


def test_the_pages_name_every_chapter_measure_and_model() -> None:
    models = {p.stem for p in ROOT.glob("src/visavis/models/*.py") if not p.stem.startswith(("_", "simulate"))}
    for name in (*measures(), *models):
        assert f"`{name}`" in _text("docs/methods.md"), f"docs/methods.md lacks {name}"
    for name in chapters():
        assert f"`{name}`" in _text("docs/reading-a-brief.md"), f"docs/reading-a-brief.md lacks {name}"
    for name in source_names():
        assert name in _text("docs/cli.md"), f"docs/cli.md lacks the source {name}"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in link:
            assert (page.parent / link).exists(), f"{_name(page)} links to {link}"


def test_what_the_pages_tell_to_make_can_be_made() -> None:
    targets = set(re.findall(r"^([a-z-]+):", _text("Makefile"), flags=re.MULTILINE))
    for page in PAGES:
        told = set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE))
        assert told <= targets, f"{_name(page)}: {told - targets}"


def test_every_page_is_listed_where_a_reader_looks_for_it() -> None:
    for index, pages in (
        ("docs/index.md", ROOT.glob("docs/*.md")),
        ("docs/adr/README.md", ROOT.glob("docs/adr/0*.md")),
    ):
        listed = set(re.findall(r"\]\(([^)#\s]+)", _text(index)))
        assert {p.name for p in pages} - {Path(index).name} <= listed
