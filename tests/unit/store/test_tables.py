"""Each table, summed over any key, is a distinct count over the events, counted here in plain Python."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests import toy

from visavis.measures import measure
from visavis.record import open_record
from visavis.schema import ACTS, EVENTS
from visavis.store._duckdb import connect, parquet
from visavis.store.coverage import period_of
from visavis.store.lake import Lake
from visavis.store.tables import Tables

Row = dict[str, Any]
KEY = [(name, "ascending") for name in ("stream", "period", "source", "target")]
SHOWN = {"month": lambda day: period_of(day, "month"), "week": lambda day: period_of(day, "week")}


def made(seed: int, n: int) -> list[Row]:
    """Events over three weeks at the turn of the year, with sets of sectors, shared stories and rows without one."""
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        source, target = rng.sample(["KOR", "JPN", "CHN"], 2)
        code = rng.choice(["042", "043", "112", "190"])
        rows.append(
            {
                "stream": rng.choice(["icews", "gdelt2"]), "event_id": str(i),
                "date": dt.date(2018, 12, 20) + dt.timedelta(days=rng.randrange(21)), "source": source,
                "target": target, "code": code, "root": code[:2],
                "source_sectors": rng.choice(["", "government", "government|military"]),
                "target_sectors": rng.choice(["", "military"]), "count": 1,
                "story": rng.choice([None, *(f"s{k}" for k in range(n // 6))]),
                "told_by": rng.choice([None, "JPN", "KOR"]), "publisher": None, "text": None, "url": None,
                "file": "f", "line": i + 1,
            }
        )  # fmt: skip
    return rows


@pytest.fixture(scope="module", params=[1, 2])
def record(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Row], Tables]:
    rows = made(request.param, 400)
    lake = Lake(tmp_path_factory.mktemp("rec"))
    with lake.writing() as writer:
        for (stream, month), part in _grouped(rows):
            writer.events(stream, month, pa.Table.from_pylist(part, EVENTS.arrow))
        files = [{"file": "f", "sha256": "f", "name": "f", "source": "icews", "stream": s, "pairs": "", "note": ""}
                 for s in ("icews", "gdelt2")]  # fmt: skip
        writer.ledger("files", files)
        writer.commit()
    return rows, open_record(lake.root).tables


def _grouped(rows: list[Row]) -> Iterator[tuple[tuple[str, str], list[Row]]]:
    parts: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        parts[row["stream"], f"{row['date']:%Y-%m}"].append(row)
    yield from parts.items()


def union(rows: list[Row], column: str) -> str:
    return "|".join(sorted({s for r in rows for s in (r[column] or "").split("|") if s}))


def units(name: str, rows: list[Row], period: str) -> Iterator[Row]:
    """One dict of key values for each report, act or story."""
    done = {(r["stream"], r["date"], r["source"], r["target"], r["root"]) for r in rows}
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        a, b = sorted((row["source"], row["target"]))
        if name == "reports":
            groups[row["stream"], row["event_id"]].append(row)
        elif name == "acts":
            groups[row["stream"], row["date"], row["source"], row["target"], row["code"]].append(row)
        elif row["story"] is not None:
            groups[row["stream"], row["story"], a, b].append(row)
    for found in groups.values():
        first = min(found, key=lambda r: r["date"])
        a, b = sorted((first["source"], first["target"]))
        yield {
            "stream": first["stream"], "period": SHOWN[period](first["date"]), "source": first["source"],
            "target": first["target"], "root": first["root"], "a": a, "b": b,
            "source_sectors": union(found, "source_sectors"), "target_sectors": union(found, "target_sectors"),
            "tellers": union(found, "told_by"), "roots": union(found, "root"),
            "told_by": min(filter(None, (r["told_by"] for r in found)), default=""),
            "mirrored": (first["stream"], first["date"], first["target"], first["source"], first["root"]) in done,
            "directions": "|".join(sorted({"ab" if r["source"] < r["target"] else "ba" for r in found})),
        }  # fmt: skip


@pytest.mark.parametrize("period", ["month", "week"])
@pytest.mark.parametrize("name", ["reports", "acts", "stories"])
def test_a_table_summed_over_any_key_is_a_distinct_count_over_the_events(
    record: tuple[list[Row], Tables], name: str, period: str
) -> None:
    rows, tables = record
    held = tables.arrow(name, period).to_pylist()  # type: ignore[arg-type]
    keys = [k for k in held[0] if k != name]
    assert len({tuple(r[k] for k in keys) for r in held}) == len(held)
    expected = list(units(name, rows, period))
    for size in (0, 1, 2, len(keys)):
        for chosen in combinations(keys, size):
            got: Counter[tuple[Any, ...]] = Counter()
            for r in held:
                got[tuple(r[k] for k in chosen)] += r[name]
            assert got == Counter(tuple(u[k] for k in chosen) for u in expected), chosen


@pytest.mark.parametrize("period", ["month", "week"])
def test_totals_are_each_actors_reports_and_acts_toward_all_others(
    record: tuple[list[Row], Tables], period: str
) -> None:
    rows, tables = record
    for name in ("reports", "acts"):
        got = {
            tuple(r[k] for k in ("stream", "period", "source", "root")): r[name]
            for r in tables.arrow("totals", period).to_pylist()  # type: ignore[arg-type]
        }
        expected = Counter((u["stream"], u["period"], u["source"], u["root"]) for u in units(name, rows, period))
        assert {k: v for k, v in got.items() if v} == dict(expected)


def test_a_story_over_two_months_counts_in_the_month_of_its_first_day(record: tuple[list[Row], Tables]) -> None:
    rows, tables = record
    crossing = [r for r in rows if r["story"] is not None]
    days: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for r in crossing:
        days[r["stream"], r["story"], *sorted((r["source"], r["target"]))].add(f"{r['date']:%Y-%m}")
    assert any(len(months) == 2 for months in days.values())
    december = sum(r["stories"] for r in tables.arrow("stories").to_pylist() if r["period"] == "2018-12")
    assert december == sum("2018-12" in months for months in days.values())


def test_some_acts_have_a_mirror_on_the_same_day_and_some_have_none(record: tuple[list[Row], Tables]) -> None:
    acts = record[1].arrow("acts")
    assert set(acts["mirrored"].to_pylist()) == {True, False}
    ways = {
        tuple(r[k] for k in ("stream", "period", "root", "source", "target")) for r in acts.to_pylist() if r["mirrored"]
    }
    assert ways == {(stream, period, root, b, a) for stream, period, root, a, b in ways}


def test_tables_that_an_earlier_version_made_are_made_anew(tmp_path: Path) -> None:
    (tmp_path / "a.tab").write_bytes(toy.icews_bytes(toy.icews_rows(1, dt.date(2019, 1, 1), 40)))
    open_record(tmp_path / "rec").import_events("icews", [tmp_path / "a.tab"])
    wanted = open_record(tmp_path / "rec").tables.arrow("acts")
    (made,) = (tmp_path / "rec" / "tables").iterdir()
    early = made.with_name(made.name.partition("-")[0])
    made.rename(early)
    for file in early.glob("acts*.parquet"):
        pq.write_table(pq.read_table(file).drop_columns("mirrored"), file)
    assert open_record(tmp_path / "rec").tables.arrow("acts").equals(wanted)


def test_a_pack_made_before_a_column_came_opens_and_says_that_it_is_not_known(tmp_path: Path) -> None:
    shipped, early = open_record().path, tmp_path / "early.zip"
    with zipfile.ZipFile(shipped) as old, zipfile.ZipFile(early, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name.startswith("acts"):
                sink = io.BytesIO()
                pq.write_table(pq.read_table(io.BytesIO(body)).drop_columns("mirrored"), sink)
                body = sink.getvalue()
            new.writestr(name, body)
    now, then = open_record(shipped).tables, open_record(early).tables
    assert then.arrow("acts").schema == ACTS.arrow == now.arrow("acts").schema
    assert set(then.arrow("acts")["mirrored"].to_pylist()) == {None}
    assert {True, False} == set(now.arrow("acts")["mirrored"].to_pylist())
    rows = [measure("act_count")(t.frame("acts")).collect("pyarrow").to_native().sort_by(KEY) for t in (now, then)]
    assert rows[0].equals(rows[1])


def test_rows_without_a_story_are_no_story(tmp_path: Path) -> None:
    rows = [{**r, "Story ID": ""} for r in toy.icews_rows(1, dt.date(2019, 1, 1), 40)]
    (tmp_path / "a.tab").write_bytes(toy.icews_bytes(rows))
    open_record(tmp_path / "rec").import_events("icews", [tmp_path / "a.tab"])
    tables = open_record(tmp_path / "rec").tables
    assert tables.arrow("stories").num_rows == 0
    assert tables.arrow("acts").num_rows > 0


def test_tables_of_an_import_equal_a_plain_query_over_its_events(tmp_path: Path) -> None:
    files = toy.icews_files(tmp_path / "in", days=10, rows=80)
    open_record(tmp_path / "rec").import_events("icews", files)
    tables = open_record(tmp_path / "rec").tables
    events = parquet(Lake(tmp_path / "rec").paths("events"))
    with connect() as con:
        n = {
            "reports": f"SELECT count(*) FROM {events}",
            "acts": f"SELECT count(DISTINCT (date, source, target, code)) FROM {events}",
            "stories": "SELECT count(DISTINCT (story, least(source, target), greatest(source, target))) "
            f"FROM {events} WHERE story IS NOT NULL",
        }
        for name, sql in n.items():
            for period in ("month", "week"):
                (wanted,) = con.sql(sql).fetchall()
                assert sum(tables.arrow(name, period)[name].to_pylist()) == wanted[0]
