"""Tables of a made-up record of two countries, with what happened in it known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from visavis.schema import ACTS, COVERAGE, FACTS, REPORTS, STORIES, TIMELINE, TOTALS
from visavis.schema_votes import FIGURES
from visavis.store.coverage import days_in, period_range
from visavis.store.tables import StreamInfo, Tables

Level = Callable[[int, str, str, str], float]
"""Expected acts of a kind (root) from one country to another in the i-th month."""


def steady(i: int, source: str, target: str, root: str) -> float:
    """The same every month: talks, and a little disapproval."""
    return {"04": 20.0, "11": 4.0}.get(root, 0.0)


def toy_tables(
    level: Level = steady,
    *,
    first: str = "2010-01",
    months: int = 120,
    countries: Sequence[str] = ("JPN", "KOR", "CHN"),
    missing_days: Sequence[dt.date] = (),
    timeline: Sequence[dict[str, str]] = (),
    stream: str = "toy",
    seed: int = 1,
) -> Tables:
    """Poisson acts by month at ``level``; every act is one report of the government, told by nobody known.

    Weeks are not made: they hold no acts. Coverage is one file a day, but for ``missing_days``.
    """
    rng = np.random.default_rng(seed)
    start = days_in(first)[0]
    names = period_range(start, start + dt.timedelta(days=31 * months), "month")[:months]
    acts = [
        {"stream": stream, "period": period, "source": s, "target": t, "root": root}
        | {"source_sectors": "government", "target_sectors": "government", "tellers": "", "acts": int(n)}
        for i, period in enumerate(names)
        for s in countries
        for t in countries
        for root in ("04", "11", "13", "16")
        if s != t and (n := rng.poisson(level(i, s, t, root))) > 0
    ]
    reports = [
        {k: v for k, v in row.items() if k not in ("acts", "tellers")} | {"told_by": "", "reports": row["acts"]}
        for row in acts
    ]
    last = days_in(names[-1])[1]
    days = [start + dt.timedelta(days=i) for i in range((last - start).days + 1)]
    covered = [
        {"stream": stream, "day": day, "files_expected": 1, "files_got": 1}
        | {"rows_read": 10, "rows_accepted": 10, "rows_refused": 0}
        for day in days
        if day not in set(missing_days)
    ]
    made = {
        "acts": pa.Table.from_pylist(acts, ACTS.arrow),
        "reports": pa.Table.from_pylist(reports, REPORTS.arrow),
        "stories": STORIES.arrow.empty_table(),
        "coverage": pa.Table.from_pylist(covered, COVERAGE.arrow),
        "timeline": pa.Table.from_pylist(list(timeline), TIMELINE.arrow),
    }
    keys = ["stream", "period", "source", "root"]
    summed = made["acts"].group_by(keys).aggregate([("acts", "sum")]).rename_columns([*keys, "acts"])
    made["totals"] = summed.append_column("reports", summed["acts"]).select(TOTALS.names)
    weekly = {f"{n}_week": t.slice(0, 0) for n, t in made.items() if n not in ("coverage", "timeline")}
    made |= {name: table.arrow.empty_table() for name, table in (FACTS | FIGURES).items() if name not in made}
    info = StreamInfo(
        name=stream, source="toy", title="Toy", licence="none", citation="@misc{toy}", redistributable=True,
        files=len(covered), files_sha256="0" * 64, first_day=str(days[0]), last_day=str(days[-1]),
        rows_read=100, rows_accepted=90, rows_refused={"same_country": 10}, lag_days=0,
    )  # fmt: skip
    files = {f"{n}.parquet": t for n, t in (made | weekly).items()}
    return Tables("toy", "0", {stream: info}, files.__getitem__, countries=tuple(sorted(countries)), is_pack=True)
