"""What a host keeps, and the order in which it takes and gives: SQLite, on disk before anything is acknowledged.

It holds commitments, boxes that it cannot open, and keys once both boxes are in. No call gives anything of one side to
the other before the same thing of both sides is in.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from visavis.asked import Questionnaire
from visavis.errors import RecordError, SealError, UsageError
from visavis.sheets._journal import private_folder
from visavis.sheets._letters import Letter, read_letter
from visavis.sheets._serving import hashed
from visavis.sheets._wrapping import LOCK, WRAPPED, Lock, Wrapped, read_lock, read_wrapped

__all__ = ["LIMITS", "STAGES", "Host", "create_host", "invite_again", "open_host"]

STAGES = ("commitment", "box", "key")
LIMITS: Mapping[str, int] = {"lock": 4 << 10, "commitment": 4 << 10, "box": 32 << 20, "key": 16 << 10}
"""Bytes that each kind of file may have."""
_FILE = "host.sqlite"
_TABLES = """
CREATE TABLE exchange (one INTEGER PRIMARY KEY CHECK (one = 1), sheet TEXT NOT NULL, a TEXT NOT NULL, b TEXT NOT NULL,
    purpose TEXT NOT NULL, wave INTEGER NOT NULL, title TEXT NOT NULL);
CREATE TABLE invitation (side TEXT PRIMARY KEY, token_sha256 TEXT NOT NULL);
CREATE TABLE handed (side TEXT NOT NULL, kind TEXT NOT NULL, raw BLOB NOT NULL, day TEXT NOT NULL,
    plain INTEGER NOT NULL, PRIMARY KEY (side, kind));
"""


@dataclass(frozen=True, slots=True)
class Host:
    """One exchange between two sides, as the host holds it. Made by ``create_host`` and ``open_host``."""

    path: Path
    sheet: str
    sides: tuple[str, str]
    purpose: str
    wave: int
    title: Mapping[str, str]

    def other(self, side: str) -> str:
        """The other of the two sides."""
        return self.sides[1] if side == self.sides[0] else self.sides[0]

    def tokens(self) -> dict[str, str]:
        """Hash of an invitation -> side."""
        with _opened(self.path) as base:
            return {token: side for side, token in base.execute("SELECT side, token_sha256 FROM invitation")}

    def there(self) -> dict[str, dict[str, str]]:
        """Side -> kind of file -> ``plain`` or ``locked``: what has been handed over, never what it holds."""
        found: dict[str, dict[str, str]] = {side: {} for side in self.sides}
        with _opened(self.path) as base:
            for side, kind, plain in base.execute("SELECT side, kind, plain FROM handed"):
                found[side][kind] = "plain" if plain else "locked"
        return found

    def put(self, side: str, raw: bytes, *, escrow: bool = False) -> str:
        """Take a file of a side; it is on disk when this returns. Returns its kind; the same file twice is taken once.

        Args:
            side: who hands it over.
            raw: the file as ``visavis sheet`` wrote it.
            escrow: whether the side agrees that a key which is not locked can be used by whoever runs the host.

        Raises:
            SealError: another sheet, side or wave, not its turn, another file than before, or a changed byte; no key
                and no answer is in the message.
        """
        kind, letter = _read(raw)
        with _opened(self.path) as base:
            base.execute("BEGIN IMMEDIATE")
            have = {(s, k): bytes(r) for s, k, r in base.execute("SELECT side, kind, raw FROM handed")}
            before = have.get((side, kind))
            if before is not None and hmac.compare_digest(before, raw):
                return kind
            self._same(side, kind, letter)
            if before is not None:
                raise SealError(
                    f"{side} has handed over another {kind} already; what was handed over cannot be exchanged.",
                    check="order",
                )
            self._turn(side, kind, have)
            self._fits(side, letter, have)
            plain = isinstance(letter, Letter) and kind == "key"
            if plain and not escrow and (self.other(side), "key") not in have:
                raise SealError(
                    "This key is not locked: whoever runs the host could open your box with it before the other side's "
                    "key is in. Lock it first, or say that it may lie here in escrow.",
                    check="escrow",
                )
            row = (side, kind, raw, datetime.now(UTC).date().isoformat(), int(plain))
            base.execute("INSERT INTO handed VALUES (?, ?, ?, ?, ?)", row)
            base.execute("COMMIT")
        return kind

    def take(self, side: str, whose: str, kind: str) -> bytes:
        """A file for a side: its own at any time, the other's when both sides have handed over the same.

        Raises:
            SealError: it is not there, or not yet its time.
        """
        with _opened(self.path) as base:
            have = {(s, k): bytes(r) for s, k, r in base.execute("SELECT side, kind, raw FROM handed")}
        stage = "commitment" if kind == "lock" else kind
        if side != whose and not all((one, stage) in have for one in self.sides):
            raise SealError(f"The {kind} of {whose} is given when both sides have handed over theirs.", check="order")
        if (whose, kind) not in have:
            raise SealError(f"There is no {kind} of {whose} here yet.", check="order")
        return have[whose, kind]

    def _same(self, side: str, kind: str, letter: Lock | Wrapped | Letter) -> None:
        wanted = {"sheet": self.sheet, "side": side, "purpose": self.purpose, "wave": self.wave}
        for name, value in wanted.items():
            found = getattr(letter, name, value)  # a lock has no purpose and no wave
            if found != value:
                raise SealError(
                    f"The {name} of this {kind} is {str(found)[:16]!a}; here it is {str(value)[:16]!r}.", check=name
                )

    def _turn(self, side: str, kind: str, have: Mapping[tuple[str, str], bytes]) -> None:
        if kind in ("lock", "commitment"):
            return
        before = STAGES[STAGES.index(kind) - 1]
        for one in self.sides:
            if (one, before) not in have:
                raise SealError(f"Not yet: a {kind} is taken when the {before} of {one} is here.", check="order")

    def _fits(self, side: str, letter: Lock | Wrapped | Letter, have: Mapping[tuple[str, str], bytes]) -> None:
        """Whether a box or key belongs to the commitments that are here."""
        if not isinstance(letter, Letter | Wrapped) or (isinstance(letter, Letter) and letter.kind == "commitment"):
            return
        own = read_letter(have[side, "commitment"], "commitment")
        other = read_letter(have[self.other(side), "commitment"], "commitment")
        if letter.commitment != own.commitment:
            raise SealError(f"This belongs to another commitment than that which {side} gave.", check="commitment")
        if letter.answers_to != other.commitment:
            raise SealError(f"This answers another commitment than that of {other.side} here.", check="other")
        if isinstance(letter, Letter) and letter.kind == "box":
            if hashlib.sha256(letter.box).hexdigest() != own.box_sha256:
                raise SealError(f"This is not the box that {side} committed to.", check="box")
        elif isinstance(letter, Wrapped):
            lock = have.get((other.side, "lock"))
            if lock is None or read_lock(lock).public != letter.lock:
                raise SealError(f"This key is not locked with the lock of {other.side} that is here.", check="key")


def create_host(
    folder: Path, questionnaire: Questionnaire, *, purpose: str = "answers", wave: int = 1
) -> tuple[Host, dict[str, str]]:
    """Begin an exchange in a folder; returns it with one invitation a side, which is kept nowhere and told once.

    Raises:
        UsageError: an exchange is there already.

    >>> import tempfile
    >>> asked = Questionnaire("q", {"en": "Q"}, ("JPN", "KOR"), "delegation", (), "0" * 64)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     host, invitations = create_host(Path(folder), asked)
    ...     host.there(), sorted(invitations)
    ({'JPN': {}, 'KOR': {}}, ['JPN', 'KOR'])
    """
    private_folder(folder)
    path = folder / _FILE
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
    tokens = {side: secrets.token_urlsafe(32) for side in questionnaire.sides}
    with _opened(path) as base:
        base.execute("BEGIN IMMEDIATE")
        if base.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise UsageError(f"{folder}: there is an exchange already. Serve it, or destroy it first.")
        for statement in _TABLES.split(";")[:-1]:
            base.execute(statement)
        named = (questionnaire.sha256, *questionnaire.sides, purpose, wave, json.dumps(dict(questionnaire.title)))
        base.execute("INSERT INTO exchange VALUES (1, ?, ?, ?, ?, ?, ?)", named)
        base.executemany("INSERT INTO invitation VALUES (?, ?)", [(s, hashed(t)) for s, t in tokens.items()])
        base.execute("COMMIT")
    return open_host(folder), tokens


def open_host(folder: Path) -> Host:
    """The exchange in a folder.

    Raises:
        UsageError: there is none.
        RecordError: the file is damaged.
    """
    path = folder / _FILE
    if not path.is_file():
        raise UsageError(f"{folder}: there is no exchange. visavis sheet host begins one with a questionnaire.")
    with _opened(path) as base:
        if not base.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise UsageError(f"{folder}: an exchange was begun here and not completed. Begin it again.")
        row = base.execute("SELECT sheet, a, b, purpose, wave, title FROM exchange").fetchone()
    return Host(path, row[0], (row[1], row[2]), row[3], row[4], json.loads(row[5]))


def invite_again(folder: Path, side: str) -> str:
    """A new invitation for a side; the one before no longer works once the host is served again.

    Raises:
        UsageError: no such side.
    """
    host = open_host(folder)
    if side not in host.sides:
        raise UsageError(f"{side!r} is no side of this exchange; its sides are {' and '.join(host.sides)}.")
    token = secrets.token_urlsafe(32)
    with _opened(host.path) as base:
        base.execute("UPDATE invitation SET token_sha256 = ? WHERE side = ?", (hashed(token), side))
    return token


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that is closed in any case, with all that was not committed taken back.

    Raises:
        RecordError: the file is damaged, or the disk is full.
    """
    base = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
        base.execute("PRAGMA secure_delete = ON")
        yield base
    except sqlite3.Error as error:
        raise RecordError(f"{path}: {error}. Nothing was taken; what was here before is kept.") from None
    finally:
        base.close()


def _read(raw: bytes) -> tuple[str, Lock | Wrapped | Letter]:
    """Which kind of file this is, and what it says; LIMITS hold."""
    if len(raw) > max(LIMITS.values()):
        raise SealError(f"The file has {len(raw)} bytes; at most {max(LIMITS.values())} are taken.", check="format")
    head = raw[:4096] if len(raw) > LIMITS["key"] else raw
    found: Lock | Wrapped | Letter
    if f'"format":"{LOCK}"'.encode() in head:
        found, kind = read_lock(raw), "lock"
    elif f'"format":"{WRAPPED}"'.encode() in head:
        found, kind = read_wrapped(raw), "key"
    else:
        found = read_letter(raw, "this file")
        kind = found.kind
    if len(raw) > LIMITS[kind]:
        raise SealError(f"A {kind} has at most {LIMITS[kind]} bytes; this one has {len(raw)}.", check="format")
    return kind, found
