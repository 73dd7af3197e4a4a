"""visavis: two countries, one record, read from both sides.

>>> import visavis as vv
>>> pair = vv.open_record().pair("KOR", "JPN")
>>> len(pair.history()) > 0
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from visavis.errors import VisavisError
    from visavis.finding import Evidence, Finding, Message, Number, Provenance, Term, Verdict
    from visavis.measures import measure
    from visavis.models.ideal_points import IdealPoints, ideal_points
    from visavis.pair import Findings, Pair
    from visavis.record import Record, open_record, shipped_packs

__version__ = "0.1.0"

__all__ = [
    "Evidence",
    "Finding",
    "Findings",
    "IdealPoints",
    "Message",
    "Number",
    "Pair",
    "Provenance",
    "Record",
    "Term",
    "Verdict",
    "VisavisError",
    "__version__",
    "ideal_points",
    "measure",
    "open_record",
    "shipped_packs",
]

# Loaded when first used: the command line's help and `import visavis` stay quick.
_HOMES = {
    "errors": ("VisavisError",),
    "finding": ("Evidence", "Finding", "Message", "Number", "Provenance", "Term", "Verdict"),
    "measures": ("measure",),
    "models.ideal_points": ("IdealPoints", "ideal_points"),
    "pair": ("Findings", "Pair"),
    "record": ("Record", "open_record", "shipped_packs"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'visavis' has no attribute {name!r}")
    return getattr(import_module(f"visavis.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
