"""Every registered measure keeps its contract, and gives the same on every engine and the same as before."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import narwhals as nw
import pyarrow as pa
import pytest
from tests import toy
from tests.golden.measured import FOLDER, HEAD, as_csv, inputs, on_arrow, sorted_rows

from visavis.errors import UnknownNameError, UsageError
from visavis.measures import measure, measures
from visavis.schema import ACTS, TOTALS
from visavis.store._duckdb import connect

NAMES = list(measures())
ARROW = {nw.Int64: pa.int64(), nw.Float64: pa.float64()}


def same(name: str, got: pa.Table, wanted: pa.Table) -> None:
    """Equal after sorting by key: integers and strings exactly, floats to 1e-9."""
    assert got.column_names == wanted.column_names
    ours, theirs = sorted_rows(name, got), sorted_rows(name, wanted)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        for column, value in b.items():
            if isinstance(value, float):
                assert math.isclose(a[column], value, rel_tol=1e-9), (column, a, b)
            else:
                assert (type(a[column]), a[column]) == (type(value), value), (column, a, b)


def on_pandas(name: str, tables: list[pa.Table]) -> pa.Table:
    return pa.Table.from_pandas(measure(name)(*(t.to_pandas() for t in tables)), preserve_index=False)


def on_polars(name: str, tables: list[pa.Table]) -> pa.Table:
    import polars as pl

    return measure(name)(*(pl.from_arrow(t) for t in tables)).to_arrow()


def on_lazy_polars(name: str, tables: list[pa.Table]) -> pa.Table:
    import polars as pl

    found = measure(name)(*(pl.from_arrow(t).lazy() for t in tables))  # type: ignore[union-attr]
    assert isinstance(found, pl.LazyFrame)
    return found.collect().to_arrow()


def on_duckdb(name: str, tables: list[pa.Table]) -> pa.Table:
    with connect() as con:
        for i, table in enumerate(tables):
            con.register(f"t{i}", table)
        frames = [nw.from_native(con.table(f"t{i}")) for i in range(len(tables))]
        found: pa.Table = measure(name)(*frames).collect("pyarrow").to_native()
        return found


def narrow(table: pa.Table) -> pa.Table:
    """Strings as strings: polars and pandas give the large kind."""
    return table.cast(
        pa.schema([(f.name, pa.string() if pa.types.is_large_string(f.type) else f.type) for f in table.schema])
    )


@pytest.mark.parametrize("engine", [on_polars, on_lazy_polars, on_pandas, on_duckdb])
@pytest.mark.parametrize("name", NAMES)
def test_a_measure_is_the_same_on_every_engine(name: str, engine: Callable[[str, list[pa.Table]], pa.Table]) -> None:
    got = narrow(engine(name, inputs(name)))
    assert got.schema.types == narrow(on_arrow(name)).schema.types
    same(name, got, on_arrow(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_measure_keeps_its_contract(name: str) -> None:
    about, table = measure(name), narrow(on_arrow(name))
    assert about.name == name
    assert about.says.endswith((".", ":"))
    assert about.unit
    assert table.schema.names == [*about.key, *about.gives]
    known = {c.name: c.type for t in about.needs for c in t.columns}
    keys = [known.get(name, pa.string()) for name in about.key]
    assert table.schema.types == [*keys, *(ARROW[t] for t in about.gives.values())]
    rows = table.to_pylist()
    assert len({tuple(r[k] for k in about.key) for r in rows}) == len(rows) > 0
    for row in rows:
        assert None not in row.values()
        assert not any(isinstance(v, float) and not math.isfinite(v) for v in row.values())
    assert nw.Int64 in about.gives.values()  # the count it rests on


@pytest.mark.parametrize("name", NAMES)
def test_a_period_without_rows_is_absent_not_zero(name: str) -> None:
    tables = inputs(name)
    when = [c for c in ("stream", "period", "session") if c in measure(name).key]
    held = {tuple(r[c] for c in when) for t in tables for r in t.to_pylist() if set(when) <= r.keys()}
    assert {tuple(r[c] for c in when) for r in on_arrow(name).to_pylist()} <= held
    empty = [t.slice(0, 0) for t in tables]
    for engine in (on_polars, on_duckdb):
        assert engine(name, empty).num_rows == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_measure_equals_its_golden_file(name: str) -> None:
    head, *said = (FOLDER / f"{name}.csv").read_text().splitlines()
    columns, *wanted = said
    got = as_csv(name).splitlines()
    assert (head + "\n", columns) == (HEAD, got[0])
    for ours, theirs in zip(got[1:], wanted, strict=True):
        for a, b in zip(ours.split(","), theirs.split(","), strict=True):
            assert a == b or ("." in b and math.isclose(float(a), float(b), rel_tol=1e-9)), (ours, theirs)


def test_each_golden_file_belongs_to_a_measure() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(NAMES)


@pytest.fixture(scope="module")
def spark() -> Any:
    import os
    import sys

    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").appName("visavis")
    said = {
        "spark.sql.session.timeZone": "UTC", "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1",
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
    }  # fmt: skip
    for key, value in said.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", NAMES)
def test_a_measure_is_the_same_on_spark(spark: Any, name: str) -> None:
    found = measure(name)(*(spark.createDataFrame(t) for t in inputs(name)))
    same(name, narrow(found.toArrow()), on_arrow(name))


def test_counts_past_32_bits_are_exact() -> None:
    table = toy.measured()["reports"]
    huge = table.set_column(table.column_names.index("reports"), "reports", pa.array([2**53 + 1] * table.num_rows))
    for engine in (on_polars, on_pandas, on_duckdb):
        rows = engine("report_count", [huge]).to_pylist()
        assert all(r["reports"] % (2**53 + 1) == 0 for r in rows)


def test_shares_are_shares_and_the_rate_is_per_ten_thousand() -> None:
    acts = {"stream": "s", "period": "2019-01", "source": "KOR", "target": "JPN", "source_sectors": "",
            "target_sectors": "", "tellers": ""}  # fmt: skip
    rows = [{**acts, "root": r, "acts": n} for r, n in (("04", 6), ("11", 3), ("01", 1))]
    table = pa.Table.from_pylist(rows, ACTS.arrow)
    totals = pa.Table.from_pylist(
        [{"stream": "s", "period": "2019-01", "source": s, "root": "04", "reports": 0, "acts": 500} for s in "ab"],
        TOTALS.arrow,
    )
    assert measure("conflict_share")(table).to_pylist()[0]["conflict_share"] == 0.3
    assert measure("cooperation_share")(table).to_pylist()[0]["cooperation_share"] == 0.6
    assert measure("act_rate")(table, totals).to_pylist()[0]["act_rate"] == 100


def test_a_measure_that_does_not_exist_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        measure("conflict_shares")
    assert caught.value.suggestions[0] == "conflict_share"


def test_a_table_that_lacks_a_column_is_named_with_it() -> None:
    acts = toy.measured()["acts"]
    with pytest.raises(UsageError, match="the table acts lacks root"):
        measure("conflict_share")(acts.drop_columns("root"))
    with pytest.raises(UsageError, match="needs 1 tables"):
        measure("conflict_share")(acts, acts)
