"""Figures of votes: joint counts equal plain loops, fields are those of all pairs, spans add sessions up."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from tests.toy_votes import assembly_tables

from visavis.measures import measure
from visavis.models._chamber import chamber
from visavis.models.assembly import assembly, assembly_positions
from visavis.models.intervals import Estimate
from visavis.models.vote_figures import position_figures, position_gaps, vote_field
from visavis.models.vote_similarity import LEAST, MEASURES, contested, measures_of, similarities
from visavis.models.vote_windows import PairFigures, change, endings, issues, lowest, window
from visavis.schema_votes import BALLOTS, CHOICES, JOINT_VOTES, ROLL_CALLS, VOTE_FIELD, VOTES_CAST

TABLES = 1000
WORDS = {1: "yes", 2: "abstain", 3: "no", 8: "absent"}


def _random_sessions() -> tuple[dict[int, np.ndarray], list[pa.Table]]:
    """A thousand tables of any make, each one a session; 0 is no entry."""
    rng = np.random.default_rng(11)
    matrices, ballots, calls = {}, [], []
    for session in range(1, TABLES + 1):
        shape = int(rng.integers(2, 6)), int(rng.integers(1, 12))
        chance = rng.dirichlet([1.5, 0.7, 0.7, rng.choice([0.05, 0.5, 2]), rng.choice([0.05, 0.5, 2])])
        matrices[session] = rng.choice([1, 2, 3, 8, 0], size=shape, p=chance)
        for k in range(shape[1]):
            calls.append(
                {"roll_call": f"{session}-{k}", "session": session, "issues": ("", "nu")[k % 2], "withheld": ""}
            )
            for i, vote in enumerate(matrices[session][:, k].tolist()):
                if vote:
                    ballots.append(
                        {"roll_call": f"{session}-{k}", "country": "ABCDE"[i], "seat": i, "vote": WORDS[vote]}
                    )
    return matrices, [pa.Table.from_pylist(ballots, BALLOTS.arrow), pa.Table.from_pylist(calls, ROLL_CALLS.arrow)]


def test_joint_and_cast_votes_equal_plain_loops_on_a_thousand_random_tables() -> None:
    matrices, tables = _random_sessions()
    joint = {tuple(r[k] for k in JOINT_VOTES.key): r for r in measure("joint_votes")(*tables).to_pylist()}
    cast = {tuple(r[k] for k in VOTES_CAST.key): r for r in measure("votes_cast")(*tables).to_pylist()}
    seen = 0
    for session, votes in matrices.items():
        split = [len({v for v in votes[:, k].tolist() if v in (1, 2, 3)}) > 1 for k in range(votes.shape[1])]
        for start, label in ((0, ""), (1, "nu")):
            meant = [k for k in range(start, votes.shape[1], 2) if split[k]]
            for a, b in combinations(range(len(votes)), 2):
                cells = dict.fromkeys((f"{x}_{y}" for x in CHOICES for y in CHOICES), 0)
                for k in meant:
                    if votes[a, k] in (1, 2, 3) and votes[b, k] in (1, 2, 3):
                        cells[f"{WORDS[votes[a, k]]}_{WORDS[votes[b, k]]}"] += 1
                row = joint.pop((session, label, "ABCDE"[a], "ABCDE"[b]), None)
                assert {name: row[name] for name in cells} == cells if row else not sum(cells.values())
                seen += row is not None
            for a in range(len(votes)):
                own = [WORDS[votes[a, k]] for k in meant if votes[a, k] in (1, 2, 3)]
                row = cast.pop((session, label, "ABCDE"[a]), None)
                wanted = {name: own.count(name) for name in CHOICES} | {"calls": len(meant)}
                assert {name: row[name] for name in wanted} == wanted if row else not own
    assert not joint
    assert not cast
    assert seen > 1000


def test_measures_of_joint_counts_are_those_of_the_matrix() -> None:
    matrices, tables = _random_sessions()
    summed = measure("joint_votes")(*tables).group_by(["session", "a", "b"]).aggregate(
        [(f"{x}_{y}", "sum") for x in CHOICES for y in CHOICES]
    )  # fmt: skip
    for row in summed.slice(0, 400).to_pylist():
        table = np.array([[row[f"{x}_{y}_sum"] for y in CHOICES] for x in CHOICES], float)
        found, field = measures_of(table), similarities(matrices[row["session"]])
        for name in MEASURES:
            wanted = field[name]["ABCDE".index(row["a"]), "ABCDE".index(row["b"])]
            assert found[name] == pytest.approx(wanted, nan_ok=True)


@pytest.fixture(scope="module")
def votes() -> dict[str, pa.Table]:
    return assembly_tables({"JPN": 0.5, "KOR": 0.45}, issue_stand={"nu": {"JPN": -0.5}}, withheld="co")


@pytest.fixture(scope="module")
def field(votes: dict[str, pa.Table]) -> pa.Table:
    return vote_field(votes["ballots"], votes["roll_calls"])


def figures_of(votes: dict[str, pa.Table], field: pa.Table, pair: tuple[str, str] = ("JPN", "KOR")) -> PairFigures:
    tables = (votes["ballots"], votes["roll_calls"])
    joint = [r for r in measure("joint_votes")(*tables).to_pylist() if (r["a"], r["b"]) == pair]
    cast = [r for r in measure("votes_cast")(*tables).to_pylist() if r["country"] in pair]
    return PairFigures(pair, joint, cast, field.to_pylist())


def test_a_field_holds_the_percentiles_of_all_pairs(votes: dict[str, pa.Table], field: pa.Table) -> None:
    row = next(r for r in field.to_pylist() if (r["since"], r["until"], r["issue"], r["measure"]) == (75, 75, "", "pi"))
    seen = chamber(votes["ballots"], votes["roll_calls"], 75)
    found = similarities(seen.votes)
    values = found["pi"][np.triu_indices(len(seen.countries), 1)]
    assert row["pairs"] == len(values)
    assert row["calls"] == row["items"] == contested(seen.votes).sum()
    assert row["quantiles"] == np.quantile(values, np.linspace(0, 1, 51)).round(3).tolist()
    assert field.schema == VOTE_FIELD.arrow


def test_a_label_that_is_withheld_ends_and_is_named(votes: dict[str, pa.Table], field: pa.Table) -> None:
    assert endings(figures_of(votes, field), "hr")[-1] == 77
    rows = [r for r in field.to_pylist() if r["until"] == 77 and not r["issue"]]
    assert {r["withheld"] for r in rows} == {"co"}
    alone = assembly_tables({"JPN": 0.5, "KOR": 0.45}, withheld="co", sessions=range(69, 78))
    found = issues(figures_of(alone, vote_field(alone["ballots"], alone["roll_calls"])))
    assert (found["co"].until, found["hr"].until) == (73, 77)


def test_a_span_adds_its_sessions_up(votes: dict[str, pa.Table], field: pa.Table) -> None:
    figures = figures_of(votes, field)
    found = window(figures, 77)
    assert found is not None
    whole = [chamber(votes["ballots"], votes["roll_calls"], s) for s in range(73, 78)]
    matrix = np.concatenate([one.votes[:, contested(one.votes)] for one in whole], axis=1)
    a, b = (whole[0].countries.index(c) for c in ("JPN", "KOR"))
    wanted = similarities(matrix)
    for name in MEASURES:
        got = found.values[name]
        assert got is not None
        assert got.value == pytest.approx(wanted[name][a, b])
        assert got.low < got.value < got.high
        others = wanted[name][np.triu_indices(len(whole[0].countries), 1)]
        assert found.below[name].value == pytest.approx((others < got.value).mean(), abs=0.02)
    assert (found.n, found.calls) == (wanted["n"][a, b], matrix.shape[1])


def test_the_issue_on_which_they_part_most_is_found_and_surely(votes: dict[str, pa.Table], field: pa.Table) -> None:
    found = issues(figures_of(votes, field))
    least, sure = lowest(list(found.values()))
    assert (least.issue, sure > 0.95) == ("nu", True)
    alike = assembly_tables({"JPN": 0.5, "KOR": 0.45})
    sure = lowest(list(issues(figures_of(alike, vote_field(alike["ballots"], alike["roll_calls"]))).values()))[1]
    assert sure < 0.95


def test_repeated_resolutions_widen_the_interval_and_change_no_value(votes: dict[str, pa.Table]) -> None:
    calls = votes["roll_calls"]
    same = calls.set_column(
        calls.column_names.index("item"), "item", pa.array([n[-1] for n in calls["roll_call"].to_pylist()])
    )
    once, again = (window(figures_of(t, vote_field(t["ballots"], t["roll_calls"])), 77)
                   for t in (votes, {**votes, "roll_calls": same}))  # fmt: skip
    assert once is not None
    assert again is not None
    one, other = once.values["pi"], again.values["pi"]
    assert one is not None
    assert other is not None
    assert one.value == other.value
    assert other.high - other.low > 2 * (one.high - one.low)


def test_absence_is_no_choice_and_what_it_could_change_is_known() -> None:
    gone = assembly_tables({"JPN": 0.9, "KOR": 0.9}, absent={"KOR": 0.4}, sessions=range(73, 78))
    found = window(figures_of(gone, vote_field(gone["ballots"], gone["roll_calls"])), 77)
    assert found is not None
    assert found.alone == found.calls - found.n > 40
    assert found.took[0] == 1
    assert 0.5 < found.took[1] < 0.7
    assert found.absence_matters
    assert found.if_abstained["agreement"] < found.values["agreement"].low  # type: ignore[operator, union-attr]


def test_a_change_is_found_both_ways_and_is_not_seen_where_there_is_none() -> None:
    def moved(**kept: dict[str, float]) -> dict[str, Estimate | None]:
        made = assembly_tables({"JPN": 0.5, "KOR": 0.45}, **kept)  # type: ignore[arg-type]
        figures = figures_of(made, vote_field(made["ballots"], made["roll_calls"]))
        then, now = window(figures, 50), window(figures, 77)
        assert then is not None
        assert now is not None
        return change(then, now)

    closer, same = moved(early={"KOR": -0.6}), moved()
    assert all(e is not None and e.low > 0 for e in closer.values())
    assert all(e is not None and e.low < 0 < e.high for e in same.values())


def test_positions_are_those_of_the_fit_and_their_place_is_counted(votes: dict[str, pa.Table]) -> None:
    fit = assembly_positions(assembly(votes["ballots"], votes["roll_calls"]))
    told = {(r["session"], r["country"], r["place"]): r for r in position_figures(fit, ["JPN", "KOR"]).to_pylist()}
    rows = fit.session == 77
    assert told[77, "*", 50]["position"] == pytest.approx(np.quantile(fit.position[rows], 0.5), abs=1e-3)
    where = dict(zip(np.array(fit.country)[rows], fit.position[rows], strict=True))
    assert told[77, "JPN", None]["position"] == pytest.approx(where["JPN"], abs=1e-3)
    gap = next(r for r in position_gaps(fit, ["KOR", "JPN"]).to_pylist() if r["session"] == 77)
    apart = [abs(where[x] - where[y]) for x, y in combinations(sorted(where), 2) if {x, y} != {"JPN", "KOR"}]
    assert (gap["a"], gap["b"], gap["pairs"]) == ("JPN", "KOR", len(apart))
    assert gap["closer"] == pytest.approx(np.mean(np.array(apart) < abs(where["JPN"] - where["KOR"])), abs=1e-3)
    assert gap["gap"] == pytest.approx(where["JPN"] - where["KOR"], abs=0.03)


def test_few_roll_calls_in_common_are_not_told(votes: dict[str, pa.Table], field: pa.Table) -> None:
    figures = figures_of(votes, field)
    none = dict.fromkeys((f"{x}_{y}" for x in CHOICES for y in CHOICES), 0)
    last = next(r for r in figures.joint if r["session"] == 77)
    for n in (LEAST - 1, LEAST):
        row = {**last, **none, "yes_yes": n}
        found = window(PairFigures(figures.pair, [row], figures.cast, figures.field_rows), 77)
        assert (found is None) == (n < LEAST)
    assert window(figures, 60) is None
