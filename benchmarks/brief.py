"""How long the first brief takes from a cold start, against loading what it stands on and drawing one trivial chart.

    python benchmarks/brief.py [--rounds 5]

The floor is a fresh process that imports the engine, the arrays and the chart renderer and draws a bar. Both are whole
processes, taking turns; medians. Memory is each process's own peak.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FLOOR = """
import duckdb, pyarrow.parquet, numpy, scipy.special, jinja2, babel.numbers, vl_convert
duckdb.sql("SELECT 1").fetchall()
vl_convert.vegalite_to_svg({"mark": "bar", "data": {"values": [{"a": 1}]}, "encoding": {"x": {"field": "a"}}})
"""
BRIEF = """
from visavis.record import open_record
open_record("east-asia").pair("KOR", "JPN").brief(PATH)
"""
PEAK = """
import re
print(re.findall(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[0])
"""


def run(code: str) -> tuple[float, float]:
    """Seconds and megabytes of a fresh process."""
    start = time.perf_counter()
    told = subprocess.run([sys.executable, "-c", code + PEAK], check=True, capture_output=True, text=True)
    return time.perf_counter() - start, int(told.stdout) / 1024


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as work:
        brief = BRIEF.replace("PATH", repr(str(Path(work) / "brief.html")))
        runs = [(run(FLOOR), run(brief)) for _ in range(rounds)]
    floor, full = (statistics.median(pair[i][0] for pair in runs) for i in (0, 1))
    print(f"floor  {floor:5.2f} s  {max(pair[0][1] for pair in runs):4.0f} MB")
    print(f"brief  {full:5.2f} s  {max(pair[1][1] for pair in runs):4.0f} MB  {full / floor:4.2f} x the floor")


if __name__ == "__main__":
    main()
