"""Same problem, different answer, from published polls, as findings."""

from __future__ import annotations

import math
from collections.abc import Sequence

from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._acts_answers import KEYS, VERDICTS
from visavis.findings._cited import cited
from visavis.findings._dealings import Dealing
from visavis.findings._polled import ASSUMED, DEFFS, Asked, Item
from visavis.findings._terms import pair_terms
from visavis.findings._view import View
from visavis.models.intervals import Estimate
from visavis.models.published import BASIS, share
from visavis.models.same_problem import PolledGap
from visavis.models.toward import MARGIN

__all__ = ["against", "asked_terms", "gaps_of", "id_of", "key_of", "polled_bits", "polls"]

_MOST = 2  # findings of their own beside those that run against the rest; the ranked list holds all


def against(asked: Sequence[Asked], held: Sequence[Dealing]) -> list[Asked]:
    """Polls in which the other side leans to pressure than in most of what else is known of the two."""
    acts = []
    for d in held:
        gap = d.toward.pressure.gap
        if gap is not None and gap.low * gap.high > 0:
            acts.append(1 if gap.value > 0 else -1)
    signs = {id(one): (one.leaning > 0) - (one.leaning < 0) for one in asked}
    found = []
    for one in asked:
        rest = sum(acts) + sum(sign for key, sign in signs.items() if key != id(one))
        if signs[id(one)] * rest < 0:
            found.append(one)
    return found


def polls(view: View, asked: Sequence[Asked], first: Sequence[Asked]) -> list[Finding]:
    """What runs against the rest first; then problems of which both parts were asked, newest first."""
    if not asked:
        terms = pair_terms(view)
        return [
            Finding("answers.polls", "answers", Message("answers.polls.none", terms=terms), Verdict.NO_DATA,
                    view.provenance(()), basis="polls", would_change=Message("answers.change.polls.none", terms=terms))
        ]  # fmt: skip
    both = [one for one in asked if one not in first and _kinds(one) == {"recognition", "conclusion"}]
    if not first and not both:
        both = list(asked)
    return [_finding(view, one, asked, one in first) for one in (*first, *both[:_MOST])]


def _kinds(one: Asked) -> set[str]:
    return {item.kind for item in one.items}


def key_of(one: Asked, asked: Sequence[Asked]) -> str:
    """Key of the verdict: "no longer" the same problem where the poll before had it clearly less far apart."""
    found = one.found[0]
    key = KEYS[found.said]
    if key != "apart":
        return key
    alike = [o for o in asked if (o.issue, o.series) == (one.issue, one.series) and o.date < one.date]
    earlier = [o for o in alike if o.found[0].recognition and o.found[0].said != "not the same problem"]
    return (
        "parted" if any(_grew(_largest(o.found[0].recognition), _largest(found.recognition)) for o in earlier) else key
    )


def _grew(then: PolledGap, now: PolledGap) -> bool:
    """Whether a gap is larger than an earlier one by more than both intervals allow, one-sided at 5 %."""
    return abs(now.gap.value) - abs(then.gap.value) > 1.645 * math.hypot(then.se, now.se)


def _largest(gaps: Sequence[PolledGap]) -> PolledGap:
    return max(gaps, key=lambda one: abs(one.gap.value))


def gaps_of(one: Asked, at: int = 0) -> dict[str, Number]:
    """The largest gap of either kind, in points, the same whichever side is named first.

    Args:
        one: what was asked.
        at: place of the design effect in ``DEFFS``.
    """
    parts = {"recognition": one.found[at].recognition, "conclusion": one.found[at].conclusion}
    return {kind: _points(_largest(gaps).gap) for kind, gaps in parts.items() if gaps}


def _points(gap: Estimate, signed: bool = False) -> Number:
    low, high = (gap.low, gap.high) if gap.value >= 0 or signed else (-gap.high, -gap.low)
    value = gap.value if signed else abs(gap.value)
    return Number(100 * value, "percentage points", 100 * low, 100 * high, gap.n, gap.level)


def asked_terms(view: View, one: Asked) -> dict[str, Term]:
    """What was asked, by whom and when, and the items with the largest gaps."""
    terms = {
        **pair_terms(view), "issue": Term("outside", one.issue), "series": Term("outside", one.series),
        "date": Term("period" if len(one.date) < 10 else "date", one.date),
    }  # fmt: skip
    for name, kind, gaps in (
        ("problem", "recognition", one.found[0].recognition), ("answer", "conclusion", one.found[0].conclusion),
    ):  # fmt: skip
        if gaps:
            terms[name] = Term("outside", one.of(kind)[gaps.index(_largest(gaps))].item)
    return terms


def polled_bits(one: Asked) -> float:
    """How surprising the verdict would be if there were nothing: from the largest gap of the part that decides it."""
    found = one.found[0]
    if found.said == "undecided":
        return 0.0
    gaps = found.recognition if found.said == "not the same problem" else found.conclusion
    largest = _largest(gaps)
    beyond = abs(largest.gap.value) - MARGIN
    z = (-beyond if found.said == "same answer" else beyond) / largest.se
    p = min(1.0, len(gaps) * math.erfc(z / math.sqrt(2)) / 2)
    return bits(p)


def _finding(view: View, one: Asked, asked: Sequence[Asked], first: bool) -> Finding:
    found, terms = one.found[0], asked_terms(view, one)
    numbers = {**gaps_of(one), "margin": Number(round(100 * MARGIN), "points")}
    key, has = key_of(one, asked), "both" if found.recognition and found.conclusion else ""
    has = has or ("recognition" if found.recognition else "conclusion")
    message = f"answers.polls.{key}" if has == "both" else f"answers.polls.{has}.{key}"
    details = [_item(view, item, terms) for item in one.items]
    if first:
        more = one.pair[1] if one.leaning > 0 else one.pair[0]
        less = one.pair[0] if one.leaning > 0 else one.pair[1]
        details.insert(
            0, Message("answers.polls.against", terms={"more": Term("country", more), "less": Term("country", less)})
        )
    if found.contrast is not None:
        details.append(Message("answers.polls.contrast", {"contrast": _points(found.contrast, signed=True)}, terms))
    details.append(_at_other_designs(one))
    change = "one" if has != "both" else key if key in ("shared", "open") else "apart" if key == "parted" else key
    return Finding(
        id=id_of(one),
        chapter="answers",
        message=Message(message, numbers, terms),
        verdict=VERDICTS[found.said],
        provenance=cited(view, "polls", basis=BASIS, design_effect=f"{DEFFS[0]:g}", margin=f"{MARGIN:g}"),
        details=tuple(details),
        evidence=tuple(_evidence(item, side) for item in one.items for side in one.pair if side in item.rows),
        caveats=tuple(_caveats(one, numbers, terms)),
        headline=first,
        basis="polls",
        bits=polled_bits(one),
        would_change=Message(f"answers.change.polls.{change}", numbers, terms),
    )


def id_of(one: Asked) -> str:
    """The finding's name: date and first row."""
    return f"answers.polls.{one.date}.{min(str(row['id']) for item in one.items for row in item.rows.values())}"


def _item(view: View, item: Item, terms: dict[str, Term]) -> Message:
    """One item as printed, with the interval of each share."""
    words = {**terms, "item": Term("outside", item.item)}
    both = item.polls((view.a, view.b))
    if both is None:
        side = next(iter(item.rows))
        number = Number(float(item.rows[side]["value"]) / 100, "share of people", n=item.rows[side]["n"] or ASSUMED)
        return Message("answers.polls.item.one", {"share": number}, {**words, "side": Term("country", side)})
    shares = {}
    for end, poll in zip("ab", both, strict=True):
        found = share(poll, deff=DEFFS[0], level=0.9)
        shares[f"share_{end}"] = Number(found.value, "share of people", found.low, found.high, found.n, found.level)
    if any(item.rows[side]["n"] is None for side in (view.a, view.b)):
        return Message("answers.polls.item.assumed", shares | {"assumed": Number(ASSUMED, "people")}, words)
    return Message("answers.polls.item", shares, words)


def _at_other_designs(one: Asked) -> Message:
    """The intervals and the verdict at the other design effects."""
    numbers: dict[str, Number] = {}
    words: dict[str, Term] = {}
    for at, deff in list(enumerate(DEFFS))[1:]:
        numbers |= {f"{kind}_{at}": gap for kind, gap in gaps_of(one, at).items()}
        words[f"deff_{at}"] = Term("outside", f"{deff:.1f}")
        words[f"said_{at}"] = Term("word", f"answers.said.{KEYS[one.found[at].said]}")
    known = "both" if len(gaps_of(one)) == 2 else next(iter(gaps_of(one)))
    return Message(f"answers.polls.designs.{known}", numbers, words)


def _caveats(one: Asked, numbers: dict[str, Number], terms: dict[str, Term]) -> list[Message]:
    told = [Message("answers.polls.rule", {"margin": numbers["margin"]})]
    if one.assumed:
        told.append(Message("answers.polls.assumed", {"assumed": Number(ASSUMED, "people")}))
    for item in one.items:
        if item.conflicting:
            others = {"text": Term("outside", item.item)}
            told.append(Message("answers.polls.conflicting", {"other": Number(item.conflicting[0], "percent")}, others))
    return told


def _evidence(item: Item, side: str) -> Evidence:
    row = item.rows[side]
    text = f"{row['item']}: {row['value']:g} %"
    return Evidence(
        "polls", {"id": str(row["id"]), "country": side, "date": str(row["date"])}, 1, text, str(row["source"])
    )
