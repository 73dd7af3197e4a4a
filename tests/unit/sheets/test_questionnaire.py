"""A questionnaire is read whole or refused with the item and the field named."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from visavis.errors import BadFileError
from visavis.sheets.new import new_sheet
from visavis.sheets.questionnaire import FORMAT, questionnaire_of, read_questionnaire, tree_of

Tree = dict[str, Any]

GOOD: Tree = {
    "format": FORMAT,
    "id": "tea",
    "title": {"en": "Tea", "ko": "차"},
    "sides": ["KOR", "JPN"],
    "kind": "public",
    "scales": {"s": {"codes": [1, 2], "agree": [2], "labels": {"en": ["No", "Yes"], "ko": ["아니요", "예"]}}},
    "items": [
        {"id": "r", "topic": "t", "text": {"en": "R?", "ko": "알?"}, "scale": "s", "role": "recognition", "pair": "p"},
        {"id": "c", "topic": "t", "text": {"en": "C?", "ko": "씨?"}, "scale": "s", "role": "conclusion", "pair": "p"},
    ],
}


def _changed(change: Callable[[Tree], object]) -> Tree:
    tree = copy.deepcopy(GOOD)
    change(tree)
    return tree


def _set(*path: Any, to: Any) -> Callable[[Tree], object]:
    def change(tree: Any) -> None:
        for step in path[:-1]:
            tree = tree[step]
        if to is None:
            del tree[path[-1]]
        else:
            tree[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_set("format", to="other"), ["'format'", "'other'"]),
        (_set("id", to="Tea Time"), ["'id'", "'Tea Time'"]),
        (_set("title", to={}), ["'title'"]),
        (_set("title", "en", to=" "), ["'title'"]),
        (_set("kind", to="club"), ["'kind'", "'club'", "'delegation'"]),
        (_set("sides", to=["KOR"]), ["'sides'"]),
        (_set("sides", to=["KOR", "Korea"]), ["'sides'", "Korea"]),
        (_set("sides", to=["KOR", "South Korea"]), ["'sides'", "different"]),
        (_set("colour", to="red"), ["'colour'", "not known"]),
        (_set("languages", to=["en"]), ["'languages'", "en, ko"]),
        (_set("scales", to=None), ["'scales'", "missing"]),
        (_set("synthetic", to="yes"), ["'synthetic'"]),
        (_set("scales", "s", "codes", to=[1]), ["scale 's'", "'codes'"]),
        (_set("scales", "s", "codes", to=[1, 1]), ["scale 's'", "'codes'"]),
        (_set("scales", "s", "codes", to=[1, True]), ["scale 's'", "'codes'"]),
        (_set("scales", "s", "agree", to=[3]), ["scale 's'", "'agree'"]),
        (_set("scales", "s", "agree", to=[1, 2]), ["scale 's'", "'agree'", "not all"]),
        (_set("scales", "s", "labels", "ko", to=["예"]), ["scale 's'", "'labels.ko'"]),
        (_set("scales", "s", "labels", "ko", to=None), ["scale 's'", "'labels.ko'"]),
        (_set("scales", "s", "labels", "en", to=["Yes", "Yes"]), ["scale 's'", "'labels.en'", "different"]),
        (_set("scales", "s", "labels", "en", to=["Yes", 2]), ["scale 's'", "'labels.en'"]),
        (_set("scales", "s", "steps", to=2), ["scale 's'", "'steps'"]),
        (_set("items", to=[]), ["'items'"]),
        (_set("items", to=["r"]), ["'items'"]),
        (_set("items", 0, "id", to="R 1"), ["item 'R 1'", "'id'"]),
        (_set("items", 0, "id", to="c"), ["item 'c'", "'id'"]),
        (_set("items", 0, "topic", to=""), ["item 'r'", "'topic'"]),
        (_set("items", 0, "topic", to=None), ["item 'r'", "'topic'", "missing"]),
        (_set("items", 0, "text", "ko", to=None), ["item 'r'", "'text'", "ko"]),
        (_set("items", 0, "scale", to="z"), ["item 'r'", "'scale'", "'z'"]),
        (_set("items", 0, "polarity", to=0), ["item 'r'", "'polarity'"]),
        (_set("items", 0, "polarity", to=True), ["item 'r'", "'polarity'"]),
        (_set("items", 0, "role", to="fact"), ["item 'r'", "'role'", "'fact'"]),
        (_set("items", 0, "pair", to=""), ["item 'r'", "'pair'"]),
        (_set("items", 0, "role", to="view"), ["item 'r'", "'pair'"]),
        (_set("items", 0, "role", to="conclusion"), ["item 'r'", "'pair'", "'p'", "share"]),
        (_set("items", 0, "estimate", to="share"), ["item 'r'", "'estimate'"]),
        (_set("items", 0, "asks", to=["own", "own"]), ["item 'r'", "'asks'"]),
        (_set("items", 0, "asks", to=["mood"]), ["item 'r'", "'asks'", "mood"]),
        (_set("items", 0, "asks", to=[]), ["item 'r'", "'asks'"]),
        (_set("items", 0, "reasons", to=1), ["item 'r'", "'reasons'"]),
        (_set("items", 0, "wording", to="x"), ["item 'r'", "'wording'"]),
    ],
)
def test_a_wrong_field_is_named_with_its_item(change: Callable[[Tree], object], named: list[str]) -> None:
    with pytest.raises(BadFileError) as error:
        questionnaire_of(_changed(change), "q.toml")
    assert str(error.value).startswith("q.toml: ")
    for text in named:
        assert text in str(error.value)


def test_a_percent_estimate_needs_codes_that_agree() -> None:
    tree = _changed(_set("items", 0, "estimate", to="percent"))
    assert questionnaire_of(tree, "q").items[0].estimate == "percent"
    del tree["scales"]["s"]["agree"]
    with pytest.raises(BadFileError, match=r"item 'r'.*'estimate'"):
        questionnaire_of(tree, "q")


@pytest.mark.parametrize("tree", [None, [], "x", {}])
def test_what_is_no_questionnaire_is_refused(tree: object) -> None:
    with pytest.raises(BadFileError, match="'format' is missing"):
        questionnaire_of(tree, "q")


def test_sides_stand_in_iso_order_whatever_the_file_says() -> None:
    one = questionnaire_of(GOOD, "q")
    other = questionnaire_of(_changed(_set("sides", to=["일본", "KOR"])), "q")
    assert one.sides == other.sides == ("JPN", "KOR")
    assert one.sha256 == other.sha256


def test_the_tree_reads_back_as_the_same_sheet(tmp_path: Path) -> None:
    asked = new_sheet("bilateral-security", "KOR", "JPN", tmp_path / "s.toml")
    (tmp_path / "s.json").write_text(json.dumps(tree_of(asked)), encoding="utf-8")
    again = read_questionnaire(tmp_path / "s.json")
    assert again == asked
    assert len(asked.sha256) == 64


def test_any_change_of_a_word_changes_the_hash() -> None:
    hashes = {questionnaire_of(GOOD, "q").sha256}
    for change in (
        _set("items", 0, "text", "en", to="R??"),
        _set("items", 0, "polarity", to=-1),
        _set("scales", "s", "labels", "ko", to=["아니요", "네"]),
        _set("scales", "s", "agree", to=[1]),
        _set("synthetic", to=True),
        _set("kind", to="delegation"),
        _set("items", 1, "reasons", to=True),
    ):
        hashes.add(questionnaire_of(_changed(change), "q").sha256)
    assert len(hashes) == 8


@pytest.mark.parametrize(
    ("name", "content"), [("q.toml", b"= ="), ("q.json", b"{"), ("q.toml", b"\xff\xfe\x00"), ("q.json", b"[" * 100_000)]
)
def test_a_file_that_is_no_toml_or_json_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadFileError, match=name):
        read_questionnaire(tmp_path / name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="there is no such file"):
        read_questionnaire(tmp_path / "q.toml")
