"""The catalogues: keys, slots, figures, periods, plurals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from visavis.errors import BadFileError, UnknownNameError, UsageError
from visavis.finding import Message, Number, Term, Verdict
from visavis.names import messages
from visavis.names.messages import heading, languages, message_keys, number_text, say, slots, term_text

HEAD = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
)
# Slots that hold a term, lines of ours that are never one, and what is measured rather than counted.
TERMS = {"a", "b", "source", "target", "teller", "third", "watch", "kind", "stream", "period", "up", "down"}
FIXED = {
    "enough", "needed", "needed_weeks", "fewest", "least", "few", "members", "within", "years", "months", "span",
    "back", "countries", "cases", "windows", "kinds", "placebos", "turns", "sessions", "to",
    "each", "highest",
}  # fmt: skip
MEASURED = {"points", "times", "years", "months", "swings"}


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of catalogues of the test's own, beside the shipped common one."""
    shipped = Path(messages.__file__).with_name("messages") / "en" / "common.po"
    folder = tmp_path / "en"
    folder.mkdir()
    (folder / "common.po").write_bytes(shipped.read_bytes())
    monkeypatch.setattr(messages, "_FOLDER", tmp_path)
    caches = (messages._catalogue, messages.locale_of)
    for cached in caches:
        cached.cache_clear()
    yield folder
    monkeypatch.undo()
    for cached in caches:
        cached.cache_clear()


def write(folder: Path, name: str, *entries: str) -> None:
    (folder / name).write_text(HEAD + "\n" + "\n\n".join(entries) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Number(0.312, "share of acts", 0.281, 0.349, 412), "31% (28 to 35)"),
        (Number(0.0034, "share of acts", 0.001, 0.009), "0.3% (0.1 to 0.9)"),
        (Number(0.21, "change in share of acts", 0.15, 0.27), "+21 (+15 to +27)"),
        (Number(-0.21, "change in share of acts", -0.27, 0.02), "−21 (−27 to +2)"),
        (Number(0.0, "change in share of acts"), "0"),
        (Number(-0.0001, "change in share of acts"), "0"),
        (Number(0.95, "probability"), "95%"),
        (Number(0.9996, "share of pairs"), "more than 99%"),
        (Number(0.995, "share of pairs", 0.98, 1.0), "more than 99% (98 to 100)"),
        (Number(0.9949, "share of pairs"), "99%"),
        (Number(1.0, "share of pairs"), "100%"),
        (Number(0.9999999999999998, "share of pairs"), "100%"),
        (Number(0.0004, "probability"), "less than 0.1%"),
        (Number(0.0006, "probability"), "0.1%"),
        (Number(0.0, "probability", 0.0, 0.02), "0% (0 to 2)"),
        (Number(0.9996, "change in share of acts"), "+100"),
        (Number(6.423, "of 10", 5.04, 7.5), "6.4 (5.0 to 7.5)"),
        (Number(1234, "reports"), "1,234"),
        (Number(12.345, "acts per 10,000", 10.0, 14.96), "12.3 (10.0 to 15.0)"),
        (Number(1.234, "acts per 10,000"), "1.23"),
        (Number(-3.5, "change in acts per 10,000", -5.0, -2.0), "−3.50 (−5.00 to −2.00)"),
        (Number(None, "reports"), "not known"),
    ],
)
def test_a_number_is_written_by_the_rule_of_its_unit(number: Number, text: str) -> None:
    assert number_text(number) == text


def test_each_part_of_a_number_can_stand_alone() -> None:
    number = Number(-0.312, "change in share of acts", low=-0.4, high=-0.25, n=1412, level=0.9)
    parts = {part: number_text(number, "en", part) for part in ("value", "size", "range", "low", "high", "n", "level")}
    assert parts == {
        "value": "−31",
        "size": "31",
        "range": "−40 to −25",
        "low": "−40",
        "high": "−25",
        "n": "1,412",
        "level": "90%",
    }


@pytest.mark.parametrize("value", [0.0, 1.0, *(10.0**-k for k in range(1, 9)), *(1 - 10.0**-k for k in range(1, 9))])
@pytest.mark.parametrize("lang", languages())
def test_only_none_is_written_as_none_and_only_all_as_all(value: float, lang: str) -> None:
    told = number_text(Number(value, "share of acts"), lang)
    assert (told == "0%") == (value == 0)
    assert (told == "100%") == (value == 1)


def test_a_number_without_interval_or_count_says_so() -> None:
    assert number_text(Number(3, "reports"), "en", "n") == "not known"
    assert number_text(Number(3, "reports"), "en", "range") == "not known"


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (Term("period", "2012-08"), "August 2012"),
        (Term("period", "2012"), "2012"),
        (Term("period", "2019-W11"), "week 11 of 2019 (11 to 17 March)"),
        (Term("period", "2019-W01"), "week 1 of 2019 (31 December to 6 January)"),
        (Term("date", "2012-08-10"), "10 August 2012"),
        (Term("word", "means.dialogue"), "dialogue"),
        (Term("outside", "<b>{{7*7}}</b>"), "<b>{{7*7}}</b>"),
    ],
)
def test_a_term_is_told_by_its_kind(term: Term, text: str) -> None:
    assert term_text(term) == text


@pytest.mark.parametrize("value", ["2012-13", "2012-W60", "yesterday", ""])
def test_a_period_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match=value or "''"):
        term_text(Term("period", value))


def test_several_terms_are_joined_as_a_list(catalogue: Path) -> None:
    write(catalogue, "x.po", 'msgid "x.list"\nmsgstr "{means.cap} grew."')
    words = tuple(Term("word", f"means.{one}") for one in ("dialogue", "aid", "protest"))
    assert say(Message("x.list", terms={"means": words})) == "Dialogue, aid and protest grew."


def test_the_count_chooses_the_plural_form(catalogue: Path) -> None:
    entry = 'msgid "x.pulses"\nmsgid_plural "p"\nmsgstr[0] "{p} month"\nmsgstr[1] "{p} months"'
    by_n = 'msgid "x.acts"\nmsgid_plural "s.n"\nmsgstr[0] "{s} of {s.n} act"\nmsgstr[1] "{s} of {s.n} acts"'
    write(catalogue, "x.po", entry, by_n)
    assert [say(Message("x.pulses", {"p": Number(n, "months")})) for n in (0, 1, 2)] == [
        "0 months",
        "1 month",
        "2 months",
    ]
    assert say(Message("x.acts", {"s": Number(1.0, "share of acts", n=1)})) == "100% of 1 act"
    assert say(Message("x.pulses", {"p": Number(None, "months")})) == "not known months"
    assert slots("x.acts") == {"s"}


def test_text_from_outside_is_never_read_as_a_template(catalogue: Path) -> None:
    write(catalogue, "x.po", 'msgid "x.said"\nmsgstr "{who}: {what}"')
    hostile = "{what} {who.__class__} {0} %s {{7*7}}"
    told = say(Message("x.said", terms={"who": Term("outside", hostile), "what": Term("outside", "\\1 \\g<0>")}))
    assert told == f"{hostile}: \\1 \\g<0>"


def test_a_slot_that_nothing_fills_is_an_error_with_its_name(catalogue: Path) -> None:
    write(catalogue, "x.po", 'msgid "x.one"\nmsgstr "{a} and {b}"')
    with pytest.raises(UsageError, match=r"'x\.one' needs b"):
        say(Message("x.one", {"a": Number(1, "acts")}))


def test_a_part_that_does_not_exist_is_an_error(catalogue: Path) -> None:
    write(catalogue, "x.po", 'msgid "x.n"\nmsgstr "{a.mean}"', 'msgid "x.t"\nmsgstr "{a.low}"')
    with pytest.raises(UsageError, match="mean"):
        say(Message("x.n", {"a": Number(1, "acts")}))
    with pytest.raises(UsageError, match="low"):
        say(Message("x.t", terms={"a": Term("outside", "x")}))


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean .*chapter\.history") as caught:
        heading("chapter.histry")
    assert "chapter.history" in caught.value.suggestions


def test_an_unknown_language_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"'xx'.*en"):
        heading("chapter.now", "xx")
    with pytest.raises(UsageError, match=r"'\.\.'"):
        heading("chapter.now", "..")


def test_a_key_in_two_files_is_refused(catalogue: Path) -> None:
    write(catalogue, "x.po", 'msgid "chapter.now"\nmsgstr "Again"')
    with pytest.raises(BadFileError, match=r"chapter\.now"):
        heading("chapter.now")


def test_a_key_without_text_is_refused(catalogue: Path) -> None:
    write(catalogue, "x.po", 'msgid "x.empty"\nmsgstr ""')
    with pytest.raises(BadFileError, match=r"x\.empty"):
        heading("x.empty")


def test_every_verdict_and_chapter_has_a_word() -> None:
    assert {f"verdict.{verdict.name.lower()}" for verdict in Verdict} <= set(message_keys())
    chapters = ["now", "history", "likeness", "answers", "understanding", "reaction", "company", "ties", "ahead"]
    assert {f"chapter.{chapter}" for chapter in chapters} <= set(message_keys())


@pytest.mark.parametrize("lang", languages())
def test_every_shipped_message_can_be_told_with_its_slots_filled(lang: str) -> None:
    for key in message_keys(lang):
        entry = messages._entry(key, lang)
        parts = {m[1]: m[2] for form in entry.forms for m in messages._SLOT.finditer(form) if not m[4]}
        numbers = {name: Number(0.5, "share of acts", 0.4, 0.6, 10) for name in slots(key, lang)}
        numbers |= {name: Number(10, "acts") for name, part in parts.items() if part == "counted"}
        terms = {name: Term("outside", "x") for name, part in parts.items() if part == "cap"}
        told = say(Message(key, {k: v for k, v in numbers.items() if k not in terms}, terms), lang)
        assert told.strip() == told, f"{key} begins or ends with a space"
        assert "{" not in told, f"{key} has a slot that is misspelt"


def test_a_count_of_one_is_told_in_the_singular() -> None:
    ends = {"a": Term("country", "JPN"), "b": Term("country", "USA")}
    ends |= {"first": Term("date", "2019-01-01"), "last": Term("date", "2019-01-02")}
    told = say(Message("history.span", {"acts_ab": Number(1, "acts"), "acts_ba": Number(1200, "acts")}, ends))
    assert "1 act of Japan toward the United States and 1,200 of" in told


def test_a_word_takes_the_form_of_the_count_that_it_names(catalogue: Path) -> None:
    write(catalogue, "x.po", 'msgid "x.both"\nmsgstr "{s.n} open {s.n|item|items}, {v} {v|vote is|votes are} counted"')
    told = [
        say(Message("x.both", {"s": Number(0.5, "share of items", n=n), "v": Number(3 - n, "votes")})) for n in (1, 2)
    ]
    assert told == ["1 open item, 2 votes are counted", "2 open items, 1 vote is counted"]
    assert say(Message("x.both", {"s": Number(0.5, "share"), "v": Number(1.5, "votes")})).endswith("votes are counted")


def test_no_count_of_one_stands_before_a_plural() -> None:
    """Every message with each of its counts at one, looked through for every plural whose singular a catalogue has."""
    entries = {key: messages._entry(key, "en") for key in message_keys()}
    slot_of = {
        key: [m for form in entry.forms for m in messages._SLOT.finditer(form)] for key, entry in entries.items()
    }
    paired = [entry.forms for key, entry in entries.items() if key.startswith("count.") and len(entry.forms) == 2]
    plurals = {many.split()[-1] for one, many in paired if one != many}
    plurals |= {m[4].split("|")[1].split()[0] for found in slot_of.values() for m in found if m[4]}
    plurals -= MEASURED | {"are", "run", "were", "lie", "stay", "their"}
    assert {"acts", "stories", "countries", "people", "items", "calls"} <= plurals
    wrong = re.compile(
        rf"(?<![\d,.])1 (?:(?!(?:of|in|at|from|with|what|were) )[a-z-]+ ){{0,2}}?(?:{'|'.join(sorted(plurals))})\b"
    )
    assert wrong.search("On 1 contested roll calls")
    for key, found in slot_of.items():
        names = slots(key)
        terms = {m[1]: Term("outside", "x") for m in found if m[2] == "cap"}
        terms |= {name: Term("outside", "x") for name in names & TERMS - {m[1] for m in found if m[2] == "n"}}
        numbers = {name: Number(7 if name in FIXED else 1, "acts", n=1) for name in names - terms.keys()}
        told = say(Message(key, numbers, terms))
        assert not wrong.search(told), f"{key}: {told}"


def test_a_country_that_takes_an_article_has_it_in_a_sentence_and_not_as_a_name() -> None:
    pair = {"source": Term("country", "USA"), "target": Term("country", "NLD")}
    assert say(Message("charts.direction", terms=pair)) == "The United States toward the Netherlands"
    assert messages.term_text(pair["source"]) == "United States"
    for key in message_keys():
        if key.startswith("country."):
            assert say(Message(key)) == f"the {messages.term_text(Term('country', key[8:]))}"
