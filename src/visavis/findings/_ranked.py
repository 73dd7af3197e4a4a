"""One list of all third countries and issues: problem shared and answer not; not even the problem; the same answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from visavis.charts.toward import toward
from visavis.finding import Chart, Finding, Message, Number, Term, Verdict
from visavis.findings._acts_answers import KEYS, bits_of, numbers_of, terms_of
from visavis.findings._dealings import Dealing
from visavis.findings._polled import Asked
from visavis.findings._polls_answers import asked_terms, gaps_of, key_of, polled_bits
from visavis.findings._terms import pair_terms
from visavis.findings._view import View
from visavis.models.toward import FACTOR, MARGIN

__all__ = ["ranked"]

_GROUPS = ("shared", "apart", "alike")
_LINES, _DRAWN = 4, 8


def ranked(view: View, held: Sequence[Dealing], asked: Sequence[Asked]) -> list[Finding]:
    """The list, surest first in each group; nothing where neither acts nor polls can be compared."""
    if not held and not asked:
        return []
    lines: dict[str, list[tuple[float, str, Message]]] = {key: [] for key in KEYS.values()}
    for d in held:
        key = KEYS[d.toward.said]
        lines[key].append((bits_of(d, len(held)), d.third + d.stream, _acts_line(view, d, key)))
    for one in asked:
        key = KEYS[one.found[0].said]
        lines[key].append((polled_bits(one), one.date + one.issue, _polls_line(view, one, key, asked)))
    details = [
        line for key in _GROUPS for _, _, line in sorted(lines[key], key=lambda x: (-x[0], x[1]))[:_LINES]
    ]  # fmt: skip
    numbers = {key: Number(len(found), "items") for key, found in lines.items()}
    numbers |= {"all": Number(sum(map(len, lines.values())), "items")}
    numbers |= {"margin": Number(round(100 * MARGIN), "points"), "factor": Number(int(FACTOR), "times")}
    caveats = [Message("answers.ranked.never_averaged"), Message("answers.acts.rule", numbers)]
    if lines["alike"]:
        caveats.append(Message("answers.ranked.do_they_know"))
    return [
        Finding(
            id="answers.ranked",
            chapter="answers",
            message=Message("answers.ranked", numbers, pair_terms(view)),
            verdict=Verdict.HOLDS,
            provenance=view.provenance({d.stream for d in held}),
            charts=(_chart(held),) if held else (),
            details=(*details, *_open(view, held, asked)),
            caveats=tuple(caveats),
            claim=False,
        )
    ]


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
    for one in asked:
        if one.found[0].said == "undecided":
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
    row = {"third": d.third, "stream": d.stream, "since": d.ends[0][:7], "until": d.ends[1][:7]}
    shares: dict[str, Any] = {name: numbers[f"{name}_{end}"].value for name in ("attention", "received")}
    for name in ("dialogue", "pressure"):
        number = numbers[f"{name}_{end}"]
        shares |= {name: number.value, f"{name}_low": number.low, f"{name}_high": number.high}
    return {**row, "country": d.pair[i], "acts": d.acts[i], **shares}
