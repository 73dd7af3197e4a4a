"""Writes that are there whole or not at all, and one writer at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from visavis.errors import RecordBusyError

__all__ = ["exclusive", "write_whole"]


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file so that a crash leaves either the old one or the new one.

    Temporary file in the same folder, fsync, rename, fsync of the folder.
    """
    _folder(path.parent)
    draft = path.with_name(f".{path.name}.tmp")
    with draft.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    sync(path.parent)


def _folder(path: Path) -> None:
    """Make a folder that is still there after a loss of power."""
    if not path.exists():
        _folder(path.parent)
        path.mkdir(exist_ok=True)
        sync(path.parent)


def sync(*paths: Path) -> None:
    """Have files and folders on disk before going on."""
    for path in paths:
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def exclusive(root: Path) -> Iterator[None]:
    """Hold the record's lock; the system lets go of it when the process ends, however it ends.

    Raises:
        RecordBusyError: another process holds it.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise RecordBusyError(
                f"Another process (number {holder}) is writing to the record {str(root)!r}. "
                "Wait until it is done, then run this again; nothing was changed."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
