"""A key that passes through a host which cannot open it: locked for the other side alone (NaCl's sealed box).

Each side makes a lock, hands its public half to the other side, and keeps its secret half. A host that exchanged the
public halves for its own could open keys; so both sides read the locks' fingerprints to each other, as they do with
commitments.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from visavis.errors import SealError, UsageError
from visavis.sheets._journal import write_private
from visavis.sheets._letters import Letter, read_letter
from visavis.sheets.sealing import Secret, canonical, read_canonical

__all__ = ["Lock", "Wrapped", "lock_of", "new_lock", "read_lock", "read_wrapped", "unwrap", "wrap"]

LOCK, WRAPPED = "visavis lock 1", "visavis wrapped key 1"
_FINGERPRINT = b"visavis/joint-sheet/lock/v1\0"


@dataclass(frozen=True, slots=True)
class Lock:
    """The public half: what the other side locks its key with.

    Args:
        sheet: SHA-256 of the questionnaire.
        side: whose it is; only this side can open what is locked with it.
        public: 64 hex digits.
    """

    sheet: str
    side: str
    public: str

    @property
    def fingerprint(self) -> str:
        """24 hex digits in six groups, to be compared by voice."""
        told = hashlib.sha256(_FINGERPRINT + f"{self.sheet} {self.side} {self.public}".encode()).hexdigest()
        return " ".join(told[i : i + 4] for i in range(0, 24, 4))

    def write(self) -> bytes:
        """The bytes of the file that is handed over."""
        return _closed({"format": LOCK, "sheet": self.sheet, "side": self.side, "public": self.public})


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key letter, locked. What stands outside can be checked by a host; what is inside cannot be read by it."""

    sheet: str
    side: str
    purpose: str
    wave: int
    commitment: str
    answers_to: str
    lock: str
    sealed: bytes = field(repr=False)

    def write(self) -> bytes:
        """The bytes of the file that is handed over."""
        names = ("sheet", "side", "purpose", "wave", "commitment", "answers_to", "lock")
        tree = {name: getattr(self, name) for name in names}
        return _closed({**tree, "format": WRAPPED, "sealed": base64.b64encode(self.sealed).decode()})


def new_lock(path: Path, sheet: str, side: str) -> Lock:
    """Make a lock; its secret half goes to ``path``, readable by its owner only, and nowhere else.

    Raises:
        UsageError: the file is there already.
    """
    from nacl.public import PrivateKey

    if path.exists():
        raise UsageError(f"{path} is there already; a new lock would make keys that were locked with it unreadable.")
    secret = PrivateKey.generate()
    write_private(path, bytes(secret).hex().encode() + b"\n")
    return Lock(sheet, side, bytes(secret.public_key).hex())


def lock_of(path: Path, sheet: str, side: str) -> Lock:
    """The public half of the lock whose secret half is at ``path``."""
    return Lock(sheet, side, bytes(_secret(path).public_key).hex())


def wrap(key_letter: bytes, lock: Lock, name: str = "the key") -> Wrapped:
    """Lock a key letter for the side whose lock it is.

    Raises:
        SealError: it is no key letter, or the lock is one's own or of another sheet.

    >>> import tempfile
    >>> from visavis.sheets._letters import write_letter
    >>> letter = Letter("key", "0" * 64, "KOR", "answers", 1, "1" * 64, answers_to="2" * 64, key=Secret(bytes(32)))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lock = new_lock(Path(folder) / "secret", "0" * 64, "JPN")
    ...     unwrap(wrap(write_letter(letter), lock), Path(folder) / "secret") == write_letter(letter)
    True
    """
    from nacl.public import PublicKey, SealedBox

    letter = _key_letter(key_letter, name)
    if lock.sheet != letter.sheet or lock.side == letter.side:
        raise SealError(f"{name}: the lock is of {lock.side}, or of another sheet; wanted: the other's.", check="other")
    sealed = bytes(SealedBox(PublicKey(bytes.fromhex(lock.public))).encrypt(key_letter))
    named = (letter.sheet, letter.side, letter.purpose, letter.wave, letter.commitment, letter.answers_to)
    return Wrapped(*named, lock.public, sealed)


def unwrap(wrapped: Wrapped, path: Path) -> Secret:
    """The other side's key letter, opened with the secret half of one's own lock.

    Raises:
        SealError: it was locked with another lock, changed on its way, or is not what it says outside.
    """
    from nacl.exceptions import CryptoError
    from nacl.public import SealedBox

    try:
        raw = Secret(SealedBox(_secret(path)).decrypt(wrapped.sealed))
    except CryptoError:
        raise SealError(f"The wrapped key of {wrapped.side} does not open with {path}.", check="key") from None
    letter = _key_letter(raw, f"the key of {wrapped.side}")
    names = ("sheet", "side", "purpose", "wave", "commitment", "answers_to")
    if any(getattr(letter, name) != getattr(wrapped, name) for name in names):
        raise SealError(f"The wrapped key of {wrapped.side} holds another key than it says outside.", check="key")
    return raw


def read_lock(raw: bytes) -> Lock:
    """A lock that was handed over.

    Raises:
        SealError: it is none, or a byte was changed.
    """
    tree = _opened(raw, LOCK, {"sheet", "side", "public"})
    if not _hex(tree["sheet"], tree["public"]) or not _side(tree["side"]):
        raise _changed(LOCK)
    return Lock(tree["sheet"], tree["side"], tree["public"])


def read_wrapped(raw: bytes) -> Wrapped:
    """A wrapped key that was handed over.

    Raises:
        SealError: it is none, or a byte was changed.
    """
    tree = _opened(raw, WRAPPED, {"sheet", "side", "purpose", "wave", "commitment", "answers_to", "lock", "sealed"})
    texts = (tree["purpose"], tree["sealed"])
    if not _hex(tree["sheet"], tree["commitment"], tree["answers_to"], tree["lock"]) or not _side(tree["side"]):
        raise _changed(WRAPPED)
    if not all(isinstance(text, str) for text in texts) or type(tree["wave"]) is not int:
        raise _changed(WRAPPED)
    try:
        sealed = base64.b64decode(tree.pop("sealed"), validate=True)
    except (binascii.Error, ValueError):
        raise _changed(WRAPPED) from None
    return Wrapped(**tree, sealed=sealed)


def _key_letter(raw: bytes, name: str) -> Letter:
    letter = read_letter(raw, name)
    if letter.kind != "key":
        raise SealError(f"{name}: this is a {letter.kind}, not a key.", check="format")
    return letter


def _secret(path: Path) -> Any:
    from nacl.public import PrivateKey

    try:
        return PrivateKey(bytes.fromhex(path.read_text(encoding="ascii").strip()))
    except (OSError, ValueError, TypeError):
        raise UsageError(
            f"{path}: no secret half of a lock is there. Use the folder in which the lock was made."
        ) from None


def _closed(tree: dict[str, Any]) -> bytes:
    return canonical({**tree, "checksum": hashlib.sha256(canonical(tree)).hexdigest()}) + b"\n"


def _opened(raw: bytes, form: str, names: set[str]) -> dict[str, Any]:
    try:
        tree = read_canonical(raw.removesuffix(b"\n"))
    except SealError:
        raise _changed(form) from None
    if not isinstance(tree, dict) or tree.get("format") != form:
        raise _changed(form)
    given = tree.pop("checksum", None)
    if set(tree) != {*names, "format"} or not isinstance(given, str) or not given.isascii():
        raise _changed(form)
    if not hmac.compare_digest(given, hashlib.sha256(canonical(tree)).hexdigest()):
        raise _changed(form)
    del tree["format"]
    return tree


def _changed(form: str) -> SealError:
    return SealError(f"Not a whole {form.removeprefix('visavis ')!r}: a byte was changed or lost.", check="format")


def _hex(*values: object) -> bool:
    return all(isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) for value in values)


def _side(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[A-Z]{3}", value) is not None
