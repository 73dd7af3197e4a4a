"""Two countries' paths of ideal points as lines for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from visavis.finding import Message, Number, Term
from visavis.models.assembly import HIGH, LOW, issue_name
from visavis.models.ideal_points import IdealPoints, SessionDistance
from visavis.models.intervals import Estimate
from visavis.models.paths import Nearest, Order, Shift
from visavis.models.vote_path import VotePath
from visavis.models.vote_similarity import LEAST
from visavis.names.lines import columns, fill
from visavis.names.messages import heading, number_text, say, term_text
from visavis.names.outside import terminal_text

__all__ = ["path_json", "path_lines", "path_messages"]

_NAMED = 4  # neighbours beside the likeliest that a sentence names


def path_lines(path: VotePath, found: IdealPoints, issue: str | None, lang: str) -> Iterator[str]:
    """The title, a line a session, what changed, and what the figures cannot show."""
    first, *others = path_messages(path, found, issue)
    yield fill(_told(first, lang), 100, then="  ")
    yield ""
    yield from _table(path, lang)
    if any(_few(one) for one in path.distances):
        yield fill(_told(Message("votes.path.few", {"least": Number(LEAST, "votes")}), lang), 100, then="  ")
    yield ""
    for message in others:
        yield fill(_told(message, lang), 100, then="  ")


def path_messages(path: VotePath, found: IdealPoints, issue: str | None) -> list[Message]:
    """What is said: the title, who moved, the order, the neighbours, and what has to be said with it."""
    terms: dict[str, Any] = {"a": Term("country", path.pair[0]), "b": Term("country", path.pair[1])}
    span = {"first": _session(path.distances[0].session), "last": _session(path.distances[-1].session)}
    about = {} if issue is None else {"issue": issue_name(issue)}
    return [
        Message("votes.path.title" if issue is None else "votes.path.title_issue", terms=terms | span | about),
        *([] if path.shift is None else _moved(path.shift, terms)),
        *_order(path.order, path.pair),
        *(_near(one) for one in path.neighbours),
        Message("votes.path.near_only"),
        Message("votes.path.drift"),
        *_ends(found),
        *found.notes,
        *([] if found.converged else [Message("votes.path.unsettled")]),
        Message("votes.path.context"),
    ]


def _moved(shift: Shift, terms: dict[str, Any]) -> Iterator[Message]:
    """How the gap and the distance changed, and whose move that is."""
    span = {"since": _session(shift.since), "until": _session(shift.until)}
    up, gap = _riser(shift, (terms["a"].value, terms["b"].value))
    [down] = {terms["a"].value, terms["b"].value} - {up}
    sides = {"up": Term("country", up), "down": Term("country", down)}
    moves = {"move_up": _change(shift.against_field[up]), "move_down": _change(shift.against_field[down])}
    numbers = {"gap": _change(gap), "field": Number(shift.field, "countries"), **moves}
    if not shift.changed:
        yield Message("votes.path.shift.none", {"gap": numbers["gap"]}, {**sides, **span})
    elif shift.mover is None:
        yield Message("votes.path.shift.undecided", numbers, {**sides, **span})
    else:
        numbers |= {"p": _probable(shift.probability)}
        yield Message("votes.path.shift.mover", numbers, {**sides, **span, "mover": Term("country", shift.mover)})
    apart = shift.distance
    key = "farther" if apart.low > 0 else "nearer" if apart.high < 0 else "same"
    if key == "nearer":
        apart = Estimate(-apart.value, -apart.high, -apart.low, apart.n, apart.level)
    number = _number(apart) if key != "same" else _change(apart)
    yield Message(f"votes.path.{key}", {"distance": number}, span)


def _riser(shift: Shift, pair: tuple[str, str]) -> tuple[str, Estimate]:
    """Who moved up the line relative to the other, and by how much; the first by name where the gap did not change.

    The same whichever of the two was asked for first.
    """
    gap = shift.gap
    turned = Estimate(-gap.value, -gap.high, -gap.low, gap.n, gap.level)
    as_asked = gap.value > 0 if shift.changed else pair[0] < pair[1]
    return (pair[0], gap) if as_asked else (pair[1], turned)


def _ends(found: IdealPoints) -> list[Message]:
    """Which end of the line is which, told by those of ``HIGH`` and ``LOW`` that did stand there on average."""
    at = {code: found.position[found.rows(code)].mean() for code in (*HIGH, *LOW) if code in set(found.country)}
    high = tuple(Term("country", code) for code in HIGH if at.get(code, 0) > 0)
    low = [code for code in LOW if at.get(code, 0) < 0]
    if not high:
        return []
    if not low:
        return [Message("votes.path.ends_high", terms={"high": high})]
    until = max(int(found.session[found.rows(code)].max()) for code in low)
    ends: dict[str, Any] = {"high": high, "low": tuple(Term("country", code) for code in low), "until": _session(until)}
    return [Message("votes.path.ends", terms=ends)]


def _order(order: Order, pair: tuple[str, str]) -> list[Message]:
    """Who stood higher, and each change of that."""
    sessions = Number(len(order.sessions), "sessions")
    if len(order.sessions) == 1:
        [name] = order.higher
        terms: dict[str, Any] = {"session": _session(order.sessions[0])}
        if name is None:
            return [Message("votes.path.lone.unclear", terms=terms)]
        return [Message("votes.path.lone", terms={**terms, "higher": Term("country", name)})]
    if not order.clear:
        return [Message("votes.path.no_order", {"sessions": sessions})]
    if not order.crossings:
        higher = next(name for name in order.higher if name is not None)
        if order.clear == len(order.sessions):
            return [Message("votes.path.one_order_all", {"sessions": sessions}, {"higher": Term("country", higher)})]
        numbers = {"clear": Number(order.clear, "sessions"), "sessions": sessions}
        return [Message("votes.path.one_order", numbers, {"higher": Term("country", higher)})]
    return [
        Message(
            "votes.path.crossing",
            {"p": _probable(one.probability)},
            {
                "higher": Term("country", one.higher),
                "lower": Term("country", pair[one.higher == pair[0]]),
                **{name: _session(getattr(one, name)) for name in ("before", "after", "likeliest")},
            },
        )
        for one in order.crossings
    ]


def _near(found: Nearest) -> Message:
    first, *others = found.neighbours
    terms: dict[str, Any] = {"country": Term("country", found.country), "session": _session(found.session),
                             "near": Term("country", first.country)}  # fmt: skip
    numbers = {"p": _probable(first.probability), "among": Number(found.among, "countries")}
    if found.decided or not others:
        return Message("votes.path.nearest", numbers, terms)
    terms["others"] = tuple(Term("country", one.country) for one in others[:_NAMED])
    return Message(
        "votes.path.nearest_undecided", numbers | {"count": Number(len(found.neighbours), "countries")}, terms
    )


def _session(number: int) -> Term:
    return Term("outside", str(number))


def _number(found: Estimate) -> Number:
    return Number(found.value, "position", found.low, found.high, found.n, found.level)


def _change(found: Estimate) -> Number:
    return Number(found.value, "change in position", found.low, found.high, found.n, found.level)


def _probable(share: float | None) -> Number:
    """A probability from draws, which are too few to tell more than 99 %."""
    return Number(min(share or 0.0, 0.99), "probability")


def _told(message: Message, lang: str) -> str:
    return terminal_text(say(message, lang))


def _table(path: VotePath, lang: str) -> Iterator[str]:
    """A line a session: distance, who stood higher where that is clear, and both positions."""
    keys = ("session", "distance", "higher")
    rows = [[*(heading(f"votes.path.column.{key}", lang) for key in keys), *(_name(code, lang) for code in path.pair)]]
    higher = dict(zip(path.order.sessions, path.order.higher, strict=True))
    for one in path.distances:
        above = higher[one.session]
        cells = [f"{one.session} ({1945 + one.session})" + "*" * _few(one), number_text(_number(one.distance), lang)]
        cells.append(heading("verdict.undecided", lang) if above is None else _name(above, lang))
        cells += [number_text(_number(path.positions[code, one.session]), lang) for code in path.pair]
        rows.append(cells)
    wide = [max(columns(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell + " " * (w - columns(cell)) for cell, w in zip(row, wide, strict=True)).rstrip()


def _few(one: SessionDistance) -> bool:
    """Whether fewer roll calls hold a vote of both than a figure should rest on."""
    return one.distance.n < LEAST


def _name(code: str, lang: str) -> str:
    return terminal_text(term_text(Term("country", code), lang))


def path_json(path: VotePath, found: IdealPoints, issue: str | None, lang: str) -> dict[str, Any]:
    """The same as plain data; codes and numbers in place of words, and the sentences."""
    order, shift = path.order, path.shift
    return {
        "pair": list(path.pair),
        "issue": issue,
        "sentences": [_told(message, lang) for message in path_messages(path, found, issue)],
        "sessions": [
            {
                "session": one.session,
                "year": 1945 + one.session,
                "gap": asdict(one.gap),
                "distance": asdict(one.distance),
                "few": _few(one),
                "higher": above,
                "positions": {code: asdict(path.positions[code, one.session]) for code in path.pair},
            }
            for one, above in zip(path.distances, order.higher, strict=True)
        ],
        "shift": None if shift is None else asdict(shift) | {"changed": shift.changed},
        "crossings": [asdict(one) for one in order.crossings],
        "nearest": [asdict(one) | {"decided": one.decided} for one in path.neighbours],
        "steps": found.steps,
        "converged": found.converged,
    }
