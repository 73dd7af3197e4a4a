"""The same files in any order, in any split, twice or as parts of an archive make the same record."""

from __future__ import annotations

import tempfile
import zipfile
from functools import cache
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import toy

from visavis.record import open_record
from visavis.store.lake import Lake

N = 6
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@cache
def inputs() -> tuple[tempfile.TemporaryDirectory[str], list[Path]]:
    folder = tempfile.TemporaryDirectory()
    return folder, toy.icews_files(Path(folder.name), days=N, rows=25)


@cache
def wanted() -> str:
    with tempfile.TemporaryDirectory() as folder:
        return run(Path(folder), [(list(range(N)), None)])


def run(folder: Path, imports: list[tuple[list[int], tuple[str, str] | None]], *, zipped: bool = False) -> str:
    files, record = inputs()[1], folder / "rec"
    for i, (chosen, pair) in enumerate(imports):
        given_files = [files[k] for k in chosen]
        if zipped:
            with zipfile.ZipFile(folder / f"{i}.zip", "w") as archive:
                for path in given_files:
                    archive.write(path, path.name)
            given_files = [folder / f"{i}.zip"]
        open_record(record).import_events("icews", given_files, pairs=[pair] if pair else [])
    _adds_up(record)
    return Lake(record).digest()


def _adds_up(record: Path) -> None:
    lake = Lake(record)
    tallies = lake.ledger("tallies").to_pylist()
    assert all(t["rows"] > 0 for t in tallies)
    accepted = sum(t["rows"] for t in tallies if t["outcome"] == "accepted")
    assert sum(f.rows for f in lake.manifest.of("events")) == accepted
    lines = {p.name: p.read_text().count("\n") - 1 for p in inputs()[1]}
    for file in lake.ledger("files").to_pylist():
        assert sum(t["rows"] for t in tallies if t["file"] == file["file"]) == lines[file["name"]]


orders = st.permutations(range(N))
cuts = st.lists(st.integers(1, N - 1), max_size=3, unique=True).map(sorted)


@few
@given(order=orders, cuts=cuts, zipped=st.booleans(), twice=st.lists(st.integers(0, N - 1), min_size=1, max_size=3))
def test_order_split_repeats_and_archives_do_not_matter(
    order: list[int], cuts: list[int], zipped: bool, twice: list[int]
) -> None:
    edges = [0, *cuts, N]
    parts = [order[a:b] for a, b in pairwise(edges)]
    with tempfile.TemporaryDirectory() as folder:
        assert run(Path(folder), [(part, None) for part in [*parts, twice]], zipped=zipped) == wanted()


pairs = st.sampled_from([None, ("KOR", "JPN"), ("CHN", "USA"), ("PRK", "KOR")])


@few
@given(steps=st.lists(st.tuples(st.lists(st.integers(0, N - 1), min_size=1, unique=True), pairs), max_size=3))
def test_whatever_pairs_were_imported_before_a_full_import_gives_the_full_record(
    steps: list[tuple[list[int], tuple[str, str] | None]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert run(Path(folder), [*steps, (list(range(N)), None)]) == wanted()
