"""Breaking text into lines by the width of its signs: Korean, Japanese and Chinese signs are two columns wide.

Japanese and Chinese may be broken between any two signs, except that none of their marks begins or ends a line
wrongly; Korean and all else is broken at spaces.

Source: JIS X 4051 and GB/T 15834 on marks at the edges of a line (the common part of both).
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["columns", "fill", "wrap"]

_NEVER_FIRST = "、。，．・：；？！）］｝」』】〕〉》”’ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々%％,.)]}…～"
_NEVER_LAST = "（［｛「『【〔〈《“‘([{"
# Han signs, hiragana and full-width signs stand alone; a word in katakana holds together, and anything else up to the
# next space.
_ALONE = r"\u3000-\u30a0\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_PIECE = re.compile(rf"\s+|[\u30a1-\u30ff]+|[{_ALONE}]|[^\s\u30a1-\u30ff{_ALONE}]+")


def columns(text: str) -> int:
    """How many columns of a terminal a text takes.

    >>> columns("Korea"), columns("한국"), columns("韓国")
    (5, 4, 4)
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns, where the text can be broken; at least one line.

    >>> wrap("South Korea toward Japan", 12)
    ['South Korea', 'toward Japan']
    >>> wrap("記録は二つの国から、同じように読まれる。", 20)
    ['記録は二つの国から、', '同じように読まれる。']
    """
    lines, line = [], ""
    for unit in _units(text):
        if line.strip() and columns((line + unit).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        rest = (line + unit).lstrip() if not line else line + unit
        while columns(rest.rstrip()) > width:
            cut = _fitting(rest, width)
            lines.append(rest[:cut])
            rest = rest[cut:]
        line = rest
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def fill(text: str, width: int, *, first: str = "", then: str = "") -> str:
    """The lines as one text, the first one after ``first``, the others after ``then``.

    >>> print(fill("one two three", 9, then="  "))
    one two
      three
    """
    inner = width - max(columns(first), columns(then))
    head, *others = wrap(text, inner)
    return "\n".join([first + head, *(then + one for one in others)])


def _units(text: str) -> list[str]:
    """What must stay together: words, and single signs with the marks that cling to them."""
    units: list[str] = []
    for piece in _PIECE.findall(text):
        if units and (piece[0] in _NEVER_FIRST or units[-1][-1] in _NEVER_LAST):
            units[-1] += piece
        else:
            units.append(piece)
    return units


def _fitting(text: str, width: int) -> int:
    """How many signs of a word that is too long fit; at least one."""
    taken = 0
    for i, sign in enumerate(text):
        taken += columns(sign)
        if taken > width:
            return max(1, i)
    return len(text)
