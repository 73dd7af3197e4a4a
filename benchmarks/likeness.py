"""The cost of assuming likeness: false differences, coverage, time of a league: ``likeness.py [RUNS] [RECORD]``.

Made-up acts toward five third countries, with mixes from a Dirichlet, weekly counts of variance/mean ``ratio``, and
weeks whose acts resemble each other (``bursts``: the lower, the more). The foretold side acts half as often again.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import numpy as np

from visavis.models.assumed_likeness import forecasts
from visavis.models.likeness_cost import Cost, cost
from visavis.models.simulate_assumed import apart, mixed_acts, mixes
from visavis.record import open_record

CENTRE = np.array([0.25, 0.2, 0.15, 0.1, 0.08, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01, 0.005, 0.005])
CENTRE /= CENTRE.sum()
SETTINGS = [
    {"periods": 39, "rate": 6, "ratio": 2.0, "bursts": 30.0},
    {"periods": 39, "rate": 6, "ratio": 4.0, "bursts": 8.0},
    {"periods": 104, "rate": 4, "ratio": 2.0, "bursts": 30.0},
]


def measured(bits: float, runs: int, setting: dict[str, float]) -> Iterator[Cost]:
    """Costs of the same two countries, lived ``runs`` times; with no difference the mixes are new each time."""
    rng = np.random.default_rng(1)
    mix = mixes(5, CENTRE, 30, rng=rng)
    periods, rate = int(setting["periods"]), setting["rate"]
    dirt = {name: setting[name] for name in ("ratio", "bursts")}
    for _ in range(runs):
        mix = mix if bits else mixes(5, CENTRE, 30, rng=rng)
        theirs = mixed_acts(apart(mix, bits) if bits else mix, rate, periods, rng=rng, **dirt)
        ours = mixed_acts(mix, 1.5 * rate, periods, rng=rng, **dirt)
        base = rng.multinomial(2000, CENTRE, size=periods)
        yield cost(forecasts(theirs, ours, base, memory=104, rng=rng)[1:], block=4, rng=rng)


def recovery(runs: int) -> None:
    """False differences with equal mixes; coverage of the mean cost and its size with known divergence."""
    for setting in SETTINGS:
        for bits in (0.0, 0.1, 0.3):
            found = [c for c in measured(bits, runs, setting) if c.gap]
            values = np.array([(c.gap.value, c.gap.low, c.gap.high) for c in found if c.gap])
            truth = 0.0 if not bits else values[:, 0].mean()
            held = np.mean((values[:, 1] <= truth) & (truth <= values[:, 2]))
            said = {v: np.mean([c.verdict == v for c in found]) for v in ("costs", "costs nothing", "undecided")}
            told = ", ".join(f"{verdict} {share:.3f}" for verdict, share in said.items())
            print(
                f"{setting}, divergence {bits}: mean {values[:, 0].mean():.3f}, 95 % interval holds {held:.3f}, {told}"
            )


def league(where: str) -> None:
    """Time for all pairs of a record."""
    record, start = open_record(where), time.process_time()
    found = record.pairs(by="understanding")
    print(f"{where}: {len(found.places)} pairs told in {time.process_time() - start:.1f} s of one core")


if __name__ == "__main__":
    recovery(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    league(sys.argv[2] if len(sys.argv) > 2 else "east-asia")
