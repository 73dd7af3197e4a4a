"""Forecast ballots in a terminal: ``visavis sheet forecast ...``. Sealed like answers, scored when the day has come."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path
from typing import Annotated

import typer

from visavis.cli_exchange import app as sheets
from visavis.cli_options import Json
from visavis.cli_sheet import note
from visavis.errors import UsageError

__all__ = ["app", "sheets"]

app = typer.Typer(
    name="forecast",
    help="What will the other side do, by when? Sealed probabilities, scored when the day has come.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
sheets.add_typer(app, name="forecast")

_File = Annotated[Path, typer.Argument(metavar="FORECAST", help="The questions: forecast.toml.")]
_Ballots = Annotated[list[Path], typer.Argument(metavar="BALLOTS", help="Both sides' ballots, once they are open.")]
_Folder = Annotated[Path, typer.Option("--folder", metavar="DIR", help="This side's folder of this exchange.")]
_Outcomes = Annotated[Path, typer.Option("--outcomes", help="File with what came true.")]
_FEWEST = 5  # people behind a figure; fewer are hidden
_FOLDER, _CAME = Path("exchange-forecast"), Path("outcomes.json")
_EXAMPLE = """# Forecast questions that both sides agreed on. Both must hold the very same file:
# visavis sheet forecast check
#
# id        lower-case name, unique
# text      what may happen; criteria: what counts and who says so.
#           By language, if you like: text = {{ en = "...", ko = "..." }}
# due       the day by which it is known
# outcomes  left out: ["yes", "no"]
id = "acts-of-the-other-side"
sides = ["{a}", "{b}"]

[[question]]
id = "meeting"
text = "Will the foreign ministers of both sides meet in person?"
criteria = "Both ministries report a meeting of the two, in whatever place, held on or before the day."
due = {due}
"""


@app.command(name="new")
def _new(
    first: Annotated[str, typer.Argument(metavar="FIRST", help="One side: ISO code or name.")],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="The other one.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path("forecast.toml"),
) -> None:
    """Write a file of questions to start from, with one example."""
    from visavis import countries
    from visavis.store import _durable

    a, b = sorted(countries.country(one).iso3 for one in (first, second))
    if output.exists():
        raise UsageError(f"{output} is there already and is left as it is. Name another file with --output.")
    text = _EXAMPLE.format(a=a, b=b, due=dt.date.today() + dt.timedelta(days=180))
    _durable.write_whole(output, lambda file: file.write(text.encode()))
    typer.echo(str(output))
    note("Agree on the questions and on what counts, then: visavis sheet forecast check " + str(output))


@app.command(name="check")
def _check(file: _File) -> None:
    """Check the questions, and print their fingerprint: both sides must see the same one."""
    from visavis.names.outside import terminal_text
    from visavis.sheets.forecast import read_questions

    found = read_questions(file)
    for question in found.questions:
        wording = question.text.get("en") or next(iter(question.text.values()))
        typer.echo(f"{question.id}, due {question.due}: {terminal_text(wording)} ({' or '.join(question.outcomes)})")
    typer.echo(f"fingerprint {found.sha256}")


@app.command(name="ballot")
def _ballot(
    file: _File,
    side: Annotated[str, typer.Option(help="Your side: ISO code or name.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="This side's ballots (default: SIDE.ballots.json).")
    ] = None,
) -> None:
    """One more person's probabilities, added to this side's ballots."""
    from visavis import countries
    from visavis.names.outside import terminal_text
    from visavis.sheets.forecast import Ballots, read_ballots, read_questions, write_ballots

    found, code = read_questions(file), countries.country(side).iso3
    if code not in found.sides:
        raise UsageError(f"{code} is no side of this forecast. Its sides are {' and '.join(found.sides)}.")
    path = output or Path(f"{code}.ballots.json")
    given = dict(read_ballots(path, found).given) if path.exists() else {}
    mine: dict[str, tuple[float, ...]] = {}
    for question in found.questions:
        for words in (question.text, question.criteria):
            note(words.get("en") or next(iter(words.values())))
        asked = question.outcomes[:1] if len(question.outcomes) == 2 else question.outcomes
        told = [_percent(f"{terminal_text(one)}: how many of 100, by {question.due}") for one in asked]
        if None in told:
            continue
        p = [value / 100 for value in told if value is not None]
        mine[question.id] = (p[0], 1 - p[0]) if len(question.outcomes) == 2 else tuple(p)
    given[secrets.token_hex(4)] = mine
    write_ballots(path, Ballots(code, given), found)
    typer.echo(f"{path}: {len(given)} people")
    note(f"When all have voted: visavis sheet forecast seal {file} {path}")


def _percent(question: str) -> float | None:
    """A number from 0 to 100; None where nothing is given."""
    while True:
        text = typer.prompt(question, default="", show_default=False, err=True).strip().removesuffix("%")
        try:
            if not text or 0 <= float(text) <= 100:
                return float(text) if text else None
        except ValueError:
            pass
        note(f"{text!r} is no number from 0 to 100; empty leaves it out.")


@app.command(name="seal")
def _seal(
    file: _File,
    ballots: Annotated[Path, typer.Argument(metavar="BALLOTS", help="This side's ballots.")],
    folder: _Folder = _FOLDER,
) -> None:
    """Lock this side's ballots; then commit, take, box and key as with answers, with the same --folder."""
    from visavis.sheets import exchange
    from visavis.sheets.forecast import body_of, read_ballots, read_questions

    found = read_questions(file)
    mine = read_ballots(ballots, found)
    done = exchange.seal(
        folder, body_of(mine, found), sheet=found.sha256, sides=found.sides, side=mine.side, purpose="forecast"
    )
    note(done.says + f" (with --folder {folder})")


@app.command(name="open")
def _open(
    file: _File,
    folder: _Folder = _FOLDER,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for both sides' ballots.")] = Path("opened"),
) -> None:
    """Open both sides' ballots, and write one file a side."""
    from visavis.sheets import exchange
    from visavis.sheets.forecast import ballots_of, read_questions, write_ballots

    if output.exists():
        raise UsageError(f"{output} is there already and is left as it is. Name another folder with --output.")
    found, opened = read_questions(file), exchange.open_both(folder)
    both = [ballots_of(body, found, f"the box of {side}") for side, body in opened.bodies.items()]
    output.mkdir(mode=0o700, parents=True)
    for one in both:
        write_ballots(output / f"{one.side}.ballots.json", one, found)
        typer.echo(str(output / f"{one.side}.ballots.json"))


@app.command(name="came")
def _came(
    file: _File,
    question: Annotated[str, typer.Argument(help="Id of the question.")],
    outcome: Annotated[str, typer.Argument(help="What came true: one of its outcomes.")],
    source: Annotated[str, typer.Option(help="What was read that says so.")],
    date: Annotated[str, typer.Option(help="Day on which it was established, YYYY-MM-DD.")],
    outcomes: _Outcomes = _CAME,
) -> None:
    """Write down what came true, with the source that was read."""
    from visavis.sheets.forecast import Outcome, read_outcomes, read_questions, write_outcomes

    found = read_questions(file)
    known = dict(read_outcomes(outcomes, found)) if outcomes.exists() else {}
    try:
        day = dt.date.fromisoformat(date)
    except ValueError:
        raise UsageError(f"--date {date!r} is no day; write it as 2027-03-31.") from None
    asked = {one.id: one for one in found.questions}
    if question not in asked or outcome not in asked[question].outcomes:
        known_ones = "; ".join(f"{one.id}: {' or '.join(one.outcomes)}" for one in found.questions)
        raise UsageError(f"No outcome {outcome!r} of a question {question!r}. There are: {known_ones}.")
    if not source.strip():
        raise UsageError("--source is empty; say what was read that tells the outcome.")
    write_outcomes(outcomes, {**known, question: Outcome(outcome, day, source)}, found)
    typer.echo(f"{outcomes}: {len(known | {question: None})} of {len(found.questions)} questions have an outcome")


@app.command(name="score")
def _score(
    file: _File,
    ballots: _Ballots,
    outcomes: _Outcomes = _CAME,
    as_json: Json = False,
) -> None:
    """Brier scores of both sides, and how often came true what was held how likely."""
    from dataclasses import asdict

    from visavis.brief.terminal import json_text
    from visavis.sheets.forecast import Round, calibration, read_ballots, read_outcomes, read_questions, scores, waiting

    found, today = read_questions(file), dt.date.today()
    one = Round(found, tuple(read_ballots(path, found) for path in ballots), read_outcomes(outcomes, found))
    scored, held = scores(one, today=today), calibration([one], today=today)
    if as_json:
        shown = [asdict(s) for s in scored if s.n >= _FEWEST]
        cells = [asdict(c) for c in held if c.forecasts >= _FEWEST]
        typer.echo(json_text({"scores": shown, "calibration": cells}))
        return
    for score in scored:
        if score.n < _FEWEST:
            note(f"{score.side}, {score.question or 'all questions'}: not shown, fewer than {_FEWEST} people.")
            continue
        ends = "" if score.brier.low is None else f" ({score.brier.low:.2f} to {score.brier.high:.2f})"
        about = score.question or f"all questions that have an outcome ({score.questions})"
        typer.echo(f"{score.side}, {about}: Brier score {score.brier.value:.2f}{ends}, {score.n} people")
    typer.echo("0 is certain and right, 0.25 is saying fifty of a hundred to a yes or no, 1 is certain and wrong.")
    for bin_ in (one for one in held if one.forecasts >= _FEWEST):
        typer.echo(
            f"{bin_.side}, held {bin_.low:.0%} to {bin_.high:.0%} likely: {bin_.came:.0%} came true "
            f"({bin_.forecasts} forecasts; questions: {bin_.questions})"
        )
    for question in waiting(one, today):
        note(f"{question.id} was due on {question.due} and has no outcome yet: visavis sheet forecast came")
