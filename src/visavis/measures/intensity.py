"""Mean Goldstein score of acts, from their roots."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from visavis.actions import ROOTS, goldstein
from visavis.measures._measure import DIRECTED, measure
from visavis.schema import ACTS

__all__ = ["intensity"]


@measure(needs=(ACTS,), gives={"intensity": nw.Float64, "acts": nw.Int64}, unit="Goldstein points, -10 to +10")
def intensity(acts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """How cooperative (+) or conflictual (-) the mean act is, for display beside the shares.

    The scale is ordinal and the mean is of the roots' scores. A mean, never a sum: sums follow the volume of news.
    Source: Goldstein (1992), J. Conflict Resolution 36(2).
    """
    score = nw.lit(0.0)
    for root in ROOTS:
        score = nw.when(nw.col("root") == root).then(nw.lit(goldstein(root))).otherwise(score)
    counted = (
        acts.with_columns(points=score * nw.col("acts"))
        .group_by(*DIRECTED)
        .agg(nw.col("points").sum(), nw.col("acts").sum())
    )
    return counted.with_columns(nw.col("acts").cast(nw.Int64), intensity=nw.col("points") / nw.col("acts"))
