"""Positions from UN roll calls: time, memory, how near to the published ones, beside other programs.

``votes.py [DIR] [--runs 20] [--peer-python PYTHON] [--peer-seconds 300] [--draws 1500]``

Without DIR only made-up chambers are measured. DIR holds votes.parquet, roll_calls.parquet and
ideal_points_published_2020.csv. Bounds other than the one in use, the published program's, are tried for comparison
only. Other programs run where they are installed, each for at most so many seconds of the processor. PYTHON is one that
has numpyro and py-irt (by default the environment variable VISAVIS_PEERS_PYTHON, or this Python).
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.vote_peers import HIGH, LOW, compared, others, ours

from visavis.models.ideal_points import IdealPoints, ideal_points
from visavis.models.ideal_sampler import fast_against_sampled, sampled_ideal_points
from visavis.models.simulate_chambers import simulated_chamber


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
    country = np.array(found.country)
    theirs = _published(country, found.session, folder)
    told = {
        "rows": (len(country), int(np.isfinite(theirs[:, 0]).sum())),
        **near(country, found.session, found.position, folder),
    }
    low, high = (found.table()[name].to_numpy() for name in ("low", "high"))
    return {**told, "width": float(np.nanmedian((high - low) / theirs[:, 1]))}


def near(
    country: npt.NDArray[Any], session: npt.NDArray[Any], position: npt.NDArray[np.float64], folder: Path
) -> dict[str, float]:
    """Correlations with the published estimates: overall, mean and worst within sessions of 30 members or more."""
    theirs = _published(country, session, folder)[:, 0]
    known = np.isfinite(theirs) & np.isfinite(position)
    within = {}
    for s in np.unique(session).tolist():
        of = known & (session == s)
        if of.sum() >= 30:
            within[s] = _correlation(position[of], theirs[of])
    return {
        "overall": _correlation(position[known], theirs[known]),
        "within": float(np.mean(list(within.values()))),
        "worst": min(within.values()),
    }


def _published(country: npt.NDArray[Any], session: npt.NDArray[Any], folder: Path) -> npt.NDArray[np.float64]:
    """Published position and width of its 90 % interval, NaN where there is none, (n_rows, 2)."""
    rows = pa.csv.read_csv(folder / "ideal_points_published_2020.csv").to_pylist()
    told = {(r["ccode"], r["session"]): (r["ideal"], r["q95"] - r["q5"]) for r in rows}
    keys = zip(country.tolist(), session.tolist(), strict=True)
    return np.array([told.get(key, (np.nan, np.nan)) for key in keys])


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


def check(runs: int) -> None:
    """The fast fit against the sampler on made-up chambers: does it miss the posterior, and in which way?"""
    for voters, how in ((40, {}), (40, {"missing": 0.4}), (100, {})):
        told = []
        for seed in range(runs):
            chamber = simulated_chamber(voters, 8, 60, rng=np.random.default_rng(seed), **how)  # type: ignore[arg-type]
            ends = {"high": chamber.ends[1], "low": chamber.ends[0]}
            fast, slow = ideal_points(chamber.ballots, **ends), sampled_ideal_points(chamber.ballots, **ends, seed=seed)
            agreed, truth, table = fast_against_sampled(fast, slow), chamber.truth(slow), slow.table()
            inside = (table["low"].to_numpy() <= truth) & (truth <= table["high"].to_numpy())
            told.append(
                (agreed.overall, agreed.sd_ratio, _correlation(truth, slow.position), inside.mean(), slow.r_hat.max())
            )
        r, sd, near, cover, r_hat = np.mean(told, axis=0)
        print(
            f"{voters} voters {how}, sampler: r {near:.3f}, cover {cover:.3f}, largest R-hat {r_hat:.3f}; "
            f"fast to sampler: r {r:.4f}, standard deviations {sd:.2f}"
        )


def main() -> None:
    """Everything the arguments ask for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", nargs="?", type=Path)
    asked.add_argument("--runs", type=int, default=20)
    asked.add_argument("--peer-python", default=os.environ.get("VISAVIS_PEERS_PYTHON", sys.executable))
    asked.add_argument("--peer-seconds", type=float, default=300)
    asked.add_argument("--draws", type=int, default=1500)
    told = asked.parse_args()
    if told.folder:
        real(told.folder)
        with tempfile.TemporaryDirectory() as scratch:
            peers = [*ours(told.draws), *others(told.peer_python, told.peer_seconds)]
            compared(peers, published_filter(told.folder, 74), Path(scratch), _scored(told.folder))
    made_up(told.runs)
    check(min(told.runs, 3))


def _scored(folder: Path) -> Callable[..., dict[str, float]]:
    return lambda *found: near(*found, folder)


if __name__ == "__main__":
    main()
