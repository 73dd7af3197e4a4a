"""Where figures from the tables of facts come from: the sources that their rows name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import visavis
from visavis.finding import Provenance
from visavis.findings._view import View

__all__ = ["cited"]

_CALLED = {"polls": "published polls", "mechanisms": "agreements and dialogues", "indicators": "indicators",
           "pair_years": "yearly figures of pairs"}  # fmt: skip
_DATES = ("as_of", "end", "start", "date", "year")


def cited(view: View, name: str, **parameters: object) -> Provenance:
    """Provenance of findings that rest on one table of facts: all its rows on the pair, the same for every finding.

    Args:
        view: the pair.
        name: ``polls``, ``mechanisms``, ``indicators`` or ``pair_years``.
        **parameters: settings that shaped the result.
    """
    rows = [row for row in view.tables.facts(name) if _concerns(row, {view.a, view.b})]
    last = max((str(row[c]) for row in rows for c in _DATES if row.get(c)), default="")
    return Provenance(
        source=_CALLED[name],
        streams=(name,) if rows else (),
        version=view.tables.version,
        files=(),
        licence="figures and dates quoted from the sources named",
        citation="; ".join(sorted({str(row["source"]) for row in rows})),
        as_of=last or view.tables.as_of,
        rows_read=len(rows),
        rows_refused=0,
        parameters={k: str(v) for k, v in parameters.items()},
        visavis=visavis.__version__,
    )


def _concerns(row: Mapping[str, Any], pair: set[str]) -> bool:
    """Both are parties, or one of them was asked or measured."""
    return pair <= set(row["parties"].split(";")) if "parties" in row else row["country"] in pair
