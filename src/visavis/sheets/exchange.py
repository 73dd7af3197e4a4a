"""The exchange of sealed answers between two sides, one folder a side, without a server that anyone must trust.

Each side seals, then hands over its commitment, then its box, then its key, each only after the other side's one
before is in; then both open. The files travel by mail or on a stick. What the protocol cannot do: say who handed a file
over (so both read each other their fingerprints by voice), nor force a side to hand over its key last of all.

Every step may be run again: it does the same. Files are 0600, folders 0700, each file written whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from visavis.errors import BadFileError, SealError
from visavis.names.outside import terminal_text
from visavis.sheets._disk import Disk, clear, files, locked, private
from visavis.sheets._letters import Kind, terms_of
from visavis.sheets._protocol import KINDS, Exchange, Next, begin, load

__all__ = [
    "Done",
    "Opened",
    "Standing",
    "box",
    "commit",
    "destroy",
    "forget",
    "key",
    "open_both",
    "seal",
    "status",
    "take",
]

_LARGEST = 256 << 20


@dataclass(frozen=True, slots=True)
class Done:
    """What a step wrote, and what to do next.

    Args:
        path: the file to hand over; None where there is none.
        says: a sentence or two for the one who ran it; no key, no answer, no number of answers.
        next: the step that comes next.
    """

    path: Path | None
    says: str
    next: Next


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one side stands.

    Args:
        terms: the exchange in words; empty before anything was sealed.
        given: what this side gave.
        taken: what it took from the other side.
        next: the step that comes next.
        says: the same in a sentence or two.
        fingerprints: side -> fingerprint of the commitment held here, to be compared by voice.
    """

    terms: str
    given: tuple[Kind, ...]
    taken: tuple[Kind, ...]
    next: Next
    says: str
    fingerprints: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Opened:
    """Both bodies by side, in ISO order; they are not shown in its repr."""

    bodies: Mapping[str, Any] = field(repr=False)
    says: str


def seal(
    folder: Path,
    body: Any,
    *,
    sheet: str,
    sides: tuple[str, str],
    side: str,
    purpose: str = "answers",
    wave: int = 1,
) -> Done:
    """Seal a body in a folder of its own, which becomes private to its owner; the same body again changes nothing.

    Args:
        folder: made if it is not there; one exchange a folder.
        body: a tree of mappings, lists, text and numbers.
        sheet: SHA-256 of the questionnaire, 64 hex digits.
        sides: both sides, ISO alpha-3.
        side: one's own.
        purpose: ``answers``, ``forecast``, ``ratings`` ...
        wave: 1, 2 ...

    Raises:
        SealError: other answers are sealed here already, or the body has no canonical form.
        UsageError: malformed hash, side, purpose or wave.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     seal(Path(folder, "a"), {"view": 3}, sheet="0" * 64, sides=("JPN", "KOR"), side="KOR").next
    'commit'
    """
    terms = terms_of(sheet, sides, side, purpose, wave)
    private(folder)
    with locked(folder):
        return _done(folder, begin(Disk(folder), body, terms))


def commit(folder: Path) -> Done:
    """Write this side's commitment; it tells nothing about the answers, not even how many there are.

    Raises:
        SealError: nothing is sealed here, or a file here is damaged.
    """
    return _give(folder, "commitment")


def box(folder: Path) -> Done:
    """Write this side's box; only once the other side's commitment is in.

    Raises:
        SealError: it is not its turn, or a file here is damaged.
    """
    return _give(folder, "box")


def key(folder: Path) -> Done:
    """Write this side's key; only once both boxes are out and the other's is the one it committed to.

    Raises:
        SealError: it is not its turn, or a file here is damaged.
    """
    return _give(folder, "key")


def take(folder: Path, path: Path) -> Done:
    """Take a file that the other side handed over: commitment, box or key; the same again changes nothing.

    Raises:
        SealError: changed on its way, of another exchange, this side's own, out of order, or another one than before.
        BadFileError: the file cannot be read.
    """
    name = terminal_text(path.name)
    try:
        if path.stat().st_size > _LARGEST:
            raise BadFileError(f"{name}: larger than any file of an exchange. Check which file it is.")
        raw = path.read_bytes()
    except OSError as error:
        raise BadFileError(f"{name}: cannot be read ({error.strerror}). Check the path.") from None
    with locked(folder):
        exchange = _here(folder)
        exchange.take(raw, name)
        return _done(folder, exchange)


def open_both(folder: Path) -> Opened:
    """Both sides' bodies, every check done again; nothing is written.

    Raises:
        SealError: a step is missing, or a file here is damaged.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     jpn, kor = Path(folder, "JPN"), Path(folder, "KOR")
    ...     for side in (jpn, kor):
    ...         done = seal(side, {"view": 3}, sheet="0" * 64, sides=("JPN", "KOR"), side=side.name)
    ...     for step in (commit, box, key):
    ...         handed = step(jpn), step(kor)
    ...         done = take(jpn, handed[1].path), take(kor, handed[0].path)
    ...     open_both(kor).bodies
    {'JPN': {'view': 3}, 'KOR': {'view': 3}}
    """
    with locked(folder):
        exchange = _here(folder)
        bodies = exchange.open()
    return Opened(bodies, f"Both boxes are open and are what {' and '.join(bodies)} committed to.")


def forget(folder: Path) -> Done:
    """Drop the other side's commitment and box, when by voice they turn out to be someone else's.

    Safe until a key is out: until then nobody has read anything.

    Raises:
        SealError: a key is out, nothing is sealed here, or a file here is damaged.
    """
    with locked(folder):
        exchange = _here(folder)
        exchange.forget()
        return _done(folder, exchange)


def status(folder: Path) -> Standing:
    """Where this side stands and what comes next; changes nothing.

    Raises:
        SealError: a file here is damaged.

    >>> status(Path("nowhere")).next
    'seal'
    """
    exchange = load(Disk(folder)) if folder.is_dir() else None
    if exchange is None:
        return Standing("", (), (), "seal", "Nothing is sealed here yet. Next: seal your answers.", {})
    terms, held = exchange.terms, exchange.theirs.get("commitment")
    prints = {terms.side: exchange.letter("commitment").fingerprint}
    return Standing(
        str(terms),
        tuple(kind for kind in KINDS if exchange.given(kind)),
        tuple(exchange.theirs),
        exchange.next,
        _says(exchange),
        dict(sorted((prints | ({terms.other: held.fingerprint} if held else {})).items())),
    )


def destroy(folder: Path) -> Done:
    """Overwrite and remove keys, boxes and commitments of both sides; run again, it ends what was begun.

    Raises:
        SealError: there is no exchange in this folder.
    """
    if not files(folder):
        raise SealError(f"There is no exchange in {terminal_text(folder.name)!r}. Check the folder.", check="order")
    with locked(folder):
        clear(folder)
    return Done(
        None,
        "Keys and boxes were overwritten and removed from this folder. What cannot be promised: flash storage (SSD, "
        "USB sticks), journaling file systems, snapshots and backups may keep old copies; files already handed over, "
        "the answers as they were typed, and printed or opened answers are elsewhere. Only a disk that was encrypted "
        "from the start makes removal certain.",
        "seal",
    )


def _here(folder: Path) -> Exchange:
    exchange = load(Disk(folder))
    if exchange is None:
        raise SealError("Nothing is sealed here yet. Next: seal your answers.", check="order")
    return exchange


def _give(folder: Path, kind: Kind) -> Done:
    with locked(folder):
        exchange = _here(folder)
        return _done(folder, exchange, exchange.give(kind))


def _done(folder: Path, exchange: Exchange, written: str = "") -> Done:
    return Done(folder / written if written else None, _says(exchange), exchange.next)


def _says(exchange: Exchange) -> str:
    """What was reached and what comes next."""
    mine, other, step = exchange.terms.side, exchange.terms.other, exchange.next
    if step.startswith("take"):
        kind = step.removeprefix("take ")
        name = f"out/{mine}.{kind}.json"
        gone = "" if exchange.place.read(name) else f" (if it is not there, run {_STEP[kind]} again)"
        voice = exchange.letter("commitment").fingerprint if kind == "commitment" else ""
        read = f" Read them your fingerprint: {voice}." if voice else ""
        return f"Hand {name} to {other}{gone}.{read} Next: take {other}'s {kind}."
    if step == "box":
        told = exchange.theirs["commitment"].fingerprint
        return f"{other}'s commitment is in, fingerprint {told}: let them read it to you. If it is the same, next: box."
    return {
        "commit": "Your answers are sealed. Next: commit.",
        "key": f"{other}'s box is in and is the one they committed to. Next: key.",
        "open": f"{other}'s key is in. Hand out/{mine}.key.json to {other} if you have not. Next: open.",
    }[step]


_STEP = {"commitment": "commit", "box": "box", "key": "key"}
