"""Kill imports with SIGKILL at random moments, start them again, and see whether anything is lost or counted twice.

    python benchmarks/kill.py [--kills 100] [--seed 1] [--days 16] [--rows 150]

A process that has loaded everything once is forked for each import, so that a kill costs tens of milliseconds. After
each kill the record must open and what it holds must add up; at the end of each round its digest must be that of an
import that nobody disturbed. Prints one JSON object; exit code 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import toy

from visavis.record import open_record
from visavis.sources import source
from visavis.store import loading
from visavis.store.lake import Lake
from visavis.store.manifest import Manifest

loading._BUFFER = 200  # rows: commit every few files, so that a kill can fall between commits


def forked(work: Callable[[], object], kill_after: float | None = None) -> str:
    """Run ``work`` in a fork of this process; gives what it returned as text, or ``killed``.

    Raises:
        RuntimeError: it failed by itself.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.write(writing, str(work()).encode())
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    if os.WIFSIGNALED(status):
        return "killed"
    if status:
        raise RuntimeError("the import failed by itself; see above")
    return said


def held(record: Path) -> str:
    """Whether the record opens and adds up; settles what a kill left unsettled when asked for its status."""
    lake = Lake(record)
    events = sum(f.rows for f in lake.manifest.of("events"))
    tallies = lake.ledger("tallies").to_pylist()
    accepted = sum(t["rows"] for t in tallies if t["outcome"] == "accepted")
    if events != accepted:
        return f"{events} events, {accepted} accepted"
    if not lake.streams:
        return "ok"
    said = open_record(record).status()["streams"].values()
    read, kept, refused = (sum(n) for n in zip(*((*_counts(s),) for s in said), strict=True))
    told = f"{read} read, {kept} accepted, {refused} refused"
    return "ok" if read == kept + refused == sum(t["rows"] for t in tallies) else told


def state(record: Path) -> tuple[int, int, int]:
    """What a kill left: commits done, months not yet settled, and files that nobody lists."""
    manifest = Manifest.load(record)
    listed = {f.path for f in manifest.fragments}
    lost = sum(str(p.relative_to(record)) not in listed for p in record.rglob("*.parquet*"))
    return manifest.generation, sum(not f.settled for f in manifest.of("events")), lost


def _counts(stream: dict[str, object]) -> tuple[int, int, int]:
    read, kept, refused = (stream[k] for k in ("rows_read", "rows_accepted", "rows_refused"))
    assert isinstance(read, int)
    assert isinstance(kept, int)
    assert isinstance(refused, dict)
    return read, kept, sum(refused.values())


def run(folder: Path, *, kills: int, seed: int, days: int, rows: int) -> dict[str, object]:
    """Kill until there were ``kills`` of them and the last round is done."""
    rng = random.Random(seed)
    files = toy.icews_files(folder / "in", days=days, rows=rows)
    source("icews")

    def imported(record: Path, order: list[Path]) -> str:
        open_record(record).import_events("icews", order)
        return Lake(record).digest()

    begun = time.perf_counter()
    wanted = forked(lambda: imported(folder / "whole", files))
    needed = time.perf_counter() - begun
    done, rounds, faults, states = 0, 0, list[str](), set[tuple[int, int, int]]()
    while done < kills:
        rounds += 1
        record, order = folder / f"round{rounds}", rng.sample(files, len(files))
        while (said := forked(lambda r=record, o=order: imported(r, o), needed * rng.random() ** 2)) == "killed":  # type: ignore[misc]
            done += 1
            states.add(state(record))
            if done % 2 and (fault := forked(lambda r=record: held(r))) != "ok":  # type: ignore[misc]
                faults.append(f"kill {done}: {fault}")
        if said != wanted:
            faults.append(f"round {rounds}: digest {said}, wanted {wanted}")
    took = time.perf_counter() - begun
    return {
        "kills": done,
        "rounds": rounds,
        "import_s": round(needed, 2),
        "s": round(took, 1),
        "states": len(states),
        "faults": faults,
    }


def main() -> None:
    """See the module."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name, default in (("kills", 100), ("seed", 1), ("days", 16), ("rows", 150)):
        asked.add_argument(f"--{name}", type=int, default=default)
    with tempfile.TemporaryDirectory() as folder:
        told = run(Path(folder), **vars(asked.parse_args()))
    print(json.dumps(told))
    sys.exit(1 if told["faults"] else 0)


if __name__ == "__main__":
    main()
