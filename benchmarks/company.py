"""How often the chapter about third countries tells what is not there, and how often its intervals hold what is.

    python benchmarks/company.py [--runs 400] [--record DIR]

Mixes of means (visavis.models.simulate_company.made_mixes) over 132 periods; panels of nine countries over 132 periods
(made_panel). Every figure is followed by its Monte Carlo standard error. --record also counts, in a record of your own,
how often pairs of countries with no country in common lie beyond 1.96 by the usual formula, and after placebos were
asked.
"""

from __future__ import annotations

import argparse
import warnings

import numpy as np

import visavis
from visavis.findings._grid import grid_of
from visavis.findings._responding import surprises_of
from visavis.models.convergence import convergence
from visavis.models.movers import movers
from visavis.models.projection import inflation, plain, response, surprises, widest
from visavis.models.simulate_company import made_mixes, made_panel
from visavis.models.without import without


def share(x: list[bool]) -> str:
    """A share of runs in percent, with its Monte Carlo error."""
    p = float(np.mean(x))
    return f"{100 * p:5.1f} +- {100 * np.sqrt(p * (1 - p) / len(x)):3.1f}"


def mixes(runs: int) -> None:
    print("distance of mixes: how often a change is told | how often the interval of the change holds the truth")
    rng = np.random.default_rng(1)
    kinds = [(acts, apart, 0.0) for acts in (8, 20, 40)
             for apart in ((0.0, 0.0), (0.4, 0.4), (1.0, 1.0), (0.5, 0.2), (1.0, 0.0))]  # fmt: skip
    kinds += [(20, apart, ar) for apart in ((0.0, 0.0), (1.0, 1.0)) for ar in (0.3, 0.6, 0.8)]
    for acts, apart, ar in kinds:
        told, within = [], []
        for _ in range(runs):
            made = made_mixes(132, acts, apart, rng=rng, ar=ar)
            found = convergence(made.a, made.b, block=3)
            if found is not None:
                told.append(found.p <= 0.05)
                within.append(found.change.low <= made.late - made.early <= found.change.high)
        print(f"  {acts:3} acts, apart {apart[0]} then {apart[1]}, ar {ar}: {share(told)} | {share(within)}")


def panels(runs: int) -> None:
    print("answer of a third country: beyond 1.96 | told | interval holds the truth | any third country told to move")
    rng = np.random.default_rng(2)
    kinds = ({"ar": 0.5}, {"ar": 0.8}, {"actor": 0.3}, {"actor": 0.6}, {"together": 0.5, "ar": 0.4},
             {"effect": 0.3, "ar": 0.4})  # fmt: skip
    for kind in kinds:
        rows: list[tuple[bool, bool, bool, bool]] = []
        for _ in range(runs):
            made = made_panel(9, 132, 25, rng=rng, **kind)
            table, at = surprises(made.k, made.n), {d: i for i, d in enumerate(made.dyads)}
            ties = {str(c): np.nanmean([table[at[0, c]], table[at[1, c]]], axis=0) for c in range(2, 9)}
            families = [[row for row, d in zip(table, made.dyads, strict=True) if len({0, 1, 2} & set(d)) in shared]
                        for shared in ((0, 1), (1,))]  # fmt: skip
            widened = widest(ties["2"], families, (1, 3))
            found = None if widened is None else response(ties["2"], table[0], (1, 3), widened)
            if found is None:
                continue
            apart = [row for row, d in zip(table, made.dyads, strict=True) if not {0, 1} & set(d)]
            moving = any(m.moves_with or m.moves_before for m in movers(table[0], ties, apart, reach=3))
            within = found.effect.low <= made.effect <= found.effect.high
            rows.append((abs(found.plain_t) > 1.96, found.p <= 0.05, within, moving))
        print(f"  {kind}: " + " | ".join(share([row[i] for row in rows]) for i in range(4)))


def halves(runs: int) -> None:
    print("change from the first half to the second where there is none: how often told")
    rng = np.random.default_rng(3)
    for ar in (0.0, 0.3, 0.6, 0.8):
        told = []
        for _ in range(runs):
            x = rng.normal(size=132)
            for t in range(1, 132):
                x[t] = ar * x[t - 1] + np.sqrt(1 - ar**2) * x[t]
            n = rng.poisson(25, 132)
            k = rng.binomial(n, 1 / (1 + np.exp(1.3 - 0.5 * x)))
            found = without(k, n, k, n, block=6)
            told.append(found is not None and found.p <= 0.05)
        print(f"  months that follow each other by {ar}: {share(told)}")


def real(record: str) -> None:
    view = visavis.open_record(record).pair("KOR", "JPN")._view(None, None, None, None)
    grid = grid_of(view, ("JPN", "KOR"))
    if grid is None:
        raise SystemExit(f"{record} has no full month or week")
    rows, beyond, told = surprises_of(grid).rows, [], []
    for dyad, outcome in rows.items():
        apart = [row for d, row in rows.items() if not set(d) & set(dyad)]
        widened = inflation(outcome, apart, (1, 3))
        if widened is not None:
            t = [f[0] / f[1] for f in (plain(outcome, row, (1, 3)) for row in apart) if f is not None]
            beyond += [abs(x) > 1.96 for x in t]
            told += [abs(x) / widened.factor > 1.96 for x in t]
    print(f"{record}: {len(beyond)} pairs of ties with no country in common: beyond 1.96 {share(beyond)} | "
          f"after placebos {share(told)}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--record")
    given = parser.parse_args()
    warnings.simplefilter("ignore", RuntimeWarning)
    mixes(given.runs)
    panels(given.runs)
    halves(given.runs)
    if given.record:
        real(given.record)


if __name__ == "__main__":
    main()
