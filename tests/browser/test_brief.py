"""The brief in a real browser: nothing runs, nothing is fetched, it fits a phone and eight pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests import toy_brief as toy

from visavis.brief.fonts import families
from visavis.brief.render import render
from visavis.record import open_record

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=["toy", "shipped"])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A brief on disk: the toy's, and the one that a first user sees."""
    path = tmp_path_factory.mktemp("brief") / "kor-jpn.html"
    if request.param == "shipped":
        open_record("east-asia").pair("KOR", "JPN").brief(path)
        return path
    with toy.toy_sentences():
        path.write_text(render(toy.brief()), encoding="utf-8")
    return path


def test_the_brief_opens_offline_without_a_request_or_a_complaint(browser: Any, file: Path) -> None:
    page = browser.new_context(offline=True).new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
    assert said == []  # the content policy lets every style through
    assert page.locator("h1").evaluate("e => getComputedStyle(e).fontSize") != "32px"


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_the_page_is_never_wider_than_the_screen(browser: Any, file: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_label_of_a_picture_is_cut_off(browser: Any, file: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(file.as_uri())
    cut = page.evaluate(
        """() => [...document.querySelectorAll("svg text")].filter(t => {
            const a = t.getBoundingClientRect(), b = t.closest("svg").getBoundingClientRect();
            const out = [b.left - a.left, a.right - b.right, b.top - a.top, a.bottom - b.bottom];
            return a.width > 0 && Math.max(...out) > 2;
        }).map(t => t.textContent)"""
    )
    assert cut == []


def test_the_page_breaks_no_rule_of_accessibility(browser: Any, file: Path) -> None:
    """axe is let past the content policy, which forbids every script."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python").Axe()
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto(file.as_uri())
    found = axe.run(page)
    assert not found.violations_count, found.generate_report()


def test_printed_text_is_nine_points_or_more_on_at_most_eight_pages(browser: Any, file: Path) -> None:
    page = browser.new_page(viewport={"width": 680, "height": 1000})
    page.goto(file.as_uri())
    page.emulate_media(media="print")
    small = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter(e => e.getClientRects().length &&
            [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => {
            const svg = e.closest("svg");
            const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
            return [e.textContent.trim().slice(0, 30), scale * parseFloat(getComputedStyle(e).fontSize) * 0.75];
        }).filter(([text, size]) => size < 8.95)"""
    )
    assert small == []
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 8


FONTS_OFF = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"""
LATIN = [Path("/usr/share/fonts/truetype") / name for name in ("dejavu", "liberation", "liberation2")]


@pytest.fixture(scope="module")
def bare_browser(launch: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Chromium on a machine that has Latin fonts alone: fontconfig is shown no others."""
    if not LATIN[0].is_dir():
        pytest.skip("needs DejaVu fonts under /usr/share/fonts/truetype")
    place = tmp_path_factory.mktemp("fonts")
    (place / "latin").mkdir()
    for folder in LATIN:
        if folder.is_dir():
            (place / "latin" / folder.name).symlink_to(folder)
    (place / "fonts.conf").write_text(FONTS_OFF.format(fonts=place / "latin", cache=place / "cache"), encoding="utf-8")
    return launch(FONTCONFIG_FILE=str(place / "fonts.conf"))


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The brief that a first user sees, in Korean, Japanese and Chinese."""
    if not all(families(lang) for lang in ("ko", "ja", "zh")):
        pytest.skip("needs a free font with the letters of East Asia, such as Noto Sans CJK")
    path = tmp_path_factory.mktemp("foreign") / "kor-jpn.html"
    written = open_record("east-asia").pair("KOR", "JPN").brief(path, lang="ko,ja,zh")
    return {file.suffixes[0][1:]: file for file in written.files if file.suffix == ".html"}


DRAWN = """() => {
    // A sign without a glyph is drawn as the box that a code point nobody has is drawn as.
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d", {willReadFrequently: true});
    canvas.width = canvas.height = 24;
    const picture = (sign, font) => {
        pen.clearRect(0, 0, 24, 24); pen.font = "16px " + font; pen.fillText(sign, 2, 18);
        return pen.getImageData(0, 0, 24, 24).data.join();
    };
    const seen = new Set(), boxes = [];
    for (const element of document.querySelectorAll("body *")) {
        const font = getComputedStyle(element).fontFamily;
        for (const node of element.childNodes) {
            if (node.nodeType !== 3) continue;
            for (const sign of node.textContent) {
                if (sign.codePointAt(0) < 0x1100 || seen.has(sign + font) || !sign.trim()) continue;
                seen.add(sign + font);
                if (picture(sign, font) === picture("\\uFDD0", font)) boxes.push(sign);
            }
        }
    }
    return [seen.size, boxes];
}"""


@pytest.mark.parametrize("lang", ["ko", "ja", "zh"])
def test_a_machine_without_the_letters_shows_every_sign(bare_browser: Any, foreign: dict[str, Path], lang: str) -> None:
    page = bare_browser.new_context(offline=True, bypass_csp=False).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(foreign[lang].as_uri())
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].map(face => face.status)") == ["loaded", "loaded"]
    count, boxes = page.evaluate(DRAWN)
    assert count > 300
    assert boxes == []
    assert said == []


@pytest.mark.parametrize("lang", ["ko", "ja", "zh"])
def test_a_page_in_another_language_fits_as_the_english_one(
    bare_browser: Any, foreign: dict[str, Path], lang: str
) -> None:
    for width in (360, 1280):
        page = bare_browser.new_page(viewport={"width": width, "height": 800})
        page.goto(foreign[lang].as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    test_no_label_of_a_picture_is_cut_off(bare_browser, foreign[lang])
    test_printed_text_is_nine_points_or_more_on_at_most_eight_pages(bare_browser, foreign[lang])


@pytest.mark.parametrize("lang", ["ko", "ja", "zh"])
def test_a_page_in_another_language_breaks_no_rule_of_accessibility(
    browser: Any, foreign: dict[str, Path], lang: str
) -> None:
    test_the_page_breaks_no_rule_of_accessibility(browser, foreign[lang])
