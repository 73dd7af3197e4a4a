"""Which language a run of text is in, so that a page can say so and the right forms of Han signs are shown."""

from __future__ import annotations

import re

__all__ = ["TAGS", "tag", "tongue"]

# Chinese is written in simplified signs here.
TAGS = {"zh": "zh-Hans"}
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORDS = re.compile(r"[A-Za-z]*[a-z]{2}")


def tag(lang: str) -> str:
    """A language as HTML names it.

    >>> tag("zh"), tag("ko")
    ('zh-Hans', 'ko')
    """
    return TAGS.get(lang, lang)


def tongue(text: str, reader: str) -> str:
    """The language of a text that somebody else wrote, by its letters; empty where it is the reader's or not known.

    Kana make it Japanese, Hangul Korean. Han signs alone are left to the reader's language. Latin words in a Korean,
    Japanese or Chinese page are English: the sources visavis quotes are.

    >>> tongue("Joint statement", "ko"), tongue("Joint statement", "en"), tongue("ICEWS", "ko")
    ('en', '', '')
    >>> tongue("外相は", "en")
    'ja'
    """
    if _HANGUL.search(text):
        found = "ko"
    elif _KANA.search(text):
        found = "ja"
    elif _HAN.search(text):
        found = ""
    else:
        found = "en" if _WORDS.search(text) and reader in ("ko", "ja", "zh") else ""
    return "" if found == reader else found
