"""kill -9 at random moments of answering and of hosting: what was acknowledged is there, and nothing is half there."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from tests import toy_answering

from visavis.sheets import exchange, host
from visavis.sheets._wrapping import new_lock, read_lock, wrap
from visavis.sheets.answering import Sheet, Step, collect, open_sheet, order_of
from visavis.sheets.files import SideAnswers

pytestmark = pytest.mark.slow
KILLS = 40
PERSON = next(p for p in ("k7m2qx9a", "k7m2qx9b", "k7m2qx9c", "k7m2qx9d") if order_of(p) == "own first")
WAVES = 400
ANSWERING = """
import json, sys
from pathlib import Path
from visavis.sheets.answering import open_sheet
from visavis.sheets.questionnaire import questionnaire_of
from visavis.sheets.terminal import answer_in_terminal
tree, folder, person, waves = json.loads(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
with open_sheet(folder, questionnaire_of(tree, "toy"), "KOR", person, consent=False) as sheet:
    for wave in range(1, waves + 1):
        if not sheet.finished(wave):
            answer_in_terminal(sheet, sys.stdin, sys.stdout, language="en", wave=wave)
"""
HOSTING = """
import sys
from pathlib import Path
from visavis.sheets.host import serve_host
serve_host(Path(sys.argv[1]), port=0, on_ready=lambda port: print(port, flush=True))
"""


def _value(step: Step, wave: int, place: int) -> float | str:
    """What this person answers: different from wave to wave, so that an answer in a wrong place shows."""
    turn = wave * 7 + place
    if step.form == "text":
        return f"reason {turn} " + "x" * (1 + turn % 300)
    if step.form == "cause":
        return ("situation", "government", "society")[turn % 3]
    return turn % 101 if step.form == "percent" else step.codes[turn % len(step.codes)]


def _kept(sheet: Sheet) -> int:
    """How many answers are kept; each must be the one that was given, with no gap before it."""
    places = [(step, wave, place) for wave in range(1, WAVES) for place, step in enumerate(sheet.steps)]
    given = [sheet.given(step, wave) for step, wave, _ in places]
    count = sum(one is not None for one in given)
    for (step, wave, place), one in zip(places[:count], given, strict=False):
        assert one is not None
        assert one.value == _value(step, wave, place)
    return count


def test_a_terminal_killed_at_any_moment_loses_no_answer(tmp_path: Path) -> None:
    rng = random.Random(1)
    asked = toy_answering.questionnaire()
    kept, kills, ends = 0, 0, set()
    while kills < KILLS:
        with open_sheet(tmp_path, asked, "KOR", PERSON) as sheet:
            places = [(step, wave, place) for wave in range(1, WAVES) for place, step in enumerate(sheet.steps)]
            lines = "".join(f"{_value(*place)}\n" for place in places[kept : kept + 300])
        command = [sys.executable, "-c", ANSWERING, json.dumps(toy_answering.tree()), str(tmp_path), PERSON, str(WAVES)]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert child.stdin is not None
        assert child.stdout is not None
        feeder = threading.Thread(target=_feed, args=(child, lines))
        feeder.start()
        first = child.stdout.read(1)
        assert first
        time.sleep(rng.uniform(0, 0.05))
        child.send_signal(signal.SIGKILL)
        said = child.stdout.read()
        child.wait()
        feeder.join()
        child.stdout.close()
        kills += 1
        acknowledged = max(said.count("\n> ") - 1, 0)  # a prompt is shown after the answer before it was kept
        found: SideAnswers = collect(tmp_path, asked, "KOR", None)
        with open_sheet(tmp_path, asked, "KOR", PERSON) as sheet:
            now = _kept(sheet)
        assert now >= kept + acknowledged
        assert len(found.answers) + len(found.reasons) == now
        ends.add(now - kept)
        kept = now
    assert kept > KILLS
    assert len(ends) >= 8  # the kills fell on many different moments


def _feed(child: subprocess.Popen[str], lines: str) -> None:
    assert child.stdin is not None
    with contextlib.suppress(OSError):
        child.stdin.write(lines)
        child.stdin.flush()
        child.wait()  # the input stays open: it is the kill that ends it
    with contextlib.suppress(OSError):
        child.stdin.close()


def _letters(root: Path) -> dict[tuple[str, str], bytes]:
    """All that two sides hand over in one exchange."""
    asked, found = toy_answering.questionnaire(), {}
    for side in asked.sides:
        exchange.seal(root / side, {"of": side}, sheet=asked.sha256, sides=asked.sides, side=side)
        found[side, "lock"] = new_lock(root / f"{side}.secret", asked.sha256, side).write()
    for kind, step in (("commitment", exchange.commit), ("box", exchange.box), ("key", exchange.key)):
        paths = {side: step(root / side).path for side in asked.sides}
        for side, other in (asked.sides, asked.sides[::-1]):
            path = paths[side]
            assert path is not None
            found[side, kind] = path.read_bytes()
            exchange.take(root / other, path)
    for side, other in (asked.sides, asked.sides[::-1]):
        found[side, "key"] = wrap(found[side, "key"], read_lock(found[other, "lock"])).write()
    return found


def _hand_over(
    port: int, tokens: dict[str, str], waiting: list[tuple[tuple[str, str], bytes]]
) -> list[tuple[str, str]]:
    """Hand over file after file until the host is gone; returns what it acknowledged."""
    taken = []
    for (side, kind), raw in waiting:
        headers = {"Authorization": f"Bearer {tokens[side]}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/", raw, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert answer.read() == b"taken"
        except (OSError, http.client.HTTPException):
            return taken
        taken.append((side, kind))
    return taken


def test_a_host_killed_at_any_moment_has_all_that_it_acknowledged_whole(tmp_path: Path) -> None:
    rng = random.Random(2)
    asked = toy_answering.questionnaire()
    letters = _letters(tmp_path)
    order = [(side, kind) for kind in ("lock", "commitment", "box", "key") for side in asked.sides]
    folder, kills, states = tmp_path / "host", 0, set()
    kept, tokens = host.create_host(folder, asked)
    while kills < KILLS:
        there = kept.there()
        waiting = [(key, letters[key]) for key in order if key[1] not in there[key[0]]]
        if not waiting:
            host.destroy(folder)
            kept, tokens = host.create_host(folder, asked)
            continue
        child = subprocess.Popen([sys.executable, "-c", HOSTING, str(folder)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        port = int(child.stdout.readline())
        killer = threading.Timer(rng.uniform(0.0, 0.12), child.send_signal, (signal.SIGKILL,))
        killer.start()
        taken = _hand_over(port, tokens, waiting)
        killer.join()
        child.wait()
        child.stdout.close()
        kills += 1
        base = sqlite3.connect(folder / "host.sqlite")
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        held = {(side, kind): bytes(raw) for side, kind, raw in base.execute("SELECT side, kind, raw FROM handed")}
        base.close()
        assert set(taken) <= set(held)
        assert all(letters[key] == raw for key, raw in held.items())
        assert list(order[: len(held)]) == [key for key in order if key in held]  # in order, without a gap
        states.add(len(held))
    assert len(states) >= 5
