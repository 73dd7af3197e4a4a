"""The one list of sectors, and what the types and sector names of the sources mean in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

__all__ = ["CAMEO_TYPES", "SECTORS", "joined", "named"]

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


# First match wins. A sector that says who somebody is by creed, people, region or ideology is no sector here.
_NAMES = (
    (r"judicial$|court$|tribunal", "judiciary"),
    (r"legislative|house$|unicameral", "legislature"),
    (r"IGOs?$|international government", "other"),
    (r"NGOs?$|nongovernmental|activists|^education$|^labor$|^legal$|^medical / health$", "civil society"),
    (r"\bpart(y|ies)\b", "party"),
    (r"ministry$|^government$|^executive|^cabinet$|^provincial$|^municipal$|^local$", "government"),
    (r"military|^army|^navy|^air force|^marines$|^coast guard$", "military"),
    (r"^police$", "police"),
    (r"media|news$|entertainment$", "media"),
    (r"business|MNCs$|multinational|state.owned|^agricultural$", "business"),
    (r"general population|protestors|^student$|refugees|^exiles$", "public"),
    (r"insurgents|rebel|criminals|forces$|dissident|radicals|separatists|terrorists|violent", "other"),
)
_RULES = tuple((re.compile(pattern, re.IGNORECASE), sector) for pattern, sector in _NAMES)


@cache
def named(name: str) -> str | None:
    """The sector that a sector's English name means, as ICEWS and POLECAT write it; None when none of ours fits.

    >>> named("Foreign Ministry"), named("Center Right")
    ('government', None)
    """
    return next((sector for rule, sector in _RULES if rule.search(name.strip())), None)
