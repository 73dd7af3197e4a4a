"""A made-up record in which countries stand somewhere in an assembly, year by year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from visavis.schema_votes import ASSEMBLY
from visavis.store.tables import Tables


def with_assembly(
    tables: Tables, *, members: int = 40, sessions: int = 75, persistence: float = 0.97, seed: int = 1
) -> Tables:
    """The same tables with positions of Japan, South Korea and made-up members, which drift."""
    rng = np.random.default_rng(seed)
    names = ["JPN", "KOR", *(f"X{i:02d}" for i in range(members - 2))]
    place = rng.standard_normal(members)
    rows = []
    for session in range(1, sessions + 1):
        place = persistence * place + np.sqrt(1 - persistence**2) * rng.standard_normal(members)
        rows += [
            {"session": session, "member": name, "position": float(x)} for name, x in zip(names, place, strict=True)
        ]
    table, read = pa.Table.from_pylist(rows, ASSEMBLY.arrow), tables.read
    return replace(tables, read=lambda file: table if file == "assembly.parquet" else read(file), _kept={})
