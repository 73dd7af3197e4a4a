"""A pack: the tables of some countries, without rows of events, in one small file that can be passed on."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from visavis.errors import NoDataError
from visavis.schema import FACTS
from visavis.store._durable import write_whole
from visavis.store.aggregate import PERIODS, table_file
from visavis.store.facts import of_members
from visavis.store.tables import Tables

__all__ = ["REST", "write_pack"]

REST = "*"
"""In a pack's totals: all the countries that it does not hold, together."""

_STAMP = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes


def write_pack(
    tables: Tables,
    path: Path,
    name: str,
    countries: Sequence[str],
    lacks: Sequence[str],
    *,
    figures: Mapping[str, pa.Table],
    votes_source: str,
) -> None:
    """Write a pack of the pairs among ``countries``.

    Holds reports, acts and stories by month and week, each actor's total toward all others with the rest of the
    world as one, coverage by day, the rows of facts that name one of the countries, and figures of votes.

    Args:
        tables: what the record holds.
        path: file to write.
        name: of the pack.
        countries: those whose pairs it holds.
        lacks: what it lacks, in words.
        figures: of votes, by name (``schema_votes.FIGURES``); those without rows are left out.
        votes_source: whose votes they are made from, and on what terms.

    Raises:
        NoDataError: the record holds nothing among these countries.
    """
    members = sorted(set(countries))
    body: dict[str, pa.Table] = {}
    for period in PERIODS:
        for table in ("reports", "acts", "stories"):
            sides = ("a", "b") if table == "stories" else ("source", "target")
            whole = tables.arrow(table, period)
            keep = pc.and_(*(pc.is_in(whole[side], pa.array(members)) for side in sides))
            body[table_file(table, period)] = whole.filter(keep)
        body[table_file("totals", period)] = _totals(tables.arrow("totals", period), members)
    if not body["acts.parquet"].num_rows:
        raise NoDataError(f"The record holds no acts among {', '.join(members)}. Import events first.")
    body["coverage.parquet"] = tables.arrow("coverage")
    for facts in FACTS:
        body[table_file(facts, "month")] = of_members(tables.arrow(facts), members)
    body |= {table_file(kind, "month"): rows for kind, rows in figures.items() if rows.num_rows}
    streams = sorted(set(body["acts.parquet"]["stream"].to_pylist()))
    meta = replace(
        tables, name=name, countries=tuple(members), lacks=tuple(lacks), votes_source=votes_source,
        streams={s: tables.streams[s] for s in streams},
    ).meta()  # fmt: skip
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as archive:
        for file, table in sorted(body.items()):
            sink = io.BytesIO()
            pq.write_table(table, sink, compression="zstd", compression_level=19)
            archive.writestr(zipfile.ZipInfo(file, _STAMP), sink.getvalue())
        archive.writestr(zipfile.ZipInfo("meta.json", _STAMP), json.dumps(meta, indent=1, ensure_ascii=False))
    write_whole(path, lambda file: file.write(raw.getvalue()))


def _totals(totals: pa.Table, members: list[str]) -> pa.Table:
    held = pc.is_in(totals["source"], pa.array(members))
    totals = totals.set_column(2, "source", pc.if_else(held, totals["source"], REST))
    keys = ["stream", "period", "source", "root"]
    summed = totals.group_by(keys).aggregate([("reports", "sum"), ("acts", "sum")])
    return summed.rename_columns([*keys, "reports", "acts"]).sort_by([(k, "ascending") for k in keys])
