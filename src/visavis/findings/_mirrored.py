"""What each side's picture of the other follows: the other's answers, its own side's mean, or each one's own view."""

from __future__ import annotations

import math

from visavis.finding import Finding, Message, Number, Term, Verdict
from visavis.findings._sheet import Sheet
from visavis.models._perception import Figure
from visavis.models.truth_mirror import Ratio, Refused, TruthMirror, differential_accuracy, truth_mirror

__all__ = ["mirrored"]

_REASONS = {"few items": "few_items", "few people": "few_people", "alike": "alike", "collinear": "collinear"}


def mirrored(sheet: Sheet) -> list[Finding]:
    """For each side: how far its estimates follow the truth, and how far they mirror itself."""
    findings = []
    for side, other in zip(sheet.sides, reversed(sheet.sides), strict=True):
        terms = {"source": Term("country", side), "target": Term("country", other)}
        found = truth_mirror(sheet.directed_side(side), sheet.directed_side(other))
        if isinstance(found, Refused):
            message, details = _refused(found, terms), []
            verdict = Verdict.NO_DATA
        else:
            message, details = _weights(found, terms), _details(sheet, side, other, found, terms)
            ends = found.mirror.estimate()
            clear = ends.low > 0 or ends.high < 0
            verdict = (Verdict.HOLDS if ends.low > 0 else Verdict.DOES_NOT_HOLD) if clear else Verdict.UNDECIDED
        findings.append(
            Finding(
                id=f"understanding.mirror.{sheet.name}.{side}",
                chapter="understanding",
                message=message,
                verdict=verdict,
                provenance=sheet.provenance(),
                details=tuple(details),
                caveats=() if isinstance(found, Refused) else (Message("understanding.mirror.rule"),),
                actor=side,
                group=f"mirror.{sheet.name}",
            )
        )
    return findings


def _weight(figure: Figure) -> Number:
    ends = figure.estimate()
    return Number(ends.value, "weight", ends.low, ends.high, ends.n, ends.level)


def _weights(found: TruthMirror, terms: dict[str, Term]) -> Message:
    numbers = {"truth": _weight(found.truth), "mirror": _weight(found.mirror), "items": Number(found.items, "items")}
    return Message("understanding.mirror", numbers, terms)


def _details(sheet: Sheet, side: str, other: str, found: TruthMirror, terms: dict[str, Term]) -> list[Message]:
    details = [
        Message("understanding.projection", {"projection": _weight(found.projection)}, terms),
        _ratio(found.ratio, terms),
    ]
    knows = differential_accuracy(sheet.directed_side(side), sheet.directed_side(other))
    if not isinstance(knows, Refused):
        ends = knows.estimate()
        number = Number(ends.value, "correlation", max(-1.0, ends.low), min(1.0, ends.high), ends.n, ends.level)
        vague = ends.low <= -1 and ends.high >= 1
        key = "understanding.knows_where.vague" if vague else "understanding.knows_where"
        details.append(Message(key, {} if vague else {"correlation": number}, terms))
    details.append(Message("understanding.condition", {"condition": Number(found.condition, "ratio")}, terms))
    return details


def _ratio(ratio: Ratio, terms: dict[str, Term]) -> Message:
    """The share of the mirror, only with its Fieller interval, which may have no bounds."""
    if ratio.value is None or ratio.kind == "everything":
        return Message("understanding.ratio.everything", terms=terms)
    if ratio.kind == "outside":
        numbers = {"low": Number(ratio.low, "ratio"), "high": Number(ratio.high, "ratio")}
        return Message("understanding.ratio.outside", numbers, terms)
    return Message(
        "understanding.ratio", {"ratio": Number(ratio.value, "ratio", ratio.low, ratio.high, None, ratio.level)}, terms
    )


def _refused(found: Refused, terms: dict[str, Term]) -> Message:
    numbers = {"found": Number(found.found if math.isfinite(found.found) else None, "ratio")}
    return Message(f"understanding.mirror.{_REASONS[found.reason]}", numbers, terms)
