"""How alike two countries vote: among all pairs, issue by issue, against the 1990s, and on the line of all votes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visavis.charts.positions import positions
from visavis.finding import Chart, Evidence, Finding, Message, Number, Term, Verdict, bits
from visavis.findings._terms import pair_terms
from visavis.findings._view import View
from visavis.findings._vote_figures import cited_votes, pair_figures
from visavis.models.intervals import Estimate
from visavis.models.vote_figures import SPAN
from visavis.models.vote_windows import (
    DRAWS,
    TOLD,
    Alike,
    PairFigures,
    beyond,
    change,
    endings,
    issues,
    lowest,
    window,
)  # fmt: skip
from visavis.names.messages import message_keys

__all__ = ["issue_term", "spans", "voting", "withheld_of"]

_EARLY = 50  # the last session of the span that later ones are compared with: 1991 to 1996
_SURE = 0.95  # share of draws in which the lowest of several is the lowest
_UNITS = {"agreement": "share of roll calls", "kappa": "kappa", "pi": "pi"}
_BANDS = {5: "low", 25: "lower", 50: "middle", 75: "upper", 95: "high"}


def voting(view: View) -> list[Finding]:
    """Whether they vote alike more than most pairs do, and more than before."""
    figures = pair_figures(view)
    ends = endings(figures) if figures else []
    now = window(figures, ends[-1]) if figures and ends else None
    if figures is None or now is None:
        return [_none(view)]
    then = window(figures, _EARLY) if _EARLY in ends and now.since > _EARLY else None
    changed = [_changed(view, figures, then, now)] if then else []
    return [_alike(view, figures, now), *_parts(view, figures, now), *changed, *_near(view, figures)]


def _none(view: View) -> Finding:
    numbers = {"sessions": Number(SPAN, "sessions")}
    return Finding("likeness.votes", "likeness", Message("likeness.votes.none", numbers, pair_terms(view)),
                   Verdict.NO_DATA, view.provenance(()), basis="votes",
                   would_change=Message("likeness.votes.none.change"))  # fmt: skip


def issue_term(issue: str) -> Term:
    """An issue in words; a label of a user's own file as it stands."""
    key = f"votes.issue.{issue}"
    return Term("word", key) if key in message_keys() else Term("outside", issue)


def spans(found: Alike) -> tuple[dict[str, Number], dict[str, Term]]:
    """First and last session, and the years from the beginning of the first to the end of the last."""
    numbers = {"first": Number(found.since, "sessions"), "last": Number(found.until, "sessions")}
    return numbers, {"since": Term("period", str(1945 + found.since)), "until": Term("period", str(1946 + found.until))}


def _number(found: Estimate | None, unit: str) -> Number:
    return Number(None, unit) if found is None else Number(found.value, unit, found.low, found.high, found.n)


def _figures_of(found: Alike, name: str = "agreement") -> dict[str, Number]:
    """A measure, what half of all pairs lie under, and the place among them."""
    unit = _UNITS[name]
    return {
        "value": _number(found.values[name], unit),
        "middle": Number(found.middle.get(name), unit),
        "place": _number(found.below.get(name), "share of pairs"),
    }


def _alike(view: View, figures: PairFigures, now: Alike) -> Finding:
    """The claim, by raw agreement and by two measures that take out agreement by chance."""
    sides = {now.more_than_half(name) for name in TOLD}
    verdict = Verdict.UNDECIDED
    if sides in ({True}, {False}):
        verdict = Verdict.HOLDS if True in sides else Verdict.DOES_NOT_HOLD
    sessions, years = spans(now)
    raw, corrected = _figures_of(now), _figures_of(now, "pi")
    numbers = sessions | {"agreement": raw["value"], "middle": raw["middle"], "place": raw["place"]}
    numbers |= {"pi_place": corrected["place"], "pairs": Number(now.pairs, "pairs")}
    p = max(now.p_other_side(name, now.middle[name]) if name in now.middle else 1.0 for name in TOLD)
    return Finding(
        id="likeness.votes",
        chapter="likeness",
        message=Message(f"likeness.votes.{verdict.value.replace(' ', '_')}", numbers, pair_terms(view) | years),
        verdict=verdict,
        provenance=cited_votes(view, figures, sessions=SPAN, measures=", ".join(TOLD)),
        evidence=(_evidence(view, now),),
        details=_absence(now),
        headline=verdict is not Verdict.UNDECIDED,
        basis="votes",
        bits=0.0 if verdict is Verdict.UNDECIDED else bits(p),
        would_change=Message("likeness.votes.change", sessions, years),
    )  # fmt: skip


def _evidence(view: View, found: Alike) -> Evidence:
    key = {"a": view.a, "b": view.b, "session": f"{found.since}|{found.until}"}
    return Evidence("joint_votes", key, found.n)


def _measures(found: Alike) -> Message:
    numbers = {"place": _figures_of(found)["place"]}
    for name in ("kappa", "pi"):
        own = _figures_of(found, name)
        numbers |= {name: own["value"], f"{name}_middle": own["middle"]}
    return Message("likeness.votes.measures", numbers)


def _parts(view: View, figures: PairFigures, now: Alike) -> list[Finding]:
    """The claim that one issue is the one on which they part most; issue by issue, the lowest agreement first."""
    found = sorted(issues(figures).values(), key=lambda one: (_figures_of(one)["value"].value or 0.0, one.issue))
    if len(found) < 2:
        return []
    least, sure = lowest(found)
    verdict = Verdict.HOLDS if sure >= _SURE else Verdict.UNDECIDED
    line = _issue(least)
    numbers = {**line.numbers, "issues": Number(len(found), "issues")}
    return [
        Finding(
            id="likeness.votes.parts",
            chapter="likeness",
            message=Message(f"likeness.votes.parts.{verdict.value}", numbers, {**pair_terms(view), **line.terms}),
            verdict=verdict,
            provenance=cited_votes(view, figures, sessions=SPAN, sure=f"{_SURE:g}"),
            evidence=(_evidence(view, least),),
            details=(*(_issue(one) for one in found), _measures(now)),
            caveats=(
                Message("likeness.votes.labels"),
                *_ended(figures, now),
                Message("likeness.votes.unanimous"),
                Message("likeness.votes.context"),
            ),
            basis="votes",
            bits=bits(1 - sure + 1 / DRAWS) if verdict is Verdict.HOLDS else 0.0,
            would_change=Message("likeness.votes.parts.change"),
        )
    ]


def _issue(found: Alike) -> Message:
    sessions, years = spans(found)
    return Message("likeness.votes.issue", _figures_of(found) | sessions, {"issue": issue_term(found.issue), **years})


def _near(view: View, figures: PairFigures) -> list[Finding]:
    """The claim that in the last session of both they stand closer on the line than most pairs do."""
    if not figures.gaps:
        return []
    last = max(figures.gaps, key=lambda row: row["session"])
    verdict = Verdict.UNDECIDED
    if last["closer_high"] < 0.5 or last["closer_low"] > 0.5:
        verdict = Verdict.HOLDS if last["closer_high"] < 0.5 else Verdict.DOES_NOT_HOLD
    unit = "standard deviations"
    # Rounded for a reader, nearly all is not all.
    closer = [x if x == 1 else min(x, 0.99) for x in (last[f"closer{end}"] for end in ("", "_low", "_high"))]
    numbers = {
        "distance": Number(last["distance"], unit, last["distance_low"], last["distance_high"], last["n"]),
        "closer": Number(closer[0], "share of pairs", closer[1], closer[2], last["pairs"]),
        "session": Number(last["session"], "sessions"),
    }
    terms = pair_terms(view) | {"year": Term("period", str(last["year"]))}
    return [
        Finding(
            id="likeness.votes.near",
            chapter="likeness",
            message=Message(f"likeness.votes.near.{verdict.value.replace(' ', '_')}", numbers, terms),
            verdict=verdict,
            provenance=cited_votes(view, figures, session=last["session"]),
            charts=_charts(view, figures),
            caveats=(Message("likeness.votes.drift"),),
            basis="votes",
            would_change=Message("likeness.votes.near.change"),
        )
    ]


def _absence(found: Alike) -> tuple[Message, ...]:
    if not found.absence_matters:
        return ()
    numbers = {name: Number(found.if_abstained[name], _UNITS[name]) for name in TOLD}
    return (Message("likeness.votes.absence", numbers | {"alone": Number(found.alone, "roll calls")}),)


def withheld_of(figures: PairFigures, until: int) -> frozenset[str]:
    """Labels of the source that are not used in the span of sessions that ends with ``until``."""
    cells = [row["withheld"] for row in figures.field_rows if row["until"] == until]
    return frozenset(label for cell in cells for label in cell.split("|")) - {""}


def _ended(figures: PairFigures, now: Alike) -> list[Message]:
    """Labels that are withheld in the last sessions, and where they end."""
    gone = withheld_of(figures, now.until)
    ended: dict[int, list[str]] = {}
    for label in sorted(gone):
        if known := figures.sessions(label):
            ended.setdefault(known[-1], []).append(label)
    return [
        Message("likeness.votes.ended", {"last": Number(last, "sessions")},
                {"issues": tuple(issue_term(label) for label in labels)})
        for last, labels in sorted(ended.items())
    ]  # fmt: skip


def _changed(view: View, figures: PairFigures, then: Alike, now: Alike) -> Finding:
    """The claim that they vote more alike than in the first half of the 1990s."""
    moved = change(then, now)
    known = [e for e in moved.values() if e is not None]
    verdict = Verdict.UNDECIDED
    if len(known) == len(TOLD) and all(e.low > 0 for e in known):
        verdict = Verdict.HOLDS
    elif len(known) == len(TOLD) and all(e.high < 0 for e in known):
        verdict = Verdict.DOES_NOT_HOLD
    sessions, years = spans(now)
    before = {f"{name}_then": x for spread in spans(then) for name, x in spread.items()}
    numbers = {name: _number(e, f"change in {_UNITS[name]}") for name, e in moved.items()} | sessions
    numbers |= {name: x for name, x in before.items() if isinstance(x, Number)}
    terms = pair_terms(view) | years | {name: x for name, x in before.items() if isinstance(x, Term)}
    pairs = {"now": _figures_of(now)["value"], "then": _figures_of(then)["value"]}
    pairs |= {"now_middle": _figures_of(now)["middle"], "then_middle": _figures_of(then)["middle"]}
    drawn = {name: now.drawn[name] - then.drawn[name] for name in TOLD}
    p = max(((beyond(drawn[name], 0.0, e.value) + 1) / (drawn[name].size + 1) if e else 1.0)
            for name, e in moved.items())  # fmt: skip
    return Finding(
        id="likeness.votes.change",
        chapter="likeness",
        message=Message(f"likeness.votes.change.{verdict.value.replace(' ', '_')}", numbers, terms),
        verdict=verdict,
        provenance=cited_votes(view, figures, sessions=SPAN, before=then.until, measures=", ".join(TOLD)),
        evidence=(_evidence(view, then), _evidence(view, now)),
        details=(Message("likeness.votes.change.values", pairs),),
        caveats=(Message("likeness.votes.change.others"),),
        basis="votes",
        bits=0.0 if verdict is Verdict.UNDECIDED else bits(p),
        would_change=Message("likeness.votes.change.change"),
    )


def _charts(view: View, figures: PairFigures) -> tuple[Chart, ...]:
    own = [row for row in figures.positions if row["country"] != "*"]
    if {row["country"] for row in own} != {view.a, view.b}:
        return ()
    rows = [_drawn(row) for row in own]
    field: dict[int, dict[str, Any]] = {}
    for row in figures.positions:
        if row["country"] == "*":
            about = field.setdefault(row["session"], {"session": row["session"], "year": row["year"]})
            about[_BANDS[row["place"]]] = row["position"]
    return (positions(rows, [field[session] for session in sorted(field)], (view.a, view.b)),)


def _drawn(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in ("session", "year", "country", "low", "high")}
    return {**kept, "value": row["position"], "votes": row["n_votes"]}
