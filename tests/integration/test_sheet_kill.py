"""kill -9 at any moment of sealing and exchanging: nothing is lost and nothing is half-open."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from visavis.errors import SealError
from visavis.sheets import exchange

SIDES = ("JPN", "KOR")
SHEET = "ab" * 32
KILLS = 60

# One side goes on for as long as it can, taking what lies in the mail; it says when it is about to begin a step.
GOES_ON = """
import json, sys
from pathlib import Path
import nacl.secret
from visavis.sheets import exchange

folder, mail, side, other = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
body = json.loads(sys.argv[5])
print("ready", flush=True)
while True:
    step = exchange.status(folder).next
    if step == "seal":
        exchange.seal(folder, body, sheet=sys.argv[6], sides=("JPN", "KOR"), side=side)
    elif step == "open":
        assert exchange.open_both(folder).bodies[side] == body
        print("opened", flush=True)
        break
    elif step.startswith("take"):
        path = mail / f"{other}.{step.removeprefix('take ')}.json"
        if not path.exists():
            break
        exchange.take(folder, path)
    else:
        getattr(exchange, step)(folder)
"""


def _body(side: str) -> dict[str, Any]:
    return {"side": side, "answers": [{"item": i, "value": i % 5} for i in range(2000)]}


def _process(folder: Path, mail: Path, side: str) -> subprocess.Popen[str]:
    other = SIDES[side == SIDES[0]]
    arguments = [str(folder), str(mail), side, other, json.dumps(_body(side)), SHEET]
    return subprocess.Popen([sys.executable, "-c", GOES_ON, *arguments], stdout=subprocess.PIPE, text=True)


def _carried(folder: Path, mail: Path) -> None:
    """Whatever whole file lies in a side's folder to be handed over goes into the mail; what was sent never changes."""
    for path in (folder / "out").glob("[A-Z]*.json") if (folder / "out").exists() else ():
        sent = mail / path.name
        if sent.exists():
            assert sent.read_bytes() == path.read_bytes(), f"{path.name} was written anew, otherwise"
        sent.write_bytes(path.read_bytes())


def _sound(folder: Path, seen: dict[str, Any]) -> None:
    """What a kill left can be read, holds what it held, and gives nothing before its turn."""
    standing = exchange.status(folder)
    assert set(seen["given"]) <= set(standing.given)
    assert set(seen["taken"]) <= set(standing.taken)
    assert seen["prints"].items() <= standing.fingerprints.items()
    out = {path.name.split(".")[1] for path in (folder / "out").glob("[A-Z]*.json")} if standing.terms else set()
    assert out <= {*standing.given, {"commit": "commitment"}.get(standing.next, standing.next)}
    if "box" in out:
        assert "commitment" in standing.taken
    if "key" in out:
        assert "box" in standing.taken
    if standing.next != "open":
        with pytest.raises(SealError):
            exchange.open_both(folder)
    seen.update(given=standing.given, taken=standing.taken, prints=standing.fingerprints, next=standing.next)


def _time_of_a_step(tmp_path: Path) -> float:
    """Seconds from being ready to the end of the first two steps, at most half a second: kills are to fall on steps."""
    (tmp_path / "empty").mkdir()
    process = _process(tmp_path / "measured", tmp_path / "empty", "KOR")
    assert process.stdout is not None
    process.stdout.readline()
    begun = time.monotonic()
    process.communicate(timeout=60)
    return min(0.5, time.monotonic() - begun)


@pytest.mark.slow
def test_sixty_kills_lose_nothing_and_leave_nothing_half_open(tmp_path: Path) -> None:
    rng = random.Random(3)
    kills, states = 0, set[tuple[str, ...]]()
    span = _time_of_a_step(tmp_path)
    for rounds in range(40):
        if kills >= KILLS:
            break
        mail = tmp_path / f"mail-{rounds}"
        mail.mkdir()
        folders = {side: tmp_path / f"{side}-{rounds}" for side in SIDES}
        seen: dict[str, dict[str, Any]] = {
            side: {"given": (), "taken": (), "prints": {}, "next": "seal"} for side in SIDES
        }
        opened: set[str] = set()
        for turn in range(40):
            side = rng.choice(SIDES) if turn < 16 else SIDES[turn % 2]
            process = _process(folders[side], mail, side)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            killed = False
            if turn < 16:  # then both are left alone, and have to come to the end from whatever the kills left
                time.sleep(rng.uniform(0, span))
                killed = process.poll() is None
                process.kill()
            said = process.communicate(timeout=60)[0]
            assert killed or process.returncode == 0
            kills += killed
            if killed:
                states.add((side, *seen[side]["given"], *seen[side]["taken"], seen[side]["next"]))
            _sound(folders[side], seen[side])
            _carried(folders[side], mail)
            opened |= {side} if "opened" in said else set()
            if turn >= 16 and len(opened) == 2:
                break
        for folder in folders.values():
            assert exchange.open_both(folder).bodies == {side: _body(side) for side in SIDES}
    assert kills >= KILLS
    assert len(states) >= 6
