"""Seeded makers of small data: ICEWS files as they come, and tables as measures read them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from visavis.schema import TABLES, Table
from visavis.schema_votes import VOTES
from visavis.sources.icews import COLUMNS

NAMES = {"KOR": "South Korea", "JPN": "Japan", "CHN": "China", "PRK": "North Korea", "USA": "United States"}
COUNTRIES = ("CHN", "JPN", "KOR", "PRK", "USA")
CODES = ("010", "036", "042", "0841", "111", "112", "138", "175", "190")
SECTORS = ("", "Government", "Military", "Government,Executive", "Business", "Legislative / Parliamentary,Parties")
PUBLISHERS = ("Yonhap News Agency", "Kyodo News", "Xinhua News Agency", "The Daily of Nowhere", "")


def icews_rows(seed: int, day: dt.date, n: int) -> list[dict[str, str]]:
    """``n`` rows of one day: repeats of an act, shared stories, rows without a country, and a few bad ones."""
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        source, target = rng.choices(list(NAMES.values()), k=2)
        rows.append(
            {
                "Event ID": str(seed * 100_000 + i),
                "Event Date": str(day - dt.timedelta(days=rng.choice((0, 0, 0, 1, 3)))),
                "Source Name": f"Citizen ({source})",
                "Source Sectors": rng.choice(SECTORS),
                "Source Country": rng.choice((source, source, source, "")),
                "Event Text": "Consult",
                "CAMEO Code": rng.choice((*CODES, *CODES, "999")),
                "Intensity": "1.0",
                "Target Name": f"Police ({target})",
                "Target Sectors": rng.choice(SECTORS),
                "Target Country": target,
                "Story ID": rng.choice(("", str(seed % 7 * 1000 + rng.randrange(n)))),
                "Sentence Number": "1",
                "Publisher": rng.choice(PUBLISHERS),
            }
        )
    return rows


def icews_bytes(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Rows as an ICEWS file: header, tabs, columns not given left blank."""
    lines = ["\t".join(COLUMNS), *("\t".join(row.get(c, "") for c in COLUMNS) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def icews_files(
    folder: Path, *, days: int, rows: int, seed: int = 1, first: dt.date = dt.date(2019, 1, 25)
) -> list[Path]:
    """Daily files in ``folder``; each fourth one repeats rows of the day before, some of them changed."""
    folder.mkdir(parents=True, exist_ok=True)
    rng, paths, before = random.Random(seed), [], list[dict[str, str]]()
    for i in range(days):
        day = first + dt.timedelta(days=i)
        made = icews_rows(seed * 1000 + i, day, rows)
        if i % 4 == 3:
            again = rng.sample(before, min(len(before), max(1, rows // 5)))
            made += [{**row, **rng.choice(CHANGES)} for row in again]
        path = folder / f"{day:%Y%m%d}-icews-events.tab"
        path.write_bytes(icews_bytes(made))
        paths.append(path)
        before = made
    return paths


CHANGES: tuple[dict[str, str], ...] = (
    {},
    {"CAMEO Code": "190"},
    {"Publisher": "Kyodo News", "Story ID": ""},
    {"Source Sectors": "Military"},
    {"Target Country": "China"},
)


def measured(seed: int = 1, months: int = 14) -> dict[str, pa.Table]:
    """The tables that measures read, by name: two streams, some months empty, counts past 32 bits, NULL-free."""
    rng = random.Random(seed)
    periods = [f"{2018 + i // 12}-{i % 12 + 1:02}" for i in range(months) if i % 5 != 2]
    roots = [f"{r:02}" for r in range(1, 21)]
    rows: dict[str, list[dict[str, Any]]] = {"reports": [], "acts": [], "stories": [], "totals": []}
    for stream in ("icews", "gdelt2"):
        for period in periods:
            _period(rng, rows, {"stream": stream, "period": period}, roots)
    return {name: _unique(found, TABLES[name]) for name, found in rows.items()} | roll_call_votes(seed)


def roll_call_votes(
    seed: int = 1, sessions: Sequence[int] = (70, 71, 73), calls: int = 30, countries: Sequence[str] = COUNTRIES
) -> dict[str, pa.Table]:
    """Ballots and roll calls: some unanimous, some repeated, some without a label; some absent, some with no entry."""
    rng = random.Random(seed)
    stand = {c: i / (len(countries) - 1) for i, c in enumerate(countries)}
    ballots: list[dict[str, Any]] = []
    held: list[dict[str, Any]] = []
    for session in sessions:
        for i in range(calls):
            line, name = rng.uniform(-0.4, 1), f"{session}-{i}"
            issues = rng.choice(("", "nu", "di|nu", "hr"))
            held.append({"roll_call": name, "session": session, "item": f"R{i % 20}", "issues": issues, "withheld": ""})
            for k, (country, place) in enumerate(stand.items()):
                lean = place - line + rng.gauss(0, 0.2)
                vote = "yes" if line < -0.3 or lean > 0.1 else "no" if lean < -0.1 else "abstain"
                vote = "absent" if rng.random() < 0.08 else vote
                if rng.random() > 0.04:
                    ballots.append({"roll_call": name, "country": country, "seat": k, "vote": vote})
    made = {"ballots": ballots, "roll_calls": held}
    return {name: pa.Table.from_pylist(rows, VOTES[name].arrow) for name, rows in made.items()}


def _period(rng: random.Random, rows: dict[str, list[dict[str, Any]]], at: dict[str, str], roots: list[str]) -> None:
    for source, target in (("KOR", "JPN"), ("JPN", "KOR"), ("CHN", "KOR")):
        for root in rng.sample(roots, 4):
            side = {**at, "source": source, "target": target, "root": root}
            sectors = {"source_sectors": rng.choice(("", "government", "government|military")), "target_sectors": ""}
            acts = rng.choice((1, 2, 3, 40))
            told = rng.choice(("", "KOR", "JPN"))
            rows["acts"].append({**side, **sectors, "tellers": told, "mirrored": acts == 2, "acts": acts})
            rows["reports"].append({**side, **sectors, "told_by": told, "reports": acts + rng.randrange(4)})
    a, b = "JPN", "KOR"
    story = {**at, "a": a, "b": b, "directions": rng.choice(("ab", "ab|ba")), "roots": "04", "told_by": ""}
    rows["stories"].append({**story, "stories": rng.randrange(1, 9)})
    for root in roots:
        volume = rng.randrange(1, 3_000_000_000)
        rows["totals"].append({**at, "source": "*", "root": root, "reports": volume * 2, "acts": volume})


def _unique(rows: list[dict[str, Any]], table: Table) -> pa.Table:
    found = {tuple(row[k] for k in table.key): row for row in rows}
    return pa.Table.from_pylist(list(found.values()), table.arrow)
