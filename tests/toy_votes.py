"""A made-up assembly: countries on one line who choose by where they stand and some chance, with issues and repeats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
from tests.toy_pair import toy_tables

from visavis.findings._vote_figures import vote_figures
from visavis.schema_votes import VOTES
from visavis.store.tables import Tables

OTHERS = ("BRA", "CAN", "CHN", "CUB", "EGY", "FRA", "GBR", "IND", "ISR", "MEX", "NGA", "NOR", "POL", "RUS", "USA")
SESSIONS = (*range(46, 51), *range(73, 78))


def assembly_tables(
    stand: Mapping[str, float],
    *,
    issue_stand: Mapping[str, Mapping[str, float]] | None = None,
    early: Mapping[str, float] | None = None,
    absent: Mapping[str, float] | None = None,
    sessions: Sequence[int] = SESSIONS,
    calls: int = 48,
    withheld: str = "",
    seed: int = 1,
) -> dict[str, pa.Table]:
    """Ballots and roll calls of ``OTHERS``, spread from -1 to 1, and of the countries of ``stand``.

    Args:
        stand: places of the pair.
        issue_stand: places on the roll calls of an issue, where they are others.
        early: places in sessions up to 50, where they are others.
        absent: share of roll calls that a country misses.
        sessions: their numbers.
        calls: roll calls a session; each has one of the issues hr, nu, me, or none.
        withheld: a label that is not used from session 74 on and stands on the roll calls of ``hr`` before.
        seed: of the chance.
    """
    rng = np.random.default_rng(seed)
    places = dict(zip(OTHERS, np.linspace(-1, 1, len(OTHERS)).tolist(), strict=True)) | dict(stand)
    ballots: list[dict[str, Any]] = []
    held: list[dict[str, Any]] = []
    for session in sessions:
        for i in range(calls):
            name, label = f"{session}-{i}", ("hr", "nu", "me", "")[i % 4]
            extra = withheld if withheld and label == "hr" else ""
            labels = "|".join(sorted(filter(None, {label, extra if session < 74 else ""})))
            held.append({"roll_call": name, "session": session, "item": name, "issues": labels,
                         "withheld": extra if session >= 74 else ""})  # fmt: skip
            line = rng.uniform(-0.8, 0.8)
            own = places | dict((early or {}) if session <= 50 else {}) | dict((issue_stand or {}).get(label, {}))
            for k, (country, place) in enumerate(own.items()):
                lean = place - line + rng.normal(0, 0.25)
                vote = "yes" if lean < -0.15 else "no" if lean > 0.15 else "abstain"
                vote = "absent" if rng.random() < (absent or {}).get(country, 0) else vote
                ballots.append({"roll_call": name, "country": country, "seat": k, "vote": vote})
    made = {"ballots": ballots, "roll_calls": held}
    return {name: pa.Table.from_pylist(rows, VOTES[name].arrow) for name, rows in made.items()}


def record_of(votes: Mapping[str, pa.Table]) -> Tables:
    """A made-up record that holds the ballots."""
    read = toy_tables(months=12).read

    def with_votes(file: str) -> pa.Table:
        name = file.removesuffix(".parquet")
        return votes[name] if name in votes else read(file)

    return replace(toy_tables(months=12), read=with_votes, is_pack=False, countries=(), _kept={})


def pack_of(votes: Mapping[str, pa.Table], members: Sequence[str] = ("JPN", "KOR", "CHN")) -> Tables:
    """A made-up pack that holds figures of the ballots."""
    made = {f"{name}.parquet": rows for name, rows in vote_figures(record_of(votes), members).items()}
    pack = toy_tables(months=12)
    return replace(pack, read=lambda file: made[file] if file in made else pack.read(file), _kept={})
