"""``visavis app`` as a user runs it: prints one address, answers on this machine, ends calmly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from visavis.cli import main

pytest.importorskip("fastapi", reason="needs the extra web")

RUN = [sys.executable, "-W", "error", "-c", "from visavis.cli import main; main()", "app"]


def _env() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k != "VISAVIS_RECORD"}


def test_the_printed_address_opens_the_pair_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*RUN, "KOR", "일본"], cwd=tmp_path, env=_env(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        address = running.stdout.readline().strip()
        start = address.partition("?")[0]
        assert start.startswith("http://127.0.0.1:")
        assert start.endswith("/KOR-JPN")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(start, timeout=30)
        browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), urllib.request.ProxyHandler({})
        )
        with browser.open(address, timeout=60) as answer:
            assert answer.url == start
            assert "South Korea and Japan" in answer.read().decode()
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 0
    assert said.strip() == "Open this address in a browser of this machine; Ctrl+C ends it. Give it to nobody."
    assert address.partition("token=")[2] not in said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("KOR",), 2, "Name two countries or none"),
        (("--sheet", "joint.json"), 2, "name these"),
        (("KOR", "JPN", "--sheet", "no-such.json"), 1, "no-such.json"),
        (("KOR", "KOR"), 2, "two different countries"),
        (("Korea", "JPN"), 3, "South Korea (KOR) or North Korea (PRK)"),
        (("KOR", "BRA", "--record", "east-asia"), 1, "not BRA"),
        (("--record", "no-such.zip"), 3, "No pack"),
        (("--port", "70000"), 2, "65535"),
    ],
)
def test_what_cannot_be_served_is_said_at_once(
    arguments: tuple[str, ...], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["app", *arguments])
    assert stopped.value.code == code
    assert said in capsys.readouterr().err


def test_help_loads_nothing_of_the_web() -> None:
    code = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); "
    run = subprocess.run(
        [sys.executable, "-c", f"{code} sys.argv = ['visavis', 'app', '--help']; {RUN[4]}"],
        capture_output=True, text=True, check=True, env=_env(),
    )  # fmt: skip
    assert "--port" in run.stdout
    assert not {"fastapi", "starlette", "uvicorn", "duckdb", "jinja2"} & set(run.stderr.split())
