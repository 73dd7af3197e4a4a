"""Positions from UN roll calls: time, memory, how near to the published ones. ``votes.py [DIR [RUNS]]``.

Without DIR only made-up chambers are measured. DIR holds votes.parquet, roll_calls.parquet and
ideal_points_published_2020.csv. Bounds other than the one in use, the published
program's, are tried for comparison only.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from visavis.models.ideal_points import IdealPoints, ideal_points
from visavis.models.simulate_chambers import simulated_chamber

HIGH, LOW = (2, 20, 200, 666), (265, 365)  # USA, CAN, GBR, ISR; GDR, USSR


def published_filter(folder: Path, last: int) -> pa.Table:
    """Ballots up to a session, as the published estimates take them; those on which all agreed are left to the fit."""
    votes = pa.parquet.read_table(folder / "votes.parquet")
    calls = pa.parquet.read_table(folder / "roll_calls.parquet", columns=["rcid", "para", "amend", "year", "linked_id"])
    rcid = calls["rcid"].to_numpy()
    order = np.argsort(rcid)
    at = order[np.searchsorted(rcid[order], votes["rcid"].to_numpy())]
    parts = np.nan_to_num(np.column_stack([calls["para"].to_numpy(), calls["amend"].to_numpy()])).max(axis=1) > 0
    aside = parts & (calls["year"].to_numpy() > 1989)
    country, session, choice = (votes[name].to_numpy() for name in ("ccode", "session", "vote"))
    kept = (choice <= 3) & (session != 19) & (session <= last) & (country != 511) & ~aside[at]
    kept &= ~((country == 560) & (session == 48))
    item = calls["linked_id"].to_numpy()[at]
    names = ("country", "session", "item", "choice")
    return pa.table({k: v[kept] for k, v in zip(names, (country, session, item, choice), strict=True)})


def against_published(found: IdealPoints, folder: Path) -> dict[str, Any]:
    """Correlations with the published estimates and the ratio of the widths of 90 % intervals."""
    rows = pa.csv.read_csv(folder / "ideal_points_published_2020.csv").to_pylist()
    told = {(r["ccode"], r["session"]): (r["ideal"], r["q95"] - r["q5"]) for r in rows}
    theirs = np.array([told[key] for key in zip(found.country, found.session.tolist(), strict=True)])
    within: dict[int, float] = {}
    for s in np.unique(found.session).tolist():
        of = found.session == s
        if of.sum() >= 30:
            within[s] = _correlation(found.position[of], theirs[of, 0])
    width = float(np.median(2 * 1.6449 * found.sd / theirs[:, 1]))
    return {
        "rows": (len(found.position), len(told)),
        "overall": _correlation(found.position, theirs[:, 0]),
        "within": float(np.mean(list(within.values()))),
        "worst": min(within.values()),
        "width": width,
    }


def _correlation(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def real(folder: Path) -> None:
    """Cold, warm, and by bound."""
    began = time.perf_counter()
    cold = ideal_points(published_filter(folder, 77), high=HIGH, low=LOW)
    took, memory = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"file to intervals, 77 sessions: {took:.1f} s, {cold.steps} rounds, peak {memory:.0f} MB in all")
    before = ideal_points(published_filter(folder, 76), high=HIGH, low=LOW)
    ballots, began = published_filter(folder, 77), time.perf_counter()
    warm = ideal_points(ballots, high=HIGH, low=LOW, start=before)
    took, off = time.perf_counter() - began, np.abs(warm.position - cold.position).max()
    print(f"one session more, warm: {took:.1f} s, {warm.steps} rounds, at most {off:.3f} from the cold fit")
    ballots = published_filter(folder, 74)
    for bound in (5.0, 6.0, 7.0, 9.0, 12.0, 1e9):
        found = against_published(ideal_points(ballots, high=HIGH, low=LOW, bound=bound), folder)
        told = ", ".join(f"{k} {v:.4f}" for k, v in found.items() if isinstance(v, float))
        print(f"bound {bound:g}: {told}")


def made_up(runs: int) -> None:
    """Chambers of known positions: correlation and coverage."""
    for voters in (40, 100):
        for how in ({}, {"missing": 0.4}, {"step": 0.1}, {"jumps": ((0, 5, 1.5), (1, 6, -1.5))}):
            near, inside = [], []
            for seed in range(runs):
                chamber = simulated_chamber(voters, 10, 60, rng=np.random.default_rng(seed), **how)  # type: ignore[arg-type]
                found = ideal_points(chamber.ballots, high=chamber.ends[1], low=chamber.ends[0])
                truth = chamber.truth(found)
                near.append(_correlation(truth, found.position))
                inside.append(np.mean(np.abs(truth - found.position) < 1.6449 * found.sd))
            print(f"{voters} voters {how}: r {np.mean(near):.3f} (worst {min(near):.3f}), cover {np.mean(inside):.3f}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        real(Path(sys.argv[1]))
    made_up(int(sys.argv[2]) if len(sys.argv) > 2 else 20)
