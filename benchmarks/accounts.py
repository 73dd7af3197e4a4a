"""Coverage, false alarms and power of the odds ratio of two tellers, on made-up incidents: ``accounts.py [RUNS]``."""

from __future__ import annotations

import sys

import numpy as np

from visavis.models.accounts import tilt
from visavis.models.simulate_accounts import told_incidents

WORLDS = {
    "25 weeks, stories a week 2, 2, 1.2": {"weeks": 25, "incidents": 3.0, "stories": (2.0, 2.0, 1.2), "echo": 1.5},
    "25 weeks, 8, 3, 14": {"weeks": 25, "incidents": 5.0, "stories": (8.0, 3.0, 14.0), "echo": 2.0},
    "100 weeks, 2, 2, 2, bursty": {"weeks": 100, "incidents": 2.0, "stories": (2.0, 2.0, 2.0), "echo": 3.0},
}


def main(runs: int) -> None:
    """Print one line for each world and tilt."""
    for name, world in WORLDS.items():
        for truth in (1.0, 2.0, 4.0):
            rng = np.random.default_rng(7)
            made = (told_incidents(**world, tilt=(truth, 1.0), rng=rng) for _ in range(runs))  # type: ignore[arg-type]
            found = [one for m in made if (one := tilt(m[:, 0, ::-1], m[:, 2, ::-1], rng=rng, permutations=399))]
            covered = np.mean([one.ratio.low <= truth <= one.ratio.high for one in found])
            print(
                f"{name}, tilt {truth:g}: decided on {len(found) / runs:.2f}, coverage {covered:.3f}, "
                f"more {np.mean([one.more for one in found]):.3f}, less {np.mean([one.less for one in found]):.3f}, "
                f"p <= .05 {np.mean([one.p <= 0.05 for one in found]):.3f}, "
                f"median ratio {np.median([one.ratio.value for one in found]):.2f}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
