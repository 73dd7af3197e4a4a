"""Ten thousand random interleavings of two honest sides and a courier who does what he likes."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from visavis.errors import SealError
from visavis.sheets import exchange as on_disk
from visavis.sheets import sealing
from visavis.sheets._letters import Kind, Letter, read_letter, terms_of, write_letter
from visavis.sheets._protocol import KINDS, OWN, begin, load
from visavis.sheets.sealing import Secret, seal

SIDES = ("JPN", "KOR")
SHEET, OTHER_SHEET = "ab" * 32, "cd" * 32


class Memory:
    """Named files that are not on a disk."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def read(self, name: str) -> bytes | None:
        return self.files.get(name)

    def write(self, name: str, raw: bytes) -> None:
        self.files[name] = raw

    def remove(self, name: str) -> None:
        self.files.pop(name, None)

    def names(self) -> list[str]:
        return list(self.files)


class Side:
    """One honest side; ``told`` is all it ever said: files handed over are in ``out``, messages in ``said``."""

    def __init__(self, name: str, body: object) -> None:
        self.name, self.body = name, body
        self.place = Memory()
        terms = terms_of(SHEET, SIDES, name, "answers", 1)
        self.exchange = begin(self.place, body, terms)
        self.secrets = [self.exchange.own.key.hex(), base64.b64encode(self.exchange.own.key).decode(), f"canary-{name}"]
        self.out: dict[Kind, bytes] = {}
        self.said: list[str] = []

    def give(self, kind: Kind) -> None:
        name = self.exchange.give(kind)
        self.out[kind] = self.place.files[name]

    def take(self, raw: bytes) -> None:
        self.exchange.take(raw, "file.json")

    def open(self) -> dict[str, object]:
        return self.exchange.open()

    def forget(self) -> None:
        self.exchange.forget()

    def held(self, kind: Kind) -> bytes | None:
        other = SIDES[self.name == SIDES[0]]
        return self.place.read(f"in/{other}.{kind}.json")

    def restart(self) -> None:
        """What a crash leaves: the files."""
        again = load(self.place)
        assert again is not None
        assert again.next == self.exchange.next
        self.exchange = again

    def fingerprint(self) -> str:
        return self.exchange.letter("commitment").fingerprint

    def own_parts(self) -> set[str]:
        """Commitment and hash of the box, which no file of the other side may hold as its own."""
        return _parts(self.out["commitment"]) if self.out else set()

    def commitment(self) -> str:
        return read_letter(self.out["commitment"], "x").commitment if self.out else "0" * 64

    def heard(self) -> str:
        return self.exchange.theirs["commitment"].fingerprint


def _parts(raw: bytes) -> set[str]:
    letter = read_letter(raw, "x")
    return {letter.commitment, letter.box_sha256} - {""}


class SideOnDisk(Side):
    """The same through the functions that take paths."""

    def __init__(self, name: str, body: object) -> None:
        self.name, self.body = name, body
        self.folder = Path(tempfile.mkdtemp(dir=_fast())) / "exchange"
        on_disk.seal(self.folder, body, sheet=SHEET, sides=SIDES, side=name)
        key = read_own_key(self.folder)
        self.secrets = [key.hex(), base64.b64encode(key).decode(), f"canary-{name}"]
        self.out, self.said = {}, []

    def give(self, kind: Kind) -> None:
        done = {"commitment": on_disk.commit, "box": on_disk.box, "key": on_disk.key}[kind](self.folder)
        assert done.path is not None
        self.said.append(repr(done))
        self.out[kind] = done.path.read_bytes()

    def take(self, raw: bytes) -> None:
        path = self.folder.parent / "file.json"
        path.write_bytes(raw)
        self.said.append(repr(on_disk.take(self.folder, path)))

    def open(self) -> dict[str, object]:
        opened = on_disk.open_both(self.folder)
        self.said.append(repr(opened))
        return dict(opened.bodies)

    def forget(self) -> None:
        on_disk.forget(self.folder)

    def held(self, kind: Kind) -> bytes | None:
        path = self.folder / "in" / f"{SIDES[self.name == SIDES[0]]}.{kind}.json"
        return path.read_bytes() if path.exists() else None

    def restart(self) -> None:
        self.said.append(repr(on_disk.status(self.folder)))

    def fingerprint(self) -> str:
        return on_disk.status(self.folder).fingerprints[self.name]

    def heard(self) -> str:
        return on_disk.status(self.folder).fingerprints[SIDES[self.name == SIDES[0]]]


def read_own_key(folder: Path) -> bytes:
    return bytes.fromhex(json.loads((folder / OWN).read_text())["key"])


def _fast() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Courier:
    """Keeps a copy of all he ever carried, old exchanges included, and hands over what he likes."""

    def __init__(self, rng: random.Random, old: list[Letter]) -> None:
        self.rng, self.old = rng, old
        self.own = {side: seal({"courier": side}, sheet=SHEET, side=side) for side in SIDES}

    def posing(self, as_side: str, answers_to: str) -> bytes:
        """A sound letter of his own, in the name of a side."""
        own, kind = self.own[as_side], self.rng.choice(KINDS)
        plain = Letter(kind, SHEET, as_side, "answers", 1, own.commitment, answers_to=answers_to)
        digest = hashlib.sha256(own.box).hexdigest()
        return write_letter(replace(plain, box_sha256=digest, box=own.box, key=own.key))

    def forged(self, raw: bytes) -> tuple[str, bytes]:
        """A change of a letter, and its name; where he can, he mends the checksum."""
        rng, how = self.rng, self.rng.choice(list(self.HOW))
        letter = read_letter(raw, "own copy")
        if how == "byte":
            at = rng.randrange(len(raw) - 1)
            return how, raw[:at] + bytes([raw[at] ^ rng.randrange(1, 256)]) + raw[at + 1 :]
        if how == "cut":
            return how, raw[: rng.randrange(len(raw) - 1)]
        if how == "old":
            return how, write_letter(rng.choice(self.old))
        hex_ = rng.randbytes(32).hex()
        changes: dict[str, dict[str, Any]] = {
            "sheet": {"sheet": OTHER_SHEET},
            "side": {"side": SIDES[letter.side == SIDES[0]]},
            "purpose": {"purpose": "forecast"},
            "wave": {"wave": 2},
            "commitment": {"commitment": hex_},
            "box hash": {"box_sha256": hex_} if letter.kind == "commitment" else {"answers_to": hex_},
            "content": {
                "commitment": {"commitment": hex_, "box_sha256": hex_},
                "box": {"box": letter.box[:-1] + bytes([(letter.box or b"x")[-1] ^ 1])},
                "key": {"key": Secret(rng.randbytes(32))},
            }[letter.kind],
        }
        return how, write_letter(replace(letter, **changes[how]))

    HOW = ("byte", "cut", "old", "sheet", "side", "purpose", "wave", "commitment", "box hash", "content")


def _old_letters() -> list[Letter]:
    """An earlier exchange of the same two, of another wave, and of another sheet, each whole."""
    found = []
    for sheet, purpose, wave in ((SHEET, "answers", 1), (SHEET, "answers", 2), (OTHER_SHEET, "answers", 1)):
        two = [begin(Memory(), {"old": s}, terms_of(sheet, SIDES, s, purpose, wave)) for s in SIDES]
        for kind in KINDS:
            for one in two:
                one.give(kind)
            letters = [one.letter(kind) for one in two]
            two[0].take(write_letter(letters[1]), "x")
            two[1].take(write_letter(letters[0]), "x")
            found += letters
    return found


class World:
    """Two sides, what should be true of them, and the courier."""

    def __init__(self, seed: int, make: type[Side], old: list[Letter], seen: Counter[str]) -> None:
        self.rng = random.Random(seed)
        self.seen = seen
        self.sides = {s: make(s, {"canary": f"canary-{s}", "n": [1] * self.rng.randrange(9)}) for s in SIDES}
        self.courier = Courier(self.rng, old)

    def other(self, side: Side) -> Side:
        return self.sides[SIDES[side.name == SIDES[0]]]

    def honest(self, side: Side) -> None:
        """One step of a side, in turn or not; first it compares fingerprints by voice."""
        self.by_voice(side)
        turn = next((kind for kind in KINDS if kind not in side.out), "key")
        kind = turn if self.rng.random() < 0.5 else self.rng.choice(KINDS)
        may = all(k in side.out and side.held(k) is not None for k in KINDS[: KINDS.index(kind)])
        assert self.refused(side, lambda: side.give(kind)) is not may, f"{side.name} {kind}"
        self.seen["out of turn"] += not may

    def by_voice(self, side: Side) -> None:
        if side.held("commitment") is not None and side.heard() != self.other(side).fingerprint():
            assert "box" not in side.out
            side.forget()
            self.seen["heard by voice"] += 1

    def refused(self, side: Side, act: Any) -> bool:
        try:
            act()
        except SealError as error:
            side.said.append(str(error) + repr(error) + repr(error.__dict__))
            self.seen[f"check {error.check}"] += 1
            return True
        return False

    def deliver(self, side: Side, raw: bytes, how: str) -> None:
        """Hand a file to a side: only the other side's true letter in its turn, or a made-up commitment, gets in."""
        before = {kind: side.held(kind) for kind in KINDS}
        refused = self.refused(side, lambda: side.take(raw))
        true = self.other(side).out
        for kind in KINDS:
            now = side.held(kind)
            assert before[kind] in (None, now), "a letter was exchanged for another"
            if now not in (None, true.get(kind)):
                assert side.heard() != self.other(side).fingerprint(), f"{how}: a false {kind} was taken"
                assert kind != "key"
                assert "box" not in side.out
                assert side.own_parts().isdisjoint(_parts(now)), f"{how}: an own {kind} was taken"
        fits = raw.rstrip() in [text.rstrip() for text in (side.held(k) for k in KINDS) if text]
        assert refused is not fits, how
        if how != "true":
            self.seen[f"{how} {'refused' if refused else 'taken'}"] += 1

    def courier_acts(self) -> None:
        sent = [(s, kind) for s in self.sides.values() for kind in s.out]
        if not sent:
            return None
        author, kind = self.rng.choice(sent)
        to = self.rng.choice(list(self.sides.values()))
        raw = author.out[kind]
        chance = self.rng.random()
        if chance < 0.45:
            return self.deliver(to, raw, "mirrored" if to is author else "true")
        if chance < 0.55:
            own = self.other(author).commitment()
            return self.deliver(self.other(author), self.courier.posing(author.name, own), "posing")
        how, changed = self.courier.forged(raw)
        return self.deliver(to, changed, how)

    def holds(self) -> None:
        """No key, answer or number of answers has left too early, and none is in any message."""
        for side in self.sides.values():
            handed = b"".join(side.out.values()).decode()
            early = side.secrets if "key" not in side.out else side.secrets[2:]
            assert not any(secret in handed for secret in early)
            assert not any(secret in text for text in side.said for secret in side.secrets)
            if "box" in side.out:
                assert side.held("commitment") == self.other(side).out["commitment"]
            if "key" in side.out:
                assert side.held("box") == self.other(side).out["box"]
            assert len(side.out.get("commitment", b"")) in (0, COMMITMENT_BYTES)

    def try_to_open(self, side: Side) -> None:
        """Opening needs both keys: one's own out, the other's in."""
        done = "key" in side.out and side.held("key") is not None
        assert self.refused(side, side.open) is not done
        self.seen["early key"] += not done and side.held("key") is not None

    def finish(self) -> None:
        """The two go on in order, the courier between their steps, and come to the end."""
        for kind in KINDS:
            first, second = self.rng.sample(list(self.sides.values()), 2)
            early = self.rng.random() < 0.5  # the second takes the first's file before it gives its own
            for act, side in (
                ("give", first),
                ("take" if early else "give", second),
                ("give" if early else "take", second),
                ("take", first),
            ):
                if self.rng.random() < 0.5:
                    self.courier_acts()
                self.by_voice(side)
                if act == "give":
                    side.give(kind)
                else:
                    self.deliver(side, self.other(side).out[kind], "true")
                    assert side.held(kind) == self.other(side).out[kind]
                self.try_to_open(side)
        bodies = {s: side.body for s, side in self.sides.items()}
        assert all(side.open() == bodies for side in self.sides.values())


COMMITMENT_BYTES = len(write_letter(Letter("commitment", SHEET, "KOR", "answers", 1, "0" * 64, box_sha256="0" * 64)))


def _play(seed: int, make: type[Side], old: list[Letter], seen: Counter[str]) -> None:
    world = World(seed, make, old, seen)
    for _ in range(world.rng.randrange(2, 18)):
        side = world.rng.choice(list(world.sides.values()))
        act = world.rng.random()
        if act < 0.45:
            world.honest(side)
        elif act < 0.9:
            world.courier_acts()
        elif act < 0.95:
            side.restart()
        else:
            world.try_to_open(side)
        world.holds()
    world.finish()
    world.holds()


EVERY_WAY = {f"{how} refused" for how in (*Courier.HOW, "mirrored", "posing")}
EVERY_CHECK = {
    f"check {check}"
    for check in ("format", "mirror", "sheet", "purpose", "wave", "other", "order", "commitment", "box", "key")
}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small boxes, and no waiting for a disk."""
    monkeypatch.setattr(sealing, "BLOCK", 512)
    monkeypatch.setattr(os, "fsync", lambda file: None)


def test_ten_thousand_interleavings_leak_nothing_catch_every_change_and_end_open(small: None) -> None:
    old, seen = _old_letters(), Counter[str]()
    for seed in range(10_000):
        _play(seed, Side, old, seen)
    assert EVERY_WAY | {
        "commitment taken",
        "posing taken",
        "old taken",
        "out of turn",
        "heard by voice",
        "early key",
    } <= set(seen)
    assert set(seen) >= EVERY_CHECK


def test_the_same_holds_for_the_functions_that_take_folders(small: None, tmp_path: Path) -> None:
    old, seen = _old_letters(), Counter[str]()
    for seed in range(100):
        _play(seed, SideOnDisk, old, seen)
    assert set(seen) >= EVERY_WAY
