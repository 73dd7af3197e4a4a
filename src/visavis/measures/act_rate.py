"""Acts per 10,000 acts of the same stream."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from visavis.actions import CONFLICT_ROOTS, COOPERATION_ROOTS
from visavis.measures._measure import DIRECTED, hits, measure, summed
from visavis.schema import ACTS, TOTALS

__all__ = ["act_rate"]

_GIVES = {
    "act_rate": nw.Float64,
    "conflict_rate": nw.Float64,
    "cooperation_rate": nw.Float64,
    "acts": nw.Int64,
    "stream_acts": nw.Int64,
}


@measure(needs=(ACTS, TOTALS), gives=_GIVES, unit="acts per 10,000 acts of the stream")
def act_rate(acts: nw.LazyFrame[Any], totals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """How much of the stream's attention acts from one country to the other take, per 10,000 acts between countries.

    The volume of news sources drifts by a factor of six, so bare counts say little. Never compared across streams.
    """
    counted = summed(
        acts,
        DIRECTED,
        acts=nw.col("acts"),
        conflict=hits("acts", CONFLICT_ROOTS),
        cooperation=hits("acts", COOPERATION_ROOTS),
    )
    volume = summed(totals, ("stream", "period"), stream_acts=nw.col("acts"))
    joined = counted.join(volume, on=["stream", "period"], how="inner").filter(nw.col("stream_acts") > 0)
    return joined.with_columns(
        act_rate=10_000 * nw.col("acts") / nw.col("stream_acts"),
        conflict_rate=10_000 * nw.col("conflict") / nw.col("stream_acts"),
        cooperation_rate=10_000 * nw.col("cooperation") / nw.col("stream_acts"),
    )
