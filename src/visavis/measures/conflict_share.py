"""Share of acts that are conflict."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from visavis.actions import CONFLICT_ROOTS
from visavis.measures._measure import DIRECTED, hits, measure, summed
from visavis.schema import ACTS

__all__ = ["conflict_share"]


@measure(
    needs=(ACTS,),
    gives={"conflict_share": nw.Float64, "conflict": nw.Int64, "acts": nw.Int64},
    unit="share of acts, 0 to 1",
)
def conflict_share(acts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Share of the acts from one country to the other that demand, reject, threaten or go further (roots 10 to 20).

    Months without acts are absent, never 0: a share of nothing says nothing.
    """
    counted = summed(acts, DIRECTED, conflict=hits("acts", CONFLICT_ROOTS), acts=nw.col("acts"))
    return counted.with_columns(conflict_share=nw.col("conflict") / nw.col("acts"))
