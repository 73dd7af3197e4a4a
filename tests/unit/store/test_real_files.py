"""Figures that the real files must give, whatever the store does; skipped where the files are absent."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from visavis.record import open_record
from visavis.store._duckdb import connect, parquet
from visavis.store.lake import Lake
from visavis.store.tables import Tables


def pair_of(tables: Tables, name: str, stream: str) -> pa.Table:
    table = tables.arrow(name)
    sides = pa.array(["KOR", "JPN"])
    keep = pc.and_(pc.is_in(table["source"], sides), pc.is_in(table["target"], sides))
    return table.filter(pc.and_(keep, pc.equal(table["stream"], stream)))


def by(table: pa.Table, key: str, value: str, roots: range = range(1, 21)) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in table.to_pylist():
        if int(row["root"]) in roots:
            found[row[key]] += row[value]
    return found


def raw(tables: Tables, stream: str) -> None:
    reports, acts = pair_of(tables, "reports", stream), pair_of(tables, "acts", stream)
    assert by(reports, "source", "reports") == {"KOR": 285, "JPN": 249}
    assert by(reports, "period", "reports").most_common(1) == [("2019-01", 224)]
    for key in ("source", "target"):
        assert sorted(by(acts, key, "acts").values()) == [184, 205]
    assert by(acts, "source", "acts") == {"KOR": 205, "JPN": 184}
    for key in ("period", "root", "source_sectors", "tellers"):
        assert by(acts, key, "acts").total() == 389


def subset(tables: Tables, stream: str) -> None:
    reports = pair_of(tables, "reports", stream)
    assert sorted(by(reports, "source", "reports").values()) == [3_899, 4_871]
    hostile = by(reports, "period", "reports", range(10, 21))
    assert [month for month, _ in hostile.most_common(5)] == ["2012-08", "2006-04", "2005-04", "2005-03", "2008-07"]
    assert (hostile["2012-08"], by(reports, "period", "reports")["2012-08"]) == (102, 232)


def test_the_raw_files_give_the_figures_known_of_them(data: Path, tmp_path: Path) -> None:
    files = [data / "icews" / "icews_raw_daily_20181004_20190325.tar.xz"]
    report = open_record(tmp_path / "rec").import_events("icews", files)
    assert report.rows_read == report.rows_accepted + report.rows_refused.total()
    raw(open_record(tmp_path / "rec").tables, "icews")
    events = parquet(Lake(tmp_path / "rec").paths("events"))
    with connect() as con:
        sql = f"SELECT source, count(DISTINCT (date, code)) FROM {events} WHERE source || target IN "
        assert dict(con.sql(sql + "('KORJPN', 'JPNKOR') GROUP BY source").fetchall()) == {"KOR": 205, "JPN": 184}
    report = open_record(tmp_path / "pair").import_events("icews", files, pairs=[("KOR", "JPN")])
    full, pair = (open_record(tmp_path / name).tables for name in ("rec", "pair"))
    raw(pair, "icews")
    assert pair.arrow("totals").equals(full.arrow("totals"))


def test_the_subset_of_2005_to_2015_gives_the_figures_known_of_it(data: Path, tmp_path: Path) -> None:
    files = [data / "icews" / "icews_subset_2005_2015.tab.gz"]
    open_record(tmp_path / "rec").import_events("icews", files, stream="subset")
    subset(open_record(tmp_path / "rec").tables, "subset")


def test_the_shipped_pack_gives_the_same_figures() -> None:
    tables = open_record().tables
    held = {s: by(pair_of(tables, "reports", s), "source", "reports") for s in tables.streams}
    (whole,) = [s for s, n in held.items() if n == {"KOR": 285, "JPN": 249}]
    (part,) = [s for s, n in held.items() if sorted(n.values()) == [3_899, 4_871]]
    raw(tables, whole)
    subset(tables, part)
