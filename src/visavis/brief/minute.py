"""What a reader with one minute is told: at most five sentences, by how certain and how informative they are."""

from __future__ import annotations

from collections.abc import Sequence

from visavis.finding import Finding, Verdict

__all__ = ["LEAD", "MOST", "PRINTED", "leading", "minute"]

MOST = 5
"""Sentences on the first page."""

LEAD = 3
"""Findings of a chapter that stand open; the others are folded away beneath them."""

PRINTED = 2
"""Findings of a chapter that are printed, and one figure: the brief prints to at most eight pages."""


def minute(findings: Sequence[Finding]) -> list[int]:
    """Indices of the findings for the first page, in the order given.

    How old the record is comes first (keys that end in ``.age``). Then the findings that ask for a place: decided
    claims before what was counted, that before what is undecided, and that before what is not known; within each the
    one that would be the more surprising if there were nothing (``Finding.bits``). What is said of both countries goes
    before what is said of one of them, and no chapter has a second sentence before every other had its first.

    Args:
        findings: of all chapters, in order.
    """
    age = [i for i, f in enumerate(findings) if f.headline and _is_age(f)][:1]
    asked = sorted(
        (i for i, f in enumerate(findings) if f.headline and not _is_age(f)), key=lambda i: _rank(findings[i])
    )
    turn: dict[int, int] = {}
    for i in asked:
        turn[i] = sum(findings[j].chapter == findings[i].chapter for j in turn)
    chosen = sorted(asked, key=lambda i: (_rank(findings[i])[0] > 1, turn[i], _rank(findings[i])))
    return age + sorted(chosen[: MOST - len(age)])


def leading(findings: Sequence[Finding]) -> list[int]:
    """Indices of a chapter's findings that stand open, the weightiest first.

    The first of those that ask for a place on the first page, as they are ranked there, the first that has a chart, the
    others that ask, then the first ones: ``LEAD`` of them.
    """
    asked = sorted((i for i, f in enumerate(findings) if f.headline), key=lambda i: _first_page(findings[i]))
    pictured = [i for i, f in enumerate(findings) if f.charts][:1]
    wanted = dict.fromkeys([*asked[:1], *pictured, *asked, *range(len(findings))])
    return list(wanted)[:LEAD]


def _first_page(finding: Finding) -> tuple[bool, tuple[int, bool, float]]:
    return not _is_age(finding), _rank(finding)


def _is_age(finding: Finding) -> bool:
    return finding.message.key.endswith(".age")


def _rank(finding: Finding) -> tuple[int, bool, float]:
    kinds = {Verdict.HOLDS: 0, Verdict.DOES_NOT_HOLD: 0, Verdict.UNDECIDED: 2, Verdict.NO_DATA: 3}
    kind = kinds[finding.verdict] if finding.claim or finding.verdict is Verdict.NO_DATA else 1
    return kind, bool(finding.actor), -finding.bits
