"""How often equal mixes of means are called different, and how often intervals hold a known gap.

    python benchmarks/mixes.py [--runs 1000]

Two countries toward a third one, week by week (models.simulate_mixes): weeks are bursts, months move both sides'
mixes alike and their numbers apart. Alarms: p of 0.05 or less where both have the same mix in every month, for the test
in use and for the plain divergence (a quarter of the runs). Coverage: of intervals of 95 % for a gap of 15 points in
dialogue and for the divergence, with its bias and that of the plain one. Every share is followed by its Monte Carlo
standard error.
"""

from __future__ import annotations

import argparse

import numpy as np

from visavis.models import mixes
from visavis.models.mixes import compare_mixes, divergence, exchanged
from visavis.models.simulate_mixes import EQUAL, two_mixes
from visavis.models.toward import toward

SHAPES = {
    "9 months, 30 and 7.5 acts a week": {},
    "9 months, 30 acts a week each": {"acts": (30.0, 30.0)},
    "the smaller side in bursts": {"bursts": (40.0, 4.0)},
    "the larger side in bursts": {"bursts": (4.0, 40.0)},
    "46 months, 6 and 1 acts a week": {"weeks": 200, "months": 46, "acts": (6.0, 1.0)},
    "acts one by one": {"bursts": (1e4, 1e4), "drift": 1e6},
}
OTHER = (0.15, 0.05, 0.25, 0.25, 0.05, 0.19, 0.03, 0.03)


def plain(a: np.ndarray, b: np.ndarray, month: np.ndarray, seed: int, permutations: int) -> float:
    """The plain divergence, weeks of a month dealt anew."""
    rng, both, places = np.random.default_rng(seed), np.concatenate([a, b]), np.concatenate([month, month])
    slots = np.argsort(places, kind="stable")

    def apart(x: np.ndarray) -> float:
        p, q = x[: len(a)].sum(axis=0), x[len(a) :].sum(axis=0)
        return float(divergence(p / max(p.sum(), 1), q / max(q.sum(), 1)).sum())

    seen, hits = apart(both), 0
    for _ in range(permutations):
        dealt = np.empty_like(both)
        dealt[slots] = both[np.argsort(places + rng.random(len(places)))]
        hits += apart(dealt) >= seen
    return (1 + hits) / (permutations + 1)


def told(hits: list[bool]) -> str:
    """A share of runs with its Monte Carlo error."""
    share = float(np.mean(hits))
    return f"{share:.3f} ({(share * (1 - share) / len(hits)) ** 0.5:.3f})"


def alarms(runs: int) -> None:
    for name, shape in SHAPES.items():
        used, raw = [], []
        for seed in range(runs):
            a, b, month = two_mixes(rng=np.random.default_rng(seed), **shape)
            used.append(exchanged(a, b, month, seed=seed, permutations=199) <= 0.05)
            if seed < runs // 4:
                raw.append(plain(a, b, month, seed, 99) <= 0.05)
        print(f"{name:36s} in use {told(used)}   plain divergence {told(raw)}")


def coverage(runs: int) -> None:
    for name, shape in SHAPES.items():
        shape = {**shape, "drift": 1e6}
        big = [two_mixes((EQUAL, OTHER), rng=np.random.default_rng(10**6 + i), **shape) for i in range(300)]
        sums = [sum(x[i].sum(axis=0) for x in big) for i in (0, 1)]
        shares = [s / s.sum() for s in sums]
        gap, truth = shares[1][2] - shares[0][2], float(divergence(*shares).sum())
        held, within, value, naive = [], [], [], []
        for seed in range(runs):
            a, b, month = two_mixes((EQUAL, OTHER), rng=np.random.default_rng(seed), **shape)
            rows = [np.column_stack([n := x.sum(axis=1), 9 * n + 9, n, x[:, 5], x[:, 2], x[:, 5]]) for x in (a, b)]
            found = toward(rows[0], rows[1], month, level=0.95).dialogue.gap
            mix = compare_mixes(a, b, month, seed=1, permutations=1, level=0.95).divergence
            if found and mix:
                held.append(found.low <= gap <= found.high)
                within.append(mix.low <= truth <= mix.high)
                value.append(mix.value - truth)
                naive.append(float(divergence(a.sum(axis=0) / a.sum(), b.sum(axis=0) / b.sum()).sum()) - truth)
        print(f"{name:36s} gap {told(held)}   divergence {told(within)}, bias {np.mean(value):+.4f}, "
              f"plain {np.mean(naive):+.4f} of {truth:.3f}")  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    runs = parser.parse_args().runs
    print(f"False alarms at 5 %, {runs} runs ({mixes.__name__})")
    alarms(runs)
    print(f"Coverage of 95 % intervals, {runs} runs")
    coverage(runs)
