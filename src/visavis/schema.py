"""The tables of visavis: columns, types, units, meaning. One name, one meaning, in the whole project.

Sets (sectors, tellers, directions) are sorted strings joined by ``|``. A period is a month ``2012-08`` or an ISO
week ``2012-W31``. Countries are ISO 3166 alpha-3.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

__all__ = [
    "ACTS", "COVERAGE", "EVENTS", "FACTS", "INDICATORS", "MECHANISMS", "PAIR_YEARS", "POLLS", "REPORTS", "STORIES",
    "TABLES", "TIMELINE", "TOTALS", "Column", "Table",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type, what it means, its unit, and whether it may be NULL or lacking.

    A column with ``later`` came with a later version: packs made before it, and tables of your own, may lack it. It is
    then read as NULL, not known.
    """

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    nullable: bool = False
    later: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in order and the columns that together name a row."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def arrow(self) -> pa.Schema:
        """The table as an Arrow schema."""
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])

    @property
    def names(self) -> list[str]:
        """Column names, in order."""
        return [c.name for c in self.columns]

    @property
    def required(self) -> list[str]:
        """Names of the columns that no version of the table lacks."""
        return [c.name for c in self.columns if not c.later]

    def completed(self, found: pa.Table) -> pa.Table:
        """A table that may be of an earlier version: its columns in order, those that it lacks as NULL.

        Raises:
            KeyError: it lacks a column that every version has.
            pyarrow.ArrowException: a column is of another type.
        """
        for column in self.columns:
            if column.later and column.name not in found.column_names:
                found = found.append_column(column.name, pa.nulls(found.num_rows, column.type))
        return found.select(self.names).cast(self.arrow)


_TEXT, _DAY, _COUNT = pa.string(), pa.date32(), pa.int64()
_STREAM = Column("stream", _TEXT, "one homogeneous run of a source; levels are never compared across streams")
_PERIOD = Column("period", _TEXT, "month 2012-08 or ISO week 2012-W31")
_SOURCE = Column("source", _TEXT, "country that acts, ISO alpha-3")
_TARGET = Column("target", _TEXT, "country acted toward, ISO alpha-3")
_ROOT = Column("root", _TEXT, "CAMEO root code, 01 to 20")
_SOURCE_SECTORS = Column("source_sectors", _TEXT, "set of sectors of the acting side; empty when unknown")
_TARGET_SECTORS = Column("target_sectors", _TEXT, "set of sectors of the other side; empty when unknown")

_MIRRORED = Column(
    "mirrored",
    pa.bool_(),
    "whether the target did an act of the same root toward the source on the same day; NULL when not known",
    nullable=True,
    later=True,
)

EVENTS = Table(
    "events",
    "one row a row of the source, between two different countries",
    (
        _STREAM,
        Column("event_id", _TEXT, "the source's identifier; with stream and date it names the row"),
        Column("date", _DAY, "day the source gives to the event"),
        _SOURCE,
        _TARGET,
        Column("code", _TEXT, "CAMEO code as text, 2 to 4 digits"),
        _ROOT,
        _SOURCE_SECTORS,
        _TARGET_SECTORS,
        Column("count", _COUNT, "events in this row: 1, or the roll-up's own count", unit="reports"),
        Column("story", _TEXT, "article the row was coded from", nullable=True),
        Column("told_by", _TEXT, "country of the publisher, ISO alpha-3", nullable=True),
        Column("publisher", _TEXT, "publisher or web domain, as given", nullable=True),
        Column("text", _TEXT, "what happened, in the source's words", nullable=True),
        Column("url", _TEXT, "address of the article, as given", nullable=True),
        Column("file", _TEXT, "first 16 hex digits of the input file's SHA-256"),
        Column("line", pa.int32(), "line of the input file, counted from 1"),
    ),
    ("stream", "event_id", "date"),
)

REPORTS = Table(
    "reports",
    "rows of the source, counted",
    (
        _STREAM,
        _PERIOD,
        _SOURCE,
        _TARGET,
        _ROOT,
        _SOURCE_SECTORS,
        _TARGET_SECTORS,
        Column("told_by", _TEXT, "country of the publisher; empty when unknown"),
        Column("reports", _COUNT, "rows of the source", unit="reports"),
    ),
    ("stream", "period", "source", "target", "root", "source_sectors", "target_sectors", "told_by"),
)

ACTS = Table(
    "acts",
    "one per day, directed pair and full code; sectors and tellers are sets over its reports",
    (
        _STREAM,
        _PERIOD,
        _SOURCE,
        _TARGET,
        _ROOT,
        _SOURCE_SECTORS,
        _TARGET_SECTORS,
        Column("tellers", _TEXT, "set of the countries whose publishers told it; empty when unknown"),
        _MIRRORED,
        Column("acts", _COUNT, "distinct day, direction and code", unit="acts"),
    ),
    ("stream", "period", "source", "target", "root", "source_sectors", "target_sectors", "tellers", "mirrored"),
)

STORIES = Table(
    "stories",
    "one per article and undirected pair, on the day of its earliest event",
    (
        _STREAM,
        _PERIOD,
        Column("a", _TEXT, "the pair's first country in ISO order"),
        Column("b", _TEXT, "the pair's second country in ISO order"),
        Column("directions", _TEXT, "set of ab, ba"),
        Column("roots", _TEXT, "set of CAMEO roots"),
        Column("told_by", _TEXT, "country of the publisher; empty when unknown"),
        Column("stories", _COUNT, "distinct articles", unit="stories"),
    ),
    ("stream", "period", "a", "b", "directions", "roots", "told_by"),
)

TOTALS = Table(
    "totals",
    "each actor's reports and acts toward all others; summed over actors, the stream's total between countries",
    (
        _STREAM,
        _PERIOD,
        Column("source", _TEXT, "country that acts; '*' for all countries that a pack does not hold"),
        _ROOT,
        Column("reports", _COUNT, "rows of the source", unit="reports"),
        Column("acts", _COUNT, "distinct day, direction and code", unit="acts"),
    ),
    ("stream", "period", "source", "root"),
)

COVERAGE = Table(
    "coverage",
    "what arrived for each day of a stream; a day of the span without a row here is a gap",
    (
        _STREAM,
        Column("day", _DAY, "day the file is for; the event's day where a file spans many"),
        Column("files_expected", _COUNT, "files the source publishes for such a day", unit="files"),
        Column("files_got", _COUNT, "files read", unit="files"),
        Column("rows_read", _COUNT, "rows read", unit="rows"),
        Column("rows_accepted", _COUNT, "rows kept", unit="rows"),
        Column("rows_refused", _COUNT, "rows refused, for any reason", unit="rows"),
    ),
    ("stream", "day"),
)

TIMELINE = Table(
    "timeline",
    "dated acts, meetings and agreements, each with the source that was read; no verdict on who wronged whom",
    (
        Column("id", _TEXT, "identifier of the row"),
        Column("date", _TEXT, "YYYY-MM-DD, YYYY-MM or YYYY, as far as it is confirmed"),
        Column("date_precision", _TEXT, "day, month or year"),
        Column("description", _TEXT, "neutral description"),
        Column("parties", _TEXT, "ISO alpha-3, sorted, joined by ;"),
        Column("issue_area", _TEXT, "history, territory, diplomacy, economy, security ..."),
        Column("source", _TEXT, "what was read"),
        Column("verified", _TEXT, "verified, derived or partial"),
    ),
    ("id",),
)

_ORIGIN = Column("source", _TEXT, "what was read")
_VERIFIED = Column("verified", _TEXT, "verified, derived or partial")

POLLS = Table(
    "polls",
    "published figures of opinion polls, as printed; where two sources print different figures both are rows",
    (
        Column("id", _TEXT, "identifier of the row"),
        Column("series", _TEXT, "who asks; figures of different series are never mixed"),
        Column("wave", _TEXT, "number of the wave; may be empty"),
        Column("date", _TEXT, "YYYY-MM-DD, YYYY-MM or YYYY of the fieldwork or of the publication"),
        Column("country", _TEXT, "country asked, ISO alpha-3"),
        Column("about", _TEXT, "country asked about, ISO alpha-3; empty when about none"),
        Column("issue", _TEXT, "issue asked about; may be empty"),
        Column("kind", _TEXT, "impression, affinity, relations, reason, recognition, conclusion, expectation ..."),
        Column("item", _TEXT, "the question; the same words on both sides mean the same question"),
        Column("response", _TEXT, "the answer that the figure is the share of; empty for a mean"),
        Column("value", pa.float64(), "the figure, in its unit"),
        Column("unit", _TEXT, "percent, or the scale of a mean: 'mean, 0 to 100'"),
        Column("n", _COUNT, "people asked", unit="people", nullable=True),
        Column("mode", _TEXT, "face-to-face, mail, telephone, online; empty when not stated"),
        _ORIGIN,
        _VERIFIED,
        Column("note", _TEXT, "what the source says beside it; may be empty"),
    ),
    ("id",),
)

MECHANISMS = Table(
    "mechanisms",
    "agreements, hotlines, dialogues and exchanges: one row a spell in which one ran",
    (
        Column("id", _TEXT, "identifier of the mechanism; its spells share it"),
        Column("spell", _COUNT, "1 for its first spell, 2 for the one after it slept ..."),
        Column("name", _TEXT, "neutral name"),
        Column("parties", _TEXT, "ISO alpha-3, sorted, joined by ;"),
        Column("domain", _TEXT, "security, diplomacy, finance, summit ..."),
        Column("start", _TEXT, "YYYY-MM-DD, YYYY-MM or YYYY, as far as it is confirmed; empty when not known"),
        Column("end", _TEXT, "as start; empty while it runs and when not known"),
        Column("end_type", _TEXT, "running, suspended, interrupted, lapsed, expired, terminated, replaced, ..."),
        Column("as_of", _TEXT, "up to when a running spell is known to run"),
        _ORIGIN,
        _VERIFIED,
    ),
    ("id", "spell"),
)

INDICATORS = Table(
    "indicators",
    "figures of a country and year: income, democracy, people",
    (
        Column("country", _TEXT, "ISO alpha-3"),
        Column("year", _COUNT, "calendar year"),
        Column("indicator", _TEXT, "what is measured"),
        Column("value", pa.float64(), "the figure, in its unit"),
        Column("unit", _TEXT, "what it is measured in"),
        _ORIGIN,
        _VERIFIED,
    ),
    ("country", "year", "indicator"),
)

PAIR_YEARS = Table(
    "pair_years",
    "figures of two countries and a year: how far apart they are, or a class that they are put into",
    (
        Column("parties", _TEXT, "two countries, ISO alpha-3, sorted, joined by ;"),
        Column("year", _COUNT, "calendar year"),
        Column("figure", _TEXT, "what is measured"),
        Column("value", pa.float64(), "the figure, in its unit; of a class its number, 0 to 9"),
        Column("unit", _TEXT, "what it is measured in"),
        Column("reads", _TEXT, "apart (a higher value is farther apart), close (it is closer), or class"),
        _ORIGIN,
        _VERIFIED,
    ),
    ("parties", "year", "figure"),
)

FACTS = {t.name: t for t in (TIMELINE, POLLS, MECHANISMS, INDICATORS, PAIR_YEARS)}
"""Tables of dated facts, each row with the source that was read; see ``store.facts``."""

TABLES = {t.name: t for t in (EVENTS, REPORTS, ACTS, STORIES, TOTALS, COVERAGE, *FACTS.values())}
