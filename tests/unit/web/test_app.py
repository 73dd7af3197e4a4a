"""The app: lets nobody else in, shows every chapter in every language, and says what is wrong on a page."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator
from html import unescape
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("fastapi.testclient", reason="needs the extra web")

from tests.toy_sheet import toy_asked, toy_item
from tests.toy_web import HOME, TOKEN, client, record, shown

from visavis import countries, findings
from visavis.brief.render import render
from visavis.errors import MissingExtraError, UnknownNameError, UsageError
from visavis.findings import chapters
from visavis.names import messages
from visavis.names.messages import heading, languages
from visavis.record import open_record
from visavis.sheets.files import write_joint
from visavis.web import shown as looks
from visavis.web.app import web_guard
from visavis.web.computing import Worker
from visavis.web.desk import Brought
from visavis.web.serve import named, serve_app

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.close()
    record.cache_clear()  # the engine is let go before Python ends


@pytest.fixture
def idle() -> Iterator[Worker]:
    """A worker that has computed nothing yet."""
    made = Worker()
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser(worker: Worker) -> Any:
    return client(worker)


def _text(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


# Who may ask


def test_the_token_moves_to_a_strict_cookie_and_the_address_is_clean(worker: Worker) -> None:
    browser = client(worker, token="")
    answer = browser.get(f"/KOR-JPN/now?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/KOR-JPN/now")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert browser.get("/icon.svg").status_code == 200


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "///evil.example"])
def test_the_token_leads_to_no_other_host(worker: Worker, path: str) -> None:
    scope = {"path": path}
    browser = client(worker)
    for query in (f"token={TOKEN}", "lang=ko"):
        answer = browser.get(HOME + path + "?" + query)
        assert answer.status_code == 303, scope
        assert re.match(r"/[^/\\]", answer.headers["location"]), scope


@pytest.mark.parametrize(
    "address", ["/", "/KOR-JPN", "/KOR-JPN/now", "/KOR-JPN/brief.json", "/?token=wrong", "/nothing"]
)
def test_without_the_token_nothing_is_shown(worker: Worker, address: str) -> None:
    answer = client(worker, token="").get(address)
    assert answer.status_code == 403
    assert "toy" not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1:8001", "127.0.0.1", "127.0.0.1:8000.", ""]
)
def test_another_name_for_this_machine_is_refused(browser: Any, host: str) -> None:
    assert browser.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("origin", ["null", "http://evil.example", HOME + "0", "https://127.0.0.1:8000"])
def test_a_request_from_another_page_is_refused(browser: Any, origin: str) -> None:
    assert browser.get("/", headers={"origin": origin}).status_code == 403
    assert browser.get("/", headers={"origin": HOME}).status_code in (200, 202)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_on_another_port_can_lead_here_but_fetch_nothing(browser: Any, site: str) -> None:
    fetched = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors"}
    assert browser.get("/", headers=fetched).status_code == 403
    assert browser.get("/", headers=fetched | {"sec-fetch-mode": "navigate"}).status_code in (200, 202)
    assert browser.get("/icon.svg", headers=fetched | {"sec-fetch-site": "same-origin"}).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_nothing_can_be_sent(browser: Any, method: str) -> None:
    assert getattr(browser, method)("/", headers={"origin": HOME}).status_code in (405, 411)
    assert browser.post("/", content=b"x", headers={"origin": HOME}).status_code == 413


@pytest.mark.parametrize("address", ["/", "/KOR-JPN/now", "/nothing", "/KOR-XYZ", "/icon.svg", f"/?token={TOKEN}"])
def test_every_reply_forbids_scripts_framing_and_telling_where_one_was(browser: Any, address: str) -> None:
    headers = browser.get(address).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


def test_the_brief_keeps_its_own_policy_and_may_not_be_framed(browser: Any) -> None:
    policy = shown(browser, "/KOR-JPN/brief").headers["content-security-policy"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]+'(; font-src data:)?; base-uri 'none'; form-action 'none'; "
        r"frame-ancestors 'none'",
        policy,
    )


# What is shown


@pytest.mark.parametrize("name", chapters())
def test_every_chapter_has_a_page_with_the_sentences_of_the_pair(browser: Any, name: str) -> None:
    answer = shown(browser, f"/KOR-JPN/{name}")
    assert answer.status_code == 200
    assert f"<h1>{heading(f'chapter.{name}')}</h1>" in answer.text
    text = _text(answer)
    for finding in record().pair("KOR", "JPN").chapter(name):
        assert " ".join(finding.sentence.split()) in text
    assert "<script" not in answer.text
    assert not re.search(r"""\s(?:on\w+|style)=["']""", answer.text)
    assert not re.search(r"""(?:src|href)=["'](?!/|#|\?)(?!https?://[^"']*["'] rel="noreferrer)""", answer.text)


def test_a_new_chapter_has_a_page_by_being_there(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "volume.py").write_text(
        "from visavis.findings.likeness import likeness\ndef volume(view):\n    return likeness(view)[:1]\n"
    )
    monkeypatch.setattr(findings, "__path__", [*findings.__path__, str(tmp_path)])
    entries = messages._catalogue("en")[0]
    monkeypatch.setitem(entries, "chapter.volume", messages._Entry(("How much passes between them?",)))  # type: ignore[arg-type]
    assert "How much passes between them?" in shown(browser, "/KOR-JPN/volume").text
    assert 'href="/KOR-JPN/volume"' in browser.get("/KOR-JPN/now").text


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(
    "address", ["/", "/KOR-JPN", "/KOR-JPN/now", "/KOR-JPN/scenario", "/KOR-XYZ", "/KOR-JPN/nothing"]
)
def test_every_page_is_worded_in_every_language(worker: Worker, address: str, lang: str) -> None:
    browser = client(worker)
    chosen = browser.get(f"{address}?lang={lang}&wait=3")
    assert (chosen.status_code, chosen.headers["location"]) == (303, address)
    page = shown(browser, address).text
    assert f'<html lang="{messages.Locale.parse(lang).language if lang != "zh" else "zh-Hans"}">' in page
    assert heading("web.skip", lang) in page


def test_a_browser_is_answered_in_its_own_language_until_one_is_chosen(worker: Worker) -> None:
    browser = client(worker)
    korean = {"accept-language": "fr, ko-KR;q=0.9, en;q=0.5"}
    assert '<html lang="ko">' in browser.get("/nothing", headers=korean).text
    assert '<html lang="en">' in browser.get("/nothing", headers={"accept-language": "fr, x" * 99}).text
    browser.get("/?lang=ja")
    assert '<html lang="ja">' in browser.get("/nothing", headers=korean).text


def test_the_front_page_tells_source_reach_and_coverage(browser: Any) -> None:
    text = _text(shown(browser, "/"))
    assert "toy reaches to 31 December 2015." in text
    assert "1 January 2010 31 December 2015 100 10 0 0" in text
    assert "what it lacks <b>" in text  # shown as text


@pytest.mark.parametrize(
    ("first", "second"),
    [("KOR", "JPN"), ("south korea", "Japan"), ("대한민국", "일본"), ("韓国", "日本"), ("韩国", "jp")],
)
def test_two_countries_are_chosen_by_name_in_any_language_or_by_code(browser: Any, first: str, second: str) -> None:
    answer = browser.get("/", params={"first": first, "second": second})
    assert (answer.status_code, answer.headers["location"]) == (303, "/KOR-JPN")


def test_an_address_with_names_leads_to_the_one_with_codes(browser: Any) -> None:
    answer = browser.get("/south%20korea-Japan/now?since=2012")
    assert (answer.status_code, answer.headers["location"]) == (303, "/KOR-JPN/now?since=2012")


def test_swapped_only_the_order_changes(browser: Any) -> None:
    one, other = (shown(browser, f"/{pair}/likeness") for pair in ("KOR-JPN", "JPN-KOR"))
    assert 'href="/JPN-KOR/likeness"' in one.text
    assert 'href="/KOR-JPN/likeness"' in other.text
    sentences = [re.findall(r'<p class="sentence">(.*?)</p>', answer.text, flags=re.DOTALL) for answer in (one, other)]
    assert len(sentences[0]) == len(sentences[1]) > 0


def test_a_span_goes_along_to_every_page_of_the_pair(browser: Any) -> None:
    page = shown(browser, "/KOR-JPN/history?since=2012-01&until=2013").text
    assert 'value="2012-01"' in page
    assert 'href="/KOR-JPN/now?since=2012-01&amp;until=2013"' in page
    assert (
        "2010" not in _text(shown(browser, "/KOR-JPN/history?since=2012-01&until=2013")).split("All questions")[1][:900]
    )


def test_only_a_chapter_that_looks_at_one_period_asks_for_one(browser: Any) -> None:
    assert 'name="at"' in shown(browser, "/KOR-JPN/now").text
    assert 'name="at"' not in shown(browser, "/KOR-JPN/history").text
    assert "March 2013" in _text(shown(browser, "/KOR-JPN/now?at=2013-03"))


def test_a_sheet_that_was_brought_is_on_the_pages_of_its_pair_alone(idle: Worker, tmp_path: Path) -> None:
    levels = {(side, "*", asked): share for side, share in (("JPN", 0.1), ("KOR", 0.9)) for asked in ("own", "other")}
    write_joint(tmp_path / "joint.json", toy_asked([toy_item("tea")], levels))
    browser = client(idle, brought={("JPN", "KOR"): Brought(sheets=[tmp_path / "joint.json"])})
    assert "Is tea so?" in _text(shown(browser, "/KOR-JPN/understanding"))
    assert "--sheet" in _text(shown(browser, "/KOR-JPN/brief"))  # the command that makes the same brief
    assert "Is tea so?" not in _text(shown(browser, "/KOR-CHN/understanding"))


def test_the_first_page_links_each_sentence_to_where_it_stands(browser: Any) -> None:
    page = shown(browser, "/KOR-JPN").text
    links = re.findall(r'<a class="more" href="(/KOR-JPN/\w+)#(cf\d+)">', page)
    assert links
    told = re.findall(r"<li><p>(.*?) (?:<span class=\"(?:chip|basis)|<a)", page)
    for (address, place), sentence in zip(links, told, strict=True):
        article = shown(browser, address).text.split(f'<article id="{place}"', 1)[1][:3000]
        assert sentence in article


def test_the_brief_is_the_very_file_that_the_command_writes(browser: Any, tmp_path: Path) -> None:
    record().pair("KOR", "JPN").brief(tmp_path / "kor-jpn.html")
    for kind in ("html", "zip", "bib"):
        answer = shown(browser, f"/KOR-JPN/brief.{kind}")
        assert answer.content == (tmp_path / f"kor-jpn.{kind}").read_bytes()
        assert answer.headers["content-disposition"] == f'attachment; filename="kor-jpn.{kind}"'
    assert shown(browser, "/KOR-JPN/brief").content == (tmp_path / "kor-jpn.html").read_bytes()
    told = json.loads(shown(browser, "/KOR-JPN/brief.json").content)["findings"]
    assert {finding["chapter"] for finding in told} == set(chapters())


def test_an_edition_names_its_reader_first(browser: Any) -> None:
    assert "Edition for readers in Japan" in shown(browser, "/KOR-JPN/brief?edition=JPN").text
    assert shown(browser, "/KOR-JPN/brief?edition=USA").status_code == 400


def test_several_records_are_listed_and_each_is_asked_by_name(worker: Worker) -> None:
    browser = client(worker, toy=record(), other=open_record("east-asia"))
    page = shown(browser, "/").text
    assert 'href="/?record=other"' in page
    assert "east-asia reaches to" in _text(shown(browser, "/?record=other"))
    answer = browser.get("/?record=other&first=KOR&second=USA")
    assert answer.headers["location"] == "/KOR-USA?record=other"
    assert browser.get("/KOR-USA/now").status_code == 404  # not in the first one
    assert list(named([record(), record()])) == ["toy", "toy (2)"]


# What goes wrong


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/KOR-XYZ", 404, "No country named 'XYZ'"),
        ("/?first=KOR&second=Jpan", 404, "Did you mean"),
        ("/?first=Korea&second=JPN", 404, "more than one country"),
        ("/Korea-JPN", 404, "South Korea"),
        ("/KOR-KOR", 400, "two different countries"),
        ("/KOR-FRA/now", 404, "holds CHN, JPN, KOR, not FRA"),
        ("/KOR-JPN/nothing", 404, "no such page"),
        ("/KOR-JPN/_view", 404, "no such page"),
        ("/KOR-JPN/brief.exe", 404, "no such page"),
        ("/KOR-JPN/now?since=soon", 400, "'soon' is no period"),
        ("/KOR-JPN/now?since=2013&until=2012", 400, "ends (2012) before it begins"),
        ("/KOR-JPN/now?at=1950-01", 404, "no files for 1950-01"),
        ("/KOR-JPN/now?at=2012", 400, "no month or week"),
        ("/KOR-JPN/now?record=none", 404, "No record 'none'"),
        ("/KOR", 404, "does not name two countries"),
    ],
)
def test_what_cannot_be_shown_is_a_page_that_says_why(browser: Any, address: str, status: int, said: str) -> None:
    answer = shown(browser, address)
    assert answer.status_code == status
    assert said in _text(answer)
    assert 'href="/"' in answer.text
    assert "Traceback" not in answer.text


def test_a_misspelt_name_is_mended_with_one_link(browser: Any) -> None:
    page = browser.get("/?first=KOR&second=Jpan").text
    assert 'href="/?first=KOR&amp;second=JPN"' in page
    assert browser.get("/?first=KOR&second=JPN").headers["location"] == "/KOR-JPN"
    assert 'href="/?first=PRK&amp;second=JPN"' in browser.get("/Korea-JPN").text


@pytest.mark.parametrize("name", ["ABC", "KOR", "2018", "2018-01", "<i>", "a&b=c"])
def test_a_record_may_be_called_anything(worker: Worker, name: str) -> None:
    browser = client(worker, toy=record(), **{name: record()})
    page = shown(browser, f"/?{urlencode({'record': name})}")
    assert page.status_code == 200
    assert name in _text(page)
    assert shown(browser, f"/KOR-JPN/likeness?{urlencode({'record': name})}").status_code == 200


HOSTILE = [
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%00",
    "\u202etxt",
    "a" * 5000,
    "{{7*7}}",
    "-" * 300,
    "'\"><b>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_addresses_and_names_are_answered_calmly(browser: Any, text: str) -> None:
    start = time.monotonic()
    for address in ("/{}", "/{}-JPN", "/KOR-{}/now", "/KOR-JPN/{}", "/KOR-JPN/brief.{}"):
        answer = browser.get(address.format(text.replace("/", "%2F").replace("%00", "%2500").replace("?", "%3F")))
        assert answer.status_code in (303, 400, 404)
        assert "<script" not in answer.text
        assert "<b>alert" not in answer.text
    for name in ("first", "second", "since", "at", "record", "edition", "wait", "lang", "toml", "name"):
        for path in ("/", "/KOR-JPN/likeness", "/KOR-JPN/scenario"):
            answer = browser.get(path, params={"first": "KOR", "second": "JPN", "watch": "conflict", name: text})
            assert answer.status_code in (200, 202, 303, 400, 404)
            assert text not in answer.text or not set(text) & set('<"\u202e')
            assert "49" not in answer.headers.get("location", "")
    assert time.monotonic() - start < 5


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=40),
    st.dictionaries(
        st.sampled_from(["first", "second", "since", "until", "at", "record", "edition"]), st.text(max_size=30)
    ),
)
def test_whatever_the_address_is_a_page_says_so(browser: Any, text: str, query: dict[str, str]) -> None:
    path = quote(text, safe="/", errors="surrogatepass")
    answer = browser.get(f"/KOR-JPN/nothing/{path}", params={k: quote(v, errors="replace") for k, v in query.items()})
    assert answer.status_code == 404
    for address in (f"/{path.strip('/')}-JPN", "/"):
        answer = browser.get(address, params={k: v.encode(errors="replace").decode() for k, v in query.items()})
        assert answer.status_code in (200, 202, 303, 400, 404)
        assert "<h1>" in answer.text or answer.status_code == 303


def test_what_was_not_foreseen_is_told_without_its_words_and_logged(
    idle: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unknown(view: object) -> None:
        raise UnknownNameError("No message 'secret'.")

    monkeypatch.setattr(import_module("visavis.findings.ties"), "ties", lambda view: 1 / 0)
    monkeypatch.setattr(import_module("visavis.findings.company"), "company", unknown)
    browser = client(idle)
    with caplog.at_level(logging.ERROR):
        for name in ("ties", "company"):
            answer = shown(browser, f"/KOR-JPN/{name}")
            assert answer.status_code == 500
            assert "failed in a way it did not foresee" in answer.text
            assert "division" not in answer.text
            assert "secret" not in answer.text
    assert "ZeroDivisionError" in caplog.text


def test_a_long_page_says_how_far_it_is_and_comes_when_it_is_there(
    idle: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visavis.web.app._FIRST", 0.1)
    slow = import_module("visavis.findings.likeness")
    quick = slow.likeness
    monkeypatch.setattr(slow, "likeness", lambda view: (time.sleep(0.6), quick(view))[1])
    browser = client(idle)
    waiting = browser.get("/KOR-JPN/likeness")
    assert waiting.status_code == 202
    assert "This is being worked out." in waiting.text
    assert '<meta http-equiv="refresh" content="0;url=/KOR-JPN/likeness?wait=1">' in waiting.text
    begin = time.monotonic()
    ready = browser.get("/KOR-JPN/likeness?wait=1")
    assert time.monotonic() - begin < 5
    assert (ready.status_code, ready.headers["location"]) == (303, "/KOR-JPN/likeness")
    assert browser.get("/KOR-JPN/likeness").status_code == 200


def test_the_guard_of_the_app_is_of_this_machine_alone() -> None:
    guard = web_guard(TOKEN, 4000)
    assert guard.hosts == {"127.0.0.1:4000", "localhost:4000", "[::1]:4000"}
    assert guard.whose("another") is None


def test_without_the_extra_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise MissingExtraError("A page needs FastAPI and uvicorn: pip install 'visavis[web]'.")

    monkeypatch.setattr("visavis.sheets._serving.check", missing)
    with pytest.raises(MissingExtraError, match=r"visavis\[web\]"):
        serve_app(["east-asia"], on_ready=print)


def test_what_cannot_be_shown_is_said_before_anything_is_served() -> None:
    with pytest.raises(UsageError, match="two different"):
        serve_app([record().path], ("KOR", "KOR"), on_ready=print)


def test_the_style_is_one_file_that_may_be_kept_and_fetches_nothing(browser: Any) -> None:
    answer = browser.get(f"/{looks.STYLE}")
    assert answer.headers["content-type"].startswith("text/css")
    assert "url(" not in answer.text
    assert "@import" not in answer.text


def test_names_of_countries_are_offered_in_the_readers_language(worker: Worker) -> None:
    browser = client(worker)
    browser.get("/?lang=ko")
    page = shown(browser, "/").text
    for code in ("CHN", "JPN", "KOR"):
        assert f'<option value="{countries.name(code, "ko")}">' in page


@pytest.mark.slow  # letters are cut out of a font twice
def test_a_brief_in_korean_is_that_of_the_command(worker: Worker) -> None:
    from visavis.brief.fonts import families

    if not families("ko"):
        pytest.skip("needs a free font with Korean letters")
    browser = client(worker)
    browser.get("/?lang=ko")
    pair = record().pair("KOR", "JPN")
    view = pair._view(None, None, None, None)
    found = [finding for name in chapters() for finding in findings.chapter(name)(view)]
    body = pair._brief(view, found, "joint", pair._command("joint", None, None, "ko"))
    assert shown(browser, "/KOR-JPN/brief").text == render(body, "ko")


@pytest.mark.slow
def test_the_pdf_is_one_where_weasyprint_is(browser: Any) -> None:
    pytest.importorskip("weasyprint", reason="needs the extra pdf")
    answer = shown(browser, "/KOR-JPN/brief.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-type"] == "application/pdf"


def test_where_weasyprint_is_not_the_page_says_how_to_get_it(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise MissingExtraError("A PDF needs WeasyPrint: pip install 'visavis[pdf]'.")

    monkeypatch.setattr("visavis.web.shown.has_pdf", lambda: False)
    monkeypatch.setattr("visavis.web.desk.check", missing)
    page = shown(browser, "/KOR-JPN").text
    assert 'href="/KOR-JPN/brief.pdf"' not in page
    assert 'pip install "visavis[pdf]"' in unescape(page)
    answer = browser.get("/KOR-JPN/brief.pdf?since=2011")
    assert answer.status_code == 501
    assert "visavis[pdf]" in answer.text
