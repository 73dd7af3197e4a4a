"""Positions of a record: joined by seat, kept beside the votes, never stale, the same whether warm or cold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests import toy_chamber as toy
from tests.conftest import DATA

from visavis import positions
from visavis.brief.vote_paths import _ends, _moved, _order, path_lines, path_messages
from visavis.cli import main
from visavis.cli_positions import _unsettled
from visavis.errors import NoDataError, UnknownNameError, UsageError
from visavis.finding import Term
from visavis.models.assembly import assembly, assembly_positions
from visavis.models.ideal_points import IdealPoints
from visavis.models.ideal_sampler import sampled_ideal_points
from visavis.models.intervals import Estimate
from visavis.models.paths import Order, Shift
from visavis.models.thin_sessions import thin_note, thin_sessions
from visavis.models.vote_path import vote_path
from visavis.names.messages import say, term_text
from visavis.record import Record, open_record
from visavis.schema_votes import BALLOTS, ROLL_CALLS

UN = DATA / "votes"
COLUMNS = ["country", "session", "year", "position", "sd", "low", "high", "n_votes"]


def _tables(votes: str, calls: str) -> tuple[pa.Table, pa.Table]:
    """Ballots ``call country seat vote`` and roll calls ``call session item issues withheld``, one a line."""
    ballots = [line.split() for line in votes.strip().splitlines()]
    listed = [line.split() for line in calls.strip().splitlines()]
    blank = {"date": None, "resolution": None, "title": None, "important": None, "amendment": None, "paragraph": None}
    return (
        pa.Table.from_pylist([{"roll_call": r, "country": c, "seat": int(s), "vote": v} for r, c, s, v in ballots],
                             BALLOTS.arrow),
        pa.Table.from_pylist([{**blank, "roll_call": r, "session": int(s), "item": None if i == "-" else i,
                               "issues": x.strip("-"), "withheld": w.strip("-")} for r, s, i, x, w in listed],
                             ROLL_CALLS.arrow),
    )  # fmt: skip


VOTES = """
1 SUN 365 no\n1 USA 2 yes\n2 SUN 365 yes\n2 USA 2 no\n3 RUS 365 abstain\n3 USA 2 yes\n3 SWE 380 absent
4 RUS 365 no\n4 USA 2 yes\n5 RUS 365 no\n5 USA 2 yes\n9 USA 2 yes\n9 RUS 365 no
"""
CALLS = "1 46 - nu -\n2 46 - - -\n3 46 1 nu -\n4 47 1 di -\n5 47 - - nu\n9 48 - - -\n"


def test_a_seat_goes_on_under_another_name_and_repeats_are_one_item() -> None:
    chosen = assembly(*_tables(VOTES, CALLS))
    assert chosen.holder == {(365, 46): "SUN", (365, 47): "RUS", (2, 46): "USA", (2, 47): "USA"}
    rows = chosen.ballots.to_pylist()
    assert {(row["country"], row["session"]) for row in rows} == {(365, 46), (365, 47), (2, 46), (2, 47)}
    assert {row["item"] for row in rows if row["session"] == 47} == {"1", "5"}
    assert sorted(row["choice"] for row in rows if row["country"] == 365) == [1, 2, 3, 3, 3]
    found = assembly_positions(chosen)
    assert list(zip(found.country, found.session.tolist(), strict=True))[2:] == [("SUN", 46), ("RUS", 47)]
    assert found.position[0] > found.position[2]


def test_sessions_with_one_roll_call_are_left_out_and_named_unless_nothing_else_is_asked() -> None:
    [note] = assembly(*_tables(VOTES, CALLS)).notes
    assert say(note) == "Sessions with one roll call are left out: 48."
    alone = assembly(*_tables(VOTES, CALLS), sessions=[48])
    assert (alone.notes, alone.ballots.num_rows) == ((), 2)


def test_a_withheld_label_does_not_count_and_is_named() -> None:
    chosen = assembly(*_tables(VOTES, CALLS), issue="nu")
    assert set(chosen.ballots["session"].to_pylist()) == {46}
    assert "Sessions without nuclear weapons and nuclear material: 47" in say(chosen.notes[-1])


def test_the_published_rule_leaves_out_late_parts_and_a_member_on_return() -> None:
    votes, calls = _tables(
        "1 USA 2 yes\n1 ZAF 560 no\n2 USA 2 yes\n2 ZAF 560 no\n3 USA 2 no", "1 48 - - -\n2 48 - - -\n3 48 - - -"
    )
    parts = calls.set_column(10, "paragraph", pa.array([True, False, None]))
    chosen = assembly(votes, parts, rule="published")
    assert [(row["country"], row["item"]) for row in chosen.ballots.to_pylist()] == [(2, "2"), (2, "3")]
    assert [note.key for note in chosen.notes] == ["votes.note.parts", "votes.note.south_africa"]


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(UnknownNameError, match="label 'trade'"):
        assembly(*_tables(VOTES, CALLS), issue="trade")
    with pytest.raises(NoDataError, match="in sessions 7"):
        assembly(*_tables(VOTES, CALLS), sessions=[7])
    with pytest.raises(UsageError, match="'all' and 'published'"):
        assembly(*_tables(VOTES, CALLS), rule="some")  # type: ignore[arg-type]
    with pytest.raises(NoDataError, match="no roll-call votes"):
        open_record().ideal_points()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return toy.record(tmp_path_factory.mktemp("votes"), toy.chamber())


def _same(one: IdealPoints, other: IdealPoints) -> bool:
    return one.country == other.country and np.array_equal(one.position, other.position)


def test_known_positions_are_found_from_imported_files(made: Record) -> None:
    found, truth = made.ideal_points(), toy.chamber().positions
    at = [toy.MEMBERS.index(name) for name in found.country]
    assert np.corrcoef(found.position, truth[found.session - toy.FIRST, at])[0, 1] > 0.96
    assert found.table()["country"].to_pylist()[:1] == ["AUS"] or set(found.country) == set(toy.MEMBERS)


def test_the_same_votes_give_the_kept_fit_whole(made: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    first = made.ideal_points()
    monkeypatch.setattr(positions, "seat_positions", lambda *_, **__: pytest.fail("fitted again"))
    again = made.ideal_points()
    assert _same(first, again)
    assert np.allclose(first.sd, again.sd, rtol=1e-9)
    rows = np.arange(12)
    one, other = (fit.draws(rows, 50, rng=np.random.default_rng(1)) for fit in (first, again))
    assert np.allclose(one, other, rtol=1e-6)


def test_a_session_more_starts_from_what_was_kept_and_ends_where_a_cold_fit_does(tmp_path: Path) -> None:
    chamber = toy.chamber(8, seed=5)
    held = toy.record(tmp_path, chamber, 7)
    before = held.ideal_points()
    held.import_votes(toy.write(tmp_path / "more", chamber))
    warm = held.ideal_points()
    assert (before.session.max(), warm.session.max()) == (toy.FIRST + 6, toy.FIRST + 7)
    held.forget_ideal_points()
    cold = held.ideal_points()
    assert warm.steps < cold.steps
    assert np.abs(warm.position - cold.position).max() < 0.02


@pytest.mark.parametrize("end", ["places", "items"])
def test_a_damaged_or_half_written_fit_is_made_again(end: str, made: Record, tmp_path: Path) -> None:
    first = made.ideal_points()
    for path in (made.path / "fits").glob(f"*-{end}.parquet"):
        path.write_bytes(path.read_bytes()[:100])
    assert np.abs(first.position - made.ideal_points().position).max() < 1e-9
    assert np.abs(first.position - made.ideal_points().position).max() < 1e-9


def test_every_issue_is_fitted_in_one_call(made: Record) -> None:
    steps: list[str] = []
    found = made.ideal_points_by_issue(on_step=lambda done, total, name: steps.append(f"{done}/{total} {name}"))
    assert list(found) == [None, "nu"]
    assert steps == ["0/2 fits: all votes", "1/2 fits: nu"]
    assert _same(found["nu"], made.ideal_points(issue="nu"))
    assert found["nu"].sd.mean() > found[None].sd.mean()
    some = made.ideal_points_by_issue(sessions=range(60, 63))
    assert set(some["nu"].session.tolist()) == {60, 61, 62}


def test_fit_writes_one_row_a_country_and_session(
    made: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main_ok("votes", "fit", "--record", str(made.path), "--issue", "all", "-o", str(tmp_path / "out"), "--json")
    told = json.loads(capsys.readouterr().out)["fits"]
    assert [Path(fit["file"]).name for fit in told] == ["positions.parquet", "positions-nu.parquet"]
    table = pq.read_table(tmp_path / "out" / "positions.parquet")
    assert table.column_names == COLUMNS
    rows = {(row["country"], row["session"]): row for row in table.to_pylist()}
    assert len(rows) == table.num_rows == 6 * len(toy.MEMBERS)
    assert all(
        row["low"] < row["position"] < row["high"] and row["year"] == 1945 + row["session"] for row in rows.values()
    )
    assert json.loads(table.schema.metadata[b"visavis"])["bound"] == 9.0
    assert not list((tmp_path / "out").glob(".*"))


@pytest.mark.slow
def test_the_sampler_gives_nearly_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = toy.record(tmp_path, toy.chamber(2))
    with pytest.raises(SystemExit) as stop:
        main(["votes", "fit", "--record", str(held.path), "--exact", "-o", str(tmp_path / "out"), "--json"])
    assert stop.value.code in (0, None, 5)  # so short a run need not have settled
    assert json.loads(capsys.readouterr().out)["fits"][0]["positions"] == 2 * len(toy.MEMBERS)
    table = pq.read_table(tmp_path / "out" / "positions.parquet")
    assert table.column_names[: len(COLUMNS)] == COLUMNS
    fast = held.ideal_points()
    assert table["country"].to_pylist() == list(fast.country)
    assert np.corrcoef(table["position"].to_numpy(), fast.position)[0, 1] > 0.98


def test_path_says_the_same_when_the_countries_are_swapped(made: Record, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for pair in (("KOR", "JPN"), ("JPN", "KOR")):
        main_ok("votes", "path", *pair, "--record", str(made.path), "--json")
        told.append(json.loads(capsys.readouterr().out))
    one, other = told
    assert [row["distance"] for row in one["sessions"]] == [row["distance"] for row in other["sessions"]]
    assert [row["gap"]["value"] for row in one["sessions"]] == [-row["gap"]["value"] for row in other["sessions"]]
    assert one["shift"]["gap"]["low"] == pytest.approx(-other["shift"]["gap"]["high"])
    for key in ("moves", "against_field", "distance", "mover", "probability"):
        assert one["shift"][key] == other["shift"][key]
    assert one["crossings"] == other["crossings"]
    assert one["nearest"] == other["nearest"][::-1]


def test_path_is_told_with_its_limits_and_drawn(
    made: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for lang, word in (("en", "may shift and stretch"), ("ko", "회기"), ("ja", "会期"), ("zh", "届")):
        main_ok("votes", "path", "KOR", "Japan", "--record", str(made.path), "--issue", "nu", "--lang", lang,
                "-o", str(tmp_path / f"{lang}.svg"))  # fmt: skip
        assert word in " ".join(capsys.readouterr().out.split())
        assert "<svg" in (tmp_path / f"{lang}.svg").read_text(encoding="utf-8")


LANGS = ("en", "ko", "ja", "zh")


def _sentences(fit: IdealPoints, a: str, b: str, lang: str = "en", **span: int) -> list[str]:
    return [say(one, lang) for one in path_messages(vote_path(fit, a, b, **span), fit, None)[1:]]  # type: ignore[arg-type]


def test_the_low_end_is_that_of_the_soviet_union_and_east_germany_never_of_russia() -> None:
    rows = [("USA", s, 2.0) for s in (45, 46, 47)] + [("SUN", s, -2.0) for s in (45, 46)] + [("DDR", 45, -2.1)]
    fit = _placed([*rows, ("RUS", 47, -0.5)])
    for lang, last in zip(LANGS, ("session 46", "제46차", "第46会期", "第46届"), strict=True):
        [ends] = [say(one, lang) for one in _ends(fit)]
        names = [term_text(Term("country", code), lang) for code in ("SUN", "DDR", "RUS")]
        assert [name in ends for name in names] == [True, True, False]
        assert last in ends
    [alone] = _ends(_placed([("USA", 47, 1.0), ("RUS", 47, -1.0)]))
    assert alone.key == "votes.path.ends_high"
    assert _ends(_placed([("USA", 47, -1.0), ("RUS", 47, 1.0)])) == []


@pytest.mark.parametrize("lang", LANGS)
def test_the_move_has_a_direction_and_is_told_the_same_when_swapped(made: Record, lang: str) -> None:
    fit = made.ideal_points()
    for other in ("JPN", "USA", "SWE", "FRA"):
        one, turned = (_sentences(fit, *pair, lang) for pair in (("KOR", other), (other, "KOR")))
        assert sorted(one) == sorted(turned)


def test_a_rise_is_told_of_the_one_who_rose() -> None:
    moves = {"KOR": Estimate(0.3, 0.1, 0.5, 9, 0.9), "JPN": Estimate(-0.6, -0.8, -0.4, 9, 0.9)}
    told = Estimate(-0.9, -1.1, -0.7, 9, 0.9)  # Japan less Korea
    shift = Shift(46, 77, moves, moves, 164, told, Estimate(-0.6, -0.9, -0.3, 9, 0.9), None, 0.8)
    said = [say(one) for one in _moved(shift, {"a": Term("country", "JPN"), "b": Term("country", "KOR")})]
    assert "South Korea moved up the line relative to Japan, by +0.90" in said[0]
    assert "nearer to each other" in said[1]


def test_no_other_sessions_are_told_of_where_all_are_clear() -> None:
    for lang in LANGS:
        [whole] = _order(Order((1, 2), ("KOR", "KOR"), ()), ("KOR", "JPN"))
        [part] = _order(Order((1, 2), ("KOR", None), ()), ("KOR", "JPN"))
        assert (whole.key, part.key) == ("votes.path.one_order_all", "votes.path.one_order")
        assert len(say(whole, lang)) < len(say(part, lang))


def test_neighbours_are_the_same_whatever_the_partner_and_near_is_not_alike(made: Record) -> None:
    fit = made.ideal_points()
    found = {vote_path(fit, "KOR", other).neighbours[0] for other in ("JPN", "USA", "SWE", "BRA")}
    assert len(found) == 1
    assert sum("is not to vote alike" in one for one in _sentences(fit, "KOR", "JPN")) == 1


def test_too_few_votes_are_marked() -> None:
    votes, calls = _tables(VOTES, CALLS)
    fit = assembly_positions(assembly(votes, calls))
    assert thin_sessions(fit) == (46, 47)
    assert "46 and 47" in say(thin_note(fit)[0])
    lines = list(path_lines(vote_path(fit, "RUS", "USA"), fit, None, "en"))
    assert any(line.startswith("47 (1992)*") for line in lines)
    assert any(line.startswith("* Fewer than 10") for line in lines)


def test_enough_votes_are_not_marked(made: Record) -> None:
    fit = made.ideal_points()
    assert (thin_sessions(fit), thin_note(fit)) == ((), [])


def test_what_is_missing_comes_with_what_there_is(made: Record) -> None:
    fit = assembly_positions(assembly(*_tables(VOTES, CALLS)))
    with pytest.raises(NoDataError, match="SUN up to 1991"):
        vote_path(fit, "RUS", "USA", until=46)
    with pytest.raises(UnknownNameError, match="There are di, nu"):
        assembly(*_tables(VOTES, CALLS), issue="nuclear")
    ended = assembly_positions(assembly(*_tables(VOTES, CALLS), issue="nu"))
    with pytest.raises(NoDataError, match=r"Labels of nu end at session 46"):
        vote_path(ended, "SUN", "USA", since=47, about="nu")
    with pytest.raises(NoDataError, match="Positions end at session 65"):
        vote_path(made.ideal_points(), "KOR", "JPN", since=90)


def test_positions_that_have_not_settled_are_counted_and_the_worst_named() -> None:
    chamber = toy.chamber(1)
    held = sampled_ideal_points(chamber.ballots, seed=1, draws=40, warmup=10)
    loose = replace(held, r_hat=np.where(np.arange(len(held.r_hat)) < 2, [1.2, 1.5] + [1.0] * (len(held.r_hat) - 2), 1))
    assert _unsettled(loose) == [
        f"2 of {len(loose.r_hat)} positions have R-hat above 1.05; the worst: {loose.country[1]} in session 0 (1.50), "
        f"{loose.country[0]} in session 0 (1.20)"
    ]
    assert _unsettled(replace(held, r_hat=np.ones(len(held.r_hat)))) == []


def _placed(rows: list[tuple[str, int, float]]) -> IdealPoints:
    """A fit of which only who stood where is known."""
    fit = assembly_positions(assembly(*_tables(VOTES, CALLS)))
    country, session, position = zip(*rows, strict=True)
    return replace(fit, country=country, session=np.array(session), position=np.array(position))


@pytest.mark.parametrize(
    ("words", "code"),
    [(("path", "KOR", "KOR"), 2), (("path", "KOR", "JPN", "-o", "x.html"), 2), (("path", "KOR", "DEU"), 3),
     (("fit", "--issue", "trade"), 3), (("path", "KOR", "JPN", "--since", "90"), 1)],
)  # fmt: skip
def test_what_cannot_be_meant_has_its_exit_code(words: tuple[str, ...], code: int, made: Record) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["votes", *words, "--record", str(made.path)])
    assert stop.value.code == code


def main_ok(*words: str) -> None:
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    assert stop.value.code in (0, None)


@pytest.mark.slow
@pytest.mark.skipif(not UN.is_dir(), reason="needs the UN votes in ../shared")
def test_real_votes_are_fitted_whole_and_by_issue(tmp_path: Path) -> None:
    held = open_record(tmp_path)
    held.import_votes(UN)
    found = held.ideal_points_by_issue()
    assert set(found) == {None, "co", "di", "ec", "hr", "me", "nu"}
    assert all(one.converged for one in found.values())
    assert found[None].session[found[None].rows("RUS")].min() == 47
    assert found[None].session[found[None].rows("SUN")].max() == 46
    assert {issue: int(one.session.max()) for issue, one in found.items()} == {
        None: 77, "co": 73, "di": 77, "ec": 73, "hr": 77, "me": 77, "nu": 77,
    }  # fmt: skip
    assert 19 not in found[None].session
