from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
from tests import toy

from visavis.record import open_record
from visavis.schema import COVERAGE
from visavis.store.coverage import days_in, period_coverage, period_range

DAY = dt.timedelta(days=1)


def table(days: dict[dt.date, tuple[int, int]], stream: str = "s") -> pa.Table:
    rows = [
        {"stream": stream, "day": d, "files_expected": n, "files_got": g, "rows_read": 0, "rows_accepted": 0,
         "rows_refused": 0}
        for d, (n, g) in days.items()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, COVERAGE.arrow)


def span(first: dt.date, n: int, got: tuple[int, int] = (1, 1)) -> dict[dt.date, tuple[int, int]]:
    return {first + i * DAY: got for i in range(n)}


def test_a_month_with_nine_days_in_ten_is_full_and_one_below_is_partial() -> None:
    days = span(dt.date(2019, 4, 1), 27) | span(dt.date(2019, 5, 1), 27) | span(dt.date(2019, 6, 1), 1)
    april, may, june = period_coverage(table(days), {}, "month")
    assert (april.covered, april.full) == (0.9, True)
    assert (may.full, june.full) == (False, False)


def test_a_month_without_any_file_within_the_span_is_there_with_nothing_covered() -> None:
    days = span(dt.date(2019, 1, 1), 31) | span(dt.date(2019, 3, 1), 31)
    january, february, march = period_coverage(table(days), {}, "month")
    assert (january.covered, february.covered, march.covered) == (1, 0, 1)
    assert february.period == "2019-02"


def test_missing_quarter_hours_count_as_their_share_of_a_day() -> None:
    days = span(dt.date(2019, 4, 1), 30, (96, 96)) | span(dt.date(2019, 4, 1), 15, (96, 72))
    (april,) = period_coverage(table(days), {}, "month")
    assert april.covered == (15 + 15 * 0.75) / 30
    assert not april.full


def test_a_period_is_settled_when_the_days_of_lag_after_it_are_there() -> None:
    days = span(dt.date(2019, 1, 1), 31 + 28 + 7)
    assert [c.settled for c in period_coverage(table(days), {"s": 7}, "month")] == [True, True, False]
    assert [c.settled for c in period_coverage(table(days), {"s": 8}, "month")] == [True, False, False]


def test_weeks_at_the_turn_of_the_year_belong_to_their_iso_year() -> None:
    assert period_range(dt.date(2018, 12, 30), dt.date(2019, 1, 7), "week") == ["2018-W52", "2019-W01", "2019-W02"]
    assert days_in("2019-W01") == (dt.date(2018, 12, 31), dt.date(2019, 1, 6))


def test_status_tells_the_gaps_and_the_partial_months_of_a_stream(tmp_path: Path) -> None:
    files = toy.icews_files(tmp_path / "in", days=40, rows=3, first=dt.date(2019, 1, 1))
    open_record(tmp_path / "rec").import_events("icews", [*files[:10], *files[12:20], *files[21:]])
    said = open_record(tmp_path / "rec").status(dt.date(2019, 3, 1))["streams"]["icews"]
    assert said["gaps"] == [["2019-01-11", "2019-01-12"], ["2019-01-21", "2019-01-21"]]
    assert said["partial_months"] == ["2019-02"]
    assert said["span"] == ["2019-01-01", "2019-02-09"]


def test_a_day_of_gdelt_slices_expects_ninety_six_files(tmp_path: Path) -> None:
    row = [""] * 61
    row[0], row[1], row[7], row[17], row[26] = "1", "20190121", "KOR", "JPN", "042"
    for i, stamp in enumerate(("000000", "001500", "010000", "014500")):
        row[0], row[59] = str(i + 1), f"20190121{stamp}"
        body = "\t".join(row) + "\n" if i < 3 else ""
        (tmp_path / f"20190121{stamp}.export.CSV").write_text(body * (1 + i))
    open_record(tmp_path / "rec").import_events("gdelt", sorted(tmp_path.glob("*.CSV"))[:3])
    tables = open_record(tmp_path / "rec").tables
    (day,) = tables.arrow("coverage").to_pylist()
    assert (day["files_expected"], day["files_got"], day["rows_read"]) == (96, 3, 6)
    assert day["rows_refused"] == 3  # the same identifier again
    assert tables.coverage("month")[0].covered == 3 / 96 / 31
