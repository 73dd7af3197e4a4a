"""A Polis export becomes answers; what agreement is, the files say or the reader is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from visavis.errors import BadFileError, UsageError
from visavis.sheets.polis import read_polis

PAIR = ("JPN", "KOR")
# comment -> voter -> 1 agrees, 0 passes, -1 disagrees
TRUTH = {
    "0": {"0": 1, "1": 1, "2": 1, "3": -1},
    "1": {"0": -1, "1": 1, "2": 0},
    "2": {"0": 1, "3": 1, "4": 1},
    "3": {"1": -1},
}
SIDES = {"0": "KOR", "1": "KOR", "2": "JPN", "3": "JPN", "4": "-"}


def _export(folder: Path, sign: int = 1, *, counts: int = 1, people: int = 1, name: str = "{}.csv") -> Path:
    """The five files. ``counts`` and ``people`` turn what comments.csv and participant-votes.csv count as agreeing."""
    folder.mkdir(exist_ok=True)

    def write(kind: str, rows: list[str]) -> None:
        (folder / name.format(kind)).write_text("\n".join(rows) + "\n", encoding="utf-8")

    write("summary", ['topic,"Tea, and more"', "url,https://example.org/x", "voters,5", "comments,4"])
    rows = ["timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body"]
    for comment, given in TRUTH.items():
        agrees = sum(vote == counts for vote in given.values())
        disagrees = sum(vote == -counts for vote in given.values())
        moderated = "-1" if comment == "3" else "1"
        rows.append(f'1,Mon,{comment},0,{agrees},{disagrees},{moderated},"Comment ""{comment}"", good\u202e"')
    write("comments", rows)
    rows = ["timestamp,datetime,comment-id,voter-id,vote"]
    rows += [f"{90 - int(v)},Mon,{c},{v},{vote * sign}" for c, given in TRUTH.items() for v, vote in given.items()]
    rows.append(f"1,Mon,0,0,{-sign}")  # changed later
    write("votes", rows)
    rows = ["participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1,2,3"]
    for voter in SIDES:
        given = [TRUTH[c].get(voter) for c in TRUTH]
        rows.append(f"{voter},0,0,{len(given)},{given.count(people)},{given.count(-people)},,,,")
    write("participant-votes", rows)
    write("stats-history", ["stat,value"])
    return folder


def _sides(folder: Path, sides: dict[str, str] = SIDES) -> Path:
    path = folder.parent / "sides.csv"
    path.write_text("participant,side\n" + "".join(f"{k},{v}\n" for k, v in sides.items()), encoding="utf-8")
    return path


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", ["{}.csv", "2024-05-01-talk-{}.csv"])
def test_agreement_is_what_the_counts_say_whatever_its_sign(tmp_path: Path, sign: int, name: str) -> None:
    folder = _export(tmp_path / "polis", sign, name=name)
    found = read_polis(folder, _sides(folder), PAIR)
    assert found.agree == sign
    assert [side.side for side in found.sides] == ["JPN", "KOR"]
    given = {(a.person, a.item): a.value for side in found.sides for a in side.answers}
    assert given == {
        (voter, f"comment-{comment}"): vote
        for comment, votes in TRUTH.items()
        for voter, vote in votes.items()
        if comment != "3" and voter != "4"
    }
    assert dict(found.left_out) == {
        "votes replaced by a later one": 1,
        "votes on comments taken out": 1,
        "participants of neither side": 1,
    }


def test_comments_become_items_on_three_codes_asked_for_own_views_only(tmp_path: Path) -> None:
    folder = _export(tmp_path / "polis")
    asked = read_polis(folder, _sides(folder), PAIR, lang="ko").questionnaire
    assert asked.title == {"ko": "Tea, and more"}
    assert [item.id for item in asked.items] == ["comment-0", "comment-1", "comment-2"]
    assert asked.items[0].text == {"ko": 'Comment "0", good'}
    assert all(item.scale.codes == (-1, 0, 1) and item.asks == ("own",) for item in asked.items)
    assert asked.items[0].scale.labels["ko"] == ("반대", "넘김 또는 잘 모름", "찬성")
    assert len(asked.sha256) == 64


def test_one_file_that_settles_the_sign_is_enough(tmp_path: Path) -> None:
    folder = _export(tmp_path / "polis", -1)
    text = (folder / "comments.csv").read_text(encoding="utf-8").splitlines()
    blank = [",".join([*line.split(",")[:4], "9", "9", *line.split(",")[6:]]) for line in text[1:]]
    (folder / "comments.csv").write_text("\n".join([text[0], *blank]) + "\n", encoding="utf-8")
    assert read_polis(folder, _sides(folder), PAIR).agree == -1


def test_files_that_contradict_each_other_ask_the_reader(tmp_path: Path) -> None:
    folder = _export(tmp_path / "polis", 1, people=-1)
    with pytest.raises(UsageError, match=r"comments\.csv says 1; participant-votes\.csv says -1.*agree"):
        read_polis(folder, _sides(folder), PAIR)
    assert read_polis(folder, _sides(folder), PAIR, agree=-1).agree == -1


def test_files_that_settle_nothing_ask_the_reader(tmp_path: Path) -> None:
    folder = _export(tmp_path / "polis", 1, counts=5, people=5)
    with pytest.raises(UsageError, match="says nothing; participant"):
        read_polis(folder, _sides(folder), PAIR)
    with pytest.raises(UsageError, match="it is 1 or -1"):
        read_polis(folder, _sides(folder), PAIR, agree=0)


def test_a_participant_without_a_side_is_named(tmp_path: Path) -> None:
    folder = _export(tmp_path / "polis")
    with pytest.raises(BadFileError, match=r"participant '4' has no side in sides\.csv"):
        read_polis(folder, _sides(folder, {k: v for k, v in SIDES.items() if k != "4"}), PAIR)


@pytest.mark.parametrize("sides", [{"0": "CHN"}, {"0": "KOR", "0 ": "JPN"}])
def test_a_wrong_row_of_the_side_file_is_named(tmp_path: Path, sides: dict[str, str]) -> None:
    folder = _export(tmp_path / "polis")
    with pytest.raises(BadFileError, match=r"sides\.csv, line \d: participant '0'"):
        read_polis(folder, _sides(folder, sides), PAIR)


@pytest.mark.parametrize("kind", ["summary", "comments", "votes", "participant-votes", "stats-history"])
def test_each_of_the_five_files_is_needed(tmp_path: Path, kind: str) -> None:
    folder = _export(tmp_path / "polis")
    (folder / f"{kind}.csv").unlink()
    with pytest.raises(BadFileError, match=rf"holds no {kind}\.csv"):
        read_polis(folder, _sides(folder), PAIR)


def test_two_conversations_in_one_folder_are_refused(tmp_path: Path) -> None:
    folder = _export(tmp_path / "polis", name="a-{}.csv")
    _export(folder, name="b-{}.csv")
    with pytest.raises(BadFileError, match=r"a-summary\.csv and b-summary\.csv"):
        read_polis(folder, _sides(folder), PAIR)


@pytest.mark.parametrize("row", ["1,Mon,9,0,1", "1,Mon,0,0,2", "x,Mon,0,0,1", "1,Mon,0,,1"])
def test_a_bad_vote_is_named_with_its_line(tmp_path: Path, row: str) -> None:
    folder = _export(tmp_path / "polis")
    with (folder / "votes.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    with pytest.raises(BadFileError, match=r"votes\.csv: 1 bad rows.*\n  line 14: "):
        read_polis(folder, _sides(folder), PAIR)
