"""Korean particles: which form follows a word depends on the sound the word ends in.

    한국은, 미국은; 일본과, 캐나다와; 서울로, 한국으로, 캐나다로; 31%가, 8월이, 12(10~15)는

A word in Hangul says how it ends; figures are read in Sino-Korean, capital letters one by one. What stands in
brackets at the end of a word is not read. Where a word does not tell (Han, most words in Latin letters), both forms
are written, as Korean forms and machines do: ``Facebook은(는)``.

Source: National Institute of Korean Language, Hangul orthography (한글 맞춤법).
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["PARTICLES", "with_particle"]

# After a consonant, after a vowel, and what is written where the sound is not known.
PARTICLES = {
    "eun": ("은", "는", "은(는)"),
    "i": ("이", "가", "이(가)"),
    "eul": ("을", "를", "을(를)"),
    "gwa": ("과", "와", "과(와)"),
    "ro": ("으로", "로", "(으)로"),
}
_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$")
_QUOTES = " \t\"'“”‘’«»「」『』《》〈〉.…·,"
_VOWEL, _RIEUL, _CONSONANT = "vowel", "rieul", "consonant"
# How single signs are read at the end of a figure or an abbreviation: 일, 칠, 팔, 엘, 알 end in ㄹ; 영, 삼, 육, 엠, 엔
# in another consonant.
_SIGNS = dict.fromkeys("245 9AEIOUBCDFGHJKPQSTVWXYZ%°".replace(" ", ""), _VOWEL) | dict.fromkeys("178LR", _RIEUL)
_SIGNS |= dict.fromkeys("036MN", _CONSONANT)
# A word in small letters: what its last letter makes of it in Hangul. The others may go either way.
_LETTERS = dict.fromkeys("aiouwyxszfjhvrd", _VOWEL) | {"l": _RIEUL} | dict.fromkeys("mn", _CONSONANT)


def with_particle(word: str, particle: str) -> str:
    """A word with its particle: ``eun``, ``i``, ``eul``, ``gwa`` or ``ro``.

    >>> with_particle("한국", "eun"), with_particle("캐나다", "gwa"), with_particle("서울", "ro")
    ('한국은', '캐나다와', '서울로')
    >>> with_particle("31%(28~35)", "i"), with_particle("1,200", "eul"), with_particle("UN", "i")
    ('31%(28~35)가', '1,200을', 'UN이')
    """
    after_consonant, after_vowel, either = PARTICLES[particle]
    sound = _sound(word)
    if sound is None:
        return word + either
    open_end = sound == _VOWEL or (sound == _RIEUL and particle == "ro")
    return word + (after_vowel if open_end else after_consonant)


def _sound(word: str) -> str | None:
    """What a word ends in; None where it does not tell."""
    text = unicodedata.normalize("NFC", word).rstrip(_QUOTES)
    while (bare := _BRACKETS.sub("", text).rstrip(_QUOTES)) not in ("", text):
        text = bare
    if not text:
        return None
    last = text[-1]
    if "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
        return {0: _VOWEL, 8: _RIEUL}.get(final, _CONSONANT)
    if "ぁ" <= last <= "ヿ":
        return _CONSONANT if last in "んン" else _VOWEL
    if last in _LETTERS or last.islower():
        return _CONSONANT if text.endswith("ng") else _LETTERS.get(last)
    return _SIGNS.get(last) if not text[-2:-1].islower() else None
