"""Ours, as one of the programs compared: ``ours.py BALLOTS OUT SECONDS fast|warm|exact [DRAWS]``."""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from visavis.models.ideal_points import ideal_points
from visavis.models.ideal_sampler import fast_against_sampled, sampled_ideal_points

HIGH, LOW = (2, 20, 200, 666), (265, 365)


def main(ballots: str, out: str, mode: str, draws: int) -> None:
    """Write positions; of the warm fit, only the last session is timed."""
    table = pa.csv.read_csv(ballots)
    ends = {"high": HIGH, "low": LOW}
    if mode == "exact":
        found = sampled_ideal_points(table, **ends, seed=1, draws=draws, warmup=draws // 3, on_step=_tell)
        low, high = (found.table()[name].to_numpy() for name in ("low", "high"))
        fast = fast_against_sampled(ideal_points(table, **ends), found)
        print(
            f"{found.chains} chains of {draws}; R-hat over 1.05: {len(found.unsettled)} positions, "
            f"{(found.r_hat_within > 1.05).sum()} within sessions; mean width {np.mean(high - low):.3f}; "
            f"fast against it: r {fast.overall:.4f}, within {np.mean(list(fast.within.values())):.4f}, "
            f"worst {min(fast.within.values()):.3f}, sd {fast.sd_ratio:.3f}"
        )
    elif mode == "warm":
        before = ideal_points(table.filter(pc.less(table["session"], pc.max(table["session"]))), **ends)
        began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
        found = ideal_points(table, **ends, start=before)
        cpu = resource.getrusage(resource.RUSAGE_SELF).ru_utime - used
        print(f"timed {time.perf_counter() - began:.2f} {cpu:.2f}")
    else:
        found = ideal_points(table, **ends)
    pa.csv.write_csv(found.table(), out)


def _tell(done: int, total: int, what: str) -> None:
    sys.stderr.write(f"\r{done} of {total} {what}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[4], int(sys.argv[5]) if len(sys.argv) > 5 else 1500)
