"""``visavis pairs``: a table for a reader, JSON for a program, and mistakes named."""

from __future__ import annotations

import json

import pytest

from visavis.cli import main


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a call."""
    code = 0
    try:
        main(["pairs", *arguments])
    except SystemExit as stop:
        code = int(stop.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture(autouse=True)
def _pack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_RECORD", "east-asia")


def test_the_table_shows_cost_and_every_forecast_of_the_pairs_that_can_be_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = ask(capsys, "--by", "understanding", "--top", "5")
    assert (code, err) == (0, "")
    head = next(line for line in out.splitlines() if line.startswith("rank"))
    assert " ".join(head.split()) == "rank cost cost A cost B against all other own both all alike acts pair"
    table = out.partition(head)[2].split("\n\n")[0]
    assert [line.split()[0] for line in table.strip().splitlines()] == list("12345")
    assert "(from recorded acts)" in " ".join(out.split())
    assert "if one did" in out


def test_json_holds_interval_and_count_of_every_cost(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(capsys, "--json", "--top", "3", "--among", "KOR,JPN,CHN")
    body = json.loads(out)
    assert code == 0
    assert (body["by"], body["basis"], len(body["pairs"])) == ("understanding", "acts", 3)
    for pair in body["pairs"]:
        gap = pair["numbers"]["gap"]
        assert gap["low"] < gap["value"] < gap["high"]
        assert gap["n"] >= 200
        assert pair["numbers"]["uniform"]["value"] > pair["numbers"]["own"]["value"]


def test_another_measure_takes_the_same_options(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(capsys, "--by", "activity", "--top", "1", "--since", "2012", "--until", "2012")
    assert code == 0
    assert "China, Japan" in out
    assert "January 2012 to December 2012" in out


@pytest.mark.parametrize(
    ("arguments", "code", "what"),
    [
        (["--by", "likability"], 3, "activity, understanding"),
        (["--top", "0"], 2, "got 0"),
        (["--stream", "gdelt"], 3, "icews-frequent-2018"),
        (["--among", "KOR,Atlantis"], 3, "Atlantis"),
        (["--since", "soon"], 2, "'soon'"),
        (["--since", "1990", "--until", "1991"], 1, "widen the span"),
    ],
)
def test_a_mistake_is_named_with_its_exit_code(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, what: str
) -> None:
    found, out, err = ask(capsys, *arguments)
    assert (found, out) == (code, "")
    assert what in err
