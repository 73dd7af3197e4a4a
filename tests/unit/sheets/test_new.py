"""A new questionnaire is complete in four languages and symmetric, whoever asks for it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from visavis.asked import Questionnaire
from visavis.errors import AmbiguousNameError, UnknownNameError, UsageError
from visavis.sheets.new import new_sheet, templates
from visavis.sheets.wording import REASONS, choices, question_text, words

PAIRS = [("KOR", "JPN"), ("USA", "CHN"), ("IND", "PAK")]
LANGS = ("en", "ko", "ja", "zh")
SIZES = {"bilateral-security": (20, 4, 5), "public-opinion": (12, 3, 3)}


@pytest.fixture(params=[(t, *pair) for t in SIZES for pair in PAIRS], ids=lambda one: "-".join(one))
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Questionnaire:
    template, a, b = request.param
    return new_sheet(template, a, b, tmp_path / "sheet.toml")


def _texts(asked: Questionnaire, lang: str) -> list[str]:
    labels = [label for item in asked.items for label in item.scale.labels[lang]]
    return [asked.title[lang], *(item.text[lang] for item in asked.items), *labels]


def test_every_template_has_its_size_known() -> None:
    assert set(templates()) == set(SIZES)


def test_a_template_has_its_items_controls_and_pairs(made: Questionnaire) -> None:
    items, controls, pairs = SIZES[made.id.rsplit("-", 2)[0]]
    roles = Counter(item.role for item in made.items)
    assert roles["control"] == controls
    assert sum(roles.values()) - controls == items
    assert roles["recognition"] == roles["conclusion"] == len({item.pair for item in made.items if item.pair}) == pairs


def test_all_four_languages_are_there_and_none_is_a_copy_of_another(made: Questionnaire) -> None:
    said = {lang: _texts(made, lang) for lang in LANGS}
    assert set(made.title) == set(LANGS)
    for row in zip(*said.values(), strict=True):
        assert all(row)
        assert len(set(row)) == 4, row


def test_each_language_is_written_in_its_own_script(made: Questionnaire) -> None:
    for text in _texts(made, "ko"):
        assert re.search("[가-힣]", text), text
    for text in _texts(made, "zh"):
        assert not re.search("[가-힣ぁ-んァ-ヶ]", text), text
    for text in _texts(made, "en"):
        assert text.isascii() or "’" in text, text
    assert all(re.search("[ぁ-ん]", item.text["ja"]) for item in made.items)


def test_no_place_is_left_unfilled_in_items_and_questions(made: Questionnaire) -> None:
    for lang in LANGS:
        put = [
            question_text(made, item, question, side, lang)
            for item in made.items
            for question in (*item.asks, *(REASONS if item.reasons else ()))
            for side in made.sides
        ]
        for text in (*_texts(made, lang), *put):
            assert not re.search(r"[{}]", text), text


def test_both_countries_are_named_alike_often_and_take_turns(made: Questionnaire) -> None:
    first = Counter()
    for item in made.items:
        places = [item.text["en"].find(name) for name in made.title["en"].partition(": ")[2].split(" and ")]
        if min(places) >= 0:
            first[places[0] < places[1]] += 1
    assert abs(first[True] - first[False]) <= 2, first


def test_what_is_asked_of_one_country_is_asked_of_the_other(made: Questionnaire) -> None:
    by_id = {item.id: item for item in made.items}
    mirrored = [name for name in by_id if name.endswith("-a")]
    assert mirrored
    for name in mirrored:
        one, other = by_id[name], by_id[f"{name[:-1]}b"]
        assert (one.asks, one.scale, one.estimate, one.polarity) == (other.asks, other.scale, other.estimate, 1)


def test_the_order_of_the_countries_changes_nothing(tmp_path: Path) -> None:
    one = new_sheet("public-opinion", "KOR", "JPN", tmp_path / "1.toml")
    other = new_sheet("public-opinion", "일본", "South Korea", tmp_path / "2.toml")
    assert one == other
    assert (tmp_path / "1.toml").read_bytes() == (tmp_path / "2.toml").read_bytes()


def test_the_article_stands_where_english_wants_it(tmp_path: Path) -> None:
    asked = new_sheet("public-opinion", "KOR", "USA", tmp_path / "s.toml")
    assert asked.item("leaders-regular").text["en"].startswith("The leaders of South Korea and the United States")
    assert "the the" not in " ".join(_texts(asked, "en")).lower()


def test_delegations_write_reasons_on_three_items_and_judge_an_act(tmp_path: Path) -> None:
    asked = new_sheet("bilateral-security", "KOR", "JPN", tmp_path / "s.toml")
    assert sum(item.reasons for item in asked.items) == 3
    assert {"cause", "regret", "disappointment", "anger"} <= set(asked.item("recent-act").asks)
    assert {"will", "own_standard", "other_standard", "performance"} == set(asked.item("conduct-notice").asks)
    assert [code for code, _ in choices(asked.item("recent-act"), "cause", "ja")] == [
        "situation",
        "government",
        "society",
    ]


def test_the_comments_explain_every_field_of_an_item(tmp_path: Path) -> None:
    new_sheet("bilateral-security", "KOR", "JPN", tmp_path / "s.toml")
    said = "".join(line for line in (tmp_path / "s.toml").read_text(encoding="utf-8").splitlines() if line[:1] == "#")
    for field in ("id", "topic", "text", "scale", "polarity", "role", "pair", "estimate", "asks", "reasons"):
        assert re.search(rf"\b{field}\b", said), field


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        new_sheet("public-opinion", "KOR", "JPN", path)
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("template", "a", "b", "name", "error"),
    [
        ("tea", "KOR", "JPN", "s.toml", UnknownNameError),
        ("public-opinion", "Korea", "JPN", "s.toml", AmbiguousNameError),
        ("public-opinion", "KOR", "South Korea", "s.toml", UsageError),
        ("public-opinion", "KOR", "JPN", "s.json", UsageError),
        ("public-opinion", "KOR", "JPN", "no/folder/s.toml", UsageError),
    ],
)
def test_what_cannot_be_meant_is_refused_and_writes_nothing(
    tmp_path: Path, template: str, a: str, b: str, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        new_sheet(template, a, b, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_the_wording_has_the_same_keys_in_every_language() -> None:
    def keys(tree: dict[str, object]) -> set[str]:
        inner = {f"{k}.{n}" for k, v in tree.items() if isinstance(v, dict) for n in keys(v)}
        return inner | set(tree)

    assert len({frozenset(keys(words(lang))) for lang in LANGS}) == 1
    with pytest.raises(UsageError, match="'fr'"):
        words("fr")
