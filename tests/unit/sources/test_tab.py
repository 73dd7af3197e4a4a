"""Blocks, cells, lookups, headers."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visavis.sources import _tab

CELL = st.text(st.characters(blacklist_characters="\t\n\r", blacklist_categories=["Cs"]), max_size=12)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(CELL, min_size=2, max_size=4), max_size=30), block=st.integers(1, 60), last=st.booleans())
def test_any_rows_come_back_as_they_were_whatever_the_size_of_a_block(
    rows: list[list[str]], block: int, last: bool
) -> None:
    rows = [row for row in rows if any(row)]
    raw = "\n".join("\t".join(row) for row in rows).encode() + b"\n" * (last and bool(rows))
    found: dict[int, list[str | None]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_tab, "BLOCK", block)
        for groups, refused in _tab.blocks(io.BytesIO(raw), (2, 3)):
            found |= {line: None for line, reason, _ in refused if reason == "wrong_width"}  # type: ignore[misc]
            for cells in groups:
                columns = [cells.text(i).to_pylist() for i in range(cells.width)]
                found |= {int(n): list(row) for n, *row in zip(cells.lines, *columns, strict=True)}
    wanted = {i: [c or None for c in row] if len(row) < 4 else None for i, row in enumerate(rows, 1)}
    assert found == wanted


@settings(max_examples=60, deadline=None)
@given(cells=st.lists(CELL, min_size=1, max_size=20))
def test_a_lookup_gives_every_short_cell_its_own_meaning(cells: list[str]) -> None:
    raw = "".join(f"x\t{cell}\n" for cell in cells).encode()
    [[block], _] = next(_tab.blocks(io.BytesIO(raw), (2,)))
    seen: dict[str, int] = {}
    lookup = _tab.Lookup(lambda text: seen.setdefault(text, len(seen)))
    for _ in range(2):
        found = lookup(block.words(1)).tolist()
    short = [(c, n) for c, n in zip(cells, found, strict=True) if len(c.encode()) <= 8 and not c.startswith("\0")]
    assert all(seen[c.rstrip("\0")] == n for c, n in short)


def test_a_cell_longer_than_eight_bytes_is_no_word_unless_only_its_start_is_asked_for() -> None:
    [[block], _] = next(_tab.blocks(io.BytesIO(b"20190121220000\tx\n20190121\ty\n"), (2,)))
    whole, start = block.words(0), block.words(0, first=8)
    assert whole[0] != whole[1]
    assert start[0] == start[1] == whole[1]


def test_words_and_text_of_chosen_rows_are_those_rows() -> None:
    [[block], _] = next(_tab.blocks(io.BytesIO(b"a\t1\nb\t2\nc\t3\n"), (2,)))
    rows = np.array([2, 0])
    assert block.text(0, rows).to_pylist() == ["c", "a"]
    assert block.words(0, rows).tolist() == block.words(0)[rows].tolist()


def test_blank_lines_are_no_rows_but_are_counted() -> None:
    [[block], refused] = next(_tab.blocks(io.BytesIO(b"a\t1\n\n\r\nb\t2\n"), (2,)))
    assert (block.lines.tolist(), refused) == ([1, 4], [])


def test_the_old_western_encoding_is_read_only_where_it_is_expected() -> None:
    raw = "é\t1\n".encode("iso-8859-1") + b"b\t2\n"
    [[block], refused] = next(_tab.blocks(io.BytesIO(raw), (2,), encoding="legacy"))
    assert (block.text(0).to_pylist(), refused) == (["é", "b"], [])
    [[block], refused] = next(_tab.blocks(io.BytesIO(raw), (2,)))
    assert (block.text(0).to_pylist(), [r[:2] for r in refused]) == (["b"], [(1, "bad_encoding")])


def test_an_empty_file_has_no_blocks() -> None:
    assert list(_tab.blocks(io.BytesIO(b""), (2,))) == []


def test_a_value_is_translated_once_and_null_stays_null() -> None:
    asked: list[str] = []
    found = _tab.map_distinct(pa.array(["a", None, "a"]), lambda t: asked.append(t) or t.upper(), pa.string())
    assert (found.to_pylist(), asked) == (["A", None, "A"], ["a"])


def test_values_of_wanted_rows_are_put_back_among_all_rows() -> None:
    found = _tab.spread(pa.array(["a", "b"]), pa.array([False, True, False, True]))
    assert found.to_pylist() == [None, "a", None, "b"]
