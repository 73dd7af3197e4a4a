"""The exchange of one side as rules over named files, wherever these are kept.

Commitments, then boxes, then keys. Where one stands is read off the files that are there and fit each other, never off
a counter, so a crash at any moment leaves a step either done or not begun.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from visavis.errors import SealError
from visavis.sheets._letters import Kind, Letter, Terms, opened, read_letter, read_own, write_letter, write_own
from visavis.sheets.sealing import Sealed, canonical, seal

__all__ = ["KINDS", "OWN", "Exchange", "Next", "Place", "begin", "load"]

KINDS: tuple[Kind, ...] = ("commitment", "box", "key")
OWN = "sealed.json"
Next = Literal["seal", "commit", "take commitment", "box", "take box", "key", "take key", "open"]
_STEP: Mapping[Kind, Next] = {"commitment": "commit", "box": "box", "key": "key"}
_TAKE: Mapping[Kind, Next] = {"commitment": "take commitment", "box": "take box", "key": "take key"}


class Place(Protocol):
    """Named files, each written whole or not at all."""

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None where there is none."""

    def write(self, name: str, raw: bytes) -> None:
        """Write a file so that a crash leaves the old one or the new one."""

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""

    def names(self) -> Sequence[str]:
        """Files that are there."""


def begin(place: Place, body: Any, terms: Terms) -> Exchange:
    """Seal a body; the same body again is the same exchange.

    Raises:
        SealError: another body or other terms are sealed here already, or remains of a destroyed exchange are here.
    """
    exchange = load(place)
    if exchange is None:
        made = seal(body, sheet=terms.sheet, side=terms.side, purpose=terms.purpose, wave=terms.wave)
        place.write(OWN, write_own(terms, made))
        return Exchange(place, terms, made, {})
    if exchange.terms != terms:
        raise _order(f"This folder holds the exchange of {exchange.terms}. Take another folder for this one.")
    if canonical(exchange.body(terms.side)) != canonical(body):
        raise _order(
            "Other answers are sealed here already. A seal cannot be changed; to seal new answers, destroy this "
            "exchange and tell the other side, or take another folder."
        )
    return exchange


def load(place: Place) -> Exchange | None:
    """Where the exchange stands; None before anything was sealed.

    Raises:
        SealError: a file here is damaged, or remains of a destroyed exchange are here.
    """
    raw = place.read(OWN)
    if raw is None:
        if place.names():
            raise _order("Files of an exchange are here, but no seal: it was being destroyed. Destroy it again to end.")
        return None
    terms, own = read_own(raw, OWN)
    exchange = Exchange(place, terms, own, {})
    for kind in KINDS:
        name = exchange.slot(kind)
        found = place.read(name)
        if found is not None:
            try:
                letter = read_letter(found, name)
                exchange.check(letter, name)
            except SealError as error:
                raise SealError(
                    f"{error} The copy kept here is damaged: remove it and take it again.", check=error.check
                ) from None
            exchange.theirs[kind] = letter
    return exchange


@dataclass(frozen=True, slots=True, repr=False)
class Exchange:
    """One side's exchange. ``theirs`` holds what was taken from the other side and fits."""

    place: Place
    terms: Terms
    own: Sealed
    theirs: dict[Kind, Letter]

    def __repr__(self) -> str:
        return f"Exchange({self.terms!r}, next={self.next!r})"

    def slot(self, kind: Kind) -> str:
        """Name of the file in which the other side's letter is kept."""
        return f"in/{self.terms.other}.{kind}.json"

    def letter(self, kind: Kind) -> Letter:
        """This side's letter of a kind."""
        t = self.terms
        plain = Letter(kind, t.sheet, t.side, t.purpose, t.wave, self.own.commitment)
        if kind == "commitment":
            return replace(plain, box_sha256=hashlib.sha256(self.own.box).hexdigest())
        held = self.theirs["commitment"].commitment
        if kind == "box":
            return replace(plain, answers_to=held, box=self.own.box)
        return replace(plain, answers_to=held, key=self.own.key)

    def given(self, kind: Kind) -> bool:
        """Whether this side's letter was given, answering to the commitment that is held now."""
        mark = self.place.read(f"given/{kind}")
        if mark is None or (kind != "commitment" and "commitment" not in self.theirs):
            return False
        return mark == _mark(write_letter(self.letter(kind)))

    @property
    def next(self) -> Next:
        """The step that comes next."""
        for kind in KINDS:
            if not self.given(kind):
                return _STEP[kind]
            if kind not in self.theirs:
                return _TAKE[kind]
        return "open"

    def give(self, kind: Kind) -> str:
        """Write this side's letter and return its name.

        The mark that it was given comes last, so that a step cut short comes again.

        Raises:
            SealError: it is not its turn.
        """
        at = KINDS.index(kind)
        for before in KINDS[:at]:
            if not self.given(before):
                raise _order(f"Your {before} comes before your {kind}. Next: {_STEP[before]}.")
            if before not in self.theirs:
                raise _order(
                    f"Your {kind} stays here until {self.terms.other}'s {before} is in. Next: {_TAKE[before]}."
                )
        name, raw = f"out/{self.terms.side}.{kind}.json", write_letter(self.letter(kind))
        for file, wanted in ((name, raw), (f"given/{kind}", _mark(raw))):
            if self.place.read(file) != wanted:
                self.place.write(file, wanted)
        return name

    def take(self, raw: bytes, name: str) -> Kind:
        """Take the other side's letter; the same again changes nothing.

        Raises:
            SealError: it was changed, is of another exchange, comes out of order, is this side's own, or is another
                one than was taken before.
        """
        letter = read_letter(raw, name)
        self.check(letter, name)
        held = self.theirs.get(letter.kind)
        if held is None:
            if letter.kind == "key" and not self.given("box"):
                raise _order(f"{name}: {letter.side}'s key comes after your own box. Next: {self.next}.")
            self.place.write(self.slot(letter.kind), write_letter(letter))
            self.theirs[letter.kind] = letter
        return letter.kind

    def check(self, letter: Letter, name: str) -> None:
        """Refuse a letter that does not belong into this exchange.

        Raises:
            SealError: says what differs.
        """
        t = self.terms
        own = self.letter("commitment")
        mirrored = letter.commitment == own.commitment or letter.box_sha256 == own.box_sha256
        if letter.side == t.side or mirrored:
            raise SealError(
                f"{name}: this is your own {letter.kind}, come back. Ask {t.other} for theirs.", check="mirror"
            )
        for check in ("side", "sheet", "purpose", "wave"):
            found, wanted = getattr(letter, check), getattr(t, "other" if check == "side" else check)
            if found != wanted:
                raise SealError(
                    f"{name}: {check} {str(found)[:16]!r}, not {str(wanted)[:16]!r}. It is of another exchange; take "
                    f"the file of {t}.",
                    check=check,
                )
        self._check_bound(letter, name)

    def _check_bound(self, letter: Letter, name: str) -> None:
        other, held = self.terms.other, self.theirs.get("commitment")
        if letter.kind == "commitment":
            if held is not None and held != letter:
                raise SealError(
                    f"{name}: {other} committed to something else before: fingerprint {held.fingerprint}, now "
                    f"{letter.fingerprint}. Ask {other} by voice which one is theirs; if it is the new one, forget the "
                    "first (possible until a key is out) and take it again.",
                    check="other",
                )
            return
        if held is None:
            raise _order(f"{name}: {other}'s commitment comes before their {letter.kind}. Next: {self.next}.")
        if letter.commitment != held.commitment:
            raise SealError(
                f"{name}: it belongs to another commitment than the one {other} gave: one of the two was changed or "
                f"played back. Compare {other}'s fingerprint by voice: {held.fingerprint}.",
                check="commitment",
            )
        if letter.answers_to != self.own.commitment:
            raise SealError(
                f"{name}: {other} holds another commitment of yours than you made. Read them your fingerprint: "
                f"{self.letter('commitment').fingerprint}. They have to forget the one they hold and take yours.",
                check="commitment",
            )
        if letter.kind == "box":
            if hashlib.sha256(letter.box).hexdigest() != held.box_sha256:
                raise SealError(f"{name}: not the box that {other} committed to. Ask for it again.", check="box")
        elif "box" not in self.theirs:
            raise _order(f"{name}: {other}'s box comes before their key. Next: {self.next}.")
        else:
            try:
                opened(self.theirs["box"].box, letter.key, letter.commitment, self.terms, other)
            except SealError as error:
                raise SealError(f"{name}: {error}", check=error.check) from None

    def body(self, side: str) -> Any:
        """The body of a side, opened and checked."""
        if side == self.terms.side:
            return opened(self.own.box, self.own.key, self.own.commitment, self.terms, side)
        key = self.theirs["key"]
        return opened(self.theirs["box"].box, key.key, key.commitment, self.terms, side)

    def open(self) -> dict[str, Any]:
        """Both bodies by side, in ISO order.

        Raises:
            SealError: a step is missing.
        """
        if self.next != "open":
            raise _order(f"Nothing can be opened before both keys are out. Next: {self.next}.")
        return {side: self.body(side) for side in sorted((self.terms.side, self.terms.other))}

    def forget(self) -> None:
        """Drop what was taken from the other side.

        Raises:
            SealError: a key is out, so what was committed to stands.
        """
        out = (self.place.read(name) for name in ("given/key", f"out/{self.terms.side}.key.json"))
        if "key" in self.theirs or any(out):
            raise _order("A key is out: what both sides committed to stands and cannot be exchanged for anything else.")
        for kind in ("box", "commitment"):
            self.place.remove(f"in/{self.terms.other}.{kind}.json")
            self.theirs.pop(kind, None)


def _mark(raw: bytes) -> bytes:
    return hashlib.sha256(raw).hexdigest().encode() + b"\n"


def _order(message: str) -> SealError:
    return SealError(message, check="order")
