"""Forecasts against simple rules, on real files and on made-up worlds: error, coverage, time.

    python benchmarks/forecast.py FOLDER            the table on icews_subset_2005_2015 and icews_subset_2018_01_09
    python benchmarks/forecast.py FOLDER --far      the same for 3 and 12 months, 4 and 13 weeks
    python benchmarks/forecast.py --world [D T]     38,000 dyads over 300 periods: fit and forecast of 1 to 12 periods
    python benchmarks/forecast.py --recovery [RUNS] known panels: coverage, and error against that of the truth itself

The 200 busiest directed dyads by all acts, every origin from the 60th period on (of a shorter record, from its
middle); the pool learns from all dyads, and only from what came before. "20 % sample": each act is kept with a chance
of one in five. Every rule is a distribution: persistence and the same season are Poisson about one value, the others
empirical. Ratios and their standard errors are clustered by pair of countries.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from visavis.findings._world import World, world_of
from visavis.models.backtest import BEAT, Track, backtest
from visavis.models.contenders import POOL, CountContenders
from visavis.models.dyad_panel import DyadPanel, Target
from visavis.models.forecast_pool import fit_pool, forecast
from visavis.models.naive_forecasts import RULES
from visavis.models.predictive import Predictive, crps
from visavis.models.simulate_panel import simulated_panel
from visavis.record import open_record

FILES = {"month": "icews_subset_2005_2015.tab.gz", "week": "icews_subset_2018_01_09.tab.gz"}
BUSIEST = 200


def worlds(folder: Path) -> dict[str, World]:
    """The stream of each file, imported into a record that is thrown away."""
    found = {}
    for kind, file in FILES.items():
        with tempfile.TemporaryDirectory() as scratch:
            record = open_record(Path(scratch) / "record")
            record.import_events("icews", [folder / file])
            world = world_of(record.tables, "icews", kind)  # type: ignore[arg-type]
            assert world is not None, file
            found[kind] = world
    return found


def sampled(panel: DyadPanel, part: float) -> DyadPanel:
    """Every act kept with the same chance."""
    rng = np.random.default_rng(20)
    y = rng.binomial(panel.y, part)
    total = y + rng.binomial(panel.total - panel.y, part)
    return replace(panel, y=y, total=total, exposure=total.sum(axis=0).astype(float))


def series(found: dict[str, World]) -> Iterator[tuple[str, DyadPanel, int]]:
    """Name, panel and periods of a year."""
    month, week = found["month"], found["week"]
    for outcome in ("conflict", "cooperation"):
        yield f"2005-15 monthly {outcome}, 20 % sample", sampled(month.panel(outcome), 0.2), 12
    late = np.array([p >= "2012" for p in month.periods])
    panel = month.panel("conflict")
    yield "2012-15 monthly conflict", replace(
        panel, y=panel.y[:, late], total=panel.total[:, late], exposure=panel.exposure[late], known=panel.known[late]
    ), 12  # fmt: skip
    for outcome in ("conflict", "cooperation"):
        yield f"2018 weekly {outcome}", week.panel(outcome), 52
    for outcome in ("conflict", "cooperation"):
        yield f"2005-15 monthly {outcome}, all", month.panel(outcome), 12


def busiest(panel: DyadPanel) -> np.ndarray:
    return np.sort(np.argsort(-panel.total.sum(axis=1), kind="stable")[:BUSIEST])


def show(name: str, track: Track, seconds: float) -> tuple[float, float]:
    """One block of the table; the pool's CRPS over that of the last twelve and of persistence."""
    print(f"\n{name} ({seconds:.0f} s)")
    best, base = track.methods[POOL].crps, track.methods[BEAT].crps
    for rule in (POOL, *RULES):
        if rule in track.methods:
            m = track.methods[rule]
            pit = " ".join(f"{100 * x:4.1f}" for x in m.pit)
            print(f"  {rule:<12} CRPS {m.crps:7.4f} ({m.crps / base:5.3f})  log {m.log:6.3f}", end="")
            print(f"  80 % {100 * m.within[0]:5.1f}  90 % {100 * m.within[1]:5.1f}  PIT {pit}")
    error = (track.ratio.high - track.ratio.value) / 1.6449
    printed = track.by_dyad.inside.sum() / track.by_dyad.n.sum()
    print(
        f"  pool over last 12: {track.ratio.value:.3f}, standard error {error:.3f}; {track.methods[POOL].n:,} forecasts"
    )
    print(f"  the 90 % interval of whole numbers, as printed for a reader, held in {100 * printed:.1f} %")
    return best / base, best / track.methods["persistence"].crps


def real(folder: Path, *, far: bool) -> None:
    ratios = []
    for name, panel, season in series(worlds(folder)):
        targets = [Target(1, 1)] if not far else [Target(1, 3), Target(12, 12), Target(1, 12)]
        if far and season == 52:
            targets = [Target(4, 4), Target(1, 4), Target(13, 13)]
        start = 60 if panel.periods >= 120 else None
        for target in targets:
            began = time.perf_counter()
            track = backtest(
                CountContenders(panel, target, season), rng=np.random.default_rng(1), only=busiest(panel), first=start
            )
            span = f", {target.first} to {target.last} ahead" if far else ""
            ratios.append((name, *show(name + span, track, time.perf_counter() - began)))
    for title, rows in (("the rows of the reference", [r for r in ratios if ", all" not in r[0]]), ("all", ratios)):
        last, before = np.mean([r[1] for r in rows]), np.mean([r[2] for r in rows])
        print(f"\nmean over {title}: {100 * (1 - last):.1f} % below the last twelve, {100 * (1 - before):.1f} % below"
              " persistence")  # fmt: skip


def whole(dyads: int, periods: int) -> None:
    made = simulated_panel(dyads, periods, rng=np.random.default_rng(1), level=0.3, spread=1.8)
    print(
        f"{dyads:,} dyads, {periods} periods, {made.panel.y.sum():,} acts, at most {made.panel.y.max():,} in a period"
    )
    began = time.perf_counter()
    for ahead in range(1, 13):
        pool = fit_pool(made.panel, Target(ahead, ahead), rng=np.random.default_rng(1))
        low, high = forecast(pool, made.panel).interval(0.9)
        print(f"  {ahead:2} ahead: {time.perf_counter() - began:6.1f} s, mean width {np.mean(high - low):.2f}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"fit and forecast of 1 to 12 periods: {time.perf_counter() - began:.0f} s, peak {memory:,.0f} MB")


def recovery(runs: int) -> None:
    kinds = ({}, {"size": 0.5}, {"size": 20.0}, {"lasting": 0.0, "own": 0.6}, {"level": 8.0}, {"missing": 0.2},
             {"busy": 0.6})  # fmt: skip
    for kind in kinds:
        rows = []
        for seed in range(runs):
            made = simulated_panel(400, 120, rng=np.random.default_rng(seed), **kind)
            track = backtest(CountContenders(made.panel, Target(1, 1), 12), rng=np.random.default_rng(seed))
            rows.append((*track.methods[POOL].within, track.ratio.value, _against_truth(made, seed)))
        told = np.mean(rows, axis=0)
        print(f"{kind}: 80 % {100 * told[0]:.1f}  90 % {100 * told[1]:.1f}", end="")
        print(f"  over last 12 {told[2]:.3f}  over truth {told[3]:.3f}")


def _against_truth(made, seed: int) -> float:  # type: ignore[no-untyped-def]
    """CRPS of the pool over that of the true distribution, at the last period."""
    from visavis.models._negative_binomial import cdf

    last = int(np.flatnonzero(made.panel.known)[-1])
    before, y = made.panel.until(last), made.panel.y[:, last]
    said: Predictive = forecast(fit_pool(before, Target(1, 1), rng=np.random.default_rng(seed)), before)
    top = int(y.max() + made.mean[:, last].max() * 12 + 50)
    truth = crps(cdf(made.mean[:, last], np.full(len(y), made.size), top), y)
    return float(said.crps(y).sum() / truth.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--far", action="store_true")
    parser.add_argument("--world", nargs="*", type=int)
    parser.add_argument("--recovery", nargs="?", type=int, const=5)
    given = parser.parse_args()
    if given.folder:
        real(given.folder, far=given.far)
    if given.world is not None:
        whole(*(given.world or (38_000, 300)))
    if given.recovery:
        recovery(given.recovery)


if __name__ == "__main__":
    main()
