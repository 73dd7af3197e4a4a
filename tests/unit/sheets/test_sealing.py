"""A seal opens as what was sealed, for what it was sealed, with its key, or not at all."""

from __future__ import annotations

import hashlib
import json
import traceback
from collections import Counter
from typing import Any

import pytest
from nacl.secret import SecretBox

from visavis.errors import SealError, UsageError
from visavis.sheets import sealing
from visavis.sheets.sealing import Sealed, Secret, canonical, open_box, read_canonical, seal

SHEET, OTHER = "ab" * 32, "cd" * 32
BODY = {"people": ["p1"], "answers": [{"item": "a", "value": 4}], "text": "이유"}


def _open(sealed: Sealed, **changed: Any) -> Any:
    wanted: dict[str, Any] = {"box": sealed.box, "key": sealed.key, "commitment": sealed.commitment} | {
        "sheet": SHEET,
        "side": "KOR",
    }
    return open_box(**(wanted | changed))


def _refused(sealed: Sealed, **changed: Any) -> str:
    with pytest.raises(SealError) as raised:
        _open(sealed, **changed)
    return raised.value.check


@pytest.mark.parametrize(
    ("body", "raw"),
    [
        ({"b": 1, "a": 2}, b'{"a":2,"b":1}'),
        ({"B": 1, "a": 2, "é": 3}, '{"B":1,"a":2,"é":3}'.encode()),
        ([1.0, -0.0, 0.1, 1e-7, 1e22 / 1e10], b"[1,0,0.1,1e-07,1000000000000]"),
        ("e\u0301", '"é"'.encode()),
        ("가", '"가"'.encode()),
        (("a", None, True, False), b'["a",null,true,false]'),
        ('\u2028\x00"\\', b'"\xe2\x80\xa8\\u0000\\"\\\\"'),
        ({}, b"{}"),
        (2**53 - 1, b"9007199254740991"),
    ],
)
def test_the_canonical_form_is_one_and_reads_back(body: Any, raw: bytes) -> None:
    assert canonical(body) == raw
    assert canonical(read_canonical(raw)) == raw


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"a": {"b": [1, float("nan")]}}, "a.b[1]: not a finite number"),
        ([float("inf")], "[0]: not a finite number"),
        ({1: 2}, "key 1 is int, not text"),
        ({"é": 1, "e\u0301": 2}, "key 2 stands twice"),
        ("\ud800", "half of a surrogate pair"),
        ({"a": {1, 2}}, "a: set has no form in JSON"),
        (b"raw", "bytes has no form in JSON"),
        (2**53, "beyond 2**53 - 1"),
        (-1e300, "beyond 2**53 - 1"),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_its_place(body: Any, told: str) -> None:
    with pytest.raises(SealError) as raised:
        canonical(body)
    assert told in str(raised.value)


def test_endless_nesting_is_refused() -> None:
    deep: Any = 0
    for _ in range(100):
        deep = [deep]
    with pytest.raises(SealError, match="more than 64 levels"):
        canonical(deep)
    with pytest.raises(SealError):
        read_canonical(b"[" * 100_000)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"NaN",
        b"{",
        b"",
        b"\xff",
        b'{"a":1}\n',
        '"e\u0301"'.encode(),
    ],
)
def test_bytes_in_any_other_form_are_not_read(raw: bytes) -> None:
    with pytest.raises(SealError):
        read_canonical(raw)


def test_a_seal_opens_as_what_was_sealed() -> None:
    sealed = seal(BODY, sheet=SHEET, side="KOR", purpose="forecast", wave=3)
    assert _open(sealed, purpose="forecast", wave=3) == BODY


def test_the_same_body_twice_gives_two_seals() -> None:
    one, two = (seal(BODY, sheet=SHEET, side="KOR") for _ in range(2))
    assert one.commitment != two.commitment
    assert one.key != two.key
    assert _refused(one, commitment=two.commitment) == "commitment"


def test_the_commitment_is_the_published_formula_over_the_body_inside() -> None:
    sealed = seal(BODY, sheet=SHEET, side="KOR")
    padded = SecretBox(sealed.key).decrypt(sealed.box[len(b"visavis box 1\n") + 16 :])
    inner = padded[: padded.rindex(b"\x80")]
    tag = b"visavis/joint-sheet/commitment/v1\0"
    assert hashlib.sha256(tag + sealed.key + hashlib.sha256(inner).digest()).hexdigest() == sealed.commitment
    tree = json.loads(inner)
    assert (tree["sheet"], tree["side"], tree["purpose"], tree["wave"]) == (SHEET, "KOR", "answers", 1)
    assert len(bytes.fromhex(tree["nonce"])) == 32
    assert tree["body"] == BODY


def test_every_changed_byte_of_a_box_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BLOCK", 64)
    sealed = seal(BODY, sheet=SHEET, side="KOR")
    found: Counter[str] = Counter()
    for at in range(len(sealed.box)):
        box = bytearray(sealed.box)
        box[at] ^= 1 + at % 255
        found[_refused(sealed, box=bytes(box))] += 1
    assert found == {"box": len(sealed.box)}
    for cut in (sealed.box[:-1], sealed.box[:40], b"", sealed.box + b"\0"):
        assert _refused(sealed, box=cut) == "box"


def test_every_changed_bit_of_a_key_or_commitment_is_refused() -> None:
    sealed = seal(BODY, sheet=SHEET, side="KOR")
    for at in range(0, 256, 7):
        key = bytearray(sealed.key)
        key[at // 8] ^= 1 << at % 8
        assert _refused(sealed, key=bytes(key)) == "key"
        wrong = bytearray(bytes.fromhex(sealed.commitment))
        wrong[at // 8] ^= 1 << at % 8
        assert _refused(sealed, commitment=wrong.hex()) == "commitment"
    assert _refused(sealed, key=b"short") == "format"
    assert _refused(sealed, key=seal(BODY, sheet=SHEET, side="KOR").key) == "key"


def test_each_check_is_told_by_its_name() -> None:
    sealed = seal(BODY, sheet=SHEET, side="KOR")
    assert _refused(sealed, sheet=OTHER) == "sheet"
    assert _refused(sealed, side="JPN") == "side"
    assert _refused(sealed, purpose="forecast") == "purpose"
    assert _refused(sealed, wave=2) == "wave"
    with pytest.raises(SealError, match="played back as the other's"):
        _open(sealed, side="JPN")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sheet": "AB" * 32}, "64 hex digits"),
        ({"sheet": "ab"}, "64 hex digits"),
        ({"side": "Korea"}, "no ISO alpha-3"),
        ({"purpose": "../x"}, "Purpose '../x'"),
        ({"wave": 0}, "Wave 0"),
        ({"wave": True}, "Wave True"),
    ],
)
def test_malformed_names_are_refused_before_anything_is_sealed(change: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as raised:
        seal(BODY, **({"sheet": SHEET, "side": "KOR"} | change))
    assert told in str(raised.value)


def test_the_length_of_a_box_does_not_tell_how_much_was_answered() -> None:
    lengths = {len(seal({"a": [4] * n}, sheet=SHEET, side="KOR").box) for n in (0, 1, 100, 10_000)}
    assert len(lengths) == 1
    assert (lengths.pop() - 14 - 16 - 40) % sealing.BLOCK == 0


def test_a_box_made_otherwise_with_a_sound_commitment_is_refused_for_what_is_wrong() -> None:
    def made(inner: bytes, padded: bytes | None = None) -> Sealed:
        key = Secret(b"k" * 32)
        check = hashlib.sha256(b"visavis/joint-sheet/key-check/v1\0" + key).digest()[:16]
        box = b"visavis box 1\n" + check + SecretBox(key).encrypt(padded or inner + b"\x80" + bytes(7))
        tag = b"visavis/joint-sheet/commitment/v1\0"
        return Sealed(box, key, hashlib.sha256(tag + key + hashlib.sha256(inner).digest()).hexdigest())

    names = {"format": "visavis body 1", "sheet": SHEET, "side": "KOR", "purpose": "answers", "wave": 1}
    whole = {**names, "nonce": "", "body": 1}
    assert _open(made(canonical(whole))) == 1
    assert _refused(made(b"{")) == "format"
    assert _refused(made(b'{"body": 1}')) == "format"
    assert _refused(made(canonical([1]))) == "format"
    assert _refused(made(canonical({**whole, "more": 1}))) == "format"
    assert _refused(made(canonical({**whole, "format": "visavis body 2"}))) == "format"
    assert _refused(made(canonical({**whole, "wave": True}))) == "wave"
    assert _refused(made(canonical({**whole, "sheet": ["x"]}))) == "sheet"
    assert _refused(made(canonical(whole), canonical(whole) + b"\x80\x01")) == "format"
    assert _refused(made(canonical(whole), b"\0" * 9)) == "format"


def test_neither_key_nor_answers_show_in_reprs_and_errors() -> None:
    body = {"secret": "canary"}
    sealed = seal(body, sheet=SHEET, side="KOR")
    said = [repr(sealed), str(sealed), repr(sealed.key), str(sealed.key), f"{sealed.key!s:>40}", f"{sealed.key}"]
    changes: list[dict[str, Any]] = [
        {"key": b"x" * 32},
        {"side": "JPN"},
        {"commitment": "0" * 64},
        {"box": sealed.box[:-1] + b"!"},
    ]
    for change in changes:
        with pytest.raises(SealError) as raised:
            _open(sealed, **change)
        error = raised.value
        said += traceback.TracebackException.from_exception(error, capture_locals=False).format()
        said += [repr(error), str(error.args), str(error.__dict__)]
        assert error.__cause__ is None
        assert error.__context__ is None or error.__suppress_context__
    whole = "".join(said)
    assert sealed.key.hex() not in whole
    assert repr(bytes(sealed.key))[2:-1] not in whole
    assert "canary" not in whole


def test_a_key_that_is_someones_text_is_not_told() -> None:
    with pytest.raises(SealError) as raised:
        canonical({"we fear them": {"x": float("nan")}})
    assert "fear" not in str(raised.value)
