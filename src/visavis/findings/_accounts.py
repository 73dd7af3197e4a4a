"""Both accounts: the pair as told by either side's press and by third parties, with stories as units.

Whether each side's press shows the other side as the hostile one more often than third parties do is called a mirror
image; it has nothing to do with taking for granted that the other will act as oneself would. Source: Bronfenbrenner
(1961), J. Social Issues 17(3). Third parties are what the two are held against, and no judge of what happened.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from visavis.actions import means
from visavis.finding import Chart, Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._stories import OTHERS, UNKNOWN, Story, stories_of
from visavis.findings._terms import pair_terms, stream_term, word
from visavis.findings._together import SIDES
from visavis.findings._view import View
from visavis.findings._window import Window
from visavis.models.accounts import FEWEST_STORIES, FEWEST_WEEKS, Tilt, scatter, tilt
from visavis.models.intervals import share_interval

__all__ = ["account", "accounts_now", "told_more"]

Stories = Counter[Story]
Counts = npt.NDArray[np.int64]
_FEW = 10  # stories of a teller, below which no shares of them are told
_LISTED = 3  # means told with a teller: the most frequent ones


@dataclass(frozen=True)
class _Told:
    """The stories of one stream, and who tells them."""

    view: View
    stream: str
    stories: Stories

    @cached_property
    def at(self) -> dict[str, int]:
        """Place of every week that has stories."""
        return {week: i for i, week in enumerate(sorted({story.period for story in self.stories}))}

    def of(self, teller: str) -> Stories:
        return Counter({story: n for story, n in self.stories.items() if story.teller == teller})

    def hostile(self, teller: str, other: str) -> Counts:
        """Stories by week that show ``other``, and the pair's second side, alone as the hostile one, (weeks, 2)."""
        found = np.zeros((len(self.at), 2), dtype=np.int64)
        for story, n in self.of(teller).items():
            if story.hostile_alone:
                found[self.at[story.period], int(story.hostile_alone != other)] += n
        return found

    def with_kind(self, tellers: set[str], kind: str) -> tuple[Counts, Counts]:
        """Stories of some tellers by week: those that tell of a kind of means, and all, both (weeks,)."""
        found = np.zeros((2, len(self.at)), dtype=np.int64)
        for story, n in self.stories.items():
            if story.teller in tellers:
                found[:, self.at[story.period]] += [n * (kind in _kinds(story)), n]
        return found[0], found[1]

    def odds(
        self, teller: str, kind: str, here: tuple[Counts, Counts], there: tuple[Counts, Counts], level: float
    ) -> Tilt | None:
        """Odds of telling of a kind of means, of one teller against others."""
        seed = zlib.crc32(f"{self.view.a}-{self.view.b} {self.stream} {teller} {kind}".encode())
        cells = [np.stack([k, n - k], axis=1) for k, n in (here, there)]
        return tilt(cells[0], cells[1], rng=np.random.default_rng(seed), level=level)

    def tilt(self, teller: str, other: str) -> Tilt | None:
        """How much more often a side's press shows the other side as the hostile one than third parties do."""
        seed = zlib.crc32(f"{self.view.a}-{self.view.b} {self.stream} {teller} accounts".encode())
        there = self.hostile(OTHERS, other)
        return tilt(self.hostile(teller, other), there, rng=np.random.default_rng(seed))


def account(view: View, stream: str, stories: Stories, chart: Chart, caveats: tuple[Message, ...]) -> Finding:
    """One stream as told by both sides' press and by third parties; ``stories`` by week."""
    told = _Told(view, stream, stories)
    tilts = {view.a: told.tilt(view.a, view.b), view.b: told.tilt(view.b, view.a)}
    verdict, key = _verdict(list(tilts.values()))
    numbers = _shares(told) | _ratios(view, tilts)
    details = [_teller(told, teller) for teller in (view.a, view.b)]
    if any(tilts.values()):
        details += [_against(view, end, numbers) for end in "ab"]
    details += [_teller(told, OTHERS)]
    return Finding(
        id=f"history.accounts.{stream}",
        chapter="history",
        message=Message(f"accounts.{key}", numbers, {**pair_terms(view), "stream": stream_term(stream)}),
        verdict=verdict,
        provenance=view.provenance([stream], register="names/publishers.csv", blocks="weeks"),
        charts=(chart,),
        evidence=tuple(
            Evidence("stories", {"stream": stream, "told_by": teller}, told.of(teller).total())
            for teller in (view.a, view.b, OTHERS)
        ),
        caveats=(*caveats, *_unclear(told), Message("accounts.mirror_image")),
        details=tuple(details),
        headline=verdict in (Verdict.HOLDS, Verdict.DOES_NOT_HOLD),
        basis="acts",
        bits=_bits(list(tilts.values()), verdict),
        would_change=Message("accounts.would_change" if all(tilts.values()) else "accounts.would_change.few"),
        group=SIDES,
    )


def _verdict(tilts: list[Tilt | None]) -> tuple[Verdict, str]:
    """A mirror image needs both sides; one side that clearly does the reverse is enough to say there is none."""
    known = [one for one in tilts if one is not None]
    if any(one.less for one in known):
        return Verdict.DOES_NOT_HOLD, "reverse"
    if len(known) < len(tilts):
        return Verdict.NO_DATA, "too_few"
    return (Verdict.HOLDS, "mirror") if all(one.more for one in known) else (Verdict.UNDECIDED, "undecided")


def _bits(tilts: list[Tilt | None], verdict: Verdict) -> float:
    """How surprising it would be without any tilt: the larger p of the two, or one of two looked at."""
    p = [one.p for one in tilts if one is not None]
    if verdict is Verdict.HOLDS:
        return bits(max(p))
    less = [one.p for one in tilts if one is not None and one.less]
    return bits(2 * min(less)) if verdict is Verdict.DOES_NOT_HOLD else 0.0


def _shares(told: _Told) -> dict[str, Number]:
    """Of the stories that show one side alone as the hostile one, the share in which it is the one the slot names."""
    view = told.view
    counts = {
        "other_a": told.hostile(view.a, view.b),
        "other_b": told.hostile(view.b, view.a),
        "third_a": told.hostile(OTHERS, view.a),
        "third_b": told.hostile(OTHERS, view.b),
    }
    return {name: _share(found[:, 0], found.sum(axis=1)) for name, found in counts.items()}


def _share(k: Counts, n: Counts) -> Number:
    """A share of stories, with weeks scattering as they do."""
    found = share_interval(int(k.sum()), int(n.sum()), dispersion=scatter(k, n))
    if found is None:
        return Number(None, "share of stories", n=0)
    return Number(found.value, "share of stories", found.low, found.high, found.n, found.level)


def _ratios(view: View, tilts: Mapping[str, Tilt | None]) -> dict[str, Number]:
    found: dict[str, Number] = {
        "needed": Number(FEWEST_STORIES, "stories"),
        "needed_weeks": Number(FEWEST_WEEKS, "weeks"),
    }
    for end, side in (("a", view.a), ("b", view.b)):
        one = tilts[side]
        if one is not None:
            r = one.ratio
            found[f"ratio_{end}"] = Number(r.value, "odds ratio", r.low, r.high, r.n, r.level)
            found[f"p_{end}"] = Number(max(one.p, 0.001), "probability", n=one.weeks)
    return found


def _against(view: View, end: str, numbers: Mapping[str, Number]) -> Message:
    """One side's press against third parties."""
    teller, other = (view.a, view.b) if end == "a" else (view.b, view.a)
    terms = {"teller": Term("country", teller), "other": Term("country", other)}
    if f"ratio_{end}" not in numbers:
        few = {"alone": numbers[f"other_{end}"], "third": numbers["third_a"]}
        return Message("accounts.ratio.few", few | {k: numbers[k] for k in ("needed", "needed_weeks")}, terms)
    return Message("accounts.ratio", {k: numbers[f"{k}_{end}"] for k in ("ratio", "p")}, terms)


def _teller(told: _Told, teller: str) -> Message:
    """What one teller's stories hold: how many, how many conflictual, who acts, and what they tell of most."""
    stories = told.of(teller)
    who = {} if teller == OTHERS else {"teller": Term("country", teller)}
    key = "accounts.press" if who else "accounts.third"
    if stories.total() < _FEW or len({k for s in stories for k in _kinds(s)}) < _LISTED:
        return Message(f"{key}.few", {"stories": Number(stories.total(), "stories")}, who)
    cells = np.zeros((len(told.at), 2), dtype=np.int64)
    acting, told_of = Counter[str](), Counter[str]()
    for story, n in stories.items():
        cells[told.at[story.period]] += [n * story.conflictual, n]
        for side in story.acting:
            acting[side] += n
        for kind in _kinds(story):
            told_of[kind] += n
    total = stories.total()
    numbers = {
        "stories": Number(total, "stories"),
        "conflict": _share(cells[:, 0], cells[:, 1]),
        "acts_a": Number(acting[told.view.a], "stories"),
        "acts_b": Number(acting[told.view.b], "stories"),
    }
    terms: dict[str, Term] = pair_terms(told.view)
    for i, (kind, k) in enumerate(sorted(told_of.items(), key=lambda item: (-item[1], item[0]))[:_LISTED], start=1):
        terms[f"means{i}"] = word("means", kind)
        numbers[f"share{i}"] = Number(k / total, "share of stories", n=total)
    return Message(key, numbers, terms | who)


def told_more(view: View, stream: str, stories: Stories) -> list[Finding]:
    """What one side's press tells of more often than all other known tellers do, where that is clear."""
    told = _Told(view, stream, stories)
    kinds = sorted({kind for story in told.stories for kind in _kinds(story)})
    level = 1 - 0.1 / max(1, 2 * len(kinds))  # over all means and both sides' press at once
    found = []
    for teller in (view.a, view.b):
        others = {story.teller for story in told.stories} - {teller, UNKNOWN}
        compared = [(k, told.with_kind({teller}, k), told.with_kind(others, k)) for k in kinds]
        tilts = [(k, h, t, one) for k, h, t in compared if (one := told.odds(teller, k, h, t, level))]
        more = [m for m in tilts if m[3].more and m[1][0].sum() + m[2][0].sum() >= FEWEST_STORIES]
        if more:
            kind, here, there, one = max(more, key=lambda m: m[1][0].sum() / m[1][1].sum())
            found.append(_more(told, teller, kind, one, (_share(*here), _share(*there)), len(kinds)))
    return found


def _more(told: _Told, teller: str, kind: str, one: Tilt, shares: tuple[Number, Number], kinds: int) -> Finding:
    ratio = Number(one.ratio.value, "odds ratio", one.ratio.low, one.ratio.high, one.ratio.n, one.ratio.level)
    terms = {"teller": Term("country", teller), "means": word("means", kind), "stream": stream_term(told.stream)}
    count = round((shares[0].value or 0) * (shares[0].n or 0))
    return Finding(
        id=f"history.tells_more.{told.stream}.{teller}",
        chapter="history",
        message=Message("accounts.more", {"here": shares[0], "elsewhere": shares[1], "ratio": ratio}, terms),
        verdict=Verdict.HOLDS,
        provenance=told.view.provenance([told.stream], register="names/publishers.csv", level=f"{ratio.level:.4f}"),
        evidence=(Evidence("stories", {"stream": told.stream, "told_by": teller, "means": kind}, count),),
        actor=teller,
        group=told.stream,
        basis="acts",
        bits=bits(one.p * 2 * kinds),
        would_change=Message("accounts.more.would_change", {"ratio": ratio}),
    )


def _kinds(story: Story) -> set[str]:
    """The means that a story tells of."""
    return {means(root) or "statement" for root in story.roots}


def _unclear(told: _Told) -> tuple[Message, ...]:
    """Said where the tables of a pack do not tell whose the conflictual part of a story is."""
    n = sum(n for story, n in told.stories.items() if story.hostile is None and story.teller != UNKNOWN)
    return (Message("accounts.unclear", {"unclear": Number(n, "stories")}),) if n else ()


def accounts_now(view: View, window: Window) -> list[Finding]:
    """How many stories each side's press and third parties hold on the period looked at, and whom they show how."""
    stories = stories_of(view, window.kind).get(window.stream, Counter())
    here = Counter({s: n for s, n in stories.items() if s.period in window.periods and s.teller != UNKNOWN})
    if not any(s.teller in (view.a, view.b) for s in here):
        return []
    numbers = {}
    for end, teller in (("a", view.a), ("b", view.b), ("others", OTHERS)):
        mine = [(s, n) for s, n in here.items() if s.teller == teller]
        numbers[f"stories_{end}"] = Number(sum(n for _, n in mine), "stories")
        numbers[f"conflict_{end}"] = Number(sum(n for s, n in mine if s.conflictual), "stories")
        for of, side in (("a", view.a), ("b", view.b)):
            name = {"aa": "own_a", "ab": "other_a", "ba": "other_b", "bb": "own_b"}.get(end + of, f"third_{of}")
            numbers[name] = Number(sum(n for s, n in mine if s.hostile_alone == side), "stories")
    terms = {**pair_terms(view), "period": Term("period", window.label)}
    shown = sum(n for s, n in here.items() if s.hostile_alone)
    return [
        Finding(
            id=f"now.accounts.{window.label}",
            chapter="now",
            message=Message("accounts.now", numbers, terms),
            verdict=Verdict.HOLDS,
            claim=False,
            provenance=view.provenance([window.stream], register="names/publishers.csv"),
            evidence=tuple(
                Evidence("stories", {"stream": window.stream, "period": window.label, "told_by": teller}, n)
                for teller in (view.a, view.b, OTHERS)
                if (n := sum(n for s, n in here.items() if s.teller == teller))
            ),
            details=(Message("accounts.now.shown", numbers, terms),) if shown >= FEWEST_STORIES else (),
            caveats=(Message("history.tellers.wire"),),
            basis="acts",
        )
    ]
