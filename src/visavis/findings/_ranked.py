"""One list of all third countries and issues: problem shared and answer not; not even the problem; the same answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.charts.toward import toward
from visavis.finding import Chart, Finding, Message, Number, Term, Verdict
from visavis.findings._acts_answers import KEYS, bits_of, numbers_of, terms_of
from visavis.findings._dealings import Dealing
from visavis.findings._polled import ASSUMED, Asked
from visavis.findings._polls_answers import asked_terms, gaps_of, id_of, key_of, polled_bits
from visavis.findings._terms import pair_terms
from visavis.findings._view import View
from visavis.models.toward import FACTOR, MARGIN

__all__ = ["ranked"]

_GROUPS = ("shared", "apart", "alike")
_LINES, _DRAWN = 12, 8  # lines of each kind in a group; third countries drawn


def ranked(view: View, held: Sequence[Dealing], asked: Sequence[Asked], told: Sequence[Finding]) -> list[Finding]:
    """The list, surest first in each group; nothing where neither acts nor polls can be compared.

    Args:
        view: the pair.
        held: dealings with third countries.
        asked: polls.
        told: findings on single polls, which an undecided line need not repeat.
    """
    if not held and not asked:
        return []
    acts = [(KEYS[d.toward.said], bits_of(d, len(held)), d) for d in held]
    from_polls = [(KEYS[one.found[0].said], polled_bits(one), one) for one in asked]
    details: list[Message] = []
    for key in _GROUPS:
        surest = sorted((x for x in acts if x[0] == key), key=lambda x: (-x[1], x[2].ends, x[2].third))
        details += [_acts_line(view, d, key) for _, _, d in surest[:_LINES]]
        polls = sorted((x for x in from_polls if x[0] == key), key=lambda x: -x[1])
        details += [_polls_line(view, one, key, asked) for _, _, one in polls[:_LINES]]
    keys = [key for key, _, _ in acts] + [key for key, _, _ in from_polls]
    numbers = {key: Number(keys.count(key), "items") for key in KEYS.values()} | {"all": Number(len(keys), "items")}
    numbers |= {"margin": Number(round(100 * MARGIN), "points"), "factor": Number(int(FACTOR), "times")}
    ids = {finding.id for finding in told}
    return [
        Finding(
            id="answers.ranked",
            chapter="answers",
            message=Message("answers.ranked", numbers, pair_terms(view)),
            verdict=Verdict.HOLDS,
            provenance=view.provenance({d.stream for d in held}),
            charts=(_chart(held),) if held else (),
            details=(*details, *_open(view, held, [one for one in asked if id_of(one) not in ids])),
            caveats=_caveats(view, asked, numbers),
            headline=True,
            claim=False,
        )
    ]


def _caveats(view: View, asked: Sequence[Asked], numbers: Mapping[str, Number]) -> tuple[Message, ...]:
    """How to read the list, and what it cannot say."""
    told = [
        Message("answers.ranked.pairs", terms=pair_terms(view)),
        Message("answers.ranked.never_averaged"),
        Message("answers.acts.rule", numbers),
    ]
    if any(one.assumed for one in asked):
        told.append(Message("answers.polls.assumed", {"assumed": Number(ASSUMED, "people")}))
    if numbers["alike"].value:
        told.append(Message("answers.ranked.do_they_know"))
    return tuple(told)


def _acts_line(view: View, d: Dealing, key: str) -> Message:
    return Message(f"answers.line.acts.{key}", numbers_of(d), terms_of(view, d))


def _polls_line(view: View, one: Asked, key: str, asked: Sequence[Asked]) -> Message:
    told = key_of(one, asked) if key == "apart" else key
    return Message(f"answers.line.polls.{told}", gaps_of(one), asked_terms(view, one))


def _open(view: View, held: Sequence[Dealing], asked: Sequence[Asked]) -> list[Message]:
    """What is undecided, by name."""
    told = []
    thirds = sorted({d.third for d in held if d.toward.said == "undecided"})
    if thirds:
        told.append(Message("answers.line.acts.open", terms={"thirds": tuple(Term("country", c) for c in thirds)}))
    for one in [one for one in asked if one.found[0].said == "undecided"][:_LINES]:
        known = "both" if len(gaps_of(one)) == 2 else next(iter(gaps_of(one)))
        told.append(Message(f"answers.line.polls.open.{known}", gaps_of(one), asked_terms(view, one)))
    return told


def _chart(held: Sequence[Dealing]) -> Chart:
    """The latest of each third country first, in the order of the difference; then the earlier ones, in the table."""
    latest: dict[str, Dealing] = {}
    for d in sorted(held, key=lambda d: (d.ends[1], d.stream)):
        latest[d.third] = d
    first = sorted(latest.values(), key=lambda d: (-_gap(d), d.third))[:_DRAWN]
    order = [*first, *(d for d in held if d not in first)]
    return toward([_row(d, i) for d in order for i in (0, 1)], drawn=len(first))


def _gap(d: Dealing) -> float:
    gap = d.toward.dialogue.gap
    return abs(gap.value) if gap else 0.0


def _row(d: Dealing, i: int) -> dict[str, Any]:
    numbers, end = numbers_of(d), "ab"[i]
    row = {"third": d.third, "stream": d.stream, "since": d.months[0], "until": d.months[-1]}
    shares: dict[str, Any] = {name: numbers[f"{name}_{end}"].value for name in ("attention", "received")}
    for name in ("dialogue", "pressure"):
        number = numbers[f"{name}_{end}"]
        shares |= {name: number.value, f"{name}_low": number.low, f"{name}_high": number.high}
    return {**row, "country": d.pair[i], "acts": d.acts[i], **shares}
