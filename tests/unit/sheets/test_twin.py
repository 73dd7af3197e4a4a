"""The tutorial's made-up sheet brings its truth back through the very steps that a real sheet takes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from visavis.errors import UsageError
from visavis.findings._sheet import Sheet
from visavis.models.truth_mirror import TruthMirror, truth_mirror
from visavis.sheets.files import answers_of, joined, read_json
from visavis.sheets.new import new_sheet
from visavis.sheets.questionnaire import read_questionnaire
from visavis.sheets.twin import twin, write_twin


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("twin") / "t"
    write_twin(path, "NOR", "SWE")
    return path


def test_the_files_read_back_and_say_that_they_are_made_up(folder: Path) -> None:
    sheet = read_questionnaire(folder / "sheet.toml")
    assert sheet.synthetic
    sides = [answers_of(read_json(folder / f"{s}.answers.json"), sheet, s) for s in ("NOR", "SWE")]
    asked = joined(sheet, *sides)
    assert {len(asked.members(s)) for s in asked.sides} == {12}
    assert json.loads((folder / "truth.json").read_text())["synthetic"] is True
    with pytest.raises(UsageError, match="not empty"):
        write_twin(folder, "NOR", "SWE")


def test_made_up_answers_need_a_questionnaire_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="synthetic = true"):
        twin(new_sheet("bilateral-security", "NOR", "SWE", tmp_path / "real.toml"))


def test_truth_mirror_weights_and_states_come_back(folder: Path) -> None:
    sheet = read_questionnaire(folder / "sheet.toml")
    held = {"truth": 0, "mirror": 0}
    values: dict[str, list[float]] = {"truth": [], "mirror": []}
    right = wrong = 0
    for seed in range(12):
        made = twin(sheet, (60, 60), seed=seed)
        view = Sheet(made.asked)
        assert [item.id for item in view.items] == list(made.items)
        for side, other in (view.sides, view.sides[::-1]):
            found = truth_mirror(view.side(side), view.side(other))
            assert isinstance(found, TruthMirror)
            for name, true in (("truth", made.truth.t), ("mirror", made.truth.p)):
                figure = getattr(found, name)
                ends = figure.estimate()
                values[name].append(figure.value)
                held[name] += ends.low <= true <= ends.high
        (first, second), _ = made.truth.states(0.1)
        for item in view.found.items:
            for state, true in ((item.a.state, first[item.item]), (item.b.state, second[item.item])):
                right += state == true
                wrong += state not in (true, "undecided")
    assert min(held.values()) >= 20  # of 24 intervals of 95 %
    assert abs(np.mean(values["truth"]) - 0.35) < 0.1
    assert abs(np.mean(values["mirror"]) - 0.4) < 0.1
    assert right > 40
    assert wrong <= 0.05 * (right + wrong) + 3
