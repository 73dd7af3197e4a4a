"""How often what is told of two paths of ideal points is right, in made-up chambers. ``paths.py [RUNS [STEP]]``.

Intervals of moves and gaps should cover in 85 to 95 of 100 cases; a crossing or a mover should hardly be named wrongly.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import replace

import numpy as np

from visavis.models.ideal_points import ideal_points
from visavis.models.paths import nearest, order_of, shift_between
from visavis.models.simulate_chambers import simulated_chamber


def main(runs: int, step: float) -> None:
    """Forty voters, ten sessions of 60 roll calls; 20 pairs and eight neighbourhoods a chamber."""
    told: dict[str, list[float]] = defaultdict(list)
    for seed in range(runs):
        made = simulated_chamber(40, 10, 60, rng=np.random.default_rng(seed), step=step)
        found = ideal_points(made.ballots, high=made.ends[1], low=made.ends[0])
        found = replace(found, country=tuple(f"{k:02d}" for k in found.country))
        truth, rng = made.positions, np.random.default_rng(seed + 10_000)
        moved = truth[8] - truth[2]
        for _ in range(20):
            a, b = sorted(rng.choice(40, 2, replace=False).tolist())
            shift = shift_between(found, f"{a:02d}", f"{b:02d}", 2, 8, rng=rng)
            gap, own = moved[a] - moved[b], moved - moved.mean()
            apart = abs(truth[8, a] - truth[8, b]) - abs(truth[2, a] - truth[2, b])
            for name, estimate, true in (
                ("move covered", shift.moves[f"{a:02d}"], moved[a]),
                ("move against the field covered", shift.against_field[f"{a:02d}"], own[a]),
                ("change of the gap covered", shift.gap, gap),
                ("change of the distance covered", shift.distance, apart),
            ):
                told[name].append(estimate.low <= true <= estimate.high)
            if shift.mover is not None:
                first = np.sign(gap) * (own[a] + own[b]) > 0
                told["mover named rightly"].append(shift.mover == f"{a if first else b:02d}")
            gaps = truth[:, a] - truth[:, b]
            crossings = order_of(found, f"{a:02d}", f"{b:02d}", rng=rng).crossings
            told["crossing told rightly"] += [gaps[one.before] * gaps[one.after] < 0 for one in crossings]
            if (gaps > 0).all() or (gaps < 0).all():
                told["crossing told where there was none"].append(bool(crossings))
            elif gaps[:3].max() * gaps[-3:].min() < 0 and min(abs(gaps[0]), abs(gaps[-1])) > 0.5:
                told["wide crossing found"].append(bool(crossings))
        for voter in range(0, 40, 5):
            away = np.abs(truth[5] - truth[5, voter])
            away[voter] = np.inf
            near, true_one = nearest(found, f"{voter:02d}", 5, rng=rng), f"{int(away.argmin()):02d}"
            told["nearest in the set"].append(true_one in [one.country for one in near.neighbours])
            told["likeliest is the nearest"].append(near.neighbours[0].country == true_one)
            told["probability given for it"].append(near.neighbours[0].probability)
    for name, values in told.items():
        print(f"{name}: {np.mean(values):.3f} of {len(values)}" if values else f"{name}: none")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20, float(sys.argv[2]) if len(sys.argv) > 2 else 0.2)
