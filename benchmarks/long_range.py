"""Reference classes: do intervals and bands hold what they should? `python benchmarks/long_range.py [runs] [VOTES]`

VOTES: a file of positions of countries by year (columns iso3c or country, session, ideal or position).
"""

from __future__ import annotations

import csv
import sys
from functools import cache
from pathlib import Path

import numpy as np

from visavis.models import reference_classes
from visavis.models._dyad_clusters import share_of
from visavis.models.intervals import Estimate
from visavis.models.reference_classes import HORIZONS, Panel, fate, panel_of_positions, track
from visavis.models.simulate_panels import simulated_panel, true_rates

_KEPT = 0.95


def _countries_only(
    of: np.ndarray, first: np.ndarray, second: np.ndarray, window: np.ndarray, *, level: float = 0.9
) -> Estimate:
    """What intervals would be if windows were independent."""
    return share_of(of, first, second, np.zeros_like(window), level=level)


@cache
def _truth(klass: tuple[int, ...], turbulence: float) -> tuple[float, float, float]:
    return true_rates(klass, 10, rng=np.random.default_rng(5), persistence=_KEPT, turbulence=turbulence)


def coverage(runs: int, turbulence: float, countries: int = 60) -> None:
    """How often 90 % intervals of the three shares hold the truth, and bands what came."""
    inside, off, width, held, gains, asked = 0, [], [], [], 0, 0
    for run in range(runs):
        rng = np.random.default_rng(run)
        panel = simulated_panel(countries, 77, rng=rng, persistence=_KEPT, turbulence=turbulence)
        for pair in rng.choice(len(panel.first), 3, replace=False):
            found = fate(panel, int(pair), 10)
            if found is None:
                continue
            for one, true in zip((found.closer, found.same, found.apart), _truth(found.klass, turbulence), strict=True):
                inside, asked = inside + (one.low <= true <= one.high), asked + 1
                off.append(one.value - true)
                width.append(one.high - one.low)
        past = track(panel, 10)
        if past is not None:
            held.append(past.held.value)
            gains += past.gain.low > 0
    print(f"turbulence {turbulence}: shares told {asked}, held by their interval {inside / asked:.3f}, mean error "
          f"{np.mean(off):+.4f}, mean width {np.mean(width):.3f}; bands of past calls held {np.mean(held):.3f}; gain "
          f"above 0 in {gains} of {runs}")  # fmt: skip


def votes(path: Path) -> None:
    """The track record on positions by votes."""
    with path.open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["session"] != "19"]
    name = "iso3c" if "iso3c" in rows[0] else "country"
    value = "ideal" if "ideal" in rows[0] else "position"
    countries, sessions = sorted({r[name] for r in rows} - {""}), sorted({int(r["session"]) for r in rows})
    position = np.full((sessions[-1], len(countries)), np.nan)
    for row in rows:
        if row[name]:
            position[int(row["session"]) - 1, countries.index(row[name])] = float(row[value])
    panel: Panel = panel_of_positions(countries, range(1946, 1946 + sessions[-1]), position)
    print(f"{len(countries)} countries, {len(panel.first)} pairs")
    for horizon in HORIZONS:
        past = track(panel, horizon)
        if past is not None:
            print(f"{horizon} years: {past.calls} calls from {past.years[-1]} to {past.years[0]}, band held "
                  f"{past.held.value:.3f} ({past.held.low:.3f} to {past.held.high:.3f}), gain {past.gain.value:.4f} "
                  f"({past.gain.low:.4f} to {past.gain.high:.4f})")  # fmt: skip


if __name__ == "__main__":
    asked_for = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for wild in (0.0, 0.7):
        coverage(asked_for, wild)
        print("the same with clusters by country alone:")
        reference_classes.share_of = _countries_only  # type: ignore[attr-defined]
        coverage(asked_for, wild)
        reference_classes.share_of = share_of  # type: ignore[attr-defined]
    if len(sys.argv) > 2:
        votes(Path(sys.argv[2]))
