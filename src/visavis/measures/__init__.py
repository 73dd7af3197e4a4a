"""Tables -> tables: what is counted, and what it is divided by.

A measure is a function here, declared with ``measure``; each also takes a polars or pandas frame of your own. To add
one, write its file; nothing else lists the measures.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from visavis.errors import UnknownNameError
from visavis.measures._measure import Measure

__all__ = ["Measure", "measure", "measures"]


@cache
def measures() -> dict[str, Measure]:
    """All measures by name, in alphabetical order."""
    files = [m.name for m in iter_modules(__path__) if not m.name.startswith("_")]
    return {name: getattr(import_module(f"{__name__}.{name}"), name) for name in sorted(files)}


def measure(name: str) -> Measure:
    """The measure called ``name``.

    Raises:
        UnknownNameError: there is none; the nearest names are suggested.

    >>> measure("conflict_share").unit
    'share of acts, 0 to 1'
    """
    if name not in measures():
        import difflib

        near = difflib.get_close_matches(name, measures(), n=3, cutoff=0.4)
        hint = f" Did you mean {' or '.join(near)}?" if near else f" There are: {', '.join(measures())}."
        raise UnknownNameError(f"No measure named {name!r}.{hint}", near)
    return measures()[name]
