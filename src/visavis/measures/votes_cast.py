"""What a country chose on contested roll calls, and how many there were."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from visavis.measures._measure import measure, summed
from visavis.measures._roll_calls import chosen, contested
from visavis.schema_votes import BALLOTS, CHOICES, ROLL_CALLS, VOTES_CAST

__all__ = ["votes_cast"]

_KEY = ("session", "issues")


@measure(
    needs=(BALLOTS, ROLL_CALLS),
    gives=dict.fromkeys((*CHOICES, "calls"), nw.Int64),
    key=VOTES_CAST.key,
    unit="roll calls",
)
def votes_cast(ballots: nw.LazyFrame[Any], roll_calls: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """How often a country chose yes, abstain and no, and on how many contested roll calls it could have.

    By session and by the set of issue labels, so that every roll call is in one row and rows can be added up. What is
    left of ``calls`` is absence, or no entry: neither is a choice. A country that chose nothing in a cell has no row.
    """
    calls = contested(ballots, roll_calls)
    held = summed(calls, _KEY, calls=nw.lit(1))
    cast = chosen(ballots).join(calls, on="roll_call", how="inner")
    counted = {name: nw.when(nw.col("choice") == k).then(1).otherwise(0) for k, name in enumerate(CHOICES, start=1)}
    return summed(cast, VOTES_CAST.key, **counted).join(held, on=list(_KEY), how="inner")
