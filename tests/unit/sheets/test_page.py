"""The page for answering: keeps each answer, lets nobody else in, tells no answer to an address or a log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from tests import toy_answering

from visavis.errors import MissingExtraError, UsageError
from visavis.sheets import _serving
from visavis.sheets.answering import Given, Sheet, open_sheet, order_of
from visavis.sheets.page import answering_app
from visavis.sheets.words import phrase

TestClient = pytest.importorskip("fastapi.testclient", reason="needs the extra web").TestClient
PERSON = next(p for p in ("k7m2qx9a", "k7m2qx9b", "k7m2qx9c", "k7m2qx9d") if order_of(p) == "own first")
TOKEN = "a-token-for-tests"
HOME = "http://127.0.0.1:8000"
FROM_US = {"origin": HOME}
FIRST = {"q1": "1", "q2": "2", "q3": "10", "q4": "my reason", "q5": "their reason", "do": "save"}


@pytest.fixture
def sheet(tmp_path: Path) -> Iterator[Sheet]:
    with open_sheet(tmp_path, toy_answering.questionnaire(), "KOR", PERSON) as opened:
        yield opened


def _guard(longest: int = 256 << 10) -> _serving.Guard:
    return _serving.Guard(_serving.local_hosts(8000), "http", {_serving.hashed(TOKEN): PERSON}, longest)


def _client(sheet: Sheet, *, token: str = TOKEN, guard: _serving.Guard | None = None) -> Any:
    app = answering_app(sheet, guard or _guard(), language="en")
    client = TestClient(app, base_url=HOME, follow_redirects=False, raise_server_exceptions=True)
    if token:
        assert client.get(f"/?token={token}").status_code == 303
    return client


def test_the_token_moves_to_a_cookie_and_leaves_the_address(sheet: Sheet) -> None:
    client = _client(sheet, token="")
    answer = client.get(f"/?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/").status_code == 200


def test_from_another_site_a_page_of_ours_goes_on_since_the_cookie_would_not(sheet: Sheet) -> None:
    answer = _client(sheet, token="").get(f"/?token={TOKEN}", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert 'content="0;url=/"' in answer.text
    assert TOKEN not in answer.text


@pytest.mark.parametrize("address", ["/", "/item/1", "/?token=wrong", "/nothing"])
def test_without_the_token_nothing_is_shown(sheet: Sheet, address: str) -> None:
    answer = _client(sheet, token="").get(address)
    assert answer.status_code == 403
    assert "Trade" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1:8001", "127.0.0.1", ""])
def test_another_name_for_this_machine_is_refused(sheet: Sheet, host: str) -> None:
    client = _client(sheet)
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("origin", [{}, {"origin": "null"}, {"origin": "http://evil.example"}, {"origin": HOME + "0"}])
def test_a_form_of_another_page_changes_nothing(sheet: Sheet, origin: dict[str, str]) -> None:
    answer = _client(sheet).post("/item/1", data=FIRST, headers=origin)
    assert answer.status_code == 403
    assert len(sheet.remaining()) == len(sheet.steps)


def test_too_long_a_form_is_refused_before_it_is_read(sheet: Sheet) -> None:
    client = _client(sheet, guard=_guard(longest=100))
    assert client.post("/item/1", data={"q4": "x" * 200}, headers=FROM_US).status_code == 413
    assert client.post("/item/1", content=iter([b"q1=1"]), headers=FROM_US).status_code == 411
    assert client.put("/item/1", headers=FROM_US).status_code == 405


@pytest.mark.parametrize("address", ["/", "/item/1", "/nothing", f"/?token={TOKEN}"])
def test_every_reply_forbids_scripts_framing_and_keeping(sheet: Sheet, address: str) -> None:
    headers = _client(sheet).get(address).headers
    policy = headers["content-security-policy"]
    assert re.match(r"default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'", policy)
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"


def test_a_whole_sheet_is_answered_page_by_page(sheet: Sheet) -> None:
    client = _client(sheet)
    assert "0 of 10 answers kept" in client.get("/").text
    pages = [FIRST, {"q1": "4", "q2": "35", "q3": "0"}, {"q1": "society", "q2": "6"}]
    goes_on = ["/item/2", "/item/3", "/"]
    for number, (page, then) in enumerate(zip(pages, goes_on, strict=True), 1):
        answer = client.post(f"/item/{number}", data=page, headers=FROM_US)
        assert (answer.status_code, answer.headers["location"]) == (303, then)
    values = [sheet.given(step).value for step in sheet.steps]  # type: ignore[union-attr]
    assert values == [1, 2, 10, "my reason", "their reason", 4, 35, 0, "society", 6]
    assert "All questions are answered" in client.get("/").text
    assert 'value="35"' in client.get("/item/2").text
    assert re.search(r'value="society"[^>]* checked', client.get("/item/3").text)


@pytest.mark.parametrize("lang", ["en", "ko", "ja", "zh"])
def test_the_first_page_says_what_happens_with_the_answers(sheet: Sheet, lang: str) -> None:
    page = _client(sheet).get(f"/?lang={lang}").text
    assert page.index(str(escape(phrase("consent.about", lang)))) < page.index('href="/item/1"')


def test_consent_is_asked_on_the_first_page_and_is_no_until_it_is_a_yes(sheet: Sheet) -> None:
    client = _client(sheet)

    def chosen() -> list[str]:
        return re.findall(r'name="consent" value="(\w+)" checked', client.get("/").text)

    assert chosen() == ["no"]
    assert not sheet.consent_asked
    for posted, kept in (("yes", True), ("no", False), ("yes", True), ("x", False)):
        answer = client.post("/consent", data={"consent": posted}, headers=FROM_US)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert sheet.person.consent == kept
        assert chosen() == ["yes" if kept else "no"]
    assert client.post("/consent", data={"consent": "yes"}, headers={"origin": "null"}).status_code == 403
    assert not sheet.person.consent


def test_what_is_wrong_is_listed_with_links_to_the_fields_and_what_is_right_is_kept(sheet: Sheet) -> None:
    client = _client(sheet)
    answer = client.post("/item/2", data={"q1": "3", "q2": "135", "do": "save"}, headers=FROM_US)
    assert answer.status_code == 422
    assert sheet.given(sheet.steps[5]) == Given(3)
    linked = re.findall(r'<li><a href="#(q\d-1)">', answer.text)
    assert linked == ["q2-1", "q3-1"]
    assert all(f'id="{one}"' in answer.text for one in linked)
    assert 'value="135"' in answer.text
    assert 'role="alert" tabindex="-1" autofocus' in answer.text


def test_later_goes_on_without_an_answer_and_keeps_what_was_given(sheet: Sheet) -> None:
    answer = _client(sheet).post("/item/1", data={"q1": "2", "do": "later"}, headers=FROM_US)
    assert answer.headers["location"] == "/item/2"
    assert sheet.given(sheet.steps[0]) == Given(2)
    assert "in part" in _client(sheet).get("/").text


def test_a_number_may_take_the_place_of_cannot_guess_and_the_other_way_round(sheet: Sheet) -> None:
    client, step = _client(sheet), sheet.steps[6]
    posts = [
        ({"q2-none": "cannot guess"}, Given(None, "cannot guess")),
        ({"q2-none": "cannot guess", "q2": "40"}, Given(40)),
        ({"q2-none": "declined", "q2": "40"}, Given(None, "declined")),
    ]
    for posted, kept in posts:
        client.post("/item/2", data={**posted, "do": "later"}, headers=FROM_US)
        assert sheet.given(step) == kept
    answer = client.post("/item/2", data={"q2": "7", "q2-none": "cannot guess", "do": "later"}, headers=FROM_US)
    assert "not both" in answer.text
    assert sheet.given(step) == Given(None, "declined")


@pytest.mark.parametrize(
    ("lang", "said"),
    [("ko", "저장하고 계속"), ("ja", "保存して次へ"), ("zh", "保存并继续"), ("xx", "Save and continue")],
)
def test_it_speaks_the_chosen_language_and_remembers_it(sheet: Sheet, lang: str, said: str) -> None:
    client = _client(sheet)
    assert said in client.get(f"/item/1?lang={lang}").text
    page = client.get("/item/2").text
    assert said in page
    assert f'<html lang="{lang if lang != "xx" else "en"}">' in page


def test_hostile_wording_is_shown_as_text(tmp_path: Path) -> None:
    asked = toy_answering.questionnaire()
    evil = "<script>alert(1)</script>\u202e\"'>"
    scale = replace(asked.items[0].scale, labels={"en": (evil,) * 4})
    item = replace(asked.items[0], text={"en": evil}, scale=scale)
    hostile = replace(asked, title={"en": evil}, items=(item,))
    with open_sheet(tmp_path, hostile, "KOR", PERSON) as sheet:
        client = _client(sheet)
        client.post("/item/1", data={"q4": f"</textarea>{evil}", "do": "later"}, headers=FROM_US)
        shown = client.get("/").text + client.get("/item/1").text
    assert "<script" not in shown
    assert shown.count("</textarea>") == 2
    assert "\u202e" not in shown


def test_a_number_that_is_no_item_leads_back(sheet: Sheet) -> None:
    client = _client(sheet)
    assert client.get("/item/99").headers["location"] == "/"
    assert client.post("/item/0", data=FIRST, headers=FROM_US).headers["location"] == "/"


def test_an_error_inside_tells_its_kind_and_place_and_no_answer(
    sheet: Sheet, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("their secret reason")

    client = _client(sheet)
    monkeypatch.setattr(sheet, "answer", fails)
    with caplog.at_level(logging.DEBUG, "visavis"):
        answer = client.post("/item/1", data=FIRST, headers=FROM_US)
    assert answer.status_code == 500
    assert "ValueError at test_page.py:" in caplog.text
    assert "secret" not in caplog.text + answer.text
    assert "reason" not in caplog.text


def test_without_the_extra_it_is_named(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "uvicorn", None)
    with pytest.raises(MissingExtraError, match=r"visavis\[web\]"):
        answering_app(sheet, _guard(), language="en")


def test_a_port_that_is_taken_is_named() -> None:
    with _serving.bound("127.0.0.1", 0) as opened, pytest.raises(UsageError, match="cannot be had"):
        _serving.bound("127.0.0.1", opened.getsockname()[1])
