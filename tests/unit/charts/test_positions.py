"""Two paths before the field: gaps stay gaps, sides keep their colours, the table holds what is drawn."""

from __future__ import annotations

from typing import Any

import pytest

from visavis.charts.positions import positions
from visavis.charts.svg import svg
from visavis.charts.tables import table
from visavis.charts.theme import SIDES
from visavis.finding import Chart, Term
from visavis.names.messages import languages, say


def row(country: str, session: int, value: float) -> dict[str, Any]:
    ends = {"low": value - 0.1, "high": value + 0.1, "votes": 70}
    return {"session": session, "year": 1945 + session, "country": country, "value": value, **ends}


def chart(order: tuple[str, str] = ("JPN", "KOR"), **more: Any) -> Chart:
    rows = [row(c, s, 0.5 + s / 100) for c in order for s in (*range(11, 19), *range(20, 30))] + [row("KOR", 40, 1.0)]
    ends = {"low": -2.0, "lower": -1.0, "middle": 0.0, "upper": 1.0, "high": 2.0}
    return positions(rows, [{"session": s, "year": 1945 + s, **ends} for s in range(1, 60)], order, **more)


def drawn(found: Chart, mark: str) -> list[dict[str, Any]]:
    return [layer for layer in found.spec["vconcat"][1]["layer"] if layer["mark"]["type"] == mark]


def test_a_line_breaks_where_a_session_has_no_position_and_a_lone_session_is_a_point() -> None:
    lines = [layer for layer in drawn(chart(), "line") if layer["encoding"]["y"]["field"] == "value"]
    assert [{v["run"] for v in line["data"]["values"]} for line in lines] == [{0, 1}, {0, 1, 2}]
    assert [len(point["data"]["values"]) for point in drawn(chart(), "point")] == [0, 1]


def test_the_field_is_drawn_for_the_years_of_the_two_alone() -> None:
    field = drawn(chart(), "area")[0]["data"]["values"]
    assert (field[0]["year"], field[-1]["year"]) == (1956, 1985)


def test_swapped_countries_give_the_same_picture() -> None:
    assert chart(("KOR", "JPN")) == chart(("JPN", "KOR"))
    colours = [layer["mark"]["color"] for layer in drawn(chart(), "line")[1:]]
    assert colours == list(SIDES)


@pytest.mark.parametrize("lang", languages())
def test_it_is_told_and_drawn_in_every_language(lang: str) -> None:
    about = chart(issue=Term("word", "votes.issue.nu"))
    assert "<svg" in svg(about, lang)
    assert say(about.alt, lang) != say(about.title, lang)
    assert len(table(about, lang)) == 37
