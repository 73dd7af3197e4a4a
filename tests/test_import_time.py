"""Importing visavis and asking it for help are quick, and load nothing heavy.

Each time is the best of several runs, and on a machine on which an empty Python takes long to start the limit grows
with it, so that a busy machine does not fail the test.
"""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

HEAVY = {"babel", "duckdb", "jinja2", "numpy", "pandas", "polars", "pyarrow", "rich", "scipy", "vl_convert"}
RUNS = 8
EMPTY = 0.03  # seconds that an empty Python takes on the machine for which the limits were set
HELP = "import sys; sys.argv = ['visavis', '--help']; from visavis.cli import main; main()"


def _seconds(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


@pytest.mark.parametrize(("code", "limit"), [("import visavis", 0.5), (HELP, 0.3)], ids=["import", "help"])
def test_it_starts_within_its_limit(code: str, limit: float) -> None:
    best, empty = float("inf"), float("inf")
    for _ in range(RUNS):
        empty = min(empty, _seconds("pass"))
        best = min(best, _seconds(code))
        if best < limit:
            return
    assert best < limit * max(1.0, empty / EMPTY)


@pytest.mark.parametrize("code", ["import visavis", HELP], ids=["import", "help"])
def test_it_loads_nothing_heavy(code: str) -> None:
    after = f"import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); {code}"
    run = subprocess.run([sys.executable, "-c", after], check=True, capture_output=True, text=True)
    assert not HEAVY & {name.partition(".")[0] for name in run.stderr.split()}
