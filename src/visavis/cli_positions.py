"""Positions from roll-call votes in a terminal: ``visavis votes fit`` and ``visavis votes path KOR JPN``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from visavis.cli_options import Json, Lang

if TYPE_CHECKING:
    from visavis.models.ideal_points import IdealPoints
    from visavis.record import Record

__all__ = ["register"]

_Country = Annotated[str, typer.Argument(help="ISO code (KOR) or name.")]
_Record = Annotated[str | None, typer.Option("--record", metavar="DIR", help="A record of your own that holds votes.")]
_Bound = Annotated[float, typer.Option(help="Farthest latent vote (docs/votes.md); the published program's is 9.")]
_Published = Annotated[bool, typer.Option("--published", help="Leave out what the published estimates leave out.")]
_INCOMPLETE = 5
_WORST = 5  # positions that are named where a sampler has not settled


def register(votes: typer.Typer, opened: Callable[[str | None], Record]) -> None:
    """Add the commands to ``votes``; ``opened`` opens the record that is meant."""

    @votes.command(name="fit")
    def fit(
        record: _Record = None,
        issue: Annotated[str | None, typer.Option(help="Only this label, e.g. nu; 'all' fits each one too.")] = None,
        output: Annotated[
            Path | None, typer.Option("--output", "-o", metavar="DIR", help="Folder for Parquet.")
        ] = None,
        bound: _Bound = 9.0,
        published: _Published = False,
        afresh: Annotated[bool, typer.Option("--afresh", help="Forget the fits that are kept; start anew.")] = False,
        exact: Annotated[bool, typer.Option("--exact", help="By the sampler: minutes, as a check.")] = False,
        as_json: Json = False,
    ) -> None:
        """Where all countries stand by their votes, session by session, with intervals."""
        from visavis.brief.terminal import progress

        held = opened(record)
        if afresh:
            held.forget_ideal_points()
        how: dict[str, Any] = {"bound": bound, "rule": "published" if published else "all"}
        with progress() as step:
            if exact:
                if issue == "all":
                    _refuse("--exact takes one issue at a time, or all votes.")
                found = {issue: held.sampled_ideal_points(issue=issue, **how, on_step=step)}
            elif issue == "all":
                found = held.ideal_points_by_issue(**how, on_step=step)
            else:
                step(0, 1, f"fits: {issue or 'all votes'}")
                found = {issue: held.ideal_points(issue=issue, **how)}
        _tell(found, _written(found, output, how), as_json=as_json)
        if not all(one.converged for one in found.values()):
            raise typer.Exit(_INCOMPLETE)

    @votes.command(name="path")
    def path(
        first: _Country,
        second: _Country,
        record: _Record = None,
        issue: Annotated[str | None, typer.Option(help="Only roll calls with this label, e.g. nu.")] = None,
        since: Annotated[int | None, typer.Option(help="First session.")] = None,
        until: Annotated[int | None, typer.Option(help="Last session.")] = None,
        output: Annotated[Path | None, typer.Option("--output", "-o", help="Chart to write, FILE.svg.")] = None,
        bound: _Bound = 9.0,
        lang: Lang = "en",
        as_json: Json = False,
    ) -> None:
        """How far apart two countries stand by their votes, who moved, when they crossed, who is nearest."""
        from visavis.brief.terminal import json_text, progress
        from visavis.brief.vote_paths import path_json, path_lines
        from visavis.models.vote_path import vote_path

        sides = _sides(first, second)
        if output is not None and output.suffix != ".svg":
            _refuse(f"{output} is no name of a chart. Write FILE.svg.")
        with progress() as step:
            step(0, 1, "fits")
            found = opened(record).ideal_points(issue=issue, bound=bound)
        told = vote_path(found, *sides, since=since, until=until, about=issue or "all")
        if output is not None:
            _draw(told, issue, output, lang)
        if as_json:
            typer.echo(json_text(path_json(told, found, issue, lang)))
        else:
            for line in path_lines(told, found, issue, lang):
                typer.echo(line)


def _sides(first: str, second: str) -> tuple[str, str]:
    from visavis import countries

    one, other = (countries.country(name).iso3 for name in (first, second))
    if one == other:
        _refuse(f"Two countries are needed; got {one} twice.")
    return one, other


def _refuse(why: str) -> None:
    from visavis.errors import UsageError

    raise UsageError(why)


def _draw(told: Any, issue: str | None, output: Path, lang: str) -> None:
    from visavis.charts.positions import positions
    from visavis.charts.svg import svg
    from visavis.models.assembly import issue_name
    from visavis.store import _durable

    about = None if issue is None else issue_name(issue)
    text = svg(positions(told.rows, told.field, told.pair, issue=about), lang)
    _durable.write_whole(output, lambda file: file.write(text.encode()))


def _written(found: dict[str | None, IdealPoints], folder: Path | None, how: dict[str, Any]) -> dict[str | None, Path]:
    """The Parquet files, one a fit; each is there whole or not at all."""
    from visavis.positions import file_of, positions_table
    from visavis.store.fits import write_table

    if folder is None:
        return {}
    paths = {issue: folder / file_of(issue) for issue in found}
    for issue, path in paths.items():
        write_table(path, positions_table(found[issue], issue, how))
    return paths


def _tell(found: dict[str | None, IdealPoints], paths: dict[str | None, Path], *, as_json: bool) -> None:
    from visavis.brief.terminal import json_text, line

    if as_json:
        typer.echo(json_text({"fits": [_summary(issue, one, paths.get(issue)) for issue, one in found.items()]}))
        return
    for issue, one in found.items():
        settled = "settled" if one.converged else "figures may still move: not settled"
        typer.echo(line(
            f"{issue or 'all votes'}: {len(one.country):,} positions of {len(set(one.country)):,} countries, sessions "
            f"{one.session.min()} to {one.session.max()}, from {len(one.item):,} resolutions ({one.unanimous:,} more "
            f"without dissent); {settled} after {one.steps} rounds"
        ))  # fmt: skip
        for words in (*_unsettled(one), *_notes(one)):
            typer.echo(line(f"  {words}"))
        if issue in paths:
            typer.echo(line(f"  into {paths[issue]}"))
    typer.echo("Within a session positions can be compared; over decades the line itself may shift and stretch.")


def _notes(one: IdealPoints) -> list[str]:
    """What was left out, and where positions rest on little."""
    from visavis.models.thin_sessions import thin_note
    from visavis.names.messages import say

    return [say(note) for note in (*one.notes, *thin_note(one))]


def _unsettled(one: IdealPoints) -> list[str]:
    """On how many positions the chains of a sampler do not agree, and which are the worst."""
    from visavis.models.ideal_sampler import SETTLED, SampledIdealPoints

    if not isinstance(one, SampledIdealPoints) or not len(one.unsettled):
        return []
    worst = sorted(one.unsettled.tolist(), key=lambda k: -float(one.r_hat[k]))[:_WORST]
    told = ", ".join(f"{one.country[k]} in session {one.session[k]} ({one.r_hat[k]:.2f})" for k in worst)
    return [f"{len(one.unsettled):,} of {len(one.country):,} positions have R-hat above {SETTLED}; the worst: {told}"]


def _summary(issue: str | None, one: IdealPoints, path: Path | None) -> dict[str, Any]:
    return {
        "issue": issue,
        "positions": len(one.country),
        "countries": len(set(one.country)),
        "sessions": [int(one.session.min()), int(one.session.max())],
        "items": len(one.item),
        "unanimous": one.unanimous,
        "rounds": one.steps,
        "converged": one.converged,
        "notes": [*_unsettled(one), *_notes(one)],
        "file": None if path is None else str(path),
    }
