"""Figures of votes that can be passed on in place of the ballots: fields of all pairs, positions, distances.

The field is how alike all pairs of countries vote, told by percentiles: session by session for all votes, and for five
sessions running for all votes and for each issue, because few roll calls on one issue are held in one session.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from visavis.models._chamber import Chamber, chamber
from visavis.models.ideal_points import IdealPoints, SessionDistance
from visavis.models.vote_similarity import LEAST, MEASURES, contested, joint_counts, measures_of
from visavis.schema_votes import ASSEMBLY, PLACES, POSITION_GAPS, POSITIONS, VOTE_FIELD

__all__ = ["ALL", "SPAN", "all_positions", "position_figures", "position_gaps", "vote_field"]

SPAN = 5
"""Sessions that are taken together."""

ALL = ""
"""In the place of an issue: all votes."""

_Array = npt.NDArray[np.float64]
_DIGITS = 3
_BANDS = (5, 25, 50, 75, 95)


def vote_field(ballots: pa.Table, roll_calls: pa.Table) -> pa.Table:
    """How alike all pairs vote (columns of ``schema_votes.VOTE_FIELD``).

    Args:
        ballots, roll_calls: columns of ``schema_votes.BALLOTS`` and ``schema_votes.ROLL_CALLS``.
    """
    sessions = sorted(set(roll_calls["session"].to_pylist()))
    countries = sorted(set(ballots["country"].unique().to_pylist()))
    rows: list[dict[str, Any]] = []
    latest: deque[_Session] = deque(maxlen=SPAN)
    for session in sessions:
        latest.append(_Session(chamber(ballots, roll_calls, session), countries))
        rows += _rows([latest[-1]], [ALL])
        if len(latest) == SPAN and latest[-1].session - latest[0].session == SPAN - 1:
            rows += _rows(list(latest), sorted(set().union(*(one.counts for one in latest))))
    key = [(c, "ascending") for c in VOTE_FIELD.key]
    return pa.Table.from_pylist(rows, VOTE_FIELD.arrow).sort_by(key)


class _Session:
    """Counts of all pairs by issue, on rows common to all sessions; the items of contested roll calls."""

    def __init__(self, held: Chamber, countries: Sequence[str]) -> None:
        self.session, self.withheld = held.session, held.withheld
        self.counts: dict[str, npt.NDArray[np.int32]] = {}
        self.items: dict[str, list[str]] = {}
        split = contested(held.votes)
        at = np.searchsorted(countries, held.countries)
        upper = np.triu_indices(len(countries), 1)
        for issue in {ALL}.union(*held.issues):
            meant = split & np.array([issue == ALL or issue in labels for labels in held.issues], bool)
            whole = np.zeros((len(countries), len(countries), 9), np.int32)
            whole[np.ix_(at, at)] = joint_counts(held.votes[:, meant]).reshape(len(at), len(at), 9)
            self.counts[issue] = whole[upper]
            self.items[issue] = [held.items[k] for k in np.flatnonzero(meant)]


def _rows(held: list[_Session], issues: Sequence[str]) -> Iterator[dict[str, Any]]:
    for issue in issues:
        there = [one for one in held if issue in one.counts]
        counts = sum((one.counts[issue] for one in there[1:]), there[0].counts[issue]).astype(np.float64)
        counts = counts[counts @ np.ones(9) >= LEAST]
        items = [item for one in there for item in one.items[issue]]
        values = measures_of(counts.reshape(-1, 3, 3))
        for name in MEASURES:
            known = values[name][~np.isnan(values[name])]
            if known.size:
                yield {
                    "since": held[0].session, "until": held[-1].session, "issue": issue, "measure": name,
                    "pairs": len(known), "calls": len(items), "items": len(set(items)),
                    "withheld": "|".join(sorted(frozenset().union(*(one.withheld for one in held)))),
                    "quantiles": np.quantile(known, np.linspace(0, 1, PLACES + 1)).round(_DIGITS).tolist(),
                }  # fmt: skip


def position_figures(fit: IdealPoints, members: Sequence[str]) -> pa.Table:
    """Positions of some countries, and the percentiles of all, by session (columns of ``schema_votes.POSITIONS``)."""
    rows = [_told(row) for row in fit.table().to_pylist() if row["country"] in members]
    for session in np.unique(fit.session).tolist():
        field = np.quantile(fit.position[fit.session == session], np.array(_BANDS) / 100)
        about = {"session": session, "year": 1945 + session, "country": "*"}
        for place, value in zip(_BANDS, field.tolist(), strict=True):
            rows.append(about | {"place": place, "position": round(value, _DIGITS)})
    key = [(c, "ascending") for c in ("country", "place", "session")]
    return pa.Table.from_pylist(rows, POSITIONS.arrow).sort_by(key)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    figures = {name: round(row[name], _DIGITS) for name in ("position", "sd", "low", "high")}
    return {**row, **figures, "year": 1945 + row["session"], "place": None}


def all_positions(fit: IdealPoints, without: str) -> pa.Table:
    """Where all members but one stand (columns of ``schema_votes.ASSEMBLY``), sorted so that a file of it is small."""
    columns = {"session": fit.session, "member": pa.array(fit.country), "position": fit.position.round(_DIGITS)}
    table = pa.table(columns).select(ASSEMBLY.names).cast(ASSEMBLY.arrow)
    table = table.filter(pc.not_equal(table["member"], without))
    return table.sort_by([("member", "ascending"), ("session", "ascending")])


def position_gaps(fit: IdealPoints, members: Sequence[str]) -> pa.Table:
    """Distances of all pairs of some countries (columns of ``schema_votes.POSITION_GAPS``)."""
    field = {}
    for session in np.unique(fit.session).tolist():
        there = fit.position[fit.session == session]
        one, other = np.triu_indices(len(there), 1)
        field[session] = np.sort(np.abs(there[one] - there[other]))
    known = set(fit.country)
    rows = []
    for a, b in combinations(sorted(known & set(members)), 2):
        rng = np.random.default_rng(zlib.crc32(f"{a}-{b} positions".encode()))
        own = {c: dict(zip(fit.session[at].tolist(), fit.position[at].tolist(), strict=True))
               for c in (a, b) for at in [fit.rows(c)]}  # fmt: skip
        for found in fit.distances(a, b, rng=rng):
            apart = abs(own[a][found.session] - own[b][found.session])
            rows.append({"a": a, "b": b} | _gap(found, apart, field[found.session]))
    key = [(c, "ascending") for c in ("a", "b", "session")]
    return pa.Table.from_pylist(rows, POSITION_GAPS.arrow).sort_by(key)


def _gap(found: SessionDistance, apart: float, field: _Array) -> dict[str, Any]:
    """One row; of the field of all pairs the pair itself is taken out."""
    row: dict[str, Any] = {"session": found.session, "year": 1945 + found.session, "n": found.gap.n}
    for name, e in (("gap", found.gap), ("distance", found.distance)):
        row |= {name: round(e.value, _DIGITS), f"{name}_low": round(e.low, _DIGITS),
                f"{name}_high": round(e.high, _DIGITS)}  # fmt: skip
    others = np.delete(field, np.argmin(np.abs(field - apart)))
    ends = {"closer": apart, "closer_low": found.distance.low, "closer_high": found.distance.high}
    below = {name: float(np.searchsorted(others, x)) / max(1, len(others)) for name, x in ends.items()}
    return row | {name: round(share, _DIGITS) for name, share in below.items()} | {"pairs": len(others)}
