"""What a country did: one mapping from CAMEO and PLOVER codes, used for every source.

Sources disagree on the quad class of a root (the same rally is verbal conflict in one file and material conflict in
another) and on a few scores. Here both are worked out anew from the code, whatever the source says; see ADR 0001.

A *means* is what a side reaches for, from dialogue to violence. Statements (root 01) are no means.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = [
    "CONFLICT_ROOTS",
    "COOPERATION_ROOTS",
    "DIALOGUE",
    "MEANS",
    "PLOVER_ROOTS",
    "PRESSURE",
    "QUADS",
    "ROOTS",
    "Action",
    "goldstein",
    "is_conflict",
    "is_cooperation",
    "label",
    "means",
    "normalise",
    "plover",
    "plover_root",
    "quad",
    "restore_zero",
    "root",
]

ROOTS = {
    "01": "Make public statement",
    "02": "Appeal",
    "03": "Express intent to cooperate",
    "04": "Consult",
    "05": "Engage in diplomatic cooperation",
    "06": "Engage in material cooperation",
    "07": "Provide aid",
    "08": "Yield",
    "09": "Investigate",
    "10": "Demand",
    "11": "Disapprove",
    "12": "Reject",
    "13": "Threaten",
    "14": "Protest",
    "15": "Exhibit force posture",
    "16": "Reduce relations",
    "17": "Coerce",
    "18": "Assault",
    "19": "Fight",
    "20": "Use unconventional mass violence",
}
"""The twenty roots of CAMEO, in order."""

CONFLICT_ROOTS = tuple(r for r in ROOTS if r >= "10")
COOPERATION_ROOTS = tuple(r for r in ROOTS if "03" <= r <= "08")

QUADS = ("verbal cooperation", "material cooperation", "verbal conflict", "material conflict")

MEANS = (
    "dialogue",
    "cooperation",
    "aid",
    "appeal",
    "demand",
    "disapproval",
    "rejection",
    "threat",
    "protest",
    "force posture",
    "reduced relations",
    "coercion",
    "violence",
)
"""Means, ordered from dialogue to violence."""

DIALOGUE = ("dialogue", "cooperation", "aid", "appeal")
PRESSURE = tuple(m for m in MEANS if m not in DIALOGUE)

_MEANS_OF_ROOT = {
    "02": "appeal",
    "03": "cooperation",
    "04": "dialogue",
    "05": "cooperation",
    "06": "cooperation",
    "07": "aid",
    "08": "cooperation",
    "09": "disapproval",
    "10": "demand",
    "11": "disapproval",
    "12": "rejection",
    "13": "threat",
    "14": "protest",
    "15": "force posture",
    "16": "reduced relations",
    "17": "coercion",
    "18": "violence",
    "19": "violence",
    "20": "violence",
}

PLOVER_ROOTS = {
    "AGREE": "03",
    "CONSULT": "04",
    "SUPPORT": "05",
    "COOPERATE": "06",
    "AID": "07",
    "CONCEDE": "08",
    "RETREAT": "08",
    "REQUEST": "10",
    "ACCUSE": "11",
    "REJECT": "12",
    "THREATEN": "13",
    "PROTEST": "14",
    "MOBILIZE": "15",
    "SANCTION": "16",
    "COERCE": "17",
    "ASSAULT": "18",
}
"""The sixteen types of PLOVER, each with the root that stands for it when no mode says more."""

_ROOT_OF_MODE = {
    ("ACCUSE", "investigate"): "09",
    ("ASSAULT", "firearms"): "19",
    ("ASSAULT", "heavy-weapons"): "19",
    ("ASSAULT", "cleansing"): "20",
    ("ASSAULT", "massacre"): "20",
    ("ASSAULT", "unconventional"): "20",
}


@dataclass(frozen=True, slots=True)
class Action:
    """One CAMEO code of the table: its score on Goldstein's scale (-10 to +10), PLOVER type and short name."""

    code: str
    goldstein: float
    plover: str | None
    name: str


@cache
def _table() -> dict[str, Action]:
    lines = (files("visavis") / "names" / "actions.csv").read_text(encoding="utf-8").splitlines()
    return {
        row["code"]: Action(row["code"], float(row["goldstein"]), row["plover"] or None, row["name"])
        for row in csv.DictReader(lines)
    }


def normalise(code: str) -> str | None:
    """The code as CAMEO writes it, or None when it is none: two to four digits that begin with a root.

    No zero is added, for "10" and "010" are both codes; see :func:`restore_zero`. A detail that the table does not
    hold ("176") is kept: code lists grow, and it is scored as the code above it.

    >>> normalise(" 0211 "), normalise("176"), normalise("211"), normalise("---")
    ('0211', '176', None, None)
    """
    text = code.strip()
    known = 2 <= len(text) <= 4 and text.isascii() and text.isdecimal() and text[:2] in ROOTS
    return text if known else None


def restore_zero(code: str, root: str | None) -> str:
    """Give back the leading zero that a spreadsheet took, for sources known to have lost it.

    With the row's own ``root`` ("1" or "01") the answer is sure: "10" of root 1 is "010", "100" of root 10 stays.
    Without it a zero is added only where the text begins with no root; "10" stays as it is.

    >>> restore_zero("10", "1"), restore_zero("100", "10"), restore_zero("36", None), restore_zero("10", None)
    ('010', '100', '036', '10')
    """
    text = code.strip()
    longer = "0" + text
    if root is None:
        return longer if text[:2] not in ROOTS and longer[:2] in ROOTS else text
    wanted = root.strip().zfill(2)
    return longer if not text.startswith(wanted) and longer.startswith(wanted) else text


def root(code: str) -> str:
    """The root of a code: its first two digits.

    >>> root("0211")
    '02'
    """
    return code[:2]


def quad(root: str) -> str:
    """The quad class of a root, by this one mapping whatever the source says: 01-05, 06-09, 10-14, 15-20.

    >>> quad("04"), quad("14"), quad("16")
    ('verbal cooperation', 'verbal conflict', 'material conflict')
    """
    return QUADS[(root > "05") + (root > "09") + (root > "14")]


def _nearest(code: str) -> Action:
    """The code itself or, where the table does not hold it, the nearest code above it, at last its root."""
    table = _table()
    return next(table[code[:length]] for length in range(len(code), 1, -1) if code[:length] in table)


def goldstein(code: str) -> float:
    """The code's score on Goldstein's scale of conflict and cooperation, -10 to +10.

    A code that the table does not hold takes the score of the code above it. Never sum these over a month: a sum
    follows the volume of news. Source: Goldstein (1992), J. Conflict Resolution 36(2), as adapted for CAMEO codes.

    >>> goldstein("163"), goldstein("16"), goldstein("176")
    (-8.0, -4.0, -7.0)
    """
    return _nearest(code).goldstein


def plover(code: str) -> str | None:
    """The PLOVER type of a CAMEO code, one of sixteen; None for roots 01 and 02, which PLOVER drops.

    Source: the conversion table of PLOVER's authors (CAMEO2PLOVER, 17 September 2021).

    >>> plover("163"), plover("160"), plover("091"), plover("02")
    ('COERCE', 'SANCTION', 'ACCUSE', None)
    """
    return _nearest(code).plover


def label(code: str) -> str:
    """The short English name of a code, or of the code above it.

    >>> label("046")
    'Engage in negotiation'
    """
    return _nearest(code).name


def plover_root(event_type: str, mode: str = "") -> str | None:
    """The CAMEO root that stands for a PLOVER type and mode; None for a type that PLOVER does not have.

    >>> plover_root("CONSULT"), plover_root("ACCUSE", "investigate"), plover_root("ASSAULT", "heavy-weapons")
    ('04', '09', '19')
    """
    kind = event_type.strip().upper()
    return _ROOT_OF_MODE.get((kind, mode.strip().lower()), PLOVER_ROOTS.get(kind))


def means(root: str) -> str | None:
    """What the acting side reached for, one of :data:`MEANS`; None for a statement (root 01).

    >>> means("04"), means("16"), means("01")
    ('dialogue', 'reduced relations', None)
    """
    return _MEANS_OF_ROOT.get(root)


def is_conflict(root: str) -> bool:
    """Whether acts of this root count as conflictual: 10 to 20.

    >>> is_conflict("11"), is_conflict("09")
    (True, False)
    """
    return root >= "10"


def is_cooperation(root: str) -> bool:
    """Whether acts of this root count as cooperative: 03 to 08, not statements, appeals or inquiries.

    >>> is_cooperation("04"), is_cooperation("02")
    (True, False)
    """
    return "03" <= root <= "08"
