"""Ballots of one session as a matrix of countries and roll calls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from visavis.models.vote_similarity import CODES

__all__ = ["Chamber", "chamber"]


@dataclass(frozen=True, slots=True)
class Chamber:
    """One session.

    Args:
        session: its number.
        countries: codes of the rows, sorted.
        votes: (countries, roll calls), numbers as in ``vote_similarity.CODES``, 0 where nothing is listed.
        issues: labels of each roll call.
        withheld: labels of the source that are not used in this session.
        items: what each roll call is on; a resolution that comes again has the same.
    """

    session: int
    countries: tuple[str, ...]
    votes: npt.NDArray[np.int8]
    issues: tuple[frozenset[str], ...]
    withheld: frozenset[str]
    items: tuple[str, ...] = ()


def chamber(ballots: pa.Table, roll_calls: pa.Table, session: int) -> Chamber:
    """The matrix of a session (columns of ``schema_votes.BALLOTS`` and ``schema_votes.ROLL_CALLS``)."""
    calls = roll_calls.filter(pc.equal(roll_calls["session"], session)).sort_by("roll_call")
    cast = ballots.filter(pc.is_in(ballots["roll_call"], value_set=calls["roll_call"].combine_chunks()))
    members = sorted(pc.unique(cast["country"]).to_pylist())
    votes = np.zeros((len(members), calls.num_rows), np.int8)
    rows = pc.index_in(cast["country"], value_set=pa.array(members, pa.string())).to_numpy()
    columns = pc.index_in(cast["roll_call"], value_set=calls["roll_call"].combine_chunks()).to_numpy()
    chose = pc.index_in(cast["vote"], value_set=pa.array(list(CODES))).to_numpy()
    votes[rows, columns] = np.array(list(CODES.values()), np.int8)[chose]
    issues, withheld = (
        tuple(frozenset(filter(None, cell.split("|"))) for cell in calls[name].to_pylist())
        for name in ("issues", "withheld")
    )
    items = tuple(pc.coalesce(calls["item"], calls["roll_call"]).to_pylist())
    return Chamber(session, tuple(members), votes, issues, frozenset().union(*withheld), items)
