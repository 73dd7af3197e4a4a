"""All that is told of two countries' paths of ideal points: distances, moves, order, neighbours. See docs/votes.md."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from visavis.errors import NoDataError
from visavis.models.ideal_points import IdealPoints, SessionDistance
from visavis.models.intervals import Estimate
from visavis.models.paths import Nearest, Order, Shift, nearest, order_of, shift_between

__all__ = ["ENDED", "VotePath", "field_quantiles", "position_rows", "vote_path"]

ENDED = "A state that ended has its own code, such as SUN up to 1991."
"""What to try where a country has no rows in the sessions asked for."""

_QUANTILES = {"low": 0.05, "lower": 0.25, "middle": 0.5, "upper": 0.75, "high": 0.95}


@dataclass(frozen=True, slots=True)
class VotePath:
    """Two countries, in the order in which they were asked for.

    Args:
        pair: their codes.
        distances: one a session; gaps are the first's position less the second's.
        positions: by country and session.
        order: who stood higher when.
        shift: from the first session to the last; None where there is one alone.
        neighbours: of each in the last session.
        field: quantiles of all countries, one row a session, as ``charts.positions`` takes them.
        rows: both countries' positions, as ``charts.positions`` takes them.
    """

    pair: tuple[str, str]
    distances: tuple[SessionDistance, ...]
    positions: dict[tuple[str, int], Estimate]
    order: Order
    shift: Shift | None
    neighbours: tuple[Nearest, ...]
    field: list[dict[str, Any]]
    rows: list[dict[str, Any]]


def vote_path(
    found: IdealPoints, a: str, b: str, *, since: int | None = None, until: int | None = None, about: str = ""
) -> VotePath:
    """Distances in each session, who moved from the first to the last, when they crossed, who stands nearest.

    Args:
        found: positions of all countries.
        a: the first country, as ``found`` names it.
        b: the second.
        since: first session; the first in which both voted when None.
        until: last session.
        about: what the ballots are about; with the two names it seeds the draws, but those of neighbours, which are
            the same whatever the other country.

    Raises:
        NoDataError: there is no session asked for in which both have a position.
        UnknownNameError: one of the two cast no ballot that counts.
    """
    low, high = sorted((a, b))

    def rng(what: str) -> np.random.Generator:
        return _seeded(f"{low}-{high} {what} {about}")

    span = (since or 0, until or 10**9)
    told = tuple(d for d in found.distances(a, b, rng=rng("distance")) if span[0] <= d.session <= span[1])
    if not told:
        raise NoDataError(_none(found, a, b, since, about))
    first, last = told[0].session, told[-1].session
    rows = [row for name in (low, high) for row in position_rows(found, name) if first <= row["session"] <= last]
    return VotePath(
        pair=(a, b),
        distances=told,
        positions={
            (row["country"], row["session"]): Estimate(row["value"], row["low"], row["high"], row["votes"], found.level)
            for row in rows
        },
        order=order_of(found, a, b, rng=rng("order"), since=first, until=last),
        shift=shift_between(found, a, b, first, last, rng=rng("shift")) if first < last else None,
        neighbours=tuple(nearest(found, name, last, rng=_seeded(f"near {name} {last}")) for name in (a, b)),
        field=field_quantiles(found),
        rows=rows,
    )


def _none(found: IdealPoints, a: str, b: str, since: int | None, about: str) -> str:
    """Why there is no session: labels that end before it, or a country that was another one then."""
    why = f"There is no session asked for in which both {a} and {b} have a position."
    last = int(found.session.max())
    if since is None or since <= last:
        return f"{why} {ENDED}"
    if any(note.key == "votes.note.withheld" for note in found.notes):
        which = "co and ec" if about in ("co", "ec") else about
        return f"{why} Labels of {which} end at session {last}: later ones copy another label and are withheld."
    return f"{why} Positions end at session {last}."


def _seeded(words: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(words.encode()))


def position_rows(found: IdealPoints, country: str) -> list[dict[str, Any]]:
    """A country's path in the columns that ``charts.positions`` takes; the year is that in which a session begins."""
    return [
        {
            "session": row["session"], "year": 1945 + row["session"], "country": country, "value": row["position"],
            "low": row["low"], "high": row["high"], "votes": row["n_votes"],
        }
        for row in found.table().take(found.rows(country)).to_pylist()
    ]  # fmt: skip


def field_quantiles(found: IdealPoints) -> list[dict[str, Any]]:
    """Quantiles of all positions of each session, in the columns that ``charts.positions`` takes."""
    rows = []
    for session in np.unique(found.session).tolist():
        ends = np.quantile(found.position[found.session == session], list(_QUANTILES.values()))
        rows.append({"session": session, "year": 1945 + session, **dict(zip(_QUANTILES, ends.tolist(), strict=True))})
    return rows
