"""Roll-call votes from files: three forms give the same, bad rows are named, and the record is whole at any time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest
from tests import toy
from tests.conftest import DATA

from visavis.cli import main
from visavis.errors import BadFileError, NoDataError, UnknownNameError
from visavis.models._chamber import chamber
from visavis.record import open_record
from visavis.schema_votes import BALLOTS, ROLL_CALLS
from visavis.store import _durable
from visavis.store.lake import Lake
from visavis.store.vote_files import read_votes
from visavis.store.votes import Imported

UN = DATA / "votes"
CALLS = "rcid,session,date,unres,short\n1,73,2018-11-01,R/73/1,ARMS\n2,73,2018-11-02,R/73/2,RIGHTS\n3,73,,,\n"
VOTES = "rcid,ccode,vote\n1,732,1\n1,740,2\n2,732,3\n2,740,8\n3,732,1\n3,740,9\n3,220,3\n"
ISSUES = "rcid,short_name,issue\n1,nu,Nuclear\n1,di,Arms\n2,hr,Human rights\n"


def _tidy(folder: Path, votes: str = VOTES, calls: str = CALLS, issues: str = ISSUES) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in (("votes", votes), ("roll_calls", calls), ("issues", issues)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def _file(folder: Path, text: str) -> Path:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _rows(found: Imported) -> set[tuple[str, str, int, str]]:
    return {tuple(row.values()) for row in found.ballots.to_pylist()}


def test_the_three_tidy_tables_are_read_in_the_types_of_their_columns(tmp_path: Path) -> None:
    found = read_votes(_tidy(tmp_path))
    assert (found.ballots.schema, found.roll_calls.schema) == (BALLOTS.arrow, ROLL_CALLS.arrow)
    assert _rows(found) == {
        ("1", "KOR", 732, "yes"), ("1", "JPN", 740, "abstain"), ("2", "KOR", 732, "no"), ("2", "JPN", 740, "absent"),
        ("3", "KOR", 732, "yes"), ("3", "FRA", 220, "no"),
    }  # fmt: skip
    assert found.roll_calls["issues"].to_pylist() == ["di|nu", "hr", ""]
    assert found.roll_calls["date"].null_count == 1
    assert found.faults == found.notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "rcid,session,date,country,vote,nu\n1,73,2018-11-01,KOR,yes,1\n1,73,2018-11-01,South Korea,9,1\n"
        "1,73,2018-11-01,Japan,abstain,1\n2,73,2018-11-02,KOR,3,0\n2,73,2018-11-02,JPN,absent,0\n",
        "rcid,session,date,nu,KOR,JPN,FRA\n1,73,2018-11-01,1,1,2,\n2,73,2018-11-02,0,3,8,9\n",
        "rcid,session,date,nu,c732,740,2\n1,73,2018-11-01,1,1,2,9\n2,73,2018-11-02,0,3,8,\n",
    ],
    ids=["long, names", "wide, letters", "wide, numbers"],
)
def test_a_long_and_a_wide_file_give_the_same(text: str, tmp_path: Path) -> None:
    found = read_votes(_file(tmp_path, text))
    assert {row[1:] for row in _rows(found)} == {
        ("KOR", 732, "yes"), ("JPN", 740, "abstain"), ("KOR", 732, "no"), ("JPN", 740, "absent"),
    }  # fmt: skip
    assert found.roll_calls["issues"].to_pylist() == ["nu", ""]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,999,1", "votes.csv, line 9: ccode '999' is no country"),
        ("1,,1", "votes.csv, line 9: ccode '' is no country"),
        ("1,2,4", "votes.csv, line 9: vote '4' is no code"),
        ("1,2,", "votes.csv, line 9: vote '' is no code"),
        ("77,2,1", "votes.csv, line 9: roll call '77' is not among"),
        ("1,732,3", "votes.csv, line 9: ccode '732' votes again on roll call '1'"),
        ("1,0732,1", "votes.csv, line 9: ccode '0732' votes again on roll call '1'"),
        ("1,265,1", "votes.csv, line 9: ccode '265' ended on 1990-10-02"),
        ("1,713,1", "votes.csv, line 9: ccode '713' was no member then"),
    ],
)
def test_a_bad_row_is_left_out_and_named_with_file_line_and_value(row: str, said: str, tmp_path: Path) -> None:
    found = read_votes(_tidy(tmp_path, VOTES + row + "\n"))
    assert len(found.faults) == 1
    assert found.faults[0].startswith(said)
    assert _rows(found) == _rows(read_votes(_tidy(tmp_path)))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("4,first,2018-11-01,,", "roll_calls.csv, line 5: session 'first' is no number"),
        ("4,73,1.11.2018,,", "roll_calls.csv, line 5: date '1.11.2018' is no date"),
        ("1,73,2018-11-01,,", "roll_calls.csv, line 5: roll call '1' was told before"),
        (",73,2018-11-01,,", "roll_calls.csv, line 5: roll_call is empty"),
    ],
)
def test_a_bad_roll_call_is_named_too(row: str, said: str, tmp_path: Path) -> None:
    found = read_votes(_tidy(tmp_path, calls=CALLS + row + "\n"))
    assert found.faults[0].startswith(said)


def test_the_line_is_right_below_a_cell_of_several_lines(tmp_path: Path) -> None:
    text = 'rcid,session,descr,ccode,vote\n1,73,"two\nlines",732,1\n1,73,one,740,7\n'
    assert read_votes(_file(tmp_path, text)).faults == ("file.csv, line 4: vote '7' is no code",)


def test_bad_rows_beyond_a_thousand_are_counted(tmp_path: Path) -> None:
    faults = read_votes(_tidy(tmp_path, VOTES + "1,732,1\n" * 1200)).faults
    assert len(faults) == 1001
    assert faults[-1] == "and 200 rows more"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rcid,ccode,vote\n1,732,1\n", "the header lacks session"),
        ("rcid,session,vote\n1,73,1\n", "no column of countries"),
        ("rcid,session,KOR,Atlantis\n1,73,1,1\n", "no country: 'atlantis'"),
        ("rcid,session,ccode,vote\n1,73,732,x\n", "no row can be used"),
        ("rcid,session,ccode,vote\n", "no rows below the header"),
        ("rcid,rcid,session,ccode,vote\n1,1,73,732,1\n", "roll_call twice"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match=said):
        read_votes(_file(tmp_path, text))


def test_a_folder_without_the_tables_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match=r"holds no votes\.parquet"):
        read_votes(tmp_path)
    with pytest.raises(BadFileError, match="Check the path"):
        read_votes(tmp_path / "none.csv")


def test_who_votes_is_judged_by_the_day_and_by_membership(tmp_path: Path) -> None:
    calls = "rcid,session,date\n1,40,1985-11-01\n2,46,1991-10-03\n3,47,1992-11-01\n4,26,1971-10-07\n5,26,1971-11-03\n"
    votes = (
        "rcid,ccode,vote\n1,365,1\n1,345,1\n1,732,8\n1,731,1\n1,260,1\n1,265,1\n2,732,1\n2,731,1\n"
        "3,365,1\n3,345,1\n4,713,1\n4,710,8\n5,710,1\n5,713,8\n"
    )
    found = read_votes(_tidy(tmp_path, votes, calls, "rcid,short_name\n"))
    assert {row[:2] for row in _rows(found)} == {
        ("1", "SUN"), ("1", "YUG"), ("1", "DEU"), ("1", "DDR"), ("2", "KOR"), ("2", "PRK"), ("3", "RUS"), ("3", "YUG"),
        ("4", "TWN"), ("5", "CHN"),
    }  # fmt: skip
    assert found.faults == ("votes.csv, line 5: ccode '731' was no member then",)
    assert found.notes == ("3 absences of countries that were no members then are not counted",)


def test_labels_that_are_copies_of_another_one_are_withheld(tmp_path: Path) -> None:
    rows = [f"{i},{73 + i // 10},{int(i % 2)},{int(i % 2)},{int(i % 3 == 0)},732,1\n" for i in range(20)]
    told = "".join(row.replace(",1,1,", ",1,0,") if row.split(",")[1] == "73" else row for row in rows)
    found = read_votes(_file(tmp_path, "rcid,session,di,ec,hr,ccode,vote\n" + told))
    by_session = {
        session: set("|".join(r["issues"] for r in found.roll_calls.to_pylist() if r["session"] == session).split("|"))
        for session in (73, 74)
    }
    assert by_session[74] == {"", "di", "hr"}
    assert {row["withheld"] for row in found.roll_calls.to_pylist()} == {"", "ec"}
    assert found.notes == ("session 74: labels ec stand on exactly the roll calls of another label and are not used",)


def test_the_same_file_again_changes_nothing_and_a_known_roll_call_is_replaced(tmp_path: Path) -> None:
    record = open_record(tmp_path / "rec")
    record.import_votes(_tidy(tmp_path / "one"))
    before, version = record.votes(), Lake(record.path).version()
    record.import_votes(tmp_path / "one")
    assert record.votes() == before
    assert Lake(record.path).version() == version
    one = _tidy(tmp_path / "two", "rcid,ccode,vote\n1,740,3\n", "rcid,session,date\n1,73,2018-11-01\n", "rcid,issue\n")
    record.import_votes(one)
    ballots, calls = record.votes()
    assert [row["vote"] for row in ballots.to_pylist() if row["roll_call"] == "1"] == ["no"]
    assert calls.num_rows == 3
    assert Lake(record.path).version() != version


def test_status_tells_votes_and_figures_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = open_record(tmp_path / "rec")
    record.import_events("icews", toy.icews_files(tmp_path / "in", days=2, rows=3, first=dt.date(2019, 1, 1)))
    assert record.status()["votes"] is None
    record.import_votes(_tidy(tmp_path / "votes"))
    ballots, calls = record.votes()
    said = record.status()["votes"]
    assert (said["ballots"], said["roll_calls"], said["sessions"]) == (ballots.num_rows, calls.num_rows, [73, 73])
    pack = open_record("east-asia").status()["votes"]
    assert (pack["ballots"], pack["sessions"]) == (0, [1, 77])
    for where, told in ((str(record.path), "of 3 roll calls, sessions 73 to 73"), ("east-asia", "no ballots; Voeten")):
        with pytest.raises(SystemExit):
            main(["status", "--record", where])
        assert told in capsys.readouterr().out


def test_roll_calls_in_any_order_of_files_make_the_same_record(tmp_path: Path) -> None:
    parts = [tmp_path / "a", tmp_path / "b"]
    lines = CALLS.splitlines(keepends=True)
    for i, part in enumerate(parts, 1):
        votes = "rcid,ccode,vote\n" + "".join(v for v in VOTES.splitlines(keepends=True) if v.startswith(f"{i},"))
        _tidy(part, votes, lines[0] + lines[i], "rcid,issue\n")
    versions = []
    for name, order in (("x", parts), ("y", parts[::-1])):
        record = open_record(tmp_path / name)
        for part in order:
            record.import_votes(part)
        versions.append(Lake(record.path).version())
    assert versions[0] == versions[1]


def test_an_import_that_is_cut_off_leaves_the_record_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = open_record(tmp_path / "rec")
    record.import_votes(_tidy(tmp_path / "one"))
    before = record.votes()
    other = _tidy(tmp_path / "two", "rcid,ccode,vote\n1,740,3\n", "rcid,session\n1,73\n", "rcid,issue\n")
    whole = _durable.write_whole
    for stop in (1, 2, 3):  # the ballots, the roll calls, the manifest
        written = 0

        def cut(*arguments: object, stop: int = stop) -> None:
            nonlocal written
            written += 1
            if written == stop:
                raise KeyboardInterrupt
            whole(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr("visavis.store._durable.write_whole", cut)
        monkeypatch.setattr("visavis.store.manifest.write_whole", cut)
        with pytest.raises(KeyboardInterrupt):
            record.import_votes(other)
        monkeypatch.undo()
        assert record.votes() == before
    record.import_votes(other)
    assert record.votes() != before


def test_votes_without_events_are_named_and_a_pack_holds_none(tmp_path: Path) -> None:
    record = open_record(tmp_path / "rec")
    with pytest.raises(NoDataError, match="holds no roll-call votes"):
        record.votes()
    record.import_votes(_tidy(tmp_path / "one"))
    with pytest.raises(NoDataError, match="holds 6 ballots of 3 roll calls and no events"):
        _ = record.tables
    with pytest.raises(NoDataError, match=r"The pack .* holds no roll-call votes"):
        open_record().votes()


def test_a_pack_of_a_record_with_votes_holds_none_of_them(tmp_path: Path) -> None:
    record = open_record(tmp_path / "rec")
    record.import_votes(_tidy(tmp_path / "one"))
    record.import_events("icews", [Path(__file__).resolve().parents[3] / "examples" / "made-up-icews.tab"])
    pack = open_record(record.pack("small", ["KOR", "JPN"], tmp_path / "small.zip"))
    with pytest.raises(NoDataError, match="holds no roll-call votes"):
        pack.votes()


def test_a_chamber_is_the_matrix_of_one_session(tmp_path: Path) -> None:
    found = read_votes(_tidy(tmp_path))
    seen = chamber(found.ballots, found.roll_calls, 73)
    assert seen.countries == ("FRA", "JPN", "KOR")
    assert seen.votes.tolist() == [[0, 0, 3], [2, 8, 0], [1, 3, 1]]
    assert seen.issues == (frozenset({"di", "nu"}), frozenset({"hr"}), frozenset())


def test_the_command_tells_similarity_the_same_whoever_is_named_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = Path(__file__).resolve().parents[3] / "examples" / "made-up-votes.csv"
    where = ["--record", str(tmp_path / "rec")]
    with pytest.raises(SystemExit):
        main(["import", "votes", str(example), *where])
    assert "56 ballots of 14 roll calls" in capsys.readouterr().out
    said = []
    for sides in (["KOR", "JPN"], ["JPN", "KOR"]):
        with pytest.raises(SystemExit):
            main(["votes", "similarity", *sides, "--issues", *where])
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert "too few to say" in said[0]
    with pytest.raises(SystemExit) as stopped:
        main(["votes", "similarity", "KOR", "KOR", *where])
    assert stopped.value.code == 2


def test_bad_rows_end_with_exit_code_5_and_an_unknown_country_with_3(tmp_path: Path) -> None:
    where = ["--record", str(tmp_path / "rec")]
    with pytest.raises(SystemExit) as stopped:
        main(["import", "votes", str(_tidy(tmp_path / "one", VOTES + "1,2,4\n")), *where])
    assert stopped.value.code == 5
    with pytest.raises(SystemExit) as stopped:
        main(["votes", "similarity", "KOR", "Atlantis", *where])
    assert stopped.value.code == UnknownNameError.exit_code


@pytest.mark.skipif(not UN.is_dir(), reason="the votes of the General Assembly are not on this machine")
def test_the_votes_of_the_general_assembly_are_read_but_for_zanzibar() -> None:
    found = read_votes(UN)
    assert (found.ballots.num_rows, found.roll_calls.num_rows) == (1_000_687, 6_464)
    assert all("ccode '511'" in fault for fault in found.faults)
    assert found.notes[0].startswith("session 74, 75, 76, 77: labels co, ec")
    listed = pa.TableGroupBy(found.ballots, "roll_call").aggregate([([], "count_all")])
    assert max(listed["count_all"].to_pylist()) <= 193
