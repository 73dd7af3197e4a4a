"""One side's folder on disk: private, each file whole or not at all, one step at a time, and its destruction."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from visavis.errors import SealError
from visavis.sheets._protocol import OWN
from visavis.store import _durable

__all__ = ["Disk", "clear", "files", "locked", "private"]

_FOLDERS = ("in", "out", "given")
_GONE = ".destroyed"
_OURS = re.compile(r"\.?(?:[A-Z]{3}\.)?(?:commitment|box|key)(?:\.json)?(?:\.tmp|\.destroyed)*")
_SEALED = re.compile(r"\.?" + re.escape(OWN) + r"(?:\.tmp|\.destroyed)*")


class Disk:
    """Named files in a folder; written 0600, whole, and on disk before the next step.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     disk = Disk(Path(folder))
    ...     disk.write("out/KOR.key.json", b"1")
    ...     disk.read("out/KOR.key.json"), disk.read("sealed.json"), disk.names()
    (b'1', None, ['KOR.key.json'])
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None where there is none."""
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, raw: bytes) -> None:
        """Write a file so that a crash leaves the old one or the new one."""
        path = self.root / name
        private(path.parent)

        def whole(file: BinaryIO) -> None:
            os.fchmod(file.fileno(), 0o600)
            file.write(raw)

        _durable.write_whole(path, whole)

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        path = self.root / name
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            _durable.sync(path.parent)

    def names(self) -> list[str]:
        """Files that are there; drafts that a crash left are not counted."""
        return [path.name for path in files(self.root) if not path.name.endswith(".tmp")]


def private(folder: Path) -> None:
    """A folder that only its owner can enter, on disk before going on."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        _durable.sync(folder.parent)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One step at a time; the system lets go of the lock when the process ends, however it ends.

    Raises:
        SealError: there is no such folder, or another process is at work in it.
    """
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        raise SealError("Nothing is sealed here yet. Next: seal your answers.", check="order") from None
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SealError(
                "Another program is at work in this folder. Wait until it is done, then run this again; nothing was "
                "changed.",
                check="busy",
            ) from None
        yield
    finally:
        os.close(opened)


def files(folder: Path) -> list[Path]:
    """Files of an exchange in a folder, drafts and remains included; no others."""
    if not folder.is_dir():
        return []
    own = [path for path in folder.iterdir() if _SEALED.fullmatch(path.name)]
    inside = [p for name in _FOLDERS if (folder / name).is_dir() for p in (folder / name).iterdir()]
    return [path for path in (*own, *(p for p in inside if _OURS.fullmatch(p.name))) if not path.is_dir()]


def clear(folder: Path) -> None:
    """Overwrite and remove the files of an exchange: the own seal first, then keys, then boxes, then the rest."""
    for path in sorted(files(folder), key=_rank):
        _overwrite(path)
    for name in _FOLDERS:
        if (folder / name).is_dir() and not any((folder / name).iterdir()):
            (folder / name).rmdir()
    _durable.sync(folder)


def _rank(path: Path) -> tuple[int, str]:
    found = [i for i, part in enumerate((OWN, ".key.json", ".box.json")) if part in path.name]
    return (found[0] if found else 3, path.name)


def _overwrite(path: Path) -> None:
    """Take a file out of the exchange, overwrite it with random bytes, remove it."""
    gone = path if path.name.endswith(_GONE) else path.with_name(f".{path.name.lstrip('.')}{_GONE}")
    os.replace(path, gone)
    _durable.sync(gone.parent)
    if gone.is_file() and not gone.is_symlink():
        with gone.open("r+b") as file:
            file.write(os.urandom(gone.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
    gone.unlink()
    _durable.sync(gone.parent)
