"""How right scenarios are, on made-up worlds: ``python benchmarks/scenarios.py [worlds] [pairs] [jobs] [first seed]``.

In each world a path is put on the first pair, and the two's conflictual acts over twelve months are watched: the
standard path (cooperative acts of both sides rise by one usual swing for six months), or the one that its name tells.
Where nothing matters, a path should show nothing in nine worlds of ten; where answers were planted, the 90 % interval
should hold what the path truly does, which is known by letting the world go on with the path and without it.
The last two lines, at 80 worlds of 50 pairs, are what ``findings/_scenarios.py`` tells readers (``BACK_CHECK``).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from visavis.models.scenario import Move, outlook
from visavis.models.simulate_scenario import true_change, world

MONTHS = 120
FIRST = 1000
"""Seed of the first world; the model was made on seeds from 7000 on."""
ANSWERS: dict[str, Any] = {"answer": ((0.15, -0.15), (-0.1, 0.15))}
WEAK = ((0.1, -0.1), (-0.05, 0.1))
WORLDS: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing": ("rise", {}),
    "nothing, no copies": ("rise", {"doubled": 0.0}),
    "nothing, long moods": ("rise", {"ar": 0.85, "mood": 0.4}),
    "nothing, the world swings": ("rise", {"shared": 0.3}),
    "nothing, conflict stops": ("stop", {}),
    "nothing, third ties": ("ties", {"third": 0.0}),
    "weak answers": ("rise", {"answer": WEAK}),
    "answers": ("rise", ANSWERS),
    "strong answers": ("rise", {"answer": ((0.2, -0.2), (-0.1, 0.2))}),
    "answers, no copies": ("rise", {**ANSWERS, "doubled": 0.0}),
    "answers, half left a month on": ("rise", {"answer": WEAK, "memory": 0.5}),
    "answers, cooperation falls": ("fall", ANSWERS),
    "answers, one side's rises": ("one", ANSWERS),
    "answers, one side's conflict stops": ("stop", ANSWERS),
    "a third country's ties lead": ("ties", {"third": 0.1}),
}
"""Kinds of path and of world; those in which nothing was planted begin with "nothing"."""


def path(kind: str, swings: Sequence[float]) -> list[Move]:
    """What is stated for the first six months, given the usual swing of each side's cooperative acts."""
    return {
        "rise": [Move(way, 1, swings[way], 0.0, 1, 6) for way in (0, 1)],
        "fall": [Move(way, 1, -swings[way], 0.0, 1, 6) for way in (0, 1)],
        "one": [Move(0, 1, 2 * swings[0], 0.0, 1, 6)],
        "stop": [Move(0, 0, 0.0, 1.0, 1, 6)],
        "ties": [Move(-1, 0, 1.0, 0.0, 1, 6)],
    }[kind]


def one(seed: int, pairs: int, kind: str, settings: dict[str, Any]) -> tuple[float, ...]:
    """Truth and estimate, both ways: truth, value, low, high, p."""
    rng = np.random.default_rng(seed)
    made = world(pairs, MONTHS, rng=rng, **settings)
    swings = made.pool.recorded[1, :, -36:].std(axis=-1)
    moves = path(kind, [float(swing) for swing in swings])
    truth = true_change(made, moves, 12, rng=rng)
    found = outlook(made.pool, moves, 12, rng=rng)
    if found is None:
        raise RuntimeError("The made-up world is too small to learn from.")
    told = []
    for way in (0, 1):
        effect = found.effects[way][0]
        told += [float(truth[way, 0]), effect.value, effect.low, effect.high, float(found.p[way, 0])]
    return tuple(told)


def main(worlds: int = 40, pairs: int = 60, jobs: int = 2, first: int = FIRST) -> None:
    """Print a line for each kind of world."""
    print(f"{worlds} worlds of {pairs} pairs and {MONTHS} months each")
    print(f"{'world':34} {'true':>7} {'told':>7} {'error':>7} {'shows':>6} {'held':>6}  seconds a world")
    kept, alarms = list[float](), list[float]()
    for name, (kind, settings) in WORLDS.items():
        began = time.perf_counter()
        with ProcessPoolExecutor(jobs) as pool:
            told = list(pool.map(partial(one, pairs=pairs, kind=kind, settings=settings), range(first, first + worlds)))
        rows = np.array(told).reshape(-1, 2, 5)
        truth, value, low, high, p = np.moveaxis(rows, -1, 0)
        shows = float((p.min(axis=1) <= 0.05).mean())
        held = float(((low <= truth) & (truth <= high)).mean())
        spent = (time.perf_counter() - began) / worlds
        error = float((value - truth).std())
        print(
            f"{name:34} {truth.mean():7.3f} {value.mean():7.3f} {error:7.3f} {shows:6.2f} {held:6.2f}  {spent:.1f}",
            flush=True,
        )
        if name.startswith("nothing"):
            alarms.append(shows)
        else:
            kept.append(held)
    print(f"held where an answer was planted: {100 * min(kept):.0f} to {100 * max(kept):.0f} of 100")
    print(f"told an effect where there was none: {100 * sum(alarms) / len(alarms):.0f} of 100")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
