"""Share of acts that are cooperation."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from visavis.actions import COOPERATION_ROOTS
from visavis.measures._measure import DIRECTED, hits, measure, summed
from visavis.schema import ACTS

__all__ = ["cooperation_share"]


@measure(
    needs=(ACTS,),
    gives={"cooperation_share": nw.Float64, "cooperation": nw.Int64, "acts": nw.Int64},
    unit="share of acts, 0 to 1",
)
def cooperation_share(acts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Share of the acts from one country to the other that agree, consult, cooperate, aid or yield (roots 03 to 08).

    Months without acts are absent, never 0: a share of nothing says nothing.
    """
    counted = summed(acts, DIRECTED, cooperation=hits("acts", COOPERATION_ROOTS), acts=nw.col("acts"))
    return counted.with_columns(cooperation_share=nw.col("cooperation") / nw.col("acts"))
