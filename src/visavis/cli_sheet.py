"""Joint sheets in a terminal: ``visavis sheet ...``. Data go to stdout, what to do next to stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visavis.cli_options import Json
from visavis.errors import UsageError

if TYPE_CHECKING:
    from visavis.asked import Questionnaire
    from visavis.sheets.files import SideAnswers

__all__ = ["Lang", "SheetFile", "Side", "app", "note", "read", "side_code"]

app = typer.Typer(
    name="sheet",
    help="Joint sheets: both sides answer the same questions, sealed until both have committed.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

SheetFile = Annotated[Path, typer.Argument(metavar="SHEET", help="The questionnaire: sheet.toml.")]
_Joint = Annotated[Path, typer.Argument(metavar="JOINT", help="The joint file that 'open' or 'import' wrote.")]
Side = Annotated[str, typer.Option(help="Your side: ISO code or name.")]
_Folder = Annotated[Path, typer.Option("--folder", metavar="DIR", help="Where this side's answers lie.")]
Lang = Annotated[str, typer.Option("--lang", help="en, ko, ja or zh, if the questionnaire has it.")]
_Order = Annotated[str, typer.Option(help="'own first' or 'estimate first': half the sheets should have each.")]
_Out = Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")]
_Wave = Annotated[int, typer.Option(min=1, help="1, or 2 and on when the same items are asked again.")]
ANSWERS = Path("answers")


def read(sheet: Path) -> Questionnaire:
    from visavis.sheets.questionnaire import read_questionnaire

    return read_questionnaire(sheet)


def side_code(side: str, questionnaire: Questionnaire) -> str:
    from visavis import countries

    code = countries.country(side).iso3
    if code not in questionnaire.sides:
        raise UsageError(f"{code} is no side of this sheet. Its sides are {' and '.join(questionnaire.sides)}.")
    return code


def note(text: str) -> None:
    from visavis.names.outside import terminal_text

    for line in text.splitlines():
        typer.echo(terminal_text(line), err=True)


def _text_file(path: Path, text: str) -> None:
    from visavis.store import _durable

    if path.exists():
        raise UsageError(f"{path} is there already and is left as it is. Name another file with --output.")
    _durable.write_whole(path, lambda file: file.write(text.encode()))
    typer.echo(str(path))


@app.command(name="new")
def _new(
    template: Annotated[str, typer.Argument(help="bilateral-security or public-opinion.")],
    first: Annotated[str, typer.Argument(metavar="FIRST", help="One country: ISO code or name.")],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="The other one.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path("sheet.toml"),
) -> None:
    """Write a questionnaire from a template, to be edited by both sides together."""
    from visavis.sheets.new import new_sheet

    made = new_sheet(template, first, second, output)
    typer.echo(f"{output}: {len(made.items)} items in {', '.join(made.title)}")
    note("Go through it together, then both sides check that they hold the same: visavis sheet check " + str(output))


@app.command(name="check")
def _check(sheet: SheetFile) -> None:
    """Check a questionnaire, and print its fingerprint: both sides must see the same one."""
    found = read(sheet)
    kinds = {
        role: sum(item.role == role for item in found.items)
        for role in ("view", "recognition", "conclusion", "control")
    }
    typer.echo(f"{found.id}: {' and '.join(found.sides)}, {found.kind}, {', '.join(found.title)}")
    typer.echo(f"{len(found.items)} items: " + ", ".join(f"{n} {role}" for role, n in kinds.items() if n))
    typer.echo(f"fingerprint {found.sha256}")


@app.command(name="paper")
def _paper(sheet: SheetFile, side: Side, lang: Lang = "en", order: _Order = "own first", output: _Out = None) -> None:
    """Write a form to print (HTML)."""
    from visavis.sheets.paper import paper_html

    found = read(sheet)
    code = side_code(side, found)
    name = f"{found.id}-{code.lower()}-{lang}-{order.split()[0]}.html"
    _text_file(output or Path(name), paper_html(found, code, lang, order))


@app.command(name="limesurvey")
def _limesurvey(sheet: SheetFile, side: Side, order: _Order = "own first", output: _Out = None) -> None:
    """Write a survey that LimeSurvey imports (.lss), in all languages."""
    from visavis.sheets.limesurvey import lss

    found = read(sheet)
    code = side_code(side, found)
    _text_file(output or Path(f"{found.id}-{code.lower()}-{order.split()[0]}.lss"), lss(found, code, order))


@app.command(name="answer")
def _answer(
    sheet: SheetFile,
    side: Side,
    person: Annotated[
        str | None, typer.Option(help="Your code, to go on where you stopped; a new one without it.")
    ] = None,
    folder: _Folder = ANSWERS,
    lang: Lang = "en",
    page: Annotated[bool, typer.Option("--page", help="Answer in the browser instead of here.")] = False,
    wave: _Wave = 1,
    consent: Annotated[
        bool | None,
        typer.Option("--consent/--no-consent", help="Whether you agree to be shown in small groups; asked without it."),
    ] = None,
) -> None:
    """Answer, and go on later: every answer is kept at once."""
    from visavis.sheets.answering import new_person, open_sheet
    from visavis.sheets.terminal import answer_in_terminal

    found = read(sheet)
    code = side_code(side, found)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if person is not None and not list(folder.glob(f"*-{code}-{person}.journal")):
        raise UsageError(f"Nobody of {code} has the code {person!r} in {folder}. Without --person you get a new one.")
    who = person or new_person(folder, found, code)
    again = f"visavis sheet answer {sheet} --side {code} --person {who}"
    options = {"--lang": (lang, "en"), "--wave": (wave, 1), "--folder": (folder, ANSWERS)}
    again += "".join(f" {name} {value}" for name, (value, usual) in options.items() if value != usual)
    note(f"Your code is {who}. To go on later: {again}" + (" --page" if page else ""))
    opened = open_sheet(folder, found, code, who, consent=consent)
    with opened:
        if page:
            from visavis.sheets.page import serve_page

            serve_page(opened, language=lang, wave=wave, on_ready=lambda address: note(f"Open {address}"))
        else:
            done = answer_in_terminal(opened, sys.stdin, sys.stdout, language=lang, wave=wave)
            note("All answered." if done else "Not all answered yet; what you answered is kept.")


@app.command(name="collect")
def _collect(sheet: SheetFile, side: Side, folder: _Folder = ANSWERS, wave: _Wave = 1, output: _Out = None) -> None:
    """Gather one wave's answers of this side's people into the file that is sealed."""
    from visavis.sheets.answering import collect, progress, write_answers

    found = read(sheet)
    code = side_code(side, found)
    later = "" if wave == 1 else f"-{wave}"
    path = output or Path(f"{code}.answers{later}.json")
    write_answers(path, collect(folder, found, code, wave))
    for person, (given, put) in sorted(progress(folder, found, code, wave).items()):
        typer.echo(f"{person}: {given} of {put} answered")
    typer.echo(str(path))
    note(f"Next: visavis sheet seal {sheet} {path}" + (later and f" --wave {wave} --folder exchange{later}"))


@app.command(name="import")
def _import(
    sheet: SheetFile,
    files: Annotated[
        list[Path], typer.Argument(help="CSV, .sav, .zsav, .dta, .answers.json; several are put together.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Joint file to write, or with --side an answers file.")
    ],
    mapping: Annotated[Path | None, typer.Option(help="For SPSS and Stata: which variable asks what (TOML).")] = None,
    survey: Annotated[Path | None, typer.Option(help="For LimeSurvey: the .lss file beside the CSV.")] = None,
    side: Annotated[str | None, typer.Option(help="Write only this side's answers, to be sealed.")] = None,
    source: Annotated[str, typer.Option(help="Where the answers come from, said wherever they are used.")] = "",
) -> None:
    """Take in answers that were given elsewhere."""
    from visavis.sheets.answering import write_answers
    from visavis.sheets.files import joined, write_joint
    from visavis.sheets.reading import merged

    found = read(sheet)
    if output.exists():
        raise UsageError(f"{output} is there already and is left as it is. Name another file with --output.")
    sides = merged([one for path in files for one in _answers_in(path, found, mapping, survey)])
    for one in sides:
        extra = f", texts read as {one.extra['encoding']}" if "encoding" in one.extra else ""
        extra += f", left out who answered nothing: {one.extra['empty']}" if one.extra.get("empty") else ""
        note(f"{one.side}: {len(one.people)} people, {len(one.answers)} answers{extra}")
    if side is not None:
        mine = [one for one in sides if one.side == side_code(side, found)]
        if not mine:
            raise UsageError(f"No answers of {side} in these files.")
        write_answers(output, mine[0])
    elif len(sides) == 2:
        write_joint(output, joined(found, *sides, source=source))
    else:
        raise UsageError(
            f"Only {sides[0].side} has answers here. Add the other side's file, or name --side to seal it."
        )
    typer.echo(str(output))


def _answers_in(path: Path, sheet: Questionnaire, mapping: Path | None, survey: Path | None) -> Sequence[SideAnswers]:
    from visavis.sheets.files import answers_of, read_json

    if path.suffix == ".json":
        return [answers_of(read_json(path), sheet, str(path))]
    if path.suffix in (".sav", ".zsav", ".dta"):
        from visavis.sheets.microdata import read_mapping, read_microdata

        if mapping is None:
            raise UsageError(f"{path} needs --mapping FILE, which says which variable asks what (docs/sheet-files.md).")
        return read_microdata(path, sheet, read_mapping(mapping, sheet))
    if survey is not None:
        from visavis.sheets.limesurvey_answers import read_limesurvey

        return read_limesurvey(path, survey, sheet)
    from visavis.sheets.tidy import read_tidy

    return read_tidy(path, sheet)


@app.command(name="polis")
def _polis(
    export: Annotated[Path, typer.Argument(help="Folder with the files that Polis exports.")],
    sides: Annotated[Path, typer.Argument(help="CSV with the columns participant, side.")],
    first: Annotated[str, typer.Argument(metavar="FIRST", help="One side.")],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="The other one.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Joint file to write.")],
    agree: Annotated[int | None, typer.Option(help="1 or -1: what agreeing is, where the files do not tell.")] = None,
    lang: Lang = "en",
) -> None:
    """Take in a Polis conversation: own views only, no estimates of the other side."""
    from visavis import countries
    from visavis.sheets.files import joined, write_joint
    from visavis.sheets.polis import read_polis

    a, b = sorted(countries.country(one).iso3 for one in (first, second))
    found = read_polis(export, sides, (a, b), lang=lang, agree=agree)
    for reason, n in found.left_out.items():
        note(f"left out: {n} {reason}")
    if len(found.sides) != 2:
        raise UsageError(f"Participants of both sides are needed; there are some of {found.sides[0].side} only.")
    write_joint(output, joined(found.questionnaire, *found.sides, source="Polis conversation"))
    typer.echo(str(output))


@app.command(name="published")
def _published(
    file: Annotated[Path, typer.Argument(help="CSV with the columns item, answer, side, percent, n, source.")],
    first: Annotated[str, typer.Argument(metavar="FIRST", help="One country.")],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="The other one.")],
    lang: Annotated[str, typer.Option("--lang", help="Language of sentences.")] = "en",
    as_json: Json = False,
) -> None:
    """From published percentages only: what two polls allow to say."""
    from visavis import countries
    from visavis.brief.files import findings_json
    from visavis.brief.terminal import finding_lines, json_text
    from visavis.findings._order import named_first
    from visavis.sheets.published import read_published

    leading = countries.country(first).iso3
    a = min(leading, countries.country(second).iso3)
    found = named_first(read_published(file, first, second), leading, a)
    if as_json:
        typer.echo(json_text(findings_json(found, lang)))
    else:
        for line in finding_lines(found, lang):
            typer.echo(line)


@app.command(name="report")
def _report(
    joint: _Joint,
    output: _Out = None,
    edition: Annotated[str, typer.Option(help="joint, or the side that is to be named first.")] = "joint",
    lang: Annotated[str, typer.Option("--lang", help="Language of sentences.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, no file.")] = False,
) -> None:
    """Write the joint report: one HTML file, with its sources and data beside it."""
    from visavis.brief.files import findings_json
    from visavis.brief.terminal import finding_lines, json_text
    from visavis.sheets.files import read_joint
    from visavis.sheets.report import report, write_report

    asked = read_joint(joint)
    if as_json:
        told = report(asked, edition=edition)
        objections = [{"by": who, "text": text} for who, text in told.objections]
        typer.echo(json_text({**findings_json(told.findings, lang), "objections": objections}))
        return
    command = f"visavis sheet report {joint.name}" + ("" if edition == "joint" else f" --edition {edition}")
    written = write_report(output or joint.with_suffix(".html"), asked, edition=edition, lang=lang, command=command)
    for line in finding_lines([f for f in report(asked, edition=edition).findings if f.headline], lang):
        typer.echo(line)
    for file in written:
        note(f"wrote {file}")


@app.command(name="protocol")
def _protocol(
    sheet: SheetFile, output: Annotated[Path, typer.Option("--output", "-o")] = Path("protocol.html")
) -> None:
    """Write the page for whoever leads the meeting."""
    from visavis.sheets.report import protocol_html

    _text_file(output, protocol_html(read(sheet)))


@app.command(name="reasons")
def _reasons(
    joint: _Joint,
    side: Side,
    form: Annotated[Path, typer.Argument(metavar="FORM", help="CSV: written if it is not there, read if it is.")],
    raters: Annotated[int, typer.Option(help="How many people of this side will rate.")] = 12,
) -> None:
    """Would you sign this? Write the blind form for a side, or take in its ratings."""
    from visavis.sheets.files import read_joint, write_joint
    from visavis.sheets.reasons import rating_form, with_ratings

    asked = read_joint(joint)
    code = side_code(side, asked.questionnaire)
    if not form.exists():
        n = rating_form(form, asked, code, raters)
        typer.echo(str(form))
        note(
            f"{n} texts for people of {code} to rate from 0 to 10, a column a person. Then run the same command again."
        )
        return
    write_joint(joint, with_ratings(asked, code, form))
    typer.echo(str(joint))


@app.command(name="object")
def _object(
    joint: _Joint,
    side: Side,
    about: Annotated[str, typer.Option(help="Id of the finding, as 'report --json' prints it.")],
    text: Annotated[str, typer.Option(help="What your side holds against it.")],
) -> None:
    """Attach an objection to a finding; it travels with every export."""
    from visavis.sheets.files import read_joint, write_joint
    from visavis.sheets.report import object_to

    write_joint(joint, object_to(read_joint(joint), side, about, text))
    typer.echo(f"{joint}: the objection is in it")


@app.command(name="twin")
def _twin(
    folder: Annotated[Path, typer.Argument(help="Folder to write into.")],
    first: Annotated[str, typer.Argument(metavar="FIRST")] = "NOR",
    second: Annotated[str, typer.Argument(metavar="SECOND")] = "SWE",
    seed: Annotated[int, typer.Option(help="Of the chance in it.")] = 1,
) -> None:
    """Write a made-up sheet with known truth, to learn the steps on."""
    from visavis.sheets.twin import write_twin

    for path in write_twin(folder, first, second, seed=seed):
        typer.echo(str(path))
