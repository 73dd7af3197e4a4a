"""Same problem, different answer, from recorded acts toward third countries, as findings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from visavis.charts.closer import closer
from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._dealings import CLASSES, ENOUGH, Dealing, by_reports
from visavis.findings._terms import pair_terms, stream_term, word
from visavis.findings._view import View
from visavis.models.intervals import Estimate
from visavis.models.mixes import Trend, trend
from visavis.models.toward import FACTOR, MARGIN

__all__ = ["KEYS", "VERDICTS", "bits_of", "closing", "lead", "numbers_of", "terms_of"]

VERDICTS = {
    "same problem, different answer": Verdict.HOLDS,
    "not the same problem": Verdict.DOES_NOT_HOLD,
    "same answer": Verdict.DOES_NOT_HOLD,
    "undecided": Verdict.UNDECIDED,
}
KEYS = {
    "same problem, different answer": "shared",
    "not the same problem": "apart",
    "same answer": "alike",
    "undecided": "open",
}
_SPANS, _LEAST_YEARS = 4, 6
_SURE = bits(0.05)  # bits from which a verdict picked out of many is told as one
_COUNTS = ("one", "two", "three")  # parts of a difference that are named


def terms_of(view: View, d: Dealing) -> dict[str, Term]:
    """Whom it is about, and when."""
    ends = {"first": Term("period", d.months[0]), "last": Term("period", d.months[-1])}
    return {**pair_terms(view), **ends, "third": Term("country", d.third), "stream": stream_term(d.stream)}


def numbers_of(d: Dealing) -> dict[str, Number]:
    """Every share of both sides."""
    found = d.toward
    shares = {"attention": found.attention, "received": found.received}
    shares |= {"dialogue": found.dialogue, "pressure": found.pressure}
    return {f"{name}_{end}": _share(getattr(both, end)) for name, both in shares.items() for end in "ab"}


def _share(found: Estimate | None) -> Number:
    if found is None:
        return Number(None, "share of acts", n=0)
    return Number(found.value, "share of acts", found.low, found.high, found.n, found.level)


def bits_of(d: Dealing, looked_at: int) -> float:
    """How surprising the verdict would be if the opposite were so, of its weakest part.

    All third countries looked at share the alarm, and so do the two parts of which either is enough.
    """
    found, p = d.toward, 1.0
    same = max(found.attention.p_apart, found.received.p_apart)
    if found.said == "not the same problem":
        p = 2 * min(found.attention.p_within, found.received.p_within)
    elif found.said == "same answer":
        p = max(found.dialogue.p_apart, found.pressure.p_apart)
    elif found.said == "same problem, different answer":
        p = max(same, 2 * min(found.dialogue.p_within, found.pressure.p_within))
    return bits(p * looked_at)


def lead(view: View, held: Sequence[Dealing]) -> list[Finding]:
    """The third country of which most can be said: surely decided among all that were looked at, with another answer,
    latest; where none is, the one with which both deal most. Or that there is none.
    """
    if not held:
        terms = {**pair_terms(view)}
        numbers = {"enough": Number(ENOUGH, "acts")}
        message = Message("answers.acts.none", numbers, terms)
        change = Message("answers.change.none", numbers, terms)
        return [
            Finding("answers.acts", "answers", message, Verdict.NO_DATA, view.provenance(()), basis="acts",
                    would_change=change)
        ]  # fmt: skip
    sure = [d for d in held if bits_of(d, len(held)) >= _SURE]
    if sure:
        best = max(sure, key=lambda d: (d.toward.answer == "differs", d.ends[1], min(d.acts), d.third))
    else:
        best = max(held, key=lambda d: (min(d.acts), d.ends[1], d.third))
    return [_acts(view, best, held)]


def _acts(view: View, d: Dealing, held: Sequence[Dealing]) -> Finding:
    found, terms = d.toward, terms_of(view, d)
    numbers = {**numbers_of(d), "margin": Number(round(100 * MARGIN), "points"), "factor": Number(int(FACTOR), "times")}
    means = f"answers.means.{found.answer or 'undecided'}"
    details = [
        Message(means if found.said == "not the same problem" else "answers.attention", numbers, terms),
        *_difference(d, terms),
        _reports(view, d, terms),
        *_when(view, d, held),
    ]
    return Finding(
        id=f"answers.acts.{d.third}.{d.stream}",
        chapter="answers",
        message=Message(f"answers.acts.{KEYS[found.said]}", numbers, terms),
        verdict=VERDICTS[found.said],
        provenance=view.provenance(
            [d.stream], margin=f"{MARGIN:g}", factor=f"{FACTOR:g}", blocks=found.blocks, dialogue="roots 03 to 07",
            pressure="roots 10 to 13, 16, 17", compared=len(held),
        ),
        details=tuple(details),
        evidence=tuple(_evidence(d, i) for i in (0, 1)),
        caveats=(Message("answers.acts.rule", numbers, terms), Message("answers.acts.context")),
        headline=found.said != "undecided",
        basis="acts",
        bits=bits_of(d, len(held)),
        would_change=Message(f"answers.change.{KEYS[found.said]}", numbers, terms),
    )  # fmt: skip


def _evidence(d: Dealing, i: int) -> Evidence:
    key = {"stream": d.stream, "period": f"{d.periods[0]}|{d.periods[-1]}", "source": d.pair[i], "target": d.third}
    return Evidence("acts", key, d.acts[i])


def _difference(d: Dealing, terms: dict[str, Term]) -> list[Message]:
    """How far the mixes are apart, by chance or not, and in which means most."""
    mix = d.mix
    if mix.divergence is None:
        return []
    numbers = {"divergence": hundred(mix.divergence), "p": Number(mix.p, "probability")}
    told = [Message("answers.difference", numbers, terms)]
    parts = sorted(range(len(CLASSES)), key=lambda k: -mix.parts[k].value)[: len(_COUNTS)]
    named = [k for k in parts if mix.parts[k].low > 0]
    shares: dict[str, Number] = {}
    words = dict(terms)
    for place, k in enumerate(named, start=1):
        shares[f"part_{place}"] = Number(mix.parts[k].value / mix.divergence.value, "share of the difference")
        words[f"means_{place}"] = word("means", CLASSES[k])
        for end, counts in zip("ab", d.mixes(), strict=True):
            of_all = Number(float(counts[:, k].sum() / counts.sum()), "share of acts", n=int(counts.sum()))
            shares[f"share_{place}_{end}"] = of_all
    return [*told, Message(f"answers.parts.{_COUNTS[len(named) - 1]}", shares, words)] if named else told


def hundred(found: Estimate) -> Number:
    """A divergence from 0 (the same) to 100 (nothing in common)."""
    return Number(100 * found.value, "index", 100 * found.low, 100 * found.high, found.n, found.level)


def _reports(view: View, d: Dealing, terms: dict[str, Term]) -> Message:
    """The same shares counted by report."""
    counted = numbers_of(by_reports(view, d))
    numbers = {name: Number(n.value, "share of reports", n.low, n.high, n.n) for name, n in counted.items()}
    return Message("answers.by_reports", numbers, terms)


def _when(view: View, d: Dealing, held: Sequence[Dealing]) -> list[Message]:
    """The verdict in other streams and in parts of a long one, by date."""
    parts = [other for one in held if one.third == d.third for other in (*_spans(one), one)]
    told = sorted((one for one in parts if one.ends != d.ends), key=lambda one: one.ends)
    return [
        Message(f"answers.when.{KEYS[one.toward.said]}", numbers_of(one), terms_of(view, one)) for one in told
    ]  # fmt: skip


def _spans(d: Dealing) -> list[Dealing]:
    """Up to four runs of whole years of about one length, each with enough acts of both sides."""
    years = sorted({month[:4] for month in d.months})
    if len(years) < _LEAST_YEARS:
        return []
    runs = [list(run) for run in np.array_split(np.array(years), _SPANS)]
    parts = [d.during(str(run[0]), str(run[-1])) for run in runs]
    return [part for part in parts if min(part.acts) >= ENOUGH]


def closing(view: View, held: Sequence[Dealing]) -> list[Finding]:
    """Whether the ways in which both deal with a third country came closer: the one that both deal with most."""
    long = [(d, years) for d in held if len(years := _years(d)) >= _LEAST_YEARS]
    if not long:
        numbers = {"years": Number(_LEAST_YEARS, "years"), "enough": Number(ENOUGH, "acts")}
        terms = pair_terms(view)
        message, change = Message("answers.closer.none", numbers, terms), Message("answers.change.closer.none", numbers)
        return [
            Finding("answers.closer", "answers", message, Verdict.NO_DATA, view.provenance(()), basis="acts",
                    would_change=change)
        ]  # fmt: skip
    d, years = max(long, key=lambda one: (min(one[0].acts), one[0].third))
    keep = np.flatnonzero([month[:4] in years for month in d.months])
    a, b = (counts[keep] for counts in d.mixes())
    found = trend(a, b, np.array([int(d.months[i][:4]) for i in keep]))
    return [] if found is None else [_closer(view, d, found)]


def _closer(view: View, d: Dealing, found: Trend) -> Finding:
    """The trend as a finding, with its picture."""
    slope = found.slope
    numbers = {
        "before": hundred(found.divergences[0]), "after": hundred(found.divergences[-1]),
        "slope": Number(1000 * slope.value, "change in index", 1000 * slope.low, 1000 * slope.high, slope.n),
        "years": Number(len(found.spans), "years"),
    }  # fmt: skip
    rows = [
        {"span": name, "difference": 100 * one.value, "low": 100 * one.low, "high": 100 * one.high, "n": one.n}
        for name, one in zip(found.spans, found.divergences, strict=True)
    ]
    terms = {**terms_of(view, d), "first": Term("period", found.spans[0]), "last": Term("period", found.spans[-1])}
    key = "closer" if slope.high < 0 else "apart" if slope.low > 0 else "open"
    verdict = {"closer": Verdict.HOLDS, "apart": Verdict.DOES_NOT_HOLD, "open": Verdict.UNDECIDED}[key]
    return Finding(
        id=f"answers.closer.{d.third}.{d.stream}",
        chapter="answers",
        message=Message(f"answers.closer.{key}", numbers, terms),
        verdict=verdict,
        provenance=view.provenance([d.stream], years=len(found.spans)),
        charts=(closer(d.third, d.pair, rows, slope=100 * slope.value),),
        evidence=tuple(_evidence(d, i) for i in (0, 1)),
        caveats=(Message("answers.closer.alike_is_not_together"), Message("answers.closer.two_ways")),
        basis="acts",
        bits=0.0 if key == "open" else bits(found.p),
        would_change=Message("answers.change.closer", numbers, terms),
    )


def _years(d: Dealing) -> list[str]:
    """Years in which both sides have enough acts."""
    names = np.array([month[:4] for month in d.months])
    return [str(y) for y in np.unique(names) if min(int(d.to[i][names == y].sum()) for i in (0, 1)) >= ENOUGH]
