from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests import toy

from visavis.store.lake import Lake

MAIN = "from visavis.cli import main; main()"
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_hundred_kills_lose_nothing_and_count_nothing_twice() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "kill.py", "--kills", "100"], capture_output=True, text=True, timeout=300
    )
    told = json.loads(done.stdout)
    assert told["faults"] == [], done.stderr
    assert told["kills"] >= 100
    assert told["states"] >= 10  # the kills fell on many different states of the record


def test_a_second_import_is_told_who_is_writing_and_changes_nothing(tmp_path: Path) -> None:
    files = toy.icews_files(tmp_path / "in", days=2, rows=10)
    record = tmp_path / "rec"
    held = "import sys, time\nfrom pathlib import Path\nfrom visavis.store.lake import Lake\n"
    held += "with Lake(Path(sys.argv[1])).writing():\n    print('held', flush=True)\n    time.sleep(60)\n"
    first = subprocess.Popen([sys.executable, "-c", held, record], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        command = [sys.executable, "-c", MAIN, "import", "icews", *map(str, files), "--record", str(record)]
        second = subprocess.run(command, capture_output=True, text=True)
        assert second.returncode == 1
        assert f"(number {first.pid})" in second.stderr
        assert second.stdout == ""
        assert Lake(record).streams == []
    finally:
        first.kill()
        first.communicate()
    begun = time.monotonic()
    third = subprocess.run(command, capture_output=True, text=True)
    assert (third.returncode, third.stderr) == (0, "")
    assert time.monotonic() - begun < 30
    assert Lake(record).streams == ["icews"]
