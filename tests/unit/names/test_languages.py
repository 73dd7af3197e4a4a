"""The catalogues in Korean, Japanese and Chinese: whole, same slots, own letters, own rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from visavis import countries
from visavis.finding import Message, Number, Term
from visavis.names import messages
from visavis.names.lines import columns, wrap
from visavis.names.messages import number_text, runs, say, term_text
from visavis.names.particles import PARTICLES, with_particle
from visavis.names.tongues import tag, tongue

FOLDER = Path(messages.__file__).with_name("messages")
OTHERS = ("ja", "ko", "zh")
FILES = sorted(path.name for path in (FOLDER / "en").glob("*.po"))
LETTERS = {"ko": r"[가-힣]", "ja": r"[\u3041-\u30fa\u4e00-\u9fff]", "zh": r"[\u4e00-\u9fff]"}
FOREIGN = {"ko": r"[\u3041-\u30fa]", "ja": r"[가-힣]", "zh": r"[가-힣\u3041-\u3096\u30a1-\u30fa]"}
COMMAND = re.compile(r"visavis(?: [a-z]+)+(?: [A-Z]+)?")


def entries(lang: str, name: str) -> dict[str, tuple[str, ...]]:
    """The templates of a file by key, without names of countries, which other languages need no articles for."""
    with (FOLDER / lang / name).open("rb") as file:
        catalog: Catalog = read_po(file, locale=lang)
    found = {}
    for one in catalog:
        key = one.id[0] if isinstance(one.id, tuple) else one.id
        if key and not key.startswith("country."):
            found[str(key)] = tuple(one.string) if isinstance(one.string, tuple) else (str(one.string),)
    return found


def asked(forms: tuple[str, ...]) -> set[tuple[str, str]]:
    """Slots with their parts; a particle asks for nothing, and no language but English has capitals to begin with.

    A number told in two parts, its value and its range, is told as a whole. A word that follows a count tells none.
    """
    found = {(m[1], "" if m[2] in (None, "cap") else m[2]) for form in forms
             for m in messages._SLOT.finditer(form) if not m[4]}  # fmt: skip
    for name in {name for name, part in found if part == "value" and (name, "range") in found}:
        found = (found - {(name, "value"), (name, "range")}) | {(name, "")}
    return found


@pytest.mark.parametrize("lang", OTHERS)
@pytest.mark.parametrize("name", FILES)
def test_every_catalogue_is_whole_in_every_language(lang: str, name: str) -> None:
    assert (FOLDER / lang / name).is_file(), f"messages/{lang}/{name} is missing"
    assert sorted(entries(lang, name)) == sorted(entries("en", name))


@pytest.mark.parametrize("lang", OTHERS)
def test_no_language_has_a_file_that_english_lacks(lang: str) -> None:
    assert {path.name for path in (FOLDER / lang).glob("*.po")} <= set(FILES)


@pytest.mark.parametrize("lang", OTHERS)
@pytest.mark.parametrize("name", FILES)
def test_a_translation_tells_the_same_numbers_and_terms(lang: str, name: str) -> None:
    """The same slots, each with the same part; where the English forms differ among themselves, as the last one."""
    theirs, english = entries(lang, name), entries("en", name)
    for key in theirs.keys() & english.keys():
        (form,) = theirs[key]
        assert asked((form,)) == asked(english[key][-1:]), f"{key} ({lang})"


@pytest.mark.parametrize("lang", OTHERS)
@pytest.mark.parametrize("name", FILES)
def test_a_translation_is_in_its_own_letters_with_no_english_left(lang: str, name: str) -> None:
    for key, (form,) in entries(lang, name).items():
        words = COMMAND.sub(" ", messages._SLOT.sub(" ", form))
        assert not re.search(FOREIGN[lang], words), f"{key} has letters of another language: {words}"
        english = re.findall(r"[A-Za-z]*[a-z]{3,}", words)
        assert len(english) <= 2, f"{key} has English left in it: {' '.join(english)}"
        assert re.search(LETTERS[lang], words) or not re.search(r"[a-z]{3,}", words.replace("Phoenix", "")), key


@pytest.mark.parametrize("name", FILES)
def test_only_korean_has_particles_and_none_is_written_by_hand(name: str) -> None:
    for lang in OTHERS:
        for key, (form,) in entries(lang, name).items():
            particles = [m[3] for m in messages._SLOT.finditer(form) if m[3]]
            assert lang == "ko" or not particles, f"{key} ({lang})"
    by_hand = r"\}(?:은|는|이|가|을|를|과|와|으로|로)(?=[\s.,:;)]|$)"
    for key, (form,) in entries("ko", name).items():
        assert not re.search(by_hand, form), f"{key}: write the particle as a slot, such as {{a.eun}}: {form}"


@pytest.mark.parametrize(
    ("word", "eun", "ro"),
    [
        ("한국", "한국은", "한국으로"),
        ("캐나다", "캐나다는", "캐나다로"),
        ("브라질", "브라질은", "브라질로"),
        ("콩고(킨샤사)", "콩고(킨샤사)는", "콩고(킨샤사)로"),
        ("12", "12는", "12로"),
        ("11", "11은", "11로"),
        ("1,200", "1,200은", "1,200으로"),
        ("31%(28~35)", "31%(28~35)는", "31%(28~35)로"),
        ("2012년 8월", "2012년 8월은", "2012년 8월로"),
        ("ICEWS", "ICEWS는", "ICEWS로"),
        ("UN", "UN은", "UN으로"),
        ("visavis", "visavis는", "visavis로"),
        ("“대화”", "“대화”는", "“대화”로"),
        ("日本", "日本은(는)", "日本(으)로"),
        ("キムさん", "キムさん은", "キムさん으로"),
        ("Kobe", "Kobe은(는)", "Kobe(으)로"),
        ("", "은(는)", "(으)로"),
    ],
)
def test_a_korean_particle_follows_the_last_sound(word: str, eun: str, ro: str) -> None:
    assert (with_particle(word, "eun"), with_particle(word, "ro")) == (eun, ro)


def test_every_country_has_a_korean_name_whose_last_sound_is_known() -> None:
    for one in countries.countries():
        for particle, (_, _, either) in PARTICLES.items():
            assert not with_particle(one.names["ko"], particle).endswith(either), one.iso3


def test_particles_are_slots_of_a_message_after_terms_numbers_and_lists() -> None:
    template = "{a.eun} {b.gwa} {share.value.i} {share.i} {n.counted.eul} {both.ro}"
    terms = {"a": Term("country", "KOR"), "b": Term("country", "CAN"), "both": (Term("country", "JPN"),) * 2}
    numbers = {"share": Number(0.31, "share of acts", 0.28, 0.35), "n": Number(12, "acts")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "_entry", _instead(template))
        told = say(Message("x", numbers, terms), "ko")
    assert told == "대한민국은 캐나다와 31%가 31%(28~35)가 행위 12건을 일본 및 일본으로"


def _instead(template: str):  # type: ignore[no-untyped-def]
    entry = messages._entry
    return lambda key, lang: messages._Entry((template,)) if key == "x" else entry(key, lang)


@pytest.mark.parametrize(
    ("lang", "share", "month", "day", "week", "year"),
    [
        ("ko", "31%(28~35)", "2012년 8월", "2012년 8월 10일", "2019년 11주차(3월 11~17일)", "2012년"),
        ("ja", "31%（28～35）", "2012年8月", "2012年8月10日", "2019年第11週（3月11～17日）", "2012年"),
        ("zh", "31%（28至35）", "2012年8月", "2012年8月10日", "2019年第11周（3月11日至17日）", "2012年"),
    ],
)
def test_figures_and_periods_are_written_as_in_the_readers_language(
    lang: str, share: str, month: str, day: str, week: str, year: str
) -> None:
    assert number_text(Number(0.312, "share of acts", 0.281, 0.349), lang) == share
    assert number_text(Number(1234567, "reports"), lang) == "1,234,567"
    told = [term_text(Term("period", text), lang) for text in ("2012-08", "2019-W11", "2012")]
    assert [told[0], term_text(Term("date", "2012-08-10"), lang), told[1], told[2]] == [month, day, week, year]


def test_text_of_another_language_is_a_run_of_its_own() -> None:
    row = {"date": Term("date", "2018-10-30"), "text": Term("outside", "The Supreme Court upheld a ruling", "en")}
    told = runs(Message("now.row", terms={**row, "told_in": Term("outside", "산케이신문")}), "ja")
    assert [run.lang for run in told if run.text in (row["text"].value, "산케이신문")] == ["en", "ko"]
    assert "".join(run.text for run in told) == say(
        Message("now.row", terms={**row, "told_in": Term("outside", "산케이신문")}), "ja"
    )


def test_a_text_that_its_author_worded_in_the_readers_language_is_told_in_it() -> None:
    item = Term("outside", "Talks help.", "en", also=(("ko", "대화는 도움이 된다."),))
    assert term_text(item, "ko") == "대화는 도움이 된다."
    assert term_text(item, "ja") == "Talks help."


def test_han_signs_take_the_form_of_the_readers_language() -> None:
    assert [term_text(Term("country", "KOR"), lang) for lang in OTHERS] == ["韓国", "대한민국", "韩国"]
    assert (tag("zh"), tag("ja"), tongue("外務省", "zh")) == ("zh-Hans", "ja", "")


def test_lines_are_measured_by_the_width_of_their_signs() -> None:
    text = "韓国の日本に対する行為のうち、対立的なものの割合（90%区間）。"
    lines = wrap(text, 20)
    assert "".join(lines) == text
    assert all(columns(line) <= 22 and line[0] not in "、。）」" and line[-1] not in "（「" for line in lines)
