"""One side's part in an exchange over a host: runs every step that is possible now, on this side's own machine.

Sealing, opening and every check are those of ``exchange``; the host only carries. A key leaves this machine only by
``pass_key`` or ``escrow_key``, to be called after both sides have read each other their fingerprints: a host could
otherwise stand between the two and pretend to each to be the other.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from visavis.errors import SealError, UsageError
from visavis.names.outside import terminal_text
from visavis.sheets import exchange
from visavis.sheets._host_store import LIMITS, STAGES
from visavis.sheets._journal import write_private
from visavis.sheets._wrapping import Lock, lock_of, new_lock, read_lock, read_wrapped, unwrap, wrap

__all__ = ["Part", "drop_lock", "escrow_key", "pass_boxes", "pass_key"]

_LOCK, _THEIRS = "host.lock.secret", "host.lock.other.json"
_STEPS: Mapping[str, Callable[[Path], exchange.Done]] = {
    "commitment": exchange.commit,
    "box": exchange.box,
    "key": exchange.key,
}


@dataclass(frozen=True, slots=True)
class Part:
    """How far this side is.

    Args:
        waits: kind of file that the other side has to hand over next; empty when nothing is waited for.
        next: ``compare`` (read each other the fingerprints, then ``pass_key``), ``wait`` or ``open``.
        fingerprints: what to compare by voice: (kind, side) -> digits, as held on this machine.
    """

    waits: str
    next: str
    fingerprints: Mapping[tuple[str, str], str]


def pass_boxes(folder: Path, link: str) -> Part:
    """Hand over commitment, lock and box, take the other side's, as far as it goes now; no key leaves this machine.

    Args:
        folder: of this side's exchange, sealed.
        link: this side's invitation.

    Raises:
        SealError: the host or the other side gave something that fails a check, or nothing is sealed here.
        UsageError: the link is none, or cannot be reached.
    """
    part = _Part(folder, _Line.of(link))
    waits = part.go(STAGES[:2])
    return part.told(waits, "wait" if waits else "compare")


def pass_key(folder: Path, link: str) -> Part:
    """After the fingerprints were compared: hand over this side's key, locked for the other side; take the other's.

    Raises:
        SealError: as ``pass_boxes``; or the other side has made no lock.
        UsageError: the link is none, or cannot be reached.
    """
    part = _Part(folder, _Line.of(link))
    waits = part.go(STAGES)
    return part.told(waits, "wait" if waits else "open")


def escrow_key(folder: Path, link: str) -> Part:
    """As ``pass_key``, but the key is not locked: from now on whoever runs the host could read this side's answers.

    For a side that wants its key given out as soon as the other's is in, to a side that has made no lock.
    """
    part = _Part(folder, _Line.of(link), escrow=True)
    waits = part.go(STAGES)
    return part.told(waits, "wait" if waits else "open")


def drop_lock(folder: Path) -> None:
    """Overwrite and remove the secret half of this side's lock; a key that was locked with it stays closed for good."""
    for path in (folder / _LOCK, folder / _THEIRS):
        if path.exists():
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()


@dataclass(frozen=True)
class _Line:
    """A way to the host. The invitation travels in a header, never in an address."""

    start: str
    token: str = field(repr=False)

    @staticmethod
    def of(link: str) -> _Line:
        parts = urlsplit(link.strip())
        token = parse_qs(parts.query).get("token", [""])[0]
        near = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if not token or not parts.hostname or parts.scheme not in (("http", "https") if near else ("https",)):
            raise UsageError(
                "This is no invitation. It begins with https:// and ends with ?token=... ; copy all of it."
            )
        return _Line(f"{parts.scheme}://{parts.netloc}", token)

    def ask(self, path: str, *, longest: int, raw: bytes | None = None, escrow: bool = False) -> bytes:
        """What the host answers, at most ``longest`` bytes of it.

        Raises:
            SealError: the host refused, or answered too much.
            UsageError: it cannot be reached.
        """
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(
            self.start + path, raw, headers | ({"X-Visavis-Escrow": "yes"} if escrow else {})
        )
        near = urlsplit(self.start).scheme == "http"
        opener = urllib.request.build_opener(_Stay, *([urllib.request.ProxyHandler({})] if near else []))
        try:
            with opener.open(request, timeout=60) as answer:
                found: bytes = answer.read(longest + 1)
        except urllib.error.HTTPError as error:
            with error:
                said = terminal_text(error.read(2000).decode("utf-8", "replace"))
            raise SealError(f"The host refused ({error.code}): {said}", check="host") from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = terminal_text(str(getattr(error, "reason", error)))
            raise UsageError(
                f"{self.start} cannot be reached ({reason}). What was handed over is kept; try again."
            ) from None
        if len(found) > longest:
            raise SealError(f"The host answered more than {longest} bytes to {path}.", check="host")
        return found


class _Stay(urllib.request.HTTPRedirectHandler):
    """No redirects: the invitation goes to nobody else."""

    def redirect_request(self, *_: Any) -> None:
        return None


class _Part:
    """One side's folder and its line to the host."""

    def __init__(self, folder: Path, line: _Line, *, escrow: bool = False) -> None:
        self.folder, self.line, self.escrow = folder, line, escrow
        self.there, self.side = self._there()
        self.other = next(side for side in self.there if side != self.side)

    def _there(self) -> tuple[dict[str, dict[str, str]], str]:
        try:
            told = json.loads(self.line.ask("/status.json", longest=1 << 16))
            there = {str(side): dict(kinds) for side, kinds in told["there"].items()}
            side, sheet = str(told["side"]), str(told["sheet"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SealError("The host's answer is in no known form; is it a host of visavis?", check="host") from None
        names = all(re.fullmatch("[A-Z]{3}", one) for one in there)  # they become names of files
        if len(there) != 2 or side not in there or not names or not re.fullmatch("[0-9a-f]{64}", sheet):
            raise SealError("The host's answer is in no known form; is it a host of visavis?", check="host")
        self.sheet = sheet
        return there, side

    def go(self, kinds: tuple[str, ...]) -> str:
        """Every step up to the last of ``kinds``; returns the kind that the other side owes, or nothing."""
        for kind in kinds:
            if kind not in self.there[self.side]:
                self.give(kind)
            if kind not in exchange.status(self.folder).taken:
                self.there = self._there()[0]
                if kind not in self.there[self.other]:
                    return kind
                self.take(kind)
        if "key" in exchange.status(self.folder).taken:
            drop_lock(self.folder)
        return ""

    def give(self, kind: str) -> None:
        path = _STEPS[kind](self.folder).path
        if path is None:
            raise SealError(f"No {kind} was written in {self.folder}.", check="order")
        raw = path.read_bytes()
        if kind == "commitment":
            self.send(self.lock().write())
        if kind == "key" and not self.escrow:
            if "lock" not in self.there[self.other]:
                raise SealError(
                    f"{self.other} made no lock. Ask them for one, or put the key into escrow.", check="key"
                )
            if not (self.folder / _THEIRS).exists():
                raise SealError(
                    f"The lock of {self.other} was never taken here, so its fingerprint was not compared. Run the step "
                    "before this one again, compare, then come back.",
                    check="order",
                )
            raw = wrap(raw, self.their_lock()).write()
        self.send(raw)

    def send(self, raw: bytes) -> None:
        self.line.ask("/", longest=4096, raw=raw, escrow=self.escrow)

    def take(self, kind: str) -> None:
        """The other side's file, checked by ``exchange`` before it is kept."""
        raw = self.line.ask(f"/{self.other}.{kind}.json", longest=LIMITS[kind])
        if kind == "key" and b'"format":"visavis wrapped key 1"' in raw:
            raw = unwrap(read_wrapped(raw), self.folder / _LOCK)
        with tempfile.TemporaryDirectory() as passing:  # 0700
            path = Path(passing) / f"{self.other}.{kind}.json"
            write_private(path, raw)
            exchange.take(self.folder, path)

    def lock(self) -> Lock:
        """This side's lock, made once."""
        path = self.folder / _LOCK
        return (lock_of if path.exists() else new_lock)(path, self.sheet, self.side)

    def their_lock(self) -> Lock:
        """The other side's lock, as it was first taken: it may not change after its fingerprint was compared.

        Raises:
            SealError: the host gives another one now.
        """
        path = self.folder / _THEIRS
        raw = self.line.ask(f"/{self.other}.lock.json", longest=LIMITS["lock"])
        lock = read_lock(raw)
        if not path.exists():
            if (lock.side, lock.sheet) != (self.other, self.sheet):
                raise SealError(f"The host gave a lock of {lock.side} as that of {self.other}.", check="side")
            write_private(path, raw)
        if path.read_bytes() != raw:
            raise SealError(
                f"The host gives another lock of {self.other} than before: fingerprint {lock.fingerprint}, before "
                f"{read_lock(path.read_bytes()).fingerprint}. No key was handed over. Ask {self.other} by voice.",
                check="other",
            )
        return lock

    def lock_is_given(self) -> bool:
        """Whether the other side's lock can be taken: both have committed, and it made one."""
        return "lock" in self.there[self.other] and all("commitment" in kinds for kinds in self.there.values())

    def told(self, waits: str, then: str) -> Part:
        self.there = self._there()[0]
        prints = {("commitment", side): digits for side, digits in exchange.status(self.folder).fingerprints.items()}
        if (self.folder / _LOCK).exists():
            prints["lock", self.side] = self.lock().fingerprint
        if (self.folder / _LOCK).exists() and self.lock_is_given():
            prints["lock", self.other] = self.their_lock().fingerprint
        return Part(waits, then, prints)
