from __future__ import annotations

from typing import Any

from visavis.charts.impressions import impressions
from visavis.charts.svg import svg
from visavis.charts.tables import csv_text, table
from visavis.charts.theme import SIDES
from visavis.finding import Term
from visavis.names.messages import say


def row(country: str, date: str, value: float, **more: Any) -> dict[str, Any]:
    made = {"panel": 0, "question": Term("outside", "A poll: “good”"), "country": country, "date": date}
    made |= {"value": value, "low": value - 0.03, "high": value + 0.03, "n": 1000, "mode": "", "segment": 0, "run": 0}
    return made | {"told_in": "a paper", "again": False} | more


def layers(node: Any, mark: str) -> list[dict[str, Any]]:
    """Every layer that is drawn with a mark."""
    if isinstance(node, list):
        return [one for item in node for one in layers(item, mark)]
    if not isinstance(node, dict):
        return []
    here = [node] if isinstance(node.get("mark"), dict) and node["mark"]["type"] == mark else []
    return here + [one for key, value in node.items() if key != "config" for one in layers(value, mark)]


ROWS = [row("KOR", "2012", 0.3), row("JPN", "2012", 0.5), row("KOR", "2013", 0.2, low=None, high=None, n=None)]


def test_a_point_without_the_number_of_people_is_hollow_and_has_no_interval() -> None:
    chart = impressions(ROWS, [], ("JPN", "KOR"))
    filled, hollow = (
        [d for one in layers(chart.spec, "point") if one["mark"]["filled"] is way for d in one["data"]["values"]]
        for way in (True, False)
    )
    assert (len(filled), len(hollow)) == (2, 1)
    [rule] = layers(chart.spec, "rule")
    assert len(rule["data"]["values"]) == 2


def test_a_line_joins_one_run_of_one_side_only() -> None:
    rows = [row("KOR", "2012", 0.3), row("KOR", "2013", 0.3, run=1), row("JPN", "2012", 0.3)]
    [line] = layers(impressions(rows, [], ("JPN", "KOR")).spec, "line")
    assert {d["line"] for d in line["data"]["values"]} == {"KOR 0", "KOR 1", "JPN 0"}
    again = [*rows, row("KOR", "2012", 0.4, again=True)]
    [line] = layers(impressions(again, [], ("JPN", "KOR")).spec, "line")
    assert len(line["data"]["values"]) == 3


def test_a_change_of_the_way_of_asking_is_a_line_in_the_colour_of_the_side_asked() -> None:
    mail = {"mode": Term("word", "impressions.mode.mail"), "segment": 1, "run": 1}
    rows = [row("KOR", "2012", 0.3), row("KOR", "2013", 0.3, **mail), row("JPN", "2012", 0.3)]
    chart = impressions(rows, [], ("JPN", "KOR"))
    [rule] = [one for one in layers(chart.spec, "rule") if "strokeDash" in one["mark"]]
    assert rule["mark"]["color"] == SIDES[1]
    assert "2012-07-01" < rule["data"]["values"][0]["start"] < "2013-07-02"
    assert "by mail" in svg(chart)


def test_dated_rows_outside_the_years_shown_are_left_out() -> None:
    chart = impressions(ROWS, [{"date": "2012-08-10"}, {"date": "2011-12-31"}, {"date": "2014"}], ("JPN", "KOR"))
    strip = chart.spec["vconcat"][-1]
    assert len(layers(strip, "rule")[0]["data"]["values"]) == 1
    assert "1 dated events" not in say(chart.title)


def test_the_table_holds_every_figure_with_side_date_interval_and_source() -> None:
    chart = impressions(ROWS, [], ("JPN", "KOR"))
    assert table(chart)[1] == ["A poll: “good”", "Japan", "2012", "50%", "47%", "53%", "1,000", "", "a paper"]
    assert table(chart)[2][4:7] == ["", "", ""]
    assert csv_text(chart).count("a paper") == 3
    assert say(chart.alt).endswith(".")
