"""What two sides hand to each other: a commitment, a box, a key; each one line of canonical JSON with a checksum.

The checksum catches damage on the way. Against one who changes a file on purpose and writes a new checksum stand the
commitment, the hash of the box in it, and the fingerprint that both sides read to each other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from visavis.errors import SealError, UsageError
from visavis.names.outside import terminal_text
from visavis.sheets.sealing import Sealed, Secret, canonical, check_names, open_box, read_canonical

__all__ = ["Kind", "Letter", "Terms", "opened", "read_letter", "read_own", "terms_of", "write_letter", "write_own"]

Kind = Literal["commitment", "box", "key"]
_NAMED = {"format", "sheet", "side", "purpose", "wave", "commitment", "checksum"}
_PARTS: Mapping[str, frozenset[str]] = {
    "visavis commitment 1": frozenset(_NAMED | {"box_sha256"}),
    "visavis box 1": frozenset(_NAMED | {"answers_to", "box"}),
    "visavis key 1": frozenset(_NAMED | {"answers_to", "key"}),
}
_HEX = ("sheet", "commitment", "box_sha256", "answers_to", "key")
_OWN = "visavis sealed 1"
_FINGERPRINT = b"visavis/joint-sheet/fingerprint/v1\0"


@dataclass(frozen=True, slots=True)
class Terms:
    """Which exchange this is: questionnaire, own side, other side, purpose and wave."""

    sheet: str
    side: str
    other: str
    purpose: str
    wave: int

    def __str__(self) -> str:
        a, b = sorted((self.side, self.other))
        return f"{a} and {b}, {self.purpose}, wave {self.wave}, sheet {self.sheet[:12]}"


def terms_of(sheet: str, sides: tuple[str, str], side: str, purpose: str, wave: int) -> Terms:
    """The terms of an exchange, checked.

    Raises:
        UsageError: malformed, or ``side`` is not one of two different sides.

    >>> print(terms_of("0" * 64, ("JPN", "KOR"), "KOR", "answers", 1))
    JPN and KOR, answers, wave 1, sheet 000000000000
    """
    for one in (*sides, side):
        check_names(sheet, one, purpose, wave)
    if len(sides) != 2 or sides[0] == sides[1] or side not in sides:
        raise UsageError(f"Side {side!r} is not one of two different sides {' and '.join(sides)}.")
    return Terms(sheet, side, sides[side == sides[0]], purpose, wave)


def opened(box: bytes, key: bytes, commitment: str, terms: Terms, side: str) -> Any:
    """The body in a box of one of the two sides, after every check of ``open_box``."""
    return open_box(box, key, commitment, sheet=terms.sheet, side=side, purpose=terms.purpose, wave=terms.wave)


def write_own(terms: Terms, own: Sealed) -> bytes:
    """The bytes of the file that a side keeps for itself: its box with the key."""
    secret = {"box": base64.b64encode(own.box).decode(), "key": own.key.hex(), "commitment": own.commitment}
    return canonical({"format": _OWN, **asdict(terms), **secret}) + b"\n"


def read_own(raw: bytes, name: str) -> tuple[Terms, Sealed]:
    """What a side keeps for itself; the box opens with the key.

    Raises:
        SealError: the file is damaged.
    """
    try:
        tree = read_canonical(raw.removesuffix(b"\n"))
        terms = Terms(*(tree[part.name] for part in fields(Terms)))
        own = Sealed(base64.b64decode(tree["box"]), Secret(bytes.fromhex(tree["key"])), tree["commitment"])
        opened(own.box, own.key, own.commitment, terms, terms.side)
        whole = raw == write_own(terms, own)
    except (SealError, UsageError, LookupError, TypeError, ValueError):
        whole = False
    if not whole:
        raise SealError(
            f"{name} is damaged, so this side's box cannot be opened any more. Take it from a copy, or destroy this "
            "exchange and seal again.",
            check="format",
        )
    return terms, own


@dataclass(frozen=True, slots=True)
class Letter:
    """One file that is handed over.

    Args:
        kind: commitment, box or key.
        sheet: SHA-256 of the questionnaire.
        side: who wrote it.
        purpose: of the exchange.
        wave: of the exchange.
        commitment: the writer's own.
        box_sha256: in a commitment, the hash of the box that will follow.
        answers_to: in a box or key, the commitment that the writer holds of the other side.
        box: in a box.
        key: in a key.
    """

    kind: Kind
    sheet: str
    side: str
    purpose: str
    wave: int
    commitment: str
    box_sha256: str = ""
    answers_to: str = ""
    box: bytes = field(default=b"", repr=False)
    key: Secret = field(default=Secret(), repr=False)

    @property
    def fingerprint(self) -> str:
        """Of a commitment: 24 hex digits in six groups, to be compared by voice."""
        told = hashlib.sha256(_FINGERPRINT + write_letter(self)).hexdigest()
        return " ".join(told[i : i + 4] for i in range(0, 24, 4))


def write_letter(letter: Letter) -> bytes:
    r"""The bytes of the file.

    >>> letter = Letter("commitment", "0" * 64, "KOR", "answers", 1, "1" * 64, box_sha256="2" * 64)
    >>> read_letter(write_letter(letter), "KOR.commitment.json") == letter
    True
    """
    tree: dict[str, Any] = {
        "format": f"visavis {letter.kind} 1",
        "sheet": letter.sheet,
        "side": letter.side,
        "purpose": letter.purpose,
        "wave": letter.wave,
        "commitment": letter.commitment,
    }
    if letter.kind == "commitment":
        tree["box_sha256"] = letter.box_sha256
    else:
        tree["answers_to"] = letter.answers_to
    if letter.kind == "box":
        tree["box"] = base64.b64encode(letter.box).decode()
    if letter.kind == "key":
        tree["key"] = letter.key.hex()
    return _flat({**tree, "checksum": _checksum(tree)}) + b"\n"


def read_letter(raw: bytes, name: str) -> Letter:
    """The letter that these bytes are; every byte is checked but the end of the line.

    Raises:
        SealError: no letter of an exchange, or a byte was changed.
    """
    try:
        tree = read_canonical(raw.removesuffix(b"\n").removesuffix(b"\r"))
    except SealError:
        tree = None
    name = terminal_text(name)
    if not isinstance(tree, dict) or not isinstance(tree.get("format"), str):
        raise _changed(name)
    wanted = _PARTS.get(tree["format"])
    if wanted is None:
        raise SealError(
            f"{name}: format {terminal_text(tree['format'])[:40]!r} is no commitment, box or key of this version of "
            "visavis. Take the file that the other side was told to hand over.",
            check="format",
        )
    given = tree.pop("checksum", None)
    if {*tree, "checksum"} != wanted or not isinstance(given, str) or not given.isascii():
        raise _changed(name)
    if not hmac.compare_digest(given, _checksum(tree)):
        raise _changed(name)
    return _letter(tree, name)


def _letter(tree: dict[str, Any], name: str) -> Letter:
    """A letter from a tree that has the right fields and checksum; the values may still be made up."""
    if not all(isinstance(tree.get(part, "0" * 64), str) for part in _HEX) or not all(
        re.fullmatch("[0-9a-f]{64}", tree.get(part, "0" * 64)) for part in _HEX
    ):
        raise _changed(name)
    side, purpose, wave = tree["side"], tree["purpose"], tree["wave"]
    if not (isinstance(side, str) and isinstance(purpose, str) and type(wave) is int):
        raise _changed(name)
    if not re.fullmatch("[A-Z]{3}", side) or not re.fullmatch("[a-z][a-z-]{0,31}", purpose) or not 1 <= wave <= 9999:
        raise _changed(name)
    kind: Kind = tree["format"].split()[1]
    try:
        box = base64.b64decode(tree.get("box", ""), validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise _changed(name) from None
    return Letter(
        kind,
        tree["sheet"],
        side,
        purpose,
        wave,
        tree["commitment"],
        tree.get("box_sha256", ""),
        tree.get("answers_to", ""),
        box,
        Secret(bytes.fromhex(tree.get("key", ""))),
    )


def _checksum(tree: Mapping[str, Any]) -> str:
    return hashlib.sha256(_flat(tree)).hexdigest()


def _flat(tree: Mapping[str, Any]) -> bytes:
    """The canonical form of a mapping whose values are in canonical form already: hex digits, codes, whole numbers."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _changed(name: str) -> SealError:
    return SealError(
        f"{name}: not a whole commitment, box or key: a byte was changed or lost on its way. Ask for the file again.",
        check="format",
    )
