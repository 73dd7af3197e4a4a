"""Text from outside stays text: 200 hostile strings, and what hypothesis finds, in every field of every output."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests import toy_brief as toy

from visavis.brief.citations import bibtex
from visavis.brief.files import data_zip, findings_json
from visavis.brief.model import Brief, NameForms, TimelineRow
from visavis.brief.render import finding_html, render
from visavis.charts.contributions import contributions
from visavis.charts.coverage import coverage
from visavis.charts.timeline import timeline
from visavis.finding import Evidence, Finding, Message, Term, Verdict
from visavis.names.outside import csv_cell, safe_url, terminal_text

SEEDS = [
    "<script>alert(1)</script>",
    "</svg><script>alert(1)</script>",
    "</text></g></svg><img src=x onerror=alert(1)>",
    "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script><![CDATA[",
    "<![CDATA[<script>alert(1)</script>]]>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    'https://example.org/"onmouseover="alert(1)',
    "https://example.org/<script>",
    "//example.org/x",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "&amp;#x3c;img src=x&gt;",
    "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=//example.org>",
    "<base href=//example.org>",
    "<iframe srcdoc='<script>1</script>'>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext></mtext></math>",
    "{{7*7}}",
    "{% for x in y %}",
    "{{ config.items() }}",
    "{name.__class__}",
    "{0.__init__.__globals__}",
    "%(name)s %s %n",
    "${7*7} #{7*7}",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://example.org")',
    "+1",
    "+1+cmd|' /C calc'!A0",
    "-1+2",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\t=1+1",
    "\r\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\uff1d1+1",
    "|calc",
    "%0A=1",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\",
    "\x1bP1;1|x\x1b\\",
    "\x1bc",
    "\x9b31m",
    "\x9d0;t\x9c",
    "\x1b",
    "a\x08\x08\x08b",
    "line\nbreak\rreturn",
    "\x00nul",
    "\x7fdel\x85nel",
    "\u202egnp.exe",
    "\u2066isolate",
    "\u2028sep\u2029",
    "\ufffe\uffff",
    "\ud800",
    "[red]markup[/red]",
    "a" * 3000,
]
HOSTILE = (SEEDS + ["".join(pair) for pair in product(SEEDS[:20], SEEDS[28:36])])[:220]
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?")
STEERING = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)


@pytest.fixture(autouse=True, scope="module")
def _sentences() -> Iterator[None]:
    with toy.toy_sentences():
        yield


class Markup(HTMLParser):
    """The tags of a page, with the attributes that could do something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.active: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.active += [(k, v) for k, v in attrs if k in ("src", "style", "srcdoc", "action") or k.startswith("on")]
        self.active += [(k, v) for k, v in attrs if k.endswith("href") and not (v or "").startswith(("#", "https://"))]


def finding(text: str) -> Finding:
    """A finding with a string in every field that holds text from outside."""
    source = toy.PROVENANCE
    told = dict.fromkeys(("source", "version", "licence", "citation", "visavis"), text)
    return Finding(
        id=f"now.{text}",
        chapter="now",
        message=Message("brief.pair", terms={"a": Term("outside", text), "b": Term("outside", text)}),
        verdict=Verdict.HOLDS,
        provenance=replace(source, **told, streams=(text,), files=(text,), parameters={text: text}),
        evidence=(Evidence("timeline", {"id": text, text: "x"}, 1, text, text),),
        details=(Message("brief.pair", terms={"a": (Term("outside", text),), "b": Term("outside", text)}),),
        headline=True,
    )


def brief(text: str, *more: Finding) -> Brief:
    """A brief with a string in every field that holds text from outside."""
    return Brief(
        "KOR",
        "JPN",
        (finding(text), *more),
        ("now", "history"),
        names=(NameForms(text, {"KOR": text, "JPN": text}, {"KOR": text, "JPN": text}),),
        timeline=(TimelineRow("2012-08-10", text, text, text),),
        objections=((text, text),),
        command=text,
    )


def charted() -> Finding:
    """A finding whose charts hold all the strings."""
    cells = [
        {
            "cell": Term("outside", t),
            "source": "KOR",
            "target": "JPN",
            "change": -i - 1,
            "low": None,
            "high": None,
            "n": 1,
        }
        for i, t in enumerate(HOSTILE)
    ]
    rows = [{"date": "2012-08-10", "description": t, "source": t} for t in HOSTILE]
    strips = [{"stream": t, "period": "2012-08", "state": "full"} for t in HOSTILE]
    charts = (
        contributions(cells, most=len(cells)),
        coverage(strips),
        timeline(rows, [], since="2012-01", until="2012-12"),
    )
    return replace(finding("plain"), id="history.charts", chapter="history", charts=charts)


def test_there_are_two_hundred_of_them() -> None:
    assert len(set(HOSTILE)) >= 200


def test_no_string_becomes_markup_on_the_page() -> None:
    plain = Markup(render(brief("plain"))).tags
    for text in HOSTILE:
        page = render(brief(text))
        seen = Markup(page)
        assert seen.tags == plain, text
        assert seen.active == [], text
        assert not STEERING.search(page), text


def test_no_string_becomes_markup_in_a_picture_or_a_table() -> None:
    page = render(brief("plain", charted()))
    seen = Markup(page)
    assert seen.active == []
    assert not {"script", "img", "iframe", "a:href", "foreignobject", "link", "base"} & set(seen.tags)
    assert seen.tags.count("svg") == 3
    assert not STEERING.search(page)
    assert page.count("{{7*7}}") >= sum("{{7*7}}" in text for text in HOSTILE)


def test_no_string_becomes_markup_in_a_notebook() -> None:
    plain = Markup(finding_html(finding("plain"))).tags
    for text in HOSTILE[::5]:
        seen = Markup(finding_html(finding(text)))
        assert (seen.tags, seen.active) == (plain, []), text


def test_no_string_becomes_a_formula_in_a_csv() -> None:
    archive = zipfile.ZipFile(io.BytesIO(data_zip(brief("plain", charted()))))
    cells = 0
    for name in archive.namelist():
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))):
                for cell in row:
                    cells += 1
                    assert NUMBER.fullmatch(cell) or not cell.lstrip().startswith(tuple("=+-@|%\uff1d")), cell
                    assert not STEERING.search(cell)
    assert cells > 3 * len(HOSTILE)
    text = archive.read("figure-1-history-contributions.csv").decode("utf-8-sig")
    changes = [row["change"] for row in csv.DictReader(io.StringIO(text))]
    assert sorted(map(int, changes)) == sorted(-i - 1 for i in range(len(HOSTILE)))


def test_no_string_steers_a_terminal_through_json_or_bib() -> None:
    for text in HOSTILE:
        told = findings_json([finding(text)])
        told["findings"][0]["id"] = terminal_text(told["findings"][0]["id"])
        assert not STEERING.search(json.dumps(told, ensure_ascii=False)), text
        entry = bibtex([finding(text).provenance])
        assert not STEERING.search(entry), text
        assert entry.count("{") == entry.count("}"), text


@given(st.text())
@example("\x1b\x1b[31m[31m")
@example("\x1b\u200b[31m")
def test_cleaned_text_has_nothing_that_steers_and_stays_as_it_is(text: str) -> None:
    cleaned = terminal_text(text)
    assert not STEERING.search(cleaned)
    assert "\n" not in cleaned
    assert terminal_text(cleaned) == cleaned


@given(st.text())
def test_a_cell_is_never_a_formula(text: str) -> None:
    cell = csv_cell(text)
    assert NUMBER.fullmatch(cell) or not cell.startswith(tuple("=+-@\t\r"))


@given(st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_number_stays_a_number_in_a_cell(value: float) -> None:
    assert float(csv_cell(value)) == value
    assert float(csv_cell(str(value))) == value


@given(st.text())
@settings(max_examples=200)
@example("https://example.org/\u202e")
@example("https://[::1")
def test_an_address_is_a_plain_web_address_or_nothing(text: str) -> None:
    for candidate in (text, f"https://example.org/{text}", f"{text}://example.org"):
        url = safe_url(candidate)
        assert url is None or re.fullmatch(r"https?://[^\s<>\"'\\]+", url)


@pytest.mark.parametrize("text", SEEDS)
def test_no_seed_is_taken_for_an_address(text: str) -> None:
    assert safe_url(text) is None
