"""How well turning points are found and dated, and how often a page raises a false alarm.

    python benchmarks/turning_points.py [--runs 1000] [--pages 1000] [--ruptures]

120 months; the margin is negative binomial with variance/mean 3; AR is the lag-1 correlation of the counts, made by a
Gaussian copula (visavis.models.simulate). The rate doubles at a month drawn evenly from the middle 60 %. "Alone": the
series is a page by itself; "of 8": it needs the evidence that a page of eight series asks for. Every figure is followed
by its Monte Carlo standard error. --ruptures, where that package is installed, sets the dates beside those of its
KernelCPD, which is told that there is one change.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from visavis.models import turning_points as tp
from visavis.models._series import Series
from visavis.models.simulate import Shifted, plain_counts, plain_shares, shifted_counts, shifted_shares

Make = Callable[[np.random.Generator], Shifted]


def share(x: list[bool]) -> str:
    """A share of runs in percent, with its Monte Carlo error."""
    if not x:
        return "      -     "
    p = float(np.mean(x))
    return f"{100 * p:5.1f} +- {100 * np.sqrt(p * (1 - p) / len(x)):3.1f}"


def as_series(made: Shifted) -> Series:
    """Counts have exposure 1 here; shares have more acts than that."""
    return (tp.counts if (made.n == 1).all() else tp.shares)(made.t, made.y, made.n)


def recovery(name: str, make: Make, runs: int, alarm: float, seed: int) -> None:
    """Detection, coverage of the date intervals among detections, nearness, width."""
    rng = np.random.default_rng(seed)
    found, covered, near, near_any, width, several = [], [], [], [], [], []
    for _ in range(runs):
        made = make(rng)
        points, at = tp.page([as_series(made)], alarm)[0].points, made.at or 0
        found.append(bool(points))
        near_any.append(any(abs(p.index - at) <= 3 for p in points))
        if points:
            covered.append(any(p.low <= at <= p.high for p in points))
            near.append(near_any[-1])
            several.append(len(points) > 1)
            width.append(min(p.high - p.low for p in points))
    print(
        f"{name:34s} detected {share(found)}  date covered {share(covered)}  "
        f"dated within 3: {share(near)} of detected, {share(near_any)} of all  "
        f"width {np.median(width or [0]):3.0f}  more than one {share(several)}",
        flush=True,
    )


def beside_ruptures(runs: int, seed: int) -> None:
    """How often the two methods agree, over the series in which ours finds one turning point."""
    import ruptures

    rng = np.random.default_rng(seed)
    ours, theirs, agree = [], [], []
    for _ in range(runs):
        made = shifted_counts(120, 20, 2, dispersion=3, ar=0.6, rng=rng)
        points = tp.page([as_series(made)])[0].points
        if len(points) != 1 or made.at is None:
            continue
        at = ruptures.KernelCPD(kernel="linear", min_size=6).fit(made.y.astype(float)).predict(n_bkps=1)[0]
        ours.append(abs(points[0].index - made.at) <= 3)
        theirs.append(abs(at - made.at) <= 3)
        agree.append(points[0].low <= at <= points[0].high)
    print(
        f"\nBeside KernelCPD told of one change, AR .6, 20 -> 40: within 3 of the truth ours {share(ours)}, "
        f"theirs {share(theirs)}; theirs inside our interval {share(agree)}"
    )


def false_alarms(name: str, makers: list[Make], pages: int, seed: int) -> None:
    """Share of pages that show a turning point, a pulse, or either, when nothing changes."""
    rng = np.random.default_rng(seed)
    points, pulses = [], []
    for _ in range(pages):
        told = tp.page([as_series(make(rng)) for make in makers])
        points.append(any(s.points for s in told))
        pulses.append(any(s.pulses for s in told))
    either = [a or b for a, b in zip(points, pulses, strict=True)]
    print(f"{name:52s} any {share(either)}  turning point {share(points)}  pulse {share(pulses)}", flush=True)


def all_recoveries(runs: int) -> None:
    """Every recovery that is printed."""
    print(f"Recovery, {runs} simulations each (percent)")
    for size, alarm in (("alone", 0.05), ("of 8", 0.05 / 8)):
        for ar in (0.6, 0.3, 0.0):
            for mean in (5, 20, 60):

                def rate(rng: np.random.Generator, mean: float = mean, ar: float = ar) -> Shifted:
                    return shifted_counts(120, mean, 2, dispersion=3, ar=ar, rng=rng)

                recovery(f"{size:5s} AR {ar} {mean:2d} -> {2 * mean:3d} a month", rate, runs, alarm, seed=1)

            def part(rng: np.random.Generator, ar: float = ar) -> Shifted:
                return shifted_shares(120, 0.2, 2, acts=30, dispersion=2, ar=ar, rng=rng)

            recovery(f"{size:5s} AR {ar} share .2 -> .4 of 30", part, runs, alarm, seed=2)


def all_false_alarms(pages: int) -> None:
    """Every kind of page on which nothing changes."""
    print(f"\nFalse alarms, {pages} pages of 8 series each (percent of pages; at most 5)")
    for months in (120, 40):
        for ar in (0.0, 0.3, 0.6, 0.8):
            for mean, acts in ((5, 10), (20, 30), (60, 60)):

                def plain(rng: np.random.Generator, n: int = months, m: float = mean, ar: float = ar) -> Shifted:
                    return plain_counts(n, m, dispersion=3, ar=ar, rng=rng)

                def portion(rng: np.random.Generator, n: int = months, acts: int = acts, ar: float = ar) -> Shifted:
                    return plain_shares(n, 0.2, acts=acts, dispersion=2, ar=ar, rng=rng)

                name = f"{months} periods AR {ar}: 4 rates at {mean}, 4 shares of {acts}"
                false_alarms(name, [plain] * 4 + [portion] * 4, pages, seed=3)


def main() -> None:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--ruptures", action="store_true")
    options = parser.parse_args()
    all_recoveries(options.runs)
    all_false_alarms(options.pages)
    if options.ruptures:
        beside_ruptures(options.runs, seed=5)
    rng = np.random.default_rng(4)
    months = [as_series(shifted_counts(132, 20, 2, dispersion=3, ar=0.3, rng=rng)) for _ in range(12)]
    weeks = [as_series(plain_counts(40, 5, dispersion=3, ar=0.3, rng=rng)) for _ in range(12)]
    start = time.process_time()
    tp.page(months + weeks)
    print(f"\n12 series of 132 periods and 12 of 40: {time.process_time() - start:.2f} s of one core")


if __name__ == "__main__":
    main()
