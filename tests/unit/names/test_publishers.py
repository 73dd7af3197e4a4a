"""Publishers: who told it, and when that stays unknown."""

from __future__ import annotations

import csv
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from visavis import countries
from visavis.names import publishers
from visavis.names.publishers import told_by

ICEWS = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "icews"
REGISTER = Path(publishers.__file__).with_name("publishers.csv")


def rows() -> list[dict[str, str]]:
    with REGISTER.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_row_of_the_register_has_a_country_and_says_on_what_basis() -> None:
    for row in rows():
        assert row["kind"] in ("publisher", "domain")
        assert countries.country(row["country"]).iso3 == row["country"]
        assert len(row["basis"]) > 10


def test_no_name_stands_twice_in_the_register() -> None:
    names = Counter((row["kind"], row["name"].casefold()) for row in rows())
    assert max(names.values()) == 1


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Yonhap English News", "KOR"),
        ("  kyodo news ", "JPN"),
        ("Korea Herald", "KOR"),
        ("The Korea Times", "KOR"),
        ("Agence France-Presse", "FRA"),
        ("http://www.japantimes.co.jp/news/2019/1.html", "JPN"),
        ("https://en.yna.co.kr/view/AEN1", "KOR"),
        ("www.abc.net.au", "AUS"),
        ("http://www.bbc.co.uk/news", "GBR"),
        ("http://uk.reuters.com/article/1", "GBR"),
        ("http://asia.nikkei.com/x", "JPN"),
        ("https://www.state.gov/x", "USA"),
        ("http://www.eluniversal.com.co/x", "COL"),
        ("http://example.jp:8080/x?y=http://a.kr", "JPN"),
    ],
)
def test_the_country_comes_from_the_register_or_the_country_code_domain(text: str, country: str) -> None:
    assert told_by(text) == country


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Unknown",
        "Daily Star",
        "BBC Monitoring",
        "Sharq TV, Jalalabad/BBC Monitoring/(c) BBC",
        "http://www.i24news.tv/x",
        "http://tempo.co/x",
        "http://news.blogspot.co.uk/x",
        "https://www.msn.com/en-us",
        "http://10.0.0.1/x",
        "http://[broken/x",
        "http://localhost/x",
        "http://notreuters.com/x",
        "http://reuters.com.evil.example/x",
        "<b>.jp</b>",
    ],
)
def test_what_is_not_evident_stays_unknown(text: str) -> None:
    assert told_by(text) is None


@pytest.mark.skipif(not ICEWS.is_dir(), reason="needs the ICEWS files in ../shared")
def test_most_reports_between_south_korea_and_japan_have_a_known_teller() -> None:
    told: Counter[bool] = Counter()
    with tarfile.open(next(ICEWS.glob("*raw*.tar.xz")), "r|xz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            for line in file.read().decode().splitlines()[1:] if file else []:
                cells = line.split("\t")
                if {cells[4], cells[10]} == {"South Korea", "Japan"}:
                    told[told_by(cells[13]) is not None] += 1
    assert told.total() == 534
    assert told[True] / told.total() > 0.95
