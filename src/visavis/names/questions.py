"""The chapters' questions for the command line's help, read without loading a catalogue."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["question"]


def question(chapter: str) -> str:
    """The question of a chapter, in English.

    >>> question("history")
    'How did they get here?'
    """
    for path in sorted(Path(__file__).with_name("messages").glob("en/*.po")):
        found = re.search(rf'msgid "chapter\.{chapter}"\nmsgstr "(.*)"', path.read_text(encoding="utf-8"))
        if found:
            return found[1]
    return chapter
