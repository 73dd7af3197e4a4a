"""How often an opening after thaws elsewhere is told where there is none, and how often the interval holds what is.

    python benchmarks/opening.py [--runs 200] [--record DIR]

Ties between twelve countries over 132 months (visavis.models.simulate_opening). "any" is thaws or chills, each at a
third of the alarm of 5 %, as in the finding; the last third is for third parties by name. Every share is followed by
its Monte Carlo error. --record also asks, in a record, every pair of the countries of the shipped pack, and counts what
is said.
"""

from __future__ import annotations

import argparse
from collections import Counter
from itertools import combinations

import numpy as np

import visavis
from visavis.findings._opening import opening as finding
from visavis.models.opening import Opening, detectable, opening
from visavis.models.simulate_opening import MadeOpening, made_opening

COUNTRIES, ALARM, MARGIN, STEPS = 12, 0.05 / 3, 0.05, (1, 12)


def share(x: list[bool]) -> str:
    """A share of runs in percent, with its Monte Carlo error."""
    p = float(np.mean(x))
    return f"{100 * p:5.1f} +- {100 * np.sqrt(p * (1 - p) / len(x)):3.1f}"


def asked(made: MadeOpening, sign: int) -> Opening | None:
    placebos = [made.seen(sign, *two) for two in combinations(range(2, COUNTRIES), 2)]
    seen = made.seen(sign, 0, 1)
    return opening(made.row(0, 1), seen, placebos, steps=STEPS, margin=MARGIN, apart=COUNTRIES - 2)


def simulated(runs: int) -> None:
    print("effect per thaw: any told | after thaws told | 90 % interval holds it | mean | power said for 5 points")
    kinds = ({"ar": 0.5}, {"ar": 0.8}, {"acts": 5.0}, {"actor": 0.3}, {"actor": 0.6}, {"ar": 0.5, "effect": -0.03},
             {"ar": 0.8, "effect": -0.03}, {"actor": 0.3, "effect": -0.05})  # fmt: skip
    for kind in kinds:
        rng = np.random.default_rng(1)
        told, thaws, within, values, power = [], [], [], [], []
        for run in range(runs):
            made = made_opening(COUNTRIES, 132, rng=rng, **{"acts": 25.0, **kind})
            found = [asked(made, sign) for sign in (-1, 1)]
            told.append(any(f is not None and f.p <= ALARM for f in found))
            if found[0] is None:
                continue
            thaws.append(found[0].p <= ALARM)
            within.append(found[0].effect.low <= made.effect <= found[0].effect.high)
            values.append(found[0].effect.value)
            if run < 20:
                seen = made.seen(-1, 0, 1)
                said = detectable(made.row(0, 1), seen, found[0], steps=STEPS, margin=MARGIN, alarm=ALARM)
                power.append(np.nan if said is None else said)
        print(
            f"  {kind}: "
            + " | ".join([share(told), share(thaws), share(within), f"{np.mean(values):+.3f}", f"{np.mean(power):.2f}"])
        )


def real(where: str) -> None:
    record, said = visavis.open_record(where), Counter[str]()
    members = visavis.open_record().tables.countries
    for two in combinations(sorted(members), 2):
        found = finding(record.pair(*two)._view(None, None, None, None))[0]
        said[found.message.key.rpartition(".")[2]] += 1
    print(f"{where}, all pairs of {len(members)} countries: {dict(said)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--record")
    given = parser.parse_args()
    simulated(given.runs)
    if given.record:
        real(given.record)


if __name__ == "__main__":
    main()
