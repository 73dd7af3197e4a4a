"""Ours, as one of the programs compared: ``ours.py BALLOTS OUT SECONDS fast|warm|exact [DRAWS]``."""

from __future__ import annotations

import resource
import sys
import time

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from visavis.models.ideal_points import ideal_points
from visavis.models.ideal_sampler import sampled_ideal_points

HIGH, LOW = (2, 20, 200, 666), (265, 365)


def main(ballots: str, out: str, mode: str, draws: int) -> None:
    """Write positions; of the warm fit, only the last session is timed."""
    table = pa.csv.read_csv(ballots)
    ends = {"high": HIGH, "low": LOW}
    if mode == "exact":
        found = sampled_ideal_points(table, **ends, seed=1, draws=draws, warmup=draws // 4, on_step=_tell)
        print(f"r_hat over 1.05: {len(found.unsettled)} of {len(found.position)}; {found.chains} chains")
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
    main(sys.argv[1], sys.argv[2], sys.argv[4], int(sys.argv[5]) if len(sys.argv) > 5 else 1000)
