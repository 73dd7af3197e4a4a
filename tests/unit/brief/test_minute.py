"""Which sentences stand on the first page, and which findings of a chapter stand open."""

from __future__ import annotations

from dataclasses import replace

from tests.toy_brief import brief

from visavis.brief.minute import LEAD, MOST, leading, minute
from visavis.finding import Finding, Message, Verdict


def _made(name: str, chapter: str = "history", **said: object) -> Finding:
    any_one = brief().findings[0]
    plain = {"headline": True, "claim": True, "actor": "", "bits": 0.0, "verdict": Verdict.HOLDS, **said}
    return replace(any_one, id=name, chapter=chapter, message=Message(name), **plain)  # type: ignore[arg-type]


def _names(findings: list[Finding]) -> list[str]:
    return [findings[i].id for i in minute(findings)]


def test_the_age_comes_first_and_there_are_at_most_five() -> None:
    found = [_made(f"f{i}", bits=float(i)) for i in range(8)]
    told = _names([*found, _made("now.fresh.age", "now", claim=False)])
    assert told == ["now.fresh.age", "f4", "f5", "f6", "f7"]
    assert len(_names(found)) == MOST


def test_what_is_decided_goes_before_what_is_not_and_the_more_surprising_before_the_less() -> None:
    found = [
        _made("nothing", "a", verdict=Verdict.NO_DATA),
        _made("undecided", "b", verdict=Verdict.UNDECIDED, bits=9.0),
        _made("counted", "c", claim=False),
        _made("against", "d", verdict=Verdict.DOES_NOT_HOLD, bits=5.0),
        _made("weak", "e", bits=4.4),
        _made("strong", "f", bits=12.0),
        _made("silent", "g", bits=20.0, headline=False),
    ]
    assert _names(found) == ["undecided", "counted", "against", "weak", "strong"]


def test_no_chapter_has_a_second_sentence_before_every_other_had_its_first() -> None:
    found = [_made(f"h{i}", "history", bits=15.0 - i) for i in range(6)]
    found += [_made("t", "ties", bits=5.0), _made("l", "likeness", bits=4.4)]
    assert _names(found) == ["h0", "h1", "h2", "t", "l"]


def test_what_is_said_of_both_goes_before_what_is_said_of_one() -> None:
    found = [_made(f"a{i}", bits=20.0, actor="KOR") for i in range(5)] + [_made("both", bits=5.0)]
    assert "both" in _names(found)


def test_a_chapter_opens_with_what_asks_for_the_first_page() -> None:
    found = [_made(f"f{i}", headline=i in (4, 5), charts=()) for i in range(7)]
    assert leading(found) == [4, 5, 0]
    assert len(leading(found)) == LEAD
    many = [_made(f"f{i}", charts=()) for i in range(6)]
    assert leading(many) == [0, 1, 2]


def test_the_first_picture_of_a_chapter_stands_open() -> None:
    picture = next(chart for finding in brief().findings for chart in finding.charts)
    found = [_made(f"f{i}", headline=i == 0, charts=(picture,) if i > 4 else ()) for i in range(7)]
    assert leading(found) == [0, 5, 1]
