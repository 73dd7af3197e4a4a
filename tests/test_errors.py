"""The tree of errors is the one its docstring draws, and exit codes are those that docs/cli.md lists."""

from __future__ import annotations

import re
from pathlib import Path

from visavis import errors

CLI_PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
DRAWN = re.compile(r"^(?P<indent>[ │├└─]*)(?P<name>\w+Error) +exit (?P<code>\d+)", flags=re.MULTILINE)
BESIDE_ERRORS = {"0", "5", "130"}  # fine, done but incomplete, interrupted


def _drawn() -> dict[str, tuple[str | None, int]]:
    """Name -> (parent, exit code), as the docstring draws them; each level is four characters deeper."""
    tree: dict[str, tuple[str | None, int]] = {}
    above: list[str] = []
    for row in DRAWN.finditer(errors.__doc__ or ""):
        depth = len(row["indent"]) // 4
        above = [*above[:depth], row["name"]]
        tree[row["name"]] = (above[-2] if depth else None, int(row["code"]))
    return tree


def _real() -> dict[str, tuple[str | None, int]]:
    classes = [errors.VisavisError]
    for one in classes:
        classes += one.__subclasses__()
    base = errors.VisavisError
    return {c.__name__: (None if c is base else c.__bases__[0].__name__, c.exit_code) for c in classes}


def test_the_docstring_draws_every_error_with_its_parent_and_exit_code() -> None:
    assert _drawn() == {name: row for name, row in _real().items() if name in errors.__all__}
    assert sorted(_drawn()) == errors.__all__


def test_every_error_raised_on_purpose_is_in_the_tree() -> None:
    assert sorted(_real()) == errors.__all__


def test_exit_codes_are_those_of_the_page_on_the_command_line() -> None:
    listed = set(re.findall(r"^\| (\d+) \|", CLI_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert listed == {str(code) for _, code in _real().values()} | BESIDE_ERRORS


def test_an_unknown_name_carries_its_suggestions() -> None:
    assert errors.UnknownNameError("No measure named 'tonne'.", ["tone"]).suggestions == ("tone",)
