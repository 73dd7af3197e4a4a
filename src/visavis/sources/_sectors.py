"""The one list of sectors, and what CAMEO actor types mean in it."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["CAMEO_TYPES", "SECTORS", "joined"]

SECTORS = (
    "business", "civil society", "government", "judiciary", "legislature", "media", "military", "other", "party",
    "police", "public",
)  # fmt: skip
"""Sectors of both sides, in every source. A side whose sector is unknown has none: an empty set."""

CAMEO_TYPES = {
    "GOV": "government", "SPY": "government",
    "MIL": "military",
    "LEG": "legislature",
    "PTY": "party", "OPP": "party",
    "JUD": "judiciary",
    "COP": "police",
    "MED": "media",
    "BUS": "business", "MNC": "business", "AGR": "business",
    "NGO": "civil society", "NGM": "civil society", "EDU": "civil society", "LAB": "civil society",
    "HLH": "civil society", "ENV": "civil society", "DEV": "civil society", "HRI": "civil society",
    "CVL": "public", "REF": "public", "SET": "public",
    "CRM": "other", "ELI": "other", "IGO": "other", "IMG": "other", "INS": "other", "INT": "other", "MOD": "other",
    "RAD": "other", "REB": "other", "SEP": "other", "UAF": "other", "UIS": "other",
}  # fmt: skip
"""CAMEO actor types. Source: CAMEO.type.txt of the GDELT project; the choice of sector is ours (docs/sources.md)."""


def joined(found: Iterable[str | None]) -> str:
    """Sectors as the tables hold them: a sorted set joined by ``|``; empty when none is known.

    >>> joined(["military", None, "government", "military"])
    'government|military'
    """
    return "|".join(sorted({s for s in found if s}))
