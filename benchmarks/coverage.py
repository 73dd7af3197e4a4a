"""Coverage, false alarms and recovery of the models, on made-up counts: ``python benchmarks/coverage.py [RUNS]``.

Counts are negative binomial with variance/mean 3, as in news; AR is the coefficient of the latent series.
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np

from visavis.models.breadth import breadth
from visavis.models.decomposition import contributions
from visavis.models.elsewhere import rates_elsewhere
from visavis.models.intervals import rate_interval, rate_ratio, share_interval
from visavis.models.simulate_cells import autocorrelated_counts, overdispersed_counts, rising_cells
from visavis.models.unusual import scan_counts, unusual_count


def intervals(runs: int) -> None:
    """Coverage of 90 % intervals for a share, a rate and a ratio of rates."""
    rng = np.random.default_rng(1)
    for share, n in ((0.05, 40), (0.3, 40), (0.3, 300)):
        found = [share_interval(int(k), n) for k in rng.binomial(n, share, runs)]
        print(f"share {share} of {n}: coverage {np.mean([e.low <= share <= e.high for e in found if e]):.3f}")
    for mean in (5, 20, 100):
        found = [rate_interval(int(y), 1, dispersion=3) for y in overdispersed_counts([mean] * runs, 3, rng=rng)]
        print(f"rate, mean {mean}: coverage {np.mean([e.low <= mean <= e.high for e in found if e]):.3f}")
    now, before = overdispersed_counts([60] * runs, 3, rng=rng), overdispersed_counts([300] * runs, 3, rng=rng)
    found = [rate_ratio(a, 1, b, 10, dispersion=3) for a, b in zip(now, before, strict=True)]
    print(f"ratio of rates 2: coverage {np.mean([e.low <= 2 <= e.high for e in found if e]):.3f}")


def unusual(runs: int) -> None:
    """False alarms, coverage and power of one period against its past, and false alarms of a scan of 120."""
    for mean in (5, 20, 60):
        for ar in (0.0, 0.6):
            rng = np.random.default_rng(2)
            alarms, covered, power, scans = [], [], [], []
            for _ in range(runs):
                y = autocorrelated_counts(mean, 120, ratio=3, ar=ar, rng=rng)
                for t in (12, 24, 60, 119):
                    one = unusual_count(y[:t], np.ones(t), int(y[t]), 1)
                    alarms.append(one.verdict == "unusual")
                    covered.append((one.low or 0) <= y[t] <= (one.high or 0))
                power.append(unusual_count(y[:60], np.ones(60), int(3 * mean), 1).verdict == "unusual")
                scans.append(bool(scan_counts(y, np.ones(120)).named))
            print(
                f"unusual, mean {mean}, AR {ar}: false alarms {np.mean(alarms):.3f} (nominal .050), "
                f"90 % interval holds {np.mean(covered):.3f}, a tripled month found {np.mean(power):.2f}, "
                f"series of 120 with a false name {np.mean(scans):.3f} (false discovery rate .05)"
            )


def cells(runs: int) -> None:
    """Cells named in a change over 40 cells of 5 to 200 reports: by noise, and when one cell triples."""
    rng = np.random.default_rng(3)
    for rising in (0, 1):
        hits, false = [], []
        for _ in range(runs):
            before, now = rising_cells(cells=40, rising=rising, growth=3, sizes=(5, 200), periods=24, rng=rng)
            base, count = (overdispersed_counts(x, 3, rng=rng) for x in (before, now))
            named = {c.cell for c in contributions(base, count, 24, 1, dispersion=3).cells if c.named}
            truth = set(np.flatnonzero(now > 1.5 * before / 24).tolist())
            hits.append(len(named & truth))
            false.append(bool(named - truth))
        print(f"decomposition, {rising} rising: found {np.mean(hits):.2f}, any false name {np.mean(false):.3f}")


def breadths(runs: int) -> None:
    """Recovery of the breadth index when k of 40 cells rise."""
    for sizes in ((5, 20), (5, 200)):
        for growth, k in ((1, 0), *((g, k) for g in (1.5, 2, 3) for k in (1, 3, 10, 40))):
            rng = np.random.default_rng(k)
            pairs, verdicts = [], Counter[str]()
            for _ in range(runs):
                before, now = rising_cells(cells=40, rising=k, growth=growth, sizes=sizes, periods=24, rng=rng)
                base, count = (overdispersed_counts(x, 3, rng=rng) for x in (before, now))
                one = breadth(base, count, 24, 1, dispersion=3, rng=rng, draws=600)
                verdicts[one.verdict if one else "none"] += 1
                if one and one.index and k:
                    change = now - before / 24
                    pairs.append((change.sum() ** 2 / (change @ change), one.index))
            line = f"breadth, cells of {sizes[0]}-{sizes[1]}, {k} grow by {growth}: {dict(sorted(verdicts.items()))}"
            if pairs:
                truth = np.array([t for t, _ in pairs])
                value = np.array([i.value for _, i in pairs])
                held = np.mean([i.low <= t <= i.high for t, i in pairs])
                line += f"; index given in {len(pairs)}: true {truth.mean():.1f}"
                line += f", median bias {np.median(value - truth):+.1f}"
                line += f", mean bias {np.mean(value - truth):+.1f}, coverage {held:.2f}"
            print(line)


def pair_or_actor(runs: int) -> None:
    """Verdicts when the partner's rate grows (20 a month) and the others' (150 a month) does or does not."""
    for own, other in ((1, 1), (2, 1), (4, 1), (2, 2), (4, 4)):
        rng = np.random.default_rng(4)
        drawn = overdispersed_counts(np.tile([480.0, 20 * own, 3600, 150 * other], (runs, 1)), 3, rng=rng)
        found = Counter(rates_elsewhere((a, b), (c, d), (24, 1), dispersion=3).verdict for a, b, c, d in drawn)
        print(f"elsewhere, partner x{own}, others x{other}: {dict(sorted(found.items()))}")


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    for part in (intervals, unusual, cells, breadths, pair_or_actor):
        part(runs)
