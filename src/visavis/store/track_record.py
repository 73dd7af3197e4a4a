"""How often forecasts were right, kept beside the record they were made from, and in packs: one JSON file a stream.

A file says what it was made from: a hash over the files of the stream and how they were read. One made from anything
else, or by another version of the method, is not there.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from visavis.store._durable import write_whole

__all__ = ["METHOD", "file_of", "keep", "made_from", "of_archive", "of_folder", "of_members", "read_track"]

METHOD = 1
"""Version of the forecasts: raise it when they change, and every track record is made anew."""

FOLDER = "track"


def file_of(stream: str, kind: str) -> str:
    """Name of the file for a stream by month or week; streams may have signs that no file name takes."""
    return f"track_{hashlib.sha256(stream.encode()).hexdigest()[:12]}_{kind}.json"


def made_from(stream: Mapping[str, Any], kind: str) -> str:
    """A hash that changes with the stream's files, with how they were read, and with the method.

    Args:
        stream: the fields of a ``StreamInfo``.
        kind: month or week.
    """
    fields = ("name", "files_sha256", "first_day", "last_day", "rows_accepted", "rows_refused", "lag_days", "pairs")
    said = [METHOD, kind, *(stream[name] for name in fields)]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=list).encode()).hexdigest()


def read_track(body: bytes | None, wanted: str) -> dict[str, Any] | None:
    """A track record, if it is there, whole, and made from what is wanted."""
    try:
        found: dict[str, Any] | None = None if body is None else json.loads(body)
    except ValueError:
        return None
    return found if found is not None and found.get("made_from") == wanted else None


def keep(root: Path, track: Mapping[str, Any]) -> Path:
    """Write a track record into the folder of a record: whole, or not at all."""
    path = root / FOLDER / file_of(track["stream"], track["kind"])
    write_whole(path, lambda file: file.write(_written(track)))
    return path


def of_folder(root: Path, file: str) -> bytes | None:
    """What is kept in the folder of a record."""
    path = root / FOLDER / file
    return path.read_bytes() if path.exists() else None


def of_archive(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """What a pack holds, by file."""
    names = (name for name in archive.namelist() if name.startswith("track_") and name.endswith(".json"))
    return {name: archive.read(name) for name in names}


def of_members(track: Mapping[str, Any], members: Iterable[str]) -> bytes:
    """A track record for a pack: the figures of all dyads together, and by dyad those among its members."""
    held = set(members)
    forecasts = [
        {**one, "dyads": {way: row for way, row in one["dyads"].items() if held.issuperset(way.split("-"))}}
        for one in track["forecasts"]
    ]
    return _written({**track, "forecasts": forecasts})


def _written(track: Mapping[str, Any]) -> bytes:
    return json.dumps(track, separators=(",", ":"), sort_keys=True).encode()
