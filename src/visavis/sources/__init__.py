"""The outside, read into tables: one file a source.

A source is a module here that declares ``SOURCE``. To add one, write that file; nothing else lists the sources.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from visavis.errors import UnknownNameError
from visavis.schema import FACTS
from visavis.sources._source import Batch, Layout, Refusal, Scope, Source

__all__ = ["Batch", "Layout", "Refusal", "Scope", "Source", "source", "source_names"]


def source_names() -> list[str]:
    """Names of all sources, in alphabetical order, without loading them."""
    return [m.name for m in iter_modules(__path__) if not m.name.startswith("_")]


@cache
def source(name: str) -> Source:
    """The source called ``name``.

    Raises:
        UnknownNameError: there is no such source.
    """
    if name not in source_names():
        raise UnknownNameError(
            f"No source named {name!r}. There are: {', '.join(source_names())}; for facts: {', '.join(FACTS)}.",
            [*source_names(), *FACTS],
        )
    found: Source = import_module(f"{__name__}.{name}").SOURCE
    return found
