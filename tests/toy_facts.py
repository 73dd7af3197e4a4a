"""Made-up facts beside a made-up record: mechanisms with their spells, indicators by year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from visavis.models.survival import Spells
from visavis.schema import FACTS
from visavis.store.tables import Tables

SEEN = "2025-06-30"
_ENDINGS = ("running", "terminated", "expired", "replaced")


def with_facts(tables: Tables, **facts: Sequence[Mapping[str, Any]]) -> Tables:
    """The same tables with other rows of facts: ``with_facts(tables, mechanisms=[...])``."""
    made = {f"{name}.parquet": pa.Table.from_pylist(list(rows), FACTS[name].arrow) for name, rows in facts.items()}
    read = tables.read
    return replace(tables, read=lambda file: made[file] if file in made else read(file), _kept={})


def spell(name: str, start: str, end: str = "", end_type: str = "", **other: Any) -> dict[str, Any]:
    """One row of mechanisms; it runs where no end is given."""
    ending = end_type or ("terminated" if end else "running")
    row = {"id": name, "spell": 1, "name": f"Talks {name}", "parties": "JPN;KOR", "domain": "security"}
    row |= {"start": start, "end": end, "end_type": ending, "as_of": SEEN if ending == "running" else ""}
    return {**row, "source": "a paper", "verified": "verified", **other}


def mechanism_rows(spells: Spells, *, closes: str = SEEN) -> list[dict[str, Any]]:
    """Rows of mechanisms that had run, at the day when observation closes or at their end, as long as given spells."""
    last, rng = dt.date.fromisoformat(closes), np.random.default_rng(5)
    rows = []
    for i, (leaving, cause) in enumerate(zip(spells.exit, spells.cause, strict=True)):
        end = last if cause == 0 else last - dt.timedelta(days=int(rng.integers(1, 9000)))
        start = end - dt.timedelta(days=max(1, round(leaving * 365.25)))
        ending = _ENDINGS[cause]
        rows.append(spell(f"M{i:03d}", str(start), "" if cause == 0 else str(end), ending))
    return rows


def indicator_rows(
    name: str, unit: str, values: Mapping[str, float], years: Sequence[int] = tuple(range(2000, 2024))
) -> list[dict[str, Any]]:
    """The same value of an indicator in every year, by country."""
    return [
        {
            "country": c,
            "year": y,
            "indicator": name,
            "value": v,
            "unit": unit,
            "source": "a bank",
            "verified": "verified",
        }
        for c, v in values.items()
        for y in years
    ]
