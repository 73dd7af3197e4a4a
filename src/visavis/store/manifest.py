"""The manifest: which files on disk belong to the record. What it does not list does not exist.

A commit replaces the manifest in one rename, so a crash at any moment leaves the record as it was before, plus
files that nobody refers to; the next writer sweeps them away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from visavis.errors import RecordError
from visavis.store._durable import write_whole

__all__ = ["Fragment", "Manifest"]

_NAME = "manifest.json"
_FORMAT = 1
_OURS = re.compile(r"\d{8}-\d{5}\.parquet|\.\d{8}-\d{5}\.parquet\.tmp")


@dataclass(frozen=True, slots=True)
class Fragment:
    """One immutable Parquet file.

    Args:
        kind: ``events``, or one of the ledgers ``files``, ``tallies``, ``refusals``, or a table of facts or votes.
        path: where, relative to the record.
        rows: how many rows.
        stream: for events, the stream.
        month: for events, the month of their dates.
        settled: for events, whether equal keys have been resolved within the month.
    """

    kind: str
    path: str
    rows: int
    stream: str = ""
    month: str = ""
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state of a record: a generation number and its fragments."""

    generation: int = 0
    fragments: tuple[Fragment, ...] = field(default_factory=tuple)

    def of(self, kind: str) -> list[Fragment]:
        """Fragments of one kind."""
        return [f for f in self.fragments if f.kind == kind]

    def following(self, gone: Iterable[Fragment], added: Iterable[Fragment]) -> Manifest:
        """The next generation, with some fragments gone and others added."""
        out = set(gone)
        return Manifest(self.generation + 1, (*(f for f in self.fragments if f not in out), *added))

    def save(self, root: Path) -> None:
        """Commit: replace the manifest on disk."""
        body = {"format": _FORMAT, "generation": self.generation, "fragments": [asdict(f) for f in self.fragments]}
        write_whole(root / _NAME, lambda file: file.write(json.dumps(body, indent=1).encode()))

    @classmethod
    def load(cls, root: Path) -> Manifest:
        """The manifest of the record at ``root``; an empty one where there is none yet.

        Raises:
            RecordError: the manifest cannot be read, or was written by a newer visavis.
        """
        path = root / _NAME
        if not path.exists():
            return cls()
        try:
            body: dict[str, Any] = json.loads(path.read_text())
            if body["format"] != _FORMAT:
                raise RecordError(f"{path} has format {body['format']}; this visavis reads {_FORMAT}. Update visavis.")
            return cls(body["generation"], tuple(Fragment(**f) for f in body["fragments"]))
        except (ValueError, KeyError, TypeError) as error:
            raise RecordError(f"{path} is damaged ({error}). Restore it from a backup, or import again.") from error

    def sweep(self, root: Path) -> None:
        """Delete what no manifest lists: leavings of a crash, and of earlier generations.

        Only files with the names that fragments have: a folder ``events`` may be the user's own.
        """
        listed = {f.path for f in self.fragments}
        for folder in ("events", "ledger"):
            for path in (root / folder).rglob("*"):
                if _OURS.fullmatch(path.name) and str(path.relative_to(root)) not in listed:
                    path.unlink()
        (root / f".{_NAME}.tmp").unlink(missing_ok=True)
