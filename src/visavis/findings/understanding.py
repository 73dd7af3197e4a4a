"""How well does each know the other? What people of both sides answered and what each thought the other would."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from visavis.asked import Asked
from visavis.errors import NoDataError
from visavis.finding import Finding, Message, Number, Verdict
from visavis.findings._agreement import agreement
from visavis.findings._assumed import assumed
from visavis.findings._blind_spots import blind_spots, cannot_guess, own_side
from visavis.findings._controlled import controlled
from visavis.findings._differences import crossed, differences, headline, states
from visavis.findings._expected import expected
from visavis.findings._mirrored import mirrored
from visavis.findings._problems import problems
from visavis.findings._reasons import reasons
from visavis.findings._sheet import Sheet, worded
from visavis.findings._sheet_answers import distributions, listed
from visavis.findings._terms import pair_terms
from visavis.findings._view import View
from visavis.findings._waves import waves

__all__ = ["objections_of", "sheet_findings", "understanding"]

_Part = Callable[[Sheet], list[Finding]]
_BRIEF: tuple[_Part, ...] = (
    headline, differences, states, blind_spots, reasons, mirrored, controlled, own_side, problems,
)  # fmt: skip
_REPORT = (*_BRIEF, crossed, expected, cannot_guess, distributions)


def understanding(view: View) -> list[Finding]:
    """Understood differences first, then what each side gets wrong of the other.

    What acts allow to say of likeness comes last: it is context for what people think, and shows nobody's expectation.
    """
    return [*_asked_for(view), *assumed(view)]


def _asked_for(view: View) -> list[Finding]:
    """What sheets and polls say, or that nobody was asked."""
    if not view.sheets and not view.polls:
        return [
            Finding(
                id="understanding.nobody",
                chapter="understanding",
                message=Message("understanding.nobody", terms=pair_terms(view)),
                verdict=Verdict.NO_DATA,
                provenance=view.provenance(view.tables.streams),
                claim=False,
            )
        ]
    return [*(finding for asked in view.sheets for finding in _findings(asked, _BRIEF)), *view.polls]


def sheet_findings(asked: Asked) -> list[Finding]:
    """All findings of one sheet, for the joint report; of several waves the last, and what changed since the first.

    >>> from visavis.findings._view import View
    >>> from visavis.record import open_record
    >>> understanding(View(open_record("east-asia").tables, "JPN", "KOR"))[0].verdict.value
    'no data'
    """
    return _findings(asked, _REPORT)


def objections_of(sheets: Sequence[Asked]) -> tuple[tuple[str, str], ...]:
    """Who objects, to what, when and in what words: beside the brief as well as in it."""
    return tuple((f"{one.side}, {one.day}, {one.about}", one.text) for sheet in sheets for one in sheet.objections)


def _findings(asked: Asked, parts: tuple[_Part, ...]) -> list[Finding]:
    last = asked.waves[-1] if asked.waves else 1
    sheet = Sheet(asked.in_wave(last), last)
    found = [_asked(sheet)]
    if sheet.size == "few":
        return [*found, *listed(sheet)]
    if not _estimated(sheet):
        parts = (agreement, *(part for part in parts if part in (reasons, problems, distributions)))
    return [*found, *(finding for part in parts for finding in part(sheet)), *waves(Sheet(asked, last))]


def _estimated(sheet: Sheet) -> bool:
    """Whether any item has own views and estimates of both sides."""
    try:
        return bool(sheet.items) and bool(sheet.found.items)
    except NoDataError:
        return False


def _asked(sheet: Sheet) -> Finding:
    """Who was asked what, and how it may be read."""
    people = {f"people_{end}": len(sheet.asked.members(side)) for end, side in zip("ab", sheet.sides, strict=True)}
    questionnaire = sheet.asked.questionnaire
    title = worded(questionnaire.title)
    caveats = [Message(f"understanding.read_as.{sheet.size}", terms=sheet.terms)]
    if questionnaire.synthetic:
        caveats.insert(0, Message("understanding.synthetic"))
    if len({p.order for p in sheet.asked.people}) < 2 and len(sheet.asked.people) > 1:
        caveats.append(Message("understanding.one_order"))
    thin = len(sheet.asking) - len(sheet.items)
    if thin and sheet.size != "few":
        caveats.append(Message("understanding.thin", {"count": Number(thin, "items")}))
    key = "understanding.asked.synthetic" if questionnaire.synthetic else "understanding.asked"
    numbers = {name: Number(n, "people") for name, n in people.items()}
    numbers["items"] = Number(len(questionnaire.items), "items")
    return Finding(
        id=f"understanding.asked.{sheet.name}",
        chapter="understanding",
        message=Message(key, numbers, {**sheet.terms, "title": title}),
        verdict=Verdict.HOLDS,
        provenance=sheet.provenance(),
        caveats=tuple(caveats),
        headline=True,
        claim=False,
    )
