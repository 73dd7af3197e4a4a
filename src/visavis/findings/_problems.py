"""Same problem, different answer? Pairs of a recognition and a conclusion item, put to the same people."""

from __future__ import annotations

from visavis.asked import Item
from visavis.errors import NoDataError
from visavis.finding import Finding, Message, Number, Verdict
from visavis.findings._sheet import FEW, MARGIN, Sheet, points, wording
from visavis.models._perception import Figure
from visavis.models.recognition import Paired, Recognition, recognition

__all__ = ["problems"]


def problems(sheet: Sheet) -> list[Finding]:
    """For each pair of items: whether the two share the problem and not the answer."""
    items = [item for item in sheet.asked.questionnaire.items if "own" in item.asks]
    findings = []
    for pair in dict.fromkeys(item.pair for item in items if item.pair):
        seen = next(item for item in items if (item.pair, item.role) == (pair, "recognition"))
        done = next(item for item in items if (item.pair, item.role) == (pair, "conclusion"))
        try:
            found = recognition(*(_paired(sheet, side, seen, done) for side in sheet.sides), margin=MARGIN)
        except NoDataError:
            continue
        if min(found.both) >= FEW and sheet.shown(seen) and sheet.shown(done):
            findings.append(_finding(sheet, seen, done, found))
    return findings


def _paired(sheet: Sheet, side: str, seen: Item, done: Item) -> Paired:
    answers = sheet.matrix(side, "own", [seen, done])
    return Paired(answers[:, 0], answers[:, 1], sheet.replicates[side])


def _finding(sheet: Sheet, seen: Item, done: Item, found: Recognition) -> Finding:
    numbers = {"recognition": sheet.told(_apart(found.recognition)), "conclusion": sheet.told(_apart(found.conclusion))}
    terms = {**sheet.terms, "problem": wording(seen), "answer": wording(done)}
    contrast = found.contrast.estimate()
    apart = sheet.told(_points(contrast.value, contrast.low, contrast.high, contrast.n, contrast.level))
    details = [Message("understanding.problem.contrast", {"contrast": apart}, terms)]
    if found.composition is not None and found.mapping is not None:
        sign = -1.0 if found.conclusion.value < 0 else 1.0
        parts = {"by_recognition": points(found.composition, sign=sign), "by_answer": points(found.mapping, sign=sign)}
        parts = {name: sheet.told(number) for name, number in parts.items()}
        details.append(Message("understanding.problem.parts", parts, terms))
    margin = {"margin": Number(round(100 * MARGIN), "points")}
    return Finding(
        id=f"understanding.problem.{sheet.name}.{seen.pair}",
        chapter="understanding",
        message=Message(f"understanding.problem.{found.verdict.replace(' ', '_')}", numbers, terms),
        verdict=Verdict(found.verdict),
        provenance=sheet.provenance(people=f"{found.both[0]} and {found.both[1]} answered both"),
        details=tuple(details),
        caveats=(Message("understanding.problem.rule", margin),),
    )


def _apart(gap: Figure) -> Number:
    """The size of a gap: the same whichever side is named first. An end below 0 is the other direction."""
    ends = gap.estimate()
    low, high = (ends.low, ends.high) if ends.value >= 0 else (-ends.high, -ends.low)
    return _points(abs(ends.value), low, high, ends.n, ends.level)


def _points(value: float, low: float, high: float, n: int, level: float) -> Number:
    return Number(100 * value, "percentage points", max(-100.0, 100 * low), min(100.0, 100 * high), n, level)
