"""Actions: one mapping for every source."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from visavis import actions

LISTS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "mappings"


def test_every_root_has_a_name_a_quad_class_and_a_score() -> None:
    assert list(actions.ROOTS) == [f"{n:02d}" for n in range(1, 21)]
    for code in actions.ROOTS:
        assert actions.quad(code) in actions.QUADS
        assert -10 <= actions.goldstein(code) <= 10
        assert actions.label(code) == actions.ROOTS[code]


@pytest.mark.parametrize(
    ("first", "last", "quad"),
    [
        (1, 5, "verbal cooperation"),
        (6, 9, "material cooperation"),
        (10, 14, "verbal conflict"),
        (15, 20, "material conflict"),
    ],
)
def test_the_quad_class_follows_the_root_alone(first: int, last: int, quad: str) -> None:
    assert {actions.quad(f"{n:02d}") for n in range(first, last + 1)} == {quad}


def test_conflict_and_cooperation_never_overlap_and_leave_out_statements_appeals_and_inquiries() -> None:
    assert {"01", "02", "09"} == set(actions.ROOTS) - set(actions.CONFLICT_ROOTS) - set(actions.COOPERATION_ROOTS)
    assert not set(actions.CONFLICT_ROOTS) & set(actions.COOPERATION_ROOTS)
    for code in actions.ROOTS:
        assert actions.is_conflict(code) == (code in actions.CONFLICT_ROOTS)
        assert actions.is_cooperation(code) == (code in actions.COOPERATION_ROOTS)


def test_every_means_is_reached_by_some_root_and_a_statement_is_no_means() -> None:
    reached = {code: actions.means(code) for code in actions.ROOTS}
    assert reached.pop("01") is None
    assert set(reached.values()) == set(actions.MEANS)
    assert actions.MEANS[0] == "dialogue"
    assert actions.MEANS[-1] == "violence"
    assert set(actions.DIALOGUE) | set(actions.PRESSURE) == set(actions.MEANS)
    assert not set(actions.DIALOGUE) & set(actions.PRESSURE)


def test_conflictual_roots_are_pressure_and_cooperative_roots_are_not() -> None:
    assert all(actions.means(code) in actions.PRESSURE for code in actions.CONFLICT_ROOTS)
    assert all(actions.means(code) in actions.DIALOGUE for code in actions.COOPERATION_ROOTS)


@pytest.mark.parametrize("text", ["", "1", "00", "21", "99", "---", "0 1", "01001", "x10", "１０", "-10", "1.0", "²1"])
def test_what_is_no_cameo_code_is_none(text: str) -> None:
    assert actions.normalise(text) is None


@pytest.mark.parametrize("text", ["01", "010", "0211", "20", "2042", "176", "1834"])
def test_a_cameo_code_stays_as_it_is(text: str) -> None:
    assert actions.normalise(text) == text
    assert actions.normalise(f" {text}\n") == text


@pytest.mark.parametrize(
    ("code", "root", "whole"),
    [
        ("10", "1", "010"),
        ("12", "1", "012"),
        ("190", "19", "190"),
        ("20", "2", "020"),
        ("20", "20", "20"),
        ("100", "10", "100"),
        ("190", "4", "190"),
        ("311", "3", "0311"),
        ("311", "03", "0311"),
        ("010", "01", "010"),
        ("010", None, "010"),
        ("36", None, "036"),
        ("9", None, "09"),
        ("10", None, "10"),
        ("---", None, "---"),
        ("", None, ""),
    ],
)
def test_a_lost_zero_comes_back_only_where_the_root_says_so(code: str, root: str | None, whole: str) -> None:
    assert actions.restore_zero(code, root) == whole


def test_every_code_gets_its_zero_back_from_its_root() -> None:
    for code in actions._table():
        if len(code) > 2:
            assert actions.restore_zero(str(int(code)), str(int(code[:2]))) == code


def test_a_detail_outside_the_table_takes_the_score_of_the_code_above_it() -> None:
    assert actions.goldstein("1834") == actions.goldstein("183") == -10
    assert actions.goldstein("155") == actions.goldstein("15")
    assert actions.plover("1834") == "ASSAULT"


def test_an_embargo_is_told_from_reduced_relations() -> None:
    assert actions.plover("163") == "COERCE"
    assert actions.plover("161") == "SANCTION"
    assert actions.goldstein("163") < actions.goldstein("161")


def test_plover_drops_statements_and_appeals_and_nothing_else() -> None:
    kinds = {code: row.plover for code, row in actions._table().items()}
    assert {code[:2] for code, kind in kinds.items() if kind is None} == {"01", "02"}
    assert {kind for kind in kinds.values() if kind} == set(actions.PLOVER_ROOTS)


def test_a_plover_type_comes_back_from_the_root_that_stands_for_it() -> None:
    for kind, code in actions.PLOVER_ROOTS.items():
        assert actions.plover_root(kind) == code
        assert kind == "RETREAT" or actions.plover(code) == kind
    assert actions.plover_root("accuse", "Investigate") == "09"
    assert actions.plover_root("ASSAULT", "massacre") == "20"
    assert actions.plover_root("SMILE") is None


def test_scores_and_types_equal_the_published_lists() -> None:
    if not LISTS.is_dir():
        pytest.skip("needs the published code lists in ../shared")
    with (LISTS / "icews_cameo-codes.csv").open(encoding="utf-8", errors="replace", newline="") as lines:
        scores = {row["code"]: float(row["goldstein"]) for row in csv.DictReader(lines)}
    ours = {code: row.goldstein for code, row in actions._table().items()}
    assert set(ours) - set(scores) == {"1214"}
    assert {code for code, score in scores.items() if ours[code] != score} == set()
    table = (LISTS / "CAMEO2PLOVER-2021.txt").read_text(encoding="utf-8")
    pairs = dict(reversed([(c, k.split(",")[0].strip()) for c, k in _entries(table)]))
    assert {c for c, k in pairs.items() if c in ours and actions.plover(c) != k} == set()


def _entries(table: str) -> list[tuple[str, str]]:
    """Lines like ``046: CONSULT, , diplomatic # ...`` as (code, rest)."""
    lines = (line.partition(":") for line in table.splitlines())
    return [(code, rest.split("#")[0]) for code, colon, rest in lines if colon and code.isdecimal()]
