"""The charts: what is drawn, what is left out, what the table says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from tests import toy_findings as toy

from visavis.charts.against_past import against_past
from visavis.charts.contributions import contributions
from visavis.charts.coverage import coverage
from visavis.charts.levels import levels
from visavis.charts.panels import panels, time_axis
from visavis.charts.shares import shares
from visavis.charts.tables import csv_text, headings, table
from visavis.charts.tellers import tellers
from visavis.charts.theme import SIDES, WIDTH, side
from visavis.charts.timeline import timeline
from visavis.finding import Chart, Term
from visavis.names.messages import say


def charts() -> list[Chart]:
    """One of each kind."""
    marks = {"turning_points": toy.turning_points(), "unusual": toy.unusual()}
    return [
        shares(toy.share_rows(), regimes=toy.regimes(), **marks),
        levels(toy.rate_rows(), **marks),
        coverage(toy.coverage_rows()),
        against_past(*toy.past_rows(), now="2019-03"),
        contributions(toy.cell_rows()),
        tellers(toy.teller_rows()),
        timeline(toy.timeline_rows(), toy.turning_points(), since="2005-01", until="2015-12"),
    ]


def layers(node: Any, mark: str) -> Iterator[dict[str, Any]]:
    """Every layer of a specification that is drawn with a mark."""
    if isinstance(node, dict):
        found = node.get("mark")
        if isinstance(found, dict) and found["type"] == mark:
            yield node
        for value in node.values():
            yield from layers(value, mark)
    elif isinstance(node, list):
        for value in node:
            yield from layers(value, mark)


def share(period: str, **more: Any) -> dict[str, Any]:
    row = {"stream": "s", "period": period, "source": "KOR", "target": "JPN", "share": 0.3, "low": 0.2, "high": 0.4}
    return {**row, "acts": 40, "partial": False, **more}


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.name)
def test_every_chart_has_a_title_one_sentence_for_its_picture_and_a_table(chart: Chart) -> None:
    assert say(chart.title)
    assert say(chart.alt).count(". ") == 0
    assert say(chart.alt).endswith(".")
    rows = table(chart)
    assert rows
    assert all(len(row) == len(headings(chart)) == len(chart.columns) for row in rows)


def test_a_line_breaks_at_a_gap_and_is_never_drawn_to_zero() -> None:
    chart = shares([share(p) for p in ("2012-01", "2012-02", "2012-04", "2012-05")])
    [line] = layers(chart.spec, "line")
    assert [row["run"] for row in line["data"]["values"]] == [0, 0, 1, 1]
    assert {row["value"] for row in line["data"]["values"]} == {0.3}


def test_a_partial_period_is_a_hollow_point_off_the_line() -> None:
    chart = shares([share("2012-01"), share("2012-02"), share("2012-03", partial=True)])
    [line] = layers(chart.spec, "line")
    assert len(line["data"]["values"]) == 2
    [point] = layers(chart.spec, "point")
    assert point["mark"]["fill"] == "#ffffff"
    assert len(point["data"]["values"]) == 1


def test_a_rare_share_beyond_the_scale_is_a_triangle_and_named_as_one() -> None:
    usual = [share(f"20{y:02d}-{m:02d}", share=0.1, high=0.2) for y in range(5, 10) for m in range(1, 13)]
    chart = shares([*usual, share("2010-01", share=1.0, high=1.0, acts=2)])
    [point] = [layer for layer in layers(chart.spec, "point") if layer["mark"]["shape"] == "triangle-up"]
    assert len(point["data"]["values"]) == 1
    assert point["data"]["values"][0]["value"] < 0.2
    assert "triangle" in say(chart.title)
    assert table(chart)[-1][4] == "100%"


def test_where_no_period_has_enough_acts_the_intervals_are_drawn_whole_and_told() -> None:
    few = {"share": 0.0, "low": 0.0, "acts": 3}
    chart = shares([share("2015-12", **few, high=0.7), share("2016-01", **few, high=0.6)])
    [top] = {c["encoding"]["y"]["scale"]["domain"][1] for line in chart.spec["vconcat"] for c in line["hconcat"]}
    assert top >= 0.7
    assert "intervals between 0% and 70%" in say(chart.alt)


def test_the_label_of_a_lone_point_stands_beneath_it() -> None:
    [[panel]] = panels([{"stream": "icews", "period": "2015-12"}], 44)
    [tick] = time_axis(panel, labels=True)["axis"]["values"]
    assert tick["expr"] == "utc(2015, 11, 16)"


def test_a_strip_of_coverage_is_dotted_wherever_its_stream_covers_nothing() -> None:
    rows = [{"stream": "old", "period": "2015-12", "state": "full"}, {"stream": "new", "period": "2018-01"}]
    chart = coverage([{"state": "full", **row} for row in rows])
    dotted = [v for layer in layers(chart.spec, "rule") for v in layer["data"]["values"]]
    assert [(v["start"], v["end"]) for v in dotted] == [("2015-12-01", "2018-01-01"), ("2016-01-01", "2018-02-01")]
    assert chart.alt.numbers["gap"].value == 0


def test_tellers_with_too_few_reports_for_any_share_have_counts_alone() -> None:
    row = {"told_by": "JPN", "source": "KOR", "target": "JPN", "reports": 4, "share": None, "low": None, "high": None}
    chart = tellers([row])
    assert len(chart.spec["hconcat"]) == 1
    assert chart.title.key == "charts.tellers.counts"


def test_circles_on_the_timeline_are_wide_enough_for_three_digits() -> None:
    rows = [{"date": f"2012-{1 + i % 12:02}-10", "description": f"{i:03}", "source": "a paper"} for i in range(120)]
    sizes = {
        layer["mark"]["size"]
        for many in (rows[:20], rows)
        for layer in layers(timeline(many, [], since="2012-01", until="2012-12").spec, "point")
    }
    assert len(sizes) == 2


def test_both_directions_and_all_streams_share_one_scale_of_shares() -> None:
    chart = shares(toy.share_rows())
    domains = {tuple(c["encoding"]["y"]["scale"]["domain"]) for line in chart.spec["vconcat"] for c in line["hconcat"]}
    assert len(domains) == 1


def test_levels_of_two_streams_never_share_a_scale() -> None:
    chart = levels(toy.rate_rows())
    first, second = chart.spec["vconcat"]
    tops = [cell["encoding"]["y"]["scale"]["domain"][1] for cell in first["hconcat"]]
    assert len(set(tops)) == 3
    assert tops == [cell["encoding"]["y"]["scale"]["domain"][1] for cell in second["hconcat"]]
    assert all(cell["encoding"]["y"]["axis"]["labels"] for cell in first["hconcat"])


def test_swapping_the_countries_in_the_rows_changes_no_colour() -> None:
    assert side("JPN", ("KOR", "JPN")) == side("JPN", ("JPN", "KOR")) == 0
    rows = toy.share_rows()
    assert shares(rows).spec == shares(sorted(rows, key=lambda r: (r["stream"], r["period"], r["target"]))).spec | {
        "datasets": shares(rows).spec["datasets"]
    }
    [first] = layers(shares([share("2012-01"), share("2012-02")]).spec, "line")
    assert first["mark"]["color"] == SIDES[1]


def test_a_turning_point_shows_the_interval_of_its_date() -> None:
    chart = shares(
        [share("2012-01"), share("2012-12")], turning_points=[{**share("2012-06"), "low": "2012-05", "high": "2012-08"}]
    )
    [band] = layers(chart.spec, "rect")
    assert [(row["start"], row["end"]) for row in band["data"]["values"]] == [("2012-05-01", "2012-09-01")]


def test_many_streams_go_to_further_lines_of_the_page() -> None:
    rows = [{"stream": f"s{i}", "period": f"2012-{i + 1:02d}"} for i in range(12)]
    lines = panels(rows, 44)
    assert [panel.stream for line in lines for panel in line] == [f"s{i}" for i in range(12)]
    assert all(44 + sum(p.width for p in line) + 22 * (len(line) - 1) <= WIDTH for line in lines)
    assert min(p.width for line in lines for p in line) >= 96


def test_runs_of_equal_coverage_are_one_bar_and_one_row() -> None:
    rows = table(coverage(toy.coverage_rows()))
    assert rows[:3] == [
        ["toy-old", "January 2005", "February 2009", "covered", "50"],
        ["toy-old", "March 2009", "July 2009", "missing", "5"],
        ["toy-old", "August 2009", "September 2014", "covered", "62"],
    ]


def test_contributions_are_drawn_largest_first_and_listed_in_full() -> None:
    chart = contributions(toy.cell_rows(), most=3)
    assert [row["change"] for row in chart.spec["data"]["values"]] == [34.0, 21.0, -14.0]
    assert len(table(chart)) == 6
    assert table(chart)[0][0] == "South Korea, government: disapproval"


def test_dots_of_the_past_keep_this_period_out() -> None:
    rows, expected = toy.past_rows()
    dots = list(layers(against_past(rows, expected, now="2019-03").spec, "circle"))
    assert [len(layer["data"]["values"]) for layer in dots] == [50] * 4


def test_a_month_and_a_year_stand_on_the_timeline_as_far_as_they_are_known() -> None:
    rows = [{"date": d, "description": "x", "source": "y"} for d in ("2012", "2012-08", "2012-08-10")]
    told = [row[1] for row in table(timeline(rows, [], since="2012-01", until="2012-12"))]
    assert told == ["2012", "August 2012", "10 August 2012"]


def test_marks_on_the_timeline_never_lie_on_each_other() -> None:
    rows = [{"date": f"2012-08-{d:02d}", "description": "x", "source": "y"} for d in range(1, 6)]
    chart = timeline(rows, [], since="2005-01", until="2015-12")
    assert [len(layer["data"]["values"]) for layer in layers(chart.spec, "point")] == [1] * 5


def test_a_csv_holds_codes_and_plain_figures() -> None:
    [head, first, *_] = csv.reader(io.StringIO(csv_text(shares([share("2012-08", low=0.25)]))))
    assert head == ["stream", "period", "source", "target", "share", "low", "high", "acts", "partial"]
    assert first == ["s", "2012-08", "KOR", "JPN", "0.3", "0.25", "0.4", "40", "false"]


def test_a_measure_is_a_code_in_a_file_and_a_word_on_the_page() -> None:
    chart = against_past(*toy.past_rows(), now="2019-03")
    assert csv_text(chart).splitlines()[1].startswith("share,JPN,KOR,2015-01,")
    assert table(chart)[0][0] == "conflictual share of acts"


def test_an_absent_value_is_an_empty_cell() -> None:
    rows = [
        {"told_by": "KOR", "source": "KOR", "target": "JPN", "reports": 0, "share": None, "low": None, "high": None}
    ]
    some = {**rows[0], "told_by": "JPN", "reports": 9, "share": 0.5, "low": 0.2, "high": 0.8}
    assert table(tellers([*rows, some]))[0] == ["press of South Korea", "South Korea", "Japan", "0", "", "", ""]


def test_a_cell_named_by_others_is_shown_as_text() -> None:
    cell = {
        "cell": Term("outside", "=1+1"),
        "source": "KOR",
        "target": "JPN",
        "change": -3,
        "low": None,
        "high": None,
        "n": 3,
    }
    chart = contributions([cell])
    assert table(chart)[0][0] == "=1+1"
    assert csv_text(chart).splitlines()[1].startswith("'=1+1,KOR,JPN,-3,")
