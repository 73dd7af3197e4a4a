"""A record: import into it, ask what is in it, pack it, cite it, and take pairs from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from visavis import countries
from visavis.asked import Asked
from visavis.errors import NoDataError, UnknownNameError, UsageError
from visavis.finding import Finding
from visavis.findings._league import League
from visavis.pair import Pair, span_of
from visavis.schema import FACTS
from visavis.sources import Scope, source
from visavis.store.facts import merged, read_facts
from visavis.store.fits import forget
from visavis.store.lake import Lake
from visavis.store.loading import OnStep, Report, load
from visavis.store.opening import add_facts, tables_of
from visavis.store.packing import write_pack
from visavis.store.poll_figures import differing
from visavis.store.status import status_of
from visavis.store.tables import Tables, open_pack
from visavis.store.vote_files import read_votes
from visavis.store.votes import Imported, add_votes, held_without_events, votes_of
from visavis.triangle import Triangle

if TYPE_CHECKING:
    from visavis import positions
    from visavis.models.assembly import Rule
    from visavis.models.ideal_points import IdealPoints

__all__ = ["Record", "open_record", "shipped_packs"]

DEFAULT_PACK = "east-asia"
SHEETS = "sheets"


def shipped_packs() -> dict[str, Path]:
    """The packs inside the package, by name.

    >>> list(shipped_packs())
    ['east-asia']
    """
    folder = Path(str(files("visavis") / "packs"))
    return {path.stem: path for path in sorted(folder.glob("*.zip"))}


def open_record(where: str | Path | None = None) -> Record:
    """Open a record: a folder of your own, a pack's file, or the name of a shipped pack; the shipped one when None.

    A folder that does not exist yet is an empty record; the first import makes it.

    >>> open_record().pair("KOR", "JPN").chapters[:2]
    ['now', 'history']
    """
    if where is None:
        where = DEFAULT_PACK
    packs = shipped_packs()
    if str(where) in packs and not Path(where).exists():
        return Record(packs[str(where)])
    path = Path(where)
    if path.suffix == ".zip" and not path.exists():
        raise UnknownNameError(f"No pack {str(where)!r}. Shipped: {', '.join(packs)}.", list(packs))
    return Record(path)


class Record:
    """A folder of your own, or a pack; see ``open_record``.

    >>> open_record("east-asia").status()["streams"]["icews"]["rows_read"]
    325691
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_pack = path.is_file()

    def __repr__(self) -> str:
        return f"Record({str(self.path)!r})"

    @property
    def has_events(self) -> bool:
        """Whether files of events were read into it."""
        return self.is_pack or bool(Lake(self.path).streams)

    @cached_property
    def tables(self) -> Tables:
        """The tables that measures read."""
        if self.is_pack:
            return open_pack(self.path)
        lake = Lake(self.path)
        if not lake.streams:
            held = held_without_events(lake)
            raise NoDataError(
                f"The record {str(self.path)!r} {held}. Fill it first: visavis import icews FILES --record {self.path}"
            )
        shipped = open_pack(shipped_packs()[DEFAULT_PACK])
        return tables_of(lake, {name: shipped.arrow(name) for name in FACTS})

    def pair(
        self, first: str, second: str, *, sheets: Sequence[str | Path] = (), polls: Sequence[str | Path] = ()
    ) -> Pair:
        """Two countries of this record, by ISO alpha-3 code or name.

        Args:
            first, second: the countries.
            sheets: joint files to read as well; those that the record holds of this pair come first.
            polls: CSV files of published percentages (docs/sheet-files.md) to read as well.
        """
        sides = tuple(sorted(countries.country(name).iso3 for name in (first, second)))
        held = [one for one in self.sheets() if one.sides == sides]
        found = [finding for path in polls for finding in _published(Path(path), first, second)]
        options = [("--sheet", path) for path in sheets] + [("--polls", path) for path in polls]
        named = tuple(f"{option} {quote(str(path))}" for option, path in options)
        return Pair(first, second, self.tables, (*held, *(_joint(Path(path)) for path in sheets)), tuple(found), named)

    def triangle(self, first: str, second: str, third: str) -> Triangle:
        """Three countries of this record, by ISO alpha-3 code or name; their order is only the order of naming."""
        return Triangle(first, second, third, self.tables)

    def sheets(self) -> list[Asked]:
        """The opened joint sheets that the record holds, in order of their names."""
        return [] if self.is_pack else [_joint(path) for path in sorted((self.path / SHEETS).glob("*.json"))]

    def import_sheet(self, path: str | Path) -> Asked:
        """Take an opened joint sheet into the record; the same sheet again replaces the earlier one.

        Raises:
            BadFileError: it is no joint file, or a row of it is wrong.
        """
        from visavis.sheets.files import read_joint, write_joint

        asked, root = read_joint(Path(path)), self._lake().root
        name = f"{asked.questionnaire.id}-{asked.questionnaire.sha256[:8]}.json"
        (root / SHEETS).mkdir(mode=0o700, parents=True, exist_ok=True)
        write_joint(root / SHEETS / name, asked)
        return asked

    def _lake(self) -> Lake:
        if self.is_pack:
            raise UsageError(f"{self.path.name} is a pack and cannot take rows. Name a folder with --record.")
        return Lake(self.path)

    def import_events(
        self,
        name: str,
        paths: Iterable[str | Path],
        *,
        pairs: Sequence[tuple[str, str]] = (),
        stream: str | None = None,
        note: str = "",
        on_step: OnStep | None = None,
    ) -> Report:
        """Read files of the source called ``name`` into the record.

        Args:
            name: ``icews``, ``gdelt``, ``phoenix``, ``polecat``.
            paths: files, archives and folders.
            pairs: keep only these pairs in detail; others count toward totals.
            stream: name of the stream; the layout's own when None.
            note: what to say of the stream wherever it is used.
            on_step: called with (files done, 0, name).
        """
        wanted = Scope(frozenset((countries.country(a).iso3, countries.country(b).iso3) for a, b in pairs))
        self.__dict__.pop("tables", None)
        found = [Path(p) for p in paths]
        return load(self._lake(), source(name), found, scope=wanted, stream=stream, note=note, on_step=on_step)

    def import_facts(self, name: str, path: str | Path) -> int:
        """Add facts of your own from a CSV file (docs/facts.md); rows with a known id replace the earlier ones.

        Args:
            name: ``timeline``, ``polls``, ``mechanisms`` or ``indicators``.
            path: the file.

        Returns how many rows.
        """
        rows = read_facts(name, Path(path))
        self.__dict__.pop("tables", None)
        add_facts(self._lake(), name, rows)
        return int(rows.num_rows)

    def import_votes(self, path: str | Path) -> Imported:
        """Read roll-call votes (docs/votes.md); a roll call that is known takes the place of the earlier one.

        Args:
            path: a folder with ``votes``, ``roll_calls`` and ``issues``, or one file of countries and roll calls.

        Raises:
            BadFileError: no such files, or columns are lacking. Bad rows are left out, and each is named.
        """
        lake, found = self._lake(), read_votes(Path(path))
        self.__dict__.pop("tables", None)
        add_votes(lake, found)
        return found

    def votes(self) -> tuple[pa.Table, pa.Table]:
        """The record's ballots and roll calls (columns of ``schema_votes.BALLOTS`` and ``schema_votes.ROLL_CALLS``).

        Raises:
            NoDataError: it holds none; a pack never does.
        """
        return votes_of(None if self.is_pack else Lake(self.path), str(self.path))

    def ideal_points(
        self,
        *,
        issue: str | None = None,
        sessions: Iterable[int] | None = None,
        start: IdealPoints | None = None,
        rule: Rule = "all",
        bound: float = 9.0,
    ) -> IdealPoints:
        """Where countries stand by the votes of this record, by ISO alpha-3 code and session (docs/votes.md).

        Args:
            issue: only roll calls with this label.
            sessions: only these.
            start: an earlier fit to start from. When None, what the record keeps; for an issue, the fit of all votes.
            rule: ``all`` votes, or those of the ``published`` estimates.
            bound: farthest latent vote.

        Raises:
            NoDataError: the record holds no votes, or none are left.
            UnknownNameError: no such issue.
        """
        from visavis import positions

        return positions.of_record(
            self._read_votes(), issue=issue, sessions=sessions, start=start, rule=rule, bound=bound
        )

    def ideal_points_by_issue(
        self,
        *,
        sessions: Iterable[int] | None = None,
        rule: Rule = "all",
        bound: float = 9.0,
        on_step: OnStep | None = None,
    ) -> dict[str | None, IdealPoints]:
        """The fit of all votes under None, and one for each issue, started from it; see ``ideal_points``."""
        from visavis import positions

        return positions.by_issue(self._read_votes(), sessions=sessions, rule=rule, bound=bound, on_step=on_step)

    def sampled_ideal_points(
        self, *, issue: str | None = None, rule: Rule = "all", bound: float = 9.0, on_step: OnStep | None = None
    ) -> IdealPoints:
        """The same from the sampler, as a check; it takes minutes and is not kept. See ``ideal_points``."""
        from visavis import positions

        return positions.exact(self._read_votes(), issue=issue, rule=rule, bound=bound, on_step=on_step)

    def forget_ideal_points(self) -> None:
        """Delete the fits that are kept, so that the next one starts from nothing."""
        forget(self._lake())

    def _read_votes(self) -> positions.Votes:
        from visavis.positions import Votes

        return Votes.of(None if self.is_pack else Lake(self.path), str(self.path))

    def differing_figures(self) -> list[str]:
        """A sentence for each answer of a poll of which sources print different figures; of a record, its own."""
        if self.is_pack:
            return differing(self.tables.facts("polls"))
        shipped = open_pack(shipped_packs()[DEFAULT_PACK]).arrow("polls")
        known = set(differing(shipped.to_pylist()))
        rows = merged("polls", self._lake().ledger("polls"), shipped).to_pylist()
        return [line for line in differing(rows) if line not in known]

    def pairs(
        self,
        by: str = "understanding",
        top: int | None = None,
        *,
        among: Sequence[str] = (),
        stream: str | None = None,
        since: str | None = None,
        until: str | None = None,
        on_step: OnStep | None = None,
    ) -> League:
        """All pairs of the record, ranked.

        Args:
            by: what to rank by, e.g. ``understanding`` or ``activity``.
            top: how many pairs to keep; all when None.
            among: take only pairs of these countries, by ISO alpha-3 code or name; of all when empty.
            stream: the stream to read; the one with most acts when None.
            since, until: first and last month, week, year or day to use.
            on_step: called with (pairs done, pairs, what).

        Raises:
            UnknownNameError: no such measure or stream.
            NoDataError: no pair of the stream can be ranked.
        """
        from visavis.findings._leagues import ranked

        first, last = span_of(since, until)
        codes = [countries.country(name).iso3 for name in among]
        return ranked(self.tables, by, top, among=codes, stream=stream, since=first, until=last, on_step=on_step)

    def backtest(
        self,
        stream: str | None = None,
        period: str | None = None,
        horizons: Sequence[int] = (),
        *,
        on_step: OnStep | None = None,
    ) -> list[dict[str, Any]]:
        """How often forecasts of the record's own past were right (docs/forecasts.md), one track record a stream.

        What was found is kept in the record and used again as long as its files are the same; a pack brings its own.

        Args:
            stream: only this stream; all when None.
            period: ``month`` or ``week``; months where the stream has enough of them when None.
            horizons: how many periods ahead; 1, 3, 6 and 12 months or 1, 4, 13 and 26 weeks when empty.
            on_step: called with (parts done, parts, what).

        Raises:
            UnknownNameError: no such stream.
            UsageError: no such period, or a horizon out of range.
            NoDataError: a stream is too short, or a pack holds no track record.
        """
        from visavis.tracking import tracks

        root = None if self.is_pack else self.path
        return tracks(self.tables, root, stream, period, horizons, on_step=on_step)

    def status(self, today: dt.date | None = None) -> dict[str, Any]:
        """What is in the record: streams, span, gaps, rows refused by reason, facts, votes, how old the content is."""
        name = self.tables.name if self.is_pack else str(self.path)
        ballots = 0 if self.is_pack else sum(file.rows for file in self._lake().manifest.of("ballots"))
        return status_of(self.tables, name, today or dt.date.today(), ballots)

    def refusals(self) -> list[dict[str, Any]]:
        """Bad rows: file, line, reason and value; at most a thousand a file are kept."""
        lake = self._lake()
        names = {f["file"]: f["name"] for f in lake.ledger("files").to_pylist()}
        rows = [{**row, "name": names.get(row["file"], row["file"])} for row in lake.ledger("refusals").to_pylist()]
        return sorted(rows, key=lambda row: (row["stream"], row["name"], row["line"]))

    def pack(
        self, name: str, members: Sequence[str], path: str | Path, lacks: Sequence[str] = (), *, votes_source: str = ""
    ) -> Path:
        """Write a pack of the pairs among ``members``; see ``store.packing``.

        Args:
            name: of the pack.
            members: the countries.
            path: file to write.
            lacks: what it lacks, in words.
            votes_source: whose votes the record holds and on what terms, where it holds any.
        """
        from visavis.findings._vote_figures import vote_figures

        codes = [countries.country(m).iso3 for m in members]
        figures, told = vote_figures(self.tables, codes), votes_source or self.tables.votes_source
        write_pack(self.tables, Path(path), name, codes, lacks, figures=figures, votes_source=told)
        return Path(path)

    def cite(self) -> str:
        """BibTeX of exactly what the record holds, and of visavis."""
        from visavis.brief.files import bibtex
        from visavis.findings._view import provenance_of

        return bibtex([provenance_of(self.tables, [name]) for name in self.tables.streams])


def _joint(path: Path) -> Asked:
    from visavis.sheets.files import read_joint

    return read_joint(path)


def _published(path: Path, first: str, second: str) -> list[Finding]:
    from visavis.sheets.published import read_published

    return read_published(path, first, second)
