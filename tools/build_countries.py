"""Build ``src/visavis/names/countries.csv``: run by a developer, its output is committed.

    python tools/build_countries.py LISTS

``LISTS`` is a folder with the published code lists: ``cow2iso.txt`` (Correlates of War to ISO),
``icews_countrynames_to_iso3_cow.txt``, ``GDELT_CAMEO.country.txt`` and ``pygdelt_countries_fips_iso.json``. Names come
from CLDR through Babel, the codes of ISO 3166 from pycountry (``pip install babel pycountry``). Past states are in
``countries_past.csv``. What the lists have wrong or lack is in the tables below; ADR 0002 tells why.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pycountry
from babel import Locale

from visavis.countries import CAMEO_REGIONS

PAST = Path(__file__).with_name("countries_past.csv")
OUT = Path(__file__).resolve().parents[1] / "src" / "visavis" / "names" / "countries.csv"
SINGLE = ("iso3", "valid_from", "valid_to", "iso2", "cow", "cow_abbr", "gw")
MANY = ("fips", "cameo", "icews")
LANGS = ("en", "ko", "ja", "zh")
COLUMNS = (*SINGLE, *MANY, *LANGS, "also")

# First day in Gleditsch and Ward's list of independent states, where it is after 1945 (their list of 2020), but for
# Russia (26 December 1991), Vietnam as one state, Germany and Yemen since unification.
STARTS = """
JAM 1962-08-06 TTO 1962-08-31 BRB 1966-11-30 BLZ 1981-09-21 GUY 1966-05-26 SUR 1975-11-25 MLT 1964-09-21 MNE 2006-06-03
MKD 1991-11-20 HRV 1992-04-27 SRB 2006-06-05 BIH 1992-04-27 XKX 2008-02-17 SVN 1992-04-27 CYP 1960-08-16 MDA 1991-08-27
EST 1991-09-06 LVA 1991-09-06 LTU 1991-09-06 UKR 1991-12-01 BLR 1991-08-25 ARM 1991-12-21 GEO 1991-12-21 AZE 1991-12-21
CPV 1975-07-05 GNB 1974-09-10 GNQ 1968-10-12 GMB 1965-02-18 MLI 1960-09-22 SEN 1960-04-04 BEN 1960-08-01 MRT 1960-11-28
NER 1960-08-03 CIV 1960-08-07 GIN 1958-10-02 BFA 1960-08-05 SLE 1961-04-27 GHA 1957-03-06 TGO 1960-04-27 CMR 1960-01-01
NGA 1960-10-01 GAB 1960-08-17 CAF 1960-08-13 TCD 1960-08-11 COG 1960-08-15 COD 1960-06-30 UGA 1962-10-09 KEN 1963-12-12
TZA 1961-12-09 BDI 1962-07-01 RWA 1962-01-07 SOM 1960-07-01 DJI 1977-06-27 ERI 1993-05-24 AGO 1975-11-11 MOZ 1975-06-25
ZMB 1964-10-24 ZWE 1965-11-11 MWI 1964-07-06 NAM 1990-03-21 LSO 1966-10-04 BWA 1966-09-30 SWZ 1968-09-06 MDG 1960-06-26
COM 1975-07-06 MUS 1968-03-12 MAR 1956-03-02 DZA 1962-07-05 TUN 1956-01-01 LBY 1951-12-24 SDN 1956-01-01 SSD 2011-07-09
SYR 1946-01-01 JOR 1946-05-25 ISR 1948-05-14 KWT 1961-06-19 BHR 1971-08-15 QAT 1971-09-03 ARE 1971-12-02 TKM 1991-10-27
TJK 1991-09-09 KGZ 1991-08-31 UZB 1991-08-31 KAZ 1991-12-16 TWN 1949-12-08 PRK 1948-09-09 KOR 1948-08-15 IND 1947-08-15
BTN 1949-01-01 PAK 1947-08-14 BGD 1971-12-16 MMR 1948-01-04 LKA 1948-02-04 MDV 1965-05-26 KHM 1953-11-09 LAO 1954-05-01
MYS 1957-08-31 SGP 1965-08-09 BRN 1984-01-01 PHL 1946-07-04 IDN 1945-08-17 TLS 2002-05-20 PNG 1975-09-16 SLB 1978-07-07
FJI 1970-10-10 CZE 1993-01-01 SVK 1993-01-01 RUS 1991-12-26 VNM 1976-07-02 DEU 1990-10-03 YEM 1990-05-22 CUW 2010-10-10
SXM 2010-10-10 BES 2010-10-10
"""

# Gleditsch and Ward number states as the Correlates of War do, but for these.
GW_DIFFERS = {"DEU": "260", "YEM": "678", "SRB": "340", "KIR": "970", "NRU": "971", "TON": "972", "TUV": "973"}

# Correlates of War states that the conversion list leaves without an ISO code, or gives a wrong one.
COW_FIXES = {
    "TWN": ("713", "TAW"),
    "XKX": ("347", "KOS"),
    "MCO": ("221", "MNC"),
    "LIE": ("223", "LIE"),
    "ATG": ("58", "AAB"),
    "SRB": ("345", "YUG"),
    "VNM": ("816", "DRV"),
}

# CAMEO codes that are not today's ISO code of the same place (West Bank, Gaza and Baghdad are places of a country).
CAMEO_DIFFERS = {
    "IMY": "IMN",
    "MTN": "MNE",
    "ROM": "ROU",
    "TMP": "TLS",
    "WSB": "PSE",
    "GZS": "PSE",
    "BAG": "IRQ",
}

# Names that ICEWS uses and no other list has, or that it uses for one of two countries.
ICEWS_NAMES = {
    "Antarctica": "ATA",
    "Congo": "COG",
    "Cook Island": "COK",
    "Cocos Islands": "CCK",
    "Democratic Republic of Congo": "COD",
    "Democratic Republic of the Congo": "COD",
    "Falkland Islands": "FLK",
    "French Southern Territories": "ATF",
    "Gaza": "PSE",
    "Guinea Bissau": "GNB",
    "Madagaskar": "MDG",
    "Occupied Palestinian Territory": "PSE",
    "Reunion": "REU",
    "Saint Barthelemy": "BLM",
    "Serbia and Montenegro": "SCG",
    "Sint Maarten": "SXM",
    "Svalbard and Jan Mayen": "SJM",
    "Tanzania": "TZA",
    "Timor Leste": "TLS",
    "Timor-Leste": "TLS",
    "the former Yugoslav Republic of Macedonia": "MKD",
    "Macedonia": "MKD",
    "Macao": "MAC",
    "Holy See": "VAT",
    "Hong Kong": "HKG",
    "Micronesia": "FSM",
    "Palestine": "PSE",
    "Pitcairn": "PCN",
    "Republic of South Africa": "ZAF",
    "Russia": "RUS",
    "Saint Helena": "SHN",
    "Netherlands Antilles": "ANT",
    "Myanmar": "MMR",
    "Faeroe Islands": "FRO",
    "British Virgin Islands": "VGB",
    "Cote d'Ivoire": "CIV",
    "Kosovo": "XKX",
    "Saint Martin (French part)": "MAF",
    "Swaziland": "SWZ",
    "Turkey": "TUR",
    "Moldova, Republic of": "MDA",
    "Saint Vincent and the Grenadines": "VCT",
    "United States Virgin Islands": "VIR",
    "U.S. Virgin Islands": "VIR",
    "Wallis and Futuna Islands": "WLF",
    "Isle Of Man": "IMN",
    "United Republic Of Tanzania": "TZA",
    "Cape Verde": "CPV",
}

# Further names and old codes people type.
ALSO = {
    "KOR": "Republic of Korea|ROK|한국|남한|韓国|大韓民国|韓國",
    "PRK": "Democratic People's Republic of Korea|DPRK|북조선|조선민주주의인민공화국|朝鮮民主主義人民共和国",
    "CHN": "PRC|Mainland China|중화인민공화국|中華人民共和国|中华人民共和国",
    "JPN": "일본국|日本国",
    "USA": "America|United States of America|U.S.|U.S.A.|アメリカ|米国|美利坚合众国",
    "GBR": "UK|Great Britain|Britain|U.K.|英国",
    "RUS": "Russian Federation|러시아 연방|ロシア連邦|俄罗斯联邦",
    "TWN": "Chinese Taipei|Republic of China|타이완|臺灣",
    "HKG": "Hong Kong|홍콩|香港",
    "MAC": "Macau|Macao|마카오|マカオ|澳门|澳門",
    "PSE": "Palestine|State of Palestine|팔레스타인|パレスチナ|巴勒斯坦",
    "COD": "ZAR|DR Congo|Zaire|Congo, Dem. Rep.|DRC|コンゴ民主共和国",
    "COG": "Congo Republic|Republic of the Congo|Congo, Rep.|コンゴ共和国",
    "ROU": "ROM",
    "TLS": "TMP|East Timor",
    "MMR": "BUR|Burma|ミャンマー",
    "BFA": "HVO|Upper Volta",
    "BEN": "DHY|Dahomey",
    "XKX": "KSV|UNK",
    "ZWE": "RHO|Rhodesia|Southern Rhodesia",
    "MKD": "FYROM|Macedonia",
    "CZE": "Czech Republic",
    "LKA": "Ceylon",
    "CIV": "Ivory Coast",
    "SWZ": "Swaziland",
    "CPV": "Cape Verde",
    "TUR": "Turkey",
    "VNM": "Viet Nam",
    "DEU": "Federal Republic of Germany",
    "VAT": "Holy See|Vatican",
}


def iso_rows() -> dict[str, dict[str, object]]:
    """One row for every code of ISO 3166-1, and Kosovo under the code in common use, with names from CLDR."""
    locales = {lang: Locale.parse(lang).territories for lang in (*LANGS, "zh_Hant")}
    starts = dict(zip(*[iter(STARTS.split())] * 2, strict=True))
    entries = [(c.alpha_3, c.alpha_2, c) for c in pycountry.countries] + [("XKX", "XK", None)]
    rows: dict[str, dict[str, object]] = {}
    for iso3, iso2, entry in entries:
        also = {locales["zh_Hant"][iso2], *filter(None, ALSO.get(iso3, "").split("|"))}
        also |= {getattr(entry, a) for a in ("name", "common_name", "official_name") if hasattr(entry, a)}
        names = {lang: locales[lang][iso2] for lang in LANGS}
        rows[iso3] = dict.fromkeys(SINGLE, "") | {c: [] for c in MANY} | names
        rows[iso3] |= {"iso3": iso3, "iso2": iso2, "valid_from": starts.get(iso3, "")}
        rows[iso3]["also"] = sorted(also - set(names.values()))
    return rows


def past_rows() -> list[dict[str, object]]:
    """Codes of states that are no more, or that a state carried before a union, with their common names.

    CLDR does not reach back, so these rows are kept by hand.
    """
    with PAST.open(encoding="utf-8", newline="") as lines:
        return [row | {c: [] for c in MANY} for row in csv.DictReader(lines)]


def add_codes(rows: dict[str, dict[str, object]], lists: Path) -> None:
    """Correlates of War, Gleditsch-Ward, FIPS and CAMEO codes, from the published lists and the corrections above."""
    with (lists / "cow2iso.txt").open(encoding="utf-8", newline="") as lines:
        listed = [r for r in csv.DictReader(lines) if r["cow3"] and r["iso3"] in rows and not r["valid_until"]]
    cow = {r["iso3"]: (r["cow_id"], r["cow3"]) for r in listed if r["iso3"] != "ATA"} | COW_FIXES
    for iso3, (number, abbr) in cow.items():
        rows[iso3] |= {"cow": number, "cow_abbr": abbr, "gw": GW_DIFFERS.get(iso3, number)}
    places = json.loads((lists / "pygdelt_countries_fips_iso.json").read_text(encoding="utf-8"))
    for fips, place in sorted((places | {"GZ": {"iso3": "PSE"}, "RB": {"iso3": "SRB"}}).items()):
        rows[place["iso3"]]["fips"].append(fips)
    for line in (lists / "GDELT_CAMEO.country.txt").read_text(encoding="utf-8", errors="replace").splitlines()[1:]:
        code = line.split("\t")[0].strip()
        if code and code != "0" and code not in CAMEO_REGIONS:
            rows[CAMEO_DIFFERS.get(code, code)]["cameo"].append(code)
    for row in rows.values():  # GDELT files hold ROU and MNE beside the list's ROM and MTN
        if row["iso3"] not in row["cameo"] and not row["valid_to"]:
            row["cameo"].append(row["iso3"])


def add_icews(rows: dict[str, dict[str, object]], lists: Path) -> None:
    """Country names as ICEWS writes them; one that no name of ours matches stops the build."""
    ours = {str(n).casefold(): i for i, r in rows.items() for n in (r["en"], *r["also"])}
    text = (lists / "icews_countrynames_to_iso3_cow.txt").read_text(encoding="utf-8")
    listed = {line.split("\t")[0] for line in text.splitlines()} - {"NULL", ""}
    for name in sorted(listed | set(ICEWS_NAMES)):
        rows[ICEWS_NAMES.get(name) or ours[name.casefold()]]["icews"].append(name)


def main(lists: Path) -> None:
    """Write the table, sorted by code and date."""
    now, past = iso_rows(), past_rows()
    extra = {str(r["iso3"]): r for r in past if r["iso3"] not in now}
    everything = now | extra
    add_codes(everything, lists)
    add_icews(everything, lists)
    rows = [*everything.values(), *(r for r in past if r["iso3"] in now)]
    rows.sort(key=lambda r: (r["iso3"], r["valid_to"] or "9999"))
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: "|".join(v) if isinstance(v, list) else v for k, v in r.items()} for r in rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
