"""Everything visavis raises on purpose.

VisavisError                 exit 1   something failed; the message says what and what to do
├── UsageError               exit 2   the call cannot be meant like this
├── UnknownNameError         exit 3   a name that no table holds; carries suggestions
│   └── AmbiguousNameError   exit 3   a name that means several things; carries them
├── SchemaDriftError         exit 4   a source moved, added, lost or retyped a column
├── BadFileError             exit 1   a file cannot be read at all; names file, line and value
│   └── OtherKindError       exit 1   a sound file that holds no rows of this source
├── RecordError              exit 1   the record on disk cannot be used as it is
│   └── RecordBusyError      exit 1   another process is writing to the record
├── SealError                exit 1   a seal, or a file of the exchange, fails a check; names the check
├── NoDataError              exit 1   the record holds nothing for what was asked
├── MissingExtraError        exit 1   an optional package is not installed; names the extra
└── MissingFontError         exit 1   no free font on this machine has a sign that a page needs; names the sign
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

__all__ = [
    "AmbiguousNameError",
    "BadFileError",
    "MissingExtraError",
    "MissingFontError",
    "NoDataError",
    "OtherKindError",
    "RecordBusyError",
    "RecordError",
    "SchemaDriftError",
    "SealError",
    "UnknownNameError",
    "UsageError",
    "VisavisError",
]


class VisavisError(Exception):
    """Base of all errors raised on purpose; ``exit_code`` is what the command line returns.

    >>> UnknownNameError("No country named 'Korea'.", ["South Korea (KOR)"]).exit_code
    3
    """

    exit_code: ClassVar[int] = 1


class UsageError(VisavisError):
    """The call cannot be meant like this: an option out of range, two options that exclude each other."""

    exit_code = 2


class UnknownNameError(VisavisError):
    """A country, measure, chapter, source or stream that does not exist.

    ``suggestions`` holds the nearest names, best first.
    """

    exit_code = 3

    def __init__(self, message: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.suggestions = tuple(suggestions)


class AmbiguousNameError(UnknownNameError):
    """A name that means more than one thing ("Korea"); ``suggestions`` holds all of them."""


class SchemaDriftError(VisavisError):
    """A source moved, added, lost or retyped a column; the message names the difference.

    ``alike`` says whether the file's first line looks like one of this source at all.
    """

    exit_code = 4

    def __init__(self, message: str, *, alike: bool = True) -> None:
        super().__init__(message)
        self.alike = alike


class BadFileError(VisavisError):
    """A file that cannot be read at all: truncated archive, wrong kind, bad row in a file of facts."""


class OtherKindError(BadFileError):
    """A sound file that holds no rows of this source: of another kind, or of another source."""


class RecordError(VisavisError):
    """The record on disk cannot be used as it is."""


class RecordBusyError(RecordError):
    """Another process is writing to the record; its process number is in the message."""


class SealError(VisavisError):
    """A sealed sheet, or a file of the exchange of keys, fails a check; it never holds a key or an answer.

    ``check`` names the check: format, key, box, commitment, sheet, side, purpose, wave, mirror, other, order, busy.
    """

    def __init__(self, message: str, *, check: str) -> None:
        super().__init__(message)
        self.check = check


class NoDataError(VisavisError):
    """The record holds nothing for what was asked; the message says what is missing and how to get it."""


class MissingExtraError(VisavisError):
    """An optional package is not installed; the message names the extra to install."""


class MissingFontError(VisavisError):
    """No free font on this machine holds a sign that a page needs; names the sign, or says how to get a font."""
