"""Plain files, archives, folders, and damage."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
from pathlib import Path

import pytest
from tests import toy_events as toy

from visavis.errors import BadFileError
from visavis.sources._archive import members
from visavis.store.unpacking import unpack

RAW = b"".join(b"line %d\n" % (i * i) for i in range(4000))


def contents(path: Path) -> dict[str, bytes]:
    found = {}
    for member in members([path]):
        with member.open() as file:
            found[member.name] = file.read()
    return found


def unpacked(path: Path) -> list[str]:
    return [unpack(member).sha256 for member in members([path])]


def tarred(path: Path) -> Path:
    with tarfile.open(path, "w:xz") as archive:
        for name in ("b.tab", "a.tab"):
            info = tarfile.TarInfo(f"pull/{name}")
            info.size = len(RAW)
            archive.addfile(info, io.BytesIO(RAW))
    return path


def test_every_kind_of_archive_gives_the_same_bytes_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "a.tab").write_bytes(RAW)
    (tmp_path / "a.tab.gz").write_bytes(gzip.compress(RAW))
    (tmp_path / "a.tab.xz").write_bytes(lzma.compress(RAW))
    toy.zipped(tmp_path / "a.tab.zip", RAW)
    for name in ("a.tab", "a.tab.gz", "a.tab.xz", "a.tab.zip"):
        assert contents(tmp_path / name) == {"a.tab": RAW}
    assert contents(tarred(tmp_path / "pull.tar.xz")) == {"a.tab": RAW, "b.tab": RAW}


def test_a_folder_is_read_in_order_of_name_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.tab", "a.tab", ".hidden"):
        (tmp_path / name).write_bytes(RAW)
    assert [m.name for m in members([tmp_path])] == ["a.tab", "b.tab"]


@pytest.mark.parametrize("name", ["a.tab.zip", "a.tab.gz", "a.tab.xz", "a.tar.xz"])
def test_an_archive_that_was_cut_off_is_a_bad_file_that_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith(".zip"):
        toy.zipped(path, RAW)
    elif name.endswith(".gz"):
        path.write_bytes(gzip.compress(RAW))
    elif name.endswith(".tar.xz"):
        tarred(path)
    else:
        path.write_bytes(lzma.compress(RAW))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(BadFileError, match=name):
        unpacked(path)


def test_a_zip_with_a_wrong_checksum_is_a_bad_file_that_is_named(tmp_path: Path) -> None:
    path = toy.zipped(tmp_path / "a.tab.zip", RAW)
    raw = bytearray(path.read_bytes())
    raw[60] ^= 0xFF
    path.write_bytes(bytes(raw))
    with pytest.raises(BadFileError, match=r"a\.tab\.zip"):
        unpacked(path)


def test_a_path_that_is_not_there_is_a_bad_file_that_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="nowhere"):
        list(members([tmp_path / "nowhere"]))
