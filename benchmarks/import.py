"""How fast GDELT files come into a record, against reading the same zips and doing nothing.

    python benchmarks/import.py [FOLDER] [--zips 960] [--rounds 5]

FOLDER holds real GDELT 2.0 slices (``*.export.CSV``, plain or zipped). They are cycled into as many zips as asked, each
with identifiers and a time stamp of its own, so that no row and no file is known already; then once unchanged, where
all but the first few are. The floor is Python's ``zipfile`` reading every member, one thread, in the same run. Each
figure is the median of the rounds. Memory is the peak of a fresh process that does one import.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from visavis.sources import Scope, source
from visavis.sources._archive import members
from visavis.store.lake import Lake
from visavis.store.loading import Report, load

HERE = Path(__file__).resolve()
PAIR = Scope(frozenset({("JPN", "KOR")}))
SLICE = re.compile(r"\d{14}(\.translation)?\.export\.CSV(\.zip)?")


def slices(folder: Path) -> list[tuple[str, bytes]]:
    """Name and content of each 2.0 slice in a folder."""
    found = sorted(p for p in folder.iterdir() if SLICE.fullmatch(p.name))
    if not found:
        sys.exit(f"No GDELT 2.0 slices (YYYYMMDDHHMMSS.export.CSV) in {folder}. Name the folder that holds them.")
    return [(m.name, m.open().read()) for m in members(found)]


def cycled(found: list[tuple[str, bytes]], n: int) -> Iterator[tuple[str, bytes]]:
    """The slices over and over, each time with other identifiers and another stamp."""
    start = dt.datetime(2019, 1, 1)
    for i in range(n):
        name, raw = found[i % len(found)]
        stamp = (start + i * dt.timedelta(minutes=15)).strftime("%Y%m%d%H%M%S")
        yield stamp + name[14:], b"".join(b"%d%s" % (i + 1, line) for line in raw.splitlines(keepends=True))


def unchanged(found: list[tuple[str, bytes]], n: int) -> Iterator[tuple[str, bytes]]:
    """The slices over and over, as they are, under other stamps."""
    for i, (name, _) in enumerate(cycled(found, n)):
        yield name, found[i % len(found)][1]


def zipped(files: Iterator[tuple[str, bytes]], folder: Path) -> Path:
    """Each file as a zip in a folder."""
    folder.mkdir()
    for name, raw in files:
        with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, raw)
    return folder


def floor(folder: Path) -> int:
    """Read every member of every zip; gives the bytes."""
    size = 0
    for path in sorted(folder.iterdir()):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                size += len(archive.read(name))
    return size


def imported(folder: Path, scope: Scope) -> Report:
    """Import a folder into a fresh record."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as record:
        return load(Lake(Path(record)), source("gdelt"), [folder], scope=scope)


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_memory(folder: Path, pair: str) -> float:
    """Peak of a fresh process that imports a folder, in MB."""
    told = subprocess.run([sys.executable, HERE, "--child", folder, pair], check=True, capture_output=True, text=True)
    return int(told.stdout) / 1024


def child(folder: str, pair: str) -> None:
    """Import, and print the peak of memory in KiB.

    Not ``ru_maxrss``: on Linux a new process takes over the peak of the one that started it.
    """
    imported(Path(folder), PAIR if pair == "pair" else Scope())
    status = Path("/proc/self/status").read_text()
    print(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


def race(folder: Path, rounds: int, title: str) -> None:
    """Time the floor and both kinds of import, taking turns; print ratios and rows a second."""
    report = imported(folder, Scope())
    size = floor(folder)
    seconds: dict[str, list[float]] = {"floor": [], "all pairs": [], "one pair": []}
    for _ in range(rounds):
        seconds["floor"].append(timed(lambda: floor(folder)))
        seconds["all pairs"].append(timed(lambda: imported(folder, Scope())))
        seconds["one pair"].append(timed(lambda: imported(folder, PAIR)))
    median = {name: statistics.median(found) for name, found in seconds.items()}
    print(f"\n{title}: {report.files} files new, {len(report.files_known)} known, {size / 1e6:.0f} MB")
    print(f"  {report.rows_read} rows read, {report.rows_accepted} accepted, {report.rows_refused.total()} refused")
    for name, found in median.items():
        rate = f", {report.rows_read / found:,.0f} rows/s" if name != "floor" else ""
        print(f"  {name:9}  {found:6.2f} s  {found / median['floor']:5.2f} x the floor{rate}")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    beside = HERE.parents[1].parent / "shared" / "data" / "gdelt"
    parser.add_argument("folder", nargs="?", type=Path, default=beside, help="real GDELT 2.0 slices")
    parser.add_argument("--zips", type=int, default=960)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    found = slices(chosen.folder)
    with tempfile.TemporaryDirectory() as work:
        many = zipped(cycled(found, chosen.zips), Path(work) / "many")
        race(many, chosen.rounds, f"{chosen.zips} zips, all different")
        few = zipped(cycled(found, max(1, chosen.zips // 10)), Path(work) / "few")
        for pair, title in (("all", "all pairs"), ("pair", "one pair")):
            small, large = peak_memory(few, pair), peak_memory(many, pair)
            print(
                f"\nmemory, {title}: {small:.0f} MB for {max(1, chosen.zips // 10)} zips, {large:.0f} MB for "
                f"{chosen.zips}: {large / small - 1:+.0%}"
            )
        race(zipped(unchanged(found, chosen.zips), Path(work) / "same"), 1, f"{chosen.zips} zips, cycled unchanged")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main()
