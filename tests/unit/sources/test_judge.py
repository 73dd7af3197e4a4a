"""Which rows are kept, and what is said of the others."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from visavis.errors import SchemaDriftError
from visavis.sources import _judge
from visavis.sources._judge import Check
from visavis.sources._source import ROWS

LINES = np.arange(1, 41, dtype=np.int32)


def first(n: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.arange(40) < n


def test_a_row_is_refused_once_for_the_first_reason_that_fits() -> None:
    checks = [Check("bad_date", first(3), lambda row: f"value {row}"), Check("same_country", first(5))]
    kept, tally, bad = _judge.judge(checks, LINES, None)
    assert (int(kept.sum()), dict(tally)) == (35, {("bad_date", None): 3, ("same_country", None): 2})
    assert [(b.line, b.value) for b in bad] == [(1, "value 0"), (2, "value 1"), (3, "value 2")]


def test_refusals_are_tallied_by_the_day_of_the_row_where_the_file_spans_many() -> None:
    days = pa.array([dt.date(2019, 1, 1 + i % 2) for i in range(40)])
    _, tally, _ = _judge.judge([Check("region", first(3))], LINES, days)
    assert tally == {("region", dt.date(2019, 1, 1)): 2, ("region", dt.date(2019, 1, 2)): 1}


def test_most_rows_at_fault_are_a_change_of_format_and_a_few_are_bad_rows() -> None:
    check = Check("bad_date", first(21), lambda row: "x")
    with pytest.raises(SchemaDriftError, match="line 1: column 'Day' holds 'x', expected YYYY; so do 52%"):
        _judge.stop_on_drift(check, "Day", "YYYY", "file", LINES)
    _judge.stop_on_drift(Check("bad_date", first(20)), "Day", "YYYY", "file", LINES)
    _judge.stop_on_drift(Check("bad_date", first(19)[:19]), "Day", "YYYY", "file", LINES[:19])


def test_a_column_that_is_mostly_blank_is_judged_by_the_rows_that_have_it() -> None:
    check = Check("unknown_country", first(15), lambda row: "x")
    with pytest.raises(SchemaDriftError, match="75%"):
        _judge.stop_on_drift(check, "Country", "a code", "file", LINES, first(20))


@pytest.mark.parametrize("n", [0, 3])
def test_a_table_of_nothing_but_days_still_has_every_column(n: int) -> None:
    given = {c.name: pa.array(["x"] * n) for c in ROWS if c.name in ("event_id", "source", "target", "code", "root")}
    given |= {"date": pa.array([dt.date(2019, 1, 1)] * n, pa.date32()), "line": pa.array([1] * n, pa.int32())}
    table = _judge.table_of({} if n == 0 else given, n)
    assert (table.schema, table.num_rows) == (ROWS, n)
    assert table["count"].to_pylist() == [1] * n


@pytest.mark.parametrize(("text", "pattern"), [("2019-02-30", "%Y-%m-%d"), ("", "%Y%m%d"), ("01/32/1999", "%m/%d/%Y")])
def test_what_is_no_date_is_null(text: str, pattern: str) -> None:
    assert _judge.days_of(pa.array([text]), pattern).to_pylist() == [None]
