"""Positions from the votes of a record: all votes, one issue, or every issue in turn.

What was fitted is kept beside the record. The same votes give the kept fit again; with others it is where the next one
starts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import visavis
from visavis.models._kept_fit import KeptFit, fit_again, kept_fit
from visavis.models.assembly import (
    Assembly,
    Rule,
    assembly,
    by_seat,
    issues_of,
    named,
    placed,
    sampled_seats,
    seat_positions,
)
from visavis.models.ideal_points import BOUND, IdealPoints, Start
from visavis.names.messages import say
from visavis.store.fits import Kept, keep, kept, name_of, votes_hash
from visavis.store.lake import Lake
from visavis.store.loading import OnStep
from visavis.store.votes import votes_of

__all__ = ["Votes", "by_issue", "exact", "file_of", "of_record", "positions_table"]

_LEVEL = 0.9
_MODEL = ("_ballots", "_ideal_fit", "_joint", "_kept_fit", "_ordinal_votes", "assembly", "ideal_points")
"""Modules that make a fit what it is: when one changes, what was kept before is only where the next fit starts."""


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes of a record, and where fits of them are kept (nowhere for a pack)."""

    lake: Lake
    ballots: pa.Table
    roll_calls: pa.Table
    sha256: str

    @classmethod
    def of(cls, lake: Lake | None, where: str) -> Votes:
        """Read them.

        Raises:
            NoDataError: there are none.
        """
        ballots, roll_calls = votes_of(lake, where)
        assert lake is not None  # a pack holds no votes
        return cls(lake, ballots, roll_calls, votes_hash(lake))


def of_record(
    votes: Votes,
    *,
    issue: str | None = None,
    sessions: Iterable[int] | None = None,
    start: Start | None = None,
    rule: Rule = "all",
    bound: float = BOUND,
) -> IdealPoints:
    """One fit; see ``Record.ideal_points``.

    The fit of an issue starts from where countries stand by all votes. With few roll calls a session, sessions are tied
    together so loosely that a fit from nothing may exchange the ends of the line in some of them.
    """
    sessions = None if sessions is None else sorted(set(sessions))
    chosen = assembly(votes.ballots, votes.roll_calls, issue=issue, sessions=sessions, rule=rule)
    asked = {"issue": issue, "rule": rule, "bound": bound, "level": _LEVEL}
    name = name_of(asked) if sessions is None and start is None else ""
    had = kept(votes.lake, name) if name else None
    again = _again(votes, chosen, had, bound)
    if again is not None:
        return named(again, chosen)
    if start is None and issue is not None:
        start = placed(of_record(votes, sessions=sessions, rule=rule, bound=bound))
    begin = by_seat(start, chosen) if start is not None else _start(had)
    found = seat_positions(chosen, start=begin, bound=bound, level=_LEVEL)
    if name:
        fit, about = kept_fit(found), {"steps": found.steps, "converged": found.converged}
        keep(votes.lake, name, Kept(_key(votes), (fit.places, fit.items), about))
    return named(found, chosen)


def exact(
    votes: Votes, *, issue: str | None = None, rule: Rule = "all", bound: float = BOUND, on_step: OnStep | None = None
) -> IdealPoints:
    """One fit by the sampler, some minutes; see ``Record.sampled_ideal_points``. It is not kept."""
    chosen = assembly(votes.ballots, votes.roll_calls, issue=issue, rule=rule)
    fast = of_record(votes, issue=issue, rule=rule, bound=bound)
    return named(sampled_seats(chosen, start=by_seat(fast, chosen), bound=bound, level=_LEVEL, on_step=on_step), chosen)


def by_issue(
    votes: Votes,
    *,
    sessions: Iterable[int] | None = None,
    rule: Rule = "all",
    bound: float = BOUND,
    on_step: OnStep | None = None,
) -> dict[str | None, IdealPoints]:
    """The fit of all votes under None, then one an issue; see ``Record.ideal_points_by_issue``."""
    sessions = None if sessions is None else sorted(set(sessions))
    asked = [None, *issues_of(votes.roll_calls)]
    found: dict[str | None, IdealPoints] = {}
    for done, issue in enumerate(asked):
        if on_step:
            on_step(done, len(asked), f"fits: {issue or 'all votes'}")
        start = placed(found[None]) if issue and sessions is not None else None
        found[issue] = of_record(votes, issue=issue, sessions=sessions, start=start, rule=rule, bound=bound)
    return found


def file_of(issue: str | None) -> str:
    """The name of the file for an issue's positions; letters that no file name should hold are replaced.

    >>> file_of(None), file_of("nu"), file_of("../x")
    ('positions.parquet', 'positions-nu.parquet', 'positions-x-d6b96a.parquet')
    """
    if issue is None:
        return "positions.parquet"
    plain = re.sub(r"[^a-z0-9]+", "-", issue.lower()).strip("-")
    mark = "" if plain == issue else f"-{hashlib.sha256(issue.encode()).hexdigest()[:6]}"
    return f"positions-{plain}{mark}.parquet"


def positions_table(found: IdealPoints, issue: str | None, how: Mapping[str, Any]) -> pa.Table:
    """One row a country and session: country, session, year (in which it begins), position, sd, low, high, n_votes.

    A sampled fit has two columns more, see ``SampledIdealPoints``.
    """
    table = found.table()
    columns = {name: table[name] for name in ("country", "session")}
    columns |= {"year": pc.add(table["session"], 1945)}
    columns |= {name: table[name] for name in ("position", "sd", "low", "high", "n_votes")}
    about = {"issue": issue, "visavis": visavis.__version__, "level": found.level, "converged": found.converged, **how}
    about |= {"notes": [say(note) for note in found.notes]}
    columns |= {name: table[name] for name in table.column_names if name not in columns}
    return pa.table(columns).replace_schema_metadata({"visavis": json.dumps(about, ensure_ascii=False)})


def _again(votes: Votes, chosen: Assembly, had: Kept | None, bound: float) -> IdealPoints | None:
    """What was kept of these very votes."""
    earlier = _sound(had)
    if had is None or earlier is None or had.key != _key(votes):
        return None
    return fit_again(chosen.ballots, earlier, bound=bound, level=_LEVEL)


def _start(had: Kept | None) -> Start | None:
    earlier = _sound(had)
    return None if earlier is None else earlier.start


def _key(votes: Votes) -> str:
    return f"{votes.sha256}-{_code()}"


@cache
def _code() -> str:
    """SHA-256 of the model's own source."""
    texts = [files("visavis.models").joinpath(f"{name}.py").read_bytes() for name in _MODEL]
    return hashlib.sha256(b"".join(texts)).hexdigest()


def _sound(had: Kept | None) -> KeptFit | None:
    if had is None:
        return None
    found = KeptFit(*had.tables, steps=int(had.about.get("steps", 0)), converged=had.about.get("converged") is True)
    return found if found.sound else None
