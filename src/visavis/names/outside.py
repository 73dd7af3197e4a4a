"""Text that others wrote (headlines, names, addresses) is hostile until it is shown as text and nothing else.

HTML and SVG escape by themselves (Jinja2, the XML writer); what they cannot know is here: characters that steer a
terminal or turn the direction of a line, cells that a spreadsheet would run, addresses that run code.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

__all__ = ["csv_cell", "safe_url", "terminal_text"]

# Escape sequences as a whole (ECMA-48): CSI, the strings OSC, DCS, PM, APC and SOS with their end, then short ones.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]P^_X]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_SPACES = re.compile(r"[\s\x1c-\x1f\x85\u2028\u2029]+")
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Cn", "Co"))  # control, format, surrogate, not assigned, private
# What a spreadsheet takes for the start of a formula, also in full width.
_FORMULA = ("=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\N{MINUS SIGN}")
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)


def terminal_text(text: str) -> str:
    r"""Text on one line that neither steers a terminal nor turns the reading direction of what follows.

    Escape sequences, control and format characters (bidirectional overrides, zero-width marks), unpaired
    surrogates and code points that no character has are taken out; any run of white space is one space.
    Also right before HTML and SVG, which allow none of these.

    >>> terminal_text("a\x1b[31mred\x00\u202etxt\n b")
    'aredtxt b'
    """
    text = _SPACES.sub(" ", _ESCAPES.sub("", text))
    text = "".join(c for c in text if unicodedata.category(c) not in _UNSEEN)
    return re.sub(" +", " ", text).strip()


def csv_cell(value: str | int | float | None) -> str:
    """A cell that no spreadsheet runs as a formula; numbers, negative ones too, stay numbers.

    >>> csv_cell("=cmd|' /C calc'!A0"), csv_cell(-1.5), csv_cell("-1.5"), csv_cell(None)
    ("'=cmd|' /C calc'!A0", '-1.5', '-1.5', '')
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    text = terminal_text(value)
    if text.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


def safe_url(text: str) -> str | None:
    """The address if it is a plain web address; None for any other (``javascript:``, ``data:``, a bare path).

    >>> safe_url("https://example.org/a"), safe_url("javascript:alert(1)")
    ('https://example.org/a', None)
    """
    url = terminal_text(text)
    if url != text.strip() or re.search(r"[\s<>\"'\\]", url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None
