"""The app over a made-up record, and a client that holds its token."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tests.toy_pair import toy_tables

from visavis.record import Record, open_record
from visavis.store.packing import write_pack
from visavis.web.app import web_app, web_guard
from visavis.web.computing import Worker
from visavis.web.desk import Brought, Desk

TOKEN = "a-token-for-tests"
HOME = "http://127.0.0.1:8000"
_AGAIN = re.compile(r'<meta http-equiv="refresh" content="0;url=([^"]*)">')


@cache
def record() -> Record:
    """Six years of three countries in a pack."""
    path = Path(mkdtemp()) / "toy.zip"
    lacks = ["what it lacks <b>"]
    write_pack(toy_tables(months=72), path, "toy", ["JPN", "KOR", "CHN"], lacks, figures={}, votes_source="")
    return open_record(path)


def client(
    worker: Worker, *, token: str = TOKEN, brought: dict[tuple[str, str], Brought] | None = None, **records: Record
) -> Any:
    """A browser on this machine; it enters with the token unless there is none."""
    from fastapi.testclient import TestClient

    desk = Desk(records or {"toy": record()}, worker, brought)
    found = TestClient(web_app(desk, web_guard(TOKEN, 8000)), base_url=HOME, follow_redirects=False)
    if token:
        assert found.get(f"/?token={token}").status_code == 303
    return found


def shown(browser: Any, address: str) -> Any:
    """The page at an address, once it is there: goes on as a browser does, and never for long."""
    for _ in range(60):
        answer = browser.get(address)
        again = _AGAIN.search(answer.text[:2000]) if answer.status_code in (200, 202) else None
        if again is None and answer.status_code != 303:
            return answer
        address = again[1].replace("&amp;", "&") if again else answer.headers["location"]
    raise AssertionError(f"{address} never came")
