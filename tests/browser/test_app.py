"""The app in a real browser: without scripts, with the keyboard alone, on a phone, with nothing wrong for axe."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

pytestmark = pytest.mark.browser
SCENARIO = "/KOR-JPN/scenario?name=x&months=12&watch=conflict&by1=both&what1=dialogue&change1=add&amount1={}&start1=1"
PAGES = [
    "/", "/KOR-JPN", "/KOR-JPN/now", "/KOR-JPN/history?since=2006", "/KOR-JPN/scenario", SCENARIO.format("1&months1=6"),
    SCENARIO.format("much"), "/?first=KOR&second=Jpan", "/KOR-JPN/nothing",
]  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of an app over the shipped pack, with its token."""
    uvicorn = pytest.importorskip("uvicorn", reason="needs the extra web")
    from visavis.web.serve import serve_app

    servers: list[Any] = []
    run = uvicorn.Server.run
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uvicorn.Server, "capture_signals", lambda self: nullcontext())
        patch.setattr(uvicorn.Server, "run", lambda self, sockets: (servers.append(self), run(self, sockets))[1])
        thread = threading.Thread(
            target=serve_app, args=(["east-asia"],), kwargs={"on_ready": told.append}, daemon=True
        )
        thread.start()
        while not (servers and servers[0].started):
            time.sleep(0.01)
        try:
            yield told[0]
        finally:
            servers[0].should_exit = True
            thread.join(20)
            assert not thread.is_alive()


def _settled(page: Any, address: str) -> None:
    """Goes to an address, and waits until what it waits for is there."""
    page.goto(address)
    for _ in range(120):
        if page.locator("footer").count() and not page.locator("progress").count():
            return
        time.sleep(0.25)
    raise AssertionError(f"{address} never came")


def _home(address: str) -> str:
    return address.partition("/?")[0]


def test_from_the_front_page_to_a_finding_with_the_keyboard_alone_and_without_scripts(
    browser: Any, address: str
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    assert "token" not in page.url
    page.wait_for_selector("#first")

    def tab_to(selector: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.locator(f"{selector}:focus").count():
                return
        raise AssertionError(f"{selector} is not reached with the keyboard")

    page.keyboard.press("Tab")
    assert page.locator(".skip:focus").count() == 1
    tab_to("#first")
    page.keyboard.type("south korea")
    tab_to("#second")
    page.keyboard.type("日本")
    page.keyboard.press("Enter")
    page.wait_for_url("**/KOR-JPN*")
    page.wait_for_selector(".minute li", timeout=60_000)
    tab_to(".minute .more")
    page.keyboard.press("Enter")
    page.wait_for_url("**/KOR-JPN/*#cf*", timeout=60_000)
    assert page.locator("article:target .sentence").count() == 1
    assert said == []  # the content policy lets all through that is here
    assert all(url.startswith(_home(address)) for url in asked)


@pytest.mark.parametrize("lang", ["en", "ko", "ja", "zh"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_breaks_a_rule_of_accessibility_or_is_wider_than_its_screen(
    browser: Any, address: str, width: int, lang: str
) -> None:
    """axe is let past the content policy, which forbids every script."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python").Axe()
    page = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800}).new_page()
    page.goto(address)
    page.goto(f"{_home(address)}/?lang={lang}")
    for path in PAGES if lang == "en" or (lang, width) == ("ko", 390) else PAGES[:2]:
        _settled(page, _home(address) + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = axe.run(page)
        assert not found.violations_count, f"{path}\n{found.generate_report()}"


def test_what_takes_long_is_waited_for_without_scripts_and_breaks_no_rule(
    browser: Any, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from visavis.findings import likeness as chapter

    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python").Axe()
    quick = chapter.likeness
    monkeypatch.setattr("visavis.web.app._FIRST", 0.1)
    monkeypatch.setattr(chapter, "likeness", lambda view: (time.sleep(4), quick(view))[1])
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto(address)
    place = f"{_home(address)}/USA-JPN/likeness"

    def still(route: Any) -> None:
        """The page as it is while it waits: it does not go on by itself."""
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('http-equiv="refresh"', 'name="was-refresh"'))

    page.route(place, still)
    page.goto(place)
    assert page.locator("h1").inner_text() == "How alike are they really?"
    assert page.locator("progress").count() == 1
    found = axe.run(page)
    assert not found.violations_count, found.generate_report()
    page.unroute(place)
    page.goto(place)
    page.wait_for_selector(".sentence", timeout=30_000)
    assert page.url == place


def test_a_page_prints_without_its_forms_and_bars(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    _settled(page, f"{_home(address)}/KOR-JPN/likeness")
    page.emulate_media(media="print")
    assert not page.locator("form").first.is_visible()
    assert not page.locator("nav").first.is_visible()
    assert page.locator(".sentence").first.is_visible()
