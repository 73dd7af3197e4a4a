"""Votes in ``likeness`` and ``answers``: every verdict can come out, and a pack says what its record says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.toy_pair import toy_tables
from tests.toy_votes import assembly_tables, pack_of, record_of

from visavis.charts.svg import svg
from visavis.finding import Finding, Verdict
from visavis.findings._alike_votes import voting
from visavis.findings._order import named_first
from visavis.findings._view import View
from visavis.findings._voted import votes
from visavis.names.messages import languages, say
from visavis.pair import span_of
from visavis.record import open_record

HOLDS, FAILS, OPEN, NONE = Verdict.HOLDS, Verdict.DOES_NOT_HOLD, Verdict.UNDECIDED, Verdict.NO_DATA
APART = {"nu": {"JPN": -0.6, "KOR": 0.6}, "me": {"JPN": 0.0, "KOR": 0.0}}


def told(tables, first="KOR", second="JPN", **span) -> dict[str, Finding]:
    a, b = sorted((first, second))
    since, until = span_of(span.get("since"), span.get("until"))
    view = View(tables, a, b, since=since, until=until)
    return {f.id: f for f in named_first([*voting(view), *votes(view)], first, a)}


@pytest.fixture(scope="module")
def near():
    return pack_of(assembly_tables({"JPN": 0.5, "KOR": 0.45}, issue_stand=APART, withheld="co"))


@pytest.mark.parametrize(
    ("stand", "verdict"),
    [({"JPN": 0.5, "KOR": 0.45}, HOLDS), ({"JPN": 0.9, "KOR": -0.9}, FAILS), ({"JPN": 0.45, "KOR": -0.1}, OPEN)],
)
def test_that_they_vote_alike_more_than_most_can_hold_fail_and_stay_open(stand, verdict):
    found = told(pack_of(assembly_tables(stand)))["likeness.votes"]
    assert found.verdict is verdict
    assert (found.bits > 4) == (verdict is not OPEN)
    assert found.headline == (verdict is not OPEN)
    assert found.numbers["agreement"].low < found.numbers["agreement"].value < found.numbers["agreement"].high


def test_agreement_that_is_only_chance_is_no_likeness():
    """Both say yes nearly always: they agree often, and not beyond chance."""
    stand = {"JPN": -1.6, "KOR": -1.6}
    found = told(pack_of(assembly_tables(stand, absent={"JPN": 0.02})))["likeness.votes"]
    assert found.numbers["agreement"].value > 0.9
    assert found.verdict is not FAILS


@pytest.mark.parametrize(("early", "verdict"), [({"KOR": -0.7}, HOLDS), ({}, OPEN)])
def test_that_they_vote_more_alike_than_before_is_found_and_not_made_up(early, verdict):
    found = told(pack_of(assembly_tables({"JPN": 0.6, "KOR": 0.55}, early=early)))["likeness.votes.change"]
    assert found.verdict is verdict


def test_that_they_vote_less_alike_than_before_is_found():
    found = told(pack_of(assembly_tables({"JPN": 0.6, "KOR": -0.7}, early={"KOR": 0.6})))["likeness.votes.change"]
    assert found.verdict is FAILS
    assert found.numbers["agreement"].high < 0


def test_the_issue_they_part_on_comes_first_and_one_that_ends_is_named(near):
    found = told(near)["likeness.votes.parts"]
    assert found.verdict is HOLDS
    assert "nuclear" in found.sentence
    assert found.details[0].terms["issue"].value == "votes.issue.nu"
    assert "votes.issue.co" not in {d.terms["issue"].value for d in found.details[:-1]}  # only in 46 to 50
    whole = pack_of(assembly_tables({"JPN": 0.5, "KOR": 0.45}, withheld="co", sessions=range(69, 78)))
    parts = told(whole)["likeness.votes.parts"]
    assert [c.numbers["last"].value for c in parts.caveats if c.key == "likeness.votes.ended"] == [73]
    lines = {d.terms["issue"].value: d.numbers["last"].value for d in parts.details if "issue" in d.terms}
    assert (lines["votes.issue.co"], lines["votes.issue.hr"]) == (73, 77)
    level = told(pack_of(assembly_tables({"JPN": 0.5, "KOR": 0.5})))["likeness.votes.parts"]
    assert level.verdict is OPEN


def test_distance_is_told_with_its_place_and_a_chart_with_a_warning(near):
    found = told(near)["likeness.votes.near"]
    assert found.verdict is HOLDS
    assert [c.key for c in found.caveats] == ["likeness.votes.drift"]
    assert svg(found.charts[0]).startswith("<svg")
    far = told(pack_of(assembly_tables({"JPN": 0.95, "KOR": -0.95})))["likeness.votes.near"]
    assert far.verdict is FAILS
    assert far.numbers["distance"].low > 1


def test_absence_that_could_matter_is_said_and_only_then(near):
    gone = pack_of(assembly_tables({"JPN": 0.9, "KOR": 0.9}, absent={"KOR": 0.4}))
    assert [d.key for d in told(gone)["likeness.votes"].details] == ["likeness.votes.absence"]
    assert not told(near)["likeness.votes"].details


def test_same_problem_and_another_answer_issue_by_issue(near):
    found = told(near)["answers.votes"]
    assert found.verdict is HOLDS
    lines = {d.terms["issue"].value: d.key.rpartition(".")[2] for d in found.details}
    assert lines["votes.issue.nu"] == "shared"
    assert found.details[0].terms["issue"].value == "votes.issue.nu"
    assert sum(found.numbers[key].value for key in ("shared", "alike", "open")) == found.numbers["all"].value == 3
    one = {label: {"JPN": -1.5, "KOR": -1.5} for label in ("nu", "hr", "me", "")}
    same = told(pack_of(assembly_tables({"JPN": 0.0, "KOR": 0.0}, issue_stand=one, calls=96)))["answers.votes"]
    assert same.verdict is FAILS
    away = told(pack_of(assembly_tables({"JPN": 0.9, "KOR": -0.9}, absent={"KOR": 0.7}, calls=96)))["answers.votes"]
    assert {d.key for d in away.details} == {"answers.line.votes.away"}
    assert away.verdict is OPEN


@pytest.mark.parametrize("span", [{"since": "2019-03"}, {"until": "1990"}, {"since": "1996", "until": "2017"}])
def test_without_five_sessions_of_both_it_is_said_what_is_missing(near, span):
    for tables, kept in ((near, span), (toy_tables(months=12), {})):
        found = told(tables, **kept)
        assert set(found) == {"likeness.votes", "answers.votes"}
        assert {f.verdict for f in found.values()} == {NONE}
        for f in found.values():
            assert f.basis == "votes"
            assert "visavis import votes" in say(f.message) + say(f.would_change)


def test_a_record_with_ballots_says_what_a_pack_of_it_says():
    made = assembly_tables({"JPN": 0.5, "KOR": 0.45}, issue_stand=APART)
    record, pack = told(record_of(made)), told(pack_of(made, ("CHN", "JPN", "KOR", "USA")))
    assert record.keys() == pack.keys()
    for key, one in record.items():
        other = pack[key]
        assert (one.verdict, one.message, one.details, one.charts) == (
            other.verdict, other.message, other.details, other.charts
        )  # fmt: skip


@pytest.mark.parametrize("stand", [{"JPN": 0.5, "KOR": 0.45}, {"JPN": 0.9, "KOR": -0.9}])
def test_swapped_only_the_order_changes(stand):
    tables = pack_of(assembly_tables(stand, issue_stand=APART, absent={"KOR": 0.3}, withheld="co"))
    there, back = told(tables), told(tables, "JPN", "KOR")
    assert there.keys() == back.keys()
    for key, one in there.items():
        other = back[key]
        assert (one.verdict, one.bits, one.headline) == (other.verdict, other.bits, other.headline)
        swapped = one.sentence.replace("South Korea", "*").replace("Japan", "South Korea").replace("*", "Japan")
        assert other.sentence == swapped
        assert [say(d) for d in one.details] == [say(d) for d in other.details]


def test_every_language_tells_every_verdict(near):
    worlds = [near, toy_tables(months=12), pack_of(assembly_tables({"JPN": 0.9, "KOR": -0.9}, early={"KOR": 0.9})),
              pack_of(assembly_tables({"JPN": 0.45, "KOR": -0.1}, absent={"KOR": 0.7}))]  # fmt: skip
    for f in (f for tables in worlds for f in told(tables).values()):
        for message in (f.message, *f.details, *f.caveats, f.would_change):
            for lang in languages():
                assert "{" not in say(message, lang)


@pytest.mark.parametrize("pair", [("KOR", "JPN"), ("CHN", "USA"), ("PRK", "KOR"), ("CHN", "JPN")])
def test_the_shipped_pack_tells_votes_offline(pair):
    found = told(open_record("east-asia").tables, *pair)
    assert {"likeness.votes", "likeness.votes.parts", "likeness.votes.change", "likeness.votes.near"} <= set(found)
    for f in found.values():
        assert f.verdict is not NONE
        assert f.would_change
        assert "Voeten" in f.provenance.citation
        assert f.basis == "votes"
        assert all(n.n for n in f.numbers.values() if n.low is not None)
    colonialism = [d for d in found["answers.votes"].details if d.terms["issue"].value == "votes.issue.co"]
    assert colonialism[0].numbers["last"].value == 73


def test_the_seat_of_china_until_1971_and_sessions_before_membership_have_no_rows():
    found = told(open_record("east-asia").tables, "TWN", "JPN")
    assert {f.verdict for f in found.values()} == {NONE}
    rows = open_record("east-asia").tables.arrow("positions").to_pylist()
    assert not [r for r in rows if r["country"] == "TWN"]
    assert min(r["session"] for r in rows if r["country"] == "CHN") == 26
    assert min(r["session"] for r in rows if r["country"] in ("KOR", "PRK")) == 46


def test_a_pack_of_a_record_holds_figures_and_is_made_the_same_twice(tmp_path: Path):
    record = open_record(tmp_path / "rec")
    record.import_events("icews", [Path(__file__).resolve().parents[3] / "examples" / "made-up-icews.tab"])
    made = assembly_tables({"JPN": 0.5, "KOR": 0.45}, sessions=range(73, 78))
    rows = made["ballots"].to_pylist()
    calls = {r["roll_call"]: r for r in made["roll_calls"].to_pylist()}
    lines = ["rcid,session,iso3,vote,hr,nu,me"]
    for row in rows:
        call = calls[row["roll_call"]]
        flags = ",".join("1" if label in call["issues"] else "0" for label in ("hr", "nu", "me"))
        lines.append(f"{row['roll_call']},{call['session']},{row['country']},{row['vote']},{flags}")
    (tmp_path / "votes.csv").write_text("\n".join(lines))
    record.import_votes(tmp_path / "votes.csv")
    one, two = (record.pack("p", ["KOR", "JPN"], tmp_path / f"{k}.zip", votes_source="made up") for k in "ab")
    assert one.read_bytes() == two.read_bytes()
    pack = open_record(one)
    assert pack.tables.votes_source == "made up"
    assert told(pack.tables)["likeness.votes"].message == told(record.tables)["likeness.votes"].message
    again = open_record(pack.pack("q", ["KOR", "JPN"], tmp_path / "c.zip"))
    assert again.tables.votes_source == "made up"
    assert again.tables.arrow("joint_votes").equals(pack.tables.arrow("joint_votes"))
