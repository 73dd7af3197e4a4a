"""What a source is: its terms, its layouts, and a function that reads one file into batches of events."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from visavis.schema import EVENTS

__all__ = ["ROWS", "Batch", "Layout", "Refusal", "Scope", "Source", "Terms"]

ROWS = pa.schema([f for f in EVENTS.arrow if f.name not in ("stream", "file")])
"""What a source gives for each accepted row; the store adds stream and file."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One bad row: its line in the file, counted from 1, the reason code, and the value at fault."""

    line: int
    reason: str
    value: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file, sorted out.

    Args:
        rows: accepted rows, with the columns of ``ROWS``.
        refused: how many rows were refused, by reason and by the day of the row (None where the row gives none).
        bad: the refused rows that point at a fault in the file, not merely at rows outside the record's scope.
    """

    rows: pa.Table
    refused: Counter[tuple[str, dt.date | None]] = field(default_factory=Counter)
    bad: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which pairs are kept in detail; no pairs means all of them.

    Rows of other pairs are still kept, with day, direction and code alone, because rates need the totals.
    """

    pairs: frozenset[tuple[str, str]] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "pairs", frozenset((min(p), max(p)) for p in self.pairs))

    def wants(self, source: pa.Array, target: pa.Array) -> pa.Array | None:
        """Which rows are kept in detail, as booleans; None for all.

        Args:
            source: country that acts, ISO alpha-3, shape (n,).
            target: country acted toward, ISO alpha-3, shape (n,).
        """
        if not self.pairs:
            return None
        wanted = pa.array([f"{x}-{y}" for a, b in sorted(self.pairs) for x, y in ((a, b), (b, a))])
        return pc.is_in(pc.binary_join_element_wise(source, target, "-"), value_set=wanted)

    def holds(self, other: Scope) -> bool:
        """Whether everything that ``other`` keeps in detail is kept here too."""
        return not self.pairs or (bool(other.pairs) and other.pairs <= self.pairs)


@dataclass(frozen=True, slots=True)
class Layout:
    """One shape in which a source's files come.

    Args:
        stream: default name of the stream; streams are never compared in level or added up.
        files_per_day: files the source publishes for a day; None where one file spans many days.
        lag_days: a day is complete once files for this many later days are there.
    """

    stream: str
    files_per_day: int | None
    lag_days: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """Whose the data of some of a source's streams are, and how they may be used: title, licence, citation."""

    title: str
    licence: str
    citation: str


@dataclass(frozen=True, slots=True)
class Source:
    """One source of event data.

    Args:
        name: the module's name.
        title: what to call it in a sentence.
        licence: terms under which the data may be used.
        citation: how the publisher asks to be cited, as BibTeX.
        redistributable: whether rows (not aggregated figures) may be passed on.
        layout: tells the layout from a file's name and first line; raises SchemaDriftError when neither fits.
        file_day: day a file is for, from its name; None where it spans many.
        read: reads one file; called with the file, its name for messages, and the scope.
        read_many: reads several small files at once, each for a single day, and gives a batch for each; given the
            bytes and the name of each, and the scope. None where a source's files are large, and few.
        names: pattern that is found in the names of its files, in any case. A file in a folder or archive whose name
            and first line are both of another kind is left out, where one named like the source's stops the import.
        terms: by stream, where the source's streams have different publishers; title, licence and citation above are
            those of all together, for a stream that the user named.
    """

    name: str
    title: str
    licence: str
    citation: str
    redistributable: bool
    layout: Callable[[str, bytes], Layout]
    file_day: Callable[[str], dt.date | None]
    read: Callable[[BinaryIO, str, Scope], Iterator[Batch]]
    read_many: Callable[[Sequence[tuple[bytes, str]], Scope], list[list[Batch]]] | None = None
    names: str = ""
    terms: Mapping[str, Terms] = field(default_factory=dict)

    def terms_of(self, stream: str) -> Terms:
        """The terms of one stream."""
        return self.terms.get(stream) or Terms(self.title, self.licence, self.citation)
