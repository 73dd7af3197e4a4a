"""The brief: what stands where, in which order, and what it may not hold."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests import toy_brief as toy

from visavis.brief.citations import bibtex, citation_text
from visavis.brief.files import data_zip, findings_json, write_brief
from visavis.brief.minute import MOST
from visavis.brief.model import Brief, TimelineRow, ordered, sides
from visavis.brief.render import finding_html, render
from visavis.errors import UsageError
from visavis.finding import Evidence, Verdict


@pytest.fixture(autouse=True, scope="module")
def _sentences() -> Iterator[None]:
    with toy.toy_sentences():
        yield


@pytest.fixture(scope="module")
def page(_sentences: None) -> str:
    """The toy's brief, rendered once."""
    return render(toy.brief())


class Text(HTMLParser):
    """What a reader sees, and the tags around it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


def test_the_age_of_the_record_is_the_first_sentence_of_all(page: str) -> None:
    minute = page[page.index('id="minute"') :]
    first = re.search(r"<li><p>(.*?)<", minute)
    assert first is not None
    assert first[1].startswith("The record ends on 31 March 2019")


def test_at_most_five_headlines_stand_on_the_first_page_each_with_its_verdict_and_a_link(page: str) -> None:
    first = Text(page[page.index('id="minute"') : page.index("<nav")])
    assert first.tags.count("li") == first.tags.count("a") == MOST < sum(f.headline for f in toy.brief().findings)
    assert {"holds", "does not hold"} <= set(first.words)


def test_every_figure_has_a_caption_a_sentence_and_a_closed_table(page: str) -> None:
    seen = Text(page)
    figures = sum(len(f.charts) for f in toy.brief().findings)
    assert seen.tags.count("figure") == seen.tags.count("figcaption") == seen.tags.count("svg") == figures == 7
    assert page.count('class="alt"') == figures
    assert "<details open" not in page


def test_every_number_is_listed_with_its_interval_and_count(page: str) -> None:
    row = "<td>share</td><td>35%</td><td>25 to 47 (90%)</td><td>61</td><td>share of acts</td>"
    assert row in page.replace("\n", "")


def test_the_end_matter_names_source_licence_citation_and_how_to_make_it_again(page: str) -> None:
    end = Text(page[page.index('id="end"') :]).text
    for words in (toy.PROVENANCE.licence, toy.PROVENANCE.citation, "visavis brief KOR JPN", "East Sea", "Sea of Japan"):
        assert words in end
    assert "no row says who was right" in end


def test_dated_rows_carry_the_number_of_their_figure_and_the_rest_is_folded_away() -> None:
    body = toy.brief()
    named = replace(body.findings[0], evidence=(Evidence("timeline", {}, 1, body.timeline[0].description),))
    old = TimelineRow("1965-06-22", "A treaty", "A paper")
    told = render(replace(body, findings=(named, *body.findings[1:]), timeline=(old, *body.timeline)))
    assert re.search(r'<li value="1"><b>1</b> <time>16 March 2005</time>', told)
    assert told.count('class="far"') == len(body.timeline) - 1
    assert "A treaty" in told[told.index("Rows of other years (1)") :]


def test_the_page_runs_no_script_and_asks_nobody_for_anything(page: str) -> None:
    assert len(page.encode()) < 2_000_000
    assert not re.search(r"<script|<link|<iframe|<img|\ssrc=|\sstyle=|\son\w+=|@import|url\((?!#)", page)
    css = re.search(r"<style>(.*?)</style>", page, re.S)
    assert css is not None
    digest = base64.b64encode(hashlib.sha256(css[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page.replace("&#39;", "'").replace("&#43;", "+")


def test_no_id_is_on_the_page_twice_and_every_link_inside_it_lands(page: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_a_joint_edition_takes_turns_and_a_side_s_own_does_not() -> None:
    joint, own = toy.brief("KOR", "JPN"), toy.brief("KOR", "JPN", edition="JPN")
    assert [sides(joint, i)[0] for i in range(3)] == ["KOR", "JPN", "KOR"]
    assert [sides(own, i)[0] for i in range(3)] == ["JPN"] * 3
    assert "<h1>Japan and South Korea</h1>" in render(own)


def test_of_two_findings_alike_the_side_named_first_leads() -> None:
    for first, second in (("KOR", "JPN"), ("JPN", "KOR")):
        [(_, now), _] = ordered(toy.brief(first, second))
        assert [f.actor for f in now if f.actor] == [first, second]


def test_swapped_countries_change_only_the_order() -> None:
    one, other = (Text(render(toy.brief(*pair))) for pair in (("KOR", "JPN"), ("JPN", "KOR")))
    assert sorted(one.tags) == sorted(other.tags)
    assert sorted(re.findall(r"\w+", one.text)) == sorted(re.findall(r"\w+", other.text))


def test_a_brief_of_one_country_or_for_a_third_is_refused() -> None:
    with pytest.raises(UsageError, match="both are KOR"):
        Brief("KOR", "KOR", (), ())
    with pytest.raises(UsageError, match="'USA'"):
        Brief("KOR", "JPN", (), (), edition="USA")


def test_a_chapter_without_findings_is_left_out() -> None:
    assert [name for name, _ in ordered(replace(toy.brief(), chapters=("now", "ties", "history")))] == [
        "now",
        "history",
    ]


def test_a_notebook_shows_a_finding_without_script_or_request() -> None:
    html = finding_html(toy.history_findings()[0])
    assert not re.search(r"<script|\ssrc=|\son\w+=|@import", html)
    assert "changed for good around July 2012" in html
    other = finding_html(toy.now_findings()[1])
    ids = re.findall(r'\sid="([^"]+)"', html) + re.findall(r'\sid="([^"]+)"', other)
    assert len(ids) == len(set(ids))


def test_findings_as_json_have_the_promised_keys_and_raw_numbers() -> None:
    told = json.loads(json.dumps(findings_json(toy.now_findings()), allow_nan=False))
    one = told["findings"][2]
    assert {"id", "chapter", "sentence", "verdict", "numbers", "evidence", "provenance", "caveats"} <= set(one)
    assert one["verdict"] == Verdict.HOLDS.value
    assert one["numbers"]["share"] == {
        "value": 0.35,
        "unit": "share of acts",
        "low": 0.25,
        "high": 0.47,
        "n": 61,
        "level": 0.9,
    }
    assert one["sentence"].startswith("In March 2019, 35% (25 to 47) of South Korea's 61 acts")


def test_the_zip_holds_a_table_for_each_figure_and_is_the_same_every_time() -> None:
    data = data_zip(toy.brief())
    assert data == data_zip(toy.brief())
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert names[:3] == ["findings.json", "sources.bib", "figure-1-now-against_past.csv"]
    assert sum(name.endswith(".csv") for name in names) == 7


def test_a_bib_entry_keeps_its_braces_in_balance() -> None:
    text = bibtex([replace(toy.PROVENANCE, citation="A {brace, 50 % & \\write18{rm}")])
    assert text.count("{") == text.count("}")
    assert r"50 \% \& \textbackslash write18(rm)" in text


def test_a_source_s_own_entry_is_kept_and_said_in_words() -> None:
    own = "@data{abc, author = {Roe, A. and {A Body}}, title = {{ABC} data}, year = {2015}, doi = {10.1/x}, }"
    assert citation_text(own) == "Roe, A.; A Body (2015). ABC data. doi:10.1/x"
    entry = bibtex([replace(toy.PROVENANCE, citation=own)] * 2)
    assert entry.startswith("@data{abc,\n  author = {Roe, A. and {A Body}},\n  title = {{ABC} data},")
    assert entry.count("@data") == 1


def test_a_citation_cut_short_is_shown_as_it_is() -> None:
    assert citation_text("@data{abc, title = {{ABC} data") == "@data{abc, title = {{ABC} data"


def test_a_brief_is_written_with_its_sources_and_data_beside_it(tmp_path: Path) -> None:
    paths = write_brief(toy.brief(), tmp_path / "kor-jpn.html")
    assert [path.name for path in paths] == ["kor-jpn.html", "kor-jpn.bib", "kor-jpn.zip"]
    assert all(path.stat().st_size > 100 for path in paths)
