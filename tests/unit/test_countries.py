"""Countries: codes, dates and names."""

from __future__ import annotations

import csv
import gzip
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from visavis import countries
from visavis.countries import Country, country, from_code
from visavis.errors import AmbiguousNameError, UnknownNameError, UsageError

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
CURRENT = [c for c in countries.countries() if c.current]
UN_MEMBERS = (
    "AFG AGO ALB AND ARE ARG ARM ATG AUS AUT AZE BDI BEL BEN BFA BGD BGR BHR BHS BIH BLR BLZ BOL BRA BRB BRN BTN "
    "BWA CAF CAN CHE CHL CHN CIV CMR COD COG COL COM CPV CRI CUB CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESP "
    "EST ETH FIN FJI FRA FSM GAB GBR GEO GHA GIN GMB GNB GNQ GRC GRD GTM GUY HND HRV HTI HUN IDN IND IRL IRN IRQ "
    "ISL ISR ITA JAM JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAR MCO "
    "MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MOZ MRT MUS MWI MYS NAM NER NGA NIC NLD NOR NPL NRU NZL OMN PAK "
    "PAN PER PHL PLW PNG POL PRK PRT PRY QAT ROU RUS RWA SAU SDN SEN SGP SLB SLE SLV SMR SOM SRB SSD STP SUR SVK "
    "SVN SWE SWZ SYC SYR TCD TGO THA TJK TKM TLS TON TTO TUN TUR TUV TZA UGA UKR URY USA UZB VCT VEN VNM VUT WSM "
    "YEM ZAF ZMB ZWE"
)
NOT_COUNTRIES = {"", "NA", "Bavaria"}


def codes(row: Country, system: str) -> tuple[str, ...]:
    value = getattr(row, system)
    return value if isinstance(value, tuple) else () if value is None else (str(value),)


def test_all_193_members_of_the_united_nations_are_there_with_their_codes() -> None:
    members = UN_MEMBERS.split()
    assert len(set(members)) == 193
    rows = {c.iso3: c for c in CURRENT}
    for iso3 in members:
        row = rows[iso3]
        assert row.iso2
        assert row.cow is not None
        assert row.gw is not None
        assert row.fips
        assert row.cameo


@pytest.mark.parametrize("system", countries.SYSTEMS)
def test_every_current_code_goes_out_and_comes_back(system: str) -> None:
    for row in CURRENT:
        for code in codes(row, system):
            assert from_code(system, code) == row.iso3


def test_every_current_row_is_the_only_one_of_its_code() -> None:
    assert len({c.iso3 for c in CURRENT}) == len(CURRENT)
    assert len({c.iso2 for c in CURRENT}) == len(CURRENT)


def test_every_name_in_four_languages_means_its_own_country() -> None:
    for row in countries.countries():
        for text in row.names.values():
            assert country(text).iso3 == row.iso3


@pytest.mark.parametrize("iso3", ["TWN", "HKG", "MAC", "PSE", "XKX"])
def test_carriers_of_a_code_are_there_whatever_their_status(iso3: str) -> None:
    assert country(iso3).current
    assert all(country(iso3).names[lang] for lang in countries.LANGS)


@pytest.mark.parametrize(
    ("system", "code", "day", "iso3"),
    [
        ("cow", 365, "1985-06-01", "SUN"),
        ("cow", 365, "1991-12-25", "SUN"),
        ("cow", 365, "1991-12-26", "RUS"),
        ("cow", 260, "1980-01-01", "DEU"),
        ("cow", 265, "1980-01-01", "DDR"),
        ("cow", 255, "1995-01-01", "DEU"),
        ("gw", 260, "1980-01-01", "DEU"),
        ("gw", 260, "1995-01-01", "DEU"),
        ("cow", 678, "1980-01-01", "YEM"),
        ("cow", 680, "1980-01-01", "YMD"),
        ("cow", 679, "1995-01-01", "YEM"),
        ("gw", 678, "1995-01-01", "YEM"),
        ("cow", 817, "1970-01-01", "VNM"),
        ("cow", 816, "1970-01-01", "VDR"),
        ("cow", 816, "1980-01-01", "VNM"),
        ("cow", 345, "1985-01-01", "YUG"),
        ("cow", 345, "2004-01-01", "SCG"),
        ("cow", 345, "2010-01-01", "SRB"),
        ("gw", 340, "2010-01-01", "SRB"),
        ("cow", 315, "1985-01-01", "CSK"),
        ("cow", 710, "1960-01-01", "CHN"),
        ("iso2", "CS", "1985-01-01", "CSK"),
        ("iso2", "CS", "2004-01-01", "SCG"),
        ("iso2", "AN", "2004-01-01", "ANT"),
        ("iso2", "SU", "1985-01-01", "SUN"),
    ],
)
def test_a_code_means_who_carried_it_on_that_day(system: str, code: str | int, day: str, iso3: str) -> None:
    assert from_code(system, code, date.fromisoformat(day)) == iso3


def test_without_a_day_a_code_means_its_carrier_of_today() -> None:
    assert [from_code("cow", n) for n in (365, 345, 816, 255)] == ["RUS", "SRB", "VNM", "DEU"]
    assert from_code("iso2", "CS") is None  # two states carried it, neither today


def test_rows_that_share_a_code_of_a_state_never_overlap_in_time() -> None:
    for system in ("iso3", "cow"):
        for row in countries.countries():
            for other in countries.countries():
                if row is not other and getattr(row, system) == getattr(other, system) is not None:
                    early, late = sorted((row, other), key=lambda c: c.valid_to or date.max)
                    assert early.valid_to is not None
                    assert late.valid_from is not None
                    assert early.valid_to < late.valid_from


@pytest.mark.parametrize(
    ("code", "iso3"),
    [
        ("KS", "KOR"),
        ("KN", "PRK"),
        ("JA", "JPN"),
        ("CH", "CHN"),
        ("GM", "DEU"),
        ("SZ", "CHE"),
        ("AU", "AUT"),
        ("GZ", "PSE"),
    ],
)
def test_fips_codes_are_not_read_as_iso_codes(code: str, iso3: str) -> None:
    assert from_code("fips", code) == iso3
    assert from_code("iso2", code) != iso3


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("kor", "KOR"),
        ("kr", "KOR"),
        ("  South   KOREA ", "KOR"),
        ("한국", "KOR"),
        ("韓国", "KOR"),
        ("韩国", "KOR"),
        ("북한", "PRK"),
        ("北朝鮮", "PRK"),
        ("日本", "JPN"),
        ("일본", "JPN"),
        ("türkiye", "TUR"),
        ("TURKIYE", "TUR"),
        ("Turkey", "TUR"),
        ("COTE D’IVOIRE", "CIV"),
        ("the Netherlands", "NLD"),
        ("UK", "GBR"),
        ("ROM", "ROU"),
        ("ZAR", "COD"),
        ("USSR", "SUN"),
        ("소련", "SUN"),
        ("Yugoslavia", "YUG"),
        ("Germany", "DEU"),
        ("Yemen", "YEM"),
        ("香港", "HKG"),
    ],
)
def test_a_country_is_found_under_its_names(text: str, iso3: str) -> None:
    assert country(text).iso3 == iso3


def test_a_code_that_outlived_a_union_means_the_country_of_today() -> None:
    assert all(country(iso3).current for iso3 in ("DEU", "YEM", "VNM"))
    assert country("West Germany").valid_to == date(1990, 10, 2)


def test_korea_is_ambiguous_and_both_are_named_with_their_codes() -> None:
    with pytest.raises(AmbiguousNameError) as caught:
        country("korea")
    assert caught.value.suggestions == ("South Korea (KOR)", "North Korea (PRK)")
    assert "South Korea (KOR)" in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("text", ["Congo", "콩고", "コンゴ", "刚果", "조선", "Virgin Islands"])
def test_a_name_that_two_countries_share_is_ambiguous(text: str) -> None:
    with pytest.raises(AmbiguousNameError) as caught:
        country(text)
    assert len(caught.value.suggestions) == 2


@pytest.mark.parametrize(("text", "nearest"), [("Jpan", "Japan (JPN)"), ("Nroth Korea", "North Korea (PRK)")])
def test_a_misspelt_country_brings_the_nearest_names(text: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        country(text)
    assert not isinstance(caught.value, AmbiguousNameError)
    assert caught.value.suggestions[0] == nearest


@pytest.mark.parametrize("text", ["", " ", "???", "-", "x" * 500])
def test_what_names_no_country_is_refused(text: str) -> None:
    with pytest.raises(UnknownNameError):
        country(text)


def test_a_region_is_no_country() -> None:
    for code in countries.CAMEO_REGIONS:
        assert countries.is_region(code)
        assert from_code("cameo", code) is None


def test_codes_that_nobody_carries_are_none() -> None:
    assert from_code("cow", 999) is None
    assert from_code("fips", "OS") is None
    assert from_code("cameo", "") is None
    assert from_code("icews", "") is None
    assert from_code("icews", "Korea") is None


def test_a_system_that_does_not_exist_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="fifa"):
        from_code("fifa", "KOR")


def test_names_come_in_four_languages_and_no_other() -> None:
    assert [countries.name("JPN", lang) for lang in countries.LANGS] == ["Japan", "일본", "日本", "日本"]
    with pytest.raises(UnknownNameError, match="'fr'"):
        countries.name("JPN", "fr")


def test_importing_countries_reads_no_table_and_no_babel() -> None:
    code = "import sys, visavis.countries as c; print(c.countries.cache_info().currsize, 'babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.split() == [
        b"0",
        b"False",
    ]


def icews_files() -> Iterator[Iterator[bytes]]:
    """The lines of every ICEWS file at hand."""
    for path in sorted((DATA / "icews").glob("*.tab.gz")):
        with gzip.open(path) as lines:
            yield iter(lines)
    for path in sorted((DATA / "icews").glob("*.tar.xz")):
        with tarfile.open(path, "r|xz") as archive:
            yield from (iter(file) for member in archive if (file := archive.extractfile(member)))


@pytest.mark.skipif(not (DATA / "icews").is_dir(), reason="needs the ICEWS files in ../shared")
def test_every_country_in_icews_files_has_a_code_or_is_known_to_be_none() -> None:
    seen: set[str] = set()
    for lines in icews_files():
        heads = next(lines).decode().rstrip("\r\n").split("\t")
        places = [heads.index(h) for h in ("Source Country", "Target Country", "Country")]
        for line in lines:
            cells = line.decode().rstrip("\r\n").split("\t")
            seen.update(cells[i] for i in places)
    assert len(seen) > 200
    assert {text for text in seen if from_code("icews", text) is None} <= NOT_COUNTRIES


@pytest.mark.skipif(not (DATA / "mappings").is_dir(), reason="needs the published code lists in ../shared")
def test_every_cameo_code_of_the_published_list_is_a_country_or_a_region() -> None:
    lines = (DATA / "mappings" / "GDELT_CAMEO.country.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    listed = {line.split("\t")[0] for line in lines[1:]} - {"0", ""}
    assert {c for c in listed if from_code("cameo", c) is None} == countries.CAMEO_REGIONS


@pytest.mark.skipif(not (DATA / "votes").is_dir(), reason="needs the list of voting states in ../shared")
def test_state_numbers_agree_with_the_list_of_states_that_voted() -> None:
    with (DATA / "votes" / "countries.csv").open(encoding="utf-8", newline="") as lines:
        listed = {row["ccode"]: row["iso3"] for row in csv.DictReader(lines)}
    listed |= {"678": "YEM", "345": "SRB"}  # ISO never had YAR; the number outlived Yugoslavia
    assert {n: i for n, i in listed.items() if from_code("cow", n) != i} == {}
