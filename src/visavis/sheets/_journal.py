"""A file that only grows: one line of JSON an entry, on disk before the next one is taken.

A crash can cut the last line at most. What follows the last line end is therefore ignored by a reader and cut by the
next writer; every whole line stays.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from visavis.errors import BadFileError, RecordBusyError, RecordError
from visavis.store import _durable

__all__ = ["Journal", "entries", "private_folder", "write_private"]

_OPEN = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW


def private_folder(path: Path) -> None:
    """Make a folder that only its owner can enter, on disk with its parent's entry."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        _durable.sync(path.parent)


def entries(path: Path, raw: bytes) -> tuple[list[dict[str, Any]], int]:
    r"""The whole lines of a journal and their length in bytes; a torn last line is left out.

    Raises:
        BadFileError: a whole line is no object of JSON; its number is named.

    >>> entries(Path("a"), b'{"wave": 1}\n{"wav')
    ([{'wave': 1}], 12)
    """
    length = raw.rfind(b"\n") + 1
    found = []
    for number, line in enumerate(raw[:length].splitlines(), 1):
        try:
            entry = json.loads(line)
        except (UnicodeDecodeError, json.JSONDecodeError):
            entry = None
        if not isinstance(entry, dict):
            raise BadFileError(
                f"{path}, line {number}: not an entry of a journal of answers. Take the file from a copy; visavis "
                "itself only ever adds lines at its end."
            )
        found.append(entry)
    return found, length


class Journal:
    """The journal at ``path``, open for adding; 0600, one writer at a time, a torn last line cut off.

    Raises:
        BadFileError: the file cannot be opened, or a whole line of it is no entry.
        RecordBusyError: another process is adding to it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Journal(Path(folder, "a")) as journal:
    ...     journal.add({"wave": 1})
    ...     journal.entries
    [{'wave': 1}]
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        private_folder(path.parent)
        try:
            self._file = os.open(path, _OPEN, 0o600)
        except OSError as error:
            raise BadFileError(f"{path}: cannot be opened ({error.strerror}).") from None
        try:
            self._lock()
            with os.fdopen(os.dup(self._file), "rb") as file:
                self.entries, self._length = entries(path, file.read())
            os.ftruncate(self._file, self._length)
            os.fsync(self._file)
            _durable.sync(path.parent)
        except BaseException:
            os.close(self._file)
            raise

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RecordBusyError(
                f"{self.path}: this sheet is open in another terminal or page. Finish there, then come back; nothing "
                "was changed."
            ) from None

    def add(self, entry: Mapping[str, Any]) -> None:
        """Add an entry; it is on disk when this returns. When it cannot be written, the file is as it was before."""
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True, allow_nan=False).encode() + b"\n"
        if self._file < 0:
            raise RecordError(f"{self.path}: this journal was closed. Open the sheet again; what was given is kept.")
        try:
            _write_all(self._file, line)
            os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, self._length)
            raise RecordError(
                f"{self.path}: the answer could not be kept ({error.strerror}). Make room, then give it again; "
                "everything before it is kept."
            ) from None
        except BaseException:  # interrupted between write and here: the next one to open it sorts out its end
            self.close()
            raise
        self._length += len(line)
        self.entries.append(dict(entry))

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _write_all(file: int, line: bytes) -> None:
    while line:
        line = line[os.write(file, line) :]


def write_private(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all, readable by its owner only from its first byte on."""
    draft = path.with_name(f".{path.name}.tmp")
    draft.unlink(missing_ok=True)
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        _write_all(opened, raw)
        os.fsync(opened)
    finally:
        os.close(opened)
    os.replace(draft, path)
    _durable.sync(path.parent)
