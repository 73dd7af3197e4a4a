"""How often an answer or a disappointment is claimed that is not there, and how well true ones are found.

    python benchmarks/reaction.py [--runs 300] [--pools 80]

Pairs are made by visavis.models.simulate_reaction. "Claimed": the 95 % interval of either direction lies above 0;
"recorded" with every act as recorded, "lone" without mirrored acts, "both" in both, which is what the chapter asks
for. "Held": how often the interval without mirrors held the truth.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import astuple

import numpy as np

from visavis.models.disappointment import disappointment
from visavis.models.reciprocity import Slope, answer, answers
from visavis.models.simulate_reaction import answering, moods

PAIRS = {
    "132 months, shared attention": {"attention": 0.5},
    "132 months, strong attention, moods": {"attention": 1.0, "mood": 0.4},
    "60 months, 20 acts": {"periods": 60, "attention": 0.8, "acts": 20, "mood": 0.3},
    "48 months, 60 acts": {"periods": 48, "attention": 0.8, "acts": 60, "mood": 0.3},
    "38 weeks, 60 acts": {"periods": 38, "attention": 0.8, "acts": 60, "mood": 0.3},
    "560 weeks, 12 acts": {"periods": 560, "attention": 0.8, "acts": 12, "mood": 0.3},
    "30 % double-coded": {"doubled": 0.3, "own": 0.5, "mood": 0.4},
    "60 % double-coded": {"doubled": 0.6, "own": 0.5, "mood": 0.4},
    "60 % double-coded, 560 weeks": {"periods": 560, "doubled": 0.6, "own": 0.5, "mood": 0.4, "acts": 15},
    "true slope .3": {"other": 0.3},
    "true slope .3, 560 weeks": {"periods": 560, "other": 0.3, "acts": 15},
}
POOLS = {
    "strong attention, moods": {"attention": 0.8, "mood": 0.4},
    "40 % double-coded": {"doubled": 0.4, "own": 0.5, "mood": 0.3},
    "true slope .2": {"other": 0.2},
}
MOODS = {
    "40 waves": {"periods": 40},
    "40 waves, AR .8": {"periods": 40, "ar": 0.8},
    "120 waves": {"periods": 120},
    "120 waves, AR .8": {"periods": 120, "ar": 0.8},
    "40 waves, disappointed": {"periods": 40, "expectation": -0.4},
    "120 waves, disappointed": {"periods": 120, "expectation": -0.4},
    "120 waves, both sides": {"periods": 120, "expectation": -0.4, "both": True},
}


def report(name: str, told: list[tuple[list[Slope], list[Slope]]], truth: float) -> None:
    """One line: false or true claims, and how often the interval held the truth."""
    change = 2**truth - 1
    recorded = np.mean([any(s.low > 0 for s in r) for r, _ in told])
    lone = np.mean([any(s.low > 0 for s in u) for _, u in told])
    both = np.mean([any(x.low > 0 and y.low > 0 for x, y in zip(r, u, strict=True)) for r, u in told])
    held = np.mean([s.low <= change <= s.high for _, u in told for s in u])
    slope = np.mean([s.slope for _, u in told for s in u])
    print(
        f"{name:38} claimed: recorded {recorded:.3f} lone {lone:.3f} both {both:.3f}",
        f" held {held:.3f}  mean {slope:+.3f}",
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--pools", type=int, default=80)
    asked = parser.parse_args()
    print("One pair, both directions")
    for name, setting in PAIRS.items():
        told = []
        for seed in range(asked.runs):
            made = answering(rng=np.random.default_rng(seed), **{"periods": 132, **setting})
            found = [[answer(p, way) for way in (0, 1)] for p in (made.panel, made.unmirrored)]
            if all(s is not None for each in found for s in each):
                told.append((found[0], found[1]))
        report(name, told, setting.get("other", 0.0))
    for pairs in (17, 60):
        print(f"{pairs} pairs of unequal size as one, 132 months")
        for name, setting in POOLS.items():
            made = [
                answering(132, rng=np.random.default_rng(s), pairs=pairs, acts=15, **setting)
                for s in range(asked.pools)
            ]
            told = [([answers(m.panel)], [answers(m.unmirrored)]) for m in made]
            report(name, told, setting.get("other", 0.0))
    print("Disappointment, one side")
    for name, setting in MOODS.items():
        said = Counter(
            disappointment(*astuple(moods(rng=np.random.default_rng(s), **setting))).told for s in range(asked.runs)
        )
        print(f"{name:38} " + ", ".join(f"{word} {n / asked.runs:.3f}" for word, n in sorted(said.items())))


if __name__ == "__main__":
    main()
