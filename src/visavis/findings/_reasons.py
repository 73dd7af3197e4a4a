"""Can each side state the other's reason so that the other would sign it?"""

from __future__ import annotations

import numpy as np

from visavis.asked import Reason
from visavis.finding import Finding, Message, Number, Term, Verdict
from visavis.findings._sheet import Sheet, wording
from visavis.models.replicates import jackknife, vary

__all__ = ["reasons"]

_FEWEST = 5  # ratings of a text, below which its mean is not shown
_SIGNED = 6  # of 10: from here on a text is signed rather than not


def reasons(sheet: Sheet) -> list[Finding]:
    """For each side: how far people would sign the reason that the other side wrote for them, beside their own."""
    findings = []
    for side, other in zip(sheet.sides, reversed(sheet.sides), strict=True):
        texts = [reason for reason in sheet.asked.reasons if reason.about == other]
        theirs = [reason for reason in texts if reason.side == side and len(reason.ratings) >= _FEWEST]
        own = [reason for reason in texts if reason.side == other and len(reason.ratings) >= _FEWEST]
        terms = {"source": Term("country", side), "target": Term("country", other)}
        if not theirs:
            if any(reason.side == side for reason in texts):
                findings.append(_unrated(sheet, side, terms))
            continue
        signed = _mean(theirs)
        numbers = {"signed": signed, "texts": Number(len(theirs), "texts")}
        if own:
            numbers["own"] = _mean(own)
        clear = signed.low is not None and (signed.low > _SIGNED - 1 or (signed.high or 10) < _SIGNED - 1)
        holds = clear and signed.value is not None and signed.value >= _SIGNED - 1
        findings.append(
            Finding(
                id=f"understanding.reasons.{sheet.name}.{side}",
                chapter="understanding",
                message=Message("understanding.reasons" if own else "understanding.reasons.alone", numbers, terms),
                verdict=(Verdict.HOLDS if holds else Verdict.DOES_NOT_HOLD) if clear else Verdict.UNDECIDED,
                provenance=sheet.provenance(),
                details=tuple(_text(sheet, reason, terms) for reason in theirs) if sheet.consented(side) else (),
                caveats=(Message("understanding.reasons.blind"),),
                actor=side,
                group=f"reasons.{sheet.name}",
            )
        )
    return findings


def _unrated(sheet: Sheet, side: str, terms: dict[str, Term]) -> Finding:
    return Finding(
        id=f"understanding.reasons.{sheet.name}.{side}",
        chapter="understanding",
        message=Message("understanding.reasons.unrated", terms=terms),
        verdict=Verdict.NO_DATA,
        provenance=sheet.provenance(),
        actor=side,
        group=f"reasons.{sheet.name}",
    )


def _mean(texts: list[Reason]) -> Number:
    """Mean of the texts' mean ratings; texts are the sample, as a rater's mood is common to all of them."""
    means = np.array([np.mean(reason.ratings) for reason in texts])
    n = sum(len(reason.ratings) for reason in texts)
    if len(means) < 2:
        return Number(float(means[0]), "of 10", n=n)
    varied = vary(lambda w: np.array([w @ means / w.sum()]), jackknife(len(means)))
    low, high = varied.interval(0.95)
    return Number(float(varied.value[0]), "of 10", max(0.0, float(low[0])), min(10.0, float(high[0])), n, 0.95)


def _text(sheet: Sheet, reason: Reason, terms: dict[str, Term]) -> Message:
    numbers = {"rating": Number(float(np.mean(reason.ratings)), "of 10", n=len(reason.ratings))}
    item = wording(sheet.asked.questionnaire.item(reason.item))
    return Message("understanding.reason", numbers, {**terms, "item": item, "text": Term("outside", reason.text)})
