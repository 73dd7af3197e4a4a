"""From hostile files to every output: what others wrote never becomes markup, a formula or a terminal escape."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import unicodedata
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests import toy
from tests.property.test_hostile import HOSTILE

from visavis.cli import main
from visavis.names.outside import csv_cell
from visavis.record import open_record

FIELDS = (
    "Source Name",
    "Source Sectors",
    "Event Text",
    "Target Name",
    "Target Sectors",
    "Publisher",
    "Story ID",
    "City",
)
STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
FORMULA = re.compile(r"^[=+@|%]|^-(?!\d+(\.\d+)?([eE][-+]?\d+)?$)")


def cell(text: str) -> str:
    """A string as it can stand in a tab-separated file."""
    return re.sub(r"[\t\r\n]", " ", text).encode("utf-8", "replace").decode()


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of hostile rows, a hostile timeline, and a hostile note."""
    folder = tmp_path_factory.mktemp("hostile")
    months = [f"{2017 + i // 12}-{i % 12 + 1:02}" for i in range(24)]
    hostile, paths = [cell(text) for text in HOSTILE], []
    for m, month in enumerate(months):
        rows = toy.icews_rows(m + 1, dt.date.fromisoformat(f"{month}-15"), 120)
        for i, row in enumerate(rows):
            row |= {"Event Date": f"{month}-{1 + i % 28:02}", "Source Country": "Japan" if i % 2 else "South Korea"}
            row |= {"Target Country": "South Korea" if i % 2 else "Japan"} if i % 3 else {}
            row |= {field: hostile[(m * 60 + i + k * 7) % len(hostile)] for k, field in enumerate(FIELDS)}
            row |= {"CAMEO Code": row["CAMEO Code"] if i % 6 else hostile[(m * 10 + i) % len(hostile)]}
            row |= {"Target Country": row["Target Country"] if i % 9 else hostile[(m * 7 + i) % len(hostile)]}
        paths.append(folder / f"{m}.tab")
        paths[-1].write_bytes(toy.icews_bytes(rows))
    odd = folder / "\x1b[31m<b>=1+1\u202e.tab"
    odd.write_bytes(toy.icews_bytes(toy.icews_rows(99, dt.date(2017, 1, 2), 9)))
    open_record(folder / "rec").import_events("icews", [*paths, odd], note=" ".join(HOSTILE[:40]))
    body = io.StringIO()
    table = csv.writer(body)
    table.writerow(["id", "date", "date_precision", "description", "parties", "issue_area", "source", "verified"])
    for i, text in enumerate(cell(t) for t in HOSTILE):
        said = text.strip() or "x"
        table.writerow([f"{i}{said}", months[i % 24], "month", said, "JPN;KOR", said, said, "verified"])
    (folder / "t.csv").write_text(body.getvalue().replace("\0", ""), encoding="utf-8")
    open_record(folder / "rec").import_facts("timeline", folder / "t.csv")
    return folder / "rec"


def said(capfd: pytest.CaptureFixture[str], *arguments: object) -> str:
    capfd.readouterr()
    with pytest.raises(SystemExit) as stop:
        main([str(a) for a in arguments])
    assert not stop.value.code
    out, err = capfd.readouterr()
    return out + err


def steady(text: str) -> None:
    text = text.replace("\r\n", "\n")
    found = STEERS.search(text)
    assert found is None, (found, text[max(0, found.start() - 60) : found.end() + 60])


@pytest.mark.parametrize(
    "command",
    [
        ("status",), ("status", "--json"), ("status", "--refused"), ("status", "--refused", "--json"), ("cite",),
        ("history", "KOR", "JPN"), ("history", "KOR", "JPN", "--json"), ("now", "KOR", "JPN"),
        ("now", "KOR", "JPN", "--json"), ("doctor",),
    ],
)  # fmt: skip
def test_no_command_lets_outside_text_steer_the_terminal(
    record: Path, capfd: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    text = said(capfd, *command, "--record", record)
    steady(text)
    if "--json" in command:
        json.loads(text)
    if "--refused" in command:
        assert "bad_code" in text


class Page(HTMLParser):
    """Notes every tag and attribute that runs or fetches something."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "iframe", "base", "object", "embed", "img", "link", "form", "math"}:
            self.bad.append((tag, attrs))
        for name, value in attrs:
            if name.startswith("on") or (
                name in {"href", "src", "xlink:href"} and not re.match("#|https?:", value or "")
            ):
                self.bad.append((tag, name, value))


def test_the_brief_and_its_data_hold_no_markup_formula_or_escape(
    record: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    steady(said(capfd, "brief", "KOR", "JPN", "--record", record, "-o", tmp_path / "b.html"))
    html = (tmp_path / "b.html").read_text(encoding="utf-8")
    steady(html)
    page = Page()
    page.feed(html)
    assert [b for b in page.bad if b[:2] != ("a", "href") or not b[2].endswith((".bib", ".zip"))] == []
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        for name in archive.namelist():
            text = archive.read(name).decode()
            steady(text)
            if name.endswith(".csv"):
                cells_are_plain(text)


def cells_are_plain(text: str) -> None:
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))):
        for value in row:
            assert not FORMULA.match(value), value
            assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in value), value


def test_an_export_and_a_pack_hold_no_formula_and_no_escape(
    record: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    steady(said(capfd, "export", "KOR", "JPN", "--record", record, "-o", tmp_path / "out"))
    for path in (tmp_path / "out").iterdir():
        if path.suffix != ".parquet":
            text = path.read_text(encoding="utf-8")
            steady(text)
            if path.suffix == ".csv":
                cells_are_plain(text)
    pack = tmp_path / "p.zip"
    lacks = [option for text in HOSTILE[:20] for option in ("--lacks", cell(text).replace("\0", ""))]
    said(capfd, "pack", "=p<b>", "--countries", "KOR,JPN", "--record", record, "-o", pack, *lacks)
    steady(said(capfd, "status", "--record", pack))
    steady(said(capfd, "brief", "KOR", "JPN", "--record", pack, "-o", tmp_path / "p.html"))
    page = Page()
    page.feed((tmp_path / "p.html").read_text(encoding="utf-8"))
    assert [b for b in page.bad if b[:2] != ("a", "href") or not b[2].endswith((".bib", ".zip"))] == []


def test_the_words_of_a_row_are_kept_as_they_came(record: Path) -> None:
    held = {r["text"] for path in (record / "events").rglob("*.parquet") for r in pq.read_table(path).to_pylist()}
    held.discard("Consult")
    assert len(held) > 150
    assert held <= {cell(t).strip() for t in HOSTILE} | {cell(t) for t in HOSTILE}
    assert csv_cell("=1+1") == "'=1+1"
