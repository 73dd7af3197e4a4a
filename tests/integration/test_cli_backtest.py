"""``visavis backtest`` in a terminal: what the shipped pack brings, and what cannot be done."""

from __future__ import annotations

import json

import pytest

from visavis.cli import main


def _run(*arguments: str) -> int:
    try:
        main(["backtest", *arguments])
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_the_shipped_pack_tells_how_often_forecasts_were_right(capfd: pytest.CaptureFixture[str]) -> None:
    assert _run("--record", "east-asia", "--stream", "icews-frequent-2005-2015", "--json") == 0
    (track,) = json.loads(capfd.readouterr().out)["backtest"]
    one = track["forecasts"][0]
    assert (one["outcome"], one["first"], one["last"]) == ("conflict", 1, 1)
    assert "learned" not in one
    for one in track["forecasts"]:
        pool = one["methods"]["pool"]
        assert pool["crps"] < one["methods"]["last 12"]["crps"]
        assert 0.78 <= pool["within"][0] <= 0.84
        assert 0.88 <= pool["within"][1] <= 0.93


def test_it_is_told_as_a_table_too(capfd: pytest.CaptureFixture[str]) -> None:
    assert _run("--record", "east-asia", "--stream", "icews") == 0
    out = capfd.readouterr().out
    assert "used: pool; pool against last 12: 0." in out
    assert "to try a forecast of 13 on the past takes some" in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--stream", "nowhere"), 3, "No stream 'nowhere'"),
        (("--period", "year"), 2, "give month or week"),
        (("--horizons", "one"), 2, "whole numbers joined by commas"),
        (("--stream", "icews", "--horizons", "5"), 1, "holds no track record of icews by weeks for these horizons"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: tuple[str, ...], code: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _run("--record", "east-asia", *arguments) == code
    assert said in " ".join(capfd.readouterr().err.split())
