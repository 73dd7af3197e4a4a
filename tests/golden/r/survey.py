"""Five sample designs for R's survey package: the people, and what R says of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

__all__ = ["FOLDER", "HEAD", "asked_of_r", "people", "read"]

FOLDER = Path(__file__).parent
HEAD = "# python -m tests.golden.r\n"


def people() -> dict[str, np.ndarray]:
    """240 made-up people of 5 strata with 3 to 7 PSUs each; ``x3`` misses a quarter of its answers."""
    rng = np.random.default_rng(20240611)
    stratum = np.repeat(np.arange(5), [40, 60, 30, 50, 60])
    psu = np.concatenate([np.arange(n) % m for n, m in zip([40, 60, 30, 50, 60], [3, 7, 4, 5, 6], strict=True)])
    pull = rng.random((5, 7))[stratum, psu]
    x1 = np.round(pull + rng.random(240), 4)
    told = np.where(rng.random(240) < 0.25, np.nan, np.round(0.5 * x1 + rng.random(240), 4))
    return {
        "stratum": stratum,
        "psu": psu,
        "weight": np.round(0.3 + 3 * rng.random(240) ** 2, 4),
        "group": np.array(["a", "b", "c"])[rng.integers(0, 3, 240)],
        "x1": x1,
        "x2": (rng.random(240) < 0.2 + 0.5 * pull).astype(float),
        "x3": told,
        "rare": (rng.random(240) < 0.03).astype(float),
    }


def asked_of_r() -> dict[str, float]:
    """What R's survey package gives for these people."""
    columns = people()
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join("" if v != v else str(v) for v in row) for row in rows)]
    run = subprocess.run(
        ["Rscript", "--vanilla", str(FOLDER / "survey.R")],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return read(run.stdout)


def read(text: str) -> dict[str, float]:
    """Statistics by name from ``statistic,value`` lines."""
    rows = (line.split(",") for line in text.splitlines() if "," in line and not line.startswith(("#", "statistic")))
    return {name: float(value) for name, value in rows}
