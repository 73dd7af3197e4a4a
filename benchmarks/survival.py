"""Spells with known truth: coverage, bias, what late entry and shared luck do. ``survival.py [RUNS]``.

Lengths are exponential with scale 8 years; "late" means that only years 40 to 60 are observed, so that spells which
ended before are never seen. The truth at five years is 53.5 % (with frailty of variance 1: 61.5 %).
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from visavis.models.intervals import Estimate
from visavis.models.simulate_spells import share_running, simulated_spells, simulated_stops
from visavis.models.stops_near import stops_near
from visavis.models.survival import Spells, incidence, lasting, value_at

AGE, SCALE = 5.0, 8.0
SEEN, LATE = (0.0, 60.0), (40.0, 60.0)


def curves(runs: int, mechanisms: int, *, at_once: bool = False, **how: Any) -> str:
    """Coverage and bias of the share running at five years."""
    inside, off, frailty = [], [], float(how.get("frailty", 0))
    for seed in range(runs):
        spells = simulated_spells(mechanisms, scale=SCALE, rng=np.random.default_rng(seed), **how)
        if at_once:
            spells = Spells.of(np.zeros(len(spells)), spells.exit, spells.cause)
        curve = lasting(spells)
        found = value_at(curve, AGE)
        if found is not None:
            reached = share_running(curve.start, scale=SCALE, frailty=frailty)
            truth = share_running(AGE, scale=SCALE, frailty=frailty) / reached
            inside.append(found.low <= truth <= found.high)
            off.append(found.value - truth)
    return f"coverage {np.mean(inside):.3f}, bias {np.mean(off):+.3f}"


def endings(runs: int, mechanisms: int, window: tuple[float, float]) -> str:
    """The same of the share that had ended in the second of two ways, three in ten of all ends."""
    inside, off = [], []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        curve = incidence(simulated_spells(mechanisms, scale=SCALE, rng=rng, causes=(0.7, 0.3), window=window), 2)
        found = value_at(curve, AGE)
        if found is not None:
            begun = share_running(curve.start, scale=SCALE)
            truth = 0.3 * (begun - share_running(AGE, scale=SCALE)) / begun
            inside.append(found.low <= truth <= found.high)
            off.append(found.value - truth)
    return f"coverage {np.mean(inside):.3f}, bias {np.mean(off):+.3f}"


def near(runs: int) -> None:
    """Stops in windows against other times: how often the interval of the ratio lies above 1, below, and covers."""
    windows = [(7.0, 8.0), (13.0, 15.0)]
    for times in (1.0, 3.0, 5.0):
        found = []
        for seed in range(runs):
            running, stops = simulated_stops(30, times, windows, rng=np.random.default_rng(seed))
            found.append(stops_near(running, stops, windows, (0.0, 20.0)).ratio)
        more, less = (np.mean([r is not None and side(r) for r in found]) for side in (_above, _below))
        covered = np.mean([r.low <= times <= r.high for r in found if r is not None])
        print(f"stops {times:g} times as often: above 1 {more:.3f}, below 1 {less:.3f}, coverage {covered:.3f}")


def _above(ratio: Estimate) -> bool:
    return ratio.low > 1


def _below(ratio: Estimate) -> bool:
    return ratio.high < 1


def main(runs: int) -> None:
    """Print every part."""
    for mechanisms in (20, 33, 60):
        print(f"{mechanisms} mechanisms")
        print("  seen from the start:          ", curves(runs, mechanisms, window=SEEN))
        print("  late entry, counted as such:  ", curves(runs, mechanisms, window=LATE))
        print("  late entry, ignored:          ", curves(runs, mechanisms, at_once=True, window=LATE))
        print("  two spells each, shared luck: ", curves(runs, mechanisms, window=SEEN, spells=2, frailty=1.0))
        print("  ended the second way:         ", endings(runs // 4, mechanisms, SEEN))
        print("  ended the second way, late:   ", endings(runs // 4, mechanisms, LATE))
    near(runs)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
