"""The tables of one record or pack, ready for measures."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq

from visavis.errors import BadFileError, UnknownNameError
from visavis.schema import FACTS, TABLES
from visavis.schema_votes import FIGURES, VOTES
from visavis.store._duckdb import connect
from visavis.store.aggregate import table_file
from visavis.store.coverage import Period, PeriodCoverage, period_coverage
from visavis.store.track_record import file_of, made_from, of_archive, read_track

__all__ = ["PACK_FORMAT", "StreamInfo", "Tables", "open_pack"]

PACK_FORMAT = 1
Made = TypeVar("Made")
_IN_A_PACK = TABLES | FIGURES
_LARGEST = 512 << 20  # bytes of a pack unpacked; a larger one is no pack but a trap


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What is known of one stream.

    Args:
        name: the stream.
        source, title, licence, citation: whose data it is, and on what terms.
        files: how many files were read.
        files_sha256: SHA-256 over the sorted SHA-256 of those files: the same for the same set of files.
        first_day, last_day: span of the days for which files or rows are there.
        rows_read, rows_accepted: rows of the files.
        rows_refused: by reason code.
        lag_days: rows for a day arrive up to this many days later.
        pairs: pairs held in detail, as ``JPN-KOR``; empty for all.
        note: what its keeper says of it.
    """

    name: str
    source: str
    title: str
    licence: str
    citation: str
    redistributable: bool
    files: int
    files_sha256: str
    first_day: str
    last_day: str
    rows_read: int
    rows_accepted: int
    rows_refused: Mapping[str, int]
    lag_days: int
    pairs: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Tables:
    """Reports, acts, stories, totals, coverage and facts of a record or a pack.

    Args:
        name: of the pack, or of the record's folder.
        version: of the content: a hash that changes with it.
        streams: by name.
        read: gives a table by file name, as Arrow.
        countries: the countries a pack holds; empty for all.
        lacks: what a pack says it lacks, in words.
        votes_source: whose votes the figures of votes of a pack were made from, and on what terms.
        own_facts: the tables of facts that hold rows of the user's own.
        is_pack: whether this is a pack, which holds no rows of events.
        events: gives the events between two countries from one day to another; None for a pack.
        tracks: gives what is kept of how often forecasts were right, by file; None where nothing is.
    """

    name: str
    version: str
    streams: Mapping[str, StreamInfo]
    read: Callable[[str], pa.Table]
    countries: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    votes_source: str = ""
    is_pack: bool = False
    own_facts: frozenset[str] = frozenset()
    events: Callable[[str, str, dt.date, dt.date], pa.Table] | None = None
    tracks: Callable[[str], bytes | None] = lambda _: None
    _kept: dict[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def _engine(self) -> Any:
        return connect()

    def arrow(self, name: str, period: Period = "month") -> pa.Table:
        """A whole table: ``reports, acts, stories, totals, coverage``, a table of ``FACTS`` or ``VOTES``.

        A pack also has those of ``schema_votes.FIGURES``.
        """
        file = table_file(name, period)
        if file not in self._kept:
            self._kept[file] = self.read(file)
        found: pa.Table = self._kept[file]
        return found

    def frame(self, name: str, period: Period = "month") -> nw.LazyFrame[Any]:
        """A table as a lazy frame on the engine, for measures."""
        relation = table_file(name, period).removesuffix(".parquet")
        if relation not in self._kept:
            self._engine.register(relation, self.arrow(name, period))
            self._kept[relation] = True
        found: nw.LazyFrame[Any] = nw.from_native(self._engine.table(relation))
        return found

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, made once for these tables and kept under a name."""
        if name not in self._kept:
            self._kept[name] = make()
        found: Made = self._kept[name]
        return found

    def coverage(self, period: Period = "month") -> list[PeriodCoverage]:
        """How much of each period each stream covers, by stream and time."""
        key = f"coverage {period}"
        if key not in self._kept:
            lags = {name: info.lag_days for name, info in self.streams.items()}
            self._kept[key] = period_coverage(self.arrow("coverage"), lags, period)
        found: list[PeriodCoverage] = self._kept[key]
        return found

    def track(self, stream: str, period: Period) -> dict[str, Any] | None:
        """How often forecasts of a stream were right (``visavis backtest``); None where that is not known, or is of
        other files than the stream has now.
        """
        wanted = made_from(asdict(self.streams[stream]), period)
        return read_track(self.tracks(file_of(stream, period)), wanted)

    def facts(self, name: str) -> list[dict[str, Any]]:
        """Rows of a table of facts (``timeline``, ``polls``, ``mechanisms``, ``indicators``), by date where dated."""
        key = FACTS[name].key
        rows: list[dict[str, Any]] = self.arrow(name).to_pylist()
        return sorted(rows, key=lambda row: (row.get("date", ""), *(row[c] for c in key)))

    def meta(self) -> dict[str, Any]:
        """What a pack's ``meta.json`` says."""
        return {
            "format": PACK_FORMAT,
            "name": self.name,
            "countries": list(self.countries),
            "lacks": list(self.lacks),
            "votes_source": self.votes_source,
            "streams": [asdict(info) for info in self.streams.values()],
        }

    @property
    def as_of(self) -> str:
        """Last day for which any stream has a file."""
        return max((info.last_day for info in self.streams.values()), default="")

    def age_days(self, today: dt.date) -> int:
        """Days between the last file day and ``today``."""
        return (today - dt.date.fromisoformat(self.as_of)).days if self.as_of else 0


def open_pack(path: Path) -> Tables:
    """Open a pack: one zip file with the tables and ``meta.json``.

    Raises:
        BadFileError: the file is no pack, is damaged, or was written by a newer visavis.
        UnknownNameError: there is no such file.
    """
    if not path.exists():
        raise UnknownNameError(f"No pack {str(path)!r}.")
    try:
        with zipfile.ZipFile(path) as archive:
            meta = json.loads(archive.read("meta.json"))
            known = [i for i in archive.infolist() if _table_of(i.filename) in _IN_A_PACK]
            if sum(i.file_size for i in known) > _LARGEST:
                raise BadFileError(f"{path}: its tables take more than {_LARGEST >> 20} MB unpacked; this is no pack.")
            body, tracks = {info.filename: archive.read(info) for info in known}, of_archive(archive)
            if meta["format"] != PACK_FORMAT:
                raise BadFileError(f"{path} has format {meta['format']}; this visavis reads {PACK_FORMAT}. Update it.")
            said: dict[str, Any] = {
                "name": str(meta["name"]), "countries": tuple(map(str, meta["countries"])),
                "lacks": tuple(map(str, meta["lacks"])), "streams": {s["name"]: _stream(s) for s in meta["streams"]},
                "votes_source": str(meta.get("votes_source", "")),
            }  # fmt: skip
    except (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError) as error:
        raise BadFileError(f"{path}: this is no pack of visavis, or it is damaged ({error!r}).") from error

    def read(name: str) -> pa.Table:
        table = (_IN_A_PACK | VOTES)[_table_of(name)]
        if name not in body:
            return table.arrow.empty_table()
        try:
            return table.completed(pq.read_table(BytesIO(body[name])))
        except (pa.ArrowException, KeyError, OSError) as error:
            raise BadFileError(f"{path}: the table {name} is damaged ({error}). Fetch the pack again.") from error

    return Tables(
        version=hashlib.sha256(path.read_bytes()).hexdigest(),
        read=read,
        is_pack=True,
        tracks=tracks.get,
        **said,
    )


def _table_of(file: str) -> str:
    return file.removesuffix(".parquet").removesuffix("_week")


def _stream(said: dict[str, Any]) -> StreamInfo:
    dt.date.fromisoformat(said["last_day"])
    return StreamInfo(**{**said, "pairs": tuple(said["pairs"])})
