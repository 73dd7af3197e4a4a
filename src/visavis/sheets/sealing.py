"""Sealing: a body of answers becomes a box, a key, and a commitment to both. Pure functions, no disk.

The box is XSalsa20-Poly1305 (NaCl's ``secretbox``) under a fresh key. The commitment is
SHA-256(tag || key || SHA-256(body)): it hides the body, and nobody can open it as another body or with another key.
Inside the body stand the sheet's own hash, the side, the purpose, the wave and a fresh random number, so that a box of
another sheet, side or round never passes for this one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import os
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, NoReturn

from visavis.errors import SealError, UsageError

__all__ = ["Sealed", "Secret", "canonical", "open_box", "read_canonical", "seal"]

BLOCK = 1 << 16
"""Bodies are padded to a multiple of this many bytes, so that the length of a box tells little."""

_MAGIC = b"visavis box 1\n"
_TAG = b"visavis/joint-sheet/commitment/v1\0"
_CHECK_TAG = b"visavis/joint-sheet/key-check/v1\0"
_FORMAT = "visavis body 1"
_FIELDS = frozenset({"format", "sheet", "side", "purpose", "wave", "nonce", "body"})
_CHECK, _KEY, _OVERHEAD = 16, 32, 40
_LARGEST = 2**53 - 1
_DEEPEST = 64


class Secret(bytes):
    """Bytes that do not show themselves: in a log, a traceback or a console there is only their number.

    >>> Secret(b"hush"), f"{Secret(b'hush')}"
    (<4 secret bytes>, '<4 secret bytes>')
    """

    def __repr__(self) -> str:
        return f"<{len(self)} secret bytes>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed body.

    Args:
        box: what is handed over second, bytes.
        key: what is handed over last, 32 bytes.
        commitment: what is handed over first, 64 hex digits.
    """

    box: bytes
    key: Secret
    commitment: str

    def __repr__(self) -> str:
        return f"Sealed(commitment={self.commitment!r}, box and key hidden)"


def canonical(body: Any) -> bytes:
    """The one form in bytes of a tree of mappings, lists, text, numbers, true, false and nothing.

    UTF-8 JSON without spaces, keys in the order of their code points, text and keys in Unicode's form NFC. A whole
    number written with a point is the whole number (1.0 is 1, -0.0 is 0); other numbers are in their shortest form.

    Raises:
        SealError: NaN, infinity, a whole number above 2**53 - 1, a key that is no text or stands twice (after NFC),
            half of a surrogate pair, more than 64 levels, or any other type. The place is named, the value never.

    >>> canonical({"b": 1.0, "a": [None, True, 0.25]})
    b'{"a":[null,true,0.25],"b":1}'
    """
    plain = _plain(body, ())
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


def _plain(value: Any, where: tuple[str | int, ...]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, int | float):
        return _number(value, where)
    if len(where) > _DEEPEST:
        _no(f"more than {_DEEPEST} levels", where[:3])
    if isinstance(value, list | tuple):
        return [_plain(one, (*where, i)) for i, one in enumerate(value)]
    if not isinstance(value, dict):
        _no(f"{type(value).__name__} has no form in JSON; use mappings, lists, text and numbers", where)
    out: dict[str, Any] = {}
    for i, (key, one) in enumerate(value.items(), 1):
        if not isinstance(key, str):
            _no(f"key {i} is {type(key).__name__}, not text", where)
        name = _text(key, where)
        if name in out:
            _no(f"key {i} stands twice (two ways of writing the same letters)", where)
        out[name] = _plain(one, (*where, name))
    return out


def _text(value: str, where: tuple[str | int, ...]) -> str:
    if value.isascii():
        return value
    if any("\ud800" <= c <= "\udfff" for c in value):
        _no("text with half of a surrogate pair; type it again", where)
    return unicodedata.normalize("NFC", value)


def _number(value: int | float, where: tuple[str | int, ...]) -> int | float:
    if isinstance(value, float):
        if not math.isfinite(value):
            _no("not a finite number; leave out what is missing, or write null", where)
        if not value.is_integer():
            return float(value)
    if abs(value) > _LARGEST:
        _no("a whole number beyond 2**53 - 1; write it as text", where)
    return int(value)


def _no(what: str, where: tuple[str | int, ...] = ()) -> NoReturn:
    """Refuse; a key that is no plain name could be someone's text and is not told."""
    told = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part if part.isidentifier() and len(part) < 40 else '?'}"
        for part in where
    ).lstrip(".")
    raise SealError(f"{told}{': ' if told else ''}{what}. Nothing was sealed or read.", check="format")


def read_canonical(raw: bytes) -> Any:
    """The tree whose canonical form these bytes are.

    Raises:
        SealError: they are no JSON, hold a key twice, or are not in canonical form.

    >>> read_canonical(b'{"a":1}')
    {'a': 1}
    """
    try:
        tree = json.loads(
            raw.decode(), object_pairs_hook=_once, parse_constant=lambda name: _no(f"{name} is no number")
        )
        same = canonical(tree) == raw
    except (ValueError, RecursionError):
        same = False
    if not same:
        _no("Not canonical JSON: changed, cut, or written by another program")
    return tree


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _no("A key stands twice")
    return found


def check_names(sheet: str, side: str, purpose: str, wave: int) -> None:
    """Refuse a hash, side, purpose or wave that cannot be one.

    Raises:
        UsageError: one of them is malformed; it is named with its value.

    >>> check_names("0" * 64, "KOR", "answers", 1)
    """
    if not re.fullmatch(r"[0-9a-f]{64}", sheet):
        raise UsageError(f"The sheet's hash is {sheet[:80]!r}; it must be the 64 hex digits of the questionnaire.")
    if not re.fullmatch(r"[A-Z]{3}", side):
        raise UsageError(f"Side {side[:80]!r} is no ISO alpha-3 code such as KOR.")
    if not re.fullmatch(r"[a-z][a-z-]{0,31}", purpose):
        raise UsageError(f"Purpose {purpose[:80]!r}: use lower-case letters, such as answers, forecast or ratings.")
    if isinstance(wave, bool) or not isinstance(wave, int) or not 1 <= wave <= 9999:
        raise UsageError(f"Wave {wave!r} is not a whole number from 1 to 9999.")


def seal(body: Any, *, sheet: str, side: str, purpose: str = "answers", wave: int = 1) -> Sealed:
    """Seal a body for one sheet, side, purpose and wave, with a fresh key; twice the same body gives two commitments.

    Args:
        body: a tree that ``canonical`` takes.
        sheet: SHA-256 of the questionnaire, 64 hex digits.
        side: who seals, ISO alpha-3.
        purpose: ``answers``, ``forecast``, ``ratings`` ...
        wave: 1, 2 ...: the same sheet may be answered again.

    Raises:
        SealError: the body has no canonical form.
        UsageError: a malformed hash, side, purpose or wave.

    >>> sealed = seal({"view": 3}, sheet="0" * 64, side="KOR")
    >>> open_box(sealed.box, sealed.key, sealed.commitment, sheet="0" * 64, side="KOR")
    {'view': 3}
    """
    from nacl.secret import SecretBox

    check_names(sheet, side, purpose, wave)
    names = {"format": _FORMAT, "sheet": sheet, "side": side, "purpose": purpose, "wave": wave}
    inner = Secret(canonical({**names, "nonce": os.urandom(32).hex(), "body": body}))
    key = Secret(os.urandom(_KEY))
    locked = bytes(SecretBox(key).encrypt(_padded(inner)))
    return Sealed(_MAGIC + _key_check(key) + locked, key, _commitment(key, inner))


def open_box(
    box: bytes, key: bytes, commitment: str, *, sheet: str, side: str, purpose: str = "answers", wave: int = 1
) -> Any:
    """The body in a box, after every check.

    Raises:
        SealError: the key is another box's, a byte of the box was changed, box and key are not those that were
            committed to, or the body is of another sheet, side (a message played back), purpose or wave; ``check``
            and the message say which.
        UsageError: a malformed hash, side, purpose or wave.
    """
    check_names(sheet, side, purpose, wave)
    inner = _unlocked(box, key)
    if not hmac.compare_digest(_commitment(key, inner), commitment):
        raise SealError(
            f"Box and key fit each other, but not the commitment {commitment[:16]}...: another body was put in after "
            f"{side} had committed, or the commitment is of another exchange. Do not use these answers.",
            check="commitment",
        )
    tree = read_canonical(inner)
    if not isinstance(tree, dict) or set(tree) != _FIELDS or tree["format"] != _FORMAT:
        _no(f"The body is not in the form {_FORMAT!r}; another version of visavis may have sealed it")
    _same_names(tree, {"sheet": sheet, "side": side, "purpose": purpose, "wave": wave})
    return tree["body"]


_UNLIKE = {
    "sheet": "this was sealed for another questionnaire. Both sides need the very same file.",
    "side": "this was sealed by another side; a message of one side was played back as the other's.",
    "purpose": "this was sealed for another purpose. Take the file of this exchange.",
    "wave": "this was sealed for another wave; a message of an earlier round was played back.",
}


def _same_names(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Refuse names other than those wanted; the first that differs is told."""
    for name, value in wanted.items():
        if found[name] != value or type(found[name]) is not type(value):
            told = f"{str(found[name])[:16]!a}, not {str(value)[:16]!r}"
            raise SealError(f"The {name} is {told}: {_UNLIKE[name]}", check=name)


def _unlocked(box: bytes, key: bytes) -> Secret:
    from nacl.exceptions import CryptoError
    from nacl.secret import SecretBox

    start = len(_MAGIC) + _CHECK
    if len(key) != _KEY:
        _no(f"The key has {len(key)} bytes, not {_KEY}")
    if not box.startswith(_MAGIC) or len(box) <= start + _OVERHEAD:
        raise SealError("This is no box of visavis, or its beginning was changed or cut.", check="box")
    fits = hmac.compare_digest(box[len(_MAGIC) : start], _key_check(key))
    try:
        padded: bytes | None = SecretBox(key).decrypt(box[start:])
    except CryptoError:
        padded = None
    if padded is None and not fits:
        raise SealError("Wrong key: it is not the key of this box. Ask for the key that belongs to it.", check="key")
    if padded is None or not fits:
        raise SealError("A byte of the box was changed or lost on its way. Ask for the box again.", check="box")
    return _unpadded(padded)


def _key_check(key: bytes) -> bytes:
    """Tells a wrong key from a changed box, (16,) bytes; says nothing about a key of 32 random bytes."""
    return hashlib.sha256(_CHECK_TAG + key).digest()[:_CHECK]


def _commitment(key: bytes, inner: bytes) -> str:
    return hashlib.sha256(_TAG + key + hashlib.sha256(inner).digest()).hexdigest()


def _padded(inner: bytes) -> bytes:
    """As ISO/IEC 7816-4: one byte 0x80, then zeros up to a multiple of the block."""
    return inner + b"\x80" + bytes(-(len(inner) + 1) % BLOCK)


def _unpadded(padded: bytes) -> Secret:
    end = padded.rfind(b"\x80")
    if end < 0 or padded[end + 1 :].strip(b"\0"):
        _no("The padding of the box is wrong; another program may have made it")
    return Secret(padded[:end])
