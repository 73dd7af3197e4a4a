"""Tab-separated files without quoting, as arrays of cells.

GDELT, ICEWS, Phoenix and POLECAT all come like this, and most of their rows and columns are not wanted. Finding
the separators of a block once, and copying only the wanted cells of the wanted rows, is several times faster than
a general CSV reader (docs/adr/0005-reading-tab-files.md has the figures).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from visavis.errors import BadFileError, SchemaDriftError

__all__ = [
    "BLOCK",
    "STOPPED",
    "Cells",
    "Lookup",
    "Numbers",
    "Rows",
    "Words",
    "blocks",
    "check_header",
    "map_distinct",
    "spread",
    "texts",
]

STOPPED = "Files before it were kept; of this one nothing was read."
"""What has become of the files when the columns of one are not the expected ones."""

_TAB, _LF, _CR = 9, 10, 13
BLOCK = 1 << 22
"""Bytes of a file that are worked on at a time."""
_PIECE = 1 << 18
_WORD = 8  # bytes of a cell that is compared as one number
_MASKS = np.array([(1 << 8 * n) - 1 for n in range(_WORD + 1)], dtype="<u8")
_TOO_LONG = _MASKS[_WORD]  # eight bytes 0xFF, which no text holds

Rows = npt.NDArray[np.int64] | npt.NDArray[np.int32]
Words = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int32]
Encoding = Literal["utf-8", "legacy", "unchecked"]


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of one block that have the same number of columns.

    Args:
        raw: the block's bytes and eight more, shape (bytes + 8,).
        starts: where each row starts in ``raw``, shape (n,).
        ends: where each cell ends, shape (n, width).
        lines: line of the file of each row, counted from 1, shape (n,).
    """

    raw: npt.NDArray[np.uint8]
    starts: Rows
    ends: Rows
    lines: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def width(self) -> int:
        """Number of columns."""
        return int(self.ends.shape[1])

    def _span(self, column: int, rows: Rows | None) -> tuple[Rows, Rows]:
        start = self.starts if column == 0 else self.ends[:, column - 1] + 1
        end = self.ends[:, column]
        return (start, end) if rows is None else (start[rows], end[rows])

    def first(self, n: int) -> Cells:
        """The first ``n`` rows."""
        return Cells(self.raw, self.starts[:n], self.ends[:n], self.lines[:n])

    def filled(self, column: int, rows: Rows | None = None) -> npt.NDArray[np.bool_]:
        """Which rows have something in ``column``, shape (n,) or (rows,)."""
        start, end = self._span(column, rows)
        return end > start

    def text(self, column: int, rows: Rows | None = None) -> pa.Array:
        """The cells of ``column`` as strings, blank as NULL; of ``rows`` only, if given. Shape (n,) or (rows,)."""
        start, end = self._span(column, rows)
        size = end - start
        offsets = np.zeros(len(size) + 1, np.int32)
        np.cumsum(size, out=offsets[1:])
        data = self.raw[np.repeat(start - offsets[:-1], size) + np.arange(offsets[-1])]
        valid = np.packbits(size > 0, bitorder="little")
        return pa.StringArray.from_buffers(len(size), pa.py_buffer(offsets), pa.py_buffer(data), pa.py_buffer(valid))

    def undecodable(self, column: int, rows: Rows) -> npt.NDArray[np.bool_]:
        """Which cells of ``column`` in ``rows`` are not UTF-8, shape (rows,)."""
        cells, found = self.text(column, rows), np.zeros(len(rows), dtype=bool)
        try:
            cells.validate(full=True)
        except pa.ArrowInvalid:
            for i, cell in enumerate(cells.cast(pa.binary())):
                found[i] = cell.is_valid and not _is_utf8(cell.as_py())
        return found

    def words(self, column: int, rows: Rows | None = None, *, first: int | None = None) -> Words:
        """The cells of ``column`` as numbers of up to eight bytes, for a ``Lookup``; blank as 0.

        Args:
            column: counted from 0.
            rows: of these rows only, if given.
            first: take only so many bytes of each cell; without it a cell of more than eight is no word of any table.
        """
        start, end = self._span(column, rows)
        size = end - start
        at_any_byte: Words = np.ndarray(len(self.raw) - _WORD + 1, "<u8", self.raw.data, strides=(1,))
        found: Words = at_any_byte[start] & _MASKS[np.minimum(size, first or _WORD)]
        if first is None:
            found[size > _WORD] = _TOO_LONG
        return found

    def cell(self, column: int, row: int) -> str:
        """One cell as text, for a message."""
        start = self.starts[row] if column == 0 else self.ends[row, column - 1] + 1
        return self.raw[start : self.ends[row, column]].tobytes().decode("utf-8", "replace")

    def line_text(self, row: int) -> str:
        """A whole row as text, for a message."""
        return self.raw[self.starts[row] : self.ends[row, -1]].tobytes().decode("utf-8", "replace")


def blocks(
    file: BinaryIO, widths: Sequence[int], *, head: bytes = b"", first_line: int = 1, encoding: Encoding = "utf-8"
) -> Iterator[tuple[list[Cells], list[tuple[int, str, str]]]]:
    """The file's rows, a few megabytes at a time, sorted out by their number of columns.

    Args:
        file: unpacked bytes, from the first row on (a header already read).
        widths: numbers of columns that a row may have.
        head: bytes already read that belong to the rows.
        first_line: line of the first row.
        encoding: what becomes of lines that are not UTF-8: refused; read as ISO-8859-1 (``legacy``); or left as they
            are (``unchecked``), where the caller looks at the cells it takes (``Cells.undecodable``).

    Yields:
        The rows of each accepted width, and the rows refused as (line, reason, value).
    """
    for raw, line, refused in texts(file, head=head, first_line=first_line, encoding=encoding):
        yield _by_width(raw, widths, line, refused)


def texts(
    file: BinaryIO, *, head: bytes = b"", first_line: int = 1, encoding: Encoding = "utf-8"
) -> Iterator[tuple[bytes, int, list[tuple[int, str, str]]]]:
    """The file a few megabytes at a time, in whole lines of UTF-8: the bytes, the line of the first, lines refused.

    A refused line is left blank. The arguments are those of :func:`blocks`.
    """
    carry, line, before = b"", first_line, b""
    start = head + file.read(max(0, BLOCK - len(head)))
    for chunk in chain((start,) if start else (), iter(lambda: file.read(BLOCK), b"")):
        chunk = carry + chunk if carry else chunk  # most files come in one piece, which is not copied
        cut = chunk.rfind(b"\n") + 1
        carry = chunk[cut:]
        if cut:
            line += before.count(b"\n")  # only now, for the same reason
            before, refused = _decodable(chunk[:cut], line, encoding)
            yield before, line, refused
    if carry:
        line += before.count(b"\n")
        raw, refused = _decodable(carry if carry.endswith(b"\n") else carry + b"\n", line, encoding)
        yield raw, line, refused


def _decodable(raw: bytes, line: int, encoding: Encoding) -> tuple[bytes, list[tuple[int, str, str]]]:
    if encoding == "unchecked" or raw.isascii() or _is_utf8(raw):
        return raw, []
    refused, kept = [], []
    for number, row in enumerate(raw.split(b"\n")[:-1], line):
        try:
            row.decode("utf-8")
        except UnicodeDecodeError:
            if encoding == "legacy":
                row = row.decode("iso-8859-1").encode("utf-8")
            else:
                refused.append((number, "bad_encoding", row.decode("utf-8", "replace")[:80]))
                row = b""
        kept.append(row)
    return b"\n".join(kept) + b"\n", refused


def _is_utf8(raw: bytes) -> bool:
    """Whether the bytes are UTF-8, without making a text of them."""
    offsets = np.array([0, len(raw)], np.int64)
    try:
        pa.LargeStringArray.from_buffers(1, pa.py_buffer(offsets), pa.py_buffer(raw)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _by_width(
    block: bytes, widths: Sequence[int], line: int, refused: list[tuple[int, str, str]]
) -> tuple[list[Cells], list[tuple[int, str, str]]]:
    raw = np.frombuffer(block + bytes(_WORD), np.uint8)
    marks, n = _separators(raw)
    for width in widths:
        if n * width == len(marks) and width > 1 and (raw[marks[width - 1 :: width]] == _LF).all():
            ends = marks.reshape(-1, width)
            starts = np.concatenate(([0], ends[:-1, -1] + 1))
            lines = np.arange(line, line + len(ends), dtype=np.int32)
            return [Cells(raw, starts, _trimmed(raw, ends), lines)], refused
    last = np.flatnonzero(raw[marks] == _LF)
    found = np.diff(last, prepend=-1)
    starts = np.concatenate(([0], marks[last[:-1]] + 1))
    lines = np.arange(line, line + len(last), dtype=np.int32)
    blank = (found == 1) & (marks[last] - starts <= (raw[starts] == _CR))
    groups = []
    for width in widths:
        rows = np.flatnonzero((found == width) & ~blank)
        if len(rows):
            ends = marks[(last[rows] - width + 1)[:, None] + np.arange(width)]
            groups.append(Cells(raw, starts[rows], _trimmed(raw, ends), lines[rows]))
    odd = np.flatnonzero(~np.isin(found, np.asarray(widths)) & ~blank)
    wanted = " or ".join(map(str, widths))
    refused += [(int(lines[i]), "wrong_width", f"{found[i]} columns, expected {wanted}") for i in odd]
    return groups, refused


def _separators(raw: npt.NDArray[np.uint8]) -> tuple[Numbers, int]:
    """Where the tabs and line feeds are, and how many of them are line feeds.

    A piece at a time that stays in the processor's own memory: most of the time of an import is spent here.
    """
    scratch, found, feeds = np.empty(_PIECE, np.uint8), [], 0
    for start in range(0, len(raw), _PIECE):
        piece = raw[start : start + _PIECE]
        above = np.subtract(piece, _TAB, out=scratch[: len(piece)])  # bytes below a tab wrap around
        feeds += int(np.count_nonzero(above == _LF - _TAB))
        marks = np.flatnonzero(np.less_equal(above, _LF - _TAB, out=above.view(np.bool_))).astype(np.int32)
        marks += np.int32(start)
        found.append(marks)
    return np.concatenate(found), feeds


def _trimmed(raw: npt.NDArray[np.uint8], ends: Rows) -> Rows:
    ends[:, -1] -= raw[ends[:, -1] - 1] == _CR
    return ends


class Lookup:
    """What short cells mean, as numbers: each distinct one is translated once, however many files hold it.

    >>> import io
    >>> [[cells], _] = next(blocks(io.BytesIO(b"041\\tKOR\\n\\tJPN\\n"), (2,)))
    >>> Lookup(len)(cells.words(0)).tolist()
    [3, 0]
    """

    def __init__(self, translate: Callable[[str], int]) -> None:
        self._translate = translate
        self._known = np.zeros(1, np.uint64), np.asarray([translate("")], np.int32)

    def __call__(self, words: Words) -> Numbers:
        """The meaning of each word, shape (n,)."""
        keys, meanings = self._known
        at = keys.searchsorted(words)
        at[at == len(keys)] = 0
        strange = keys[at] != words
        if strange.any():
            self._learn(np.unique(words[strange]))
            return self(words)
        return meanings[at]

    def _learn(self, words: Words) -> None:
        keys, meanings = self._known
        texts = (int(w).to_bytes(_WORD, "little").rstrip(b"\0").decode("utf-8", "replace") for w in words)
        keys = np.concatenate((keys, words))
        meanings = np.concatenate((meanings, np.asarray([self._translate(t) for t in texts], np.int32)))
        order = np.argsort(keys)
        self._known = keys[order], meanings[order]


def check_header(found: Sequence[str], expected: Sequence[str], where: str, *, optional: Sequence[str] = ()) -> None:
    """Stop when a header is not the expected one, and name the difference.

    Raises:
        BadFileError: there is no header, for the file is empty.
        SchemaDriftError: a column was added, lost, renamed or moved.
    """
    if list(found) == [""]:
        raise BadFileError(f"{where}: the file is empty. Fetch it again.")
    known = [name for name in found if name not in optional or name in expected]
    if list(known) == list(expected):
        return
    lost = [name for name in expected if name not in found]
    added = [name for name in known if name not in expected]
    said = []
    if lost:
        said.append(f"missing: {', '.join(lost)}")
    if added:
        said.append(f"not known: {', '.join(added)}")
    if not said:
        moved = next((i, f, e) for i, (f, e) in enumerate(zip(known, expected, strict=False)) if f != e)
        said.append(f"column {moved[0] + 1} is {moved[1]!r}, expected {moved[2]!r}")
    raise SchemaDriftError(
        f"{where}, line 1: the columns are not those of this source ({'; '.join(said)}). "
        f"{STOPPED} If the publisher changed its format, report it; if this is another source, name that one.",
        alike=3 * (len(expected) - len(lost)) >= len(expected),
    )


def map_distinct(values: pa.Array, translate: Callable[[str], Any], kind: pa.DataType) -> pa.Array:
    """``translate`` applied to each distinct value once; NULL stays NULL. Shape of ``values``."""
    coded = values.dictionary_encode()
    return pa.array([translate(v) for v in coded.dictionary.to_pylist()], kind).take(coded.indices)


def spread(values: pa.Array, wanted: pa.Array | npt.NDArray[np.bool_] | None) -> pa.Array:
    """Values of the wanted rows, put back among all rows; the others NULL. Shape of ``wanted``, or of ``values``."""
    if wanted is None:
        return values
    mask = np.asarray(wanted, dtype=bool)
    return values.take(pa.array(np.cumsum(mask) - 1, mask=~mask))
