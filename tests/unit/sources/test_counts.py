"""The fast path counts what a plain ``read_csv`` counts, exactly."""

from __future__ import annotations

import tarfile
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from tests import toy_events as toy

from visavis import countries
from visavis.sources import source
from visavis.store.lake import Lake
from visavis.store.loading import load

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="no folder ../shared/data beside the checkout")

Counts = Counter[tuple[str, str, str, str]]

_READ = "read_csv([{files}], delim='\t', quote='', escape='', header={header}, all_varchar=true, auto_detect=false, "
_READ += "max_line_size=10000000, columns={{{columns}}})"


def plain(files: list[Path], columns: list[str], sql: str, *, header: bool) -> list[tuple[str, ...]]:
    """Rows of a query over ``read_csv`` with all columns as text."""
    listed, named = ", ".join(f"'{f}'" for f in files), ", ".join(f"'{c}': 'VARCHAR'" for c in columns)
    with duckdb.connect() as con:
        return con.execute(sql.format(rows=_READ.format(files=listed, header=header, columns=named))).fetchall()


def counted(rows: list[tuple[str, ...]], system: str) -> Counts:
    """(country, country, root, month) of rows between two different countries."""
    found: Counts = Counter()
    for source_, target, root, month, n in rows:
        a, b = countries.from_code(system, source_), countries.from_code(system, target)
        if a and b and a != b:
            found[a, b, root, month] += int(n)
    return found


def gdelt_plain(files: list[Path], width: int) -> Counts:
    columns = [f"c{i}" for i in range(1, width + 1)]
    lag = f"abs(strptime(c2, '%Y%m%d')::DATE - strptime(left(c{width - 1}, 8), '%Y%m%d')::DATE)"
    month = "left(c2, 4) || '-' || substr(c2, 5, 2)"
    sql = f"""SELECT c8, c18, left(c27, 2), {month}, count(DISTINCT (c1, c2)) FROM {{rows}}
              WHERE c8 IS NOT NULL AND c18 IS NOT NULL AND {lag} < 7 GROUP BY ALL"""
    return counted(plain(files, columns, sql, header=False), "cameo")


def icews_plain(files: list[Path]) -> Counts:
    columns = [f"c{i}" for i in range(1, 21)]
    sql = """SELECT c5, c11, left(c7, 2), left(c2, 7), count(*) FROM {rows}
             WHERE c5 IS NOT NULL AND c11 IS NOT NULL GROUP BY ALL"""
    return counted(plain(files, columns, sql, header=True), "icews")


def ours(files: list[Path], name: str, record: Path) -> Counts:
    lake = Lake(record)
    load(lake, source(name), files)
    sql = "SELECT source, target, root, strftime(date, '%Y-%m'), sum(count) FROM read_parquet(?) GROUP BY ALL"
    with duckdb.connect() as con:
        rows = con.execute(sql, [[str(p) for p in lake.paths("events")]]).fetchall()
    return Counter({tuple(row[:4]): int(row[4]) for row in rows})


def written(folder: Path, name: str, raw: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(("width", "name"), [(61, "2019012122{i:02}00.export.CSV"), (58, "201901{i:02}.export.CSV")])
def test_toy_gdelt_files_are_counted_as_read_csv_counts_them(tmp_path: Path, width: int, name: str) -> None:
    files = [written(tmp_path / "in", name.format(i=i), toy.gdelt_file(500, seed=i, width=width)) for i in range(1, 4)]
    found = ours(files, "gdelt", tmp_path / "record")
    assert found == gdelt_plain(files, width)
    assert found.total() > 100


def test_toy_icews_files_are_counted_as_read_csv_counts_them(tmp_path: Path) -> None:
    files = [written(tmp_path / "in", f"events.{i}.tab", toy.icews_file(500, seed=i)) for i in range(3)]
    found = ours(files, "icews", tmp_path / "record")
    assert found == icews_plain(files)
    assert found.total() > 100


@needs_data
@pytest.mark.parametrize("width", [61, 58])
def test_real_gdelt_files_are_counted_as_read_csv_counts_them(tmp_path: Path, width: int) -> None:
    wanted = (14,) if width == 61 else (8,)
    files = [p for p in sorted((DATA / "gdelt").glob("*.export.CSV")) if len(p.name.split(".")[0]) in wanted]
    found = ours(files, "gdelt", tmp_path / "record")
    assert found == gdelt_plain(files, width)
    assert found.total() > 500


@needs_data
def test_real_icews_files_are_counted_as_read_csv_counts_them(tmp_path: Path) -> None:
    days = []
    with tarfile.open(DATA / "icews" / "icews_raw_daily_20181004_20190325.tar.xz") as archive:
        for info in archive:
            name = Path(info.name).name
            member = archive.extractfile(info) if info.isfile() and name.startswith("201901") else None
            if member is not None:
                days.append(written(tmp_path / "in", name, member.read()))
    found = ours(days, "icews", tmp_path / "record")
    assert found == icews_plain(days)
    january = {k: n for k, n in found.items() if k[3] == "2019-01" and {k[0], k[1]} == {"KOR", "JPN"}}
    assert len(days) > 25
    assert sum(january.values()) > 150
