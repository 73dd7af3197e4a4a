"""Pairs by how much of what is recorded between all countries passes between the two."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from visavis.actions import CONFLICT_ROOTS
from visavis.finding import Message, Number, Term
from visavis.findings._assumed import number
from visavis.findings._league import League, Look, Place
from visavis.models.decomposition import pooled_dispersion
from visavis.models.intervals import part_interval, share_interval

__all__ = ["activity"]


def activity(look: Look) -> League:
    """Every pair with acts between the two, by their part of all acts of the stream."""
    acts, months = _full_months(look)
    volume = np.zeros(len(months))
    totals = look.tables.arrow("totals", "month")
    for row in totals.filter(pc.equal(totals["stream"], look.stream)).select(["period", "acts"]).to_pylist():
        if row["period"] in months:
            volume[months[row["period"]]] += row["acts"]
    counts, conflict = _counted(look, acts, months)
    places = []
    for done, (pair, series) in enumerate(counts.items()):
        look.step(done, list(counts))
        places.append(_place(pair, series, conflict[pair], volume))
    places.sort(key=lambda place: (-place.order, place.a, place.b))
    span = {"first": Term("period", min(months, default="")), "last": Term("period", max(months, default=""))}
    whole = int(sum(series.sum() for series in counts.values()))
    numbers = {"pairs": Number(len(places), "pairs"), "acts": Number(whole, "acts")}
    return League(
        by="activity",
        stream=look.stream,
        places=tuple(places),
        columns=("rate", "conflict_share", "acts"),
        said=(Message("pairs.activity.told", numbers, span),) if months else (),
        caveats=(Message("pairs.activity.recorded"),),
        provenance=look.provenance(periods="month"),
        basis="acts",
    )


def _full_months(look: Look) -> tuple[pa.Table, dict[str, int]]:
    held = (c for c in look.tables.coverage("month") if c.stream == look.stream and c.full and look.asked(c.period))
    months = {c.period: i for i, c in enumerate(held)}
    acts = look.tables.arrow("acts", "month")
    inside = pc.is_in(acts["period"], pa.array(list(months), pa.string()))
    acts = acts.filter(pc.and_(pc.equal(acts["stream"], look.stream), inside))
    return acts.group_by(["source", "target", "period", "root"]).aggregate([("acts", "sum")]), months


def _counted(
    look: Look, acts: pa.Table, months: dict[str, int]
) -> tuple[dict[tuple[str, str], np.ndarray], dict[tuple[str, str], int]]:
    """Acts by pair and month, and how many of all are conflict."""
    counts: dict[tuple[str, str], np.ndarray] = {}
    conflict: dict[tuple[str, str], int] = {}
    for row in acts.to_pylist():
        pair = min(row["source"], row["target"]), max(row["source"], row["target"])
        if not look.takes(pair):
            continue
        series = counts.setdefault(pair, np.zeros(len(months)))
        series[months[row["period"]]] += row["acts_sum"]
        conflict[pair] = conflict.get(pair, 0) + (row["acts_sum"] if row["root"] in CONFLICT_ROOTS else 0)
    return counts, conflict


def _place(pair: tuple[str, str], series: np.ndarray, conflict: int, volume: np.ndarray) -> Place:
    acts = int(series.sum())
    spread = pooled_dispersion(series[:, None], volume) if len(series) > 1 else 1.0
    rate = part_interval(acts, float(volume.sum()), per=10_000, dispersion=spread)
    share = share_interval(conflict, acts, dispersion=spread)
    assert rate is not None
    assert share is not None
    numbers = {"rate": number(rate, "acts per 10,000"), "conflict_share": number(share, "share of acts")}
    return Place(*pair, numbers | {"acts": Number(acts, "acts")}, rate.low)
