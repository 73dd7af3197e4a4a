"""Stated paths: what a file may say, and what it is told where it is wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from visavis.errors import BadFileError, UsageError
from visavis.scenario import EXAMPLE, Scenario, Step, read_scenario, scenario_of, toml_of

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
STEP = {"by": "both", "what": "dialogue", "add": 1}


def _of(**fields: object) -> Scenario:
    return scenario_of({"name": "A path", "step": [STEP], **fields}, "path.toml")


def test_the_example_is_read_and_the_shipped_file_is_the_same() -> None:
    read = read_scenario(EXAMPLES / "scenario-summits.toml")
    assert read.steps == (Step("add", "dialogue", "both", amount=1.0, first=1, months=6),)
    assert (EXAMPLES / "scenario-summits.toml").read_text(encoding="utf-8") == EXAMPLE


def test_every_kind_of_step_reads_back_from_its_own_file() -> None:
    steps = (
        Step("stop", "threat", "KOR", first=2, months=3),
        Step("sd", "conflict", "both", amount=-1.5),
        Step("sd", ties=("CHN",), amount=-1.0, months=12),
    )
    whole = Scenario('Called "so" \\ on', steps, 18, "cooperation", "a file")
    assert scenario_of(tomllib.loads(toml_of(whole)), "a file") == whole


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": ""}, "name is ''"),
        ({"name": None}, "name is missing"),
        ({"months": 25}, "months is 25; write a whole number from 1 to 24"),
        ({"months": True}, "months is True"),
        ({"watch": "warmth"}, "watch is 'warmth'; write conflict or cooperation"),
        ({"step": []}, "step is []; write 1 to 8"),
        ({"steps": 1}, "steps is no key; known are name, months, watch, step"),
        ({"step": [{**STEP, "what": "summit"}]}, "step 1, what is 'summit'; write one of conflict, cooperation"),
        ({"step": [{**STEP, "by": "Narnia"}]}, "step 1, by is 'Narnia'; write a country's code"),
        ({"step": [{**STEP, "add": -2}]}, "step 1, add is -2; write a number from 0 to 100, not 0"),
        ({"step": [{**STEP, "add": float("nan")}]}, "step 1, add is nan"),
        ({"step": [{**STEP, "stop": True}]}, "step 1, change is 'add, stop'; write one of"),
        ({"step": [{"by": "both", "what": "threat", "stop": False}]}, "step 1, stop is False; write true"),
        ({"step": [{**STEP, "from": 13}]}, "step 1, from is 13; write a month within the 12 looked at"),
        ({"step": [{"ties": "CHN", "stop": True}]}, "step 1, stop is True; write sd = -1"),
        ({"step": [{"ties": ["CHN", "China"], "sd": 1}]}, "step 1, ties is ['CHN', 'China']; write two different"),
        ({"step": [{"ties": "CHN", "sd": 1}, {"ties": "USA", "sd": 1}]}, "the same ties in every step"),
        ({"step": [{"ties": "CHN", "sd": 1, "by": "both"}]}, "step 1, by is 'both'; write ties, or by and what"),
    ],
)
def test_what_is_wrong_is_named_with_key_value_and_what_to_write(fields: dict[str, object], told: str) -> None:
    with pytest.raises(BadFileError) as error:
        _of(**fields)
    assert str(error.value).startswith("path.toml: mend these")
    assert told in str(error.value)


def test_a_file_that_is_none_or_no_toml_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="there is no such file"):
        read_scenario(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(BadFileError, match=r"bad\.toml: no TOML in UTF-8"):
        read_scenario(tmp_path / "bad.toml")


def test_a_path_of_other_sides_or_of_the_pair_as_a_third_is_refused() -> None:
    with pytest.raises(UsageError, match="step 1, by: CHN is no side of JPN and KOR"):
        _of(step=[{**STEP, "by": "CHN"}]).between("JPN", "KOR")
    with pytest.raises(UsageError, match="step 1, ties: JPN and KOR is the pair itself"):
        _of(step=[{"ties": ["JPN", "KOR"], "sd": 1}]).between("JPN", "KOR")
    with pytest.raises(UsageError, match="ties: KOR is the pair itself"):
        _of(step=[{"ties": "KOR", "sd": 1}]).between("JPN", "KOR")


def test_a_name_that_steers_a_terminal_is_shown_as_text() -> None:
    assert _of(name="\x1b[31mSummits\u202e").name == "Summits"
