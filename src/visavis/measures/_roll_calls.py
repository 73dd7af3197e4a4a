"""Ballots as numbers, and the roll calls on which somebody differed."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from visavis.schema_votes import CHOICES

__all__ = ["chosen", "contested"]


def chosen(ballots: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Ballots with a choice: roll_call, country, choice (1 yes, 2 abstain, 3 no)."""
    number = nw.lit(0)
    for k, name in enumerate(CHOICES, start=1):
        number = nw.when(nw.col("vote") == name).then(nw.lit(k)).otherwise(number)
    return ballots.select("roll_call", "country", choice=number).filter(nw.col("choice") > 0)


def contested(ballots: nw.LazyFrame[Any], roll_calls: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Roll calls on which two who voted chose differently: roll_call, session, issues."""
    cast = chosen(ballots).select("roll_call", "choice", other=nw.col("choice"))
    spread = cast.group_by("roll_call").agg(nw.col("choice").min(), nw.col("other").max())
    split = spread.filter(nw.col("choice") < nw.col("other")).select("roll_call")
    return roll_calls.select("roll_call", "session", "issues").join(split, on="roll_call", how="inner")
