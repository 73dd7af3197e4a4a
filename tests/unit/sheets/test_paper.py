"""A printed sheet asks everything once, in one language and order, and runs and fetches nothing."""

from __future__ import annotations

import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from visavis.asked import Item, Questionnaire, Scale
from visavis.errors import UsageError
from visavis.sheets.new import new_sheet, templates
from visavis.sheets.paper import paper_html
from visavis.sheets.wording import REASONS, words
from visavis.sheets.words import phrase

LANGS = ("en", "ko", "ja", "zh")
HOSTILE = "</title><script>alert(1)</script><img src=http://x.example/a onerror=b>\u202e{{ 7*7 }}"


class _Page(HTMLParser):
    """Tags with their attributes, text, and whether tags close in order."""

    VOID = ("meta", "input", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Questionnaire]:
    folder = tmp_path_factory.mktemp("sheets")
    return {name: new_sheet(name, "KOR", "JPN", folder / f"{name}.toml") for name in templates()}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("template", ["bilateral-security", "public-opinion"])
def test_every_question_is_asked_once_with_its_codes(
    sheets: dict[str, Questionnaire], template: str, lang: str
) -> None:
    asked = sheets[template]
    page = _Page(paper_html(asked, "KOR", lang))
    assert page.open == []
    places = [f"{item.id} {question}" for item in asked.items for question in item.asks]
    places += [f"{item.id} {which}" for item in asked.items if item.reasons for which in REASONS]
    shown = [text for text in page.words if text in set(places)]
    assert sorted(shown) == sorted(places)
    for n, item in enumerate(asked.items, 1):
        codes = [i["value"] for i in page.all("input") if i.get("name") == f"i{n}-own"]
        assert codes == ([str(code) for code in item.scale.codes] if "own" in item.asks else [])
    assert page.all("html")[0]["lang"] == lang


@pytest.mark.parametrize("lang", LANGS)
def test_only_one_language_is_on_the_sheet(sheets: dict[str, Questionnaire], lang: str) -> None:
    asked = sheets["public-opinion"]
    text = paper_html(asked, "JPN", lang)
    for item in asked.items:
        for other in LANGS:
            assert (item.text[other] in text) == (other == lang)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("template", ["bilateral-security", "public-opinion"])
def test_before_the_first_question_it_says_what_happens_with_the_answers(
    sheets: dict[str, Questionnaire], template: str, lang: str
) -> None:
    words = _Page(paper_html(sheets[template], "KOR", lang)).words
    assert words.index(phrase("consent.about", lang)) < words.index(sheets[template].items[0].text[lang])


def test_own_view_stands_before_the_estimate_in_one_order_and_after_it_in_the_other(
    sheets: dict[str, Questionnaire],
) -> None:
    asked = sheets["public-opinion"]
    for order, before in (("own first", True), ("estimate first", False)):
        text = paper_html(asked, "KOR", "en", order)
        for item in asked.items:
            if {"own", "other"} <= set(item.asks):
                assert (text.index(f"{item.id} own<") < text.index(f"{item.id} other<")) == before


def test_the_code_on_the_sheet_tells_questionnaire_side_and_order(sheets: dict[str, Questionnaire]) -> None:
    asked = sheets["public-opinion"]
    assert f"{asked.sha256[:12]} KOR A" in paper_html(asked, "KOR", "en")
    assert f"{asked.sha256[:12]} JPN B" in paper_html(asked, "JPN", "en", "estimate first")


def test_cannot_guess_is_offered_wherever_others_are_estimated_and_nowhere_else(
    sheets: dict[str, Questionnaire],
) -> None:
    asked = sheets["bilateral-security"]
    page = _Page(paper_html(asked, "KOR", "ja"))
    boxes = [i["name"] for i in page.all("input") if i.get("value") == "cannot guess"]
    guessed = ("other", "own_people", "felt", "will", "other_standard")
    wanted = [f"i{n}-{q}" for n, item in enumerate(asked.items, 1) for q in item.asks if q in guessed]
    assert sorted(map(str, boxes)) == sorted(wanted)
    assert words("ja")["cannot guess"] in page.words


def test_every_box_has_a_label_and_every_group_a_legend(sheets: dict[str, Questionnaire]) -> None:
    page = _Page(paper_html(sheets["bilateral-security"], "KOR", "ko"))
    named = {label["for"] for label in page.all("label") if "for" in label}
    free = [i for i in (*page.all("input"), *page.all("textarea")) if i.get("type") in (None, "text") or "id" in i]
    assert free
    assert all(i.get("id") in named for i in free)
    assert len(page.all("fieldset")) == len(page.all("legend")) > 50
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert len(page.all("h1")) == 1


def test_hostile_words_stay_words_and_nothing_runs_or_is_fetched() -> None:
    scale = Scale("s", (0, 1), {"en": (HOSTILE, HOSTILE + "2")}, frozenset({1}))
    item = Item("tea", "t", {"en": HOSTILE}, scale, estimate="percent", reasons=True)
    text = paper_html(Questionnaire("q", {"en": HOSTILE}, ("JPN", "KOR"), "public", (item,), "ab" * 32), "KOR", "en")
    page = _Page(text)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "iframe", "link", "object", "form"}
    assert not any(
        name.startswith("on") or name in ("src", "href", "style") for _, attrs in page.tags for name in attrs
    )
    assert "\u202e" not in text
    assert "{{ 7*7 }}" in text
    assert not re.search(r"url\(|@import", text)
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


@pytest.mark.parametrize(
    ("side", "lang", "order"), [("CHN", "en", "own first"), ("KOR", "fr", "own first"), ("KOR", "en", "any")]
)
def test_another_side_language_or_order_is_refused(
    sheets: dict[str, Questionnaire], side: str, lang: str, order: str
) -> None:
    with pytest.raises(UsageError):
        paper_html(sheets["public-opinion"], side, lang, order)


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGS)
def test_it_prints_on_few_pages_and_fits_a_phone(sheets: dict[str, Questionnaire], lang: str, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail("Chromium is missing and REQUIRE_ALL=1")
        pytest.skip("needs Chromium")
    api = pytest.importorskip("playwright.sync_api")
    (tmp_path / "s.html").write_text(paper_html(sheets["public-opinion"], "KOR", lang), encoding="utf-8")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 800})
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto((tmp_path / "s.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        printed = page.pdf(prefer_css_page_size=True)
        browser.close()
    assert len(requests) == 1
    assert 5 <= len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= 9
