"""A finding as a page shows it: the names of its numbers."""

from __future__ import annotations

from dataclasses import replace

from tests import toy_brief as toy

from visavis.brief.view import views
from visavis.finding import Finding, Message, Number, Term


def test_a_number_of_a_side_carries_the_names_of_the_two_and_no_identifier() -> None:
    finding: Finding = toy.history_findings()[0]
    sides = {"a": Term("country", "KOR"), "b": Term("country", "USA")}
    numbers = {name: Number(12, "acts") for name in ("acts_ab", "acts_ba", "people_a", "people_b", "with_b", "fewest")}
    found = replace(finding, message=Message("ahead.next.not_minds", numbers, sides), details=(), caveats=(), charts=())
    names = [row[0] for row in views([found], "en")[0].numbers]
    assert names == [
        "acts (South Korea toward the United States)", "acts (the United States toward South Korea)",
        "people (South Korea)",
        "people (the United States)", "with (the United States)", "fewest needed",
    ]  # fmt: skip
    told = [row[0] for lang in ("ko", "ja", "zh") for row in views([found], lang)[0].numbers[:1]]
    assert told == ["행위(대한민국 → 미국)", "行為（韓国 → アメリカ合衆国）", "行为（韩国 → 美国）"]


def test_swapped_names_of_numbers_go_with_their_numbers() -> None:
    """Where a and b change places, so do the figures: each country keeps its own."""
    finding, found = toy.history_findings()[0], []
    for ends, (a, b) in ((("a", "b"), ("KOR", "USA")), (("b", "a"), ("USA", "KOR"))):
        sides = {"a": Term("country", a), "b": Term("country", b)}
        numbers = {f"people_{end}": Number(n, "people") for end, n in zip(ends, (3, 7), strict=True)}
        message = Message("ahead.next.not_minds", numbers, sides)
        [view] = views([replace(finding, message=message, details=(), caveats=(), charts=())], "en")
        found.append(sorted(tuple(row) for row in view.numbers))
    assert found[0] == found[1]
