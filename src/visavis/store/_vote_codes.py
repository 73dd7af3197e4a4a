"""Codes of votes as public files write them."""

from __future__ import annotations

__all__ = ["CHOICES", "STRANGE", "word"]

CHOICES = {"1": "yes", "2": "abstain", "3": "no", "8": "absent", "9": ""}
"""Codes of votes; an empty word means that the country was no member."""

STRANGE = "?"
_WORDS = CHOICES | {word: word for word in CHOICES.values() if word} | {"y": "yes", "a": "abstain", "n": "no"}


def word(text: str) -> str:
    """What a cell says: a word of ``CHOICES``, or ``STRANGE``.

    >>> word("2.0"), word("Absent"), word("9"), word("7")
    ('abstain', 'absent', '', '?')
    """
    return _WORDS.get(text.strip().lower().removesuffix(".0"), STRANGE)
