"""Reports per act."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from visavis.measures._measure import DIRECTED, measure, summed
from visavis.schema import ACTS, REPORTS

__all__ = ["duplication"]


@measure(
    needs=(REPORTS, ACTS),
    gives={"duplication": nw.Float64, "reports": nw.Int64, "acts": nw.Int64},
    unit="reports per act",
)
def duplication(reports: nw.LazyFrame[Any], acts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """How often the same act of a day is told: 1 means once each.

    High values mean that reports measure the echo of few acts. Periods without acts are absent.
    """
    told = summed(reports, DIRECTED, reports=nw.col("reports"))
    done = summed(acts, DIRECTED, acts=nw.col("acts"))
    return told.join(done, on=list(DIRECTED), how="inner").with_columns(duplication=nw.col("reports") / nw.col("acts"))
