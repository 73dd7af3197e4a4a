"""The brief in Korean, Japanese and Chinese: its letters come with it, and every other language is marked."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from tests import toy_brief as toy

from visavis.brief import fonts
from visavis.brief.files import by_language
from visavis.brief.render import render
from visavis.errors import MissingFontError, UsageError
from visavis.record import open_record

LANGS = {"ko": "ko", "ja": "ja", "zh": "zh-Hans"}


def _font(lang: str) -> None:
    if not fonts.families(lang):
        pytest.skip(f"needs a free font with {lang} letters, such as Noto Sans CJK (fonts-noto-cjk)")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The brief that a first user sees, in each language, written at once."""
    for lang in LANGS:
        _font(lang)
    path = tmp_path_factory.mktemp("brief") / "kor-jpn.html"
    written = open_record("east-asia").pair("KOR", "JPN").brief(path, lang=",".join(LANGS))
    assert [file.name for file in written.files if file.suffix == ".html"] == [f"kor-jpn.{lang}.html" for lang in LANGS]
    return {lang: path.with_suffix(f".{lang}.html").read_text(encoding="utf-8") for lang in LANGS}


@pytest.fixture(params=LANGS)
def page(request: pytest.FixtureRequest, pages: dict[str, str]) -> tuple[str, str]:
    """A language, and the brief in it."""
    return request.param, pages[request.param]


class Runs(HTMLParser):
    """Every run of text with the language that it is marked with."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.runs: list[tuple[str, str]] = []
        self.hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "link"):
            before = self.open[-1][1] if self.open else ""
            self.open.append((tag, dict(attrs).get("lang") or before))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] not in ("style", "script") and data.strip():
            self.runs.append((self.open[-1][1], data.strip()))


def test_the_page_says_its_language_and_stays_under_two_megabytes(page: tuple[str, str]) -> None:
    lang, html = page
    assert f'<html lang="{LANGS[lang]}">' in html
    assert len(html.encode()) <= 2 << 20


def test_every_run_of_english_words_is_marked_as_english(page: tuple[str, str]) -> None:
    lang, html = page
    for marked, text in Runs(html).runs:
        if marked == LANGS[lang]:
            words = re.sub(r"visavis(?: [a-z]+)*|\b[\w.-]+@?\.(?:zip|bib|html)\b|https?://\S+", " ", text)
            english = re.findall(r"\b[a-z]{3,}(?: [a-z]{2,}){2,}", words)
            assert not english, f"{english} is not marked in {text!r}"


def test_text_of_the_other_side_is_marked_with_its_language(page: tuple[str, str]) -> None:
    lang, html = page
    runs = Runs(html).runs
    if lang != "ko":
        assert ("ko", "독도") in runs
    if lang != "ja":
        assert ("ja", "竹島") in runs


def test_every_sign_of_the_page_is_in_the_letters_that_come_with_it(page: tuple[str, str]) -> None:
    from fontTools.ttLib import TTFont

    _, html = page
    letters = re.findall(r'url\("data:font/woff;base64,([^"]+)"\)', html)
    assert len(letters) == 2  # regular and bold
    for one in letters:
        font = TTFont(io.BytesIO(base64.b64decode(one)))
        held = {chr(code) for code in font.getBestCmap()}
        assert fonts.signs(html) <= held
        assert "SIL Open Font License" in str(font["name"].getDebugName(13))


def test_the_policy_names_the_style_with_its_letters_and_lets_nothing_else_in(page: tuple[str, str]) -> None:
    _, html = page
    style = re.search(r"<style>(.*?)</style>", html, flags=re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; font-src data:; base-uri 'none'; form-action 'none'"
    assert policy in html


def test_the_same_page_brings_the_same_letters() -> None:
    _font("ko")
    text = "<p>대한민국과 일본</p>"
    assert fonts.font_css(text, "ko") == fonts.font_css(text, "ko") != ""


def test_an_english_page_needs_no_font_and_allows_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VISAVIS_FONTS", str(tmp_path))
    with toy.toy_sentences():
        html = render(toy.brief())
    assert "font-src" not in html
    assert "@font-face" not in html


def test_an_english_page_that_quotes_korean_takes_its_letters_along_and_marks_it() -> None:
    _font("ko")
    with toy.toy_sentences():
        html = render(replace(toy.brief(), objections=(("KOR", "이의 있음"),)))
    assert '<span lang="ko">이의 있음</span>' in html
    assert "@font-face" in html
    assert "font-src data:" in html


def test_a_machine_without_a_free_font_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VISAVIS_FONTS", str(tmp_path))
    for lang, name in (("ko", "Korean"), ("ja", "Japanese"), ("zh", "Chinese")):
        with pytest.raises(MissingFontError, match=rf"No free font with {name}.*fonts-noto-cjk.*VISAVIS_FONTS"):
            by_language(tmp_path / "x.html", lang)
    monkeypatch.setenv("VISAVIS_FONTS", "none")
    assert fonts.font_css("<p>한국</p>", "ko") == ""
    monkeypatch.setenv("VISAVIS_FONTS", str(tmp_path / "absent.otf"))
    with pytest.raises(MissingFontError, match=r"absent\.otf, which does not exist"):
        fonts.font_css("<p>한국</p>", "ko")


def test_a_file_that_is_no_font_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "NotoSansKR-Regular.otf").write_bytes(b"not a font")
    (tmp_path / "NotoSansCJK-Regular.ttc").write_bytes(b"ttcf" + b"\0\0\0\1" * 10)
    (tmp_path / "NotoSansCJK-Bold.ttc").write_bytes(b"ttcf")
    monkeypatch.setenv("VISAVIS_FONTS", str(tmp_path))
    assert fonts.families("ko") == ()


def test_a_sign_that_no_font_has_is_named_with_its_place() -> None:
    _font("ko")
    with pytest.raises(MissingFontError, match=r"U\+3FFFD.*stands in “한국 .*VISAVIS_FONTS"):
        fonts.font_css("<p>한국 \U0003fffd 이다</p>", "ko")


def test_several_languages_write_a_file_each_and_one_writes_the_file_named(tmp_path: Path) -> None:
    for lang in LANGS:
        _font(lang)
    paths = by_language(tmp_path / "kor-jpn.html", "ko, ja,en,ko")
    assert {lang: path.name for lang, path in paths.items()} == {
        "ko": "kor-jpn.ko.html",
        "ja": "kor-jpn.ja.html",
        "en": "kor-jpn.en.html",
    }
    assert by_language(tmp_path / "a.html", "ja") == {"ja": tmp_path / "a.html"}
    with pytest.raises(UsageError, match="'xx'"):
        by_language(tmp_path / "a.html", "ko,xx")


@pytest.mark.parametrize("lang", LANGS)
def test_the_letters_bring_the_space_between_words_and_lines_as_high_as_latin_ones(lang: str) -> None:
    """WeasyPrint takes both from the file: without them words overlap and a brief has a page more."""
    _font(lang)
    css = fonts.font_css({"ko": "<p>한 국</p>", "ja": "<p>日本</p>", "zh": "<p>中国</p>"}[lang], lang)
    data = re.search(r"base64,([^\")]+)", css)
    assert data
    with TTFont(io.BytesIO(base64.b64decode(data[1]))) as font:
        assert ord(" ") in font.getBestCmap()
        em, line = font["head"].unitsPerEm, font["hhea"]
        assert (line.ascent - line.descent) / em == pytest.approx(1.16, abs=0.01)
        assert line.lineGap == 0
    assert "unicode-range" in css
    assert "U+20," not in css  # a browser takes its spaces from the Latin face
