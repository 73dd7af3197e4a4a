"""Figures of polls against each other: answers that add up to too much, and figures that sources print differently."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["differing", "too_much"]

MANY_ANSWERS = frozenset({"reason"})
"""Kinds of question to which a person may give more than one answer, so that shares may add up to more than 100."""

_QUESTION = ("series", "wave", "date", "country", "about", "issue", "item")


def too_much(rows: Iterable[tuple[int, Mapping[str, str]]]) -> list[str]:
    """Faults, each with its line: questions whose answers add up to more than 100 percent, rounding allowed for.

    Of figures that differ for one answer the smallest counts.

    Args:
        rows: rows of a file without faults of their own, each with its line.

    Example:
        >>> row = {"kind": "impression", "item": "view", "unit": "percent", "country": "KOR", "date": "2019"}
        >>> row |= {"series": "A poll", "wave": "", "about": "JPN", "issue": ""}
        >>> too_much([(2, row | {"response": "good", "value": "60"}), (3, row | {"response": "bad", "value": "50"})])
        ["line 3: the answers to 'view' (A poll, 2019, KOR) add up to 110; if people gave several, kind is 'reason'"]
    """
    asked: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    last: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        if row["unit"] == "percent" and row["kind"] not in MANY_ANSWERS:
            key, value = tuple(row[c] for c in _QUESTION), float(row["value"])
            asked[key][row["response"]] = min(value, asked[key].get(row["response"], value))
            last[key] = line
    return [
        f"line {last[key]}: the answers to {key[-1]!r} ({key[0]}, {key[2]}, {key[3]}) add up to {sum(of.values()):g}; "
        "if people gave several, kind is 'reason'"
        for key, of in asked.items()
        if sum(of.values()) > 100 + 0.5 * len(of)
    ]


def differing(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Sentences, one for each answer of one wave of which the rows give different figures. All are kept.

    Args:
        rows: rows of the table ``polls``.
    """
    printed: dict[tuple[str, ...], dict[float, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        key = tuple(str(row[c]) for c in ("series", "date", "country", "item", "response", "about", "issue", "unit"))
        printed[key][float(row["value"])].append(str(row["id"]))
    return [
        f"{key[0]}, {key[1]}, {key[2]}, {key[3]!r}, {key[4]!r}: "
        + " and ".join(f"{value:g} ({', '.join(ids)})" for value, ids in figures.items())
        + "; all are kept"
        for key, figures in printed.items()
        if len(figures) > 1
    ]
