"""Files as they are found: unpacked once, and named by their content."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from visavis.errors import BadFileError
from visavis.sources._archive import Member, files_under, members

__all__ = ["Loaded", "found", "unpack"]

_SMALL = 32 << 20  # files up to this many bytes are held in memory; larger ones are read twice instead


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file, unpacked and named by its content."""

    member: Member
    sha256: str
    raw: bytes | None
    first: bytes

    @property
    def file(self) -> str:
        """Identifier: the same content is the same file under any name.

        A file of one line or none (a day on which nothing was coded) is told apart by its name too: many days have it.
        """
        if self.raw is None or len(self.raw) > len(self.first):
            return self.sha256[:16]
        return hashlib.sha256(self.member.name.encode("utf-8", "replace") + b"\n" + self.raw).hexdigest()[:16]

    def open(self) -> BinaryIO:
        return self.member.open() if self.raw is None else io.BytesIO(self.raw)


def found(paths: Sequence[Path], damaged: list[str]) -> Iterator[Member]:
    """All files of rows; a damaged archive is noted in ``damaged`` and left out."""
    listed = [(file, path.is_dir()) for path in paths for file in files_under(path)]
    for path, inside in listed:
        try:
            for member in members([path]):
                yield replace(member, inside=inside or member.where != path.name)
        except BadFileError as error:
            damaged.append(str(error))


def unpack(member: Member) -> Loaded:
    """Read a file once for its hash and its first line; keep small ones in memory.

    Raises:
        BadFileError: the archive ends early or is damaged.
    """
    hashed = hashlib.sha256()
    try:
        with member.open() as file:
            raw = file.read(_SMALL + 1)
            hashed.update(raw)
            small = len(raw) <= _SMALL
            while not small and (chunk := file.read(1 << 20)):
                hashed.update(chunk)
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        raise BadFileError(f"{member.where}: cannot be unpacked ({error}). Fetch it again.") from error
    except Exception as error:
        if type(error).__module__ in {"zipfile", "zlib", "lzma", "_lzma", "gzip"}:
            raise BadFileError(f"{member.where}: cannot be unpacked ({error}). Fetch it again.") from error
        raise
    return Loaded(member, hashed.hexdigest(), raw if small else None, raw[: raw.find(b"\n") + 1] or raw)
