"""Positions of the countries of an assembly from the votes a record holds. See docs/votes.md.

The path of a seat goes on when its holder takes another name (365: SUN, then RUS), so ballots are joined by seat, and
told by the country that cast most of them in the session. A resolution that comes again is one item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from visavis.errors import NoDataError, UnknownNameError, UsageError
from visavis.finding import Message, Number, Term
from visavis.models._kept_fit import Earlier
from visavis.models.ideal_points import BOUND, IdealPoints, Start, ideal_points
from visavis.models.ideal_sampler import OnStep, sampled_ideal_points

__all__ = [
    "HIGH", "LOW", "Assembly", "Rule", "assembly", "assembly_positions", "by_seat", "issue_name", "issues_of", "named",
    "placed", "sampled_seats", "seat_positions",
]  # fmt: skip

HIGH, LOW = ("USA", "GBR", "CAN", "ISR"), ("SUN", "DDR")
"""Countries that tell which end of the line is which; neither is the better one. Russia since 1991 is at neither."""

Rule = Literal["all", "published"]
_CHOICES = pa.array(["yes", "abstain", "no"])
_NAMED = ("me", "nu", "di", "hr", "co", "ec")
_SEED = 20170201
_LAST_PARTS = 1989  # the last year of which the published estimates take votes on parts of resolutions and amendments
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Assembly:
    """Ballots as ``ideal_points`` takes them.

    Args:
        ballots: country (the number of the seat), session, item, choice.
        holder: the country that held a seat in a session, by (seat, session); each country holds one.
        notes: what was left out.
    """

    ballots: pa.Table
    holder: Mapping[tuple[int, int], str]
    notes: tuple[Message, ...]

    def seats(self, country: str) -> tuple[int, ...]:
        """The seats that a country held, sorted."""
        return tuple(sorted({seat for (seat, _), name in self.holder.items() if name == country}))


def issues_of(roll_calls: pa.Table) -> list[str]:
    """Labels of issues that are used, sorted (columns of ``schema_votes.ROLL_CALLS``).

    >>> issues_of(pa.table({"issues": ["nu|di", "", "hr"]}))
    ['di', 'hr', 'nu']
    """
    return sorted({label for cell in pc.unique(roll_calls["issues"]).to_pylist() for label in cell.split("|")} - {""})


def issue_name(issue: str) -> Term:
    """An issue in the reader's language, where its label is one of the public files; else as it is written.

    >>> issue_name("nu").value, issue_name("trade").kind
    ('votes.issue.nu', 'outside')
    """
    return Term("word", f"votes.issue.{issue}") if issue in _NAMED else Term("outside", issue)


def assembly(
    ballots: pa.Table,
    roll_calls: pa.Table,
    *,
    issue: str | None = None,
    sessions: Iterable[int] | None = None,
    rule: Rule = "all",
) -> Assembly:
    """Choose ballots and number them (columns of ``schema_votes.BALLOTS`` and ``schema_votes.ROLL_CALLS``).

    Args:
        ballots: all that the record holds.
        roll_calls: all that the record holds.
        issue: only roll calls with this label; labels that are withheld in a session do not count there.
        sessions: only these; all when None.
        rule: ``all`` votes, or those that the ``published`` estimates use: no South Africa in session 48, and after
            1989 no votes on amendments and parts of resolutions.

    Raises:
        UnknownNameError: no roll call has the label.
        NoDataError: nothing is left.
    """
    sessions = None if sessions is None else sorted(set(sessions))
    taken, notes = _taken(roll_calls, issue, sessions, rule)
    named = taken["roll_call"].combine_chunks()
    meant = pc.and_(pc.is_in(ballots["roll_call"], value_set=named), pc.is_in(ballots["vote"], value_set=_CHOICES))
    kept = ballots.filter(meant)
    if not kept.num_rows:
        raise NoDataError(
            f"No ballots are left{_asked(issue, sessions)}. visavis votes similarity shows what there is."
        )
    call = pc.index_in(kept["roll_call"], value_set=named).to_numpy()
    session = taken["session"].to_numpy()[call]
    seat, holder = _seats(kept, session)
    out = {
        "country": seat,
        "session": session,
        "item": pc.coalesce(taken["item"], taken["roll_call"])
        .combine_chunks()
        .dictionary_encode()
        .take(pa.array(call)),
        "choice": pc.index_in(kept["vote"], value_set=_CHOICES).to_numpy() + 1,
    }
    if rule == "published":
        absent = holder.get((560, 48)) is not None
        clear = ~((seat == 560) & (session == 48))
        notes += [Message("votes.note.south_africa")] if absent else []
        return Assembly(pa.table(out).filter(pa.array(clear)), holder, tuple(notes))
    return Assembly(pa.table(out), holder, tuple(notes))


def assembly_positions(
    chosen: Assembly, *, start: Start | None = None, bound: float = BOUND, level: float = 0.9
) -> IdealPoints:
    """Positions by country (ISO alpha-3) and session.

    Args:
        chosen: the ballots.
        start: an earlier fit by country to start from, of other sessions or issues; it only saves time.
        bound: farthest latent vote, see ``ideal_points``.
        level: of the intervals.

    Raises:
        NoDataError: nobody differs on anything.
    """
    known = None if start is None else by_seat(start, chosen)
    return named(seat_positions(chosen, start=known, bound=bound, level=level), chosen)


def seat_positions(chosen: Assembly, *, start: Start | None, bound: float, level: float) -> IdealPoints:
    """Positions by seat, which ``start`` also is by."""
    high, low = _ends(chosen)
    return ideal_points(chosen.ballots, high=high, low=low, start=start, bound=bound, level=level)


def sampled_seats(
    chosen: Assembly, *, start: Start | None, bound: float, level: float, on_step: OnStep | None
) -> IdealPoints:
    """Positions by seat from the sampler, some minutes; ``steps`` and ``converged`` are its own."""
    high, low = _ends(chosen)
    how: dict[str, Any] = {"start": start, "bound": bound, "level": level, "seed": _SEED, "on_step": on_step}
    return sampled_ideal_points(chosen.ballots, high=high, low=low, **how)


def _ends(chosen: Assembly) -> tuple[list[int], list[int]]:
    """Seats of ``HIGH`` and of ``LOW`` that voted."""
    there = set(np.unique(chosen.ballots["country"].to_numpy()).tolist())
    high, low = ([s for name in names for s in chosen.seats(name) if s in there] for names in (HIGH, LOW))
    return high, low


def named(found: IdealPoints, chosen: Assembly) -> IdealPoints:
    """Positions by country instead of by seat."""
    names = [chosen.holder[key] for key in zip(found.country, found.session.tolist(), strict=True)]
    return replace(found, country=tuple(names), notes=chosen.notes)


def _taken(
    calls: pa.Table, issue: str | None, sessions: list[int] | None, rule: Rule
) -> tuple[pa.Table, list[Message]]:
    """The roll calls that are meant, and what is not taken though it may seem to be meant."""
    if rule not in ("all", "published"):
        raise UsageError(f"No rule {rule!r}. There are 'all' and 'published'.")
    notes: list[Message] = []
    held, counts = np.unique(calls["session"].to_numpy(), return_counts=True)
    lone = held[counts == 1].tolist()
    if sessions is not None:
        calls = _of_sessions(calls, sessions)
    there = set(calls["session"].to_pylist())
    if there & set(lone) and there - set(lone):
        notes.append(Message("votes.note.lone", terms={"sessions": _numbered(there & set(lone))}))
        calls = _of_sessions(calls, there - set(lone))
    if issue is not None:
        known = issues_of(calls)
        if issue not in known:
            there_are = f"There are {', '.join(known)}." if known else "No roll call has one."
            raise UnknownNameError(f"No roll call{_asked(None, sessions)} has the label {issue!r}. {there_are}", known)
        withheld = calls.filter(_labelled(calls["withheld"], issue))["session"].to_pylist()
        calls = calls.filter(_labelled(calls["issues"], issue))
        if withheld:
            gone = {"issue": issue_name(issue), "sessions": _numbered(withheld)}
            notes.append(Message("votes.note.withheld", terms=gone))
    if rule == "published":
        late = pc.greater(pc.coalesce(pc.year(calls["date"]), pc.add(calls["session"], 1945)), _LAST_PARTS)
        part = pc.or_(pc.fill_null(calls["amendment"], False), pc.fill_null(calls["paragraph"], False))
        aside = pc.and_(late, part)
        notes.append(Message("votes.note.parts", {"n": Number(pc.sum(aside).as_py() or 0, "votes")}))
        calls = calls.filter(pc.invert(aside))
    return calls.combine_chunks(), notes


def _of_sessions(calls: pa.Table, sessions: Iterable[int]) -> pa.Table:
    return calls.filter(pc.is_in(calls["session"], value_set=pa.array(sorted(sessions), pa.int64())))


def _numbered(sessions: Iterable[int]) -> Term | tuple[Term, ...]:
    return tuple(Term("outside", str(one)) for one in sorted(set(sessions)))


def _labelled(cells: pa.ChunkedArray, issue: str) -> pa.ChunkedArray:
    sets = pc.unique(cells).to_pylist()
    return pc.is_in(cells, value_set=pa.array([cell for cell in sets if issue in cell.split("|")], pa.string()))


def _asked(issue: str | None, sessions: list[int] | None) -> str:
    of = "" if sessions is None else f" in sessions {', '.join(map(str, sessions))}"
    return of if issue is None else f"{of} on {issue}"


def _seats(kept: pa.Table, session: _Ints) -> tuple[_Ints, dict[tuple[int, int], str]]:
    """The seat of each ballot, and who held it in each session.

    Where one country is told with two seats in a session, its ballots go to the one with more of them; where two follow
    each other on one seat in a session, the one with more ballots gives the name.
    """
    coded = kept["country"].combine_chunks().dictionary_encode()
    country, names = coded.indices.to_numpy().astype(np.int64), coded.dictionary.to_pylist()
    seat, span = kept["seat"].to_numpy(), int(session.max()) + 1
    own = country * span + session
    main = _commonest(own, seat)
    table = np.zeros(len(names) * span, np.int64)
    table[list(main)] = list(main.values())
    seat = table[own]
    by_seat = _commonest(seat * span + session, country)
    return seat, {(key // span, key % span): names[code] for key, code in by_seat.items()}


def _commonest(key: _Ints, value: _Ints) -> dict[int, int]:
    """For each key the value that stands with it most often; the smaller of two that do equally."""
    width = int(value.max()) + 1
    pairs, counts = np.unique(key * width + value, return_counts=True)
    keys, values = pairs // width, pairs % width
    order = np.lexsort([-values, counts, keys])  # the last one of a key wins
    return dict(zip(keys[order].tolist(), values[order].tolist(), strict=True))


def placed(found: IdealPoints) -> Earlier:
    """Where countries stand, without what the roll calls are like: the start for a fit of some of them."""
    return Earlier(found.country, found.session, found.position, (), np.empty((0, 3)))


def by_seat(start: Start, chosen: Assembly) -> Earlier:
    """An earlier fit with its countries as seats again."""
    seat_of = {(name, session): seat for (seat, session), name in chosen.holder.items()}
    latest = {name: seat for (seat, _), name in sorted(chosen.holder.items(), key=lambda one: one[0][1])}
    keys = zip(start.country, start.session.tolist(), strict=True)
    seats = tuple(seat_of.get(key, latest.get(key[0], -1)) for key in keys)
    return Earlier(seats, start.session, start.position, start.item, start.parameters)
