"""Acts a period, by direction."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from visavis.measures._measure import DIRECTED, measure, summed
from visavis.schema import ACTS

__all__ = ["act_count"]


@measure(needs=(ACTS,), gives={"acts": nw.Int64}, unit="acts")
def act_count(acts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """How many distinct acts a day, by code, one country is recorded doing toward the other.

    Repeats of the same day, direction and full code count once. Periods without any are absent.
    """
    return summed(acts, DIRECTED, acts=nw.col("acts"))
