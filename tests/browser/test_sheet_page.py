"""The page for answering in a real browser: keyboard alone, no script, nothing wrong for a screen reader."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from tests import toy_answering

from visavis.sheets.answering import Sheet, open_sheet, order_of

pytestmark = pytest.mark.browser
PERSON = next(p for p in ("k7m2qx9a", "k7m2qx9b", "k7m2qx9c", "k7m2qx9d") if order_of(p) == "own first")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Sheet]]:
    """The page's address with its token, and the sheet behind it."""
    uvicorn = pytest.importorskip("uvicorn", reason="needs the extra web")
    from visavis.sheets.page import serve_page

    servers: list[Any] = []
    run = uvicorn.Server.run
    monkeypatch.setattr(uvicorn.Server, "capture_signals", lambda self: nullcontext())
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: (servers.append(self), run(self, sockets))[1])
    told: list[str] = []
    with open_sheet(tmp_path, toy_answering.questionnaire(), "KOR", PERSON) as sheet:
        thread = threading.Thread(
            target=serve_page, args=(sheet,), kwargs={"language": "en", "on_ready": told.append}, daemon=True
        )
        thread.start()
        while not (servers and servers[0].started):
            time.sleep(0.01)
        try:
            yield told[0], sheet
        finally:
            servers[0].should_exit = True
            thread.join(20)
            assert not thread.is_alive()


def _tab_to(page: Any, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"{selector} is not reached with the keyboard")


def test_a_sheet_is_answered_with_the_keyboard_alone_and_without_scripts(
    browser: Any, served: tuple[str, Sheet]
) -> None:
    address, sheet = served
    page = browser.new_context(java_script_enabled=False).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    assert "token" not in page.url
    page.keyboard.press("Tab")
    assert page.locator(".skip:focus").count() == 1  # first of all, the way past the languages
    _tab_to(page, "a.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/item/1")

    def choose(name: str, downs: int) -> None:
        _tab_to(page, f"input[name={name}]")
        page.keyboard.press("Space")
        for _ in range(downs):
            page.keyboard.press("ArrowDown")

    choose("q1", 1)
    choose("q2", 4)  # past the four codes: cannot guess
    choose("q3", 10)
    for name, text in (("q4", "my reason"), ("q5", "their reason")):
        _tab_to(page, f"textarea[name={name}]")
        page.keyboard.type(text)
    _tab_to(page, "button[value=save]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/item/2")
    choose("q1", 3)
    _tab_to(page, "input[type=text]")
    page.keyboard.type("350")
    choose("q3", 0)
    page.keyboard.press("Enter")  # sends the form with its first button
    page.wait_for_selector(".summary:focus")  # what is wrong has the focus
    _tab_to(page, ".summary a")
    page.keyboard.press("Enter")
    assert page.locator("#q2-1:focus").count() == 1  # the link leads into the field
    page.keyboard.press("Control+A")
    page.keyboard.type("35")
    page.keyboard.press("Enter")
    page.wait_for_url("**/item/3")
    choose("q1", 2)
    choose("q2", 6)
    _tab_to(page, "button[value=save]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]")
    given = [sheet.given(step) for step in sheet.steps]
    values = [None if one is None else one.missing or one.value for one in given]
    assert values == [2, "cannot guess", 10, "my reason", "their reason", 4, 35, 0, "society", 6]
    assert [line for line in said if "422" not in line] == []  # the content policy lets all through that is here


@pytest.mark.parametrize("lang", ["en", "ko", "ja", "zh"])
def test_no_page_breaks_a_rule_of_accessibility_or_is_wider_than_a_phone(
    browser: Any, served: tuple[str, Sheet], lang: str
) -> None:
    """axe is let past the content policy, which forbids every script."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python").Axe()
    for width in (390, 1280):
        page = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800}).new_page()
        page.goto(served[0])
        start = page.url
        for address in (f"?lang={lang}", "item/1", "item/2", "item/3", "wrong"):
            if address == "wrong":
                page.goto(start + "item/2")
                page.locator("button[value=save]").click()
                page.wait_for_selector(".summary")
            else:
                page.goto(start + address)
            assert page.locator("html").get_attribute("lang") == lang
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found = axe.run(page)
            assert not found.violations_count, found.generate_report()


def test_the_hosts_page_breaks_no_rule_of_accessibility(browser: Any, tmp_path: Path) -> None:
    """Its pages as files: they need no server to be looked at."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python").Axe()
    client_of = pytest.importorskip("fastapi.testclient", reason="needs the extra web").TestClient
    from visavis.sheets import exchange, host

    asked = toy_answering.questionnaire()
    kept, tokens = host.create_host(tmp_path / "host", asked)
    client = client_of(host.host_app(kept, host.host_guard(kept, port=1)), base_url="http://127.0.0.1:1")
    pages = {"empty": client.get(f"/?token={tokens['KOR']}").text}
    for side in asked.sides:
        exchange.seal(tmp_path / side, {}, sheet=asked.sha256, sides=asked.sides, side=side)
        done = exchange.commit(tmp_path / side).path
        assert done is not None
        kept.put(side, done.read_bytes())
    pages["committed"] = client.get("/?lang=ja").text
    pages["refused"] = client.post("/", content=b"", headers={"origin": "http://127.0.0.1:1"}).text
    assert "summary" in pages["refused"]
    for name, text in pages.items():
        path = tmp_path / f"{name}.html"
        path.write_text(text, encoding="utf-8")
        for width in (390, 1280):
            page = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800}).new_page()
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
            found = axe.run(page)
            assert not found.violations_count, found.generate_report()
