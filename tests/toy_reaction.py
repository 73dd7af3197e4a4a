"""Tables of a made-up pair whose answers, same-day mirrors and moods are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from tests.toy_pair import toy_tables

from visavis.models.simulate_reaction import Answering, Moods, answering
from visavis.schema import ACTS, POLLS, TOTALS
from visavis.store.tables import Tables

KEYS = ["stream", "period", "source", "root"]


def answering_tables(
    seed: int = 1, *, months: int = 132, known: bool = True, polls: list[dict[str, Any]] | None = None, **setting: float
) -> Tables:
    """A record of two countries with the acts of ``answering``; ``known``: whether mirrors are recorded as such."""
    made = answering(months, rng=np.random.default_rng(seed), **setting)  # type: ignore[arg-type]
    tables = toy_tables(months=months, countries=("JPN", "KOR"))
    periods = sorted(set(tables.arrow("acts")["period"].to_pylist()))
    return with_acts(tables, list(_rows(made, periods, known)), polls or [])


def with_acts(tables: Tables, rows: list[dict[str, Any]], polls: list[dict[str, Any]]) -> Tables:
    """The tables with other acts, and with polls."""
    acts = pa.Table.from_pylist(rows, ACTS.arrow)
    summed = acts.group_by(KEYS).aggregate([("acts", "sum")]).rename_columns([*KEYS, "acts"])
    own = {
        "acts.parquet": acts,
        "totals.parquet": summed.append_column("reports", summed["acts"]).select(TOTALS.names),
        "polls.parquet": pa.Table.from_pylist(polls, POLLS.arrow),
    }
    before = tables.read
    return replace(tables, read=lambda name: own[name] if name in own else before(name), _kept={})


def _rows(made: Answering, periods: list[str], known: bool) -> Iterator[dict[str, Any]]:
    for way, (source, target) in enumerate((("JPN", "KOR"), ("KOR", "JPN"))):
        for t, period in enumerate(periods):
            k, n, lone = made.panel.k[way, t], made.panel.n[way, t], made.unmirrored.k[way, t]
            at = {"stream": "toy", "period": period, "source": source, "target": target}
            at |= {"source_sectors": "", "target_sectors": "", "tellers": ""}
            for root, mirrored, acts in (("11", False, lone), ("11", True, k - lone), ("04", True, n - k)):
                if acts:
                    yield {**at, "root": root, "mirrored": mirrored if known else None, "acts": int(acts)}


def mood_tables(made: Moods) -> Tables:
    """Monthly moods of JPN (that may be disappointed) and KOR, over acts whose cooperative shares are as simulated."""
    months = len(made.mood)
    tables = toy_tables(months=months, countries=("JPN", "KOR"))
    periods = sorted(set(tables.arrow("acts")["period"].to_pylist()))
    rows: list[dict[str, Any]] = []
    for t, period in enumerate(periods):
        for (source, target), part in ((("JPN", "KOR"), made.expected[t]), (("KOR", "JPN"), made.came[t])):
            share = 1 / (1 + np.exp(-0.5 * part))
            at = {"stream": "toy", "period": period, "source": source, "target": target, "mirrored": False}
            at |= {"source_sectors": "", "target_sectors": "", "tellers": ""}
            warm = round(1000 * share)
            rows += [{**at, "root": root, "acts": n} for root, n in (("06", warm), ("11", 1000 - warm)) if n]
    series = {"JPN": made.mood, "KOR": made.placebo}
    polls = [
        {"id": f"{country}{t}", "series": "Toy polls", "wave": str(t), "date": period, "country": country}
        | {"about": "KOR" if country == "JPN" else "JPN", "issue": "", "kind": "affinity", "item": "affinity"}
        | {"response": "feels affinity", "value": float(40 + 5 * values[t]), "unit": "percent", "n": 1000}
        | {"mode": "online", "source": "made up", "verified": "verified", "note": ""}
        for country, values in series.items()
        for t, period in enumerate(periods)
    ]
    return with_acts(tables, rows, polls)
