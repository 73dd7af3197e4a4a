"""Ways of ranking all pairs of a record: one file a measure, which is all that a new one takes.

A measure is a module here with a function of its own name, ``def activity(look: Look) -> League``, and its messages: a
heading for each column under ``pairs.column.<name>`` and what it ranks by under ``pairs.by.<measure>``.
``Record.pairs`` and ``visavis pairs --by`` read the list from this package.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from visavis.errors import NoDataError, UnknownNameError, UsageError

if TYPE_CHECKING:
    import datetime as dt

    from visavis.findings._league import League, Look, OnStep
    from visavis.store.tables import Tables

__all__ = ["league", "leagues", "ranked"]


def leagues() -> list[str]:
    """Names of the measures that pairs can be ranked by.

    >>> leagues()[:1]
    ['activity']
    """
    return sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_"))


def league(name: str) -> Callable[[Look], League]:
    """The function that ranks by ``name``.

    Raises:
        UnknownNameError: there is no such measure.
    """
    if name not in leagues():
        raise UnknownNameError(f"Pairs cannot be ranked by {name!r}. They can by: {', '.join(leagues())}.", leagues())
    function: Callable[[Look], League] = getattr(import_module(f"{__name__}.{name}"), name)
    return function


def ranked(
    tables: Tables,
    by: str,
    top: int | None = None,
    *,
    among: Collection[str] = (),
    stream: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    on_step: OnStep | None = None,
) -> League:
    """All pairs of a stream, ranked; see ``Record.pairs``."""
    from visavis.findings._league import Look  # here, so that the command line lists the measures without the tables

    if top is not None and top < 1:
        raise UsageError(f"At least one pair is to be listed; got {top}.")
    if stream is not None and stream not in tables.streams:
        raise UnknownNameError(f"No stream {stream!r}. There are: {', '.join(tables.streams)}.", list(tables.streams))
    found = league(by)(Look(tables, stream or _fullest(tables), frozenset(among), since, until, on_step))
    if not found.places:
        raise NoDataError(f"No pair of {found.stream} can be ranked by {by}. Import more files, or widen the span.")
    return found if top is None else found.first(top)


def _fullest(tables: Tables) -> str:
    """The stream with most acts."""
    acts = tables.arrow("acts").group_by("stream").aggregate([("acts", "sum")]).to_pylist()
    held = {row["stream"]: row["acts_sum"] for row in acts}
    return max(tables.streams, key=lambda one: (held.get(one, 0), one))
