"""Figures of votes of a record or a pack: read where a pack holds them, made from the ballots where a record does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

import visavis
from visavis.finding import Provenance
from visavis.findings._view import View
from visavis.measures import measure
from visavis.models.assembly import assembly, assembly_positions
from visavis.models.vote_figures import all_positions, position_figures, position_gaps, vote_field
from visavis.models.vote_windows import PairFigures
from visavis.schema_votes import FIGURES, JOINT_VOTES, VOTES_CAST
from visavis.store.tables import Tables

__all__ = ["cited_votes", "pair_figures", "vote_figures"]

_SESSION_OF = 1945  # session s of the General Assembly begins in the year 1945 + s
_SIDES = ("country", "a", "b")  # columns that name members
_EARLIER_SEAT = "TWN"  # number 713, under which the source tells the seat of China up to 1971


def vote_figures(tables: Tables, members: Sequence[str]) -> dict[str, pa.Table]:
    """The tables of ``schema_votes.FIGURES`` for some countries; without rows where there are no votes.

    There are none of the seat of China up to 1971 under any name: whose it was is not for these pages to say.

    The fields and positions of a record are made once and kept: seconds for a million ballots.
    """
    members = [member for member in members if member != _EARLIER_SEAT]
    if tables.is_pack:
        return {name: _among(tables.arrow(name), members) for name in FIGURES}
    ballots, calls = tables.arrow("ballots"), tables.arrow("roll_calls")
    field = tables.once("vote field", lambda: vote_field(ballots, calls))
    if not field.num_rows:
        return {name: table.arrow.empty_table() for name, table in FIGURES.items()}
    fit = tables.once("ideal points", lambda: assembly_positions(assembly(ballots, calls)))
    return {
        "joint_votes": _measured(tables, JOINT_VOTES.name, members, ("a", "b")),
        "votes_cast": _measured(tables, VOTES_CAST.name, members, ("country",)),
        "vote_field": field,
        "positions": position_figures(fit, members),
        "position_gaps": position_gaps(fit, members),
        "assembly": all_positions(fit, _EARLIER_SEAT),
    }


def _measured(tables: Tables, name: str, members: Sequence[str], sides: Sequence[str]) -> pa.Table:
    """A measure of the record's votes for some countries, sorted so that a file of it is small."""
    found = measure(name)(tables.frame("ballots"), tables.frame("roll_calls"))
    rows = found.filter(*(nw.col(side).is_in(members) for side in sides)).collect("pyarrow").to_native()
    order = [(c, "ascending") for c in (*sides, "issues", "session")]
    return rows.sort_by(order).select(FIGURES[name].names).cast(FIGURES[name].arrow)


def _among(table: pa.Table, members: Sequence[str]) -> pa.Table:
    for side in _SIDES:
        if side in table.column_names:
            table = table.filter(pc.is_in(table[side], pa.array([*members, "*"])))
    return table


def pair_figures(view: View) -> PairFigures | None:
    """Figures of the pair in the sessions asked for; None where there are none of both."""
    pair = (view.a, view.b)
    held = view.tables.once(f"votes {pair}", lambda: vote_figures(view.tables, pair))
    rows = {name: [row for row in table.to_pylist() if _asked(view, row)] for name, table in held.items()}
    if not rows["joint_votes"]:
        return None
    return PairFigures(
        pair, rows["joint_votes"], rows["votes_cast"], rows["vote_field"], rows["positions"], rows["position_gaps"]
    )


def _asked(view: View, row: Mapping[str, Any]) -> bool:
    """Whether the sessions of a row began in the span asked for."""
    first, last = row.get("since", row.get("session", 0)), row.get("until", row.get("session", 0))
    return (view.since is None or _SESSION_OF + first >= view.since.year) and (
        view.until is None or _SESSION_OF + last <= view.until.year
    )


def cited_votes(view: View, figures: PairFigures, **parameters: object) -> Provenance:
    """Where figures of votes come from."""
    last = max(figures.sessions())
    source = view.tables.votes_source or "roll-call votes of the United Nations General Assembly, as imported"
    return Provenance(
        source="roll-call votes",
        streams=("votes",),
        version=view.tables.version,
        files=(),
        licence="figures made from public roll calls",
        citation=source,
        as_of=str(_SESSION_OF + last),
        rows_read=len(figures.joint),
        rows_refused=0,
        parameters={k: str(v) for k, v in parameters.items()},
        visavis=visavis.__version__,
    )
