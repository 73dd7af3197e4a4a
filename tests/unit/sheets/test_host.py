"""The host: takes and gives in order, reads nothing, tells nothing, and two sides come through with it."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from tests import toy_answering

from visavis.errors import RecordBusyError, SealError, UsageError
from visavis.sheets import exchange, host, hosted
from visavis.sheets._letters import read_letter
from visavis.sheets._wrapping import lock_of, new_lock, read_lock, read_wrapped, unwrap, wrap
from visavis.sheets.words import LANGUAGE_NAMES

TestClient = pytest.importorskip("fastapi.testclient", reason="needs the extra web").TestClient
HOME = "http://127.0.0.1:8765"
SIDES = ("JPN", "KOR")
SECRET = "a secret reason"


class _Sealed:
    """Both sides' letters of one whole exchange, and their locks."""

    def __init__(self, root: Path) -> None:
        asked = toy_answering.questionnaire()
        self.root = root
        self.letters: dict[tuple[str, str], bytes] = {}
        for side in SIDES:
            body = {"reason": f"{SECRET} of {side}"}
            exchange.seal(root / side, body, sheet=asked.sha256, sides=SIDES, side=side)
        for kind, step in (("commitment", exchange.commit), ("box", exchange.box), ("key", exchange.key)):
            paths = {side: step(root / side).path for side in SIDES}
            for side, other in (SIDES, SIDES[::-1]):
                path = paths[side]
                assert path is not None
                self.letters[side, kind] = path.read_bytes()
                exchange.take(root / other, path)
        for side in SIDES:
            self.letters[side, "lock"] = new_lock(root / f"{side}.secret", asked.sha256, side).write()
        for side, other in (SIDES, SIDES[::-1]):
            lock = read_lock(self.letters[other, "lock"])
            self.letters[side, "wrapped"] = wrap(self.letters[side, "key"], lock).write()


class _Exchange:
    """A host without files yet, and what the two sides can hand over."""

    def __init__(self, root: Path, sealed: _Sealed) -> None:
        self.root, self.sealed, self.letters = root, sealed, sealed.letters
        self.host, self.tokens = host.create_host(root / "host", toy_answering.questionnaire())

    def put(self, side: str, *kinds: str, escrow: bool = False) -> None:
        for kind in kinds:
            self.host.put(side, self.letters[side, kind], escrow=escrow)

    def client(self, side: str) -> Any:
        app = host.host_app(self.host, host.host_guard(self.host, port=8765))
        client = TestClient(app, base_url=HOME, follow_redirects=False)
        assert client.get(f"/?token={self.tokens[side]}").status_code == 303
        return client


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> _Sealed:
    return _Sealed(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def both(tmp_path: Path, sealed: _Sealed) -> _Exchange:
    return _Exchange(tmp_path, sealed)


def _posted(client: Any, raw: bytes, **fields: str) -> Any:
    files = {"file": ("x.json", raw, "application/json")}
    return client.post("/", files=files, data=fields, headers={"origin": HOME})


def test_everything_in_order_comes_through_and_opens(both: _Exchange) -> None:
    for kind in ("lock", "commitment", "box", "wrapped"):
        for side in SIDES:
            both.put(side, kind)
    for side, other in (SIDES, SIDES[::-1]):
        for kind in ("lock", "commitment", "box"):
            assert both.host.take(side, other, kind) == both.letters[other, kind]
        wrapped = read_wrapped(both.host.take(side, other, "key"))
        assert unwrap(wrapped, both.sealed.root / f"{side}.secret") == both.letters[other, "key"]


@pytest.mark.parametrize("kind", ["lock", "commitment", "box", "key"])
def test_nothing_of_one_side_leaves_before_the_same_of_both_is_in(both: _Exchange, kind: str) -> None:
    steps = [("lock",), ("commitment",), ("box",), ("wrapped",)]
    for done in steps[: steps.index(({"key": "wrapped"}.get(kind, kind),))]:
        for side in SIDES:
            both.put(side, *done)
    both.put("KOR", {"key": "wrapped"}.get(kind, kind))
    with pytest.raises(SealError, match="given when both sides") as caught:
        both.host.take("JPN", "KOR", kind)
    assert caught.value.check == "order"
    assert both.host.take("KOR", "KOR", kind)  # one's own at any time


@pytest.mark.parametrize(
    ("before", "kind", "said"),
    [
        ([], "box", "when the commitment of JPN is here"),
        ([("KOR", "commitment")], "box", "when the commitment of JPN is here"),
        ([("KOR", "commitment"), ("JPN", "commitment"), ("KOR", "box")], "wrapped", "when the box of JPN is here"),
        ([], "key", "when the box of JPN is here"),
    ],
)
def test_a_file_out_of_turn_is_refused(both: _Exchange, before: list[tuple[str, str]], kind: str, said: str) -> None:
    for side, one in before:
        both.put(side, one)
    held = both.host.there()
    with pytest.raises(SealError, match=said):
        both.put("KOR", kind)
    assert both.host.there() == held


def test_a_key_that_is_not_locked_needs_consent_to_escrow_unless_the_other_is_in(both: _Exchange) -> None:
    for side in SIDES:
        both.put(side, "lock", "commitment")
    for side in SIDES:
        both.put(side, "box")
    with pytest.raises(SealError, match="whoever runs the host could open your box") as caught:
        both.put("KOR", "key")
    assert caught.value.check == "escrow"
    both.put("KOR", "key", escrow=True)
    assert both.host.there()["KOR"]["key"] == "plain"
    with pytest.raises(SealError, match="both sides"):
        both.host.take("JPN", "KOR", "key")
    both.put("JPN", "key")
    assert both.host.take("JPN", "KOR", "key") == both.letters["KOR", "key"]


def test_what_was_handed_over_cannot_be_exchanged_and_the_same_again_changes_nothing(
    both: _Exchange, tmp_path: Path
) -> None:
    both.put("KOR", "commitment", "commitment")
    asked = toy_answering.questionnaire()
    exchange.seal(tmp_path / "new", {"reason": "new"}, sheet=asked.sha256, sides=SIDES, side="KOR")
    path = exchange.commit(tmp_path / "new").path
    assert path is not None
    with pytest.raises(SealError, match="cannot be exchanged"):
        both.host.put("KOR", path.read_bytes())
    assert both.host.take("KOR", "KOR", "commitment") == both.letters["KOR", "commitment"]


def test_another_sheet_side_or_box_is_refused(both: _Exchange, tmp_path: Path) -> None:
    with pytest.raises(SealError, match="side"):
        both.host.put("KOR", both.letters["JPN", "commitment"])
    exchange.seal(tmp_path / "n", {}, sheet="0" * 64, sides=SIDES, side="KOR")
    path = exchange.commit(tmp_path / "n").path
    assert path is not None
    with pytest.raises(SealError, match="sheet"):
        both.host.put("KOR", path.read_bytes())
    other = _Sealed(tmp_path / "other")
    for side in SIDES:
        both.put(side, "commitment")
    with pytest.raises(SealError, match="another commitment"):
        both.host.put("KOR", other.letters["KOR", "box"])
    assert both.host.there() == {side: {"commitment": "locked"} for side in SIDES}


@pytest.mark.parametrize("kind", ["lock", "commitment", "box", "wrapped"])
def test_a_changed_byte_anywhere_is_refused(both: _Exchange, kind: str) -> None:
    order = ["lock", "commitment", "box", "wrapped"]
    for done in order[: order.index(kind)]:
        for side in SIDES:
            both.put(side, done)
    held, raw = both.host.there(), both.letters["KOR", kind]
    for at in range(0, len(raw) - 1, max(len(raw) // 60, 1)):
        with pytest.raises(SealError):
            both.host.put("KOR", raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
    assert both.host.there() == held


def test_nothing_on_the_hosts_disk_holds_an_answer_or_a_key_before_keys_and_never_an_invitation(
    both: _Exchange,
) -> None:
    for kind in ("lock", "commitment", "box", "wrapped"):
        for side in SIDES:
            both.put(side, kind)
    folder = both.root / "host"
    held = b"".join(path.read_bytes() for path in folder.iterdir())
    for side in SIDES:
        assert both.tokens[side].encode() not in held
        assert read_letter(both.letters[side, "key"], "key").key.hex().encode() not in held
    assert SECRET.encode() not in held
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.glob("host.sqlite*"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_page_leads_through_the_exchange_with_escrow(both: _Exchange) -> None:
    clients = {side: both.client(side) for side in SIDES}
    for kind in ("commitment", "box"):
        for side in SIDES:
            assert f"hand over your {kind}" in clients[side].get("/").text
            assert _posted(clients[side], both.letters[side, kind]).status_code == 303
        assert f'href="/KOR.{kind}.json"' in clients["JPN"].get("/").text
        assert clients["JPN"].get(f"/KOR.{kind}.json").content == both.letters["KOR", kind]
    refused = _posted(clients["KOR"], both.letters["KOR", "key"])
    assert refused.status_code == 409
    assert '<a href="#escrow">' in refused.text
    assert _posted(clients["KOR"], both.letters["KOR", "key"], escrow="yes").status_code == 303
    assert "Not locked: the key of South Korea" in clients["JPN"].get("/").text
    assert clients["JPN"].get("/KOR.key.json").status_code == 409
    assert _posted(clients["JPN"], both.letters["JPN", "key"]).status_code == 303
    answer = clients["JPN"].get("/KOR.key.json")
    assert answer.content == both.letters["KOR", "key"]
    assert answer.headers["content-disposition"] == 'attachment; filename="KOR.key.json"'
    assert "open both boxes on your own machine" in clients["KOR"].get("/").text


def test_the_page_shows_fingerprints_only_once_both_have_committed(both: _Exchange) -> None:
    both.put("KOR", "lock", "commitment")
    print_ = read_letter(both.letters["KOR", "commitment"], "c").fingerprint
    lock = read_lock(both.letters["KOR", "lock"]).fingerprint
    client = both.client("JPN")
    assert print_ not in client.get("/").text
    both.put("JPN", "commitment")
    page = client.get("/").text
    assert print_ in page
    assert lock in page


@pytest.mark.parametrize("lang", list(LANGUAGE_NAMES))
def test_every_state_of_the_page_is_worded_in_every_language(both: _Exchange, lang: str) -> None:
    client = both.client("KOR")
    for kind in ("commitment", "box", "wrapped"):
        assert client.get(f"/?lang={lang}").status_code == 200
        for side in SIDES:
            both.put(side, *(["lock"] if kind == "commitment" else []), kind)
            page = client.get("/")
            assert page.status_code == 200
            assert f'<html lang="{lang}">' in page.text
    assert _posted(client, b"").status_code == 422
    assert _posted(client, b"{}").status_code == 422


def test_one_invitation_is_one_side_and_a_wrong_one_nothing(both: _Exchange) -> None:
    client = both.client("KOR")
    assert _posted(client, both.letters["JPN", "commitment"]).status_code == 422
    assert "for the side of South Korea" in client.get("/").text
    stranger = TestClient(client.app, base_url=HOME)
    for address in ("/", "/status.json", "/KOR.commitment.json", "/?token=x"):
        assert stranger.get(address).status_code == 403
    assert stranger.get("/", headers={"host": "evil.example"}).status_code == 421
    assert client.post("/", content=b"x", headers={"origin": "http://evil.example"}).status_code == 403


def test_behind_tls_only_the_public_name_is_answered_and_the_cookie_is_secure(both: _Exchange) -> None:
    guard = host.host_guard(both.host, port=8765, public_host="talks.example")
    client = TestClient(host.host_app(both.host, guard), base_url="https://talks.example", follow_redirects=False)
    entered = client.get(f"/?token={both.tokens['KOR']}")
    assert "secure" in entered.headers["set-cookie"].lower()
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"host": "127.0.0.1:8765"}).status_code == 421
    with pytest.raises(UsageError, match="TLS"):
        host.serve_host(both.root / "host", port=0, address="0.0.0.0")


def test_a_new_invitation_ends_the_one_before(both: _Exchange) -> None:
    new = host.invite_again(both.root / "host", "KOR")
    guard = host.host_guard(both.host, port=8765)
    assert guard.whose(new) == "KOR"
    assert guard.whose(both.tokens["KOR"]) is None
    assert guard.whose(both.tokens["JPN"]) == "JPN"


def test_one_exchange_a_folder_and_destroyed_it_is_gone(both: _Exchange) -> None:
    folder = both.root / "host"
    both.put("KOR", "commitment")
    with pytest.raises(UsageError, match="already"):
        host.create_host(folder, toy_answering.questionnaire())
    with host._held(folder), pytest.raises(RecordBusyError, match="being served"):
        host.destroy(folder)
    host.destroy(folder)
    assert list(folder.iterdir()) == []
    with pytest.raises(UsageError, match="no exchange"):
        host.open_host(folder)
    with pytest.raises(UsageError, match="no exchange"):
        host.destroy(folder)


def test_a_key_locked_with_another_lock_than_the_one_here_is_refused(both: _Exchange, tmp_path: Path) -> None:
    for side in SIDES:
        both.put(side, "lock", "commitment")
    for side in SIDES:
        both.put(side, "box")
    false = new_lock(tmp_path / "false", toy_answering.questionnaire().sha256, "JPN")
    with pytest.raises(SealError, match="not locked with the lock of JPN"):
        both.host.put("KOR", wrap(both.letters["KOR", "key"], false).write())
    assert lock_of(tmp_path / "false", false.sheet, "JPN") == false
    with pytest.raises(SealError, match="does not open"):
        unwrap(read_wrapped(both.letters["KOR", "wrapped"]), tmp_path / "false")


@contextmanager
def _served(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The host in a thread of this process, on a free port."""
    import uvicorn

    servers: list[Any] = []
    run = uvicorn.Server.run
    monkeypatch.setattr(uvicorn.Server, "capture_signals", lambda self: nullcontext())
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: (servers.append(self), run(self, sockets))[1])
    ready: list[int] = []
    thread = threading.Thread(target=host.serve_host, args=(folder,), kwargs={"port": 0, "on_ready": ready.append})
    thread.start()
    try:
        while not (servers and servers[0].started):
            time.sleep(0.01)
        yield ready[0]
    finally:
        servers[0].should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def test_two_sides_come_through_over_a_real_host_and_no_key_is_readable_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked = toy_answering.questionnaire()
    kept, tokens = host.create_host(tmp_path / "host", asked)
    for side in SIDES:
        exchange.seal(tmp_path / side, {"reason": SECRET, "of": side}, sheet=asked.sha256, sides=SIDES, side=side)
    with caplog.at_level(logging.DEBUG), _served(tmp_path / "host", monkeypatch) as port:
        links = host.invitation_links(tokens, port=port)
        told = {side: hosted.pass_boxes(tmp_path / side, links[side]) for side in ("KOR", "JPN", "KOR", "JPN")}
        assert {part.next for part in told.values()} == {"compare"}
        assert told["KOR"].fingerprints == told["JPN"].fingerprints
        assert len(told["KOR"].fingerprints) == 4
        assert hosted.pass_key(tmp_path / "KOR", links["KOR"]).waits == "key"
        assert kept.there()["KOR"]["key"] == "locked"
        assert hosted.pass_key(tmp_path / "JPN", links["JPN"]).next == "open"
        assert hosted.pass_key(tmp_path / "KOR", links["KOR"]).next == "open"
    for side in SIDES:
        assert exchange.open_both(tmp_path / side).bodies["KOR"] == {"reason": SECRET, "of": "KOR"}
        assert not (tmp_path / side / "host.lock.secret").exists()
    assert not re.search("|".join([SECRET, *tokens.values()]), caplog.text)


@pytest.mark.parametrize("swapped", ["before it was taken", "after it was compared"])
def test_a_host_that_puts_its_own_lock_in_between_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swapped: str
) -> None:
    asked = toy_answering.questionnaire()
    kept, tokens = host.create_host(tmp_path / "host", asked)
    for side in SIDES:
        exchange.seal(tmp_path / side, {"of": side}, sheet=asked.sha256, sides=SIDES, side=side)
    with _served(tmp_path / "host", monkeypatch) as port:
        links = host.invitation_links(tokens, port=port)
        hosted.pass_boxes(tmp_path / "JPN", links["JPN"])
        if swapped == "after it was compared":
            for side in ("KOR", "JPN"):
                hosted.pass_boxes(tmp_path / side, links[side])
        _swap_lock(kept.path, new_lock(tmp_path / "false", asked.sha256, "JPN").write())
        if swapped == "after it was compared":
            with pytest.raises(SealError, match="No key was handed over"):
                hosted.pass_key(tmp_path / "KOR", links["KOR"])
        else:
            told = {side: hosted.pass_boxes(tmp_path / side, links[side]).fingerprints for side in ("KOR", "JPN")}
            assert told["KOR"]["lock", "JPN"] != told["JPN"]["lock", "JPN"]  # found by voice, before any key
            assert told["KOR"]["lock", "KOR"] == told["JPN"]["lock", "KOR"]
        assert "key" not in kept.there()["KOR"]


def _swap_lock(path: Path, raw: bytes) -> None:
    base = sqlite3.connect(path)
    base.execute("UPDATE handed SET raw = ? WHERE side = 'JPN' AND kind = 'lock'", (raw,))
    base.commit()
    base.close()


def test_a_key_is_not_locked_with_a_lock_that_nobody_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = toy_answering.questionnaire()
    _, tokens = host.create_host(tmp_path / "host", asked)
    for side in SIDES:
        exchange.seal(tmp_path / side, {"of": side}, sheet=asked.sha256, sides=SIDES, side=side)
    with _served(tmp_path / "host", monkeypatch) as port:
        links = host.invitation_links(tokens, port=port)
        for side in ("KOR", "JPN", "KOR"):
            hosted.pass_boxes(tmp_path / side, links[side])
        (tmp_path / "KOR" / "host.lock.other.json").unlink()
        with pytest.raises(SealError, match="not compared"):
            hosted.pass_key(tmp_path / "KOR", links["KOR"])


@pytest.mark.parametrize(
    "told",
    [
        {"side": "KOR", "sheet": "0" * 64, "there": {"KOR": {}, "../../up": {}}},
        {"side": "KOR", "sheet": "x", "there": {"KOR": {}, "JPN": {}}},
        {"side": "KOR", "sheet": "0" * 64, "there": ["KOR", "JPN"]},
        [],
    ],
)
def test_a_host_that_answers_in_another_form_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: object
) -> None:
    monkeypatch.setattr(hosted._Line, "ask", lambda *_, **__: json.dumps(told).encode())
    with pytest.raises(SealError, match="no known form"):
        hosted.pass_boxes(tmp_path, "http://127.0.0.1:9/?token=x")


@pytest.mark.parametrize("link", ["", "http://talks.example/?token=x", "https://talks.example/", "ftp://a/?token=x"])
def test_what_is_no_invitation_is_refused_without_showing_its_token(tmp_path: Path, link: str) -> None:
    with pytest.raises(UsageError, match="no invitation") as caught:
        hosted.pass_boxes(tmp_path, link)
    assert "token=x" not in str(caught.value)


def test_a_host_that_is_away_is_named(both: _Exchange) -> None:
    with pytest.raises(UsageError, match="cannot be reached"):
        hosted.pass_boxes(both.sealed.root / "KOR", "http://127.0.0.1:9/?token=x")
