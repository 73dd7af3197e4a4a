"""What is public is importable, documented and nothing else."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import visavis

PYTHON_PAGE = Path(__file__).resolve().parents[1] / "docs" / "python.md"


@pytest.mark.parametrize("name", visavis.__all__)
def test_every_public_name_is_importable_and_says_what_it_is(name: str) -> None:
    found = getattr(visavis, name)
    if not isinstance(found, str):
        assert inspect.getdoc(found)


def test_the_public_names_are_sorted_and_are_what_dir_lists() -> None:
    assert visavis.__all__ == sorted(visavis.__all__)
    assert dir(visavis) == visavis.__all__


def test_the_page_on_python_documents_the_public_names_and_no_others() -> None:
    documented = re.findall(r"^\| `vv\.(\w+)", PYTHON_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(documented) == visavis.__all__


def test_an_unknown_name_is_an_attribute_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match="'tonne'"):
        _ = visavis.tonne
