"""One agenda of at most five lines, from all chapters: from sheets what to do, without sheets what to ask."""

from __future__ import annotations

from collections.abc import Sequence

from visavis.asked import Asked
from visavis.errors import NoDataError
from visavis.finding import Evidence, Finding, Message, Number, Provenance, Term, Verdict
from visavis.findings._agenda_questions import questions
from visavis.findings._agenda_sheet import Point, points_of
from visavis.findings._at_risk import dormant
from visavis.findings._sheet import Sheet
from visavis.findings._terms import pair_terms
from visavis.findings._view import View

__all__ = ["agenda", "sheet_agenda"]

_MOST = 5


def agenda(view: View, others: Sequence[Finding] = ()) -> list[Finding]:
    """False conflicts to close, false consensus to speak of, understood differences to leave, unknowns, a tie asleep.

    Args:
        view: the pair.
        others: findings of other chapters; what they leave open fills the lines that sheets do not, and all of them
            where nobody was asked.
    """
    sheets = [sheet for asked in view.sheets if (sheet := _usable(asked)) is not None]
    weighed = _ranked([point for sheet in sheets for point in points_of(sheet)])
    asleep = _asleep(view)
    asking = questions(view, others)
    if not sheets:
        asking.insert(0, _sheet_first(view))
    points = [*weighed, *asking][: _MOST - len(asleep)] + asleep
    terms = pair_terms(view)
    if len(points) == (0 if sheets else 1):
        key = "ahead.agenda.settled" if sheets else "ahead.agenda.none"
        return [
            Finding(
                "ahead.agenda", "ahead", Message(key, terms=terms), Verdict.NO_DATA, view.provenance(()),
                details=tuple(point.told for point in points), would_change=Message("ahead.agenda.change"),
            )
        ]  # fmt: skip
    key = "ahead.agenda.sheets" if sheets else "ahead.agenda.questions"
    provenance = sheets[0].provenance() if sheets else view.provenance(())
    return [_finding("ahead.agenda", Message(key, {"count": Number(len(points), "items")}, terms), points, provenance,
                     _caveats(sheets, points))]  # fmt: skip


def sheet_agenda(asked: Asked) -> list[Finding]:
    """The agenda of one sheet alone, for its joint report."""
    sheet = _usable(asked)
    points = _ranked(points_of(sheet))[:_MOST] if sheet is not None else []
    if sheet is None or not points:
        return []
    message = Message("ahead.agenda.sheets", {"count": Number(len(points), "items")}, sheet.terms)
    return [_finding(f"ahead.agenda.{sheet.name}", message, points, sheet.provenance(), _caveats([sheet], points))]


def _usable(asked: Asked) -> Sheet | None:
    """The last wave of a sheet; None where few were asked, or no item has own views and estimates of both sides."""
    sheet = Sheet(asked.in_wave(last := asked.waves[-1] if asked.waves else 1), last)
    try:
        return sheet if sheet.size != "few" and sheet.items and sheet.found.items else None
    except NoDataError:
        return None


def _ranked(points: list[Point]) -> list[Point]:
    return sorted(points, key=lambda point: (-point.score, point.name))


def _finding(
    name: str, message: Message, points: Sequence[Point], provenance: Provenance, caveats: tuple[Message, ...]
) -> Finding:
    return Finding(
        id=name,
        chapter="ahead",
        message=message,
        verdict=Verdict.HOLDS,
        provenance=provenance,
        evidence=tuple(point.evidence for point in points),
        details=tuple(point.told for point in points),
        caveats=caveats,
        headline=True,
        claim=False,
        would_change=Message("ahead.agenda.change"),
    )


def _caveats(sheets: Sequence[Sheet], points: Sequence[Point]) -> tuple[Message, ...]:
    """How the lines were ranked, and what they do not say."""
    if not sheets:
        return (Message("ahead.agenda.questions.rule"),)
    told = [Message("ahead.agenda.synthetic")] if any(s.asked.questionnaire.synthetic for s in sheets) else []
    told.append(Message("ahead.agenda.rule"))
    if not all(point.weighed for point in points):
        told.append(Message("ahead.agenda.rule.half"))
    return tuple(told)


def _sheet_first(view: View) -> Point:
    """Nobody was asked, or too few: that comes first, since only people show what they think."""
    told = Message("ahead.agenda.ask.sheet", terms=pair_terms(view))
    return Point(0.0, "", told, Evidence("answers", {"pair": f"{view.a}-{view.b}"}, 0))


def _asleep(view: View) -> list[Point]:
    """The tie that stopped last, of those that sleep, with the base rate of such returns where it is known."""
    dated = [d for d in dormant(view) if d.since is not None]
    if not dated:
        return []
    one = dated[0]
    last = one.mechanism.spells[-1].row
    terms = {**pair_terms(view), "name": Term("outside", one.mechanism.name)}
    terms["since"] = Term("period", str(last["end"])[:7])
    numbers = {"returned": Number(one.returned, "stops"), "followed": Number(one.followed, "stops")}
    key = "ahead.agenda.revive" if one.followed else "ahead.agenda.revive.plain"
    evidence = Evidence("mechanisms", {"id": one.mechanism.id}, len(one.mechanism.spells), one.mechanism.name,
                        last["source"])  # fmt: skip
    return [Point(0.0, one.mechanism.id, Message(key, numbers, terms), evidence)]
