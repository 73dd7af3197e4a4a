"""Roll-call votes of a record: added a roll call at a time, and taken out again as Arrow tables."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from visavis.errors import NoDataError
from visavis.schema import FACTS
from visavis.schema_votes import VOTES
from visavis.store.lake import Lake

__all__ = ["Imported", "add_votes", "held_without_events", "votes_of"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file of votes holds.

    Args:
        ballots: columns of ``schema_votes.BALLOTS``.
        roll_calls: columns of ``schema_votes.ROLL_CALLS``.
        faults: bad rows, each with file, line and value; they are left out.
        notes: what else was not taken as it stands, such as labels of issues that are copies.
    """

    ballots: pa.Table
    roll_calls: pa.Table
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def add_votes(lake: Lake, found: Imported) -> None:
    """Add roll calls with their ballots, in one step; one that is known takes the place of the earlier one."""
    fresh = {"ballots": found.ballots, "roll_calls": found.roll_calls}
    with lake.writing() as writer:
        for name, rows in fresh.items():
            before = lake.ledger(name)
            keep = pc.invert(pc.is_in(before["roll_call"], value_set=found.roll_calls["roll_call"].combine_chunks()))
            kept = pa.concat_tables([before.filter(keep), rows])
            writer.replace(lake.manifest.of(name), [])
            writer.ledger(name, kept.sort_by([(c, "ascending") for c in VOTES[name].key]).combine_chunks())
        writer.commit()


def votes_of(lake: Lake | None, where: str) -> tuple[pa.Table, pa.Table]:
    """Ballots and roll calls of a record; ``lake`` is None for a pack, which holds none.

    Raises:
        NoDataError: there are none.
    """
    if lake is not None and lake.manifest.of("ballots"):
        return lake.ledger("ballots"), lake.ledger("roll_calls")
    kind = "pack" if lake is None else "record"
    raise NoDataError(
        f"The {kind} {where!r} holds no roll-call votes. Import them into a folder of your own "
        "and name it: visavis import votes DIR --record my-record"
    )


def held_without_events(lake: Lake) -> str:
    """What a record without events does hold, in words."""
    facts = sum(lake.ledger(name).num_rows for name in FACTS)
    ballots, calls = (sum(f.rows for f in lake.manifest.of(name)) for name in ("ballots", "roll_calls"))
    held = [f"{facts:,} rows of facts"] if facts else []
    held += [f"{ballots:,} ballots of {calls:,} roll calls"] if ballots else []
    return f"holds {', '.join(held)} and no events" if held else "is empty"
