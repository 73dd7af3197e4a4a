"""What tests share: the folder of other people's data, and that nothing needed is skipped when REQUIRE_ALL is set."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator
from importlib.util import find_spec
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"

NEEDS: dict[str, tuple[str, Callable[[], bool]]] = {
    "spark": ("Java and pyspark", lambda: bool(shutil.which("java") and find_spec("pyspark"))),
    "r": ("Rscript", lambda: bool(shutil.which("Rscript"))),
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs a program that is not here, and what takes minutes, with the reason; not when REQUIRE_ALL=1."""
    if os.environ.get("REQUIRE_ALL") == "1":
        return
    if not config.option.markexpr:
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="slow; make test runs it, and so does pytest -m slow"))
    for marker, (what, there) in NEEDS.items():
        marked = [item for item in items if item.get_closest_marker(marker)]
        if marked and not there():
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=f"needs {what}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under REQUIRE_ALL=1 a test that skips itself fails, unless it is other people's data that is absent."""
    report = yield
    if os.environ.get("REQUIRE_ALL") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        reason = str(call.excinfo.value) if call.excinfo else ""
        if "../shared" not in reason:
            report.outcome, report.longrepr = "failed", f"skipped under REQUIRE_ALL=1: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    if os.environ.get("REQUIRE_ALL") == "1" and report.skipped:
        report.outcome, report.longrepr = "failed", f"skipped under REQUIRE_ALL=1: {report.longrepr}"
    return report


@pytest.fixture
def data() -> Path:
    """The folder ``../shared/data``; skips where it is absent."""
    if not DATA.is_dir():
        pytest.skip("needs the real files in ../shared/data, which are absent")
    return DATA
