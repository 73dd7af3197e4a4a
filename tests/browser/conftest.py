"""Chromium for the tests of pages, which are skipped with the reason where it is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def launch() -> Iterator[Any]:
    """Starts Chromium without a window, in an environment."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip("needs playwright")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        running: list[Any] = []

        def start(**more: str) -> Any:
            one = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"], env={**os.environ, **more}
            )
            running.append(one)
            return one

        yield start
        for one in running:
            one.close()


@pytest.fixture(scope="module")
def browser(launch: Any) -> Any:
    """Chromium as this machine has it."""
    return launch()
