"""Pictures: words are there, nothing else is, ids do not clash."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from tests import toy_findings as toy

from visavis.charts.contributions import contributions
from visavis.charts.coverage import coverage
from visavis.charts.shares import shares
from visavis.charts.svg import _check_words, _time_words, svg, svgs, without_links
from visavis.errors import VisavisError
from visavis.finding import Term
from visavis.names.messages import say


@pytest.fixture(scope="module")
def drawn() -> list[str]:
    """Two charts of one document."""
    return svgs([shares(toy.share_rows(), unusual=toy.unusual()), coverage(toy.coverage_rows())])


def test_text_stays_text_and_names_the_sides_in_full(drawn: list[str]) -> None:
    words = [element.text for element in ElementTree.fromstring(drawn[0]).iter("{http://www.w3.org/2000/svg}text")]
    assert {"South Korea toward Japan", "Japan toward South Korea", "toy-middle", "August 2012"} <= set(words)


def test_a_picture_names_itself_to_a_screen_reader(drawn: list[str]) -> None:
    root = ElementTree.fromstring(drawn[0])
    assert root.get("role") == "img"
    ids = {element.get("id"): element.text or "" for element in root}
    first, second = str(root.get("aria-labelledby")).split()
    assert ids[first].startswith("Conflictual share")
    assert ids[second].endswith(".")


def test_no_id_is_in_two_pictures_and_every_reference_has_its_id(drawn: list[str]) -> None:
    found = [re.findall(r'\bid="([^"]+)"', text) for text in drawn]
    every = [one for ids in found for one in ids]
    assert len(every) == len(set(every))
    for text, ids in zip(drawn, found, strict=True):
        assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(ids)


def test_a_picture_holds_no_style_no_script_no_link(drawn: list[str]) -> None:
    for text in drawn:
        assert not re.search(r"style=|<script|href|\son\w+=|javascript:|<foreignObject|<image", text)


def test_links_and_tooltips_are_taken_out_before_drawing() -> None:
    spec = {
        "mark": {"type": "bar", "href": "javascript:alert(1)"},
        "encoding": {"href": {"field": "u"}, "url": {"field": "u"}},
    }
    assert without_links(spec) == {"mark": {"type": "bar"}, "encoding": {}}


def test_markup_in_a_label_is_drawn_as_text() -> None:
    hostile = "</text></svg><script>alert(1)</script> {{7*7}}"
    row = {"cell": Term("outside", hostile), "source": "KOR", "target": "JPN", "change": 3, "low": 1, "high": 5, "n": 3}
    text = svg(contributions([row]))
    assert "<script" not in text
    assert hostile in "".join(ElementTree.fromstring(text).itertext())


def test_a_chart_that_lost_its_words_is_an_error() -> None:
    with pytest.raises(VisavisError, match=r"'a' lost text .*'Rate'"):
        _check_words("a", {"title": "Rate"}, ElementTree.fromstring("<svg><text>Ra</text></svg>"))


def test_the_same_chart_gives_the_same_picture() -> None:
    chart = coverage(toy.coverage_rows())
    assert svg(chart) == svg(replace(chart))


@pytest.mark.parametrize(
    ("lang", "way", "month", "axis"),
    [
        ("ko", "대한민국 → 일본", "2012년 8월", "행위 가운데 갈등적 비율"),
        ("ja", "韓国→日本", "2012年8月", "行為のうち対立的な割合"),
        ("zh", "韩国→日本", "2012年8月", "行为中的冲突性比例"),
    ],
)
def test_a_picture_tells_names_months_and_axes_in_the_readers_language(
    lang: str, way: str, month: str, axis: str
) -> None:
    chart = shares(toy.share_rows(), unusual=toy.unusual())
    words = {element.text for element in ElementTree.fromstring(svg(chart, lang)).iter() if element.text}
    assert {way, month} <= words
    assert any(re.fullmatch(r"\d{1,2}[월月]", word) for word in words)  # months on a short axis
    assert _time_words(lang)["shortMonths"][7] == {"ko": "8월"}.get(lang, "8月")
    assert axis in say(chart.alt, lang)


def test_months_are_told_in_the_readers_language_whatever_was_told_before() -> None:
    before = [_time_words(lang)["shortMonths"][7] for lang in ("ja", "zh", "ko", "en", "ja")]
    assert before == ["8月", "8月", "8월", "Aug", "8月"]
