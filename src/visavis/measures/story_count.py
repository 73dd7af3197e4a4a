"""Stories a period, for the undirected pair."""

from __future__ import annotations

from typing import Any

import narwhals as nw

from visavis.measures._measure import measure, summed
from visavis.schema import STORIES

__all__ = ["story_count"]

_KEY = ("stream", "period", "a", "b")


@measure(needs=(STORIES,), gives={"stories": nw.Int64}, unit="stories", key=_KEY)
def story_count(stories: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """How many articles tell of acts between the two, in either direction.

    An article that runs both ways counts once. Streams without article identifiers are absent, not 0.
    """
    return summed(stories, _KEY, stories=nw.col("stories"))
