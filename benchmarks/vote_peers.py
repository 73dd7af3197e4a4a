"""Other programs for positions from roll calls, and ours, on the same ballots: each in a process of its own.

Each gets a file of ballots (country, session, item, choice), a name for the file of positions to write, and the seconds
it of the processor that it has; when they are up it is stopped, or when four times as many have passed by the clock.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

HERE = Path(__file__).resolve().parent / "peers"
HIGH, LOW = (2, 20, 200, 666), (265, 365)  # USA, CAN, GBR, ISR; GDR, USSR
FILES = ("{ballots}", "{out}", "{seconds}")
POLL, LONG, SLACK = 0.05, 3600.0, 4


@dataclass(frozen=True)
class Peer:
    """A program: what to run, how to see whether it is installed, how to install it, what it makes of an abstention."""

    name: str
    run: Sequence[str]
    there: Sequence[str]
    install: str
    abstentions: str
    seconds: float
    by_session: bool = False


@dataclass(frozen=True)
class Outcome:
    """Seconds by the clock and of the processor, peak memory in MB, and what it printed or why there is nothing."""

    wall: float
    cpu: float
    memory: float
    told: str
    positions: dict[tuple[int, int], float] = field(default_factory=dict)


def ours(draws: int) -> list[Peer]:
    """The fast fit, the last session added to an earlier fit, and the sampler."""
    modes = {"fast": ["fast"], "warm, last session": ["warm"], "exact": ["exact", str(draws)]}
    script = str(HERE / "ours.py")
    return [
        Peer(f"visavis, {name}", [sys.executable, script, *FILES, *how], ["true"], "", "kept", LONG)
        for name, how in modes.items()
    ]


def others(python: str, seconds: float, rounds: int = 100) -> list[Peer]:
    """Programs that run without us; ``python`` is one that has numpyro and py-irt."""
    pip = "python -m venv PEERS && PEERS/bin/pip install {}, then --peer-python PEERS/bin/python"

    def of_python(name: str, module: str, package: str, script: str, abstentions: str) -> Peer:
        there = [python, "-c", f"import {module}"]
        return Peer(name, [python, str(HERE / script), *FILES], there, pip.format(package), abstentions, seconds)

    def of_r(name: str, package: str, script: str, *more: str, by_session: bool = False) -> Peer:
        run, there = ["Rscript", str(HERE / script), *FILES, *more], ["Rscript", "-e", f"library({package})"]
        return Peer(name, run, there, f"apt-get install r-cran-{package.lower()}", "as no", seconds, by_session)

    return [
        of_python("numpyro SVI, same model", "numpyro", "numpyro", "numpyro_svi.py", "kept"),
        of_python("py-irt 2PL", "py_irt", "py-irt", "py_irt_2pl.py", "as no"),
        of_r("pscl::ideal by session", "pscl", "pscl_ideal.R", by_session=True),
        of_r(f"MCMCpack dynamic, {rounds} rounds", "MCMCpack", "mcmcpack_dynamic.R", str(rounds)),
    ]


def compared(peers: Sequence[Peer], ballots: pa.Table, folder: Path, scored: Callable[..., dict[str, float]]) -> None:
    """Run one after the other and print a table."""
    file = folder / "ballots.csv"
    pa.csv.write_csv(ballots, file)
    print("| program | abstentions | seconds | CPU seconds | MB | rows | overall | within | worst | told |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for peer in peers:
        found = _one(peer, file, folder / "positions.csv")
        row = f"{found.wall:.1f} | {found.cpu:.1f} | {found.memory:.0f}" if found.wall else "- | - | -"
        near = "- | - | - | -"
        if found.positions:
            country, session = np.array(list(found.positions)).T
            position = np.array(list(found.positions.values()))
            score = scored(country, session, _oriented(country, session, position, peer.by_session))
            near = f"{len(position)} | {score['overall']:.4f} | {score['within']:.4f} | {score['worst']:.3f}"
        print(f"| {peer.name} | {peer.abstentions} | {row} | {near} | {found.told} |", flush=True)


def _one(peer: Peer, ballots: Path, out: Path) -> Outcome:
    out.unlink(missing_ok=True)
    if not shutil.which(peer.there[0]) or subprocess.run(peer.there, capture_output=True, check=False).returncode:
        return Outcome(0, 0, 0, f"not installed: {peer.install}")
    filled = [part.format(ballots=ballots, out=out, seconds=peer.seconds) for part in peer.run]
    log = out.with_suffix(".log")

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (int(peer.seconds), int(peer.seconds) + 1))

    began = time.perf_counter()
    with log.open("w") as said:
        child = subprocess.Popen(
            filled, stdout=said, stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=limited
        )
        done, status, used = os.wait4(child.pid, os.WNOHANG)
        stopped, memory = False, 0.0
        while not done:
            time.sleep(POLL)
            memory = _peak(child.pid) or memory
            if time.perf_counter() - began > SLACK * peer.seconds and not stopped:
                os.killpg(child.pid, signal.SIGKILL)
                stopped = True
            done, status, used = os.wait4(child.pid, os.WNOHANG)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall, cpu = time.perf_counter() - began, used.ru_utime + used.ru_stime
    told = " ".join(log.read_text().split("\n")[-2:]).strip()
    if told.startswith("timed "):
        wall, cpu, told = (*map(float, told.split()[1:]), "the added session alone")
    if stopped or child.returncode or not out.exists():
        late = stopped or child.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
        why = f"not finished in {peer.seconds:.0f} s" if late else f"failed with exit code {child.returncode}"
        return Outcome(wall, cpu, memory, why)
    return Outcome(wall, cpu, memory, told, _read(out))


def _peak(process: int) -> float:
    """Peak memory of a running program in MB, 0 where it cannot be read; not of what the process was before."""
    try:
        told = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in told if line.startswith("VmHWM")), 0.0)


def _read(out: Path) -> dict[tuple[int, int], float]:
    found = pa.csv.read_csv(
        out, convert_options=pa.csv.ConvertOptions(include_columns=["country", "session", "position"])
    )
    country, session, position = (found[name].to_pylist() for name in found.column_names)
    return {(int(c), int(s)): float(x) for c, s, x in zip(country, session, position, strict=True) if x is not None}


def _oriented(
    country: npt.NDArray[np.int64], session: npt.NDArray[np.int64], position: npt.NDArray[np.float64], by_session: bool
) -> npt.NDArray[np.float64]:
    """With ``HIGH`` above ``LOW``, in each session by itself where it was fitted by itself."""
    out = position.copy()
    for rows in [session == s for s in np.unique(session)] if by_session else [np.full(len(session), True)]:
        high, low = rows & np.isin(country, HIGH), rows & np.isin(country, LOW)
        whole = position[rows].mean()
        gap = (position[high].mean() if high.any() else whole) - (position[low].mean() if low.any() else whole)
        out[rows] *= -1 if gap < 0 else 1
    return out
