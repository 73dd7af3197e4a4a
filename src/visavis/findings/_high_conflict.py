"""How long do high-conflict spells last, and whose acts are first recorded in them?"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from visavis.finding import Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._answering import kinds
from visavis.findings._panel import Counted, counted
from visavis.findings._terms import pair_terms, stream_term, way
from visavis.findings._view import View
from visavis.models.spells import SHORTEST, Spells, high_periods, spells
from visavis.store.coverage import Period, days_in

__all__ = ["spell_findings"]

_SPELLS = "high-conflict spells"
_BEFORE = 4  # weeks before a spell's first month that are looked at
_FEWEST = 6  # spells in which one side was recorded first alone, to tell whether one more often is
_ACTS = 60  # conflictual acts of the two together


@dataclass(frozen=True)
class _Found:
    counted: Counted
    spells: Spells


def spell_findings(view: View) -> list[Finding]:
    """Spells of the stream with most conflictual acts of the two; nothing where there are too few."""
    each = [f for stream in view.tables.streams if (f := _found(view, stream)) is not None]
    if not each:
        return []
    best = max(each, key=lambda f: (f.counted.kind == "month", int(f.counted.panel.k[:2].sum()), f.counted.stream))
    return [_lasting(view, best), *_first(view, best)]


def _found(view: View, stream: str) -> _Found | None:
    kinds: tuple[Period, ...] = ("month", "week")
    for kind in kinds:
        one = counted(view, stream, kind, "conflict")
        if one is None or one.panel.known.sum() < SHORTEST:
            continue
        both = one.panel.k[:2].sum(axis=0)
        if both[one.panel.known].sum() < _ACTS:
            return None
        high = high_periods(both, one.volume, one.panel.known)
        seed = zlib.crc32(f"{view.a}-{view.b} {stream}".encode())
        found = spells(high, one.panel.known, rng=np.random.default_rng(seed))
        return None if found is None else _Found(one, found)
    return None


def _lasting(view: View, best: _Found) -> Finding:
    found, one = best.spells, best.counted
    numbers = {
        "spells": Number(len(found.found), _SPELLS),
        "high": Number(found.high, "periods", n=found.known),
        "length": Number(found.length, "periods", found.low, found.high_end, len(found.found)),
        "chance": Number(found.by_chance, "periods"),
        "longest": Number(found.longest, "periods"),
    }
    longest = max(found.found, key=lambda s: s.length)
    terms = {
        **pair_terms(view),
        "stream": stream_term(one.stream),
        **kinds(one.kind),
        "first": Term("period", one.periods[longest.first]),
        "last": Term("period", one.periods[longest.last]),
    }
    clear = found.p < 0.05 and found.length > found.by_chance
    keys = {"stream": one.stream, "period": f"{one.periods[longest.first]} to {one.periods[longest.last]}"}
    acts = int(one.panel.k[:2, longest.first : longest.last + 1].sum())
    return Finding(
        id="reaction.spells",
        chapter="reaction",
        message=Message("reaction.spells.clear" if clear else "reaction.spells.unclear", numbers, terms),
        verdict=Verdict.HOLDS if clear else Verdict.UNDECIDED,
        provenance=view.provenance([one.stream], high="above what four fifths of the periods stay under"),
        evidence=(Evidence("acts", {**keys, "root": "10-20"}, acts),),
        caveats=(Message("reaction.spells.high", terms=terms),),
        basis="acts",
        bits=bits(found.p),
        would_change=Message(f"reaction.spells.would_change.{'clear' if clear else 'unclear'}", numbers, terms),
    )


def _first(view: View, best: _Found) -> list[Finding]:
    """In the weeks around the beginning of each spell: whose acts rose first above their own usual level."""
    weeks = counted(view, best.counted.stream, "week", "conflict")
    if best.counted.kind != "month" or weeks is None:
        return []
    high = [high_periods(weeks.panel.k[i], weeks.volume, weeks.panel.known) for i in (0, 1)]
    ends = [(days_in(w)[0], days_in(w)[1]) for w in weeks.periods]
    order = []
    for spell in best.spells.found:
        begin, end = days_in(best.counted.periods[spell.first])
        last = [i for i, (monday, _) in enumerate(ends) if monday <= end]
        first = next((i for i, (_, sunday) in enumerate(ends) if sunday >= begin), 0)
        at = np.arange(max(0, first - _BEFORE), last[-1] + 1 if last else 0)
        rose = [at[h[at]] for h in high]
        order.append(tuple(int(r[0]) if len(r) else 10**9 for r in rose))
    counts = [sum(x < y for x, y in order), sum(y < x for x, y in order), sum(x == y for x, y in order)]
    return [_first_finding(view, best, (counts[0], counts[1], counts[2]))]


def _first_finding(view: View, best: _Found, counts: tuple[int, int, int]) -> Finding:
    a, b, same = counts
    p = float(binomtest(a, a + b).pvalue) if a + b else 1.0
    clear = a + b >= _FEWEST and p < 0.05
    numbers = {
        "first_a": Number(a, _SPELLS), "first_b": Number(b, _SPELLS), "same": Number(same, _SPELLS),
        "spells": Number(a + b + same, _SPELLS),
    }  # fmt: skip
    terms = {**pair_terms(view), "stream": stream_term(best.counted.stream)}
    if clear:
        side = view.directions[0 if a > b else 1]
        terms |= way(*side)
    return Finding(
        id="reaction.first",
        chapter="reaction",
        message=Message(f"reaction.first.{'clear' if clear else 'unclear'}", numbers, terms),
        verdict=Verdict.HOLDS if clear else Verdict.UNDECIDED,
        provenance=view.provenance([best.counted.stream], weeks_before=_BEFORE),
        caveats=(Message("reaction.first.not_started"),),
        basis="acts",
        bits=bits(p),
        would_change=Message(f"reaction.first.would_change.{'clear' if clear else 'unclear'}", numbers, terms),
    )
