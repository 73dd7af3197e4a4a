"""What visavis says: plain data that the command line, the brief and the app all show.

A finding holds no sentence. It holds the key of a message and the numbers and terms that fill it, so the
text can be told in any language and can never disagree with the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from math import log2
from typing import Any, Literal

__all__ = [
    "Basis", "Chart", "Evidence", "Finding", "Message", "Number", "Provenance", "Term", "Verdict", "bits",
]  # fmt: skip


def bits(p: float) -> float:
    """How surprising what was seen would be if there were nothing to see: ``-log2(p)``, from 0 to 20.

    >>> bits(0.125), bits(0.0), bits(1.5)
    (3.0, 20.0, 0.0)
    """
    return min(20.0, -log2(min(p, 1.0))) + 0.0 if p > 0 else 20.0  # no -0.0


class Verdict(StrEnum):
    """What the data say of the finding's message.

    >>> Verdict("undecided") is Verdict.UNDECIDED
    True
    """

    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    UNDECIDED = "undecided"
    NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Number:
    """One figure with its unit, its interval and the count it rests on.

    Args:
        value: the figure, in ``unit``. None where it cannot be had.
        unit: what it is measured in, for a reader: "share of acts", "reports", "acts per 10,000".
        low: lower end of the interval, in ``unit``; None for a plain count.
        high: upper end of the interval.
        n: how many observations it rests on.
        level: coverage the interval aims at, 0 to 1.

    >>> Number(0.31, "share of acts", low=0.28, high=0.35, n=412).n
    412
    """

    value: float | int | None
    unit: str
    low: float | None = None
    high: float | None = None
    n: int | None = None
    level: float = 0.9


Basis = Literal["acts", "votes", "polls", "people", "agreements", "indicators"]
"""Acts, votes and polls are context for what people think; only people asked show what they think."""

TermKind = Literal["country", "period", "date", "word", "outside"]


@dataclass(frozen=True, slots=True)
class Term:
    """Something in a sentence that is no number, told in the reader's language.

    ``country`` is an ISO alpha-3 code, ``period`` is ``2012-08``, ``2012-W31`` or ``2012``, ``date`` is
    ``2012-08-10``, ``word`` is a key of the catalogues (``means.dialogue``), ``outside`` is text that somebody
    else wrote and that is escaped wherever it is shown.

    Args:
        kind: what it is.
        value: see above.
        lang: the language of an ``outside`` text, where it is known.
        also: the same text as its author worded it in other languages: pairs of language and text.

    >>> Term("country", "KOR").value
    'KOR'
    """

    kind: TermKind
    value: str
    lang: str = ""
    also: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence before it is told: its key in the catalogues, and what fills it.

    >>> Message("charts.direction", terms={"source": Term("country", "KOR"), "target": Term("country", "JPN")}).key
    'charts.direction'
    """

    key: str
    numbers: Mapping[str, Number] = field(default_factory=dict)
    terms: Mapping[str, Term | tuple[Term, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A link from a finding to the rows it rests on.

    Args:
        table: ``reports``, ``acts``, ``stories``, ``events`` or ``timeline``.
        key: the columns that select the rows, e.g. ``{"stream": "icews", "period": "2019-01"}``.
        count: what those rows add up to.
        text: the row's own words, for a timeline row or an event; text from outside.
        source: who says so.

    >>> Evidence("acts", {"stream": "icews", "period": "2019-01", "source": "KOR", "target": "JPN"}, 81).count
    81
    """

    table: str
    key: Mapping[str, str]
    count: int
    text: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a finding's numbers come from.

    Args:
        source: name of the source or pack, e.g. ``icews``.
        streams: the streams used.
        version: version of the data, or of the pack.
        files: for each stream, its number of files and one SHA-256 over theirs.
        licence: terms of the data.
        citation: how the source asks to be cited.
        as_of: last day the record holds a file for, ``YYYY-MM-DD``.
        rows_read: rows read from the source.
        rows_refused: rows refused, for any reason.
        parameters: settings that shaped the result, as text.
        visavis: version of visavis.

    >>> from visavis.record import open_record
    >>> open_record("east-asia").pair("KOR", "JPN").now()[0].provenance.as_of
    '2019-03-25'
    """

    source: str
    streams: tuple[str, ...]
    version: str
    files: tuple[str, ...]
    licence: str
    citation: str
    as_of: str
    rows_read: int
    rows_refused: int
    parameters: Mapping[str, str]
    visavis: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification with its data inside, its title and a one-sentence text alternative.

    ``columns`` names, in order, the fields of the data that the accompanying table shows, each with the key of
    its heading.
    """

    name: str
    spec: Mapping[str, Any]
    title: Message
    alt: Message
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing visavis says about a pair; see the module's docstring.

    Args:
        id: stable name, e.g. ``history.turning_point.share.KOR-JPN.icews.2012-08``.
        chapter: the chapter that says it.
        message: the sentence.
        verdict: what the data say of it.
        provenance: where its numbers come from.
        charts, evidence, caveats: what goes with it.
        details: further sentences under the first.
        headline: whether it asks for a place on the first page.
        claim: whether it claims something that was tested; else it tells what the record holds, and its verdict is
            not shown.
        actor: for a finding about one direction, the country that acts; empty for one about the pair.
        group: findings of one direction and their counterparts of the other share it; see ``findings._order``.
        basis: what kind of record it rests on, which is said beside it; empty where the chapter has one kind only.
        bits: how surprising it would be if there were nothing to see, ``-log2(p)`` of the p-value or of the posterior
            probability of the opposite; at most 20. The first page takes the decided claims with the most bits.
        would_change: what would have to be found for the verdict to be another one.

    >>> from visavis.record import open_record
    >>> finding = open_record("east-asia").pair("KOR", "JPN").history()[0]
    >>> finding.id, finding.numbers["streams"].value, finding.claim
    ('history.span', 3, False)
    """

    id: str
    chapter: str
    message: Message
    verdict: Verdict
    provenance: Provenance = field(repr=False)
    charts: tuple[Chart, ...] = field(default=(), repr=False)
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)
    caveats: tuple[Message, ...] = ()
    details: tuple[Message, ...] = ()
    headline: bool = False
    claim: bool = True
    actor: str = ""
    group: str = ""
    basis: Basis | None = None
    bits: float = 0.0
    would_change: Message | None = None

    @property
    def numbers(self) -> Mapping[str, Number]:
        """The numbers that fill the sentence."""
        return self.message.numbers

    @property
    def sentence(self) -> str:
        """The sentence in English; ``names.messages.say(finding.message, lang)`` tells it in other languages."""
        told: str = import_module("visavis.names.messages").say(self.message)
        return told

    def _repr_html_(self) -> str:
        # A notebook asks the object itself. The page is made several layers up, so it is looked up when asked for.
        html: str = import_module("visavis.brief.render").finding_html(self)
        return html
