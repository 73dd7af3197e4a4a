"""What goes wrong, as a page: its status, what it is called, and where to go from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from visavis.errors import (
    AmbiguousNameError,
    MissingExtraError,
    MissingFontError,
    NoDataError,
    RecordBusyError,
    UnknownNameError,
    UsageError,
    VisavisError,
)
from visavis.web.asking import codes_in

__all__ = ["NOWHERE", "Wrong", "wrong"]

_KINDS: tuple[tuple[type[VisavisError], int, str], ...] = (
    (AmbiguousNameError, 404, "ambiguous"),
    (UnknownNameError, 404, "unknown"),
    (NoDataError, 404, "no_data"),
    (UsageError, 400, "usage"),
    (MissingExtraError, 501, "extra"),
    (MissingFontError, 501, "extra"),
    (RecordBusyError, 503, "busy"),
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a page says of it.

    Args:
        status: of the reply.
        kind: the end of its keys in the catalogue.
        text: what visavis says of it, in English; empty where the catalogue says it.
        codes: countries that may have been meant.
    """

    status: int
    kind: str
    text: str = ""
    codes: Sequence[str] = ()


NOWHERE = Wrong(404, "page")


def wrong(error: Exception) -> Wrong:
    """What to say of an error; of one that was not foreseen, nothing of its own words.

    >>> wrong(UsageError("no")).status, wrong(ValueError("secret")).text
    (400, '')
    """
    if not isinstance(error, VisavisError):
        return Wrong(500, "failed")
    for kind, status, name in _KINDS:
        if isinstance(error, kind):
            return Wrong(status, name, str(error), codes_in(getattr(error, "suggestions", ())))
    return Wrong(500, "record", str(error))
