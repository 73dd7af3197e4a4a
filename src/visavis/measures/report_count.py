"""Reports a period, by direction."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from visavis.measures._measure import DIRECTED, measure, summed
from visavis.schema import REPORTS

__all__ = ["report_count"]


@measure(needs=(REPORTS,), gives={"reports": nw.Int64}, unit="reports")
def report_count(reports: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """How many rows the source holds of one country acting toward the other.

    Reports are not events: one event told ten times is ten reports. Periods without any are absent.
    """
    return summed(reports, DIRECTED, reports=nw.col("reports"))
