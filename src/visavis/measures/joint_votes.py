"""What two countries chose on the roll calls on which both voted."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from visavis.measures._measure import measure, summed
from visavis.measures._roll_calls import chosen, contested
from visavis.schema_votes import BALLOTS, CHOICES, JOINT_VOTES, ROLL_CALLS

__all__ = ["joint_votes"]

_CELLS = {f"{one}_{other}": (i, k) for i, one in enumerate(CHOICES, 1) for k, other in enumerate(CHOICES, 1)}


@measure(needs=(BALLOTS, ROLL_CALLS), gives=dict.fromkeys(_CELLS, nw.Int64), key=JOINT_VOTES.key, unit="roll calls")
def joint_votes(ballots: nw.LazyFrame[Any], roll_calls: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """On how many contested roll calls two countries chose yes and yes, yes and abstain, and so on to no and no.

    Roll calls on which all who voted chose the same are left out, and so are those on which one of the two did not
    vote. By session and by the set of issue labels, so that every roll call is in one row and rows can be added up:
    agreement, S, kappa and pi follow from the sums (``models.vote_similarity.measures_of``).

    This is the way for a few pairs, for tables larger than one machine, and for what a pack holds. All pairs of a
    chamber in memory are nine products of matrices, which is many times faster: ``vote_similarity.similarities``.
    """
    calls = contested(ballots, roll_calls)
    cast = chosen(ballots)
    first = cast.select("roll_call", a=nw.col("country"), one=nw.col("choice")).join(calls, on="roll_call", how="inner")
    second = cast.select("roll_call", b=nw.col("country"), other=nw.col("choice"))
    both = first.join(second, on="roll_call", how="inner").filter(nw.col("a") < nw.col("b"))
    counted = {
        name: nw.when((nw.col("one") == i) & (nw.col("other") == k)).then(1).otherwise(0)
        for name, (i, k) in _CELLS.items()
    }
    return summed(both, JOINT_VOTES.key, **counted)
