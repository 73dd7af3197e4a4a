"""Estimates -> findings: one file a chapter.

A chapter is a module here with a function of its own name, ``def history(view: View) -> list[Finding]``. To add one,
write that file, its test and its messages (``names/messages/<language>/<chapter>.po``, with the question under
``chapter.<name>``); ``Pair``, the command line, the brief and the app read the list from this package. A chapter that
looks at one period, ``view.at``, says so with ``ONE_PERIOD = True``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from visavis.errors import UnknownNameError

if TYPE_CHECKING:
    from visavis.finding import Finding
    from visavis.findings._view import View

__all__ = ["chapter", "chapters", "looks_at_one"]

_ORDER = ("now", "history", "likeness", "answers", "understanding", "reaction", "company", "ties", "ahead")


def chapters() -> list[str]:
    """Names of the chapters there are, in the order of the brief; further ones come last."""
    names = [m.name for m in iter_modules(__path__) if not m.name.startswith("_")]
    return sorted(names, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))


def chapter(name: str) -> Callable[[View], list[Finding]]:
    """The function of the chapter called ``name``; it tells a view once, and then gives the same findings again.

    Raises:
        UnknownNameError: there is no such chapter.
    """
    if name not in chapters():
        raise UnknownNameError(f"No chapter named {name!r}. There are: {', '.join(chapters())}.", chapters())
    function: Callable[[View], list[Finding]] = getattr(import_module(f"{__name__}.{name}"), name)

    def told(view: View) -> list[Finding]:
        if name not in view.told:
            view.told[name] = function(view)
        return view.told[name]

    return told


def looks_at_one(name: str) -> bool:
    """Whether the chapter called ``name`` looks at one period, which a reader may name.

    >>> looks_at_one("now"), looks_at_one("history")
    (True, False)
    """
    return bool(getattr(import_module(f"{__name__}.{name}"), "ONE_PERIOD", False))
