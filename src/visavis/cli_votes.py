"""Roll-call votes in a terminal: ``visavis votes similarity KOR JPN``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from visavis import cli_positions
from visavis.cli_options import Json

if TYPE_CHECKING:
    from visavis.models._chamber import Chamber
    from visavis.models.vote_similarity import PairVotes
    from visavis.record import Record

__all__ = ["register", "take"]

_Country = Annotated[str, typer.Argument(help="ISO code (KOR) or name.")]


def register(app: typer.Typer, opened: Callable[[str | None], Record]) -> None:
    """Add the commands to the app; ``opened`` opens the record that is meant."""
    votes = typer.Typer(
        help="Roll-call votes: how alike two countries vote, and where all stand.", no_args_is_help=True
    )
    app.add_typer(votes, name="votes")

    @votes.callback()
    def _votes() -> None: ...

    cli_positions.register(votes, opened)

    @votes.command(name="similarity")
    def similarity(
        first: _Country,
        second: _Country,
        record: Annotated[
            str | None, typer.Option("--record", metavar="DIR", help="A record of your own that holds votes.")
        ] = None,
        since: Annotated[int | None, typer.Option(help="First session.")] = None,
        until: Annotated[int | None, typer.Option(help="Last session.")] = None,
        issues: Annotated[bool, typer.Option("--issues", help="Also by issue.")] = False,
        as_json: Json = False,
    ) -> None:
        """Agreement, S, kappa and pi of two countries, session by session, with the place among all pairs."""
        from visavis.brief.terminal import json_text

        rows = list(_rows(opened(record), first, second, since=since, until=until, issues=issues))
        if as_json:
            typer.echo(json_text({"similarity": rows}))
        else:
            for line in _lines(rows):
                typer.echo(line)


def take(record: Record, files: Sequence[Path], *, as_json: bool) -> bool:
    """Import files of votes and say what came in; whether no row was left out."""
    from visavis.brief.terminal import json_text
    from visavis.names.outside import terminal_text

    faults: list[str] = []
    for file in files:
        found = record.import_votes(file)
        faults += found.faults
        body = {"ballots": found.ballots.num_rows, "roll_calls": found.roll_calls.num_rows}
        said = f"{body['ballots']:,} ballots of {body['roll_calls']:,} roll calls into {record.path}"
        typer.echo(json_text(body | {"left_out": found.faults, "notes": found.notes}) if as_json else said)
        for line in () if as_json else (*found.notes, *(f"left out: {fault}" for fault in found.faults)):
            typer.echo(terminal_text(line), err=True)
    if faults and not as_json:
        said = "Rows named above were left out, all else is in. Exit code 5 says so: done, but incomplete."
        typer.echo(said, err=True)
    return not faults


def _rows(
    record: Record, first: str, second: str, *, since: int | None, until: int | None, issues: bool
) -> Iterator[dict[str, Any]]:
    """One row a session, and one an issue of it, in which both countries are listed."""
    from visavis import countries
    from visavis.errors import NoDataError, UsageError
    from visavis.models._chamber import chamber
    from visavis.models.vote_path import ENDED

    sides = [countries.country(name).iso3 for name in (first, second)]
    if sides[0] == sides[1]:
        raise UsageError(f"Two countries are needed; got {sides[0]} twice.")
    ballots, calls = record.votes()
    any_row = False
    for session in sorted(set(calls["session"].to_pylist())):
        if (since or session) <= session <= (until or session):
            found = chamber(ballots, calls, session)
            if set(sides) <= set(found.countries):
                any_row = True
                yield from _session_rows(found, sides[0], sides[1], issues=issues)
    if not any_row:
        raise NoDataError(f"No session asked for lists both {sides[0]} and {sides[1]}. {ENDED}")


def _session_rows(found: Chamber, one: str, other: str, *, issues: bool) -> Iterator[dict[str, Any]]:
    import zlib

    from visavis.models.vote_similarity import pair_similarity, pair_similarity_by_issue

    low, high = (found.countries.index(code) for code in sorted((one, other)))
    seed = zlib.crc32(f"{'-'.join(sorted((one, other)))} votes {found.session}".encode())
    about = {"first": one, "second": other, "session": found.session, "year": 1945 + found.session}
    yield _row(about | {"issue": None}, pair_similarity(found.votes, low, high, seed=seed))
    if not issues:
        return
    by_issue = pair_similarity_by_issue(found.votes, found.issues, low, high, seed=seed)
    for issue, pair in by_issue.items():
        yield _row(about | {"issue": issue}, pair)
    for issue in sorted(found.withheld):
        yield about | {"issue": issue, "withheld": True}


def _row(about: dict[str, Any], pair: PairVotes) -> dict[str, Any]:
    values = {
        name: None
        if e is None
        else {"value": e.value, "low": e.low, "high": e.high, "percentile": pair.percentile[name]}
        for name, e in pair.values.items()
    }
    return about | {
        "withheld": False, "n": pair.n, **values, "pairs": pair.pairs, "unanimous": pair.unanimous,
        "absent": pair.absent, "unlisted": pair.unlisted, "if_abstained": pair.if_abstained,
        "agreement_bounds": pair.agreement_bounds, "absence_matters": pair.absence_matters,
    }  # fmt: skip


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    from visavis.models.vote_similarity import LEAST, MEASURES

    yield f"{'session':<12}{'n':>4}  " + "  ".join(f"{name:<22}" for name in MEASURES)
    for row in rows:
        label = f"{row['session']} ({row['year']})" if row["issue"] is None else f"  {row['issue']}"
        if row["withheld"]:
            yield f"{label:<12}   the source's label is a copy of another one here and is not used"
            continue
        if row["n"] < LEAST:
            yield f"{label:<12}{row['n']:>4}  too few to say"
            continue
        yield f"{label:<12}{row['n']:>4}  " + "  ".join(f"{_cell(row[name]):<22}" for name in MEASURES).rstrip()
        if row["absence_matters"]:
            told = ", ".join(f"{name} {_plain(row['if_abstained'][name])}" for name in MEASURES)
            missed = row["absent"] + row["unlisted"]
            yield f"{'':<18}absence could matter: had the {missed} missed been abstentions, {told}"
    yield "n: roll calls on which both voted and not all chose the same. In brackets: 90 % interval. After the slash:"
    yield "share of all other pairs of the session that are less alike. kappa and pi take out agreement by chance."


def _cell(found: dict[str, Any] | None) -> str:
    if found is None:
        return "not defined"
    place = "" if found["percentile"] is None else f"/{100 * found['percentile']:.0f} %"
    return f"{found['value']:.2f} [{found['low']:.2f},{found['high']:.2f}]{place}"


def _plain(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"
