"""Votes of a Polis conversation as answers: each comment is an item, and each participant's side is told by a file.

Polis stores agreement as -1 and exports it as +1, and copies of exports differ. The sign is therefore settled by the
files themselves: the counts in ``comments.csv`` and those in ``participant(s)-votes.csv``. Where they settle nothing,
or contradict each other, the reader is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from visavis.asked import Person, Questionnaire
from visavis.errors import BadFileError, UsageError
from visavis.names.outside import terminal_text
from visavis.sheets.files import SideAnswers
from visavis.sheets.questionnaire import FORMAT, questionnaire_of
from visavis.sheets.reading import Gathering, csv_rows, number_of
from visavis.sheets.wording import words

__all__ = ["Conversation", "read_polis"]

_FILES = {
    "summary": ("summary",),
    "comments": ("comments",),
    "votes": ("votes",),
    "participants": ("participant-votes", "participants-votes"),
    "stats": ("stats-history", "stats"),
}
_LEAVE_OUT = ("", "-", "none")
_NEAR = 0.05  # of the votes: what may differ where people changed their votes


@dataclass(frozen=True)
class Conversation:
    """A Polis conversation, read.

    Args:
        questionnaire: its comments as items on three codes, -1, 0 and 1; own views only.
        sides: answers of each side that has participants, in ISO order.
        agree: the number that stood for agreement in ``votes.csv``.
        left_out: what was left out, and how much of it.
    """

    questionnaire: Questionnaire
    sides: tuple[SideAnswers, ...]
    agree: int
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Vote:
    line: int
    comment: str
    voter: str
    vote: int


def read_polis(
    folder: Path, sides: Path, pair: tuple[str, str], *, lang: str = "en", agree: int | None = None
) -> Conversation:
    """A Polis export: the folder with its five files, and who belongs to which side.

    Args:
        folder: holds summary, comments, votes, participant-votes and stats as CSV, with or without a prefix.
        sides: CSV with the columns ``participant, side``; ``-`` for one who belongs to neither.
        pair: the two sides, ISO alpha-3.
        lang: language of the comments.
        agree: 1 or -1, the number that means agreement in ``votes.csv``; None to let the files tell.

    Raises:
        BadFileError: a file is missing, a row is bad, or a participant has no side; each is named.
        UsageError: the files do not settle the sign, or contradict each other, and ``agree`` is None.

    >>> read_polis(Path("nowhere"), Path("sides.csv"), ("JPN", "KOR"))
    Traceback (most recent call last):
    visavis.errors.BadFileError: nowhere: holds no summary.csv. A Polis export has five files.
    """
    paths = {name: _file(folder, endings) for name, endings in _FILES.items()}
    comments = _comments(paths["comments"])
    votes = _votes(paths["votes"], comments)
    sign = _sign(comments, votes, paths, agree)
    shown = {name: row for name, row in comments.items() if row["moderated"] != "-1"}
    questionnaire = _questionnaire(paths["summary"], shown, pair, lang)
    belongs = _sides(sides, questionnaire)
    found = Gathering(paths["votes"].name, questionnaire)
    last: dict[tuple[str, str], _Vote] = {(one.voter, one.comment): one for one in votes}
    hidden = sum(comment not in shown for _, comment in last)
    neither = {voter for voter, _ in last if belongs.get(voter) in _LEAVE_OUT}
    for one in last.values():
        if one.voter not in belongs:
            found.fault(f"line {one.line}", f"participant {one.voter!r} has no side in {sides.name}; - is neither")
        elif one.voter not in neither and one.comment in shown:
            side, place = belongs[one.voter], f"line {one.line}"
            if found.person(place, Person(one.voter, side)):
                found.answer(place, side, one.voter, f"comment-{one.comment}", "own", one.vote * sign)
    left = {"votes replaced by a later one": len(votes) - len(last), "votes on comments taken out": hidden}
    left["participants of neither side"] = len(neither)
    return Conversation(questionnaire, found.sides(extra={"left out": left}), sign, left)


def _file(folder: Path, endings: Sequence[str]) -> Path:
    there = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    for ending in endings:
        found = [one for one in there if one.stem == ending or one.stem.endswith((f"-{ending}", f".{ending}"))]
        if ending == "votes":
            found = [one for one in found if not one.stem.endswith(("participant-votes", "participants-votes"))]
        if len(found) > 1:
            raise BadFileError(f"{folder}: {found[0].name} and {found[1].name} are both there. Leave one conversation.")
        if found:
            return found[0]
    raise BadFileError(f"{folder}: holds no {endings[0]}.csv. A Polis export has five files.")


def _comments(path: Path) -> dict[str, dict[str, str]]:
    found = {}
    for line, row in csv_rows(path, ("comment-id", "agrees", "disagrees", "moderated", "comment-body")):
        counts = [row["comment-id"], row["agrees"], row["disagrees"]]
        if not all(one.isdecimal() for one in counts) or not terminal_text(row["comment-body"]):
            raise BadFileError(
                f"{path}, line {line}: {counts} with {row['comment-body'][:40]!r}; wanted counts and a text."
            )
        if row["comment-id"] in found:
            raise BadFileError(f"{path}, line {line}: comment {row['comment-id']!r} was there before.")
        found[row["comment-id"]] = row
    return found


def _votes(path: Path, comments: Mapping[str, object]) -> list[_Vote]:
    found, faults = [], []
    for line, row in csv_rows(path, ("timestamp", "comment-id", "voter-id", "vote")):
        time, vote = number_of(row["timestamp"]), row["vote"]
        if row["comment-id"] not in comments:
            faults.append(f"line {line}: comment-id {row['comment-id']!r} is not among the comments")
        elif vote not in ("-1", "0", "1") or isinstance(time, str) or not row["voter-id"]:
            faults.append(f"line {line}: timestamp {row['timestamp']!r}, voter {row['voter-id']!r}, vote {vote!r}")
        else:
            found.append((time, _Vote(line, row["comment-id"], row["voter-id"], int(vote))))
    if faults:
        more = f"\n  and {len(faults) - 20} more" if len(faults) > 20 else ""
        listed = "\n  ".join(map(terminal_text, faults[:20]))
        raise BadFileError(f"{path}: {len(faults)} bad rows; nothing was taken from it.\n  {listed}{more}")
    return [vote for _, vote in sorted(found, key=lambda one: (one[0], one[1].line))]


def _sign(
    comments: Mapping[str, Mapping[str, str]], votes: Sequence[_Vote], paths: Mapping[str, Path], agree: int | None
) -> int:
    """The number that means agreement, 1 or -1, as the files say it."""
    if agree not in (None, 1, -1):
        raise UsageError(f"agree is {agree!r}; it is 1 or -1.")
    last = {(one.voter, one.comment): one.vote for one in votes}
    by_comment = {name: (int(row["agrees"]), int(row["disagrees"])) for name, row in comments.items()}
    by_person = {
        row["participant"]: (int(row["n-agree"]), int(row["n-disagree"]))
        for row in _participants(paths["participants"])
    }
    said = {
        paths["comments"].name: _told([(comment, vote) for (_, comment), vote in last.items()], by_comment),
        paths["participants"].name: _told([(voter, vote) for (voter, _), vote in last.items()], by_person),
    }
    told = {sign for sign in said.values() if sign}
    if agree is not None:
        return agree
    if len(told) == 1:
        return told.pop()
    what = "; ".join(f"{name} says {sign or 'nothing'}" for name, sign in said.items())
    raise UsageError(
        f"The files do not settle whether 1 or -1 means agreement in {paths['votes'].name}: {what}. Say it with agree."
    )


def _told(votes: Sequence[tuple[str, int]], counts: Mapping[str, tuple[int, int]]) -> int:
    """1 or -1 where one reading fits the counts and the other does not; else 0."""
    plus = dict.fromkeys(counts, 0)
    minus = dict.fromkeys(counts, 0)
    for key, vote in votes:
        if key in counts:
            plus[key] += vote == 1
            minus[key] += vote == -1
    straight = sum(abs(plus[key] - a) + abs(minus[key] - d) for key, (a, d) in counts.items())
    turned = sum(abs(minus[key] - a) + abs(plus[key] - d) for key, (a, d) in counts.items())
    near = _NEAR * sum(plus.values()) + _NEAR * sum(minus.values())
    if straight <= near < turned:
        return 1
    return -1 if turned <= near < straight else 0


def _participants(path: Path) -> list[dict[str, str]]:
    rows = []
    for line, row in csv_rows(path, ("participant", "n-agree", "n-disagree")):
        if not (row["n-agree"].isdecimal() and row["n-disagree"].isdecimal()):
            raise BadFileError(f"{path}, line {line}: n-agree {row['n-agree']!r}, n-disagree {row['n-disagree']!r}.")
        rows.append(row)
    return rows


def _sides(path: Path, questionnaire: Questionnaire) -> dict[str, str]:
    found: dict[str, str] = {}
    for line, row in csv_rows(path, ("participant", "side")):
        if row["side"] not in (*questionnaire.sides, *_LEAVE_OUT) or row["participant"] in found:
            both = " or ".join(questionnaire.sides)
            raise BadFileError(
                f"{path}, line {line}: participant {row['participant']!r}, side {row['side']!r}; wanted {both}, or - "
                "for neither, and each participant once."
            )
        found[row["participant"]] = row["side"]
    return found


def _questionnaire(
    summary: Path, comments: Mapping[str, Mapping[str, str]], pair: tuple[str, str], lang: str
) -> Questionnaire:
    try:
        lines = summary.read_bytes().decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadFileError(f"{summary}: cannot be read ({error}).") from None
    topic = next((line.partition(",")[2].strip(' "') for line in lines if line.startswith("topic,")), "")
    tree = {
        "format": FORMAT,
        "id": f"polis-{'-'.join(sorted(pair)).lower()}",
        "title": {lang: terminal_text(topic) or "Polis"},
        "sides": list(pair),
        "kind": "public",
        "scales": {"polis": {"codes": [-1, 0, 1], "agree": [1], "labels": {lang: words(lang)["polis"]}}},
        "items": [
            {
                "id": f"comment-{name}",
                "topic": "comments",
                "text": {lang: terminal_text(row["comment-body"])},
                "scale": "polis",
                "asks": ["own"],
            }
            for name, row in comments.items()
        ],
    }
    return questionnaire_of(tree, str(summary.parent))
