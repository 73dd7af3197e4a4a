"""The exchange of sealed answers in a terminal: seal, commit, box, key, open. No answer is ever printed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visavis.cli_sheet import SheetFile, app, note, read, side_code
from visavis.errors import UsageError

if TYPE_CHECKING:
    from visavis.sheets.exchange import Done

__all__ = ["app"]

_Exchange = Annotated[
    Path, typer.Option("--folder", metavar="DIR", help="This side's folder of the exchange; never handed over.")
]
_Hosted = Annotated[Path, typer.Option("--folder", metavar="DIR", help="Where the host keeps what it is handed.")]
_FOLDER = Path("exchange")


def _done(done: Done) -> None:
    if done.path is not None:
        typer.echo(str(done.path))
    note(done.says)


@app.command(name="seal")
def _seal(
    sheet: SheetFile,
    answers: Annotated[Path, typer.Argument(help="The file that 'collect' wrote.")],
    folder: _Exchange = _FOLDER,
    wave: Annotated[int, typer.Option(help="1, or 2 and on when the same items are asked again.")] = 1,
) -> None:
    """Lock this side's answers with a fresh key. From now on they cannot be changed."""
    from visavis.sheets import exchange
    from visavis.sheets.files import answers_of, body_of, read_json
    from visavis.sheets.waves import checked_wave

    found = read(sheet)
    mine = checked_wave(answers_of(read_json(answers), found, str(answers)), wave, str(answers))
    _done(exchange.seal(folder, body_of(mine), sheet=found.sha256, sides=found.sides, side=mine.side, wave=wave))


@app.command(name="commit")
def _commit(folder: _Exchange = _FOLDER) -> None:
    """Write the commitment, to be handed over first. It tells nothing of the answers."""
    from visavis.sheets import exchange

    _done(exchange.commit(folder))


@app.command(name="take")
def _take(
    file: Annotated[Path, typer.Argument(help="The other side's commitment, box or key, as they handed it over.")],
    folder: _Exchange = _FOLDER,
) -> None:
    """Take what the other side handed over, and check it."""
    from visavis.sheets import exchange

    _done(exchange.take(folder, file))


@app.command(name="box")
def _box(folder: _Exchange = _FOLDER) -> None:
    """Write the locked box, to be handed over second."""
    from visavis.sheets import exchange

    _done(exchange.box(folder))


@app.command(name="key")
def _key(folder: _Exchange = _FOLDER) -> None:
    """Write the key, to be handed over last."""
    from visavis.sheets import exchange

    _done(exchange.key(folder))


@app.command(name="open")
def _open(
    sheet: SheetFile,
    folder: _Exchange = _FOLDER,
    output: Annotated[Path, typer.Option("--output", "-o", help="Joint file to write.")] = Path("joint.json"),
    earlier: Annotated[
        Path | None, typer.Option(help="From wave 2 on: the joint file of the waves before, to go on from.")
    ] = None,
) -> None:
    """Open both boxes, check them against both commitments, and write the joint file."""
    from visavis.sheets import exchange
    from visavis.sheets.files import answers_of, write_joint
    from visavis.sheets.waves import joined_waves

    if output.exists():
        raise UsageError(f"{output} is there already and is left as it is. Name another file with --output.")
    found, opened = read(sheet), exchange.open_both(folder)
    one, other = (answers_of(body, found, f"the box of {side}") for side, body in opened.bodies.items())
    source = f"Joint sheet {found.id}, sealed and exchanged"
    write_joint(output, joined_waves(found, one, other, _wave(folder), earlier, source))
    typer.echo(str(output))
    note(f"{opened.says} Next: visavis sheet report {output}")


def _wave(folder: Path) -> int:
    """The wave that the exchange in a folder is of, as its seal says."""
    from visavis.sheets._disk import Disk
    from visavis.sheets._protocol import load

    exchange = load(Disk(folder))
    return 1 if exchange is None else exchange.terms.wave


@app.command(name="status")
def _status(folder: _Exchange = _FOLDER) -> None:
    """Where this side stands in the exchange, and what comes next."""
    from visavis.sheets import exchange

    found = exchange.status(folder)
    if found.terms:
        typer.echo(found.terms)
    typer.echo(f"handed over: {', '.join(found.given) or 'nothing'}; taken: {', '.join(found.taken) or 'nothing'}")
    for side, fingerprint in found.fingerprints.items():
        typer.echo(f"fingerprint of {side}: {fingerprint}")
    note(found.says)


@app.command(name="forget")
def _forget(folder: _Exchange = _FOLDER) -> None:
    """Drop the other side's commitment and box, if by voice they turn out not to be theirs."""
    from visavis.sheets import exchange

    _done(exchange.forget(folder))


@app.command(name="destroy")
def _destroy(
    folder: _Exchange = _FOLDER,
    hosted: Annotated[bool, typer.Option("--hosted", help="The folder of 'visavis sheet host'.")] = False,
) -> None:
    """Overwrite and remove keys, boxes and commitments."""
    if hosted:
        from visavis.sheets.host import destroy

        destroy(folder)
        note("The hosted exchange was removed. Copies in backups, and files the sides hold, are out of reach.")
        return
    from visavis.sheets import exchange
    from visavis.sheets.hosted import drop_lock

    drop_lock(folder)
    _done(exchange.destroy(folder))
    note("Copies of boxes and keys that you laid elsewhere, such as beside the questionnaire, are yours to remove.")


@app.command(name="host")
def _host(
    sheet: SheetFile,
    folder: _Hosted = Path("host"),
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 8765,
    public_host: Annotated[str, typer.Option(help="Name under which a server in front speaks TLS.")] = "",
    invite: Annotated[str | None, typer.Option(help="Make a new invitation for this side; the old one ends.")] = None,
) -> None:
    """Serve the exchange: two invitation links, and no answer is readable here before both keys are in."""
    from visavis.sheets._host_store import create_host, invite_again
    from visavis.sheets.host import invitation_links, serve_host

    found = read(sheet)
    tokens: dict[str, str] = {}
    if invite is not None:
        side = side_code(invite, found)
        tokens = {side: invite_again(folder, side)}
    elif not folder.exists():
        _, tokens = create_host(folder, found)

    def ready(chosen: int) -> None:
        for side, link in invitation_links(tokens, port=chosen, public_host=public_host).items():
            typer.echo(f"{side}: {link}")
        if not tokens:
            note(f"On port {chosen}. The invitations were told when the exchange began; for a new one: --invite SIDE.")
        note("Serving; Ctrl-C stops, and the same command goes on.")

    serve_host(folder, port=port, public_host=public_host, on_ready=ready)


@app.command(name="pass")
def _pass(
    folder: _Exchange = _FOLDER,
    key: Annotated[
        bool, typer.Option("--key", help="Also hand over the key: you have compared the fingerprints.")
    ] = False,
    escrow: Annotated[
        bool,
        typer.Option("--escrow", help="Hand over the key unlocked: whoever runs the host can then read your answers."),
    ] = False,
) -> None:
    """Do this side's steps over a host; the invitation link is asked for, so that no history keeps it."""
    from visavis.sheets.hosted import escrow_key, pass_boxes, pass_key

    link = typer.prompt("Your side's invitation link", hide_input=sys.stdin.isatty(), err=True)
    step = escrow_key if escrow else pass_key if key else pass_boxes
    done = step(folder, link)
    for (kind, side), digits in done.fingerprints.items():
        typer.echo(f"fingerprint of {side}'s {kind}: {digits}")
    if done.waits:
        note(f"Waiting for the other side's {done.waits}. Run the same command again later.")
    elif done.next == "compare":
        note("Read each other these fingerprints by voice. If all are the same: visavis sheet pass --key")
    else:
        note("Next: visavis sheet open SHEET")
